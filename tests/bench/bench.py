#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What rond costs a person and a line: the budgets with what was measured now, beside the least that a
curses list can cost (floor.c, built here) and the figures of well known programs (peers.py). That nothing is
written or asked while nobody does anything is asserted by tests/bench/loop.py.

bench.py BUILD FLOOR. Wall-clock medians; figures.py says what a busy machine may add."""
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'story'))
from figures import Table, middle, p99, press
from peers import Peers
from person import OBERG, PIN_ASKED, Home, Person, insert_card, login, open_oberg, row, wait_chart

LARGE = '9794', '19621012-9794'  # the patient with 10,000 resources
QUIET_FLOOR = 7.8  # ms from exec to the first screen of floor.c on a quiet machine (peers.tsv)


def matched(p, regex, limit=60):
    """Milliseconds from the last key (from exec before any) until it is on the screen."""
    rx = re.compile(regex, re.M)
    p.s.wait(lambda: rx.search(p.s.term.text()), limit, regex)
    return p.s.samples[-1]['match_ms']


def keys(p, *names):
    """Milliseconds to the last byte and bytes of each single key that was answered."""
    ms, size = [], []
    for name in names:
        sample = press(p, name)
        if sample:
            ms.append(sample['last_ms'])
            size.append(sample['bytes'])
    return ms, size


def frames(p, *names):
    """Milliseconds from each key to its frame: the terminal gets a frame in one piece. Beside them what the
    painting thread worked for each."""
    ms, cpu, pid = [], [], p.session_pid()
    for name in names:
        before = worked(pid)
        sample = press(p, name)
        if sample:
            ms.append(sample['first_ms'])
            cpu.append(worked(pid) - before)
    return ms, cpu


def start(home, t, peers):
    ms = []
    for _ in range(6):
        with Person(home) as p:
            ms.append(matched(p, '1  Eva Lind|PIN'))
            p.press('<C-q>')
            p.ended()
    t.add('exec to login screen', 40, middle(ms[1:]), 'ms', peers.beside('start', 'less', 'vim', 'tig', 'neomutt'))


def cached_open(p, whole, times=9):
    """From the key that goes back to the last patient until the whole overview is there again; and what the
    thread that paints has worked meanwhile."""
    ms, cpu, pid = [], [], p.session_pid()
    for _ in range(times):
        p.press('h')
        p.wait('7-2 ')
        rest(p, 0.3)
        before = worked(pid)
        p.press('-', settle=False)
        ms.append(matched(p, whole))
        cpu.append(worked(pid) - before)
        rest(p, 0.3)
    return middle(ms), f'processor {middle(cpu):.1f} ms'


def worked(pid):
    """Milliseconds that the first thread of a process has had the processor."""
    with open(f'/proc/{pid}/task/{pid}/schedstat') as f:
        return int(f.read().split()[0]) / 1e6


def rest(p, seconds):
    """Until nothing has come for so long."""
    chunks, since = p.s.chunks, time.monotonic()
    while time.monotonic() - since < seconds:
        p.look(0.05)
        if p.s.chunks != chunks:
            chunks, since = p.s.chunks, time.monotonic()


def opening(p, last4, shown, t, what, cold, cached, beside):
    """From the key that opens a chart until all blocks of its overview are there."""
    p.press('<F3>')
    p.type(last4)
    p.wait(shown)
    p.s.settle()
    p.press('<Enter>', settle=False)
    whole = r'NEWS2 +\S(.*\n)+.*(Sedan i går|Senaste)'
    t.add(f'{what}, cold', cold, matched(p, whole), 'ms')
    ms, cpu = cached_open(p, whole)
    t.add(f'{what}, cached', cached, ms, 'ms', f'{cpu}; {beside}')
    p.look(1)


def pss(pid):
    with open(f'/proc/{pid}/smaps_rollup') as f:
        return next(int(line.split()[1]) for line in f if line.startswith('Pss:')) / 1024


def tour(p):
    """Key to frame over the main views, a few hundred keys."""
    parts = [frames(p, *['<Down>'] * 15, *['<Up>'] * 10, '<PgDn>', '<PgUp>', '<End>', '<Home>')]
    open_oberg(p)
    for view in 'almptduö':
        p.press(view)
        rest(p, 0.3)
        parts.append(frames(p, *['<Down>'] * 10, *['<Up>'] * 5, '<PgDn>', '<PgUp>'))
    p.press('h')
    p.press('k')
    rest(p, 0.5)
    parts.append(frames(p, *['<Down>'] * 10, *['<Right>'] * 3, '<PgDn>', '<PgUp>', 'w', *['<Down>'] * 5, '<PgDn>'))
    p.press('h')
    rest(p, 0.3)
    p.press('<F3>')
    rest(p, 0.5)
    parts.append(frames(p, *'Andersson, Kar', *['<BS>'] * 5, *['<Down>'] * 8))
    p.press('<Esc>')
    rest(p, 0.3)
    return [v for ms, _ in parts for v in ms], [v for _, cpu in parts for v in cpu]


TEXT = ('Mår bättre, sover gott, äter själv och går till matsalen med rollator. '
        'Planeras för datortomografi av buken och lungröntgenundersökning.')
WHOLE_WORD = 9  # letters; of a longer word that goes to the next line each is a byte that must be written again


def note(p, t, peers):
    """Each character of two lines and of the words that go to the next one."""
    p.press('n')
    p.wait('Daganteckning')
    p.press('<Enter>')
    p.wait('Aktuellt')
    rest(p, 0.5)
    ms, size, wraps = [], [], []
    for at, c in enumerate(TEXT):
        above = p.cursor()[0]
        took, sent = keys(p, c)
        ms += took
        size += sent
        if p.cursor()[0] > above:
            wraps.append((sent[0], len(TEXT[:at + 1].split(' ')[-1])))
    t.add('the first character of a note, bytes', 40, size[0], 'B', 'the time of the draft comes with it')
    t.add('a character in a note, bytes', 40, middle(size), 'B',
          f'p99 {p99(size)} of {len(size)}; {peers.beside("type_B", "vim", "nano")}')
    for sent, n in wraps:
        t.add(f'a character that takes {n} letters to the next line', 40 if n <= WHOLE_WORD else None, sent, 'B',
              f'{sent - n} to take them away, move the lines below and go there')
    t.add('a character in a note', 1, middle(ms), 'ms', f'p99 {p99(ms):.1f}; {peers.beside("type", "vim", "nano")}')
    p.press('<Esc>')
    rest(p, 0.5)
    p.press('h')
    p.wait('7-2 ')
    return ms


def filling(p, t, count, peers):
    """The first search: the patients are read while keys are typed."""
    p.press('<F3>')
    ms, cpu = frames(p, *'Johanss', '<BS>', '<BS>', '<BS>', *'nss')
    t.add(f'search while {count} patients are read, a key', 5, middle(ms), 'ms', f'worst {max(ms):.1f}')
    p.wait('patienter inlästa', gone=True)
    rest(p, 0.5)
    p.press('<Esc>')
    rest(p, 0.5)
    p.press('<F3>')
    rest(p, 0.5)
    ms, cpu = frames(p, *'Johanss', '<BS>', '<BS>', '<BS>', *'nss')
    t.add(f'search among {count} patients, a key', 5, middle(ms), 'ms',
          f'worst {max(ms):.1f}; processor {middle(cpu):.1f} ms; {peers.beside("filter", "fzf")}')
    p.press('<Esc>')
    rest(p, 0.5)


def session(home, t, peers):
    with Person(home) as p:
        p.wait('1  Eva Lind|' + PIN_ASKED)
        insert_card(home)
        login(p)
        rest(p, 1)
        ms, size = keys(p, *['<Down>'] * 12)
        t.add('a row down, bytes', 200, max(size), 'B', peers.beside('row_B', 'less', 'vim', 'tig'))
        t.add('a row down', 2, middle(ms), 'ms', peers.beside('row', 'less', 'vim', 'tig'))
        filling(p, t, '10,143', peers)
        beside = peers.beside('open', 'less', 'tig', 'neomutt')
        opening(p, '1551', OBERG[1], t, 'chart', None, 8, beside)
        opening(p, *LARGE, t, 'overview of 10,000 resources', 400, 100, beside)
        typed = note(p, t, peers)
        ms, cpu = tour(p)
        ms += typed
        t.add(f'key to frame, p99 of {len(ms)} keys', 16, p99(ms), 'ms',
              f'median {middle(ms):.2f}, worst {max(ms):.1f}; processor p99 {p99(cpu):.1f} ms')
        t.add('memory of the session (PSS)', 30, pss(p.session_pid()), 'MB', peers.beside('rss', 'tig', 'neomutt'))
        p.press('<C-q>')
        p.ended()


def floor(home, t, program):
    begun = []
    for _ in range(4):
        with Person(home, command=[program]) as p:
            begun.append(matched(p, 'rond floor'))
            p.press('q')
    t.floor(middle(begun[1:]), QUIET_FLOOR)
    t.add('floor: exec to first screen', None, middle(begun[1:]), 'ms')
    with Person(home, command=[program]) as p:
        matched(p, 'rond floor')
        ms, size = keys(p, *['<Down>'] * 12)
        t.add('floor: a row down, bytes', None, middle(size), 'B')
        t.add('floor: a row down', None, middle(ms), 'ms')
        p.press('/')
        ms, size = keys(p, *'johansson')
        t.add('floor: a character, bytes', None, middle(size), 'B')
        t.add('floor: a character', None, middle(ms), 'ms')
        p.press('<Esc>', 'q')


def measure(home, t):
    with Person(home) as p:  # cards and hospital are made once
        p.wait('1  Eva Lind', 120)
        insert_card(home)
        login(p)
        p.press('<C-q>')
        p.ended()
    home.wait_core_gone()
    peers = Peers(home, matched, keys)
    floor(home, t, os.path.abspath(sys.argv[2]))
    start(home, t, peers)
    home.wait_core_gone()
    subprocess.run([home.core, 'generate', '--patients', '10000', '--db', home.db, '--training'], check=True,
                   env=home.environ(), stdout=subprocess.DEVNULL)
    session(home, t, peers)
    print(peers.source())


def main():
    home, t = Home(sys.argv[1]), Table()
    try:
        measure(home, t)
    finally:
        home.close()
        over = t.show()
    return 1 if over else 0


if __name__ == '__main__':
    sys.exit(main())
