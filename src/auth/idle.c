/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "auth/idle.h"

#include "base/clock.h"
#include "base/event.h"

struct Idle {
    guint seconds, timer;
    gint64 touched; /* monotonic */
};

static gboolean on_timer(gpointer data)
{
    Idle *idle = data;
    gint64 left = idle->touched + idle->seconds * (gint64)G_USEC_PER_SEC - clock_monotonic_us();
    idle->timer = 0;
    if (left > 0) { /* touched meanwhile: a key costs a clock reading, not a timer */
        idle->timer = clock_timer_add((guint)((left + 999) / 1000), on_timer, idle);
        return G_SOURCE_REMOVE;
    }
    event_emit(&(Event){.kind = EVENT_SESSION, .text = "lock"});
    return G_SOURCE_REMOVE;
}

Idle *idle_new(guint seconds)
{
    Idle *idle = g_new0(Idle, 1);
    idle->seconds = seconds;
    idle->touched = clock_monotonic_us();
    if (seconds > 0)
        idle->timer = clock_timer_add(seconds * 1000, on_timer, idle);
    return idle;
}

void idle_touch(Idle *idle)
{
    idle->touched = clock_monotonic_us();
}

void idle_free(Idle *idle)
{
    if (!idle)
        return;
    clock_timer_cancel(idle->timer);
    g_free(idle);
}
