#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every promise of tests/mutants has at least five broken versions, and each of them still fits the source: a mutant
that fits nothing guards nothing. When you change such a line, change its row in tests/mutants/mutants.tsv as well."""
import collections
import os
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, 'tests', 'mutants'))
import run  # noqa: E402

LEAST = 5


def problems():
    promises, mutants = run.read_promises(), run.read_mutants()
    count = collections.Counter(rows[0]['promise'] for rows in mutants.values())
    for key in promises:
        if count[key] < LEAST:
            yield f'promise {key}: {count[key]} mutants, at least {LEAST}'
    for name, rows in mutants.items():
        if rows[0]['promise'] not in promises:
            yield f'{name}: no promise “{rows[0]["promise"]}” in promises.tsv'
        texts = {}
        for row in rows:
            path = os.path.join(TOP, row['file'])
            if row['file'] not in texts and os.path.exists(path):
                with open(path, encoding='utf-8') as f:
                    texts[row['file']] = f.read()
            found = texts.get(row['file'], '').count(row['search'])
            if found != 1:
                yield f'{name}: its search text stands {found} times in {row["file"]}, not once'
            elif row['search'] == row['replacement']:
                yield f'{name}: breaks nothing'
            else:
                texts[row['file']] = texts[row['file']].replace(row['search'], row['replacement'])


def main():
    found = list(problems())
    for line in found:
        print(line)
    mutants = run.read_mutants()
    print(f'{len(mutants)} mutants of {len(run.read_promises())} promises, {len(found)} problems')
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main())
