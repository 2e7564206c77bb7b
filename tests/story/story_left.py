#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Orders and a booking are on their way when their view is left: the core has them, and the receipt
comes to where the person is now."""
import os
import signal

from person import PIN, PIN_ASKED, Person, check, insert_card, login, main, open_oberg, quit, sign_key

OBERG = 'pat-0001'


class Held:
    """The core does not get to answer while this lasts."""

    def __init__(self, home):
        self.pid = home.core_pid()

    def __enter__(self):
        os.kill(self.pid, signal.SIGSTOP)

    def __exit__(self, kind, value, trace):
        os.kill(self.pid, signal.SIGCONT)


def orders(home, a):
    with Person(home, env={'LANGUAGE': 'en'}) as p:
        p.wait('Eva Lind', 60)
        insert_card(home)
        login(p)
        open_oberg(p)
        before = len(home.find(f'MedicationRequest?patient={OBERG}'))
        p.press('o')
        p.wait(r'^ o$')
        p.type('zyrlex 10mg x1 klåda')
        p.wait('ordinationsorsak: klåda')
        p.press('<Enter>')
        p.wait('Orders to sign')
        while not p.has(r'^ F9 signs the orders that stand here'):
            p.press('<PgDn>')
            p.look(0.2)
        with Held(home):
            sign_key(p, 'Being sent')
            p.press('<Esc>')
            p.wait('Orders to sign: ', gone=True)
        p.wait(r'Signed \d\d:\d\d  1 order, .*version 1')
        check(not p.has('Orders to sign: '), 'the list came back')
        check(len(home.find(f'MedicationRequest?patient={OBERG}')) == before + 1, 'not one order more')
        quit(p)
    return 'orders left while they were signed: the receipt came'


def booking(home, a):
    with Person(home, env={'LANGUAGE': 'en'}) as p:
        p.wait('Eva Lind', 60)
        insert_card(home)
        p.wait(PIN_ASKED)
        p.type(PIN)
        p.press('<Enter>')
        p.wait('2  VoB Medicinmottagningen')
        p.press('2')
        p.wait('Medicinmottagningen · ')
        open_oberg(p)
        before = len(home.find(f'Appointment?patient={OBERG}'))
        p.press('b')
        p.wait('Book')
        p.type('åb 3v läk')
        p.wait('proposal')
        p.press('<Enter>')
        p.look(1)
        with Held(home):
            p.press('<Enter>')
            p.wait('Being sent')
            p.press('<Esc>')
            p.wait('Being sent', gone=True)
        p.wait(r'Booked \d\d:\d\d, version 1  .*Öberg')
        check(len(home.find(f'Appointment?patient={OBERG}')) == before + 1, 'not one booking more')
        quit(p)
    return 'a booking left while it was made: the receipt came'


if __name__ == '__main__':
    main({'orders': orders, 'booking': booking})
