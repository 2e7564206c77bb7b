#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a core says beside its texts never speaks to the terminal. Each control, escape sequence, bidi and zero-width
character is planted in all that a program reads by its value (ids, versions, codes, systems, addresses, dates, decimals,
references, ETags, links), one part of one resource at a time so that the rest still is what it was; and in every way in
which an error can be said: OperationOutcome, plain words, a page for a browser, the words after the status, headers. Seen
on a real terminal, by rond show, by rond diag and in the log; not one of them may come out, in UTF-8 and in Latin-1."""
import copy
import json
import os
import shutil
import subprocess

from person import OBERG, PIN, PIN_ASKED, Person, check, check_terminal, insert_card, main, row, skip
from story_hostile import REPLAY, Core
from story_plant import ALL, KEYS, MARK, MORE, SUBJECT, logs, offending
from story_terminals import LATIN1, locales

OUTCOME = {'resourceType': 'OperationOutcome'}
RAW = b'x\x9b5n\x1b[5n\xff ' + MARK.encode()  # no UTF-8; C1 to a Latin-1 terminal


class Plant:
    """The next few of all that can be planted, so that all are there many times."""

    def __init__(self):
        self.at, self.parts = 0, 0

    def __call__(self, some=5):
        taken = ''.join(ALL[(self.at + i) % len(ALL)] for i in range(some))
        self.at += some
        self.parts += 1
        return taken + MARK


# ---- the inner parts of resources ----

def leaves(value, path=()):
    """Where the strings and numbers are."""
    for key, v in value.items() if isinstance(value, dict) else enumerate(value):
        if isinstance(v, (dict, list)):
            yield from leaves(v, (*path, key))
        elif (*path, key) != ('resourceType',) and not isinstance(v, bool):
            yield (*path, key)


def with_part(resource, path, plant):
    """A copy in which that part says more than it should."""
    made = copy.deepcopy(resource)
    at = made
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = f'{at[path[-1]]}{plant()}'
    return made


def planted(resource, plant, number):
    """The resource with each of its parts planted in turn; what is planted in its id comes once, in its meta too."""
    full = {'meta': {'versionId': '7', 'lastUpdated': '2026-11-09T08:00:00+01:00', 'source': 'urn:x', 'profile': ['http://x.example/p']},
            'language': 'sv', 'identifier': [{'system': 'urn:ietf:rfc:3986', 'value': f'urn:uuid:{number}'}], **resource}
    for i, path in enumerate(leaves(full)):
        made = with_part(full, path, plant)
        if path != ('id',):
            made['id'] = f'{resource["id"]}-{number}-{i}'
        yield made


def samples(home):
    """Of each type the fullest, from the training hospital."""
    os.makedirs(os.path.dirname(home.db), 0o700, exist_ok=True)
    subprocess.run([home.core, 'seed', '--db', home.db, '--training'], env=home.environ(), check=True, capture_output=True, timeout=60)
    found = {}
    for kind in ('Condition', 'AllergyIntolerance', 'Flag', 'MedicationRequest', 'DocumentReference', 'Appointment', 'Encounter', 'Task'):
        have = home.find(f'{kind}?patient={OBERG[0]}')
        if have:
            found[kind] = [max(have, key=lambda r: len(json.dumps(r)))]
    for category in ('vital-signs', 'laboratory'):
        have = home.find(f'Observation?patient={OBERG[0]}&category={category}')
        found[category] = [max(have, key=lambda r: len(json.dumps(r)))]
    for kind in ('DiagnosticReport', 'Procedure', 'Questionnaire'):
        found[kind] = [r for r in MORE if r['resourceType'] == kind]
    return found, home.ask('GET', f'Patient/{OBERG[0]}')


def searchset(resources, **more):
    return {'resourceType': 'Bundle', 'type': 'searchset', 'link': [{'relation': 'self', 'url': '{{url}}'}],
            'entry': [{'resource': r, 'search': {'mode': 'match'}} for r in resources], **more}


def questions(kind):
    """The path and query by which a sample's kind is asked for."""
    if kind in ('vital-signs', 'laboratory'):
        return 'Observation', {'category': kind}
    return kind, {} if kind in ('Encounter', 'Questionnaire') else {'patient': '*'}  # who is admitted is the ward's list


CODES = {'system': 'urn:oid:1.2.752.116.1.1.1.1.3', 'version': '2026', 'code': 'J18.9', 'display': 'Plantpneumoni', 'designation':
         [{'language': 'sv', 'value': 'Lunginflammation'}]}


def codes(plant):
    """A set of codes, and each of its parts planted in turn: what a line could not show as it is is not offered."""
    made = [CODES, *(with_part(CODES, path, plant) for path in leaves(CODES))]
    whole = {'resourceType': 'ValueSet', 'status': 'active', 'title': plant(), 'expansion': {
        'timestamp': '2026-11-10T08:00:00+01:00', 'total': len(made), 'contains': made,
        'parameter': [{'name': 'version', 'valueUri': CODES['system'] + '|2026' + plant()}]}}
    return {'path': 'ValueSet/$expand', 'answer': {'headers': ['Content-Type: application/fhir+json', f'ETag: W/"{plant()}"'], 'body': whole}}


def parts_story(found, person, plant):
    rules = [codes(plant)]
    for kind, resources in found.items():
        path, query = questions(kind)
        clean = [{**r, 'subject': SUBJECT} if 'subject' in r else r for r in resources]
        made = [m for n, r in enumerate(clean) for m in planted(r, plant, n)]
        headers = ['Content-Type: application/fhir+json', f'ETag: W/"{plant()}"', f'Last-Modified: {plant()}', f'X-Request-Id: {plant()}']
        rules.append({'path': path, 'query': query, 'answer': {'headers': headers, 'body': searchset(clean + made)}})
    people = [person, *(p for p in planted(person, plant, 9) if p['id'] != OBERG[0])]
    rules += [{'path': 'Patient', 'query': {'_summary': 'count'}, 'answer': {'entries': [], 'total': len(people)}},
              {'path': 'Patient', 'query': {'identifier': '*'}, 'answer': {'body': searchset([person], total=1)}},
              {'path': 'Patient', 'answer': {'body': searchset(people, total=len(people))}},
              {'path': f'Patient/{OBERG[0]}', 'answer': {'headers': ['Content-Type: application/fhir+json', f'ETag: W/"{plant()}"'],
                                                        'body': person}}]
    return rules


# ---- errors ----

def errors(plant):
    """Each way of saying no, and of saying yes badly; (the answer, whether its words are for a person)."""
    issue = {'severity': 'error', 'code': 'processing'}
    json_ = 'Content-Type: application/fhir+json'

    def outcome(status, **more):
        return {'status': status, 'reason': plant().replace('\n', ' ').replace('\r', ' '), 'headers': [json_, f'X-Request-Id: {plant()}'],
                'body': {**OUTCOME, 'issue': [{**issue, **more}]}}
    yield outcome(422, diagnostics=plant(), details={'text': plant(), 'coding': [{'system': plant(), 'code': plant(), 'display': plant()}]})
    yield outcome(400, diagnostics=plant(), expression=[plant()], location=[plant()])
    yield outcome(403, code=plant(), severity=plant())
    yield outcome(409, details={'coding': [{'code': plant(), 'display': plant()}]})
    yield {'status': 400, 'headers': ['Content-Type: text/plain', f'X-Request-Id: {plant()}'], 'text': plant(4)}
    yield {'status': 403, 'headers': ['Content-Type: text/plain; charset=latin1'], 'file': 'raw.txt'}
    yield {'status': 500, 'headers': [f'Content-Type: text/html{plant()}'], 'text': f'<html><title>{plant()}</title>{plant()}</html>'}
    yield {'status': 429, 'headers': ['Content-Type: text/plain', f'Retry-After: {plant()}'], 'text': plant(4)}
    yield {'status': 302, 'headers': [f'Location: http://x.example/{plant()}'], 'text': ''}
    yield {'status': 200, 'headers': [f'Content-Type: {plant()}', f'ETag: {plant()}'], 'text': '{"resourceType": "' + MARK + '\x1b[5n'}
    yield {'status': 200, 'headers': [json_], 'body': {**searchset([]), 'total': plant(), 'type': plant()}}
    yield {'status': 200, 'headers': [json_], 'body': {**searchset([{**OUTCOME, 'issue': [{**issue, 'diagnostics': plant(), 'code': plant()}]}]),
                                                      'link': [{'relation': 'self', 'url': plant()}, {'relation': 'next', 'url': plant()}]}}


def error_story(person, plant):
    rules, kinds = [], [*KINDS]
    for shift, kind in enumerate(kinds):
        path, query = questions(kind)
        answers = list(errors(plant))
        for i in range(len(answers)):
            rules.append({'path': path, 'query': query, 'times': 1, 'answer': answers[(i + shift) % len(answers)]})
        rules.append({'path': path, 'query': query, 'answer': answers[shift % len(answers)]})
    note = 'DocumentReference'
    for answer in (*errors(plant), {'status': 401, 'headers': ['Content-Type: text/plain', f'WWW-Authenticate: Bearer error="{plant()}"'],
                                    'text': plant(4)}):
        if answer['status'] >= 400:
            rules.append({'method': 'POST', 'path': '', 'body': [note], 'times': 1, 'answer': answer})
    rules += [{'path': 'Patient', 'query': {'_summary': 'count'}, 'answer': {'entries': [], 'total': 1}},
              {'path': 'Patient', 'answer': {'body': searchset([person], total=1)}},
              {'path': f'Patient/{OBERG[0]}', 'answer': {'body': person}}]
    return rules


KINDS = ['Condition', 'AllergyIntolerance', 'Flag', 'MedicationRequest', 'DocumentReference', 'Appointment', 'vital-signs', 'laboratory',
         'DiagnosticReport', 'Procedure']


def write_story(home, rules, plant):
    folder = home.path('story')
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    for name in ('login.json', 'world.json', 'metadata.json'):
        shutil.copy(os.path.join(REPLAY, name), folder)
    with open(os.path.join(folder, 'raw.txt'), 'wb') as f:
        f.write(RAW)
    with open(os.path.join(REPLAY, 'metadata.json'), encoding='utf-8') as f:
        statement = json.load(f)
    statement['rest'][0]['resource'].append({'type': 'ValueSet', 'operation': [{'name': 'expand', 'definition': 'http://x.example/expand' + plant()}]})
    statement.update(publisher=plant(), version=plant(), software={'name': 'rond-core' + plant(), 'version': plant()})
    rules.append({'path': 'metadata', 'answer': {'headers': ['Content-Type: application/fhir+json', f'Server: {plant()}', f'X-Request-Id: {plant()}'],
                                                 'body': statement}})
    path = os.path.join(folder, 'story.json')
    with open(path, 'w', encoding='utf-8') as f:
        json.dump({'story': 'planted', 'include': ['login.json'], 'rules': rules}, f)
    return path


# ---- sitting there ----

def log_in(p, home):
    p.wait('1  Eva Lind', 60)
    insert_card(home)
    p.wait(PIN_ASKED)
    p.type(PIN)
    p.press('<Enter>')
    p.wait('1  VoB Medicin avd 3')
    p.press('<Enter>')
    p.wait('Avdelningslista')


def open_chart(p):
    p.press('/')
    p.type('480930')
    p.wait(OBERG[1])
    p.press('<Down>', '<Enter>')
    p.until(lambda: OBERG[1] in row(p, 1) and row(p, 3)[:2] in ('─ ', '- '), 'the chart')


def look_at_parts(p):
    """Every page of every section; of the first rows where they come from, and themselves."""
    seen = 0
    for key in KEYS.values():
        p.press(key)
        for _ in range(3):
            p.press('i')
            seen += bool(p.has(MARK))
            p.press('<Esc>', '<Enter>')
            seen += bool(p.has(MARK))
            p.press('<Esc>', key, '<Down>')
        for _ in range(3):
            p.press('<PgDn>')
            seen += bool(p.has(MARK))
        p.press('<End>', 'i', '<Esc>')
    return seen


def look_at_codes(p):
    """A diagnosis with the core's codes: of what is planted only what can be read is offered, and how many there are is said."""
    p.press('d', '+')
    p.type('plantpneu')
    p.wait('Plantpneumoni')
    check(p.has(rf'\d+ av {1 + len(list(leaves(CODES)))}'), f'how many codes there are is not said:\n{p.screen()}')
    check(not p.has(MARK + '.*Plantpneumoni|Plantpneumoni.*' + MARK), 'a planted code is offered')
    p.press('<Down>', '<Down>', '<Down>', '<Esc>', '<Esc>', 'ö')
    return 0


def look_at_errors(p):
    """Every section, asked again and again."""
    seen = 0
    for _ in range(5):
        for key in KEYS.values():
            p.press(key)
            seen += bool(p.has(MARK))
        p.press('<F5>')
    return seen


def write_in_vain(p):
    """A note that is refused in every way."""
    seen = 0
    p.press('n', '<Enter>')
    p.wait('Aktuellt')
    p.type('Mår bättre.')
    p.press('<F2>')
    for _ in range(8):
        p.look(0.4)
        p.press('<F9>')
        p.look(0.3)
        seen += bool(p.has(MARK))
    p.press('<Esc>', '<Esc>')
    return seen


def see_log(p):
    p.press(':', 'l', 'o', 'g', '<Enter>')
    seen = bool(p.has(MARK))
    p.press('<Esc>')
    return seen


def said_outside(home):
    for args in (['diag'], ['show', 'lista'], ['show', 'patient', OBERG[1]], ['show', 'läkemedel', OBERG[1]], ['show', 'tider', OBERG[1]],
                 ['show', 'anteckningar', OBERG[1]]):
        r = subprocess.run([home.rond, *args], env=home.environ(), input=b'123456\n', capture_output=True, timeout=60)
        check(r.returncode >= 0, f'rond {args}: {r.returncode}')
        yield ' '.join(args), r.stdout + r.stderr


def run(rules_of, look, latin1=False, least=12):
    def story(home, a):
        how = {}
        if latin1:
            where = locales()
            if not where:
                skip('localedef cannot make ' + LATIN1, package=True)
            how = {'locale': LATIN1, 'env': {'LOCPATH': where}}
        plant = Plant()
        found, person = samples(home)
        home.stop_core()
        core = Core(home, write_story(home, rules_of(found, person, plant), plant))
        try:
            with Person(home, **how) as p:
                log_in(p, home)
                open_chart(p)
                seen = sum(part(p) for part in look) + see_log(p)
                p.press('<C-q>')
                p.ended()
                check_terminal(p)
                bad = offending(bytes(p.s.raw), latin1)
                check(not bad, f'sent to the terminal: {" ".join(bad)}')
                check(seen >= least, f'the planted text was seen {seen} times only')
                size = len(p.s.raw)
            heard = 0
            for name, text in [*(said_outside(home) if not latin1 else ()), *logs(home)]:
                bad = offending(text, False)
                check(not bad, f'in {name}: {" ".join(bad)}')
                heard += MARK.encode() in text
                check(name != 'diag' or 'iakttaget 20'.encode() in text, 'rond diag does not know what the session saw')
            return f'{len(ALL)} kinds in {plant.parts} places, seen {seen} times, heard {heard} times, {size} bytes, 0 on the wire'
        finally:
            core.close()
    return story


STORIES = {}
for _name, _latin1 in (('utf8', False), ('latin1', True)):
    STORIES['parts-' + _name] = run(parts_story, [look_at_parts, look_at_codes], _latin1)
    STORIES['errors-' + _name] = run(lambda found, person, plant: error_story(person, plant), [look_at_errors, write_in_vain], _latin1)

if __name__ == '__main__':
    main(STORIES)
