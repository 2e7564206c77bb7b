#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The session dies, or is locked, under somebody who goes on writing without looking: none of the words becomes a PIN,
and no Enter tries one. What was painted is there afterwards."""
import os
import signal
import time

from person import PIN_ASKED, Person, check, insert_card, login, main, open_oberg, quit, unlock

TRIED = 'Loggar in|Fel PIN|spärr'
CLOSED = r'Det du skrev togs inte emot'
WORDS = 'sov gott\n123456\nHb 104\n654321\n2468\n'


def die(p):
    os.kill(p.session_pid(), signal.SIGKILL)


def lock(p):
    """Alone, as a finger does: keys that come all at once are text, whatever they are."""
    p.look_for(0.05)
    p.press('<F10>', settle=False)
    p.look_for(0.05)


def write_on(p, text):
    """The longest time between two keys."""
    longest, last = 0, time.monotonic()
    for c in text:
        p.press('<Enter>' if c == '\n' else c, settle=False)
        longest, last = max(longest, time.monotonic() - last), time.monotonic()
        p.look_for(0.05)
        check(not p.has(TRIED), 'a PIN was tried')
        check(longest > 0.5 or not p.has(r'PIN-kod: \*'), 'what was typed went into the field of the PIN')
    return longest


def story(home, a):
    with Person(home) as p:
        p.wait('Eva Lind', 60)
        insert_card(home)
        login(p)
        open_oberg(p)
        p.press('n')
        p.wait('Daganteckning')
        p.press('<Enter>')
        p.wait('Aktuellt')
        for words, end in ('Mår bättre ', die), ('Äter själv ', lock):
            p.type(words)
            p.wait(words.strip())
            end(p)
            longest = write_on(p, WORDS)
            check(longest > 0.5 or p.has(CLOSED), 'it was not said that nothing was taken')
            p.wait(PIN_ASKED)
            check(end is lock or p.has('Dina utkast finns'), 'it was not said that rond had been started again')
            check(longest > 0.5 or not p.has(r'PIN-kod: \*'), 'something stands in the field')
            p.press('<C-u>', '<Enter>')
            check(not p.has(TRIED), 'an Enter tried a PIN that nobody typed')
            unlock(p)
            p.wait('Aktuellt')
            p.wait(words.strip())
            check(not p.has('654321'), 'what was typed blindly is in the note')
            p.press('<End>')
        quit(p)
    return 'killed and locked under the hands of somebody who writes: no PIN was tried'


if __name__ == '__main__':
    main({'pin': story})
