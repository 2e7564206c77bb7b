# SPDX-License-Identifier: GPL-3.0-or-later
"""rond-core from outside: what goes in over HTTP is what stands in the record afterwards."""
import contextlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.parse

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import CARE, CORE, PATIENTS, PNR, Cards, Connection, Core  # noqa: E402

SEED = int(os.environ.get('ROND_TEST_SEED', 0)) or random.randrange(1, 1 << 31)


def observation(value='37.20', patient='p1', **more):
    text = json.dumps({'resourceType': 'Observation', 'status': 'final',
                       'code': {'coding': [{'system': 'http://loinc.org', 'code': '8310-5'}]},
                       'subject': {'reference': f'Patient/{patient}'},
                       'effectiveDateTime': '2026-11-20T08:00:00+01:00',
                       'valueQuantity': {'value': '@', 'unit': 'Cel'}, **more})
    return text.replace('"@"', value)


def note(doc_status, signer=None, **more):
    r = {'resourceType': 'DocumentReference', 'status': 'current', 'docStatus': doc_status,
         'subject': {'reference': 'Patient/p1'},
         'content': [{'attachment': {'contentType': 'text/plain; charset=utf-8', 'data': 'aGVq'}}]}
    if signer:
        r['authenticator'] = {'reference': signer}
    r.update(more)
    return r


ATTESTER = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-DocumentReference.attester'


def order(status='active'):
    return {'resourceType': 'MedicationRequest', 'status': status, 'intent': 'order',
            'medicationCodeableConcept': {'text': 'Alvedon'}, 'subject': {'reference': 'Patient/p1'}}


def bundle(kind, *entries):
    return {'resourceType': 'Bundle', 'type': kind, 'entry': list(entries)}


def entry(method, url, resource=None, full_url=None, **request):
    e = {'request': {'method': method, 'url': url, **request}}
    if resource:
        e['resource'] = resource
    if full_url:
        e['fullUrl'] = full_url
    return e


class CoreCase(unittest.TestCase):
    extra = ()
    resources = ()

    @classmethod
    def setUpClass(cls):
        cls.core = Core(*cls.extra, resources=list(cls.resources))
        cls.addClassCleanup(cls.core.__exit__)

    def refused(self, answer, status):
        self.assertEqual(answer.status, status, answer.text)
        self.assertEqual(answer.json['resourceType'], 'OperationOutcome')
        return answer.json['issue'][0]

    def create(self, body, kind='Observation', **kw):
        answer = self.core.post(kind, body, **kw)
        self.assertEqual(answer.status, 201, answer.text)
        return answer


class Interactions(CoreCase):
    def test_create_read_keeps_text(self):
        made = self.create(observation(), Content_Type='application/fhir+json')
        self.assertEqual(made.etag, 'W/"1"')
        rid = made.json['id']
        self.assertTrue(made.headers['Location'].endswith(f'/Observation/{rid}/_history/1'))
        read = self.core.get(f'Observation/{rid}')
        self.assertIn('37.20', read.text)
        self.assertEqual(read.text, made.text)
        self.assertEqual(read.json['meta']['versionId'], '1')
        self.assertEqual(self.core.get(f'Observation/{rid}', If_None_Match='W/"1"').status, 304)

    def test_versions(self):
        first = self.create(observation('36.0')).json
        first['status'] = 'amended'
        url = f'Observation/{first["id"]}'
        second = self.core.put(url, first, If_Match='W/"1"')
        self.assertEqual((second.status, second.etag), (200, 'W/"2"'))
        self.refused(self.core.put(url, first, If_Match='W/"1"'), 412)
        self.refused(self.core.put(url, first, If_Match='1'), 400)
        self.refused(self.core.put('Observation/other', first), 400)
        self.assertEqual(self.core.get(url + '/_history/1').json['status'], 'final')
        history = self.core.get(url + '/_history').json
        self.assertEqual([e['resource']['meta']['versionId'] for e in history['entry']], ['2', '1'])
        self.refused(self.core.get(url + '/_history/3'), 404)

    def test_patch(self):
        made = self.create(observation('1.50')).json
        url = f'Observation/{made["id"]}'
        change = [{'op': 'replace', 'path': '/status', 'value': 'amended'}]
        self.refused(self.core.call('PATCH', url, change, If_Match='W/"7"'), 412)
        done = self.core.call('PATCH', url, change, If_Match='W/"1"')
        self.assertEqual((done.status, done.json['status']), (200, 'amended'))
        self.assertIn('1.50', done.text)
        self.refused(self.core.call('PATCH', url, [{'op': 'test', 'path': '/status', 'value': 'x'}]), 400)
        self.refused(self.core.call('PATCH', url, [{'op': 'replace', 'path': '/id', 'value': 'x'}]), 400)

    def test_refusals(self):
        self.refused(self.core.call('DELETE', 'Patient/p1'), 405)
        self.assertEqual(self.core.get('Patient/p1').status, 200)
        self.refused(self.core.post('Observation', '{"resourceType":"Observation"'), 400)
        self.refused(self.core.post('Observation', observation().replace('status', 'statsu')), 400)
        self.refused(self.core.post('Patient', observation()), 400)
        self.refused(self.core.get('Unicorn/1'), 404)
        self.refused(self.core.get('Patient/nobody'), 404)
        self.refused(self.core.get('Patient?favourite-colour=red'), 400)
        self.refused(self.core.get('Patient?name:soundex=red'), 400)
        self.refused(self.core.get('Observation?date=soon'), 400)
        self.refused(self.core.get('Patient/p1', Accept='application/fhir+xml'), 406)
        self.refused(self.core.post('Observation', observation(), Content_Type='text/xml'), 415)

    def test_client_id(self):
        event = {'resourceType': 'AuditEvent', 'id': 'e1', 'recorded': '2026-11-21T10:00:00Z',
                 'type': {'code': 'rest'}, 'agent': [{'requestor': True}],
                 'source': {'observer': {'display': 'rond'}}}
        self.assertEqual(self.core.put('AuditEvent/e1', event, who=5).status, 201)
        self.assertEqual(self.core.put('AuditEvent/e1', event, who=5).status, 200)

    def test_prefer_gzip_request_id(self):
        answer = self.core.post('Observation', observation(), Prefer='return=minimal')
        self.assertEqual((answer.status, answer.text), (201, ''))
        self.assertTrue(answer.headers['Location'])
        answer = self.core.get('metadata', who=None, Accept_Encoding='gzip', X_Request_Id='abc-1')
        self.assertEqual(answer.headers['Content-Encoding'], 'gzip')
        self.assertEqual(answer.headers['X-Request-Id'], 'abc-1')
        self.assertIn('ÖVNING', answer.json['implementation']['description'])

    def test_conditional(self):
        tag = 'urn:uuid:11111111-2222-4333-8444-555555555555'
        ident = [{'system': 'urn:ietf:rfc:3986', 'value': tag}]
        body = observation(identifier=ident)
        where = 'identifier=' + urllib.parse.quote(f'urn:ietf:rfc:3986|{tag}')
        first = self.core.post('Observation', body, If_None_Exist=where)
        again = self.core.post('Observation', body, If_None_Exist=where)
        self.assertEqual((first.status, again.status), (201, 200))
        self.assertEqual(first.json['id'], again.json['id'])
        changed = self.core.put('Observation?' + where, observation('38.0', identifier=ident))
        self.assertEqual((changed.status, changed.etag), (200, 'W/"2"'))
        self.create(body)
        self.refused(self.core.post('Observation', body, If_None_Exist=where), 412)
        self.refused(self.core.post('Observation', body, If_None_Exist='code=1&colour=red'), 400)


class Search(CoreCase):
    def found(self, query, ids, kind='Patient'):
        answer = self.core.get(f'{kind}?' + query)
        self.assertEqual(answer.status, 200, answer.text)
        self.assertEqual(answer.ids, ids, query)

    def test_names(self):
        q = urllib.parse.quote
        for query, ids in [('name=aker', ['p2', 'p1']), ('name=' + q('Åkerst'), ['p1']),
                           ('name=' + q('von åker'), ['p1']), ('name=zoe', ['p1']),
                           ('name=bjorn', ['p2']), ('family:exact=akerlund', []),
                           ('family:exact=Akerlund', ['p2']), ('family:contains=rlun', ['p2']),
                           ('name=zoe&name=akerlund', []), ('name=zoe,bjorn', ['p1', 'p2']),
                           ('name=a&_sort=_id', ['p1', 'p2']), ('name=a&birthdate=1890-01', ['p1']),
                           ('name=zoe%20akerstrom', ['p1']), ('name=zoe%20akerlund', []),
                           ('name=%25', []), ("name='--", [])]:
            self.found(query, ids)

    def test_tokens(self):
        for query, ids in [('identifier=189001019802', ['p1']),
                           (f'identifier={PNR}|189004029816', ['p2']),
                           (f'identifier={PNR}|', ['p1', 'p2']),
                           ('identifier=urn:other|189004029816', []),
                           ('identifier-tail=9816', ['p2']), ('identifier-tail=9816&name=b', ['p2']),
                           ('_id=p2,p1', ['p1', 'p2']), ('gender:missing=true', ['p1', 'p2']),
                           ('identifier:not=189001019802', ['p2'])]:
            self.found(query, ids)

    def test_dates(self):
        for query, ids in [('birthdate=1890', ['p1', 'p2']), ('birthdate=1890-01', ['p1']),
                           ('birthdate=gt1890-01-01', ['p2']), ('birthdate=ge1890-01-01', ['p1', 'p2']),
                           ('birthdate=lt1890-04-02', ['p1']), ('birthdate=le1890-04-02', ['p1', 'p2']),
                           ('birthdate=ge1890-02&birthdate=lt1891', ['p2']),
                           ('birthdate=ne1890-01-01', ['p2']), ('birthdate=sa1890-01-01', ['p2']),
                           ('birthdate=eb1890-04-02', ['p1']), ('_lastUpdated=gt2000', ['p1', 'p2'])]:
            self.found(query, ids)

    def test_references_and_pages(self):
        made = [self.create(observation(str(i), 'p2', effectiveDateTime=f'2026-11-{i + 1:02}T10:00:00Z'))
                .json['id'] for i in range(7)]
        for ref in ['patient=p2', 'patient=Patient/p2', 'subject=Patient/p2', 'subject:Patient=p2',
                    'subject=http://localhost/Patient/p2']:
            self.found(ref + '&_sort=date', made, 'Observation')
        self.found('subject=Group/p2', [], 'Observation')
        self.found('patient=p2&date=ge2026-11-03&date=lt2026-11-05&_sort=-date', [made[3], made[2]],
                   'Observation')
        url, seen = 'Observation?patient=p2&_sort=-date&_count=3&_total=accurate', []
        while url:
            page = self.core.get(url).json
            self.assertEqual(page['total'], 7)
            seen += [e['resource']['id'] for e in page['entry']]
            links = {link['relation']: link['url'] for link in page['link']}
            self.assertIn('patient=p2&_sort=-date&_count=3&_total=accurate', links['self'])
            url = links.get('next', '').replace('http://localhost/', '')
        self.assertEqual(seen, made[::-1])
        count = self.core.get('Observation?patient=p2&_summary=count').json
        self.assertEqual((count['total'], 'entry' in count), (7, False))
        self.assertEqual(self.core.get('Observation?patient=p2&_count=1').json['entry'][0]['resource']['id'],
                         made[0])

    def test_pages_of_names(self):
        """Found by two words, each is still there once."""
        url, seen = 'Patient?name=a&_count=1', []
        while url:
            page = self.core.get(url)
            seen += page.ids
            url = {link['relation']: link['url'] for link in page.json['link']}.get('next', '')
            url = url.replace('http://localhost/', '')
        self.assertEqual(sorted(seen), ['p1', 'p2'])
        self.refused(self.core.get('Patient?name=a&_cursor=rubbish'), 400)

    def test_includes(self):
        def modes(url):
            return [(e['resource']['resourceType'], e['search']['mode'])
                    for e in self.core.get(url).json['entry']]
        self.create(order('active'), 'MedicationRequest')
        self.assertEqual(modes('MedicationRequest?patient=p1&_include=MedicationRequest:subject'),
                         [('MedicationRequest', 'match'), ('Patient', 'include')])
        self.assertEqual(modes('Patient?_id=p1&_revinclude=MedicationRequest:patient'),
                         [('Patient', 'match'), ('MedicationRequest', 'include')])
        self.refused(self.core.get('Patient?_include=Patient:nothing'), 400)

    def test_poll(self):
        url = 'Flag?patient=p1'
        tag = self.core.get(url).etag
        self.assertEqual(self.core.get(url, If_None_Match=tag).status, 304)
        flag = {'resourceType': 'Flag', 'status': 'active', 'code': {'text': 'Blodsmitta'},
                'subject': {'reference': 'Patient/p2'}}
        self.create(flag, 'Flag')
        self.assertEqual(self.core.get(url, If_None_Match=tag).status, 304)
        flag['subject']['reference'] = 'Patient/p1'
        self.create(flag, 'Flag')
        self.assertEqual(self.core.get(url, If_None_Match=tag).status, 200)

    def test_form(self):
        answer = self.core.post('Patient/_search', 'name=zoe', Content_Type='application/x-www-form-urlencoded')
        self.assertEqual(answer.ids, ['p1'])


class Bundles(CoreCase):
    slot = {'resourceType': 'Slot', 'status': 'free', 'schedule': {'reference': 'Schedule/s'},
            'start': '2026-11-23T09:00:00+01:00', 'end': '2026-11-23T09:30:00+01:00'}
    resources = [{**slot, 'id': 'slot1'}, {**slot, 'id': 'slot2'}]

    def test_transaction_links_entries(self):
        uid = 'urn:uuid:0a0a0a0a-2222-4333-8444-555555555555'
        done = self.core.post('', bundle(
            'transaction',
            entry('POST', 'Observation', json.loads(observation(derivedFrom=[{'reference': uid}]))),
            entry('POST', 'Observation', json.loads(observation()), uid),
            entry('GET', 'Patient/p1')))
        self.assertEqual(done.status, 200, done.text)
        first, second, patient = done.json['entry']
        self.assertTrue(first['response']['status'].startswith('201'))
        self.assertEqual(second['response']['etag'], 'W/"1"')
        self.assertEqual(first['resource']['derivedFrom'][0]['reference'],
                         'Observation/' + second['resource']['id'])
        self.assertEqual(patient['resource']['id'], 'p1')

    def test_transaction_rolls_back(self):
        before = self.core.get('Observation?_summary=count').json['total']
        bad = bundle('transaction', entry('POST', 'Observation', json.loads(observation())),
                     entry('PUT', 'Patient/p1', {'resourceType': 'Patient', 'id': 'p1'}, ifMatch='W/"9"'))
        self.refused(self.core.post('', bad), 412)
        self.assertEqual(self.core.get('Observation?_summary=count').json['total'], before)

    def test_batch(self):
        done = self.core.post('', bundle('batch', entry('GET', 'Patient/p1'), entry('GET', 'Patient/zz'),
                                         entry('GET', 'Patient?_id=p2'), entry('DELETE', 'Patient/p1'),
                                         entry('GET', 'Patient/p1', ifNoneMatch='W/"1"'))).json
        self.assertEqual([e['response']['status'][:3] for e in done['entry']],
                         ['200', '404', '200', '405', '304'])
        self.refused(self.core.post('', bundle('document')), 400)

    def test_if_none_exist_inside(self):
        ident = [{'system': 'urn:ietf:rfc:3986', 'value': 'urn:uuid:3'}]
        tx = bundle('transaction', entry('POST', 'Observation', json.loads(observation(identifier=ident)),
                                         ifNoneExist='identifier=urn:uuid:3'))
        one = self.core.post('', tx).json['entry'][0]
        two = self.core.post('', tx).json['entry'][0]
        self.assertEqual(one['resource']['id'], two['resource']['id'])
        self.assertEqual((one['response']['status'][:3], two['response']['status'][:3]), ('201', '200'))

    def book(self, slot, tag, results):
        booking = bundle('transaction',
                         entry('POST', 'Appointment',
                               {'resourceType': 'Appointment', 'status': 'booked',
                                'start': slot['start'], 'end': slot['end'],
                                'slot': [{'reference': 'Slot/' + slot['id']}],
                                'participant': [{'actor': {'reference': 'Patient/p1'}, 'status': 'accepted'}]}),
                         entry('PUT', 'Slot/' + slot['id'], {**slot, 'status': 'busy'}, ifMatch=tag))
        connection = Connection(self.core.socket)
        connection.request('POST', '/', json.dumps(booking),
                           {'Authorization': 'Bearer ' + self.core.token(1),
                            'Content-Type': 'application/fhir+json'})
        response = connection.getresponse()
        response.read()
        results.append(response.status)
        connection.close()

    def test_one_booking_wins(self):
        slot = self.core.get('Slot/slot1')
        self.core.token(1)
        results = []
        threads = [threading.Thread(target=self.book, args=(slot.json, slot.etag, results))
                   for _ in range(8)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(sorted(results), [200] + [412] * 7)
        self.assertEqual(self.core.get('Appointment?slot=slot1&_summary=count').json['total'], 1)
        free = self.core.get('Slot/slot2').json
        self.refused(self.core.put('Slot/slot2', {**free, 'status': 'busy'}), 412)


class Rights(CoreCase):
    def test_bearer(self):
        self.refused(self.core.get('Patient/p1', who=None), 401)
        self.refused(self.core.get('Patient/p1', who='nonsense'), 401)
        self.assertEqual(self.core.get('metadata', who=None).status, 200)

    def test_the_second_scale_is_a_physicians_order(self):
        flag = {'resourceType': 'Flag', 'status': 'active', 'subject': {'reference': 'Patient/p1'},
                'code': {'coding': [{'system': 'urn:other', 'code': 'x'},
                                    {'system': 'urn:rond:alert', 'code': 'news2-spo2-scale-2'}]},
                'period': {'start': '2026-11-10T08:00:00+01:00'}}
        other = {**flag, 'code': {'text': 'MRSA'}}
        self.refused(self.core.post('Flag', flag, who=2), 403)
        self.assertEqual(self.core.post('Flag', other, who=2).status, 201)
        made = self.core.post('Flag', flag, who=1)
        self.assertEqual(made.status, 201)
        ended = {**made.json, 'status': 'inactive'}
        self.refused(self.core.put('Flag/' + made.json['id'], ended, who=2), 403)
        self.refused(self.core.put('Flag/' + made.json['id'], {**ended, 'code': {'text': 'MRSA'}}, who=2), 403)
        self.assertEqual(self.core.put('Flag/' + made.json['id'], ended, who=1).status, 200)

    def test_roles(self):
        """What each assignment gets: 1 doctor 2 nurse 3 aide 4 secretary 5 support 6 trainer 8 research."""
        table = [
            ('GET', 'Patient/p1', None, {1: 200, 2: 200, 3: 200, 4: 200, 5: 403, 6: 200, 8: 403}),
            ('GET', 'Patient?name=a', None, {5: 403, 8: 403}),
            ('GET', 'Practitioner/doc', None, {5: 200, 8: 200}),
            ('POST', 'MedicationRequest', order(), {1: 201, 2: 403, 3: 403, 4: 403, 5: 403, 6: 201, 8: 403}),
            ('POST', 'MedicationRequest', order('draft'), {1: 201, 2: 201, 3: 403, 4: 403}),
            ('POST', 'Observation', json.loads(observation()), {1: 201, 2: 201, 3: 201, 4: 403, 5: 403}),
            ('POST', 'DocumentReference', note('preliminary'), {1: 201, 2: 201, 3: 201, 4: 201, 5: 403}),
            ('POST', 'DocumentReference', note('final', 'Practitioner/secretary'), {4: 403}),
            ('POST', 'DocumentReference', note('final', 'Practitioner/nurse'), {1: 403, 2: 201}),
            ('POST', 'Organization', {'resourceType': 'Organization', 'name': 'X'}, {1: 403, 6: 201}),
        ]
        for method, path, body, wanted in table:
            for who, status in wanted.items():
                answer = self.core.call(method, path, body, who=who)
                self.assertEqual(answer.status, status, f'{method} {path} {body} as {who}: {answer.text}')
        issue = self.refused(self.core.post('MedicationRequest', order(), who=2), 403)
        self.assertIn('läkare', issue['details']['text'])
        self.assertEqual(issue['code'], 'forbidden')
        self.assertIn(CARE, self.refused(self.core.get('Patient/p1', who=8), 403)['details']['text'])

    def test_batch_has_rights_too(self):
        done = self.core.post('', bundle('batch', entry('GET', 'Patient/p1'), entry('GET', 'Patient?name=a')),
                              who=5).json
        self.assertEqual([e['response']['status'] for e in done['entry']], ['403', '403'])
        answer = self.core.get('Practitioner?_id=doc&_revinclude=Observation:performer', who=5)
        self.assertEqual([e['resource']['resourceType'] for e in answer.json['entry']], ['Practitioner'])

    def test_signed_note_stays(self):
        made = self.create(note('final', 'Practitioner/doc'), 'DocumentReference').json
        url = 'DocumentReference/' + made['id']
        self.refused(self.core.put(url, {**made, 'description': 'ny'}, If_Match='W/"1"'), 422)
        self.refused(self.core.put(url, {**made, 'docStatus': 'preliminary'}, If_Match='W/"1"'), 422)
        self.refused(self.core.put(url, {**made, 'status': 'entered-in-error'}), 422)  # does not say why
        self.refused(self.core.put(url, {**made, 'status': 'entered-in-error', 'description': 'fel', 'date': '2026-11-20T08:00:00Z'}), 422)
        struck = self.core.put(url, {**made, 'status': 'entered-in-error', 'description': 'fel patient'}, If_Match='W/"1"')
        self.assertEqual(struck.status, 200, struck.text)
        self.refused(self.core.put(url, {**struck.json, 'status': 'current'}, If_Match='W/"2"'), 422)
        self.assertEqual(self.core.get(url + '/_history/1').json['status'], 'current')
        self.refused(self.core.call('DELETE', url, None), 405)

    def test_unsigned_note_stays_too(self):
        """In the record and unsigned: signed by its author, replaced or struck, its words never changed."""
        made = self.create(note('preliminary', author=[{'reference': 'Practitioner/doc'}]), 'DocumentReference').json
        url, text = 'DocumentReference/' + made['id'], [{'attachment': {'contentType': 'text/plain', 'data': 'bmVq'}}]
        self.refused(self.core.put(url, {**made, 'content': text}, If_Match='W/"1"'), 422)
        self.refused(self.core.put(url, {**made, 'subject': {'reference': 'Patient/p2'}}, If_Match='W/"1"'), 422)
        self.refused(self.core.put(url, {**made, 'status': 'superseded'}, If_Match='W/"1"'), 422)  # by nothing
        signed = {**made, 'docStatus': 'final', 'authenticator': {'reference': 'Practitioner/nurse'}}
        self.refused(self.core.put(url, signed, who=2, If_Match='W/"1"'), 403)  # not the author
        self.refused(self.core.put(url, signed, If_Match='W/"1"'), 403)  # in somebody else's name
        signed['authenticator'] = {'reference': 'Practitioner/doc'}
        self.refused(self.core.put(url, {**signed, 'content': text}, If_Match='W/"1"'), 422)
        self.assertEqual(self.core.put(url, signed, If_Match='W/"1"').status, 200)
        self.refused(self.core.put(url, signed, If_Match='W/"1"'), 412)

    def test_countersigned_by_a_second_person(self):
        made = self.create(note('final', 'Practitioner/doc', author=[{'reference': 'Practitioner/doc'}]), 'DocumentReference').json
        url = 'DocumentReference/' + made['id']

        def attested(who, **more):
            return {**made, 'extension': [{'url': ATTESTER, 'extension': [
                {'url': 'party', 'valueReference': {'reference': 'Practitioner/' + who}}]}], **more}
        self.refused(self.core.put(url, attested('doc'), If_Match='W/"1"'), 403)
        self.refused(self.core.put(url, attested('doc'), who=2, If_Match='W/"1"'), 403)
        self.refused(self.core.put(url, attested('secretary'), who=4, If_Match='W/"1"'), 403)
        self.refused(self.core.put(url, attested('nurse', date='2026-11-20T08:00:00Z'), who=2, If_Match='W/"1"'), 422)
        done = self.core.put(url, attested('nurse'), who=2, If_Match='W/"1"')
        self.assertEqual(done.status, 200, done.text)
        self.refused(self.core.put(url, made, If_Match='W/"2"'), 422)  # it stays there

    def test_one_last_version(self):
        """Of two who correct the same note one wins; the other is told, and nothing of theirs is written."""
        made = self.create(note('final', 'Practitioner/doc'), 'DocumentReference').json

        def corrects(text):
            new = note('amended', 'Practitioner/doc', description='Rättelse: ' + text,
                       relatesTo=[{'code': 'replaces', 'target': {'reference': 'DocumentReference/' + made['id']}}])
            old = entry('PUT', 'DocumentReference/' + made['id'], {**made, 'status': 'superseded'})
            old['request']['ifMatch'] = 'W/"1"'
            return self.core.post('', bundle('transaction', old, entry('POST', 'DocumentReference', new)))
        self.assertEqual(corrects('en').status, 200)
        self.refused(corrects('två'), 412)
        later = self.core.get('DocumentReference?relatesto=DocumentReference/' + made['id']).json['entry']
        self.assertEqual([e['resource']['description'] for e in later], ['Rättelse: en'])
        late = note('amended', 'Practitioner/doc', relatesTo=later[0]['resource']['relatesTo'])
        self.refused(self.core.post('DocumentReference', late), 412)

    def by(self, who, doc_status='final', **more):
        """A note in @who's words."""
        person = {'reference': 'Practitioner/' + who}
        return self.create(note(doc_status, person['reference'] if doc_status == 'final' else None, author=[person], **more),
                           'DocumentReference', who={'doc': 1, 'nurse': 2, 'secretary': 4}[who]).json

    def struck(self, made, who):
        return self.core.put('DocumentReference/' + made['id'], {**made, 'status': 'entered-in-error', 'description': 'fel'},
                             who=who, If_Match='W/"1"')

    def replaces(self, made, who, signer, **more):
        """None takes an element away."""
        new = {**note('amended', 'Practitioner/' + signer, description='Rättelse: fel sida',
                      relatesTo=[{'code': 'replaces', 'target': {'reference': 'DocumentReference/' + made['id']}}]), **more}
        new = {k: v for k, v in new.items() if v is not None}
        old = entry('PUT', 'DocumentReference/' + made['id'], {**made, 'status': 'superseded'}, ifMatch='W/"1"')
        return self.core.post('', bundle('transaction', old, entry('POST', 'DocumentReference', new)), who=who)

    def test_a_note_is_taken_back_by_who_answers_for_it(self):
        """Its author, who signed it, or one of the author's profession; a nurse does not strike a doctor's note."""
        for who in (2, 3, 4, 6):
            made = self.by('doc')
            answer = self.struck(made, who)
            self.refused(answer, 403)
            self.assertEqual(self.core.get('DocumentReference/' + made['id']).json['meta']['versionId'], '1')
        self.assertIn('add to it', self.struck(made, 2).json['issue'][0]['details']['text'])
        self.refused(self.struck(self.by('nurse'), 1), 403)  # nor a doctor a nurse's
        self.assertEqual(self.struck(self.by('doc'), 7).status, 200)  # another doctor
        self.assertEqual(self.struck(self.by('nurse'), 2).status, 200)
        self.refused(self.struck(self.by('doc', 'preliminary'), 7), 403)  # before it is signed: its author
        self.assertEqual(self.struck(self.by('doc', 'preliminary'), 1).status, 200)

    def test_a_note_is_struck_with_all_its_versions(self):
        """Never an earlier one alone; who struck the last has decided of them all, and the words stay."""
        first = self.by('doc')
        self.assertEqual(self.replaces(first, 1, 'doc').status, 200)
        first = self.core.get('DocumentReference/' + first['id']).json
        later = self.core.get('DocumentReference?relatesto=DocumentReference/' + first['id']).json['entry'][0]['resource']
        gone = {'status': 'entered-in-error', 'docStatus': 'entered-in-error', 'description': 'fel patient'}

        def strike(*notes, who=1, **more):
            puts = [entry('PUT', 'DocumentReference/' + d['id'], {**d, **gone, **more}, ifMatch=f'W/"{d["meta"]["versionId"]}"') for d in notes]
            return self.core.post('', bundle('transaction', *puts), who=who)
        self.refused(strike(first), 422)
        self.refused(strike(first, later, who=2), 422)
        self.refused(strike(later, first, who=2), 403)
        self.refused(strike(later, {**first, 'date': '2026-11-20T08:00:00Z'}), 422)
        self.assertEqual(self.core.get('DocumentReference/' + later['id']).json['status'], 'current')
        struck = strike(later, first, who=7)  # another doctor
        self.assertEqual(struck.status, 200, struck.text)
        self.assertEqual({self.core.get('DocumentReference/' + d['id']).json['status'] for d in (first, later)}, {'entered-in-error'})

    def test_a_note_is_corrected_by_who_answers_for_it(self):
        made = self.by('doc')
        self.refused(self.replaces(made, 2, 'nurse'), 403)
        self.refused(self.replaces(made, 7, 'second', description=None), 422)  # what is signed, never without a reason
        self.refused(self.replaces(made, 1, 'doc', description=None), 422)
        self.assertEqual(self.core.get('DocumentReference/' + made['id']).json['status'], 'current')
        self.assertEqual(self.replaces(made, 7, 'second').status, 200)
        unsigned, freely = self.by('doc', 'preliminary'), {'description': None, 'docStatus': 'preliminary', 'authenticator': None}
        self.refused(self.replaces(unsigned, 7, 'second', **freely), 403)  # its author, or who wrote it down
        self.assertEqual(self.replaces(unsigned, 1, 'doc', **freely).status, 200)
        added = note('final', 'Practitioner/nurse', relatesTo=[{'code': 'appends', 'target': {'reference': 'DocumentReference/' + made['id']}}])
        self.create(added, 'DocumentReference', who=2)  # anybody adds
        sound = {'content': [{'attachment': {'contentType': 'audio/wav', 'title': '17'}}]}
        for doc_status, said in (('final', {}), ('preliminary', {}), ('final', sound)):  # a text, or what is signed
            made = self.by('doc', doc_status, **said)
            answer = self.replaces(made, 4, 'secretary', docStatus='preliminary', authenticator=None,
                                   relatesTo=[{'code': 'transforms', 'target': {'reference': 'DocumentReference/' + made['id']}}])
            self.refused(answer, 422)
            self.assertIn('Only a dictation', answer.json['issue'][0]['details']['text'])
            self.assertEqual(self.core.get('DocumentReference/' + made['id']).json['status'], 'current')

    def test_of_two_that_are_replaced_both_are_asked_about(self):
        own, other = self.by('nurse'), self.by('doc')
        both = [{'code': 'replaces', 'target': {'reference': 'DocumentReference/' + d['id']}} for d in (own, other)]
        self.refused(self.replaces(own, 2, 'nurse', relatesTo=both), 403)
        self.assertEqual(self.core.get('DocumentReference/' + own['id']).json['status'], 'current')

    def test_log_without_patients(self):
        self.core.get('Patient/p1', X_Request_Id='seen-1')
        self.core.get('Patient?name=a', X_Request_Id='seen-2', who=2)
        self.core.get('Patient/p1', X_Request_Id='seen-3', who=5)
        with sqlite3.connect(self.core.db + '.state') as db:
            rows = db.execute("SELECT request, practitioner, role, action, type, id, patient, status FROM audit"
                              " WHERE request LIKE 'seen-%' ORDER BY request").fetchall()
        db.close()
        self.assertEqual(rows, [('seen-1', 'doc', 'role-1', 'GET', 'Patient', 'p1', 'p1', 200),
                                ('seen-2', 'nurse', 'role-2', 'GET', 'Patient', '', '', 200),
                                ('seen-3', 'support', 'role-5', 'GET', 'Patient', '', '', 403)])


class Locks(CoreCase):
    """Closed after so many days, to the minute: then a reason or an addition, nothing else."""
    extra = ('--clock', '=2026-12-10T08:00:00+01:00', '--lock-days', '14')

    def replaced(self, made, **more):
        new = note('amended', 'Practitioner/doc', author=made['author'], relatesTo=[
            {'code': 'replaces', 'target': {'reference': 'DocumentReference/' + made['id']}}], **more)
        old = entry('PUT', 'DocumentReference/' + made['id'], {**made, 'status': 'superseded'}, ifMatch=f'W/"{made["meta"]["versionId"]}"')
        return self.core.post('', bundle('transaction', old, entry('POST', 'DocumentReference', new)))

    def made(self, date, doc_status='final', **more):
        author = {'reference': 'Practitioner/doc'}
        return self.create(note(doc_status, author['reference'] if doc_status == 'final' else None, author=[author], date=date, **more),
                           'DocumentReference').json

    def test_locked_to_the_minute(self):
        cases = [('2026-11-26T08:00:01+01:00', 200), ('2026-11-26T08:00:00+01:00', 422), ('2026-11-01T08:00:00+01:00', 422)]
        for date, status in cases:
            answer = self.replaced(self.made(date, 'preliminary'))
            self.assertEqual(answer.status, status, f'{date}: {answer.text}')
        self.assertIn('14 days', answer.json['issue'][0]['details']['text'])

    def test_what_a_locked_note_takes(self):
        made = self.made('2026-11-01T08:00:00+01:00')
        url = 'DocumentReference/' + made['id']
        self.refused(self.core.put(url, {**made, 'description': 'ny'}, If_Match='W/"1"'), 422)
        self.create(note('final', 'Practitioner/doc', relatesTo=[{'code': 'appends', 'target': {'reference': url}}]), 'DocumentReference')
        self.assertEqual(self.replaced(made, description='Rättelse: fel sida').status, 200)
        unsigned = self.made('2026-11-01T08:00:00+01:00', 'preliminary')
        signed = {**unsigned, 'docStatus': 'final', 'authenticator': {'reference': 'Practitioner/doc'}}
        self.assertEqual(self.core.put('DocumentReference/' + unsigned['id'], signed, If_Match='W/"1"').status, 200)

    def test_a_later_version_opens_nothing(self):
        """It stays open as long as the first, whatever date a later version says."""
        first = self.made('2026-11-01T08:00:00+01:00')
        self.assertEqual(self.replaced(first, description='Rättelse: fel sida', date='2026-12-10T08:00:00+01:00').status, 200)
        later = self.core.get(f'DocumentReference?relatesto=DocumentReference/{first["id"]}').json['entry'][0]['resource']
        self.refused(self.replaced(later), 422)

    def test_what_it_says_of_itself_does_not_open_it(self):
        """The core's own time counts too: a note from tomorrow is not open for longer."""
        made = self.made('2027-01-10T08:00:00+01:00', 'preliminary')
        self.core.kill()
        with contextlib.suppress(Exception):
            self.core.connection.close()
        self.core.extra = ['--clock', '=2026-12-25T08:00:00+01:00', '--training']
        self.core.start()
        self.refused(self.replaced(made), 422)


class Tokens(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.cards = Cards(folder.name)
        other = tempfile.TemporaryDirectory()
        cls.addClassCleanup(other.cleanup)
        cls.real = Cards(other.name, 'Inera AB')
        cls.core = Core('--ca', cls.cards.ca, '--ca', cls.real.ca, '--token-lifetime', '600')
        cls.addClassCleanup(cls.core.__exit__)
        cls.doc = cls.cards.card('SE2329999993-P1')

    def ask(self, jwt, client=True):
        form = {'grant_type': 'client_credentials', 'client_assertion': jwt,
                'client_assertion_type': 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'} if client \
            else {'grant_type': 'urn:ietf:params:oauth:grant-type:jwt-bearer', 'assertion': jwt}
        return self.core.post('token', urllib.parse.urlencode(form), who=None,
                              Content_Type='application/x-www-form-urlencoded')

    def test_algorithms(self):
        for alg in ('RS256', 'PS256', 'ES256', 'ES384'):
            card = self.cards.card('SE2329999993-P1', alg)
            for client in (True, False):
                answer = self.ask(self.cards.assertion(card, commission='SE2329999993-U1'), client)
                self.assertEqual(answer.status, 200, f'{alg}: {answer.text}')
        got = answer.json
        self.assertEqual((got['fhirUser'], got['expires_in'], got['role'], got['healthCareUnitName'],
                          got['commissionPurpose'], got['practitionerRole']),
                         ('Practitioner/doc', 600, 'läkare', 'Provenheten', CARE, 'PractitionerRole/role-1'))
        self.assertIn('user/MedicationRequest.crus', got['scope'])
        self.assertEqual(self.core.get('Patient/p1', who=got['access_token']).status, 200)

    def test_choice(self):
        answer = self.ask(self.cards.assertion(self.doc))
        self.assertEqual((answer.status, answer.json['error']), (400, 'invalid_grant'))
        self.assertEqual([(c['hsaId'], c['purpose'], c['unit']) for c in answer.json['commissions']],
                         [('SE2329999993-U1', CARE, 'Provenheten'),
                          ('SE2329999993-U8', 'Forskning', 'Provenheten')])
        answer = self.ask(self.cards.assertion(self.doc, commission='SE2329999993-U2'))
        self.assertEqual((answer.status, len(answer.json['commissions'])), (400, 2))

    def test_refused(self):
        u1 = 'SE2329999993-U1'
        card = self.cards.card
        good = self.cards.assertion
        head, claims, sig = good(self.doc, commission=u1).split('.')
        forged = good(self.doc, commission=u1).split('.')[1]
        cases = {
            'audience': good(self.doc, 'http://localhost/other', u1),
            'ended': good(self.doc, commission=u1, exp=1000),
            'too long': good(self.doc, commission=u1, exp=9999999999),
            'no exp': good(self.doc, commission=u1, exp=None),
            'other subject': good(self.doc, commission=u1, sub='SE2329999993-P2'),
            'no jti': good(self.doc, commission=u1, jti=''),
            'changed claims': f'{head}.{forged}.{sig}',
            'no signature': f'{head}.{claims}.',
            'signing certificate': good(card('SE2329999993-P1', usage='nonRepudiation'), commission=u1),
            'old certificate': good(card('SE2329999993-P1', days='-1'), commission=u1),
            'unknown person': good(card('SE2329999993-P99'), commission=u1),
            'real card': self.real.assertion(self.real.card('SE2329999993-P1'), commission=u1),
            'nonsense': 'a.b.c', 'empty': '..',
        }
        for name, jwt in cases.items():
            for client in (True, False):
                answer = self.ask(jwt, client)
                self.assertIn(answer.status, (400, 401), f'{name}: {answer.text}')
                self.assertNotIn('access_token', answer.json, name)

    def test_unknown_ca(self):
        with tempfile.TemporaryDirectory() as folder:
            strange = Cards(folder)
            answer = self.ask(strange.assertion(strange.card('SE2329999993-P1'), commission='SE2329999993-U1'))
            self.assertEqual((answer.status, answer.json['error']), (401, 'invalid_client'))

    def test_replay(self):
        jwt = self.cards.assertion(self.doc, commission='SE2329999993-U1')
        self.assertEqual(self.ask(jwt).status, 200)
        self.assertEqual(self.ask(jwt).status, 401)
        self.assertEqual(self.ask(jwt, False).status, 400)


    def test_production(self):
        """Without the training mark it is the other way round, and nothing of training works."""
        with Core('--ca', self.cards.ca, '--ca', self.real.ca, training=False) as core:
            self.core = core
            u1 = 'SE2329999993-U1'
            answer = self.ask(self.cards.assertion(self.doc, commission=u1))
            self.assertEqual((answer.status, answer.json['error']), (401, 'invalid_client'))
            answer = self.ask(self.real.assertion(self.real.card('SE2329999993-P1'), commission=u1))
            self.assertEqual(answer.status, 200, answer.text)
            self.assertEqual(core.get('Patient/p1', who=answer.json['access_token']).status, 200)
            trainer = self.ask(self.real.assertion(self.real.card('SE2329999993-P6'),
                                                   commission='SE2329999993-U6')).json['access_token']
            self.assertEqual(core.get('Patient/p1', who=trainer).status, 403)
            self.assertNotIn('ÖVNING', core.get('metadata', who=None).text)
            for command in ('$clock', '$reset'):
                self.assertEqual(core.post(command, '+1', who=None).status, 403)
            fine = os.path.join(core.dir, 'fine.json')
            with open(fine, 'w', encoding='utf-8') as f:
                json.dump({'resourceType': 'Bundle', 'type': 'collection', 'entry': [{'resource': PATIENTS[0]}]}, f)
            never = 'This is no training database, and never becomes one.'
            for command, why in ((['token', u1], 'There is no training assignment'), (['reset'], never), (['seed'], never),
                                 (['generate', '--patients', '1'], never), (['load', fine, '--training'], never)):
                self.assertIn(why, core.refused(*command), command[0])
            core.tool('load', fine)  # it was the mark
            self.assertEqual(core.get('Patient/p1', who=answer.json['access_token']).status, 200)


class Hospital(unittest.TestCase):
    """The training hospital: seeded, reset, dated anew, upgraded."""

    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.seed = os.path.join(folder.name, 'seed')
        cls.templates = os.path.join(folder.name, 'templates')
        os.mkdir(cls.templates)
        shutil.copytree(os.path.join(os.environ['ROND_DATA'], 'seed'), cls.seed)

    def options(self, clock):
        return ['--seed', self.seed, '--templates', self.templates, '--clock', clock]

    def flag(self, core):
        made = core.post('Flag', {'resourceType': 'Flag', 'id': 'x', 'status': 'active', 'code': {'text': 'prov'},
                                  'subject': {'reference': 'Patient/pat-0001'}}, who=5001)
        self.assertEqual(made.status, 201, made.text)
        return 'Flag/' + made.json['id']

    def encounter_start(self, core):
        answer = core.get('Encounter?status=in-progress&_sort=_id&_count=1', who=5001)
        return answer.json['entry'][0]['resource']['period']['start'][:10]

    def restart(self, core, clock):
        core.connection.close()
        core.process.terminate()
        core.process.wait(20)
        core.process.stderr.close()
        core.extra = self.options(clock) + ['--training']
        core.start()

    def test_life_of_a_hospital(self):
        first, second = '2026-11-10T08:00:00+01:00', '2026-11-12T08:00:00+01:00'
        with Core(*self.options(first), seeded=True) as core:
            total = core.get('Patient?_summary=count', who=5001).json['total']
            self.assertGreaterEqual(total, 120)
            day = self.encounter_start(core)
            event = {'resourceType': 'AuditEvent', 'id': 'a1', 'recorded': first, 'type': {'code': 'rest'},
                     'agent': [{'requestor': True}], 'source': {'observer': {'display': 'rond'}}}
            self.assertEqual(core.put('AuditEvent/a1', event, who=5001).status, 201)
            self.restart(core, second)  # untouched: dated anew, logged in still
            self.assertNotEqual(self.encounter_start(core), day)
            day = self.encounter_start(core)
            flag = self.flag(core)
            self.restart(core, first)  # touched: stays as it is
            self.assertEqual(self.encounter_start(core), day)
            self.assertEqual(core.get(flag, who=5001).status, 200)
            with open(os.path.join(self.seed, 'units.tsv'), 'a', encoding='utf-8') as f:
                f.write('# en nyare version\n')
            self.restart(core, first)  # upgraded: what was written stays
            self.assertEqual(core.get(flag, who=5001).status, 200)
            self.assertEqual(self.encounter_start(core), day)
            self.assertEqual(core.get('Patient?_summary=count', who=5001).json['total'], total)
            tag = core.get('Flag', who=5001).etag
            self.assertEqual(core.post('$reset', '', who=None).status, 204)
            self.assertEqual(core.get(flag, who=5001).status, 404)
            self.assertEqual(core.get('Flag', who=5001, If_None_Match=tag).status, 200)
            self.assertEqual(core.get('Patient?_summary=count', who=5001).json['total'], total)


    def test_reset_mends(self):
        """A damaged hospital is told from other faults by the exit code, and reset mends it: this account's, without
        more words."""
        with tempfile.TemporaryDirectory() as home:
            env = {**os.environ, 'ROND_HOME': home}
            db = os.path.join(home, 'state/ovning/hospital.db')

            def reset():
                done = subprocess.run([CORE, 'reset', '--clock', '2026-11-10T08:00:00+01:00'], env=env,
                                      capture_output=True, text=True, timeout=60)
                self.assertEqual(done.returncode, 0, done.stderr)
                with contextlib.closing(sqlite3.connect(db)) as made:
                    self.assertGreater(made.execute("SELECT count(*) FROM resource WHERE type = 'Patient'").fetchone()[0], 100)

            reset()
            with open(db, 'r+b') as f:
                f.write(os.urandom(4096))
            serve = subprocess.run([CORE, 'serve', '--db', db, '--training', '--socket', db + '.sock'], env=env,
                                   capture_output=True, timeout=60)
            self.assertEqual(serve.returncode, os.EX_DATAERR, serve.stderr)
            reset()
            kept = [n for n in os.listdir(os.path.dirname(db)) if '.damaged' in n]
            self.assertTrue(kept, 'the damaged file is gone')


class Life(unittest.TestCase):
    def test_kill(self):
        """What was answered is there after kill -9, tokens too."""
        with Core() as core:
            tag = core.get('Observation').etag
            made = [core.post('Observation', observation(str(i))).json['id'] for i in range(20)]
            core.kill()
            core.start()
            self.assertEqual(core.get('Observation?_count=50').ids, made)
            self.assertEqual(core.get('Observation', If_None_Match=tag).status, 200)

    def test_token_ends(self):
        with Core() as core:
            token = core.tool('token', 'SE2329999993-U1', '--token-lifetime', '0').strip()
            self.assertEqual(core.get('Patient/p1', who=token).status, 401)

    def test_linger(self):
        with Core('--linger', '1') as core:
            core.get('Patient/p1')
            core.connection.close()
            self.assertEqual(core.process.wait(20), 0)

    def test_clock(self):
        with Core('--clock', '=2026-11-10T08:00:00+01:00') as core:
            first = core.post('Observation', observation()).json['meta']['lastUpdated']
            self.assertTrue(first.startswith('2026-11-10T08:00:00'), first)
            self.assertEqual(core.post('$clock', '+3600', who=None).status, 200)
            second = core.post('Observation', observation()).json['meta']['lastUpdated']
            self.assertTrue(second.startswith('2026-11-10T09:00:00'), second)
            self.assertEqual(core.post('$clock', 'teatime', who=None).status, 400)

    def test_training_mark(self):
        with Core() as core:
            core.process.terminate()
            core.process.wait(20)
            self.assertIn('This is a training database', core.refused('serve', '--socket', core.socket))

    def test_index_is_made_anew(self):
        """What an older index said of a patient is gone when the index is made again."""
        made = {'resourceType': 'Observation', 'id': 'lone', 'status': 'final', 'code': {'coding': [{'code': '1'}]},
                'category': [{'coding': [{'code': 'laboratory'}]}], 'subject': {'reference': 'Patient/p1'},
                'effectiveDateTime': '2027-01-02T10:00:00Z'}
        question = 'Observation?patient=Patient/p2&category=laboratory&_sort=-date'
        with Core(resources=[made]) as core:
            core.process.terminate()
            core.process.wait(20)
            with contextlib.closing(sqlite3.connect(core.db)) as db:
                copied = db.execute("INSERT INTO timeline SELECT line, 'p2', key, lo, rid FROM timeline WHERE patient='p1'").rowcount
                db.execute("UPDATE meta SET value='older' WHERE key='params'")
                db.commit()
            self.assertGreater(copied, 0)
            core.process.stderr.close()
            core.start()
            self.assertEqual(core.get(question).ids, [])
            self.assertEqual(core.get(question.replace('p2', 'p1')).ids, ['lone'])

    def test_one_patients_dates(self):
        """Page by page, the newest first, however they were dated, redated, moved and mixed."""
        with Core() as core:
            dice, here = random.Random(SEED), {}
            kinds = [('laboratory', '1'), ('laboratory', '2'), ('vital-signs', '1'), ('vital-signs', '3')]

            def body(n):
                kind, code = dice.choice(kinds)
                day = dice.choice([None, *range(1, 12)])
                patient = dice.choice(['p1', 'p1', 'p1', 'p2'])
                made = {'resourceType': 'Observation', 'id': f'dated-{n}', 'status': 'final', 'code': {'coding': [{'code': code}]},
                        'category': [{'coding': [{'system': 'c', 'code': kind}]}], 'subject': {'reference': f'Patient/{patient}'}}
                if day:
                    made['effectiveDateTime'] = f'2027-01-{day:02}T10:00:00Z'
                here[made['id']] = (day or 0, n, patient, kind, code)
                return made

            order = list(range(60))
            for n in order + dice.sample(order, 20):  # some of them twice
                made = body(n)
                self.assertIn(core.put(f'Observation/{made["id"]}', made).status, (200, 201))
            for sort, way in (('-date', -1), ('date', 1)):
                for query, fits in (('category=laboratory', lambda k, c: k == 'laboratory'), ('category=c|vital-signs', lambda k, c: k[0] == 'v'),
                                    ('code=3', lambda k, c: c == '3'), ('code=1&category=vital-signs', lambda k, c: (k[0], c) == ('v', '1')),
                                    ('code=2,3', lambda k, c: c in '23'), ('category=d|laboratory', lambda k, c: False), ('', lambda k, c: True)):
                    query = query and '&' + query
                    url, seen, whole = f'Observation?patient=Patient/p1{query}&_sort={sort}&_count=7&_total=accurate', [], None
                    while url:
                        page = core.get(url)
                        seen += [i for i in page.ids if i in here]
                        whole = page.json['total'] if whole is None else whole
                        self.assertEqual(page.json['total'], whole)
                        url = {link['relation']: link['url'] for link in page.json['link']}.get('next', '').replace('http://localhost/', '')
                    want = sorted((i for i, (_, _, p, k, c) in here.items() if p == 'p1' and fits(k, c)), key=lambda i: (way * here[i][0], here[i][1]))
                    self.assertEqual(seen, want, f'{query} {sort} seed {SEED}')
                    if query:
                        self.assertEqual(whole, len(want), query)

    def test_load_counts(self):
        with Core() as core:
            report = core.load(bundle('transaction', {'fullUrl': 'urn:uuid:44444444-2222-4333-8444-555555555555',
                                                      'resource': {'resourceType': 'Patient',
                                                                   'identifier': [{'value': 'X9'}]}},
                                      {'resource': {'resourceType': 'Claim'}},
                                      {'resource': {**json.loads(observation()), 'id': 'o1', 'subject': {
                                          'reference': 'urn:uuid:44444444-2222-4333-8444-555555555555'}}},
                                      {'resource': {**json.loads(observation()), 'id': 'o2', 'subject': {
                                          'reference': 'Patient?identifier=X9'}}}))
            self.assertIn('Loaded: 3 resources', report)
            self.assertIn('Claim', report)
            self.assertEqual(core.get('Observation?patient=44444444-2222-4333-8444-555555555555').ids, ['o1', 'o2'])


class Codes(CoreCase):
    """ValueSet/$expand: the training sets, by words or code, a page at a time."""
    ICD = 'urn:oid:1.2.752.116.1.1.1.1.3'
    KVA = 'urn:oid:1.2.752.116.1.3.2.1.4'

    def expand(self, **asked):
        return self.core.get('ValueSet/$expand?' + urllib.parse.urlencode(asked))

    def found(self, **asked):
        answer = self.expand(**asked)
        self.assertEqual(answer.status, 200, answer.text)
        return answer.json['expansion']

    def test_words_and_code(self):
        got = self.found(url=self.ICD + '?fhir_vs', filter='hjärtinfarkt st', count=10)
        self.assertEqual([c['code'] for c in got['contains']], ['I21.3', 'I21.4'])
        first = got['contains'][0]
        self.assertEqual((first['system'], first['display']), (self.ICD, 'Hjärtinfarkt med ST-höjning'))
        self.assertTrue(first['version'].startswith('övning-20'))
        self.assertEqual(got['parameter'][0]['valueUri'], f"{self.ICD}|{first['version']}")
        self.assertEqual(self.found(url=self.ICD + '?fhir_vs', filter='j18.9')['contains'][0]['display'],
                         'Lunginflammation (pneumoni)')
        named = self.found(url=self.ICD + '?fhir_vs', filter='pneumoni')['contains']
        self.assertIn({'language': 'sv', 'value': 'pneumoni'}, [c for c in named if c['code'] == 'J18.9'][0]['designation'])
        kva = self.found(url=self.KVA + '?fhir_vs', filter='gastroskopi')
        self.assertEqual([(c['system'], c['code']) for c in kva['contains']], [(self.KVA, 'UJD02')])

    def test_pages(self):
        whole = self.found(url=self.ICD + '?fhir_vs')
        self.assertEqual(whole['total'], len(whole['contains']))
        self.assertGreater(whole['total'], 150)
        got = []
        while len(got) < whole['total']:
            page = self.found(url=self.ICD + '?fhir_vs', count=40, offset=len(got))
            self.assertEqual((page['total'], page['offset']), (whole['total'], len(got)))
            got += page['contains']
        self.assertEqual(got, whole['contains'])
        for asked in ({'count': 0}, {'offset': 100000}, {'filter': 'finnsinte'}):
            self.assertNotIn('contains', self.found(url=self.ICD + '?fhir_vs', **asked))

    def test_refused(self):
        url = self.ICD + '?fhir_vs'
        self.refused(self.expand(url='http://example.org/vs'), 404)
        self.refused(self.expand(url=self.ICD), 404)
        self.refused(self.expand(filter='x'), 400)
        self.refused(self.expand(url=url, count='many'), 400)
        self.refused(self.expand(url=url, context='x'), 400)
        self.refused(self.core.get('ValueSet/$expand?url=%zz'), 400)
        self.refused(self.core.post('ValueSet/$expand', {'resourceType': 'Parameters'}), 405)
        self.refused(self.core.get('ValueSet/$expand?url=' + url, who=None), 401)
        self.refused(self.core.get('ValueSet'), 404)

    def test_is_said(self):
        sets = [r for r in self.core.get('metadata', who=None).json['rest'][0]['resource'] if r['type'] == 'ValueSet']
        self.assertEqual(sets, [{'type': 'ValueSet', 'operation': [
            {'name': 'expand', 'definition': 'http://hl7.org/fhir/OperationDefinition/ValueSet-expand'}]}])


class Quiet(unittest.TestResult):
    """One line at the end; failures in full."""


if __name__ == '__main__':
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules['__main__'])
    if len(sys.argv) > 1:
        suite = unittest.defaultTestLoader.loadTestsFromNames(sys.argv[1:], sys.modules['__main__'])
    result = Quiet()
    suite.run(result)
    for case, trace in result.failures + result.errors:
        sys.stdout.write(f'FAIL {case}\n{trace}\n')
    bad = len(result.failures) + len(result.errors)
    sys.stdout.write(f'rond-core: {result.testsRun} tests, {bad} failed\n')
    sys.exit(bad != 0)
