#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""B16: the core is killed at character 90 of a note, and comes back. A core for care behind TLS, with a card in pcscd's
virtual reader: where nobody starts the core again. Line 1 says it and since when, writing goes on with no key more,
the charts that were loaded are read with their age, what needs the core says that it cannot; then each note stands in
the record once, in the order they were signed."""
import json
import os
import re
import signal
import sys
import tempfile
import time
import warnings

import story_net
from person import OBERG, Person, attachment, check, main, quit, row, sign_key, sign_note, wait_chart
from realcard import ENVIRONMENT, MODULES, PIN, Card
from story_net import Place, flat, sign_in

GONE = r'INGEN KONTAKT SEDAN \d\d:\d\d'
TEXT = ('Sover bättre, ingen dyspné i vila. Går i korridoren med rollator. BT 132/84, SpO2 97 %. '
        'Äter själv, dricker 1,5 l. Kalium 4,6 mmol/l i morse. Fortsatt diuretika, vikt 85,2 kg, åter i morgon.')
OTHERS = (('p2', 'Lindqvist', '19401127-9090', 'Furosemid'), ('p3', 'Håkansson', '19520213-2303', 'Bisoprolol'),
          ('p4', 'Bergman', '19500907-2553', 'Enalapril'))


def people():
    """Öberg and three others, each with a drug of its own."""
    ours = (('p1', 'Öberg', OBERG[1], 'Apixaban'),) + OTHERS
    out = story_net.ward([p[0] for p in ours])
    for i, family, number, drug in ours:
        out += [{'resourceType': 'Patient', 'id': i, 'name': [{'family': family, 'given': ['Prov']}],
                 'birthDate': f'{number[:4]}-{number[4:6]}-{number[6:8]}',
                 'identifier': [{'system': 'http://electronichealth.se/identifier/personnummer', 'value': number.replace('-', '')}]},
                {'resourceType': 'MedicationRequest', 'id': f'order-{i}', 'status': 'active', 'intent': 'order',
                 'subject': {'reference': f'Patient/{i}'}, 'authoredOn': '2026-11-09T08:00:00+01:00',
                 'medicationCodeableConcept': {'text': drug}, 'dosageInstruction': [{'text': '1 tablett morgon'}]}]
    return out


def open_patient(p, number):
    """From the ward's list, which takes as many keys whether the core is there or not."""
    p.press('h')
    p.wait(r'^ Avdelningslista|^ Vårdenhetens|Personnummer')
    p.wait(number)
    p.press('<Home>')
    while not p.has(f'^▌.*{number}'):
        p.press('<Down>')
    p.press('<Enter>')
    wait_chart(p, number)


def read_chart(p, number, drug):
    """The overview, then the list of drugs."""
    open_patient(p, number)
    p.wait(drug)
    p.press('l')
    p.wait(r'^ Läkemedel')
    p.wait(f'{drug}')


def begin_note(p):
    p.press('n')
    p.wait('Daganteckning')
    p.press('<Enter>')
    p.wait('Aktuellt')


def killed(home, a):
    place = home.place
    with Person(home) as p:
        sign_in(p)
        p.wait('Läkare avdelning 1')
        p.press('<Enter>')
        p.wait('Öberg')
        for _, _, number, drug in OTHERS:
            read_chart(p, number, drug)
        open_patient(p, OBERG[1])
        begin_note(p)
        p.type(TEXT[:90])
        keys = p.keys
        time.sleep(1.2)  # the core has been silent a while, as when somebody thinks
        place.front.serve(None)
        began = time.monotonic()
        p.press(TEXT[90], settle=False)
        p.wait(GONE, 10)
        offline = time.monotonic() - began
        check(offline <= 2, f'line 1 said it after {offline:.1f} s')
        p.type(TEXT[91:])
        p.wait(re.escape(TEXT[-12:]))
        check(p.keys - keys == len(TEXT) - 90, 'writing took other keys than the text')
        shown = re.sub(r'\s+', '', ''.join(line[16:] for line in p.screen().split('\n')[4:20]))
        check(re.sub(r'\s+', '', TEXT) in shown, 'not all that was typed is on the screen')
        p.press('<Esc>')  # leaving keeps it
        for _, family, number, drug in OTHERS:
            read_chart(p, number, drug)
            check(p.has('hämtat|Läst'), f'the list of {family} does not say its age')
        open_patient(p, OBERG[1])
        p.press('n')
        p.wait('Utkast: Daganteckning')
        p.press('<Enter>')
        p.wait(re.escape(TEXT[-12:]))
        refused_offline(p, place)
        place.front.serve('good')
        p.look_for(1.1)
        p.press('<Esc>')
        p.wait(GONE, 60, gone=True)
        p.wait(re.escape(TEXT[-12:]))
        sign_note(p)
        p.until(lambda: len(place.notes()) == 1, 'the note in the record')
        quit(p)
    texts = [attachment(json.loads(d)) for d in place.notes()]
    check(len(texts) == 1 and TEXT in texts[0], f'in the record: {texts}')
    return f'B16: line 1 said it {offline:.1f} s after the key, 0 keys more, 0 of {len(TEXT)} characters lost, three charts read'


def refused_offline(p, place):
    """Signing needs the core: it says so and nothing is called signed."""
    p.press('<F2>')
    p.wait(r'^ F9 signerar')
    p.look(0.4)
    p.press('<F9>')
    p.wait('Det här kräver kärnsystemet, som inte svarar')
    check(not p.has(r'Signerad \d\d:\d\d'), 'it is called signed')
    check(not place.notes(), 'it is in the record')


def cut(home, a):
    """The core has the signed note and the answer is lost: when it is back it is found, the receipt comes, and it is
    written once."""
    place = home.place
    with Person(home) as p:
        lose_the_answer(p, place)
        back_again(p, place)
        p.wait(GONE, 60, gone=True)
        p.wait(r'Signerad \d\d:\d\d')
        quit(p)
    texts = [attachment(json.loads(d)) for d in place.notes()]
    check(len(texts) == 1 and 'efter avbrottet' in texts[0], f'in the record: {texts}')
    return 'found when the core was back, written once'


def cut_and_written_on(home, a):
    """The answer is lost, and the draft is written on before the core is back: the receipt is for what was signed, and
    what was written since stays in the draft."""
    place = home.place
    with Person(home) as p:
        lose_the_answer(p, place)
        p.press('<Esc>')
        p.wait('utkast')
        p.type(' Och mer.')
        p.wait('Och mer')
        back_again(p, place)
        p.until(lambda: re.search('det du har skrivit sedan dess finns i utkastet', flat(p)), 'the draft is said to stay')
        check(p.has('Och mer'), 'what was written on is not on the screen')
        quit(p)
    texts = [attachment(json.loads(d)) for d in place.notes()]
    check(len(texts) == 1 and 'Och mer' not in texts[0], f'in the record: {texts}')
    return 'signed as it was signed, what was written since is kept'


def back_again(p, place):
    place.front.serve('good')
    p.look_for(1.1)  # the core is tried once a second by the keys that are pressed
    p.press('<Down>')


def lose_the_answer(p, place):
    sign_in(p)
    p.wait('Läkare avdelning 1')
    p.press('<Enter>')
    p.wait('Öberg')
    open_patient(p, OBERG[1])
    begin_note(p)
    p.type('Skrivet efter avbrottet.')
    p.wait('avbrottet')
    p.press('<F2>')
    p.wait(r'^ F9 signerar')
    p.look(0.4)
    os.kill(place.core.pid, signal.SIGSTOP)
    before = len(place.front.seen)
    p.press('<F9>')
    p.wait('Skickas|skickas')
    p.until(lambda: any(d.startswith(b'POST / ') for d in place.front.seen[before:]), 'the note on its way')
    place.front.serve(None)
    os.kill(place.core.pid, signal.SIGCONT)
    p.wait(GONE, 60)
    p.until(lambda: len(place.notes()) == 1, 'the note in the record')


def with_place(story):
    def run(home, a):
        with tempfile.TemporaryDirectory(prefix='rond-offline-') as folder, Card(folder, home.build) as card:
            story_net.people = people
            home.place = Place(home, folder, card)
            try:
                return story(home, a)
            finally:
                home.place.close()
    return run


if __name__ == '__main__':
    if not MODULES:
        print('OpenSC is not installed')
        sys.exit(77)
    if 'PCSCD_PID' not in os.environ:
        os.execv(ENVIRONMENT, [ENVIRONMENT, '/usr/bin/python3', os.path.abspath(__file__), *sys.argv[1:]])
    warnings.simplefilter('ignore', DeprecationWarning)
    main({'killed': with_place(killed), 'cut': with_place(cut), 'written on': with_place(cut_and_written_on)})
