#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of a note: corrected, added to, countersigned, struck; dictated, transcribed and signed with others in one
go; and two who correct the same note. What has become of it is read from the core."""
import base64
import os
import re
import signal

from person import OBERG, Person, attachment, check, insert_card, login, main, open_oberg, quit, sign_key, sign_note, write_note

EK, HALLEN = 'SE2329999993-U5003', 'SE2329999993-U5034'
LATER = 'http://hl7.org/fhir/5.0/StructureDefinition/extension-DocumentReference.attester'
LIND = {'reference': 'Practitioner/prac-lind', 'display': 'Lind Eva, läkare'}
EK_WHO = {'reference': 'Practitioner/prac-ek', 'display': 'Ek Johan, läkare'}


def document(status, author, text, **more):
    return {'resourceType': 'DocumentReference', 'status': 'current', 'docStatus': status, 'type': {'text': 'Daganteckning'},
            'subject': {'reference': f'Patient/{OBERG[0]}'}, 'date': '2026-11-09T10:00:00+01:00', 'author': author,
            'custodian': {'reference': 'Organization/org-medavd3'},
            'content': [{'attachment': {'contentType': 'text/plain; charset=utf-8', 'language': 'sv',
                                        'data': base64.b64encode(text.encode()).decode()}}], **more}


def dictation():
    d = document('preliminary', [LIND], '')
    d['content'] = [{'attachment': {'contentType': 'audio/wav', 'title': 'Diktat 17, 2:10 min'}}]
    return d


def request(what, made, asks, owner):
    return {'resourceType': 'Task', 'status': 'requested', 'intent': 'order', 'authoredOn': '2026-11-10T07:55:00+01:00',
            'code': {'coding': [{'system': 'urn:rond:note-request', 'code': what}]}, 'for': {'reference': f'Patient/{OBERG[0]}'},
            'focus': {'reference': f'DocumentReference/{made["id"]}'}, 'requester': asks, 'owner': {'reference': owner}}


def get(home, made):
    return home.ask('GET', f'DocumentReference/{made["id"]}')


def later(home, made, code):
    return [d for d in home.find(f'DocumentReference?relatesto=DocumentReference/{made["id"]}')
            if d['relatesTo'][0]['code'] == code]


def reason(home, d):
    proofs = home.find(f'Provenance?target=DocumentReference/{d["id"]}')
    return [p['reason'][0]['text'] for p in proofs if 'reason' in p]


UNREAD = 'Läs anteckningen till sista raden'


def file_key(p):
    """As sign_key: refused and pressed again where the machine stood still."""
    for _ in range(8):
        p.look(0.35)
        p.press('<F4>')
        p.until(lambda: p.has(UNREAD) or p.has('OSIGNERAD, renskriven'), 'the note in the record')
        if not p.has(UNREAD):
            return
        p.press('<Home>')
    check(False, 'F4 was refused again and again')


def choose(p, name):
    """A row of the list that is open."""
    row = [i for i, line in enumerate(p.screen().split('\n')) if name in line][0]
    first = [i for i, line in enumerate(p.screen().split('\n')) if '│▌' in line][0]
    p.press(*(['<Down>'] * (row - first)), '<Enter>')


def doctor(home, p):
    p.wait('Eva Lind', 60)
    insert_card(home)
    login(p)


def newest(p):
    """The first of the patient's notes, opened."""
    p.press('a')
    p.wait(r'^ (Anteckningar|Notes) \d')
    p.look(0.5)
    p.press('<Home>', '<Enter>')
    p.wait(r'version')


def corrected(home, a):
    """Signed, corrected with a reason, added to, struck: every version stays and says why."""
    with Person(home) as p:
        doctor(home, p)
        open_oberg(p)
        write_note(p, 'Lungor utan rassel.')
        first = [d for d in home.find(f'DocumentReference?patient={OBERG[0]}') if 'utan rassel' in attachment(d)][0]
        newest(p)
        p.press('f')
        p.wait('Skäl till rättelsen')
        p.type('fel sida')
        p.press('<Enter>')
        p.wait(r'Rättelse: Daganteckning \(fel sida\)')
        p.press('<C-Right>', '<C-Right>')
        p.type('höger lunga ')
        p.wait('höger lunga')
        p.press('<F2>')
        p.wait(r'\[\+.*höger lunga')
        while not p.has(r'^ F9 sign'):
            p.press('<PgDn>')
        sign_key(p)
        p.wait('rättad')
        p.press('<Tab>')
        p.wait(r'\[\+')  # what was changed, in the reading too
        p.press('<Tab>')
        second = later(home, first, 'replaces')[0]
        check(get(home, first)['status'] == 'superseded' and 'utan rassel' in attachment(first), 'the first version is not kept')
        check((second['docStatus'], second['status']) == ('amended', 'current'), f'{second["docStatus"]} {second["status"]}')
        check('fel sida' in second['description'] and reason(home, second) == ['fel sida'], 'the reason is not kept')
        p.press('+')
        p.wait('Tillägg: Daganteckning')
        p.type('Anhörig informerad.')
        sign_note(p)
        p.wait('# Tillägg|Tillägg: Daganteckning ·')
        added = later(home, second, 'appends')[0]
        check(added['docStatus'] == 'final' and get(home, second)['meta']['versionId'] == '1', 'the note that was added to changed')
        p.press('f')
        p.wait('Skäl till rättelsen')
        p.type('en gång till')
        p.press('<Enter>')
        p.wait(r'Rättelse: Daganteckning \(en gång till\)')
        p.press('<C-End>')
        p.type(' Ej feber.')
        p.press('<F2>')
        p.wait(r'\[\+.*Ej feber')
        while not p.has(r'^ F9 sign'):
            p.press('<PgDn>')
        sign_key(p)
        p.wait('Tillägg: Daganteckning ·')  # what was added to the version before belongs to this one
        first, second = second, later(home, second, 'replaces')[0]
        p.press('x')
        p.wait('Skäl till makuleringen')
        p.press('<Enter>')
        p.wait('Ett skäl behövs')  # and the box stays: what is typed on is no command
        p.type('fel patient')
        p.press('<Enter>')
        p.wait('Makulera ”Daganteckning” av Lind Eva, läkare, med alla tidigare')
        p.press('j')
        p.wait(r'Rättelse: en gång till · Makulerad .* av Lind Eva')  # why it was corrected stays
        p.wait(r'\[-')
        struck = get(home, second)
        for earlier in home.find(f'DocumentReference?patient={OBERG[0]}&status=superseded'):
            check('utan rassel' not in attachment(earlier), 'an earlier version of what is struck is not')
        check(get(home, first)['docStatus'] == 'entered-in-error' and 'fel patient' in get(home, first)['description'], 'the version before is not struck')
        check((struck['status'], struck['docStatus']) == ('entered-in-error', 'entered-in-error'), 'not struck')
        check(attachment(struck) == attachment(second) and struck['meta']['versionId'] == '2', 'its words are not as they were')
        check(reason(home, second) == ['en gång till', 'fel patient'], f'{reason(home, second)}')
        quit(p)
    return 'corrected, added to, struck; three versions to read'


def batch(home, a):
    """A secretary transcribes; the author signs that and another note in one go, each read to its end."""
    with Person(home) as p:
        p.wait('Eva Lind', 60)
        insert_card(home, 'medicinsk sekreterare')
        login(p)
        spoken = home.ask('POST', 'DocumentReference', dictation(), who=EK)
        task = home.ask('POST', 'Task', request('transcribe', spoken, LIND, 'Organization/org-medavd3'), who=EK)
        p.press('g', 's', '<F5>')
        p.wait(r'Att renskriva 4')  # three of the hospital's
        p.wait(r'DIKT.*Öberg.*Lind Eva')  # the oldest first, with who has dictated it
        p.press('<Home>', '<Enter>')
        p.wait('Diktat: Diktat 17')
        p.press('y')
        p.wait('Renskrivning: Daganteckning')
        p.type('Utskrivet ur diktat.')
        p.blindly('<F4>', '<F4>', '<F4>')  # the one that opens the reading is held down: nothing is filed unread
        p.wait('Så här kommer den att stå i journalen')
        p.wait(UNREAD)
        check(not later(home, spoken, 'transforms'), 'a key that was held put an unread note in the record')
        p.press('<F9>')
        p.wait('Tillåtet för: läkare')
        file_key(p)
        quit(p)
    written = later(home, spoken, 'transforms')[0]
    check([x['reference'] for x in written['author']] == ['Practitioner/prac-lind', 'Practitioner/prac-hallen'], 'other authors')
    check(written['docStatus'] == 'preliminary' and 'authenticator' not in written, 'a secretary signed')
    check(get(home, spoken)['status'] == 'superseded', 'the dictation still waits')
    task = home.ask('GET', f'Task/{task["id"]}')
    check((task['status'], task['meta']['versionId']) == ('completed', '2'), f'the request is {task["status"]}')
    check(len(later(home, spoken, 'transforms')) == 1, 'written down twice')
    home.run('card', 'pull')
    other = home.ask('POST', 'DocumentReference', document('preliminary', [LIND], 'En annan.'), who=EK)
    with Person(home) as p:
        p.wait('Eva Lind', 60)
        insert_card(home)
        login(p)
        p.wait('Anteckningar att signera: 6')
        p.press('g', 's')
        p.wait('att signera 6')
        p.press('<F9>')
        p.wait(r'1 av 6')
        for _ in range(40):
            if p.has(r'F9 signerar de 6 '):
                break
            p.press('<PgDn>')
        p.wait(r'F9 signerar de 6 ')
        p.press('<Del>')  # the last one not now
        p.wait('LÄMNAS')
        sign_key(p, r'Signerad \d\d:\d\d  5 anteckningar')
        p.wait('1 av 1')
        p.wait('Anteckningar att signera: 1$')
        quit(p)
    signed = [get(home, d) for d in (written, other)]
    left = [d for d in home.find('DocumentReference?author=Practitioner/prac-lind&docstatus=preliminary&status=current')]
    check(len(left) == 1, f'{len(left)} still wait')
    for d in signed:
        if d['id'] == left[0]['id']:
            continue
        check(d['docStatus'] == 'final' and d['authenticator']['reference'] == LIND['reference'], 'not signed by its author')
    check(attachment(signed[0]) == attachment(written), 'the words changed')
    return 'dictated, transcribed, five signed in one go and one left out'


def second(home, a):
    """Asked for and countersigned by another person, with a key of its own to begin with; then a colleague is asked."""
    made = None
    with Person(home) as p:
        doctor(home, p)
        made = home.ask('POST', 'DocumentReference', document('final', [EK_WHO], 'Av en kollega.', authenticator=EK_WHO, date='2026-11-10T07:55:00+01:00'), who=EK)
        task = home.ask('POST', 'Task', request('countersign', made, EK_WHO, LIND['reference']), who=EK)
        p.press('g', 's', '<F5>')
        p.wait(r'Anteckningar att signera: 4 · kontrasignera: 1')
        p.wait(r'KONTRASIGNERA: Dag.*Öberg.*Ek Johan')
        p.press('<End>')
        p.wait('Enter öppnar anteckningen för läsning och kontrasignering')
        p.press('<Enter>')
        p.wait('Av en kollega')
        p.wait('F9 kontrasignerar')
        p.press('e', '<F9>')  # as anybody who comes upon it
        p.wait('Redan signerad av .*; e börjar kontrasignera den')
        p.look(0.5)
        check(LATER not in str(get(home, made)), 'the signing key alone countersigned')
        p.press('ä')
        p.wait('en signerad rättas med skäl')
        p.press('e')
        p.wait('F9 kontrasignerar')
        sign_key(p, r'Kontrasignerad \d\d:\d\d')
        p.wait('kontrasignerad .* av Lind Eva')
        p.press('g', 's')
        p.wait('Anteckningar att signera 4$')
        p.press('h')
        open_oberg(p)
        write_note(p, 'Lungor utan rassel.')
        own = [d for d in home.find(f'DocumentReference?patient={OBERG[0]}') if 'utan rassel' in attachment(d)][0]
        newest(p)
        for answer in (r'Ombedd kontrasignera \d\d:\d\d  Ek Johan', 'Ek Johan, läkare är redan tillfrågad'):
            p.press('e')
            p.wait('Vem ska kontrasignera')
            check(not p.has(r'│ *▌? *\d +Lind Eva') and not p.has('Hallén'), 'who asks, or who may not')
            choose(p, 'Ek Johan')
            p.wait(answer)
        quit(p)
    asked = home.find(f'Task?focus=DocumentReference/{own["id"]}')
    check([(t['status'], t['owner']['reference'], t['requester']['reference']) for t in asked] ==
          [('requested', EK_WHO['reference'], LIND['reference'])], f'{asked}')
    done = home.ask('GET', f'Task/{task["id"]}')
    check((done['status'], done['meta']['versionId']) == ('completed', '2'), f'the request is {done["status"]}')
    now = get(home, made)
    who = [e['valueReference']['reference'] for e in now['extension'][0]['extension'] if e['url'] == 'party']
    check(now['extension'][0]['url'] == LATER and who == [LIND['reference']], f'{now["extension"]}')
    check(now['authenticator'] == EK_WHO and attachment(now) == attachment(made), 'more than that changed')
    return 'asked for, countersigned by a second person; a colleague asked once'


def corrected_by_ek(home, made, text):
    new = document('amended', [EK_WHO], text, authenticator=EK_WHO, description='Rättelse: fel sida',
                   relatesTo=[{'code': 'replaces', 'target': {'reference': f'DocumentReference/{made["id"]}'}}])
    entries = [{'request': {'method': 'PUT', 'url': f'DocumentReference/{made["id"]}', 'ifMatch': 'W/"1"'},
                'resource': {**made, 'status': 'superseded'}},
               {'request': {'method': 'POST', 'url': 'DocumentReference'}, 'resource': new}]
    home.ask('POST', '', {'resourceType': 'Bundle', 'type': 'transaction', 'entry': entries}, who=EK)
    written = later(home, made, 'replaces')[0]
    home.foreign |= {f'DocumentReference/{d["id"]}' for d in (made, written)}
    return written


def two(home, a):
    """Of two who correct the same note one wins, and corrects it once more; the other sees both, loses nothing, and
    goes on from the last of theirs."""
    with Person(home) as p:
        doctor(home, p)
        made = home.ask('POST', 'DocumentReference', document('final', [EK_WHO], 'Vänster knä svullet.', authenticator=EK_WHO, date='2026-11-10T07:55:00+01:00'), who=EK)
        open_oberg(p)
        newest(p)
        p.press('f')
        p.wait('Skäl till rättelsen')
        p.type('sidan')
        p.press('<Enter>')
        p.wait('Rättelse: Daganteckning')
        p.press('<C-End>')
        p.type(' MITT')
        theirs = corrected_by_ek(home, corrected_by_ek(home, made, 'Höger knä.'), 'Höger knä svullet.')
        p.press('<F2>')
        p.wait(r'^ F9 sign')
        sign_key(p, 'Någon annan hann före')
        p.wait(r'\[-Vänster-\]\[\+Höger\+\]')
        p.wait(r'MITT')
        check(not later(home, theirs, 'replaces') and len(later(home, made, 'replaces')) == 1, 'both were written')
        p.press('<F4>')
        p.wait('Rättelse: Daganteckning')
        p.wait('MITT')  # as it was written
        p.press('<F2>')
        p.wait(r'\[-Höger')  # held against theirs now
        while not p.has(r'^ F9 sign'):
            p.press('<PgDn>')
        sign_key(p)
        p.look(0.5)
        quit(p)
    check(attachment(get(home, theirs)) == 'Höger knä svullet.', 'theirs is not there as they wrote it')
    mine = later(home, theirs, 'replaces')
    check(len(mine) == 1 and 'MITT' in attachment(mine[0]) and get(home, theirs)['status'] == 'superseded', 'mine does not follow theirs')
    return 'one won; the other saw both and went on from theirs'


def under_way(home, a):
    """The core is silent while a note is on its way: nothing typed into it then is lost, because nothing is."""
    with Person(home) as p:
        p.wait('Eva Lind', 60)
        insert_card(home)
        login(p, '1')
        p.press('<Enter>')  # fingers that are used to it: the number has chosen already
        p.look(0.5)
        check(p.has('Avdelningslista'), 'an Enter after the number opened a patient')
        open_oberg(p)
        p.press('n')
        p.press('<Enter>')
        p.wait('Aktuellt')
        p.type('Rond, feberfri.')
        p.press('<F2>')
        p.wait(r'^ F9 sign')
        p.look(0.5)
        core = home.core_pid()
        os.kill(core, signal.SIGSTOP)
        try:
            p.press('<F9>')
            p.wait('Skickas')
            p.press('<Esc>')
            p.wait('utkast')
            p.type(' Viktigt')
            p.wait('ändras inte förrän kärnsystemet har svarat')
            check(not p.has('Viktigt'), 'typed into what is on its way')
        finally:
            os.kill(core, signal.SIGCONT)
        p.wait('Signerad ..:..  Daganteckning, Öberg')
        quit(p)
    notes = [d for d in home.find(f'DocumentReference?patient=Patient/{OBERG[0]}') if attachment(d).endswith('Rond, feberfri.')]
    check(len(notes) == 1, f'{len(notes)} notes')
    return 'what is on its way takes no words'


if __name__ == '__main__':
    main({'under way': under_way, 'corrected': corrected, 'batch': batch, 'second': second, 'two': two})
