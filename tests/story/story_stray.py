#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scans, pastes and key sequences in pieces on a real terminal: a sample of what tests/screen/stray.c does in
every view in memory. The view stays, the text arrives whole where there is a field, and the core holds
afterwards what it held before."""
import os
import random
import re
import time

from person import OBERG, PIN_ASKED, Person, check, insert_card, login, main, open_oberg, quit, row, wait_chart

TYPES = 'Appointment Condition DocumentReference MedicationRequest Observation Patient Provenance Task'.split()
SCANS = ['19120211-9192', '07350053850019', 'on', 'hkw', 'gug', 'sssss', 'jjj', 'yy', '?1', ':quit', 'Öberg', 'nnn']
PASTES = ['Mår bättre', 'j', 'g u', 'x\r\nn', '\x1b[20~', '\x1bOP', '\x1b', '\x01\x10\x11', '<F9>', ':quit', '5 mg x 2']
# Keys that move at most, in a list as in a field: what they do themselves is no fault.
SEQUENCES = ['\x1b[A', '\x1bOB', '\x1b[5~', '\x1b[6~', '\x1b[1;2A', '\x1b[H', '\x1bOF', '\x1b[15~']


def held(home):
    """How many of each kind there are, and how many versions of them are of this day."""
    day = '2026-11-10T08:00:00%2B01:00'
    return {kind: [home.ask('GET', f'{kind}?{query}_summary=count')['total'] for query in ('', f'_lastUpdated=ge{day}&')]
            for kind in TYPES}


def send(p, data, cuts, rng):
    """In as many reads as there are cuts, 0 to 500 ms apart."""
    for part in (data[a:b] for a, b in zip([0, *cuts], [*cuts, len(data)])):
        os.write(p.s.master, part)
        if cuts:
            p.look(rng.random() * 0.5 if rng.random() < 0.5 else rng.random() * 0.05)
    p.look(0.75)  # late halves have had their time


def scan(p, rng):
    text = rng.choice(SCANS)
    send(p, (text + rng.choice(['\r', '\n', '\t'])).encode(), [], rng)
    return text


def paste(p, rng):
    parts = [rng.choice(PASTES) for _ in range(rng.randrange(1, 4))]
    data = b'\x1b[200~' + (''.join(parts) + 'z').encode() + b'\x1b[201~'
    # cut behind the first bytes, or Esc would have been pressed, as is right
    send(p, data, sorted({rng.randrange(2, len(data)) for _ in range(rng.randrange(4))}), rng)
    text = re.sub(r'[\x00-\x09\x0b\x0c\x0e-\x1f]', '', ''.join(parts) + 'z')
    return re.sub(r'\r\n|\r|\n', ' ', text)


def sequence(p, rng):
    data = rng.choice(SEQUENCES).encode()
    send(p, data, [rng.randrange(2, len(data))] if len(data) > 2 else [], rng)


# name: (the way there from the list, what stands there, is it a field)
PLACES = {
    'worklist': ((), r'Avdelningslista|Ward list', False),
    'find': (('<F3>',), r'Sök patient|Find patient', True),
    'chart': ((open_oberg,), r'^─ .*Provsvar|^─ .*Results', False),
    'medicines': ((open_oberg, 'l'), r'Läkemedel', False),
    'order': ((open_oberg, 'o'), r'Enter till|ordin', True),
    'help': ((open_oberg, '?'), r'Sök:|Search:', True),
    'line': ((':',), r'^:', True),
}


def go(p, way):
    for _ in range(4):
        p.press('<Esc>')
        p.look(0.05)
    if not p.has(r'19401127-9090'):
        p.press('h')
    p.wait(r'19401127-9090')
    for step in way:
        if callable(step):
            step(p)
        else:
            p.press(step)


def one(p, rng, name, field, marker):
    how = rng.choice([scan, paste, sequence])
    text = how(p, rng)
    check(p.has(marker), f'{name}: a {how.__name__} ({text!r}) left it')
    if field and text:
        check(text in re.sub(r' +\n', '\n', p.screen()), f'{name}: {text!r} of a {how.__name__} is not whole')
    if field:
        p.press('<End>', '<C-u>')


def story(home, a):
    seed = a.seed or random.randrange(1 << 30)
    rng = random.Random(seed)
    print(f'seed {seed}', flush=True)
    with Person(home) as p:
        p.wait('Eva Lind', 60)
        for _ in range(a.count):
            scan(p, rng)
            check(p.has('1  Eva Lind') and not p.has(PIN_ASKED), 'a scan chose a card')
        insert_card(home)
        login(p)
        before = held(home)
        for name, (way, marker, field) in PLACES.items():
            go(p, way)
            p.wait(marker)
            for _ in range(a.count):
                try:
                    one(p, rng, name, field, marker)
                except AssertionError as e:
                    raise AssertionError(f'seed {seed}: {e}') from e
        after = held(home)
        check(after == before, f'seed {seed}: the core held {before} and holds {after}')
        go(p, ())
        quit(p)
    return f'{a.count * (len(PLACES) + 1)} of them in {len(PLACES) + 1} places, 0 commands'


if __name__ == '__main__':
    main({'stray': story}, count=(4, 'how many in each place'), seed=(0, 'to repeat a run'))
