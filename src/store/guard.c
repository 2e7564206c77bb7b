/* SPDX-License-Identifier: GPL-3.0-or-later
 * Two sealed rows of their own: one tells whether a key is the store's, the other remembers the
 * highest revision of every live draft and queue item, so that a row put back to an earlier state,
 * or taken away, is noticed at the next unlock. (A whole older copy of the file cannot be told from
 * the inside; the core's versions answer for what was signed.) */
#include "store/private.h"

#include <glib/gi18n.h>
#include <string.h>

#define GUARD_TYPE "a(yayt)"
static const char check_text[] = "rond store";

static SealPlace guard_place(const char *name, gint64 rev)
{
    SealPlace place = {.table = "guard", .rev = (guint64)rev, .schema = STORE_SCHEMA};
    g_strlcpy((char *)place.row, name, sizeof place.row);
    return place;
}

static gboolean put(Db *db, const Sealer *sealer, const char *name, gint64 rev, gconstpointer clear,
                    gsize len, GError **error)
{
    SealPlace place = guard_place(name, rev);
    g_autoptr(GBytes) sealed = sealer_seal(sealer, &place, clear, len);
    return db_run(db, error,
                  "INSERT INTO guard (name, rev, body) VALUES (?1, ?2, ?3)"
                  " ON CONFLICT (name) DO UPDATE SET rev = excluded.rev, body = excluded.body",
                  "tib", name, rev, g_bytes_get_data(sealed, NULL), g_bytes_get_size(sealed));
}

/* NULL when missing or when the seal does not hold; *ret_there tells which. */
static GBytes *get(Db *db, const Sealer *sealer, const char *name, gboolean *ret_there)
{
    *ret_there = FALSE;
    sqlite3_stmt *row = db_ask(db, NULL, "SELECT rev, body FROM guard WHERE name = ?1", "t", name);
    if (!row || !db_next(db, row, NULL))
        return NULL;
    *ret_there = TRUE;
    SealPlace place = guard_place(name, sqlite3_column_int64(row, 0));
    GBytes *clear = sealer_open(sealer, &place, sqlite3_column_blob(row, 1),
                                (gsize)sqlite3_column_bytes(row, 1));
    db_done(row);
    return clear;
}

gboolean guard_key_check(Db *db, const Sealer *sealer, GError **error)
{
    gboolean there;
    g_autoptr(GBytes) clear = get(db, sealer, "check", &there);
    if (clear && g_bytes_get_size(clear) == sizeof check_text &&
        memcmp(g_bytes_get_data(clear, NULL), check_text, sizeof check_text) == 0)
        return TRUE;
    gboolean used = db_int(db, 1,
                           "SELECT (SELECT count(*) FROM draft) + (SELECT count(*) FROM queue)"
                           " + (SELECT count(*) FROM guard)", "") > 0;
    if (!used)
        return put(db, sealer, "check", 0, check_text, sizeof check_text, error);
    g_set_error_literal(error, STORE_ERROR, STORE_ERROR_KEY,
                        N_("The local store cannot be opened with this card's key."));
    return FALSE;
}

gboolean guard_write(Db *db, const Sealer *sealer, GError **error)
{
    g_auto(GVariantBuilder) builder = G_VARIANT_BUILDER_INIT(G_VARIANT_TYPE(GUARD_TYPE));
    sqlite3_stmt *row = db_ask(db, error,
                               "SELECT 0, key, max(n) FROM draft GROUP BY key"
                               " UNION ALL SELECT 1 + queue, key, rev FROM queue", "");
    if (!row)
        return FALSE;
    g_autoptr(GError) failed = NULL;
    while (db_next(db, row, &failed))
        g_variant_builder_add(&builder, "(y@ayt)", (guchar)sqlite3_column_int(row, 0),
                              g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE,
                                                        sqlite3_column_blob(row, 1),
                                                        (gsize)sqlite3_column_bytes(row, 1), 1),
                              (guint64)sqlite3_column_int64(row, 2));
    if (failed) {
        g_propagate_error(error, g_steal_pointer(&failed));
        return FALSE;
    }
    g_autoptr(GVariant) list = g_variant_ref_sink(g_variant_builder_end(&builder));
    gint64 rev = db_int(db, 0, "SELECT rev FROM guard WHERE name = 'guard'", "") + 1;
    return put(db, sealer, "guard", rev, g_variant_get_data(list), g_variant_get_size(list), error);
}

static gint64 stored_rev(Db *db, guchar table, gconstpointer key, gsize len)
{
    if (table == 0)
        return db_int(db, -1, "SELECT max(n) FROM draft WHERE key = ?1", "b", key, len);
    return db_int(db, -1, "SELECT rev FROM queue WHERE queue = ?2 AND key = ?1", "bi", key, len,
                  (gint64)table - 1);
}

guint guard_rolled_back(Db *db, const Sealer *sealer)
{
    gboolean there;
    g_autoptr(GBytes) clear = get(db, sealer, "guard", &there);
    if (!clear)
        return there ? 1 : 0;
    g_autoptr(GVariant) list = g_variant_ref_sink(
        g_variant_new_from_bytes(G_VARIANT_TYPE(GUARD_TYPE), clear, FALSE));
    guint count = 0;
    GVariantIter iter;
    guchar table;
    guint64 rev;
    GVariant *key;
    g_variant_iter_init(&iter, list);
    while (g_variant_iter_loop(&iter, "(y@ayt)", &table, &key, &rev)) {
        gsize len;
        gconstpointer bytes = g_variant_get_fixed_array(key, &len, 1);
        count += stored_rev(db, table, bytes, len) < (gint64)rev;
    }
    return count;
}
