#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a product list of the size of a real one: products.py BASE COUNT SEED > LIST

The training products as they are, each substance again under the names of its makers, and invented substances
that are hard to tell apart: one is the beginning of another, they differ in one letter, two share a brand, a
brand begins like another substance. Names are made of the endings that real ones have; nothing of it is a medicine."""
import random
import sys

MAKERS = ('Sandoz Viatris Teva STADA Krka Orion Actavis Accord Aurobindo Bluefish Ebb Evolan Medartuum Orifarm '
          'Paranova 2care4 Abacus Amneal Mylan Ranbaxy Zentiva Hexal Pensa Xiromed').split()
HEADS = ('ab ac al am an ar at av az be bi bo bu ca ce ci clo co da de di do du e en es eto fe fi flu fo ga ge gli ha '
         'hy i im in iso ka ke la le li lo ma me mi mo na ne ni no o ol om ox pa pe pi pra pro ra re ri ro sa se si '
         'so su ta te ti to tra tri ur va ve vi za ze zo').split()
MIDDLES = 'ba be bi bo ca ce da de di do fa fe fi ga gli la le li lo lu ma me mi mo na ne ni no pa pe pi ra re ri ro sa ta te ti to va xa zo'.split()
ENDS = ('pril sartan olol statin prazol dipin tidin oxacin micin cillin azol vir tinib mab gliptin gliflozin xaban '
        'parin pam zolam barbital tripylin oxetin apin idon triptan setron profen koxib dronat tiazid semid terol '
        'kortison metason trexat platin rubicin taxel').split()
SALTS = ('hydroklorid', 'natrium', 'succinat', 'tartrat', 'kalium', 'medoxomil')
GROUPS = ('antibiotikum', 'blodtryckssänkande', 'antidepressivt', 'cytostatikum', 'mot illamående')
STRENGTHS = ('1', '2.5', '5', '10', '20', '25', '50', '75', '100', '150', '200', '250', '400', '500', '800')


def read(path):
    with open(path, encoding='utf-8') as f:
        return [line.rstrip('\n').split('\t') for line in f if not line.startswith('#') and line.strip()]


def invent(dice, known):
    """A new substance: sometimes a known one with another letter, with a salt, or with a second part."""
    how = dice.random()
    if how < .15:
        name = dice.choice(known)
        at = dice.randrange(1, len(name))
        return name[:at] + dice.choice('aeiourstnlm') + name[at + 1:]
    if how < .25:
        return f'{dice.choice(known)} {dice.choice(SALTS)}'
    if how < .35:
        return f'{dice.choice(known)} + {dice.choice(known)}'
    return dice.choice(HEADS) + ''.join(dice.choice(MIDDLES) for _ in range(dice.randint(0, 2))) + dice.choice(ENDS)


def brand(dice, substance, brands):
    """Most have a maker's name behind the substance; some a name of their own, or one that another has too."""
    how = dice.random()
    if how < .5:
        return f'{substance.split(" ")[0].capitalize()} {dice.choice(MAKERS)}'
    if how < .6:
        return dice.choice(brands)
    if how < .7:
        return f'{dice.choice(brands)} {dice.choice(("Forte", "Retard", "Novum", "Comp", "Depot"))}'
    return (dice.choice(HEADS) + dice.choice(MIDDLES) + dice.choice(('x', 'n', 'l', 'rin', 'xon', 'tal'))).capitalize()


def main():
    base, count, dice = read(sys.argv[1]), int(sys.argv[2]), random.Random(int(sys.argv[3]))
    substances = sorted({row[2] for row in base})
    brands = sorted({row[1] for row in base if row[1] != '-'})
    rows = [row[:] for row in base]
    for row in base:
        for maker in dice.sample(MAKERS, 6):
            rows.append([*row[:1], f'{row[2].split(" ")[0].capitalize()} {maker}', *row[2:]])
    while len(rows) < count:
        name = invent(dice, substances)
        substances.append(name)
        atc = (f'{dice.choice("ABCDGHJLMNPRSV")}{dice.randrange(1, 20):02}{chr(dice.randrange(65, 91))}'
               f'{chr(dice.randrange(65, 91))}{dice.randrange(1, 80):02}')
        group = dice.choice(GROUPS)
        danger = 'ja' if dice.random() < .1 else 'nej'
        for _ in range(dice.randint(1, 7)):
            own = brand(dice, name, brands)
            brands.append(own)
            rows.append(['', own, name, atc, group, 'tablett', dice.choice(STRENGTHS), 'mg', 'tablett,mg,g', 'oral',
                         danger, 'nej', '-', '-'])
    print('# Påhittade produkter, gjorda av tests/tools/products.py. Inget av detta är ett läkemedel.')
    for n, row in enumerate(rows[:count], 1):
        print('\t'.join([f'T{n:05}', *row[1:]]))


main()
