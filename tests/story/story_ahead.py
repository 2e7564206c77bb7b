#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Typing ahead of a screen that stands still: Enter, the signing key and letters, blindly. Nothing
may be signed by it."""
import os
import random
import signal

from person import (OBERG, REVIEW, Person, check, insert_card, login, main, open_oberg, quit, row, sign_note, state,
                    wait_chart)

BLIND = ['<Enter>', '<F9>', '<F2>', '<Esc>', 'a', 'j', 's', '9', '<F9>', '<Enter>']


def signed(home):
    """Everything a signature makes on the patient's chart: what it is → version, state and last change."""
    found = {}
    for kind, state in ('DocumentReference', 'docStatus'), ('MedicationRequest', 'status'):
        for r in home.find(f'{kind}?patient={OBERG[0]}'):
            if r[state] not in ('preliminary', 'draft'):
                found[f'{kind}/{r["id"]}'] = (r['meta']['versionId'], r[state], r['meta'].get('lastUpdated'))
    return found


def difference(before, now):
    return '; '.join(f'{key}: {before.get(key, "not there")} → {now.get(key, "gone")}'
                     for key in sorted(before.keys() | now.keys()) if before.get(key) != now.get(key))


def core_stalls(p, keys):
    """The screen still answers, the core does not: review and signing key in one blind run."""
    pid = p.home.core_pid()
    os.kill(pid, signal.SIGSTOP)
    try:
        blind = p.blindly('<F2>', *keys)
        p.look(0.1)
    finally:
        os.kill(pid, signal.SIGCONT)
    return blind


def stopped(p, keys, seconds):
    """The supervisor stops with its session and wakes it again."""
    os.kill(p.session_pid(), signal.SIGSTOP)
    try:
        p.until(lambda: state(p.pid) == 'T', 'the supervisor stops')
        p.look(seconds)
        p.blindly(*keys)
        p.look(0.1)
    finally:
        os.kill(p.pid, signal.SIGCONT)
    return True  # however long the typing took, nobody has read any of it


def session_stalls(p, keys):
    return stopped(p, ['<F2>', *keys], 0)


def review_stalls(p, keys):
    """The reading stands there long enough, then nothing moves and keys pile up."""
    p.press('<F2>')
    p.wait(REVIEW)
    return stopped(p, keys, 0.4)


def back_to_chart(p):
    """However far the blind keys led, and from there to the overview: a review has the patient's name and a
    heading too, and what is typed into it is typed to nobody."""
    for _ in range(12):
        if OBERG[1] in row(p, 1) and row(p, 3).startswith('─ Diagnoser '):
            return
        p.press('<Esc>')
        p.look(0.05)
    p.press('h')
    p.wait('19401127-9090')
    open_oberg(p)


def write(p, text):
    back_to_chart(p)
    wait_chart(p, OBERG[1])
    p.press('n')
    p.wait('▌ .*Daganteckning')
    p.press('<Enter>')
    p.wait('^ Aktuellt')
    p.type(text + ' ')
    p.wait(text)


def one_round(p, rng, draft):
    """Returns what was typed, and whether it was typed blindly."""
    write(p, draft)
    keys = ['<F9>', *(rng.choice(BLIND) for _ in range(rng.randrange(3, 12)))]
    rng.shuffle(keys)
    how = rng.choice([core_stalls, session_stalls, review_stalls])
    blind = how(p, keys)
    p.s.settle()
    return f'{how.__name__} {" ".join(keys)}', blind


def read_and_signed(home, p, before):
    """What has been typed blindly can be signed by a person who looks; and the next draft is short again."""
    write(p, 'läst')
    sign_note(p)
    now = signed(home)
    check(len(now) == len(before) + 1, f'what was read was not signed: {difference(before, now)}')
    return now


def story(home, a):
    seed = a.seed or random.randrange(1 << 30)
    rng = random.Random(seed)
    print(f'seed {seed}', flush=True)
    with Person(home) as p:
        p.wait('Eva Lind', 60)
        insert_card(home)
        login(p)
        open_oberg(p)
        before, session, stalled = signed(home), p.session_pid(), 0
        for n in range(a.count):
            keys, blind = one_round(p, rng, f'rad{n}')
            if not blind:
                p.look(1)  # what it may have signed arrives before the next round
            now = signed(home)
            changed = difference(before, now)
            check(not blind or not changed, f'round {n + 1}, seed {seed}: something was signed by {keys}: {changed}')
            check(p.session_pid() == session, f'round {n + 1}, seed {seed}: the session ended by {keys}')
            before, stalled = now, stalled + (not blind)
            if n % 20 == 19 or n == a.count - 1:
                before = read_and_signed(home, p, before)
        p.look(1)
        changed = difference(before, signed(home))
        check(not changed, f'seed {seed}: something was signed: {changed}')
        check(stalled <= a.count / 4, f'the machine stalled in {stalled} of {a.count} rounds: nothing was shown')
        back_to_chart(p)
        quit(p)
    return f'{a.count - stalled} stalled screens, 0 signatures'


if __name__ == '__main__':
    main({'ahead': story}, count=(20, 'how many stalled screens'), seed=(0, 'to repeat a run'))
