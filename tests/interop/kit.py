# SPDX-License-Identifier: GPL-3.0-or-later
"""The interop kit: an independent FHIR server, login server and strict validator (npm packages, pinned by
package-lock.json), installed outside the tracked files; and the patients they are loaded with."""
import collections
import fcntl
import glob
import gzip
import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [os.path.join(TOP, 'tests', 'swedish'), os.path.join(TOP, 'tests', 'tools')]
import swedish  # noqa: E402
SHARED = os.environ.get('ROND_SHARED', os.path.join(TOP, '..', 'shared'))
HSA = 'urn:oid:1.2.752.29.4.19'
LIMIT = 2000  # resources: the server looks at every one for every search
FIRST = ('Patient', 'Encounter', 'AllergyIntolerance', 'Condition', 'MedicationRequest', 'Medication', 'Practitioner', 'Organization', 'Location')


class Skip(Exception):
    """Cannot run here; the text says why."""


def kit():
    """The folder with the servers and their packages, installed at first use."""
    node, npm = shutil.which('node'), shutil.which('npm')
    if not node or not npm:
        raise Skip('Node 18 or later and npm are not installed')
    version = subprocess.run([node, '--version'], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.lstrip('v').split('.')[0]) < 18:
        raise Skip(f'Node is {version}; 18 or later is needed')
    with open(os.path.join(HERE, 'package-lock.json'), 'rb') as f:
        lock = hashlib.sha256(f.read()).hexdigest()[:16]
    folder = os.path.join(TOP, 'build-check', 'interop', f'{version}-{lock}')
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, 'lock'), 'w', encoding='ascii') as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        for name in ('package.json', 'package-lock.json', '.npmrc', 'fhir-server.mjs', 'auth-server.mjs', 'validate.mjs'):
            shutil.copy(os.path.join(HERE, name), folder)
        if not os.path.exists(os.path.join(folder, 'installed')):
            done = subprocess.run([npm, 'ci', '--ignore-scripts'], cwd=folder, capture_output=True, text=True,
                                  timeout=300, check=False)
            if done.returncode:
                if os.environ.get('CI') == 'true':  # there it is part of what must hold
                    sys.exit('npm ci did not succeed: ' + done.stderr.strip()[-2000:])
                raise Skip('npm ci did not succeed: ' + done.stderr.strip().replace('\n', ' ')[-200:])
            with open(os.path.join(folder, 'installed'), 'w', encoding='ascii'):
                pass
    return folder


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


class Server:
    """A program of the kit, until `with` ends. It says "listening on BASE" when it answers."""

    def __init__(self, script, *args, log=None):
        self.log = open(log, 'w', encoding='utf-8') if log else None
        for _ in range(3):  # somebody else may have taken the port meanwhile
            line = self.start(script, args)
            if line:
                break
        if not line:
            raise RuntimeError(f'{script} did not start')
        self.base = line.split()[-1]

    def start(self, script, args):
        """The line with its address; nothing where it ended instead."""
        self.port = free_port()
        self.process = subprocess.Popen(['node', os.path.join(kit(), script), '--port', str(self.port), *args],
                                        stdout=subprocess.PIPE, stderr=self.log or sys.stderr, text=True)
        line = self.process.stdout.readline()
        while line and not line.startswith('listening on '):
            line = self.process.stdout.readline()
        return line

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()
        if self.log:
            self.log.close()

    def get(self, path):
        with urllib.request.urlopen(f'{self.base}/{path}', timeout=60) as answer:
            return json.load(answer)

    def search(self, path):
        return [e['resource'] for e in self.get(path).get('entry', [])]


def validate(files):
    """Issues that the strict validator and the Swedish base profiles find in these files, as lines."""
    out, judged = [], collections.Counter()
    for name in files:
        with open(name, encoding='utf-8') as f:
            out += [f'{name}: {i}' for i in swedish.issues(json.load(f), judged)]
    print('Swedish in them:', ', '.join(f'{n} {what}' for what, n in sorted(judged.items()) if n) or 'nothing')
    for i in range(0, len(files), 500):
        done = subprocess.run(['node', os.path.join(kit(), 'validate.mjs'), *files[i:i + 500]], capture_output=True,
                              text=True, timeout=600, check=False)
        out += done.stdout.splitlines()
        if done.returncode not in (0, 1) or (done.returncode and not done.stdout):
            raise RuntimeError('validate.mjs: ' + done.stderr)
    return out


def synthea(count):
    """Resources of @count Synthea patients, references made relative. The dominating kinds are cut to LIMIT."""
    files = sorted(glob.glob(os.path.join(SHARED, 'data', 'synthea', 'blaze-*.json.gz')), key=os.path.getsize)
    if len(files) < count:
        raise Skip(f'no Synthea patients in {os.path.join(SHARED, "data", "synthea")}')
    resources = []
    for name in files[:count]:
        with gzip.open(name, 'rt', encoding='utf-8') as f:
            text = f.read()
        for e in json.loads(text)['entry']:
            r = e['resource']
            text = text.replace(f'"{e["fullUrl"]}"', f'"{r["resourceType"]}/{r["id"]}"')
        resources += [e['resource'] for e in json.loads(text)['entry']]
    resources = [r for r in resources if r['resourceType'] not in ('Claim', 'ExplanationOfBenefit', 'SupplyDelivery', 'DiagnosticReport')]
    return sorted(resources, key=lambda r: r['resourceType'] not in FIRST)[:LIMIT]


def seeded(dump, seed):
    """Where there is no Synthea: the training hospital's own resources, without the staff that the test adds."""
    out = subprocess.run([dump, seed, '2026-11-21'], capture_output=True, text=True, check=True, timeout=120).stdout
    rows = [json.loads(line) for line in out.splitlines() if line.startswith('{')]
    resources = [e['resource'] for r in rows for e in (r['entry'] if r['resourceType'] == 'Bundle' else [{'resource': r}])]
    people = [r['id'] for r in resources if r['resourceType'] == 'Patient'][:6]
    def about(r):
        who = (r.get('subject') or r.get('patient') or {}).get('reference', '')
        return r['resourceType'] == 'Patient' and r['id'] in people or r['resourceType'] != 'Encounter' and who.split('/')[-1] in people
    return sorted(filter(about, resources), key=lambda r: r['resourceType'] != 'Patient')[:LIMIT]


def ward(patients, hsa='SE2329999993-P1'):
    """A unit with a doctor who has two assignments, the patients admitted to it, and free times this week."""
    def unit(n, name):
        return {'resourceType': 'Organization', 'id': f'unit-{n}', 'name': name, 'active': True,
                'identifier': [{'system': HSA, 'value': f'SE2329999993-E{n}'}]}
    def role(n, purpose):
        return {'resourceType': 'PractitionerRole', 'id': f'role-{n}', 'active': True,
                'extension': [{'url': 'urn:rond:commission-name', 'valueString': f'Läkare avdelning {n}'},
                              {'url': 'urn:rond:commission-purpose', 'valueString': purpose}],
                'identifier': [{'system': HSA, 'value': f'SE2329999993-U{n}'}],
                'practitioner': {'reference': 'Practitioner/doc'}, 'organization': {'reference': f'Organization/unit-{n}'},
                'code': [{'text': 'läkare'}]}
    out = [unit(1, 'Provavdelningen'), unit(2, 'Andra avdelningen'), role(1, 'Vård och behandling'), role(2, 'Vård och behandling'),
           {'resourceType': 'Practitioner', 'id': 'doc', 'active': True, 'identifier': [{'system': HSA, 'value': hsa}],
            'name': [{'family': 'Prov', 'given': ['Petra']}]},
           {'resourceType': 'Location', 'id': 'ward-1', 'status': 'active', 'name': 'Provavdelningen', 'mode': 'instance',
            'managingOrganization': {'reference': 'Organization/unit-1'}},
           {'resourceType': 'Schedule', 'id': 'schedule-1', 'active': True, 'actor': [{'reference': 'Practitioner/doc', 'display': 'Prov, läkare'}, {'reference': 'Location/ward-1'}]}]
    out += [{'resourceType': 'Slot', 'id': f'time-{n}', 'schedule': {'reference': 'Schedule/schedule-1'}, 'status': 'free',
             'start': f'2026-11-11T{8 + n // 2:02}:{n % 2 * 30:02}:00+01:00', 'end': f'2026-11-11T{8 + (n + 1) // 2:02}:{(n + 1) % 2 * 30:02}:00+01:00'}
            for n in range(8)]
    for n, patient in enumerate(patients, 1):
        out += [{'resourceType': 'Location', 'id': f'bed-{n}', 'status': 'active', 'name': f'1-{n}', 'mode': 'instance',
                 'physicalType': {'coding': [{'system': 'http://terminology.hl7.org/CodeSystem/location-physical-type', 'code': 'bd'}]},
                 'partOf': {'reference': 'Location/ward-1'}, 'managingOrganization': {'reference': 'Organization/unit-1'}},
                {'resourceType': 'Encounter', 'id': f'stay-{n}', 'status': 'in-progress', 'subject': {'reference': f'Patient/{patient}'},
                 'class': {'system': 'http://terminology.hl7.org/CodeSystem/v3-ActCode', 'code': 'IMP'},
                 'period': {'start': '2026-01-02T08:00:00Z'}, 'serviceProvider': {'reference': 'Organization/unit-1'},
                 'location': [{'location': {'reference': f'Location/bed-{n}', 'display': f'1-{n}'}, 'status': 'active'}]}]
    return out


def write_bundle(path, resources):
    with open(path, 'w', encoding='utf-8') as f:
        json.dump({'resourceType': 'Bundle', 'type': 'collection', 'entry': [{'resource': r} for r in resources]}, f, ensure_ascii=False)
