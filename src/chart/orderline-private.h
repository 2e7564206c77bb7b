/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/orderline-private.h — what the reading of the line hands to the choice of product. */
#pragma once
#include "chart/orderline.h"

typedef struct {
    char *kind, *value;
} Meaning;

/* In order: the first pattern that fits the whole word decides what it is. */
typedef enum { PATTERN_SLOTS, PATTERN_TAPER, PATTERN_TIMES, PATTERN_QUANTITY, ORDER_PATTERNS } OrderPattern;

struct OrderWords {
    GHashTable *meanings; /* text → Meaning */
    GRegex *regex[ORDER_PATTERNS];
};

const Meaning *order_meaning(const OrderWords *w, const char *text); /* NULL when there is none */
gboolean order_is_kind(const Meaning *m, const char *kind);          /* NULL is no kind */

typedef struct {
    Order *order;
    const OrderContext *context;
    DrugMatch *match;
    GPtrArray *candidates;  /* const DrugProduct*: what the typed form and route leave */
    gboolean unitless;      /* a dose was typed, but no unit */
    Decimal strength;       /* typed strength; invalid when none */
    const char *strength_unit;
    const char *form;       /* typed form, interned */
} OrderReading;

/* Fills in product, route, unit, dates; adds the issues that remain. */
void orderline_resolve(OrderReading *r);
