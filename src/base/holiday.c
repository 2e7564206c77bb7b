/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/datetime.h"

/* Gauss's Easter in the form of the anonymous Gregorian algorithm. */
static CivilDate easter_sunday(int year)
{
    int a = year % 19, b = year / 100, c = year % 100;
    int h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    int l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    int m = (a + 11 * h + 22 * l) / 451;
    int n = h + l - 7 * m + 114;
    return (CivilDate){(gint16)year, (guint8)(n / 31), (guint8)(n % 31 + 1)};
}

static gboolean is_fixed(CivilDate d)
{
    static const struct {
        guint8 month, day;
        gint16 since;
    } fixed[] = {{1, 1, 0}, {1, 6, 0}, {5, 1, 0}, {6, 6, 2005}, {12, 25, 0}, {12, 26, 0}};
    for (gsize i = 0; i < G_N_ELEMENTS(fixed); i++)
        if (d.month == fixed[i].month && d.day == fixed[i].day && d.year >= fixed[i].since)
            return TRUE;
    return FALSE;
}

gboolean civil_date_is_holiday(CivilDate d)
{
    int weekday = civil_date_weekday(d);
    if (weekday == 7 || is_fixed(d))
        return TRUE;
    if (weekday == 6) /* midsommardagen 20-26 June, alla helgons dag 31 October-6 November */
        return (d.month == 6 && d.day >= 20 && d.day <= 26) || (d.month == 10 && d.day == 31) ||
               (d.month == 11 && d.day <= 6);
    int after = civil_date_days_between(easter_sunday(d.year), d);
    return after == -2 || after == 1 || after == 39 || (after == 50 && d.year < 2005);
}
