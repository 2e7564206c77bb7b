/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/order-form.h — the order line cut into labelled fields. The line is the only truth: each
 * change writes it anew from all fields, so that nothing typed in one is lost in the other. */
#pragma once
#include "chart/basket.h"
#include "ui/canvas.h"

typedef struct OrderForm OrderForm;
typedef void (*OrderFormLineFn)(const char *line, gpointer data);          /* the line is another */
typedef void (*OrderFormProductFn)(const DrugProduct *p, gpointer data);   /* form and strength were chosen */
/* @item is borrowed and must live longer. */
OrderForm *order_form_new(const BasketItem *item, const OrderData *data, OrderFormLineFn line,
                          OrderFormProductFn product, gpointer fn_data);
void order_form_free(OrderForm *f);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(OrderForm, order_form_free)
void order_form_reread(OrderForm *f); /* the line was changed by somebody else */
void order_form_focus(OrderForm *f, OrderField field);
gboolean order_form_typing(const OrderForm *f);
gboolean order_form_input(OrderForm *f, const char *utf8, gboolean paste);
int order_form_rows(const OrderForm *f);
void order_form_paint(OrderForm *f, Canvas *c);
