#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""rond diag: what it says of a core that answers, refuses, is silent or lies, without card or login."""
import hashlib
import http.server
import json
import os
import shutil
import subprocess
import tempfile
import threading
import unittest

ROND = os.environ['ROND']


def statement(name):
    return json.dumps({'resourceType': 'CapabilityStatement', 'fhirVersion': '4.0.1', 'software': {'name': name, 'version': '7.2'},
                       'rest': [{'mode': 'server', 'resource': [
                           {'type': 'Slot', 'interaction': [{'code': 'patch'}], 'searchParam': [{'name': 'start'}]},
                           {'type': 'DocumentReference', 'interaction': [{'code': 'create'}]}]}]})


class Core(http.server.BaseHTTPRequestHandler):
    status, body, asked = 200, '', []

    def do_GET(self):
        Core.asked.append((self.path, self.headers.get('Authorization')))
        self.send_response(Core.status)
        self.send_header('Content-Length', str(len(Core.body.encode())))
        self.end_headers()
        self.wfile.write(Core.body.encode())

    def log_message(self, *_):
        pass


class Diag(unittest.TestCase):
    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix='rond-diag-')
        self.core = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Core)
        threading.Thread(target=self.core.serve_forever, daemon=True).start()
        self.conf = os.path.join(self.dir, 'rond.conf')
        with open(self.conf, 'w', encoding='utf-8') as f:
            f.write(f'[core]\nurl = http://127.0.0.1:{self.core.server_port}/r4\n')
        Core.asked = []

    def tearDown(self):
        self.core.shutdown()
        self.core.server_close()
        shutil.rmtree(self.dir)

    def diag(self, *options):
        env = {'PATH': os.environ['PATH'], 'ROND_HOME': self.dir, 'ROND_SITE_CONFIG': '/dev/null', 'LC_ALL': 'C.UTF-8',
               'ROND_DATA': os.environ['ROND_DATA'], 'TERM': 'xterm'}
        done = subprocess.run([ROND, '--lang=en', *options, 'diag'], env=env, capture_output=True, timeout=30)
        self.assertEqual(done.stderr, b'')
        return done.returncode, done.stdout.decode()

    def test_dialect_and_what_it_cannot(self):
        Core.status, Core.body = 200, statement('HAPI FHIR Server')
        code, out = self.diag(f'--config={self.conf}')
        self.assertRegex(out, r'OK +calls itself +HAPI FHIR Server 7\.2 \(stated by the core\)')
        self.assertRegex(out, r'OK +recognised as +HAPI FHIR \(')
        self.assertRegex(out, r'OK +rows a page +200 \(by the profile\)')
        self.assertRegex(out, r'OK +take a free time +PATCH \(stated by the core\)')
        self.assertRegex(out, r'OK +change that came too late +409, 412 and 423 .*\(assumed\)')
        self.assertRegex(out, r'NOTE +order-new +This core takes no orders')
        self.assertNotIn('takes no notes', out)
        self.assertRegex(out, r'FAULT +card module')  # none is named
        self.assertEqual(code, 1)
        self.assertEqual(Core.asked, [('/r4/metadata', None)] * 2)

    def test_what_the_core_says_does_not_speak_to_the_terminal(self):
        Core.status, Core.body = 200, statement('x\x1b]0;y\x07\u202e\nOK   forged')
        _, out = self.diag(f'--config={self.conf}')
        self.assertIn('calls itself', out)
        self.assertFalse([c for c in out if c != '\n' and (ord(c) < 32 or 127 <= ord(c) < 160 or c == '\u202e')])
        self.assertFalse([line for line in out.splitlines() if line.startswith('OK   forged')])

    def test_what_sessions_have_seen_of_it(self):
        """Kept by address; lines that nobody understands are nothing."""
        Core.status, Core.body = 200, statement('HAPI FHIR Server')
        address = f'http://127.0.0.1:{self.core.server_port}/r4'
        kept = os.path.join(self.dir, 'state', f'core-{hashlib.sha256(address.encode()).hexdigest()[:16]}.seen')
        os.makedirs(os.path.dirname(kept), 0o700, exist_ok=True)
        with open(kept, 'w', encoding='utf-8') as f:
            f.write('total 1762758000\n\x1b[5n 1762758000\ntotal\n412 1762758000\n429 soon\n')
        _, out = self.diag(f'--config={self.conf}')
        self.assertRegex(out, r'OK +number of hits +said \(observed 2025-11-10 0\d:00\)')
        self.assertRegex(out, r'OK +change that came too late +412 \(observed 2025-11-10')
        self.assertRegex(out, r'OK +too many questions +.*\(assumed\)')

    def test_a_core_behind_login_is_no_fault_of_it(self):
        Core.status, Core.body = 401, 'who are you'
        _, out = self.diag(f'--config={self.conf}')
        self.assertRegex(out, r'NOTE +answer +401')

    def test_no_statement_is_a_fault(self):
        for status, body in (200, '<html>welcome</html>'), (200, '{"resourceType":"Patient"}'), (404, ''):
            Core.status, Core.body = status, body
            code, out = self.diag(f'--config={self.conf}')
            self.assertRegex(out, r'FAULT +(answer|the core’s statement|the core\'s statement)')
            self.assertEqual(code, 1)

    def test_training_hospital_that_does_not_run(self):
        _, out = self.diag()
        self.assertRegex(out, r'NOTE +answer +the training hospital runs only while rond is open')


if __name__ == '__main__':
    unittest.main(verbosity=2)
