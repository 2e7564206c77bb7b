#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measurements: B17, six patients in a row from the ward's list, by the line and by the form; what is
questioned, what is corrected, what survives a lock. The end state is read from the core."""
from decimal import Decimal

from person import PIN, PIN_ASKED, Person, check, insert_card, main, open_oberg, quit, row, sign_key, unlock

CARD = 'undersköterska'
PATIENTS = [f'pat-{n:04}' for n in range(5, 11)]
BUDGET, FORM_TIMES = 32, 2.5
# line, hour and minute, the values in the order AF, SpO2, oxygen, systolic, diastolic, pulse, temperature, level
SETS = [
    ('24 92/2l 104/62 112 38,4a 710', '07:10', (24, 92, 2, 104, 62, 112, '38.4', 'A')),
    ('18 96 l 128/74 78 36,8 a 7:14', '07:14', (18, 96, 0, 128, 74, 78, '36.8', 'A')),
    ('22 89/1l 141/80 94 37,1a 719', '07:19', (22, 89, 1, 141, 80, 94, '37.1', 'A')),
    ('16 97 l 119/70 61 36,5 a 7:23', '07:23', (16, 97, 0, 119, 70, 61, '36.5', 'A')),
    ('17 95 l 152/88 83 37,0 c 7:27', '07:27', (17, 95, 0, 152, 88, 83, '37.0', 'C')),
    ('20 94 l 99/58 104 38,9 v 7:31', '07:31', (20, 94, 0, 99, 58, 104, '38.9', 'V')),
]


def news2(values):
    """The sum by the published chart, scale 1; written down here a second time on purpose."""
    af, sat, oxygen, systolic, _, pulse, temperature, level = values
    t = Decimal(temperature)
    return ((3 if af <= 8 else 1 if af <= 11 else 0 if af <= 20 else 2 if af <= 24 else 3)
            + (3 if sat <= 91 else 2 if sat <= 93 else 1 if sat <= 95 else 0)
            + (2 if oxygen else 0)
            + (3 if systolic <= 90 else 2 if systolic <= 100 else 1 if systolic <= 110 else 0 if systolic <= 219 else 3)
            + (3 if pulse <= 40 else 1 if pulse <= 50 else 0 if pulse <= 90 else 1 if pulse <= 110 else 2 if pulse <= 130 else 3)
            + (3 if t <= 35 else 1 if t <= 36 else 0 if t <= 38 else 1 if t <= 39 else 2)
            + (0 if level == 'A' else 3))


def code(o):
    return o['code']['coding'][0]['code']


def made(home, patient, before):
    return [o for o in home.find(f'Observation?patient={patient}&category=vital-signs&_sort=-_lastUpdated') if o['id'] not in before]


def check_set(home, patient, before, at, values, author):
    """Seven Observations: the values, when they were measured, when and by whom written, each with its Provenance."""
    new = {code(o): o for o in made(home, patient, before)}
    check(len(new) == 7 == len(made(home, patient, before)), f'{patient}: {sorted(new)} are new')
    af, sat, oxygen, systolic, diastolic, pulse, temperature, level = values
    for c, value in (('9279-1', af), ('2708-6', sat), ('3151-8', oxygen), ('8867-4', pulse), ('8310-5', temperature)):
        check(Decimal(str(new[c]['valueQuantity']['value'])) == Decimal(str(value)), f'{patient}: {c} is {new[c]["valueQuantity"]}')
    parts = {code(p): p['valueQuantity']['value'] for p in new['85354-9']['component']}
    check(parts == {'8480-6': systolic, '8462-4': diastolic}, f'{patient}: BP is {parts}')
    check(new['67775-7']['valueCodeableConcept']['text'].startswith(level + ' '), f'{patient}: not {level}')
    for o in new.values():
        check(o['subject']['reference'] == f'Patient/{patient}', f'{o["subject"]} on {patient}')
        check(o['status'] == 'final' and o['effectiveDateTime'].startswith(f'2026-11-10T{at}'), f'{patient}: {o["effectiveDateTime"]}')
        check(o['issued'] > o['effectiveDateTime'] and o['issued'].startswith('2026-11-10T08:'), f'{patient}: issued {o["issued"]}')
        check(o['performer'][0]['reference'] == author, f'{patient}: performer {o["performer"]}')
        check('encounter' in o, f'{patient}: no encounter')
        check(len(home.find(f'Provenance?target=Observation/{o["id"]}')) == 1, f'{patient}: no Provenance')


def login_nurse(p, home):
    insert_card(home, CARD)
    p.wait(PIN_ASKED)
    p.type(PIN)
    p.press('<Enter>')
    p.wait('19401127-9090')


def by_line(p, n):
    p.type(SETS[n][0])


def by_form(p, n):
    """Each value in its field, told apart by nothing but their labels."""
    af, sat, oxygen, systolic, diastolic, pulse, temperature, level = SETS[n][2]
    p.press('<F4>')
    p.wait(r'^. AF|^. Resp')
    for part in (af, sat, oxygen or 'luft', f'{systolic}/{diastolic}', pulse, temperature.replace('.', ','), level.lower()):
        p.type(str(part))
        p.press('<Tab>')
    p.type(SETS[n][1])


def six(p, home, write, budget):
    """From the list, one after the other: the row, v, what was measured, the signing key. Returns the keys of each."""
    author = 'Practitioner/' + next(r['id'] for r in home.find('Practitioner?name=Dahl'))
    used = []
    all_before = {o['id'] for patient in PATIENTS for o in made(home, patient, ())}
    for n, patient in enumerate(PATIENTS):
        began = p.keys
        if n:
            p.press('<Down>')
        number = next(i['value'] for i in home.ask('GET', f'Patient/{patient}')['identifier'] if len(i['value'].replace('-', '')) == 12)
        number = number.replace('-', '')
        shown = f'{number[:8]}-{number[8:]}'
        p.wait(rf'^▌.*{shown}')
        p.press('v')
        p.until(lambda: shown in row(p, 1) and p.has(r'^ v$'), f'the line of {patient}')
        p.wait(r'^  Andningsfrekvens')  # the last values have come
        write(p, n)
        total = news2(SETS[n][2])
        p.wait(rf'NEWS2 {total}, ')
        p.wait(r'^ F9 sign')
        sign_key(p, rf'^ Signe.*NEWS2 {total}, .*{shown}')
        p.wait(rf'^▌.*{shown} +\d+ +{total}\b')  # back on the list, on the same row, with the new sum
        used.append(p.keys - began)
        check(used[-1] <= budget, f'{patient} took {used[-1]} keys, at most {budget}')
    for n, patient in enumerate(PATIENTS):
        check_set(home, patient, all_before, SETS[n][1], SETS[n][2], author)
    return used


def b17(home, a):
    with Person(home) as p:
        p.wait('PIN|Lind', 60)
        login_nurse(p, home)
        used = six(p, home, by_line, BUDGET)
        check_nobody_else(home)
        quit(p)
    return 'B17 ' + ' '.join(map(str, used)) + f'/{BUDGET} keys, {len(used)} of {len(PATIENTS)}, 0 on another patient'


def b17_form(home, a):
    budget = int(BUDGET * FORM_TIMES)
    with Person(home, size=(132, 43)) as p:
        p.wait('PIN|Lind', 60)
        login_nurse(p, home)
        used = six(p, home, by_form, budget)
        check_nobody_else(home)
        quit(p)
    return 'B17 by the form ' + ' '.join(map(str, used)) + f'/{budget} keys'


def check_nobody_else(home):
    """All that came to the core since its hospital was made is about the six."""
    came, _ = home.came()
    about = [r['subject']['reference'] for r in came if r['resourceType'] == 'Observation']
    check(len(about) == 7 * len(PATIENTS) and set(about) == {f'Patient/{p}' for p in PATIENTS}, f'on {sorted(set(about))}')


def unlikely(home, a):
    """62/104 and 384: questioned, confirmed one by one; nothing is signed before; a lock keeps the line."""
    with Person(home) as p:
        p.wait('PIN|Lind', 60)
        login_nurse(p, home)
        open_oberg(p)
        p.press('v')
        p.wait(r'^ v$')
        p.wait(r'^  Andningsfrekvens')
        p.type('24 92/2l 62/104 112 384 a')
        p.wait('384!')
        p.look(0.4)
        p.press('<F9>')
        p.look(0.4)
        check(not [r for r in home.came()[0] if r['resourceType'] == 'Observation'], 'an unlikely value was signed unasked')
        p.press('<F10>')
        p.wait(PIN_ASKED)
        check('62/104' not in p.screen(), 'measurements on the lock screen')
        insert_card(home, CARD)
        unlock(p)
        p.wait(r'^ v  24 92/2l 62/104 112 384 a')
        for value in ('62/104!', '384!'):
            p.press('<Enter>')
            p.wait('Stämmer det|Is it so')
            p.press('j' if p.has('Stämmer') else 'y')
            p.wait(rf'^ v .*{value}')
        p.wait(r'^ F9 sign')
        sign_key(p, r'^ Signe')
        new = {code(o): o for o in home.came()[0] if o['resourceType'] == 'Observation'}
        check(len(new) == 7, f'{len(new)} values')
        check(new['8310-5']['valueQuantity']['value'] == 384 and 'bekräftat' in new['8310-5']['note'][0]['text'], 'temp 384')
        check('note' not in new['9279-1'], 'a likely value is marked as confirmed')
        quit(p)


def correct(home, a):
    """Typed wrong: corrected with its reason, then another one struck; every version can be read."""
    with Person(home) as p:
        p.wait('PIN|Lind', 60)
        login_nurse(p, home)
        open_oberg(p)
        p.press('v')
        p.wait(r'^ v$')
        p.wait(r'^  Andningsfrekvens')
        p.type('af 42 p 112 7:50')
        p.wait(r'^ F9 sign')
        sign_key(p, r'^ Signe.*2 ')
        p.press('m')
        p.wait(r'^. AF .*42')
        while not p.has(r'^▌ AF'):
            p.press('<Down>')
        p.press('f')
        p.wait(r'(Rättar|Corrects) Andningsfrekvens 42')
        p.type('24')
        p.look(0.4)
        p.press('<F9>')
        p.look(0.3)
        new = [o for o in home.came()[0] if o['resourceType'] == 'Observation']
        check(all(o['status'] == 'final' for o in new), 'corrected without a reason')
        p.type(' skäl felskrivet')
        p.wait(r'^ F9 sign')
        sign_key(p, r'^ (Rättat|Corrected).*version 2')
        p.wait(r'^. AF .*42', gone=True)  # the corrected value has come
        p.press('i')
        p.wait('Rättat från 42 /min till 24 /min. Skäl: felskrivet')
        p.press('<Esc>')
        p.press('<Del>')
        p.wait(r'(Makulerar|Strikes) Andningsfrekvens 24')
        p.type('fel patient')
        p.wait(r'^ F9 sign')
        sign_key(p, r'^ (Makulerat|Struck).*version 3')
        breaths = [o for o in home.came()[0] if o['resourceType'] == 'Observation' and code(o) == '9279-1']
        breaths.sort(key=lambda o: int(o['meta']['versionId']))
        check([(o['status'], o['valueQuantity']['value']) for o in breaths] ==
              [('final', 42), ('corrected', 24), ('entered-in-error', 24)], f'versions {breaths}')
        check(breaths[0]['id'] == breaths[2]['id'] and len(breaths[2]['note']) == 2, 'not one measurement with two notes')
        check(breaths[1]['effectiveDateTime'] == breaths[0]['effectiveDateTime'], 'the time moved')
        proofs = home.find(f'Provenance?target=Observation/{breaths[0]["id"]}')
        why = sorted(p['reason'][0]['text'] for p in proofs if 'reason' in p)
        check(why == ['fel patient', 'felskrivet'], f'reasons in the Provenances: {why}')
        quit(p)


if __name__ == '__main__':
    main({'b17': b17, 'b17-form': b17_form, 'unlikely': unlikely, 'correct': correct})
