#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a file and a function may be, so that each can be read at one sitting. Const tables do not
count: a table is as long as what it lists."""
import os
import re
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
# folder: lines of a file, of a function (0: no matter). The aim is 200-400 and about 50 (CONTRIBUTING.md).
LIMITS = {'src': (450, 60), 'ui': (450, 60), 'tests': (700, 0)}
TABLE = re.compile(r'^(static )?const .*= *\{$|^static const struct \{$')


def blocks(lines):
    """(first line, name, number of lines, is a table) of what stands at the left margin and has a body."""
    start = 0
    for i, line in enumerate(lines):
        begins = line and not line[0].isspace() and line[0] not in '{}/#*'
        if begins and (i == 0 or lines[i - 1][-1:] in ('', '}', ';', '/')):
            start = i
        if line[:1] == '}':
            head = ' '.join(lines[start:i])
            name = re.search(r'(\w+)\s*(\(|\[|=|\{)', head)
            table = any(TABLE.match(l) for l in lines[start:i]) or not re.match(r'[^={]*\)\s*\{', head)
            yield start + 1, name[1] if name else '?', i - start + 1, table


def main():
    files = subprocess.run(['git', 'ls-files', '-co', '--exclude-standard', *LIMITS], cwd=TOP, text=True,
                           capture_output=True, check=True).stdout.split()
    bad = count = 0
    for path in files:
        if not path.endswith(('.c', '.h')) or not os.path.exists(os.path.join(TOP, path)):
            continue
        with open(os.path.join(TOP, path), encoding='utf-8') as f:
            lines = f.read().split('\n')
        found = list(blocks(lines))
        code = len(lines) - sum(n for _, _, n, table in found if table)
        count += 1
        most, longest = LIMITS[path.split('/')[0]]
        if code > most:
            print(f'{path}: {code} lines, {most} at most: part it')
            bad += 1
        for at, name, n, table in found:
            if longest and not table and n > longest:
                print(f'{path}:{at}: {name} has {n} lines, {longest} at most')
                bad += 1
    print(f'size: {count} files, {bad} too long')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
