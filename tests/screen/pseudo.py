#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""pseudo.py PO DIR STAMP: a catalogue where each msgid stands in brackets, longer and with letters
beyond ASCII, as DIR/xx/LC_MESSAGES/rond.mo."""
import ast
import os
import re
import subprocess
import sys

KEEP = {'language-code'}  # chooses dates and numbers, never shown


def entries(po):
    """(msgid, msgid_plural or None, msgctxt or None) of each live entry."""
    for block in po.split('\n\n'):
        lines = [l for l in block.split('\n') if not l.startswith('#~')]
        text = '\n'.join(l for l in lines if not l.startswith('#'))
        found = {k: ''.join(ast.literal_eval(q) for q in re.findall(r'"(?:[^"\\]|\\.)*"', v))
                 for k, v in re.findall(r'^(msg\w+(?:\[\d\])?) ((?:".*"\n?)+)', text, re.M)}
        if found.get('msgid'):
            yield found['msgid'], found.get('msgid_plural'), found.get('msgctxt')


def quoted(text):
    return '"' + text.replace('\\', '\\\\').replace('"', '\\"').replace('\n', '\\n').replace('\t', '\\t') + '"'


def pseudo(text):
    return text if text in KEEP else re.sub(r'^(\s*)(.*?)(\s*)$', r'\1[å \2 ö]\3', text, flags=re.S)


def main(po, directory, stamp):
    with open(po, encoding='utf-8') as f:
        found = list(entries(f.read()))
    out = ['msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
           '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n']
    for one, many, context in found:
        if context:
            out.append(f'msgctxt {quoted(context)}')
        if many:
            out.append(f'msgid {quoted(one)}\nmsgid_plural {quoted(many)}\n'
                       f'msgstr[0] {quoted(pseudo(one))}\nmsgstr[1] {quoted(pseudo(many))}\n')
        else:
            out.append(f'msgid {quoted(one)}\nmsgstr {quoted(pseudo(one))}\n')
    place = os.path.join(directory, 'xx', 'LC_MESSAGES')
    os.makedirs(place, exist_ok=True)
    subprocess.run(['msgfmt', '-o', os.path.join(place, 'rond.mo'), '-'], input='\n'.join(out), text=True, check=True)
    with open(stamp, 'w', encoding='utf-8') as f:
        f.write(f'{len(found)} entries\n')


if __name__ == '__main__':
    main(*sys.argv[1:])
