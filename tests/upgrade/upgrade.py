#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Drafts over old → new → old: lives of the store as it is and as it was, one after the other on the same files, some
closed and some killed. usage: upgrade.py [--count N] [--old COMMIT] [--seed N]. The older one is built from its own
sources; where the commit is not there (a shallow clone) it exits 77."""
import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile

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


def live(program, folder, rng, end):
    r = subprocess.run([program, folder, str(rng.randrange(1 << 31)), end], capture_output=True, text=True, timeout=120)
    if r.returncode != (0 if end == 'close' else -9):
        raise AssertionError(f'{os.path.basename(program)} {end}: {r.returncode} {r.stderr.strip()}')


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('--count', type=int, default=200)
    parser.add_argument('--old', default=OLD)
    parser.add_argument('--seed', type=int, default=random.randrange(1 << 30))
    a = parser.parse_args()
    rng, done = random.Random(a.seed), 0
    print(f'seed {a.seed}', flush=True)
    with tempfile.TemporaryDirectory(prefix='rond-upgrade-') as folder:
        old, new = build(folder, 'old', a.old), build(folder, 'new', None)
        for n in range(a.count):
            files = os.path.join(folder, f'files-{n}')
            os.mkdir(files, 0o700)
            try:
                for program in (old, new, old, new):
                    # the older one keeps what it types while its database is busy in memory alone
                    live(program, files, rng, rng.choice(('close', 'sync') if program == old else ('close', 'sync', 'kill')))
                done += 1
            except AssertionError as e:
                print(f'upgrade {n}: {e}', flush=True)
            shutil.rmtree(files)
    print(f'{done} of {a.count} upgrades old ({a.old}) → new → old → new with every draft as it was left')
    return 0 if done == a.count else 1


if __name__ == '__main__':
    sys.exit(main())
