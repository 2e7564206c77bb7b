/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/order.h"

#include <string.h>

static void issue_free(gpointer data)
{
    OrderIssue *i = data;
    g_free(i->token);
    g_strfreev(i->options);
    g_free(i);
}

static void word_free(gpointer data)
{
    OrderWord *w = data;
    g_free(w->text);
    g_free(w);
}

Order *order_new(void)
{
    Order *o = g_new0(Order, 1);
    o->start = INSTANT_NONE;
    o->issues = g_ptr_array_new_with_free_func(issue_free);
    o->choices = g_ptr_array_new();
    o->words = g_ptr_array_new_with_free_func(word_free);
    return o;
}

void order_free(Order *o)
{
    if (o == NULL)
        return;
    g_free(o->typed_drug);
    g_free(o->substance);
    g_free(o->atc);
    g_free(o->steps);
    g_free(o->as_needed_reason);
    g_free(o->reason);
    g_free(o->follow_up);
    g_free(o->site);
    g_free(o->instruction);
    g_free(o->free_text);
    g_free(o->no_exchange_reason);
    g_ptr_array_unref(o->issues);
    g_ptr_array_unref(o->choices);
    g_ptr_array_unref(o->words);
    g_free(o);
}

gboolean order_complete(const Order *o)
{
    return o->issues->len == 0;
}

gboolean order_is_assumed(const Order *o, OrderField field)
{
    return (o->assumed & (1u << field)) != 0;
}

const OrderIssue *order_issue(const Order *o, OrderField field)
{
    for (guint i = 0; i < o->issues->len; i++) {
        const OrderIssue *issue = o->issues->pdata[i];
        if (issue->field == field)
            return issue;
    }
    return NULL;
}

void order_add_issue(Order *o, OrderField field, OrderIssueKind kind, const char *token,
                     const char *const *options)
{
    OrderIssue *i = g_new0(OrderIssue, 1);
    i->field = field;
    i->kind = kind;
    i->token = g_strdup(token);
    i->options = g_strdupv((char **)options);
    g_ptr_array_add(o->issues, i);
}

void order_add_step(Order *o, Decimal low, Decimal high, int days)
{
    o->steps = g_renew(OrderStep, o->steps, o->step_count + 1);
    o->steps[o->step_count++] = (OrderStep){low, high, days};
}

Decimal dose_convert(Decimal dose, const char *unit, const char *to)
{
    static const struct {
        const char *unit;
        int micrograms_exponent;
    } masses[] = {{"mikrogram", 0}, {"mg", 3}, {"g", 6}};
    if (g_strcmp0(unit, to) == 0)
        return dose;
    int from_e = -1, to_e = -1;
    for (gsize i = 0; i < G_N_ELEMENTS(masses); i++) {
        if (g_strcmp0(masses[i].unit, unit) == 0)
            from_e = masses[i].micrograms_exponent;
        if (g_strcmp0(masses[i].unit, to) == 0)
            to_e = masses[i].micrograms_exponent;
    }
    if (from_e < 0 || to_e < 0)
        return (Decimal){0};
    Decimal factor = decimal_from_int(1);
    for (int i = 0; i < ABS(from_e - to_e); i++)
        factor = decimal_mul(factor, decimal_from_int(10));
    return from_e > to_e ? decimal_mul(dose, factor)
                         : decimal_div(dose, factor, MIN(18, dose.scale + from_e + 6));
}

Decimal order_dose_in_units(const Order *o, Decimal dose)
{
    const DrugProduct *p = o->product;
    if (p == NULL || !p->strength.valid || decimal_is_zero(p->strength) || o->unit == NULL)
        return (Decimal){0};
    const char *slash = strchr(p->strength_unit, '/');
    g_autofree char *base = slash != NULL
                                ? g_strndup(p->strength_unit, (gsize)(slash - p->strength_unit))
                                : g_strdup(p->strength_unit);
    return decimal_div(dose_convert(dose, o->unit, base), p->strength, 6);
}

int order_doses_per_day(const Order *o)
{
    int n = 0;
    switch (o->timing) {
    case TIMING_FREQUENCY:
        return o->period_unit == 'd' && o->period == 1 ? MAX(o->frequency, o->frequency_max) : 0;
    case TIMING_INTERVAL:
        return o->period_unit == 'h' && o->period > 0 && 24 % o->period == 0 ? 24 / o->period : 0;
    case TIMING_SLOTS:
        for (int i = 0; i < ORDER_SLOTS; i++)
            n += o->slot[i].valid && !decimal_is_zero(o->slot[i]);
        return n;
    case TIMING_CLOCK:
        return o->weekdays == 0 ? (int)o->clocks : 0;
    case TIMING_BEDTIME:
        return 1;
    case TIMING_NONE:
    case TIMING_ONCE:
    case TIMING_CONTINUOUS:
    case TIMING_FREE:
        break;
    }
    return 0;
}
