#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fuzzes the built targets and keeps the ledger: tests/fuzz/run.py BUILD SECONDS [NAME…] [--ledger]
Each target gets SECONDS of its own; finds are kept in BUILD/finds. With --ledger the CPU seconds,
runs and finds are added to tests/fuzz/ledger.tsv."""
import argparse
import csv
import os
import re
import resource
import subprocess
import sys
from datetime import date

HERE = os.path.dirname(os.path.abspath(__file__))
LEDGER = os.path.join(HERE, 'ledger.tsv')
FIELDS = ['target', 'cpu_seconds', 'runs', 'finds', 'last']


def targets():
    return sorted(f[5:-2] for f in os.listdir(HERE) if f.startswith('fuzz-') and f.endswith('.c'))


def cpu():
    r = resource.getrusage(resource.RUSAGE_CHILDREN)
    return r.ru_utime + r.ru_stime


def fuzz(build, name, seconds):
    """One target: (CPU seconds, runs, finds)."""
    corpus, finds = (os.path.join(build, d, name) for d in ('corpus', 'finds'))
    os.makedirs(corpus, exist_ok=True)
    os.makedirs(finds, exist_ok=True)
    before, had = cpu(), set(os.listdir(finds))
    r = subprocess.run([os.path.join(build, 'tests/fuzz/fuzz-' + name), f'-max_total_time={seconds}', '-timeout=10',
                        '-rss_limit_mb=2048', '-print_final_stats=1', f'-artifact_prefix={finds}/', corpus,
                        os.path.join(HERE, 'corpus', name)],
                       capture_output=True, text=True, errors='replace',
                       env={**os.environ, 'ROND_DATA': os.path.join(HERE, '../../data')})
    runs = re.search(r'stat::number_of_executed_units: (\d+)', r.stderr)
    new = sorted(f for f in os.listdir(finds) if f not in had and not f.startswith('slow-unit'))
    if r.returncode or new:
        print(f'{name}: FOUND {" ".join(new)}\n' + '\n'.join(r.stderr.splitlines()[-40:]), flush=True)
    return cpu() - before, int(runs.group(1)) if runs else 0, max(len(new), int(r.returncode != 0))


def ledger_read():
    with open(LEDGER, encoding='utf-8') as f:
        return {r['target']: r for r in csv.DictReader((line for line in f if not line.startswith('#')), delimiter='\t')}


def ledger_add(done):
    rows = ledger_read() if os.path.exists(LEDGER) else {}
    for name, (seconds, runs, finds) in done.items():
        old = rows.get(name, {'cpu_seconds': 0, 'runs': 0, 'finds': 0})
        rows[name] = {'target': name, 'cpu_seconds': int(old['cpu_seconds']) + round(seconds),
                      'runs': int(old['runs']) + runs, 'finds': int(old['finds']) + finds, 'last': date.today().isoformat()}
    with open(LEDGER, 'w', encoding='utf-8') as f:
        f.write('# What has been fuzzed, with sanitizers; finds are mended and lie in corpus/ as tests.\n')
        w = csv.DictWriter(f, FIELDS, delimiter='\t', lineterminator='\n')
        w.writeheader()
        w.writerows(rows[name] for name in sorted(rows))


def main():
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument('build')
    p.add_argument('seconds', type=int)
    p.add_argument('names', nargs='*')
    p.add_argument('--ledger', action='store_true')
    a = p.parse_args()
    found = 0
    for name in a.names or targets():
        done = fuzz(os.path.abspath(a.build), name, a.seconds)
        print(f'{name:10} {done[0]:8.0f} s CPU {done[1]:12} runs {done[2]:3} finds', flush=True)
        found += done[2]
        if a.ledger:
            ledger_add({name: done})
    sys.exit(1 if found else 0)


if __name__ == '__main__':
    main()
