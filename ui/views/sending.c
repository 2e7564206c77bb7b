/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/sending.h"

#include <glib/gi18n.h>

static GHashTable *on_their_way; /* char*: ids of drafts, unique in the world */

void sending_begin(App *app, const char *draft)
{
    app->frontend->receipt(app, NULL);
    if (!on_their_way)
        on_their_way = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_hash_table_add(on_their_way, g_strdup(draft));
}

void sending_end(const char *draft)
{
    if (on_their_way)
        g_hash_table_remove(on_their_way, draft);
}

gboolean sending_refuses(const char *draft, GError **error)
{
    if (!draft || !on_their_way || !g_hash_table_contains(on_their_way, draft))
        return FALSE;
    g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("It is being sent, and does not change until the core has answered"));
    return TRUE;
}

gboolean sending_tells(App *app, const char *draft)
{
    g_autoptr(GError) error = NULL;
    gboolean refuses = sending_refuses(draft, &error);
    if (refuses)
        notify_error(app, error);
    return refuses;
}
