#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of medicines and what is done with its orders: renewed, paused, begun again, changed, stopped, struck. The
end states are read from the core."""
from person import Person, check, insert_card, login, main, quit, sign_key
from story_order import SIGNER, open_patient

B11 = 'pat-0097'


def substance(m):
    return next(c['display'] for c in m['medicationCodeableConcept']['coding'] if 'display' in c)


def held(home, patient):
    return home.find(f'MedicationRequest?patient={patient}&_count=200')


def active(home, patient):
    return [m for m in held(home, patient) if m['status'] == 'active']


def read_on(p):
    for _ in range(9):
        p.until(lambda: not p.has('Wait: the checks'), 'the checks')
        if p.has('F9 signs the orders'):
            return
        p.press('<PgDn>')
        p.look(0.2)
    p.wait('F9 signs the orders', 1)


def renewed(p, home):
    """B11: three of nine, at most ten keys from the chart; three new orders that name the old ones, which are ended."""
    open_patient(p, home, B11)
    before = {m['id']: m for m in active(home, B11)}
    check(len(before) == 9, f'{len(before)} medicines to begin with')
    began = p.keys
    p.press('l')
    p.wait('ACTIVE')
    p.wait('Glyceryl')
    for i in range(3):
        p.press('<Space>')
        p.wait(r'✓')
        if i < 2:
            p.press('<Down>')
    p.press('+')
    p.wait('Orders to sign: 3')
    p.wait(r'^ (F9 sign|Read to|Give the|Wait)')
    read_on(p)
    sign_key(p)
    used = p.keys - began
    check(used <= 10, f'B11 took {used} keys, at most 10')
    after = held(home, B11)
    new = [m for m in after if m['status'] == 'active' and m['id'] not in before]
    check(len(new) == 3 and len(active(home, B11)) == 9, f'{len(new)} new, {len(active(home, B11))} active')
    for m in new:
        old = before[m['priorPrescription']['reference'].split('/')[1]]
        now = next(x for x in after if x['id'] == old['id'])
        check(old['medicationCodeableConcept']['coding'][0]['code'] == m['medicationCodeableConcept']['coding'][0]['code'],
              'the new one names another medicine')
        check(now['status'] == 'completed' and now['statusReason']['text'] == 'förnyad', f'the old one is {now["status"]}')
        check(m['requester']['reference'] == SIGNER and m['category'] == old['category'], 'by somebody else, or elsewhere')
        check('quantity' in m['dispenseRequest'], 'nothing for the pharmacy to dispense')
        check(m['reasonCode'][0]['text'] == old['reasonCode'][0]['text'], 'another reason')
    return f'B11 {used} keys'


def at(p, home, name):
    """To the row of @name in the list, from the chart; the order that it is."""
    p.press('l')
    p.wait('ACTIVE|PAUSED')
    p.press('<Home>')
    for _ in range(14):
        if p.has(r'^(▌|>).{0,6}' + name):
            return next(m for m in active(home, B11) + held(home, B11) if m['status'] in ('active', 'on-hold')
                        and substance(m).startswith(name.lower()))
        p.press('<Down>')
        p.look(0.1)
    check(False, f'no row of {name}')


def signed(p):
    p.wait('Orders to sign: 1')
    read_on(p)
    sign_key(p, receipt=r'^ (Signed|Signerat) .* version')


def state(home, m):
    return home.ask('GET', f'MedicationRequest/{m["id"]}')


def paused(p, home):
    """With reason and last day; then begun again."""
    m = at(p, home, 'Metformin')
    p.press(',')
    p.wait('Pause: Metformin')
    p.press('<Enter>')
    p.wait('Paused until')
    p.type('2026-11-20')
    p.press('<Enter>')
    signed(p)
    now = state(home, m)
    check(now['status'] == 'on-hold' and now['statusReason']['text'] == 'inför operation eller undersökning', 'not paused')
    check(any(e.get('valueDate') == '2026-11-20' for e in now['extension']), 'no last day')
    check(now['dosageInstruction'] == m['dosageInstruction'], 'the dose is another')
    at(p, home, 'Metformin')
    p.press('.')
    signed(p)
    now = state(home, m)
    check(now['status'] == 'active' and 'statusReason' not in now, 'not begun again')
    check(not any('valueDate' in e for e in now.get('extension', [])), 'its last day is left')
    return 'paused and resumed'


def stopped(p, home):
    """One at a time: with marks on two nothing is asked."""
    p.press('l')
    p.wait('ACTIVE')
    p.press('<End>', '<Up>', '<Up>', '<Up>')
    p.look(0.2)
    m = at(p, home, 'Omeprazol')
    p.press('<Space>', '<Up>', '<Space>')
    p.look(0.2)
    p.press('å')
    p.wait('One at a time')
    p.press('<Space>', '<Down>', '<Space>')
    p.look(0.2)
    p.press('å')
    p.wait('Stop: Omeprazol')
    p.press('<Down>', '<Enter>')
    signed(p)
    now = state(home, m)
    check(now['status'] == 'stopped' and now['statusReason']['text'] == 'biverkning', 'not stopped')
    check(now['statusReason']['coding'][1]['code'] == 'sintol', 'no code')
    return 'stopped'


def changed(p, home):
    """The line of the old order, typed on: one new order in its place."""
    m = at(p, home, 'Sitagliptin')
    p.press('ä')
    p.wait('Change: Sitagliptin')
    p.wait('sitagliptin tablett 100 mg, oralt')
    p.press('<End>')
    p.type(' 7d')
    p.wait('7 dagar|ASK|two')
    p.press('<C-u>')
    p.type('sitagliptin 50mg x1 diabetes')
    p.wait('1 tablett .50 mg.')
    p.press('<Enter>')
    signed(p)
    old, new = state(home, m), [x for x in active(home, B11) if substance(x) == 'sitagliptin']
    check(old['status'] == 'stopped' and old['statusReason']['text'] == 'ersatt av ändrad ordination', 'the old one goes on')
    check(len(new) == 1 and new[0]['priorPrescription']['reference'].endswith(m['id']), 'not one new one in its place')
    return 'changed'


def story(home, a):
    with Person(home, env={'LANGUAGE': 'en'}) as p:
        p.wait('Eva Lind', 60)
        insert_card(home)
        login(p)
        said = [part(p, home) for part in (renewed, paused, stopped, changed)]
        quit(p)
    return ', '.join(said)


if __name__ == '__main__':
    main({'med': story})
