/* SPDX-License-Identifier: GPL-3.0-or-later
 * A dose against what was given before it: the shortest time between two, the most in a day of each substance over all
 * products, and the product that was scanned against the one that was ordered. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/table.h"
#include "base/text.h"
#include "base/xdg.h"
#include "chart/dosage.h"
#include "chart/giving-amount.h"
#include "chart/giving-check.h"

static Instant given_at(const GivingInput *in)
{
    return in->act->at != INSTANT_NONE ? in->act->at : in->now;
}

/* ---- minimum interval ---- */

/* In minutes, of that code; 0: no row says. -1: the file cannot be read. */
static int least_minutes(char *const *codes)
{
    static Table *limits;
    g_autofree char *path = data_path("giving/limits.tsv");
    limits = limits ? limits : table_load(path, 0, NULL);
    for (guint i = 0; limits && i < table_rows(limits); i++)
        for (char *const *c = codes; c && *c; c++)
            if (g_str_has_prefix(*c, table_cell(limits, i, "drugs")))
                return (int)g_ascii_strtoll(table_cell(limits, i, "minutes"), NULL, 10);
    return limits ? 0 : -1;
}

/* Half of what is planned between two doses, where no row says. */
static int half_interval(const DueDose *d)
{
    return d->next != INSTANT_NONE ? (int)((d->next - d->dose.at) / G_TIME_SPAN_MINUTE / 2) : 0;
}

static const char *atc_of(const OrderData *data, const char *substance)
{
    for (guint i = 0; i < drug_list_count(data->drugs); i++) {
        const DrugProduct *p = drug_list_at(data->drugs, i);
        if (strcmp(p->folded_substance, substance) == 0)
            return p->atc;
    }
    return NULL;
}

static char *length_text(Instant length)
{
    int minutes = (int)(length / G_TIME_SPAN_MINUTE);
    return minutes < 120 ? g_strdup_printf(_("%d min"), minutes) : g_strdup_printf(_("%d h %02d min"), minutes / 60, minutes % 60);
}

static const Given *nearest(const GivingInput *in, const char *substance, Instant at)
{
    const Given *g = giving_last(in->list->given, substance, at), *also = in->also ? giving_last(in->also, substance, at) : NULL;
    return !g || (also && also->at > g->at) ? also : g;
}

void giving_check_interval(const GivingCheck *self, const GivingInput *in, GPtrArray *lines)
{
    const Order *o = in->dose->order;
    if (!o)
        return;
    g_auto(GStrv) names = giving_substances(o->product, o->substance);
    Instant at = given_at(in);
    for (char **n = names; *n; n++) {
        const char *atc = atc_of(in->data, *n);
        g_auto(GStrv) codes = check_rules_codes(in->data->rules, atc ? atc : o->atc);
        const Given *g = nearest(in, *n, at);
        int least = least_minutes(codes);
        if (least < 0) {
            giving_say(lines, self, GIVING_ASKS, TRUE, g_strdup(_("The shortest time between two doses could not be checked: its table cannot be read")));
            return;
        }
        least = least > 0 ? least : g && g_strcmp0(g->request, fhir_id(in->dose->request)) == 0 ? half_interval(in->dose) : 0;
        if (!g || least == 0 || at - g->at >= least * G_TIME_SPAN_MINUTE)
            continue;
        g_autofree char *ago = length_text(at - g->at), *needs = length_text(least * G_TIME_SPAN_MINUTE), *when = instant_to_hhmm(g->at);
        giving_say(lines, self, GIVING_ASKS, FALSE,
                   g_strdup_printf(_("TOO SOON: %s was given %s, %s ago; at least %s between two"), g->name, when, ago, needs));
        return;
    }
}

/* ---- the most of a day ---- */

typedef struct {
    const GivingCheck *self;
    const GivingInput *in;
    GPtrArray *lines;
    const GivenPart *part;
    const char *name;
} Total;

/* TRUE: over, and said. */
static gboolean over(const Total *t, Decimal limit, const char *unit)
{
    Instant at = given_at(t->in);
    const char *uncounted, *uncounted_also = NULL;
    Decimal now = dose_convert(t->part->amount, t->part->unit, unit);
    Decimal before = giving_sum(t->in->list->given, t->part->substance, unit, at - G_TIME_SPAN_DAY, at, &uncounted);
    if (t->in->also)
        before = decimal_add(before, giving_sum(t->in->also, t->part->substance, unit, at - G_TIME_SPAN_DAY, at, &uncounted_also));
    uncounted = uncounted ? uncounted : uncounted_also;
    if (uncounted || !now.valid)
        giving_say(t->lines, t->self, GIVING_ASKS, TRUE,
                   g_strdup_printf(_("The total of 24 h could not be checked: the amount of %s cannot be counted"), uncounted ? uncounted : t->name));
    Decimal sum = decimal_add(before, now);
    if (!sum.valid || decimal_compare(sum, limit) <= 0)
        return FALSE;
    g_autofree char *is = dosage_quantity_text(sum, unit), *most = dosage_quantity_text(limit, unit);
    giving_say(t->lines, t->self, GIVING_REFUSED, FALSE,
               g_strdup_printf(_("OVER THE MOST: %s would be %s in 24 h with this dose; the most is %s"), t->part->substance, is, most));
    return TRUE;
}

/* The rows of data/checks/doses.tsv about the substance, the way and the age: by weight and absolute. */
static const CheckRule *limit_of(const Total *t, gboolean per_kg)
{
    const GPtrArray *rules = t->in->data->rules->of[RULES_DOSE];
    const char *atc = atc_of(t->in->data, t->part->substance), *route = t->in->dose->order->route;
    g_auto(GStrv) codes = check_rules_codes(t->in->data->rules, atc ? atc : t->in->dose->order->atc);
    int months = t->in->months;
    for (guint i = 0; i < rules->len; i++) {
        const CheckRule *r = rules->pdata[i];
        gboolean by_route = !r->routes || (route && g_strv_contains((const char *const *)r->routes, route));
        gboolean by_age = (r->from == 0 && r->to == G_MAXINT) || (months >= 0 && months >= r->from && (r->to == G_MAXINT || months < r->to));
        if (r->per_kg == per_kg && r->daily.valid && by_route && by_age && drug_set_has(r->drugs, codes) && (!r->without || months < 0))
            return r;
    }
    return NULL;
}

static void check_part(const Total *t)
{
    const CheckRule *plain = limit_of(t, FALSE), *kg = limit_of(t, TRUE);
    gboolean weighed = t->in->weight_kg.valid && t->in->weight_kg.coefficient > 0;
    if (kg && !weighed)
        giving_say(t->lines, t->self, GIVING_ASKS, TRUE, g_strdup(_("The total of 24 h could not be checked: no weight is known")));
    if (kg && weighed && over(t, decimal_mul(kg->daily, t->in->weight_kg), kg->unit))
        return;
    if (plain)
        over(t, plain->daily, plain->unit);
}

static Decimal in_unit(Decimal amount, const char *from, const char *to)
{
    if (!amount.valid || !from || !to)
        return (Decimal){0};
    return strcmp(from, to) == 0 ? amount : dose_convert(amount, from, to);
}

/* "högst 4 gånger per dygn", "högst 8 tabletter per dygn": what the order itself allows. */
static void check_own_limit(const GivingCheck *self, const GivingInput *in, GPtrArray *lines)
{
    const Order *o = in->dose->order;
    Instant at = given_at(in);
    const char *unit = o->max_unit ? o->max_unit : o->unit;
    Decimal sum = in_unit(giving_amount(in->dose, in->act), o->unit, unit);
    int times = 1;
    for (guint i = 0; i < in->list->given->len; i++) {
        const Given *g = in->list->given->pdata[i];
        if (!given_counts(g) || g_strcmp0(g->request, fhir_id(in->dose->request)) != 0 || g->at <= at - G_TIME_SPAN_DAY || g->at > at)
            continue;
        times++;
        sum = decimal_add(sum, in_unit(g->amount, g->unit, unit));
    }
    if (o->max_times > 0 && times > o->max_times)
        giving_say(lines, self, GIVING_REFUSED, FALSE,
                   g_strdup_printf(_("OVER THE ORDER: it would be dose %d in 24 h; the order allows %d"), times, o->max_times));
    else if (o->max_dose.valid && sum.valid && decimal_compare(sum, o->max_dose) > 0) {
        g_autofree char *is = dosage_quantity_text(sum, unit), *most = dosage_quantity_text(o->max_dose, unit);
        giving_say(lines, self, GIVING_REFUSED, FALSE, g_strdup_printf(_("OVER THE ORDER: it would be %s in 24 h; the order allows %s"), is, most));
    } else if (o->max_dose.valid && !sum.valid) {
        giving_say(lines, self, GIVING_ASKS, TRUE, g_strdup(_("What the order allows in 24 h could not be checked: a given amount cannot be counted")));
    }
}

void giving_check_total(const GivingCheck *self, const GivingInput *in, GPtrArray *lines)
{
    const Order *o = in->dose->order;
    if (!o)
        return;
    check_own_limit(self, in, lines);
    const DrugProduct *p = in->act->scanned ? in->act->scanned : o->product;
    g_autoptr(GPtrArray) parts = giving_parts(p, giving_amount(in->dose, in->act), o->unit);
    for (guint i = 0; parts && i < parts->len; i++) {
        Total t = {self, in, lines, parts->pdata[i], in->dose->row->name};
        check_part(&t);
    }
    if (!parts && in->dose->row->as_needed)
        giving_say(lines, self, GIVING_SAID, TRUE, g_strdup(_("The total of 24 h could not be checked: the product is not in the list")));
}

/* ---- the product in the hand ---- */

void giving_check_product(const GivingCheck *self, const GivingInput *in, GPtrArray *lines)
{
    const DrugProduct *p = in->act->scanned;
    const Order *o = in->dose->order;
    if (!p || !o)
        return;
    g_autofree char *scanned = drug_name(p, TRUE);
    if (g_strcmp0(p->atc, o->atc) != 0 || (o->product && strcmp(p->folded_substance, o->product->folded_substance) != 0)) {
        giving_say(lines, self, GIVING_REFUSED, FALSE, g_strdup_printf(_("WRONG MEDICINE: %s was scanned"), scanned));
        return;
    }
    if (!o->product) {
        giving_say(lines, self, GIVING_ASKS, TRUE, g_strdup_printf(_("The strength could not be checked: %s was scanned"), scanned));
        return;
    }
    static const char *const masses[] = {"g", "mg", "mikrogram", "mmol", "E", "IE", NULL};
    gboolean by_count = !o->unit || !g_strv_contains(masses, o->unit); /* a dose in milligrams may well be of another strength */
    if (strcmp(p->form, o->product->form) != 0)
        giving_say(lines, self, GIVING_REFUSED, FALSE, g_strdup_printf(_("WRONG FORM: %s was scanned"), scanned));
    else if (strcmp(p->strength_text, o->product->strength_text) != 0)
        giving_say(lines, self, by_count ? GIVING_REFUSED : GIVING_ASKS, FALSE, g_strdup_printf(_("WRONG STRENGTH: %s was scanned"), scanned));
}
