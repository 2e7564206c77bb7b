#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may include whom. The table is the law of the rooms, and no wider than what is used: what a room may and nobody
in it does is a fault as well. README.md shows it (docs.py)."""
import fnmatch
import os
import re
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

# A room is a folder, of these the longest that fits. room: (its folder, the rooms it may include, libraries)
LAW = {
    'base': ('src/base', '', 'glib uni*.h malloc.h'),
    'json': ('src/json', 'base', 'glib'),
    'fhir': ('src/fhir', 'base json', 'glib'),
    'net': ('src/net', 'base', 'glib curl/*.h openssl/*.h'),
    'store': ('src/store', 'base', 'glib sqlite3.h sodium.h zlib.h'),
    'auth': ('src/auth', 'base json', 'glib openssl/*.h libsecret/*.h sodium.h'),
    'client': ('src/client', 'base json fhir', 'glib zlib.h'),
    'bind': ('src/bind', 'base store', ''),
    'chart': ('src/chart', 'base fhir client', 'glib'),
    'app': ('src/app', 'base', 'glib'),
    'commands': ('src/commands', 'app', 'glib'),
    'ui': ('ui', 'base app widgets', 'glib'),
    'widgets': ('ui/widgets', 'base', 'glib'),
    'views': ('ui/views', 'base app chart ui widgets', 'glib'),
    'card': ('src/card', '', 'p11-kit/*.h winscard.h openssl/*.h'),
    'spell': ('src/spell', '', 'hunspell/*.h iconv.h'),
    'print': ('src/print', '', 'glib cairo*.h pango/*.h'),
    'super': ('src/super', '', 'seccomp.h linux/*.h'),
    'core': ('src/core', 'base json fhir', 'glib sqlite3.h microhttpd.h openssl/*.h'),
    'main': ('src/main', 'app auth base bind chart client store super', 'glib'),
}
# Single headers of rooms that are closed to it otherwise, each for a reason that stands beside it.
ALSO = {
    'client': {'net/net.h'},            # the door of HTTP
    'auth': {'store/store.h',           # the store that the card opens
             'card/protocol.h'},        # the wire to rond-card
    'bind': {'auth/session.h', 'client/client.h'},   # whose two tables it fills
    'chart': {'print/protocol.h'},      # the document that rond-print sets in pages
    'app': {'fhir/resource.h', 'client/client.h',    # what a command is handed, and whom the app speaks to
            'client/training.h', 'chart/exercise.h', # the exercises
            'spell/protocol.h'},        # the wire to rond-spell
    'commands': {'base/session-exit.h'},             # how one leaves
    'ui': {'client/client.h',           # PatientCtx and the connection's state
           'chart/header.h', 'chart/patient.h', 'chart/overview.h', # whose chart stands there
           'chart/note-work.h',         # what waits for the person, counted in the status line …
           'ui/views/note-acts.h', 'ui/views/note-draft.h'},        # … as the lists of it count
    'widgets': {'ui/canvas.h'},         # what they are painted on
    'views': {'client/client.h',        # as above
              'print/protocol.h'},      # what a row of a page is
    'card': {'super/sandbox.h',         # the helpers give up their rights as the session does,
             'base/started-by.h'},      # and end when they are of another version
    'spell': {'super/sandbox.h', 'base/started-by.h'},
    'print': {'super/sandbox.h', 'base/started-by.h', 'base/text.h'},
    'super': {'base/session-exit.h',    # what the session returns, which knows nothing of super/
              'base/started-by.h'},     # and what its helpers are told
    'main': {'card/training.h',         # the training cards of the first start
             'net/net.h', 'print/protocol.h', 'ui/shell.h'},
}
# Libraries for single files.
FILES = {
    'src/json/control.c': 'jansson.h',
    'src/main/watchdog.c': 'execinfo.h',  # where a turn of the loop was, while it took too long
    'ui/term-curses.c': 'curses.h term.h',
    'ui/prompt.c': 'readline/*.h',
}
GLIB = 'glib.h glib/*.h glib-unix.h gio/gio.h'
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
OWN = re.compile(r'(.*-)?(internal|private)\.h')  # nobody outside their room
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]')


def room_of(path):
    """Of a file in the tree; None: it is in no room."""
    fits = [room for room, (folder, _, _) in LAW.items() if path.startswith(folder + '/')]
    return max(fits, key=lambda room: len(LAW[room][0]), default=None)


def allowed(room):
    """The rooms and the single headers that a room may include."""
    return LAW[room][1].split(), sorted(ALSO.get(room, ()))


def libraries(room):
    return LAW[room][2].split() + [lib for path, libs in FILES.items() if room_of(path) == room for lib in libs.split()]


def match(name, patterns):
    return next((p for p in patterns.split() if any(fnmatch.fnmatch(name, q) for q in (GLIB if p == 'glib' else p).split())), None)


class Judge:
    def __init__(self):
        self.used = set()  # of what the law allows

    def ours(self, room, name):
        if name in GENERATED:
            return None
        target = room_of(name if name.startswith('ui/') else 'src/' + name)
        if target is None:
            return 'is no header of ours (write it as "room/file.h")'
        if target == room:
            return None
        if name in ALSO.get(room, ()):
            self.used.add((room, name))
            return None
        self.used.add((room, target))
        if target not in LAW[room][1].split():
            return f'{room} may not include {name}'
        return f'{name} is for {target} alone' if OWN.fullmatch(os.path.basename(name)) else None

    def library(self, path, room, name):
        if name in LIBC or name.startswith(LIBC_DIRS) or match(name, FILES.get(path, '')):
            return None
        found = match(name, LAW[room][2])
        self.used.add((room, found))
        return None if found else f'{room} may not use <{name}>'

    def idle(self):
        """What the law allows and nobody does."""
        for room, (_, rooms, libs) in LAW.items():
            for may in (*rooms.split(), *sorted(ALSO.get(room, ())), *libs.split()):
                if (room, may) not in self.used:
                    yield f'tests/lint/includes.py: nobody in {room} includes {may} any more'


def main():
    files = subprocess.run(['git', 'ls-files', '-co', '--exclude-standard', 'src', 'ui'], cwd=TOP, text=True,
                           capture_output=True, check=True).stdout.split()
    judge, bad, count = Judge(), [], 0
    for path in files:
        room = room_of(path)
        if not path.endswith(('.c', '.h')) or not os.path.exists(os.path.join(TOP, path)):
            continue
        if room is None:
            bad.append(f'{path}: its folder is no room of the table')
            continue
        count += 1
        with open(os.path.join(TOP, path), encoding='utf-8') as f:
            for number, line in enumerate(f, 1):
                m = INCLUDE.match(line)
                why = (judge.ours(room, m[2]) if m[1] == '"' else judge.library(path, room, m[2])) if m else None
                if why:
                    bad.append(f'{path}:{number}: {why}')
    bad += judge.idle()
    print('\n'.join(bad + [f'includes: {count} files, {len(LAW)} rooms, {len(bad)} against the rules']))
    return 1 if bad else 0


if __name__ == '__main__':
    sys.exit(main())
