#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens to the machine while somebody writes: the account's keyring hangs, a template's file is changed or broken.
Keys are answered, what it is about is said, and the words that were written are there."""
import json
import os
import shutil
import signal
import subprocess
import sys
import time

from person import (OBERG, PIN_ASKED, REVIEW, SOURCE, Person, attachment, check, insert_card, login, main, open_oberg, quit,
                    sign_key, skip, unlock)

KEYRING = os.path.join(SOURCE, 'tests', 'unit', 'auth', 'with-keyring.sh')
EDITOR = r'^ \S.* utkast \d\d:\d\d'
AT_ONCE = 1.0  # seconds until a key is painted, on a machine that is busy


def begin(home, p, told=None):
    p.wait('Eva Lind', 60)
    insert_card(home)
    login(p)
    if told:
        p.wait(told)
    open_oberg(p)
    p.press('n')
    p.wait('Daganteckning')
    p.press('<Enter>')
    p.wait('Aktuellt')


def type_at_once(p, words):
    """Each key is painted at once, whatever hangs."""
    for i, c in enumerate(words):
        began = time.monotonic()
        p.press(c, settle=False)
        p.until(lambda: words[:i + 1].rstrip() in p.screen(), f'“{words[:i + 1]}”')
        check(time.monotonic() - began < AT_ONCE, f'“{c}” was painted after {time.monotonic() - began:.1f} s')


def sign_and_check(home, p, words):
    p.press('<F2>')
    p.wait(REVIEW)
    sign_key(p)
    notes = [d for d in home.find(f'DocumentReference?patient={OBERG[0]}') if words in attachment(d)]
    check(len(notes) == 1, f'{len(notes)} notes hold “{words}”')


def lock(home, p):
    p.press('<F10>')
    p.wait('Eva Lind')
    p.wait(PIN_ASKED)


# -- a keyring that hangs --------------------------------------------------------------------

def daemon():
    """The keyring of this session's bus, and no other."""
    bus = ('DBUS_SESSION_BUS_ADDRESS=' + os.environ['DBUS_SESSION_BUS_ADDRESS']).encode()
    for pid in filter(str.isdigit, os.listdir('/proc')):
        try:
            with open(f'/proc/{pid}/cmdline', 'rb') as f:
                name = f.read().split(b'\0')[0]
            with open(f'/proc/{pid}/environ', 'rb') as f:
                if os.path.basename(name) == b'gnome-keyring-daemon' and bus in f.read().split(b'\0'):
                    return int(pid)
        except OSError:
            pass
    return 0


def keys_kept():
    said = subprocess.run(['secret-tool', 'search', '--all', 'xdg:schema', 'org.rond.Key'], capture_output=True, text=True, timeout=20)
    return said.stdout.count('secret = ')


def keyring(home, a):
    """It is stopped before the login and again under a note; then it answers, and holds the key."""
    if os.environ.get('ROND_TEST_KEYRING') != '1':
        skip('no keyring may run on this machine' if 'ROND_TEST_KEYRING' in os.environ else 'no keyring is installed',
             package='ROND_TEST_KEYRING' not in os.environ)
    pid = daemon()
    check(pid, 'the keyring is not found')
    with open(home.path('site.conf'), 'w', encoding='utf-8') as f:
        f.write('[session]\npersonal-account=true\n')
    os.kill(pid, signal.SIGSTOP)
    try:
        with Person(home) as p:
            begin(home, p, 'nyckelring svarar inte; rond fortsätter')
            type_at_once(p, 'Nyckelringen svarar inte')
            lock(home, p)
            unlock(p)
            p.wait(EDITOR)
            p.wait('Nyckelringen svarar inte')
            type_at_once(p, ' alls')
            os.kill(p.session_pid(), signal.SIGKILL)
            p.wait(PIN_ASKED)
            unlock(p)
            p.wait('Nyckelringen svarar inte alls')
            os.kill(pid, signal.SIGCONT)
            lock(home, p)
            unlock(p)
            p.wait(EDITOR)
            p.until(keys_kept, 'the key in the keyring')
            sign_and_check(home, p, 'Nyckelringen svarar inte alls')
            quit(p)
    finally:
        os.kill(pid, signal.SIGCONT)
        os.unlink(home.path('site.conf'))
    return 'a keyring that was stopped was told, no key waited, no word was lost; once it answered it had the key'


# -- templates -------------------------------------------------------------------------------

def rewrite(path, **changes):
    with open(path, encoding='utf-8') as f:
        whole = {**json.load(f), **changes}
    with open(path + '.new', 'w', encoding='utf-8') as f:
        json.dump(whole, f)
    os.replace(path + '.new', path)


def templates(home, a):
    """A template's file is changed while rond runs, and is live after a reload; half a file leaves what was, and says so; a
    draft of it is whole through all of it."""
    shutil.copytree(os.path.join(SOURCE, 'data'), home.path('data'))
    path = home.path('data/forms/note-daganteckning.json')
    with Person(home, env={'ROND_DATA': home.path('data')}) as p:
        begin(home, p)
        p.type('Skrivet i den gamla')
        p.wait('Skrivet i den gamla')
        p.press('<Esc>')
        p.wait('Diagnoser')
        p.press('n')
        p.wait('Utkast: ')
        rewrite(path, title='Dagnotat')
        p.press('<F5>')
        p.wait(r'^. Dagnotat')
        with open(path, encoding='utf-8') as f:
            text = f.read()
        with open(path, 'w', encoding='utf-8') as f:
            f.write(text[:len(text) // 2])
        p.press('<F5>')
        p.wait('note-daganteckning.json är trasig')
        check(p.has(r'^. Dagnotat'), 'a template that broke took itself away')
        for _ in range(10):
            if p.has(r'▌.*Utkast: '):
                break
            p.press('<Up>')
        p.press('<Enter>')
        p.wait('Skrivet i den gamla')
        p.type(', vidare i den trasiga')
        p.wait('vidare i den trasiga')
        with open(path, 'w', encoding='utf-8') as f:
            f.write(text)
        rewrite(path, title='Dag för dag')
        lock(home, p)
        unlock(p)
        p.wait('vidare i den trasiga')
        sign_and_check(home, p, 'Skrivet i den gamla, vidare i den trasiga')
        p.wait('Diagnoser')
        p.press('n')
        p.wait(r'^. Dag för dag')
        quit(p)
    return 'live after a reload, a broken one left the old, a draft whole'


if __name__ == '__main__':
    if 'ROND_TEST_KEYRING' not in os.environ and 'ROND_STORY_PLAIN' not in os.environ:
        os.execve(KEYRING, [KEYRING, '/usr/bin/python3', os.path.abspath(__file__), *sys.argv[1:]], {**os.environ, 'ROND_STORY_PLAIN': '1'})
    main({'keyring': keyring, 'templates': templates})
