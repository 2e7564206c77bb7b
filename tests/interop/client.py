# SPDX-License-Identifier: GPL-3.0-or-later
"""rond's client against the independent server: runs the C tests, then reads the end state back from the server."""
import json
import os
import subprocess
import tempfile

import kit

NOTE, ORDER = 'urn:uuid:3f1de1e4-5f3a-4b0e-9f0b-2b1f6d0f7a01', 'urn:uuid:3f1de1e4-5f3a-4b0e-9f0b-2b1f6d0f7a02'
REASONS = ['felskrivet <1>', 'fel patient & dag']  # of the measurement, corrected and struck
WRITTEN = ('Observation', 'DocumentReference', 'MedicationRequest', 'Appointment', 'Slot', 'Provenance', 'AuditEvent')


def has_identifier(resource, value):
    return any(i.get('value') == value for i in resource.get('identifier', []))


def end_state(server, patients, loaded):
    """Problems found in what the server holds now, and the resources that are new."""
    new = [r for kind in WRITTEN for r in server.search(f'{kind}?_count=1000') if r['id'] not in loaded or kind == 'Slot']
    def only(kind, test, what):
        found = [r for r in new if r['resourceType'] == kind and test(r)]
        if len(found) != 1:
            problems.append(f'{what}: {len(found)}, not 1')
        return found[0] if found else {}
    problems = []
    note = only('DocumentReference', lambda r: has_identifier(r, NOTE), 'notes with our identifier')
    if note.get('docStatus') != 'final' or note.get('subject', {}).get('reference') != f'Patient/{patients[1]}':
        problems.append('the note is not final, or not the patient\'s')
    order = only('MedicationRequest', lambda r: has_identifier(r, ORDER), 'orders with our identifier')
    if order.get('status') != 'stopped' or order.get('subject', {}).get('reference') != f'Patient/{patients[2]}':
        problems.append('the order is not stopped, or not the patient\'s')
    only('Appointment', lambda r: True, 'appointments')
    if only('Slot', lambda r: r['id'] == 'slot-1', 'slots').get('status') != 'busy':
        problems.append('the slot is not busy')
    for target in (note, order):
        name = f'{target.get("resourceType")}/{target.get("id")}'
        if not any(t['reference'].startswith(name) for r in new if r['resourceType'] == 'Provenance' for t in r['target']):
            problems.append(f'no Provenance for {name}')
    measured = only('Observation', lambda r: True, 'measurements')
    because = [x.get('text') for r in new if r['resourceType'] == 'Provenance' and
               any(t['reference'].startswith(f'Observation/{measured.get("id")}') for t in r['target']) for x in r.get('reason', [])]
    if measured.get('status') != 'entered-in-error' or sorted(because) != sorted(REASONS):
        problems.append(f'the measurement is {measured.get("status")}, because {because}')
    opened = {e['what']['reference'] for r in new if r['resourceType'] == 'AuditEvent' for e in r.get('entity', []) if 'what' in e}
    problems += [f'no AuditEvent for Patient/{p}' for p in patients[:3] if f'Patient/{p}' not in opened]
    return problems, new


def one_round(program, resources, patients, options):
    with tempfile.TemporaryDirectory(prefix='rond-interop-') as folder:
        load = os.path.join(folder, 'load.json')
        kit.write_bundle(load, resources)
        with kit.Server('fhir-server.mjs', '--load', load, *options, log=os.path.join(folder, 'server.log')) as server:
            env = dict(os.environ, ROND_INTEROP_ORIGIN=f'http://127.0.0.1:{server.port}', ROND_INTEROP_PATIENTS=' '.join(patients))
            if '--conditional' in options:
                env['ROND_INTEROP_CONDITIONAL'] = '1'
            bad = subprocess.run([program, '--short-filename', '-j1'], env=env, check=False).returncode
            problems, new = end_state(server, patients, {r['id'] for r in resources})
            files = []
            for r in new:
                files.append(os.path.join(folder, f'{r["resourceType"]}-{r["id"]}.json'))
                with open(files[-1], 'w', encoding='utf-8') as f:
                    json.dump(r, f, ensure_ascii=False)
            problems += kit.validate(files)
    counts = {k: sum(r['resourceType'] == k for r in new) for k in WRITTEN}
    print(' '.join(options) or 'as it is', '- on the server:', ', '.join(f'{n} {k}' for k, n in counts.items()))
    for p in problems:
        print('  ', p)
    return bad or problems


def main(program, dump, seed):
    try:
        resources, origin = kit.synthea(6), 'Synthea'
    except kit.Skip as why:
        resources, origin = kit.seeded(dump, seed), f'the training hospital ({why})'
    patients = [r['id'] for r in resources if r['resourceType'] == 'Patient'][:6]
    free = {'resourceType': 'Slot', 'id': 'slot-1', 'schedule': {'reference': 'Schedule/schedule-1'}, 'status': 'free',
            'start': '2026-11-23T08:00:00+01:00', 'end': '2026-11-23T08:30:00+01:00'}
    print(f'{len(resources)} resources, {len(patients)} patients from {origin}')
    resources += kit.ward(patients) + [free]
    return any([one_round(program, resources, patients, options) for options in ([], ['--conditional'])])
