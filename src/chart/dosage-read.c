/* SPDX-License-Identifier: GPL-3.0-or-later
 * FHIR Dosage back to an Order, or not at all. */
#include <string.h>

#include "chart/dosage-private.h"
#include "chart/record-words.h"
#include "chart/units.h"

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

static gboolean read_one_rate(FhirNode q, Decimal *ret, const char **unit)
{
    g_autofree char *code = fhir_string(q, "code");
    g_autofree char *word = fhir_string(q, "unit");
    const RateUnit *u = fhir_is(q, "system", UCUM) ? rate_unit_by_code(code) : rate_unit(word);
    if (u == NULL || !fhir_decimal(q, "value", ret) || fhir_exists(fhir_at(q, "comparator")) ||
        (*unit != NULL && strcmp(*unit, u->unit) != 0))
        return FALSE;
    *unit = u->unit;
    return TRUE;
}

static gboolean read_rate(FhirNode rate, Order *o)
{
    if (fhir_exists(fhir_at(rate, "rateQuantity")))
        return read_one_rate(fhir_at(rate, "rateQuantity"), &o->rate, &o->rate_unit);
    return !fhir_exists(fhir_at(rate, "rateRange")) ||
           (read_one_rate(fhir_at(rate, "rateRange.low"), &o->rate, &o->rate_unit) &&
            read_one_rate(fhir_at(rate, "rateRange.high"), &o->rate_high, &o->rate_unit));
}

static gboolean read_dose(FhirNode d, Order *o, OrderStep *step)
{
    static const char *const known[] = {"type", "doseQuantity", "doseRange", "rateQuantity", "rateRange", "id", NULL};
    FhirNode rate = fhir_at(d, "doseAndRate[0]");
    if (fhir_count(fhir_at(d, "doseAndRate")) != 1 || !dosage_only(rate, known) || !read_rate(rate, o))
        return FALSE;
    if (o->rate.valid && !fhir_exists(fhir_at(rate, "doseQuantity")) && !fhir_exists(fhir_at(rate, "doseRange")))
        return TRUE; /* goes on at its rate: there is no single dose */
    if (fhir_exists(fhir_at(rate, "doseQuantity")))
        return read_quantity(fhir_at(rate, "doseQuantity"), &step->low, &o->unit);
    return read_quantity(fhir_at(rate, "doseRange.low"), &step->low, &o->unit) &&
           read_quantity(fhir_at(rate, "doseRange.high"), &step->high, &o->unit);
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
    g_autofree char *path = g_strdup_printf("extension[url=%s].valueInteger", MOST_TIMES);
    gint64 said = fhir_int(max, path, 0);
    if (said > 0) {
        o->max_times = (int)CLAMP(said, 0, 1000);
        return g_strcmp0(o->max_unit, o->unit) == 0 && /* the two must say the same */
               decimal_compare(decimal_mul(dose, decimal_from_int(said)), most) == 0;
    }
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
    if (fhir_exists(fhir_at(e, "extension[url=unrounded]")) &&
        !fhir_decimal(e, "extension[url=unrounded].valueQuantity.value", &o->exact))
        return FALSE;
    return fhir_decimal(e, "extension[url=perKilo].valueQuantity.value", &o->per_kg) &&
           fhir_decimal(e, "extension[url=weight].valueQuantity.value", &o->weight_kg);
}

/* Days with and days without: the bounds are those of the first round, not of the order. */
static gboolean read_cycle(FhirNode d, Order *o, OrderStep *step)
{
    g_autofree char *path = g_strdup_printf("extension[url=%s]", DOSE_IN_CYCLES);
    FhirNode e = fhir_at(d, path);
    Decimal with, without;
    if (!fhir_exists(e))
        return TRUE;
    if (!fhir_decimal(e, "extension[url=with].valueQuantity.value", &with) ||
        !fhir_decimal(e, "extension[url=without].valueQuantity.value", &without) || with.scale != 0 ||
        without.scale != 0 || with.coefficient != step->days || without.coefficient < 1 || without.coefficient > 366)
        return FALSE;
    o->cycle_days = step->days;
    o->rest_days = (int)without.coefficient;
    step->days = 0;
    return TRUE;
}

/* Text alone, and nothing that could be a dose: an order that says in words what is given. */
static gboolean read_free(FhirNode d, Order *o)
{
    static const char *const known[] = {"id", "sequence", "text", "patientInstruction", "route", NULL};
    if (!dosage_only(d, known))
        return FALSE;
    o->free_text = fhir_string(d, "text");
    o->timing = o->free_text != NULL ? TIMING_FREE : TIMING_NONE;
    return o->free_text != NULL;
}

static gboolean read_one(FhirNode d, Order *o, OrderStep *step, guint *ret_slots)
{
    static const char *const known[] = {"id",
                                        "extension",
                                        "sequence",
                                        "text",
                                        "patientInstruction",
                                        "additionalInstruction",
                                        "site",
                                        "timing",
                                        "asNeededBoolean",
                                        "asNeededCodeableConcept",
                                        "route",
                                        "doseAndRate",
                                        "maxDosePerPeriod",
                                        NULL};
    if (!dosage_only(d, known))
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
    o->site = fhir_concept_text(d, "site");
    o->instruction = fhir_concept_text(d, "additionalInstruction[0]");
    if (fhir_count(fhir_at(d, "additionalInstruction")) > (o->instruction != NULL))
        return FALSE;
    if (read_free(d, o))
        return TRUE;
    if (!read_dose(d, o, step) || !dosage_read_timing(d, o, step, ret_slots) || !read_max(d, o, step) || !read_weight(d, o) ||
        !read_cycle(d, o, step))
        return FALSE;
    if (!step->low.valid && o->timing == TIMING_NONE)
        o->timing = TIMING_CONTINUOUS;
    return step->low.valid || o->timing == TIMING_CONTINUOUS;
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
           memcmp(a->clock, b->clock, sizeof(CivilTime) * a->clocks) == 0 && a->meal == b->meal &&
           a->meal_minutes == b->meal_minutes && a->minutes == b->minutes && !a->rate.valid && !b->rate.valid &&
           a->cycle_days == 0 && b->cycle_days == 0 && g_strcmp0(a->site, b->site) == 0 &&
           g_strcmp0(a->instruction, b->instruction) == 0 &&
           decimal_compare(a->per_kg, b->per_kg) == 0 && decimal_compare(a->weight_kg, b->weight_kg) == 0 &&
           g_strcmp0(a->route, b->route) == 0;
}

static void take_text(char **to, char **from)
{
    g_free(*to);
    *to = g_steal_pointer(from);
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
    take_text(&o->as_needed_reason, &from->as_needed_reason);
    take_text(&o->site, &from->site);
    take_text(&o->instruction, &from->instruction);
    take_text(&o->free_text, &from->free_text);
    o->exact = from->exact;
    o->rate = from->rate;
    o->rate_high = from->rate_high;
    o->rate_unit = from->rate_unit;
    o->minutes = from->minutes;
    o->meal = from->meal;
    o->meal_minutes = from->meal_minutes;
    o->cycle_days = from->cycle_days;
    o->rest_days = from->rest_days;
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

/* The first dose at once, then another rhythm: "2 direkt, sedan 1 vid behov". */
static gboolean follows_load(const Order *o, const Order *next, guint count)
{
    return count == 1 && o->timing == TIMING_ONCE && next->timing != TIMING_ONCE && next->timing != TIMING_SLOTS &&
           next->timing != TIMING_FREE && next->timing != TIMING_CONTINUOUS && !o->as_needed && o->max_times == 0 &&
           !o->max_dose.valid && o->steps[0].days == 0 && !o->steps[0].high.valid && o->minutes == 0 &&
           !o->per_kg.valid && g_strcmp0(o->unit, next->unit) == 0 && g_strcmp0(o->route, next->route) == 0 &&
           g_strcmp0(o->site, next->site) == 0;
}

/* One Dosage of several into the order that they are together. */
static gboolean take_one(Order *o, Order *one, const OrderStep *step, guint slots, guint count, gboolean later)
{
    if (count == 0 || follows_load(o, one, count)) {
        o->load_first = o->stat = count > 0;
        if (count > 0 && !later)
            return FALSE;
        take_first(o, one);
    } else if (o->load_first || o->timing == TIMING_FREE || !same_rhythm(o, one) ||
               (slots != 0 ? takes_again(o, slots) : !later)) {
        return FALSE;
    }
    if (slots != 0 && (step->high.valid || (count > 0 && o->days != step->days)))
        return FALSE;
    for (int i = 0; i < ORDER_SLOTS; i++)
        if (slots & (1u << i))
            o->slot[i] = step->low;
    if (step->low.valid && (slots == 0 || count == 0))
        order_add_step(o, step->low, step->high, slots != 0 ? 0 : step->days);
    if (slots != 0 || !step->low.valid)
        o->days = step->days;
    return TRUE;
}

/* The length of one dose is the order's; those of a plan add up, unless the last has no end. */
static gboolean settle_days(Order *o)
{
    if (o->timing == TIMING_SLOTS || o->step_count == 0)
        return TRUE;
    if (o->step_count == 1 || o->load_first) {
        o->days = o->steps[o->step_count - 1].days;
        o->steps[o->step_count - 1].days = 0;
        return TRUE;
    }
    for (guint i = 0; i < o->step_count; i++) {
        if (o->steps[i].days == 0 && i + 1 < o->step_count)
            return FALSE; /* a step without an end cannot be followed by another */
        o->days = o->steps[i].days > 0 ? o->days + o->steps[i].days : 0;
    }
    return TRUE;
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
        if (!take_one(o, one, &step, slots, count, sequence > last))
            return FALSE;
        last = sequence;
    }
    return count > 0 && settle_days(o);
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
    gboolean readable = dosage_read(dosages, o) && o->timing != TIMING_FREE;
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
