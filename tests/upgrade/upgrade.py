#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drafts over old → new → old: lives of the store as it is and as it was, one after the other on the same files, some
closed and some killed. A version that is too busy for the database writes beside it (store/late.c), and that is empty again
some ms later; it cannot be empty always, or a key would wait for the database. What a killed one leaves there the next
unlock takes in – unless it is of a version that does not know that file: after such a version, and before it, a life is
synced when it is killed. usage: upgrade.py [--count N] [--old COMMIT] [--seed N] [--jobs N] [--done FILE]. What is done is
written to FILE: started again with it, only the rest is run. The older one is built from its own sources; where the commit
is not there (a shallow clone) it exits 77."""
import argparse
import concurrent.futures
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
OLD = '27b0f20'  # the last whose store had no file for what the database is too busy for
PACKAGES = ('glib-2.0', 'gio-2.0', 'gio-unix-2.0', 'sqlite3', 'libsodium', 'zlib')


def build(folder, name, commit):
    """The store of that commit, or of this tree, in one program."""
    tree = os.path.join(folder, name)
    os.mkdir(tree)
    parts = ('src/base', 'src/store', 'data/schema')
    if commit:
        tar = subprocess.run(['git', '-C', SOURCE, 'archive', commit, *parts], capture_output=True)
        if tar.returncode:
            print(f'{commit} is not in this clone')
            sys.exit(77)
        subprocess.run(['tar', 'x', '-C', tree], input=tar.stdout, check=True)
    else:
        for part in parts:
            shutil.copytree(os.path.join(SOURCE, part), os.path.join(tree, part))
    schema = os.path.join(tree, 'data/schema')
    for how in ('--generate-source', '--generate-header'):
        target = os.path.join(tree, 'src/store/store-schema' + ('.c' if 'source' in how else '.h'))
        subprocess.run(['glib-compile-resources', '--sourcedir', schema, '--c-name', 'store_schema', how, '--target', target,
                        os.path.join(schema, 'schema.gresource.xml')], check=True)
    flags = subprocess.run(['pkg-config', '--cflags', '--libs', *PACKAGES], capture_output=True, text=True, check=True).stdout.split()
    sources = [os.path.join(tree, part, f) for part in parts[:2] for f in sorted(os.listdir(os.path.join(tree, part))) if f.endswith('.c')]
    program = os.path.join(folder, 'life-' + name)
    subprocess.run(['cc', '-std=c17', '-D_GNU_SOURCE', '-O1', '-w', '-DROND_DATADIR=""', '-I', os.path.join(tree, 'src'), '-I', os.path.join(tree, 'src/store'),
                    os.path.join(HERE, 'life.c'), *sources, '-o', program, *flags, '-lunistring', '-lm', '-lpthread'], check=True)
    return program


def knows_late(program):
    """Whether that version reads what a killed one has left beside the database."""
    return os.path.exists(os.path.join(os.path.dirname(program), os.path.basename(program).removeprefix('life-'), 'src/store/late.c'))


def live(program, folder, rng, end):
    r = subprocess.run([program, folder, str(rng.randrange(1 << 31)), end], capture_output=True, text=True, timeout=120)
    if r.returncode != (0 if end == 'close' else -9):
        raise AssertionError(f'{os.path.basename(program)} {end}: {r.returncode} {r.stderr.strip()}')


def upgrade(old, new, folder, seed):
    """None, or what went wrong."""
    files, rng = os.path.join(folder, f'files-{seed}'), random.Random(seed)
    os.mkdir(files, 0o700)
    try:
        ends = ('close', 'sync', 'kill') if knows_late(old) else ('close', 'sync')
        for program in (old, new, old, new):
            live(program, files, rng, rng.choice(ends))
    except AssertionError as e:
        return e
    finally:
        shutil.rmtree(files)
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--count', type=int, default=200)
    parser.add_argument('--old', default=OLD)
    parser.add_argument('--seed', type=int, default=random.randrange(1 << 30))
    parser.add_argument('--jobs', type=int, default=os.cpu_count())
    parser.add_argument('--done', default='', help='where what is done is kept')
    a = parser.parse_args()
    done, wrong, began = 0, 0, time.monotonic()
    if a.done and os.path.exists(a.done):
        with open(a.done, encoding='utf-8') as f:
            done = len(f.readlines())
    print(f'seed {a.seed}, {done} done before', flush=True)
    with tempfile.TemporaryDirectory(prefix='rond-upgrade-') as folder, concurrent.futures.ThreadPoolExecutor(a.jobs) as pool:
        old, new = build(folder, 'old', a.old), build(folder, 'new', None)
        seeds = range(a.seed, a.seed + max(0, a.count - done))
        for seed, problem in zip(seeds, pool.map(lambda seed: upgrade(old, new, folder, seed), seeds)):
            if problem:
                wrong += 1
                print(f'upgrade with seed {seed}: {problem}', flush=True)
                continue
            done += 1
            if a.done:
                with open(a.done, 'a', encoding='utf-8') as f:
                    f.write(f'{seed}\n')
            if done % 20 == 0:
                print(f'{done} upgrades ({time.monotonic() - began:.0f} s)', flush=True)
        killed = 'closed, synced or killed' if knows_late(old) else 'closed or synced'
    print(f'{done} of {done + wrong} upgrades old ({a.old}) → new → old → new, each {killed}, with every draft as it was left')
    return 1 if wrong or done < a.count else 0


if __name__ == '__main__':
    sys.exit(main())
