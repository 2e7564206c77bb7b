#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading a patient's notes: what others have written since the last visit is marked, also after a logout in between;
a word is looked for in all of them, whatever they came as; and what is too large or no text says what it is."""
import base64

from person import OBERG, Person, check, insert_card, login, main, open_oberg, quit

EK = 'SE2329999993-U5003'


def note(author, data, kind='text/plain; charset=utf-8', title='Daganteckning'):
    return {'resourceType': 'DocumentReference', 'status': 'current', 'docStatus': 'final', 'type': {'text': title},
            'subject': {'reference': f'Patient/{OBERG[0]}'}, 'date': '2026-11-10T07:00:00+01:00',
            'author': [{'reference': f'Practitioner/{author}', 'display': 'Ek Johan, läkare'}],
            'authenticator': {'reference': f'Practitioner/{author}', 'display': 'Ek Johan, läkare'},
            'custodian': {'reference': 'Organization/org-medavd3'},
            'content': [{'attachment': {'contentType': kind, 'language': 'sv', 'data': base64.b64encode(data).decode()}}]}


def at_notes(home):
    p = Person(home)
    p.wait('Eva Lind', 60)
    insert_card(home)
    login(p)
    open_oberg(p)
    p.press('a')
    p.wait(r'^ Anteckningar \d+')
    p.look(0.3)
    return p


def out(p):
    p.press('g', 'q')
    p.wait('PIN', 20)
    quit(p)


def unread(home, a):
    """A colleague writes between two visits: marked until it is opened, and not again after."""
    with at_notes(home) as p:
        check(not p.has('oläst'), 'on a first visit nothing is new')
        out(p)
    made = home.ask('POST', 'DocumentReference', note('prac-ek', 'Svarar på behandlingen.'.encode()), who=EK)
    with at_notes(home) as p:
        p.wait('1 oläst ●')
        p.press('<Home>', '<Tab>')
        p.press('<Enter>')
        p.wait('Svarar på behandlingen')
        p.press('<Esc>')
        p.wait('oläst', gone=True)
        out(p)
    with at_notes(home) as p:
        check(not p.has('oläst'), 'what was opened is unread again')
        quit(p)
    check(home.ask('GET', f'DocumentReference/{made["id"]}')['meta']['versionId'] == made['meta']['versionId'], 'reading has written')
    return 'one of a colleague marked over a logout, opened, gone'


def found(home, a):
    """HTML, XHTML, RTF, PDF and a note of 5 MB from elsewhere, among the others."""
    kinds = {'text/html': b'<html><script>alert("gomd")</script><p>Skadad <i>menisk</i></p></html>',
             'application/xhtml+xml': '<div xmlns="http://www.w3.org/1999/xhtml"><p>Meniskglipa &lt; 5 mm</p></div>'.encode(),
             'application/rtf': b'{\\rtf1 kn}', 'application/pdf': b'%PDF-1.7'}
    with at_notes(home) as p:
        for kind, data in kinds.items():
            home.ask('POST', 'DocumentReference', note('prac-ek', data, kind, 'Remissvar'), who=EK)
        home.ask('POST', 'DocumentReference', note('prac-ek', b'x' * (5 * 1000 * 1000), title='Epikris'), who=EK)
        p.press('<F5>')
        p.wait('Remissvar')
        p.press('*')
        p.type('menisk')
        p.wait('Anteckningar 2 av')
        p.wait('3 har innehåll som inte går att söka i')
        p.press('<Enter>', '<Enter>')
        p.wait(r'Meniskglipa < 5 mm|Skadad menisk')
        check(not p.has('gomd'), 'a script is shown')
        p.press('<Esc>', '*', '<C-u>')
        p.type('epikris ek')
        p.wait('Anteckningar 1 av')
        p.press('<Enter>', '<Enter>')
        p.wait(r'Texten är 5 MB; rond visar högst 4 MB')
        p.press('<Esc>', '*', '<Esc>')
        p.wait(r'Anteckningar \d+$|Anteckningar \d+ ·')
        quit(p)
    return 'two found in HTML and XHTML, three said not to be searched'


def beside(home, a):
    """Read beside a note while it is written: the text goes on under every key."""
    with at_notes(home) as p:
        p.press('n')
        p.wait('välj mall')
        p.press('<Enter>')
        p.wait('Aktuellt')
        p.type('Hostar')
        p.press('<F8>')
        p.wait('Bredvid: Anteckningar')
        p.type(' mindre')
        p.press('<M-PgDn>')
        p.type(' i dag.')
        p.wait('Hostar mindre i dag.')
        p.press('<C-l>', '<Home>', '<Enter>')
        p.wait('version 1')
        p.press('d')
        p.wait('Bredvid: Diagnoser')
        p.press('<Tab>')
        p.wait('Bredvid: Åtgärder')
        p.press('<C-l>')
        p.type(' Äter.')
        p.wait(r'Hostar mindre i dag\. Äter\.')
        quit(p)
    return 'typed under it, moved and read in'


if __name__ == '__main__':
    main({'unread': unread, 'found': found, 'beside': beside})
