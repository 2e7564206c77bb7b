/* SPDX-License-Identifier: GPL-3.0-or-later
 * The dose of a day of one substance over all products that have it: two that are each well are too much together. */
#include <glib/gi18n.h>
#include <string.h>

#include "chart/check.h"
#include "chart/dosage.h"
#include "chart/record-words.h"

#define ADULT (18 * 12) /* months */

/* Of a combination: how much of its part @name is in one tablet ("kodein + paracetamol", "30/500 mg"). */
static Decimal part_in_one(const DrugProduct *p, const char *name)
{
    g_auto(GStrv) parts = check_substances(p->substance);
    g_autofree char *numbers = g_strndup(p->strength_text, strcspn(p->strength_text, " "));
    g_auto(GStrv) strengths = g_strsplit(numbers, "/", -1);
    Decimal d = {0};
    for (guint i = 0; parts[i] && strengths[i]; i++)
        if (strcmp(parts[i], name) == 0 && !decimal_parse(g_strdelimit(strengths[i], ",", '.'), &d))
            return (Decimal){0};
    return d;
}

/* What order @o gives of substance @name in a day, in @unit; invalid when it cannot be counted. */
static Decimal day_of(const Order *o, const char *name, const char *unit)
{
    g_auto(GStrv) parts = check_substances(o->substance);
    if (g_strv_length(parts) == 1)
        return strcmp(parts[0], name) == 0 ? check_dose_of_day(o, unit) : (Decimal){0};
    const char *counted = o->product ? drug_counted_unit(o->product) : NULL;
    Decimal count = counted ? check_dose_of_day(o, counted) : (Decimal){0};
    Decimal each = count.valid ? part_in_one(o->product, name) : (Decimal){0};
    return each.valid ? dose_convert(decimal_mul(count, each), o->product->strength_unit, unit) : (Decimal){0};
}

/* The most of substance @code in a day, and in which unit; the first rule that says it. */
static Decimal limit_of(const CheckInput *in, char *code, const char **ret_unit)
{
    const GPtrArray *rules = in->data->rules->of[RULES_DOSE];
    char *alone[] = {code, NULL};
    CheckInput one = *in;
    int months = in->facts->months;
    Decimal kg = in->facts->weight_kg;
    one.codes = alone;
    for (guint i = 0; i < rules->len; i++) {
        const CheckRule *r = rules->pdata[i];
        gboolean weighs = r->per_kg && months < ADULT && kg.valid && kg.coefficient > 0;
        if (!r->daily.valid || (r->per_kg && !weighs) || months < r->from || (r->to != G_MAXINT && months >= r->to) ||
            !check_rule_fits(&one, r) || !dose_convert(r->daily, r->unit, "mg").valid)
            continue;
        *ret_unit = r->unit;
        return weighs ? decimal_mul(r->daily, kg) : r->daily;
    }
    return (Decimal){0};
}

/* On skin and in eyes it adds nothing; what is paused or begins later is not of this day. */
static gboolean adds_up(const CheckDrug *d, const char *code)
{
    static const char *const local[] = {"kutan", "okulär", "nasal", "vaginal", "inhalation", NULL};
    return d->order && d->codes && !d->paused && !d->future && g_strv_contains((const char *const *)d->codes, code) &&
           !(d->route && g_strv_contains(local, d->route));
}

/* What substance @code is called, folded; NULL when the list has it in no product of its own. */
static char *name_of(const CheckInput *in, const char *code)
{
    g_autoptr(DrugMatch) match = drug_list_match(in->data->drugs, code);
    const DrugProduct *p = match->products->len ? match->products->pdata[0] : NULL;
    g_auto(GStrv) parts = p && strcmp(p->atc, code) == 0 ? check_substances(p->substance) : NULL;
    return parts && g_strv_length(parts) == 1 ? g_strdup(parts[0]) : NULL;
}

static void sum_of(const Check *self, const CheckInput *in, char *code, GPtrArray *lines)
{
    const char *unit = NULL;
    g_autofree char *name = name_of(in, code);
    Decimal limit = name ? limit_of(in, code, &unit) : (Decimal){0};
    Decimal own = limit.valid ? day_of(in->order, name, unit) : (Decimal){0}, sum = own;
    if (!own.valid || decimal_compare(own, limit) > 0) /* alone too much: the dose itself says so */
        return;
    g_autoptr(GString) with = g_string_new(NULL);
    for (guint i = 0; i < in->drugs->len; i++) {
        const CheckDrug *d = in->drugs->pdata[i];
        Decimal more = adds_up(d, code) ? day_of(d->order, name, unit) : (Decimal){0};
        if (!more.valid)
            continue;
        g_autofree char *text = dosage_quantity_text(more, unit);
        g_string_append_printf(with, " + %s %s", d->name, text);
        sum = decimal_add(sum, more);
    }
    if (!with->len || decimal_compare(sum, limit) <= 0)
        return;
    enum { TENTHS = 15 }; /* from half as much again it is a stop, as of one order */
    gboolean stop = decimal_compare(decimal_mul(sum, decimal_from_int(10)), decimal_mul(limit, decimal_from_int(TENTHS))) >= 0;
    g_autofree char *is = dosage_quantity_text(sum, unit), *most = dosage_quantity_text(limit, unit);
    g_autofree char *record = record_text(RW_DOSE_SUM, name, is, most, in->order->substance, with->str);
    check_say(lines, self->id, CHECK_FOUND, stop ? CHECK_STOP : CHECK_HIGH, code, record, g_strdup(record));
}

void check_sum(const Check *self, const CheckInput *in, GPtrArray *lines)
{
    for (char *const *c = in->codes; *c; c++) {
        gboolean shared = FALSE;
        for (guint i = 0; !shared && i < in->drugs->len; i++)
            shared = adds_up(in->drugs->pdata[i], *c);
        if (shared && in->facts->months >= 0)
            sum_of(self, in, *c, lines);
    }
}
