# SPDX-License-Identifier: GPL-3.0-or-later
"""What HL7 Sweden's base profiles ask beside base R4 (hl7se.fhir.base 1.1.0, http://hl7.se/fhir/ig/base; CC0): slices,
patterns, cardinalities, bindings and extensions, one table for each kind of rule. The profiles say nothing of the form
of a number; the authorities that issue them do, and so does this. An identifier or an extension is judged wherever it
stands, in an author, an actor or a contained resource too, although only some resource types have a profile."""
import collections
import datetime
import re

IG = 'http://hl7.se/fhir/ig/base/'
V2_0203 = 'http://terminology.hl7.org/CodeSystem/v2-0203'
SNOMED = 'http://snomed.info/sct'
PNR = 'http://electronichealth.se/identifier/personnummer'
SNR = 'http://electronichealth.se/identifier/samordningsnummer'
NRID = 'http://electronichealth.se/identifier/nationelltReservnummer'
VGR_RESERVE = 'urn:oid:1.2.752.113.11.0.2.1.1.1'
HSA = 'urn:oid:1.2.752.29.4.19'
ORG_NUMBER = 'urn:oid:2.5.4.97'
PRESCRIBER, LICENCE = 'urn:oid:1.2.752.116.3.1.2', 'urn:oid:1.2.752.116.3.1.1'
HOSP, SOSNYK = 'urn:oid:1.2.752.116.3.1.3', 'urn:oid:1.2.752.116.1.3.6'
POSITION = 'urn:oid:1.2.759.129.2.2.1.4'  # so in the published package; HSA's own branch is 1.2.752
SECURITY, MARITAL = IG + 'CodeSystem/SecurityLabel', IG + 'CodeSystem/se-base-marital-status'


# ---- numbers -------------------------------------------------------------------------------------
def digit_sum(values, first):
    """Of the products with weights 2 and 1 by turns."""
    return sum(int(d) for i, v in enumerate(values) for d in str(v * (first if i % 2 == 0 else 3 - first)))


def check_digit(values, first=2):
    return str(-digit_sum(values, first) % 10)


def luhn(value):
    """The last digit is right for the nine before it; Västra Götaland's letters count as digits."""
    return check_digit([{'K': 5, 'M': 7, 'X': 8}.get(c) or int(c) for c in value[-10:-1]]) == value[-1]


def real(year, month, day):
    try:
        return bool(datetime.date(year, month, day))
    except ValueError:
        return False


def personnummer(value):
    m = re.fullmatch(r'((?:18|19|20)\d\d)(\d\d)(\d\d)(\d{3})\d', value)
    return bool(m) and real(int(m[1]), int(m[2]), int(m[3])) and m[4] != '000' and luhn(value)


def samordningsnummer(value):
    """Month 00 and day 60: that part of the birth date is not known."""
    m = re.fullmatch(r'(?:18|19|20)\d\d(\d\d)(\d\d)\d{4}', value)
    return bool(m) and int(m[1]) <= 12 and 60 <= int(m[2]) <= 91 and luhn(value)


def vgr_reserve(value):
    m = re.fullmatch(r'(\d{4})(\d\d)(\d\d)[KMX](\d\d)\d', value)
    return bool(m) and real(int(m[1]), int(m[2]), int(m[3])) and 6 <= int(m[4]) <= 89 and luhn(value)


def national_reserve(value):
    """Letters count with their ASCII codes. The profile's own example has a number of Västra Götaland in this slice."""
    letters = '[A-HJ-NPR-UX-Z]'
    if not re.fullmatch(rf'\d{{8}}{letters}{{2}}(?:\d|{letters})\d', value):
        return vgr_reserve(value)
    return check_digit([int(c) if c.isdigit() else ord(c) for c in value[-2::-1]]) == value[-1]


def form(pattern):
    return lambda value: bool(re.fullmatch(pattern, value))


Number = collections.namedtuple('Number', 'name right')
NUMBERS = {
    PNR: Number('personnummer', personnummer),
    SNR: Number('samordningsnummer', samordningsnummer),
    NRID: Number('nationellt reservnummer', national_reserve),
    VGR_RESERVE: Number('reservnummer of Västra Götaland', vgr_reserve),
    HSA: Number('HSA-id', form(r'SE\d{10}-[0-9A-Z]{1,18}')),
    ORG_NUMBER: Number('organisationsnummer', lambda v: bool(re.fullmatch(r'\d{10}', v)) and luhn(v)),
    PRESCRIBER: Number('förskrivarkod', form(r'\d{7,8}')),
    LICENCE: Number('legitimation', form(r'\d+')),
}
# The same numbers as other Swedish interfaces name them: read, but not what the base profiles say.
OTHER_NAMES = {
    'urn:oid:1.2.752.129.2.1.3.1': PNR,
    'urn:oid:1.2.752.129.2.1.3.3': SNR,
    'urn:oid:1.2.752.74.9.1': NRID,
    'urn:oid:1.2.752.129.2.1.4.1': HSA,
}
UNMISTAKABLE = (PNR, SNR, HSA)  # forms that nothing else has

# ---- rules of the profiles -----------------------------------------------------------------------
PROFILES = {IG + 'StructureDefinition/SEBase' + kind: kind for kind in
            ('Patient', 'Practitioner', 'PractitionerRole', 'Organization')}
# Element: systems (the discriminator of every slicing; open) of which at most one each.
SLICES = {
    'Patient.identifier': (PNR, SNR, NRID),
    'Practitioner.identifier': (HSA,),
    'PractitionerRole.identifier': (HSA,),
    'Organization.identifier': (HSA, ORG_NUMBER),
    'Practitioner.qualification.identifier': (PRESCRIBER, LICENCE),
    'Practitioner.qualification.code.coding': (HOSP, SOSNYK, SNOMED, POSITION),
    'PractitionerRole.code.coding': (SOSNYK, SNOMED, POSITION),
    'PractitionerRole.specialty.coding': (SOSNYK, SNOMED),
}
SLICE_TYPES = {HSA: (V2_0203, 'PRN'), ORG_NUMBER: (V2_0203, 'XX')}  # identifier.type, where it is given
MOST = {'Patient.name': 1, 'Practitioner.name': 1}
# Extension: where it may stand (name of the element), its value, the codes that are bound to it. At most one each.
Extension = collections.namedtuple('Extension', 'within value codes')
EXTENSIONS = {
    IG + 'StructureDefinition/SEBaseMiddleNameExtension': Extension(('name',), 'valueString', None),
    IG + 'StructureDefinition/SEBaseOwnFamilyExtension': Extension(('name',), 'valueString', None),
    IG + 'StructureDefinition/SEBaseAddressPersonExtension': Extension(('address',), 'valueCodeableConcept', {
        (SNOMED, code) for code in ('63391000052104', '63381000052101', '63401000052101', '63411000052104')}),
    'http://hl7.org/fhir/StructureDefinition/iso21090-EN-qualifier': Extension(('_given',), 'valueCode', {'CL'}),
}
# Whole code systems of the package, and extensible bindings: a bound code stands under its own system, and nothing of
# the package's systems beside the bound codes.
CODES = {SECURITY: ('sekretessmarkering', 'skyddadFolkbokforing'), MARITAL: ('G', 'OG', 'S', 'Ä', 'RP', 'SP', 'EP')}
BINDINGS = {
    'Patient.meta.security': {('http://terminology.hl7.org/CodeSystem/v3-ActCode', 'DEMO'),
                              *((SECURITY, code) for code in CODES[SECURITY])},
    'Patient.maritalStatus.coding': {*(('http://terminology.hl7.org/CodeSystem/v3-MaritalStatus', c) for c in 'MDWU'),
                                     *((MARITAL, c) for c in ('RP', 'SP', 'EP'))},
}


# ---- the checker ---------------------------------------------------------------------------------
def as_list(value):
    return value if isinstance(value, list) else [value]


class Check:
    def __init__(self, judged):
        self.issues = []
        self.judged = judged

    def wrong(self, path, text):
        self.issues.append(f'{path}: {text}')

    def node(self, obj, path):
        if 'resourceType' in obj:
            path = obj['resourceType']
        for name, value in obj.items():
            at, parts = f'{path}.{name}', [v for v in as_list(value) if isinstance(v, dict)]
            if len(parts) > MOST.get(at, len(parts)):
                self.wrong(at, f'{len(parts)}, at most {MOST[at]}')
            if at in SLICES:
                self.slices(parts, at)
            if at in BINDINGS:
                self.bound(parts, at)
            if name in ('extension', 'modifierExtension'):
                self.extensions(parts, path)
            for part in parts:
                self.identifier(part, at)
                self.code(part, at)
                self.node(part, at)
        for url in as_list(obj.get('meta', {}).get('profile', [])) if 'resourceType' in obj else []:
            if url.startswith(IG) and PROFILES.get(url) != obj['resourceType']:
                self.wrong(path, f'claims {url}')

    def slices(self, parts, path):
        for system in SLICES[path]:
            mine = [p for p in parts if p.get('system') == system]
            self.judged[f'{path} {system}'] += len(mine)
            if len(mine) > 1:
                self.wrong(path, f'{len(mine)} of {system}, at most one')
            for codings in (p['type'].get('coding', []) for p in mine if 'type' in p and system in SLICE_TYPES):
                if SLICE_TYPES[system] not in {(c.get('system'), c.get('code')) for c in codings}:
                    self.wrong(path, f'the type of {NUMBERS[system].name} is not {SLICE_TYPES[system][1]}')

    def identifier(self, part, path):
        system, value = part.get('system'), part.get('value')
        if system in OTHER_NAMES:
            self.wrong(path, f'system {system}; the base profiles have {OTHER_NAMES[system]}')
        elif system in NUMBERS:
            self.judged[NUMBERS[system].name] += 1
            if not isinstance(value, str) or not NUMBERS[system].right(value):
                self.wrong(path, f'{value} is no {NUMBERS[system].name}')
        elif isinstance(value, str) and system not in ('phone', 'fax', 'email', 'pager', 'url', 'sms', 'other'):
            for number in (NUMBERS[s] for s in UNMISTAKABLE if NUMBERS[s].right(value)):
                self.wrong(path, f'a {number.name} under the system {system}')

    def extensions(self, parts, path):
        for url, n in collections.Counter(p.get('url', '') for p in parts).items():
            rule = EXTENSIONS.get(url)
            if not rule and url.startswith(IG):
                self.wrong(path, f'no such extension: {url}')
            if not rule:
                continue
            self.judged[url.rsplit('/', 1)[1]] += n
            if n > 1:
                self.wrong(path, f'{n} of {url}, at most one')
            if path.rsplit('.', 1)[-1] not in rule.within:
                self.wrong(path, f'{url} stands in {rule.within[0]} only')
            for part in (p for p in parts if p.get('url') == url):
                self.extension_value(part, rule, path)

    def extension_value(self, part, rule, path):
        value = part.get(rule.value)
        if not value or set(part) - {'id', 'url', rule.value}:
            self.wrong(path, f'{part["url"]} has a {rule.value} and nothing else')
            return
        held = {(c.get('system'), c.get('code')) for c in value.get('coding', [])} if isinstance(value, dict) else {value}
        if rule.codes and not held & rule.codes:
            self.wrong(path, f'{part["url"]}: {sorted(map(str, held))} is none of its codes')

    def code(self, part, path):
        system, code = part.get('system'), part.get('code')
        if isinstance(system, str) and system.startswith(IG):
            self.judged[system.rsplit('/', 1)[1]] += 1
            if code not in CODES.get(system, ()):
                self.wrong(path, f'{system} has no code {code}')

    def bound(self, parts, path):
        for system, code in ((p.get('system', ''), p.get('code')) for p in parts):
            right = {s for s, c in BINDINGS[path] if c == code}
            if (right or system.startswith(IG)) and system not in right:
                self.wrong(path, f'{code} of {system}; bound is {", ".join(sorted(right)) or "another code"}')


def issues(resource, judged=None):
    """What is wrong, a line each. Counts in @judged how often there was something to judge."""
    check = Check(collections.Counter() if judged is None else judged)
    check.node(resource, '')
    return check.issues


def has_hsa_id(resource):
    return any(i.get('system') == HSA and NUMBERS[HSA].right(i.get('value', '')) for i in resource.get('identifier', []))


def staff_of(value):
    """Every staff member, assignment and unit that is referred to: an author by reference alone is named by theirs."""
    if isinstance(value, list):
        return [name for v in value for name in staff_of(v)]
    if not isinstance(value, dict):
        return []
    m = re.match(r'(?:Practitioner|PractitionerRole|Organization)/[^/]+', str(value.get('reference', '')))
    return ([m[0]] if m else []) + [name for v in value.values() for name in staff_of(v)]
