/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/queue.h"

#include "base/clock.h"
#include "store/private.h"

#include <glib/gi18n.h>
#include <string.h>

#define ITEM_TYPE "(xsmssuuxmsay)" /* id key patient kind state attempts created note payload */

static const char *const queue_names[] = {[STORE_OUTBOX] = "outbox", [STORE_AUDIT] = "audit", [STORE_SENT] = "sent",
                                          [STORE_SEEN] = "seen", [STORE_WORDS] = "words"};

void store_item_free(StoreItem *item)
{
    if (!item)
        return;
    g_free(item->key);
    g_free(item->patient);
    g_free(item->kind);
    g_free(item->note);
    g_clear_pointer(&item->payload, g_bytes_unref);
    g_free(item);
}

static StoreItem *item_copy(const StoreItem *item)
{
    StoreItem *copy = g_memdup2(item, sizeof *item);
    copy->key = g_strdup(item->key);
    copy->patient = g_strdup(item->patient);
    copy->kind = g_strdup(item->kind);
    copy->note = g_strdup(item->note);
    copy->payload = g_bytes_ref(item->payload);
    return copy;
}

static SealPlace item_place(StoreQueue queue, const guint8 row[SEAL_ROW_KEY], gint64 rev)
{
    SealPlace place = {.table = queue_names[queue], .rev = (guint64)rev, .schema = STORE_SCHEMA};
    memcpy(place.row, row, SEAL_ROW_KEY);
    return place;
}

static GBytes *item_seal(const Sealer *sealer, const SealPlace *place, const StoreItem *item)
{
    gsize len;
    gconstpointer payload = g_bytes_get_data(item->payload, &len);
    g_autoptr(GVariant) body = g_variant_ref_sink(g_variant_new(
        "(xsmssuuxms@ay)", item->id, item->key, item->patient, item->kind, (guint32)item->state,
        (guint32)item->attempts, item->created, item->note,
        g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, payload, len, 1)));
    return sealer_seal(sealer, place, g_variant_get_data(body), g_variant_get_size(body));
}

static StoreItem *item_open(const Sealer *sealer, const SealPlace *place, gconstpointer sealed,
                            gsize len)
{
    g_autoptr(GBytes) clear = sealer_open(sealer, place, sealed, len);
    if (!clear)
        return NULL;
    g_autoptr(GVariant) body =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(ITEM_TYPE), clear, FALSE));
    StoreItem *item = g_new0(StoreItem, 1);
    g_autoptr(GVariant) payload = NULL;
    guint32 state, attempts;
    g_variant_get(body, "(xsmssuuxms@ay)", &item->id, &item->key, &item->patient, &item->kind, &state,
                  &attempts, &item->created, &item->note, &payload);
    gsize size;
    gconstpointer bytes = g_variant_get_fixed_array(payload, &size, 1);
    item->state = state;
    item->attempts = attempts;
    item->payload = g_bytes_new(bytes, size);
    return item;
}

/* ---- worker ---- */

typedef struct {
    StoreQueue queue;
    StoreItem *item; /* put */
    gint64 id;       /* remove */
} Change;

static void change_free(gpointer data)
{
    Change *change = data;
    store_item_free(change->item);
    g_free(change);
}

static gboolean put_row(Store *store, Change *change, GError **error)
{
    Db *db = store->work;
    StoreItem *item = change->item;
    guint8 row[SEAL_ROW_KEY];
    sealer_row_key(store->sealer, queue_names[change->queue], item->key, row);
    gint64 rev = 1 + db_int(db, 0, "SELECT rev FROM queue WHERE queue = ?1 AND key = ?2", "ib",
                            (gint64)change->queue, row, sizeof row);
    item->id = db_int(db, 0, "SELECT id FROM queue WHERE queue = ?1 AND key = ?2", "ib",
                      (gint64)change->queue, row, sizeof row);
    if (item->id == 0)
        item->id = 1 + db_int(db, 0, "SELECT seq FROM sqlite_sequence WHERE name = 'queue'", "");
    SealPlace place = item_place(change->queue, row, rev);
    g_autoptr(GBytes) body = item_seal(store->sealer, &place, item);
    return db_run(db, error,
                  "INSERT INTO queue (id, queue, key, rev, schema, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"
                  " ON CONFLICT (queue, key) DO UPDATE SET rev = excluded.rev,"
                  " schema = excluded.schema, body = excluded.body",
                  "iibiib", item->id, (gint64)change->queue, row, sizeof row, rev,
                  (gint64)STORE_SCHEMA, g_bytes_get_data(body, NULL), g_bytes_get_size(body));
}

static gboolean run_put(Store *store, gpointer arg, gint64 *ret_id, GError **error)
{
    Change *change = arg;
    if (!db_begin(store->work, error))
        return FALSE;
    gboolean ok = put_row(store, change, error) && guard_write(store->work, store->sealer, error);
    *ret_id = change->item->id;
    return db_end(store->work, ok, error);
}

static gboolean run_remove(Store *store, gpointer arg, gint64 *ret_id, GError **error)
{
    Change *change = arg;
    *ret_id = change->id;
    if (!db_begin(store->work, error))
        return FALSE;
    gboolean ok = db_run(store->work, error, "DELETE FROM queue WHERE queue = ?1 AND id = ?2", "ii",
                         (gint64)change->queue, change->id) &&
                  guard_write(store->work, store->sealer, error);
    return db_end(store->work, ok, error);
}

/* ---- main thread ---- */

void store_queue_put(Store *store, StoreQueue queue, const StoreItem *item, Scope *scope,
                     StoreDoneFn fn, gpointer data)
{
    g_return_if_fail(store->sealer);
    Change *change = g_new0(Change, 1);
    change->queue = queue;
    change->item = item_copy(item);
    if (change->item->created == 0)
        change->item->created = clock_real_us();
    store_job(store, JOB_DURABLE, run_put, change, change_free, scope, fn, data);
}

void store_queue_remove(Store *store, StoreQueue queue, gint64 id, Scope *scope, StoreDoneFn fn,
                        gpointer data)
{
    g_return_if_fail(store->sealer);
    Change *change = g_new0(Change, 1);
    *change = (Change){.queue = queue, .id = id};
    store_job(store, JOB_DURABLE, run_remove, change, change_free, scope, fn, data);
}

/* NULL when the row cannot be read; then *@health, if given, counts it. */
static StoreItem *item_from(Store *store, StoreQueue queue, sqlite3_stmt *row, StoreHealth *health)
{
    StoreItem *item = NULL;
    gboolean newer = sqlite3_column_int64(row, 3) > STORE_SCHEMA;
    if (!newer && sqlite3_column_bytes(row, 1) == SEAL_ROW_KEY) {
        SealPlace place = item_place(queue, sqlite3_column_blob(row, 1), sqlite3_column_int64(row, 2));
        place.schema = (guint32)sqlite3_column_int64(row, 3);
        item = item_open(store->sealer, &place, sqlite3_column_blob(row, 4),
                         (gsize)sqlite3_column_bytes(row, 4));
    }
    if (item && item->id != sqlite3_column_int64(row, 0)) /* put in another place of the order */
        g_clear_pointer(&item, store_item_free);
    if (!item && health && newer)
        health->newer++;
    else if (!item && health)
        health->unreadable++;
    return item;
}

static GPtrArray *read_queue(Store *store, StoreQueue queue, guint max, StoreHealth *health,
                             GError **error)
{
    g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)store_item_free);
    sqlite3_stmt *row = db_ask(store->ui, error,
                               "SELECT id, key, rev, schema, body FROM queue WHERE queue = ?1"
                               " ORDER BY id", "i", (gint64)queue);
    if (!row)
        return NULL;
    g_autoptr(GError) failed = NULL;
    while ((max == 0 || list->len < max) && db_next(store->ui, row, &failed)) {
        StoreItem *item = item_from(store, queue, row, health);
        if (item)
            g_ptr_array_add(list, item);
    }
    db_done(row);
    if (failed) {
        g_propagate_error(error, g_steal_pointer(&failed));
        return NULL;
    }
    return g_steal_pointer(&list);
}

GPtrArray *store_queue_list(Store *store, StoreQueue queue, guint max, GError **error)
{
    if (!store->sealer) {
        g_set_error_literal(error, STORE_ERROR, STORE_ERROR_KEY, N_("The local store is locked."));
        return NULL;
    }
    return read_queue(store, queue, max, NULL, error);
}

StoreItem *store_queue_get(Store *store, StoreQueue queue, const char *key, GError **error)
{
    guint8 row_key[SEAL_ROW_KEY];
    if (!store->sealer) {
        g_set_error_literal(error, STORE_ERROR, STORE_ERROR_KEY, N_("The local store is locked."));
        return NULL;
    }
    sealer_row_key(store->sealer, queue_names[queue], key, row_key);
    sqlite3_stmt *row = db_ask(store->ui, error, "SELECT id, key, rev, schema, body FROM queue WHERE queue = ?1 AND key = ?2", "ib",
                               (gint64)queue, row_key, sizeof row_key);
    StoreItem *item = row && db_next(store->ui, row, error) ? item_from(store, queue, row, NULL) : NULL;
    if (row)
        db_done(row);
    return item;
}

int store_queue_count(Store *store, StoreQueue queue)
{
    if (!store->sealer)
        return -1;
    return (int)db_int(store->ui, -1, "SELECT count(*) FROM queue WHERE queue = ?1", "i",
                       (gint64)queue);
}

void queue_health(Store *store, StoreHealth *health)
{
    for (guint q = 0; q < G_N_ELEMENTS(queue_names); q++) {
        g_autoptr(GPtrArray) list = read_queue(store, q, 0, health, NULL);
        if (!list)
            health->unreadable++;
    }
}
