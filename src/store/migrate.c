/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/db.h"
#include "store-schema.h"

#include <glib/gi18n.h>
#include <stdlib.h>

#include "base/text.h"

#define SCHEMA_PATH "/rond/schema"

static int schema_version(const char *name)
{
    return (int)strtol(name, NULL, 10);
}

static int compare_names(gconstpointer a, gconstpointer b)
{
    return schema_version(*(char *const *)a) - schema_version(*(char *const *)b);
}

static gboolean apply(Db *db, const char *name, GError **error)
{
    g_autofree char *path = g_strdup_printf(SCHEMA_PATH "/%s", name);
    g_autoptr(GBytes) sql =
        g_resource_lookup_data(store_schema_get_resource(), path, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
    if (!sql || !db_begin(db, error))
        return FALSE;
    g_autofree char *text = text_of_bytes(sql);
    g_autofree char *mark = g_strdup_printf("PRAGMA user_version=%d", schema_version(name));
    return db_end(db, db_exec(db, text, error) && db_exec(db, mark, error), error);
}

gboolean db_migrate(Db *db, GError **error)
{
    g_auto(GStrv) names = g_resource_enumerate_children(store_schema_get_resource(), SCHEMA_PATH,
                                                        G_RESOURCE_LOOKUP_FLAGS_NONE, error);
    if (!names)
        return FALSE;
    guint count = g_strv_length(names);
    qsort(names, count, sizeof *names, compare_names);
    if (!db_exec(db, "SELECT count(*) FROM sqlite_schema", error))
        return FALSE;
    gint64 have = db_int(db, 0, "PRAGMA user_version", "");
    if (have > schema_version(names[count - 1])) {
        g_set_error_literal(error, STORE_ERROR, STORE_ERROR_NEWER,
                            N_("The local store was written by a newer version of rond and is left as "
                            "it is. Use that version."));
        return FALSE;
    }
    for (guint i = 0; i < count; i++) {
        if (schema_version(names[i]) > have && !apply(db, names[i], error))
            return FALSE;
    }
    return TRUE;
}
