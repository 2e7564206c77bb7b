/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/training.h"

#include "client/internal.h"

typedef struct {
    ClientDoneFn fn;
    gpointer data;
} Reset;

static void on_reset(const Answer *answer, const GError *error, gpointer data)
{
    g_autofree Reset *r = data;
    (void)answer;
    r->fn(error, r->data);
}

void client_training_reset(Client *client, Scope *scope, ClientDoneFn fn, gpointer data)
{
    Reset *r = g_new(Reset, 1);
    *r = (Reset){fn, data};
    client_call(client, scope, &(CallSpec){.method = NET_POST, .url = "$reset"}, on_reset, r);
}
