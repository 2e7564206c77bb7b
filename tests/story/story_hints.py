#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main tasks by somebody on the first day, who knows the task and presses only what the screen
names: at most 2.5 times the keys of the expert. Each key is looked for on the screen before it is
pressed, and each word typed is one of the task's or stands there as an example."""
import re

from person import (LIMIT, OBERG, ONE_HIT, PIN, PIN_ASKED, Person, check, check_login, check_note, check_opened, main, quit,
                    row, sign_key, wait_chart)

TIMES = 2.5
NAMES = {'<S-Tab>': 'Skift-Tab', '<PgUp>': 'PgUp', '<PgDn>': 'PgDn'}


class Novice:
    """One task of a person who has read @task and nothing else."""

    def __init__(self, p, name, budget, task):
        self.p, self.name, self.budget, self.task, self.began, self.free = p, name, budget, task, p.keys, 0

    def key(self, name):
        """Its word anywhere on the screen; a letter or digit in the hint bar, in a heading or before a choice."""
        check(self.named(name), f'{self.name}: nothing on the screen names {name}')
        self.p.press(name)

    def sign(self):
        check(self.named('<F9>'), f'{self.name}: nothing on the screen names the signing key')
        sign_key(self.p)

    def named(self, name):
        lines = self.p.screen().split('\n')
        if len(name) > 2:
            word = re.escape(NAMES.get(name, name[1:-1]).replace('C-', 'Ctrl-'))
            return re.search(rf'(?<![\w-]){word}(?![\w-])', '\n'.join(lines))
        return re.search(rf'(^ |  ){re.escape(name)} \w', lines[-1]) or any(
            re.search(rf'^─.*─ {name} \w|^─ {name} \w|^[▌ ] {name}  \w', line) for line in lines if name.isalnum())

    def write(self, text, free=False):
        """Into a field that has a label, words that are the task's or on the screen. @free: what the task is about."""
        known = (self.task + ' ' + self.p.screen()).casefold()
        y, x = self.p.cursor()
        check(not self.p.s.term.scr.cursor.hidden and row(self.p, y)[:x].strip(), f'{self.name}: no field for “{text}”')
        for word in [] if free else text.casefold().split():
            check(re.search(rf'(?<!\w){re.escape(word)}(?!\w)', known), f'{self.name}: how would one know “{word}”?')
        self.free += len(text) if free else 0
        self.p.type(text)

    def done(self):
        used, most = self.p.keys - self.began - self.free, int(self.budget * TIMES)
        check(used <= most, f'{self.name} by the hints took {used} keys, at most {most}')
        return f'{self.name} {used}/{most}'


def log_in(p, assignment, shown):
    """B01, the card chosen on the screen."""
    p.wait('1  Eva Lind', LIMIT * 2)
    who = Novice(p, 'B01', 8, 'Eva Lind, läkare')
    who.key('1')
    p.wait(PIN_ASKED)
    who.write(PIN)
    who.key('<Enter>')
    p.wait('1  VoB Medicin avd 3')
    who.key(assignment)
    p.wait(shown)
    return who.done()


def find(p, task, typed, number):
    """B03, by the search that the hint bar names."""
    who = Novice(p, 'B03', 12, task)
    who.key('<F3>')
    p.wait('Sök patient:')
    who.write(typed)
    p.wait(number)
    p.wait(ONE_HIT)
    who.key('<Enter>')
    wait_chart(p, number)
    p.look(0.5)
    return who.done()


def note(p, home):
    """B10, from the open chart."""
    text = 'Mår bättre, äter själv. Åter om en vecka.'
    who = Novice(p, 'B10', 8, 'Skriv och signera en daganteckning')
    who.key('n')
    p.wait('▌ Daganteckning')
    who.key('<Enter>')
    p.wait('Aktuellt')
    who.write(text, free=True)
    who.key('<F2>')
    p.wait('F9 signerar')
    who.sign()
    said = who.done()
    check_note(home, OBERG[0], text)
    return said


def order(p, home):
    """B04, by the form."""
    who = Novice(p, 'B04', 22, 'har stukat foten. Ordinera Alvedon 1 g peroralt, en engångsdos nu, och signera')
    who.key('o')
    p.wait('Skriv det som ska ordineras')
    who.key('<F4>')
    p.wait(r'▌ Läkemedel\*')
    who.write('alvedon')
    for field, text in [('Dos', '1 g'), ('När', 'nu'), ('Ordinationsorsak', 'foten')]:
        while not re.match(rf'▌ {field}\b', row(p, p.cursor()[0])):
            who.key('<Tab>')
        who.write(text)
    p.wait('ordinationsorsak: foten')
    who.key('<F4>')
    p.wait('^ o  alvedon 1 g nu orsak foten$')  # the line says the same
    who.key('<F4>')
    who.key('<Enter>')
    p.wait('^ F9 signerar')
    who.sign()
    said = who.done()
    made = [m for m in home.find('MedicationRequest?patient=pat-0046&status=active')
            if m['reasonCode'][0].get('text') == 'foten']
    check(len(made) == 1 and made[0]['dosageInstruction'][0]['text'] == '2 tabletter (1 g) omedelbart, engångsdos',
          'not the order of the task')
    return said


def book(p, home):
    """B14, by what the booking line says can be written."""
    p.look(0.5)
    before = {b['id'] for b in home.find('Appointment?patient=pat-0055')}
    who = Novice(p, 'B14', 28, 'Boka ett återbesök hos läkare om tre veckor')
    who.key('b')
    p.wait('3v om tre veckor')
    for word in ('återbesök', '3v', 'läk'):
        who.write(word)
        p.press(*[' '] * (word != 'läk'))
    p.wait('förslag · Enter')
    p.wait('omkring tis 1 dec')
    who.key('<Enter>')
    p.wait('F4 bokar detta')
    p.look(0.4)
    who.key('<F4>')
    made = p.until(lambda: [b for b in home.find('Appointment?patient=pat-0055') if b['id'] not in before], 'a booking')
    said = who.done()
    check(len(made) == 1 and made[0]['status'] == 'booked' and '2026-11-28' <= made[0]['start'][:10] <= '2026-12-04',
          'not one booked time in three weeks')
    check(home.ask('GET', made[0]['slot'][0]['reference'])['status'] == 'busy', 'the time is still free')
    return said


def ward(home, a):
    with Person(home) as p:
        said = [log_in(p, '<Enter>', '19580805-2384')]
        check_login(home)
        said.append(find(p, 'Öppna journalen för Sven-Åke Öberg, född 1948', 'öberg 1948', OBERG[1]))
        check_opened(home, OBERG[0], 'SE2329999993-U5001')
        said.append(note(p, home))
        find(p, 'Jonas Lundgren, 44 år', 'jonas lundgren', '19821102-2390')
        said.append(order(p, home))
        quit(p)
    return ', '.join(said)


def clinic(home, a):
    with Person(home) as p:
        log_in(p, '2', 'Dagens bokningar')
        find(p, 'Gertrud Wester, 76 år', 'gertrud wester', '19500219-2382')
        said = book(p, home)
        quit(p)
    return said


if __name__ == '__main__':
    main({'ward': ward, 'clinic': clinic})
