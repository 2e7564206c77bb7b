#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""One OS account, two people: a doctor leaves drafts, a nurse comes with a card of her own and all that the account
holds. She sees none, is told of none and finds no word of them in any file or in the account's keyring; the doctor
comes back to them."""
import os
import re
import sqlite3
import subprocess
import sys

from person import OBERG, PIN, PIN_ASKED, SOURCE, Person, check, insert_card, login, main, open_oberg, quit

SECRET = ['Kvicksilverlampan', 'Järtecknet']  # no word of the hospital
KEYRING = os.path.join(SOURCE, 'tests', 'unit', 'auth', 'with-keyring.sh')


def write(p, words):
    p.press('n')
    p.wait('Daganteckning')
    p.press(*(['<Enter>'] if not p.has('Utkast: ') else ['<Down>', '<Enter>']))
    p.wait('Aktuellt')
    p.type(words)
    p.wait(words)
    p.press('<Esc>')


def start(home, card):
    p = Person(home)
    p.wait(PIN_ASKED + r'|1  Eva Lind', 60)
    insert_card(home, card)
    p.wait(PIN_ASKED)
    return p


def doctor(home):
    with start(home, 'läkare') as p:
        login(p)
        open_oberg(p)
        for words in SECRET:
            write(p, words)
        p.press('g', 'u')
        p.wait(r'^ Ofärdigt')
        count = p.screen().count('Utkast till anteckning') or p.screen().count('Öberg')
        check(count >= len(SECRET), f'{count} drafts are listed for the one who wrote them')
        quit(p)


def nurse(home):
    with start(home, 'sjuksköterska') as p:
        p.type(PIN)
        p.press('<Enter>')
        p.wait(r'1  VoB|19401127-9090')
        if not p.has('19401127-9090'):
            p.press('<Enter>')
        p.wait('19401127-9090')
        seen = p.screen()
        p.press('g', 'u')
        p.wait('^ Ofärdigt')
        p.look(0.5)
        seen += p.screen()
        check(p.has('Inget ofärdigt|Allt är klart|0 '), 'something unfinished is listed')
        p.press('<Esc>')
        open_oberg(p)
        p.press('n')
        p.wait('anteckning')
        p.look(0.3)
        seen += p.screen()
        quit(p)
    check('Utkast: ' not in seen, 'a draft of another is offered')
    check(not any(w in seen for w in SECRET), 'words of another are on the screen')


def files(home):
    """The account's own rights, all its files: not a word, not a patient, not whose it is, and not who of the two has drafts."""
    shapes = []
    needles = [w.encode() for w in SECRET] + [OBERG[1].encode(), OBERG[1].replace('-', '').encode(), b'Daganteckning', b'pat-0001']
    where = home.path('state/ovning/store')
    for name in os.listdir(where):
        with open(os.path.join(where, name), 'rb') as f:
            data = f.read()
        check(not any(n in data or n.decode() in name for n in needles), f'{name} tells of a draft')
        if name.endswith('.db'):
            with sqlite3.connect(f'file:{os.path.join(where, name)}?mode=ro', uri=True) as db:
                shapes.append(db.execute('SELECT count(DISTINCT key), count(*), min(length(body)), max(length(body)), sum(length(body)),'
                                         ' (SELECT length(body) FROM guard WHERE name = "check") FROM draft').fetchone())
                for table in ('draft', 'resume', 'cache', 'queue'):
                    for (body,) in db.execute(f'SELECT body FROM {table}'):
                        check(not any(n in body for n in needles), f'a row of {table} in {name} can be read')
    check(len(shapes) == 2 and shapes[0] == shapes[1] and shapes[0][0] == 8, f'the one with drafts can be told from the one without: {shapes}')
    return len(shapes)


def keyring():
    """What the account's keyring holds of rond: nothing, unless the site calls it a personal account."""
    if 'ROND_TEST_KEYRING' not in os.environ:
        return 'no keyring here'
    said = subprocess.run(['secret-tool', 'search', '--all', 'xdg:schema', 'org.rond.Key'], capture_output=True, text=True, timeout=20)
    check(not re.search('secret = ', said.stdout), 'the keyring holds a key')
    return 'nothing in the keyring'


def story(home, a):
    doctor(home)
    home.wait_core_gone()
    nurse(home)
    home.wait_core_gone()
    stores, ring = files(home), keyring()
    with start(home, 'läkare') as p:
        login(p)
        open_oberg(p)
        p.press('n')
        p.wait('Utkast: ')
        check(p.screen().count('Utkast: ') == len(SECRET), 'the doctor has lost drafts')
        quit(p)
    return f'{len(SECRET)} drafts, {stores} stores, 0 seen by the other, {ring}'


if __name__ == '__main__':
    if 'ROND_TEST_KEYRING' not in os.environ and 'ROND_STORY_PLAIN' not in os.environ:
        os.execve(KEYRING, [KEYRING, '/usr/bin/python3', os.path.abspath(__file__), *sys.argv[1:]], {**os.environ, 'ROND_STORY_PLAIN': '1'})
    main({'persons': story})
