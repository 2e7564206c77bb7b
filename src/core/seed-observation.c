/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/seed-internal.h"
#include <stdlib.h>
#include <string.h>

#define CATEGORY "http://terminology.hl7.org/CodeSystem/observation-category"

static const struct {
    const char *name, *loinc, *text, *unit, *ucum;
} vitals[] = {
    {"af", "9279-1", "Andningsfrekvens", "/min", "/min"},
    {"sat", "2708-6", "Syremättnad", "%", "%"},
    {"o2", "3151-8", "Syrgas, flöde", "l/min", "L/min"},
    {"puls", "8867-4", "Pulsfrekvens", "/min", "/min"},
    {"temp", "8310-5", "Kroppstemperatur", "°C", "Cel"},
    {"vikt", "29463-7", "Kroppsvikt", "kg", "kg"},
    {"längd", "8302-2", "Kroppslängd", "cm", "cm"},
    {"nrs", "72514-3", "Smärta (NRS)", "poäng", "{score}"},
    {"glu", "41653-7", "Kapillärt glukos", "mmol/L", "mmol/L"},
    {"pef", "33452-4", "PEF", "l/min", "L/min"},
    {"diures", "9192-6", "Urinmängd per dygn", "ml", "mL"},
};
/* Level of consciousness as NEWS2 counts it. */
static const struct {
    const char *letter, *code, *text;
} levels[] = {
    {"A", "LA9340-6", "A – alert"},
    {"C", NULL, "C – nytillkommen förvirring"},
    {"V", "LA17108-4", "V – reagerar på tilltal"},
    {"P", "LA17107-6", "P – reagerar på smärta"},
    {"U", "LA9343-0", "U – reagerar inte"},
};

static FhirBuild *start(SeedChart *c, const char *loinc, const char *text, const char *category)
{
    g_autofree char *id = seed_next_id(c, "obs");
    FhirBuild *b = seed_start(c, "Observation", id);
    fhir_b_string(b, "status", "final");
    fhir_b_array(b, "category");
    fhir_b_concept(b, NULL, CATEGORY, category, NULL, NULL);
    fhir_b_end(b);
    fhir_b_concept(b, "code", SEED_LOINC, loinc, NULL, text);
    seed_subject(c, b, "subject");
    return b;
}

static void b_where(SeedChart *c, FhirBuild *b, Instant when, const char *nurse)
{
    seed_b_encounter(c, b, when);
    fhir_b_instant(b, "effectiveDateTime", when);
    fhir_b_array(b, "performer");
    fhir_b_reference(b, NULL, "Practitioner", nurse, NULL);
    fhir_b_end(b);
}

static void b_pressure(FhirBuild *b, const char *loinc, const char *text, Decimal value)
{
    fhir_b_object(b, NULL);
    fhir_b_concept(b, "code", SEED_LOINC, loinc, NULL, text);
    fhir_b_quantity(b, "valueQuantity", value, "mmHg", "mm[Hg]");
    fhir_b_end(b);
}

/* "148~8/86~5" */
static gboolean add_pressure(SeedChart *c, const char *value, Instant when, const char *nurse,
                             GError **error)
{
    g_auto(GStrv) parts = g_strsplit(value, "/", 2);
    Decimal high, low;
    if (!parts[0] || !parts[1] || !seed_vary(c, "bt", parts[0], &high) ||
        !seed_vary(c, "bt", parts[1], &low))
        return FALSE;
    g_autoptr(FhirBuild) b = start(c, "85354-9", "Blodtryck", "vital-signs");
    b_where(c, b, when, nurse);
    fhir_b_array(b, "component");
    b_pressure(b, "8480-6", "Systoliskt blodtryck", high);
    b_pressure(b, "8462-4", "Diastoliskt blodtryck", low);
    fhir_b_end(b);
    g_autofree char *h = decimal_to_sv(high), *l = decimal_to_sv(low);
    seed_remember(c, "bt", when, g_strdup_printf("%s/%s", h, l));
    return seed_take(c, b, error);
}

static gboolean add_level(SeedChart *c, const char *letter, Instant when, const char *nurse,
                          GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(levels); i++) {
        if (strcmp(levels[i].letter, letter))
            continue;
        g_autoptr(FhirBuild) b = start(c, "67775-7", "Medvetandegrad (ACVPU)", "vital-signs");
        b_where(c, b, when, nurse);
        fhir_b_concept(b, "valueCodeableConcept", levels[i].code ? SEED_LOINC : NULL,
                       levels[i].code, NULL, levels[i].text);
        return seed_take(c, b, error);
    }
    return FALSE;
}

/* "=": the patient's weight; "=+2": two kilos more. */
static gboolean weight(const SeedChart *c, const char *text, Decimal *ret)
{
    Decimal more = decimal_from_int(0);
    if (text[1] && !decimal_parse(text[1] == '+' ? text + 2 : text + 1, &more))
        return FALSE;
    *ret = decimal_add(c->weight, more);
    return TRUE;
}

static gboolean add_vital(SeedChart *c, const char *name, const char *text, Instant when,
                          const char *nurse, GError **error)
{
    Decimal value;
    if (!strcmp(name, "bt"))
        return add_pressure(c, text, when, nurse, error);
    if (!strcmp(name, "med"))
        return add_level(c, text, when, nurse, error);
    for (guint i = 0; i < G_N_ELEMENTS(vitals); i++) {
        if (strcmp(vitals[i].name, name))
            continue;
        if (!(*text == '=' ? weight(c, text, &value) : seed_vary(c, name, text, &value)))
            return FALSE;
        if (!strcmp(name, "sat") && decimal_compare(value, decimal_from_int(100)) > 0)
            value = decimal_from_int(100);
        g_autoptr(FhirBuild) b = start(c, vitals[i].loinc, vitals[i].text, "vital-signs");
        b_where(c, b, when, nurse);
        fhir_b_quantity(b, "valueQuantity", value, vitals[i].unit, vitals[i].ucum);
        seed_remember(c, name, when, decimal_to_sv(value));
        return seed_take(c, b, error);
    }
    return FALSE;
}

/* värden | -3d 14:20 | af 26~2 sat 89~1 o2 2 bt 148~8/86~5 puls 108~6 temp 37.4~0.2 med A [| usk]
 */
gboolean seed_vitals(SeedChart *c, const SeedLine *l, GError **error)
{
    SeedTime when;
    if (!seed_time(c, l, seed_field(l, 1), &when, error))
        return FALSE;
    const SeedContact *contact = seed_contact_at(c, when.instant);
    const char *unit = contact ? contact->unit : c->unit;
    const char *nurse = seed_author(c, l, *seed_field(l, 3) ? seed_field(l, 3) : "ssk", unit);
    if (!nurse)
        return seed_complain(l, error, "nobody at %s can have measured this", unit);
    g_auto(GStrv) words = g_strsplit_set(seed_field(l, 2), " ", -1);
    for (guint i = 0; words[i] && words[i + 1]; i += 2) {
        if (!add_vital(c, words[i], words[i + 1], when.instant, nurse, error))
            return error && *error ? FALSE
                                   : seed_complain(l, error, "\"%s %s\" is no measurement",
                                                   words[i], words[i + 1]);
    }
    /* Who measures a whole set writes down that the patient breathes air; NEWS2 never assumes it. */
    const char *const *set = (const char *const *)words;
    if (g_strv_contains(set, "sat") && g_strv_contains(set, "med") && !g_strv_contains(set, "o2"))
        return add_vital(c, "o2", "0", when.instant, nurse, error);
    return TRUE;
}
