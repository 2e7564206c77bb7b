/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/when.h"

#include <glib/gi18n.h>
#include <stdlib.h>

enum { HALF_YEAR_DAYS = 182 };

static char *day(CivilDate d, CivilDate today)
{
    return civil_date_short(d, today, _("language-code"));
}

/* Within half a year a day and month name one day only, whatever the year says. */
static char *near_day(CivilDate d, CivilDate today)
{
    if (abs(civil_date_days_between(d, today)) > HALF_YEAR_DAYS)
        return g_strdup_printf("%d", d.year);
    return day(d, (CivilDate){d.year, 1, 1});
}

char *when_short(Instant t, Instant now)
{
    if (t == INSTANT_NONE)
        return g_strdup("");
    CivilDate d = civil_date_at(t), today = civil_date_at(now);
    return civil_date_compare(d, today) == 0 ? instant_to_hhmm(t) : near_day(d, today);
}

char *when_long(Instant t, Instant now)
{
    if (t == INSTANT_NONE)
        return g_strdup("");
    g_autofree char *date = day(civil_date_at(t), civil_date_at(now)), *time = instant_to_hhmm(t);
    return g_strdup_printf("%s %s", date, time);
}

char *when_recorded(const FhirTime *t, Instant now, gboolean brief)
{
    CivilDate today = civil_date_at(now);
    switch (t->precision) {
    case FHIR_TIME_YEAR:
        return g_strdup_printf("%d", t->date.year);
    case FHIR_TIME_MONTH:
        return brief ? g_strdup_printf("%d", t->date.year)
                     : g_strdup_printf("%d-%02d", t->date.year, t->date.month);
    case FHIR_TIME_DAY:
        return brief ? near_day(t->date, today) : day(t->date, today);
    case FHIR_TIME_SECOND:
        return brief ? when_short(t->instant, now) : when_long(t->instant, now);
    }
    return g_strdup("");
}
