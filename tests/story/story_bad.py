#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What goes wrong around rond: one clear sentence, an exit code that says so where it cannot go on, the
terminal as it was, and nothing lost."""
import os
import re
import signal
import sqlite3
import subprocess

from person import (OBERG, PIN_ASKED, Person, check, check_note, check_terminal, insert_card, login, main, open_oberg,
                    quit, sign_note, skip, unlock)

START = '1  Eva Lind'


def goes_on(sentence=None, **how):
    """It starts, says the sentence, and can be used."""
    def story(home, a):
        with Person(home, **how) as p:
            p.wait(START, 60)
            if sentence:
                p.wait(sentence)
            quit(p)
    return story


def refuses(sentence, args=(), prepare=None, **how):
    """It ends by itself, with the sentence where the person sees it."""
    def story(home, a):
        if prepare:
            prepare(home)
        with Person(home, *args, **how) as p:
            status = p.ended()
            check(status not in (0, 70) and status > 0, f'it ended with {status}')
            check_terminal(p)
            text = re.sub(r'\s+', ' ', p.screen())
            check(re.search(sentence, text), f'no “{sentence}” in “{text}”')
            return f'exit {status}: {text.strip()[:150]}'
    return story


def config(home, text, name='site.conf'):
    os.makedirs(os.path.dirname(home.path(name)), exist_ok=True)
    with open(home.path(name), 'w') as f:
        f.write(text)


def with_config(text, then, name='site.conf'):
    def story(home, a):
        config(home, text, name)
        try:
            return then(home, a)
        finally:
            os.unlink(home.path(name))
    return story


def small_screen(home, a):
    with Person(home, size=(60, 20)) as p:
        p.wait('80', 60)
        check('1  Eva Lind' not in p.screen(), 'it draws on a screen that is too small')
        quit(p)


def no_terminal(home, a):
    r = home.run(check_exit=False)
    check(r.returncode != 0 and len(r.stderr.strip().splitlines()) == 1, f'{r.returncode} {r.stderr}')
    return r.stderr.strip()


def unknown_word(home, a):
    r = home.run('--nonsens', check_exit=False)
    check(r.returncode == 2 and len(r.stderr.strip().splitlines()) == 1, f'{r.returncode} {r.stderr}')
    return r.stderr.strip()


def writing(p, home, text):
    p.wait(START, 60)
    insert_card(home)
    login(p)
    open_oberg(p)
    p.press('n')
    p.wait('Daganteckning')
    p.press('<Enter>')
    p.wait('Aktuellt')
    p.type(text)
    p.wait(re.escape(text[-10:]))


def taken_up_again(home, text, p):
    """After a new login the draft is there, and can be signed."""
    p.wait(re.escape(text[-10:]))
    sign_note(p)
    check_note(home, OBERG[0], text)
    quit(p)


def killed(number):
    """The session crashes in the middle of a note."""
    def story(home, a):
        text = f'Skrivet före krasch {number}'
        with Person(home) as p:
            writing(p, home, text)
            os.kill(p.session_pid(), number)
            p.wait(PIN_ASKED)
            check(not p.has('Öberg'), 'the patient is still on the screen')
            login_again(p)
            taken_up_again(home, text, p)
    return story


def login_again(p):
    """After a crash the assignment may be asked for, after a lock it is the same."""
    unlock(p)
    p.wait('1  VoB Medicin avd 3|Aktuellt')
    if p.has('1  VoB Medicin avd 3'):
        p.press('<Enter>')


def ended_by(number, expected):
    """The supervisor gets a signal: everything ends, the draft is kept for the next time."""
    def story(home, a):
        text = f'Skrivet före signal {number}'
        with Person(home) as p:
            writing(p, home, text)
            os.kill(p.pid, number)
            check(p.ended() == expected, f'it ended with {p.s.status}')
            check_terminal(p)
            check(not p.has('Öberg'), 'the patient is still on the screen')
        home.wait_core_gone()
        with Person(home) as p:
            p.wait(PIN_ASKED + '|' + START, 60)
            if p.has(START):
                insert_card(home)
            login_again(p)
            p.until(lambda: p.has('Aktuellt|7-1 '), 'the first view')
            if not p.has('Aktuellt'):
                open_oberg(p)
                p.press('n')
                p.wait('Utkast: ')
                p.press('<Enter>')
            taken_up_again(home, text, p)
    return story


def terminal_closed(home, a):
    """The window is closed while writing: everything ends by itself."""
    with Person(home) as p:
        writing(p, home, 'Skrivet före stängning')
        mine = [pid for pid, name in p.children().items() if name != 'rond-core']
        os.kill(p.s.pumppid, signal.SIGKILL)
        os.close(p.s.master)
        try:
            p.until_gone(mine)
        finally:
            p.s.master = os.open('/dev/null', os.O_RDWR)
        p.s.status = p.s.status if p.s.status is not None else 0


def core_damaged(home, a):
    """The hospital's file is no database: the login fails and says what to type, and that mends it."""
    os.makedirs(os.path.dirname(home.db), exist_ok=True)
    with open(home.db, 'wb') as f:
        f.write(b'this is no database, ' * 500)
    os.symlink(home.rond, home.path('rond'))  # a name that fits on the line
    with Person(home, command=['./rond']) as p:
        p.wait(START, 60)
        said = p.wait(r'^ Övningssjukhusets fil är skadad.* återställ med: (\S.*\S) *$')
        insert_card(home)
        login_fails(p, 'fil är skadad')
        quit(p)
    mended = subprocess.run(said[1].split(), env=home.environ(), cwd=home.dir, capture_output=True, text=True, timeout=60)
    check(mended.returncode == 0 and 'som det var' in mended.stdout, f'“{said[1]}”: {mended}')
    os.unlink(home.path('rond'))
    with Person(home) as p:
        p.wait(START + '|' + PIN_ASKED, 60)
        insert_card(home)
        login(p)
        quit(p)
    return said[0].strip()


def login_fails(p, sentence):
    """With the sentence beside the PIN, which can be typed again."""
    p.wait(PIN_ASKED)
    p.type('123456')
    p.press('<Enter>')
    p.until(lambda: any(sentence in line for line in p.screen().split('\n')[-7:-2]), f'“{sentence}” in the login', 60)
    p.wait(PIN_ASKED)
    check(not p.has('Loggar in'), 'it still says that it logs in')


def core_locked(home, a):
    """Another program holds the hospital's file when it is to start: said, and right again when it lets go."""
    os.makedirs(os.path.dirname(home.db), exist_ok=True)
    db = sqlite3.connect(home.db)
    db.execute('PRAGMA locking_mode=EXCLUSIVE')
    db.execute('BEGIN EXCLUSIVE')
    with Person(home) as p:
        p.wait(START, 60)
        insert_card(home)
        login_fails(p, 'Ett annat program håller övningssjukhusets fil')
        said = row_with(p, 'annat program')
        db.rollback()
        db.close()
        login(p)
        quit(p)
    return said


def store_damaged(home, a):
    """The sealed store is damaged: said at login, set aside, never deleted."""
    with Person(home) as p:
        writing(p, home, 'Skrivet i lager som skadas')
        quit(p)
    home.wait_core_gone()
    where = home.path('state/ovning/store')
    name = next(n for n in os.listdir(where) if n.endswith('.db'))
    rubbish = os.urandom(8192)
    with open(os.path.join(where, name), 'r+b') as f:
        f.write(rubbish)
    for extra in ('-wal', '-shm'):
        if os.path.exists(os.path.join(where, name + extra)):
            os.unlink(os.path.join(where, name + extra))
    with Person(home) as p:
        p.wait(PIN_ASKED + '|' + START, 60)
        if p.has(START):
            insert_card(home)
        unlock(p)
        p.wait('VoB Medicin avd 3|skada|lager|utkast')
        if p.has('1  VoB Medicin avd 3'):
            p.press('<Enter>')
        p.wait('^ Lokala lagret var skadat .* Kontakta supporten')
        said = row_with(p, 'Kontakta supporten')
        p.press('<C-q>')
        p.ended()
    kept = [n for n in os.listdir(where) if n.startswith(name + '.damaged-') and not n.endswith(('-wal', '-shm'))]
    check(len(kept) == 1, f'the damaged store is not set aside: {sorted(os.listdir(where))}')
    with open(os.path.join(where, kept[0]), 'rb') as f:
        check(f.read(len(rubbish)) == rubbish, 'what is set aside is not the damaged store')
    return said


def store_locked(home, a):
    """Another program holds the store: said while what is typed is in memory alone, and made good when it lets go."""
    with Person(home) as p:
        writing(p, home, 'Skrivet i lager som låses')
        where = home.path('state/ovning/store')
        name = next(n for n in os.listdir(where) if n.endswith('.db'))
        db = sqlite3.connect(os.path.join(where, name), timeout=20)
        db.execute('BEGIN IMMEDIATE')
        p.type(' m')
        p.look(2.2)
        p.type('er')
        p.wait('^ Ett annat program .* tills dess')
        said = row_with(p, 'annat program')
        db.rollback()
        db.close()
        p.type(' text')
        p.wait('mer text')
        p.wait('Ett annat program', gone=True)
        p.press('<F10>')
        p.wait(PIN_ASKED)
        login_again(p)
        p.wait('låses mer text')
        quit(p)
    return said


def fill(where):
    """Takes all the room there is; returns the file to remove."""
    name = os.path.join(where, 'fill')
    with open(name, 'wb', buffering=0) as f:
        for size in (65536, 4096, 1):
            try:
                while f.write(b'x' * size) == size:
                    pass
            except OSError:
                pass
    return name


def disk_full(home, a):
    """No room for what is typed: said at once; when there is room again it is made good, and nothing is lost."""
    where = home.path('state/ovning/store')
    os.makedirs(where, mode=0o700, exist_ok=True)
    mount = ['unshare', '-rm', 'sh', '-c', f'mount -t tmpfs -o size=24m,mode=700 none {where} && exec {home.rond}']
    if subprocess.run([*mount[:-1], f'mount -t tmpfs none {where}'], capture_output=True).returncode:
        skip('no disk of its own can be mounted here')
    with Person(home, command=mount) as p:
        writing(p, home, 'Skrivet innan disken är full')
        filled = fill(f'/proc/{p.session_pid()}/root{where}')
        text = ' och medan den är det'
        p.type(text * 8, settle=False)
        p.wait('^ Disken är full: frigör utrymme. .* tills dess')
        said = row_with(p, 'frigör')
        os.unlink(filled)
        p.type(' slut')
        p.wait('slut')
        p.wait('^ Daganteckning +utkast')
        p.wait('Disken är full', gone=True)
        p.press('<F10>')
        p.wait(PIN_ASKED)
        login_again(p)
        p.wait('slut')
        sign_note(p)
        check_note(home, OBERG[0], 'Skrivet innan disken är full' + text * 8 + ' slut')
        quit(p)
    return said


def row_with(p, regex):
    return next(line.strip() for line in p.screen().split('\n') if re.search(regex, line))


def module_is_none(home, a):
    with Person(home) as p:
        p.wait(r'[Kk]ortmodul', 60)
        said = p.screen()
        quit(p)
    return re.sub(r'\s+', ' ', said)[-220:]


STORIES = {
    'unknown TERM': goes_on(r'Terminaltypen', term='no-such-terminal'),
    'TERM without cursor': refuses(r'rond: .*TERM', term='dumb'),
    'small screen': small_screen,
    'no terminal': no_terminal,
    'unknown word': unknown_word,
    'no locale': goes_on(r'UTF-8', locale=None),
    'missing locale': goes_on(r'UTF-8', locale='xx_YY.UTF-8'),
    'broken config line': with_config('[core]\nnonsens\n', goes_on(r'rond.conf:2|site.conf:2|rad 2')),
    'unknown option': with_config('[ui]\nfärg=grön\n', goes_on(r'färg')),
    'unknown key name': with_config('context generic\nbind <Fnutt>  quit\n', goes_on(r'Fnutt'), 'config/keys'),
    'no card module': with_config('[core]\nurl=https://core.invalid/fhir\n', refuses(r'rond: .*card\.module')),
    'module that is none': with_config('[core]\nurl=https://core.invalid/fhir\n[card]\nmodule=/etc/passwd\n', module_is_none),
    'crash': killed(signal.SIGSEGV),
    'kill': killed(signal.SIGKILL),
    'SIGTERM': ended_by(signal.SIGTERM, 143),
    'terminal closed': terminal_closed,
    'core damaged': core_damaged,
    'core locked': core_locked,
    'store damaged': store_damaged,
    'store locked': store_locked,
    'disk full': disk_full,
}


if __name__ == '__main__':
    main(STORIES)
