/* SPDX-License-Identifier: GPL-3.0-or-later
 * Words of the line that are of a prescription: that there is one, how much is dispensed, how many times, and
 * that it is not exchanged. What they come to is chart/prescription.h's. */
#include "chart/orderline-line.h"

#include <string.h>

#define MOST_WITHDRAWALS 52

/* Not in the middle of what another part says in words: "uppf när recept är slut". */
static gboolean in_other_text(const Line *l)
{
    return l->open != NULL && l->open->len > 0 && (l->open == l->follow_up || l->open == l->instruction);
}

static gboolean number_follows(const Line *l)
{
    return l->at + 1 < l->count && g_ascii_isdigit(l->word[l->at + 1][0]);
}

Use supply_wanted(Line *l, const Meaning *m)
{
    (void)m;
    gboolean goes_on = number_follows(l) || line_has_role(l, l->at + 1, "withdrawals") || line_has_role(l, l->at + 1, "no-exchange");
    if (in_other_text(l) && !goes_on)
        return NOT_USED;
    l->r.order->supply.wanted = TRUE;
    return USED;
}

static void set_withdrawals(Line *l, const char *text)
{
    OrderSupply *s = &l->r.order->supply;
    char *end;
    gint64 n = g_ascii_strtoll(text, &end, 10);
    s->wanted = TRUE;
    if (*end != '\0' || n < 1 || s->withdrawals > 0)
        line_unclear(l, ORDER_WITHDRAWALS, NULL);
    else if (n > MOST_WITHDRAWALS)
        line_unlikely(l, ORDER_WITHDRAWALS);
    else
        s->withdrawals = (int)n;
}

Use supply_withdrawals(Line *l, const Meaning *m)
{
    (void)m;
    if (!number_follows(l))
        return NOT_USED;
    l->at++;
    set_withdrawals(l, l->word[l->at]);
    return USED;
}

Use supply_no_exchange(Line *l, const Meaning *m)
{
    (void)m;
    l->r.order->supply.wanted = l->r.order->supply.no_exchange = TRUE;
    l->open = l->no_exchange;
    return USED_OPEN;
}

static void set_quantity(Line *l, Decimal amount, const char *unit)
{
    OrderSupply *s = &l->r.order->supply;
    if (s->quantity.valid || decimal_is_zero(amount)) {
        line_unclear(l, ORDER_SUPPLY, NULL);
        return;
    }
    s->quantity = amount;
    s->unit = g_intern_string(unit);
}

/* What a number counts on a prescription: "st", "förp", a unit; NULL when it is none of them. */
static const char *unit_counted(const Line *l, const char *word)
{
    const Meaning *m = order_meaning_at(l->words, word, "supply");
    if (m == NULL && order_is_kind(order_meaning(l->words, word), "unit"))
        m = order_meaning(l->words, word);
    return m != NULL ? m->value : NULL;
}

/* After the dose and one of the words above a number is what the pharmacy dispenses. */
gboolean supply_quantity(Line *l)
{
    Order *o = l->r.order;
    const char *word = l->word[l->at];
    gsize digits = strspn(word, "0123456789.,");
    gboolean joined = digits > 0 && word[digits] != '\0';
    const char *counts = joined ? word + digits : l->at + 1 < l->count ? l->word[l->at + 1] : "";
    gboolean dosed = l->has_dose || o->step_count > 0 || o->timing == TIMING_FREE;
    if (digits == 0)
        return FALSE;
    g_autofree char *number = g_strndup(word, digits);
    if (!joined && order_is_kind(order_meaning(l->words, counts), "withdrawals") && o->supply.withdrawals == 0) {
        set_withdrawals(l, number);
        l->at++;
        return TRUE;
    }
    const char *unit = o->supply.wanted && dosed && l->open != l->no_exchange ? unit_counted(l, counts) : NULL;
    Decimal amount;
    if (unit == NULL)
        return FALSE;
    if (line_number(l, number, &amount))
        set_quantity(l, amount, unit);
    l->at += !joined;
    return TRUE;
}
