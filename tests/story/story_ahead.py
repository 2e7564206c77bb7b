#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Typing ahead of a screen that stands still: Enter, the signing key and letters, blindly. Nothing
may be signed by it."""
import os
import random
import signal

from person import OBERG, Person, check, insert_card, login, main, open_oberg, quit, row, wait_chart

BLIND = ['<Enter>', '<F9>', '<F2>', '<Esc>', 'a', 'j', 's', '9', '<F9>', '<Enter>']


def signed(home):
    """Ids and versions of everything a signature makes, on the patient's chart."""
    notes = [(d['id'], d['meta']['versionId']) for d in home.find(f'DocumentReference?patient={OBERG[0]}')
             if d['docStatus'] != 'preliminary']
    orders = [(r['id'], r['meta']['versionId']) for r in home.find(f'MedicationRequest?patient={OBERG[0]}')
              if r['status'] != 'draft']
    return sorted(notes), sorted(orders)


def core_stalls(p, keys):
    """The screen still answers, the core does not: review and signing key in one blind run."""
    pid = p.home.core_pid()
    os.kill(pid, signal.SIGSTOP)
    try:
        p.blindly('<F2>', *keys)
        p.look(0.1)
    finally:
        os.kill(pid, signal.SIGCONT)


def stopped(p, keys, seconds):
    """The supervisor stops with its session and wakes it again."""
    os.kill(p.session_pid(), signal.SIGSTOP)
    try:
        p.look(seconds)
        p.blindly(*keys)
        p.look(0.1)
    finally:
        os.kill(p.session_pid(), signal.SIGCONT)
        os.kill(p.pid, signal.SIGCONT)


def session_stalls(p, keys):
    stopped(p, ['<F2>', *keys], 0)


def review_stalls(p, keys):
    """The reading stands there long enough, then nothing moves and keys pile up."""
    p.press('<F2>')
    p.wait(r'F9.*\n(.*\n)* F9 ')
    stopped(p, keys, 0.4)


def back_to_chart(p):
    """However far the blind keys led."""
    for _ in range(12):
        if OBERG[1] in row(p, 1) and row(p, 3).startswith('─ '):
            p.press('ö')
            return
        p.press('<Esc>')
        p.look(0.05)
    p.press('<Esc>')
    p.look(0.3)
    if not p.has('19401127-9090'):
        p.press('h')
    p.wait('19401127-9090')
    open_oberg(p)


def one_round(p, rng, draft):
    back_to_chart(p)
    wait_chart(p, OBERG[1])
    p.press('n')
    p.wait('Daganteckning')
    p.press('<Enter>')
    p.wait('Aktuellt')
    p.type(draft)
    keys = ['<F9>', *(rng.choice(BLIND) for _ in range(rng.randrange(3, 12)))]
    rng.shuffle(keys)
    how = rng.choice([core_stalls, session_stalls, review_stalls])
    how(p, keys)
    p.s.settle()
    return f'{how.__name__} {" ".join(keys)}'


def story(home, a):
    seed = a.seed or random.randrange(1 << 30)
    rng = random.Random(seed)
    print(f'seed {seed}', flush=True)
    with Person(home) as p:
        p.wait('Eva Lind', 60)
        insert_card(home)
        login(p)
        open_oberg(p)
        before = signed(home)
        for i in range(a.count):
            keys = one_round(p, rng, f'utkast {i}')
            check(signed(home) == before, f'round {i + 1}, seed {seed}: something was signed by {keys}')
        p.look(1)
        check(signed(home) == before, f'seed {seed}: something was signed')
        back_to_chart(p)
        quit(p)
    return f'{a.count} stalled screens, 0 signatures'


if __name__ == '__main__':
    main({'ahead': story}, count=(20, 'how many stalled screens'), seed=(0, 'to repeat a run'))
