#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What rond and rond-core say outside of a screen: every control, escape sequence, bidi and zero-width character is
planted in arguments, settings, keymaps, environment, file names and in what a core says of itself. None of them may
come out on stdout or stderr, in UTF-8 and in Latin-1, nor on the terminal before, during and after a session."""
import contextlib
import http.server
import json
import os
import subprocess
import threading

from person import Person, check, main, quit, skip
from story_plant import ALL, MARK, offending
from story_terminals import LATIN1, locales

PLANT = MARK + ''.join(s for s in ALL if '/' not in s)
RAW = b'x\x9b5n\x1b[5n\xff'  # no UTF-8


class Core(http.server.BaseHTTPRequestHandler):
    status = 200

    def do_GET(self):
        software = {'name': PLANT, 'version': PLANT}
        body = json.dumps({'resourceType': 'CapabilityStatement', 'fhirVersion': PLANT, 'software': software, 'publisher': PLANT,
                           'implementation': {'description': PLANT}, 'rest': [{'mode': 'server', 'resource': [
                               {'type': 'DocumentReference', 'interaction': [{'code': PLANT}]}]}]}
                          if Core.status == 200 else {'resourceType': 'OperationOutcome', 'issue': [
                              {'severity': 'error', 'code': 'processing', 'diagnostics': PLANT, 'details': {'text': PLANT}}]}).encode()
        self.send_response_only(Core.status, 'R\x9b5n'.encode('latin-1').decode('latin-1'))
        self.send_header('X-Request-Id', '\x9b5n')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def core():
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Core)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f'http://127.0.0.1:{server.server_port}/r4'
    finally:
        server.shutdown()
        server.server_close()


def controls(said, latin1):
    """Controls of C0 and C1 in what was said, beside the line's end and the tab."""
    text = said.decode('latin-1' if latin1 else 'utf-8', 'replace')
    return sorted({repr(c) for c in text if c not in '\n\t' and (ord(c) < 32 or 127 <= ord(c) < 160)} | set(offending(said, latin1)))


class Words:
    def __init__(self, home, latin1):
        self.home, self.said, self.heard, self.latin1 = home, 0, 0, latin1
        self.env = {'LC_ALL': 'C.UTF-8'}
        if latin1:
            self.env = {'LC_ALL': LATIN1, 'LOCPATH': locales()}

    def listen(self, program, *args, env=None):
        e = self.home.environ({**self.env, **(env or {})})
        r = subprocess.run([program, *args], env=e, capture_output=True, stdin=subprocess.DEVNULL, timeout=60)
        said = r.stdout + r.stderr
        bad = controls(said, self.latin1)
        check(not bad, f'{os.path.basename(program)} {[a if isinstance(a, str) and MARK not in a else "…" for a in args]} '
                       f'{list(env or {})} says {" ".join(bad)}')
        self.said += 1
        self.heard += MARK.encode() in said


def settings(home):
    """Broken and strange lines in every file that is read."""
    folder = home.path('config/rond') if os.path.isdir(home.path('config/rond')) else home.path('config')
    os.makedirs(folder, exist_ok=True)
    lines = f'[core]\nurl={PLANT}\n{PLANT}=1\n[{PLANT}]\nx=y\n[ui]\nlanguage={PLANT}\ncolour={PLANT}\n[keys]\nmap={PLANT}\n{PLANT}\n'
    with open(home.path('site.conf'), 'w', encoding='utf-8') as f:
        f.write(lines)
    with open(os.path.join(folder, 'keys'), 'w', encoding='utf-8') as f:
        f.write(f'[{PLANT}]\n{PLANT} = {PLANT}\nx = {PLANT}\n{PLANT}\n')


def arguments(w):
    for args in ([PLANT], ['show', PLANT], ['card', PLANT], ['card', 'insert', PLANT], ['övning', PLANT],
                 ['config', PLANT], ['--lang=' + PLANT], ['--' + PLANT], ['diag', PLANT], [RAW], ['card', 'insert', RAW]):
        w.listen(w.home.rond, *args)
    for args in ([PLANT], ['--' + PLANT], ['token', '--db', w.home.path('a.db'), '--training', PLANT], ['load', '--db', w.home.path('a.db'), PLANT],
                 ['serve', '--db', w.home.path(PLANT + '/b.db')], ['seed', '--db', w.home.path('a.db'), '--seed', PLANT],
                 ['serve', '--db', w.home.path('a.db'), '--clock', PLANT], ['load', '--db', w.home.path('a.db'), RAW]):
        w.listen(w.home.core, *args)


def surroundings(w):
    named = w.home.path('hem ' + PLANT)
    for env in ({'TERM': PLANT}, {'ROND_CLOCK': PLANT}, {'ROND_DATA': named}, {'ROND_HOME': named}, {'ROND_SITE_CONFIG': named},
                {'ROND_LOCALEDIR': named}, {'TZ': PLANT}):
        for args in ([], ['diag'], ['config', '--explain'], ['card', 'list']):
            w.listen(w.home.rond, *args, env=env)


def files(w):
    settings(w.home)
    for args in ([], ['config', '--explain'], ['config'], ['diag'], ['--help']):
        w.listen(w.home.rond, *args)
    strange = w.home.path(PLANT[:60] + '.json')
    with open(strange, 'w', encoding='utf-8') as f:
        f.write(json.dumps({'resourceType': PLANT, 'id': PLANT}))
    w.listen(w.home.core, 'load', '--db', w.home.path('a.db'), strange)
    w.listen(w.home.core, 'load', '--db', strange, strange)


def speaking_core(w):
    with core() as url:
        for Core.status in (200, 400, 500):
            with open(w.home.path('site.conf'), 'w', encoding='utf-8') as f:
                f.write(f'[core]\nurl={url}\n')
            w.listen(w.home.rond, 'diag')
    Core.status = 200


def words(latin1):
    def story(home, a):
        if latin1 and not locales():
            skip('localedef cannot make ' + LATIN1, package=True)
        w = Words(home, latin1)
        for part in (arguments, surroundings, files, speaking_core):
            part(w)
        check(w.heard > 12, f'the planted text was heard {w.heard} times only')
        return f'{w.said} times something was said, {w.heard} times with the planted text, 0 controls'
    return story


def session(home, a):
    """Strange settings and keymaps are told on the screen and in the log, and nothing of them reaches the terminal."""
    settings(home)
    with open(home.path('site.conf'), 'w', encoding='utf-8') as f:
        f.write(f'{PLANT}\n[ui]\nlanguage={PLANT}\n{PLANT}=1\n')
    with Person(home) as p:
        p.wait('1  Eva Lind', 60)
        p.press(':', 'l', 'o', 'g', '<Enter>')
        p.press('<Esc>')
        quit(p)
        bad = offending(bytes(p.s.raw), False)
        check(not bad, f'sent to the terminal: {" ".join(bad)}')
        return f'{p.s.total} bytes'


STORIES = {'utf8': words(False), 'latin1': words(True), 'session': session}

if __name__ == '__main__':
    main(STORIES)
