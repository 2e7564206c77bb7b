/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/order-set.h — favourites and order sets: a short name behind a dot stands for one order line or for
 * several. Text files *.orders (chart/named-text.h), one order a line; and several orders on one line, parted
 * by a semicolon. A name stands for what it says and nothing is filled in: what a line lacks is asked for in
 * the order. Judged when it is read: a line that is not understood makes its name useless, and is told.
 *   .alv  Alvedon vid smärta
 *   alvedon 1g x4 vb max 4g/d smärta */
#pragma once
#include "chart/order-data.h"

#define ORDER_LINE_MOST 30u /* orders on one line, or of one set */

typedef struct {
    char *name, *title;
    char **lines;  /* one: a favourite; more: a set */
    char *path, *where; /* "akut.orders:12" */
    char *broken;  /* why it cannot be used, a sentence; NULL */
    guint rank;    /* of its folder */
} OrderSet;

typedef struct OrderSets OrderSets;

/* All files *.orders of @dirs, ended by NULL. What was whole in @before (NULL: nothing) and is broken now is kept as it
 * was. What is wrong is told in @problems (char*), a sentence each. */
OrderSets *order_sets_load(const char *const *dirs, const OrderData *data, const OrderSets *before, Instant now, GPtrArray *problems);
void order_sets_free(OrderSets *s);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OrderSets, order_sets_free)
/* const OrderSet*, by name; borrowed, the array is the caller's. */
GPtrArray *order_sets_beginning(const OrderSets *s, const char *prefix);
/* All lines of it, parted as on one line; owned. */
char *order_set_line(const OrderSet *set);

/* ---- one line ---- */

/* The orders of a line, stripped, the empty left out; owned, never NULL. */
char **order_line_parts(const char *line);
/* The name that one order begins with (".alv", ".alv fot"), in lower case; "" of a dot alone;
 * NULL: it is an order. Owned. */
char *order_line_name(const char *part);
gboolean order_line_has_name(const char *line); /* one of its orders is a name */
/* The line with every name in it replaced; what follows a favourite's name follows its line. NULL with a
 * CHART_ERROR, a sentence: there is none, several begin so, or it cannot be used. Owned. */
char *order_sets_expand(const OrderSets *s, const char *line, GError **error);
