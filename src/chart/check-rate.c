/* SPDX-License-Identifier: GPL-3.0-or-later
 * How fast something goes in: an infusion by its rate, or a dose over so many minutes, against the most in an hour. */
#include <string.h>

#include "chart/check.h"
#include "chart/record-words.h"

#define MINUTES 60

/* "mikrogram/kg/min": what, for each kg, and how many of its times are in an hour. FALSE: no such rate. */
static gboolean rate_parts(const char *unit, char **ret_unit, gboolean *ret_kg, int *ret_in_hour)
{
    g_auto(GStrv) parts = g_strsplit(unit ? unit : "", "/", 3);
    guint n = g_strv_length(parts);
    if (n < 2)
        return FALSE;
    *ret_unit = g_strdup(parts[0]);
    *ret_kg = n == 3 && strcmp(parts[1], "kg") == 0;
    *ret_in_hour = strcmp(parts[n - 1], "min") == 0 ? MINUTES : 1;
    return TRUE;
}

/* A millilitre is as much as the product holds of it. */
static Decimal amount_in(const Order *o, Decimal amount, const char *unit, const char *to)
{
    Order counted = *o;
    counted.unit = unit;
    return check_dose_in(&counted, amount, to);
}

static Decimal by_weight(const CheckInput *in, Decimal amount, gboolean has, gboolean wants)
{
    Decimal kg = in->facts->weight_kg;
    if (has == wants || !amount.valid)
        return amount;
    if (!kg.valid || kg.coefficient <= 0)
        return (Decimal){0};
    return wants ? decimal_div(amount, kg, 4) : decimal_mul(amount, kg);
}

/* What goes in during an hour, in the rule's unit; invalid when the order does not say. */
static Decimal in_an_hour(const CheckInput *in, const CheckRule *r)
{
    const Order *o = in->order;
    g_autofree char *unit = NULL;
    gboolean kg = FALSE;
    int times = 1;
    if (o->rate.valid && rate_parts(o->rate_unit, &unit, &kg, &times)) {
        Decimal rate = decimal_mul(o->rate_high.valid ? o->rate_high : o->rate, decimal_from_int(times));
        return by_weight(in, amount_in(o, rate, unit, r->unit), kg, r->per_kg);
    }
    Decimal once = o->minutes > 0 ? check_dose_in(o, check_dose_at_once(o), r->unit) : (Decimal){0};
    if (!once.valid)
        return once;
    return by_weight(in, decimal_div(decimal_mul(once, decimal_from_int(MINUTES)), decimal_from_int(o->minutes), 4), FALSE, r->per_kg);
}

static char *rate_text(const CheckRule *r, Decimal amount)
{
    g_autofree char *number = decimal_to_dose(decimal_round(amount, 2), TRUE);
    return g_strdup_printf("%s %s%s", number, r->unit, r->per_kg ? "/kg/tim" : "/tim");
}

static gboolean too_fast(const CheckInput *in, const CheckRule *r, Decimal *ret)
{
    *ret = in_an_hour(in, r);
    return ret->valid && decimal_compare(*ret, r->single) > 0;
}

void check_rate(const Check *self, const CheckInput *in, GPtrArray *lines)
{
    const GPtrArray *rules = in->data->rules->of[self->rules];
    const CheckRule *found = NULL;
    Decimal fast = {0};
    for (guint i = 0; i < rules->len; i++) {
        const CheckRule *r = rules->pdata[i];
        Decimal is;
        if (!check_rule_of_age(in, r) || !check_rule_fits(in, r) ||
            !too_fast(in, r, &is) || (found && r->level <= found->level))
            continue;
        found = r;
        fast = is;
    }
    if (!found)
        return;
    g_autofree char *is = rate_text(found, fast), *most = rate_text(found, found->single);
    g_autofree char *record = record_text(RW_RATE, in->order->substance, is, most, found->text);
    check_say(lines, self->id, CHECK_FOUND, found->level, in->order->atc, record, g_strdup(record));
}
