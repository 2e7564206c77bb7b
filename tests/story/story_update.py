#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""rond is updated while somebody writes: its programs are renamed over those that run, as a package manager does. Keys are
answered, a process of another version is told, and the new rond goes on after the lock with the words that were written."""
import os
import shutil
import signal
import subprocess

from person import PIN_ASKED, Person, check, insert_card, login, main, open_oberg, quit, unlock
from story_durable import EDITOR, begin, lock, sign_and_check, type_at_once

PROGRAMS = {'rond': 'main', 'rond-card': 'card', 'rond-reader': 'card', 'rond-core': 'core', 'rond-spell': 'spell', 'rond-print': 'print'}
NEWER = b'9.9.9'


def install(home):
    """All programs in one folder, as a package has them."""
    shutil.rmtree(home.path('bin'), ignore_errors=True)
    os.mkdir(home.path('bin'))
    for name, room in PROGRAMS.items():
        shutil.copy(os.path.join(home.build, 'src', room, name), home.path('bin'))


def update(home, *names):
    """Those programs of another version are renamed over the ones that run, as a package manager does."""
    own = subprocess.run([home.path('bin/rond'), '--version'], capture_output=True, text=True, check=True).stdout.split()[-1].encode()
    for name in names:
        with open(home.path('bin/' + name), 'rb') as f:
            program = f.read()
        check(len(own) == len(NEWER) and own + b'\0' in program, f'{name} does not know its version')
        with open(home.path('bin/' + name + '.new'), 'wb') as f:
            f.write(program.replace(own + b'\0', NEWER + b'\0').replace(b'rond ' + own, b'rond ' + NEWER).replace(b'rond/' + own, b'rond/' + NEWER))
        os.chmod(home.path('bin/' + name + '.new'), 0o755)
        os.replace(home.path('bin/' + name + '.new'), home.path('bin/' + name))


def is_new(home, pid):
    return os.path.samefile(f'/proc/{pid}/exe', home.path('bin/rond'))


def kill_card(p):
    os.kill(next(pid for pid, name in p.children().items() if name == 'rond-card'), signal.SIGKILL)


def updated(home, a):
    """All programs are replaced under a note; the card's process is started again and is of the new version: it is told, keys
    are answered. The lock brings the new rond, in which the draft is whole and can be signed."""
    install(home)
    with Person(home, command=[home.path('bin/rond')]) as p:
        begin(home, p)
        type_at_once(p, 'Skrivet i den gamla')
        update(home, *PROGRAMS)
        check(not is_new(home, p.pid), 'it is the new one already')
        type_at_once(p, ', under bytet')
        kill_card(p)
        p.wait('rond har uppdaterats')
        type_at_once(p, ' och efter')
        lock(home, p)
        check(is_new(home, p.pid) and is_new(home, p.session_pid()), 'the old one runs on after the lock')
        unlock(p)
        p.wait(EDITOR)
        p.wait('Skrivet i den gamla, under bytet och efter')
        type_at_once(p, ', i den nya')
        os.kill(p.session_pid(), signal.SIGKILL)
        p.wait(PIN_ASKED)
        unlock(p)
        p.wait('under bytet och efter, i den nya')
        sign_and_check(home, p, 'Skrivet i den gamla, under bytet och efter, i den nya')
        quit(p)
    return 'told, no key waited, the new one after the lock, the draft whole and signed'


def half(home, a):
    """Only the card's program is replaced: it is told, nobody is thrown out, and when the rest has come all works again. At
    the first screen, which nobody has passed, the new rond comes by itself."""
    install(home)
    with Person(home, command=[home.path('bin/rond')]) as p:
        p.wait('Eva Lind', 60)
        insert_card(home)
        p.wait(PIN_ASKED)
        update(home, 'rond-card')
        kill_card(p)
        p.wait('olika versioner')
        update(home, *(set(PROGRAMS) - {'rond-card'}))
        p.until(lambda: is_new(home, p.pid), 'the new one')
        p.wait(PIN_ASKED)
        login(p)
        open_oberg(p)
        quit(p)
    return 'half an update was told, the whole of it taken up'


if __name__ == '__main__':
    main({'updated': updated, 'half': half})
