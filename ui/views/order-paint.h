/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/order-paint.h — an order as it will be signed, what it lacks, and what was checked. */
#pragma once
#include "chart/basket.h"
#include "chart/order-reading.h"
#include "ui/canvas.h"

typedef struct {
    const BasketItem *item;
    const CheckFacts *facts; /* NULL: not asked yet */
    const char *problem;     /* the draft is not kept: why */
    guint waiting;           /* orders that are on the list to sign already */
    Instant now;
} OrderPaint;

/* From @row; each returns the next free row. */
int order_paint_reading(Canvas *c, int row, const OrderPaint *p);
int order_paint_checks(Canvas *c, int row, const OrderPaint *p);

/* One line of text and its look: what the list to sign is made of. */
typedef struct {
    char *text;
    Style style;
} OrderLine;
void order_line_free(gpointer line);
/* OrderLine*: reading and checks of one order, unwrapped. */
GPtrArray *order_lines(const BasketItem *item, Instant now);
/* "Checks 4 of 4" … "being made". Owned. */
char *order_checks_title(const BasketItem *item, const CheckFacts *facts);
