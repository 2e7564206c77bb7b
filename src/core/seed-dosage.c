/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/seed-dose.h"
#include "core/seed-internal.h"
#include <stdlib.h>
#include <string.h>

/* First word of the form → route. */
static const struct {
    const char *form, *route, *code;
} routes[] = {
    {"injektionsvätska sc", "subkutan", "34206005"},
    {"förfylld", "subkutan", "34206005"},
    {"injektionsvätska im", "intramuskulär", "78421000"},
    {"injektionsvätska", "intravenös", "47625008"},
    {"pulver till i", "intravenös", "47625008"},
    {"infusion", "intravenös", "47625008"},
    {"inhalation", "inhalation", "447694001"},
    {"lösning för nebulisator", "inhalation", "447694001"},
    {"plåster", "transdermal", "45890007"},
    {"depotplåster", "transdermal", "45890007"},
    {"ögondroppar", "okulär", "54485002"},
    {"nässpray", "nasal", "46713006"},
    {"kräm", "kutan", "6064005"},
    {"suppositorium", "rektal", "37161004"},
    {"sublingual", "sublingual", "37839007"},
    {"resoriblett", "sublingual", "37839007"},
};

static void b_amount(FhirBuild *b, const Dose *d, Decimal low)
{
    const char *code = seed_dose_unit_code(d->unit);
    fhir_b_array(b, "doseAndRate");
    fhir_b_object(b, NULL);
    if (d->high.valid) {
        fhir_b_object(b, "doseRange");
        fhir_b_quantity(b, "low", low, d->unit, code);
        fhir_b_quantity(b, "high", d->high, d->unit, code);
        fhir_b_end(b);
    } else {
        fhir_b_quantity(b, "doseQuantity", low, d->unit, code);
    }
    if (d->kind == INFUSION)
        fhir_b_quantity(b, "rateQuantity", decimal_div(low, decimal_from_int(d->period), 0),
                        "ml/tim", "mL/h");
    fhir_b_end(b);
    fhir_b_end(b);
}

static void b_strings(FhirBuild *b, const char *key, const char *const *values)
{
    fhir_b_array(b, key);
    for (; *values; values++)
        fhir_b_string(b, NULL, *values);
    fhir_b_end(b);
}

static void b_frequency(FhirBuild *b, int times, int period, const char *unit)
{
    fhir_b_int(b, "frequency", times);
    fhir_b_int(b, "period", period);
    fhir_b_string(b, "periodUnit", unit);
}

static void b_clock(FhirBuild *b, const char *clock)
{
    g_auto(GStrv) hours = g_strsplit(clock, ",", -1);
    fhir_b_array(b, "timeOfDay");
    for (char **h = hours; *h; h++) {
        g_autofree char *text = g_strdup_printf("%02d:00:00", (int)strtol(*h, NULL, 10));
        fhir_b_string(b, NULL, text);
    }
    fhir_b_end(b);
}

static void b_repeat(FhirBuild *b, const Dose *d, const char *when, int days)
{
    fhir_b_object(b, "timing");
    fhir_b_object(b, "repeat");
    if (days)
        fhir_b_quantity(b, "boundsDuration", decimal_from_int(days), "dagar", "d");
    if (d->kind == ONCE || d->kind == INFUSION)
        fhir_b_int(b, "count", 1);
    if (d->kind == INFUSION || d->minutes) {
        fhir_b_int(b, "duration", d->minutes ? d->minutes : d->period);
        fhir_b_string(b, "durationUnit", d->minutes ? "min" : "h");
    }
    if (d->kind == TIMES || d->kind == EVERY)
        b_frequency(b, d->kind == TIMES ? d->times : 1, d->period, d->period_unit);
    if (d->kind == SLOTS || d->kind == BEDTIME || d->kind == TAPER)
        b_frequency(b, 1, 1, "d");
    for (guint i = 0; d->kind == WEEKDAY && i < SEED_WEEKDAYS; i++)
        if (!strcmp(seed_weekdays[i].word, d->weekday))
            b_strings(b, "dayOfWeek", (const char *const[]){seed_weekdays[i].code, NULL});
    if (d->kind == CLOCK)
        b_clock(b, d->clock);
    if (when)
        b_strings(b, "when", (const char *const[]){when, NULL});
    fhir_b_end(b);
    fhir_b_end(b);
}

static void b_route(FhirBuild *b, const char *form)
{
    for (guint i = 0; i < G_N_ELEMENTS(routes); i++)
        if (g_str_has_prefix(form, routes[i].form)) {
            fhir_b_concept(b, "route", SEED_SNOMED, routes[i].code, NULL, routes[i].route);
            return;
        }
    fhir_b_concept(b, "route", SEED_SNOMED, "26643006", NULL, "oral");
}

typedef struct {
    const char *text, *form, *reason;
} DoseWords;

static void b_one(FhirBuild *b, const Dose *d, const DoseWords *w, int sequence, const char *when,
                  Decimal amount, int days)
{
    fhir_b_object(b, NULL);
    fhir_b_int(b, "sequence", sequence);
    fhir_b_string(b, "text", w->text);
    fhir_b_string(b, "patientInstruction", w->text);
    if (d->kind != FREE && (d->kind != PLAIN || days))
        b_repeat(b, d, when, days);
    if (d->prn) /* the reason is what it is needed for */
        fhir_b_concept(b, "asNeededCodeableConcept", NULL, NULL, NULL, w->reason);
    b_route(b, w->form);
    if (d->kind != FREE)
        b_amount(b, d, amount);
    if (d->max.valid) {
        fhir_b_object(b, "maxDosePerPeriod");
        fhir_b_quantity(b, "numerator", d->max, d->unit, seed_dose_unit_code(d->unit));
        fhir_b_quantity(b, "denominator", decimal_from_int(1), "dygn", "d");
        fhir_b_end(b);
    }
    fhir_b_end(b);
}

gboolean seed_b_dosage(FhirBuild *b, const SeedLine *l, const char *dose, const char *form,
                       const char *reason, GError **error)
{
    g_auto(GStrv) words = g_strsplit(dose, " ", -1);
    Dose d;
    if (!seed_dose_parse(words, &d))
        return seed_complain(l, error, "\"%s\" is no dose", dose);
    g_autofree char *text = seed_dose_text(dose);
    DoseWords w = {text, form, reason};
    fhir_b_array(b, "dosageInstruction");
    if (d.kind == SLOTS) {
        for (int i = 0; i < 4; i++)
            if (!decimal_is_zero(d.slot[i]))
                b_one(b, &d, &w, 1, seed_slots[i].code, d.slot[i], d.days);
    } else if (d.kind == TAPER) {
        int sequence = 1;
        for (Decimal now = d.low; now.coefficient > 0; now = decimal_add(now, d.step))
            b_one(b, &d, &w, sequence++, NULL, now, d.period);
    } else {
        b_one(b, &d, &w, 1, d.kind == BEDTIME ? "HS" : NULL, d.low, d.days);
    }
    fhir_b_end(b);
    return TRUE;
}
