/* SPDX-License-Identifier: GPL-3.0-or-later
 * Drafts, place, cache, outbox and audit queue: from the app's and the client's words to the store's. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "main/wiring.h"

static gboolean ready(Wiring *w, GError **error)
{
    if (w->store && store_is_unlocked(w->store))
        return TRUE;
    g_set_error_literal(error, STORE_ERROR, STORE_ERROR_KEY, _("The store is not open"));
    return FALSE;
}

/* ---- drafts ---- */

static Draft *draft_from(const StoreDraft *s)
{
    Draft *d = g_new0(Draft, 1);
    d->id = g_strdup(s->id);
    d->patient = g_strdup(s->patient);
    d->kind = g_strdup(s->kind);
    d->changed = s->changed;
    d->text = s->text ? g_bytes_ref(s->text) : NULL;
    d->meta = s->meta ? g_bytes_ref(s->meta) : NULL;
    d->damaged = s->damaged;
    return d;
}

static gboolean s_draft_put(gpointer self, const Draft *d, GError **error)
{
    Wiring *w = self;
    StoreDraft s = {.id = d->id, .patient = d->patient, .kind = d->kind, .text = d->text, .meta = d->meta};
    return ready(w, error) && store_draft_put(w->store, &s, error);
}

static gboolean s_draft_edit(gpointer self, const char *id, gsize at, gsize removed, const char *text, gsize len,
                             GBytes *meta, GError **error)
{
    Wiring *w = self;
    return ready(w, error) && store_draft_edit(w->store, id, at, removed, text, len, meta, error);
}

static GPtrArray *s_draft_list(gpointer self, const char *patient, guint *ret_unreadable, GError **error)
{
    Wiring *w = self;
    if (!ready(w, error))
        return NULL;
    g_autoptr(GPtrArray) found = store_draft_list(w->store, patient, error);
    if (!found)
        return NULL;
    GPtrArray *out = g_ptr_array_new_with_free_func((GDestroyNotify)draft_free);
    for (guint i = 0; i < found->len; i++)
        g_ptr_array_add(out, draft_from(found->pdata[i]));
    StoreHealth h = store_health(w->store);
    *ret_unreadable = h.unreadable + h.newer + h.rolled_back;
    return out;
}

static Draft *s_draft_get(gpointer self, const char *id, GError **error)
{
    Wiring *w = self;
    if (!ready(w, error))
        return NULL;
    g_autoptr(StoreDraft) s = store_draft_get(w->store, id, error);
    return s ? draft_from(s) : NULL;
}

static gboolean s_draft_remove(gpointer self, const char *id, GError **error)
{
    Wiring *w = self;
    return ready(w, error) && store_draft_remove(w->store, id, error);
}

static void s_resume_put(gpointer self, const char *view, const char *patient, const char *arg)
{
    Wiring *w = self;
    StoreResume r = {.view = (char *)view, .patient = (char *)patient, .extra = (char *)arg};
    g_autoptr(GError) error = NULL;
    if (ready(w, NULL) && !store_resume_put(w->store, &r, &error))
        log_event(LOG_WARN, "store", "place not kept: %s", error->message);
}

static gboolean s_resume_get(gpointer self, char **ret_view, char **ret_patient, char **ret_arg)
{
    Wiring *w = self;
    g_autoptr(StoreResume) r = ready(w, NULL) ? store_resume_get(w->store, NULL) : NULL;
    if (!r || !r->view)
        return FALSE;
    *ret_view = g_strdup(r->view);
    *ret_patient = g_strdup(r->patient);
    *ret_arg = g_strdup(r->extra);
    return TRUE;
}

void wire_store(Wiring *w, Services *s)
{
    (void)w;
    s->draft_put = s_draft_put;
    s->draft_edit = s_draft_edit;
    s->draft_list = s_draft_list;
    s->draft_get = s_draft_get;
    s->draft_remove = s_draft_remove;
    s->resume_put = s_resume_put;
    s->resume_get = s_resume_get;
}

/* ---- the client's store ---- */

static GBytes *c_cache_get(gpointer self, const char *patient, const char *key, Instant *ret_as_of, char **ret_etag)
{
    Wiring *w = self;
    g_autoptr(StorePage) page = ready(w, NULL) ? store_cache_get(w->store, key, patient, NULL) : NULL;
    if (!page)
        return NULL;
    *ret_as_of = page->as_of;
    *ret_etag = g_strdup(page->etag);
    return g_bytes_ref(page->body);
}

static void c_cache_put(gpointer self, const char *patient, const char *key, GBytes *body, Instant as_of,
                        const char *etag)
{
    Wiring *w = self;
    if (ready(w, NULL))
        store_cache_put(w->store, key, patient, body, as_of, etag);
}

/* The store numbers its rows; the client knows them by UUID. */
static gint64 queue_id(Wiring *w, char queue, const char *uuid)
{
    g_autofree char *key = g_strdup_printf("%c:%s", queue, uuid);
    const gint64 *id = g_hash_table_lookup(w->queue_ids, key);
    return id ? *id : 0;
}

static void queue_id_set(Wiring *w, char queue, const char *uuid, gint64 id)
{
    gint64 *copy = g_new(gint64, 1);
    *copy = id;
    g_hash_table_insert(w->queue_ids, g_strdup_printf("%c:%s", queue, uuid), copy);
}

static void queue_ids_read(Wiring *w, char queue, const GPtrArray *items)
{
    for (guint i = 0; items && i < items->len; i++) {
        const StoreItem *it = items->pdata[i];
        queue_id_set(w, queue, it->key, it->id);
    }
}

typedef struct {
    Wiring *wiring;
    char *uuid;
    ClientStoredFn done;
    gpointer data;
} Putting;

static void on_outbox_put(gint64 id, const GError *error, gpointer data)
{
    Putting *p = data;
    if (!error)
        queue_id_set(p->wiring, 'o', p->uuid, id);
    if (p->done)
        p->done(error, p->data);
    g_free(p->uuid);
    g_free(p);
}

static void c_outbox_put(gpointer self, const ClientOutboxRow *row, ClientStoredFn done, gpointer data)
{
    Wiring *w = self;
    g_autoptr(GError) error = NULL;
    g_autofree char *kind = g_strdup_printf("write:%d", (int)row->state);
    StoreItem item = {
        .id = queue_id(w, 'o', row->id), .key = (char *)row->id, .patient = (char *)row->patient, .kind = kind,
        .state = row->state == OUTBOX_PREPARED ? ITEM_WAITING
                 : row->state == OUTBOX_SENDING ? ITEM_SENDING
                 : row->state == OUTBOX_UNKNOWN ? ITEM_UNKNOWN : ITEM_REFUSED,
        .payload = row->body,
    };
    if (!ready(w, &error)) {
        done(error, data);
        return;
    }
    Putting *p = g_new0(Putting, 1);
    p->wiring = w;
    p->uuid = g_strdup(row->id);
    p->done = done;
    p->data = data;
    store_queue_put(w->store, STORE_OUTBOX, &item, NULL, on_outbox_put, p);
}

static void c_outbox_remove(gpointer self, const char *id)
{
    Wiring *w = self;
    gint64 row = queue_id(w, 'o', id);
    if (row && ready(w, NULL))
        store_queue_remove(w->store, STORE_OUTBOX, row, NULL, NULL, NULL);
}

static void c_outbox_each(gpointer self, ClientOutboxFn fn, gpointer data)
{
    Wiring *w = self;
    g_autoptr(GPtrArray) items = ready(w, NULL) ? store_queue_list(w->store, STORE_OUTBOX, 0, NULL) : NULL;
    queue_ids_read(w, 'o', items);
    for (guint i = 0; items && i < items->len; i++) {
        const StoreItem *it = items->pdata[i];
        int state = OUTBOX_UNKNOWN;
        if (it->kind && g_str_has_prefix(it->kind, "write:"))
            state = it->kind[6] - '0';
        ClientOutboxRow row = {.id = it->key, .patient = it->patient, .state = (OutboxState)state,
                               .created = it->created, .body = it->payload};
        fn(&row, data);
    }
}

static void on_audit_put(gint64 id, const GError *error, gpointer data)
{
    Putting *p = data;
    if (error)
        log_event(LOG_ERROR, "audit", "not on disk: %s", error->message);
    else
        queue_id_set(p->wiring, 'a', p->uuid, id);
    g_free(p->uuid);
    g_free(p);
}

static gboolean c_audit_put(gpointer self, const char *id, GBytes *event, GError **error)
{
    Wiring *w = self;
    if (!ready(w, error))
        return FALSE;
    StoreItem item = {.key = (char *)id, .kind = "audit", .payload = event};
    Putting *p = g_new0(Putting, 1);
    p->wiring = w;
    p->uuid = g_strdup(id);
    store_queue_put(w->store, STORE_AUDIT, &item, NULL, on_audit_put, p);
    return TRUE;
}

static char *c_audit_next(gpointer self, GBytes **ret_event)
{
    Wiring *w = self;
    g_autoptr(GPtrArray) items = ready(w, NULL) ? store_queue_list(w->store, STORE_AUDIT, 1, NULL) : NULL;
    queue_ids_read(w, 'a', items);
    if (!items || !items->len)
        return NULL;
    const StoreItem *it = items->pdata[0];
    *ret_event = g_bytes_ref(it->payload);
    return g_strdup(it->key);
}

static void c_audit_remove(gpointer self, const char *id)
{
    Wiring *w = self;
    gint64 row = queue_id(w, 'a', id);
    if (row && ready(w, NULL))
        store_queue_remove(w->store, STORE_AUDIT, row, NULL, NULL, NULL);
}

const ClientStore wire_client_store = {
    .cache_get = c_cache_get,
    .cache_put = c_cache_put,
    .outbox_put = c_outbox_put,
    .outbox_remove = c_outbox_remove,
    .outbox_each = c_outbox_each,
    .audit_put = c_audit_put,
    .audit_next = c_audit_next,
    .audit_remove = c_audit_remove,
};
