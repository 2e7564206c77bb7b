/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "client/again.h"

#include "base/clock.h"
#include "base/event.h"

/* Half an hour in all, and the core is heard of by every key that is pressed meanwhile. */
enum { SOON_MS = 1000, FIRST_MS = 30 * 1000, MOST = 6 };

struct Again {
    void (*fn)(gpointer data);
    gpointer data;
    guint listener, timer, tries;
    gboolean wanted;
};

static gboolean on_timer(gpointer data)
{
    Again *a = data;
    a->timer = 0;
    a->fn(a->data); /* may close the scope: last */
    return G_SOURCE_REMOVE;
}

static void ask_in(Again *a, guint ms)
{
    clock_timer_cancel(a->timer);
    a->timer = clock_timer_add(ms, on_timer, a);
}

static void on_connection(const Event *ev, gpointer data)
{
    Again *a = data;
    if (!a->wanted || g_strcmp0(ev->text, "online") != 0)
        return;
    a->tries = 0;
    ask_in(a, SOON_MS);
}

static void again_free(gpointer data)
{
    Again *a = data;
    event_unlisten(a->listener);
    clock_timer_cancel(a->timer);
    g_free(a);
}

Again *again_new(Scope *scope, void (*fn)(gpointer data), gpointer data)
{
    Again *a = g_new0(Again, 1);
    *a = (Again){.fn = fn, .data = data};
    a->listener = event_listen(EVENT_CONNECTION, on_connection, a);
    scope_add(scope, again_free, a);
    return a;
}

static gboolean may_pass(const GError *error)
{
    static const ClientErrorCode codes[] = {CLIENT_ERROR_OFFLINE, CLIENT_ERROR_SERVER, CLIENT_ERROR_ANSWER};
    for (gsize i = 0; i < G_N_ELEMENTS(codes); i++)
        if (g_error_matches(error, CLIENT_ERROR, (int)codes[i]))
            return TRUE;
    return client_error_status(error) == 429;
}

void again_note(Again *a, const GError *error)
{
    a->wanted = error && may_pass(error);
    if (!a->wanted) {
        a->tries = 0;
        clock_timer_cancel(a->timer);
        a->timer = 0;
    } else if (!a->timer && a->tries < MOST) {
        ask_in(a, (guint)FIRST_MS << a->tries++);
    }
}
