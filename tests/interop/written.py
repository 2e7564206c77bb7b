# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything rond writes is valid R4: what its builders make (notes of every template, hundreds of random orders), and
all that the core holds after a person's session that it did not hold before (the core's own log included)."""
import collections
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile

import kit

sys.path.insert(0, os.path.join(kit.TOP, 'tests', 'story'))
ORDERS = 200


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
    missing = {'DocumentReference', 'MedicationRequest', 'Appointment', 'Slot', 'Provenance', 'AuditEvent'} - {r['resourceType'] for r in resources}
    problems = [f'no {kind} was written' for kind in missing]
    with tempfile.TemporaryDirectory(prefix='rond-interop-') as folder:
        files = []
        for n, r in enumerate(resources):
            files.append(os.path.join(folder, f'{n}-{r["resourceType"]}.json'))
            with open(files[-1], 'w', encoding='utf-8') as f:
                json.dump(r, f, ensure_ascii=False)
        problems += kit.validate(files)
    print('\n'.join(problems[:50]))
    return problems
