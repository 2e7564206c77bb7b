/* SPDX-License-Identifier: GPL-3.0-or-later
 * What a word of the line gives the order; what is said twice becomes an issue. */
#include "chart/orderline-line.h"

#include <string.h>

#define MAX_WORDS 3 /* in one row of the token file */

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

gboolean line_number(Line *l, const char *text, Decimal *ret)
{
    gsize n = strlen(text);
    gboolean thousands = n >= 5 && (text[n - 4] == ',' || text[n - 4] == '.') && text[0] != '0';
    if (thousands) {
        g_autofree char *joined = g_strdup_printf("%.*s%s", (int)(n - 4), text, text + n - 3);
        const char *options[] = {joined, text, NULL};
        line_unclear(l, ORDER_DOSE, options);
        return FALSE;
    }
    return decimal_parse(text, ret);
}

void line_set_timing(Line *l, TimingKind kind, int frequency, int frequency_max, int period,
                       char period_unit)
{
    Order *o = l->r.order;
    if (o->timing != TIMING_NONE) {
        line_unclear(l, ORDER_TIMING, NULL);
        return;
    }
    o->timing = kind;
    o->frequency = frequency;
    o->frequency_max = frequency_max;
    o->period = period;
    o->period_unit = period_unit;
}

void line_set_dose(Line *l, Decimal low, Decimal high, const char *unit)
{
    Order *o = l->r.order;
    if (decimal_is_zero(low) || (high.valid && decimal_compare(high, low) <= 0)) {
        line_unclear(l, ORDER_DOSE, NULL);
        return;
    }
    if (l->has_dose) {
        if (l->high.valid || l->r.strength.valid || l->r.unitless || o->per_kg.valid) {
            line_unclear(l, ORDER_DOSE, NULL);
            return;
        }
        l->r.strength = l->low;
        l->r.strength_unit = o->unit;
    }
    l->has_dose = TRUE;
    l->low = low;
    l->high = high;
    l->r.unitless = unit == NULL;
    o->unit = unit != NULL ? g_intern_string(unit) : NULL;
}

void line_set_per_kg(Line *l, Decimal amount, const char *unit)
{
    l->r.order->per_kg = amount;
    line_set_dose(l, amount, (Decimal){0}, unit);
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

void line_set_slot(Line *l, const char *value)
{
    static const char *const names[] = {"morning", "noon", "evening", "night"};
    Order *o = l->r.order;
    if (strcmp(value, "bedtime") == 0) {
        line_set_timing(l, TIMING_BEDTIME, 1, 0, 1, 'd');
        return;
    }
    if (!l->named_slots)
        line_set_timing(l, TIMING_SLOTS, 0, 0, 0, 'd');
    l->named_slots = o->timing == TIMING_SLOTS;
    for (int i = 0; i < ORDER_SLOTS && l->named_slots; i++)
        if (strcmp(value, names[i]) == 0)
            o->slot[i] = decimal_from_int(1); /* marks the slot; the dose is filled in at the end */
}

void line_set_length(Line *l, Decimal n, char unit)
{
    Order *o = l->r.order;
    if (n.scale != 0 || n.coefficient < 1 || n.coefficient > 1000) {
        line_unclear(l, ORDER_STOP, NULL);
        return;
    }
    int value = (int)n.coefficient;
    int days = unit == 'w'   ? value * 7
               : unit == 'm' ? civil_date_days_between(
                                   civil_date_at(l->r.context->now),
                                   civil_date_add_months(civil_date_at(l->r.context->now), value))
                             : value;
    if (o->days != 0 || o->stop.year != 0)
        line_unclear(l, ORDER_STOP, NULL);
    else
        o->days = days;
}
