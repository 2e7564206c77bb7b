#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing a note with templates and phrases: sökord that take a date, a number or a value, one that is added; data of the chart with their time, blanks that must be filled, one's own phrases; a value that
changes before the note is signed. What was signed is read from the core."""
import os

from person import OBERG, REVIEW, Person, attachment, check, check_note, insert_card, login, main, open_oberg, quit, sign_key, unlock

NURSE = 'SE2329999993-U5011'
BP = {'resourceType': 'Observation', 'status': 'final', 'effectiveDateTime': '2026-11-10T07:55:00+01:00',
      'category': [{'coding': [{'system': 'http://terminology.hl7.org/CodeSystem/observation-category', 'code': 'vital-signs'}]}],
      'code': {'coding': [{'system': 'http://loinc.org', 'code': '85354-9'}]}, 'subject': {'reference': f'Patient/{OBERG[0]}'},
      'component': [{'code': {'coding': [{'system': 'http://loinc.org', 'code': code}]},
                     'valueQuantity': {'value': value, 'unit': 'mmHg', 'system': 'http://unitsofmeasure.org', 'code': 'mm[Hg]'}}
                    for code, value in (('8480-6', 88), ('8462-4', 50))]}


def begin(home, p, template='Daganteckning'):
    p.wait('Eva Lind', 60)
    insert_card(home)
    login(p)
    open_oberg(p)
    choose(p, template)


def choose(p, template):
    p.press('n')
    p.wait('välj mall')
    for _ in range(10):
        if p.has('▌ ' + template):
            break
        p.press('<Down>')
    p.press('<Enter>')
    p.wait(template + r'.* utkast')


def changed(home, a):
    """Pulled in, blanks filled by digit and by Tab, locked and opened again; a new value comes before the signature and
    stands over the text; the text is signed as the writer left it."""
    with Person(home) as p:
        begin(home, p)
        p.type('Nu .bt ')
        p.wait(r'Nu BT 104/62 \(2026-11-10 06:42\)')
        p.type('och .at ')
        p.wait('AT: 1 gott')
        p.press('<F2>')
        p.wait('Fyll i först: AT')
        p.type('2')
        p.wait('Orientering: 1')
        p.type('Sover')
        p.wait('Sover')
        p.press('<F10>')
        p.wait('Eva Lind')
        unlock(p)
        p.wait(r'BT 104/62 .* och måttligt')
        home.ask('POST', 'Observation', BP)
        p.press('<F2>')
        p.wait(r'ÄNDRAT i journalen: BT 104/62 \(2026-11-10 06:42\), nu BT 88/50')
        p.wait(REVIEW)
        sign_key(p)
        check_note(home, OBERG[0], 'Nu BT 104/62 (2026-11-10 06:42) och måttligt påverkat. Sover.')
        quit(p)
    return 'pulled in, blanks filled, locked; the change was told before the signature'


def values(home, a):
    """A set of measurements with its time once; part of it is rubbed out, and what changes of the rest is told. Undo goes
    on when the note is left and opened again."""
    with Person(home) as p:
        begin(home, p)
        p.type('.vp ')
        p.wait(r'Temp 38,4 °C \(2026-11-10')
        p.press('<Esc>')
        p.wait('Diagnoser')
        p.press('n')
        p.wait('välj mall')
        p.press('<Home>', '<Enter>')
        p.wait(r'Temp 38,4 °C \(2026-11-10')
        p.press('<C-z>')
        p.until(lambda: not p.has('Syrgas'), 'undone')
        p.press('<C-y>')
        p.wait('Syrgas')
        for _ in range(20):
            p.press('<BS>')
        home.ask('POST', 'Observation', BP)
        p.press('<F2>')
        p.wait(r'ÄNDRAT i journalen: BT 104/62 mmHg, nu BT 88/50 mmHg')
        check(not p.has('Puls.*, nu'), 'a value that is the same was told')
        quit(p)
    return 'a set with its time once, its changed part told, undone and redone after leaving'


def own(home, a):
    """One's own phrases, one of which includes itself: it says so, the others work; Tab finishes a beginning."""
    os.makedirs(home.path('config/phrases'), exist_ok=True)
    with open(home.path('config/phrases/egna.phrases'), 'w', encoding='utf-8') as f:
        f.write('.ring\n{.runt}\n.runt\n{.ring}\n.hemgång  Hem\nHem i dag. {?Återbesök}\n')
    with Person(home) as p:
        begin(home, p)
        p.type('.ring ')
        p.wait(r'egna.phrases:\d: .ring')
        p.press('<BS>', '<BS>', '<BS>', '<BS>', '<BS>', '<BS>')
        p.type('.hemg')
        p.press('<Tab>')
        p.wait('Fyll i: Återbesök')
        p.type('v. 48')
        p.press('<F2>')
        p.wait(REVIEW)
        sign_key(p)
        notes = [attachment(d) for d in home.find(f'DocumentReference?patient={OBERG[0]}')]
        check(any('Hem i dag. v. 48' in n and '[[' not in n and '.ring' not in n for n in notes), 'not as it was written')
        quit(p)
    return 'own phrases; one that includes itself was told'


def template(home, a):
    """An operation: a date that cannot be is told, a value by its number, a number with its unit, a sökord by a part of its
    name; what is empty is not saved."""
    with Person(home) as p:
        begin(home, p, 'Operationsber')
        p.wait('ett datum')
        p.type('snart')
        p.press('<Tab>')
        p.wait('”snart” är inget datum')
        p.press('<C-w>')
        p.type('igår')
        p.press('<Tab>')
        p.wait('2026-11-09')
        p.press('<Tab>', '<Tab>')
        p.wait('1 Generell')
        p.type('2')
        p.press('<Tab>', '<Tab>', '<Tab>')
        p.wait('ett heltal, ml')
        p.type('250')
        p.press('<F6>')
        p.wait('Lägg till sökord')
        p.type('lokals')
        p.press('<Enter>')
        p.wait('Lokalstatus')
        p.type('Torrt förband.')
        p.press('<F2>')
        p.wait(REVIEW)
        sign_key(p)
        check_note(home, OBERG[0], 'Operationsdatum\n2026-11-09\n\nAnestesi\nSpinalanestesi\n\nBlödning\n250 ml\n\nLokalstatus\nTorrt förband.')
        quit(p)
    return 'a date, a value, a number with its unit, a sökord added; nothing empty saved'


def clipboard(home, a):
    """What is copied in one sökord is pasted in another and in another note of the same patient; in another patient's
    note it is refused with a word why. Searched through all sökord."""
    with Person(home) as p:
        begin(home, p)
        p.type('Sekret')
        p.press('<C-Space>', '<Home>', '<C-x>', '<C-v>', '<Tab>', '<C-v>')
        p.wait(r'Status +Sekret')
        p.press('<C-f>')
        p.wait('Sök i anteckningen:')
        p.type('sekret')
        p.press('<Enter>')
        p.until(lambda: p.cursor()[0] == 4, 'the first place')
        p.press('<C-g>')
        p.until(lambda: p.cursor()[0] == 5, 'the second place')
        p.press('<Esc>')
        p.wait(r'Status +Sekret', gone=True)
        choose(p, 'Besöksanteckning')
        p.press('<C-v>')
        p.wait(r'Kontaktorsak +Sekret')
        p.press('<Esc>', 'h')
        p.wait('19401127-9090')
        p.press('<Home>')
        if p.has('▌.*1551'):
            p.press('<Down>')
        choose(p, 'Daganteckning')
        check('1551' not in p.screen(), 'the same patient')
        p.press('<C-v>')
        p.wait('INTE INKLISTRAT')
        p.look(0.3)
        check('Sekret' not in p.screen(), 'pasted into another patient')
        p.type('Eget')
        p.press('<C-v>')
        p.wait('INTE INKLISTRAT')
        quit(p)
    return 'pasted for the same patient, refused for another, searched through'


def from_core(home, a):
    """The unit's own template comes from the core and goes before rond's of that name; one with a loop says so and the others
    work; the note written in it is whole after a lock."""
    role = {'code': {'system': 'http://terminology.hl7.org/CodeSystem/usage-context-type', 'code': 'user'},
            'valueCodeableConcept': {'coding': [{'system': 'urn:rond:role', 'code': 'läkare'}]}}
    made = {'resourceType': 'Questionnaire', 'status': 'active', 'useContext': [role]}
    with Person(home) as p:
        p.wait('Eva Lind', 60)
        insert_card(home)
        login(p)
        home.ask('POST', 'Questionnaire', {**made, 'name': 'strokerond', 'title': 'Strokerond', 'item': [
            {'linkId': '1', 'type': 'choice', 'text': 'Sida', 'answerOption': [{'valueString': 'höger'}, {'valueString': 'vänster'}]},
            {'linkId': '2', 'type': 'text', 'text': 'Sväljning'}]})
        inner = {'linkId': '1', 'type': 'text', 'text': 'Inre'}
        home.ask('POST', 'Questionnaire', {**made, 'name': 'slinga', 'title': 'Slinga', 'item': [
            {'linkId': '1', 'type': 'group', 'text': 'Yttre', 'item': [inner]}]})
        open_oberg(p)
        p.press('n')
        p.wait('Strokerond')
        p.wait(r'Slinga \(note-.*\): Sökordet ”Inre”')
        check(p.has(r'^. Daganteckning') and not p.has(r'^. Slinga *$'), 'not the right templates')
        p.press('<Esc>')
        choose(p, 'Strokerond')
        p.type('2')
        p.press('<Tab>')
        p.type('Säker.')
        p.press('<F10>')
        p.wait('Eva Lind')
        unlock(p)
        p.wait(r'Sväljning +Säker')
        p.press('<F2>')
        p.wait(REVIEW)
        sign_key(p)
        check_note(home, OBERG[0], 'Sida\nvänster\n\nSväljning\nSäker.')
        quit(p)
    return 'a template from the core, one with a loop told'


if __name__ == '__main__':
    main({'changed': changed, 'values': values, 'own': own, 'template': template, 'clipboard': clipboard, 'from-core': from_core})
