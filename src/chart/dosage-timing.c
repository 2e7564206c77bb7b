/* SPDX-License-Identifier: GPL-3.0-or-later
 * FHIR Timing back to when an Order is given. What is not known here is not passed over: it could change the dose. */
#include <string.h>

#include "chart/dosage-private.h"

gboolean dosage_only(FhirNode node, const char *const *known)
{
    for (FhirNode c = fhir_first(node); fhir_exists(c); c = fhir_next(c)) {
        g_autofree char *name = fhir_name(c);
        if (name != NULL && !g_strv_contains(known, name))
            return FALSE;
    }
    return TRUE;
}

static int read_bounds(FhirNode repeat)
{
    Decimal n;
    if (!fhir_decimal(repeat, "boundsDuration.value", &n) || n.scale != 0 || n.coefficient > 10000)
        return 0;
    return fhir_is(repeat, "boundsDuration.code", "d")    ? (int)n.coefficient
           : fhir_is(repeat, "boundsDuration.code", "wk") ? (int)n.coefficient * 7
                                                          : 0;
}

static gboolean read_clock(FhirNode repeat, Order *o)
{
    for (FhirNode t = fhir_first(fhir_at(repeat, "timeOfDay")); fhir_exists(t); t = fhir_next(t)) {
        g_autofree char *text = fhir_string(t, NULL);
        if (o->clocks == ORDER_CLOCKS || text == NULL || strlen(text) < 5 || text[2] != ':')
            return FALSE;
        o->clock[o->clocks++] = (CivilTime){(guint8)((text[0] - '0') * 10 + text[1] - '0'),
                                            (guint8)((text[3] - '0') * 10 + text[4] - '0'), 0};
    }
    o->timing = TIMING_CLOCK;
    return TRUE;
}

static gboolean read_weekdays(FhirNode repeat, Order *o)
{
    for (FhirNode d = fhir_first(fhir_at(repeat, "dayOfWeek")); fhir_exists(d); d = fhir_next(d)) {
        int day = 0;
        while (day < 7 && !fhir_is(d, NULL, dosage_day_codes[day]))
            day++;
        if (day == 7)
            return FALSE;
        o->weekdays |= (guint8)(1u << day);
    }
    return TRUE;
}

static gboolean read_frequency(FhirNode repeat, Order *o)
{
    g_autofree char *unit = fhir_string(repeat, "periodUnit");
    o->frequency = (int)fhir_int(repeat, "frequency", 1);
    o->frequency_max = (int)fhir_int(repeat, "frequencyMax", 0);
    o->period = (int)fhir_int(repeat, "period", 0);
    o->period_unit = unit != NULL ? unit[0] : '\0';
    if (o->period < 1 || o->frequency < 1 || unit == NULL || strchr("hdw", *unit) == NULL)
        return FALSE;
    gboolean often = *unit != 'h' && o->period == 1;
    o->timing = often ? TIMING_FREQUENCY : TIMING_INTERVAL;
    return often || (o->frequency == 1 && o->frequency_max == 0);
}

/* Sets a bit of *ret_slots for each slot of the day. */
static gboolean read_when(FhirNode repeat, Order *o, guint *ret_slots)
{
    FhirNode when = fhir_at(repeat, "when");
    guint count = fhir_count(when);
    if (fhir_int(repeat, "frequency", count) != count || fhir_int(repeat, "period", 1) != 1 ||
        fhir_exists(fhir_at(repeat, "frequencyMax")) ||
        (fhir_exists(fhir_at(repeat, "periodUnit")) && !fhir_is(repeat, "periodUnit", "d")))
        return FALSE;
    if (count == 1 && fhir_is(repeat, "when[0]", "HS")) {
        o->timing = TIMING_BEDTIME;
        o->frequency = o->period = 1;
        o->period_unit = 'd';
        return TRUE;
    }
    o->timing = TIMING_SLOTS;
    for (FhirNode w = fhir_first(when); fhir_exists(w); w = fhir_next(w)) {
        guint slot = 0;
        while (slot < ORDER_SLOTS && !fhir_is(w, NULL, dosage_slot_codes[slot]))
            slot++;
        if (slot == ORDER_SLOTS || (*ret_slots & (1u << slot)) != 0)
            return FALSE;
        *ret_slots |= 1u << slot;
    }
    return *ret_slots != 0;
}

/* "C", "ACM" with so many times a day; FALSE when it is none that an Order knows. */
static gboolean read_meal(FhirNode repeat, Order *o)
{
    g_autofree char *code = fhir_string(repeat, "when[0]");
    const DoseMeal *meal = dosage_meal(code);
    if (meal == NULL || fhir_count(fhir_at(repeat, "when")) != 1 || !read_frequency(repeat, o) ||
        o->timing != TIMING_FREQUENCY || o->period_unit != 'd')
        return FALSE;
    gboolean one = strlen(meal->code) == (meal->code[0] == 'C' ? 2 : 3);
    if (one && o->frequency != 1)
        return FALSE; /* there is one breakfast a day */
    o->meal = g_intern_string(meal->code);
    o->meal_minutes = (int)CLAMP(fhir_int(repeat, "offset", 0), 0, 1000);
    return o->meal_minutes == 0 || code[0] != 'C';
}

static gboolean read_minutes(FhirNode repeat, Order *o)
{
    if (!fhir_exists(fhir_at(repeat, "duration")))
        return !fhir_exists(fhir_at(repeat, "durationUnit"));
    gint64 n = fhir_int(repeat, "duration", 0);
    gboolean hours = fhir_is(repeat, "durationUnit", "h");
    if (n < 1 || n > 10000 || (!hours && !fhir_is(repeat, "durationUnit", "min")))
        return FALSE;
    o->minutes = (int)n * (hours ? 60 : 1);
    return TRUE;
}

gboolean dosage_read_timing(FhirNode d, Order *o, OrderStep *step, guint *ret_slots)
{
    static const char *const in_timing[] = {"event", "repeat", "id", NULL};
    static const char *const in_repeat[] = {
        "boundsDuration", "boundsPeriod", "count",     "frequency", "frequencyMax", "period",
        "periodUnit",     "dayOfWeek",    "timeOfDay", "when",      "offset",       "duration",
        "durationUnit",   "id",           NULL};
    FhirNode timing = fhir_at(d, "timing"), repeat = fhir_at(timing, "repeat");
    if (!dosage_only(timing, in_timing) || !dosage_only(repeat, in_repeat))
        return FALSE;
    step->days = read_bounds(repeat);
    if (fhir_exists(fhir_at(repeat, "boundsDuration")) && step->days == 0)
        return FALSE;
    if (!read_weekdays(repeat, o) || !read_minutes(repeat, o))
        return FALSE;
    gboolean offset = fhir_exists(fhir_at(repeat, "offset"));
    gboolean rhythm = fhir_exists(fhir_at(repeat, "period"));
    if (offset && !fhir_exists(fhir_at(repeat, "when")))
        return FALSE; /* so long from what? */
    if (fhir_exists(fhir_at(repeat, "count"))) {
        o->timing = TIMING_ONCE;
        return fhir_int(repeat, "count", 0) == 1 && !rhythm;
    }
    if (fhir_exists(fhir_at(repeat, "when")) && o->weekdays == 0 && read_meal(repeat, o))
        return TRUE;
    if (fhir_exists(fhir_at(repeat, "when")))
        return o->weekdays == 0 && !offset && read_when(repeat, o, ret_slots);
    if (fhir_exists(fhir_at(repeat, "timeOfDay")))
        return !rhythm && read_clock(repeat, o);
    if (rhythm)
        return o->weekdays == 0 && read_frequency(repeat, o);
    if (o->weekdays != 0) {
        o->timing = TIMING_FREQUENCY;
        o->frequency = __builtin_popcount(o->weekdays);
        o->period = 1;
        o->period_unit = 'w';
    }
    return !fhir_exists(fhir_at(repeat, "frequency"));
}
