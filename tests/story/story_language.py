#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The words on the screen follow the person, the words in the record do not: the same work under
Swedish and under English leaves identical resources."""
import json
import re

from person import (FIND, OBERG, PIN_ASKED, Person, check, insert_card, login, main, open_hit, open_oberg, quit,
                    sign_key, wait_chart, write_note)
from story_order import B04, open_patient, read_to_end

CLINIC = 'pat-0055'
KINDS = ('DocumentReference', 'MedicationRequest', 'Appointment')
TEXT = 'Mår bättre, äter själv. Åter om en vecka.'
# What differs between any two runs: identities, versions, and the seconds that typing takes.
UUID = re.compile(r'[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}')
TIME = re.compile(r'(\d{4}-\d\d-\d\dT\d\d):\d\d:\d\d(\.\d+)?')


def order(p, line, shown):
    p.press('o')
    p.wait(r'^ o$')
    p.type(line)
    p.wait(shown)
    p.press('<Enter>')


def work(p):
    """A note, and an order past a stop with its reason."""
    open_oberg(p)
    write_note(p, TEXT)
    order(p, 'kåv 1g x3 i 7d tonsillit', 'STOP')
    p.wait(r'r .*stop')
    p.press('r')
    p.wait('har tålts tidigare')
    p.press('<Down>', '<Enter>')
    p.wait('har tålts tidigare, ')
    p.type('tålt vid provokation')
    p.press('<Enter>')
    p.wait('tålt vid provokation')
    read_to_end(p)
    sign_key(p)


def other_work(p, home):
    """An order as needed, for another patient."""
    open_patient(p, home, B04)
    order(p, 'alved 1g x4 vb fot', 'ordinationsorsak: fot')
    p.wait(r'^ F9 sign')
    sign_key(p)


def booking(p, home):
    """A return visit at the clinic."""
    before = len(home.find(f'Appointment?patient={CLINIC}'))
    p.press('<F3>')
    p.wait(FIND)
    p.type('wester 50')
    open_hit(p, '19500219-2382')
    p.press('b')
    p.wait('[Bb]oka|[Bb]ook')
    p.type('åb 3v läk')
    p.wait('förslag|proposal')
    p.press('<Enter>')
    p.wait('bokar detta|books this')
    p.look(0.4)
    p.press('<F4>')
    p.until(lambda: len(home.find(f'Appointment?patient={CLINIC}')) > before, 'a booking')


def record(home):
    """Everything of these kinds about the two patients, and who vouches for it, by id."""
    found = {}
    for patient in (OBERG[0], B04, CLINIC):
        for kind in KINDS:
            found.update({f'{kind}/{r["id"]}': r for r in home.find(f'{kind}?patient={patient}')})
    return found


def vouched(home, keys):
    return {f'Provenance/{r["id"]}': r for key in keys for r in home.find(f'Provenance?target={key}')}


def written(home, before):
    """What is new, without what differs between any two runs; in an order that does not hang on ids."""
    out = []
    new = {key: r for key, r in record(home).items() if key not in before}
    new.update(vouched(home, list(new)))
    for r in new.values():
        r = {k: v for k, v in r.items() if k not in ('id', 'meta')}
        text = json.dumps(r, ensure_ascii=False, sort_keys=True, indent=1)
        out.append(TIME.sub(r'\1', UUID.sub('UUID', text)))
    return sorted(out)


def in_language(home, language, word):
    home.reset()
    with Person(home, env={'LANGUAGE': language}) as p:
        p.wait('1  Eva Lind', 60)
        check(p.has(word), f'the screen does not speak {language}')
        insert_card(home)
        login(p)
        before = record(home)
        work(p)
        other_work(p, home)
        quit(p)
    home.wait_core_gone()
    with Person(home, env={'LANGUAGE': language}) as p:
        p.wait(PIN_ASKED)
        p.type('123456')
        p.press('<Enter>')
        p.wait('2  VoB Medicinmottagningen')
        p.press('2')
        p.wait('Dagens bokningar|Today\'s bookings')  # the view, not only line 1: a key before it is the login's
        booking(p, home)
        quit(p)
    return written(home, before)


def story(home, a):
    swedish = in_language(home, 'sv', 'logga in')
    english = in_language(home, 'en', 'log in')
    check(len(swedish) == 8, f'{len(swedish)} resources were written, not a note, two orders, a booking and their proofs')
    check(len(swedish) == len(english), f'{len(swedish)} resources in Swedish, {len(english)} in English')
    for one, other in zip(swedish, english):
        for left, right in zip(one.split('\n'), other.split('\n')):
            check(left == right, f'{left.strip()} in Swedish, {right.strip()} in English')
        check(one == other, 'one resource is longer than the other')
    return f'{len(swedish)} resources alike'


if __name__ == '__main__':
    main({'language': story})
