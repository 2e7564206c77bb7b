/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/order-choices.h — what an order line leaves open and can be chosen from a list: the
 * substance, the product, a word. Picking writes the choice into the line. */
#pragma once
#include "chart/basket.h"
#include "ui/widgets/list.h"

typedef struct OrderChoices OrderChoices;
OrderChoices *order_choices_new(void);
void order_choices_free(OrderChoices *c);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OrderChoices, order_choices_free)
/* After each reading of the line. */
void order_choices_refresh(OrderChoices *c, const BasketItem *item, const OrderData *data);
/* Choices of another kind: cleared, added row by row, then settled. @line goes into the item; NULL: it cannot be taken. */
void order_choices_clear(OrderChoices *c);
void order_choices_add_line(OrderChoices *c, const char *id, const char *text, const char *detail, const char *line);
void order_choices_settle(OrderChoices *c);
guint order_choices_count(const OrderChoices *c);
/* TRUE: the selected row is now in @item, which is to be read again. */
gboolean order_choices_pick(OrderChoices *c, BasketItem *item);
List *order_choices_list(OrderChoices *c);
/* Every product of the item's substance, one of each form and strength: the brand's own where a
 * brand was typed. const DrugProduct*. */
GPtrArray *order_products(const BasketItem *item, const OrderData *data);
/* The amount of the line with another unit: "10" or "10ml" and "E" = "10 E". Owned. */
char *order_dose_with_unit(const BasketItem *item, const char *unit);
/* The words of the line read as @field, joined; owned, "" when there are none. */
char *order_words_of(const BasketItem *item, OrderField field);
