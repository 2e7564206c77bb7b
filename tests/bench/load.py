#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What much data costs a person: the real rond on a pty while an answer of 20 MB, a patient of 60 MB, 200,000
values of one patient or 100,000 patients come over the wire, and fifty ronds at once against one rond-core.

load.py BUILD [STORY…]: the figures beside their budget. Of every story: from each key to its frame, the processor
that a turn of the main loop took, and the memory of the session (PSS). figures.py says what a busy machine may add.
The patient of 60 MB is Synthea's, from ../shared/data; without it that story is left out."""
import argparse
import datetime
import fcntl
import glob
import gzip
import json
import os
import pty
import random
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import termios
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'story'))
from figures import Table, middle, p99, press
from loop import CPU_MS, SlowCore, Trace
from person import (LIMIT, NOT_ALL_READ, OBERG, PIN, PIN_ASKED, SOURCE, Failed, Home, Person, check, insert_card, login, open_oberg,
                    row)

KEY_MS = 16     # p99 from key to frame
NORMAL_MB = 30  # of a session
SYNTHEA = os.path.join(os.environ.get('ROND_SHARED', os.path.join(SOURCE, '..', 'shared')), 'data/synthea')
ADULT = 'pat-0001'
NOW = datetime.datetime(2026, 11, 10, 7, 0, tzinfo=datetime.timezone.utc)
KINDS = [('NPU03429', 'Natrium', 'mmol/L', 137, 12), ('NPU03230', 'Kalium', 'mmol/L', 4, 1),
         ('NPU18016', 'Kreatinin', 'µmol/L', 80, 30), ('NPU19748', 'CRP', 'mg/L', 9, 20),
         ('NPU28309', 'Hemoglobin', 'g/L', 130, 20), ('NPU02593', 'Leukocyter', '10⁹/L', 6, 3)]


# -- data ----------------------------------------------------------------------------------------------------------

def value(i, patient, every):
    """The @i-th newest laboratory value: six kinds at a time, @every minutes apart."""
    code, name, unit, low, wide = KINDS[i % len(KINDS)]
    at = NOW - datetime.timedelta(minutes=every * (i // len(KINDS)))
    return {'resourceType': 'Observation', 'id': f'load-{i}', 'status': 'final',
            'category': [{'coding': [{'system': 'http://terminology.hl7.org/CodeSystem/observation-category',
                                      'code': 'laboratory', 'display': 'Laboratory'}]}],
            'code': {'coding': [{'system': 'urn:oid:1.2.752.108.1', 'code': code, 'display': name}], 'text': name},
            'subject': {'reference': f'Patient/{patient}'}, 'effectiveDateTime': at.strftime('%Y-%m-%dT%H:%M:%SZ'),
            'issued': at.strftime('%Y-%m-%dT%H:%M:%S.000Z'),
            'performer': [{'reference': 'Organization/org-lab', 'display': 'Klinisk kemi'}],
            'valueQuantity': {'value': low + i * 7 % wide, 'unit': unit, 'system': 'http://unitsofmeasure.org', 'code': unit},
            'referenceRange': [{'low': {'value': low, 'unit': unit}, 'high': {'value': low + wide, 'unit': unit}}]}


def bundle(size):
    """A searchset of so many bytes and how many values it holds, the newest first."""
    entries, total = [], 0
    while total < size:
        r = value(len(entries), ADULT, 60)
        entries.append(json.dumps({'fullUrl': 'http://localhost/Observation/' + r['id'], 'resource': r,
                                   'search': {'mode': 'match'}}, ensure_ascii=False))
        total += len(entries[-1].encode()) + 1
    head = '{"resourceType":"Bundle","type":"searchset","total":%d,"link":[{"relation":"self","url":"http://localhost/' \
           'Observation?patient=Patient/%s&category=laboratory&_sort=-date&_count=80"}],"entry":[' % (len(entries), ADULT)
    return (head + ','.join(entries) + ']}').encode(), len(entries)


class BigAnswer(SlowCore):
    """A core that does not know _count: the laboratory values come in one answer."""

    def __init__(self, path, body):
        self.body, self.given = body, 0
        super().__init__(path)

    def forward(self, source, sink, late):
        if late:
            return super().forward(source, sink, late)
        head = b'HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\nContent-Length: %d\r\n\r\n' % len(self.body)
        try:
            while data := source.recv(1 << 16):
                if re.match(rb'GET /Observation\?patient=Patient(/|%2F)pat-0001&category=laboratory[^ ]*_count=\d', data, re.I):
                    self.given += 1
                    source.sendall(head + self.body)
                else:
                    sink.sendall(data)
        except OSError:
            pass
        sink.close()


# -- measuring -----------------------------------------------------------------------------------------------------

def pss(pid):
    with open(f'/proc/{pid}/smaps_rollup') as f:
        return next(int(line.split()[1]) for line in f if line.startswith('Pss:')) / 1024


class Memory(threading.Thread):
    """The most that a process has had, looked at twenty times a second."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.most, self.go = pid, 0.0, True
        self.start()

    def run(self):
        while self.go:
            try:
                self.most = max(self.most, pss(self.pid))
            except (OSError, StopIteration):
                return
            time.sleep(0.05)

    def end(self):
        self.go = False
        self.join()
        return self.most


def rest(p, seconds=0.5, limit=20):
    """Until nothing has come for so long."""
    chunks, since, end = p.s.chunks, time.monotonic(), time.monotonic() + limit
    while time.monotonic() - since < seconds and time.monotonic() < end:
        p.look(0.05)
        if p.s.chunks != chunks:
            chunks, since = p.s.chunks, time.monotonic()


def worked(pid):
    """Milliseconds that the first thread of a process has had the processor."""
    with open(f'/proc/{pid}/task/{pid}/schedstat') as f:
        return int(f.read().split()[0]) / 1e6


def frames(p, *names):
    """Of each key that was answered: milliseconds to its frame, and what the painting thread worked meanwhile."""
    both, pid = [], p.session_pid()
    for name in names:
        before = worked(pid)
        sample = press(p, name)
        if sample:
            both.append((sample['first_ms'], worked(pid) - before))
    return both


def late(t, what, ms, beside=''):
    """By the clock a key is late or not where the machine has nothing else to do; else the figure only stands there."""
    quiet = os.getloadavg()[0] <= 1.5 * os.cpu_count()
    t.add(f'{what}: key to frame, p99', KEY_MS if quiet else None, p99(ms), 'ms',
          f'{len(ms)} keys, median {middle(ms):.1f}, worst {max(ms):.1f}{beside}{"" if quiet else "; a busy machine"}')


def matched(p, regex, limit=60):
    """Milliseconds from the last key until it is on the screen."""
    rx = re.compile(regex, re.M)
    p.s.wait(lambda: rx.search(p.s.term.text()), limit, regex)
    return p.s.samples[-1]['match_ms']


def counted(p):
    """Those that are held and those that are not: what the view of the values says."""
    said = p.has(r'(\d+) värden(?:, (\d+) nyare)?(?:, (\d+) äldre)?')
    return sum(int(n) for n in said.groups() if n) if said else 0


class Measured:
    """One run of rond with its turns written down."""

    def __init__(self, home, t, what):
        self.home, self.t, self.what, self.ms = home, t, what, []
        self.trace = home.path('loop.trace')

    def __enter__(self):
        if os.path.exists(self.trace):
            os.unlink(self.trace)
        insert_card(self.home)
        self.p = Person(self.home, env={'ROND_TRACE_LOOP': self.trace})
        self.p.__enter__()
        return self

    def keys(self, *names):
        self.ms += frames(self.p, *names)

    def __exit__(self, kind, error, trace):
        if not kind:
            self.p.press('<C-q>')
            self.p.ended()
        self.p.__exit__(kind, error, trace)
        if kind:
            return
        turns = Trace(self.trace)
        worst = turns.worst[-1][0] if turns.worst else 0.0
        self.t.add(f'{self.what}: a turn of the loop, worst', CPU_MS, worst, 'ms', f'{turns.turns} turns')
        if worst > CPU_MS:
            turns.explain()
        ms, cpu = [v for v, _ in self.ms], [v for _, v in self.ms]
        late(self.t, self.what, ms)
        self.t.add(f'{self.what}: processor of a key, p99', KEY_MS, p99(cpu), 'ms', f'worst {max(cpu):.1f}')


def loaded(home, *args):
    subprocess.run([home.core, *args, '--db', home.db, '--training'], check=True, env=home.environ(), stdout=subprocess.DEVNULL)


def made(home):
    """A hospital with cards; nobody runs."""
    with Person(home) as p:
        p.wait('1  Eva Lind', 120)
        insert_card(home)
        login(p)
        p.press('<C-q>')
        p.ended()
    home.wait_core_gone()


# -- stories -------------------------------------------------------------------------------------------------------

def one_bundle(home, t, a):
    """A core that answers with all there is, 20 MB, and the person goes on."""
    body, n = bundle(a.megabytes << 20)
    made(home)
    what = f'{a.megabytes} MB Bundle'
    with Measured(home, t, what) as m:
        p = m.p
        p.wait(PIN_ASKED, LIMIT * 2)
        core = BigAnswer(home.sock, body)
        try:
            login(p)
            pid = p.session_pid()
            memory = Memory(pid)
            open_oberg(p)
            for _ in range(3):  # the answer comes and is read
                m.keys(*['<Down>'] * 6, *['<Up>'] * 6)
            p.press('p')
            p.wait(r'CRP')
            m.keys(*['<Down>'] * 5, *['<Right>'] * 30, '<PgDn>', '<PgUp>')
            rest(p)
            t.add(f'{what}: memory while it is open (PSS)', 60, pss(pid), 'MB', f'most {memory.end():.0f} MB, {n} values')
            t.add(f'{what}: not counted', 0, n - counted(p), 'values')
            m.keys('h')
            p.wait('7-2 ')
            rest(p, 2)
            t.add(f'{what}: memory after it', NORMAL_MB, pss(pid), 'MB')
            check(core.given, 'the large answer was not asked for')
        finally:
            core.end()


def big_patient(home, t, a):
    """Synthea's patient of 60 MB, cold: first screen, and browsed while the rest comes."""
    files = glob.glob(SYNTHEA + '/big-*.json.gz')
    if not files:
        print('left out: ../shared/data/synthea is not here')
        return
    made(home)
    with gzip.open(files[0]) as packed, open(home.path('big.json'), 'wb') as f:
        shutil.copyfileobj(packed, f)
    began = time.monotonic()
    loaded(home, 'load', home.path('big.json'))
    t.add('60 MB patient: loading into rond-core', None, time.monotonic() - began, 's', f'{os.path.getsize(home.db) >> 20} MB')
    with Measured(home, t, '60 MB patient') as m:
        p = m.p
        p.wait(PIN_ASKED, LIMIT * 2)
        login(p)
        pid = p.session_pid()
        memory = Memory(pid)
        p.press('<F3>')
        p.type('Bogisich')
        p.wait('Bogisich202')
        rest(p)
        p.press('<Enter>', settle=False)
        first = matched(p, r'Problem \d(.*\n)+.*Läkemedel|Läkemedel \d')
        t.add('60 MB patient: first screen', 400, first, 'ms')
        for view in 'lmpadt':
            m.keys(view, *['<Down>'] * 4, '<PgDn>', '<PgDn>')
        for view, keys in (('p', ['<Right>'] * 120), ('m', ['<Right>'] * 120), ('l', ['<PgDn>'] * 60), ('a', ['<PgDn>'] * 60)):
            m.keys(view)
            rest(p, 0.2)
            m.keys(*keys)
        t.add('60 MB patient: memory of the session (PSS)', NORMAL_MB, pss(pid), 'MB', f'most {memory.end():.0f} MB')


def many_values(home, t, a):
    """One patient with very many laboratory values."""
    made(home)
    with open(home.path('values.ndjson'), 'w', encoding='utf-8') as f:
        for i in range(a.values):
            f.write(json.dumps(value(i, ADULT, 20), ensure_ascii=False) + '\n')
    began = time.monotonic()
    loaded(home, 'load', home.path('values.ndjson'))
    os.unlink(home.path('values.ndjson'))
    what = f'{a.values:,} values'.replace(',', ' ')
    t.add(f'{what}: loading into rond-core', None, time.monotonic() - began, 's', f'{os.path.getsize(home.db) >> 20} MB')
    with Measured(home, t, what) as m:
        p = m.p
        p.wait(PIN_ASKED, LIMIT * 2)
        login(p)
        pid = p.session_pid()
        memory = Memory(pid)
        p.press('Ö')
        p.wait(r'^.*Öberg')
        p.type('1551')
        rest(p)
        p.press('<Enter>', settle=False)
        t.add(f'{what}: overview', 400, matched(p, r'NEWS2 +\S(.*\n)+.*(Sedan i går|Senaste)'), 'ms')
        rest(p)
        p.press('p')
        p.wait(r'^ Provsvar +\d+ värden')
        m.keys(*['<Right>'] * 200)
        rest(p)
        t.add(f'{what}: not counted', 0, max(a.values - counted(p), 0), 'values')
        t.add(f'{what}: memory of the session (PSS)', NORMAL_MB, pss(pid), 'MB', f'most {memory.end():.0f} MB')
        ms = []
        for _ in range(20):
            began = time.monotonic()
            home.ask('GET', f'Observation?patient=Patient/{ADULT}&category=laboratory&_sort=-date&_count=80')
            ms.append((time.monotonic() - began) * 1000)
        t.add(f'{what}: a page from rond-core, p99', 20, p99(ms), 'ms', f'median {middle(ms):.1f}')


def many_patients(home, t, a):
    """A region's patients: found and opened."""
    made(home)
    began = time.monotonic()
    loaded(home, 'generate', '--patients', str(a.patients))
    what = f'{a.patients:,} patients'.replace(',', ' ')
    t.add(f'{what}: made', None, time.monotonic() - began, 's', f'{os.path.getsize(home.db) >> 20} MB')
    with Measured(home, t, what) as m:
        p = m.p
        p.wait(PIN_ASKED, LIMIT * 2)
        login(p)
        pid = p.session_pid()
        memory = Memory(pid)
        p.press('<F3>')
        for words in ('Johansson', 'Anders', '1948', 'öberg'):
            m.keys(*words, *['<BS>'] * len(words))
        p.type('19480930155')
        rest(p)
        p.press('1', settle=False)
        t.add(f'{what}: found by the number', 100, matched(p, r'^ 1 träff'), 'ms')
        rest(p)
        p.press('<Enter>')
        p.wait(NOT_ALL_READ)  # of a region the core is asked, and nothing is opened unseen
        p.press('<Enter>', settle=False)
        t.add(f'{what}: overview of one', 400, matched(p, r'NEWS2 +\S(.*\n)+.*(Sedan i går|Senaste)'), 'ms')
        m.keys('p', '<Right>', 'h')
        t.add(f'{what}: memory of the session (PSS)', NORMAL_MB, pss(pid), 'MB', f'most {memory.end():.0f} MB')


# -- fifty at once -------------------------------------------------------------------------------------------------

ESCAPES = re.compile(rb'\x1b(\[[0-9;?>]*[ -/]*[@-~]|[()][A-Z0-9]|[=>78M]|\][^\x07]*\x07)')
KEY = {'<Enter>': b'\r', '<Down>': b'\x1bOB', '<Up>': b'\x1bOA', '<F3>': b'\x1bOR', '<C-q>': b'\x11'}


class Learner:
    """A rond on a pty of which only the bytes are looked at: fifty emulators would be the load themselves."""

    def __init__(self, home, steps):
        self.home, self.steps, self.seen, self.at, self.took = home, steps, b'', 0, {}
        self.pid, self.fd = pty.fork()
        if not self.pid:
            environ = home.environ()
            environ.update(TERM='vt220', LC_ALL='C.UTF-8')
            os.execve(home.rond, [home.rond], environ)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 80, 0, 0))
        os.set_blocking(self.fd, False)
        self.since, self.keys, self.typed, self.next, self.queue = time.monotonic(), [], 0.0, 0.0, []

    @property
    def done(self):
        return self.at == len(self.steps)

    def read(self):
        try:
            data = os.read(self.fd, 1 << 16)
        except (BlockingIOError, OSError):
            return
        now = time.monotonic()
        if self.typed and data:
            self.keys.append((now - self.typed) * 1000)
            self.typed = 0.0
        self.seen += data
        self.step(now)

    def step(self, now):
        while not self.done:
            name, regex, keys = self.steps[self.at]
            if self.queue or not re.search(regex, ESCAPES.sub(b'', self.seen)):
                return
            self.took.setdefault(name, (now - self.since) * 1000)
            self.at += 1
            self.seen, self.since, self.queue = b'', now, list(keys)

    def type(self, now):
        """One after the other: keys that come together are a paste."""
        if self.queue and now >= self.next:
            key = self.queue.pop(0)
            os.write(self.fd, KEY.get(key, key.encode()))
            self.since, self.next = now, now + 0.04
        elif b'inl\xc3\xa4sta' in self.seen and not self.done:
            self.queue, self.seen = ['<Enter>'], b''  # not all patients are read yet: Enter opens the row

    def browse(self, now):
        """A key, then a breath."""
        if now < self.next or self.typed and now - self.typed < 2:
            return
        self.next = now + random.uniform(0.15, 0.35)
        self.typed = now
        self.turn = not getattr(self, 'turn', False)
        os.write(self.fd, KEY['<Down>' if self.turn else '<Up>'])


def copy_home(home, n):
    """The same cards and the same core, a store of one's own."""
    other = Home(home.build)
    shutil.copytree(home.path('state/ovning/cards'), other.path('state/ovning/cards'))
    conf = other.path('state/ovning/cards/softhsm2.conf')
    with open(conf, encoding='utf-8') as f:
        text = f.read().replace(home.dir, other.dir)
    with open(conf, 'w', encoding='utf-8') as f:
        f.write(text)
    os.makedirs(other.path('run'), mode=0o700, exist_ok=True)
    for name in ('core.sock', 'core.sock.lock', 'core.sock.users'):
        os.symlink(home.path('run/' + name), other.path('run/' + name))
    insert_card(other)
    return other


STEPS = [
    ('login screen', rb'PIN', [*PIN, '<Enter>']),
    ('assignments', rb'VoB Medicin avd 3', ['<Enter>']),
    ('worklist', rb'19480930-1551', ['<F3>', *'1551']),
    ('found', rb'19480930-1551', ['<Enter>']),
    ('overview', rb'NEWS2', []),
]


def turn_all(learners, until, limit, every=None):
    end = time.monotonic() + limit
    while not until() and time.monotonic() < end:
        for fd in select.select([x.fd for x in learners], [], [], 0.01)[0]:
            next(x for x in learners if x.fd == fd).read()
        now = time.monotonic()
        for x in learners:
            (every or Learner.type)(x, now)
    return until()


def a_class(home, t, a):
    """So many ronds at once, each a process with a card and a store of its own, against one rond-core."""
    made(home)
    with Person(home) as first:  # its core serves all
        first.wait(PIN_ASKED, LIMIT * 2)
        others = [copy_home(home, n) for n in range(a.ronds)]
        learners = []
        try:
            began = time.monotonic()
            learners = [Learner(h, STEPS) for h in others]
            turn_all(learners, lambda: all(x.done for x in learners), 90)
            t.add(f'{a.ronds} ronds: did not come to the overview', 0, sum(not x.done for x in learners), 'ronds')
            t.add(f'{a.ronds} ronds: from start to the overview, all', None, time.monotonic() - began, 's')
            for name in [s[0] for s in STEPS]:
                ms = [x.took[name] for x in learners if name in x.took]
                t.add(f'{a.ronds} ronds: {name}, p99', None, p99(ms), 'ms', f'median {middle(ms):.0f}')
            turn_all(learners, lambda: False, 3)
            turn_all(learners, lambda: False, 10, Learner.browse)
            ms = [v for x in learners for v in x.keys]
            late(t, f'{a.ronds} ronds', ms)
            core = pss(home.core_pid())
            t.add(f'{a.ronds} ronds: memory of rond-core (PSS)', None, core, 'MB')
        finally:
            for x in learners:
                os.write(x.fd, KEY['<C-q>'])
            turn_all(learners, lambda: False, 1)
            for x in learners:
                os.close(x.fd)
                os.kill(x.pid, signal.SIGTERM)
                os.waitpid(x.pid, 0)
            for h in others:
                shutil.rmtree(h.dir, ignore_errors=True)
        first.press('<C-q>')
        first.ended()


STORIES = {'bundle': one_bundle, 'synthea': big_patient, 'values': many_values, 'patients': many_patients,
           'class': a_class}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('build')
    parser.add_argument('names', nargs='*')
    for name, size in (('megabytes', 20), ('values', 200000), ('patients', 100000), ('ronds', 50)):
        parser.add_argument('--' + name, type=int, default=size)
    a = parser.parse_args()
    home, t = Home(a.build), Table()
    try:
        for name, story in STORIES.items():
            if not a.names or name in a.names:
                home.reset()
                story(home, t, a)
    finally:
        home.close()
        fails = t.show()
    sys.exit(1 if fails else 0)


if __name__ == '__main__':
    main()
