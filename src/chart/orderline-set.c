/* SPDX-License-Identifier: GPL-3.0-or-later
 * What a word of the line gives the order; what is said twice becomes an issue. */
#include "chart/orderline-line.h"

#include <string.h>

#include "chart/units.h"

#define MAX_WORDS 4 /* in one row of the token file */

const Meaning *line_meaning(const Line *l, guint at, guint *ret_words)
{
    for (guint n = MIN(MAX_WORDS, l->count - at); n > 0; n--) {
        g_autoptr(GString) s = g_string_new(l->word[at]);
        for (guint i = 1; i < n; i++)
            g_string_append_printf(s, " %s", l->word[at + i]);
        const Meaning *m = order_meaning(l->words, s->str);
        if (m != NULL) {
            *ret_words = n;
            return m;
        }
    }
    *ret_words = 0;
    return NULL;
}

gboolean line_has_role(const Line *l, guint at, const char *kind)
{
    return at < l->count && order_is_kind(order_meaning(l->words, l->word[at]), kind);
}

void line_unclear(Line *l, OrderField field, const char *const *options)
{
    order_add_issue(l->r.order, field, ISSUE_AMBIGUOUS, l->shown[l->at], options);
}

void line_unclear_text(Line *l, OrderField field, const char *options)
{
    g_auto(GStrv) list = g_strsplit(options, "|", -1);
    line_unclear(l, field, (const char *const *)list);
}

void line_unlikely(Line *l, OrderField field)
{
    order_add_issue(l->r.order, field, ISSUE_IMPLAUSIBLE, l->shown[l->at], NULL);
}

const Meaning *line_meaning_here(const Line *l, const char *text)
{
    static const char *const places[] = {"every", "in", "over"};
    const Meaning *m = NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(places) && m == NULL && l->at > 0; i++)
        if (line_has_role(l, l->at - 1, places[i]))
            m = order_meaning_at(l->words, text, places[i]);
    if (m == NULL)
        m = order_meaning_at(l->words, text, "number");
    return m != NULL ? m : order_meaning(l->words, text);
}

gboolean line_number_of(Line *l, OrderField field, guint at, const char *text, Decimal *ret)
{
    gsize n = strlen(text);
    gboolean thousands = n >= 5 && (text[n - 4] == ',' || text[n - 4] == '.') && text[0] != '0';
    if (thousands) {
        g_autofree char *joined = g_strdup_printf("%.*s%s", (int)(n - 4), text, text + n - 3);
        const char *options[] = {joined, text, NULL};
        order_add_issue(l->r.order, field, ISSUE_AMBIGUOUS, l->shown[at], options);
        return FALSE;
    }
    return decimal_parse(text, ret);
}

gboolean line_number(Line *l, const char *text, Decimal *ret)
{
    return line_number_of(l, ORDER_DOSE, l->at, text, ret);
}

void line_set_timing(Line *l, TimingKind kind, int frequency, int frequency_max, int period,
                       char period_unit)
{
    Order *o = l->r.order;
    gboolean same = o->timing == kind && o->frequency == frequency && o->frequency_max == frequency_max &&
                    o->period == period && o->period_unit == period_unit;
    if (same && o->step_count > 0 && (kind == TIMING_FREQUENCY || kind == TIMING_INTERVAL || kind == TIMING_BEDTIME))
        return; /* each step of a plan says it again */
    if (o->timing != TIMING_NONE) {
        line_unclear(l, ORDER_TIMING, NULL);
        return;
    }
    o->timing = kind;
    o->frequency = frequency;
    if (kind == TIMING_INTERVAL && period == 1 && period_unit != 'h')
        o->timing = TIMING_FREQUENCY; /* every day is once a day */
    o->frequency_max = frequency_max;
    o->period = period;
    o->period_unit = period_unit;
}

/* A further dose for other steps or slots of the same order: in the unit of those before it. FALSE and an issue
 * where it has none, or one that does not measure the same. */
static gboolean in_same_unit(Line *l, Decimal *low, Decimal *high, const char *unit)
{
    Order *o = l->r.order;
    const DoseUnit *u = dose_unit(o->unit);
    gboolean counted = o->unit == NULL || (u != NULL && u->ucum[0] == '{');
    if (unit == NULL && counted) {
        if (o->unit != NULL)
            order_assume(o, ORDER_UNIT);
        return TRUE;
    }
    Decimal a = unit != NULL && o->unit != NULL ? dose_convert(*low, unit, o->unit) : (Decimal){0};
    Decimal b = high->valid && a.valid ? dose_convert(*high, unit, o->unit) : *high;
    if (!a.valid || b.valid != high->valid) {
        line_unclear(l, ORDER_UNIT, NULL);
        return FALSE;
    }
    *low = a;
    *high = b;
    return TRUE;
}

static void hold_dose(Line *l, Decimal low, Decimal high)
{
    l->has_dose = l->dose_moved = TRUE;
    l->low = low;
    l->high = high;
}

/* Two amounts: the first was the strength. */
static gboolean first_was_strength(Line *l)
{
    Order *o = l->r.order;
    if (l->high.valid || l->r.strength.valid || l->r.unitless || o->per_kg.valid) {
        line_unclear(l, ORDER_DOSE, NULL);
        return FALSE;
    }
    l->r.strength = l->low;
    l->r.strength_unit = o->unit;
    return TRUE;
}

void line_set_dose(Line *l, Decimal low, Decimal high, const char *unit)
{
    Order *o = l->r.order;
    if (decimal_is_zero(low) || (high.valid && decimal_compare(high, low) <= 0)) {
        line_unclear(l, ORDER_DOSE, NULL);
        return;
    }
    if (l->steps && l->has_dose && o->days > 0)
        line_next_step(l);
    if (o->step_count > 0 || l->dose_bound) {
        gboolean by_weight = o->per_kg.valid; /* what is of each kilo cannot change on the way */
        if (by_weight || (l->has_dose && !l->dose_bound) || (l->dose_bound && high.valid))
            line_unclear(l, ORDER_DOSE, NULL);
        else if (in_same_unit(l, &low, &high, unit))
            hold_dose(l, low, high);
        l->dose_and_time = l->dose_and_time || l->dose_bound;
        l->dose_bound = FALSE;
        return;
    }
    if (l->has_dose && !first_was_strength(l))
        return;
    hold_dose(l, low, high);
    l->r.unitless = unit == NULL;
    o->unit = unit != NULL ? g_intern_string(unit) : NULL;
}

void line_set_per_kg(Line *l, Decimal amount, const char *unit)
{
    if (l->has_dose || l->r.order->step_count > 0) {
        line_unclear(l, ORDER_DOSE, NULL);
        return;
    }
    line_set_dose(l, amount, (Decimal){0}, unit);
    if (l->has_dose)
        l->r.order->per_kg = amount;
}

void line_next_step(Line *l)
{
    Order *o = l->r.order;
    order_add_step(o, l->low, l->high, o->days);
    o->days = 0;
    l->has_dose = FALSE;
}

/* Each @days days another dose, until @target: a step that does not end on it is no plan. */
void line_set_ramp(Line *l, gboolean up, Decimal by, const char *unit, int days, Decimal target)
{
    Order *o = l->r.order;
    Decimal dose = l->low, zero = decimal_from_int(0);
    if (unit != NULL && o->unit != NULL)
        by = dose_convert(by, unit, o->unit);
    gboolean ends = target.valid && !decimal_is_zero(target);
    gboolean sound = l->has_dose && !l->high.valid && !l->dose_bound && !o->per_kg.valid && !l->r.unitless &&
                     o->step_count == 0 && o->days == 0 && by.valid && !decimal_is_zero(by) && days >= 1 &&
                     days <= 365 && (ends || !up) &&
                     (!ends || (decimal_compare(target, dose) > 0) == up);
    while (sound && o->step_count < ORDER_MOST_STEPS && decimal_compare(dose, zero) > 0 &&
           (!ends || (decimal_compare(target, dose) > 0) == up)) {
        if (ends && decimal_compare(target, dose) == 0)
            break;
        order_add_step(o, dose, (Decimal){0}, days);
        dose = up ? decimal_add(dose, by) : decimal_sub(dose, by);
    }
    if (ends && sound)
        order_add_step(o, dose, (Decimal){0}, 0);
    l->tapered = sound;
    if (!sound || o->step_count < 2 || o->step_count >= ORDER_MOST_STEPS || (ends && decimal_compare(target, dose) != 0))
        line_unclear(l, ORDER_DOSE, NULL);
}

void line_set_form(Line *l, const char *form)
{
    if (l->r.form != NULL)
        line_unclear(l, ORDER_FORM, NULL);
    l->r.form = g_intern_string(form);
}

void line_set_start(Line *l, Instant start)
{
    if (l->r.order->start != INSTANT_NONE)
        line_unclear(l, ORDER_START, NULL);
    l->r.order->start = start;
}

/* A slot belongs to the dose before it; one that is named first waits for its dose. */
static void name_slot(Line *l, int slot)
{
    Order *o = l->r.order;
    guint bit = 1u << slot;
    if ((l->bound | l->waiting) & bit || l->high.valid) {
        line_unclear(l, ORDER_TIMING, NULL);
        return;
    }
    o->slot[slot] = l->has_dose ? l->low : decimal_from_int(1);
    *(l->has_dose ? &l->bound : &l->waiting) |= bit;
    l->dose_bound = l->has_dose;
}

void line_set_slot(Line *l, const char *value)
{
    static const char *const names[] = {"morning", "noon", "evening", "bedtime"};
    Order *o = l->r.order;
    if (strcmp(value, "bedtime") == 0 && !l->named_slots) {
        line_set_timing(l, TIMING_BEDTIME, 1, 0, 1, 'd');
        return;
    }
    if (!l->named_slots)
        line_set_timing(l, TIMING_SLOTS, 0, 0, 0, 'd');
    l->named_slots = o->timing == TIMING_SLOTS;
    for (int i = 0; i < ORDER_SLOTS && l->named_slots; i++)
        if (strcmp(value, names[i]) == 0)
            name_slot(l, i);
}

void line_set_length(Line *l, Decimal n, char unit)
{
    Order *o = l->r.order;
    if (n.scale != 0 || n.coefficient < 1 || n.coefficient > 1000) {
        line_unclear(l, ORDER_STOP, NULL);
        return;
    }
    int value = (int)n.coefficient;
    if (unit == 'm' && value > 24) {
        line_unlikely(l, ORDER_STOP); /* months, or minutes? */
        return;
    }
    int days = unit == 'w'   ? value * 7
               : unit == 'm' ? civil_date_days_between(
                                   civil_date_at(l->r.context->now),
                                   civil_date_add_months(civil_date_at(l->r.context->now), value))
                             : value;
    if (days > 1000)
        line_unlikely(l, ORDER_STOP);
    else if (o->stop.year != 0 && l->r.said_days == 0)
        l->r.said_days = days; /* must be what start and stop say */
    else if (o->days != 0 || o->stop.year != 0)
        line_unclear(l, ORDER_STOP, NULL);
    else
        o->days = days;
}
