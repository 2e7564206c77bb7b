# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures beside their budget: what was promised, what was measured now, what others and the least possible
cost."""
import os


def middle(values):
    return sorted(values)[len(values) // 2] if values else 0.0


def p99(values):
    return sorted(values)[min(len(values) - 1, len(values) * 99 // 100)] if values else 0.0


class Table:
    def __init__(self):
        self.rows = []

    def add(self, what, budget, figure, unit, beside=''):
        """A figure beside its budget; None: nothing is promised."""
        word = '' if budget is None else 'ok' if figure <= budget else 'OVER'
        self.rows.append((what, '' if budget is None else f'{budget:g} {unit}', f'{figure:.1f} {unit}', word, beside))

    def show(self):
        print(f'load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors')
        for r in (('what', 'budget', 'now', '', 'beside it'), *self.rows):
            print('%-50s %10s %12s  %-5s %s' % r)
