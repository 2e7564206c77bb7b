/* SPDX-License-Identifier: GPL-3.0-or-later
 * FHIR Dosage back to an Order, or not at all. */
#include <string.h>

#include "chart/dosage-private.h"
#include "chart/record-words.h"
#include "chart/units.h"

/* Everything in @node must be among @known: a part that we pass over could change the dose. */
static gboolean only(FhirNode node, const char *const *known)
{
    for (FhirNode c = fhir_first(node); fhir_exists(c); c = fhir_next(c)) {
        g_autofree char *name = fhir_name(c);
        if (name != NULL && !g_strv_contains(known, name))
            return FALSE;
    }
    return TRUE;
}

static gboolean read_quantity(FhirNode q, Decimal *ret, const char **unit)
{
    g_autofree char *word = fhir_string(q, "unit");
    g_autofree char *code = fhir_string(q, "code");
    if (!fhir_decimal(q, "value", ret) || fhir_exists(fhir_at(q, "comparator")))
        return FALSE;
    const DoseUnit *u = fhir_is(q, "system", UCUM) ? dose_unit_by_code(code) : NULL;
    if (u == NULL)
        u = dose_unit_by_word(word);
    if (u == NULL && word == NULL)
        return FALSE;
    const char *found = u != NULL ? u->unit : g_intern_string(word);
    if (*unit != NULL && strcmp(*unit, found) != 0)
        return FALSE;
    *unit = g_intern_string(found);
    return TRUE;
}

static gboolean read_dose(FhirNode d, Order *o, OrderStep *step)
{
    static const char *const known[] = {"type", "doseQuantity", "doseRange", "id", NULL};
    FhirNode rate = fhir_at(d, "doseAndRate[0]");
    if (fhir_count(fhir_at(d, "doseAndRate")) != 1 || !only(rate, known))
        return FALSE;
    if (fhir_exists(fhir_at(rate, "doseQuantity")))
        return read_quantity(fhir_at(rate, "doseQuantity"), &step->low, &o->unit);
    return read_quantity(fhir_at(rate, "doseRange.low"), &step->low, &o->unit) &&
           read_quantity(fhir_at(rate, "doseRange.high"), &step->high, &o->unit);
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

static gboolean read_timing(FhirNode d, Order *o, OrderStep *step, guint *ret_slots)
{
    static const char *const in_timing[] = {"event", "repeat", "id", NULL};
    static const char *const in_repeat[] = {
        "boundsDuration", "boundsPeriod", "count",     "frequency", "frequencyMax", "period",
        "periodUnit",     "dayOfWeek",    "timeOfDay", "when",      "id",           NULL};
    FhirNode timing = fhir_at(d, "timing"), repeat = fhir_at(timing, "repeat");
    if (!only(timing, in_timing) || !only(repeat, in_repeat))
        return FALSE;
    step->days = read_bounds(repeat);
    if (fhir_exists(fhir_at(repeat, "boundsDuration")) && step->days == 0)
        return FALSE;
    if (!read_weekdays(repeat, o))
        return FALSE;
    gboolean rhythm = fhir_exists(fhir_at(repeat, "period"));
    if (fhir_exists(fhir_at(repeat, "count"))) {
        o->timing = TIMING_ONCE;
        return fhir_int(repeat, "count", 0) == 1 && !rhythm;
    }
    if (fhir_exists(fhir_at(repeat, "when")))
        return o->weekdays == 0 && read_when(repeat, o, ret_slots);
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

/* A limit that is a whole number of doses is read as so many times. */
static gboolean read_max(FhirNode d, Order *o, const OrderStep *step)
{
    FhirNode max = fhir_at(d, "maxDosePerPeriod");
    if (!fhir_exists(max))
        return TRUE;
    Decimal most, one;
    if (!read_quantity(fhir_at(max, "numerator"), &most, &o->max_unit) ||
        !fhir_decimal(max, "denominator.value", &one) ||
        decimal_compare(one, decimal_from_int(1)) != 0 || !fhir_is(max, "denominator.code", "d"))
        return FALSE;
    Decimal dose = step->high.valid ? step->high : step->low;
    Decimal times = decimal_div(most, dose, 6);
    Decimal whole = decimal_round(times, 0);
    const DoseUnit *u = dose_unit(o->max_unit);
    gboolean measured = u != NULL && u->ucum[0] != '{' && strcmp(u->unit, "droppe") != 0;
    if (measured && g_strcmp0(o->max_unit, o->unit) == 0 && times.valid &&
        whole.coefficient < 100 && decimal_compare(times, whole) == 0)
        o->max_times = (int)whole.coefficient;
    else
        o->max_dose = most;
    return TRUE;
}

static gboolean read_weight(FhirNode d, Order *o)
{
    g_autofree char *path = g_strdup_printf("extension[url=%s]", DOSE_BY_WEIGHT);
    FhirNode e = fhir_at(d, path);
    if (!fhir_exists(e))
        return TRUE;
    return fhir_decimal(e, "extension[url=perKilo].valueQuantity.value", &o->per_kg) &&
           fhir_decimal(e, "extension[url=weight].valueQuantity.value", &o->weight_kg);
}

static gboolean read_one(FhirNode d, Order *o, OrderStep *step, guint *ret_slots)
{
    static const char *const known[] = {"id",
                                        "extension",
                                        "sequence",
                                        "text",
                                        "patientInstruction",
                                        "timing",
                                        "asNeededBoolean",
                                        "asNeededCodeableConcept",
                                        "route",
                                        "doseAndRate",
                                        "maxDosePerPeriod",
                                        NULL};
    if (!only(d, known))
        return FALSE;
    FhirNode reason = fhir_at(d, "asNeededCodeableConcept");
    o->as_needed = fhir_bool(d, "asNeededBoolean") || fhir_exists(reason);
    o->as_needed_reason =
        fhir_exists(reason) ? fhir_concept_text(d, "asNeededCodeableConcept") : NULL;
    g_autofree char *snomed = fhir_concept_code(d, "route", SNOMED);
    g_autofree char *route_text = fhir_concept_text(d, "route");
    const Route *route = route_by_snomed(snomed);
    o->route = route != NULL        ? route->route
               : route_text != NULL ? g_intern_string(route_text)
                                    : NULL;
    return read_dose(d, o, step) && read_timing(d, o, step, ret_slots) && read_max(d, o, step) &&
           read_weight(d, o);
}

/* May @b stand beside @a in one order: all but the dose alike? */
static gboolean same_rhythm(const Order *a, const Order *b)
{
    return a->timing == b->timing && a->frequency == b->frequency &&
           a->frequency_max == b->frequency_max && a->period == b->period &&
           a->period_unit == b->period_unit && a->weekdays == b->weekdays &&
           a->as_needed == b->as_needed && a->max_times == b->max_times &&
           decimal_compare(a->max_dose, b->max_dose) == 0 && g_strcmp0(a->unit, b->unit) == 0 &&
           g_strcmp0(a->as_needed_reason, b->as_needed_reason) == 0 && a->clocks == b->clocks &&
           memcmp(a->clock, b->clock, sizeof(CivilTime) * a->clocks) == 0 &&
           g_strcmp0(a->route, b->route) == 0;
}

static gboolean take_first(Order *o, Order *from)
{
    o->unit = from->unit;
    o->route = from->route;
    o->timing = from->timing;
    o->frequency = from->frequency;
    o->frequency_max = from->frequency_max;
    o->period = from->period;
    o->period_unit = from->period_unit;
    memcpy(o->clock, from->clock, sizeof o->clock);
    o->clocks = from->clocks;
    o->weekdays = from->weekdays;
    o->as_needed = from->as_needed;
    o->as_needed_reason = g_steal_pointer(&from->as_needed_reason);
    o->max_times = from->max_times;
    o->max_dose = from->max_dose;
    o->max_unit = from->max_unit;
    o->per_kg = from->per_kg;
    o->weight_kg = from->weight_kg;
    return TRUE;
}

static gboolean takes_again(const Order *o, guint slots)
{
    for (int i = 0; i < ORDER_SLOTS; i++)
        if ((slots & (1u << i)) != 0 && o->slot[i].valid)
            return TRUE;
    return FALSE;
}

gboolean dosage_read(FhirNode dosages, Order *o)
{
    gint64 last = G_MININT64;
    guint count = 0;
    for (FhirNode d = fhir_first(dosages); fhir_exists(d); d = fhir_next(d), count++) {
        g_autoptr(Order) one = order_new();
        OrderStep step = {0};
        guint slots = 0;
        if (!read_one(d, one, &step, &slots))
            return FALSE;
        gint64 sequence = fhir_int(d, "sequence", count + 1);
        if (count > 0 &&
            (!same_rhythm(o, one) || (slots != 0 ? takes_again(o, slots) : sequence <= last)))
            return FALSE;
        if (slots != 0 && (step.high.valid || (count > 0 && o->days != step.days)))
            return FALSE;
        if (count == 0)
            take_first(o, one);
        last = sequence;
        for (int i = 0; i < ORDER_SLOTS; i++)
            if (slots & (1u << i))
                o->slot[i] = step.low;
        if (slots == 0 || count == 0)
            order_add_step(o, step.low, step.high, slots != 0 ? 0 : step.days);
        if (slots != 0)
            o->days = step.days;
    }
    if (count == 1 && o->timing != TIMING_SLOTS) {
        o->days = o->steps[0].days;
        o->steps[0].days = 0;
    }
    for (guint i = 0; count > 1 && o->timing != TIMING_SLOTS && i < o->step_count; i++) {
        if (o->steps[i].days == 0 && i + 1 < o->step_count)
            return FALSE; /* a step without an end cannot be followed by another */
        o->days = o->steps[i].days > 0 ? o->days + o->steps[i].days : 0;
    }
    return count > 0;
}

/* The texts of all steps, doses of one step joined by "och"; NULL when one has none. *ret_repeats:
 * two doses of a step carry the same words, so that their texts do not add up to what is meant. */
static char *sent_text(FhirNode dosages, gboolean *ret_repeats)
{
    g_autoptr(GString) s = g_string_new(NULL);
    g_autofree char *before = NULL;
    gint64 last = -1;
    *ret_repeats = FALSE;
    for (FhirNode d = fhir_first(dosages); fhir_exists(d); d = fhir_next(d)) {
        g_autofree char *text = fhir_string(d, "text");
        if (text == NULL)
            return NULL;
        FhirNode after = fhir_next(d);
        gint64 sequence = fhir_int(d, "sequence", last + 1);
        gboolean more = fhir_exists(after) && fhir_int(after, "sequence", -2) == sequence;
        if (s->len > 0 && sequence != last)
            g_string_append_printf(s, ", %s ", record_word(RW_THEN));
        else if (s->len > 0 && more)
            g_string_append(s, ", ");
        else if (s->len > 0)
            g_string_append_printf(s, " %s ", record_word(RW_AND));
        g_string_append(s, text);
        *ret_repeats = *ret_repeats || (sequence == last && g_strcmp0(text, before) == 0);
        last = sequence;
        g_free(before);
        before = g_steal_pointer(&text);
    }
    return s->len > 0 ? g_string_free(g_steal_pointer(&s), FALSE) : NULL;
}

char *dosage_display(FhirNode dosages, gboolean *ret_raw)
{
    g_autoptr(Order) o = order_new();
    gboolean readable = dosage_read(dosages, o);
    gboolean repeats;
    g_autofree char *sent = sent_text(dosages, &repeats);
    *ret_raw = !readable;
    if (sent != NULL && !(readable && repeats))
        return g_steal_pointer(&sent); /* what was signed, where there is one */
    return readable ? dosage_text(o) : g_strdup("dosering kan inte läsas");
}

int dosage_days(FhirNode dosages)
{
    g_autoptr(Order) o = order_new();
    return dosage_read(dosages, o) ? o->days : 0;
}
