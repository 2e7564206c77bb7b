#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A note and a part of the record on paper: the pages are looked at first, whose they are stands on each, what left
rond is in the access log, with its version; where there is no printer it is a file, which does not outlive the session."""
import glob
import os
import signal
import stat
import subprocess

from person import OBERG, PIN_ASKED, Person, check, insert_card, login, main, open_oberg, quit, unlock

NO_PRINTER = {'CUPS_SERVER': '/nonexistent/cups.sock'}
LP = '#!/bin/sh\nprintf "%s\\n" "$*" >"$(dirname "$0")/../lp.args"\nexec cat >"$(dirname "$0")/../lp.pdf"\n'


def begin(home, env):
    p = Person(home, env=env)
    p.wait('Eva Lind', 60)
    insert_card(home)
    login(p)
    open_oberg(p)
    return p


def preview_note(p):
    p.press('a')
    p.wait(r'^ Anteckningar \d+')
    p.press('<Enter>')
    p.wait('Sovit oroligt')
    p.press('g', 'p')
    p.wait('Sida 1 av 1')


def saved(home):
    return glob.glob(home.path('run/utskrift/*.pdf'))


def pages(path):
    text = subprocess.run(['pdftotext', '-layout', path, '-'], capture_output=True, text=True, check=True, timeout=30).stdout
    return text.split('\f')[:-1]


def printed(home):
    """What the access log says has left, the oldest first."""
    home_events = home.find(f'AuditEvent?patient={OBERG[0]}')
    out = [e for e in home_events if e['type']['code'] == '110106']
    return sorted(out, key=lambda e: e['recorded'])


def check_pages(path, all_have):
    read = pages(path)
    for n, page in enumerate(read, 1):
        for words in ('Öberg, Sven-Åke', OBERG[1], f'Sida {n} av {len(read)}', 'ÖVNING – Ej för kliniskt bruk', *all_have):
            check(words in page, f'page {n} lacks “{words}”:\n{page}')
    return read


def note(home, a):
    """No printer: a sentence and the file; logged; gone with the lock."""
    with begin(home, NO_PRINTER) as p:
        preview_note(p)
        p.press('<Enter>')
        p.wait('(?s)Ingen skrivare tog emot.*Sparad som')
        path, = saved(home)
        check(stat.S_IMODE(os.stat(path).st_mode) == 0o600 and stat.S_IMODE(os.stat(os.path.dirname(path)).st_mode) == 0o700,
              'the file is open to others')
        read = check_pages(path, ['Omvårdnadsanteckning'])
        check('Sovit oroligt' in read[0] and 'Signerad av: Ali Amina' in read[0], f'the note is not whole:\n{read[0]}')
        p.press('<F10>')
        p.wait(PIN_ASKED)
        check(not saved(home), 'the file has outlived the session')
        unlock(p)
        quit(p)
    events = printed(home)
    what = [[x.get('name') or x['what']['reference'] for x in e['entity'][1:]] for e in events]
    check([w[-1] for w in what] == ['printer', 'PDF file'] and all('/_history/' in w[0] for w in what), f'the log says {what}')
    return 'no printer said, saved, logged twice, removed with the lock'


def queue(home, a):
    """The notes of the list go to lp, which gets the PDF and no word of whose it is."""
    os.makedirs(home.path('bin'))
    with open(home.path('bin/lp'), 'w', encoding='ascii') as f:
        f.write(LP)
    os.chmod(home.path('bin/lp'), 0o755)
    with begin(home, {'PATH': home.path('bin') + ':' + os.environ['PATH']}) as p:
        p.press('a')
        p.wait(r'^ Anteckningar \d+')
        p.look(0.3)
        p.press('g', 'p')
        p.wait('vad som ska vara med')
        p.press('<Enter>')
        p.wait('Sida 1 av 2')
        p.look_for(1)  # the same key at once is one held down, and prints nothing
        p.press('<Enter>')
        p.wait('Utskriven: 2 sidor')
        check(not saved(home), 'a printed note is a file too')
        quit(p)
    with open(home.path('lp.args'), encoding='utf-8') as f:
        args = f.read()
    check(args == '-s -t rond\n', f'lp was told {args}')
    check(len(check_pages(home.path('lp.pdf'), ['Utdrag ur journalen'])) == 2, 'lp got other pages')
    last = printed(home)[-1]['entity']
    check(len(last) == 8 and last[-1]['name'] == 'printer', f'the log says {last}')
    return '2 pages of 6 notes with lp, logged'


def killed(home, a):
    """A session that dies leaves its file to the next one, which removes it."""
    with begin(home, NO_PRINTER) as p:
        preview_note(p)
        p.press('<F4>')
        p.wait('Sparad som')
        check(len(saved(home)) == 1, 'nothing was saved')
        os.kill(p.session_pid(), signal.SIGKILL)
        p.wait('PIN|Lind', 30)
        p.until(lambda: not saved(home), 'the file is gone')
        quit(p)
    return 'the file is gone with the next session'


if __name__ == '__main__':
    main({'note': note, 'queue': queue, 'killed': killed})
