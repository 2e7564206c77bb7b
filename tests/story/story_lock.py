#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The card is pulled, the terminal hangs up or F10 is pressed at random moments while a note is
written: after the PIN the same draft, cursor and scroll; in between nothing of the patient in any
living process nor on the screen. At the end everything written stands in the record."""
import os
import random
import re
import signal
import string
import subprocess
import time

from person import (OBERG, Person, attachment, check, insert_card, login, main, open_oberg, quit, row,
                    sign_note, unlock, wait_chart, zombie)
import skips  # noqa: E402  person knows where it lies

LETTERS = string.ascii_lowercase + 'åäöéü'
SURE = 5  # letters of a made-up word: so many stand nowhere by chance
FIRST_ROW = 4  # of the sökord on the screen; above it stand header, title and state


def regions(pid):
    with open(f'/proc/{pid}/maps') as f:
        for line in f:
            span, mode = line.split()[:2]
            name = line.split(None, 5)[5:] and line.split(None, 5)[5].strip()
            if mode[0] == 'r' and name not in ('[vvar]', '[vsyscall]', '[vvar_vclock]'):
                yield [int(x, 16) for x in span.split('-')]


def in_memory(pid, needles):
    """Which of the texts stand in the memory of a process."""
    found = set()
    with open(f'/proc/{pid}/mem', 'rb', 0) as mem:
        for low, high in regions(pid):
            try:
                mem.seek(low)
                data = mem.read(high - low)
            except (OSError, OverflowError, ValueError):
                continue
            found |= {n for n in needles if n.encode() in data}
    return found


def nothing_on_screen(p, needles):
    """On neither buffer."""
    term = p.s.term
    buffers = [term.text()]
    if term.alt:
        cells = term.alt[0]
        buffers.append('\n'.join(''.join(cells[y][x].data for x in sorted(cells[y])) for y in sorted(cells)))
    for text in buffers:
        check(not any(n in text for n in needles), 'the patient is still on the screen')


def nothing_left(p, word, memory):
    """Neither in a process nor on either buffer of the screen. rond-core is the record itself, so it
    knows its patients; but not what nobody has sent it. A process that was looked through knows its own name."""
    needles = {word, OBERG[1], OBERG[1].replace('-', ''), 'Öberg', 'Sven-Åke'}
    nothing_on_screen(p, needles)
    looked = 0
    for pid, name in p.children().items() if memory else ():
        try:
            found = in_memory(pid, {name, word} if name == 'rond-core' else {name, *needles})
        except OSError as e:
            check(zombie(pid), f'the memory of {name} ({pid}) cannot be read: {e}')
            continue  # it has ended since
        check(name in found or zombie(pid), f'nothing at all in the memory of {name} ({pid})')
        check(found <= {name}, f'{sorted(found - {name})} in the memory of {name} ({pid})')
        looked += 1
    check(looked or not memory, 'no process was looked through')


def readable(p, text):
    """Before the lock both stand there, or the search finds nothing at all. Without CAP_SYS_PTRACE nobody, not even
    root, can look into a process that has shut itself off."""
    try:
        found = in_memory(p.session_pid(), {text, OBERG[1]})
    except PermissionError:
        skips.tell('the search of memory after the lock: another process\'s memory cannot be read here')
        return False
    check(found == {text, OBERG[1]}, f'the search of memory finds only {sorted(found)} before the lock')
    return True


def pull(p):
    return subprocess.Popen([p.home.rond, 'card', 'pull'], env=p.home.environ(), stdout=subprocess.DEVNULL)


def press_f10(p):
    """Alone, as a finger does: keys that come all at once are text, whatever they are."""
    p.look(0.05)
    p.press('<F10>')
    p.look(0.05)


WAYS = {
    'card': pull,
    'card again': pull,
    'F10': press_f10,
    'hang-up': lambda p: os.kill(p.pid, signal.SIGHUP),
    'hang-up of the session': lambda p: os.kill(p.session_pid(), signal.SIGHUP),
}


def locked(p):
    return re.search('rond är låst|rond – logga in', p.s.term.text())


def lock_while_typing(p, rng, way, word):
    """Types the word key by key and locks after some of them; returns what was seen on the screen, and
    how long the lock took."""
    at, seen, process = rng.randrange(1, len(word)), '', None
    for i, c in enumerate(word):
        if i == at:
            began = time.monotonic()
            process = WAYS[way](p)
        p.press(c, settle=False)
        end = time.monotonic() + rng.random() * 0.03
        while True:
            p.look(0.002)
            if locked(p):
                break
            y, x = p.cursor()
            shown = row(p, y)[:x].split(' ')[-1]
            if word.startswith(shown) and len(shown) > len(seen):
                seen = shown
            if time.monotonic() > end:
                break
        if locked(p):
            break
    p.until(lambda: locked(p), f'the lock after {way}', 10)
    took = time.monotonic() - began
    if process:
        process.wait(30)
    return seen, took


def come_back(p, way):
    if way.startswith('card'):
        p.wait('1  Eva Lind')
        insert_card(p.home)
    unlock(p)
    wait_chart(p, OBERG[1])
    p.wait('Aktuellt|Planering|rad ')


def body(p, without):
    return [line for n, line in enumerate(p.screen().split('\n')[FIRST_ROW:22], FIRST_ROW) if n != without]


def one_round(p, rng, text, stats, memory):
    way = rng.choice(list(WAYS))
    word = 'q' + ''.join(rng.choice(LETTERS) for _ in range(rng.randrange(14, 24)))
    y, x = p.cursor()
    before = body(p, y)
    seen, took = lock_while_typing(p, rng, way, word)
    stats['slowest'] = max(stats['slowest'], took)
    stats['searched'] += memory and len(seen) >= SURE
    time.sleep(0.05)
    nothing_left(p, word[:min(max(len(seen), SURE), 8)], memory)
    come_back(p, way)
    p.until(lambda: p.cursor()[0] == y, f'after {way}: the cursor on row {y}')
    p.until(lambda: len(row(p, y).ljust(x)) >= x + len(seen), f'after {way}: “{seen}” again')
    kept = row(p, y).ljust(x)[x:]
    check(word.startswith(kept) and kept.startswith(seen), f'after {way}: typed “{word}”, shown “{seen}”, kept “{kept}”')
    check(p.cursor() == (y, x + len(kept)), f'after {way}: the cursor stands at {p.cursor()}, not ({y}, {x + len(kept)})')
    check(body(p, y) == before, f'after {way}: another scroll or text')
    if not kept:
        return text
    p.press('<Enter>')
    p.until(lambda: p.cursor()[1] == x, 'a new line')
    p.s.settle()
    return text + kept + '\n'


def story(home, a):
    seed = a.seed or random.randrange(1 << 30)
    rng = random.Random(seed)
    stats = {'slowest': 0, 'searched': 0}
    print(f'seed {seed}', flush=True)
    with Person(home) as p:
        p.wait('Eva Lind', 60)
        insert_card(home)
        login(p)
        open_oberg(p)
        p.press('n')
        p.wait('Daganteckning')
        p.press('<Enter>')
        p.wait('Aktuellt')
        text = ''.join(f'rad {i}\n' for i in range(22))
        p.type(text)
        p.wait('rad 21')
        memory = readable(p, 'rad 21')
        for i in range(a.count):
            try:
                text = one_round(p, rng, text, stats, memory)
            except AssertionError as e:
                raise AssertionError(f'round {i + 1}, seed {seed}: {e}') from e
        p.type('slut')
        sign_note(p)
        check(any(text + 'slut' in attachment(d) for d in home.find(f'DocumentReference?patient={OBERG[0]}')),
              f'seed {seed}: the record does not hold what was written')
        quit(p)
    check(stats['searched'] or not memory or a.count < 10, f'seed {seed}: no word was long enough to be looked for')
    return (f'{a.count} locks, the slowest shown after {stats["slowest"] * 1000:.0f} ms; a word of which enough had been '
            f'seen was looked for in memory after {stats["searched"]}')


if __name__ == '__main__':
    main({'lock': story}, count=(10, 'how many locks'), seed=(0, 'to repeat a run'))
