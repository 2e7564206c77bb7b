# SPDX-License-Identifier: GPL-3.0-or-later
"""test_swedish.py checker|hospital|examples SEED-DUMP SEED: the checker finds what is wrong and only that; all of the
training hospital passes; the profiles' own examples pass (skipped, and said, where the folder is not there)."""
import collections
import copy
import glob
import json
import os
import subprocess
import sys

import swedish as se

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(TOP, 'tests', 'tools'))
import skips  # noqa: E402

EXAMPLES = os.path.join(os.environ.get('ROND_SHARED', os.path.join(TOP, '..', 'shared')), 'data', 'sweden')
BASE = se.IG + 'StructureDefinition/'
MIDDLE, ADDRESS = BASE + 'SEBaseMiddleNameExtension', BASE + 'SEBaseAddressPersonExtension'
CALLED = 'http://hl7.org/fhir/StructureDefinition/iso21090-EN-qualifier'


def number(system, value, **more):
    return {'system': system, 'value': value, **more}


def typed(system, code):
    return {'type': {'coding': [{'system': system, 'code': code}]}}


def address_kind(code, system=se.SNOMED):
    return [{'url': ADDRESS, 'valueCodeableConcept': {'coding': [{'system': system, 'code': code}]}}]


GOOD = {
    'Patient': {
        'resourceType': 'Patient',
        'meta': {'profile': [BASE + 'SEBasePatient'], 'security': [{'system': se.SECURITY, 'code': 'sekretessmarkering'}]},
        'identifier': [number(se.PNR, '194809301551'), number(se.SNR, '191401682396'), number(se.NRID, '98240301AA06'),
                       number(se.VGR_RESERVE, '20210325K069'), number('urn:example:lokal', '17')],
        'name': [{'family': 'Öberg', 'given': ['Bo', 'Sven-Åke'], 'extension': [{'url': MIDDLE, 'valueString': 'Ek'}],
                  '_given': [None, {'extension': [{'url': CALLED, 'valueCode': 'CL'}]}]}],
        'address': [{'extension': address_kind('63381000052101')}],
        'telecom': [{'system': 'phone', 'value': '031-390 06 00'}],
        'maritalStatus': {'coding': [{'system': se.MARITAL, 'code': 'RP'}]}},
    'Practitioner': {
        'resourceType': 'Practitioner', 'name': [{'family': 'Lind'}],
        'identifier': [number(se.HSA, 'SE2329999993-P1001', **typed(se.V2_0203, 'PRN'))],
        'qualification': [{'identifier': [number(se.PRESCRIBER, '9000010')], 'code': {'coding': [{'system': se.HOSP, 'code': 'LK'}]}}]},
    'PractitionerRole': {
        'resourceType': 'PractitionerRole', 'identifier': [number(se.HSA, 'SE2329999993-U5001')],
        'code': [{'coding': [{'system': se.SOSNYK, 'code': '1'}, {'system': se.SNOMED, 'code': '309343006'}]}]},
    'Organization': {
        'resourceType': 'Organization', 'name': 'Medicin',
        'identifier': [number(se.HSA, 'SE2329999993-E0001'), number(se.ORG_NUMBER, '2321000131', **typed(se.V2_0203, 'XX'))]},
    'DocumentReference': {
        'resourceType': 'DocumentReference',
        'author': [{'identifier': number(se.HSA, 'SE2329999993-P1001')}],
        'contained': [{'resourceType': 'Patient', 'identifier': [number(se.PNR, '194809301551')]}]},
}
WRONG = [  # resource, place, what stands there instead, words of the only issue
    ('Patient', 'identifier.0.value', '19480930-1551', 'is no personnummer'),
    ('Patient', 'identifier.0.value', '4809301551', 'is no personnummer'),
    ('Patient', 'identifier.0.value', '194809301552', 'is no personnummer'),
    ('Patient', 'identifier.0.value', '191401682396', 'is no personnummer'),
    ('Patient', 'identifier.0.value', '', 'is no personnummer'),
    ('Patient', 'identifier.0', {'system': se.PNR}, 'None is no personnummer'),
    ('Patient', 'identifier.1.value', '194809301551', 'is no samordningsnummer'),
    ('Patient', 'identifier.1.value', '191401682397', 'is no samordningsnummer'),
    ('Patient', 'identifier.2.value', '98240301AA07', 'is no nationellt reservnummer'),
    ('Patient', 'identifier.2.value', '98240301IA09', 'is no nationellt reservnummer'),
    ('Patient', 'identifier.3.value', '20210325K068', 'is no reservnummer of Västra Götaland'),
    ('Patient', 'identifier.3.value', '20210325K051', 'is no reservnummer of Västra Götaland'),
    ('Patient', 'identifier.3', number(se.PNR, '196210129786'), '2 of http://electronichealth.se/identifier/personnummer'),
    ('Patient', 'identifier.4', number('urn:oid:1.2.752.129.2.1.3.1', '196210129786'), 'the base profiles have'),
    ('Patient', 'identifier.4', number('urn:example:lokal', '196210129786'), 'a personnummer under the system urn:example'),
    ('Patient', 'identifier.4', {'value': '191401682396'}, 'a samordningsnummer under the system None'),
    ('Patient', 'name', [{'family': 'Öberg'}, {'family': 'Ek'}], '2, at most 1'),
    ('Patient', 'name.0._given.1.extension.0.valueCode', 'BR', 'is none of its codes'),
    ('Patient', 'name.0._given.1.extension.0', {'url': CALLED, 'valueString': 'CL'}, 'has a valueCode and nothing else'),
    ('Patient', 'name.0._given.1.extension.0.valueString', 'CL', 'has a valueCode and nothing else'),
    ('Patient', 'name.0.extension', [{'url': CALLED, 'valueCode': 'CL'}], 'stands in _given only'),
    ('Patient', 'name.0.extension', [{'url': MIDDLE, 'valueString': t} for t in ('Ek', 'Al')], 'at most one'),
    ('Patient', 'name.0.extension.0.url', BASE + 'SEBaseMiddleName', 'no such extension'),
    ('Patient', 'extension', [{'url': MIDDLE, 'valueString': 'Ek'}], 'stands in name only'),
    ('Patient', 'address.0.extension', address_kind('64281000052109'), 'is none of its codes'),
    ('Patient', 'address.0.extension', address_kind('63381000052101', 'urn:oid:1.2.752.116.2.1.1'), 'is none of its codes'),
    ('Patient', 'address.0.extension', address_kind('63381000052101') * 2, 'at most one'),
    ('Patient', 'meta.security.0.code', 'skyddad', 'has no code skyddad'),
    ('Patient', 'meta.security.0.system', 'urn:example:flagga', 'sekretessmarkering of urn:example:flagga; bound is'),
    ('Patient', 'meta.profile.0', BASE + 'SEBasePractitioner', 'claims'),
    ('Patient', 'meta.profile.0', BASE + 'SEBaseGroup', 'claims'),
    ('Patient', 'maritalStatus.coding.0.code', 'G', 'bound is another code'),
    ('Patient', 'maritalStatus.coding.0.code', 'M', 'has no code M'),
    ('Practitioner', 'name', [{'family': 'Lind'}, {'family': 'Ek'}], '2, at most 1'),
    ('Practitioner', 'identifier.0.value', 'se2329999993-p1001', 'is no HSA-id'),
    ('Practitioner', 'identifier.0.value', 'SE232999999-P1001', 'is no HSA-id'),
    ('Practitioner', 'identifier.0.system', 'urn:oid:1.2.752.129.2.1.4.1', 'the base profiles have urn:oid:1.2.752.29.4.19'),
    ('Practitioner', 'identifier.0.type.coding.0.code', 'PN', 'the type of HSA-id is not PRN'),
    ('Practitioner', 'qualification.0.identifier.0.value', 'AB12345', 'is no förskrivarkod'),
    ('Practitioner', 'qualification.0.identifier', [number(se.PRESCRIBER, '9000010')] * 2, 'at most one'),
    ('PractitionerRole', 'code.0.coding.0', {'system': se.SNOMED, 'code': '224535009'}, '2 of http://snomed.info/sct'),
    ('Organization', 'identifier.1.value', '232100-0131', 'is no organisationsnummer'),
    ('Organization', 'identifier.1.value', '2321000132', 'is no organisationsnummer'),
    ('Organization', 'identifier.1.type.coding.0.code', 'PRN', 'the type of organisationsnummer is not XX'),
    ('DocumentReference', 'author.0.identifier.value', 'P1001', 'is no HSA-id'),
    ('DocumentReference', 'author.0.identifier.system', 'urn:example:hsa', 'a HSA-id under the system urn:example:hsa'),
    ('DocumentReference', 'contained.0.identifier', [number(se.PNR, n) for n in ('194809301551', '196210129786')], '2 of '),
    ('DocumentReference', 'contained.0.identifier.0.value', '1948-09-30', 'is no personnummer'),
]


def changed(resource, place, value):
    resource = copy.deepcopy(resource)
    *way, last = [int(w) if w.isdigit() else w for w in place.split('.')]
    at = resource
    for step in way:
        at = at[step]
    at[last] = value
    return resource


def checker(*_):
    problems = [f'{kind} that is right: {i}' for kind, r in GOOD.items() for i in se.issues(r)]
    for kind, place, value, words in WRONG:
        found = se.issues(changed(GOOD[kind], place, value))
        hits = [i for i in found if words in i]
        if not hits:
            problems.append(f'{kind}.{place} = {value}: “{words}” is not among {found}')
    author = {'resourceType': 'DocumentReference', 'author': [{'reference': 'PractitionerRole/r1/_history/2'}, {'reference': 'Device/d1'}]}
    if se.staff_of(author) != ['PractitionerRole/r1'] or se.has_hsa_id(GOOD['Patient']) or not se.has_hsa_id(GOOD['Organization']):
        problems.append('the author of a note, or who has an HSA-id, is not seen')
    print(f'{len(GOOD)} right and {len(WRONG)} wrong examples')
    return problems


def hospital(dump, seed):
    """Everything that the training hospital begins with, and patients made in numbers; no kind of number is missing."""
    out = ''.join(subprocess.run([dump, *args, '2026-11-21'], capture_output=True, text=True, check=True, timeout=50).stdout
                  for args in ([seed], ['generate', '300']))
    rows = [json.loads(line) for line in out.splitlines() if line.startswith('{')]
    all_ = [r for row in rows for r in ([e['resource'] for e in row['entry']] if row['resourceType'] == 'Bundle' else [row])]
    judged, problems = collections.Counter(), []
    known = {f'{r["resourceType"]}/{r["id"]}' for r in all_ if se.has_hsa_id(r)}
    for r in all_:
        problems += [f'{r["resourceType"]}/{r["id"]} {i}' for i in se.issues(r, judged)]
        named = se.staff_of(r)
        judged['reference to staff or unit'] += len(named)
        problems += [f'{r["resourceType"]}/{r["id"]}: {name} has no HSA-id' for name in named if name not in known]
    print(f'{len(all_)} resources;', ', '.join(f'{k} {v}' for k, v in sorted(judged.items()) if v))
    wanted = [se.NUMBERS[s].name for s in (se.PNR, se.SNR, se.NRID, se.VGR_RESERVE, se.HSA, se.PRESCRIBER)]
    return problems + [f'no {k} in the hospital' for k in
                       (*wanted, 'iso21090-EN-qualifier', 'SEBaseAddressPersonExtension', 'SecurityLabel') if not judged[k]]


# Examples of others, with numbers that nobody can have or another name of the HSA-id.
MADE_UP = ('commonprofiles-care/Organization-maximal-organization.json', 'commonprofiles-care/Practitioner-maximal-practitioner.json',
           'inera-lma/DeviceUseStatement-example-koppling-01.json', 'inera-template/Patient-IneraPatientExample.json')


def judge(name, judged=None):
    with open(name, encoding='utf-8') as f:
        return se.issues(json.load(f), judged)


def examples(*_):
    files = sorted(glob.glob(os.path.join(EXAMPLES, 'basprofiler-r4', '*.json')))
    if not files:
        sys.exit(skips.whole(f'{EXAMPLES} is not there: the base profiles\' own examples were not judged'))
    problems, judged = [f'{name} was not found out' for name in MADE_UP if not judge(os.path.join(EXAMPLES, name))], collections.Counter()
    for name in files:
        problems += [f'{os.path.basename(name)} {i}' for i in judge(name, judged)]
    print(f'{len(files)} examples of HL7 Sweden;', ', '.join(f'{k} {v}' for k, v in sorted(judged.items()) if v))
    return problems


def main(part, dump, seed):
    problems = {'checker': checker, 'hospital': hospital, 'examples': examples}[part](dump, seed)
    print('\n'.join(problems))
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
