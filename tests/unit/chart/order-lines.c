/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "order-lines.h"

#include <string.h>

#include "chart/units.h"
#include "order-world.h"

static GRand *dice;

static int roll(int low, int high)
{
    return g_rand_int_range(dice, low, high + 1);
}

#define PICK(list) ((list)[roll(0, (int)G_N_ELEMENTS(list) - 1)])

static char *number(Decimal d)
{
    return roll(0, 1) ? decimal_to_dose(d, TRUE) : decimal_to_dose(d, FALSE);
}

/* So many units of the product, halves of tablets too, as units or as what they hold. */
static char *dose(const DrugProduct *p, gboolean range)
{
    const char *counted = drug_counted_unit(p);
    gboolean each = p->strength.valid && strchr(p->strength_unit, '/') == NULL;
    gboolean halves = strcmp(p->form, "tablett") == 0;
    Decimal n = decimal_div(decimal_from_int(roll(1, 6)), decimal_from_int(halves ? 2 : 1), 1);
    g_autofree char *low = number(n), *high = number(decimal_add(n, decimal_from_int(roll(1, 3))));
    if (counted && range)
        return g_strdup_printf("%s-%s %s", low, high, counted);
    if (counted && each && roll(0, 1) && strcmp(p->strength_unit, counted) != 0) {
        g_autofree char *amount = number(decimal_mul(n, p->strength));
        return g_strdup_printf("%s%s%s", amount, roll(0, 1) ? " " : "", p->strength_unit);
    }
    if (counted)
        return g_strdup_printf("%s %s", low, counted);
    return g_strdup_printf("%s %s", low, PICK(((const char *[]){"mg", "mg", "ml"})));
}

static char *timing(const DrugProduct *p)
{
    static const char *const days[] = {"måndagar", "tis", "onsdagar", "to", "fredag", "lör", "sö"};
    if (drug_is_weekly(p))
        return g_strdup_printf("x1/v %s", PICK(days));
    switch (roll(0, 10)) {
    case 0: return g_strdup_printf("x%d", roll(1, 6));
    case 1: return g_strdup_printf("%d-%d ggr/d", roll(1, 2), roll(3, 4));
    case 2: return g_strdup_printf("var %d:e timme", roll(2, 12) * 2);
    case 3: return g_strdup_printf("x%d/v", roll(2, 6));
    case 4: return g_strdup_printf("varannan dag");
    case 5: return g_strdup_printf("kl %d och %d", roll(6, 11), roll(12, 23));
    case 6: return g_strdup("tn");
    case 7: return g_strdup_printf("%s och %s", PICK(((const char *[]){"måndag", "tisdag"})), PICK(((const char *[]){"fredag", "lör"})));
    case 8: return g_strdup_printf("%s", PICK(((const char *[]){"morgon", "till kvällen", "morgon och kväll", "lunch"})));
    case 9: return g_strdup_printf("%s x%d", PICK(((const char *[]){"till måltid", "efter maten", "före måltid"})), roll(1, 3));
    default: return g_strdup_printf("x1 %d minuter före frukost", roll(1, 6) * 10);
    }
}

static char *length(void)
{
    switch (roll(0, 4)) {
    case 0: return g_strdup_printf("i %dd", roll(1, 30));
    case 1: return g_strdup_printf("%d veckor", roll(1, 8));
    case 2: return g_strdup_printf("i %d mån", roll(1, 6));
    case 3: return g_strdup_printf("tom 2026-12-%02d", roll(1, 31));
    default: return g_strdup("");
    }
}

/* What stands behind drug, form, strength and route. */
static char *plan(const DrugProduct *p)
{
    g_autofree char *one = dose(p, FALSE), *some = dose(p, TRUE), *when = timing(p), *how_long = length();
    int kind = drug_is_weekly(p) ? 9 : roll(0, 9);
    gboolean counted = drug_counted_unit(p) != NULL;
    if (kind == 0 && counted)
        return g_strdup_printf("%s vb mot besvär max %d/d %s", some, roll(10, 20), how_long);
    if (kind == 1)
        return g_strdup_printf("%s vb max %d ggr/d %s", one, roll(1, 6), how_long);
    if (kind == 2)
        return g_strdup_printf("%s %s", one, PICK(((const char *[]){"engångsdos", "nu", "stat"})));
    if (kind == 3 && counted)
        return g_strdup_printf("%d %s -%d/%dd x%d", roll(2, 8), drug_counted_unit(p), 1, roll(1, 7), roll(1, 3));
    if (kind == 4 && counted)
        return g_strdup_printf("1 %s +1/%dd till %d %s", drug_counted_unit(p), roll(1, 14), roll(2, 6), drug_counted_unit(p));
    if (kind == 5 && counted)
        return g_strdup_printf("2 %s direkt, sedan 1 %s efter varje besvär, högst %d per dygn", drug_counted_unit(p),
                               drug_counted_unit(p), roll(4, 9));
    if (kind == 6 && counted)
        return g_strdup_printf("%d %s på morgonen och %d %s till natten", roll(1, 2), drug_counted_unit(p), roll(3, 4), drug_counted_unit(p));
    if (kind == 7)
        return g_strdup_printf("%s x%d, uppehåll dag %d-%d", one, roll(1, 4), roll(6, 22), roll(23, 28));
    return g_strdup_printf("%s %s %s", one, when, how_long);
}

static char *one_line(void)
{
    const DrugList *drugs = order_world_drugs();
    const DrugProduct *p = drug_list_at(drugs, (guint)roll(0, (int)drug_list_count(drugs) - 1));
    g_autofree char *name = drug_name(p, FALSE), *what = plan(p);
    const char *start = PICK(((const char *[]){"", "", "fr.o.m. imorgon", "från 2026-11-23"}));
    const char *brand = p->brand && roll(0, 1) ? p->brand : p->substance;
    const Route *route = route_find(p->routes[0]);
    return g_strdup_printf("%s%s, %s %s %s orsak prov %s", brand, name + strlen(p->substance), route->adverb, what, start,
                           PICK(((const char *[]){"", "uppf om en vecka"})));
}

char *order_line_made(GRand *with)
{
    dice = with;
    return one_line();
}
