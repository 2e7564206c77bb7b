/* SPDX-License-Identifier: GPL-3.0-or-later
 * auth/idle.h — nobody has touched a key for a while: EVENT_SESSION "lock", once. */
#pragma once
#include <glib.h>

typedef struct Idle Idle;
Idle *idle_new(guint seconds); /* 0: never */
void idle_touch(Idle *idle);   /* at every key; costs a clock reading */
void idle_free(Idle *idle);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Idle, idle_free)
