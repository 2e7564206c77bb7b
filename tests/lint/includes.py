#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may include whom. The table is the law of the rooms (CONTRIBUTING.md shows it)."""
import os
import re
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# room: (rooms of ours it may include, libraries it may include)
GLIB = r'glib.*|gio/.*|gmodule.*'
LAW = {
    'base': ((), GLIB + r'|uni\w+\.h|malloc\.h'),
    'json': (('base',), GLIB + r'|jansson\.h'),
    'fhir': (('base', 'json'), GLIB),
    'net': (('base',), GLIB + r'|curl/.*|openssl/.*'),
    'store': (('base',), GLIB + r'|sqlite3\.h|sodium\.h|zlib\.h'),
    'auth': (('base', 'json', 'store'), GLIB + r'|openssl/.*|libsecret/.*|sodium\.h'),
    'client': (('base', 'json', 'fhir', 'net'), GLIB + r'|zlib\.h'),
    'chart': (('base', 'fhir', 'client'), GLIB),
    'app': (('base', 'fhir', 'client', 'chart'), GLIB),
    'commands': (('base', 'fhir', 'client', 'chart', 'app'), GLIB),
    'card': (('super',), GLIB + r'|p11-kit/.*|winscard\.h|reader\.h|pcsclite\.h|sodium\.h|openssl/.*'),
    'spell': (('super',), r'hunspell/.*|iconv\.h'),
    'print': (('base',), GLIB + r'|cairo.*\.h|pango/.*'),
    'super': ((), r'seccomp\.h|linux/.*'),
    'core': (('base', 'json', 'fhir'), GLIB + r'|sqlite3\.h|microhttpd\.h|openssl/.*|zlib\.h'),
    'ui': (('app', 'chart', 'fhir', 'base', 'client'), GLIB),
    'main': ('*', GLIB),
}
# room: single headers of other rooms, each for a reason that stands beside it
ALSO = {
    'auth': {'card/protocol.h'},        # the wire to rond-card
    'card': {'super/sandbox.h'},        # rond-card gives up its rights the same way
    'app': {'spell/protocol.h'},        # the wire to rond-spell
    'ui': {'client/client.h',           # PatientCtx and the connection's state
           'print/protocol.h'},         # what a row of a page is
    'chart': {'print/protocol.h'},      # the document that rond-print sets in pages
    'print': {'super/sandbox.h'},       # rond-print gives up its rights as rond-card does
    'super': {'base/session-exit.h'},   # what the session returns, which knows nothing of super/
}
# What fits login and store to the client's two tables; a library of its own, which main links.
BIND = {
    'src/client/bind.c': {'store/cache.h', 'store/draft.h', 'store/queue.h', 'store/store.h'},
    'src/client/bind.h': {'auth/session.h', 'store/store.h'},
}
# In ui, nothing of the client but client.h: queries live in chart.
ONLY = {'ui': {'client': {'client/client.h'}}}
# Libraries for single files.
FILES = {
    'src/json/control.c': r'jansson\.h',
    'src/main/watchdog.c': r'execinfo\.h', # where a turn of the loop was, while it took too long
    'ui/term-curses.c': r'(ncursesw/)?(curses|ncurses|term)\.h',
    'ui/prompt.c': r'readline/.*',
}
# Made by the build.
GENERATED = {'store-schema.h', 'record-words-resources.h'}
LIBC = {
    'assert.h', 'ctype.h', 'dirent.h', 'dlfcn.h', 'errno.h', 'fcntl.h', 'float.h', 'ftw.h', 'getopt.h', 'grp.h', 'inttypes.h',
    'langinfo.h', 'libgen.h', 'libintl.h', 'limits.h', 'locale.h', 'math.h', 'netdb.h', 'poll.h', 'pthread.h', 'pty.h', 'pwd.h',
    'regex.h', 'sched.h', 'signal.h', 'spawn.h', 'stdarg.h', 'stdbool.h', 'stddef.h', 'stdint.h', 'stdio.h',
    'stdlib.h', 'string.h', 'strings.h', 'syscall.h', 'sysexits.h', 'syslog.h', 'termios.h', 'time.h', 'unistd.h', 'wchar.h',
    'wctype.h', 'semaphore.h', 'stdatomic.h', 'stdnoreturn.h',
}
LIBC_DIRS = ('sys/', 'netinet/', 'arpa/', 'net/if', 'sanitizer/')
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')


def room_of(path):
    parts = path.split('/')
    return 'ui' if parts[0] == 'ui' else parts[1] if parts[0] == 'src' and len(parts) > 2 else None


def target_room(name):
    head = name.split('/')[0]
    return head if head in LAW else None


def judge(path, room, quote, name):
    rooms, libraries = LAW[room]
    if quote == '"':
        target = target_room(name)
        if name in GENERATED:
            return None
        if target is None:
            return 'is no header of ours (write it as "room/file.h")'
        if rooms == '*' or target == room or name in ALSO.get(room, ()) or name in BIND.get(path, ()):
            return None
        if target not in rooms:
            return f'{room} may not include {target}'
        only = ONLY.get(room, {}).get(target)
        return f'{room} may include only {", ".join(sorted(only))} of {target}' if only and name not in only else None
    if name in LIBC or name.startswith(LIBC_DIRS):
        return None
    if path in FILES and re.fullmatch(FILES[path], name):
        return None
    if room == 'json' and name == 'jansson.h':
        return 'jansson belongs to control.c alone'
    return None if re.fullmatch(libraries, name) else f'{room} may not use <{name}>'


def main():
    files = subprocess.run(['git', 'ls-files', '-co', '--exclude-standard', 'src', 'ui'], cwd=TOP, text=True,
                           capture_output=True, check=True).stdout.split()
    bad = count = 0
    for path in files:
        room = room_of(path)
        if room is None or not path.endswith(('.c', '.h')):
            continue
        if room not in LAW:
            print(f'{path}: room {room} is not in the table')
            bad += 1
            continue
        count += 1
        with open(os.path.join(TOP, path), encoding='utf-8') as f:
            for number, line in enumerate(f, 1):
                m = INCLUDE.match(line)
                why = judge(path, room, m[1], m[2]) if m else None
                if why:
                    print(f'{path}:{number}: {why}')
                    bad += 1
    print(f'includes: {count} files, {bad} against the rules')
    return 1 if bad else 0


sys.exit(main())
