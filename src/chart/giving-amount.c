/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/giving-amount.h"

#include <string.h>

#include "base/text.h"
#include "chart/check-facts.h"

static void part_free(gpointer p)
{
    GivenPart *g = p;
    g_free(g->substance);
    g_free(g->unit);
    g_free(g);
}

char **giving_substances(const DrugProduct *p, const char *name)
{
    return check_substances(p ? p->substance : name);
}

/* "30/500 mg" of two parts: 30 and 500 mg. Of one part what the list says. */
static gboolean strengths_of(const DrugProduct *p, guint n, Decimal *ret, char **ret_unit)
{
    gsize unit = strcspn(p->strength_unit, "/");
    g_auto(GStrv) words = g_strsplit(p->strength_text, " ", 2);
    g_auto(GStrv) numbers = words[0] ? g_strsplit(words[0], "/", -1) : NULL;
    *ret_unit = NULL;
    if (n == 1 && p->strength.valid) {
        ret[0] = p->strength;
    } else {
        if (!numbers || g_strv_length(numbers) != n)
            return FALSE;
        for (guint i = 0; i < n; i++)
            if (!decimal_parse(numbers[i], &ret[i]))
                return FALSE;
    }
    *ret_unit = g_strndup(p->strength_unit, unit);
    return **ret_unit != '\0';
}

/* How many units of the product the dose is, where its strength is for each of them: tablets, doses, millilitres. */
static gboolean counts(const DrugProduct *p, const char *unit)
{
    const char *per = strchr(p->strength_unit, '/'), *counted = drug_counted_unit(p);
    if (per && strcmp(per + 1, "dos") == 0)
        return g_strcmp0(counted, unit) == 0 || strcmp(unit, "dos") == 0;
    return per ? strcmp(per + 1, unit) == 0 : g_strcmp0(counted, unit) == 0;
}

static Decimal amount_of(const DrugProduct *p, guint parts, Decimal strength, const char *base, Decimal amount, const char *unit)
{
    if (counts(p, unit))
        return decimal_mul(amount, strength);
    return parts == 1 ? dose_convert(amount, unit, base) : (Decimal){0};
}

GPtrArray *giving_parts(const DrugProduct *p, Decimal amount, const char *unit)
{
    enum { MOST = 8 };
    Decimal strength[MOST] = {0};
    g_autofree char *base = NULL;
    g_auto(GStrv) names = p ? check_substances(p->substance) : NULL;
    guint n = names ? g_strv_length(names) : 0;
    if (n == 0 || n > MOST || !amount.valid || !unit || !strengths_of(p, n, strength, &base))
        return NULL;
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(part_free);
    for (guint i = 0; i < n; i++) {
        GivenPart *g = g_new0(GivenPart, 1);
        g_ptr_array_add(parts, g);
        g->substance = g_strdup(names[i]);
        g->unit = g_strdup(base);
        g->amount = amount_of(p, n, strength[i], base, amount, unit);
        if (!g->amount.valid)
            return NULL;
    }
    return g_steal_pointer(&parts);
}

static gboolean has(const Given *g, const char *substance)
{
    g_auto(GStrv) names = giving_substances(g->product, g->name);
    for (char **n = names; *n; n++)
        if (g->product ? strcmp(*n, substance) == 0 : strstr(*n, substance) != NULL)
            return TRUE;
    return FALSE;
}

Decimal giving_sum(const GPtrArray *given, const char *substance, const char *unit, Instant from, Instant to,
                   const char **ret_uncounted)
{
    Decimal sum = decimal_from_int(0);
    *ret_uncounted = NULL;
    for (guint i = 0; i < given->len; i++) {
        const Given *g = given->pdata[i];
        gboolean within = g->at == INSTANT_NONE || (g->at > from && g->at <= to);
        if (!given_counts(g) || !within || !has(g, substance))
            continue;
        g_autoptr(GPtrArray) parts = giving_parts(g->product, g->amount, g->unit);
        Decimal one = {0};
        for (guint k = 0; parts && k < parts->len; k++) {
            const GivenPart *p = parts->pdata[k];
            if (strcmp(p->substance, substance) == 0)
                one = dose_convert(p->amount, p->unit, unit);
        }
        if (one.valid)
            sum = decimal_add(sum, one);
        else
            *ret_uncounted = g->name;
    }
    return sum;
}

const Given *giving_last(const GPtrArray *given, const char *substance, Instant until)
{
    const Given *last = NULL;
    for (guint i = 0; i < given->len; i++) {
        const Given *g = given->pdata[i];
        if (given_counts(g) && g->at != INSTANT_NONE && g->at <= until && (!last || g->at > last->at) && has(g, substance))
            last = g;
    }
    return last;
}
