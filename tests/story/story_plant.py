#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text from outside never speaks to the terminal: every control, escape sequence, bidi and zero-width character
is planted in every string of a patient's chart and of its surroundings; every view is opened, and not one of them
may be among the bytes that the terminal got, in UTF-8 and in Latin-1, nor on standard output, nor in a log."""
import base64
import json
import os
import re
import subprocess
import time

from person import OBERG, PIN, PIN_ASKED, Person, check, insert_card, login, main, quit, row, skip
from story_terminals import LATIN1, locales

MARK = 'PLANT'
# Whole sequences whose tails are no part of what curses itself sends.
SEQUENCES = ['\x1b]0;own\x07', '\x1b]52;c;T1dO\x07', '\x1bP1$qm\x1b\\', '\x1b[5n', '\x1b[21t', '\x1b[0c', '\x1b_own\x1b\\',
             *(f'qz{c}zq' for c in '\x07\x08\x0e\x0f\x1b'),  # alone they are also curses' own, between these letters they are not
             '\x1b^own\x1b\\', '\x1bX own\x1b\\', '\x1bc', '\x9b5n', '\x9d0;own\x9c', '\x90own\x9c', '\x1b[38;2;9;9;9m']
SINGLE = [chr(c) for c in (*range(1, 9), 11, 12, *range(14, 27), *range(28, 32), 127, *range(128, 160))]
HIDDEN = [chr(c) for c in (0xAD, 0x61C, 0x180E, *range(0x200B, 0x2010), *range(0x2028, 0x202F), *range(0x2060, 0x206A),
                           0xFEFF, 0xFFF9, 0xFFFA, 0xFFFB, 0xE0001, 0xE0041)]
ALL = SEQUENCES + SINGLE + HIDDEN

TYPES = ['Condition', 'AllergyIntolerance', 'Flag', 'MedicationRequest', 'Observation', 'DocumentReference',
         'Appointment', 'Encounter', 'Task', 'Procedure']
AROUND = ['Organization', 'Location', 'Practitioner', 'PractitionerRole', 'Schedule']
# Not here: Slot, of which no word is shown; ValueSet, which a core makes when it is asked (story_answers plants it).
SUBJECT = {'reference': f'Patient/{OBERG[0]}'}
# What the seed has none of, or none whose every part can be planted: also units, codes, marks and who wrote it.
MORE = [
    {'resourceType': 'DiagnosticReport', 'id': 'plant-report', 'status': 'final', 'subject': SUBJECT, 'code': {'text': 'Blodbild'},
     'effectiveDateTime': '2026-11-10T07:00:00+01:00', 'issued': '2026-11-10T07:00:00+01:00', 'conclusion': 'Utan anmärkning',
     'conclusionCode': [{'text': 'normal'}], 'performer': [{'display': 'Laboratoriet'}],
     'presentedForm': [{'contentType': 'text/plain', 'title': 'Svar', 'data': base64.b64encode(b'Svar').decode()}]},
    {'resourceType': 'Observation', 'id': 'plant-value', 'status': 'final', 'subject': SUBJECT,
     'category': [{'coding': [{'system': 'http://terminology.hl7.org/CodeSystem/observation-category', 'code': 'laboratory'}]}],
     'code': {'text': 'P-Plant'}, 'effectiveDateTime': '2026-11-10T06:59:00+01:00',
     'valueQuantity': {'value': 5, 'planted unit': 'mmol/L', 'comparator': '<'},
     'referenceRange': [{'text': '3–6'}], 'note': [{'text': 'hemolys'}], 'interpretation': [{'text': 'hög'}],
     'dataAbsentReason': {'text': 'saknas'}},
    {'resourceType': 'Observation', 'id': 'plant-words', 'status': 'final', 'subject': SUBJECT,
     'category': [{'coding': [{'system': 'http://terminology.hl7.org/CodeSystem/observation-category', 'code': 'vital-signs'}]}],
     'code': {'text': 'Plant'}, 'effectiveDateTime': '2026-11-10T06:58:00+01:00', 'valueString': 'i ord'},
    {'resourceType': 'MedicationRequest', 'id': 'plant-drug', 'status': 'active', 'intent': 'order', 'subject': SUBJECT,
     'medicationReference': {'display': 'Plantan'}, 'dosageInstruction': [{'text': '1 vid behov', 'patientInstruction': 'med vatten'}],
     'note': [{'text': 'obs'}], 'requester': {'display': 'Någon'}, 'statusReason': {'text': 'därför'}, 'reasonCode': [{'text': 'värk'}]},
    {'resourceType': 'Procedure', 'id': 'plant-done', 'status': 'completed', 'subject': SUBJECT, 'code': {'text': 'Plantering'},
     'performedDateTime': '2026-11-09T10:00:00+01:00', 'performer': [{'actor': {'display': 'Någon'}}], 'statusReason': {'text': 'avbruten'},
     'reasonCode': [{'text': 'värk'}], 'bodySite': [{'text': 'höger'}], 'outcome': {'text': 'gott'}, 'note': [{'text': 'obs'}]},
    {'resourceType': 'Questionnaire', 'id': 'plant-form', 'status': 'active', 'title': 'Plantmall', 'description': 'Om plantor',
     'subjectType': ['Patient'], 'code': [{'system': 'http://loinc.org', 'code': '34748-4', 'display': 'Anteckning'}],
     'useContext': [{'code': {'system': 'http://terminology.hl7.org/CodeSystem/usage-context-type', 'code': 'user'},
                     'valueCodeableConcept': {'coding': [{'system': 'urn:rond:role', 'code': 'läkare', 'display': 'läkare'}]}}],
     'item': [{'linkId': '1', 'type': 'text', 'text': 'Plantord'}]},
]
# What a program reads by its value: another text there is another thing, not another word.
NOT_TEXT = re.compile(r'^(resourceType|id|reference|url|system|code|status|use|type|value|versionId|lastUpdated|unit|language|'
                      r'contentType|gender|intent|criticality|kind|mode|relation|start|end|birthDate|hash|linkId|'
                      r'\w*(Date|Time|DateTime|Instant|Period|Status))$')
PURPOSE = 'urn:rond:commission-purpose'  # with another text in it the assignment opens nobody's chart
KEYS = {'overview': 'ö', 'notes': 'a', 'medications': 'l', 'vitals': 'm', 'results': 'p', 'bookings': 't', 'problems': 'd',
        'alerts': 'u'}


class Planter:
    """Each string gets the next few of all that can be planted, so that all are there many times."""

    def __init__(self):
        self.at = 0
        self.strings = 0

    def text(self, text):
        some = [ALL[(self.at + i) % len(ALL)] for i in range(6)]
        self.at += len(some)
        self.strings += 1
        return ''.join(some[:3]) + MARK + ''.join(some[3:]) + text

    def walk(self, value, key=''):
        if isinstance(value, dict):
            if value.get('url') == PURPOSE:
                return value
            if key == 'attachment' and 'data' in value and value.get('contentType', '').startswith('text/plain'):
                words = base64.b64decode(value['data']).decode()
                return {**{k: v for k, v in value.items() if k not in ('hash', 'size')},
                        'data': base64.b64encode(self.text(words).encode()).decode()}
            return {k: v if k in ('meta', 'data', 'text') and isinstance(v, dict) and 'div' in v else self.walk(v, k)
                    for k, v in value.items()}
        if isinstance(value, list):
            return [self.walk(v, key) for v in value]
        return self.text(value) if isinstance(value, str) and not NOT_TEXT.match(key) else value


def plant(home):
    planter, entries = Planter(), []
    found = [home.ask('GET', f'Patient/{OBERG[0]}')]
    for kind in TYPES:
        found += home.find(f'{kind}?patient={OBERG[0]}')
    for kind in AROUND:
        found += home.find(kind)
    for r in found + MORE:
        body = planter.walk({k: v for k, v in r.items() if k not in ('meta', 'text')})
        for quantity in filter(None, [body.get('valueQuantity')]):
            quantity['unit'] = quantity.pop('planted unit', quantity.get('unit'))
        home.foreign.add(f'{r["resourceType"]}/{r["id"]}')
        entries.append({'fullUrl': f'urn:{r["resourceType"]}:{r["id"]}', 'resource': body})
    # rond-core refuses control characters over HTTP; other cores don't, and its loader is as lenient as they are
    bundle = home.path('plant.json')
    with open(bundle, 'w', encoding='utf-8') as f:
        json.dump({'resourceType': 'Bundle', 'type': 'collection', 'entry': entries}, f)
    said = subprocess.run([home.core, 'load', '--db', home.db, '--training', bundle], capture_output=True, text=True,
                          env=home.environ())
    check(said.returncode == 0, f'rond-core load: {said.stdout}{said.stderr}')
    return len(entries), planter.strings


def offending(raw, latin1):
    """What of the planted is in @raw."""
    text = raw.decode('latin-1' if latin1 else 'utf-8', 'replace')
    # curses may well switch character sets and ring; nothing else of C0 is its
    allowed = set('\x08\t\n\r\x0e\x0f\x07')
    return [repr(s) for s in ALL if s in text and s not in allowed]


def sees(p, limit=0.4):
    """Something planted stands there, if it comes: many views have nothing of it, and all is counted together."""
    end = time.monotonic() + limit
    while not p.has(MARK) and time.monotonic() < end:
        p.look(0.05)
    return bool(p.has(MARK))


def browse(p):
    """Every view of the patient, and the source of its rows."""
    seen = 0
    for key in KEYS.values():
        p.press(key)
        seen += sees(p)
        for _ in range(3):
            p.press('i')
            p.press('<Esc>')
            p.press('<Enter>')
            seen += sees(p)
            p.press('<Esc>', key, '<Down>')
    for key in ('s', '<Esc>', 'b', '<Esc>', 'n', '<Esc>', 'o', '<Esc>', 'k', 'w', 'h', '<F3>'):
        p.press(key)
        seen += sees(p)
    p.press('p', '<Tab>')
    seen += sees(p)
    for _ in range(2):
        p.press('<Enter>')
        seen += sees(p)
        p.press('<Esc>', '<Down>')
    p.press('b', 'e', 'r', 'g', '<Esc>')
    return seen


# What has no key of its own in the chart, by its command; the patient is open.
VIEWS = ['procedures', 'procedure-new', 'diagnosis-new', 'alert-new', 'vitals-new', 'order-new', 'note-new', 'booking-new', 'sign-list',
         'print', 'to-sign', 'drafts', 'exercises', 'log', 'about', 'help', 'palette', 'schedule-day', 'schedule-week']


def by_name(p):
    """Views that nothing in the chart leads to; whatever stands in them, and its first row."""
    seen = 0
    for name in VIEWS:
        p.press(':')
        p.type(name)
        p.press('<Enter>')
        seen += sees(p)
        p.press('<Down>', '<Tab>')
        seen += sees(p)
        for _ in range(3):
            p.press('<Esc>')
        p.press('ö')
    return seen


def read_one(p):
    """A note, read, beside the list, and as it would be printed."""
    p.press('a')
    p.press('<Enter>')
    p.look(0.3)
    seen = sees(p)
    p.press('g', 'p')
    p.look(1)
    seen += sees(p)
    p.press('<Esc>', '<Esc>', 'a', '.', '<Down>', '<Tab>')
    p.look(0.3)
    seen += sees(p)
    p.press('<Esc>', 'ö')
    return seen


def again(p, home):
    """Logged in once more: whose assignments, the ward's list, the core's own templates, the patient found."""
    p.press('g', 'q')
    p.wait(PIN_ASKED)
    p.type(PIN)
    p.press('<Enter>')
    p.wait(MARK)
    seen = 1
    p.press('<Enter>')
    p.wait(r'^ F3 |480930|1551', 60)
    p.look(1)
    seen += sees(p)
    p.press('/')
    p.type('480930')
    p.wait(OBERG[1])
    p.press('<Enter>')
    p.until(lambda: OBERG[1] in row(p, 1) and row(p, 3)[:2] in ('─ ', '- '), 'the chart')
    p.press('n')
    check(sees(p, 10), f'the core\'s own template is not offered:\n{p.screen()}')
    p.press('<Esc>')
    return seen + 1


def logs(home):
    for folder, _, names in os.walk(home.path('state')):
        for name in names:
            if name.endswith('.log') or 'log' in os.path.basename(folder):
                with open(os.path.join(folder, name), 'rb') as f:
                    yield name, f.read()


def shown(home, *what):
    r = subprocess.run([home.rond, 'show', *what], env=home.environ(), input=b'123456\n', capture_output=True, timeout=60)
    check(r.returncode == 0 and (MARK.encode() in r.stdout), f'rond show {what}: {r.returncode} {r.stderr.decode()}')
    return r.stdout + r.stderr


def run(latin1=False, **how):
    def story(home, a):
        if latin1:
            where = locales()
            if not where:
                skip('localedef cannot make ' + LATIN1, package=True)
            how.update(locale=LATIN1, env={'LOCPATH': where})
        with Person(home, **how) as p:
            p.wait('1  Eva Lind', 60)
            insert_card(home)
            login(p)
            resources, strings = plant(home)
            p.type('480930')
            p.wait(OBERG[1])
            p.press('<Enter>')
            p.until(lambda: OBERG[1] in row(p, 1) and row(p, 3)[:2] in ('─ ', '- '), 'the chart')
            seen = browse(p) + by_name(p) + read_one(p) + again(p, home)
            check(seen > 30, f'the planted text was seen in {seen} views only')
            quit(p)
            bad = offending(bytes(p.s.raw), latin1)
            check(not bad, f'sent to the terminal: {" ".join(bad)}')
            said = [('show', shown(home, *what)) for what in (['lista'], ['patient', OBERG[1]], ['läkemedel', OBERG[1]])] if not latin1 else []
        for name, text in [*said, *logs(home)]:
            bad = offending(text, False)
            check(not bad, f'in {name}: {" ".join(bad)}')
        return f'{len(ALL)} kinds in {strings} strings of {resources} resources, seen {seen} times, 0 on the wire'
    return story


STORIES = {'utf8': run(), 'latin1': run(latin1=True), 'linux': run(term='linux'), 'large': run(size=(132, 43))}

if __name__ == '__main__':
    main(STORIES)
