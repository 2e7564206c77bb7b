#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A prescription from the line: read out with how it was counted, with the codes of who prescribes and where; one of a
narcotic that its class does not allow is not signed. What was signed is read back from the core."""
from person import Person, check, insert_card, login, main, open_oberg, quit, row, sign_key
from story_order import B04, open_patient, orders, read_to_end


def prescribed(home, substance):
    return [m for m in orders(home, B04, substance) if 'numberOfRepeatsAllowed' in m.get('dispenseRequest', {})]


def told(p, home):
    """The quantity that was not said is computed and marked; the paper's codes are the core's."""
    p.press('o')
    p.wait(r'^ o$')
    p.type('kåvepenin 1g x3 i 7d tonsillit recept byt ej tål inte annat')
    p.wait('antaget: dosen ger 21 på 7 dagar, 1 × 30')
    p.wait('FÅR EJ BYTAS UT: tål inte annat')
    p.press('<Enter>')
    p.wait('förskrivarkod 9000010, arbetsplatskod 990001')
    read_to_end(p)
    sign_key(p)
    made = prescribed(home, 'fenoximetylpenicillin')
    check(len(made) == 1, f'{len(made)} prescriptions on the core')
    m = made[0]
    ask = m['dispenseRequest']
    check(m['category'][0]['coding'][0]['code'] == 'community', 'not for a pharmacy')
    check(ask['quantity']['value'] == 30 and ask['quantity']['unit'] == 'tablett', str(ask['quantity']))
    check(ask['numberOfRepeatsAllowed'] == 0, 'one withdrawal has no repeats')
    check(m['substitution']['allowedBoolean'] is False and m['substitution']['reason']['text'] == 'tål inte annat', 'exchange')
    check(m['requester']['identifier']['value'] == '9000010', 'the prescriber has no code')


def forbidden(p, home):
    """A narcotic is not iterated, and Enter says so."""
    p.press('o')
    p.wait(r'^ o$')
    p.type('oxynorm kapsel 5mg x2 smärta recept 28 st uttag 3')
    p.wait('3 uttag')
    p.press('<Enter>')
    p.look(0.3)
    check('oxynorm' in row(p, 3), 'a narcotic with three withdrawals stands on the list to sign')
    p.press('<C-u>')
    p.press('<Esc>')
    check(not prescribed(home, 'oxikodon'), 'a narcotic was prescribed')


def discharged(p, home):
    """The läkemedelsberättelse in the note, and the list that the patient takes home: the ward's orders are not on it."""
    p.press('h')
    open_oberg(p)
    p.press('n')
    p.wait('välj mall')
    p.press('<Enter>')
    p.wait('utkast')
    p.type('.lb ')
    p.wait('Endast under vårdtiden:')
    p.wait('skäl: överkänslighet mot')
    p.press('<Esc>')
    p.look(0.3)
    p.press('g', 'p')
    p.wait('vad som ska vara med')
    p.press(' ', '<Down>', ' ', '<Down>', ' ', '<Down>', '<Down>', '<Down>', '<Down>', ' ', '<Down>', ' ', '<Down>', ' ')
    p.press('<Enter>')
    p.wait('Egen läkemedelslista')
    p.wait('AVDELNINGENS ORDINATIONER')
    return 'told in the note, and on paper'


def story(home, a):
    with Person(home) as p:
        p.wait('Eva Lind', 60)
        insert_card(home)
        login(p)
        open_patient(p, home, B04)
        told(p, home)
        forbidden(p, home)
        said = discharged(p, home)
        quit(p)
    return said


if __name__ == '__main__':
    main({'rx': story})
