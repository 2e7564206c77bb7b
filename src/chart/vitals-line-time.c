/* SPDX-License-Identifier: GPL-3.0-or-later
 * When it was measured: "7:10", "kl 710", "igår 23:40", "2026-11-20 23:40". */
#include <glib/gi18n.h>
#include <string.h>

#include "chart/vitals-line-private.h"

/* Minutes of the day of "7", "710", "0710", "7:10", "7.10"; -1: no such time; -2: not the shape of one. */
static int clock_of(const char *text)
{
    g_autoptr(GRegex) regex = g_regex_new("^(\\d{1,2})(?:[:.]?(\\d{2}))?$", 0, 0, NULL);
    g_autoptr(GMatchInfo) match = NULL;
    if (!g_regex_match(regex, text, 0, &match))
        return -2;
    g_autofree char *h = g_match_info_fetch(match, 1), *m = g_match_info_fetch(match, 2);
    /* "710" is greedily 71 and a 0 too few: three digits are one and two */
    gboolean three = strlen(text) == 3 && strspn(text, "0123456789") == 3;
    guint64 hour = three ? (guint64)(text[0] - '0') : g_ascii_strtoull(h, NULL, 10);
    guint64 minute = three ? g_ascii_strtoull(text + 1, NULL, 10) : g_ascii_strtoull(m ? m : "0", NULL, 10);
    return hour > 23 || minute > 59 ? -1 : (int)(hour * 60 + minute);
}

static void keep(Line *l, const char *text)
{
    g_string_append_printf(l->time_typed, "%s%s", l->time_typed->len > 0 ? " " : "", text);
}

static void refuse(Line *l, const char *token, char *text)
{
    vital_set_add_issue(l->set, VITAL_TIME, VITAL_REFUSED, token, text);
}

/* "07:10!" is confirmed. */
static char *without_bang(Line *l, const char *text)
{
    gsize n = strlen(text);
    gboolean bang = n > 1 && text[n - 1] == '!';
    l->set->time_confirmed = l->set->time_confirmed || bang;
    return g_strndup(text, bang ? n - 1 : n);
}

static void set_clock(Line *l, const char *text)
{
    g_autofree char *plain = without_bang(l, text);
    int minutes = clock_of(plain);
    keep(l, text);
    if (minutes < 0)
        refuse(l, text, g_strdup_printf(_("There is no time %s"), plain));
    else if (l->has_clock)
        vital_set_add_issue(l->set, VITAL_TIME, VITAL_AMBIGUOUS, text, g_strdup(_("The time is said twice")));
    else
        l->minutes = minutes;
    l->has_clock = TRUE;
}

static void set_day(Line *l, const char *text, CivilDate day)
{
    keep(l, text);
    if (l->has_day)
        vital_set_add_issue(l->set, VITAL_TIME, VITAL_AMBIGUOUS, text, g_strdup(_("The time is said twice")));
    l->has_day = TRUE;
    l->day = day;
}

/* After a day even "710" is a time; "24" would be too, but is more often the first value. */
static gboolean is_clock_after_day(const char *text)
{
    return text != NULL && g_regex_match_simple("^(\\d{3,4}|\\d{1,2}[:.]\\d{2})!?$", text, 0, 0);
}

guint line_take_time(Line *l)
{
    const char *w = line_word(l, l->at), *next = line_word(l, l->at + 1);
    const char *days = vital_word(l->words, "day", w);
    CivilDate date;
    if (vital_word(l->words, "clock", w) != NULL && next != NULL) {
        set_clock(l, next);
        return 2;
    }
    if (g_regex_match_simple("^\\d{1,2}:\\d{2}!?$", w, 0, 0)) {
        set_clock(l, w);
        return 1;
    }
    if (vital_word(l->words, "summer", w) != NULL || vital_word(l->words, "winter", w) != NULL) {
        keep(l, w);
        *(vital_word(l->words, "summer", w) != NULL ? &l->summer : &l->winter) = TRUE;
        return 1;
    }
    if (days != NULL)
        date = civil_date_add_days(civil_date_at(l->context->now), (int)g_ascii_strtoll(days, NULL, 10));
    else if (!g_regex_match_simple("^\\d{4}-\\d{2}-\\d{2}$", w, 0, 0))
        return 0;
    else if (!civil_date_parse(w, &date)) {
        keep(l, w);
        refuse(l, w, g_strdup_printf(_("There is no day %s"), w));
        l->has_day = TRUE;
        return 1;
    }
    l->has_date = days == NULL;
    set_day(l, w, date);
    if (!is_clock_after_day(next))
        return 1;
    set_clock(l, next);
    return 2;
}

/* No value has four digits; three, from 300 on, only where every number has been said. */
gboolean line_take_bare_clock(Line *l, const char *text, gboolean small)
{
    gsize n = strspn(text, "0123456789");
    gboolean plain = text[n] == '\0' || strcmp(text + n, "!") == 0;
    if (!plain || l->has_clock || (n != 4 && !(n == 3 && small && text[0] >= '3')))
        return FALSE;
    g_autofree char *digits = g_strndup(text, n);
    if (clock_of(digits) < 0)
        return FALSE;
    set_clock(l, text);
    return TRUE;
}

/* The hour when summer time ends is there twice, the one when it begins not at all. */
static gboolean instant_of(Line *l, CivilDate day, Instant *ret)
{
    CivilTime t = {.hour = (guint8)(l->minutes / 60), .minute = (guint8)(l->minutes % 60)};
    Instant first = instant_from_civil(day, t, FALSE), second = instant_from_civil(day, t, TRUE);
    CivilTime back = civil_time_at(first);
    if (back.hour != t.hour || back.minute != t.minute) {
        refuse(l, l->time_typed->str, g_strdup_printf(_("%s was not there that night: summer time began"), l->time_typed->str));
        return FALSE;
    }
    if (first != second && l->summer == l->winter) {
        vital_set_add_issue(l->set, VITAL_TIME, VITAL_AMBIGUOUS, l->time_typed->str,
                            g_strdup_printf(_("%s was there twice that night: add sommartid or vintertid"), l->time_typed->str));
        return FALSE;
    }
    *ret = l->winter ? second : first;
    return TRUE;
}

/* A line that lay over midnight: "igår" and "kl 5:10" were typed on another day than they would be read on, and
 * nobody knows of the first moment whether it was measured then. A minute past midnight is not that. */
static gboolean lay_over(Line *l)
{
    const VitalContext *c = l->context;
    gboolean other_day = c->begun != 0 && civil_date_compare(civil_date_at(c->begun), civil_date_at(c->now)) != 0;
    if (!other_day || (l->time_typed->len == 0 ? c->now - c->begun < G_TIME_SPAN_HOUR : l->has_date))
        return FALSE;
    g_autofree char *begun = instant_to_minute(c->begun);
    vital_set_add_issue(l->set, VITAL_TIME, VITAL_AMBIGUOUS, l->time_typed->str,
                        g_strdup_printf(_("The line was begun %s: write the day and the time of the measurement, as there"), begun));
    return TRUE;
}

void line_finish_time(Line *l)
{
    Instant at;
    if (l->time_typed->len > 0)
        l->set->typed[VITAL_TIME] = g_strdup(l->time_typed->str);
    if (lay_over(l) || l->time_typed->len == 0)
        return;
    if (vital_set_issue(l->set, VITAL_TIME) != NULL)
        return;
    if (!l->has_clock) {
        refuse(l, l->time_typed->str, g_strdup_printf(_("%s: at what time? Write for example %s 23:40"), l->time_typed->str, l->time_typed->str));
        return;
    }
    if (!instant_of(l, l->has_day ? l->day : civil_date_at(l->context->now), &at))
        return;
    if (at > l->context->now) {
        refuse(l, l->time_typed->str,
               l->has_day ? g_strdup_printf(_("%s is not yet"), l->time_typed->str)
                          : g_strdup_printf(_("%s is not yet. Write igår %s if it was yesterday"), l->time_typed->str, l->time_typed->str));
        return;
    }
    l->set->measured = at;
    l->set->time_said = TRUE;
}
