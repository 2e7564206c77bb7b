/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "order-text.h"

static void add_decimal(GString *s, Decimal d)
{
    g_autofree char *t = decimal_to_dose(d, TRUE);
    g_string_append(s, t);
}

static const char *star(const Order *o, OrderField f)
{
    return order_is_assumed(o, f) ? "*" : "";
}

static void add_doses(GString *s, const Order *o)
{
    for (guint i = 0; i < o->step_count; i++) {
        if (i > 0)
            g_string_append_c(s, ',');
        add_decimal(s, o->steps[i].low);
        if (o->steps[i].high.valid) {
            g_string_append_c(s, '-');
            add_decimal(s, o->steps[i].high);
        }
        if (o->steps[i].days > 0)
            g_string_append_printf(s, "/%dd", o->steps[i].days);
    }
    g_string_append_printf(s, " %s%s", o->unit != NULL ? o->unit : "?", star(o, ORDER_UNIT));
    if (o->per_kg.valid) {
        g_string_append(s, " per_kg ");
        add_decimal(s, o->per_kg);
    }
}

static void add_timing(GString *s, const Order *o)
{
    static const char *const names[] = {"", "freq", "every", "slots", "bedtime", "kl", "once", "continuous", "free"};
    g_string_append(s, names[o->timing]);
    if (o->timing == TIMING_FREQUENCY) {
        g_string_append_printf(s, " %d", o->frequency);
        if (o->frequency_max > 0)
            g_string_append_printf(s, "-%d", o->frequency_max);
    }
    if (o->timing == TIMING_FREQUENCY || o->timing == TIMING_INTERVAL)
        g_string_append_printf(s, "/%d%c", o->period, o->period_unit);
    for (int i = 0; o->timing == TIMING_SLOTS && i < ORDER_SLOTS; i++) {
        g_string_append_c(s, i > 0 ? '+' : ' ');
        if (o->slot[i].valid)
            add_decimal(s, o->slot[i]);
        else
            g_string_append_c(s, '0');
    }
    for (guint i = 0; i < o->clocks; i++)
        g_string_append_printf(s, " %02d:%02d", o->clock[i].hour, o->clock[i].minute);
    g_string_append(s, star(o, ORDER_TIMING));
    if (o->meal != NULL)
        g_string_append_printf(s, " %s %d", o->meal, o->meal_minutes);
    if (o->cycle_days > 0)
        g_string_append_printf(s, " cycle %d/%d", o->cycle_days, o->rest_days);
    if (o->weekdays != 0)
        g_string_append_printf(s, " days %x", o->weekdays);
    if (o->stat)
        g_string_append(s, " stat");
    if (o->as_needed)
        g_string_append_printf(s, " vb(%s)", o->as_needed_reason ? o->as_needed_reason : "");
    if (o->max_times > 0)
        g_string_append_printf(s, " max %d", o->max_times);
    if (o->max_dose.valid) {
        g_string_append(s, " max ");
        add_decimal(s, o->max_dose);
        g_string_append_printf(s, " %s", o->max_unit);
    }
}

static void add_given(GString *s, const Order *o)
{
    if (o->load_first)
        g_string_append(s, " load");
    if (o->rate.valid) {
        g_string_append(s, " rate ");
        add_decimal(s, o->rate);
    }
    if (o->rate_high.valid) {
        g_string_append_c(s, '-');
        add_decimal(s, o->rate_high);
    }
    if (o->rate.valid)
        g_string_append_printf(s, " %s", o->rate_unit);
    if (o->minutes > 0)
        g_string_append_printf(s, " %d min", o->minutes);
    if (o->site != NULL)
        g_string_append_printf(s, " in(%s)", o->site);
    if (o->instruction != NULL)
        g_string_append_printf(s, " do(%s)", o->instruction);
    if (o->free_text != NULL)
        g_string_append_printf(s, " free(%s)", o->free_text);
}

static void add_issue(GString *s, const OrderIssue *i)
{
    static const char *const fields[] = {"drug",   "form",   "strength", "route",     "dose",
                                         "unit",   "weight", "timing",   "weekday",   "max",
                                         "reason", "start",  "stop",     "follow-up", "as-needed", "supply",
                                         "withdrawals", "exchange", "token"};
    static const char *const kinds[] = {"missing", "ambiguous", "refused", "implausible"};
    g_string_append_printf(s, " !%s:%s", fields[i->field], kinds[i->kind]);
    if (i->token != NULL)
        g_string_append_printf(s, "(%s)", i->token);
    if (i->options != NULL) {
        g_autofree char *list = g_strjoinv("/", i->options);
        g_string_append_printf(s, "[%s]", list);
    }
}

char *order_to_text(const Order *o)
{
    GString *s = g_string_new(o->substance != NULL ? o->substance : "?");
    g_string_append_printf(
        s, "|%s%s|%s%s|%s%s|", o->form != NULL ? o->form : "?", star(o, ORDER_FORM),
        o->product != NULL ? o->product->strength_text : "?", star(o, ORDER_STRENGTH),
        o->route != NULL ? o->route : "?", star(o, ORDER_ROUTE));
    add_doses(s, o);
    g_string_append_c(s, '|');
    add_timing(s, o);
    add_given(s, o);
    g_string_append_printf(s, "|%s|", o->reason != NULL ? o->reason : "");
    if (o->days > 0)
        g_string_append_printf(s, "%dd", o->days);
    for (guint i = 0; i < o->issues->len; i++)
        add_issue(s, o->issues->pdata[i]);
    return g_string_free(s, FALSE);
}
