/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/event.h"

typedef struct {
    guint id;
    EventKind kind;
    EventFn fn; /* NULL once unlistened while an event is on its way */
    gpointer data;
} Listener;

static GArray *listeners;
static guint next_id;
static guint emitting;

guint event_listen(EventKind kind, EventFn fn, gpointer data)
{
    g_return_val_if_fail(kind < EVENT_KINDS && fn != NULL, 0);
    if (listeners == NULL)
        listeners = g_array_new(FALSE, FALSE, sizeof(Listener));
    Listener l = {++next_id, kind, fn, data};
    g_array_append_val(listeners, l);
    return l.id;
}

static void sweep(void)
{
    for (guint i = listeners->len; i-- > 0;)
        if (g_array_index(listeners, Listener, i).fn == NULL)
            g_array_remove_index(listeners, i);
    if (listeners->len == 0)
        g_clear_pointer(&listeners, g_array_unref);
}

void event_unlisten(guint id)
{
    for (guint i = 0; listeners != NULL && i < listeners->len; i++) {
        Listener *l = &g_array_index(listeners, Listener, i);
        if (l->id == id) {
            l->fn = NULL;
            if (emitting == 0)
                sweep();
            return;
        }
    }
}

void event_emit(const Event *event)
{
    if (listeners == NULL)
        return;
    emitting++;
    /* Those who start listening during the call hear the next event, not this one. */
    guint count = listeners->len;
    for (guint i = 0; i < count; i++) {
        Listener l = g_array_index(listeners, Listener, i);
        if (l.kind == event->kind && l.fn != NULL)
            l.fn(event, l.data);
    }
    if (--emitting == 0)
        sweep();
}
