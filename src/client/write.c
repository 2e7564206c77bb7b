/* SPDX-License-Identifier: GPL-3.0-or-later
 * The road of a write: on disk, on its way, answered or asked about, told. */
#include "client/write.h"
#include <string.h>
#include "base/clock.h"
#include "base/event.h"
#include "base/log.h"
#include "client/send.h"

static void step(Write *w);
static void ask(Write *w);
static void settle(Write *w);
static void finish(Write *w);

/* ---- life ---------------------------------------------------------------------------------- */

typedef struct {
    Write *w; /* NULL when the client has gone before the disk answered */
    WriteStep then;
} Pending;

static void item_free_cb(gpointer item)
{
    item_free(item);
}

static void write_free(gpointer data)
{
    Write *w = data;
    if (w->scope)
        scope_remove(w->scope, w->scope_id);
    if (w->pending)
        ((Pending *)w->pending)->w = NULL;
    g_hash_table_remove(w->client->writing, w->id);
    g_ptr_array_unref(w->items);
    g_clear_error(&w->error);
    g_free(w->request_id);
    g_free(w->patient);
    g_free(w->id);
    g_free(w);
}

static Write *write_new(Client *client, const char *id, const char *patient)
{
    Write *w = g_new0(Write, 1);
    w->client = client;
    w->id = g_strdup(id);
    w->patient = g_strdup(patient);
    w->created = clock_real_us();
    w->items = g_ptr_array_new_with_free_func(item_free_cb);
    return w;
}

static void on_caller_gone(gpointer data)
{
    Write *w = data;
    w->scope = NULL;
    w->fn = NULL;
}

static void call_back(Write *w, Scope *scope, ClientWriteFn fn, gpointer data)
{
    w->fn = fn;
    w->data = data;
    w->scope = scope;
    w->scope_id = scope_add(scope, on_caller_gone, w);
}

/* From here the client owns it. */
static void begin(Write *w)
{
    g_hash_table_add(w->client->writing, g_strdup(w->id));
    w->client_scope_id = scope_add(w->client->scope, write_free, w);
}

/* ---- the outbox ---------------------------------------------------------------------------- */

/* What is not out yet does not go out; what is out is settled all the same. */
static WriteStep not_stored(Write *w, WriteStep then)
{
    if (then == ask || then == finish)
        return then;
    for (guint i = 0; i < w->items->len; i++) {
        Item *item = w->items->pdata[i];
        if (item->out.state == OUTBOX_SENDING)
            item_event(item, ON_NEVER_SENT);
    }
    return settle;
}

static void on_put(const GError *error, gpointer data)
{
    Pending *p = data;
    Write *w = p->w;
    WriteStep then = p->then;
    g_free(p);
    if (!w)
        return;
    w->pending = NULL;
    if (error) {
        log_event(LOG_ERROR, "outbox", "row not written");
        if (!w->error)
            w->error = client_error_make(CLIENT_ERROR_STORE);
        then = not_stored(w, then);
    }
    event_emit(&(Event){.kind = EVENT_OUTBOX, .patient = w->patient});
    then(w);
}

static void put(Write *w, WriteStep then)
{
    Pending *p = g_new(Pending, 1);
    *p = (Pending){w, then};
    w->pending = p;
    g_autoptr(GBytes) body = write_to_text(w);
    ClientOutboxRow row = {w->id, w->patient, write_state(w), w->created, body};
    w->client->store->outbox_put(w->client->store_data, &row, on_put, p);
}

/* ---- telling ------------------------------------------------------------------------------- */

static ClientWriteResult result_of(const Write *w, GPtrArray *outs)
{
    ClientWriteResult r = {.id = w->id,
                           .patient = w->patient,
                           .items = outs,
                           .all_confirmed = TRUE,
                           .never_sent = TRUE,
                           .request_id = w->request_id};
    for (guint i = 0; i < w->items->len; i++) {
        Item *item = w->items->pdata[i];
        g_ptr_array_add(outs, &item->out);
        r.all_confirmed = r.all_confirmed && item->out.state == OUTBOX_CONFIRMED;
        r.never_sent = r.never_sent && item->out.state == OUTBOX_PREPARED;
        r.provenance = r.provenance || (w->transaction && item->provenance);
    }
    return r;
}

static void announce(Write *w)
{
    Client *c = w->client;
    gboolean any = FALSE;
    for (guint i = 0; i < w->items->len; i++) {
        const Item *item = w->items->pdata[i];
        if (item->out.state != OUTBOX_CONFIRMED)
            continue;
        if (!any)
            client_set_written(c, w->patient);
        any = TRUE;
        if (item->out.resource) {
            g_autofree char *key =
                g_strconcat(c->cache_prefix, item->type, "/", fhir_id(item->out.resource), NULL);
            c->store->cache_put(c->store_data, w->patient, key, fhir_text(item->out.resource),
                                clock_real_us(), item->out.etag);
        }
        const char *id = item->out.resource ? fhir_id(item->out.resource) : item->id;
        event_emit(&(Event){
            .kind = EVENT_RESOURCE_CHANGED, .type = item->type, .id = id, .patient = w->patient});
    }
}

static void finish(Write *w)
{
    Client *c = w->client;
    g_autoptr(GPtrArray) outs = g_ptr_array_new();
    ClientWriteResult result = result_of(w, outs);
    if (result.all_confirmed)
        g_clear_error(&w->error); /* silence was resolved */
    announce(w);
    g_hash_table_remove(c->writing, w->id);
    event_emit(&(Event){.kind = EVENT_OUTBOX, .patient = w->patient});
    scope_remove(c->scope, w->client_scope_id);
    if (w->scope)
        scope_remove(w->scope, w->scope_id);
    w->scope = NULL;
    if (w->settled)
        w->settled(w, w->settled_data);
    if (w->fn)
        w->fn(&result, w->error,
              w->data); /* may end the client: only @w itself is touched after this */
    w->client = NULL;
    g_ptr_array_unref(w->items);
    g_clear_error(&w->error);
    g_free(w->request_id);
    g_free(w->patient);
    g_free(w->id);
    g_free(w);
}

/* ---- the road ------------------------------------------------------------------------------ */

/* Settled, or surely not done and the caller still holds it: the row has served. */
static void close_row(Write *w)
{
    OutboxState state = write_state(w);
    gboolean keep = state == OUTBOX_UNKNOWN || (state == OUTBOX_PREPARED && w->resumed);
    if (keep) {
        put(w, finish);
        return;
    }
    w->client->store->outbox_remove(w->client->store_data, w->id);
    finish(w);
}

/* A conflict that turns out to be none of this item's making: the version we know is still there.
 */
static void look_at_conflicts(Write *w)
{
    for (guint i = 0; i < w->items->len; i++) {
        Item *item = w->items->pdata[i];
        if (item->out.state == OUTBOX_CONFLICT && w->items->len > 1 && item->out.resource &&
            same_version(item->if_match, item->out.resource))
            item_event(item, ON_REFUSED);
    }
    close_row(w);
}

static void settle(Write *w)
{
    write_read_back(w, look_at_conflicts);
}

/* References to items that are made one by one get their real ids before the next goes out. */
static void resolve_references(Write *w, const Item *made)
{
    if (!made->full_url || !made->id)
        return;
    g_autofree char *from = g_strconcat("\"", made->full_url, "\"", NULL);
    g_autofree char *to = g_strconcat("\"", made->type, "/", made->id, "\"", NULL);
    for (guint i = 0; i < w->items->len; i++) {
        Item *item = w->items->pdata[i];
        gsize len;
        const char *bytes = g_bytes_get_data(fhir_text(item->resource), &len);
        if (item->out.state != OUTBOX_PREPARED || !g_strstr_len(bytes, (gssize)len, from))
            continue;
        g_autoptr(GString) text = g_string_new_len(bytes, (gssize)len);
        g_string_replace(text, from, to, 0);
        g_autoptr(GBytes) changed = g_bytes_new(text->str, text->len);
        FhirResource *r = fhir_resource_parse(changed, NULL);
        if (r) {
            fhir_resource_unref(item->resource);
            item->resource = r;
        }
    }
}

static gboolean is_guarded(const Write *w, const Item *item)
{
    return item->kind != CLIENT_CREATE || (client_type(item->type)->identifier != IDENTIFIER_NONE &&
                                           client_has_conditional_create(w->client, item->type));
}

/* May an unanswered write that the core does not have go out once more by itself? Only when the
 * core itself would stop a second one. */
static gboolean may_resend(const Write *w)
{
    if (w->resumed || w->resent)
        return FALSE;
    for (guint i = 0; i < w->items->len; i++) {
        const Item *item = w->items->pdata[i];
        if ((w->transaction || i == w->last) &&
            (item->out.state != OUTBOX_PREPARED || !is_guarded(w, item)))
            return FALSE;
    }
    return TRUE;
}

static void on_asked(Write *w)
{
    Item *item = w->items->pdata[w->last];
    if (!w->transaction && !w->resumed && item->out.state == OUTBOX_CONFIRMED) {
        resolve_references(w, item);
        step(w);
    } else if (may_resend(w)) {
        w->resent = TRUE;
        log_event(LOG_INFO, "outbox",
                  "the core does not have the write: sent once more under its condition");
        put(w, step);
    } else {
        settle(w);
    }
}

static void ask(Write *w)
{
    write_ask(w, on_asked);
}

static void on_transaction_answered(Write *w)
{
    if (write_state(w) == OUTBOX_UNKNOWN)
        put(w, ask);
    else
        settle(w);
}

static void on_item_answered(Write *w)
{
    Item *item = w->items->pdata[w->at];
    if (item->out.state == OUTBOX_CONFIRMED) {
        resolve_references(w, item);
        step(w);
    } else if (item->out.state == OUTBOX_UNKNOWN) {
        w->last = w->at;
        put(w, ask);
    } else {
        settle(w); /* the rest depends on it: not sent */
    }
}

static void send_transaction(Write *w)
{
    write_send_transaction(w, on_transaction_answered);
}

static void send_item(Write *w)
{
    write_send_item(w, on_item_answered);
}

typedef struct {
    const Write *write;
    const char *identifier;
    gboolean found;
} Rival;

static void look_for_rival(const ClientOutboxRow *row, gpointer data)
{
    Rival *r = data;
    gsize len;
    const char *text = g_bytes_get_data(row->body, &len);
    if (!g_str_equal(row->id, r->write->id) && g_strstr_len(text, (gssize)len, r->identifier))
        r->found = TRUE;
}

/* An earlier write under the same identifier is still unsettled: if the core has it, its Provenance
 * is there too, and sending again would add a second one. */
static gboolean has_rival(const Write *w, const Item *item)
{
    Rival r = {w, item->out.identifier, FALSE};
    w->client->store->outbox_each(w->client->store_data, look_for_rival, &r);
    return r.found;
}

/* A write that may have been begun under this identifier, on a core that would not stop a second.
 */
static gboolean ask_before(Write *w)
{
    gboolean any = FALSE;
    for (guint i = 0; i < w->items->len; i++) {
        Item *item = w->items->pdata[i];
        if (!item->ask_first || item->out.state != OUTBOX_PREPARED || item->kind != CLIENT_CREATE ||
            (client_has_conditional_create(w->client, item->type) && !has_rival(w, item)))
            continue;
        item->ask_first = FALSE;
        item_event(item, ON_SILENCE);
        any = TRUE;
    }
    return any;
}

static void step(Write *w)
{
    Item *item = NULL;
    for (w->at = 0; w->at < w->items->len && !item; w->at++) {
        Item *one = w->items->pdata[w->at];
        if (one->out.state == OUTBOX_PREPARED)
            item = one;
    }
    if (!item) {
        settle(w);
        return;
    }
    w->at--;
    w->sent = clock_real_us();
    if (!w->transaction) {
        item_event(item, ON_SEND);
        put(w, send_item);
        return;
    }
    for (guint i = 0; i < w->items->len; i++)
        item_event(w->items->pdata[i], ON_SEND);
    put(w, send_transaction);
}

static void start(Write *w);

static void on_asked_before(Write *w)
{
    if (write_state(w) == OUTBOX_PREPARED)
        step(w);
    else
        settle(w);
}

/* All together where the core can, unless a part of it is already done. */
static void start(Write *w)
{
    w->transaction = w->client->dialect.transaction;
    for (guint i = 0; i < w->items->len; i++) {
        Item *item = w->items->pdata[i];
        if (item->out.state != OUTBOX_PREPARED) {
            w->transaction = FALSE;
            resolve_references(w, item);
        }
    }
    if (ask_before(w))
        write_ask(w, on_asked_before);
    else
        step(w);
}

/* ---- beginning ----------------------------------------------------------------------------- */

typedef struct {
    ClientWriteFn fn;
    gpointer data;
    GError *error;
    guint idle;
} Refusal;

static void refusal_free(gpointer data)
{
    Refusal *r = data;
    g_clear_handle_id(&r->idle, g_source_remove);
    g_error_free(r->error);
    g_free(r);
}

static gboolean on_refusal(gpointer data)
{
    Refusal *r = data;
    r->idle = 0;
    r->fn(NULL, r->error, r->data); /* may close the scope: last */
    return G_SOURCE_REMOVE;
}

static void refuse(Scope *scope, ClientWriteFn fn, gpointer data, GError *error)
{
    Refusal *r = g_new0(Refusal, 1);
    *r = (Refusal){fn, data, error, 0};
    r->idle = g_idle_add(on_refusal, r);
    scope_add(scope, refusal_free, r);
}

static gboolean may_be_written(const PatientCtx *ctx, const FhirResource *r, GError **error)
{
    g_autofree char *named = client_patient_of(r);
    gboolean ok = ctx ? client_is_about(r, patient_ctx_id(ctx)) : !named;
    if (!ok)
        g_propagate_error(error, client_error_make(CLIENT_ERROR_PATIENT));
    return ok;
}

void client_write(Client *client, Scope *scope, PatientCtx *ctx, const ClientWrite *writes, guint n,
                  ClientWriteFn fn, gpointer data)
{
    g_autofree char *id = g_uuid_string_random();
    Write *w = write_new(client, id, ctx ? patient_ctx_id(ctx) : NULL);
    GError *error = NULL;
    for (guint i = 0; i < n && !error; i++) {
        Item *item =
            may_be_written(ctx, writes[i].resource, &error) ? item_new(&writes[i], &error) : NULL;
        if (item)
            g_ptr_array_add(w->items, item);
    }
    if (error || n == 0) {
        refuse(scope, fn, data, error ? error : client_error_make(CLIENT_ERROR_REFUSED));
        write_free(w);
        return;
    }
    call_back(w, scope, fn, data);
    begin(w);
    put(w, start);
}

/* ---- what waits in the outbox -------------------------------------------------------------- */

static Write *write_of_row(Client *client, const ClientOutboxRow *row)
{
    Write *w = write_new(client, row->id, row->patient);
    w->created = row->created;
    w->resumed = TRUE;
    if (write_from_text(w, row->body))
        return w;
    log_event(LOG_ERROR, "outbox", "a row cannot be read; it is left alone");
    write_free(w);
    return NULL;
}

typedef struct {
    Client *client;
    const char *id;   /* NULL = all */
    GPtrArray *found; /* Write* */
} Gather;

static void on_row(const ClientOutboxRow *row, gpointer data)
{
    Gather *g = data;
    if ((g->id && !g_str_equal(g->id, row->id)) ||
        g_hash_table_contains(g->client->writing, row->id))
        return;
    Write *w = write_of_row(g->client, row);
    if (w)
        g_ptr_array_add(g->found, w);
}

/* Rows that no write under way holds; the writes are the caller's. */
static GPtrArray *gather(Client *client, const char *id)
{
    Gather g = {client, id, g_ptr_array_new()};
    client->store->outbox_each(client->store_data, on_row, &g);
    return g.found;
}

void client_outbox_each(Client *client,
                        void (*fn)(const ClientWriteResult *row, Instant created, gpointer data),
                        gpointer data)
{
    g_autoptr(GPtrArray) rows = gather(client, NULL);
    for (guint i = 0; i < rows->len; i++) {
        Write *w = rows->pdata[i];
        g_autoptr(GPtrArray) outs = g_ptr_array_new();
        ClientWriteResult result = result_of(w, outs);
        fn(&result, w->created, data);
        write_free(w);
    }
}

static void count_row(const ClientOutboxRow *row, gpointer data)
{
    ++*(guint *)data;
}

guint client_outbox_count(Client *client)
{
    guint n = 0;
    client->store->outbox_each(client->store_data, count_row, &n);
    return n;
}

void client_outbox_forget(Client *client, const char *id)
{
    if (g_hash_table_contains(client->writing, id))
        return;
    client->store->outbox_remove(client->store_data, id);
    event_emit(&(Event){.kind = EVENT_OUTBOX});
}

static Write *take_row(Client *client, const char *id, Scope *scope, ClientWriteFn fn,
                       gpointer data)
{
    g_autoptr(GPtrArray) rows = gather(client, id);
    if (rows->len == 0) {
        refuse(scope, fn, data, client_error_make(CLIENT_ERROR_NOT_FOUND));
        return NULL;
    }
    Write *w = rows->pdata[0];
    begin(w);
    call_back(w, scope, fn, data);
    return w;
}

void client_outbox_ask(Client *client, Scope *scope, const char *id, ClientWriteFn fn,
                       gpointer data)
{
    Write *w = take_row(client, id, scope, fn, data);
    if (w)
        ask(w);
}

void client_outbox_send(Client *client, Scope *scope, const char *id, ClientWriteFn fn,
                        gpointer data)
{
    Write *w = take_row(client, id, scope, fn, data);
    if (!w)
        return;
    if (write_state(w) == OUTBOX_PREPARED)
        put(w, start);
    else
        ask(w); /* a row that may have been sent is only ever asked about */
}

/* ---- resuming ------------------------------------------------------------------------------ */

typedef struct {
    Client *client;
    GHashTable *queues; /* patient -> GQueue of Write*, one under way each */
    guint left, idle, client_scope_id;
    Scope *scope;
    guint scope_id;
    ClientDoneFn fn;
    gpointer data;
} Resume;

static void on_resumer_gone(gpointer data)
{
    Resume *r = data;
    r->scope = NULL;
    r->fn = NULL;
}

static void resume_free(gpointer data)
{
    Resume *r = data;
    if (r->scope)
        scope_remove(r->scope, r->scope_id);
    g_clear_handle_id(&r->idle, g_source_remove);
    g_hash_table_unref(r->queues);
    g_free(r);
}

static void resume_end(Resume *r)
{
    ClientDoneFn fn = r->fn;
    gpointer data = r->data;
    scope_remove(r->client->scope, r->client_scope_id);
    resume_free(r);
    if (fn)
        fn(NULL, data);
}

static void on_settled(Write *w, gpointer data)
{
    Resume *r = data;
    GQueue *queue = g_hash_table_lookup(r->queues, w->patient ? w->patient : "");
    Write *following = g_queue_pop_head(queue);
    r->left--;
    if (following)
        ask(following);
    else if (r->left == 0)
        resume_end(r);
}

static void free_queue(gpointer queue)
{
    g_queue_free(queue);
}

static gboolean on_nothing(gpointer data)
{
    Resume *r = data;
    r->idle = 0;
    resume_end(r);
    return G_SOURCE_REMOVE;
}

void client_resume(Client *client, Scope *scope, ClientDoneFn fn, gpointer data)
{
    Resume *r = g_new0(Resume, 1);
    r->queues = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_queue);
    r->fn = fn;
    r->data = data;
    r->scope = scope;
    r->scope_id = scope_add(scope, on_resumer_gone, r);
    r->client = client;
    r->client_scope_id = scope_add(client->scope, resume_free, r);
    g_autoptr(GPtrArray) rows = gather(client, NULL);
    g_autoptr(GPtrArray) first = g_ptr_array_new();
    for (guint i = 0; i < rows->len; i++) {
        Write *w = rows->pdata[i];
        const char *key = w->patient ? w->patient : "";
        GQueue *queue = g_hash_table_lookup(r->queues, key);
        w->settled = on_settled;
        w->settled_data = r;
        begin(w);
        if (queue) {
            g_queue_push_tail(queue, w);
        } else {
            g_hash_table_insert(r->queues, g_strdup(key), g_queue_new());
            g_ptr_array_add(first, w);
        }
    }
    r->left = rows->len;
    if (r->left == 0)
        r->idle = g_idle_add(on_nothing, r);
    for (guint i = 0; i < first->len; i++)
        ask(first->pdata[i]);
}
