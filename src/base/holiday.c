/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/datetime.h"

#include <glib/gi18n.h>

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

/* Days with a name: fixed, or counted from Easter. Names are msgids; the screens translate them. */
static const struct {
    guint8 month, day;
    gint16 since;
    const char *name;
} fixed[] = {{1, 1, 0, N_("New Year's Day")}, {1, 6, 0, N_("Epiphany")},       {5, 1, 0, N_("May Day")},
             {6, 6, 2005, N_("National Day")}, {12, 25, 0, N_("Christmas Day")}, {12, 26, 0, N_("Boxing Day")}};
static const struct {
    gint16 after, until;
    const char *name;
} movable[] = {{-2, 0, N_("Good Friday")},       {0, 0, N_("Easter Sunday")}, {1, 0, N_("Easter Monday")},
               {39, 0, N_("Ascension Day")}, {49, 0, N_("Whit Sunday")},  {50, 2005, N_("Whit Monday")}};

/* midsommardagen 20-26 June, alla helgons dag 31 October-6 November */
static const char *saturday_name(CivilDate d)
{
    if (d.month == 6 && d.day >= 20 && d.day <= 26)
        return N_("Midsummer Day");
    return (d.month == 10 && d.day == 31) || (d.month == 11 && d.day <= 6) ? N_("All Saints' Day") : NULL;
}

const char *civil_date_holiday_name(CivilDate d)
{
    for (gsize i = 0; i < G_N_ELEMENTS(fixed); i++)
        if (d.month == fixed[i].month && d.day == fixed[i].day && d.year >= fixed[i].since)
            return fixed[i].name;
    int after = civil_date_days_between(easter_sunday(d.year), d);
    for (gsize i = 0; i < G_N_ELEMENTS(movable); i++)
        if (after == movable[i].after && (!movable[i].until || d.year < movable[i].until))
            return movable[i].name;
    return civil_date_weekday(d) == 6 ? saturday_name(d) : NULL;
}

gboolean civil_date_is_holiday(CivilDate d)
{
    return civil_date_weekday(d) == 7 || civil_date_holiday_name(d) != NULL;
}
