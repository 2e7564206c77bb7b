#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A profile for care and a core that cannot be reached, in each of the ways there are: in the whole program, with a
card that is no training card in pcscd's virtual reader. The core is rond-core without the training mark behind TLS
that can be made wrong. One sentence says what is wrong, a visit of `rond show` ends with an error, and when the core
is right again the login goes on and the draft is there."""
import json
import os
import re
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import warnings

from person import OBERG, Person, check, check_terminal, main, quit, row, sign_note
from realcard import ENVIRONMENT, ISSUER, MODULES, PIN, Card, authority, certificate

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), 'interop'))
from kit import free_port, ward  # noqa: E402
import skips  # noqa: E402

PIN_ASKED = r'PIN(-kod)?:'
NOTE = 'Skrivet innan kärnsystemet försvann'


class Front:
    """TLS before the core: a good one, or what else an address may lead to."""

    def __init__(self, folder, core_port):
        self.core_port, self.port, self.ends, self.seen = core_port, free_port(), [], []  # @seen: how each request begins
        self.ca = authority(folder, 'server-ca', 'Prov server-CA')
        stranger = authority(folder, 'other-ca', 'En annan CA')
        def served(ca, name, host, **how):
            pem = certificate(folder, ca, name, f'/CN={host}', f'subjectAltName=DNS:{host}', **how)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(pem, pem[:-4] + '.key')
            return context
        self.contexts = {'good': served(self.ca, 'good', 'localhost'), 'stranger': served(stranger, 'stranger', 'localhost'),
                         'name': served(self.ca, 'name', 'another.invalid'), 'old': served(self.ca, 'old', 'localhost'), 'plain': None}
        self.contexts['old'].set_ciphers('ALL:@SECLEVEL=0')
        self.contexts['old'].minimum_version = ssl.TLSVersion.TLSv1
        self.contexts['old'].maximum_version = ssl.TLSVersion.TLSv1_1
        self.listener = None
        self.serve('good')

    def serve(self, what):
        """What stands at the address from now on; None: nothing. What was connected is cut."""
        self.close()
        self.what = what
        if what:
            self.listener = socket.create_server(('127.0.0.1', self.port))
            threading.Thread(target=self.accept, args=(self.listener,), daemon=True).start()

    def close(self):
        if self.listener:
            self.listener.shutdown(socket.SHUT_RDWR)
            self.listener.close()
            self.listener = None
        for end in self.ends:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.ends = []

    def accept(self, listener):
        while True:
            try:
                end = listener.accept()[0]
            except OSError:
                return
            threading.Thread(target=self.connection, args=(end,), daemon=True).start()

    def connection(self, end):
        context = self.contexts[self.what]
        try:
            if context is None:
                end.recv(4096)
                end.sendall(b'HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n')
                end.close()
                return
            end = context.wrap_socket(end, server_side=True)
            core = socket.create_connection(('127.0.0.1', self.core_port))
        except OSError:
            end.close()
            return
        self.ends += [end, core]
        threading.Thread(target=pump, args=(end, core, self.seen), daemon=True).start()
        pump(core, end)


def pump(source, target, seen=None):
    try:
        while data := source.recv(65536):
            target.sendall(data)
            if seen is not None:
                seen.append(data[:16])
    except OSError:
        pass
    for end in (source, target):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


class Place:
    """A core for care with a ward and two patients, TLS before it, and the site's configuration for it."""

    def __init__(self, home, folder, card):
        self.home, self.db, port = home, os.path.join(folder, 'core.db'), free_port()
        self.front = Front(folder, port)
        self.url = f'https://localhost:{self.front.port}'
        load = os.path.join(folder, 'load.json')
        with open(load, 'w', encoding='utf-8') as f:
            json.dump({'resourceType': 'Bundle', 'type': 'collection', 'entry': [{'resource': r} for r in people()]}, f)
        subprocess.run([home.core, 'load', load, '--db', self.db], check=True, capture_output=True, timeout=60)
        self.core = subprocess.Popen([home.core, 'serve', '--db', self.db, '--port', str(port), '--base', self.url, '--ca', card.ca],
                                     stderr=subprocess.DEVNULL)
        self.module = MODULES[0]
        self.configure()

    def configure(self, url=None, ca=None):
        with open(self.home.path('site.conf'), 'w', encoding='utf-8') as f:
            f.write(f'[core]\nurl={url or self.url}\nca-file={ca or self.front.ca}\n[card]\nmodule={self.module}\nissuer={ISSUER}\n')

    def close(self):
        self.front.close()
        self.core.kill()
        self.core.wait()

    def notes(self):
        """As they stand in the record."""
        with sqlite3.connect(f'file:{self.db}?mode=ro', uri=True) as db:
            return [text for (text,) in db.execute("SELECT CAST(body AS TEXT) FROM resource WHERE type = 'DocumentReference'")]


def people():
    names = (('p1', 'Öberg', 'Sven-Åke', OBERG[1]), ('p2', 'Annan', 'Anna', '19401127-9090'))
    return ward([n[0] for n in names]) + [
        {'resourceType': 'Patient', 'id': i, 'name': [{'family': family, 'given': [given]}], 'birthDate': f'{n[:4]}-{n[4:6]}-{n[6:8]}',
         'identifier': [{'system': 'http://electronichealth.se/identifier/personnummer', 'value': n.replace('-', '')}]}
        for i, family, given, n in names]


def sign_in(p):
    p.wait(PIN_ASKED, 60)
    p.type(PIN)
    p.press('<Enter>')


def flat(p):
    return re.sub(r'\s+', ' ', p.screen())


def says(p, sentence):
    p.until(lambda: re.search(sentence, flat(p)), f'“{sentence}”', 60)


def wrong(swedish, english, break_it):
    """The sentence at login, in the person's language; a visit ends with it and an error."""
    def story(home, a):
        place = home.place
        try:
            break_it(place)
            with Person(home) as p:
                sign_in(p)
                says(p, swedish)
                p.wait(PIN_ASKED)  # it can be tried again
                said = flat(p)
                quit(p)
            r = subprocess.run([home.rond, '--lang=en', 'show', 'lista'], env=home.environ(), input=PIN + '\n', capture_output=True, text=True,
                               timeout=60, check=False)
            lines = r.stderr.strip().split('\n')
            check(r.returncode not in (0, 70) and r.returncode > 0, f'the visit ended with {r.returncode}')
            check(re.search(english, lines[-1]) and len(lines) == 1, f'the visit said {lines}')
            return re.search(r'PIN-kod: (.*?) Esc ', said)[1].strip() + ' | ' + lines[0]
        finally:
            place.front.serve('good')
            place.configure()
    return story


def refused(sentence, break_it):
    """What no waiting mends is said before a PIN is asked for."""
    def story(home, a):
        break_it(home.place)
        with Person(home) as p:
            status = p.ended()
            check(status not in (0, 70) and status > 0, f'it ended with {status}')
            check_terminal(p)
            check(re.search(sentence, flat(p)), f'no “{sentence}” in “{flat(p)}”')
            return flat(p).strip()
    return story


def served(what):
    return lambda place: place.front.serve(what)


def address(url):
    return lambda place: place.configure(url=url)


def no_ca_file(place):
    place.configure(ca=place.home.path('no-such.pem'))


def nothing_lost(home, a):
    """The core's certificate is exchanged for a wrong one while a note is written and the screen locked."""
    place = home.place
    with Person(home) as p:
        sign_in(p)
        p.wait('Läkare avdelning 1')
        p.press('<Enter>')
        p.wait('Öberg')
        p.press('Ö')
        p.type('1551')
        p.wait(OBERG[1])
        p.press('<Enter>')
        p.until(lambda: OBERG[1] in row(p, 1), 'the chart')
        p.press('n')
        p.wait('Daganteckning')
        p.press('<Enter>')
        p.wait('Aktuellt')
        p.type(NOTE)
        place.front.serve('stranger')
        p.type(' igen')
        p.wait('försvann igen')
        p.press('<F10>')
        sign_in(p)
        says(p, 'certifikat')
        check(not p.has('Öberg'), 'the patient is on the screen')
        place.front.serve('good')
        p.wait(PIN_ASKED)
        p.type(PIN)
        p.press('<Enter>')
        p.wait('försvann igen', 60)
        sign_note(p)
        quit(p)
    notes = place.notes()
    check(len(notes) == 1, f'{len(notes)} notes in the record')


KEPT = r'.*Det du har skrivit finns kvar.*\(https://'
STORIES = {
    'unknown host': wrong(r'Serverns namn är okänt' + KEPT + r'core\.invalid', r'name is not known.*core\.invalid',
                          address('https://core.invalid/fhir')),
    'refused': wrong(r'Inget svarar på serverns adress' + KEPT, r'Nothing answers', served(None)),
    'no TLS': wrong(r'säker' + KEPT, r'secure connection', served('plain')),
    'old TLS': wrong(r'säker' + KEPT, r'secure connection', served('old')),
    'wrong CA': wrong(r'certifikat' + KEPT, r'certificate is not trusted', served('stranger')),
    'wrong name': wrong(r'certifikat' + KEPT, r'certificate is not trusted', served('name')),
    'no CA file': refused(r'ca-file: \S+no-such.pem går inte att läsa .*Kontrollera sökvägen', no_ca_file),
    'not encrypted': refused(r'core.url: .*ska vara https', address('http://core.invalid/fhir')),
    'another server': wrong(r'Kontrollera adressen|[Aa]dress', r'address', lambda place: place.configure(url=place.url + '/nowhere')),
    'nothing lost': nothing_lost,
}


def with_place(story):
    def run(home, a):
        with tempfile.TemporaryDirectory(prefix='rond-net-') as folder, Card(folder, home.build) as card:
            home.place = Place(home, folder, card)
            try:
                return story(home, a)
            finally:
                home.place.close()
    return run


if __name__ == '__main__':
    if not MODULES:
        sys.exit(skips.whole('OpenSC is not installed', package=True))
    if 'PCSCD_PID' not in os.environ:
        os.execv(ENVIRONMENT, [ENVIRONMENT, '/usr/bin/python3', os.path.abspath(__file__), *sys.argv[1:]])
    warnings.simplefilter('ignore', DeprecationWarning)  # old TLS is what is asked for
    main({name: with_place(story) for name, story in STORIES.items()})
