/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/datetime.h"

#include <criterion/criterion.h>
#include <string.h>

#define D(y, m, d) ((CivilDate){y, m, d})

static void check_text(char *got, const char *want)
{
    cr_assert_str_eq(got, want);
    g_free(got);
}

Test(datetime, offset_agrees_with_the_zone_database, .timeout = 20)
{
    g_autoptr(GTimeZone) tz = g_time_zone_new_identifier("Europe/Stockholm");
    cr_assert_not_null(tz, "tzdata is not installed: nothing to compare with");
    for (gint64 s = 315532800; s < 2145916800; s += 1800) { /* 1980 to 2037 */
        int i = g_time_zone_find_interval(tz, G_TIME_TYPE_UNIVERSAL, s);
        cr_assert_eq(stockholm_offset_minutes(s * G_USEC_PER_SEC) * 60,
                     g_time_zone_get_offset(tz, i), "at %" G_GINT64_FORMAT, s);
    }
}

Test(datetime, missing_and_double_hours)
{
    Instant gap = instant_from_civil(D(2026, 3, 29), (CivilTime){2, 30, 0}, FALSE);
    check_text(instant_to_fhir(gap), "2026-03-29T03:30:00.000+02:00");
    Instant first = instant_from_civil(D(2026, 10, 25), (CivilTime){2, 30, 0}, FALSE);
    Instant second = instant_from_civil(D(2026, 10, 25), (CivilTime){2, 30, 0}, TRUE);
    check_text(instant_to_fhir(first), "2026-10-25T02:30:00.000+02:00");
    check_text(instant_to_fhir(second), "2026-10-25T02:30:00.000+01:00");
    cr_assert_eq(second - first, 3600 * (gint64)G_USEC_PER_SEC);
    /* The day of the double hour has 25 hours. */
    cr_assert_eq(instant_day_start(D(2026, 10, 26)) - instant_day_start(D(2026, 10, 25)),
                 25 * 3600 * (gint64)G_USEC_PER_SEC);
}

Test(datetime, every_day_goes_there_and_back, .timeout = 20)
{
    CivilDate d = D(1890, 1, 1);
    int weekday = 3;
    while (d.year < 2110) {
        CivilDate back = civil_date_at(instant_day_start(d));
        cr_assert_eq(civil_date_compare(back, d), 0, "%d-%d-%d", d.year, d.month, d.day);
        cr_assert_eq(civil_date_weekday(d), weekday);
        weekday = weekday % 7 + 1;
        d = civil_date_add_days(d, 1);
        cr_assert(civil_date_valid(d));
    }
}

Test(datetime, iso_weeks_agree_with_glib)
{
    for (int i = 0; i < 20000; i++) {
        CivilDate d = civil_date_add_days(D(1990, 1, 1), i);
        g_autoptr(GDateTime) g = g_date_time_new_utc(d.year, d.month, d.day, 0, 0, 0);
        int year;
        cr_assert_eq(civil_date_iso_week(d, &year), g_date_time_get_week_of_year(g));
        cr_assert_eq(year, g_date_time_get_week_numbering_year(g));
    }
}

Test(datetime, months_and_ages)
{
    cr_assert_eq(civil_date_compare(civil_date_add_months(D(2026, 1, 31), 1), D(2026, 2, 28)), 0);
    cr_assert_eq(civil_date_compare(civil_date_add_months(D(2024, 1, 31), 1), D(2024, 2, 29)), 0);
    cr_assert_eq(civil_date_compare(civil_date_add_months(D(2026, 1, 15), -1), D(2025, 12, 15)), 0);
    int years, months, days;
    civil_age(D(2008, 2, 29), D(2026, 2, 28), &years, &months, &days);
    cr_assert_eq(years, 17);
    civil_age(D(2008, 2, 29), D(2026, 3, 1), &years, &months, &days);
    cr_assert_eq(years, 18);
    civil_age(D(2026, 9, 30), D(2026, 11, 21), &years, &months, &days);
    cr_assert_eq(years, 0);
    cr_assert_eq(months, 1);
    cr_assert_eq(days, 52);
    cr_assert_not(civil_date_valid(D(2025, 2, 29)));
    cr_assert_not(civil_date_valid(D(0, 1, 1)));
}

Test(datetime, holidays)
{
    static const CivilDate red[] = {
        {2026, 1, 1},   {2026, 1, 6},   {2026, 4, 3},   {2026, 4, 5},   {2026, 4, 6},
        {2026, 5, 1},   {2026, 5, 14},  {2026, 5, 24},  {2026, 6, 6},   {2026, 6, 20},
        {2026, 10, 31}, {2026, 12, 25}, {2026, 12, 26}, {2026, 11, 22}, {2004, 5, 31},
    };
    static const CivilDate black[] = {
        {2026, 4, 4},  {2026, 5, 25}, {2026, 6, 19}, {2026, 6, 27},  {2026, 12, 24},
        {2026, 11, 7}, {2004, 6, 7},  {2003, 6, 6},  {2026, 11, 21},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(red); i++)
        cr_expect(civil_date_is_holiday(red[i]), "%d-%d-%d", red[i].year, red[i].month, red[i].day);
    for (gsize i = 0; i < G_N_ELEMENTS(black); i++)
        cr_expect_not(civil_date_is_holiday(black[i]), "%d-%d-%d", black[i].year, black[i].month,
                      black[i].day);
}

Test(datetime, fhir_times)
{
    FhirTime t;
    cr_assert(fhir_time_parse("2019", &t));
    cr_assert_eq(t.precision, FHIR_TIME_YEAR);
    check_text(instant_to_fhir(t.instant), "2019-01-01T00:00:00.000+01:00");
    check_text(instant_to_fhir(fhir_time_end(&t)), "2020-01-01T00:00:00.000+01:00");
    cr_assert(fhir_time_parse("2019-02", &t));
    check_text(instant_to_fhir(fhir_time_end(&t)), "2019-03-01T00:00:00.000+01:00");
    cr_assert(fhir_time_parse("2026-11-21", &t));
    cr_assert_eq(t.precision, FHIR_TIME_DAY);
    cr_assert(fhir_time_parse("2026-11-21T23:30:00Z", &t));
    cr_assert_eq(civil_date_compare(t.date, D(2026, 11, 22)), 0); /* a new day in Stockholm */
    check_text(instant_to_hhmm(t.instant), "00:30");
    cr_assert(fhir_time_parse("2026-11-21T07:42:10.123+01:00", &t));
    check_text(instant_to_fhir(t.instant), "2026-11-21T07:42:10.123+01:00");
    check_text(instant_to_minute(t.instant), "2026-11-21 07:42");
    static const char *const bad[] = {"",
                                      "19",
                                      "2019-13",
                                      "2019-02-30",
                                      "2019-1-1",
                                      "2026-11-21T",
                                      "2026-11-21T25:00:00Z",
                                      "2026-11-21T07:42:10+1",
                                      "2026-11-21x",
                                      "2026T10:00",
                                      "0000"};
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
        cr_expect_not(fhir_time_parse(bad[i], &t), "%s", bad[i]);
    cr_assert_not(fhir_time_parse(NULL, &t));
}

Test(datetime, screen_forms)
{
    check_text(civil_date_short(D(2026, 11, 21), D(2026, 1, 1), "sv"), "21 nov");
    check_text(civil_date_short(D(2019, 5, 2), D(2026, 1, 1), "sv"), "2 maj 2019");
    check_text(civil_date_short(D(2019, 5, 2), D(2019, 1, 1), "en"), "2 May");
    cr_assert_str_eq(weekday_short(civil_date_weekday(D(2026, 11, 21)), "sv"), "lör");
    CivilDate d;
    cr_assert(civil_date_parse("20261121", &d) && civil_date_compare(d, D(2026, 11, 21)) == 0);
    cr_assert(civil_date_parse("2026-11-21", &d));
    cr_assert_not(civil_date_parse("2026-1121", &d));
    check_text(civil_date_to_text(d), "2026-11-21");
}
