#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tapers, up-titrations and doses by weight, counted once more with Python's decimal numbers.

order-decimal.py PROGRAM COUNT: generates lines, has PROGRAM (order-steps) read them, and compares doses, days, sums, last
days and roundings. The seed is printed; ROND_SEED repeats it."""
import datetime
import os
import random
import subprocess
import sys
from decimal import ROUND_HALF_UP, Decimal

MOST_STEPS = 60
TODAY = datetime.date(2026, 11, 21)


def plain(d):
    text = format(d, 'f')
    return text.rstrip('0').rstrip('.') if '.' in text else text


def typed(dice, d):
    text = plain(d)
    return text.replace('.', ',') if dice.random() < .6 else text


def said(steps, total, unit, exact='-'):
    days = [d for _, d in steps]
    stop = str(TODAY + datetime.timedelta(days=sum(days) - 1)) if all(days) else '-'
    total = f'totalt {plain(total).replace(".", ",")} {unit}' if all(days) else '-'
    return ' '.join(f'{plain(n)}/{d}' for n, d in steps) + f'\t{unit}\t{exact}\t{total}\t{stop}'


def taper(dice):
    step = Decimal(dice.randint(1, 80)) / dice.choice((1, 2, 10))
    n, days, part = dice.randint(2, 70), dice.randint(1, 14), dice.choice((Decimal(0), Decimal(0), step / 2))
    start = step * n - part
    line = f'prednisolon {typed(dice, start)} mg -{typed(dice, step)}/{days}d kol'
    steps, dose = [], start
    while dose > 0:
        steps.append((dose, days))
        dose -= step
    if len(steps) >= MOST_STEPS:
        return line, None
    return line, said(steps, sum(n * d for n, d in steps), 'mg') if len(steps) > 1 else None


def titration(dice):
    step, n, days = Decimal(dice.randint(1, 400)) / dice.choice((1, 2, 4)), dice.randint(2, 12), dice.randint(1, 28)
    start = step * dice.randint(1, 3)
    target = start + step * (n - 1)
    if dice.random() < .1:
        return f'lamotrigin {typed(dice, start)}mg +{typed(dice, step)}/{days}d till {typed(dice, target - step / 4)}mg epilepsi', None
    line = dice.choice((f'lamotrigin {typed(dice, start)}mg +{typed(dice, step)}/{days}d till {typed(dice, target)}mg epilepsi',
                        f'lamotrigin {typed(dice, start)} mg x1, öka med {typed(dice, step)} mg var {days}:e dag till '
                        f'{typed(dice, target)} mg epilepsi'))
    return line, said([(start + step * i, days if i < n - 1 else 0) for i in range(n)], Decimal(0), 'mg')


def by_weight(dice):
    each, weight = Decimal(dice.randint(1, 400)) / 20, Decimal(dice.randint(40, 15000)) / 100
    exact = each * weight
    digits = Decimal(1) if exact >= 100 else Decimal('.1') if exact >= 10 else Decimal('.01')
    dose = exact.quantize(digits, ROUND_HALF_UP) if exact.as_tuple().exponent < digits.as_tuple().exponent else exact
    line = f'gensumycin {typed(dice, each)} mg/kg x1 sepsis'
    if dose == 0:
        return line, None, weight
    unrounded = plain(exact) if dose != exact else '-'
    gram = dose >= 1000
    day = f'{plain(dose / 1000 if gram else dose).replace(".", ",")} {"g" if gram else "mg"} per dygn'
    return line, f'{plain(dose)}/0\tmg\t{unrounded}\t{day}\t-', weight


def main():
    count, seed = int(sys.argv[2]), int(os.environ.get('ROND_SEED') or random.randrange(1 << 31))
    dice = random.Random(seed)
    cases = [dice.choice((taper, taper, titration, by_weight))(dice) for _ in range(count)]
    text = ''.join(f'{plain(c[2]) if len(c) > 2 else "70"}\t{c[0]}\n' for c in cases)
    got = subprocess.run([sys.argv[1]], input=text, capture_output=True, text=True, check=True).stdout.splitlines()
    wrong = []
    for (line, want, *_), answer in zip(cases, got, strict=True):
        asked = answer.split('\t')[1] == 'asked'
        if (want is None) != asked or (want is not None and answer != want):
            wrong.append(f'{line}\n  got  {answer}\n  want {want or "asked"}')
    print(f'seed {seed}: {len(cases)} lines, {sum(1 for c in cases if c[1] is None)} of them to be asked about, {len(wrong)} wrong')
    print('\n'.join(wrong[:10]))
    sys.exit(bool(wrong))


main()
