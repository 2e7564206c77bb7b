#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Orders by line, by form, by a favourite and from a set: the keys that each takes, and what the core has afterwards.
Several orders on one line, one list to sign; a file of favourites that breaks and is put right."""
import os
from decimal import Decimal

from person import Person, check, insert_card, login, main, quit, row, sign_key
from story_order import B04, open_patient, orders

B05, B09 = 'pat-0047', 'pat-0051'
FORM = 2.5  # through the form at most so many times the keys of the line


def said(name, used, most):
    check(used <= most, f'{name} took {used} keys, at most {most}')
    return f'{name} {used}/{most}'


def ordering(p, home, patient):
    """From the chart; the keys are counted from here."""
    open_patient(p, home, patient)
    began = p.keys
    p.press('o')
    p.wait(r'^ o$')
    return began


def read_to_end(p):
    """A screen at a time, as it is read; the last line says that it can be signed."""
    while not p.has(r'^ F9 signs the orders that stand here'):
        before = p.screen()
        if p.has('^ Read to the last line'):
            p.press('<PgDn>')
            p.until(lambda: p.screen() != before, 'the next page')
        p.look(0.1)


def sign(p):
    """From the line or the form: to the list, all of it read, signed."""
    p.press('<Enter>')
    p.wait('Orders to sign')
    read_to_end(p)
    sign_key(p)


def new_ones(home, patient, substance, had):
    made = [m for m in orders(home, patient, substance) if m['id'] not in had]
    check(len(made) == 1, f'{len(made)} orders of {substance} on the core')
    return made[0]


def ids(home, patient):
    return {m['id'] for m in home.find(f'MedicationRequest?patient={patient}')}


def stop_all(home, patient, had):
    """What was ordered here is over, so that the same can be ordered again; all that there is now."""
    for m in home.find(f'MedicationRequest?patient={patient}&status=active'):
        if m['id'] not in had:
            home.ask('PUT', f'MedicationRequest/{m["id"]}', {**m, 'status': 'stopped'})
    return ids(home, patient)


def field(p, name, text=None):
    """Tab to the field that the form calls so, as somebody does who reads the labels; then types."""
    for _ in range(20):
        at = p.s.term.scr.cursor.y
        if row(p, at).lstrip('▌ ').startswith(name):
            break
        p.press('<Tab>')
        p.look(0.05)
    else:
        check(False, f'no field {name}')
    if text:
        p.type(text)
        p.look(0.05)


def by_form(p, *parts):
    p.press('<F4>')
    p.wait('Medicine')
    for name, text in parts:
        field(p, name, text)


# ---- B04: Alvedon 1 g once, now ----

def check_b04(home, had):
    m = new_ones(home, B04, 'paracetamol', had)
    dose = m['dosageInstruction'][0]
    check(dose['text'] == '2 tabletter (1 g) omedelbart, engångsdos', dose['text'])
    check(m['reasonCode'][0]['text'] in ('fot', 'smärta'), 'no ordinationsorsak')
    check(m['priority'] == 'stat' and dose['timing']['repeat']['count'] == 1, 'not once, now')
    check(dose['route']['coding'][0]['code'] == '26643006', 'not by mouth')
    check(any('vid rond' in n['text'] for n in m['note']), 'no follow-up')


def b04(p, home):
    """A favourite, with the signature; then the form."""
    had = ids(home, B04)
    began = ordering(p, home, B04)
    p.type('.al')
    p.wait(r'\.al .*Alvedon 1 g')
    p.press('<Enter>')
    p.wait(r'^ o  alvedon 1g po nu smärta')
    sign(p)
    figures = [said('B04 from a favourite', p.keys - began, 8)]
    check_b04(home, had)
    had = stop_all(home, B04, had)
    began = ordering(p, home, B04)
    by_form(p, ('Medicine', 'alved'), ('Route', 'o'), ('Dose', '1g'), ('When', 'nu'), ('Reason', 'fot'))
    p.wait('ordinationsorsak: fot')
    sign(p)
    figures.append(said('by form', p.keys - began, 22 * FORM))
    check_b04(home, had)
    return figures


# ---- B05: a taper ----

def check_b05(home, had):
    m = new_ones(home, B05, 'prednisolon', had)
    steps = m['dosageInstruction']
    doses = [Decimal(str(d['doseAndRate'][0]['doseQuantity']['value'])) for d in steps]
    days = [d['timing']['repeat']['boundsDuration']['value'] for d in steps]
    check(doses == [60, 50, 40, 30, 20, 10] and days == [2] * 6, f'{doses} {days}')
    check(sum(a * b for a, b in zip(doses, days)) == 420, 'not 420 mg in all')
    check(m['reasonCode'][0]['text'] == 'kol', 'no ordinationsorsak')
    check([d['sequence'] for d in steps] == [1, 2, 3, 4, 5, 6], 'not one after the other')


def b05(p, home):
    had = ids(home, B05)
    began = ordering(p, home, B05)
    p.type('predn 60mg -10/2d kol')
    p.wait('ordinationsorsak: kol')
    sign(p)
    figures = [said('B05', p.keys - began, 28)]
    check_b05(home, had)
    had = stop_all(home, B05, had)
    began = ordering(p, home, B05)
    by_form(p, ('Medicine', 'predn'), ('Dose', '60mg -10/2d'), ('Reason', 'kol'))
    p.wait('ordinationsorsak: kol')
    sign(p)
    figures.append(said('by form', p.keys - began, 28 * FORM))
    check_b05(home, had)
    return figures


# ---- B09: the medicines of an admission ----

MEDICINES = {
    'paracetamol': '2 tabletter (1 g) 4 gånger dagligen',
    'dalteparin': '5000 enheter kl 20 i 7 dagar',
    'natriumklorid': '1000 ml engångsdos på 12 timmar (83 ml/tim)',
}


def check_b09(home, had):
    for substance in ('paracetamol', 'dalteparin', 'natriumklorid'):
        m = new_ones(home, B09, substance, had)
        check(m['dosageInstruction'][0]['text'] == MEDICINES[substance], m['dosageInstruction'][0]['text'])
        check(m['status'] == 'active' and m['reasonCode'][0]['text'], 'no ordinationsorsak')


def b09(p, home):
    """Three medicines and a drip on one line, one signature; the same from a set."""
    had = ids(home, B09)
    began = ordering(p, home, B09)
    p.type('alved 1g x4 feber;fragm 5000E kl 20 i 7d immob;natriumk 1000ml iv på 12 tim vätska')
    p.wait('3 orders on the line')
    sign(p)
    figures = [said('B09 medicines', p.keys - began, 90)]
    check_b09(home, had)
    had = stop_all(home, B09, had)
    began = ordering(p, home, B09)
    p.type('.insk')
    p.wait(r'\.inskrivning')
    p.press('<Enter>')
    p.wait('3 orders on the line')
    sign(p)
    figures.append(said('from a set', p.keys - began, 90))
    check_b09(home, had)
    had = stop_all(home, B09, had)
    open_patient(p, home, B09)
    began = p.keys
    for parts in ((('Medicine', 'alved'), ('Dose', '1g'), ('When', 'x4'), ('Reason', 'feber')),
                  (('Medicine', 'fragm'), ('Dose', '5000E'), ('When', 'kl 20'), ('Stop', '7d'), ('Reason', 'immob')),
                  (('Medicine', 'natriumk'), ('Dose', '1000ml'), ('When', 'på 12 tim'), ('Reason', 'vätska'))):
        p.press('o')
        p.wait(r'^ o$')
        by_form(p, *parts)
        p.wait(f'ordinationsorsak: {parts[-1][1]}')
        p.press('<Enter>')
        p.wait('Orders to sign')
        if parts[-1][1] != 'vätska':
            p.press('<Esc>')
            p.look(0.2)
            if p.has('^ *Orders to sign|As it will be signed'):
                p.press('<Esc>')
                p.look(0.2)
    read_to_end(p)
    sign_key(p)
    figures.append(said('by form', p.keys - began, 90 * FORM))
    check_b09(home, had)
    return figures


# ---- a line that is not whole, a file that breaks ----

def unfinished(p, home):
    """What a line lacks keeps only that order back; it is gone on with from the list."""
    had = ids(home, B04)
    ordering(p, home, B04)
    p.type('omep 20mg x1 ulcus; sertralin x1 depression')
    p.wait('2 orders on the line')
    p.press('<Enter>')
    p.wait('1 unfinished order')
    read_to_end(p)
    sign_key(p)
    new_ones(home, B04, 'omeprazol', had)
    check(not [m for m in orders(home, B04, 'sertralin') if m['id'] not in had], 'an order without a dose was signed')
    p.wait('1 unfinished order')
    p.press('<Enter>')
    p.wait(r'^ o  sertralin x1 depression')
    p.press('<C-u>')
    p.press('<Esc>')


def own_file(p, home):
    """One's own favourites are read when a name is typed; a broken one is told and used as it was."""
    folder = home.path('config/orders')
    os.makedirs(folder, exist_ok=True)

    def put(text):
        with open(os.path.join(folder, 'egna.orders'), 'w', encoding='utf-8') as f:
            f.write(text)

    def becomes(name, line):
        ordering(p, home, B04)
        p.type('.' + name)
        p.wait('Favourite')
        p.press('<Enter>')
        p.wait('^ o  ' + line)
        p.press('<C-u>')
        p.press('<Esc>')

    put('.vt  Värktablett\nipren 400mg x3 fot\n')
    becomes('vt', 'ipren 400mg x3 fot')
    put('.vt  Värktablett\nipren 400mg x3 7q\n')
    ordering(p, home, B04)
    p.type('.vt')
    p.wait('egna.orders:1')
    p.wait('Used as it was')
    p.press('<Enter>')
    p.wait('^ o  ipren 400mg x3 fot')
    p.press('<C-u>')
    p.press('<Esc>')
    put('.vt  Värktablett\nipren 200mg x3 fot\n')
    becomes('vt', 'ipren 200mg x3 fot')


def story(home, a):
    with Person(home, env={'LANGUAGE': 'en'}) as p:
        p.wait('Eva Lind', 60)
        insert_card(home)
        login(p)
        figures = b04(p, home) + b05(p, home) + b09(p, home)
        unfinished(p, home)
        own_file(p, home)
        quit(p)
    return ', '.join(figures)


if __name__ == '__main__':
    main({'sets': story})
