/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/scope.h"

typedef struct {
    guint id;
    GDestroyNotify fn;
    gpointer data;
} Closer;

struct Scope {
    GArray *closers; /* Closer, oldest first */
    GCancellable *cancellable;
    guint next_id;
    gboolean closed;
};

Scope *scope_new(void)
{
    Scope *s = g_new0(Scope, 1);
    s->closers = g_array_new(FALSE, FALSE, sizeof(Closer));
    s->cancellable = g_cancellable_new();
    return s;
}

void scope_close(Scope *scope)
{
    if (scope == NULL || scope->closed)
        return;
    scope->closed = TRUE;
    /* One at a time: a closer may remove another. */
    while (scope->closers->len > 0) {
        Closer c = g_array_index(scope->closers, Closer, scope->closers->len - 1);
        g_array_set_size(scope->closers, scope->closers->len - 1);
        c.fn(c.data);
    }
    g_cancellable_cancel(scope->cancellable);
    g_object_unref(scope->cancellable);
    g_array_unref(scope->closers);
    g_free(scope);
}

guint scope_add(Scope *scope, GDestroyNotify closer, gpointer data)
{
    g_return_val_if_fail(!scope->closed, 0);
    Closer c = {++scope->next_id, closer, data};
    g_array_append_val(scope->closers, c);
    return c.id;
}

void scope_remove(Scope *scope, guint id)
{
    for (guint i = 0; i < scope->closers->len; i++) {
        if (g_array_index(scope->closers, Closer, i).id == id) {
            g_array_remove_index(scope->closers, i);
            return;
        }
    }
}

GCancellable *scope_cancellable(Scope *scope)
{
    return scope->cancellable;
}

gboolean scope_is_closed(const Scope *scope)
{
    return scope->closed;
}
