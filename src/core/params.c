/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/params.h"

#include "core/timeline.h"

#include <string.h>

#define RW TYPE_WRITABLE
#define PAT (TYPE_PATIENT | TYPE_WRITABLE)

const TypeDef TYPES[] = {
    {"AllergyIntolerance", PAT, "patient"},
    {"Appointment", PAT, "patient"},
    {"AuditEvent", PAT, NULL},
    {"Basic", PAT, "patient"},
    {"Binary", PAT, NULL},
    {"CareTeam", PAT, "patient"},
    {"Communication", PAT, "patient"},
    {"Composition", PAT, "patient"},
    {"Condition", PAT, "patient"},
    {"Consent", PAT, "patient"},
    {"DiagnosticReport", PAT, "patient"},
    {"DocumentReference", PAT, "patient"},
    {"Encounter", PAT, "patient"},
    {"Flag", PAT, "patient"},
    {"List", PAT, "patient"},
    {"Location", RW, NULL},
    {"Medication", RW, NULL},
    {"MedicationAdministration", PAT, "patient"},
    {"MedicationRequest", PAT, "patient"},
    {"Observation", PAT, "patient"},
    {"Organization", RW, NULL},
    {"Patient", PAT, NULL},
    {"Practitioner", RW, NULL},
    {"PractitionerRole", RW, NULL},
    {"Procedure", PAT, "patient"},
    {"Provenance", PAT, "patient"},
    {"Questionnaire", RW, NULL},
    {"Schedule", RW, NULL},
    {"ServiceRequest", PAT, "patient"},
    {"Slot", RW, NULL},
    {"Task", PAT, "patient"},
};
const guint N_TYPES = G_N_ELEMENTS(TYPES);

#define IDENTIFIER(t) {t, "identifier", SHAPE_IDENTIFIER, "identifier[]", NULL}
#define STATUS(t) {t, "status", SHAPE_CODE, "status", NULL}
#define CODE(t) {t, "code", SHAPE_CONCEPT, "code", NULL}
#define SUBJECT(t)                                                    \
    {t, "patient", SHAPE_REFERENCE, "subject", "Patient"},            \
    {t, "subject", SHAPE_REFERENCE, "subject", NULL}
#define ENCOUNTER(t) {t, "encounter", SHAPE_REFERENCE, "encounter", NULL}

/* Grouped by type; the order of the rows is the index's numbering (see params_fingerprint). */
const ParamDef PARAMS[] = {
    IDENTIFIER("AllergyIntolerance"),
    {"AllergyIntolerance", "patient", SHAPE_REFERENCE, "patient", "Patient"},
    CODE("AllergyIntolerance"),
    {"AllergyIntolerance", "clinical-status", SHAPE_CONCEPT, "clinicalStatus", NULL},
    {"AllergyIntolerance", "verification-status", SHAPE_CONCEPT, "verificationStatus", NULL},
    {"AllergyIntolerance", "criticality", SHAPE_CODE, "criticality", NULL},
    {"AllergyIntolerance", "date", SHAPE_TIME, "recordedDate", NULL},

    IDENTIFIER("Appointment"),
    STATUS("Appointment"),
    {"Appointment", "date", SHAPE_TIME, "start", NULL},
    {"Appointment", "patient", SHAPE_REFERENCE, "participant[].actor", "Patient"},
    {"Appointment", "practitioner", SHAPE_REFERENCE, "participant[].actor", "Practitioner"},
    {"Appointment", "location", SHAPE_REFERENCE, "participant[].actor", "Location"},
    {"Appointment", "actor", SHAPE_REFERENCE, "participant[].actor", NULL},
    {"Appointment", "slot", SHAPE_REFERENCE, "slot[]", NULL},
    {"Appointment", "service-type", SHAPE_CONCEPT, "serviceType[]", NULL},
    {"Appointment", "appointment-type", SHAPE_CONCEPT, "appointmentType", NULL},

    {"AuditEvent", "date", SHAPE_TIME, "recorded", NULL},
    {"AuditEvent", "agent", SHAPE_REFERENCE, "agent[].who", NULL},
    {"AuditEvent", "patient", SHAPE_REFERENCE, "agent[].who|entity[].what", "Patient"},
    {"AuditEvent", "entity", SHAPE_REFERENCE, "entity[].what", NULL},
    {"AuditEvent", "type", SHAPE_CODING, "type", NULL},
    {"AuditEvent", "action", SHAPE_CODE, "action", NULL},

    IDENTIFIER("Basic"),
    CODE("Basic"),
    SUBJECT("Basic"),
    {"Basic", "author", SHAPE_REFERENCE, "author", NULL},
    {"Basic", "created", SHAPE_TIME, "created", NULL},

    IDENTIFIER("CareTeam"),
    STATUS("CareTeam"),
    SUBJECT("CareTeam"),
    ENCOUNTER("CareTeam"),
    {"CareTeam", "participant", SHAPE_REFERENCE, "participant[].member", NULL},
    {"CareTeam", "category", SHAPE_CONCEPT, "category[]", NULL},

    IDENTIFIER("Communication"),
    STATUS("Communication"),
    SUBJECT("Communication"),
    ENCOUNTER("Communication"),
    {"Communication", "category", SHAPE_CONCEPT, "category[]", NULL},
    {"Communication", "recipient", SHAPE_REFERENCE, "recipient[]", NULL},
    {"Communication", "sender", SHAPE_REFERENCE, "sender", NULL},
    {"Communication", "sent", SHAPE_TIME, "sent", NULL},

    IDENTIFIER("Composition"),
    STATUS("Composition"),
    SUBJECT("Composition"),
    ENCOUNTER("Composition"),
    {"Composition", "type", SHAPE_CONCEPT, "type", NULL},
    {"Composition", "date", SHAPE_TIME, "date", NULL},
    {"Composition", "author", SHAPE_REFERENCE, "author[]", NULL},

    IDENTIFIER("Condition"),
    CODE("Condition"),
    SUBJECT("Condition"),
    ENCOUNTER("Condition"),
    {"Condition", "category", SHAPE_CONCEPT, "category[]", NULL},
    {"Condition", "clinical-status", SHAPE_CONCEPT, "clinicalStatus", NULL},
    {"Condition", "verification-status", SHAPE_CONCEPT, "verificationStatus", NULL},
    {"Condition", "onset-date", SHAPE_TIME, "onset[x]", NULL},
    {"Condition", "recorded-date", SHAPE_TIME, "recordedDate", NULL},

    IDENTIFIER("Consent"),
    STATUS("Consent"),
    {"Consent", "patient", SHAPE_REFERENCE, "patient", "Patient"},
    {"Consent", "date", SHAPE_TIME, "dateTime", NULL},
    {"Consent", "scope", SHAPE_CONCEPT, "scope", NULL},
    {"Consent", "category", SHAPE_CONCEPT, "category[]", NULL},
    {"Consent", "period", SHAPE_TIME, "provision.period", NULL},

    IDENTIFIER("DiagnosticReport"),
    STATUS("DiagnosticReport"),
    CODE("DiagnosticReport"),
    SUBJECT("DiagnosticReport"),
    ENCOUNTER("DiagnosticReport"),
    {"DiagnosticReport", "category", SHAPE_CONCEPT, "category[]", NULL},
    {"DiagnosticReport", "date", SHAPE_TIME, "effective[x]", NULL},
    {"DiagnosticReport", "issued", SHAPE_TIME, "issued", NULL},
    {"DiagnosticReport", "based-on", SHAPE_REFERENCE, "basedOn[]", NULL},
    {"DiagnosticReport", "result", SHAPE_REFERENCE, "result[]", NULL},

    {"DocumentReference", "identifier", SHAPE_IDENTIFIER, "identifier[]|masterIdentifier", NULL},
    STATUS("DocumentReference"),
    {"DocumentReference", "docstatus", SHAPE_CODE, "docStatus", NULL},
    {"DocumentReference", "type", SHAPE_CONCEPT, "type", NULL},
    {"DocumentReference", "category", SHAPE_CONCEPT, "category[]", NULL},
    SUBJECT("DocumentReference"),
    {"DocumentReference", "date", SHAPE_TIME, "date", NULL},
    {"DocumentReference", "period", SHAPE_TIME, "context.period", NULL},
    {"DocumentReference", "author", SHAPE_REFERENCE, "author[]", NULL},
    {"DocumentReference", "authenticator", SHAPE_REFERENCE, "authenticator", NULL},
    {"DocumentReference", "custodian", SHAPE_REFERENCE, "custodian", NULL},
    {"DocumentReference", "encounter", SHAPE_REFERENCE, "context.encounter[]", NULL},
    {"DocumentReference", "relatesto", SHAPE_REFERENCE, "relatesTo[].target", NULL},

    IDENTIFIER("Encounter"),
    STATUS("Encounter"),
    {"Encounter", "class", SHAPE_CODING, "class", NULL},
    {"Encounter", "type", SHAPE_CONCEPT, "type[]", NULL},
    SUBJECT("Encounter"),
    {"Encounter", "date", SHAPE_TIME, "period", NULL},
    {"Encounter", "location", SHAPE_REFERENCE, "location[].location", NULL},
    {"Encounter", "service-provider", SHAPE_REFERENCE, "serviceProvider", NULL},
    {"Encounter", "participant", SHAPE_REFERENCE, "participant[].individual", NULL},
    {"Encounter", "practitioner", SHAPE_REFERENCE, "participant[].individual", "Practitioner"},
    {"Encounter", "appointment", SHAPE_REFERENCE, "appointment[]", NULL},

    IDENTIFIER("Flag"),
    {"Flag", "status", SHAPE_CODE, "status", NULL},
    {"Flag", "code", SHAPE_CONCEPT, "code", NULL},
    {"Flag", "category", SHAPE_CONCEPT, "category[]", NULL},
    SUBJECT("Flag"),
    {"Flag", "date", SHAPE_TIME, "period", NULL},
    ENCOUNTER("Flag"),

    IDENTIFIER("List"),
    STATUS("List"),
    CODE("List"),
    SUBJECT("List"),
    {"List", "source", SHAPE_REFERENCE, "source", NULL},
    {"List", "date", SHAPE_TIME, "date", NULL},
    {"List", "item", SHAPE_REFERENCE, "entry[].item", NULL},
    {"List", "title", SHAPE_TEXT, "title", NULL},

    IDENTIFIER("Location"),
    STATUS("Location"),
    {"Location", "name", SHAPE_WORDS, "name|alias[]", NULL},
    {"Location", "type", SHAPE_CONCEPT, "type[]", NULL},
    {"Location", "organization", SHAPE_REFERENCE, "managingOrganization", NULL},
    {"Location", "partof", SHAPE_REFERENCE, "partOf", NULL},

    IDENTIFIER("Medication"),
    STATUS("Medication"),
    CODE("Medication"),
    {"Medication", "form", SHAPE_CONCEPT, "form", NULL},

    IDENTIFIER("MedicationAdministration"),
    STATUS("MedicationAdministration"),
    {"MedicationAdministration", "code", SHAPE_CONCEPT, "medicationCodeableConcept", NULL},
    SUBJECT("MedicationAdministration"),
    {"MedicationAdministration", "context", SHAPE_REFERENCE, "context", NULL},
    {"MedicationAdministration", "request", SHAPE_REFERENCE, "request", NULL},
    {"MedicationAdministration", "effective-time", SHAPE_TIME, "effective[x]", NULL},
    {"MedicationAdministration", "performer", SHAPE_REFERENCE, "performer[].actor", NULL},

    IDENTIFIER("MedicationRequest"),
    STATUS("MedicationRequest"),
    {"MedicationRequest", "intent", SHAPE_CODE, "intent", NULL},
    {"MedicationRequest", "category", SHAPE_CONCEPT, "category[]", NULL},
    {"MedicationRequest", "code", SHAPE_CONCEPT, "medicationCodeableConcept", NULL},
    {"MedicationRequest", "medication", SHAPE_REFERENCE, "medicationReference", NULL},
    SUBJECT("MedicationRequest"),
    ENCOUNTER("MedicationRequest"),
    {"MedicationRequest", "authoredon", SHAPE_TIME, "authoredOn", NULL},
    {"MedicationRequest", "requester", SHAPE_REFERENCE, "requester", NULL},
    {"MedicationRequest", "date", SHAPE_TIME, "dosageInstruction[].timing.event[]", NULL},

    IDENTIFIER("Observation"),
    STATUS("Observation"),
    CODE("Observation"),
    {"Observation", "category", SHAPE_CONCEPT, "category[]", NULL},
    SUBJECT("Observation"),
    ENCOUNTER("Observation"),
    {"Observation", "date", SHAPE_TIME, "effective[x]", NULL},
    {"Observation", "performer", SHAPE_REFERENCE, "performer[]", NULL},
    {"Observation", "based-on", SHAPE_REFERENCE, "basedOn[]", NULL},
    {"Observation", "has-member", SHAPE_REFERENCE, "hasMember[]", NULL},
    {"Observation", "component-code", SHAPE_CONCEPT, "component[].code", NULL},

    IDENTIFIER("Organization"),
    {"Organization", "active", SHAPE_CODE, "active", NULL},
    {"Organization", "name", SHAPE_WORDS, "name|alias[]", NULL},
    {"Organization", "type", SHAPE_CONCEPT, "type[]", NULL},
    {"Organization", "partof", SHAPE_REFERENCE, "partOf", NULL},

    {"Patient", "identifier", SHAPE_IDENTIFIER, "identifier[]", NULL},
    {"Patient", "identifier-tail", SHAPE_TAIL, "identifier[].value", NULL},
    {"Patient", "active", SHAPE_CODE, "active", NULL},
    {"Patient", "name", SHAPE_WORDS,
     "name[].family|name[].given[]|name[].text|name[].prefix[]|name[].suffix[]", NULL},
    {"Patient", "family", SHAPE_WORDS, "name[].family", NULL},
    {"Patient", "given", SHAPE_WORDS, "name[].given[]", NULL},
    {"Patient", "birthdate", SHAPE_TIME, "birthDate", NULL},
    {"Patient", "gender", SHAPE_CODE, "gender", NULL},
    {"Patient", "deceased", SHAPE_CODE, "deceasedBoolean", NULL},
    {"Patient", "telecom", SHAPE_IDENTIFIER, "telecom[]", NULL},
    {"Patient", "address", SHAPE_WORDS,
     "address[].text|address[].line[]|address[].city|address[].postalCode", NULL},
    {"Patient", "address-city", SHAPE_TEXT, "address[].city", NULL},
    {"Patient", "address-postalcode", SHAPE_TEXT, "address[].postalCode", NULL},
    {"Patient", "general-practitioner", SHAPE_REFERENCE, "generalPractitioner[]", NULL},
    {"Patient", "organization", SHAPE_REFERENCE, "managingOrganization", NULL},

    IDENTIFIER("Practitioner"),
    {"Practitioner", "active", SHAPE_CODE, "active", NULL},
    {"Practitioner", "name", SHAPE_WORDS, "name[].family|name[].given[]|name[].text", NULL},
    {"Practitioner", "family", SHAPE_WORDS, "name[].family", NULL},
    {"Practitioner", "given", SHAPE_WORDS, "name[].given[]", NULL},

    IDENTIFIER("PractitionerRole"),
    {"PractitionerRole", "active", SHAPE_CODE, "active", NULL},
    {"PractitionerRole", "practitioner", SHAPE_REFERENCE, "practitioner", NULL},
    {"PractitionerRole", "organization", SHAPE_REFERENCE, "organization", NULL},
    {"PractitionerRole", "location", SHAPE_REFERENCE, "location[]", NULL},
    {"PractitionerRole", "role", SHAPE_CONCEPT, "code[]", NULL},
    {"PractitionerRole", "specialty", SHAPE_CONCEPT, "specialty[]", NULL},

    IDENTIFIER("Procedure"),
    STATUS("Procedure"),
    CODE("Procedure"),
    SUBJECT("Procedure"),
    ENCOUNTER("Procedure"),
    {"Procedure", "date", SHAPE_TIME, "performed[x]", NULL},

    {"Provenance", "target", SHAPE_REFERENCE, "target[]", NULL},
    {"Provenance", "patient", SHAPE_REFERENCE, "target[]", "Patient"},
    {"Provenance", "agent", SHAPE_REFERENCE, "agent[].who", NULL},
    {"Provenance", "recorded", SHAPE_TIME, "recorded", NULL},

    IDENTIFIER("Questionnaire"),
    STATUS("Questionnaire"),
    {"Questionnaire", "name", SHAPE_TEXT, "name", NULL},
    {"Questionnaire", "title", SHAPE_TEXT, "title", NULL},
    {"Questionnaire", "url", SHAPE_CODE, "url", NULL},

    IDENTIFIER("Schedule"),
    {"Schedule", "active", SHAPE_CODE, "active", NULL},
    {"Schedule", "actor", SHAPE_REFERENCE, "actor[]", NULL},
    {"Schedule", "date", SHAPE_TIME, "planningHorizon", NULL},
    {"Schedule", "service-type", SHAPE_CONCEPT, "serviceType[]", NULL},
    {"Schedule", "specialty", SHAPE_CONCEPT, "specialty[]", NULL},

    IDENTIFIER("ServiceRequest"),
    STATUS("ServiceRequest"),
    {"ServiceRequest", "intent", SHAPE_CODE, "intent", NULL},
    CODE("ServiceRequest"),
    {"ServiceRequest", "category", SHAPE_CONCEPT, "category[]", NULL},
    SUBJECT("ServiceRequest"),
    ENCOUNTER("ServiceRequest"),
    {"ServiceRequest", "authored", SHAPE_TIME, "authoredOn", NULL},
    {"ServiceRequest", "occurrence", SHAPE_TIME, "occurrence[x]", NULL},
    {"ServiceRequest", "requester", SHAPE_REFERENCE, "requester", NULL},
    {"ServiceRequest", "performer", SHAPE_REFERENCE, "performer[]", NULL},

    IDENTIFIER("Slot"),
    STATUS("Slot"),
    {"Slot", "schedule", SHAPE_REFERENCE, "schedule", NULL},
    {"Slot", "start", SHAPE_TIME, "start", NULL},
    {"Slot", "service-type", SHAPE_CONCEPT, "serviceType[]", NULL},
    {"Slot", "appointment-type", SHAPE_CONCEPT, "appointmentType", NULL},

    IDENTIFIER("Task"),
    STATUS("Task"),
    {"Task", "intent", SHAPE_CODE, "intent", NULL},
    CODE("Task"),
    {"Task", "patient", SHAPE_REFERENCE, "for", "Patient"},
    {"Task", "subject", SHAPE_REFERENCE, "for", NULL},
    ENCOUNTER("Task"),
    {"Task", "owner", SHAPE_REFERENCE, "owner", NULL},
    {"Task", "requester", SHAPE_REFERENCE, "requester", NULL},
    {"Task", "focus", SHAPE_REFERENCE, "focus", NULL},
    {"Task", "based-on", SHAPE_REFERENCE, "basedOn[]", NULL},
    {"Task", "authored-on", SHAPE_TIME, "authoredOn", NULL},
    {"Task", "modified", SHAPE_TIME, "lastModified", NULL},
    {"Task", "period", SHAPE_TIME, "executionPeriod", NULL},
    {"Task", "business-status", SHAPE_CONCEPT, "businessStatus", NULL},
};
const guint N_PARAMS = G_N_ELEMENTS(PARAMS);

static const struct {
    ParamKind kind;
    const char *name;
} SHAPES[] = {
    [SHAPE_CODE] = {PARAM_TOKEN, "token"},       [SHAPE_CONCEPT] = {PARAM_TOKEN, "token"},
    [SHAPE_CODING] = {PARAM_TOKEN, "token"},     [SHAPE_IDENTIFIER] = {PARAM_TOKEN, "token"},
    [SHAPE_TEXT] = {PARAM_STRING, "string"},     [SHAPE_WORDS] = {PARAM_STRING, "string"},
    [SHAPE_TAIL] = {PARAM_STRING, "string"},     [SHAPE_TIME] = {PARAM_DATE, "date"},
    [SHAPE_REFERENCE] = {PARAM_REFERENCE, "reference"},
};

const TypeDef *type_def(const char *name)
{
    for (guint i = 0; i < N_TYPES; i++)
        if (g_str_equal(TYPES[i].name, name))
            return &TYPES[i];
    return NULL;
}

const ParamDef *params_of(const char *type, guint *ret_count)
{
    guint first = 0, end;
    while (first < N_PARAMS && !g_str_equal(PARAMS[first].type, type))
        first++;
    for (end = first; end < N_PARAMS && g_str_equal(PARAMS[end].type, type); end++)
        ;
    *ret_count = end - first;
    return PARAMS + first;
}

const ParamDef *param_def(const char *type, const char *name)
{
    guint n;
    const ParamDef *defs = params_of(type, &n);
    for (guint i = 0; i < n; i++)
        if (g_str_equal(defs[i].name, name))
            return &defs[i];
    return NULL;
}

guint param_id(const ParamDef *def)
{
    return (guint)(def - PARAMS);
}

ParamKind param_kind(const ParamDef *def)
{
    return SHAPES[def->shape].kind;
}

const char *param_kind_name(const ParamDef *def)
{
    return SHAPES[def->shape].name;
}

char *params_fingerprint(void)
{
    g_autoptr(GChecksum) sum = g_checksum_new(G_CHECKSUM_SHA256);
    for (guint i = 0; i < N_PARAMS; i++) {
        g_autofree char *row =
            g_strdup_printf("%s %s %u %s %s\n", PARAMS[i].type, PARAMS[i].name, PARAMS[i].shape,
                            PARAMS[i].paths, PARAMS[i].target ? PARAMS[i].target : "");
        g_checksum_update(sum, (const guchar *)row, -1);
    }
    g_checksum_update(sum, (const guchar *)timeline_fingerprint(), -1);
    return g_strdup(g_checksum_get_string(sum));
}
