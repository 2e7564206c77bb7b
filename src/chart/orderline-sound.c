/* SPDX-License-Identifier: GPL-3.0-or-later
 * What nobody can mean, and what was said twice and does not agree: asked about, never put right. */
#include <string.h>

#include "chart/dosage.h"
#include "chart/orderline-private.h"
#include "chart/units.h"

#define LONGEST_TEXT 300 /* of a reason, in bytes */

/* @dose of the order in @unit, by what the product holds; invalid when it cannot be said so. */
static Decimal in_unit(const Order *o, Decimal dose, const char *unit)
{
    Decimal direct = dose_convert(dose, o->unit, unit);
    const DrugProduct *p = o->product;
    if (direct.valid || p == NULL || o->unit == NULL || !dose.valid)
        return direct;
    const char *counted = drug_counted_unit(p);
    g_autofree char *base = g_strndup(p->strength_unit, strcspn(p->strength_unit, "/"));
    gboolean each = strchr(p->strength_unit, '/') == NULL || g_str_has_suffix(p->strength_unit, "/dos");
    if (counted != NULL && each && strcmp(o->unit, counted) == 0)
        return dose_convert(decimal_mul(dose, p->strength), base, unit);
    gboolean to = counted != NULL ? each && strcmp(unit, counted) == 0
                                  : g_str_has_suffix(p->strength_unit, "/ml") && strcmp(unit, "ml") == 0;
    return to ? order_dose_in_units(o, dose) : (Decimal){0};
}

static void implausible(Order *o, OrderField field, Decimal d, const char *unit)
{
    g_autofree char *said = dosage_quantity_text(d, unit);
    order_add_issue(o, field, ISSUE_IMPLAUSIBLE, said, NULL);
}

static gboolean too_much(Decimal d, const char *unit)
{
    const DoseUnit *u = dose_unit(unit);
    return !d.valid || decimal_compare(d, decimal_from_int(u != NULL ? u->most : 100000)) > 0;
}

/* Not to be taken: "3,33 kapslar", 200 tablets. Four of them must be a whole number. */
static gboolean odd_pieces(const Order *o, Decimal dose, Decimal *ret_pieces)
{
    const char *counted = o->product != NULL ? drug_counted_unit(o->product) : NULL;
    *ret_pieces = counted != NULL ? in_unit(o, dose, counted) : (Decimal){0};
    Decimal quarters = decimal_mul(*ret_pieces, decimal_from_int(4));
    return ret_pieces->valid && (decimal_compare(quarters, decimal_round(quarters, 0)) != 0 || too_much(*ret_pieces, counted));
}

/* A slip of the hand, whatever the medicine: the limits for each one are the checks'. */
static void look_at_amounts(Order *o)
{
    g_autoptr(GArray) doses = order_doses(o);
    Decimal pieces;
    if (o->max_dose.valid && too_much(o->max_dose, o->max_unit))
        implausible(o, ORDER_MAX, o->max_dose, o->max_unit);
    for (guint i = 0; i < doses->len; i++) {
        Decimal d = g_array_index(doses, Decimal, i);
        gboolean much = too_much(d, o->unit), odd = odd_pieces(o, d, &pieces);
        if (!much && !odd)
            continue;
        implausible(o, ORDER_DOSE, much ? d : pieces, much ? o->unit : drug_counted_unit(o->product));
        return;
    }
}

static void look_at_weight(Order *o)
{
    static const char least[] = "0.4";
    Decimal low;
    decimal_parse(least, &low);
    if (!o->per_kg.valid || !o->weight_kg.valid ||
        (decimal_compare(o->weight_kg, low) >= 0 && decimal_compare(o->weight_kg, decimal_from_int(400)) <= 0))
        return;
    g_autofree char *said = dosage_quantity_text(o->weight_kg, "kg");
    order_add_issue(o, ORDER_WEIGHT, ISSUE_IMPLAUSIBLE, said, NULL);
}

static void look_at_text(Order *o, OrderField field, const char *text)
{
    if (text == NULL || strlen(text) <= LONGEST_TEXT)
        return;
    g_autofree char *begins = g_strndup(text, 20);
    g_autofree char *whole = g_utf8_make_valid(begins, -1);
    g_autofree char *said = g_strdup_printf("%s…", whole);
    order_add_issue(o, field, ISSUE_IMPLAUSIBLE, said, NULL);
}

/* "1–2" as it is typed; owned. */
static char *typed_dashes(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, "–", -1);
    return g_strjoinv("-", parts);
}

/* "2 tabletter (1 g)": the amount, or the range, is the dose before it. */
static gboolean says_the_dose(const Order *o, const OrderRestated *said)
{
    const char *blank = strchr(said->text, ' ');
    if (blank == NULL)
        return FALSE;
    const DoseUnit *u = dose_unit_by_word(blank + 1);
    g_autofree char *amount = g_strndup(said->text, (gsize)(blank - said->text));
    g_auto(GStrv) ends = g_strsplit(amount, "-", -1);
    Decimal low, high = {0};
    if (u == NULL || !decimal_parse(ends[0], &low) || (ends[1] != NULL && !decimal_parse(ends[1], &high)))
        return FALSE;
    Decimal a = in_unit(o, said->low, u->unit), b = in_unit(o, said->high, u->unit);
    return a.valid && decimal_compare(a, low) == 0 && high.valid == b.valid &&
           (!high.valid || decimal_compare(high, b) == 0);
}

/* What stood in brackets must be the dose before it, or stand in what will be written: another amount there is
 * another dose. */
static void look_at_brackets(OrderReading *r)
{
    Order *o = r->order;
    if (r->restated->len == 0 || o->product == NULL)
        return;
    g_autofree char *whole = dosage_text(o), *dose = typed_dashes(whole), *name = drug_name(o->product, TRUE);
    for (guint i = 0; i < r->restated->len; i++) {
        const OrderRestated *said = &g_array_index(r->restated, OrderRestated, i);
        g_autofree char *text = g_strdup_printf("(%s)", said->text);
        gboolean agrees = said->of_dose ? says_the_dose(o, said) : strstr(dose, text) != NULL || strstr(name, text) != NULL;
        if (!agrees)
            order_add_issue(o, ORDER_TOKEN, ISSUE_AMBIGUOUS, text, NULL);
    }
}

void orderline_look(OrderReading *r)
{
    Order *o = r->order;
    look_at_amounts(o);
    look_at_weight(o);
    look_at_text(o, ORDER_REASON, o->reason);
    look_at_text(o, ORDER_AS_NEEDED, o->as_needed_reason);
    look_at_text(o, ORDER_FOLLOW_UP, o->follow_up);
    look_at_text(o, ORDER_TIMING, o->instruction);
    look_at_brackets(r);
}
