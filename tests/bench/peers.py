# SPDX-License-Identifier: GPL-3.0-or-later
"""What well known terminal programs cost: peers.tsv says what was once measured, and those that are installed
and need nothing but a file are measured again, on this machine and at this load."""
import os
import shutil

from figures import middle
from person import Failed, Person

HERE = os.path.dirname(os.path.abspath(__file__))
UNITS = {'row_B': 'B', 'type_B': 'B', 'rss': 'MB'}

# command, the first screen, the key of a row, keys before typing, the key that opens help and what it shows
DRIVEN = {
    'less': (['less', 'FILE'], r'^line 0 ', 'j', None, ('h',), 'SUMMARY OF'),
    'vim': (['vim', '--clean', '-n', 'FILE'], r'^line 0 ', 'j', ('O',), None, None),
    'nano': (['nano', 'FILE'], r'^line 0 ', '<Down>', (), ('<C-g>',), 'nano'),
}


def kept():
    with open(os.path.join(HERE, 'peers.tsv')) as f:
        rows = [line.rstrip('\n').split('\t') for line in f if not line.startswith('#')]
    return {r[0]: {k: v for k, v in zip(rows[0][2:], r[2:]) if v != '-'} for r in rows[1:]}


class Peers:
    def __init__(self, home, matched, keys):
        self.once, self.now = kept(), {}
        for name in filter(shutil.which, DRIVEN):
            try:
                self.now[name] = self.drive(home, name, matched, keys)
            except (Failed, OSError, IndexError) as e:
                print(f'{name} could not be driven: {e}')

    @staticmethod
    def drive(home, name, matched, keys):
        command, first, down, before, opens, shown = DRIVEN[name]
        path = home.path('peer.txt')
        with open(path, 'w') as f:
            f.writelines(f'line {i} static int f{i} = {i * 7};\n' for i in range(3000))
        got = {}
        with Person(home, command=[path if w == 'FILE' else w for w in command]) as p:
            got['start'] = matched(p, first)
            ms, size = keys(p, *[down] * 12)
            got['row'], got['row_B'] = middle(ms), middle(size)
            if opens:
                p.press(*opens[:-1]) if opens[:-1] else None
                p.press(opens[-1], settle=False)
                got['open'] = matched(p, shown)
            elif before is not None:
                p.press(*before) if before else None
                ms, size = keys(p, *'abcdefghij')
                got['type'], got['type_B'] = middle(ms), middle(size)
        return got

    def beside(self, what, *names):
        """“less 5.1 (now 6.0), tig 17.0 ms”"""
        words = []
        for name in names:
            now = self.now.get(name, {}).get(what)
            words.append(f'{name} {self.once[name][what]}' + (f' (now {now:.1f})' if now is not None else ''))
        return f'{", ".join(words)} {UNITS.get(what, "ms")}'

    def source(self):
        return ('beside it: figures of other programs, measured once on 2026-11-21 (tests/bench/peers.tsv); '
                f'measured again now: {", ".join(self.now) or "none, none of " + ", ".join(DRIVEN) + " is installed"}')
