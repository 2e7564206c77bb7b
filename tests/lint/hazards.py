#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""data/hazards.tsv: every hazard stands once, its control in the code with a live test; data/review.tsv: every row is
something that exists, and every form, rule table and group of strings has a row."""
import os
import re
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
HEAD = ['id', 'hazard', 'cause', 'control', 'code', 'test']
REVIEW = ['what', 'kind', 'read by', 'on']
KINDS = {'mall', 'regel', 'texter', 'övning', 'övningsjournal', 'katalog'}
# What must be read by a clinician: folder and ending, kind.
READ = [('data/forms', '.json', 'mall'), ('data/checks', '.tsv', 'regel'), ('data/tasks', '.task', 'övning'),
        ('data/seed/cases', '.case', 'övningsjournal')]


def rows(path, head, say):
    with open(os.path.join(TOP, path), encoding='utf-8') as f:
        lines = [(n, l.rstrip('\n').split('\t')) for n, l in enumerate(f, 1) if l.strip() and l[0] != '#']
    if not lines or lines[0][1] != head:
        say(path, 1, f'the first line must be {head}')
        return []
    for n, cells in lines[1:]:
        if len(cells) != len(head) or not all(cells):
            say(path, n, f'{len(head)} filled cells are needed')
    return [(n, cells) for n, cells in lines[1:] if len(cells) == len(head) and all(cells)]


def test_lives(name):
    """None, or what is wrong with FILE:NAME."""
    path, _, test = name.partition(':')
    full = os.path.join(TOP, path if path.startswith('tests/') else 'tests/unit/' + path)
    if not os.path.isfile(full):
        return f'no file {path}'
    if not test:
        return None if full.endswith('.script') else f'{name} names no test'
    with open(full, encoding='utf-8') as f:
        text = f.read()
    word = re.escape(test)
    found = (re.search(rf'^(?:Test|ParameterizedTest|TestSuite)\(\s*\w+,\s*{word}\b', text, re.M) or
             re.search(rf'^\s*def {word}\(', text, re.M) or
             (test == 'main' and re.search(r'^int main\(', text, re.M)))  # a program that is one test
    if not found:
        return f'no test {test} in {path}'
    if re.search(rf'{word},[^)\n]*\.disabled', text):
        return f'{test} is disabled'
    base = os.path.basename(full)
    folder = os.path.dirname(full)
    while folder.startswith(os.path.join(TOP, 'tests')):
        build = os.path.join(folder, 'meson.build')
        if os.path.isfile(build):
            with open(build, encoding='utf-8') as f:
                text = re.sub(r'#.*', '', f.read())
            if re.search(rf"[/']{re.escape(base)}'", text) or f"'{os.path.splitext(base)[0].removeprefix('story_')}'" in text:
                return None
        folder = os.path.dirname(folder)
    return f'{path} is in no meson.build, so it is never run'


def main():
    bad = 0

    def say(path, number, what):
        nonlocal bad
        bad += 1
        print(f'{path}:{number}: {what}')

    ids = set()
    hazards = rows('data/hazards.tsv', HEAD, say)
    told = {}  # the hazard's own words: the row they stand in
    for n, (hid, hazard, _, _, code, tests) in hazards:
        if hid in ids or not re.fullmatch(r'H\d{2,3}', hid):
            say('data/hazards.tsv', n, f'{hid} is not a new Hnn')
        ids.add(hid)
        first = told.setdefault(' '.join(hazard.casefold().split()), hid)
        if first != hid:
            say('data/hazards.tsv', n, f'{hid} is {first} once more')
        for path in code.split(' '):
            if not os.path.exists(os.path.join(TOP, path)):
                say('data/hazards.tsv', n, f'{hid}: no file {path}')
        for why in filter(None, map(test_lives, tests.split(' '))):
            say('data/hazards.tsv', n, f'{hid}: {why}')
    review = rows('data/review.tsv', REVIEW, say)
    listed = [cells[0] for _, cells in review]
    for n, (what, kind, by, on) in review:
        if kind not in KINDS:
            say('data/review.tsv', n, f'kind {kind}?')
        if listed.count(what) > 1 or not os.path.exists(os.path.join(TOP, what.split('#')[0])):
            say('data/review.tsv', n, f'{what} is not there, or twice')
        if (by == '-') != (on == '-') or (on != '-' and not re.fullmatch(r'\d{4}-\d\d-\d\d', on)):
            say('data/review.tsv', n, 'who and when go together')
    for folder, ending, _ in READ:
        for name in sorted(os.listdir(os.path.join(TOP, folder))) if os.path.isdir(os.path.join(TOP, folder)) else ():
            if name.endswith(ending) and f'{folder}/{name}' not in listed:
                say('data/review.tsv', 1, f'{folder}/{name} has no row')
    read = sum(cells[2] != '-' for _, cells in review)
    print(f'hazards: {len(hazards)} hazards, {read} of {len(review)} things read by a clinician, {bad} faults')
    return 1 if bad else 0


sys.exit(main())
