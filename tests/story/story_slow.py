#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The story on a slow line: 9600 baud, and 150 ms each way."""
import time

from person import OBERG, Person, check, insert_card, login, main, quit, short_story, wait_chart


def overview_in(p, home, limit):
    """From the key that opens the patient to the whole overview."""
    insert_card(home)
    login(p)
    p.press('Ö')
    p.wait('Öberg')
    p.type('1551')
    p.wait(OBERG[1])
    p.s.settle()
    before = p.s.total
    began = time.monotonic()
    p.press('<Enter>', settle=False)
    wait_chart(p, OBERG[1])
    p.wait('CRP')
    p.s.settle(0.3)
    took = (p.s.lastt or time.monotonic_ns()) / 1e9 - began
    sent = p.s.total - before
    # 9600 baud carries 2,880 bytes in the 3 s that are allowed; the clock itself is only a guard against
    # a stall, since a busy machine would blur it.
    check(sent <= 2750, f'the first overview is {sent} bytes, over 2.9 s of a 9600 baud line')
    check(took <= limit, f'the first overview took {took:.1f} s')
    return f'overview in {took:.1f} s, {sent} bytes'


def baud(home, a):
    with Person(home, rate=960) as p:
        p.wait('1  Eva Lind', 60)
        said = overview_in(p, home, 6)
        quit(p)
    return said


def far(home, a):
    with Person(home, delay=0.15) as p:
        p.s.a.first = 0.4
        p.wait('1  Eva Lind', 60)
        short_story(p, home)
        quit(p)


def one_burst(home, a):
    """Each key in an idle view is answered by one write of the program."""
    with Person(home) as p:
        p.wait('1  Eva Lind', 60)
        insert_card(home)
        login(p)
        p.wait('osigner')
        p.look(1)
        p.press('<Down>')  # the first key after a rest also asks whether the core is there, whose answer is painted
        p.look(0.3)
        writes = []
        for key in ['<Down>'] * 6 + ['<PgDn>', '<PgUp>', '<F3>', 'Ö', 'b', 'e', '<Esc>']:
            before = p.s.chunks
            p.press(key)
            p.look(0.1)
            writes.append((key, p.s.chunks - before))
        # one of them may be followed by an answer of the core that changes the screen
        check(sum(n > 1 for _, n in writes) <= 1 and max(n for _, n in writes) <= 2, f'more than one burst: {writes}')
        quit(p)
    return f'{len(writes)} keys, one burst each'


if __name__ == '__main__':
    main({'9600 baud': baud, '300 ms': far, 'one burst': one_burst})
