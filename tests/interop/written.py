# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything rond writes is valid R4: what its builders make (notes of every template, hundreds of random orders), and
all that the core holds after a person's session that it did not hold before (the core's own log included)."""
import collections
import json
import os
import random
import re
import sqlite3
import subprocess
import sys
import tempfile

import kit

sys.path.insert(0, os.path.join(kit.TOP, 'tests', 'story'))
ORDERS = 200
CHART, CLIENT = os.path.join(kit.TOP, 'src', 'chart'), os.path.join(kit.TOP, 'src', 'client')
SCRATCH = {'Basic', 'DetectedIssue'}  # built only to be cut into other resources
ONLY_CHANGED = {'Encounter'}  # built by nobody; Slot and Task stand in the client's table


def source(folder):
    for name in sorted(os.listdir(folder)):
        if name.endswith('.c'):
            with open(os.path.join(folder, name), encoding='utf-8') as f:
                yield f.read()


def demanded():
    """The types that rond writes: whatever it builds by name, whatever a core must take for a command to be offered, and what
    a kind of entry is made of. A type that is new in the program must be among what is validated here."""
    text = '\n'.join([*source(CHART), *source(CLIENT)])
    built = set(re.findall(r'fhir_build_new\("(\w+)"\)', text)) - SCRATCH
    wanted = set(re.findall(r'^    \{"(\w+) (?:create|update|=preliminary)", N_\(', text, re.M))
    entries = set(re.findall(r'^const EntryType \w+ = \{"(\w+)"', text, re.M))
    types = built | wanted | entries | ONLY_CHANGED
    if len(built) < 7 or len(wanted) < 9 or not entries:
        raise RuntimeError(f'what is written is no longer found in the sources: {sorted(types)}')
    return types


def built(program):
    seed = str(random.randrange(2**31))
    print('seed', seed)
    done = subprocess.run([program, seed, str(ORDERS)], capture_output=True, text=True, timeout=120, check=False)
    if done.returncode:
        raise RuntimeError(f'{program} {seed} {ORDERS}: {done.stderr}')
    return [json.loads(line) for line in done.stdout.splitlines()]


def held(db):
    """(type, id, version) -> body of all that the core holds."""
    try:
        with sqlite3.connect(f'file:{db}?mode=ro', uri=True) as c:
            return {tuple(row[:3]): row[3] for row in c.execute('SELECT type, id, version, body FROM resource')}
    except sqlite3.OperationalError:  # not made yet
        return {}


def session(build):
    """A short session against rond-core; what is new afterwards."""
    import person
    home = person.Home(build)
    try:
        with person.Person(home) as p:
            p.wait('Eva Lind', person.LIMIT * 2)
            before = p.until(lambda: held(home.db), 'the seeded hospital')
            person.short_story(p, home)
            person.quit(p)
        home.stop_core()
        after = held(home.db)
    finally:
        home.close()
    return [json.loads(body) for key, body in after.items() if key not in before]


def main(program, build):
    resources = built(program) + session(build)
    print(', '.join(f'{n} {kind}' for kind, n in collections.Counter(r['resourceType'] for r in resources).items()))
    types = demanded()
    print(len(types), 'types are written:', ', '.join(sorted(types)))
    problems = [f'no {kind} was written' for kind in sorted(types - {r['resourceType'] for r in resources})]
    with tempfile.TemporaryDirectory(prefix='rond-interop-') as folder:
        files = []
        for n, r in enumerate(resources):
            files.append(os.path.join(folder, f'{n}-{r["resourceType"]}.json'))
            with open(files[-1], 'w', encoding='utf-8') as f:
                json.dump(r, f, ensure_ascii=False)
        problems += kit.validate(files)
    print('\n'.join(problems[:50]))
    return problems
