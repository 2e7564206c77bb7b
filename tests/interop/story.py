# SPDX-License-Identifier: GPL-3.0-or-later
"""The real rond in its production profile, on a pty: a card that is no training card in pcscd's virtual reader, OpenSC's
module, the login server's bearer grant, a patient of another origin on a server that is not ours. Log in, choose the
assignment, find, read, write, sign; the end state is read back from that server and validated.

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
PIN, HSA_ID = '471147', 'SE2329999993-P1'
TEXT = 'Åter feber 38,4 i natt. Fortsatt <samma> & "oförändrad" behandling.'
MODULES = ('/usr/lib/x86_64-linux-gnu/opensc-pkcs11.so', '/usr/lib/aarch64-linux-gnu/opensc-pkcs11.so')


class Card:
    """A CA that is not the training CA, and a card of it; `with` it is in the reader."""

    def __init__(self, folder, program):
        self.folder, self.program, self.process = folder, program, None
        self.ca = self.path('ca.pem')
        self.openssl('req', '-x509', '-utf8', '-nodes', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-keyout',
                     self.path('ca.key'), '-out', self.ca, '-days', '30', '-subj', '/C=SE/O=Prov/CN=Provkort CA v1',
                     '-addext', 'basicConstraints=critical,CA:TRUE')
        self.make('9A', 'digitalSignature', '-newkey', 'rsa:2048')
        self.make('9D', 'digitalSignature,keyAgreement', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256')

    def path(self, name):
        return os.path.join(self.folder, name)

    def openssl(self, *args):
        subprocess.run(['openssl', *args], check=True, capture_output=True, timeout=60)

    def make(self, name, usage, *key):
        with open(self.path('ext'), 'w', encoding='ascii') as f:
            f.write(f'keyUsage=critical,{usage}\nextendedKeyUsage=clientAuth\nbasicConstraints=CA:FALSE\n')
        self.openssl('req', '-utf8', '-nodes', *key, '-keyout', self.path(name + '.key'), '-out', self.path(name + '.csr'),
                     '-subj', f'/C=SE/O=Prov/CN=Petra Prov/SN=Prov/GN=Petra/serialNumber={HSA_ID}/title=Läkare')
        self.openssl('x509', '-req', '-in', self.path(name + '.csr'), '-CA', self.ca, '-CAkey', self.path('ca.key'), '-days', '10',
                     '-extfile', self.path('ext'), '-outform', 'DER', '-out', self.path(name + '.der'))

    def __enter__(self):
        pairs = [x for n in ('9A', '9D') for x in (n, self.path(n + '.key'), self.path(n + '.der'))]
        self.process = subprocess.Popen([self.program, '--pin', PIN, '--tries', self.path('tries'), *pairs])
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


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
        p.press('n')
        p.wait('Daganteckning')
        p.press('<Enter>')
        p.wait('Aktuellt')
        p.type(TEXT)
        p.wait('behandling')
        p.press('<F2>')
        p.wait(r'^ F9 ')
        p.look(0.35)
        p.press('<F9>')
        p.wait('1-1|[Vv]ersion')
        p.look(1)
        p.press('<C-q>')
        status = p.ended()
        person.check(status == 0, f'rond ended with {status}')


def text_of(note):
    return base64.b64decode(note['content'][0]['attachment']['data']).decode()


def end_state(server, patient, loaded):
    new = [r for kind in ('DocumentReference', 'Provenance', 'AuditEvent') for r in server.search(f'{kind}?_count=1000') if r['id'] not in loaded]
    notes = [r for r in new if r['resourceType'] == 'DocumentReference']
    problems = [] if len(notes) == 1 else [f'{len(notes)} new notes, not 1']
    for note in notes[:1]:
        if TEXT not in text_of(note):
            problems.append('the note holds other words: ' + text_of(note))
        if (note['docStatus'], note['subject']['reference'], note['authenticator']['reference']) != ('final', f'Patient/{patient}', 'Practitioner/doc'):
            problems.append('the note is not final, not the patient\'s or not the doctor\'s')
        if not any(t['reference'].startswith(f'DocumentReference/{note["id"]}') for r in new if r['resourceType'] == 'Provenance' for t in r['target']):
            problems.append('the note has no Provenance')
    opened = [r for r in new if r['resourceType'] == 'AuditEvent' and r.get('action') == 'R' and f'Patient/{patient}' in json.dumps(r)]
    if not opened or 'SE2329999993-U1' not in json.dumps(opened):
        problems.append('the opening is not in the log under the assignment')
    return problems, new


def in_reader(build):
    import person
    try:
        resources = kit.synthea(6)
    except kit.Skip:
        resources = kit.seeded(os.path.join(build, 'tests/unit/seed-dump'), os.path.join(kit.TOP, 'data', 'seed'))
    people = [r for r in resources if r['resourceType'] == 'Patient'][:6]
    resources += kit.ward([p['id'] for p in people], HSA_ID)
    with tempfile.TemporaryDirectory(prefix='rond-interop-') as folder:
        load, log = os.path.join(folder, 'load.json'), os.path.join(folder, 'requests')
        kit.write_bundle(load, resources)
        card = Card(folder, os.path.join(build, 'tests/card/pivcard'))
        home = person.Home(build)
        try:
            with kit.Server('fhir-server.mjs', '--load', load, '--conditional', log=os.path.join(folder, 'log')) as server, \
                    kit.Server('auth-server.mjs', '--fhir', server.base, '--ca', card.ca, '--log', log,
                               log=os.path.join(folder, 'auth.log')) as auth, card:
                with open(home.path('site.conf'), 'w', encoding='utf-8') as f:
                    f.write(f'[core]\nurl={auth.base}\n[card]\nmodule={next(filter(os.path.exists, MODULES))}\nissuer=Provkort\n')
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
    if not any(map(os.path.exists, MODULES)):
        raise kit.Skip('OpenSC is not installed')
    done = subprocess.run([os.path.join(kit.TOP, 'tests', 'card', 'vcard-env.sh'), '/usr/bin/python3', os.path.abspath(__file__), build],
                          check=False)
    if done.returncode == 77:
        raise kit.Skip('the virtual card reader cannot be started here')
    return done.returncode


if __name__ == '__main__':
    sys.exit(in_reader(os.path.abspath(sys.argv[1])))
