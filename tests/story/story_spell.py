#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Spelling in a note with the real dictionaries: what is marked, chosen, added and skipped; nothing is changed by itself; a
helper that stands still delays nobody; without a dictionary it says so once and the rest works."""
import os
import signal

from person import OBERG, REVIEW, Person, check, check_note, insert_card, login, main, open_oberg, quit, sign_key, unlock


def begin(home, p):
    p.wait('Eva Lind', 60)
    insert_card(home)
    login(p)
    open_oberg(p)
    p.press('n')
    p.wait('välj mall')
    for _ in range(10):
        if p.has('▌ Daganteckning'):
            break
        p.press('<Down>')
    p.press('<Enter>')
    p.wait('Daganteckning.* utkast')


def underlined(p):
    """The words of the note that are underlined."""
    p.look()
    screen, found = p.s.term.scr, []
    for row in range(3, 21):
        cells = screen.buffer[row]
        line = ''.join(cells[c].data if cells[c].underscore else ' ' for c in range(screen.columns))
        found += line.split()
    return found


def helper(p):
    return next((pid for pid, name in p.children().items() if name == 'rond-spell'), 0)


def corrected(home, a):
    """Marked when typing rests, not the word that is being written; a word by its digit, undone in one step; one that is
    added is right after a lock too; one that is skipped; the unit's own words are right, another unit's are not; what was not
    chosen is signed as it was typed."""
    with open(home.path('site.conf'), 'a', encoding='utf-8') as f:
        f.write(f'[spelling]\nwords = {home.path("words")}\n')
    for unit, word in (('', 'bågrond'), ('org-medavd3', 'stegrond'), ('org-kiravd5', 'knivrondx')):
        os.makedirs(home.path(os.path.join('words', unit)), exist_ok=True)
        with open(home.path(os.path.join('words', unit, 'egna.words')), 'w', encoding='utf-8') as f:
            f.write(f'# enhetens\n{word}x\n')
    with Person(home) as p:
        begin(home, p)
        p.type('Enhetens bågrondx, stegrondx och knivrondxx. ')
        p.until(lambda: underlined(p) == ['knivrondxx'], 'only what is not of this unit')
        p.press('<C-u>')
        p.type('Buken palpras mjuk och oömm. Klopidogrel. Öberg mår välll')
        p.until(lambda: underlined(p) == ['palpras', 'oömm'], 'marks')
        p.type(' av lmnx')
        p.until(lambda: underlined(p) == ['palpras', 'oömm', 'välll'], 'marks')
        p.press('<F7>')
        p.wait('”lmnx”: inga förslag|”lmnx”: välj')
        p.press('0')
        p.wait('”palpras”: välj')
        p.wait(r'1 +palperas')
        p.press('1')
        p.wait('Buken palperas mjuk')
        p.press('<C-z>')
        p.wait('Buken palpras mjuk')
        p.press('<C-y>')
        p.wait('Buken palperas mjuk')
        p.press('<F7>')
        p.wait('”oömm”')
        p.press('+')
        p.wait('Lägg till ”oömm”')
        p.press('j')
        p.until(lambda: underlined(p) == ['välll'], 'one mark left')
        p.press('<F10>')
        p.wait('Eva Lind')
        unlock(p)
        p.wait('Buken palperas mjuk')
        p.press('<End>')
        p.until(lambda: 'oömm' not in underlined(p) and 'välll' in underlined(p), 'its own words after a lock')
        p.press('<F2>')
        p.wait(REVIEW)
        sign_key(p)
        check_note(home, OBERG[0], 'Buken palperas mjuk och oömm. Klopidogrel. Öberg mår välll av lmnx')
        quit(p)
    return 'marked, chosen, undone, added, skipped; nothing changed by itself'


def stopped(home, a):
    """The helper stands still: every key is there at once; it is replaced a few times, then off, which is said once."""
    with Person(home) as p:
        begin(home, p)
        for n in 'abc':
            p.type(f'm{n}xen ')
            p.until(lambda word=f'm{n}xen': word in underlined(p), 'a helper that answers')
            pid = helper(p)
            os.kill(pid, signal.SIGSTOP)
            p.type(f'inga b{n}svär ')
            p.wait(f'inga b{n}svär', 3)
            p.until(lambda old=pid: helper(p) != old or p.has('Stavningskontrollen svarar inte'), 'replaced or given up')
        p.wait('Stavningskontrollen svarar inte och är av', 40)
        p.type(' Slut.')
        p.wait('Slut')
        check(not underlined(p), 'marks of a helper that is off')
        p.press('<F7>')
        p.wait('Stavningen granskas inte')
        p.press('<F2>')
        p.wait(REVIEW)
        quit(p)
    return 'a helper that stood still delayed nobody and was given up'


def without(home, a):
    """No dictionary: one sentence, and the note is written as ever."""
    with open(home.path('site.conf'), 'a', encoding='utf-8') as f:
        f.write('[spelling]\nfolder = /nonexistent\n')
    with Person(home) as p:
        begin(home, p)
        p.type('Ingen smärtta. ')
        p.wait('ingen ordlista för stavningen')
        p.press('<F2>')
        p.wait(REVIEW)
        sign_key(p)
        check_note(home, OBERG[0], 'Ingen smärtta.')
        quit(p)
    return 'without a dictionary: told once'


if __name__ == '__main__':
    main({'corrected': corrected, 'stopped': stopped, 'without': without})
