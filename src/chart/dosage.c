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

static void write_range(FhirBuild *b, const char *key, Decimal low, Decimal high, const char *unit, const char *code)
{
    fhir_b_object(b, key);
    fhir_b_quantity(b, "low", low, unit, code);
    fhir_b_quantity(b, "high", high, unit, code);
    fhir_b_end(b);
}

static void write_rate(FhirBuild *b, const Order *o)
{
    const RateUnit *u = rate_unit(o->rate_unit);
    if (o->rate.valid && o->rate_high.valid)
        write_range(b, "rateRange", o->rate, o->rate_high, o->rate_unit, u != NULL ? u->ucum : NULL);
    else if (o->rate.valid)
        fhir_b_quantity(b, "rateQuantity", o->rate, o->rate_unit, u != NULL ? u->ucum : NULL);
}

static void write_dose(FhirBuild *b, const Order *o, Decimal low, Decimal high)
{
    const DoseUnit *u = dose_unit(o->unit);
    if (!low.valid && !o->rate.valid)
        return;
    fhir_b_array(b, "doseAndRate");
    fhir_b_object(b, NULL);
    if (high.valid) {
        write_range(b, "doseRange", low, high, o->unit, u != NULL ? u->ucum : NULL);
    } else if (low.valid) {
        write_quantity(b, "doseQuantity", low, o->unit);
    }
    write_rate(b, o);
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
    if (!o->max_dose.valid) { /* FHIR has the amount only; how often is what was ordered */
        fhir_b_array(b, "extension");
        fhir_b_object(b, NULL);
        fhir_b_string(b, "url", MOST_TIMES);
        fhir_b_int(b, "valueInteger", o->max_times);
        fhir_b_end(b);
        fhir_b_end(b);
    }
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

static void write_meal(FhirBuild *b, const Order *o)
{
    if (o->meal == NULL)
        return;
    write_codes(b, "when", o->meal);
    if (o->meal_minutes > 0)
        fhir_b_int(b, "offset", o->meal_minutes);
}

static void write_minutes(FhirBuild *b, const Order *o)
{
    gboolean hours = o->minutes % 60 == 0;
    if (o->minutes == 0)
        return;
    fhir_b_int(b, "duration", hours ? o->minutes / 60 : o->minutes);
    fhir_b_string(b, "durationUnit", hours ? "h" : "min");
}

static void write_repeat(FhirBuild *b, const Order *o, TimingKind timing, int slot, int days)
{
    fhir_b_object(b, "repeat");
    if (o->cycle_days > 0)
        days = o->cycle_days; /* the first of many: the extension says so */
    if (days > 0)
        fhir_b_quantity(b, "boundsDuration", decimal_from_int(days), "dagar", "d");
    switch (timing) {
    case TIMING_FREQUENCY:
        if (o->weekdays != 0)
            write_weekdays(b, o->weekdays);
        else
            write_period(b, o->frequency, o->frequency_max, o->period, o->period_unit);
        write_meal(b, o);
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
    case TIMING_CONTINUOUS:
    case TIMING_FREE:
        break;
    }
    write_minutes(b, o);
    fhir_b_end(b);
}

static void write_timing(FhirBuild *b, const Order *o, TimingKind timing, int slot, int days)
{
    gboolean bare = timing == TIMING_NONE || timing == TIMING_CONTINUOUS || timing == TIMING_FREE;
    if (bare && days == 0 && o->minutes == 0 && o->cycle_days == 0)
        return;
    fhir_b_object(b, "timing");
    if (timing == TIMING_ONCE && o->start != INSTANT_NONE) {
        fhir_b_array(b, "event");
        fhir_b_instant(b, NULL, o->start);
        fhir_b_end(b);
    }
    write_repeat(b, o, timing, slot, days);
    fhir_b_end(b);
}

static void write_part(FhirBuild *b, const char *url, Decimal value, const char *unit, const char *code)
{
    fhir_b_object(b, NULL);
    fhir_b_string(b, "url", url);
    fhir_b_quantity(b, "valueQuantity", value, unit, code);
    fhir_b_end(b);
}

/* Weight and amount per kilo stay beside the dose that was computed from them, and what it was unrounded. */
static void write_weight(FhirBuild *b, const Order *o)
{
    const DoseUnit *u = dose_unit(o->unit);
    g_autofree char *unit = g_strconcat(o->unit, "/kg", NULL);
    g_autofree char *code = u != NULL ? g_strconcat(u->ucum, "/kg", NULL) : NULL;
    fhir_b_object(b, NULL);
    fhir_b_array(b, "extension");
    write_part(b, "perKilo", o->per_kg, unit, code);
    write_part(b, "weight", o->weight_kg, "kg", "kg");
    if (o->exact.valid)
        write_part(b, "unrounded", o->exact, o->unit, u != NULL ? u->ucum : NULL);
    fhir_b_end(b);
    fhir_b_string(b, "url", DOSE_BY_WEIGHT);
    fhir_b_end(b);
}

/* FHIR has no word for days with and days without: who does not know this one has the text. */
static void write_cycle(FhirBuild *b, const Order *o)
{
    fhir_b_object(b, NULL);
    fhir_b_array(b, "extension");
    write_part(b, "with", decimal_from_int(o->cycle_days), "dagar", "d");
    write_part(b, "without", decimal_from_int(o->rest_days), "dagar", "d");
    fhir_b_end(b);
    fhir_b_string(b, "url", DOSE_IN_CYCLES);
    fhir_b_end(b);
}

static void write_extensions(FhirBuild *b, const Order *o)
{
    gboolean weight = o->per_kg.valid && o->weight_kg.valid;
    if (!weight && o->cycle_days == 0)
        return;
    fhir_b_array(b, "extension");
    if (weight)
        write_weight(b, o);
    if (o->cycle_days > 0)
        write_cycle(b, o);
    fhir_b_end(b);
}

static void write_instruction(FhirBuild *b, const Order *o)
{
    if (o->instruction == NULL)
        return;
    fhir_b_array(b, "additionalInstruction");
    fhir_b_concept(b, NULL, NULL, NULL, NULL, o->instruction);
    fhir_b_end(b);
}

static void write_as_needed(FhirBuild *b, const Order *o)
{
    if (o->as_needed && o->as_needed_reason != NULL)
        fhir_b_concept(b, "asNeededCodeableConcept", NULL, NULL, NULL, o->as_needed_reason);
    else if (o->as_needed)
        fhir_b_bool(b, "asNeededBoolean", TRUE);
}

static void write_one(FhirBuild *b, const Order *o, int sequence, int slot, const OrderStep *step,
                      const char *text)
{
    const Route *route = route_find(o->route);
    gboolean load = o->load_first && sequence == 1;
    int days = step->days > 0 ? step->days : o->step_count <= 1 || (o->load_first && !load) ? o->days : 0;
    fhir_b_object(b, NULL);
    write_extensions(b, o);
    fhir_b_int(b, "sequence", sequence);
    fhir_b_string(b, "text", text);
    write_instruction(b, o);
    fhir_b_string(b, "patientInstruction", text);
    write_timing(b, o, load ? TIMING_ONCE : o->timing, slot, days);
    if (!load)
        write_as_needed(b, o);
    if (o->site != NULL)
        fhir_b_concept(b, "site", NULL, NULL, NULL, o->site);
    if (route != NULL)
        fhir_b_concept(b, "route", SNOMED, route->snomed, NULL, route->route);
    write_dose(b, o, step->low, step->high);
    if (!load)
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
    if (o->timing == TIMING_CONTINUOUS || o->timing == TIMING_FREE) {
        g_autofree char *text = dosage_text(o);
        write_one(b, o, 1, 0, &(OrderStep){0}, text);
    }
    fhir_b_end(b);
}
