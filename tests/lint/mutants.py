#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every promise of tests/mutants has at least five broken versions that still fit the source: a mutant that fits
nothing guards nothing. When you change such a line, change its row in tests/mutants/mutants.tsv as well."""
import collections
import os
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, 'tests', 'mutants'))
import run  # noqa: E402

LEAST = 5


def misfit(rows):
    """None, or why they do not fit the source."""
    texts = {}
    for row in rows:
        path = os.path.join(TOP, row['file'])
        if row['file'] not in texts:
            if not os.path.exists(path):
                return f'there is no {row["file"]}'
            with open(path, encoding='utf-8') as f:
                texts[row['file']] = f.read()
        found = texts[row['file']].count(row['search'])
        if found != 1:
            return f'its search text stands {found} times in {row["file"]}, not once'
        if row['search'] == row['replacement']:
            return 'it breaks nothing'
        texts[row['file']] = texts[row['file']].replace(row['search'], row['replacement'])
    return None


def main():
    promises, mutants = run.read_promises(), run.read_mutants()
    count, bad = collections.Counter(), 0
    for name, rows in mutants.items():
        why = misfit(rows)
        if why:
            bad += 1
            print(f'{name}: {why}: mend its row in tests/mutants/mutants.tsv')
        elif rows[0]['promise'] in promises:
            count[rows[0]['promise']] += 1
        else:
            bad += 1
            print(f'{name}: no promise “{rows[0]["promise"]}” in promises.tsv')
    for key in promises:
        if count[key] < LEAST:
            bad += 1
            print(f'promise {key}: {count[key]} mutants that fit, at least {LEAST}')
    print(f'{len(mutants)} mutants of {len(promises)} promises, {len(mutants) - sum(count.values())} do not fit')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
