/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/basket.h — orders, and changes of orders, that wait for their signature. Each is one sealed draft: the
 * typed line, what was picked from lists, the reasons given for going on in spite of a warning; of a change also the
 * old order as it was read. The Order is read anew from them. Knows no store and no screen. */
#pragma once
#include "chart/check.h"
#include "chart/med-change.h"
#include "chart/order-data.h"

typedef struct {
    char *id;            /* UUID of the draft; with it the write in the core is the same when repeated */
    char *patient;
    char *line;
    char *substance, *product; /* picked from a list; NULL */
    char *picked_for;    /* the drug as typed when it was picked: another word drops the pick */
    gboolean ready;      /* put on the list to sign; FALSE: still being typed */
    GHashTable *answers; /* key of a warning → the reason given */
    const MedChange *change; /* of an order in the record; NULL: a new order */
    FhirResource *base;      /* that order, as it was read: the version that is changed, or none */
    char *why;               /* MedReason.code; NULL */
    CivilDate until;         /* of a pause; year 0: not said */
    FhirResource *theirs;    /* somebody has changed it since: as it is now; NULL */
    gboolean gone;           /* it is no longer among what is given: somebody has ended it */
    gboolean told;           /* the core has said so of @theirs when it was signed */
    Order *order;        /* NULL before basket_item_read() */
    GPtrArray *checks;   /* CheckLine*; NULL before basket_check() */
    char *failure;       /* why the core does not have it, after a signature; a sentence */
} BasketItem;

BasketItem *basket_item_new(const char *id, const char *patient);
void basket_item_free(BasketItem *item);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(BasketItem, basket_item_free)

/* A change of @base, ready where its line leaves nothing to ask; NULL with @error when it cannot be done. */
BasketItem *basket_item_change(const MedChange *change, const FhirResource *base, const char *patient, const OrderData *data,
                               Decimal weight_kg, Instant now, GError **error);
gboolean basket_item_orders(const BasketItem *item); /* makes a new order */
gboolean basket_item_lined(const BasketItem *item);  /* has a line, which is read and checked */
/* Has it been changed by somebody else since it was read? From what the core says now; and what it said at a signature. */
void basket_item_look(BasketItem *item, const CheckFacts *facts);
void basket_item_told(BasketItem *item, const FhirResource *theirs);
gboolean basket_item_overtaken(const BasketItem *item);
/* On top of what somebody else made of it: to be read and put on the list again. FALSE with @error: that cannot be. */
gboolean basket_item_rebase(BasketItem *item, Instant now, GError **error);
/* The line was edited: what was to be gone on with unchanged is a change from now on. */
void basket_item_edited(BasketItem *item);
/* One line for a receipt or a list; owned. */
char *basket_item_short(const BasketItem *item, const DrugList *drugs, Instant now);

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
