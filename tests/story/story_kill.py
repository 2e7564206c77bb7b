#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""SIGKILL at a random moment while notes are written and signed: rond as a whole, or its session. In the next life
each character that was painted is there, at the cursor; at the end each note stands in the record once, word for
word, with one Provenance, and no draft is left of it."""
import os
import random
import re
import signal
import string
import time

from person import (OBERG, PIN_ASKED, REVIEW, Person, attachment, check, insert_card, login, main, open_oberg, row, sign_key,
                    unlock)

LETTERS = string.ascii_lowercase + 'åäöéü'
WORDS = 12  # a note
START = r'1  Eva Lind'
EDITOR, READING, ASKED = r'^ \S.* utkast \d\d:\d\d$', r'^ F9 signerar', r'1  VoB Medicin avd 3'


class Lives:
    """The lives of one person's program, one after the other."""

    def __init__(self, home, rng):
        self.home, self.rng, self.p, self.kills, self.signing, self.chars, self.spared = home, rng, None, 0, 0, 0, 0

    def begin(self):
        """Up to where the last life ended."""
        if not self.p:
            self.p = Person(self.home)
        p = self.p
        p.wait(PIN_ASKED + '|' + START, 60)
        if p.has(START):
            insert_card(self.home)
        unlock(p)
        p.wait(ASKED + '|' + re.escape(OBERG[1]), 60)
        if p.has(ASKED):
            p.press('<Enter>')
        p.until(lambda: p.has(EDITOR) or p.has(READING) or p.has('d Diagnoser|19401127-9090'), 'the last place', 60)

    def kill(self):
        """What was painted at the cursor's row when it died."""
        p, whole = self.p, self.spared or self.rng.random() < 0.7
        session = p.session_pid()
        self.kills += 1
        if not whole:  # the supervisor gives up after three crashes in ten seconds: one in each of its lives
            self.spared = True
            y = p.cursor()[0]
            shown = row(p, y)
            os.kill(session, signal.SIGKILL)
            p.until_gone([session])
            return shown
        os.kill(p.pid, signal.SIGKILL)
        p.until_gone([session])
        p.look_for(0.03)
        shown = row(p, p.cursor()[0])
        self.end()
        return shown

    def end(self):
        if self.p:
            self.p.s.finish()
        self.p, self.spared = None, False


def type_until_killed(lives, word):
    """The part of the word that was on the screen when it died; it is kept in the next life."""
    p, rng = lives.p, lives.rng
    for c in word[:rng.randrange(1, len(word) + 1)]:
        p.press(c, settle=False)
        p.look(rng.choice((0, 0.002, 0.03)) * rng.random())
    p.look(rng.random() * 0.02)
    shown = lives.kill()
    at = shown.rfind(word[0])
    painted = shown[at:].rstrip() if at >= 0 else ''
    check(word.startswith(painted), f'kill {lives.kills}: “{painted}” was painted of “{word}”')
    lives.begin()
    p = lives.p
    p.wait(EDITOR)
    p.until(lambda: painted in row(p, p.cursor()[0]), f'kill {lives.kills}: “{painted}” of “{word}” in the next life')
    now = row(p, p.cursor()[0])
    at = now.rfind(word[0])
    kept = now[at:].rstrip() if at >= 0 else ''
    check(word.startswith(kept) and kept.startswith(painted), f'kill {lives.kills}: “{painted}” painted, “{kept}” kept')
    lives.chars += len(painted)
    return kept


def write(lives, marker, count):
    """A note, killed at each word."""
    p, text = lives.p, marker
    p.press('n')
    p.wait('Daganteckning')
    p.press('<Enter>')
    p.wait('Aktuellt')
    p.type(marker)
    p.wait(marker)
    for i in range(WORDS):
        if lives.kills >= count:
            break
        lives.p.press('<Enter>')
        lives.p.s.settle()
        # the first letter stands nowhere else in the word, so that its start is known
        word = 'Q' + ''.join(lives.rng.choice(LETTERS) for _ in range(lives.rng.randrange(6, 24)))
        text += '\n' + type_until_killed(lives, word)
    return text


def to_reading(p):
    if not p.has(READING):
        p.press('<F2>')
        p.wait(REVIEW)
    while not p.has(READING) and not p.has(r'version 1'):
        p.press('<PgDn>')


def sign_when_known(p):
    """What was under way when it was killed may still arrive: the core is asked for two minutes before it is signed again."""
    end = time.monotonic() + 300
    while not p.has(r'version 1|redan'):
        check(time.monotonic() < end, 'it cannot be signed any more')
        to_reading(p)
        p.look(0.35)
        p.press('<F9>')
        p.look_for(5)


def sign(lives, killed):
    """Killed at a random moment about the signature, then signed if it was not."""
    to_reading(lives.p)
    lives.p.look(0.35)
    if killed and lives.rng.random() < 0.6:
        lives.p.press('<F9>', settle=False)
        lives.p.look_for(lives.rng.random() * 0.15)
        lives.kill()
        lives.signing += 1
        lives.begin()
        p = lives.p
        p.look(0.3)
        if not p.has(EDITOR) and not p.has(READING):
            return
        sign_when_known(p)
        return
    sign_key(lives.p)


def one_note(lives, count):
    home, marker = lives.home, 'M' + ''.join(lives.rng.choice(string.digits) for _ in range(9))
    text = write(lives, marker, count)
    sign(lives, count > 8)
    p = lives.p
    notes = p.until(lambda: [d for d in home.find(f'DocumentReference?patient={OBERG[0]}') if marker in attachment(d)], 'the note on the core', 200)
    check(len(notes) == 1, f'{len(notes)} notes with {marker} on the core')
    check(text in attachment(notes[0]).replace('\r\n', '\n'), f'not the words that were written: “{attachment(notes[0])}”, not “{text}”')
    check(notes[0]['docStatus'] == 'final', 'it is not signed')
    check(len(home.find(f'Provenance?target=DocumentReference/{notes[0]["id"]}')) == 1, 'not one Provenance')


def nothing_left(p):
    """No draft of what stands in the record."""
    p.press('n')
    p.wait('Daganteckning')
    p.look(0.3)
    check(not p.has('Utkast: '), 'a draft of a signed note is left')
    p.press('<Esc>')


def story(home, a):
    seed = a.seed or random.randrange(1 << 30)
    print(f'seed {seed}', flush=True)
    lives = Lives(home, random.Random(seed))
    notes = 0
    try:
        lives.p = p = Person(home)
        p.wait('Eva Lind', 60)
        insert_card(home)
        login(p)
        open_oberg(p)
        while lives.kills < a.count:
            one_note(lives, a.count)
            notes += 1
            nothing_left(lives.p)
            if notes % 10 == 0:
                print(f'{lives.kills} kills', flush=True)
    except AssertionError as e:
        raise AssertionError(f'seed {seed}, kill {lives.kills}: {e}\n{lives.p.screen() if lives.p else ""}') from e
    finally:
        lives.end()
    return (f'{lives.kills} kills, {lives.signing} of them about a signature: 0 of {lives.chars} painted characters lost, '
            f'{notes} notes in the record once each, no draft left')


if __name__ == '__main__':
    main({'kill': story}, count=(8, 'how many kills'), seed=(0, 'to repeat a run'))
