#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What rond-core costs: its start, searches among 100,000 patients, and the hospital made anew for one and for
a class of thirty, beside the least that copying the same bytes or asking for one resource takes.

core.py BUILD. Wall-clock; figures.py says what a busy machine may add."""
import json
import os
import random
import shutil
import subprocess
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'story'))
from figures import Table, middle, p99
from person import TRAINER, Home

PATIENTS, QUERIES, LEARNERS = 100000, 200, 30


def took(fn):
    began = time.monotonic()
    fn()
    return (time.monotonic() - began) * 1000


class Core:
    def __init__(self, build):
        self.home = Home(build)
        os.makedirs(os.path.dirname(self.home.db))

    def run(self, *args):
        subprocess.run([self.home.core, *args, '--training'], check=True, env=self.home.environ(),
                       stdout=subprocess.DEVNULL)

    def templates(self):
        folder = os.path.dirname(self.home.db)
        return [os.path.join(folder, n) for n in os.listdir(folder) if n.startswith('template-')]


def resets(c, t):
    c.run('reset', '--db', c.home.db)
    template = c.templates()[0]
    copy = took(lambda: shutil.copyfile(template, c.home.path('copy')))
    again = [took(lambda: c.run('reset', '--db', c.home.db)) for _ in range(5)]
    t.add('reset', 2000, middle(again), 'ms', f'copying its {os.path.getsize(template) >> 20} MB {copy:.0f} ms')
    os.unlink(template)
    before = os.times()
    first = took(lambda: c.run('reset', '--db', c.home.db))
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    t.add('reset, first of a day', 2000, first, 'ms', f'{cpu * 1000:.0f} ms of it the processor')
    others = [c.home.path(f'learner-{n}.db') for n in range(1, LEARNERS)]
    copies = took(lambda: [shutil.copyfile(template, p) for p in others])
    for p in others:
        os.unlink(p)
    t.add(f'reset of {LEARNERS}', 10000, took(lambda: c.run('reset', '--db', c.home.db, *others)), 'ms',
          f'copying the same bytes {copies:.0f} ms')
    for p in others:
        os.unlink(p)


def starts(c, t):
    ms = []
    sock = c.home.path('bench.sock')
    for _ in range(5):
        began = time.monotonic()
        p = subprocess.Popen([c.home.core, 'serve', '--db', c.home.db, '--training', '--socket', sock],
                             env=c.home.environ(), stderr=subprocess.DEVNULL)
        while not os.path.exists(sock):
            time.sleep(0.0005)
        ms.append((time.monotonic() - began) * 1000)
        p.terminate()
        p.wait()
        if os.path.exists(sock):
            os.unlink(sock)
    t.add('start on a seeded hospital', 100, middle(ms), 'ms')


def searches(c, t):
    c.run('generate', '--patients', str(PATIENTS), '--db', c.home.db)
    ask, dice = c.home.ask, random.Random(1)
    n = ask('GET', 'Patient?_summary=count')['total']
    some = [e['resource'] for e in ask('GET', 'Patient?_count=200&birthdate=ge1950&birthdate=lt1960')['entry']]
    ways = {
        'by personnummer': lambda p: 'identifier=' + p['identifier'][0]['value'],
        'by family name': lambda p: 'name=' + urllib.parse.quote(p['name'][0]['family'].split(' ')[0]),
        'by three letters of a name': lambda p: 'name=' + urllib.parse.quote(p['name'][0]['family'][:3]),
    }
    ask('GET', 'metadata')
    least = [took(lambda: ask('GET', 'Patient/' + some[i % len(some)]['id'])) for i in range(50)]
    for name, query in ways.items():
        ms = [took(lambda: ask('GET', f'Patient?{query(dice.choice(some))}&_count=50')) for _ in range(QUERIES)]
        t.add(f'search of {n} {name}, p99', 20, p99(ms), 'ms', f'median {middle(ms):.1f}; reading one by its id {middle(least):.1f} ms')


def main():
    c, t = Core(sys.argv[1]), Table()
    try:
        resets(c, t)
        starts(c, t)
        searches(c, t)
    finally:
        c.home.close()
        over = t.show()
    return 1 if over else 0


if __name__ == '__main__':
    sys.exit(main())
