#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sample of the hostile answers on a real terminal: the whole program logs in against the replay server, which
stands where rond-core would; people are looked for and a chart is opened whose answers are hostile. No byte of theirs
speaks to the terminal, keys are answered, and the right sentence stands there. (All of them, on a screen in memory:
replay-hostile.)"""
import csv
import fcntl
import json
import os
import re
import shutil
import subprocess
import sys

from person import PIN, PIN_ASKED, SOURCE, Person, check, check_terminal, insert_card, main, quit, skip

REPLAY = os.path.join(SOURCE, 'tests/replay')
SHARED = os.environ.get('ROND_SHARED', os.path.join(os.path.dirname(SOURCE), 'shared'))
HOSTILE = os.environ.get('ROND_HOSTILE', os.path.join(SHARED, 'data/hostile/dev'))
if not os.path.isdir(HOSTILE) and not os.environ.get('ROND_HOSTILE'):
    HOSTILE = os.path.join(SOURCE, '../../shared/data/hostile/dev')
NUMBER = '1912' '1212-1212'  # the hostile people's: nobody's
DAMAGED = 'skadat eller avklippt'

# A story: what is looked for; then per answer where it is seen, what must stand there and what never may.
SESSIONS = {
    'controls': ('lind', [
        ('term-csi-in-patient-name', 'find', ['Lindström', NUMBER, '␛'], []),
        ('term-osc52-clipboard-in-note', 'm', ['Puls', '72'], ['52;c']),
        ('term-bidi-override-dose', 'l', ['Ta \ufffd', '\ufffdniraf', 'Warfarin'], []),
        ('json-nul-escape-in-name', 'u', ['No known allergy\ufffd- WRONG', 'LIVSHOTANDE'], []),
        ('http-403-forbidden', 'd', ['OKÄNT: Spärrad information'], ['Inga diagnoser'])]),
    'sequences': ('lind', [
        ('term-dcs-title-hyperlink', 'find', ['␛P', NUMBER], []),
        ('json-invalid-utf8-name', 'ö', ['Lindstr\ufffdm', NUMBER], []),
        ('json-huge-string-4mb', 'm', ['Note'], []),
        ('schema-modifierextension-unknown', 'l', ['OKÄNT: +Warfarin'], ['aktuell +Warfarin']),
        ('ref-wrong-patient', 'u', ['OKÄNT: överkänslighet', '2 poster visas inte'], ['Latex'])]),
    'lies': ('lind', [
        ('term-c1-utf8', 'find', ['\ufffd', NUMBER], []),
        ('http-content-length-short', 'm', ['OKÄNT: Förbindelsen bröts'], ['Inga värden']),
        ('json-duplicate-keys', 'l', [DAMAGED], ['Warfarin'])]),
    'floods': ('lind', [
        ('term-combining-flood', 'find', ['1 träff', NUMBER], []),
        ('json-deep-nesting-arrays-100k', 'open', [DAMAGED], [NUMBER + '  kvinna, .*\n.*Läkemedel 0'])]),
}


class Core:
    """The replay server where the training hospital's core would be: whoever holds the lock is the core."""

    def __init__(self, home, story):
        run = home.path('run')
        os.makedirs(run, exist_ok=True)
        self.lock = open(home.sock + '.lock', 'w')
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        self.log = open(home.path('replay.log'), 'w+')
        self.server = subprocess.Popen([os.path.join(home.build, 'tests/replay/replay-server'), story, '--socket', home.sock],
                                       stdout=subprocess.PIPE, stderr=self.log, text=True)
        check(self.server.stdout.readline(), 'the replay server does not start')

    def close(self):
        self.server.terminate()
        said, _ = self.server.communicate(timeout=20)
        self.lock.close()
        self.log.close()
        return said


def index():
    with open(os.path.join(HOSTILE, 'index.tsv'), encoding='utf-8') as f:
        return {os.path.splitext(r['file'])[0]: r for r in csv.DictReader(f, delimiter='\t', quoting=csv.QUOTE_NONE)}


def rule(row):
    """The answer of a row of the index as a rule of a story."""
    headers, answer = ['Content-Type: ' + row['content_type']], {'file': row['file'], 'status': int(row['status'])}
    for h in filter(None, row['extra_headers'].split(' | ')):
        if h.startswith('Content-Length: '):
            answer['length'] = int(h.split(': ')[1])
        else:
            headers.append(h)
    return {'path': row['request'].split()[1].split('?')[0], 'answer': {**answer, 'headers': headers}}


def write_story(home, names):
    """The hostile answers before the login and the small world; all files side by side."""
    rows, folder = index(), home.path('story')
    os.makedirs(folder, exist_ok=True)
    for name in ('login.json', 'world.json', 'metadata.json'):
        shutil.copy(os.path.join(REPLAY, name), folder)
    for name in names:
        shutil.copy(os.path.join(HOSTILE, rows[name]['file']), folder)
    # how many there are is asked of the same path as who they are
    count = {'path': 'Patient', 'query': {'_summary': 'count'}, 'answer': {'entries': [], 'total': 1}}
    path = os.path.join(folder, 'story.json')
    with open(path, 'w', encoding='utf-8') as f:
        json.dump({'story': 'hostile', 'include': ['login.json'], 'rules': [count, *(rule(rows[n]) for n in names)]}, f)
    return path


def texts(value):
    if isinstance(value, str):
        yield value
    for v in value.values() if isinstance(value, dict) else value if isinstance(value, list) else []:
        yield from texts(v)


LOUD = re.compile('[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]')
SPEAKS = re.compile(rb'\x1b[\]P_^X]|\xc2[\x80-\x9f]')  # OSC, DCS, APC, PM, SOS and C1: rond sends none of its own


def spoken(raw, names):
    """What of theirs is among the bytes that the terminal got."""
    rows, found = index(), [repr(raw[m.start():m.start() + 12]) for m in SPEAKS.finditer(raw)]
    for name in names:
        with open(os.path.join(HOSTILE, rows[name]['file']), 'rb') as f:
            try:
                bodies = list(texts(json.loads(f.read().decode('utf-8', 'replace'))))
            except (ValueError, RecursionError):
                continue
        for text in bodies:
            for m in LOUD.finditer(text[:20000]):
                part = text[m.start():m.start() + 12].encode('utf-8', 'replace')
                if len(part) > 4 and part in raw:
                    found.append(repr(part))
    return found


def looks(p, name, wanted, never):
    for w in wanted:
        p.wait(w if ' +' in w else re.escape(w), 20)
    for w in never:
        check(not p.has(w), f'{name}: “{w}” is on the screen')
    p.press('<F1>')
    p.wait('Tangenter', 10)
    p.press('<Esc>')
    p.wait('Tangenter', 10, gone=True)


def session(names):
    query, answers = SESSIONS[names]

    def story(home, a):
        if not os.path.exists(os.path.join(HOSTILE, 'index.tsv')):
            skip('the hostile answers are not here (ROND_SHARED)')
        core = Core(home, write_story(home, [n for n, *_ in answers]))
        try:
            with Person(home) as p:
                p.wait('1  Eva Lind', 60)
                insert_card(home)
                p.wait(PIN_ASKED)
                p.type(PIN)
                p.press('<Enter>')
                p.wait('1  VoB Medicin avd 3')
                p.press('<Enter>')
                p.wait('Avdelningslista')
                p.press('/')
                p.type(query)
                for name, place, wanted, never in answers:
                    if place == 'open' or place != 'find' and p.has(r'^ Sök patient'):
                        p.wait(r'^ \d+ träff')
                        p.press('<Down>', '<Enter>')
                        place == 'open' or p.wait('Läkemedel')
                    if place not in ('find', 'open'):
                        p.press(place)
                    looks(p, name, wanted, never)
                quit(p)
                check_terminal(p)
                bad = spoken(bytes(p.s.raw), [n for n, *_ in answers])
                check(not bad, f'sent to the terminal: {" ".join(bad)}')
        finally:
            verdict = core.close()
        check(not verdict, f'the core was asked for what no story has: {verdict}')
        return f'{len(answers)} answers, {len(p.s.raw)} bytes, 0 of theirs'
    return story


STORIES = {name: session(name) for name in SESSIONS}

if __name__ == '__main__':
    main(STORIES)
