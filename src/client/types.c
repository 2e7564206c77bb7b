/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/internal.h"

static const ClientType types[] = {
    {"AllergyIntolerance", .patient = "patient", .search = "patient",
     .identifier = IDENTIFIER_LIST},
    {"Appointment", .patient = "participant", .search = "patient", .identifier = IDENTIFIER_LIST},
    {"CarePlan", .patient = "subject", .search = "patient", .identifier = IDENTIFIER_LIST},
    {"Communication", .patient = "subject", .search = "patient", .identifier = IDENTIFIER_LIST},
    {"Composition", .patient = "subject", .search = "patient", .identifier = IDENTIFIER_ONE},
    {"Condition", .patient = "subject", .search = "patient", .identifier = IDENTIFIER_LIST},
    {"DiagnosticReport", .patient = "subject", .search = "patient", .identifier = IDENTIFIER_LIST},
    {"DocumentReference", .patient = "subject", .search = "patient", .identifier = IDENTIFIER_LIST},
    {"Encounter", .patient = "subject", .search = "patient", .identifier = IDENTIFIER_LIST},
    {"Flag", .patient = "subject", .search = "patient", .identifier = IDENTIFIER_LIST},
    {"Immunization", .patient = "patient", .search = "patient", .identifier = IDENTIFIER_LIST},
    {"List", .patient = "subject", .search = "patient", .identifier = IDENTIFIER_LIST},
    {"MedicationAdministration", .patient = "subject", .search = "patient",
     .identifier = IDENTIFIER_LIST},
    {"MedicationRequest", .patient = "subject", .search = "patient", .identifier = IDENTIFIER_LIST},
    {"MedicationStatement", .patient = "subject", .search = "patient",
     .identifier = IDENTIFIER_LIST},
    {"Observation", .patient = "subject", .search = "patient", .identifier = IDENTIFIER_LIST},
    {"Patient", .patient = NULL, .search = "_id", .identifier = IDENTIFIER_LIST},
    {"Procedure", .patient = "subject", .search = "patient", .identifier = IDENTIFIER_LIST},
    {"Provenance", .patient = NULL, .search = "patient", .identifier = IDENTIFIER_NONE},
    {"QuestionnaireResponse", .patient = "subject", .search = "patient",
     .identifier = IDENTIFIER_ONE},
    {"ServiceRequest", .patient = "subject", .search = "patient", .identifier = IDENTIFIER_LIST},
    {"Task", .patient = "for", .search = "patient", .identifier = IDENTIFIER_LIST},
    {"CapabilityStatement", .open = TRUE},
    {"CodeSystem", .open = TRUE},
    {"HealthcareService", .open = TRUE, .identifier = IDENTIFIER_LIST},
    {"Location", .open = TRUE, .identifier = IDENTIFIER_LIST},
    {"Medication", .open = TRUE, .identifier = IDENTIFIER_LIST},
    {"MedicationKnowledge", .open = TRUE},
    {"Organization", .open = TRUE, .identifier = IDENTIFIER_LIST},
    {"Practitioner", .open = TRUE, .identifier = IDENTIFIER_LIST},
    {"PractitionerRole", .open = TRUE, .identifier = IDENTIFIER_LIST},
    {"Questionnaire", .open = TRUE, .identifier = IDENTIFIER_LIST},
    {"Schedule", .open = TRUE, .identifier = IDENTIFIER_LIST},
    {"Slot", .open = TRUE, .identifier = IDENTIFIER_LIST},
    {"ValueSet", .open = TRUE},
};
static const ClientType unknown = {"", .patient = "subject", .search = "patient"};

const ClientType *client_type(const char *type)
{
    for (guint i = 0; i < G_N_ELEMENTS(types); i++)
        if (g_str_equal(types[i].type, type))
            return &types[i];
    return &unknown;
}

#define SOMEBODY "" /* is named, and nobody can say whom: no patient has this id */

static char *patient_at(FhirNode node, const char *path)
{
    g_autofree char *type = NULL, *id = NULL;
    FhirNode who = fhir_at(node, path);
    if (!fhir_exists(who) || fhir_is(who, "reference", "#")) /* "#" is the resource itself: nobody */
        return NULL;
    if (!fhir_reference(node, path, &type, &id) || !type || !g_str_equal(type, "Patient"))
        return g_strdup(SOMEBODY);
    return g_steal_pointer(&id);
}

/* Staff, rooms and devices take part too: only who may be a patient counts. */
static char *actor(FhirNode node)
{
    g_autofree char *type = NULL, *id = NULL;
    gboolean read = fhir_reference(node, "actor", &type, &id) || fhir_reference_elsewhere(node, "actor", &type);
    if (read && !g_str_equal(type, "Patient"))
        return NULL;
    gboolean says_who = fhir_exists(fhir_at(node, "actor.reference")) || fhir_is(node, "actor.type", "Patient");
    return id ? g_steal_pointer(&id) : says_who ? g_strdup(SOMEBODY) : NULL;
}

/* An appointment names its patient among the participants; @wanted is preferred when it is there.
 */
static char *participant(const FhirResource *r, const char *wanted)
{
    char *found = NULL;
    for (FhirNode p = fhir_first(fhir_at(fhir_root(r), "participant")); fhir_exists(p);
         p = fhir_next(p)) {
        g_autofree char *id = actor(p);
        if (id && (!found || g_strcmp0(id, wanted) == 0)) {
            g_free(found);
            found = g_steal_pointer(&id);
        }
    }
    return found;
}

static char *named_patient(const FhirResource *r, const char *wanted)
{
    const ClientType *t = client_type(fhir_type(r));
    if (g_str_equal(fhir_type(r), "Patient"))
        return g_strdup(fhir_id(r));
    if (t->open || !t->patient)
        return NULL;
    if (g_str_equal(t->patient, "participant"))
        return participant(r, wanted);
    char *id = patient_at(fhir_root(r), t->patient);
    char *other = t == &unknown && (!id || !*id) ? patient_at(fhir_root(r), "patient") : NULL;
    if (!other)
        return id;
    g_free(id);
    return other;
}

char *client_patient_of(const FhirResource *r)
{
    return named_patient(r, NULL);
}

gboolean client_is_about(const FhirResource *r, const char *patient)
{
    g_autofree char *id = named_patient(r, patient);
    return !id || g_str_equal(id, patient);
}

static gboolean names_elsewhere(FhirNode node, const char *path)
{
    g_autofree char *type = NULL;
    return fhir_reference_elsewhere(node, path, &type) && g_str_equal(type, "Patient");
}

gboolean client_is_elsewhere(const FhirResource *r)
{
    const ClientType *t = client_type(fhir_type(r));
    FhirNode root = fhir_root(r);
    if (t->open || !t->patient)
        return FALSE;
    if (!g_str_equal(t->patient, "participant"))
        return names_elsewhere(root, t->patient) || (t == &unknown && names_elsewhere(root, "patient"));
    gboolean any = FALSE;
    for (FhirNode p = fhir_first(fhir_at(root, "participant")); fhir_exists(p); p = fhir_next(p))
        any = any || names_elsewhere(p, "actor");
    g_autofree char *here = any ? participant(r, NULL) : NULL;
    return any && (!here || !*here);
}
