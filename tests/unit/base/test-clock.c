/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/clock.h"

#include <criterion/criterion.h>

#include "base/datetime.h"

static GString *fired;
static guint victim;

static gboolean once(gpointer name)
{
    g_string_append(fired, name);
    return G_SOURCE_REMOVE;
}

static gboolean always(gpointer name)
{
    g_string_append(fired, name);
    return G_SOURCE_CONTINUE;
}

static gboolean kill_victim(gpointer name)
{
    clock_timer_cancel(victim);
    return once(name);
}

Test(clock, virtual_timers_fire_in_order)
{
    fired = g_string_new(NULL);
    clock_test_begin(0);
    clock_timer_add(30, once, "c");
    clock_timer_add(10, once, "a");
    guint tick = clock_timer_add(20, always, "t");
    clock_test_advance(5000);
    cr_assert_str_eq(fired->str, "");
    clock_test_advance(45000);
    cr_assert_str_eq(fired->str, "atct");
    cr_assert_eq(clock_real_us(), 50000);
    clock_timer_cancel(tick);
    clock_timer_add(10, kill_victim, "k");
    victim = clock_timer_add(10, once, "v");
    clock_test_advance(100000);
    cr_assert_str_eq(fired->str, "atctk");
    clock_test_end();
    g_string_free(fired, TRUE);
}

/* When something was fetched is told on the clock that the frame shows, running or held. */
Test(clock, real_moments_are_shown_on_the_clinical_clock)
{
    clock_test_begin(1000 * G_USEC_PER_SEC);
    cr_assert_eq(clock_shown_us(990 * G_USEC_PER_SEC), 990 * G_USEC_PER_SEC);
    cr_assert(clock_set_clinical("2026-11-10T08:00:00+01:00", NULL));
    clock_test_advance(60 * G_USEC_PER_SEC);
    g_autofree char *runs = instant_to_hhmm(clock_shown_us(1000 * G_USEC_PER_SEC));
    cr_assert_str_eq(runs, "08:00");
    cr_assert(clock_set_clinical("=2026-11-10T09:00:00+01:00", NULL));
    g_autofree char *held = instant_to_hhmm(clock_shown_us(1000 * G_USEC_PER_SEC));
    cr_assert_str_eq(held, "08:59");
    cr_assert_eq(clock_shown_us(INSTANT_NONE), INSTANT_NONE);
    clock_test_end();
}

Test(clock, clinical_time_is_set_and_held)
{
    clock_test_begin(1000 * G_USEC_PER_SEC);
    cr_assert(clock_set_clinical("2026-11-10T08:00:00+01:00", NULL));
    clock_test_advance(G_USEC_PER_SEC);
    g_autofree char *runs = instant_to_fhir(clock_clinical_us());
    cr_assert_str_eq(runs, "2026-11-10T08:00:01.000+01:00");
    cr_assert_eq(clock_real_us(), 1001 * G_USEC_PER_SEC);
    cr_assert(clock_set_clinical("=2026-11-10T09:00:00+01:00", NULL));
    clock_test_advance(G_USEC_PER_SEC);
    g_autofree char *held = instant_to_fhir(clock_clinical_us());
    cr_assert_str_eq(held, "2026-11-10T09:00:00.000+01:00");
    g_autoptr(GError) error = NULL;
    cr_assert(clock_set_clinical("2026-11-10T08:00:00+01:00@1000000", NULL), "08:00 was one second after the epoch");
    gint64 now = clock_clinical_us();
    cr_assert(clock_set_clinical("2026-11-10T07:00:01Z@2000000", NULL));
    cr_assert_leq(ABS(clock_clinical_us() - now), G_USEC_PER_SEC / 2, "said a second later, the same clock");
    cr_assert_not(clock_set_clinical("2026-11-10T08:00:00+01:00@soon", NULL));
    cr_assert_not(clock_set_clinical("tomorrow", &error));
    cr_assert_not_null(error);
    cr_assert_not(clock_set_clinical("2026-11-10", NULL));
    clock_test_end();
}

static gboolean quit(gpointer loop)
{
    g_main_loop_quit(loop);
    return G_SOURCE_REMOVE;
}

Test(clock, real_timers_run_on_the_main_loop, .timeout = 10)
{
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    guint never = clock_timer_add(5, always, NULL);
    clock_timer_cancel(never);
    clock_timer_cancel(never); /* a second time does no harm */
    clock_timer_cancel(0);
    clock_timer_add(20, quit, loop);
    g_main_loop_run(loop);
}
