/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/decimal.h"

#include <criterion/criterion.h>

static Decimal dec(const char *s)
{
    Decimal d = {0};
    cr_assert(decimal_parse(s, &d), "%s", s);
    return d;
}

static void is_json(Decimal d, const char *want)
{
    g_autofree char *got = decimal_to_json(d);
    cr_expect_str_eq(got, want);
}

Test(decimal, digits_are_kept)
{
    static const char *const same[] = {"37.20",   "0",
                                       "-1",      "0.5",
                                       "1000000", "0.000000000000000001",
                                       "-0.10",   "1234567890123456.123456789012345678"};
    for (gsize i = 0; i < G_N_ELEMENTS(same); i++)
        is_json(dec(same[i]), same[i]);
    is_json(dec("0,5"), "0.5");
    is_json(dec("1e3"), "1000");
    is_json(dec("1.5E-3"), "0.0015");
    is_json(dec("-0"), "0");
    g_autofree char *sv = decimal_to_sv(dec("37.20"));
    cr_assert_str_eq(sv, "37,20");
}

Test(decimal, what_is_no_number)
{
    static const char *const bad[] = {"",
                                      ".5",
                                      ",5",
                                      "5.",
                                      "1,000.5",
                                      "1 000",
                                      "+5",
                                      "0x10",
                                      "1e",
                                      "1e999",
                                      "NaN",
                                      "--1",
                                      "1.2.3",
                                      "0.0000000000000000001",
                                      "12345678901234567890123456789012345",
                                      "5 "};
    Decimal d;
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
        cr_expect_not(decimal_parse(bad[i], &d), "%s", bad[i]);
    cr_assert_not(decimal_parse(NULL, &d));
}

Test(decimal, doses_have_no_trailing_zeros)
{
    static const char *const cases[][2] = {{"1.0", "1"},    {"0.50", "0,5"}, {"100", "100"},
                                           {"2.50", "2,5"}, {"0.00", "0"},   {"10", "10"}};
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *got = decimal_to_dose(dec(cases[i][0]), TRUE);
        cr_expect_str_eq(got, cases[i][1]);
    }
    g_autofree char *point = decimal_to_dose(dec("2,50"), FALSE);
    cr_assert_str_eq(point, "2.5");
}

Test(decimal, arithmetic_is_exact)
{
    is_json(decimal_add(dec("0.1"), dec("0.2")), "0.3");
    is_json(decimal_sub(dec("1"), dec("0.05")), "0.95");
    is_json(decimal_mul(dec("0.5"), dec("70.0")), "35.00");
    is_json(decimal_div(dec("1"), dec("3"), 4), "0.3333");
    is_json(decimal_div(dec("2"), dec("3"), 4), "0.6667");
    is_json(decimal_div(dec("1"), dec("8"), 2), "0.13");
    is_json(decimal_div(dec("-1"), dec("8"), 2), "-0.13");
    is_json(decimal_round(dec("2.345"), 2), "2.35");
    is_json(decimal_round(dec("-2.5"), 0), "-3");
    is_json(decimal_round(dec("2"), 2), "2.00");
    cr_assert_not(decimal_div(dec("1"), dec("0.00"), 2).valid);
    cr_assert_not(decimal_add(dec("1"), (Decimal){0}).valid);
}

Test(decimal, overflow_is_invalid_not_wrong)
{
    Decimal big = dec("9999999999999999999999999999999999");
    cr_assert_not(decimal_mul(big, big).valid);
    cr_assert_not(decimal_add(big, dec("0.000000000000000001")).valid);
    cr_assert_gt(decimal_compare(big, dec("0.000000000000000001")), 0);
}

Test(decimal, comparison_is_by_value)
{
    cr_assert_eq(decimal_compare(dec("1.0"), dec("1")), 0);
    cr_assert_lt(decimal_compare(dec("-1"), dec("-0.5")), 0);
    cr_assert_gt(decimal_compare(dec("0.30"), dec("0.299999")), 0);
    cr_assert(decimal_is_zero(dec("0.000")));
    cr_assert_not(decimal_is_zero((Decimal){0}));
    cr_assert_float_eq(decimal_to_double(dec("37.2")), 37.2, 1e-9);
}
