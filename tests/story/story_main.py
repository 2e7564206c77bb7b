#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job from login to quitting, in Swedish at 80x24, with its keys counted."""
import unicodedata

from person import (LIMIT, OBERG, PIN_ASKED, Person, check, check_login, check_note, check_opened, insert_card, login, main,
                    open_oberg, quit, row, sign_note, unlock, wait_chart)

NOTE = ('Sover bättre, ingen dyspné i vila. Går i korridoren med rollator.\n'
        'Benödem tilltagna på höger sida. Fortsatt diuretika, kontroll av kalium i morgon bitti.')


class Count:
    """Keys pressed for one task."""

    def __init__(self, p, task, budget):
        self.p, self.task, self.budget, self.began = p, task, budget, p.keys

    def done(self, free=0):
        used = self.p.keys - self.began - free
        check(used <= self.budget, f'{self.task} took {used} keys, at most {self.budget}')
        return f'{self.task} {used}/{self.budget}'


def login_and_list(p, home):
    """B01."""
    insert_card(home)
    p.wait(PIN_ASKED)
    count = Count(p, 'B01', 8)
    login(p)
    p.wait(r'19580805-2384')
    said = count.done()
    check_login(home)
    return said


def find(p, home):
    """B03 in three ways."""
    count = Count(p, 'B03', 12)
    p.press('Ö')
    p.wait('Öberg')
    p.type('berg 48')
    p.press('<Enter>')
    wait_chart(p, OBERG[1])
    said = [count.done()]
    check_opened(home, OBERG[0], 'SE2329999993-U5001')
    p.press('h')
    p.wait('19401127-9090')
    count = Count(p, 'B03 by four digits', 6)
    open_oberg(p)
    said.append(count.done())
    p.press('h')
    p.wait('19401127-9090')
    count = Count(p, 'B03 back to the last', 2)
    p.press('-')
    wait_chart(p, OBERG[1])
    return said + [count.done()]


def note(p, home):
    """B10, on the chart that is open."""
    count = Count(p, 'B10', 8)
    p.press('n')
    p.wait('Daganteckning')
    p.press('<Enter>')
    p.wait('Aktuellt')
    p.type(NOTE)
    p.wait('morgon bitti')
    sign_note(p)
    said = count.done(free=len(NOTE))
    check_note(home, OBERG[0], unicodedata.normalize('NFC', NOTE))
    return said


def help_and_palette(p):
    wait_chart(p, OBERG[1])
    p.press('?')
    p.wait(r'F10')
    p.press('<Esc>')
    wait_chart(p, OBERG[1])
    p.press('<C-p>')
    p.wait(r'[Kk]ommando')
    p.type('lås')
    p.wait(r'F10')
    p.press('<Esc>')
    wait_chart(p, OBERG[1])


def lock_and_back(p):
    p.press('<F10>')
    p.wait(PIN_ASKED)
    check(OBERG[1] not in p.screen() and 'Öberg' not in p.screen(), 'a patient on the lock screen')
    count = Count(p, 'B02', 7)
    unlock(p)
    wait_chart(p, OBERG[1])
    return count.done()


def story(home, a):
    with Person(home) as p:
        p.wait('Eva Lind', LIMIT * 2)
        said = [login_and_list(p, home), *find(p, home), note(p, home)]
        help_and_palette(p)
        said.append(lock_and_back(p))
        quit(p)
    return ', '.join(said)


if __name__ == '__main__':
    main({'main': story})
