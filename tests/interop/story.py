# SPDX-License-Identifier: GPL-3.0-or-later
"""The real rond in its production profile, on a pty: a card that is no training card in pcscd's virtual reader, OpenSC's
module, the login server's bearer grant, a patient of another origin on a server that is not ours. Log in, choose the
assignment, find, read, write, sign, correct what was signed, add to it, measure, note a hypersensitivity and the visit's
diagnosis, order, book; the end state is read back from that server and validated.

run.py story BUILD starts this file again under vcard-env.sh, where the reader is."""
import base64
import json
import os
import re
import subprocess
import sys
import tempfile
import time

import kit

sys.path.insert(0, os.path.join(kit.TOP, 'tests', 'story'))
from realcard import ENVIRONMENT, HSA_ID, ISSUER, MODULES, PIN, Card  # noqa: E402

LINE = 'alvedon 1g x4 vb smärta'
ALERT, DIAGNOSIS, SET = 'jordnöt, besvärande, bekräftad', 'J18.9, huvuddiagnos', 'p 78 t 36,8 af 18'
MORE = 'Anhörig informerad.'
BECAUSE, ADDED = 'fel värde', 'Senare 38,1. '
TEXT = 'Åter feber 38,4 i natt. Fortsatt <samma> & "oförändrad" behandling.'


def stand(p, seconds=0.5):
    """Lets the screen stand: what is on its way arrives, and what is to be signed has been there long enough."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        p.look(0.05)


def sign(p, receipt):
    """A signature counts when nothing in the reading has changed for a while; on a busy machine answers come late."""
    import person
    p.wait(r'^ F9 ')
    for _ in range(8):
        stand(p)
        if p.has(r'^ F9 '):
            p.press('<F9>')
        stand(p)
        p.until(lambda: not p.has('Skickas …'), 'the answer', 60)
        if p.has(receipt):
            return
    raise person.Failed(f'no receipt “{receipt}”:\n{p.screen()}')


def write_note(p):
    p.press('n')
    p.wait('Daganteckning')
    p.press('<Enter>')
    p.wait('Aktuellt')
    p.type(TEXT)
    p.wait('behandling')
    p.press('<F2>')
    sign(p, 'Daganteckning, .*version')


def correct(p):
    """The note that was just signed, read again: a new version with its reason, the old one stays."""
    p.press('a')
    p.wait(r'^ Anteckningar \d')
    stand(p)
    p.press('<Home>')
    for _ in range(40):  # others may be dated later
        if p.has('^▌ 10 nov 08:0.* Daganteckning'):
            break
        p.press('<Down>')
    p.press('<Enter>')
    p.wait('Åter feber')
    p.press('f')
    p.wait('Skäl till rättelsen')
    p.type(BECAUSE)
    p.press('<Enter>')
    p.wait('Rättelse: Daganteckning')
    p.press('<C-Home>')
    p.type(ADDED)
    p.wait('Senare 38,1')
    p.press('<F2>')
    stand(p)
    p.press('<PgDn>')
    sign(p, 'rättad')


def add_to(p):
    """To the corrected note, which is read."""
    p.press('+')
    p.wait('Tillägg: Daganteckning')
    p.type(MORE)
    p.wait('informerad')
    p.press('<F2>')
    sign(p, '# Tillägg|Tillägg: Daganteckning ·')


def measure(p):
    p.press('v')
    p.wait(r'^  Andningsfrekvens')
    p.type(SET)
    p.wait('NEWS2')
    sign(p, '^ Signe.*3 mätvärden')


def line(p, section, text):
    """A new one in a section that is one typed line."""
    p.press(section)
    stand(p)
    p.press('+')
    p.wait('Så här signeras det')
    p.type(text)
    sign(p, '^ Signe')


def order(p):
    p.press('o')
    p.type(LINE)
    p.wait('högst 4 gånger per dygn')
    p.press('<Enter>')
    p.wait('Ordinationer att signera: 1')
    p.wait('Kontrollerna omfattade')
    if p.has('kräver ett skrivet skäl'): # the patients there are whom its data happens to have: a child's weight is old
        stand(p)
        p.press('r')
        p.wait('Skäl att gå förbi')
        p.type('vägs i dag')
        p.press('<Enter>')
    sign(p, '1 ordination, .*version')


def book(p):
    p.press('b')
    p.type('nb imorgon')
    p.wait('08:00–08:30')
    p.press('<Enter>')
    stand(p)
    p.press('<F4>')
    stand(p, 1)


def play(home, patient):
    """Keys; what was done is read from the server afterwards."""
    import person
    family = re.match(r'\D+', patient['name'][0]['family'])[0]
    with person.Person(home) as p:
        p.wait(person.PIN_ASKED)
        p.type(PIN)
        p.press('<Enter>')
        p.wait('Läkare avdelning 1')
        p.press('<Enter>')
        p.wait('1-6')
        p.press(family[0])
        p.wait(family)
        p.type(family[1:])
        p.look(0.3)
        p.press('<Enter>')
        p.until(lambda: family in person.row(p, 1), 'the chart')
        for key in 'admpltuö':
            p.press(key)
            stand(p)
            person.check(family in person.row(p, 1), f'section {key}: not the patient\'s chart')
        write_note(p)
        correct(p)
        add_to(p)
        measure(p)
        line(p, 'u', ALERT)
        line(p, 'd', DIAGNOSIS)
        order(p)
        book(p)
        p.press('<C-q>')
        status = p.ended()
        person.check(status == 0, f'rond ended with {status}')


def text_of(note):
    return base64.b64decode(note['content'][0]['attachment']['data']).decode()


WRITTEN = ('DocumentReference', 'MedicationRequest', 'Appointment', 'AllergyIntolerance', 'Condition', 'Observation', 'Provenance', 'AuditEvent')
PATIENT = {'Appointment': lambda r: [p['actor']['reference'] for p in r['participant']],
           'AllergyIntolerance': lambda r: [r['patient']['reference']]}


def end_state(server, patient, loaded):
    """Problems, and the resources that rond wrote: one note, one order, one booking, each with its Provenance."""
    new = [r for kind in WRITTEN for r in server.search(f'{kind}?_count=1000') if r['id'] not in loaded]
    added = [r for r in new if any(t['code'] == 'appends' for t in r.get('relatesTo', []))]
    problems, one = corrected([r for r in new if r not in added]) + entered(server, new, added), {}
    for kind in WRITTEN[:5]:
        found = [r for r in new if r['resourceType'] == kind and r.get('status') != 'superseded' and r not in added]
        if len(found) != 1:
            problems.append(f'{len(found)} new {kind}, not 1')
            continue
        one[kind] = r = found[0]
        if f'Patient/{patient}' not in PATIENT.get(kind, lambda r: [r['subject']['reference']])(r):
            problems.append(f'the {kind} is not the patient\'s')
        if not any(t['reference'].startswith(f'{kind}/{r["id"]}') for p in new if p['resourceType'] == 'Provenance' for t in p['target']):
            problems.append(f'the {kind} has no Provenance')
    problems += said(one) if len(one) == 5 else []
    booked = [s for s in server.search('Slot?_count=100') if s['status'] == 'busy']
    if [s['start'] for s in booked] != ['2026-11-11T08:00:00+01:00']:
        problems.append(f'{len(booked)} slots are busy, or another than the one booked')
    opened = [r for r in new if r['resourceType'] == 'AuditEvent' and r.get('action') == 'R' and f'Patient/{patient}' in json.dumps(r)]
    if not opened or 'SE2329999993-U1' not in json.dumps(opened):
        problems.append('the opening is not in the log under the assignment')
    return problems, new


def corrected(new):
    """The first version of the note stays as it was, under the one that took its place and says why."""
    notes = {r['status']: r for r in new if r['resourceType'] == 'DocumentReference'}
    if set(notes) != {'superseded', 'current'}:
        return [f'the notes are {sorted(notes)}']
    old, now = notes['superseded'], notes['current']
    because = [x.get('text') for p in new if p['resourceType'] == 'Provenance' for x in p.get('reason', [])]
    wanted = ((TEXT in text_of(old), 'the first version has other words'),
              (ADDED in text_of(now) and ADDED not in text_of(old), 'the correction is not in the second version alone'),
              ([t['target']['reference'].split('/')[-1] for t in now.get('relatesTo', []) if t['code'] == 'replaces'] == [old['id']],
               'the correction does not say what it replaces'),
              (BECAUSE in because, f'the reason is {because}'))
    return [what for true, what in wanted if not true]


def entered(server, new, added):
    """What was added to the note, each value of the set, and the visit that lists the diagnosis by where the server put it."""
    values = [r for r in new if r['resourceType'] == 'Observation']
    diagnoses = [r for r in new if r['resourceType'] == 'Condition']
    visit = server.get('Encounter/stay-1')
    listed = [d['condition']['reference'] for d in visit.get('diagnosis', []) if d.get('rank') == 1]
    wanted = ((len(added) == 1 and MORE in text_of(added[0]), f'{len(added)} additions to the note'),
              (len(values) == 3 and all(r['status'] == 'final' for r in values), f'{len(values)} values of the set, not 3'),
              (listed == [f'Condition/{r["id"]}' for r in diagnoses], f'the visit lists {listed}'))
    return [what for true, what in wanted if not true]


def said(one):
    """What the note, the order and the booking say."""
    note, order_, visit, alert, diagnosis = (one[kind] for kind in WRITTEN[:5])
    wanted = ((TEXT in text_of(note), 'the note holds other words'),
              ((note['docStatus'], note['authenticator']['reference']) == ('amended', 'Practitioner/doc'), 'the note is not signed by the doctor'),
              ((order_['status'], order_['intent']) == ('active', 'order'), 'the order is not active'),
              ('vid behov' in order_['dosageInstruction'][0]['text'], 'the dosage is not said in words'),
              (alert['verificationStatus']['coding'][0]['code'] == 'confirmed', 'the hypersensitivity is not confirmed'),
              (diagnosis['code']['coding'][0]['code'] == 'J18.9', 'another diagnosis'),
              ((visit['status'], visit['start'][:16]) == ('booked', '2026-11-11T08:00'), 'the booking has another time or state'))
    return [what for true, what in wanted if not true]


def in_reader(build):
    import person
    try:
        resources = kit.synthea(6)
    except kit.Skip:
        resources = kit.seeded(os.path.join(build, 'tests/unit/seed-dump'), os.path.join(kit.TOP, 'data', 'seed'))
        resources = [r for r in resources if r['resourceType'] != 'MedicationRequest']  # nothing to warn of
    people = [r for r in resources if r['resourceType'] == 'Patient'][:6]
    resources += kit.ward([p['id'] for p in people], HSA_ID)
    with tempfile.TemporaryDirectory(prefix='rond-interop-') as folder:
        load, log = os.path.join(folder, 'load.json'), os.path.join(folder, 'requests')
        kit.write_bundle(load, resources)
        card = Card(folder, build)
        home = person.Home(build)
        try:
            with kit.Server('fhir-server.mjs', '--load', load, '--conditional', log=os.path.join(folder, 'log')) as server, \
                    kit.Server('auth-server.mjs', '--fhir', server.base, '--ca', card.ca, '--log', log,
                               log=os.path.join(folder, 'auth.log')) as auth, card:
                with open(home.path('site.conf'), 'w', encoding='utf-8') as f:
                    f.write(f'[core]\nurl={auth.base}\n[card]\nmodule={MODULES[0]}\nissuer={ISSUER}\n')
                try:
                    play(home, people[0])
                    problems = []
                except person.Failed as e:
                    problems = [str(e)]
                time.sleep(1)
                more, new = end_state(server, people[0]['id'], {r['id'] for r in resources})
                problems += more
                files = []
                for r in new:
                    files.append(os.path.join(folder, f'new-{r["id"]}.json'))
                    with open(files[-1], 'w', encoding='utf-8') as f:
                        json.dump(r, f, ensure_ascii=False)
                problems += kit.validate(files)
                with open(log, encoding='utf-8') as f:
                    requests = f.read().splitlines()
                problems += [line for line in requests if re.match('[45]', line) and not line.endswith(' /token')]
                print(f'{len(requests)} requests, {len(new)} new resources')
                if problems and os.environ.get('ROND_DEBUG'):
                    print('\n'.join(requests))
        finally:
            home.close()
    print('\n'.join(problems))
    return 1 if problems else 0


def main(build):
    if not MODULES:
        raise kit.Skip('OpenSC is not installed')
    done = subprocess.run([ENVIRONMENT, '/usr/bin/python3', os.path.abspath(__file__), build],
                          check=False)
    if done.returncode == 77:
        raise kit.Skip('the virtual card reader cannot be started here')
    return done.returncode


if __name__ == '__main__':
    sys.exit(in_reader(os.path.abspath(sys.argv[1])))
