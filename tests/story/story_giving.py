#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Giving medicines: B12, the 08:00 round at bed 12-4, six doses, one refused, by keys and with a scanner; two who give
the same dose. The end state is read from the core."""
import csv
import os

from person import PIN, PIN_ASKED, SOURCE, Person, check, insert_card, main, quit, sign_key

CARD = 'sjuksköterska'
PATIENT, NUMBER = 'pat-0004', '19430328-2398'
KEYS, SCANNED = 16, 4
NAMES = ['acetylsalicylsyra', 'enalapril', 'fenoximetylpenicillin', 'furosemid', 'metoprolol', 'paracetamol']
RECEIPT = r'^ (Signerat|Signed).*\d dos'


def login_nurse(p, home):
    insert_card(home, CARD)
    p.wait(PIN_ASKED)
    p.type(PIN)
    p.press('<Enter>')
    p.wait(r'1  VoB Medicin avd 3')
    p.press('1')
    p.wait('19401127-9090')


def due_list(p):
    p.press('g', 'd')
    p.wait(r'^ .*98 (nu|due), ')
    p.look(0.5)


def given(home):
    """By the substance of the order: a package has its brand."""
    orders = {o['id']: o['medicationCodeableConcept']['text'] for o in home.find(f'MedicationRequest?patient={PATIENT}')}
    found = home.find(f'MedicationAdministration?patient={PATIENT}')
    return {orders[a['request']['reference'].split('/')[1]].split()[0].lower(): a for a in found}


def check_round(home, refused):
    """Five given, one not, of the planned doses of 08:00, by her who was logged in."""
    nurse = 'Practitioner/' + next(r['id'] for r in home.find('Practitioner?name=Nyman'))
    doses = given(home)
    check(sorted(doses) == NAMES, f'{sorted(doses)}')
    for name, a in doses.items():
        check(a['status'] == ('not-done' if name == refused else 'completed'), f'{name} is {a["status"]}')
        check(('statusReason' in a) == (name == refused), f'{name}: reason {a.get("statusReason")}')
        check(a['performer'][0]['actor']['reference'] == nurse, f'{name}: by {a["performer"]}')
        check(a['effectiveDateTime'].startswith('2026-11-10T08:0'), f'{name}: at {a["effectiveDateTime"]}')
        key = next(i['value'] for i in a['identifier'] if i['system'] == 'urn:rond:dose')
        check(key == a['request']['reference'].split('/')[1] + '/2026-11-10T08:00', f'{name}: {key}')
        check(('dosage' in a) == (name != refused), f'{name}: dosage')
    check(doses[refused]['statusReason'][0]['coding'][0]['code'] == 'refused', 'another reason')


def review_and_sign(p, n):
    p.wait(rf'^ {n} (doser|doses)')
    p.press('<F9>')
    p.wait(r'^ F9 sign')
    sign_key(p, RECEIPT)


def b12(home, a):
    """Space for each, a1 for the last."""
    with Person(home) as p:
        login_nurse(p, home)
        due_list(p)
        began = p.keys
        for k in '124':
            p.press(k)
        p.wait(r'^▌ 12-4')
        p.press('<Enter>')
        p.wait(r'^▌ 08:00')
        for n in range(5):
            p.press(' ')
            p.wait(rf'^ {n + 1} (dos|dose)')
        p.press('a', '1')
        review_and_sign(p, 6)
        used = p.keys - began
        check_round(home, 'paracetamol')
        check(used <= KEYS, f'{used} keys, at most {KEYS}')
        quit(p)
    return f'B12 {used}/{KEYS} keys, 5 given and 1 not'


def gtin(home, name):
    """The package of the training list that the order is of."""
    packs = {r[1]: r[0] for r in csv.reader(open(os.path.join(SOURCE, 'data/giving/packs.tsv'), encoding='utf-8'), delimiter='\t') if len(r) == 2}
    orders = home.find(f'MedicationRequest?patient={PATIENT}&status=active')
    drug = next(o['medicationCodeableConcept'] for o in orders if o['medicationCodeableConcept']['text'].lower().startswith(name))
    text, code = drug['text'], drug['coding'][0]['code']
    for r in csv.reader(open(os.path.join(SOURCE, 'data/drugs/products.tsv'), encoding='utf-8'), delimiter='\t'):
        if len(r) > 8 and r[3] == code and f'{r[5]} {r[6].replace(".", ",")} {r[7]}' in text:
            return packs[r[0]]
    check(False, f'no package of {text}')


def b12_scanned(home, a):
    """The wristband at the due list, a package for each; what the scanner types is no key of hers."""
    with Person(home) as p:
        login_nurse(p, home)
        due_list(p)
        began = p.keys
        p.type(NUMBER.replace('-', '') + '\r')
        p.wait(r'^. 08:00')
        for n, name in enumerate(NAMES[:5]):
            p.type(gtin(home, name) + '\r')
            p.wait(rf'^ {n + 1} (dos|dose)')
        scanned = p.keys - began
        p.press('a', '1')
        review_and_sign(p, 6)
        used = p.keys - began - scanned
        check_round(home, 'paracetamol')
        check(used <= SCANNED, f'{used} keys, at most {SCANNED}')
        quit(p)
    return f'B12 {used}/{SCANNED} keys beside the scanner'


def twice(home, a):
    """Another nurse gives the same dose while the review stands on the screen: hers stands, and this one is told."""
    with Person(home) as p:
        login_nurse(p, home)
        due_list(p)
        for k in '124':
            p.press(k)
        p.press('<Enter>')
        p.wait(r'^▌ 08:00')
        p.press(' ')
        p.wait(r'^ 1 (dos|dose)')
        p.press('<F9>')
        p.wait(r'^ F9 sign')
        order = next(o for o in home.find(f'MedicationRequest?patient={PATIENT}&status=active')
                     if o['medicationCodeableConcept']['text'].startswith('Acetylsalicylsyra'))
        made = {'resourceType': 'MedicationAdministration', 'status': 'completed', 'subject': order['subject'],
                'identifier': [{'system': 'urn:rond:dose', 'value': order['id'] + '/2026-11-10T08:00'}],
                'medicationCodeableConcept': order['medicationCodeableConcept'], 'effectiveDateTime': '2026-11-10T07:59:00+01:00',
                'performer': [{'actor': {'reference': 'Practitioner/prac-berg', 'display': 'Berg Helena, sjuksköterska'}}],
                'request': {'reference': 'MedicationRequest/' + order['id']}}
        home.ask('POST', 'MedicationAdministration', made)
        sign_key(p, r'REDAN GIVEN|ALREADY GIVEN')
        p.look(0.5)
        check(len(home.find(f'MedicationAdministration?patient={PATIENT}')) == 1, 'it was given twice')
        check(p.has('Berg'), 'not told by whom')
        quit(p)
    return 'given once, the other is told'


if __name__ == '__main__':
    main({'b12': b12, 'b12-scanned': b12_scanned, 'twice': twice})
