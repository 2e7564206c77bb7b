/* SPDX-License-Identifier: GPL-3.0-or-later
 * Who was told that there is no answer is told the answer, when the core has been asked and has said. */
#include "client/outbox.h"

typedef struct {
    Client *client;
    Scope *scope;
    guint scope_id;
    char *identifier;
    ClientWriteFn fn;
    gpointer data;
} Follow;

static void follow_free(gpointer data)
{
    Follow *f = data;
    g_ptr_array_remove_fast(f->client->follows, f);
    g_free(f->identifier);
    g_free(f);
}

void client_write_follow(Client *client, Scope *scope, const char *identifier, ClientWriteFn fn, gpointer data)
{
    Follow *f = g_new0(Follow, 1);
    *f = (Follow){client, scope, 0, g_strdup(identifier), fn, data};
    f->scope_id = scope_add(scope, follow_free, f);
    g_ptr_array_add(client->follows, f);
}

static gboolean is_about(const Follow *f, const Write *w)
{
    for (guint i = 0; i < w->items->len; i++)
        if (g_strcmp0(((Item *)w->items->pdata[i])->out.identifier, f->identifier) == 0)
            return TRUE;
    return FALSE;
}

static Follow *follow_of(const Write *w)
{
    for (guint i = 0; i < w->client->follows->len; i++)
        if (is_about(w->client->follows->pdata[i], w))
            return w->client->follows->pdata[i];
    return NULL;
}

gboolean follow_waits(const Write *w)
{
    return follow_of(w) != NULL;
}

void follow_tell(const Write *w, const ClientWriteResult *result)
{
    OutboxState state = write_state(w);
    Follow *f;
    while (state != OUTBOX_UNKNOWN && state != OUTBOX_SENDING && (f = follow_of(w))) {
        ClientWriteFn fn = f->fn;
        gpointer data = f->data;
        scope_remove(f->scope, f->scope_id);
        follow_free(f);
        fn(result, w->error, data);
    }
}

void follow_close(Client *client)
{
    while (client->follows->len) {
        Follow *f = client->follows->pdata[client->follows->len - 1];
        scope_remove(f->scope, f->scope_id);
        follow_free(f);
    }
    g_ptr_array_unref(client->follows);
}
