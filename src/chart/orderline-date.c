/* SPDX-License-Identifier: GPL-3.0-or-later
 * The first and the last day of an order. */
#include <stdio.h>
#include <string.h>

#include "chart/orderline-line.h"

Use given_tomorrow(Line *l, const Meaning *m)
{
    line_set_start(l, instant_day_start(civil_date_add_days(civil_date_at(l->r.context->now), 1)));
    return USED;
}

static int month_of_word(const char *word)
{
    static const char *const months[] = {"jan", "feb", "mar", "apr", "maj", "jun",
                                         "jul", "aug", "sep", "okt", "nov", "dec"};
    for (int i = 0; i < 12; i++)
        if (strcmp(months[i], word) == 0)
            return i + 1;
    return 0;
}

/* "2026-11-25", "25 nov", "25 nov 2026", from word @at on; the words it takes, 0 when it is no date. */
static guint read_date(const Line *l, guint at, CivilDate today, CivilDate *ret)
{
    guint words = 0;
    const Meaning *next = at < l->count ? line_meaning(l, at, &words) : NULL;
    if (order_is_kind(next, "tomorrow")) {
        *ret = civil_date_add_days(today, 1);
        return words;
    }
    if (at >= l->count || civil_date_parse(l->word[at], ret))
        return at < l->count;
    char *end;
    gint64 day = g_ascii_strtoll(l->word[at], &end, 10);
    int month = *end == '\0' && at + 1 < l->count ? month_of_word(l->word[at + 1]) : 0;
    if (month == 0 || day < 1 || day > 31)
        return 0;
    gint64 year = at + 2 < l->count && strlen(l->word[at + 2]) == 4 ? g_ascii_strtoll(l->word[at + 2], &end, 10) : 0;
    gboolean said = year >= 1900 && *end == '\0';
    *ret = (CivilDate){(gint16)(said ? year : today.year), (guint8)month, (guint8)day};
    return civil_date_valid(*ret) ? 2u + said : 0;
}

/* "07:44" after a date. */
static gboolean read_time(const Line *l, guint at, CivilTime *ret)
{
    int hour, minute, n = 0;
    if (at >= l->count || sscanf(l->word[at], "%2d:%2d%n", &hour, &minute, &n) != 2 || l->word[at][n] != '\0' ||
        hour < 0 || hour > 23 || minute < 0 || minute > 59)
        return FALSE;
    *ret = (CivilTime){(guint8)hour, (guint8)minute, 0};
    return TRUE;
}

Use given_date(Line *l, const Meaning *m)
{
    gboolean stop = order_is_kind(m, "until");
    Order *o = l->r.order;
    CivilDate d, today = civil_date_at(l->r.context->now);
    CivilTime clock;
    guint words = read_date(l, l->at + 1, today, &d);
    if (words == 0) {
        line_unclear(l, stop ? ORDER_STOP : ORDER_START, NULL);
        return USED;
    }
    l->at += words;
    if (stop && o->stop.year == 0) {
        o->stop = d;
    } else if (stop) {
        line_unclear(l, ORDER_STOP, NULL);
    } else if (civil_date_compare(d, today) < 0) {
        line_unclear(l, ORDER_START, NULL); /* "fr 2 jan" in December */
    } else if (read_time(l, l->at + 1, &clock)) {
        l->at++;
        line_set_start(l, instant_from_civil(d, clock, FALSE));
    } else {
        line_set_start(l, civil_date_compare(d, today) == 0 ? l->r.context->now : instant_day_start(d));
    }
    return USED;
}
