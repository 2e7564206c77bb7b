/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/order-draft.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui/views/draft-kinds.h"
#include "ui/views/sending.h"

#define VIEW "order"

gboolean order_draft_save(App *app, const BasketItem *item, GError **error)
{
    if (sending_refuses(item->id, error))
        return FALSE;
    g_autoptr(GBytes) text = basket_item_to_draft(item), meta = g_bytes_new(NULL, 0);
    Draft d = {.id = item->id, .patient = item->patient, .kind = (char *)draft_kind_of_view(VIEW)->kind, .text = text, .meta = meta};
    return app->services.draft_put(app->services.self, &d, error);
}

gboolean order_draft_remove(App *app, const char *id, GError **error)
{
    return app->services.draft_remove(app->services.self, id, error);
}

/* What was changed last cannot be read: nobody has put the order on the list as it stands. */
static gboolean take(BasketItem *item, const Draft *d)
{
    if (!basket_item_from_draft(item, d->text))
        return FALSE;
    item->ready = item->ready && !d->damaged;
    return TRUE;
}

BasketItem *order_draft_open(App *app, const char *id, const char *patient, GError **error)
{
    g_autoptr(Draft) d = draft_open(app, id, patient, VIEW, error);
    if (!d)
        return NULL;
    g_autoptr(BasketItem) item = basket_item_new(id, patient);
    if (!take(item, d)) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("The order cannot be read; it is kept as it is"));
        return NULL;
    }
    return g_steal_pointer(&item);
}

GPtrArray *order_draft_list(App *app, const char *patient, guint *ret_unreadable, GError **error)
{
    g_autoptr(GPtrArray) drafts = app->services.draft_list(app->services.self, patient, ret_unreadable, error);
    GPtrArray *items = g_ptr_array_new_with_free_func((GDestroyNotify)basket_item_free);
    for (guint i = drafts ? drafts->len : 0; i-- > 0;) {
        const Draft *d = drafts->pdata[i];
        if (strcmp(d->kind, draft_kind_of_view(VIEW)->kind) != 0 || g_strcmp0(d->patient, patient) != 0)
            continue;
        g_autoptr(BasketItem) item = basket_item_new(d->id, d->patient);
        if (take(item, d))
            g_ptr_array_add(items, g_steal_pointer(&item));
        else
            (*ret_unreadable)++;
    }
    return items;
}
