#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The session is killed at random moments around the opening of a chart, while its store is held now and then as a
slow disk would. Whatever of the patient had come to the screen, its opening is in the access log: on the core, or on
the disk and then on the core after the next login. That it is opened anew then does not stand for it."""
import datetime
import glob
import os
import random
import signal
import sqlite3
import time

from person import NOT_ALL_READ, OBERG, ONE_HIT, PIN_ASKED, Person, check, insert_card, login, main, quit, unlock

SHOWN = OBERG[1]  # in the header of the chart only, once the list of hits is left


class Held:
    """The store's database, locked by somebody else for a while: what is durable takes that long."""

    def __init__(self, home, seconds):
        self.until = time.monotonic() + seconds if seconds else 0
        name = glob.glob(home.path('state/ovning/store/*.db'))[0]
        self.db = sqlite3.connect(name, timeout=20, isolation_level=None)
        if seconds:
            self.db.execute('BEGIN IMMEDIATE')

    def over(self):
        if self.until and time.monotonic() >= self.until:
            self.release()

    def release(self):
        if self.until:
            self.db.execute('ROLLBACK')
        self.until = 0

    def close(self):
        self.release()
        self.db.close()


class Clock:
    """The clock that rond has while this story runs, anchored here."""
    START = '2026-11-10T08:00:00+01:00'

    def __init__(self):
        self.anchor = time.time()
        self.env = {'ROND_CLOCK': f'{self.START}@{int(self.anchor * 1e6)}'}

    def now(self):
        return datetime.datetime.fromisoformat(self.START) + datetime.timedelta(seconds=time.time() - self.anchor)


def opened(home, until):
    """The events of openings of this patient's chart, as far as they happened before."""
    return sum(e.get('action') == 'R' and any(x.get('name') == 'Patient' for x in e['entity']) and
               datetime.datetime.fromisoformat(e['recorded'].replace('Z', '+00:00')) <= until
               for e in home.find(f'AuditEvent?patient={OBERG[0]}'))


def find(p):
    """Up to the key that opens."""
    p.wait('7-1 ')
    p.press('Ö')
    p.wait(r'^.*Öberg')
    p.type('1551')
    p.wait(ONE_HIT)
    p.wait(SHOWN)


def shown(p):
    return SHOWN in p.s.term.text().split('\n')[1]


def kill_while_opening(p, home, held, after):
    """Kills @after the key, or after the first text of the patient where @after is negative; was it on the screen?"""
    session = p.session_pid()
    p.press('<Enter>', settle=False)
    began, again = time.monotonic(), False
    while True:
        held.over()
        p.look(0.001)
        if not again and p.has(NOT_ALL_READ):
            again = True
            p.press('<Enter>', settle=False)
        if shown(p) and after < 0:
            break
        if 0 <= after <= time.monotonic() - began:
            break
        check(time.monotonic() - began < 20, 'the chart does not open')
    seen = shown(p)  # before the supervisor clears the screen
    os.kill(session, signal.SIGKILL)
    p.look(0.05)  # what it had written before it died is a screen that somebody saw, too
    return seen or shown(p)


def back(p):
    p.wait(PIN_ASKED)
    unlock(p)
    p.wait('1  VoB Medicin avd 3|Medicin avd 3 ·')
    if p.has('1  VoB Medicin avd 3'):
        p.press('<Enter>')
        p.wait('Medicin avd 3 ·')
    rest, end = 0, time.monotonic() + 20
    while rest < 4:  # the last view may come back, opened anew, a moment later
        check(time.monotonic() < end, 'the list of the ward does not come back')
        rest = rest + 1 if p.has('7-1 ') and not shown(p) else 0
        if not rest:
            p.press('<Esc>')
        p.look(0.1)


def one(p, home, rng, n, clock):
    """Was the patient on the screen, and was the disk still held, when it was killed?"""
    find(p)
    before = opened(home, clock.now())
    seconds = rng.choice((0, 0, rng.uniform(0.05, 0.5)))
    held = Held(home, seconds)
    after = rng.choice((-1, -1, rng.uniform(0, 0.08), rng.uniform(0, seconds + 0.05)))
    was_shown = kill_while_opening(p, home, held, after)
    dead = clock.now()
    locked = bool(held.until)
    held.close()
    check(not (was_shown and locked), f'kill {n}: the patient was shown while nothing could be written')
    back(p)
    if was_shown:
        p.until(lambda: opened(home, dead) > before, f'kill {n}: the opening in the log')
    return was_shown, locked


def killed(home, a):
    seed, clock = a.seed or time.time_ns() % 1000000, Clock()
    rng = random.Random(seed)
    print(f'# {a.count} kills, seed {seed}', flush=True)
    seen = held_back = 0
    for first in range(0, a.count, 2):  # after the third in a row the supervisor gives up
        home.wait_core_gone()
        with Person(home, env=clock.env) as p:
            p.wait(PIN_ASKED + '|1  Eva Lind', 60)
            if not p.has(PIN_ASKED):
                insert_card(home)
            login(p)
            for n in range(first, min(first + 2, a.count)):
                was_shown, held = one(p, home, rng, n, clock)
                seen += was_shown
                held_back += held
            quit(p)
    check(a.count < 8 or seen, 'the patient was never on the screen')
    return f'{a.count} kills: the patient was on the screen at {seen}, the disk still held at {held_back}'


if __name__ == '__main__':
    main({'killed': killed}, count=(8, 'how many kills'), seed=(0, 'of the random moments'))
