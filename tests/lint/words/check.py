#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Swedish catalogue is whole: every marked string is in it, translated, and not left in English."""
import os
import re
import subprocess
import sys
import tempfile

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
HERE = os.path.dirname(os.path.abspath(__file__))
LABEL_COLUMNS = 12
CONTEXT = ': '


def entries(text):
    """(msgid, [msgstr …], fuzzy) of each entry of a .po file; a context stands before its msgid."""
    for block in re.split(r'\n\s*\n', text):
        if not re.search(r'^msgid "', block, re.M):
            continue
        parts = {}
        key = None
        for line in block.split('\n'):
            m = re.match(r'^(msgid|msgid_plural|msgstr(?:\[\d\])?|msgctxt) "(.*)"$', line)
            if m:
                key = m[1]
                parts[key] = m[2]
            elif line.startswith('"') and key:
                parts[key] += line[1:-1]
        context = parts['msgctxt'] + CONTEXT if 'msgctxt' in parts else ''
        yield context + parts.get('msgid', ''), [v for k, v in parts.items() if k.startswith('msgstr')], 'fuzzy' in block


def labels():
    """The labels of the command tables: the second N_() of a row."""
    found = set()
    folder = os.path.join(TOP, 'src/commands')
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), encoding='utf-8') as f:
            text = f.read()
        for row in re.finditer(r'\{NC_\("command", "[a-z-]+"\), (?:NULL|"[^"]*"),\s*N_\("(?:[^"\\\\]|\\\\.)*"\),\s*N_\("([^"]*)"\)', text):
            found.add(row[1])
    return found


def main():
    bad = 0
    with tempfile.TemporaryDirectory() as tmp:
        files = subprocess.run(
            "git ls-files 'src/*.c' 'src/*.h' 'ui/*.c' 'ui/*.h' | xargs grep -lE '(^|[^A-Za-z_])(_|C_|N_|NC_|ngettext|Q_) ?\\(' | sort",
            shell=True, cwd=TOP, text=True, capture_output=True, check=True).stdout
        with open(os.path.join(TOP, 'po/POTFILES'), encoding='utf-8') as f:
            if sorted(f.read().split()) != sorted(files.split()):
                print('po/POTFILES is stale: run po/update')
                bad += 1
        pot = os.path.join(tmp, 'rond.pot')
        subprocess.run(['xgettext', '--files-from=-', '--from-code=UTF-8', '--language=C', '--keyword=_', '--keyword=N_',
                        '--keyword=ngettext:1,2', '--keyword=Q_', '--keyword=C_:1c,2', '--keyword=NC_:1c,2', '--no-wrap', '-o', pot],
                       input=files, text=True, cwd=TOP, check=True, stderr=subprocess.DEVNULL)
        with open(pot, encoding='utf-8') as f:
            wanted = {msgid for msgid, _, _ in entries(f.read()) if msgid}
    po = os.path.join(TOP, 'po/sv.po')
    check = subprocess.run(['msgfmt', '--check', '-o', os.devnull, po], text=True, capture_output=True)
    if check.returncode:
        print(check.stderr)
        bad += 1
    with open(os.path.join(HERE, 'same.txt'), encoding='utf-8') as f:
        same = {line.rstrip('\n') for line in f if line.strip() and not line.startswith('# ')}
    with open(po, encoding='utf-8') as f:
        have = {}
        for msgid, strings, fuzzy in entries(f.read()):
            if not msgid:
                continue
            have[msgid] = strings
            if fuzzy:
                print(f'fuzzy: {msgid}')
                bad += 1
    for msgid in sorted(wanted):
        strings = have.get(msgid, [])
        if not strings or not all(strings):
            print(f'not translated: {msgid}')
            bad += 1
        elif msgid in strings and msgid not in same:
            print(f'still English (or add to same.txt): {msgid}')
            bad += 1
    for label in sorted(labels()):
        strings = have.get(label, [''])
        if max(map(len, [label, *strings])) > LABEL_COLUMNS:
            print(f'over {LABEL_COLUMNS} columns in the hint bar: {label} / {strings[0]}')
            bad += 1
    typed = {}
    for msgid, strings in have.items():
        if not msgid.startswith('command' + CONTEXT) or not strings[0]:
            continue
        if not re.fullmatch('[a-zåäö]+(-[a-zåäö]+)*', strings[0]):
            print(f'cannot be typed as one word: {strings[0]}')
            bad += 1
        if typed.setdefault(strings[0].translate(str.maketrans('åäö', 'aao')), msgid) != msgid:
            print(f'two commands are called {strings[0]}')
            bad += 1
    print(f'words: {len(wanted)} strings, {bad} faults')
    return 1 if bad else 0


sys.exit(main())
