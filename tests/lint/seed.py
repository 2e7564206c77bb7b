#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks data/seed as text: every reference exists, every chart fits its patient, the counts that the
training hospital promises hold, and each benchmark task has its patient."""
import datetime
import re
import sys
from pathlib import Path

ICD = re.compile(r'^[A-Z]\d\d(\.\d[A-Z]?)?$')  # the Swedish fifth place is a letter
PLACEHOLDER = re.compile(r'\{([^{}]*)\}')
# Training days begin at about a quarter to eight: nothing may have happened after that.
LATE = re.compile(r'^0d (\d\d:\d\d)$')
CHANCE = re.compile(r'^(\d+)%\s+')
GROUPS = 'A1 A2 A3 A4 B1 B2 C1 C2 C3 C4 D1 D2 E'.split()
# The fixed day keeps ages, and so the outcome, the same every day.
TODAY = datetime.date(2026, 11, 21)


class Lint:
    def __init__(self):
        self.bad = []

    def need(self, ok, text):
        if not ok:
            self.bad.append(text)


def table(path):
    rows = [line.split('\t') for line in path.read_text(encoding='utf-8').splitlines()
            if line and not line.startswith('#')]
    head = rows[0]
    return {row[0]: dict(zip(head, row)) for row in rows[1:]}, [dict(zip(head, row)) for row in rows[1:]]


def cut(text):
    """Fields between '|', but not inside {one|of several wordings}."""
    fields, depth, now = [], 0, ''
    for ch in text:
        depth += (ch == '{') - (ch == '}')
        if ch == '|' and depth == 0:
            fields.append(now.strip())
            now = ''
        else:
            now += ch
    return fields + [now.strip()]


def statements(path):
    """(line number, percent, fields, body)"""
    out = []
    for number, line in enumerate(path.read_text(encoding='utf-8').splitlines(), 1):
        if line.startswith('#') or not line.strip():
            continue
        if line.startswith(' '):
            out[-1][3].append(line.strip())
            continue
        chance = CHANCE.match(line)
        out.append((number, int(chance.group(1)) if chance else 100,
                    cut(line[chance.end():] if chance else line), []))
    return out


def identity(number, known):
    """Sex and age, by the official list."""
    kind, sex, birth = known[number]
    if birth == '-':
        return sex, None
    y, m, d = map(int, birth.split('-'))
    return sex, TODAY.year - y - ((TODAY.month, TODAY.day) < (m, d))


def check_case(lint, path, drugs, labs, units, staff):
    where = path.name
    none_said = False
    for number, percent, f, body in statements(path):
        at = f'{where}:{number}'
        text = ' '.join(f) + ' ' + ' '.join(body)
        lint.need(text.count('{') == text.count('}') == len(PLACEHOLDER.findall(text)),
                  f'{at}: braces are not in pairs or are nested')
        kind = f[0]
        late = [m.group(1) for m in map(LATE.match, f[1:]) if m and m.group(1) > '07:35']
        lint.need(kind == 'bokning' or not late, f'{at}: {late} is in the future when a training day begins')
        if kind == 'problem':
            lint.need(ICD.match(f[1]), f'{at}: "{f[1]}" is no ICD-10-SE code of three to five places')
        elif kind == 'läkemedel':
            lint.need(f[1] in drugs, f'{at}: no drug "{f[1]}" in drugs.tsv')
            lint.need(f[4], f'{at}: a medicine needs its ordinationsorsak')
        elif kind.startswith('prov'):
            for test in f[2].split()[::2]:
                lint.need(test in labs, f'{at}: no test "{test}" in labs.tsv')
        elif kind == 'signal':
            lint.need(f[1] in GROUPS, f'{at}: no alert group {f[1]}')
        elif kind == 'överkänslighet':
            lint.need(not none_said or f[1] == 'ingen', f'{at}: "ingen" must come after what there may be')
            none_said = f[1] == 'ingen'
            lint.need(none_said or f[4] in ('livshotande', 'skadlig', 'besvärande'), f'{at}: no severity {f[4:5]}')
        elif kind == 'anteckning':
            lint.need(body and body[0].startswith('# '), f'{at}: a note begins with a sökord ("# Aktuellt")')
        elif kind == 'remiss':
            lint.need(f[2] in units and 'prac-' + f[3] in staff, f'{at}: unknown unit or sender')


def fits(rule, sex, age):
    who, years = rule.split()
    low, high = map(int, years.split('-'))
    if who != 'alla' and sex not in ('?', 'F' if who == 'kvinna' else 'M'):
        return False
    return age is None or low <= age <= high


def beds_of(unit):
    return {f'{room}-{i}' for room, n in (part.split(':') for part in unit['beds'].split() if ':' in part)
            for i in range(1, int(n) + 1)}


def check_patients(lint, seed, patients, units, staff, known, cases):
    taken = set()
    for p in patients.values():
        at = f'patients.tsv {p["id"]}'
        lint.need(p['id12'] in known, f'{at}: {p["id12"]} is no official test identity')
        lint.need(p['unit'] in units and p['pal'] in staff, f'{at}: unknown unit or PAL')
        if p['bed'] != '-':
            lint.need(p['bed'] in beds_of(units[p['unit']]), f'{at}: {p["unit"]} has no bed {p["bed"]}')
            lint.need((p['unit'], p['bed']) not in taken, f'{at}: bed {p["bed"]} is taken')
            taken.add((p['unit'], p['bed']))
        sex, age = identity(p['id12'], known) if p['id12'] in known else ('?', None)
        for name in p['cases'].split('+'):
            lint.need(name in cases, f'{at}: no case {name}')
            for _, _, f, _ in cases.get(name, []):
                if f[0] == 'gäller':
                    lint.need(fits(f[1], sex, age), f'{at}: {name} is for {f[1]}, this is {sex} {age}')
    numbers = [p['id12'] for p in patients.values()]
    lint.need(len(numbers) == len(set(numbers)), 'patients.tsv: a number is used twice')
    for own in (seed / 'own').glob('*.case'):
        lint.need(own.stem in patients, f'own/{own.name}: no such patient')


def check_counts(lint, patients, staff, assignments, cards, units):
    lint.need(len(staff) >= 24, f'{len(staff)} staff, at least 24 promised')
    lint.need(len(patients) >= 120, f'{len(patients)} patients, at least 120 promised')
    per = [a['staff'] for a in assignments.values()]
    lint.need(set(per) == set(staff), 'somebody of the staff has no assignment')
    lint.need(sum(per.count(s) > 1 for s in staff) >= 3, 'too few with two assignments')
    for a in assignments.values():
        lint.need(a['unit'] in units and a['staff'] in staff, f'assignments.tsv {a["id"]}: unknown unit or staff')
    lint.need(len(cards) == 6, 'six training cards are promised')
    hsa = {s['hsa'] for s in staff.values()}
    commissions = {a['hsa'] for a in assignments.values()}
    for c in cards.values():
        lint.need(c['hsa'] in hsa and c['default_assignment'] in commissions and c['pin'] == '123456',
                  f'cards.tsv {c["card"]}: unknown person or assignment, or another PIN')
    protect = [p for p in patients.values() if 'protect=' in p['options']]
    lint.need(len(protect) >= 2, 'two patients with protected identity are promised')
    lint.need(any('resources=10000' in p['options'] for p in patients.values()), 'no patient with 10,000 resources')
    lint.need(any('deceased=' in p['options'] for p in patients.values()), 'no deceased patient')
    names = [(p['given'].split('*')[0], p['family'], p['unit']) for p in patients.values() if 'protect=' not in p['options']]
    lint.need(any(names.count(n) > 1 for n in names), 'no namesakes on one unit')


def check_tasks(lint, seed, patients, cases):
    tasks, _ = table(seed / 'tasks.tsv')
    for i in range(1, 21):
        lint.need(f'B{i:02}' in tasks, f'tasks.tsv: B{i:02} is missing')
    for t in tasks.values():
        for p in t['patients'].split():
            lint.need(p == '-' or p in patients, f'tasks.tsv {t["task"]}: no patient {p}')
    oberg = patients.get(tasks['B03']['patients'], {})
    lint.need(oberg.get('family') == 'Öberg' and oberg.get('id12', '').startswith('1948'), 'B03 is not Öberg, 1948')
    inbox = sum(f[0].endswith('!') and percent == 100 for p in patients.values() if p['pal'] == 'prac-lind'
                for name in p['cases'].split('+') for _, percent, f, _ in cases.get(name, []))
    lint.need(inbox == 15, f'B13 promises 15 results to acknowledge for Lind, there are {inbox}')


def main():
    root = Path(sys.argv[1] if len(sys.argv) > 1 else '.').resolve()
    seed, lint = root / 'data/seed', Lint()
    read = lambda name: table(seed / name)[0]
    units, staff, patients = read('units.tsv'), read('staff.tsv'), read('patients.tsv')
    drugs, labs = read('drugs.tsv'), read('labs.tsv')
    known = {row[1]: (row[0], row[2], row[3]) for row in
             (line.split('\t') for line in (root / 'data/test-identities.tsv').read_text(encoding='utf-8').splitlines()
              if line and not line.startswith('#'))}
    files = sorted((seed / 'cases').glob('*.case')) + sorted((seed / 'own').glob('*.case'))
    cases = {path.stem: statements(path) for path in files}
    for path in files:
        check_case(lint, path, drugs, labs, units, staff)
    check_patients(lint, seed, patients, units, staff, known, cases)
    check_counts(lint, patients, staff, read('assignments.tsv'), read('cards.tsv'), units)
    check_tasks(lint, seed, patients, cases)
    for row in read('diary.tsv').values():
        lint.need(row['actor'] in staff or row['actor'] in read('rooms.tsv'), f'diary.tsv {row["id"]}: nobody is {row["actor"]}')
    for row in table(seed / 'bookings.tsv')[1]:
        lint.need(row['patient'] in patients, f'bookings.tsv: no patient {row["patient"]}')
    print('\n'.join(lint.bad) if lint.bad else
          f'{len(staff)} staff, {len(patients)} patients, {len(files)} cases: in order')
    return 1 if lint.bad else 0


if __name__ == '__main__':
    sys.exit(main())
