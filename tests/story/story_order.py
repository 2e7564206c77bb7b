#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ordering a medicine: the line, its reading, the list to sign, warnings that need a reason. The
orders are read back from the core."""
from person import (FIND, OBERG, PIN_ASKED, Person, check, insert_card, login, main, open_hit, open_oberg, quit, row,
                    sign_key, unlock, wait_chart)

B04 = 'pat-0046'
SIGNER = 'Practitioner/prac-lind'


def orders(home, patient, substance):
    return [m for m in home.find(f'MedicationRequest?patient={patient}&status=active')
            if any(c.get('display') == substance for c in m['medicationCodeableConcept'].get('coding', []))]


def open_patient(p, home, patient):
    """By the number; returns it as the chart shows it."""
    resource = home.ask('GET', f'Patient/{patient}')
    number = next(i['value'] for i in resource['identifier'] if len(i['value'].replace('-', '')) == 12).replace('-', '')
    shown = f'{number[:8]}-{number[8:]}'
    p.press('/')
    p.wait(FIND)
    p.type(number)
    open_hit(p, shown)
    return shown


def read_to_end(p):
    while not p.has(r'^ F9 sign'):
        p.press('<PgDn>')
        p.look(0.1)


def b04(p, home):
    """Alvedon 1 g by mouth, once, now, for the foot: at most 22 keys from the chart."""
    open_patient(p, home, B04)
    before = orders(home, B04, 'paracetamol')
    began = p.keys
    p.press('o')
    p.wait(r'^ o$')
    p.type('alved 1g po nu fot')
    p.wait('ordinationsorsak: fot')
    p.press('<Enter>')
    p.wait(r'^ F9 sign')
    sign_key(p)
    used = p.keys - began
    check(used <= 22, f'B04 took {used} keys, at most 22')
    made = [m for m in orders(home, B04, 'paracetamol') if m['id'] not in [o['id'] for o in before]]
    check(len(made) == 1, f'{len(made)} orders on the core')
    m = made[0]
    dose = m['dosageInstruction'][0]
    check(m['status'] == 'active' and m['intent'] == 'order' and m['priority'] == 'stat', 'not an order for now')
    check(m['requester']['reference'] == SIGNER, 'ordered by somebody else')
    check(m['reasonCode'][0]['text'] == 'fot', 'no ordinationsorsak')
    check(dose['doseAndRate'][0]['doseQuantity']['value'] == 1 and dose['doseAndRate'][0]['doseQuantity']['code'] == 'g', 'not 1 g')
    check(dose['timing']['repeat']['count'] == 1 and 'event' in dose['timing'], 'not a single dose')
    check(dose['route']['coding'][0]['code'] == '26643006', 'not by mouth')
    check(dose['text'] == '2 tabletter (1 g) omedelbart, engångsdos', dose['text'])
    check(any('vid rond' in n['text'] for n in m['note']), 'no follow-up')
    proofs = home.find(f'Provenance?target=MedicationRequest/{m["id"]}')
    check(len(proofs) == 1 and proofs[0]['agent'][0]['who']['reference'] == SIGNER, 'no Provenance of the signer')
    return f'B04 {used}/22'


def ambiguous(p, home):
    """A beginning that fits several is never resolved by Enter alone, and what is typed survives a lock."""
    open_oberg_from_anywhere(p)
    p.press('o')
    p.wait(r'^ o$')
    p.type('met 50mg x1 hypertoni')
    p.wait('metoPROLOL')
    p.press('<Enter>')
    p.look(0.2)
    check('met 50mg' in row(p, 3), 'Enter chose a medicine that nobody had looked at')
    p.press('<F10>')
    p.wait(PIN_ASKED)
    check('hypertoni' not in p.screen(), 'an order on the lock screen')
    insert_card(home)
    unlock(p)
    p.wait('met 50mg x1 hypertoni')
    p.press('<Down>', '<Down>', '<Down>', '<Enter>')
    p.wait(r'^ o  metoprolol 50mg x1 hypertoni')
    p.press('<C-u>')
    p.press('<Esc>')


def open_oberg_from_anywhere(p):
    p.press('h')
    p.wait('19401127-9090')
    open_oberg(p)


def stop(p, home):
    """Penicillin to somebody who may die of it: a typed reason, kept with the order."""
    open_oberg_from_anywhere(p)
    p.press('o')
    p.wait(r'^ o$')
    p.type('kåv 1g x3 i 7d tonsillit')
    p.wait(r'STOP')
    p.press('<Enter>')
    p.wait(r'r .*stop')
    p.look(0.35)
    p.press('<F9>', '1', '<F9>')  # a stop is not answered with one key
    p.look(0.5)
    check(not orders(home, OBERG[0], 'fenoximetylpenicillin'), 'signed without a reason')
    p.press('r')
    p.wait('another reason')
    p.press('<Down>', '<Enter>')  # has been tolerated before: and then in words
    p.wait('in words')
    p.press('<Enter>')  # no words are no reason
    p.look(0.35)
    p.press('<F9>')
    p.look(0.35)
    check(not orders(home, OBERG[0], 'fenoximetylpenicillin'), 'a stop answered from the list alone')
    p.press('r')
    p.wait('another reason')
    p.press('<Down>', '<Enter>')
    p.wait('in words')
    p.type('tålt vid provokation')
    p.press('<Enter>')
    p.wait('tålt vid provokation')
    read_to_end(p)
    sign_key(p)
    made = orders(home, OBERG[0], 'fenoximetylpenicillin')
    check(len(made) == 1, f'{len(made)} orders on the core')
    m = made[0]
    check(m['contained'][0]['mitigation'][0]['action']['text'] == 'har tålts tidigare: tålt vid provokation', 'the reason is not there')
    check(m['detectedIssue'][0]['reference'] == '#' + m['contained'][0]['id'], 'the warning is not pointed at')
    check(any('tålt vid provokation' in n['text'] for n in m['note']), 'the reason is not in the note')
    check(m['dosageInstruction'][0]['timing']['repeat']['boundsDuration']['value'] == 7, 'not seven days')


def blind(p, home):
    """Typed ahead: nothing of it signs."""
    open_oberg_from_anywhere(p)
    p.press('o')
    p.wait(r'^ o$')
    p.type('citalopram 20mg x1 depression')
    blind = p.blindly('<Enter>', '<F9>', '<F9>', '<Enter>', '<F9>')
    p.look(1.0)
    check(not blind or not orders(home, OBERG[0], 'citalopram'), 'a key typed ahead signed')


def story(home, a):
    with Person(home, env={'LANGUAGE': 'en'}) as p:
        p.wait('Eva Lind', 60)
        insert_card(home)
        login(p)
        said = b04(p, home)
        ambiguous(p, home)
        stop(p, home)
        blind(p, home)
        quit(p)
    return said


if __name__ == '__main__':
    main({'order': story})
