/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/basket.h — orders that wait for their signature. Each is one sealed draft: the typed line,
 * what was picked from lists, the reasons given for going on in spite of a warning. The Order is
 * read anew from them. Knows no store and no screen. */
#pragma once
#include "chart/check.h"
#include "chart/order-data.h"

typedef struct {
    char *id;            /* UUID of the draft; with it the write in the core is the same when repeated */
    char *patient;
    char *line;
    char *substance, *product; /* picked from a list; NULL */
    char *picked_for;    /* the drug as typed when it was picked: another word drops the pick */
    gboolean ready;      /* put on the list to sign; FALSE: still being typed */
    GHashTable *answers; /* key of a warning → the reason given */
    Order *order;        /* NULL before basket_item_read() */
    GPtrArray *checks;   /* CheckLine*; NULL before basket_check() */
    char *failure;       /* why the core does not have it, after a signature; a sentence */
} BasketItem;

BasketItem *basket_item_new(const char *id, const char *patient);
void basket_item_free(BasketItem *item);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BasketItem, basket_item_free)

GBytes *basket_item_to_draft(const BasketItem *item);
/* FALSE: the draft is not one of orders, or cannot be read; @item keeps what was in it. */
gboolean basket_item_from_draft(BasketItem *item, GBytes *text);

/* The same line, picks and reasons, and both on the list or both not. */
gboolean basket_item_same(const BasketItem *a, const BasketItem *b);

/* Reads the line. Picks that belong to another word are dropped. */
void basket_item_read(BasketItem *item, const OrderData *data, Decimal weight_kg, Instant now);
void basket_item_pick_substance(BasketItem *item, const DrugProduct *p); /* and writes it into the line */
void basket_item_pick_product(BasketItem *item, const DrugProduct *p);
/* The line with @text in the place of the words read as @field ("" takes them away). Owned. */
char *basket_line_with(const BasketItem *item, OrderField field, const char *text);

/* Runs the checks on @item against the facts and those of @others that are ready. */
void basket_item_check(BasketItem *item, const GPtrArray *others, const OrderData *data, const CheckFacts *facts,
                       Instant now);
/* On every item, each against the others. */
void basket_check(const GPtrArray *items, const OrderData *data, const CheckFacts *facts, Instant now);
/* The first warning that needs a reason and has none; NULL when there is none. */
const CheckLine *basket_item_unanswered(const BasketItem *item);
