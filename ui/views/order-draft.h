/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/order-draft.h — orders as sealed drafts: saved at each key, found again for a patient.
 * Shared by the order line and the list to sign. */
#pragma once
#include "app/app.h"
#include "chart/basket.h"

gboolean order_draft_save(App *app, const BasketItem *item, GError **error);
gboolean order_draft_remove(App *app, const char *id, GError **error);
/* NULL with @error: it is gone, or belongs to another patient. */
BasketItem *order_draft_open(App *app, const char *id, const char *patient, GError **error);
/* BasketItem*, oldest first. *ret_unreadable counts those that are there but cannot be read. */
GPtrArray *order_draft_list(App *app, const char *patient, guint *ret_unreadable, GError **error);
