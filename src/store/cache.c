/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/cache.h"

#include "base/limits.h"
#include "store/private.h"

#include <string.h>
#include <zlib.h>

#define PAGE_TYPE "(xmstay)" /* as_of etag size body; size 0: not compressed */
#define COMPRESS_ABOVE 1024
#define CACHE_BYTES (256 << 20) /* the oldest pages go above this */
#define RESUME_TYPE "(smsmsxxmsay)" /* view patient draft cursor scroll extra; zeros that fill it up */
#define RESUME_SCHEMA 2u            /* an earlier rond, which has none of those, begins at its first view */
#define RESUME_BYTES 1024

void store_page_free(StorePage *page)
{
    if (!page)
        return;
    g_clear_pointer(&page->body, g_bytes_unref);
    g_free(page->etag);
    g_free(page);
}

void store_resume_free(StoreResume *resume)
{
    if (!resume)
        return;
    g_free(resume->view);
    g_free(resume->patient);
    g_free(resume->draft);
    g_free(resume->extra);
    g_free(resume);
}

static SealPlace page_place(const Sealer *sealer, const char *query, const char *patient)
{
    SealPlace place = {.table = "cache", .schema = STORE_SCHEMA};
    g_autofree char *id = g_strdup_printf("%s\n%s", patient ? patient : "", query);
    sealer_row_key(sealer, "query", id, place.row);
    return place;
}

/* ---- worker ---- */

typedef struct {
    char *query, *patient, *etag;
    GBytes *body;
    gint64 as_of;
} Page;

static void page_arg_free(gpointer data)
{
    Page *page = data;
    g_free(page->query);
    g_free(page->patient);
    g_free(page->etag);
    g_clear_pointer(&page->body, g_bytes_unref);
    g_free(page);
}

static GBytes *page_seal(const Sealer *sealer, const SealPlace *place, const Page *page)
{
    gsize len;
    gconstpointer data = g_bytes_get_data(page->body, &len);
    guint64 size = 0;
    g_autofree guint8 *packed = NULL;
    if (len > COMPRESS_ABOVE) {
        uLongf room = compressBound(len);
        packed = g_malloc(room);
        if (compress2(packed, &room, data, len, Z_BEST_SPEED) == Z_OK) {
            size = len;
            data = packed;
            len = room;
        }
    }
    g_autoptr(GVariant) body = g_variant_ref_sink(
        g_variant_new("(xmst@ay)", page->as_of, page->etag, size,
                      g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, data, len, 1)));
    return sealer_seal(sealer, place, g_variant_get_data(body), g_variant_get_size(body));
}

static gint64 used_bytes(Db *db)
{
    return (db_int(db, 0, "PRAGMA page_count", "") - db_int(db, 0, "PRAGMA freelist_count", "")) *
           db_int(db, 0, "PRAGMA page_size", "");
}

static gboolean run_put(Store *store, gpointer arg, gint64 *ret_id, GError **error)
{
    const Page *page = arg;
    guint8 patient[SEAL_ROW_KEY];
    SealPlace place = page_place(store->sealer, page->query, page->patient);
    sealer_row_key(store->sealer, "patient", page->patient, patient);
    g_autoptr(GBytes) body = page_seal(store->sealer, &place, page);
    if (used_bytes(store->work) > CACHE_BYTES)
        db_run(store->work, NULL,
               "DELETE FROM cache WHERE id IN (SELECT id FROM cache ORDER BY id LIMIT 64)", "");
    /* REPLACE gives a new id, so the oldest ids are the pages longest not refreshed. */
    return db_run(store->work, error,
                  "INSERT OR REPLACE INTO cache (key, patient, schema, body) VALUES (?1, ?2, ?3, ?4)",
                  "bbib", place.row, (gsize)SEAL_ROW_KEY, patient, sizeof patient,
                  (gint64)STORE_SCHEMA, g_bytes_get_data(body, NULL), g_bytes_get_size(body));
}

static gboolean run_wipe(Store *store, gpointer arg, gint64 *ret_id, GError **error)
{
    return db_run(store->work, error, "DELETE FROM cache", "") &&
           db_run(store->work, error, "DELETE FROM resume", "");
}

/* ---- main thread ---- */

void store_cache_put(Store *store, const char *query, const char *patient, GBytes *body,
                     gint64 as_of, const char *etag)
{
    g_return_if_fail(store->sealer);
    Page *page = g_new0(Page, 1);
    *page = (Page){g_strdup(query), g_strdup(patient), g_strdup(etag), g_bytes_ref(body), as_of};
    store_job(store, JOB_LAZY, run_put, page, page_arg_free, NULL, NULL, NULL);
}

static StorePage *page_unpack(GBytes *clear)
{
    g_autoptr(GVariant) row =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(PAGE_TYPE), clear, FALSE));
    g_autoptr(StorePage) page = g_new0(StorePage, 1);
    g_autoptr(GVariant) body = NULL;
    guint64 size;
    gsize len;
    g_variant_get(row, "(xmst@ay)", &page->as_of, &page->etag, &size, &body);
    gconstpointer data = g_variant_get_fixed_array(body, &len, 1);
    if (size == 0) {
        page->body = g_bytes_new(data, len);
    } else {
        if (size > LIMIT_JSON_BYTES)
            return NULL;
        uLongf got = size;
        g_autofree guint8 *out = g_malloc(size);
        if (uncompress(out, &got, data, len) != Z_OK || got != size)
            return NULL;
        page->body = g_bytes_new_take(g_steal_pointer(&out), size);
    }
    return g_steal_pointer(&page);
}

StorePage *store_cache_get(Store *store, const char *query, const char *patient, GError **error)
{
    if (!store->sealer)
        return NULL;
    SealPlace place = page_place(store->sealer, query, patient);
    sqlite3_stmt *row = db_ask(store->ui, error, "SELECT body FROM cache WHERE key = ?1", "b",
                               place.row, (gsize)SEAL_ROW_KEY);
    if (!row || !db_next(store->ui, row, error))
        return NULL;
    g_autoptr(GBytes) clear = sealer_open(store->sealer, &place, sqlite3_column_blob(row, 0),
                                          (gsize)sqlite3_column_bytes(row, 0));
    db_done(row);
    return clear ? page_unpack(clear) : NULL;
}

static const char put_resume[] =
    "INSERT INTO resume (id, rev, schema, body) VALUES (1, ?1, ?2, ?3)"
    " ON CONFLICT (id) DO UPDATE SET rev = excluded.rev, schema = excluded.schema,"
    " body = excluded.body";

/* What the database was too busy for would come after the wiping. */
static void drop_waiting_resume(Store *store)
{
    for (GList *l = store->writes.head, *next; l; l = next) {
        Write *write = l->data;
        next = l->next;
        if (write->sql != put_resume)
            continue;
        store_write_free(write);
        g_queue_delete_link(&store->writes, l);
    }
}

void store_cache_wipe(Store *store, Scope *scope, StoreDoneFn fn, gpointer data)
{
    drop_waiting_resume(store);
    store_drain(store, NULL);
    store_job(store, JOB_DURABLE, run_wipe, NULL, NULL, scope, fn, data);
}

/* ---- where the person was ---- */

static SealPlace resume_place(gint64 rev)
{
    return (SealPlace){.table = "resume", .rev = (guint64)rev, .schema = RESUME_SCHEMA};
}

static GVariant *resume_body(const StoreResume *resume, gsize filling)
{
    g_autofree guint8 *zeros = g_malloc0(filling + 1);
    return g_variant_ref_sink(g_variant_new("(smsmsxxms@ay)", resume->view, resume->patient, resume->draft, resume->cursor,
                                            resume->scroll, resume->extra,
                                            g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, zeros, filling, 1)));
}

/* As long as any other: where somebody was, and whether it was in a draft, is not to be seen from its length. */
static GVariant *resume_filled(const StoreResume *resume)
{
    g_autoptr(GVariant) half = resume_body(resume, RESUME_BYTES / 2);
    gsize room = RESUME_BYTES, size = g_variant_get_size(half) - RESUME_BYTES / 2;
    while (room < size)
        room *= 2;
    return resume_body(resume, room - size);
}

gboolean store_resume_put(Store *store, const StoreResume *resume, GError **error)
{
    g_return_val_if_fail(store->sealer, FALSE);
    g_autoptr(GVariant) body = resume_filled(resume);
    SealPlace place = resume_place(++store->resume_rev);
    Write *write = g_new0(Write, 1);
    *write = (Write){
        .sql = put_resume,
        .n = store->resume_rev,
        .m = RESUME_SCHEMA,
        .body = sealer_seal(store->sealer, &place, g_variant_get_data(body), g_variant_get_size(body)),
    };
    return store_write(store, write, error);
}

StoreResume *store_resume_get(Store *store, GError **error)
{
    g_return_val_if_fail(store->sealer, NULL);
    sqlite3_stmt *row = db_ask(store->ui, error, "SELECT rev, body, schema FROM resume WHERE schema <= ?1",
                               "i", (gint64)RESUME_SCHEMA);
    if (!row || !db_next(store->ui, row, error))
        return NULL;
    SealPlace place = resume_place(sqlite3_column_int64(row, 0));
    place.schema = (guint32)sqlite3_column_int64(row, 2);
    g_autoptr(GBytes) clear = sealer_open(store->sealer, &place, sqlite3_column_blob(row, 1),
                                          (gsize)sqlite3_column_bytes(row, 1));
    db_done(row);
    if (!clear)
        return NULL;
    const GVariantType *type = G_VARIANT_TYPE(place.schema == RESUME_SCHEMA ? RESUME_TYPE : "(smsmsxxms)");
    g_autoptr(GVariant) body = g_variant_ref_sink(g_variant_new_from_bytes(type, clear, FALSE));
    StoreResume *resume = g_new0(StoreResume, 1);
    g_variant_get_child(body, 0, "s", &resume->view);
    g_variant_get_child(body, 1, "ms", &resume->patient);
    g_variant_get_child(body, 2, "ms", &resume->draft);
    g_variant_get_child(body, 3, "x", &resume->cursor);
    g_variant_get_child(body, 4, "x", &resume->scroll);
    g_variant_get_child(body, 5, "ms", &resume->extra);
    return resume;
}
