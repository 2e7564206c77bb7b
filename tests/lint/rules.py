#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""House rules a compiler does not know: banned calls, licence lines, unfinished work."""
import os
import re
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BANNED = re.compile(r'(?<![\w.>])(strcpy|strcat|sprintf|atoi|atol|atof|strtod|system|popen|gets|alloca|g_print)\s*\(')
FLOATS = re.compile(r'"[^"\n]*%[0-9.]*[fge][^"\n]*"')
UNFINISHED = re.compile(r'\b(TODO|FIXME|XXX|HACK)\b')
# A program of the tests that must hang or crash, and the like, lives in tests/ and is not read here.


def strip_comments(text):
    text = re.sub(r'/\*.*?\*/', lambda m: re.sub(r'[^\n]', ' ', m[0]), text, flags=re.S)
    return re.sub(r'//[^\n]*', '', text)


def unread_options(files):
    """Every row of the option table is asked for by its name somewhere else."""
    rows, rest = '', ''
    for path in files:
        if path.startswith(('src/', 'ui/')) and path.endswith('.c') and os.path.exists(os.path.join(TOP, path)):
            with open(os.path.join(TOP, path), encoding='utf-8') as f:
                text = f.read()
            if path == 'src/app/option.c':
                rows = text
            else:
                rest += text
    names = [f'{group}.{name}' for group, name in re.findall(r'\{"([a-z]+)", "([a-z-]+)", OPT_', rows)]
    unread = [n for n in names if not re.search(r'option_(text|int|bool)\([^;]*"' + re.escape(n) + '"', rest)]
    return unread if names else ['(the table is empty)']


def main():
    files = subprocess.run(['git', 'ls-files', '-co', '--exclude-standard', 'src', 'ui', 'tests', 'keymaps', 'data'],
                           cwd=TOP, text=True, capture_output=True, check=True).stdout.split('\n')
    bad = count = 0

    def say(path, number, what):
        nonlocal bad
        bad += 1
        print(f'{path}:{number}: {what}')

    for path in files:
        if not path.endswith(('.c', '.h')) or not os.path.exists(os.path.join(TOP, path)):
            continue
        count += 1
        with open(os.path.join(TOP, path), encoding='utf-8') as f:
            text = f.read()
        lines = text.split('\n')
        if 'SPDX-License-Identifier: GPL-3.0-or-later' not in '\n'.join(lines[:4]):
            say(path, 1, 'no SPDX line')
        for number, line in enumerate(lines, 1):
            if UNFINISHED.search(line):
                say(path, number, 'unfinished work')
        if not path.startswith(('src/', 'ui/')):
            continue
        code = strip_comments(text).split('\n')
        for number, line in enumerate(code, 1):
            bare = re.sub(r'"(\\.|[^"\\])*"', '""', line)
            m = BANNED.search(bare)
            if m:
                say(path, number, f'{m[1]}() is banned')
            if 'printf' in line and FLOATS.search(line):
                say(path, number, 'a float is printed: use base/decimal')
    for option in unread_options(files):
        say('src/app/option.c', 1, f'option {option} is read by nobody')
    print(f'rules: {count} files, {bad} against the rules')
    return 1 if bad else 0


sys.exit(main())
