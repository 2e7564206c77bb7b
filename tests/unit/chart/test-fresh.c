/* SPDX-License-Identifier: GPL-3.0-or-later
 * What is written here is asked for anew: once for all that came at once, only by those whom it is about, and never after
 * the end. */
#include <criterion/criterion.h>

#include "base/event.h"
#include "chart/fresh.h"

static void count(gpointer data)
{
    ++*(guint *)data;
}

static void written(const char *type, const char *patient)
{
    event_emit(&(Event){.kind = EVENT_RESOURCE_CHANGED, .type = type, .id = "x", .patient = patient});
}

static void settle(void)
{
    while (g_main_context_iteration(NULL, FALSE))
        continue;
}

Test(fresh, once_for_all_that_came_and_only_about_its_own)
{
    guint mine = 0, anybody = 0;
    Scope *scope = scope_new();
    fresh_when_written(scope, "Observation", "p1", count, &mine);
    fresh_when_written(scope, "Observation", NULL, count, &anybody);
    written("Observation", "p1");
    written("Observation", "p1");
    cr_assert_eq(mine, 0, "nothing is asked from inside of the event");
    settle();
    cr_assert(mine == 1 && anybody == 1, "%u %u", mine, anybody);
    written("Observation", "p2");
    written("Flag", "p1");
    settle();
    cr_assert(mine == 1 && anybody == 2, "%u %u", mine, anybody);
    written("Observation", NULL); /* of whom is not said */
    event_emit(&(Event){.kind = EVENT_LIST_CHANGED, .type = "Observation", .patient = "p1"});
    settle();
    cr_assert(mine == 2 && anybody == 3, "%u %u", mine, anybody);
    written("Observation", "p1");
    scope_close(scope);
    settle();
    cr_assert(mine == 2 && anybody == 3, "asked after its end");
}
