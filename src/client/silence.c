/* SPDX-License-Identifier: GPL-3.0-or-later
 * A core that takes requests and says nothing: known after two seconds, long before any request has failed. Bytes that
 * come, however slowly and to whomever, are a sign of life. */
#include "base/clock.h"
#include "base/event.h"
#include "client/internal.h"

enum { TOLD_MS = 2000, AGAIN_MS = 500 };

static gboolean on_time(gpointer data)
{
    Client *client = data;
    client->silence = 0;
    client_listen(client);
    return G_SOURCE_REMOVE;
}

void client_listen(Client *client)
{
    gint64 us = net_silent_us(client->net);
    gboolean silent = us >= TOLD_MS * 1000, was = client->silent;
    client->silent = silent;
    if (net_in_flight(client->net) && !client->silence)
        client->silence = clock_timer_add(silent ? AGAIN_MS : (guint)(TOLD_MS - MAX(us, 0) / 1000), on_time, client);
    if (silent != was)
        event_emit(&(Event){.kind = EVENT_CONNECTION, .text = silent ? "silent" : "heard"});
}

void client_listen_end(Client *client)
{
    if (client->silence)
        clock_timer_cancel(client->silence);
    client->silence = 0;
}

gboolean client_silent(const Client *client)
{
    return client->silent;
}
