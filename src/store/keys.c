/* SPDX-License-Identifier: GPL-3.0-or-later
 * The wrapped data keys of a store, and what an unlock does with the clear one. */
#include "store/draft-cover.h"

#include <glib/gi18n.h>
#include <string.h>


void store_wrap_free(StoreWrap *wrap)
{
    if (!wrap)
        return;
    g_free(wrap->method);
    g_clear_pointer(&wrap->salt, g_bytes_unref);
    g_clear_pointer(&wrap->wrapped, g_bytes_unref);
    g_free(wrap);
}

static GBytes *column_bytes(sqlite3_stmt *row, int column)
{
    return g_bytes_new(sqlite3_column_blob(row, column), (gsize)sqlite3_column_bytes(row, column));
}

GPtrArray *store_wraps(Store *store, GError **error)
{
    g_autoptr(GPtrArray) wraps = g_ptr_array_new_with_free_func((GDestroyNotify)store_wrap_free);
    sqlite3_stmt *row = db_ask(store->ui, error,
                               "SELECT method, cert, salt, wrapped FROM wrap ORDER BY id", "");
    g_autoptr(GError) failed = NULL;
    while (row && db_next(store->ui, row, &failed)) {
        StoreWrap *wrap = g_new0(StoreWrap, 1);
        wrap->method = g_strdup((const char *)sqlite3_column_text(row, 0));
        if (sqlite3_column_bytes(row, 1) == (int)sizeof wrap->cert_sha256)
            memcpy(wrap->cert_sha256, sqlite3_column_blob(row, 1), sizeof wrap->cert_sha256);
        wrap->salt = column_bytes(row, 2);
        wrap->wrapped = column_bytes(row, 3);
        g_ptr_array_add(wraps, wrap);
    }
    if (!row || failed) {
        if (failed)
            g_propagate_error(error, g_steal_pointer(&failed));
        return NULL;
    }
    return g_steal_pointer(&wraps);
}

static gboolean run_wrap_add(Store *store, gpointer arg, gint64 *ret_id, GError **error)
{
    StoreWrap *wrap = arg;
    gsize salt_len, wrapped_len;
    const void *salt = g_bytes_get_data(wrap->salt, &salt_len);
    const void *wrapped = g_bytes_get_data(wrap->wrapped, &wrapped_len);
    return db_run(store->work, error,
                  "INSERT OR REPLACE INTO wrap (method, cert, salt, wrapped) VALUES (?, ?, ?, ?)",
                  "tbbb", wrap->method, wrap->cert_sha256, sizeof wrap->cert_sha256, salt, salt_len,
                  wrapped, wrapped_len);
}

void store_wrap_add(Store *store, const StoreWrap *wrap, Scope *scope, StoreDoneFn fn, gpointer data)
{
    StoreWrap *copy = g_new0(StoreWrap, 1);
    *copy = *wrap;
    copy->method = g_strdup(wrap->method);
    copy->salt = g_bytes_ref(wrap->salt);
    copy->wrapped = g_bytes_ref(wrap->wrapped);
    store_job(store, JOB_DURABLE, run_wrap_add, copy, (GDestroyNotify)store_wrap_free, scope, fn,
              data);
}

gboolean store_is_fresh(const Store *store)
{
    return db_int(store->ui, 1,
                  "SELECT (SELECT count(*) FROM wrap) + (SELECT count(*) FROM guard)", "") == 0;
}

/* What an unlock reads, before the store takes it over. */
typedef struct {
    SecretBuf *key;
    Sealer *sealer;
    GHashTable *drafts;
    StoreHealth health;
    gint64 resume_rev, round;
    guint rounds;
    Store *store;
    StoreDoneFn fn;
    gpointer data;
} Unlock;

static void unlock_free(gpointer data)
{
    Unlock *unlock = data;
    secret_free(unlock->key);
    sealer_free(unlock->sealer);
    g_clear_pointer(&unlock->drafts, g_hash_table_unref);
    g_free(unlock);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Unlock, unlock_free)

static Unlock *unlock_new(Store *store, const SecretBuf *key)
{
    Unlock *unlock = g_new0(Unlock, 1);
    unlock->store = store;
    unlock->key = key ? secret_new_from(key->data, key->len) : NULL;
    return unlock;
}

static gboolean unlock_read(Unlock *unlock, Db *db, GError **error)
{
    if (!unlock->key || unlock->key->len != STORE_KEY_BYTES) {
        g_set_error_literal(error, STORE_ERROR, STORE_ERROR_KEY, N_("The data key has the wrong size."));
        return FALSE;
    }
    g_autoptr(Sealer) sealer = sealer_new(unlock->key);
    if (!guard_key_check(db, sealer, error))
        return FALSE;
    late_take(unlock->store, db, sealer);
    unlock->drafts = draft_table_new();
    unlock->health.rolled_back = guard_rolled_back(db, sealer);
    draft_load(db, sealer, unlock->drafts, &unlock->health);
    unlock->round = cover_set_up(db, sealer, unlock->drafts, &unlock->rounds);
    unlock->resume_rev = db_int(db, 0, "SELECT rev FROM resume", "");
    unlock->sealer = g_steal_pointer(&sealer);
    return TRUE;
}

static void unlock_take(Store *store, Unlock *unlock)
{
    store->sealer = g_steal_pointer(&unlock->sealer);
    g_hash_table_unref(store->drafts);
    store->drafts = g_steal_pointer(&unlock->drafts);
    store->health = unlock->health;
    store->resume_rev = unlock->resume_rev;
    store->round = unlock->round;
    store->rounds = unlock->rounds;
}

gboolean store_unlock(Store *store, const SecretBuf *key, GError **error)
{
    g_return_val_if_fail(!store->sealer, FALSE);
    g_autoptr(Unlock) unlock = unlock_new(store, key);
    if (!unlock_read(unlock, store->ui, error))
        return FALSE;
    unlock_take(store, unlock);
    return TRUE;
}

static gboolean run_unlock(Store *store, gpointer arg, gint64 *ret_id, GError **error)
{
    return unlock_read(arg, store->work, error);
}

static void on_unlocked(gint64 id, const GError *error, gpointer data)
{
    Unlock *unlock = data; /* freed by its job, after this */
    if (!error && !unlock->store->sealer)
        unlock_take(unlock->store, unlock);
    unlock->fn(0, error, unlock->data);
}

void store_unlock_async(Store *store, const SecretBuf *key, Scope *scope, StoreDoneFn fn,
                        gpointer data)
{
    g_return_if_fail(!store->sealer);
    Unlock *unlock = unlock_new(store, key);
    unlock->fn = fn;
    unlock->data = data;
    store_job(store, JOB_LAZY, run_unlock, unlock, unlock_free, scope, on_unlocked, unlock);
}

gboolean store_is_unlocked(const Store *store)
{
    return store->sealer != NULL;
}

StoreHealth store_health(Store *store)
{
    StoreHealth health = store->health;
    if (store->sealer)
        queue_health(store, &health);
    return health;
}
