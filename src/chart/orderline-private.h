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

#define ORDER_FORMS 7 /* ways of typing that become one before the line is cut in words */

struct OrderWords {
    GHashTable *meanings; /* text, or text@place → Meaning */
    GRegex *regex[ORDER_PATTERNS], *form[ORDER_FORMS], *per_kg;
};

extern const char *const order_forms[ORDER_FORMS][2];

const Meaning *order_meaning(const OrderWords *w, const char *text); /* NULL when there is none */
/* What it means there and nowhere else ("every", "in", "over", "number"); NULL when it has nothing of its own. */
const Meaning *order_meaning_at(const OrderWords *w, const char *text, const char *place);
gboolean order_is_kind(const Meaning *m, const char *kind);          /* NULL is no kind */

typedef struct {
    char *text;         /* without the brackets */
    gboolean of_dose;   /* directly after a dose: another way to say that one */
    Decimal low, high;  /* the dose */
} OrderRestated;

typedef struct {
    Order *order;
    const OrderContext *context;
    DrugMatch *match;
    GPtrArray *candidates;  /* const DrugProduct*: what the typed form and route leave */
    gboolean unitless;      /* a dose was typed, but no unit */
    Decimal strength;       /* typed strength; invalid when none */
    const char *strength_unit;
    const char *form;       /* typed form, interned */
    const char *strength_text; /* typed as the product has it, where it is no single amount; borrowed */
    GArray *restated;       /* OrderRestated: what was typed in brackets, and must be what this comes to */
    gboolean said_amount;   /* the dose by weight was typed too, beside what it is of each kilo */
    int said_days;          /* "t.o.m. 25 nov, 5 dagar": must be so many; 0 */
} OrderReading;

#define IN_BRACKETS '\x1f' /* a blank in brackets: they are one word. Sanitised text has no such sign */
/* The line in words, in the one form that the readers know; owned. */
char **order_line_split(const OrderWords *words, const char *line);

/* Fills in product, route, unit, dates; adds the issues that remain. */
void orderline_resolve(OrderReading *r);

/* ---- orderline-resolve.c ---- */

#define ORDER_MOST_STEPS 60 /* of a taper: more is no plan that anybody reads */
#define ORDER_MOST_UNITS 10 /* more tablets than this for one dose is no reading of a bare number */

void order_assume(Order *o, OrderField field);
/* @options: texts, borrowed; NULL = none. */
void order_ask(Order *o, OrderField field, OrderIssueKind kind, const char *token, GPtrArray *options);
GArray *order_doses(const Order *o); /* Decimal: all doses, whichever way they were said; caller unrefs */

/* Looks for what nobody can mean: amounts, weight, length of text; and for what was said twice and does not
 * agree. The last thing that is done to an order (orderline-sound.c). */
void orderline_look(OrderReading *r);

/* ---- orderline-product.c ---- */

gboolean order_strength_said(const OrderReading *r);

/* What the substance, the typed form and the typed route leave, into r->candidates. FALSE when they
 * contradict. */
gboolean order_find_candidates(OrderReading *r);
void order_choose_product(OrderReading *r); /* form and strength, among the candidates */
/* Some product of the form, to ask about units and routes while the strength is not known. NULL: none. */
const DrugProduct *order_example(const OrderReading *r);
