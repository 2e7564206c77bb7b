#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""memcheck.py LOG...: what valgrind found, each kind once with how often; fails when there is any.

A report all of whose frames are "???" comes from code without symbols that was made while the program ran: PCRE's
compiled patterns, which read past a string's end on purpose and use nothing of it. Ours has symbols."""
import collections
import re
import sys

LINE = re.compile(r'==\d+== ?(.*)')
FRAME = re.compile(r' +(?:at|by) 0x[0-9A-F]+: (.*)')


def reports(path):
    block = []
    with open(path, encoding='utf-8', errors='replace') as f:
        for line in f:
            match = LINE.match(line)
            text = match[1].rstrip() if match else ''
            if text:
                block.append(text)
                continue
            if any(FRAME.match(t) for t in block):
                yield block
            block = []
    if any(FRAME.match(t) for t in block):
        yield block


def main(paths):
    found, made = collections.Counter(), 0
    for path in paths:
        for block in reports(path):
            frames = [FRAME.match(t)[1] for t in block if FRAME.match(t)]
            if all(f == '???' for f in frames):
                made += 1
            else:
                found[re.sub(r'0x[0-9A-F]+: ', '', '\n'.join(block))] += 1
    for text, times in found.most_common():
        print(f'{times} x {text}\n')
    print(f'{len(paths)} logs, {sum(found.values())} reports; {made} from compiled patterns are not judged')
    return 1 if found else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
