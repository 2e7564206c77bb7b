/* SPDX-License-Identifier: GPL-3.0-or-later
 * What waits in the outbox: shown, decided about by a person, and asked about at the start. */
#include "base/clock.h"
#include "base/event.h"
#include "base/log.h"
#include "client/outbox.h"

static Write *write_of_row(Client *client, const ClientOutboxRow *row)
{
    Write *w = write_new(client, row->id, row->patient);
    w->created = row->created;
    w->resumed = TRUE;
    w->stored = g_bytes_ref(row->body);
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

/* Of what is under way a person sees what has been without an answer, and can decide about it. */
static gboolean is_listed(const Write *w)
{
    return !w->forgotten && (w->resumed || write_state(w) == OUTBOX_UNKNOWN);
}

typedef struct {
    Client *client;
    void (*fn)(const ClientWriteResult *row, Instant created, gpointer data);
    gpointer data;
} List;

static void list_row(const ClientOutboxRow *row, gpointer data)
{
    List *l = data;
    Write *under_way = g_hash_table_lookup(l->client->writing, row->id);
    Write *w = under_way ? under_way : write_of_row(l->client, row);
    if (w && (!under_way || is_listed(w))) {
        g_autoptr(GPtrArray) outs = g_ptr_array_new();
        ClientWriteResult result = write_result(w, outs);
        result.under_way = under_way != NULL;
        l->fn(&result, w->created, l->data);
    }
    if (!under_way && w)
        write_free(w);
}

void client_outbox_each(Client *client,
                        void (*fn)(const ClientWriteResult *row, Instant created, gpointer data),
                        gpointer data)
{
    List l = {client, fn, data};
    client->store->outbox_each(client->store_data, list_row, &l);
}

typedef struct {
    Client *client;
    guint n;
} Count;

static void count_row(const ClientOutboxRow *row, gpointer data)
{
    Count *c = data;
    const Write *under_way = g_hash_table_lookup(c->client->writing, row->id);
    c->n += !under_way || !under_way->forgotten;
}

guint client_outbox_count(Client *client)
{
    Count c = {client, 0};
    client->store->outbox_each(client->store_data, count_row, &c);
    return c.n;
}

static void count_unreadable(const ClientOutboxRow *row, gpointer data)
{
    Count *c = data;
    if (g_hash_table_contains(c->client->writing, row->id))
        return;
    Write *w = write_of_row(c->client, row);
    c->n += !w;
    g_clear_pointer(&w, write_free);
}

guint client_outbox_unreadable(Client *client)
{
    Count c = {client, 0};
    client->store->outbox_each(client->store_data, count_unreadable, &c);
    return c.n;
}

/* ---- a person's decisions ------------------------------------------------------------------ */

static void on_remembered(const GError *error, gpointer data)
{
    (void)data;
    if (error)
        log_event(LOG_ERROR, "outbox", "what was done is not remembered");
}

/* A person takes the whole row away; the part of it that was confirmed shall not be sent again. */
static void remember_done_parts(Client *client, const char *id)
{
    g_autoptr(GPtrArray) rows = gather(client, id);
    for (guint i = 0; i < rows->len; i++) {
        Write *w = rows->pdata[i];
        for (guint k = 0; k < w->items->len; k++) {
            const Item *item = w->items->pdata[k];
            g_autofree char *where = trace_mark(item);
            if (where)
                client->store->sent_put(client->store_data, item->out.identifier, where, on_remembered, NULL);
        }
        write_free(w);
    }
}

/* What it had done by itself is taken back first: its row goes when that is done. */
static gboolean gives_up(Client *client, const char *id)
{
    g_autoptr(GPtrArray) rows = gather(client, id);
    Write *w = rows->len ? rows->pdata[0] : NULL;
    if (!w || write_give_up(w))
        return w != NULL;
    write_free(w);
    return FALSE;
}

void client_outbox_forget(Client *client, const char *id)
{
    Write *under_way = g_hash_table_lookup(client->writing, id);
    if (under_way && !is_listed(under_way))
        return; /* it is on its way out, not what was decided about */
    if (under_way) {
        under_way->forgotten = TRUE;
    } else if (!gives_up(client, id)) {
        remember_done_parts(client, id);
        client->store->outbox_remove(client->store_data, id);
    }
    event_emit(&(Event){.kind = EVENT_OUTBOX});
}

/* Its row, begun; NULL when it was under way already (then the caller is told of its end, unless another
 * is), or is gone. */
static Write *take_row(Client *client, const char *id, Scope *scope, ClientWriteFn fn,
                       gpointer data)
{
    Write *under_way = g_hash_table_lookup(client->writing, id);
    if (under_way && !under_way->fn) {
        write_call_back(under_way, scope, fn, data);
        return NULL;
    }
    g_autoptr(GPtrArray) rows = gather(client, id);
    if (rows->len == 0) {
        write_refuse(scope, fn, data, client_error_make(under_way ? CLIENT_ERROR_ASKED : CLIENT_ERROR_SETTLED));
        return NULL;
    }
    Write *w = rows->pdata[0];
    write_begin(w);
    write_call_back(w, scope, fn, data);
    return w;
}

void client_outbox_ask(Client *client, Scope *scope, const char *id, ClientWriteFn fn,
                       gpointer data)
{
    Write *w = take_row(client, id, scope, fn, data);
    if (w)
        write_find_out(w);
}

/* Nothing follows on a part that was refused or overtaken. */
static gboolean may_be_sent(const Write *w)
{
    for (guint i = 0; i < w->items->len; i++) {
        OutboxState state = ((Item *)w->items->pdata[i])->out.state;
        if (state == OUTBOX_CONFLICT || state == OUTBOX_REFUSED)
            return FALSE;
    }
    return write_state(w) == OUTBOX_PREPARED;
}

void client_outbox_send(Client *client, Scope *scope, const char *id, ClientWriteFn fn,
                        gpointer data)
{
    Write *w = take_row(client, id, scope, fn, data);
    if (!w)
        return;
    if (may_be_sent(w))
        write_go(w);
    else
        write_find_out(w); /* a row that may have been sent is only ever asked about */
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
        write_find_out(following);
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

static void resume(Client *client, GPtrArray *rows, Scope *scope, ClientDoneFn fn, gpointer data)
{
    Resume *r = g_new0(Resume, 1);
    r->queues = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, free_queue);
    r->fn = fn;
    r->data = data;
    r->scope = scope;
    if (scope)
        r->scope_id = scope_add(scope, on_resumer_gone, r);
    r->client = client;
    r->client_scope_id = scope_add(client->scope, resume_free, r);
    g_autoptr(GPtrArray) first = g_ptr_array_new();
    for (guint i = 0; i < rows->len; i++) {
        Write *w = rows->pdata[i];
        const char *key = w->patient ? w->patient : "";
        GQueue *queue = g_hash_table_lookup(r->queues, key);
        w->settled = on_settled;
        w->settled_data = r;
        write_begin(w);
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
        write_find_out(first->pdata[i]);
}

void client_resume(Client *client, Scope *scope, ClientDoneFn fn, gpointer data)
{
    g_autoptr(GPtrArray) rows = gather(client, NULL);
    resume(client, rows, scope, fn, data);
}

/* ---- asking again by itself ---------------------------------------------------------------- */

static gboolean on_later(gpointer data)
{
    Client *client = data;
    client->ask_later = 0;
    g_autoptr(GPtrArray) rows = gather(client, NULL), unknown = g_ptr_array_new();
    for (guint i = 0; i < rows->len; i++) {
        if (write_state(rows->pdata[i]) == OUTBOX_UNKNOWN)
            g_ptr_array_add(unknown, rows->pdata[i]);
        else
            write_free(rows->pdata[i]); /* what is known waits for a person */
    }
    resume(client, unknown, NULL, NULL, NULL);
    return G_SOURCE_REMOVE;
}

/* The core is back: what is not known is asked about now. */
void outbox_ask_now(Client *client)
{
    if (!client->ask_later)
        return;
    clock_timer_cancel(client->ask_later);
    client->ask_later = clock_timer_add(1, on_later, client);
}

void outbox_ask_later(Client *client)
{
    if (!client->ask_later)
        client->ask_later = clock_timer_add(WRITE_LATE_US / 1000 + 1000, on_later, client);
}
