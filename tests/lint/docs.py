#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is written about rond is what rond says of itself. Given the built program: the manual pages,
the example configuration and the tables of README.md are compared with it (--write makes them anew).
Without it only what the tree itself tells is checked."""
import os
import re
import subprocess
import sys
import tempfile

import includes

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ROOMS = {
    'base': 'fel, logg, text, decimaltal, tid, hemligheter, händelser',
    'json': 'läsare, skarvande redigerare och skrivare för JSON',
    'fhir': 'resurser, sökvägar, sökadresser, Bundle, ändringar, granskning; ren, ingen I/O',
    'net': 'HTTP på huvudslingan; kan HTTP men inte FHIR',
    'store': 'förseglade utkast, utkorg, cache och loggkö i SQLite',
    'auth': 'inloggning med kortet, token, förseglingsnyckel, låsning vid overksamhet',
    'client': 'kärnsystemet som ett asynkront API: sökning, skrivning, loggning, färskhet',
    'bind': 'fogar lagret och inloggningen till det som client frågar efter',
    'chart': 'det kliniska: patient, anteckning, ordination, värden, tidbok, kontroller',
    'app': 'kommandon, tangentkartor, inställningar, roller, signeringsspärr, övningar',
    'commands': 'tabellerna över kommandon',
    'ui': 'terminalen, tangenterna, ramen: skalet kring vyerna',
    'widgets': 'fält, listor, formulär, redigerare; vet inget om vård',
    'views': 'en vy per arbetsuppgift: det som står på skärmen',
    'card': 'rond-card och rond-reader: de enda som rör kort och läsare',
    'spell': 'rond-spell: det enda som känner hunspell',
    'print': 'rond-print: det enda som sätter text i sidor',
    'super': 'övervakaren: processer, terminal, sandlåda',
    'core': 'rond-core: FHIR-server för övning, på SQLite',
    'main': 'sätter ihop det hela; det enda som ser både src/ och ui/',
}


def run(rond, *args):
    with tempfile.TemporaryDirectory() as home:
        env = {'PATH': '/usr/bin:/bin', 'ROND_HOME': home, 'ROND_SITE_CONFIG': '/dev/null', 'LC_ALL': 'C.UTF-8',
               'LANGUAGE': 'sv', 'ROND_DATA': os.path.join(TOP, 'data'),
               'ROND_LOCALEDIR': os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(rond))), 'po')}
        done = subprocess.run([rond, *args], env=env, text=True, capture_output=True, timeout=60)
        if done.returncode or done.stderr:
            sys.exit(f'docs: rond {" ".join(args)}: {done.stderr or done.returncode}')
        return done.stdout


def unroff(text):
    return text.replace('\\-', '-').replace('\\\\', '\\')


def keys_table(roff):
    """The commands that have a key, as rows of Markdown, from rond-keys(5)."""
    rows = ['| tangent | kommando | vad det gör |', '|---|---|---|']
    for m in re.finditer(r'^\.B (\S+)  (\S.*)\n(.*)$', roff, re.M):
        keys = ' '.join(f'`{k}`' for k in unroff(m[2]).split(', '))
        rows.append(f'| {keys} | `{unroff(m[1])}` | {unroff(m[3])} |')
    return '\n'.join(rows)


def rooms_table():
    rows = ['| rum | vad det gör | får inkludera | av andra bara | bibliotek |', '|---|---|---|---|---|']
    if set(includes.LAW) != set(ROOMS):
        sys.exit(f'docs: rooms of docs.py and includes.py differ: {sorted(set(includes.LAW) ^ set(ROOMS))}')
    for room, what in ROOMS.items():
        rooms, single = includes.allowed(room)
        rows.append(f'| `{includes.LAW[room][0]}/` | {what} | {", ".join(rooms) or "–"} | {" ".join(f"`{h}`" for h in single) or "–"} '
                    f'| {" ".join(includes.libraries(room)).replace("*", chr(92) + "*") or "–"} |')
    return '\n'.join(rows)


def picture():
    """The ward's list as its screen test holds it."""
    with open(os.path.join(TOP, 'tests/screen/worklist.screen'), encoding='utf-8') as f:
        first = f.read().split('\n== ')[0].split('\n')[1:]
    return '```\n' + '\n'.join(first).rstrip('\n') + '\n```'


def with_table(text, name, table):
    begin, end = f'<!-- {name}: gjord av tests/lint/docs.py --write -->\n', f'\n<!-- slut {name} -->'
    if begin not in text or end not in text:
        sys.exit(f'docs: README.md has no place for {name}')
    return text[:text.index(begin) + len(begin)] + table + text[text.index(end):]


def completion_faults(usage):
    with open(os.path.join(TOP, 'data/completion/rond.bash'), encoding='utf-8') as f:
        text = f.read()
    words = set(re.findall(r'^  (?:rond )?(--[a-z]+)', usage, re.M)) | set(re.findall(r'^  rond ([^\s\[-]\S*)', usage, re.M))
    words |= {w for m in re.findall(r'^  rond card (\S+)', usage, re.M) for w in re.findall(r'[a-z]+', m)}
    words |= set(re.findall(r'^  rond show (\S+)', usage, re.M))
    return sorted(w for w in words if w not in text)


def main():
    args = [a for a in sys.argv[1:] if a != '--write']
    write = '--write' in sys.argv
    rond = os.path.abspath(args[0]) if args and os.access(args[0], os.X_OK) and os.path.isfile(args[0]) else None
    with open(os.path.join(TOP, 'README.md'), encoding='utf-8') as f:
        readme = f.read()
    want = {'README.md': with_table(with_table(readme, 'rum', rooms_table()), 'bild', picture())}
    bad = 0
    if rond:
        keys = run(rond, '--man', 'rond-keys')
        want['README.md'] = with_table(want['README.md'], 'tangenter', keys_table(keys))
        want['data/man/rond.1'] = run(rond, '--man', 'rond')
        want['data/man/rond-keys.5'] = keys
        want['data/rond.conf.example'] = run(rond, 'config', '--example')
        for word in completion_faults(run(rond, '--help')):
            print(f'data/completion/rond.bash: does not know “{word}”')
            bad += 1
    for path, text in want.items():
        full = os.path.join(TOP, path)
        have = open(full, encoding='utf-8').read() if os.path.exists(full) else None
        if have == text:
            continue
        if write:
            with open(full, 'w', encoding='utf-8') as f:
                f.write(text)
        else:
            print(f'{path} is stale: run tests/lint/docs.py --write BUILD/src/main/rond')
            bad += 1
    print(f'docs: {len(want)} texts compared{"" if rond else ", without the program"}, {bad} faults')
    return 1 if bad else 0


sys.exit(main())
