/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/minicore.h"

typedef struct {
    ClientOutboxRow row;
    guint order;
} Row;

static void row_free(gpointer data)
{
    Row *r = data;
    g_free((char *)r->row.id);
    g_free((char *)r->row.patient);
    g_bytes_unref(r->row.body);
    g_free(r);
}

static void bytes_free(gpointer bytes)
{
    g_bytes_unref(bytes);
}

typedef struct {
    ClientStoredFn done;
    gpointer data;
    GError *error;
    char *id; /* of an event */
    GBytes *event;
} Stored;

static void stored_free(gpointer data)
{
    Stored *s = data;
    g_clear_error(&s->error);
    g_free(s->id);
    g_clear_pointer(&s->event, g_bytes_unref);
    g_free(s);
}

MemStore *memstore_new(void)
{
    MemStore *m = g_new0(MemStore, 1);
    m->cache = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, bytes_free);
    m->cache_at = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    m->cache_etag = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    m->outbox = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, row_free);
    m->sent = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    m->audit = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, bytes_free);
    m->audit_ids = g_ptr_array_new_with_free_func(g_free);
    return m;
}

void memstore_free(MemStore *m)
{
    g_hash_table_unref(m->cache);
    g_hash_table_unref(m->cache_at);
    g_hash_table_unref(m->cache_etag);
    g_hash_table_unref(m->outbox);
    g_hash_table_unref(m->audit);
    g_hash_table_unref(m->sent);
    g_ptr_array_unref(m->audit_ids);
    g_queue_clear_full(&m->audit_slowly, stored_free);
    g_free(m);
}

static GBytes *cache_get(gpointer store, const char *patient, const char *key, Instant *ret_as_of,
                         char **ret_etag)
{
    MemStore *m = store;
    GBytes *body = g_hash_table_lookup(m->cache, key);
    if (!body)
        return NULL;
    *ret_as_of = *(gint64 *)g_hash_table_lookup(m->cache_at, key);
    *ret_etag = g_strdup(g_hash_table_lookup(m->cache_etag, key));
    return g_bytes_ref(body);
}

static void cache_put(gpointer store, const char *patient, const char *key, GBytes *body,
                      Instant as_of, const char *etag)
{
    MemStore *m = store;
    gint64 *at = g_new(gint64, 1);
    *at = as_of;
    g_hash_table_replace(m->cache, g_strdup(key), g_bytes_ref(body));
    g_hash_table_replace(m->cache_at, g_strdup(key), at);
    g_hash_table_replace(m->cache_etag, g_strdup(key), g_strdup(etag));
}

static gboolean on_stored(gpointer data)
{
    Stored *s = data;
    s->done(s->error, s->data);
    stored_free(s);
    return G_SOURCE_REMOVE;
}

static void outbox_put(gpointer store, const ClientOutboxRow *row, ClientStoredFn done,
                       gpointer data)
{
    MemStore *m = store;
    Stored *s = g_new0(Stored, 1);
    s->done = done;
    s->data = data;
    m->puts++;
    if (m->fail_put == m->puts) {
        s->error = g_error_new_literal(G_IO_ERROR, G_IO_ERROR_NO_SPACE, "full");
    } else {
        Row *old = g_hash_table_lookup(m->outbox, row->id), *r = g_new0(Row, 1);
        r->order = old ? old->order : m->puts;
        r->row = *row;
        r->row.id = g_strdup(row->id);
        r->row.patient = g_strdup(row->patient);
        r->row.body = g_bytes_ref(row->body);
        g_hash_table_replace(m->outbox, g_strdup(row->id), r);
    }
    g_idle_add(on_stored, s);
}

static void outbox_remove(gpointer store, const char *id)
{
    MemStore *m = store;
    g_hash_table_remove(m->outbox, id);
}

static gint by_order(gconstpointer a, gconstpointer b)
{
    return (gint)((const Row *)a)->order - (gint)((const Row *)b)->order;
}

static void outbox_each(gpointer store, ClientOutboxFn fn, gpointer data)
{
    MemStore *m = store;
    g_autoptr(GList) rows = g_list_sort(g_hash_table_get_values(m->outbox), by_order);
    for (GList *l = rows; l; l = l->next)
        fn(&((Row *)l->data)->row, data);
}

void memstore_sync(MemStore *m)
{
    for (Stored *s; (s = g_queue_pop_head(&m->audit_slowly));) {
        g_ptr_array_add(m->audit_ids, g_strdup(s->id));
        g_hash_table_insert(m->audit, g_strdup(s->id), g_bytes_ref(s->event));
        on_stored(s);
    }
}

static void audit_put(gpointer store, const char *id, GBytes *event, ClientStoredFn done,
                      gpointer data)
{
    MemStore *m = store;
    Stored *s = g_new0(Stored, 1);
    *s = (Stored){done, data, NULL, g_strdup(id), g_bytes_ref(event)};
    if (m->audit_fails) {
        s->error = g_error_new_literal(G_IO_ERROR, G_IO_ERROR_NO_SPACE, "full");
        on_stored(s);
        return;
    }
    g_queue_push_tail(&m->audit_slowly, s);
    if (!m->audit_slow)
        memstore_sync(m);
}

static char *audit_next(gpointer store, GBytes **ret_event)
{
    MemStore *m = store;
    if (m->audit_ids->len == 0)
        return NULL;
    const char *id = m->audit_ids->pdata[0];
    *ret_event = g_bytes_ref(g_hash_table_lookup(m->audit, id));
    return g_strdup(id);
}

static void audit_remove(gpointer store, const char *id)
{
    MemStore *m = store;
    g_hash_table_remove(m->audit, id);
    for (guint i = 0; i < m->audit_ids->len; i++) {
        if (g_str_equal(m->audit_ids->pdata[i], id)) {
            g_ptr_array_remove_index(m->audit_ids, i);
            return;
        }
    }
}

static void sent_put(gpointer store, const char *identifier, const char *where, ClientStoredFn done, gpointer data)
{
    MemStore *m = store;
    Stored *s = g_new0(Stored, 1);
    *s = (Stored){.done = done, .data = data};
    if (m->fail_mark)
        s->error = g_error_new_literal(G_IO_ERROR, G_IO_ERROR_NO_SPACE, "full");
    else
        g_hash_table_replace(m->sent, g_strdup(identifier), g_strdup(where));
    g_idle_add(on_stored, s);
}

static char *sent_get(gpointer store, const char *identifier)
{
    return g_strdup(g_hash_table_lookup(((MemStore *)store)->sent, identifier));
}

const ClientStore memstore_table = {cache_get, cache_put,  outbox_put,   outbox_remove, outbox_each,
                                    audit_put, audit_next, audit_remove, audit_remove,  sent_put, sent_get};
