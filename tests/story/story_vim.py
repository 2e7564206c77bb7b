#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A note is written by somebody whose keymap is vim: typed, changed in normal mode, left and gone on with, signed. What
is pasted in normal mode is text, what comes faster than anybody types is nothing, and neither is a command."""
import os

from person import Person, check, check_note, insert_card, login, main, open_oberg, quit, sign_note, OBERG

MODE = r'(draft|utkast) \d\d:\d\d  '


def normal(p):
    p.press('<Esc>')
    p.wait(MODE + 'NORMAL')


def write(p, key, text):
    """From normal mode, and back to it."""
    p.press(key)
    p.wait(MODE + 'INFOGA')
    p.type(text)
    normal(p)


def vim(home, a):
    os.makedirs(home.path('config'), exist_ok=True)
    with open(home.path('config/rond.conf'), 'w', encoding='utf-8') as f:
        f.write('[keys]\nmap=vim\n')
    with Person(home) as p:
        p.wait('Eva Lind', 60)
        insert_card(home)
        login(p)
        open_oberg(p)
        p.press('n')
        p.wait('Daganteckning')
        p.press('<Enter>')
        p.wait('Aktuellt')
        p.type('Basala rassel hö. Feber i natt. Feber i går.')
        normal(p)
        p.press('0')  # just behind Esc: not F10, which would lock
        p.look_for(0.2)
        check(p.has('NORMAL'), 'Esc and 0 did something else')
        p.press('w', 'w', 'c', 'w')
        p.wait(MODE + 'INFOGA')
        p.type('vänster')
        normal(p)
        p.wait(r'rassel vänster\. Feber i natt')
        p.press(')', 'd', ')')
        p.wait(r'vänster\. Feber i går\.')
        p.press('u')
        p.wait('Feber i natt')
        p.press('<C-r>')
        p.until(lambda: not p.has('Feber i natt'), 'the sentence is gone again')
        write(p, 'o', 'Åter om en vecka.')
        p.press('y', 'y', 'p', 'k', '2', 'd', 'd')
        p.until(lambda: not p.has('Åter om'), 'both lines are gone')
        p.press('u')
        p.wait(r'Åter om')
        p.paste('dd vid behov. ')  # brackets: text, here where keys are commands
        p.wait(r'dd vid behov\.')
        check(p.has('NORMAL') and p.has('Feber i går'), 'what was pasted ran as keys')
        p.blindly('d', 'd', 'd', 'd', 'd', 'd')
        p.wait('användes inte')
        check(p.has('dd vid behov') and p.has('Feber i går'), 'a burst ran as keys')
        p.look_for(0.6)  # what is typed on in one go is not used either
        p.press('g', 'g', 'd', 'd')
        p.until(lambda: not p.has('Basala'), 'the line is cut')
        p.press('P')
        p.wait('Basala rassel vänster')
        p.press('Z', 'Z')  # left: the draft is kept
        p.until(lambda: not p.has('NORMAL'), 'the note is left')
        p.press('n')
        p.wait('välj mall')
        p.press('<Home>', '<Enter>')
        p.wait(MODE + 'INFOGA')
        p.wait('dd vid behov')
        sign_note(p)
        quit(p)
    check_note(home, OBERG[0], 'Basala rassel vänster. Feber i går.')


if __name__ == '__main__':
    main({'vim': vim})
