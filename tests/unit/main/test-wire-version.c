/* SPDX-License-Identifier: GPL-3.0-or-later
 * A helper of another version that is started each second is told of once, on the screen and in the log. */
#include <criterion/criterion.h>

#include "base/log.h"
#include "base/session-exit.h"
#include "main/wiring.h"

static guint statuses, ends;

static void on_status(App *app, StatusKind kind, const char *text)
{
    statuses++;
}

static void on_end(App *app, int session_exit)
{
    ends++;
}

static const Frontend frontend = {.status = on_status, .end = on_end};

static void count(gint64 real_us, LogLevel level, const char *area, const char *text, gpointer data)
{
    if (g_str_equal(area, "version"))
        ++*(guint *)data;
}

static guint logged(void)
{
    guint n = 0;
    log_each(count, &n);
    return n;
}

Test(wire_version, said_once_for_each_thing_there_is_to_say, .timeout = 10)
{
    Who who = {0};
    App app = {.frontend = &frontend, .who = &who};
    Wiring w = {.app = &app};
    const SuperMsg other = {.status = 0, .note = "rond-card 2, rond 1"}, old = {.status = 1, .note = "rond-card 2, rond 1"};
    for (int i = 0; i < 3; i++)
        wire_other_version(&w, &other);
    cr_assert_eq(statuses, 1);
    cr_assert_eq(logged(), 1);
    for (int i = 0; i < 3; i++)
        wire_other_version(&w, &old);
    cr_assert_eq(statuses, 2);
    cr_assert_eq(logged(), 2);
    cr_assert_eq(ends, 0);
    app.who = NULL;
    wire_other_version(&w, &old);
    cr_assert_eq(ends, 1);
}
