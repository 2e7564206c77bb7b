/* SPDX-License-Identifier: GPL-3.0-or-later
 * Tables of scenarios through the checks and the way of signing: every warning that is wanted, and none that
 * is not. */
#include <criterion/criterion.h>

#include "chart/scenario.h"
#include "support/skip.h"

#define NOW (1763712000 * (gint64)G_USEC_PER_SEC)

static void play(const char *path, guint at_least)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Table) t = table_load(path, 0, &error);
    guint wrong = 0;
    cr_assert(t && order_data(&error), "%s", error ? error->message : "");
    for (guint i = 0; i < table_rows(t); i++) {
        g_autoptr(Scenario) s = scenario_new(t, i, NOW);
        g_autofree char *why = scenario_judge(t, i, s);
        if (why)
            cr_log_error("%s", why);
        wrong += why != NULL;
    }
    cr_assert_geq(table_rows(t), at_least);
    cr_assert_eq(wrong, 0, "%u of %u scenarios are wrong", wrong, table_rows(t));
}

Test(scenarios, our_own, .timeout = 30)
{
    play(OWN_SCENARIOS, 40);
}

/* Those that stand beside the clone, or where ROND_SCENARIOS says. */
Test(scenarios, those_beside_the_clone, .timeout = 30)
{
    const char *other = g_getenv("ROND_SCENARIOS");
    const char *path = other ? other : SHARED_SCENARIOS;
    if (!other && !g_file_test(path, G_FILE_TEST_EXISTS))
        SKIP("there are no scenarios beside the clone");
    play(path, 1);
}
