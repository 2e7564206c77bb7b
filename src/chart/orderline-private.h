/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/orderline-private.h — the words of the line, and what the reading of it hands to the choice of
 * product (orderline-product.c) and to all else that follows (orderline-resolve.c). Only orderline*.c
 * includes it. */
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

/* ---- orderline-resolve.c ---- */

#define ORDER_MOST_UNITS 10 /* more tablets than this for one dose is no reading of a bare number */

void order_assume(Order *o, OrderField field);
/* @options: texts, borrowed; NULL = none. */
void order_ask(Order *o, OrderField field, OrderIssueKind kind, const char *token, GPtrArray *options);
GArray *order_doses(const Order *o); /* Decimal: all doses, whichever way they were said; caller unrefs */

/* ---- orderline-product.c ---- */

/* What the substance, the typed form and the typed route leave, into r->candidates. FALSE when they
 * contradict. */
gboolean order_find_candidates(OrderReading *r);
void order_choose_product(OrderReading *r); /* form and strength, among the candidates */
/* Some product of the form, to ask about units and routes while the strength is not known. NULL: none. */
const DrugProduct *order_example(const OrderReading *r);
