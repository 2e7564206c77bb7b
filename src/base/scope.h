/* SPDX-License-Identifier: GPL-3.0-or-later
 * base/scope.h — the life of asynchronous work. Whoever starts work owns a Scope; closing it
 * cancels everything started in it and guarantees that no callback comes afterwards. */
#pragma once
#include <gio/gio.h>

typedef struct Scope Scope;

Scope *scope_new(void);
/* Runs the closers (latest first), cancels the cancellable, frees. NULL is accepted. */
void scope_close(Scope *scope);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Scope, scope_close)

/* @closer(@data) is called once when the scope closes, unless removed first. Returns an id. */
guint scope_add(Scope *scope, GDestroyNotify closer, gpointer data);
void scope_remove(Scope *scope, guint id);
GCancellable *scope_cancellable(Scope *scope); /* borrowed */
gboolean scope_is_closed(const Scope *scope);
