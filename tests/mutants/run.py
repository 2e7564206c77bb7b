#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""run.py WORKDIR [ID...]: breaks one promise at a time and demands that the named tests notice.

mutants.tsv: id, promise, file, search text, replacement, tests (meson's names, space between). The search text
stands exactly once in the file; "⏎" is a line break; rows of one id are one mutant. The tree is copied, so nothing
here is ever broken; only what the named tests need is built. A mutant that survives, no longer fits the source, or does
not compile fails the run."""
import json
import os
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
COLUMNS = ('id', 'promise', 'file', 'search', 'replacement', 'tests')


def read_mutants(path):
    """id -> rows, in the file's order."""
    mutants = {}
    with open(path, encoding='utf-8') as f:
        for number, line in enumerate(f, 1):
            if not line.strip() or line.startswith('#'):
                continue
            fields = line.rstrip('\n').split('\t')
            if len(fields) != len(COLUMNS):
                sys.exit(f'{path}:{number}: {len(fields)} columns, not {len(COLUMNS)}')
            row = dict(zip(COLUMNS, fields))
            for name in ('search', 'replacement'):
                row[name] = row[name].replace('⏎', '\n')
            mutants.setdefault(row['id'], []).append(row)
    return mutants


def copy_tree(to):
    """The files git knows or would know, copied where they differ, so that a second run builds little."""
    listed = subprocess.run(['git', 'ls-files', '-co', '--exclude-standard', '-z'], cwd=TOP, check=True, capture_output=True).stdout
    names = {n for n in listed.decode().split('\0') if n and os.path.isfile(os.path.join(TOP, n))}
    for folder, _, files in os.walk(to):
        for name in files:
            path = os.path.join(folder, name)
            if os.path.relpath(path, to) not in names:
                os.remove(path)
    for name in names:
        source, target = os.path.join(TOP, name), os.path.join(to, name)
        with open(source, 'rb') as f:
            data = f.read()
        if os.path.exists(target):
            with open(target, 'rb') as f:
                if f.read() == data:
                    continue
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copy(source, target)


def run(log, *command, timeout=900, env=None):
    with open(log, 'ab') as out:
        out.write(('$ ' + ' '.join(command[:6]) + '\n').encode())
        out.flush()
        try:
            return subprocess.run(command, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, timeout=timeout,
                                  check=False, env=env).returncode
        except subprocess.TimeoutExpired:
            return -1


class Build:
    def __init__(self, work):
        self.tree, self.dir, self.log = os.path.join(work, 'tree'), os.path.join(work, 'build'), os.path.join(work, 'log')
        os.makedirs(self.tree, exist_ok=True)
        copy_tree(self.tree)
        open(self.log, 'wb').close()
        if not os.path.exists(os.path.join(self.dir, 'build.ninja')):
            compiler = 'ccache gcc' if shutil.which('ccache') else 'gcc'
            if run(self.log, 'meson', 'setup', self.dir, self.tree, '-Dbuildtype=debug', env=dict(os.environ, CC=compiler)):
                sys.exit(f'meson setup failed, see {self.log}')
        if run(self.log, 'ninja', '-C', self.dir, 'build.ninja'):
            sys.exit(f'the build cannot be set up, see {self.log}')
        self.files = {t['id']: t['filename'] for t in self.introspect('--targets')}
        self.tests = {t['name']: t for t in self.introspect('--tests')}

    def introspect(self, what):
        return json.loads(subprocess.run(['meson', 'introspect', self.dir, what], check=True, capture_output=True).stdout)

    def targets(self, tests):
        wanted = [f for t in tests for d in self.tests[t]['depends'] for f in self.files.get(d, [])]
        return [os.path.relpath(f, self.dir) for f in dict.fromkeys(wanted)]

    def compiles(self, tests):
        return run(self.log, 'ninja', '-C', self.dir, *self.targets(tests)) == 0

    def passes(self, tests):
        return run(self.log, 'meson', 'test', '-C', self.dir, '--no-rebuild', '--num-processes', '2', *tests) == 0


def apply(tree, rows):
    """Breaks the files; returns what they held, or None when a search text does not stand there exactly once."""
    before = {}
    for row in rows:
        path = os.path.join(tree, row['file'])
        if not os.path.exists(path):
            return None, before
        with open(path, encoding='utf-8') as f:
            text = f.read()
        before.setdefault(path, text)
        if text.count(row['search']) != 1:
            return None, before
        with open(path, 'w', encoding='utf-8') as f:
            f.write(text.replace(row['search'], row['replacement']))
    return True, before


def judge(build, rows):
    tests = list(dict.fromkeys(' '.join(r['tests'] for r in rows).split()))
    unknown = [t for t in tests if t not in build.tests]
    if unknown:
        return 'STALE: no test ' + ' '.join(unknown)
    fits, before = apply(build.tree, rows)
    try:
        if not fits:
            return 'STALE: the search text does not stand exactly once in the file'
        if not build.compiles(tests):
            return 'DOES NOT COMPILE'
        return 'SURVIVED' if build.passes(tests) else 'killed'
    finally:
        for path, text in before.items():
            with open(path, 'w', encoding='utf-8') as f:
                f.write(text)


def main(work, only):
    mutants = read_mutants(os.path.join(HERE, 'mutants.tsv'))
    build = Build(os.path.abspath(work))
    chosen = {k: v for k, v in mutants.items() if not only or k in only}
    tests = sorted({t for rows in chosen.values() for r in rows for t in r['tests'].split() if t in build.tests})
    print(f'{len(chosen)} mutants, {len(tests)} tests; log: {build.log}', flush=True)
    if not build.compiles(tests):
        print('The tests do not build without any mutant: nothing can be said.')
        return 1
    broken = set() if build.passes(tests) else {t for t in tests if not build.passes([t])}
    if broken:
        print('fail without any mutant:', ' '.join(sorted(broken)), flush=True)
    verdicts = {}
    for name, rows in chosen.items():
        began = time.monotonic()
        verdicts[name] = 'NO BASELINE' if broken & set(' '.join(r['tests'] for r in rows).split()) else judge(build, rows)
        print(f'{name:28} {verdicts[name]:10} {time.monotonic() - began:5.1f} s  {rows[0]["promise"]}', flush=True)
    killed = sum(v == 'killed' for v in verdicts.values())
    print(f'{killed} of {len(verdicts)} mutants killed ({100 * killed // max(len(verdicts), 1)} %)')
    return 0 if killed == len(verdicts) else 1


if __name__ == '__main__':
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:]))
