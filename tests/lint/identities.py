#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fails when a tracked file holds something that can be a person's number but is no official test
identity: 10 or 12 digits, a possible date (day + 60 for samordningsnummer) and a right check digit."""
import re
import subprocess
import sys
from pathlib import Path

NUMBER = re.compile(r'(?<![\w.-])(?:(\d{8})[-+]?(\d{4})|(\d{6})[-+]?(\d{4}))(?![\w])')


def luhn(nine_and_check):
    total = 0
    for i, ch in enumerate(nine_and_check):
        v = int(ch) * (1 if i % 2 else 2)
        total += v // 10 + v % 10
    return total % 10 == 0


def possible(digits):
    """10 or 12 digits that the population register could have given out."""
    ten = digits[-10:]
    if len(digits) == 12 and digits[:2] not in ('18', '19', '20'):
        return False
    month, day = int(ten[2:4]), int(ten[4:6])
    if not (1 <= day <= 31 or 60 <= day <= 91) or month > 12 or (month == 0 and day < 60):
        return False
    return ten[6:9] != '000' and luhn(ten)


def official(path):
    known = set()
    for line in path.read_text(encoding='utf-8').splitlines():
        if line and not line.startswith('#'):
            number = line.split('\t')[1]
            if number.isdigit():
                known |= {number, number[2:]}
    return known


def findings(text, known):
    for number, line in enumerate(text.splitlines(), 1):
        for match in NUMBER.finditer(line):
            digits = ''.join(g for g in match.groups() if g)
            if digits not in known and possible(digits):
                yield number, digits


def self_test(known):
    some = next(n for n in sorted(known) if len(n) == 12)
    changed = some[:-2] + str((int(some[-2]) + 1) % 10)
    made_up = next(changed + str(c) for c in range(10) if luhn(changed[2:] + str(c)))
    assert not list(findings(f'x {some} y', known))
    assert made_up in known or list(findings(f'id={made_up},', known))
    assert made_up in known or list(findings(f'{made_up[2:8]}-{made_up[8:]}', known))
    assert not list(findings('20210325K069 070-174 06 05 1.2.752.129.2', known))


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else '.').resolve()
    known = official(root / 'data/test-identities.tsv')
    self_test(known)
    tracked = subprocess.run(['git', '-C', str(root), 'ls-files', '-z'], check=True, capture_output=True)
    bad = 0
    for name in filter(None, tracked.stdout.decode().split('\0')):
        path = root / name
        if not path.is_file():
            continue
        raw = path.read_bytes()
        if b'\0' in raw[:8192]:
            continue
        for line, digits in findings(raw.decode('utf-8', 'replace'), known):
            bad += 1
            print(f'{name}:{line}: {digits} may be a person; use a number of data/test-identities.tsv')
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
