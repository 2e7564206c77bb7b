/* SPDX-License-Identifier: GPL-3.0-or-later
 * How a write begins and ends its life: made of what the caller gives, refused or begun, freed. */
#include "client/write.h"

#include "base/clock.h"
#include "client/outbox.h"

/* ---- life ---------------------------------------------------------------------------------- */

static void item_free_cb(gpointer item)
{
    item_free(item);
}

Write *write_new(Client *client, const char *id, const char *patient)
{
    Write *w = g_new0(Write, 1);
    w->client = client;
    w->id = g_strdup(id);
    w->patient = g_strdup(patient);
    w->created = clock_real_us();
    w->items = g_ptr_array_new_with_free_func(item_free_cb);
    return w;
}

void write_free(gpointer data)
{
    Write *w = data;
    if (w->scope)
        scope_remove(w->scope, w->scope_id);
    if (w->pending)
        *w->pending = NULL;
    if (w->client)
        g_hash_table_remove(w->client->writing, w->id);
    g_ptr_array_unref(w->items);
    g_clear_error(&w->error);
    g_free(w->request_id);
    g_free(w->earlier);
    g_clear_pointer(&w->stored, g_bytes_unref);
    g_free(w->patient);
    g_free(w->id);
    g_free(w);
}

static void on_caller_gone(gpointer data)
{
    Write *w = data;
    w->scope = NULL;
    w->fn = NULL;
}

void write_call_back(Write *w, Scope *scope, ClientWriteFn fn, gpointer data)
{
    w->fn = fn;
    w->data = data;
    w->scope = scope;
    w->scope_id = scope_add(scope, on_caller_gone, w);
}

/* From here the client owns it. */
void write_begin(Write *w)
{
    g_hash_table_insert(w->client->writing, g_strdup(w->id), w);
    w->client_scope_id = scope_add(w->client->scope, write_free, w);
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

void write_refuse(Scope *scope, ClientWriteFn fn, gpointer data, GError *error)
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
        ClientWrite one = writes[i];
        if (one.kind != CLIENT_CREATE && !one.if_match)
            one.if_match = etag_of(client, one.resource);
        Item *item = may_be_written(ctx, one.resource, &error) ? item_new(&one, &error) : NULL;
        if (item)
            g_ptr_array_add(w->items, item);
    }
    if (error || n == 0) {
        write_refuse(scope, fn, data, error ? error : client_error_make(CLIENT_ERROR_REFUSED));
        write_free(w);
        return;
    }
    write_call_back(w, scope, fn, data);
    write_begin(w);
    write_go(w);
}
