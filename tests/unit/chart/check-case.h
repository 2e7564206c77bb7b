/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/check-case.h — a patient, orders for the patient, and what the checks say of them. */
#pragma once
#include <criterion/criterion.h>
#include <string.h>

#include "chart/scenario.h"

#define NOW (1763712000 * (gint64)G_USEC_PER_SEC)
#define DAYS(N) ((N) * G_TIME_SPAN_DAY)

typedef struct {
    CheckFacts *facts;
    GPtrArray *own, *items;
} Case;

static inline Case begin(void)
{
    Case c = {check_facts_new(), scenario_products(), g_ptr_array_new_with_free_func((GDestroyNotify)basket_item_free)};
    scenario_no_allergy(c.facts);
    return c;
}

static inline void end(Case *c)
{
    check_facts_free(c->facts);
    g_ptr_array_unref(c->items);
    g_ptr_array_unref(c->own);
}

static inline BasketItem *order(Case *c, const char *atc, const char *name, const char *dose, const char *unit, const char *route, const char *per_day)
{
    BasketItem *b = basket_item_new(NULL, "p1");
    b->ready = TRUE;
    b->order = scenario_order(atc, name, dose, unit, route, per_day, 30, "prov", NOW, c->own);
    g_ptr_array_add(c->items, b);
    return b;
}

static inline void check(Case *c, int years)
{
    scenario_person(c->facts, years * 12, 'M', NOW);
    basket_check(c->items, order_data(NULL), c->facts, NOW);
}

/* The first line of the check in that state; NULL. */
static inline const CheckLine *line_of(const BasketItem *b, const char *name, CheckState state)
{
    for (guint i = 0; i < b->checks->len; i++) {
        const CheckLine *l = b->checks->pdata[i];
        if (strcmp(l->check, name) == 0 && l->state == state)
            return l;
    }
    return NULL;
}
