/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/seed-internal.h"
#include <string.h>

#define ALLERGY_CLINICAL "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
#define ALLERGY_VERIFY   "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"
#define ALLERGY_GRADE    "urn:rond:allergy-severity"

/* Kv allvarlighetsgrad, in SNOMED CT; how bad the reaction was, in FHIR's words. */
static const struct {
    const char *word, *concept, *reaction;
} grades[] = {
    {"livshotande", "442452003", "severe"},
    {"skadlig", "59021000052107", "moderate"},
    {"besvärande", "59031000052109", "mild"},
};

static guint grade_of(const char *word)
{
    guint g = 0;
    while (g + 1 < G_N_ELEMENTS(grades) && strcmp(grades[g].word, word))
        g++;
    return g;
}

static void b_grade(FhirBuild *b, guint grade)
{
    fhir_b_array(b, "extension");
    fhir_b_object(b, NULL);
    fhir_b_string(b, "url", ALLERGY_GRADE);
    fhir_b_concept(b, "valueCodeableConcept", SEED_SNOMED, grades[grade].concept, NULL, grades[grade].word);
    fhir_b_end(b);
    fhir_b_end(b);
}

/* överkänslighet | penicillin V | J01CE02 | anafylaxi | livshotande | bekräftad | -12å
 * överkänslighet | ingen */
gboolean seed_allergy(SeedChart *c, const SeedLine *l, GError **error)
{
    const char *substance = seed_field(l, 1), *code = seed_field(l, 2),
               *severity = seed_field(l, 4);
    gboolean none = !strcmp(substance, "ingen"), fatal = !strcmp(severity, "livshotande");
    SeedTime onset;
    if (!none && !seed_time(c, l, seed_field(l, 6), &onset, error))
        return FALSE;
    if (none && g_hash_table_contains(c->counts, "alg")) /* an earlier line gave one */
        return TRUE;
    if (!g_hash_table_add(c->seen, (gpointer)substance))
        return TRUE;
    g_autofree char *id = seed_next_id(c, "alg");
    g_autoptr(FhirBuild) b = seed_start(c, "AllergyIntolerance", id);
    if (!none)
        b_grade(b, grade_of(severity));
    fhir_b_concept(b, "clinicalStatus", ALLERGY_CLINICAL, "active", NULL, NULL);
    fhir_b_concept(b, "verificationStatus", ALLERGY_VERIFY,
                   !strcmp(seed_field(l, 5), "misstänkt") ? "unconfirmed" : "confirmed", NULL,
                   NULL);
    if (none) {
        fhir_b_concept(b, "code", SEED_SNOMED, "716186003", NULL, "Ingen känd överkänslighet");
    } else {
        fhir_b_string(b, "type", "allergy");
        fhir_b_array(b, "category");
        fhir_b_string(b, NULL, *code ? "medication" : "food");
        fhir_b_end(b);
        fhir_b_string(b, "criticality", fatal ? "high" : "low");
        fhir_b_concept(b, "code", *code ? SEED_ATC : NULL, *code ? code : NULL, NULL, substance);
    }
    seed_subject(c, b, "patient");
    if (!none) {
        seed_b_as_known(b, "onsetDateTime", &onset);
        seed_b_staff(c, b, "recorder", c->pal);
        fhir_b_array(b, "reaction");
        fhir_b_object(b, NULL);
        fhir_b_array(b, "manifestation");
        fhir_b_concept(b, NULL, NULL, NULL, NULL, seed_field(l, 3));
        fhir_b_end(b);
        fhir_b_string(b, "severity", grades[grade_of(severity)].reaction);
        fhir_b_end(b);
        fhir_b_end(b);
    }
    return seed_take(c, b, error);
}

static const struct {
    const char *code, *text;
} alert_groups[] = {
    {"A1", "Medicinskt tillstånd"},
    {"A2", "Behandling"},
    {"A3", "Transplantat"},
    {"A4", "Implantat"},
    {"B1", "Smittämne"},
    {"B2", "Smittsam sjukdom"},
    {"C1", "Överkänslighet, tillstånd"},
    {"C2", "Överkänslighet, aktiv substans"},
    {"C3", "Överkänslighet, hjälpämne"},
    {"C4", "Överkänslighet, läkemedelsprodukt"},
    {"D1", "Särskild vårdrutin, information"},
    {"D2", "Särskild vårdrutin, beslut"},
    {"E", "Ej strukturanpassad uppmärksamhetsinformation"},
};

/* signal | A2 | Antikoagulantiabehandling (apixaban) | -3å */
gboolean seed_flag(SeedChart *c, const SeedLine *l, GError **error)
{
    SeedTime from;
    guint g = 0;
    while (g < G_N_ELEMENTS(alert_groups) && strcmp(alert_groups[g].code, seed_field(l, 1)))
        g++;
    if (g == G_N_ELEMENTS(alert_groups))
        return seed_complain(l, error, "no alert group %s", seed_field(l, 1));
    if (!seed_time(c, l, seed_field(l, 3), &from, error))
        return FALSE;
    if (!g_hash_table_add(c->seen, (gpointer)seed_field(l, 2)))
        return TRUE;
    g_autofree char *id = seed_next_id(c, "flag");
    g_autoptr(FhirBuild) b = seed_start(c, "Flag", id);
    fhir_b_string(b, "status", "active");
    fhir_b_array(b, "category");
    fhir_b_concept(b, NULL, SEED_ALERT_GROUP, alert_groups[g].code, alert_groups[g].text, NULL);
    fhir_b_end(b);
    fhir_b_concept(b, "code", NULL, NULL, NULL, seed_field(l, 2));
    seed_subject(c, b, "subject");
    fhir_b_object(b, "period");
    seed_b_as_known(b, "start", &from);
    fhir_b_end(b);
    seed_b_staff(c, b, "author", c->pal);
    return seed_take(c, b, error);
}
