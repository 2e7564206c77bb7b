#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What rond costs a person and a line: the budgets with what was measured now, beside the least that a
curses list can cost (floor.c, built here) and the figures of well known programs.

bench.py BUILD. Wall-clock medians; a busy machine makes them worse, so nothing fails here."""
import os
import re
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'story'))
from person import OBERG, PIN_ASKED, Home, Person, insert_card, login, open_oberg, row, wait_chart

LARGE = '9794', '19621012-9794'  # the patient with 10,000 resources
PEERS = {  # median ms and bytes at 80x24, measured once on two cores with the same driver
    'start': 'less 5, tig 17, neomutt 352 ms',
    'row': 'less 28, floor 187, tig 310 B',
    'type': 'vim 28, nano 170 B',
    'open': 'tig 2.8, neomutt 1.5 ms',
    'filter': 'fzf 1.4 ms for 10,000 lines',
    'pss': 'tig 30, neomutt 27 MB',
}


class Table:
    def __init__(self):
        self.rows = []

    def add(self, what, budget, figure, unit, peer=''):
        """A figure beside its budget; None: nothing is promised."""
        word = '' if budget is None else 'ok' if figure <= budget else 'OVER'
        self.rows.append((what, '' if budget is None else f'{budget:g} {unit}', f'{figure:.1f} {unit}', word, PEERS.get(peer, '')))

    def show(self):
        print(f'load {os.getloadavg()[0]:.1f}')
        for r in (('what', 'budget', 'now', '', 'others'), *self.rows):
            print('%-46s %10s %12s  %-5s %s' % r)


def matched(p, regex, limit=60):
    """Milliseconds from the last key (from exec before any) until it is on the screen."""
    rx = re.compile(regex, re.M)
    p.s.wait(lambda: rx.search(p.s.term.text()), limit, regex)
    return p.s.samples[-1]['match_ms']


def keys(p, *names):
    """Median milliseconds to the last byte and median bytes of single keys."""
    ms, size = [], []
    for name in names:
        p.press(name)
        p.s.record(name)
        sample = p.s.samples[-1]
        if sample['bytes']:
            ms.append(sample['last_ms'])
            size.append(sample['bytes'])
    return statistics.median(ms or [0]), statistics.median(size or [0])


def start(home, t):
    ms = []
    for _ in range(6):
        with Person(home) as p:
            ms.append(matched(p, '1  Eva Lind|PIN'))
            p.press('<C-q>')
            p.ended()
    t.add('exec to login screen', 40, statistics.median(ms[1:]), 'ms', 'start')


def opening(p, last4, shown, t, what, cold, cached):
    """From the key that opens a chart until all blocks of its overview are there."""
    p.press('<F3>')
    p.type(last4)
    p.wait(shown)
    p.s.settle()
    p.press('<Enter>', settle=False)
    whole = r'NEWS2 +\S(.*\n)+.*(Sedan i går|Senaste)'
    t.add(f'{what}, cold', cold, matched(p, whole), 'ms')
    p.press('h')
    p.wait('7-2 ')
    p.s.settle()
    p.press('-', settle=False)
    t.add(f'{what}, cached', cached, matched(p, whole), 'ms', 'open' if cached == 8 else '')
    p.look(1)


def pss(pid):
    with open(f'/proc/{pid}/smaps_rollup') as f:
        return next(int(line.split()[1]) for line in f if line.startswith('Pss:')) / 1024


def session(home, t):
    with Person(home) as p:
        p.wait('1  Eva Lind|' + PIN_ASKED)
        insert_card(home)
        login(p)
        p.look(1)
        ms, size = keys(p, *['<Down>'] * 12)
        t.add('a row down, bytes', 200, size, 'B', 'row')
        t.add('a row down', 2, ms, 'ms')
        opening(p, '1551', OBERG[1], t, 'chart', None, 8)
        opening(p, *LARGE, t, 'overview of 10,000 resources', 400, 100)
        p.press('n')
        p.wait('Daganteckning')
        p.press('<Enter>')
        p.wait('Aktuellt')
        ms, size = keys(p, *'Mår bättre, sover gott, äter')
        t.add('a character in a note, bytes', 40, size, 'B', 'type')
        t.add('a character in a note', 1, ms, 'ms')
        p.press('h' if p.has('Diagnoser') else '<Esc>')
        p.look(1)
        p.press('<F3>')
        p.look(2)  # the index of all patients
        ms, size = keys(p, *'Johanss', '<BS>', '<BS>', '<BS>', *'nss')
        t.add('search among 10,000 patients, a key', 5, ms, 'ms', 'filter')
        t.add('memory of the session (PSS)', 30, pss(p.session_pid()), 'MB', 'pss')
        p.press('<Esc>')
        p.look(3)
        before, began = p.s.total, time.monotonic()
        while time.monotonic() - began < 10:
            p.look(0.5)
        t.add('bytes in 10 s without a key (a minute may pass)', 40, p.s.total - before, 'B')
        p.press('<C-q>')
        p.ended()


def floor(home, t, program):
    with Person(home, command=[program]) as p:
        t.add('floor: exec to first screen', None, matched(p, 'rond floor'), 'ms')
        ms, size = keys(p, *['<Down>'] * 12)
        t.add('floor: a row down, bytes', None, size, 'B')
        t.add('floor: a row down', None, ms, 'ms')
        p.press('/')
        ms, size = keys(p, *'johansson')
        t.add('floor: a character, bytes', None, size, 'B')
        t.add('floor: a character', None, ms, 'ms')
        p.press('<Esc>', 'q')


def main():
    home, t = Home(sys.argv[1]), Table()
    try:
        with Person(home) as p:  # cards and hospital are made once
            p.wait('1  Eva Lind', 120)
            insert_card(home)
            login(p)
            p.press('<C-q>')
            p.ended()
        home.wait_core_gone()
        start(home, t)
        home.wait_core_gone()
        subprocess.run([home.core, 'generate', '--patients', '10000', '--db', home.db, '--training'], check=True,
                       env=home.environ(), stdout=subprocess.DEVNULL)
        session(home, t)
        floor(home, t, os.path.abspath(sys.argv[2]))
    finally:
        home.close()
        t.show()


if __name__ == '__main__':
    main()
