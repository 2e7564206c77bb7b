/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/orderline.h — one typed line ("alvedon 1g x4 vb smärta") to an Order. Every word either has
 * one meaning in its place or becomes an issue; what is filled in is marked assumed; nothing is
 * guessed. Pure: time, weight and what was picked from a list are arguments. */
#pragma once
#include "chart/order.h"

typedef struct OrderWords OrderWords; /* data/orderline/tokens.tsv, read once */

/* NULL with a G_FILE_ERROR or a TABLE_ERROR. */
OrderWords *order_words_load(const char *path, GError **error);
void order_words_free(OrderWords *words);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OrderWords, order_words_free)

/* @text begins with a word that says by itself that it is of @field: "mot smärta" is a reason, "smärta" may be. */
gboolean order_words_lead(const OrderWords *words, const char *text, OrderField field);

typedef struct {
    Instant now;
    Decimal weight_kg;          /* invalid when not known */
    const char *substance;      /* picked from the list of what a prefix fits; NULL */
    const DrugProduct *product; /* picked from a list of forms and strengths; NULL */
} OrderContext;

/* Never NULL: a line that says nothing gives an order with issues. */
Order *orderline_parse(const OrderWords *words, const DrugList *drugs, const char *line,
                       const OrderContext *context);
