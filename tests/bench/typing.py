#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A key at the end of a note of 1 MB: what it takes until it is painted, what the program and its saving cost, and
what goes to the terminal."""
import os
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), 'story')]
from figures import Table, middle, p99  # noqa: E402
from person import Home, Person, insert_card, login, open_oberg  # noqa: E402

WORDS = 'Sover bättre, ingen dyspné i vila. BT 132/84, temp 37,2 °C. '
SIZE = 1 << 20
TYPED = 'går i korridoren med rollator, äter själv '


def threads(pid):
    """Milliseconds of the processor, the first thread and all the others."""
    first = other = 0
    for t in os.listdir(f'/proc/{pid}/task'):
        with open(f'/proc/{pid}/task/{t}/schedstat') as f:
            ms = int(f.read().split()[0]) / 1e6
        if t == str(pid):
            first = ms
        else:
            other += ms
    return first, other


def paste(p, text):
    """All at once, as a terminal does; it is read while it is written."""
    data = b'\x1b[200~' + text.encode() + b'\x1b[201~'
    writer = threading.Thread(target=lambda: [os.write(p.s.master, data[i:i + 4096]) for i in range(0, len(data), 4096)])
    writer.start()
    while writer.is_alive():
        p.look(0.05)
    writer.join()


def fill(p):
    text = (WORDS * (SIZE // len(WORDS.encode()) + 1))
    for at in range(0, len(text), 100000):
        paste(p, text[at:at + 100000])
        p.look(0.3)
    p.look(2)


def measure(home, t, what, size, beside=False):
    with Person(home) as p:
        p.wait('1  Eva Lind', 60)
        insert_card(home)
        login(p)
        open_oberg(p)
        p.press('n')
        p.wait('Daganteckning')
        p.press('<Enter>')
        p.wait('Aktuellt')
        if size:
            fill(p)
        if beside:
            p.press('<F8>')
            p.wait('Bredvid:')
        p.press('<C-End>')
        p.look(1)
        ms, sent, pid = [], [], p.session_pid()
        before, began = threads(pid), time.monotonic()
        for c in TYPED * 5:
            mine = threads(pid)[0]
            p.press(c)
            ms.append(threads(pid)[0] - mine)
            sent.append(p.s.total - p.s.n0)
            p.look_for(0.05)
        p.look(1.5)
        after, took = threads(pid), (time.monotonic() - began) * 1000
        n = len(ms)
        t.add(f'a character at the end of {what}, processor', 1, middle(ms), 'ms', f'p99 {p99(ms):.2f}')
        t.add(f'a character at the end of {what}, bytes', 40, middle(sent), 'B', f'p99 {p99(sent)}')
        t.add(f'the store beside the typing of {what}', 1, (after[1] - before[1]) / took * 100, '%',
              f'{n} keys in {took / 1000:.0f} s, {n / took * 1000:.1f} a second; main thread {(after[0] - before[0]) / took * 100:.1f} %')
        p.press('<C-q>')
        p.ended()


def main():
    home, t = Home(sys.argv[1]), Table()
    try:
        measure(home, t, 'an empty note', 0)
        home.reset()
        measure(home, t, 'an empty note with the chart beside it', 0, beside=True)
        home.reset()
        measure(home, t, 'a note of 1 MB', SIZE)
    finally:
        home.close()
        over = t.show()
    return 1 if over else 0


if __name__ == '__main__':
    sys.exit(main())
