#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""data/tasks: B01 to B20 are all there, name the patients of data/seed/tasks.tsv, and ask the core only
for types and parameters that it knows. The format itself is read by the program (chart-exercise)."""
import os
import re
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
WORDS = {'titel', 'byggd', 'byggs', 'roll', 'patient', 'start', 'text', 'tangenter', 'ledtråd', 'kontroll', 'saknas',
         'hos', 'sök', 'villkor', 'antal'}
ALWAYS = {'_id', '_lastUpdated', '_sort', '_count'}


def read(path):
    with open(os.path.join(TOP, path), encoding='utf-8') as f:
        return f.read()


def parameters():
    """Type → names, from the core's own table."""
    text = read('src/core/params.c')
    known = {}
    for kind, name in re.findall(r'\{"(\w+)", "([\w-]+)", SHAPE_', text):
        known.setdefault(kind, set(ALWAYS)).add(name)
    for macro, names in (('IDENTIFIER', ['identifier']), ('STATUS', ['status']), ('CODE', ['code']),
                         ('SUBJECT', ['patient', 'subject']), ('ENCOUNTER', ['encounter'])):
        for kind in re.findall(macro + r'\("(\w+)"\)', text):
            known.setdefault(kind, set(ALWAYS)).update(names)
    return known


def main():
    bad = 0

    def say(path, number, what):
        nonlocal bad
        bad += 1
        print(f'{path}:{number}: {what}')

    known = parameters()
    patients = set(re.findall(r'^(pat-\w+)\t', read('data/seed/patients.tsv'), re.M))
    seeded = {}
    for line in read('data/seed/tasks.tsv').split('\n'):
        cells = line.split('\t')
        if re.fullmatch(r'B\d\d', cells[0]):
            seeded[cells[0]] = [] if cells[1] == '-' else cells[1].split(' ')
    want = {f'B{n:02}' for n in range(1, 21)}
    have = {n[:-5] for n in os.listdir(os.path.join(TOP, 'data/tasks')) if n.endswith('.task')}
    for missing in sorted((want ^ have) | (want ^ set(seeded))):
        say('data/tasks', 0, f'{missing} is not in each of data/tasks, data/seed/tasks.tsv and B01-B20')
    later = 0
    completion = read('data/completion/rond.bash')
    for task in sorted(want & have):
        path = f'data/tasks/{task}.task'
        named = []
        for n, line in enumerate(read(path).split('\n'), 1):
            if not line.strip() or line.startswith('#'):
                continue
            word, _, value = line.partition(' ')
            value = value.strip()
            later += word == 'byggs'
            if word not in WORDS or not value:
                say(path, n, f'“{line}” is not understood')
            elif word in ('patient', 'hos'):
                named += value.split(' ') if word == 'patient' else []
                for p in set(value.split(' ')) - patients:
                    say(path, n, f'{p} is no patient of the training hospital')
            elif word == 'sök':
                kind, _, params = value.partition(' ')
                for name in re.findall(r'(?:^|&)([\w-]+)=', params):
                    if name not in known.get(kind, ()):
                        say(path, n, f'the core has no {name} for {kind}')
                if kind not in known:
                    say(path, n, f'the core has no {kind}')
        if (f' {task}' in completion.replace('"', ' ')) == bool(re.search(r'^byggs', read(path), re.M)):
            say(path, 1, 'data/completion/rond.bash completes the exercises that can be done, and only those')
        if named != seeded.get(task):
            say(path, 1, f'patients {named} are not those of data/seed/tasks.tsv')
    print(f'tasks: {len(have)} exercises, {later} of them for later parts, {bad} faults')
    return 1 if bad else 0


sys.exit(main())
