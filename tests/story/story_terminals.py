#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The short story in both languages, on other terminals, sizes and character sets, and on slow lines."""
import fcntl
import os
import re
import struct
import subprocess
import tempfile
import termios

from person import (OBERG, Person, check, check_note, insert_card, login, main, open_oberg, quit, row, short_story,
                    sign_note, skip)

LATIN1 = 'sv_SE.ISO-8859-1'


def locales():
    """A directory with a Latin-1 locale, which Debian does not make by itself; None: it cannot be made."""
    made = tempfile.mkdtemp(prefix='rond-locale-')
    r = subprocess.run(['localedef', '-i', 'sv_SE', '-f', 'ISO-8859-1', os.path.join(made, LATIN1)], capture_output=True)
    return made if r.returncode in (0, 1) and os.path.isdir(os.path.join(made, LATIN1)) else None


def run(*args, word=None, wait='1  Eva Lind', raw=None, not_raw=None, text='Mår bättre, äter själv. Åter om en vecka.', **how):
    def story(home, a):
        with Person(home, *args, **how) as p:
            p.wait(wait, 60)
            check(not word or p.has(word), f'“{word}” is not on the screen')
            short_story(p, home, text)
            quit(p)
            check(not raw or re.search(raw, p.s.raw), f'{raw} was not sent to the terminal')
            for bytes_ in not_raw or ():
                check(bytes_ not in p.s.raw, f'{bytes_} was sent to the terminal')
            return f'{p.s.total} bytes'
    return story


def latin1(home, a):
    where = locales()
    if not where:
        skip('localedef cannot make ' + LATIN1, package=True)
    return run(locale=LATIN1, env={'LOCPATH': where}, word='logga in')(home, a)


def resize(p, rows, columns):
    p.s.term.scr.resize(rows, columns)
    fcntl.ioctl(p.s.master, termios.TIOCSWINSZ, struct.pack('HHHH', rows, columns, 0, 0))


def resized(home, a):
    """The window changes while a note is written: too small is said, and what was typed stands there again."""
    text = 'Mår bättre, äter själv. Åter om en vecka.'
    with Person(home) as p:
        p.wait('1  Eva Lind', 60)
        insert_card(home)
        login(p)
        open_oberg(p)
        p.press('n')
        p.wait('Daganteckning')
        p.press('<Enter>')
        p.wait('Aktuellt')
        p.type(text[:20])
        p.wait(text[:20])
        resize(p, 20, 60)
        p.wait('80 kolumner')
        check(not p.has('Öberg') and not p.has(text[:10]), 'half a chart on a screen that is too small')
        for rows, columns in ((43, 132), (24, 80)):
            resize(p, rows, columns)
            p.until(lambda: p.has(text[:20]) and p.has(OBERG[1]) and 'F2 granska' in row(p, rows - 1), 'the note again')
        p.type(text[20:])
        p.wait('vecka')
        sign_note(p)
        check_note(home, OBERG[0], text)
        p.wait('Signerad')
        p.s.term.feed(b'\x1b7\x1b[2;10HBroadcast message from root\x1b8')  # somebody else writes on the terminal
        check(p.has('Broadcast'), 'nobody wrote over the screen')
        p.press('<F5>')
        p.wait('Broadcast', gone=True)
        check(p.has(OBERG[1]), 'what was under it is not painted anew')
        quit(p)


def with_config(text, then):
    """In the person's own settings, which the next story does not have."""
    def story(home, a):
        os.makedirs(home.path('config'), exist_ok=True)
        with open(home.path('config/rond.conf'), 'w') as f:
            f.write(text)
        return then(home, a)
    return story


# What a terminal answers: attributes, status and cursor (c, n), modes (p), size (t), keyboard (u), colours and strings
# (OSC … ?, DCS + q, DCS $ q), version (CSI > q).
QUERY = re.compile(rb'\x05|\x1b(?:Z|\[[?>=0-9;]*(?:[cnxu]|\$p|>?q)|\[(?:1[13-9]|2[01])(?:;\d+)*t|\][^\x07\x1b]*\?|P[+$]q)')


def asks_nothing(home, a):
    """Before the first frame, and after it: a terminal that does not answer keeps nobody waiting."""
    check(all(QUERY.search(q) for q in (b'\x1b[c', b'\x1b[>0c', b'\x1b[6n', b'\x1b[?6n', b'\x1b[?2026$p', b'\x1b[18t',
                                        b'\x1b]11;?\x07', b'\x1bP+q544e', b'\x1b[?u', b'\x1b[>q')), 'the pattern is wrong')
    with Person(home) as p:
        p.wait('1  Eva Lind')
        first = bytes(p.s.raw)
        found = QUERY.search(first)
        check(not found, f'asked before the first frame: {found and found[0]}')
        check(b'Eva Lind' in first, 'the first frame is not in what was sent')
        quit(p)
        found = QUERY.search(bytes(p.s.raw))
        check(not found, f'asked: {found and found[0]}')
    return f'{len(first)} bytes'


COLOURS = [b'\x1b[%dm' % n for n in (*range(30, 38), *range(40, 48))] + [b'\x1b[38;5', b'\x1b[48;5']
MANY = [b'\x1b[38;5', b'\x1b[48;5']
LINES = ['─'.encode(), '│'.encode(), '▌'.encode()]

STORIES = {
    'english': run(env={'LANGUAGE': 'en'}, word='log in'),
    'english by option': run('--lang=en', word='log in'),
    'latin-1': latin1,
    'linux': run(term='linux'),
    'vt220': run(term='vt220'),
    'screen': run(term='screen-256color'),
    'mono': run('--mono', not_raw=COLOURS),
    'no colour': run(env={'NO_COLOR': '1'}, not_raw=COLOURS),
    '16 colours': with_config('[ui]\ncolour=16\n', run(raw=rb'\x1b\[[0-9;]*3[1-7]', not_raw=MANY)),
    'asks nothing': asks_nothing,
    'ascii': run('--ascii', not_raw=LINES),
    '132x43': run(size=(132, 43)),
    '200x60': run(size=(200, 60)),
    'resized': resized,
    'no locale': run(locale='C'),
    'missing locale': run(locale='xx_YY.UTF-8'),
}

if __name__ == '__main__':
    main(STORIES)
