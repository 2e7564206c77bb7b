#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many kills (story_kill.py), several ronds at once, in runs of their own. What is done is written to a file: started again
with it, only the rest is run. usage: kills.py BUILD [--count N] [--jobs N] [--each N] [--trouble WHAT] [--seed N] [--done FILE]"""
import argparse
import concurrent.futures
import os
import random
import re
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
NOT_HERE = 77
SAID = re.compile(r': (\d+) kills, (\d+) of them about a signature(.*?): 0 of (\d+) painted characters lost, (\d+) notes')


def run(a, seed):
    command = [sys.executable, os.path.join(HERE, 'story_kill.py'), a.build, '--count', str(a.each), '--seed', str(seed)]
    r = subprocess.run(command + (['--trouble', a.trouble] if a.trouble else []), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    said = SAID.search(r.stdout)
    if r.returncode == NOT_HERE:  # it cannot be had on this machine, and has said why
        print(r.stdout, flush=True)
        os._exit(NOT_HERE)
    return seed, said if r.returncode == 0 else None, r.stdout


def tell(done):
    met = {}
    for line in done:
        for n, what in re.findall(r'(\d+) × (\w+)', line[2]):
            met[what] = met.get(what, 0) + int(n)
    total = [sum(int(line[i]) for line in done) for i in (0, 1, 3, 4)]
    return (f'{total[0]} kills in {len(done)} runs, {total[1]} of them about a signature{"".join(f", {n} × {w}" for w, n in met.items())}: '
            f'0 of {total[2]} painted characters lost, {total[3]} notes in the record once each, no draft left')


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('build')
    parser.add_argument('--count', type=int, default=1000)
    parser.add_argument('--jobs', type=int, default=os.cpu_count())
    parser.add_argument('--each', type=int, default=50, help='kills in a run')
    parser.add_argument('--trouble', default='', help='full,readonly,clock: what of it')
    parser.add_argument('--seed', type=int, default=random.randrange(1 << 30))
    parser.add_argument('--done', default='', help='where what is done is kept')
    a = parser.parse_args()
    done, failed, began = [], 0, time.monotonic()
    if a.done and os.path.exists(a.done):
        with open(a.done, encoding='utf-8') as f:
            done = [line.rstrip('\n').split('\t') for line in f]
    kept = sum(int(line[0]) for line in done)
    left = range(a.seed, a.seed + max(0, -(-(a.count - kept) // a.each)))
    with concurrent.futures.ThreadPoolExecutor(a.jobs) as pool:
        for seed, said, text in pool.map(lambda seed: run(a, seed), left):
            if not said:
                failed += 1
                print(f'FAILED  seed {seed}\n{text}', flush=True)
                continue
            done.append(said.groups())
            print(f'{tell(done)} ({time.monotonic() - began:.0f} s)', flush=True)
            if a.done:
                with open(a.done, 'a', encoding='utf-8') as f:
                    f.write('\t'.join(said.groups()) + '\n')
    print(tell(done) + f'; {failed} runs failed')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
