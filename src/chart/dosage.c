/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/dosage.h"

#include <string.h>

#include "chart/dosage-private.h"
#include "chart/units.h"

const char *const dosage_slot_codes[ORDER_SLOTS] = {"MORN", "NOON", "EVE", "NIGHT"};
const char *const dosage_day_codes[7] = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

static void write_quantity(FhirBuild *b, const char *key, Decimal value, const char *unit)
{
    const DoseUnit *u = dose_unit(unit);
    fhir_b_quantity(b, key, value, unit, u != NULL ? u->ucum : NULL);
}

static void write_dose(FhirBuild *b, const Order *o, Decimal low, Decimal high)
{
    fhir_b_array(b, "doseAndRate");
    fhir_b_object(b, NULL);
    if (high.valid) {
        fhir_b_object(b, "doseRange");
        write_quantity(b, "low", low, o->unit);
        write_quantity(b, "high", high, o->unit);
        fhir_b_end(b);
    } else {
        write_quantity(b, "doseQuantity", low, o->unit);
    }
    fhir_b_end(b);
    fhir_b_end(b);
}

static void write_max(FhirBuild *b, const Order *o, Decimal dose)
{
    Decimal most =
        o->max_dose.valid ? o->max_dose : decimal_mul(dose, decimal_from_int(o->max_times));
    if (!o->max_dose.valid && o->max_times == 0)
        return;
    fhir_b_object(b, "maxDosePerPeriod");
    write_quantity(b, "numerator", most, o->max_dose.valid ? o->max_unit : o->unit);
    fhir_b_quantity(b, "denominator", decimal_from_int(1), "dygn", "d");
    fhir_b_end(b);
}

static void write_codes(FhirBuild *b, const char *key, const char *code)
{
    fhir_b_array(b, key);
    fhir_b_string(b, NULL, code);
    fhir_b_end(b);
}

static void write_weekdays(FhirBuild *b, guint8 weekdays)
{
    fhir_b_array(b, "dayOfWeek");
    for (int i = 0; i < 7; i++)
        if (weekdays & (1u << i))
            fhir_b_string(b, NULL, dosage_day_codes[i]);
    fhir_b_end(b);
}

static void write_period(FhirBuild *b, int frequency, int most, int period, char unit)
{
    char code[] = {unit, unit == 'w' ? 'k' : '\0', '\0'};
    fhir_b_int(b, "frequency", frequency);
    if (most > 0)
        fhir_b_int(b, "frequencyMax", most);
    fhir_b_int(b, "period", period);
    fhir_b_string(b, "periodUnit", code);
}

static void write_repeat(FhirBuild *b, const Order *o, int slot, int days)
{
    fhir_b_object(b, "repeat");
    if (days > 0)
        fhir_b_quantity(b, "boundsDuration", decimal_from_int(days), "dagar", "d");
    switch (o->timing) {
    case TIMING_FREQUENCY:
        if (o->weekdays != 0)
            write_weekdays(b, o->weekdays);
        else
            write_period(b, o->frequency, o->frequency_max, o->period, o->period_unit);
        break;
    case TIMING_INTERVAL:
        write_period(b, 1, 0, o->period, o->period_unit);
        break;
    case TIMING_SLOTS:
        write_period(b, 1, 0, 1, 'd');
        write_codes(b, "when", dosage_slot_codes[slot]);
        break;
    case TIMING_BEDTIME:
        write_codes(b, "when", "HS");
        break;
    case TIMING_CLOCK:
        if (o->weekdays != 0)
            write_weekdays(b, o->weekdays);
        fhir_b_array(b, "timeOfDay");
        for (guint i = 0; i < o->clocks; i++) {
            g_autofree char *t =
                g_strdup_printf("%02d:%02d:00", o->clock[i].hour, o->clock[i].minute);
            fhir_b_string(b, NULL, t);
        }
        fhir_b_end(b);
        break;
    case TIMING_ONCE:
        fhir_b_int(b, "count", 1);
        break;
    case TIMING_NONE:
        break;
    }
    fhir_b_end(b);
}

static void write_timing(FhirBuild *b, const Order *o, int slot, int days)
{
    if (o->timing == TIMING_NONE && days == 0)
        return;
    fhir_b_object(b, "timing");
    if (o->timing == TIMING_ONCE && o->start != INSTANT_NONE) {
        fhir_b_array(b, "event");
        fhir_b_instant(b, NULL, o->start);
        fhir_b_end(b);
    }
    write_repeat(b, o, slot, days);
    fhir_b_end(b);
}

/* Weight and amount per kilo stay beside the dose that was computed from them. */
static void write_weight(FhirBuild *b, const Order *o)
{
    if (!o->per_kg.valid || !o->weight_kg.valid)
        return;
    const DoseUnit *u = dose_unit(o->unit);
    g_autofree char *unit = g_strconcat(o->unit, "/kg", NULL);
    g_autofree char *code = u != NULL ? g_strconcat(u->ucum, "/kg", NULL) : NULL;
    fhir_b_array(b, "extension");
    fhir_b_object(b, NULL);
    fhir_b_array(b, "extension");
    fhir_b_object(b, NULL);
    fhir_b_string(b, "url", "perKilo");
    fhir_b_quantity(b, "valueQuantity", o->per_kg, unit, code);
    fhir_b_end(b);
    fhir_b_object(b, NULL);
    fhir_b_string(b, "url", "weight");
    fhir_b_quantity(b, "valueQuantity", o->weight_kg, "kg", "kg");
    fhir_b_end(b);
    fhir_b_end(b);
    fhir_b_string(b, "url", DOSE_BY_WEIGHT);
    fhir_b_end(b);
    fhir_b_end(b);
}

static void write_one(FhirBuild *b, const Order *o, int sequence, int slot, const OrderStep *step,
                      const char *text)
{
    const Route *route = route_find(o->route);
    int days = step->days > 0 ? step->days : o->step_count <= 1 ? o->days : 0;
    fhir_b_object(b, NULL);
    write_weight(b, o);
    fhir_b_int(b, "sequence", sequence);
    fhir_b_string(b, "text", text);
    fhir_b_string(b, "patientInstruction", text);
    write_timing(b, o, slot, days);
    if (o->as_needed && o->as_needed_reason != NULL)
        fhir_b_concept(b, "asNeededCodeableConcept", NULL, NULL, NULL, o->as_needed_reason);
    else if (o->as_needed)
        fhir_b_bool(b, "asNeededBoolean", TRUE);
    if (route != NULL)
        fhir_b_concept(b, "route", SNOMED, route->snomed, NULL, route->route);
    write_dose(b, o, step->low, step->high);
    write_max(b, o, step->high.valid ? step->high : step->low);
    fhir_b_end(b);
}

void dosage_write(FhirBuild *b, const char *key, const Order *o)
{
    fhir_b_array(b, key);
    for (int i = 0; o->timing == TIMING_SLOTS && i < ORDER_SLOTS; i++) {
        if (!o->slot[i].valid || decimal_is_zero(o->slot[i]))
            continue;
        g_autofree char *text = dosage_slot_text(o, i);
        OrderStep step = {.low = o->slot[i]};
        write_one(b, o, 1, i, &step, text);
    }
    for (guint i = 0; o->timing != TIMING_SLOTS && i < o->step_count; i++) {
        g_autofree char *text = dosage_step_text(o, i);
        write_one(b, o, (int)i + 1, 0, &o->steps[i], text);
    }
    fhir_b_end(b);
}
