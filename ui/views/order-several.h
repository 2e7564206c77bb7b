/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/order-several.h — a line that is more than one order: several parted by a semicolon, or names of favourites
 * and sets that stand for their lines. Each order is read by itself and becomes its own on the list to sign. */
#pragma once
#include "chart/order-set.h"
#include "ui/views/order-choices.h"
#include "ui/views/order-draft.h"

/* BasketItem*, one for each order of @whole's line, the first with its picks; NULL: the line is one order, or more
 * than a line may hold. */
GPtrArray *order_several_read(const BasketItem *whole, const OrderData *data, Decimal weight_kg, Instant now);
/* Where names stand also what is wrong in the files of favourites. Returns the next free row. */
int order_several_paint(Canvas *c, int row, const GPtrArray *items);
/* All on the list to sign, those that are whole as ready; @whole becomes the first. FALSE with @error: some draft was
 * not kept, and the line is as it was. */
gboolean order_several_put(App *app, BasketItem *whole, GPtrArray *items, const OrderData *data, Decimal weight_kg, Instant now,
                           GError **error);

/* The favourites and sets of this person and unit. Read anew with @anew. Never NULL. */
const OrderSets *order_favourites(App *app, const OrderData *data, gboolean anew);
/* Those that the name at the line's end may mean are the choices. */
void order_favourites_offer(const OrderSets *sets, const char *line, OrderChoices *choices);
