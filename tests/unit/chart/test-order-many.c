/* SPDX-License-Identifier: GPL-3.0-or-later
 * Generated orders: each survives line → object → Swedish text → line → the same object, and FHIR → object → FHIR.
 * ROND_RUNS says how many; the seed is printed, and ROND_SEED repeats it. */
#include <criterion/criterion.h>
#include <stdio.h>

#include "order-lines.h"
#include "order-world.h"

TestSuite(ordermany, .init = order_world_load, .fini = order_world_free, .timeout = 1800);

static guint64 number_of(const char *name, guint64 otherwise)
{
    const char *text = g_getenv(name);
    return text ? g_ascii_strtoull(text, NULL, 10) : otherwise;
}

Test(ordermany, each_survives_both_ways_round)
{
    guint32 seed = (guint32)number_of("ROND_SEED", g_random_int());
    guint want = (guint)number_of("ROND_RUNS", 400), complete = 0, tried = 0, lost = 0;
    g_autoptr(GRand) dice = g_rand_new_with_seed(seed);
    while (complete < want && tried < want * 4) {
        g_autofree char *typed = order_line_made(dice);
        g_autoptr(Order) o = order_world_read(typed);
        tried++;
        if (!order_complete(o)) {
            g_autofree char *why = order_to_text(o);
            if (g_getenv("ROND_TELL"))
                fprintf(stderr, "asked: %s\n   %s\n", typed, why);
            continue;
        }
        complete++;
        lost += !order_world_survives(o, typed);
    }
    fprintf(stderr, "seed %u: %u orders of %u lines, %u not the same again\n", seed, complete, tried, lost);
    cr_assert_eq(complete, want, "too many lines were asked about");
    cr_assert_eq(lost, 0, "seed %u", seed);
}
