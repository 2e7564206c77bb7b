#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job from login to quitting, in Swedish at 80x24, with its keys counted."""
import json
import os
import re
import time
import unicodedata

from person import (FIND, LIMIT, OBERG, PIN_ASKED, Person, check, check_login, check_note, check_opened,
                    insert_card, login, main, open_hit, open_oberg, quit, row, sign_key, sign_note, unlock, wait_chart,
                    write_note)

NOTE = ('Sover bättre, ingen dyspné i vila. Går i korridoren med rollator.\n'
        'Benödem tilltagna på höger sida. Fortsatt diuretika, kontroll av kalium i morgon bitti.')


class Count:
    """Keys pressed for one task."""

    def __init__(self, p, task, budget):
        self.p, self.task, self.budget, self.began = p, task, budget, p.keys

    def done(self, free=0):
        used = self.p.keys - self.began - free
        check(used <= self.budget, f'{self.task} took {used} keys, at most {self.budget}')
        return f'{self.task} {used}/{self.budget}'


def login_and_list(p, home):
    """B01."""
    insert_card(home)
    p.wait(PIN_ASKED)
    count = Count(p, 'B01', 8)
    login(p)
    p.wait(r'19580805-2384')
    said = count.done()
    check_login(home)
    return said


def find(p, home):
    """B03 in three ways."""
    count = Count(p, 'B03', 12)
    p.press('Ö')
    p.wait('Öberg')
    p.type('berg 48')
    open_hit(p, OBERG[1])
    said = [count.done()]
    check_opened(home, OBERG[0], 'SE2329999993-U5001')
    p.press('h')
    p.wait('19401127-9090')
    count = Count(p, 'B03 by four digits', 6)
    open_oberg(p)
    said.append(count.done())
    p.press('h')
    p.wait('19401127-9090')
    count = Count(p, 'B03 back to the last', 2)
    p.press('-')
    wait_chart(p, OBERG[1])
    return said + [count.done()]


def note(p, home):
    """B10, on the chart that is open."""
    count = Count(p, 'B10', 8)
    p.press('n')
    p.wait('Daganteckning')
    p.press('<Enter>')
    p.wait('Aktuellt')
    p.type(NOTE)
    p.wait('morgon bitti')
    sign_note(p)
    said = count.done(free=len(NOTE))
    check_note(home, OBERG[0], unicodedata.normalize('NFC', NOTE))
    return said


def order(p, home):
    """B04: one typed line, read, signed."""
    p.press('L')
    p.wait('Sök patient')
    p.type('undgren 82')
    p.wait('19821102-2390')
    p.look(0.5)  # the exercise has set patients back: until they are read anew Enter asks for a choice
    p.press('<Enter>')
    wait_chart(p, '19821102-2390')
    p.wait('Fotledsdist')
    count = Count(p, 'B04', 22)
    p.press('o')
    p.wait('Så här signeras')
    p.type('alved 1g po nu fot')
    p.wait('2 tabletter.*engångsdos')
    p.wait('ordinationsorsak: fot')
    p.press('<Enter>')
    p.wait('F9 signerar')
    sign_key(p)
    said = count.done()
    made = home.find('MedicationRequest?patient=pat-0046')
    check(len(made) == 1, f'{len(made)} orders on the core')
    r = made[0]
    check(r['status'] == 'active' and r['requester']['reference'] == 'Practitioner/prac-lind', 'not a signed order of hers')
    check('N02BE01' in json.dumps(r['medicationCodeableConcept']), 'another drug')
    dose = r['dosageInstruction'][0]
    check(dose['doseAndRate'][0]['doseQuantity']['value'] == 1 and dose['doseAndRate'][0]['doseQuantity']['unit'] == 'g',
          f'the dose is {dose["doseAndRate"]}')
    check(dose['timing']['repeat']['count'] == 1 and r['reasonCode'], 'not once, or without a reason')
    check(len(home.find(f'Provenance?target=MedicationRequest/{r["id"]}')) == 1, 'no Provenance for the order')
    check_opened(home, 'pat-0046', 'SE2329999993-U5001')
    return said


def booking(home, a):
    """B14, on the clinic's assignment: a return visit in three weeks."""
    with Person(home) as p:
        p.wait('Eva Lind|' + PIN_ASKED, LIMIT * 2)
        insert_card(home)
        p.wait(PIN_ASKED)
        p.type('123456')
        p.press('<Enter>')
        p.wait('2  VoB Medicinmottagningen')
        p.press('2')
        p.wait('Dagens bokningar')
        p.press('<F3>')
        p.wait(FIND)
        p.type('wester 50')
        open_hit(p, '19500219-2382')
        p.look(0.5)
        before = {b['id'] for b in home.find('Appointment?patient=pat-0055')}
        count = Count(p, 'B14', 28)
        p.press('b')
        p.wait('[Bb]oka')
        p.type('åb 3v läk')
        p.wait('förslag')
        p.press('<Enter>')
        p.wait('bokar detta')
        p.look(0.4)
        p.press('<F4>')
        made = p.until(lambda: [b for b in home.find('Appointment?patient=pat-0055') if b['id'] not in before], 'a booking')
        said = count.done()
        check(len(made) == 1 and made[0]['status'] == 'booked' and made[0]['slot'], 'not one booked time')
        check('2026-11-28' <= made[0]['start'][:10] <= '2026-12-04', f'booked at {made[0]["start"]}')
        slot = home.ask('GET', made[0]['slot'][0]['reference'])
        check(slot['status'] == 'busy', 'the time is still free')
        check_opened(home, 'pat-0055', 'SE2329999993-U5002')
        seen_everywhere(p, home, made[0])
        book_from_day(p, home)
        quit(p)
    return said


def seen_everywhere(p, home, made):
    """The booking in the chart, and on the diary's day and week."""
    at = made['start'][11:16]
    p.wait('Bokad 08:00')
    p.press('t')
    p.wait('^ Bokningar ')
    p.wait('1 dec ' + at)
    p.press('k')
    p.wait('Tidbok · .*tis 10 nov')
    p.press('c')
    p.wait('Till vilken dag')
    p.type('1/12')
    p.press('<Enter>')
    p.wait('Tidbok · .*tis 1 dec')
    p.wait(rf'^.{at}.*ÅB Wester')
    p.press('w')
    p.wait('Vecka · .* v49')
    p.wait('^.(Ek|Lind|Sand) .* [1-9]/1 ')  # one is booked on one day


def book_from_day(p, home):
    """A free time of the day, for the patient seen last: the line is filled in, and read before it is booked."""
    before = {b['id'] for b in home.find('Appointment?patient=pat-0055')}
    p.press('<PgUp>')
    p.wait('Vecka · .* v48')
    p.press('<Enter>')
    p.wait('Tidbok · .* nov v48')
    p.wait('ledig')
    while not row(p, p.cursor()[0])[p.cursor()[1]:].startswith('··ledig'):
        p.press('<Right>')
    p.press('<Enter>')
    wait_chart(p, '19500219-2382')
    p.wait('Boka: 2026-11-24 08:00 Sand')
    p.type('åb')
    p.wait('08:00–08:30 .*som önskat')
    p.press('<Enter>')
    p.wait('F4 bokar detta')
    p.look(0.4)
    p.press('<F4>')
    made = p.until(lambda: [b for b in home.find('Appointment?patient=pat-0055') if b['id'] not in before], 'a booking')
    check(len(made) == 1 and made[0]['start'].startswith('2026-11-24T08:00'), f'booked at {made[0]["start"]}')


def value_source(p, home):
    """The newest potassium of the overview: where it comes from, as the core has it."""
    wait_chart(p, OBERG[1])
    p.press('p')
    p.wait('^. K  .*6,1 HH')
    while not p.has('^▌ K '):
        p.press('<Down>')
    p.press('i')
    p.wait(r'Varifrån\? .* 6,1 mmol/L HH')
    number = p.wait(r'värde med id (\S+)')[1]
    value = home.ask('GET', f'Observation/{number}')
    check(value['valueQuantity']['value'] == 6.1, f'{value["valueQuantity"]} is not the value on the screen')
    for shown in (value['performer'][0]['display'], f'^ version +{value["meta"]["versionId"]}$',
                  '^ mätt +' + value['effectiveDateTime'][:16].replace('T', ' '), '^ hämtat +'):
        check(p.has(shown), f'“{shown}” is not on the screen')
    p.press('<Esc>', '<Esc>')
    p.wait('Diagnoser 5')


def written(p, home):
    """Undo, redo and paste; leaving keeps the draft, and what is signed is what stood there."""
    p.press('n')
    p.wait('Daganteckning')
    p.press('<Enter>')
    p.wait('Aktuellt')
    p.type('Åt frukost. Mådde inte bra')
    p.wait('Mådde inte bra')
    p.press(*['<C-z>'] * 2)
    p.wait('inte bra', gone=True)
    undone = row(p, p.cursor()[0])[16:].rstrip()
    p.press('<C-y>', '<C-y>')
    p.wait('Mådde inte bra')
    p.press('<C-z>', '<C-z>')
    p.paste('Nytt:\nSpO₂ 97 %, temp 37,2 °C – åäö')
    p.wait('97 %, temp 37,2 °C – åäö')
    p.press('<Esc>')  # leaving keeps it
    wait_chart(p, OBERG[1])
    p.press('n')
    p.wait('▌ Utkast: Daganteckning')
    p.press('<Enter>')
    p.wait('97 %, temp 37,2 °C – åäö')
    sign_note(p)
    check_note(home, OBERG[0], undone + ' Nytt:\nSpO₂ 97 %, temp 37,2 °C – åäö')


def help_and_palette(p):
    """Both are searched, and run what was found."""
    wait_chart(p, OBERG[1])
    p.press('?')
    p.wait(r'^▌')
    p.type('mätvärden över')
    p.wait(r'^▌ m  ')
    p.press('<Enter>')
    p.wait('^ Vitalparametrar +40 värden')
    p.press('ö')
    p.wait('Diagnoser 5')
    p.press('<C-p>')
    p.wait('Alla kommandon')
    p.type('lås')
    p.wait(r'^▌ F10')
    p.press('<Enter>')
    p.wait(PIN_ASKED)
    check(OBERG[1] not in p.screen(), 'a patient on the lock screen')
    unlock(p)
    wait_chart(p, OBERG[1])


def lock_and_back(p):
    p.press('<F10>')
    p.wait(PIN_ASKED)
    check(OBERG[1] not in p.screen() and 'Öberg' not in p.screen(), 'a patient on the lock screen')
    count = Count(p, 'B02', 7)
    unlock(p)
    wait_chart(p, OBERG[1])
    return count.done()


def story(home, a):
    with Person(home) as p:
        p.wait('Eva Lind', LIMIT * 2)
        said = [login_and_list(p, home), *find(p, home), note(p, home)]
        value_source(p, home)
        written(p, home)
        help_and_palette(p)
        said.append(lock_and_back(p))
        p.press('h')
        p.wait('19401127-9090')
        said.append(order(p, home))
        quit(p)
    return ', '.join(said)


def exercise(home, a):
    """rond övning B10: begun by its name, told what is missing, done, and judged by what the core holds."""
    with Person(home, 'övning', 'B10') as p:
        p.wait('Eva Lind', LIMIT * 2)
        insert_card(home)
        login(p)
        p.wait('Övning B10 har börjat')
        p.press('/')
        p.wait('Sök patient')
        p.type('karlsson ängla')
        open_hit(p, '19621012-9786')
        p.press('g')
        p.press('r')
        p.wait('Inte klart|går tillbaka|gå tillbaka')
        p.press('<Esc>')
        wait_chart(p, '19621012-9786')
        write_note(p, 'Mår bättre, går i korridoren utan syrgas. Ingen smärta.')
        wait_chart(p, '19621012-9786')
        p.press('g')
        p.press('r')
        p.wait('Allt är rätt')
        p.press('<Esc>')
        quit(p)
    return 'B10 begun, missed, done'


def trained(home, a):
    """rond övning B04 by a trainer: the hospital is set back, a learner takes it up, is told what is missing, does it, and
    is told that all is right. Then once more, typed at the prompt."""
    with Person(home, 'övning', 'B04') as p:
        p.wait('6  Annika Blom', LIMIT * 2)
        p.press('6')
        p.wait(PIN_ASKED)
        p.type('123456')
        p.press('<Enter>')
        p.wait('1  Utbildning Övningssjukhuset')
        home.ask('POST', 'MedicationRequest', {
            'resourceType': 'MedicationRequest', 'status': 'active', 'intent': 'order',
            'medicationCodeableConcept': {'coding': [{'system': 'http://www.whocc.no/atc', 'code': 'N02BE01'}]},
            'subject': {'reference': 'Patient/pat-0046'}})
        p.press('1')
        p.wait('Övning B04 har börjat', LIMIT * 2)
        check(p.has('B04 .* pågår'), 'a trainer without a ward is not at the exercises')
        check(not home.find('MedicationRequest?patient=pat-0046'), 'the hospital was not set back')
        command(p, 'logga-ut')
        p.wait(PIN_ASKED)
        insert_card(home)
        p.wait('Kort: Eva Lind')
        login(p)
        p.wait('Övning B04 har börjat: Jonas Lundgren')
        p.press('g', 'r')
        p.wait('✗ Ingen ny aktiv ordination')
        p.wait('Inte klart')
        p.press('<Esc>')
        p.wait('19401127-9090')
        order(p, home)
        p.press('g', 'r')
        p.wait('✓ Paracetamol .*signerat av dig')
        p.wait('Allt är rätt')
        p.press('<Esc>')
        wait_chart(p, '19821102-2390')
        command(p, 'övning B04')
        p.wait('Övning B04 har börjat')
        p.press('g', 'r')
        p.wait('✗ Ingen ny aktiv ordination')
        p.press('<Esc>')
        quit(p)
    return 'set back, taken up, missed, done; begun at the prompt'


def command(p, line):
    p.press(':')
    p.type(line)
    p.press('<Enter>')


def opened(home, patient):
    return [e for e in home.find(f'AuditEvent?patient={patient}') if e.get('action') == 'R']


def by_any_name(home, a):
    """A card chosen on the screen, a wrong PIN, then patients by bed, number, and half a name with an error."""
    with Person(home) as p:
        p.wait('2  Sara Nyman', LIMIT * 2)
        p.press('2')
        p.wait(PIN_ASKED)
        p.type('111111')
        p.press('<Enter>')
        p.wait('Fel PIN-kod. .* försök')
        p.wait(PIN_ASKED)
        p.type('123456')
        p.press('<Enter>')
        p.wait('1  VoB Medicin avd 3')
        p.press('1')
        p.wait('19580805-2384')
        for typed, number, patient in [('12-1', OBERG[1], OBERG[0]), ('480930-1551', OBERG[1], OBERG[0]),
                                       ('angla karlson', '19621012-9786', 'pat-0002')]:
            before = len(opened(home, patient))
            p.press('<F3>')  # from the list, then from the chart that is open
            p.wait('Sök patient:')
            p.type(typed)
            p.wait(f'{number}.*12-')
            p.press('<Enter>')
            p.look(0.3)
            if not p.has('^ Sök patient'):
                check('karlson' not in typed, 'an error in the name opened a chart by itself')
            else:
                check('karlson' in typed, f'{typed} is one patient, and did not open')
                p.press('<Enter>')
            wait_chart(p, number)
            p.until(lambda: len(opened(home, patient)) > before, f'the opening of {patient} in the log')
        p.press('<C-p>')
        p.wait('Alla kommandon')
        p.type('logga ut')
        p.wait('^▌ .*Logga ut')
        p.press('<Enter>')
        p.wait(PIN_ASKED)
        check('Karlsson' not in p.screen(), 'a patient after the logout')
        quit(p)


def left_alone(home, a):
    """What another writes is on the list within 60 s without a key; nobody touches a key for a minute: locked,
    and after the PIN the same place."""
    with open(home.path('site.conf'), 'w') as f:
        f.write('[session]\nidle-minutes = 1\n')
    try:
        with Person(home) as p:
            p.wait('Eva Lind', LIMIT * 2)
            insert_card(home)
            login(p)
            p.press('<Down>')
            left = time.monotonic()
            p.wait('^▌ 7-2 ')
            write_critical(home)
            p.wait('19401127-9090.* K 7,2', 60)
            fresh = time.monotonic() - left
            p.wait(PIN_ASKED, 60 + LIMIT)
            locked = time.monotonic() - left
            check(locked >= 58, f'locked after {locked:.0f} s')
            check('19401127' not in p.screen() and 'Lindqvist' not in p.screen(), 'a patient on the lock screen')
            unlock(p)
            p.wait('^▌ 7-2 ')
            quit(p)
    finally:
        os.unlink(home.path('site.conf'))
    return f'on the list after {fresh:.0f} s, locked after {locked:.0f} s'


def write_critical(home):
    """Another's potassium of 7.2 for the first bed: as the last one stands, but now."""
    found = home.find('Patient?identifier=194011279090')
    last = [o for o in home.find(f'Observation?patient={found[0]["id"]}&category=laboratory')
            if re.search('[Kk]alium', json.dumps(o['code'], ensure_ascii=False))]
    check(last, 'no potassium to go by')
    new = max(last, key=lambda o: o['effectiveDateTime'])
    for gone in ('id', 'meta', 'text', 'identifier'):
        new.pop(gone, None)
    new.update(effectiveDateTime='2026-11-10T07:59:00+01:00', issued='2026-11-10T08:00:00+01:00')
    new['valueQuantity']['value'] = 7.2
    new['interpretation'] = [{'coding': [{'system': 'http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation',
                                          'code': 'HH'}]}]
    home.ask('POST', 'Observation', new)


if __name__ == '__main__':
    main({'main': story, 'booking': booking, 'exercise': exercise, 'trained': trained, 'any name': by_any_name, 'left alone': left_alone})
