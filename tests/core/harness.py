# SPDX-License-Identifier: GPL-3.0-or-later
"""Starts rond-core on a temporary database and talks to it over its Unix socket."""
import base64
import gzip
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid

CORE = os.environ['ROND_CORE']
HSA = 'urn:oid:1.2.752.29.4.19'
PNR = 'http://electronichealth.se/identifier/personnummer'
CARE = 'Vård och behandling'


class Answer:
    def __init__(self, response, body):
        self.status = response.status
        self.headers = response.headers
        if self.headers.get('Content-Encoding') == 'gzip':
            body = gzip.decompress(body)
        self.text = body.decode()

    @property
    def json(self):
        return json.loads(self.text)

    @property
    def etag(self):
        return self.headers['ETag']

    @property
    def ids(self):
        return [e['resource']['id'] for e in self.json.get('entry', [])
                if e['search']['mode'] == 'match']


class Connection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__('localhost', timeout=20)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


def role(n, person, words, purpose=CARE):
    return {'resourceType': 'PractitionerRole', 'id': f'role-{n}', 'active': True,
            'extension': [{'url': 'urn:rond:commission-name', 'valueString': f'Uppdrag {n}'},
                          {'url': 'urn:rond:commission-purpose', 'valueString': purpose}],
            'identifier': [{'system': HSA, 'value': f'SE2329999993-U{n}'}],
            'practitioner': {'reference': f'Practitioner/{person}'},
            'organization': {'reference': 'Organization/unit'}, 'code': [{'text': words}]}


def person(pid, n):
    return {'resourceType': 'Practitioner', 'id': pid,
            'identifier': [{'system': HSA, 'value': f'SE2329999993-P{n}'}],
            'name': [{'family': 'Prov', 'given': [pid]}]}


STAFF = [{'resourceType': 'Organization', 'id': 'unit', 'name': 'Provenheten',
          'identifier': [{'system': HSA, 'value': 'SE2329999993-E1'}]},
         person('doc', 1), person('nurse', 2), person('aide', 3), person('secretary', 4),
         person('support', 5), person('trainer', 6), person('second', 7),
         role(1, 'doc', 'läkare'), role(2, 'nurse', 'sjuksköterska'),
         role(3, 'aide', 'undersköterska'), role(4, 'secretary', 'medicinsk sekreterare'),
         role(5, 'support', 'support', 'Administration'), role(6, 'trainer', 'utbildare', 'Utbildning'),
         role(7, 'second', 'läkare'), role(8, 'doc', 'läkare', 'Forskning')]
PATIENTS = [{'resourceType': 'Patient', 'id': 'p1', 'name': [{'family': 'von Åkerström', 'given': ['Zoë', 'Anna']}],
             'identifier': [{'system': PNR, 'value': '189001019802'}], 'birthDate': '1890-01-01'},
            {'resourceType': 'Patient', 'id': 'p2', 'name': [{'family': 'Akerlund', 'given': ['Björn']}],
             'identifier': [{'system': PNR, 'value': '189004029816'}], 'birthDate': '1890-04-02'}]


class Core:
    """One server on one database; `with Core() as core`."""

    def __init__(self, *extra, resources=None, training=True, seeded=False):
        self.dir = tempfile.mkdtemp(prefix='rond-core-')
        self.db = os.path.join(self.dir, 'core.db')
        self.socket = os.path.join(self.dir, 's')
        self.extra = list(extra) + (['--training'] if training else [])
        self.mark = ['--training'] if training else []
        self.process = None
        self.connection = None
        if not seeded:
            self.load({'resourceType': 'Bundle', 'type': 'collection',
                       'entry': [{'resource': r} for r in STAFF + PATIENTS + (resources or [])]})
        self.tokens = {}
        self.start()

    def tool(self, *args):
        return subprocess.run([CORE, *args, '--db', self.db], check=True, capture_output=True,
                              text=True, timeout=60).stdout

    def refused(self, *args):
        """Why a command failed. One that hangs has not refused."""
        done = subprocess.run([CORE, *args, '--db', self.db], capture_output=True, text=True, timeout=10)
        assert done.returncode == 1, f'{args}: {done.returncode} {done.stderr}'
        return done.stderr

    def load(self, bundle):
        path = os.path.join(self.dir, 'bundle.json')
        with open(path, 'w', encoding='utf-8') as f:
            json.dump(bundle, f)
        return self.tool('load', path, *self.mark)

    def start(self):
        self.process = subprocess.Popen([CORE, 'serve', '--db', self.db, '--socket',
                                         self.socket, *self.extra], stderr=subprocess.PIPE)
        self.wait()

    def wait(self):
        for _ in range(500):
            try:
                self.connection = Connection(self.socket)
                self.connection.connect()
                self.get('metadata', who=None)  # answered when the database is ready
                return
            except OSError:
                if self.process.poll() is not None:
                    raise RuntimeError(self.process.stderr.read().decode())
                time.sleep(0.01)
        raise RuntimeError('rond-core does not answer')

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stderr.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)
        if not self.process.stderr.closed:
            self.process.stderr.close()
        shutil.rmtree(self.dir)

    def token(self, n):
        if n not in self.tokens:
            self.tokens[n] = self.tool('token', f'SE2329999993-U{n}').strip()
        return self.tokens[n]

    def call(self, method, path, body=None, who=1, **headers):
        send = {k.replace('_', '-'): v for k, v in headers.items()}
        if who:
            send['Authorization'] = 'Bearer ' + (who if isinstance(who, str) else self.token(who))
        if isinstance(body, (dict, list)):
            body = json.dumps(body, ensure_ascii=False)
            send.setdefault('Content-Type', 'application/json-patch+json' if method == 'PATCH'
                            else 'application/fhir+json')
        if isinstance(body, str):
            body = body.encode()
        self.connection.request(method, '/' + path, body, send)
        response = self.connection.getresponse()
        return Answer(response, response.read())

    def get(self, path, **kw):
        return self.call('GET', path, **kw)

    def post(self, path, body, **kw):
        return self.call('POST', path, body, **kw)

    def put(self, path, body, **kw):
        return self.call('PUT', path, body, **kw)


def b64u(data):
    return base64.urlsafe_b64encode(data).rstrip(b'=').decode()


class Cards:
    """A CA and card keys made with the openssl program."""

    KEYS = {'RS256': ['-newkey', 'rsa:2048'], 'PS256': ['-newkey', 'rsa:2048'],
            'ES256': ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256'],
            'ES384': ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384']}

    def __init__(self, folder, organisation='rond övning'):
        self.dir = folder
        self.ca = os.path.join(folder, 'ca.pem')
        self.run('req', '-x509', '-utf8', '-nodes', *self.KEYS['ES256'], '-keyout', self.path('ca.key'),
                 '-out', self.ca, '-days', '30', '-subj', f'/O={organisation}/CN=CA',
                 '-addext', 'basicConstraints=critical,CA:TRUE')

    def path(self, name):
        return os.path.join(self.dir, name)

    def run(self, *args, **kw):
        return subprocess.run(['openssl', *args], check=True, capture_output=True, timeout=60, **kw).stdout

    def card(self, hsa, alg='ES256', usage='digitalSignature', days='10'):
        name = str(uuid.uuid4())
        key, csr, ext = self.path(name + '.key'), self.path(name + '.csr'), self.path(name + '.ext')
        with open(ext, 'w', encoding='ascii') as f:
            f.write(f'keyUsage=critical,{usage}\nextendedKeyUsage=clientAuth\nbasicConstraints=CA:FALSE\n')
        self.run('req', '-utf8', '-nodes', *self.KEYS[alg], '-keyout', key, '-out', csr,
                 '-subj', f'/C=SE/O=Prov/CN=Prov/serialNumber={hsa}')
        der = self.run('x509', '-req', '-in', csr, '-CA', self.ca, '-CAkey', self.path('ca.key'),
                       '-days', days, '-extfile', ext, '-outform', 'DER')
        return key, der, alg, hsa

    def assertion(self, card, audience='http://localhost/token', commission=None, **changes):
        key, der, alg, hsa = card
        now = int(time.time())
        claims = {'iss': hsa, 'sub': hsa, 'aud': audience, 'iat': now, 'exp': now + 60,
                  'jti': str(uuid.uuid4())}
        if commission:
            claims['commissionHsaId'] = commission
        claims.update(changes)
        head = {'alg': alg, 'typ': 'JWT', 'x5c': [base64.b64encode(der).decode()]}
        text = b64u(json.dumps(head).encode()) + '.' + b64u(json.dumps(claims).encode())
        return text + '.' + b64u(self.sign(key, alg, text.encode()))

    def sign(self, key, alg, data):
        options = ['-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:digest'] \
            if alg == 'PS256' else []
        raw = self.run('dgst', '-sha' + alg[2:], *options, '-sign', key, input=data)
        if alg[0] != 'E':
            return raw
        half, at, out = int(alg[2:]) // 8, 2, b''
        for _ in range(2):  # SEQUENCE { INTEGER r, INTEGER s } to r || s
            n = raw[at + 1]
            out += raw[at + 2:at + 2 + n].lstrip(b'\0').rjust(half, b'\0')
            at += 2 + n
        return out
