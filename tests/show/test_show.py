#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""rond show: plain lines of the training hospital, read as a script and as a person at a terminal do."""
import fcntl
import json
import os
import pty
import select
import shutil
import signal
import struct
import subprocess
import tempfile
import termios
import time
import unittest

ROND = os.environ['ROND']
PIN = '123456'  # of the training cards: no secret
OBERG = '19480930-1551'
PROTECTED = '19850320-2387'


class Show(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix='rond-show-')
        cls.env = {'PATH': os.environ['PATH'], 'HOME': cls.dir, 'LANGUAGE': 'en', 'LC_ALL': 'C.UTF-8',
                   'ROND_DATA': os.environ['ROND_DATA'], 'ROND_CLOCK': '2026-11-21T08:00:00+01:00'}
        for name in 'STATE_HOME', 'RUNTIME_DIR', 'CONFIG_HOME', 'CACHE_HOME':
            path = os.path.join(cls.dir, name)
            os.mkdir(path, 0o700)
            cls.env['XDG_' + name] = path
        cls.run_rond('card', 'insert', 'läkare')

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.dir, ignore_errors=True)

    @classmethod
    def run_rond(cls, *words, pin=PIN):
        done = subprocess.run([ROND, '--lang=en', *words], env=cls.env, input=(pin + '\n').encode(), capture_output=True,
                              timeout=60)
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def show(self, *words):
        code, out, err = self.run_rond('show', *words)
        self.assertEqual(code, 0, err)
        mark, *lines = out.splitlines()
        self.assertEqual(mark, 'EXERCISE', 'on every print')
        return lines

    def test_worklist(self):
        first, head, *rows = self.show('lista')
        self.assertTrue(first.endswith(f'{len(rows)} patients'), first)
        columns = head.count('\t')
        self.assertEqual(columns, 6)
        self.assertEqual({row.count('\t') for row in rows}, {columns})
        bed = next(row.split('\t') for row in rows if OBERG in row)
        self.assertEqual(bed[0], '12-1')
        self.assertIn('HH', bed[6])

    def test_patient_by_name_and_number(self):
        by_name = self.show('patient', 'oberg', 'sven')
        self.assertEqual(by_name, self.show('patient', OBERG))
        self.assertIn('Number\t' + OBERG, by_name)
        self.assertTrue(any(line.startswith('Alert\t') and 'LIFE-THREATENING' in line for line in by_name))
        self.assertFalse(any('[!' in line for line in by_name), 'alerts are words, not marks')

    def test_lists_of_a_patient(self):
        for name in 'läkemedel', 'mätvärden', 'prov', 'anteckningar', 'tider':
            with self.subTest(name):
                who, count, head, *rows = self.show(name, OBERG)
                self.assertIn(OBERG, who)
                self.assertIn(f' {len(rows)} row', count)
                self.assertEqual({row.count('\t') for row in rows}, {head.count('\t')})

    def test_ambiguous_and_unknown_patients(self):
        code, out, err = self.run_rond('show', 'patient', 'johansson', 'anders')
        self.assertEqual((code, out), (4, ''))
        self.assertEqual(sum('Johansson, Anders' in line for line in err.splitlines()), 2)
        code, out, err = self.run_rond('show', 'patient', 'finnsinte')
        self.assertEqual((code, out), (4, ''))

    def test_usage(self):
        for words in ([], ['listan'], ['patient'], ['lista', OBERG]):
            self.assertEqual(self.run_rond('show', *words)[0], 2, words)

    def test_assignment_that_is_not_held(self):
        code, out, err = self.run_rond('show', 'lista', '--uppdrag', 'SE2329999993-U5019')
        self.assertEqual((code, out), (1, ''))
        self.assertIn('assignment', err)

    def test_without_card(self):
        self.run_rond('card', 'pull')
        try:
            code, out, err = self.run_rond('show', 'lista')
        finally:
            self.run_rond('card', 'insert', 'läkare')
        self.assertEqual((code, out), (1, ''))
        self.assertIn('card', err)

    def test_wrong_pin_is_tried_once(self):
        code, out, err = self.run_rond('show', 'lista', pin='000000')
        self.assertEqual((code, out), (1, ''))
        self.assertEqual(err.count('PIN'), 1)
        self.show('lista')  # and the tries are whole again

    def at_terminal(self, *words):
        """What a person sees at a terminal of 80 columns."""
        child, fd = pty.fork()
        if child == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 80, 0, 0))
            os.execve(ROND, [ROND, '--lang=en', 'show', *words], self.env)
        text, typed, end = b'', False, time.monotonic() + 40
        while time.monotonic() < end:
            if select.select([fd], [], [], 1)[0]:
                try:
                    part = os.read(fd, 4096)
                except OSError:
                    break
                if not part:
                    break
                text += part
            if b'PIN:' in text and not typed:
                typed = True
                time.sleep(0.1)
                os.write(fd, PIN.encode() + b'\n')
        os.close(fd)
        _, status = os.waitpid(child, 0)
        self.assertEqual(os.waitstatus_to_exitcode(status), 0, text)
        return text.decode().replace('\r\n', '\n')

    def test_pin_at_a_terminal_is_not_echoed(self):
        text = self.at_terminal('tider', PROTECTED)
        self.assertNotIn(PIN, text)
        self.assertIn(PROTECTED, text)

    def test_a_terminal_gets_a_table(self):
        """Within its width, columns under each other, and not a word less than a script gets."""
        for words in (['lista'], ['läkemedel', OBERG]):
            plain, text = self.show(*words), self.at_terminal(*words)
            lines = text[text.index('EXERCISE'):].splitlines()
            self.assertNotIn('\t', text)
            self.assertLessEqual(max(map(len, lines)), 80, text)
            tabbed = [line.split('\t') for line in plain if '\t' in line]
            head = next(line for line in lines if line.startswith(tabbed[0][0] + ' '))
            filled = next(i for i in range(1, len(tabbed[0])) if all(row[i] for row in tabbed[1:]))
            for row in tabbed[1:]:  # each stands under its heading
                self.assertTrue(any(line[head.index(tabbed[0][filled]):].startswith(row[filled].split()[0]) for line in lines), text)
            for cell in {word for row in tabbed[1:] for word in ' '.join(row).split() if len(word) <= 8}:
                self.assertIn(cell, text)

    def test_address_and_phone_of_a_protected_patient(self):
        self.show('tider', PROTECTED)  # the hospital is there
        secrets = 'Gömstigen', '070-1740605', 'Dolda Byn'
        patient = {
            'resourceType': 'Patient', 'id': 'pat-0003',
            'meta': {'security': [{'system': 'http://hl7.se/fhir/ig/base/CodeSystem/SecurityLabel',
                                   'code': 'sekretessmarkering'}]},
            'identifier': [{'system': 'http://electronichealth.se/identifier/personnummer',
                            'value': PROTECTED.replace('-', '')}],
            'name': [{'family': 'uppgift', 'given': ['Skyddad']}], 'gender': 'male', 'birthDate': '1985-03-20',
            'address': [{'line': [secrets[0] + ' 7'], 'city': secrets[2]}],
            'telecom': [{'system': 'phone', 'value': secrets[1]}]}
        bundle = os.path.join(self.dir, 'planted.json')
        with open(bundle, 'w', encoding='utf-8') as file:
            json.dump({'resourceType': 'Bundle', 'type': 'collection', 'entry': [{'resource': patient}]}, file)
        db = os.path.join(self.env['XDG_STATE_HOME'], 'rond', 'ovning', 'hospital.db')
        subprocess.run([os.environ['ROND_CORE'], 'load', '--training', '--db', db, bundle], check=True, env=self.env,
                       capture_output=True, timeout=30)
        said = [self.run_rond('show', *words) for words in (
            ['lista'], ['patient', PROTECTED], ['läkemedel', PROTECTED], ['mätvärden', PROTECTED], ['prov', PROTECTED],
            ['anteckningar', PROTECTED], ['tider', PROTECTED], ['patient', 'skyddad'], ['patient', secrets[1]])]
        text = ''.join(out + err for _, out, err in said)
        self.assertIn('\tman, ', said[1][1], 'it is the planted resource that is shown')
        self.assertIn('PROTECTED IDENTITY', text)
        for secret in secrets[0], secrets[2]:
            self.assertNotIn(secret, text)
        self.assertNotIn(secrets[1], ''.join(out for _, out, _ in said))
        self.assertEqual(said[-1][0], 4, 'a phone number finds nobody')

    def test_a_cell_has_no_tab_and_no_line_of_its_own(self):
        self.show('tider', OBERG)  # the hospital is there
        flag = {'resourceType': 'Flag', 'id': 'broken', 'status': 'active', 'subject': {'reference': 'Patient/pat-0001'},
                'code': {'text': 'delad\ti två\noch bruten'}}
        bundle = os.path.join(self.dir, 'broken.json')
        with open(bundle, 'w', encoding='utf-8') as file:
            json.dump({'resourceType': 'Bundle', 'type': 'collection', 'entry': [{'resource': flag}]}, file)
        db = os.path.join(self.env['XDG_STATE_HOME'], 'rond', 'ovning', 'hospital.db')
        subprocess.run([os.environ['ROND_CORE'], 'load', '--training', '--db', db, bundle], check=True, env=self.env,
                       capture_output=True, timeout=30)
        lines = self.show('patient', OBERG)
        cell = next(line for line in lines if 'delad' in line)
        self.assertEqual(cell.count('\t'), 1, cell)
        self.assertIn('bruten', cell)

    def test_nothing_of_the_patient_is_left_on_disk(self):
        self.show('patient', OBERG)
        store = os.path.join(self.env['XDG_STATE_HOME'], 'rond', 'ovning', 'store')
        for name in os.listdir(store):
            with open(os.path.join(store, name), 'rb') as file:
                self.assertNotIn('Öberg'.encode(), file.read(), name)


if __name__ == '__main__':
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    unittest.main(verbosity=2)
