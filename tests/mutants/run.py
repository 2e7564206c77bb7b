#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""run.py WORKDIR [ID or PROMISE...]: breaks one promise at a time and demands that the named tests notice.

promises.tsv: key and what holds. mutants.tsv: id, promise, what is held, file, search text, replacement, tests (meson's
names, space between, the quickest first: the first that fails is enough). The search text stands exactly once in the
file; "⏎" is a line break; rows of one id are one mutant. The tree is copied, so nothing here is ever broken; only what the
named tests need is built. A mutant is killed when a test fails with it and passes at once again without it. One that
survives, no longer fits the source, or does not compile fails the run.

What has been judged of a tree stands in WORKDIR/verdicts: a run that was stopped goes on where it was."""
import collections
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
COLUMNS = ('id', 'promise', 'what', 'file', 'search', 'replacement', 'tests')


def read_promises(path=os.path.join(HERE, 'promises.tsv')):
    with open(path, encoding='utf-8') as f:
        return dict(line.rstrip('\n').split('\t') for line in f if line.strip() and not line.startswith('#'))


def read_mutants(path=os.path.join(HERE, 'mutants.tsv')):
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
    """The files git knows or would know, copied where they differ, so that a second run builds little. Returns
    a digest of all that a verdict rests on."""
    listed = subprocess.run(['git', 'ls-files', '-co', '--exclude-standard', '-z'], cwd=TOP, check=True, capture_output=True).stdout
    names = {n for n in listed.decode().split('\0') if n and os.path.isfile(os.path.join(TOP, n))}
    for folder, _, files in os.walk(to):
        for name in files:
            path = os.path.join(folder, name)
            if os.path.relpath(path, to) not in names:
                os.remove(path)
    digest = hashlib.sha256()
    for name in sorted(names):
        source, target = os.path.join(TOP, name), os.path.join(to, name)
        with open(source, 'rb') as f:
            data = f.read()
        if not name.startswith(('tests/mutants/', 'tests/lint/')) and not name.endswith('.md'):
            digest.update(name.encode() + b'\0' + hashlib.sha256(data).digest())
        if os.path.exists(target):
            with open(target, 'rb') as f:
                if f.read() == data:
                    continue
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copy(source, target)
    return digest.hexdigest()


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
        self.digest = copy_tree(self.tree)
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

    def compiles(self, tests):
        wanted = [f for t in tests for d in self.tests[t]['depends'] for f in self.files.get(d, [])]
        return run(self.log, 'ninja', '-C', self.dir, *(os.path.relpath(f, self.dir) for f in dict.fromkeys(wanted))) == 0

    def passes(self, tests):
        return run(self.log, 'meson', 'test', '-C', self.dir, '--no-rebuild', '--num-processes', '2', *tests) == 0


class Verdicts:
    """What has been judged already of this tree, and of these rows in it."""

    def __init__(self, work, digest):
        self.path, self.digest, self.known = os.path.join(work, 'verdicts'), digest, {}
        if os.path.exists(self.path):
            with open(self.path, encoding='utf-8') as f:
                self.known = dict(line.rstrip('\n').split('\t') for line in f)

    def key(self, rows):
        return hashlib.sha256(json.dumps([self.digest, rows]).encode()).hexdigest()

    def get(self, rows):
        return self.known.get(self.key(rows))

    def put(self, rows, verdict):
        with open(self.path, 'a', encoding='utf-8') as f:
            f.write(f'{self.key(rows)}\t{verdict}\n')


def tests_of(rows):
    return list(dict.fromkeys(' '.join(r['tests'] for r in rows).split()))


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


def restore(before):
    for path, text in before.items():
        with open(path, 'w', encoding='utf-8') as f:
            f.write(text)


def killed_by(build, before, test):
    """A full disk or a flake fails with a mutant and without it."""
    restore(before)
    return 'killed' if build.compiles([test]) and build.passes([test]) else f'NO VERDICT: {test} fails unbroken'


def judge(build, rows):
    tests = tests_of(rows)
    unknown = [t for t in tests if t not in build.tests]
    if unknown:
        return 'STALE: no test ' + ' '.join(unknown)
    fits, before = apply(build.tree, rows)
    try:
        if not fits:
            return 'STALE: the search text does not stand exactly once in the file'
        for test in tests:
            if not build.compiles([test]):
                return 'DOES NOT COMPILE'
            if not build.passes([test]):
                return killed_by(build, before, test)
        return 'SURVIVED'
    finally:
        restore(before)


def failing_unbroken(build, tests):
    """Those that fail without any mutant say nothing about one; None when they do not even build."""
    if not build.compiles(tests):
        return None
    return set() if not tests or build.passes(tests) else {t for t in tests if not build.passes([t])}


def summary(chosen, verdicts):
    of, dead = collections.Counter(), collections.Counter()
    for name, rows in chosen.items():
        of[rows[0]['promise']] += 1
        dead[rows[0]['promise']] += verdicts[name] == 'killed'
    print()
    for key, what in read_promises().items():
        if of[key]:
            print(f'{key:10} {dead[key]:3} of {of[key]:3}  {what}')
    alive = [name for name, verdict in verdicts.items() if verdict != 'killed']
    print(f'{len(verdicts) - len(alive)} of {len(verdicts)} mutants killed ({100 * (len(verdicts) - len(alive)) // max(len(verdicts), 1)} %)')
    if alive:
        print('not killed:', ' '.join(alive))
    return 1 if alive else 0


def main(work, only):
    work = os.path.abspath(work)
    build = Build(work)
    known = Verdicts(work, build.digest)
    chosen = {k: v for k, v in read_mutants().items() if not only or k in only or v[0]['promise'] in only}
    verdicts = {name: known.get(rows) for name, rows in chosen.items()}
    left = [name for name in chosen if verdicts[name] != 'killed']
    tests = sorted({t for name in left for t in tests_of(chosen[name]) if t in build.tests})
    print(f'{len(chosen)} mutants, {len(chosen) - len(left)} judged before, {len(tests)} tests; log: {build.log}', flush=True)
    broken = failing_unbroken(build, tests)
    if broken is None:
        print('The tests do not build without any mutant: nothing can be said.')
        return 1
    if broken:
        print('fail without any mutant:', ' '.join(sorted(broken)), flush=True)
    for name in left:
        rows, began = chosen[name], time.monotonic()
        verdicts[name] = 'NO BASELINE' if broken & set(tests_of(rows)) else judge(build, rows)
        known.put(rows, verdicts[name])
        print(f'{rows[0]["promise"]:10} {name:28} {verdicts[name]:8} {time.monotonic() - began:5.1f} s  {rows[0]["what"]}', flush=True)
    return summary(chosen, verdicts)


if __name__ == '__main__':
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2:]))
