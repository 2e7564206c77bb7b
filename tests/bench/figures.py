# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures beside their budget: what was promised, what was measured now, and what others and the least possible
cost. Bytes and memory are the same on every machine and must hold. Time is within, over, or so clearly over
that no busy machine explains it: only that fails, at twice the budget, and at more where the floor (the least
that the same work can cost, measured in the same run) is itself slower than it was on a quiet machine."""
import os

CLEARLY = 2  # times the budget
SILENT = 1.0  # seconds: a key that has not been answered then has nothing to say


def middle(values):
    """Of nothing there is none: that is no figure within its budget."""
    return sorted(values)[len(values) // 2]


def p99(values):
    return sorted(values)[min(len(values) - 1, len(values) * 99 // 100)]


def press(p, name):
    """A key and what was measured of its answer, however late that comes; None: it has none."""
    p.press(name)
    if not p.s.first:
        p.s.settle(SILENT)
    p.s.record(name)
    return p.s.samples[-1] if p.s.first else None


class Table:
    def __init__(self):
        self.rows = []
        self.slower = 1.0
        self.load = os.getloadavg()[0]

    def floor(self, now, quiet):
        """How much slower the machine is now than a quiet one; 1 where it is not."""
        self.slower = max(1.0, now / quiet)

    def add(self, what, budget, figure, unit, beside=''):
        """A figure beside its budget; None: nothing is promised."""
        self.rows.append((what, budget, figure, unit, beside))

    def verdict(self, budget, figure, unit):
        if budget is None:
            return ''
        if figure <= budget:
            return 'within'
        return 'over' if unit == 'ms' and figure <= budget * CLEARLY * self.slower else 'FAILS'

    def show(self):
        """Prints the table and what it comes to; the number of budgets that clearly do not hold."""
        words = [self.verdict(b, f, u) for _, b, f, u, _ in self.rows]
        print(f'load {self.load:.1f} to {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors; '
              f'{self.slower:.1f} times slower than a quiet machine')
        print('%-50s %10s %12s  %-6s %s' % ('what', 'budget', 'now', '', 'beside it'))
        for (what, budget, figure, unit, beside), word in zip(self.rows, words):
            print('%-50s %10s %12s  %-6s %s' % (what, '' if budget is None else f'{budget:g} {unit}',
                                                f'{figure:.1f} {unit}', word, beside))
        print(f'{words.count("within")} of {len(words) - words.count("")} budgets within, {words.count("over")} over, '
              f'{words.count("FAILS")} clearly over')
        return words.count('FAILS')
