# SPDX-License-Identifier: GPL-3.0-or-later
"""A person at a terminal: starts the real rond on a pty, presses keys one by one, looks at the
screen, and asks the core what has become of it.

Screens are read only to know when to press the next key. What was done is read from the core: over
its Unix socket with a token of the trainer's assignment (who may read the access log too)."""
import argparse
import base64
import collections
import contextlib
import glob
import http.client
import json
import os
import pty
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import termios
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [os.path.join(SOURCE, 'tests', 'tools'), os.path.join(SOURCE, 'tests', 'swedish')]
try:
    import curses
    import skips
    import ttydrive
    from ttyterm import key_bytes
except ImportError as missing:
    sys.exit(skips.whole(f'{missing}: install python3-pyte and python3-wcwidth', package=True))
import swedish  # noqa: E402

PIN = '123456'
TRAINER = 'SE2329999993-U5041'
HSA = 'urn:oid:1.2.752.29.4.19'
LIMIT = 30  # seconds for anything to show, on a machine that is busy


class Failed(AssertionError):
    pass


class Skipped(Exception):
    """It cannot run on this machine."""


def check(true, what):
    if not true:
        raise Failed(what)


def skip(why, package=False):
    """Leaves the story out. @package: what lacks is in data/packages."""
    check(skips.may(package), why)
    raise Skipped(why)


class Home:
    """ROND_HOME of one person. Training cards and the hospital are made once a script and used again."""

    def __init__(self, build):
        self.build = os.path.abspath(build)
        self.dir = tempfile.mkdtemp(prefix='rond-story-')
        self.rond = os.path.join(self.build, 'src/main/rond')
        self.core = os.path.join(self.build, 'src/core/rond-core')
        self.db = self.path('state/ovning/hospital.db')
        self.sock = self.path('run/core.sock')
        self.tokens = {}
        self.own = None
        self.written = collections.Counter()
        self.judged = collections.Counter()
        self.wrong = []
        self.foreign = set()  # “Type/id” that a story put there itself
        # Where all that a sandbox holds may write: the reports of a build with sanitizers go there.
        self.report = self.path('state/ovning/cards/report') if has_sanitizers(self.rond) else None
        if self.report:
            os.makedirs(os.path.dirname(self.report), 0o700)

    def path(self, name):
        return os.path.join(self.dir, name)

    def environ(self, extra=None):
        e = {k: v for k, v in os.environ.items()
             if not k.startswith(('ROND_', 'LC_', 'XDG_')) and k not in
             ('LANG', 'LANGUAGE', 'COLORTERM', 'LINES', 'COLUMNS', 'TMUX', 'NO_COLOR', 'TERM')}
        e.update(ROND_HOME=self.dir, ROND_DATA=os.path.join(SOURCE, 'data'),
                 ROND_LOCALEDIR=os.path.join(self.build, 'po'), ROND_SITE_CONFIG=self.path('site.conf'),
                 ROND_CLOCK='2026-11-10T08:00:00+01:00')
        if self.report:
            e.update(ASAN_OPTIONS=f'detect_leaks=1:exitcode=0:log_path={self.report}',
                     UBSAN_OPTIONS=f'print_stacktrace=1:log_path={self.report}')
        for name, value in (extra or {}).items():
            e.pop(name, None) if value is None else e.update({name: value})
        return e

    def run(self, *args, env=None, check_exit=True):
        r = subprocess.run([self.rond, *args], env=self.environ(env), capture_output=True, text=True, timeout=60)
        check(not check_exit or r.returncode == 0, f'rond {args}: {r.returncode} {r.stderr}')
        return r

    def core_pid(self):
        """Of this home's rond-core; it outlives a session a little."""
        for pid in filter(str.isdigit, os.listdir('/proc')):
            try:
                with open(f'/proc/{pid}/cmdline', 'rb') as f:
                    words = f.read().split(b'\0')
            except OSError:
                continue
            if words[0].endswith(b'rond-core') and self.db.encode() in words:
                return int(pid)
        return 0

    def stop_core(self):
        if self.own:
            self.own.terminate()
            self.own.wait(LIMIT)
            self.own = None
        pid = self.core_pid()
        if pid:
            os.kill(pid, signal.SIGCONT)
            os.kill(pid, signal.SIGTERM)
            end = time.monotonic() + LIMIT
            while os.path.exists(f'/proc/{pid}') and time.monotonic() < end:
                time.sleep(0.01)

    def wait_core_gone(self):
        """A rond started in the second in which the last one's core ends finds nobody there yet."""
        end = time.monotonic() + LIMIT
        while self.core_pid() and time.monotonic() < end:
            time.sleep(0.02)

    def came(self):
        """What came to the core after its hospital was made, every version of it, and everybody who is known by an HSA-id."""
        with contextlib.closing(sqlite3.connect(f'file:{self.db}?mode=rw', uri=True)) as db:
            if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'resource'").fetchone():
                return [], set()
            bodies = db.execute('SELECT body FROM (SELECT updated, body FROM resource UNION ALL SELECT updated, body FROM old) '
                                'WHERE updated > (SELECT min(updated) FROM resource)').fetchall()
            staff = db.execute("SELECT type || '/' || id, body FROM resource "
                               "WHERE type IN ('Practitioner', 'PractitionerRole', 'Organization')").fetchall()
        return [json.loads(body) for (body,) in bodies], {name for name, body in staff if swedish.has_hsa_id(json.loads(body))}

    def judge(self):
        """What rond wrote, by the Swedish base profiles."""
        foreign, self.foreign = self.foreign, set()
        try:
            resources, known = self.came() if os.path.exists(self.db) else ([], set())
        except sqlite3.DatabaseError as e:  # a story may well have damaged it
            self.written[f'core that cannot be read ({e})'] += 1
            return
        for r in resources:
            name, named = f'{r["resourceType"]}/{r["id"]}', swedish.staff_of(r)
            if name not in foreign:
                self.written[r['resourceType']] += 1
                self.judged['reference to staff or unit'] += len(named)
                self.wrong += [f'{name}: {who} has no HSA-id' for who in named if who not in known]
                self.wrong += [f'{name} {i}' for i in swedish.issues(r, self.judged)]

    def read_reports(self):
        for path in glob.glob(self.report + '.*') if self.report else []:
            with open(path, encoding='utf-8', errors='replace') as f:
                self.wrong.append('sanitizer: ' + with_lines(f.read()))
            os.unlink(path)

    def reset(self):
        """The hospital as it was, nobody's drafts, no card in the reader."""
        self.stop_core()
        self.judge()
        self.read_reports()
        for name in os.listdir(os.path.dirname(self.db)) if os.path.exists(os.path.dirname(self.db)) else []:
            if name.startswith('hospital.db'):
                os.unlink(os.path.join(os.path.dirname(self.db), name))
        for name in ('state/ovning/store', 'run', 'config'):
            shutil.rmtree(self.path(name), ignore_errors=True)
        self.tokens = {}

    def close(self):
        self.stop_core()
        self.judge()
        self.read_reports()
        shutil.rmtree(self.dir, ignore_errors=True)

    # -- the core -------------------------------------------------------------------------------
    def ask(self, method, path, body=None, who=TRAINER, **headers):
        """A core that goes down with its rond may take a connection and close it: what only asks asks again."""
        end = time.monotonic() + 10
        while True:
            try:
                return self.ask_once(method, path, body, who, **headers)
            except (ConnectionError, http.client.HTTPException):
                if method != 'GET' or time.monotonic() > end:
                    raise
                time.sleep(0.05)

    def ask_once(self, method, path, body, who, **headers):
        if who not in self.tokens:
            r = subprocess.run([self.core, 'token', '--db', self.db, '--training', who], check=True, capture_output=True,
                               text=True, timeout=60, env=self.environ())
            self.tokens[who] = r.stdout.strip()
        http_ = http.client.HTTPConnection('localhost', timeout=60)
        http_.sock = self.connect()
        http_.request(method, '/' + path, json.dumps(body) if body is not None else None,
                      {'Authorization': 'Bearer ' + self.tokens[who], 'Accept': 'application/fhir+json',
                       'Content-Type': 'application/fhir+json', **headers})
        answer = http_.getresponse()
        text = answer.read().decode()
        http_.close()
        check(answer.status < 400, f'{method} {path}: {answer.status} {text[:300]}')
        got = json.loads(text) if text else None
        if got and method in ('POST', 'PUT') and 'id' in got:
            self.foreign.add(f'{got["resourceType"]}/{got["id"]}')
        return got

    def connect(self):
        """To rond's own core while it lives; after it, to one on the same database."""
        sock = socket.socket(socket.AF_UNIX)
        try:
            sock.connect(self.sock)
            return sock
        except OSError:
            own = self.path('story.sock')
        if not self.own or self.own.poll() is not None:
            self.own = subprocess.Popen([self.core, 'serve', '--db', self.db, '--training', '--socket', own],
                                        env=self.environ(), stderr=subprocess.DEVNULL)
        end = time.monotonic() + LIMIT
        while True:
            try:
                sock.connect(own)
                return sock
            except OSError:
                check(time.monotonic() < end, 'rond-core does not answer')
                time.sleep(0.02)

    def find(self, query):
        """All that match, page by page."""
        matches, path = [], query + ('&' if '?' in query else '?') + '_count=200'
        while path:
            found = self.ask('GET', path)
            matches += [e['resource'] for e in found.get('entry', []) if e['search']['mode'] == 'match']
            later = [link['url'] for link in found.get('link', []) if link['relation'] == 'next']
            path = urllib.parse.urlsplit(later[0])._replace(scheme='', netloc='').geturl().lstrip('/') if later else None
        return matches


def has_sanitizers(program):
    with open(program, 'rb') as f:
        return b'__asan_init' in f.read()


def with_lines(report):
    """A sandboxed process cannot read its own symbols: they are looked up here."""
    place = re.compile(r'\((/\S*?/rond[a-z-]*)\+(0x[0-9a-f]+)\)')
    for program in {m[1] for m in place.finditer(report)}:
        at = sorted({m[2] for m in place.finditer(report) if m[1] == program})
        said = subprocess.run(['addr2line', '-f', '-p', '-e', program, *at], capture_output=True, text=True).stdout.splitlines()
        for address, line in zip(at, said):
            report = report.replace(f'({program}+{address})', line)
    return report


class Person:
    """One run of rond."""

    def __init__(self, home, *args, term='xterm-256color', size=(80, 24), locale='C.UTF-8', env=None, rate=0, delay=0,
                 command=None):
        self.home = home
        environ = home.environ(env)
        environ.update(TERM=term)
        if locale:
            environ['LC_ALL'] = locale
        curses.setupterm(term if term_known(term) else 'xterm', os.open('/dev/null', os.O_WRONLY))
        a = argparse.Namespace(size=size, command=command or [home.rond, *args], environ=environ, cwd=home.dir,
                               idle=0.02, first=0.15, max_settle=3.0, rate=rate, delay=delay, mute=False,
                               encoding='latin-1' if locale and '8859' in locale else 'utf-8')
        self.s = ttydrive.Session(a)
        self.termios = fresh_termios()
        self.s.i = 0
        self.pid = self.s.pid

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        if kind:
            print(f'---- screen\n{self.screen()}\n----', file=sys.stderr)
        self.s.finish()

    # -- looking --------------------------------------------------------------------------------
    def look(self, seconds=0):
        self.s.poll(seconds)
        self.s.feed()

    def look_for(self, seconds):
        """Just so long, whatever comes."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.look(left)

    def screen(self):
        self.look()
        return self.s.term.text()

    def has(self, regex):
        return re.search(regex, self.screen(), re.M)

    def wait(self, regex, limit=LIMIT, gone=False):
        end = time.monotonic() + limit
        self.look()
        while bool(re.search(regex, self.s.term.text(), re.M)) == gone:
            if time.monotonic() > end or self.s.eof:
                raise Failed(f'“{regex}” {"still" if gone else "not"} on the screen after {limit} s')
            self.look(0.05)
        return re.search(regex, self.s.term.text(), re.M)

    def until(self, true, what, limit=LIMIT):
        """Polls something outside the screen."""
        end = time.monotonic() + limit
        while not (found := true()):
            check(time.monotonic() < end, f'{what}: not within {limit} s')
            self.look(0.05)
        return found

    def until_gone(self, pids, limit=LIMIT):
        end = time.monotonic() + limit
        while left := [pid for pid in pids if os.path.exists(f'/proc/{pid}') and not zombie(pid)]:
            check(time.monotonic() < end, f'{left} still run')
            time.sleep(0.05)

    def cursor(self):
        self.look()
        return self.s.term.scr.cursor.y, self.s.term.scr.cursor.x

    # -- typing ---------------------------------------------------------------------------------
    def press(self, *keys, settle=True):
        """Named keys (<F9>) or single characters, one write each."""
        for k in keys:
            named = len(k) > 2 and k[0] == '<' and k[-1] == '>'
            data = key_bytes(k[1:-1], self.s.term) if named else k.encode(self.s.a.encoding)
            self.s.keys += 1
            self.s.write(data)
            if settle:
                self.s.settle()

    def blindly(self, *keys):
        """As fast as they can be written: nobody looks at the screen. False when the machine stalled so
        long that the last of them may have been typed after a reading had stood there long enough."""
        self.s.keys += len(keys)
        data = [key_bytes(k[1:-1], self.s.term) if len(k) > 2 else k.encode(self.s.a.encoding) for k in keys]
        began = time.monotonic()
        for d in data:
            os.write(self.s.master, d)
        return time.monotonic() - began < 0.2

    def type(self, text, settle=True):
        self.press(*('<Enter>' if c == '\n' else c for c in text), settle=settle)

    def paste(self, text):
        """As the terminal pastes when the program has asked for brackets."""
        check((2004 << 5) in self.s.term.scr.mode, 'bracketed paste is not on')
        self.s.write(b'\x1b[200~' + text.encode() + b'\x1b[201~')
        self.s.settle()

    @property
    def keys(self):
        return self.s.keys

    # -- processes ------------------------------------------------------------------------------
    def children(self):
        """pid → name of the living processes that this supervisor started."""
        out = {}
        for pid in ttydrive.tree(self.pid):
            try:
                with open(f'/proc/{pid}/cmdline', 'rb') as f:
                    out[pid] = os.path.basename(f.read().split(b'\0')[0].decode())
            except OSError:
                pass
        return out

    def session_pid(self):
        """The session is the supervisor's fork: same program, another process."""
        return next((p for p, name in self.children().items() if p != self.pid and name == 'rond'), 0)

    def ended(self, limit=LIMIT):
        check(self.s.reap(limit), 'rond still runs')
        self.look(0.1)
        return self.s.status


def state(pid):
    """R, S, T (stopped), Z …; nothing when it is gone."""
    try:
        with open(f'/proc/{pid}/stat') as f:
            return f.read().rpartition(')')[2].split()[0]
    except OSError:
        return ''


def zombie(pid):
    return state(pid) in ('Z', '')


def fresh_termios():
    """What a terminal's line settings are before any program has touched them."""
    master, slave = pty.openpty()
    settings = termios.tcgetattr(master)
    os.close(master)
    os.close(slave)
    return settings


def term_known(term):
    try:
        curses.setupterm(term, os.open('/dev/null', os.O_WRONLY))
        return True
    except curses.error:
        return False


# -- what stories are made of; words on the screen are waited for only where every language has them ------

OBERG = 'pat-0001', '19480930-1551'
PIN_ASKED = r'PIN(-kod)?:'


def insert_card(home, card='läkare'):
    home.run('card', 'insert', card)
    time.sleep(0.4) # a card that is put in anew is asked for its PIN anew: nobody types as fast as the reader looks


def login(p, assignment='<Enter>'):
    """From a card in the reader to the worklist: eight keys."""
    p.wait(PIN_ASKED)
    p.type(PIN)
    p.press('<Enter>')
    p.wait(r'1  VoB Medicin avd 3')
    p.press(assignment)
    p.wait(r'19401127-9090|19480930-1551')


def unlock(p):
    """The card is in; the assignment is the one there was. Seven keys."""
    p.wait(PIN_ASKED)
    p.type(PIN)
    p.press('<Enter>')


def row(p, n):
    return p.screen().split('\n')[n]


def wait_chart(p, number):
    """The patient's header, which a list of patients does not have."""
    p.until(lambda: number in row(p, 1), f'the chart of {number}')


FIND = r'^ (Sök patient|Find patient):'
ONE_HIT = r'^ 1 (träff|match)'  # only then does Enter open the chart
NOT_ALL_READ = r'^ (Alla patienter är inte inlästa|Not all patients are read)'


def open_hit(p, number):
    """The only hit. While patients are still being read it may have company yet: then Enter goes to the list, and
    another opens the row, which is not counted."""
    p.wait(ONE_HIT)
    p.press('<Enter>')
    p.until(lambda: number in row(p, 1) or p.has(NOT_ALL_READ), f'the chart of {number}')
    if p.has(NOT_ALL_READ):
        p.press('<Enter>')
        p.s.keys -= 1
    wait_chart(p, number)


def open_oberg(p):
    """By an initial and the last four: six keys."""
    p.press('Ö')
    p.wait(r'^ (Sök patient|Find patient): Ö')
    p.type('1551')
    open_hit(p, OBERG[1])


def write_note(p, text):
    """From the chart: a note from the first template, signed. Four keys beside the text."""
    p.press('n')
    p.wait(r'Daganteckning')
    p.press('<Enter>')
    p.wait(r'Aktuellt')
    p.type(text)
    p.wait(re.escape(text.split('\n')[-1][-12:]))
    sign_note(p)


REVIEW = r'F9.*\n(.*\n)* F9 '
NOT_YET = r'Inte signerat: (tangenten|texten)|Not signed: the (key|text)'


def sign_key(p, receipt=r'version 1|senare version|later version'):
    """A signature counts only when the reading has stood there for 250 ms. Where the machine stood still
    meanwhile the key is refused and pressed again, as the screen says; the refused one is not counted.
    A receipt from before may stand there still: then the reading must be gone too."""
    stale = p.has(receipt)
    for _ in range(8):
        p.look(0.35)
        p.press('<F9>')
        p.until(lambda: p.has(NOT_YET) or p.has(receipt) and not (stale and p.has(r'^ F9 sign')), 'the signature')
        if not p.has(NOT_YET):
            return
        p.s.keys -= 1
    raise Failed('the signing key was refused again and again')


def sign_note(p):
    p.press('<F2>')
    p.wait(REVIEW)
    while not re.match(' F9', row(p, p.s.term.scr.lines - 3)):  # the last line has not been shown yet
        p.press('<PgDn>')
    sign_key(p)


def check_note(home, patient, text, author='prac-lind', assignment='SE2329999993-U5001'):
    """Signed, word for word, by whom it should be, with its Provenance; and the opening is in the log."""
    notes = [d for d in home.find(f'DocumentReference?patient={patient}')
             if text in attachment(d).replace('\r\n', '\n')]
    check(len(notes) == 1, f'{len(notes)} notes on the core hold the text “{text}”')
    note = notes[0]
    check(note['docStatus'] == 'final' and note['status'] == 'current', f'the note is {note["docStatus"]}')
    check(note['author'][0]['reference'] == f'Practitioner/{author}', 'another author')
    check(note['authenticator']['reference'] == f'Practitioner/{author}', 'another authenticator')
    proofs = home.find(f'Provenance?target=DocumentReference/{note["id"]}')
    check(len(proofs) == 1, f'{len(proofs)} Provenance for the note')
    check(any(a['who'].get('reference') == f'Practitioner/{author}' for a in proofs[0]['agent']),
          'the Provenance names somebody else')
    check_opened(home, patient, assignment)
    return note


def attachment(document):
    return base64.b64decode(document['content'][0]['attachment'].get('data', '')).decode()


def check_opened(home, patient, assignment):
    events = [e for e in home.find(f'AuditEvent?patient={patient}') if e.get('action') == 'R']
    check(events, f'the opening of {patient} is not in the log')
    names = [a['who'].get('identifier', {}).get('value') for e in events for a in e['agent']]
    check(assignment in names, f'the log names {names}, not the assignment {assignment}')


def check_login(home, assignment='SE2329999993-U5001'):
    logins = [e for e in home.find('AuditEvent?type=http://dicom.nema.org/resources/ontology/DCM|110114')]
    names = [a['who'].get('identifier', {}).get('value') for e in logins for a in e['agent']]
    check(assignment in names, f'the log has no login with {assignment}')


def short_story(p, home, text='Mår bättre, äter själv. Åter om en vecka.'):
    """Login, find, read, write, sign: the same in every language and on every terminal."""
    insert_card(home)
    login(p)
    open_oberg(p)
    write_note(p, text)
    check_note(home, OBERG[0], text)


def quit(p):
    p.press('<C-q>')
    status = p.ended()
    check(status == 0, f'rond ended with {status}')
    check_terminal(p)


def check_terminal(p):
    """As it was before: not on the alternate screen, the same line settings, the cursor to be seen."""
    p.look(0.1)
    check(p.s.term.alt is None, 'the alternate screen is still on')
    check(not p.s.term.scr.cursor.hidden, 'the cursor is still hidden')
    check(termios.tcgetattr(p.s.master) == p.termios, 'the line settings are not as they were')


def main(stories, **options):
    """Runs the named stories, all by default; options add arguments: name=(default, help)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument('build')
    parser.add_argument('names', nargs='*')
    for name, (default, text) in options.items():
        parser.add_argument('--' + name, type=type(default), default=default, help=text)
    a = parser.parse_args()
    unknown = [name for name in a.names if name not in stories]
    if unknown:
        parser.error(f'no such story: {", ".join(unknown)}; there are: {", ".join(stories)}')
    home = Home(a.build)
    failed = done = 0
    try:
        for name, story in stories.items():
            if a.names and name not in a.names:
                continue
            began = time.monotonic()
            home.reset()
            try:
                said = story(home, a)
                done += 1
                print(f'ok      {name} ({time.monotonic() - began:.1f} s){": " + said if said else ""}', flush=True)
            except (AssertionError, OSError, subprocess.SubprocessError, ttydrive.Failed, KeyError) as e:
                failed += 1
                print(f'FAILED  {name}: {type(e).__name__} {e}', flush=True)
            except Skipped as why:
                skips.tell(f'{name}: {why}')
    finally:
        home.close()
    tell = lambda counts: ', '.join(f'{n} {what}' for what, n in sorted(counts.items()) if n) or 'nothing'  # noqa: E731
    print(f'written: {tell(home.written)}; Swedish in it: {tell(home.judged)}')
    for wrong in home.wrong:
        print(f'FAILED  {wrong}')
    sys.exit(1 if failed or home.wrong else 0 if done else 77)
