#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""SIGKILL at a random moment while notes are written and signed: rond as a whole, or its session. In the next life
each character that was painted is there, at the cursor; at the end each note stands in the record once, word for
word, with one Provenance, and no draft is left of it. --trouble full,readonly,clock: the disk fills up while some of the
words are typed (what was not said to be unsaved is kept), some lives begin on a read-only file system, and the clock
jumps between lives. kills.py runs many."""
import contextlib
import os
import random
import re
import signal
import string
import subprocess
import sys
import time

from person import (OBERG, PIN_ASKED, REVIEW, Person, attachment, check, insert_card, login, main, open_oberg, row, sign_key,
                    skips, unlock)

LETTERS = string.ascii_lowercase + 'åäöéü'
WORDS = 12  # a note
START = r'1  Eva Lind'
UNSAVED, READ_ONLY = r'Disken är full', r'Lagret (får inte|går inte)'
EDITOR, READING, ASKED = r'^ \S.* utkast \d\d:\d\d$', r'^ F9 signerar', r'1  VoB Medicin avd 3'


class Disk:
    """A small file system under the store, in a namespace of this process, which can be filled or made read-only."""

    def __init__(self, home):
        self.at = home.path('state/ovning/store')
        os.makedirs(self.at, 0o700, exist_ok=True)
        self.mount('-t', 'tmpfs', '-o', 'size=24m,mode=700', 'none')

    def mount(self, *how):
        subprocess.run(['mount', *how, self.at], check=True, capture_output=True)

    @contextlib.contextmanager
    def full(self):
        ballast = os.open(os.path.join(self.at, 'ballast'), os.O_WRONLY | os.O_CREAT, 0o600)
        with contextlib.suppress(OSError):
            while os.write(ballast, bytes(4096)):
                pass
        os.close(ballast)
        try:
            yield
        finally:
            os.unlink(os.path.join(self.at, 'ballast'))

    @contextlib.contextmanager
    def readonly(self):
        self.mount('-o', 'remount,ro')
        try:
            yield
        finally:
            self.mount('-o', 'remount,rw')

    def close(self):
        subprocess.run(['umount', '-l', self.at], check=True)


class Lives:
    """The lives of one person's program, one after the other."""

    def __init__(self, home, rng, trouble):
        self.home, self.rng, self.p, self.kills, self.signing, self.chars, self.spared = home, rng, None, 0, 0, 0, 0
        self.trouble, self.disk, self.hits = trouble, Disk(home) if {'full', 'readonly'} & set(trouble) else None, dict.fromkeys(trouble, 0)

    def meets(self, what, chance):
        """Whether it happens now; it is counted."""
        hit = what in self.trouble and self.rng.random() < chance
        self.hits[what] = self.hits.get(what, 0) + hit
        return hit

    def start(self):
        env = {}
        if self.meets('clock', 0.25):
            self.home.stop_core()  # it has the clock of the rond that started it
            env['ROND_CLOCK'] = f'2026-11-{self.rng.randrange(8, 13):02}T{self.rng.randrange(24):02}:{self.rng.randrange(60):02}:00+01:00'
        if self.meets('readonly', 0.12):
            with self.disk.readonly(), Person(self.home) as p:
                p.wait(PIN_ASKED + '|' + START, 60)
                if p.has(START):
                    insert_card(self.home)
                unlock(p)
                p.wait(READ_ONLY)
                os.kill(p.pid, signal.SIGKILL)
        self.p = Person(self.home, env=env)

    def begin(self):
        """Up to where the last life ended."""
        if not self.p:
            self.start()
        p = self.p
        p.wait(PIN_ASKED + '|' + START, 60)
        if p.has(START):
            insert_card(self.home)
        unlock(p)
        p.wait(ASKED + '|' + re.escape(OBERG[1]), 60)
        if p.has(ASKED):
            p.press('<Enter>')
        p.until(lambda: p.has(EDITOR) or p.has(READING) or p.has('d Diagnoser|19401127-9090'), 'the last place', 60)

    def kill(self):
        """What was painted at the cursor's row when it died."""
        p, whole = self.p, self.spared or self.rng.random() < 0.7
        session = p.session_pid()
        self.kills += 1
        if not whole:  # the supervisor gives up after three crashes in ten seconds: one in each of its lives
            self.spared = True
            y = p.cursor()[0]
            self.said, shown = p.screen(), row(p, y)
            os.kill(session, signal.SIGKILL)
            p.until_gone([session])
            return shown
        os.kill(p.pid, signal.SIGKILL)
        p.until_gone([session])
        p.look_for(0.03)
        self.said, shown = p.screen(), row(p, p.cursor()[0])
        self.end()
        return shown

    def end(self):
        if self.p:
            self.p.s.finish()
        self.p, self.spared = None, False


def type_and_kill(lives, text):
    p, rng = lives.p, lives.rng
    for c in text:
        p.press(c, settle=False)
        p.look(rng.choice((0, 0.002, 0.03)) * rng.random())
    p.look(rng.random() * 0.02)
    return lives.kill()


def type_until_killed(lives, word):
    """The part of the word that was on the screen when it died; it is kept in the next life."""
    p, rng = lives.p, lives.rng
    typed = word[:rng.randrange(1, len(word) + 1)]
    safe = ''
    if len(typed) > 2 and lives.meets('full', 0.3):
        safe = typed[:rng.randrange(1, len(typed) - 1)]
        p.type(safe)
        p.wait(re.escape(safe))
        with lives.disk.full():
            shown = type_and_kill(lives, typed[len(safe):])
    else:
        shown = type_and_kill(lives, typed)
    at = shown.rfind(word[0])
    painted = shown[at:].rstrip() if at >= 0 else ''
    check(word.startswith(painted), f'kill {lives.kills}: “{painted}” was painted of “{word}”')
    if safe and re.search(UNSAVED, lives.said):
        painted = safe  # the rest was said to be in memory alone
    lives.begin()
    p = lives.p
    p.wait(EDITOR)
    p.until(lambda: painted in row(p, p.cursor()[0]), f'kill {lives.kills}: “{painted}” of “{word}” in the next life')
    now = row(p, p.cursor()[0])
    at = now.rfind(word[0])
    kept = now[at:].rstrip() if at >= 0 else ''
    check(word.startswith(kept) and kept.startswith(painted), f'kill {lives.kills}: “{painted}” painted, “{kept}” kept')
    lives.chars += len(painted)
    return kept


def write(lives, marker, count):
    """A note, killed at each word."""
    p, text = lives.p, marker
    p.press('n')
    p.wait('Daganteckning')
    p.press('<Enter>')
    p.wait('Aktuellt')
    p.type(marker)
    p.wait(marker)
    for i in range(WORDS):
        if lives.kills >= count:
            break
        lives.p.press('<Enter>')
        lives.p.s.settle()
        # the first letter stands nowhere else in the word, so that its start is known
        word = 'Q' + ''.join(lives.rng.choice(LETTERS) for _ in range(lives.rng.randrange(6, 24)))
        text += '\n' + type_until_killed(lives, word)
    return text


def to_reading(p):
    if not p.has(READING):
        p.press('<F2>')
        p.wait(REVIEW)
    while not p.has(READING) and not p.has(r'version 1'):
        p.press('<PgDn>')


def sign_when_known(p):
    """What was under way when it was killed may still arrive; the core stops a second one, so it is signed again at once."""
    end = time.monotonic() + 60
    while not p.has(r'version 1|redan'):
        check(time.monotonic() < end, 'it cannot be signed any more')
        to_reading(p)
        p.look(0.35)
        p.press('<F9>')
        soon = time.monotonic() + 5
        while time.monotonic() < soon and not p.has(r'version 1|redan'):
            p.look(0.1)


def sign(lives, killed):
    """Killed at a random moment about the signature, then signed if it was not."""
    to_reading(lives.p)
    lives.p.look(0.35)
    if killed and lives.rng.random() < 0.6:
        lives.p.press('<F9>', settle=False)
        lives.p.look_for(lives.rng.random() * 0.15)
        lives.kill()
        lives.signing += 1
        lives.begin()
        p = lives.p
        p.look(0.3)
        if not p.has(EDITOR) and not p.has(READING):
            return
        sign_when_known(p)
        return
    sign_key(lives.p)


def one_note(lives, count):
    home, marker = lives.home, 'M' + ''.join(lives.rng.choice(string.digits) for _ in range(9))
    text = write(lives, marker, count)
    sign(lives, count > 8)
    p = lives.p
    notes = p.until(lambda: [d for d in home.find(f'DocumentReference?patient={OBERG[0]}') if marker in attachment(d)], 'the note on the core', 200)
    check(len(notes) == 1, f'{len(notes)} notes with {marker} on the core')
    text = text.rstrip('\n')  # of the last word nothing may have been painted; a note does not end with empty lines
    check(text in attachment(notes[0]).replace('\r\n', '\n'), f'not the words that were written: “{attachment(notes[0])}”, not “{text}”')
    check(notes[0]['docStatus'] == 'final', 'it is not signed')
    check(len(home.find(f'Provenance?target=DocumentReference/{notes[0]["id"]}')) == 1, 'not one Provenance')


def nothing_left(p):
    """No draft of what stands in the record."""
    p.press('n')
    p.wait('Daganteckning')
    p.look(0.3)
    check(not p.has('Utkast: '), 'a draft of a signed note is left')
    p.press('<Esc>')


def story(home, a):
    seed = a.seed or random.randrange(1 << 30)
    print(f'seed {seed}', flush=True)
    trouble = [what for what in a.trouble.split(',') if what]
    lives = Lives(home, random.Random(seed), trouble)
    notes = 0
    try:
        lives.p = p = Person(home)
        p.wait('Eva Lind', 60)
        insert_card(home)
        login(p)
        open_oberg(p)
        while lives.kills < a.count:
            one_note(lives, a.count)
            notes += 1
            nothing_left(lives.p)
            if notes % 10 == 0:
                print(f'{lives.kills} kills', flush=True)
    except AssertionError as e:
        raise AssertionError(f'seed {seed}, kill {lives.kills}: {e}\n{lives.p.screen() if lives.p else ""}') from e
    finally:
        lives.end()
        if lives.disk:
            lives.disk.close()
    met = ''.join(f', {n} × {what}' for what, n in lives.hits.items() if what in trouble)
    return (f'{lives.kills} kills, {lives.signing} of them about a signature{met}: 0 of {lives.chars} painted characters lost, '
            f'{notes} notes in the record once each, no draft left')


if __name__ == '__main__':
    if '--trouble' in sys.argv and 'ROND_OWN_MOUNTS' not in os.environ:
        os.environ['ROND_OWN_MOUNTS'] = '1'
        if subprocess.run(['unshare', '-rm', 'true'], capture_output=True).returncode:
            sys.exit(skips.whole('no namespace of one\'s own for the mounts'))
        os.execvp('unshare', ['unshare', '-rm', '/usr/bin/python3', *sys.argv])
    main({'kill': story}, count=(8, 'how many kills'), seed=(0, 'to repeat a run'), trouble=('', 'full,readonly,clock: what of it'))
