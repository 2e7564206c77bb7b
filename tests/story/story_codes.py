#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Överkänslighet and uppmärksamhetssignaler written, changed, questioned and struck; what an order is told of them
at once. Diagnoses of the visit and of the problem list. The end state is read from the core."""
from person import PIN, PIN_ASKED, Person, check, insert_card, main, open_oberg, quit, sign_key, unlock

OBERG = '19480930-1551'


def login(p, home):
    insert_card(home, 'läkare')
    p.wait(PIN_ASKED)
    p.type(PIN)
    p.press('<Enter>')
    p.wait('1  VoB Medicin')
    p.press('<Enter>')
    p.wait('19401127-9090')


def of_type(home, kind):
    """What came of a type, each version, the oldest first."""
    came = [r for r in home.came()[0] if r['resourceType'] == kind]
    return sorted(came, key=lambda r: (r['id'], int(r['meta']['versionId'])))


def code(r, element='code'):
    return r[element]['coding'][0]['code']


def has_provenance(home, r):
    return len(home.find(f'Provenance?target={r["resourceType"]}/{r["id"]}'))


def open_alerts(p):
    p.press('u')
    p.wait(r'^. penicillin V')


def order_is_told(p, line, wanted):
    """The checks of an order, nothing signed."""
    p.press('o')
    p.type(line)
    p.wait(wanted)
    p.press('<C-u>')
    p.press('<Esc>')


def add(home, a):
    """A group of medicines: written, told to the next order at once, nothing set by itself."""
    with Person(home) as p:
        p.wait('PIN|Lind', 60)
        login(p, home)
        patient = open_oberg(p)
        open_alerts(p)
        p.press('+')
        p.wait('As it will be signed|Så här signeras det')
        began = p.keys
        p.type('nsaid, magblödning')
        p.wait(r'^  (Vad|What) +NSAID +ATC M01A')
        p.press('<F9>')
        p.look(0.5)
        check(not of_type(home, 'AllergyIntolerance'), 'signed without degree and certainty')
        p.type(', l, bekr, 2020-05')
        p.wait(r'^ F9 sign')
        sign_key(p, rf'^ Signe.*NSAID, .*{OBERG}')
        used = p.keys - began
        p.wait(r'^. NSAID')
        order_is_told(p, 'ipren 400mg x3', r'(LIVSHOTANDE|LIFE-THREATENING): NSAID')
        came = of_type(home, 'AllergyIntolerance')
        check(len(came) == 1, f'{len(came)} written')
        r = came[0]
        check(r['patient']['reference'].startswith('Patient/') and code(r) == 'M01A' and r['criticality'] == 'high', f'{r}')
        check(code(r, 'verificationStatus') == 'confirmed' and r['onsetDateTime'] == '2020-05', f'{r}')
        check(r['reaction'][0]['manifestation'][0]['text'] == 'magblödning', f'{r["reaction"]}')
        check('encounter' in r and 'recorder' in r and has_provenance(home, r) == 1, 'who, where and when')
        quit(p)
    return f'{used} keys, patient {patient or OBERG}'


def doubt(home, a):
    """Questioned, changed back, struck: each with its reason, every version in the core."""
    with Person(home) as p:
        p.wait('PIN|Lind', 60)
        login(p, home)
        open_oberg(p)
        open_alerts(p)
        p.press('q')
        p.wait('Ifrågasätter: penicillin V|Questions: penicillin V')
        p.type('misst')
        p.look(0.4)
        p.press('<F9>')
        p.look(0.4)
        check(not of_type(home, 'AllergyIntolerance'), 'questioned without a reason')
        p.type(', skäl barndomsutslag, oklart')
        p.wait(r'^ F9 sign')
        sign_key(p, r'^ (Ifrågasatt|Questioned).*version 2')
        p.wait(r'^. penicillin V.*(misstänkt|suspected)')
        order_is_told(p, 'kåv 1g x3 i 7d tonsillit', r'(LIVSHOTANDE|LIFE-THREATENING): penicillin V')
        p.press('u')
        p.wait(r'^▌ penicillin V')
        p.press('x')
        p.wait('Makulerar: penicillin V|Strikes: penicillin V')
        p.type('fel patient')
        p.wait(r'^ F9 sign')
        sign_key(p, r'^ (Makulera|Struck).*version 3')
        p.wait(r'^. penicillin V', gone=True)
        versions = of_type(home, 'AllergyIntolerance')
        check([code(v, 'verificationStatus') for v in versions] == ['unconfirmed', 'entered-in-error'], f'{versions}')
        check('clinicalStatus' not in versions[1] and versions[1]['criticality'] == 'high', 'ait-2')
        check([n['text'] for n in versions[1]['note']] == ['Ifrågasatt, nu misstänkt. Skäl: barndomsutslag, oklart',
                                                           'Makulerad. Skäl: fel patient'], f'{versions[1]["note"]}')
        quit(p)


def signal(home, a):
    """A signal by the form; the draft survives the lock; the head of the patient says it at once."""
    with Person(home) as p:
        p.wait('PIN|Lind', 60)
        login(p, home)
        open_oberg(p)
        open_alerts(p)
        p.press('+')
        p.wait('As it will be signed|Så här signeras det')
        p.press('<F4>')
        p.wait(r'^▌ (Vad|What)\*')
        p.type('esbl')
        p.press('<F10>')
        p.wait(PIN_ASKED)
        check('esbl' not in p.screen(), 'an alert on the lock screen')
        insert_card(home, 'läkare')
        unlock(p)
        p.wait(r'^ › esbl')
        p.wait(r'^ F9 sign')
        sign_key(p, r'^ Signe.*ESBL')
        p.wait(r'^ \[!.*\[!S\] ESBL', 20)  # over every screen of the patient
        flags = of_type(home, 'Flag')
        check(len(flags) == 1 and flags[0]['status'] == 'active' and flags[0]['category'][0]['coding'][0]['code'] == 'B1', f'{flags}')
        check(flags[0]['code']['text'] == 'ESBL' and has_provenance(home, flags[0]) == 1, f'{flags}')
        quit(p)


def visit_of(home, patient):
    """The visit under way: the conditions by their rank."""
    encounter = home.find(f'Encounter?patient={patient}&status=in-progress')[0]
    return {d['rank']: d['condition']['reference'].split('/')[1] for d in encounter.get('diagnosis', [])}


def diagnosis(home, a):
    """A new main diagnosis, the old one becomes the second; a problem that is over; one struck out of the visit."""
    with Person(home) as p:
        p.wait('PIN|Lind', 60)
        login(p, home)
        open_oberg(p)
        p.press('d')
        p.wait(r'^. J18.9 +Pneumoni.*huvuddiagnos')
        p.press('+')
        p.wait('As it will be signed|Så här signeras det')
        began = p.keys
        p.type('lungemb')
        p.wait('I26.9')
        p.press('<Down>', '<Enter>')
        p.type('höger sida, misst')
        p.look(0.5)
        p.press('<F9>')
        p.look(0.5)
        check(not of_type(home, 'Condition'), 'signed without saying what it is in the visit')
        p.type(', huvud')
        p.wait('blir bidiagnos|becomes bidiagnos')
        p.wait(r'^ F9 sign')
        sign_key(p, rf'^ Signe.*Blodpropp.*{OBERG}')
        used = p.keys - began
        p.wait(r'^. I26.9.*huvuddiagnos')
        p.wait(r'^. J18.9 +Pneumoni.*bidiagnos')
        new = of_type(home, 'Condition')
        check(len(new) == 1, f'{len(new)} written')
        c = new[0]
        patient = c['subject']['reference'].split('/')[1]
        check(code(c) == 'I26.9' and c['code']['text'].endswith(', höger sida') and code(c, 'verificationStatus') == 'provisional', f'{c}')
        check(c['category'][0]['coding'][0]['code'] == 'encounter-diagnosis' and has_provenance(home, c) == 1, f'{c}')
        before = visit_of(home, patient)
        check(before[1] == c['id'] and len(before) == 2, f'{before}')
        while not p.has(r'^▌ I26.9'):
            p.press('<Up>')
        p.press('x')
        p.wait('Makulerar: .*lungemboli|Strikes: .*lungemboli')
        p.wait('besökets huvuddiagnos|huvuddiagnos of the visit')
        p.type('fel patient')
        p.wait(r'^ F9 sign')
        sign_key(p, r'^ (Makulera|Struck).*version 2')
        p.wait(r'^. I26.9', gone=True)
        check(c['id'] not in visit_of(home, patient).values(), 'a struck diagnosis is in the visit')
        p.wait(r'^. J18.9 +Pneumoni.*bidiagnos')
        while not p.has(r'^▌ J18.9'):
            p.press('<Up>')
        p.press('ä')
        p.wait('Ändrar: Pneumoni|Changes: Pneumoni')
        p.type(', huvuddiagnos')
        p.wait(r'^ F9 sign')
        sign_key(p, r'^ (Ändrat|Changed) .*Pneumoni')
        p.wait(r'^. J18.9 +Pneumoni.*huvuddiagnos')
        check(list(visit_of(home, patient)) == [1], f'{visit_of(home, patient)}')
        while not p.has(r'^▌ I10.9'):
            p.press('<Down>')
        p.press('å')
        p.wait('Avslutar: Hypertoni|Is over: Hypertoni')
        p.type('2024-05')
        p.wait(r'^ F9 sign')
        sign_key(p, r'^ (Avslutat|Over) .*Hypertoni')
        p.wait(r'^. I10.9 .*(avslutad|resolved)')
        over = [v for v in of_type(home, 'Condition') if v['id'] != c['id']]
        check(len(over) == 1 and code(over[0], 'clinicalStatus') == 'resolved' and over[0]['abatementDateTime'] == '2024-05', f'{over}')
        quit(p)
    return f'{used} keys'


def procedure(home, a):
    """What was done: written, changed, struck."""
    with Person(home, size=(132, 43)) as p:
        p.wait('PIN|Lind', 60)
        login(p, home)
        open_oberg(p)
        p.press('d')
        p.wait(r'^. J18.9 +Pneumoni')
        p.press('<Tab>')
        p.wait('Inga åtgärder|No procedures')
        p.press('+')
        p.wait('As it will be signed|Så här signeras det')
        p.type('gastroskopi, blodstillning, 2026-11-09')
        p.wait(r'^ F9 sign')
        sign_key(p, rf'^ Signe.*Gastroskopi.*{OBERG}')
        p.wait(r'^. UJD02 +Gastroskopi, blodstillning')
        p.press('x')
        p.wait('Makulerar: Gastroskopi|Strikes: Gastroskopi')
        p.type('fel patient')
        p.wait(r'^ F9 sign')
        sign_key(p, r'^ (Makulera|Struck).*version 2')
        p.wait(r'^. UJD02', gone=True)
        made, struck = of_type(home, 'Procedure')
        check(code(made) == 'UJD02' and made['performedDateTime'] == '2026-11-09' and made['status'] == 'completed', f'{made}')
        check('encounter' in made and struck['status'] == 'entered-in-error' and struck['note'][0]['text'].endswith('fel patient'), f'{struck}')
        quit(p)


if __name__ == '__main__':
    main({'add': add, 'doubt': doubt, 'signal': signal, 'diagnosis': diagnosis, 'procedure': procedure})
