/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "bind/bind.h"
#include <string.h>
#include "base/clock.h"
#include "base/event.h"
#include "base/log.h"
#include "base/text.h"
#include "store/cache.h"
#include "store/draft.h"
#include "store/queue.h"

struct ClientBinding {
    Store *store;
    AuthSession *session;
    Scope *scope;
    GPtrArray *waits; /* Wait*: asked of store or session, not answered */
    GHashTable *ids;  /* outbox key -> gint64* */
    gint64 audit_id;  /* of the event last given out */
    GQueue leaving;   /* keys of audit events that the store's worker is taking out, in its order */
    GQueue going;     /* keys of outbox rows, likewise */
};

typedef struct {
    ClientBinding *b;
    ClientStoredFn done;
    gpointer data;
    char *key;
} Wait;

static GError *no_store(void)
{
    return g_error_new_literal(STORE_ERROR, STORE_ERROR_KEY, "The store is not open.");
}

static Wait *wait_new(ClientBinding *b, ClientStoredFn done, gpointer data, const char *key)
{
    Wait *w = g_new(Wait, 1);
    *w = (Wait){b, done, data, g_strdup(key)};
    g_ptr_array_add(b->waits, w);
    return w;
}

/* Each is answered exactly once, at the latest when the binding goes. */
static void wait_end(Wait *w, const GError *error)
{
    g_ptr_array_remove_fast(w->b->waits, w);
    w->done(error, w->data);
    g_free(w->key);
    g_free(w);
}

ClientBinding *client_binding_new(void)
{
    ClientBinding *b = g_new0(ClientBinding, 1);
    b->scope = scope_new();
    b->waits = g_ptr_array_new();
    g_queue_init(&b->leaving);
    g_queue_init(&b->going);
    b->ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return b;
}

void client_binding_free(ClientBinding *b)
{
    if (!b)
        return;
    scope_close(b->scope);
    g_autoptr(GError) gone = no_store();
    while (b->waits->len)
        wait_end(b->waits->pdata[0], gone);
    g_ptr_array_unref(b->waits);
    g_hash_table_unref(b->ids);
    g_queue_clear_full(&b->leaving, g_free);
    g_queue_clear_full(&b->going, g_free);
    g_free(b);
}

void client_binding_set_store(ClientBinding *b, Store *store)
{
    b->store = store;
}

void client_binding_set_session(ClientBinding *b, AuthSession *session)
{
    b->session = session;
}

/* ---- cache --------------------------------------------------------------------------------- */

static GBytes *cache_get(gpointer data, const char *patient, const char *key, Instant *ret_as_of,
                         char **ret_etag)
{
    ClientBinding *b = data;
    g_autoptr(StorePage) page = b->store ? store_cache_get(b->store, key, patient, NULL) : NULL;
    if (!page)
        return NULL;
    *ret_as_of = page->as_of;
    *ret_etag = g_strdup(page->etag);
    return g_bytes_ref(page->body);
}

static void cache_put(gpointer data, const char *patient, const char *key, GBytes *body,
                      Instant as_of, const char *etag)
{
    ClientBinding *b = data;
    if (b->store)
        store_cache_put(b->store, key, patient, body, as_of, etag);
}

/* ---- outbox -------------------------------------------------------------------------------- */

static const ItemState item_states[] = {
    [OUTBOX_PREPARED] = ITEM_WAITING, [OUTBOX_SENDING] = ITEM_SENDING,
    [OUTBOX_UNKNOWN] = ITEM_UNKNOWN,  [OUTBOX_CONFIRMED] = ITEM_SENDING,
    [OUTBOX_CONFLICT] = ITEM_REFUSED, [OUTBOX_REFUSED] = ITEM_REFUSED,
};
static const OutboxState outbox_states[] = {
    [ITEM_WAITING] = OUTBOX_PREPARED,
    [ITEM_SENDING] = OUTBOX_SENDING,
    [ITEM_UNKNOWN] = OUTBOX_UNKNOWN,
    [ITEM_REFUSED] = OUTBOX_REFUSED,
};

static void learn_id(ClientBinding *b, const char *key, gint64 id)
{
    gint64 *kept = g_new(gint64, 1);
    *kept = id;
    g_hash_table_replace(b->ids, g_strdup(key), kept);
}

static void on_put(gint64 id, const GError *error, gpointer data)
{
    Wait *w = data;
    if (!error)
        learn_id(w->b, w->key, id);
    wait_end(w, error);
}

static gboolean on_no_store(gpointer data)
{
    g_autoptr(GError) error = no_store();
    wait_end(data, error);
    return G_SOURCE_REMOVE;
}

static void outbox_put(gpointer data, const ClientOutboxRow *row, ClientStoredFn done,
                       gpointer done_data)
{
    ClientBinding *b = data;
    Wait *w = wait_new(b, done, done_data, row->id);
    if (!b->store) {
        on_no_store(w);
        return;
    }
    StoreItem item = {.key = (char *)row->id,
                      .patient = (char *)row->patient,
                      .kind = (char *)"write",
                      .state = item_states[row->state],
                      .created = row->created,
                      .payload = row->body};
    store_queue_put(b->store, STORE_OUTBOX, &item, b->scope, on_put, w);
}

static gboolean is_in(const GQueue *keys, const char *key)
{
    return g_queue_find_custom((GQueue *)keys, key, (GCompareFunc)g_strcmp0) != NULL;
}

/* A row that could not be taken out is there again. */
static void on_outbox_left(gint64 id, const GError *error, gpointer data)
{
    ClientBinding *b = data;
    g_free(g_queue_pop_head(&b->going));
    if (error)
        log_event(LOG_ERROR, "outbox", "row not removed");
    event_emit(&(Event){.kind = EVENT_OUTBOX});
}

/* It is out from now on, whenever the disk has it so. */
static void outbox_remove(gpointer data, const char *key)
{
    ClientBinding *b = data;
    const gint64 *id = g_hash_table_lookup(b->ids, key);
    if (b->store && id) {
        g_queue_push_tail(&b->going, g_strdup(key));
        store_queue_remove(b->store, STORE_OUTBOX, *id, b->scope, on_outbox_left, b);
    }
    g_hash_table_remove(b->ids, key);
}

static void outbox_each(gpointer data, ClientOutboxFn fn, gpointer fn_data)
{
    ClientBinding *b = data;
    g_autoptr(GPtrArray) items =
        b->store ? store_queue_list(b->store, STORE_OUTBOX, 0, NULL) : NULL;
    for (guint i = 0; items && i < items->len; i++) {
        const StoreItem *item = items->pdata[i];
        if (is_in(&b->going, item->key))
            continue;
        learn_id(b, item->key, item->id);
        fn(&(ClientOutboxRow){item->key, item->patient, outbox_states[item->state], item->created,
                              item->payload},
           fn_data);
    }
}

/* ---- what was confirmed -------------------------------------------------------------------- */

#define DRAFT_PREFIX "urn:uuid:"

/* A mark has served when the draft that it stands for is gone; young ones may be ahead of their draft. */
static void forget_served(ClientBinding *b)
{
    g_autoptr(GPtrArray) marks = store_queue_list(b->store, STORE_SENT, 0, NULL);
    Instant old = clock_real_us() - G_TIME_SPAN_DAY;
    for (guint i = 0; marks && i < marks->len; i++) {
        const StoreItem *mark = marks->pdata[i];
        g_autoptr(GError) error = NULL;
        g_autoptr(StoreDraft) draft = mark->created < old && g_str_has_prefix(mark->key, DRAFT_PREFIX)
                                          ? store_draft_get(b->store, mark->key + strlen(DRAFT_PREFIX), &error)
                                          : NULL;
        if (mark->created < old && !draft && !error)
            store_queue_remove(b->store, STORE_SENT, mark->id, b->scope, NULL, NULL);
    }
}

static void on_sent_put(gint64 id, const GError *error, gpointer data)
{
    (void)id;
    wait_end(data, error);
}

static void sent_put(gpointer data, const char *identifier, const char *where, ClientStoredFn done, gpointer done_data)
{
    ClientBinding *b = data;
    Wait *w = wait_new(b, done, done_data, NULL);
    if (!b->store) {
        on_no_store(w);
        return;
    }
    forget_served(b);
    g_autoptr(GBytes) text = g_bytes_new(where, strlen(where));
    StoreItem item = {.key = (char *)identifier, .kind = (char *)"sent", .state = ITEM_WAITING, .payload = text};
    store_queue_put(b->store, STORE_SENT, &item, b->scope, on_sent_put, w);
}

static char *sent_get(gpointer data, const char *identifier)
{
    ClientBinding *b = data;
    g_autoptr(GPtrArray) marks = b->store ? store_queue_list(b->store, STORE_SENT, 0, NULL) : NULL;
    for (guint i = 0; marks && i < marks->len; i++) {
        const StoreItem *mark = marks->pdata[i];
        if (g_str_equal(mark->key, identifier))
            return text_of_bytes(mark->payload);
    }
    return NULL;
}

/* ---- audit --------------------------------------------------------------------------------- */

static void on_audit_put(gint64 id, const GError *error, gpointer data)
{
    wait_end(data, error);
}

static void audit_put(gpointer data, const char *id, GBytes *event, ClientStoredFn done,
                      gpointer done_data)
{
    ClientBinding *b = data;
    Wait *w = wait_new(b, done, done_data, NULL);
    if (!b->store) {
        on_no_store(w);
        return;
    }
    StoreItem item = {
        .key = (char *)id, .kind = (char *)"AuditEvent", .state = ITEM_WAITING, .payload = event};
    store_queue_put(b->store, STORE_AUDIT, &item, b->scope, on_audit_put, w);
}

/* Refused events stay on disk and are stepped over. */
static char *audit_next(gpointer data, GBytes **ret_event)
{
    ClientBinding *b = data;
    for (guint max = 4; b->store; max *= 4) {
        g_autoptr(GPtrArray) items = store_queue_list(b->store, STORE_AUDIT, max, NULL);
        for (guint i = 0; items && i < items->len; i++) {
            StoreItem *item = items->pdata[i];
            if (item->state == ITEM_REFUSED || is_in(&b->leaving, item->key))
                continue;
            b->audit_id = item->id;
            *ret_event = g_bytes_ref(item->payload);
            return g_strdup(item->key);
        }
        if (!items || items->len < max)
            return NULL;
    }
    return NULL;
}

static void on_audit_left(gint64 id, const GError *error, gpointer data)
{
    ClientBinding *b = data;
    g_free(g_queue_pop_head(&b->leaving));
}

static void audit_remove(gpointer data, const char *id)
{
    ClientBinding *b = data;
    if (!b->store)
        return;
    g_queue_push_tail(&b->leaving, g_strdup(id));
    store_queue_remove(b->store, STORE_AUDIT, b->audit_id, b->scope, on_audit_left, b);
}

static void audit_refused(gpointer data, const char *id)
{
    ClientBinding *b = data;
    g_autoptr(GPtrArray) items = b->store ? store_queue_list(b->store, STORE_AUDIT, 0, NULL) : NULL;
    for (guint i = 0; items && i < items->len; i++) {
        StoreItem *item = items->pdata[i];
        if (!g_str_equal(item->key, id))
            continue;
        item->state = ITEM_REFUSED;
        g_queue_push_tail(&b->leaving, g_strdup(id));
        store_queue_put(b->store, STORE_AUDIT, item, b->scope, on_audit_left, b);
        return;
    }
}

#define QUEUES                                                                                        \
    .outbox_put = outbox_put, .outbox_remove = outbox_remove, .outbox_each = outbox_each,             \
    .audit_put = audit_put, .audit_next = audit_next, .audit_remove = audit_remove,                   \
    .audit_refused = audit_refused, .sent_put = sent_put, .sent_get = sent_get

const ClientStore client_binding_store = {.cache_get = cache_get, .cache_put = cache_put, QUEUES};

static GBytes *no_cache_get(gpointer data, const char *patient, const char *key, Instant *ret_as_of,
                            char **ret_etag)
{
    return NULL;
}

static void no_cache_put(gpointer data, const char *patient, const char *key, GBytes *body,
                         Instant as_of, const char *etag)
{
}

const ClientStore client_binding_store_uncached = {.cache_get = no_cache_get, .cache_put = no_cache_put, QUEUES};

/* ---- login --------------------------------------------------------------------------------- */

static const SecretBuf *token(gpointer data)
{
    ClientBinding *b = data;
    return b->session ? auth_session_token(b->session) : NULL;
}

static void on_renewed(const GError *error, gpointer data)
{
    wait_end(data, error);
}

static void refresh(gpointer data, ClientTokenFn done, gpointer done_data)
{
    ClientBinding *b = data;
    Wait *w = wait_new(b, done, done_data, NULL);
    if (b->session)
        auth_session_renew(b->session, b->scope, on_renewed, w);
    else
        on_no_store(w);
}

static const char *granted(gpointer data)
{
    ClientBinding *b = data;
    return b->session ? auth_session_scope(b->session) : NULL;
}

const ClientAuth client_binding_auth = {token, refresh, granted};

/* ---- HTTP for the login -------------------------------------------------------------------- */

typedef struct {
    AuthHttpFn fn;
    gpointer data;
} Ask;

static void on_http(const NetResponse *response, const GError *error, gpointer data)
{
    Ask *ask = data;
    ask->fn(response ? response->status : 0, response ? response->body : NULL, response ? response->request_id : NULL,
            error, ask->data);
}

static void ask_free(gpointer data)
{
    g_free(data);
}

static void http(gpointer net, Scope *scope, const NetSpec *spec, AuthHttpFn fn, gpointer data)
{
    Ask *ask = g_new(Ask, 1);
    *ask = (Ask){fn, data};
    scope_add(scope, ask_free, ask); /* the request may end without a callback */
    net_send(net, scope, spec, on_http, ask);
}

static void http_get(gpointer net, Scope *scope, const char *url, AuthHttpFn fn, gpointer data)
{
    static const char *const headers[] = {"Accept: application/json", NULL};
    http(net, scope, &(NetSpec){.url = url, .headers = headers}, fn, data);
}

static void form_free(gpointer form)
{
    secret_free(form);
}

static void http_post_form(gpointer net, Scope *scope, const char *url, const SecretBuf *form,
                           AuthHttpFn fn, gpointer data)
{
    static const char *const headers[] = {"Accept: application/json", NULL};
    SecretBuf *copy =
        secret_new_from(form->data, form->len); /* stays in locked memory until it is sent */
    g_autoptr(GBytes) body = g_bytes_new_with_free_func(copy->data, copy->len, form_free, copy);
    NetSpec spec = {.method = NET_POST,
                    .url = url,
                    .headers = headers,
                    .body = body,
                    .content_type = "application/x-www-form-urlencoded"};
    http(net, scope, &spec, fn, data);
}

AuthHttp client_auth_http(Net *net)
{
    return (AuthHttp){http_get, http_post_form, net};
}
