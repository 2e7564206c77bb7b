/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/prescription.h"

#include <string.h>

#include "chart/dosage.h"

#define PACK          "förpackning"
#define MOST_AT_ONCE  5000 /* more of it at once is a slip of the hand */

static void ask(Order *o, OrderField field, OrderIssueKind kind, const char *token, const char *option)
{
    const char *const options[] = {option, NULL};
    order_add_issue(o, field, kind, token, option ? options : NULL);
}

/* ---- the length ---- */

/* Days of the treatment; 0 when it has no end. Without its days the dose would not say when it ends. */
static int days_of(Order *o)
{
    if (o->timing == TIMING_ONCE)
        return 1;
    if (o->stop.year == 0)
        return 0;
    int days = MAX(1, civil_date_days_between(civil_date_at(o->start), o->stop) + 1);
    if (o->days == 0 && o->cycle_days == 0 && (o->step_count <= 1 || o->load_first))
        o->days = days;
    return days;
}

static int up(int n, int by)
{
    return (n + by - 1) / by;
}

/* ---- the quantity ---- */

/* The smallest pack that is enough, or several of the largest. */
static void choose_packs(OrderSupply *s, const GArray *packs)
{
    gint64 need = (gint64)s->need.coefficient;
    if (packs == NULL)
        return;
    for (guint i = 0; i < packs->len && s->packs == 0; i++) {
        s->pack_size = g_array_index(packs, int, i);
        s->packs = s->pack_size >= need ? 1 : 0;
    }
    if (s->packs == 0)
        s->packs = (int)((need + s->pack_size - 1) / s->pack_size);
}

static void assume_quantity(Order *o, const GArray *packs)
{
    OrderSupply *s = &o->supply;
    if (!s->need.valid || decimal_is_zero(s->need)) {
        ask(o, ORDER_SUPPLY, ISSUE_MISSING, NULL, NULL);
        return;
    }
    choose_packs(s, packs);
    s->quantity = s->packs > 0 ? decimal_from_int((gint64)s->packs * s->pack_size) : s->need;
    s->unit = prescription_unit(o->product);
    o->assumed |= 1u << ORDER_SUPPLY;
}

/* Packs become what is in them where only one size of them is known; else they stay packs. */
static void open_packs(Order *o, const GArray *packs)
{
    OrderSupply *s = &o->supply;
    if (packs == NULL || packs->len != 1)
        return;
    s->pack_size = g_array_index(packs, int, 0);
    s->packs = (int)s->quantity.coefficient;
    s->quantity = decimal_mul(s->quantity, decimal_from_int(s->pack_size));
    s->unit = prescription_unit(o->product);
}

static void look_at_quantity(Order *o, const GArray *packs)
{
    OrderSupply *s = &o->supply;
    const char *unit = prescription_unit(o->product);
    gboolean pieces = s->unit == NULL || strcmp(s->unit, "st") == 0;
    gboolean counted = strcmp(unit, "ml") != 0 && strcmp(unit, "g") != 0;
    g_autofree char *number = decimal_to_dose(s->quantity, TRUE);
    g_autofree char *said = g_strdup_printf("%s %s", number, s->unit ? s->unit : "st");
    if (s->quantity.scale > 0 && counted && decimal_compare(s->quantity, decimal_round(s->quantity, 0)) != 0) {
        ask(o, ORDER_SUPPLY, ISSUE_REFUSED, said, unit);
        return;
    }
    if (decimal_compare(s->quantity, decimal_from_int(MOST_AT_ONCE)) > 0) {
        ask(o, ORDER_SUPPLY, ISSUE_IMPLAUSIBLE, said, NULL);
        return;
    }
    if (s->unit != NULL && strcmp(s->unit, PACK) == 0)
        open_packs(o, packs);
    else if (pieces && counted)
        s->unit = unit;
    else if (pieces || strcmp(s->unit, unit) != 0)
        ask(o, ORDER_SUPPLY, ISSUE_REFUSED, said, unit);
}

/* More than may be had at once, counted as if each dose that can be taken is; a pack that is the smallest there is,
 * or a quantity in packs that cannot be counted, is not. */
static void look_at_most(Order *o, const PrescribingClass *c, const GArray *packs)
{
    OrderSupply *s = &o->supply;
    Decimal most = prescription_need(o, c->days);
    if (!c->strict || !s->quantity.valid || order_issue(o, ORDER_SUPPLY) != NULL)
        return;
    int smallest = packs != NULL ? g_array_index(packs, int, 0) : 0;
    gboolean counted = s->unit != NULL && strcmp(s->unit, PACK) != 0;
    if (counted && smallest > 0 && decimal_compare(s->quantity, decimal_from_int(smallest)) <= 0)
        return;
    g_autofree char *said = decimal_to_dose(s->quantity, TRUE);
    g_autofree char *allowed = most.valid ? dosage_quantity_text(most, prescription_unit(o->product)) : NULL;
    if (!counted || !most.valid)
        ask(o, ORDER_SUPPLY, counted ? ISSUE_MISSING : ISSUE_REFUSED, counted ? NULL : PACK, NULL);
    else if (decimal_compare(s->quantity, most) > 0)
        ask(o, ORDER_SUPPLY, ISSUE_REFUSED, said, allowed);
}

/* A pack that is more than may be had at once is no default: then what the doses need. */
static void within_most(Order *o, const PrescribingClass *c, const GArray *packs)
{
    OrderSupply *s = &o->supply;
    int smallest = packs != NULL ? g_array_index(packs, int, 0) : 0;
    if (!c->strict || !order_is_assumed(o, ORDER_SUPPLY) || s->packs == 0 || s->pack_size * s->packs == smallest)
        return;
    if (decimal_compare(s->quantity, s->need) > 0) {
        s->quantity = s->need;
        s->packs = s->pack_size = 0;
    }
}

/* ---- all of it ---- */

static void look_at_withdrawals(Order *o, const PrescribingClass *c, int days)
{
    OrderSupply *s = &o->supply;
    if (s->withdrawals == 0) {
        int all = days > 0 ? up(days, c->days) : MAX(1, c->months * 30 / c->days);
        s->withdrawals = MIN(all, c->withdrawals);
        o->assumed |= 1u << ORDER_WITHDRAWALS;
    }
    g_autofree char *said = g_strdup_printf("%d uttag", s->withdrawals);
    g_autofree char *most = g_strdup_printf("%d uttag", c->withdrawals);
    if (s->withdrawals > c->withdrawals)
        ask(o, ORDER_WITHDRAWALS, ISSUE_REFUSED, said, most);
}

void prescription_settle(Order *o, const PrescribingRules *rules, Instant now)
{
    OrderSupply *s = &o->supply;
    if (!s->wanted || s->settled || o->product == NULL)
        return;
    const PrescribingClass *c = prescribing_class(rules, o->product);
    const GArray *packs = prescribing_packs(rules, o->product);
    if (c == NULL) { /* a class without rules is no class without limits */
        ask(o, ORDER_SUPPLY, ISSUE_REFUSED, o->product->narcotic ? o->product->narcotic : "recept", NULL);
        return;
    }
    int days = days_of(o);
    s->need_days = days > 0 && days < c->days ? days : c->days;
    s->need = prescription_need(o, s->need_days);
    s->in_words = c->words;
    s->until = civil_date_add_months(civil_date_at(MAX(now, o->start)), c->months);
    look_at_withdrawals(o, c, days);
    if (s->quantity.valid)
        look_at_quantity(o, packs);
    else
        assume_quantity(o, packs);
    within_most(o, c, packs);
    look_at_most(o, c, packs);
    if (s->no_exchange && o->no_exchange_reason == NULL)
        ask(o, ORDER_EXCHANGE, ISSUE_MISSING, NULL, NULL);
    s->settled = TRUE;
}

/* ---- in words ---- */

static char *quantity_text(const OrderSupply *s)
{
    gboolean packs = g_strcmp0(s->unit, PACK) == 0;
    gboolean one = decimal_compare(s->quantity, decimal_from_int(1)) == 0;
    g_autofree char *number = decimal_to_dose(s->quantity, TRUE);
    if (packs || s->unit == NULL)
        return g_strdup_printf("%s %s", number, !packs ? "st" : one ? PACK : "förpackningar");
    return dosage_quantity_text(s->quantity, s->unit);
}

static void add_letters(GString *out, const OrderSupply *s)
{
    g_autofree char *letters = s->in_words && s->quantity.scale == 0 ? number_in_swedish((int)s->quantity.coefficient) : NULL;
    if (letters != NULL && *letters)
        g_string_append_printf(out, " (%s)", letters);
}

/* How the quantity came about, so that it can be counted again. */
static void add_reckoning(GString *out, const Order *o)
{
    const OrderSupply *s = &o->supply;
    g_autofree char *need = s->need.valid ? decimal_to_dose(s->need, TRUE) : NULL;
    gboolean assumed = order_is_assumed(o, ORDER_SUPPLY);
    if (!assumed && need == NULL)
        return;
    g_string_append_printf(out, " [%s", assumed ? "antaget: " : "");
    g_string_append_printf(out, "dosen ger %s på %d %s", need, s->need_days, s->need_days == 1 ? "dag" : "dagar");
    if (s->packs > 0)
        g_string_append_printf(out, ", %d × %d", s->packs, s->pack_size);
    g_string_append_c(out, ']');
}

char *prescription_reading(const Order *o, CivilDate today)
{
    const OrderSupply *s = &o->supply;
    GString *out = g_string_new("recept");
    (void)today;
    if (s->quantity.valid && s->settled) {
        g_autofree char *quantity = quantity_text(s);
        g_string_append_printf(out, ": %s", quantity);
        add_letters(out, s);
        add_reckoning(out, o);
    }
    if (s->withdrawals > 0)
        g_string_append_printf(out, " · %d uttag%s", s->withdrawals, order_is_assumed(o, ORDER_WITHDRAWALS) ? " (antaget)" : "");
    if (s->until.year != 0) {
        g_autofree char *until = civil_date_to_text(s->until);
        g_string_append_printf(out, " · giltigt t.o.m. %s", until);
    }
    if (s->no_exchange)
        g_string_append_printf(out, " · FÅR EJ BYTAS UT: %s", o->no_exchange_reason ? o->no_exchange_reason : "?");
    return g_string_free(out, FALSE);
}

char *prescription_line(const Order *o)
{
    const OrderSupply *s = &o->supply;
    GString *out = g_string_new("recept");
    if (!s->wanted)
        return g_string_free(out, TRUE);
    if (s->quantity.valid) {
        g_autofree char *number = decimal_to_dose(s->quantity, TRUE);
        gboolean measured = g_strcmp0(s->unit, "ml") == 0 || g_strcmp0(s->unit, "g") == 0;
        g_string_append_printf(out, " %s %s", number, g_strcmp0(s->unit, PACK) == 0 ? "förp" : measured ? s->unit : "st");
    }
    if (s->withdrawals > 0)
        g_string_append_printf(out, " uttag %d", s->withdrawals);
    if (s->no_exchange)
        g_string_append_printf(out, " byt ej %s", o->no_exchange_reason ? o->no_exchange_reason : "");
    return g_strchomp(g_string_free(out, FALSE));
}
