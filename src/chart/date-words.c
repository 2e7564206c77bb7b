/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/date-words-internal.h"

#include <glib/gi18n.h>
#include <string.h>

G_DEFINE_QUARK(date-words-error-quark, date_words_error)

static const char *const weekdays[] = {"måndag", "tisdag", "onsdag", "torsdag", "fredag", "lördag", "söndag"};
static const char *const months[] = {"januari", "februari", "mars",      "april",   "maj",      "juni",
                                     "juli",    "augusti",  "september", "oktober", "november", "december"};
static const char *const numbers[] = {"noll", "en", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv"};

void date_words_impossible(GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    if (error && !*error)
        g_set_error_literal(error, DATE_WORDS_ERROR, DATE_WORDS_IMPOSSIBLE, text);
}

/* 1-based place of the one name that begins with @word (three letters or more); å ä ö may be left untyped. */
static int name_index(const char *const *names, guint n, const char *word)
{
    g_autofree char *plain = g_str_to_ascii(word, "C");
    if (strlen(plain) < 3)
        return 0;
    for (guint i = 0; i < n; i++) {
        g_autofree char *name = g_str_to_ascii(names[i], "C");
        if (g_str_has_prefix(name, plain) || (g_str_has_prefix(plain, name) && strcmp(plain + strlen(name), "en") == 0))
            return (int)i + 1;
    }
    return 0;
}

gboolean date_words_number(const char *s, int *ret, const char **ret_rest)
{
    char *end = NULL;
    if (!g_ascii_isdigit(*s))
        return FALSE;
    guint64 n = g_ascii_strtoull(s, &end, 10);
    if (end - s > 8)
        return FALSE;
    *ret = (int)n;
    *ret_rest = end;
    return TRUE;
}

static void exactly(DateWish *ret, CivilDate d)
{
    *ret = (DateWish){d, d, d, FALSE};
}

/* "2027", "27", "-27". 0 = no year. */
static int year_of(const char *word)
{
    int n = 0;
    const char *rest = "";
    if (!word || !date_words_number(word, &n, &rest) || *rest)
        return 0;
    return strlen(word) == 4 && n >= 1900 && n < 2200 ? n : strlen(word) == 2 ? 2000 + n : 0;
}

/* ---- each form: how many words it took ---- */

static guint take_named(char *const *w, CivilDate today, DateWish *ret)
{
    static const struct {
        const char *word;
        int days;
    } names[] = {{"idag", 0}, {"imorgon", 1}, {"imorn", 1}, {"övermorgon", 2}, {"igår", -1}, {"today", 0}, {"tomorrow", 1}};
    g_autofree char *joined = strcmp(w[0], "i") == 0 && w[1] ? g_strconcat("i", w[1], NULL) : g_strdup(w[0]);
    for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
        if (strcmp(joined, names[i].word) == 0) {
            exactly(ret, civil_date_add_days(today, names[i].days));
            return strcmp(w[0], "i") == 0 ? 2 : 1;
        }
    return 0;
}

static CivilDate monday_of_week(int year, int week)
{
    CivilDate fourth = {(gint16)year, 1, 4}; /* always in week 1 */
    return civil_date_add_days(fourth, (week - 1) * 7 + 1 - civil_date_weekday(fourth));
}

/* "v48", "v.48", "v 48", "vecka 48", each with a year after. A week that has been is next year's. */
static guint take_week(char *const *w, CivilDate today, DateWish *ret, GError **error)
{
    const char *p = w[0], *rest = "";
    guint used = 1;
    int week = 0, this_year = 0;
    if (g_str_has_prefix(p, "vecka"))
        p += strlen("vecka");
    else if (*p == 'v')
        p++;
    else
        return 0;
    if (*p == '.')
        p++;
    if (!*p && w[1])
        p = w[used++];
    if (!date_words_number(p, &week, &rest) || *rest)
        return 0;
    int now = civil_date_iso_week(today, &this_year), year = year_of(w[used]);
    used += year != 0;
    if (!year)
        year = week < now ? this_year + 1 : this_year;
    int actual_year = 0;
    CivilDate monday = monday_of_week(year, week);
    if (week < 1 || civil_date_iso_week(monday, &actual_year) != week || actual_year != year) {
        date_words_impossible(error, _("There is no week %d in %d"), week, year);
        return 0;
    }
    *ret = (DateWish){monday, civil_date_add_days(monday, 6), monday, FALSE};
    return used;
}

typedef enum { UNIT_DAY, UNIT_WEEK, UNIT_MONTH, UNIT_YEAR, UNITS } Unit;
static const struct {
    const char *words;
    int slack; /* days either way */
} units[UNITS] = {
    [UNIT_DAY] = {"d|dag|dagar|dygn", 0},
    [UNIT_WEEK] = {"v|vecka|veckor", 3},
    [UNIT_MONTH] = {"m|mån|man|mån.|månad|manad|månader|manader", 7},
    [UNIT_YEAR] = {"å|år|ar", 14},
};

static int unit_of(const char *word)
{
    for (int i = 0; word && i < UNITS; i++) {
        g_auto(GStrv) all = g_strsplit(units[i].words, "|", -1);
        if (g_strv_contains((const char *const *)all, word))
            return i;
    }
    return -1;
}

static gboolean count_of(const char *word, int *ret, const char **ret_rest)
{
    if (*word == '+')
        word++;
    if (date_words_number(word, ret, ret_rest))
        return TRUE;
    for (guint i = 1; i < G_N_ELEMENTS(numbers); i++)
        if (strcmp(word, numbers[i]) == 0 || (i == 1 && strcmp(word, "ett") == 0)) {
            *ret = (int)i;
            *ret_rest = "";
            return TRUE;
        }
    return FALSE;
}

/* "+3v", "3v", "om 3 veckor", "om tre mån", "om ett halvår". */
static guint take_relative(char *const *w, CivilDate today, DateWish *ret, GError **error)
{
    guint used = strcmp(w[0], "om") == 0 ? 1 : 0;
    int n = 0, unit;
    const char *rest = "";
    if (!w[used] || !count_of(w[used], &n, &rest))
        return 0;
    used++;
    if (*rest)
        unit = unit_of(rest);
    else if (w[used] && n == 1 && strcmp(w[used], "halvår") == 0) {
        unit = UNIT_MONTH;
        n = 6;
        used++;
    } else {
        unit = unit_of(w[used]);
        used++;
    }
    if (unit < 0)
        return 0;
    if (n > 1000 || (unit == UNIT_YEAR && n > 20)) {
        date_words_impossible(error, _("That is too far away to book"));
        return 0;
    }
    CivilDate d = unit == UNIT_DAY ? civil_date_add_days(today, n)
                  : unit == UNIT_WEEK ? civil_date_add_days(today, 7 * n)
                                      : civil_date_add_months(today, unit == UNIT_YEAR ? 12 * n : n);
    int slack = units[unit].slack;
    *ret = (DateWish){civil_date_add_days(d, -slack), civil_date_add_days(d, slack), d, slack > 0};
    return used;
}

/* Without a year: the next time that day comes. */
static gboolean day_and_month(int day, int month, int year, CivilDate today, DateWish *ret, GError **error)
{
    CivilDate d = {(gint16)(year ? year : today.year), (guint8)CLAMP(month, 0, 13), (guint8)CLAMP(day, 0, 99)};
    if (!year && (d.month < today.month || (d.month == today.month && d.day < today.day)))
        d.year++;
    if (!civil_date_valid(d)) {
        if (month >= 1 && month <= 12)
            date_words_impossible(error, _("There is no day %d in month %d of %d"), day, month, d.year);
        else
            date_words_impossible(error, _("There is no month %d"), month);
        return FALSE;
    }
    exactly(ret, d);
    return TRUE;
}

/* "12/1", "12/1-27", "12/1 2027". */
static guint take_slash(char *const *w, CivilDate today, DateWish *ret, GError **error)
{
    int day = 0, month = 0, year = 0;
    const char *rest = "";
    guint used = 1;
    if (!date_words_number(w[0], &day, &rest) || *rest != '/' || !date_words_number(rest + 1, &month, &rest))
        return 0;
    if (*rest == '-' || *rest == '/')
        year = year_of(rest + 1);
    else if (*rest)
        return 0;
    else if (w[1] && strlen(w[1]) == 4 && (year = year_of(w[1])))
        used = 2;
    if (*rest && !year)
        return 0;
    return day_and_month(day, month, year, today, ret, error) ? used : 0;
}

/* "12 jan", "12 januari 2027", "12jan", "den 12 januari". */
static guint take_month_name(char *const *w, CivilDate today, DateWish *ret, GError **error)
{
    guint used = strcmp(w[0], "den") == 0 ? 1 : 0;
    int day = 0, month = 0;
    const char *rest = "";
    if (!w[used] || !date_words_number(w[used], &day, &rest))
        return 0;
    used++;
    if (strcmp(rest, ":e") == 0 || strcmp(rest, ":a") == 0)
        rest = "";
    const char *name = *rest ? rest : w[used];
    if (!name || !(month = name_index(months, 12, name)))
        return 0;
    used += !*rest;
    int year = w[used] && strlen(w[used]) == 4 ? year_of(w[used]) : 0;
    used += year != 0;
    return day_and_month(day, month, year, today, ret, error) ? used : 0;
}

/* "2026-12-01", "20261201", "261201", "26-12-01". */
static guint take_iso(char *const *w, DateWish *ret, GError **error)
{
    g_autofree char *digits = g_strdup(w[0]);
    guint n = 0, dashes = 0;
    for (const char *p = w[0]; *p; p++) {
        if (g_ascii_isdigit(*p))
            digits[n++] = *p;
        else if (*p == '-')
            dashes++;
        else
            return 0;
    }
    digits[n] = '\0';
    if ((n != 8 && n != 6) || (dashes != 0 && dashes != 2))
        return 0;
    guint64 all = g_ascii_strtoull(digits, NULL, 10);
    CivilDate d = {(gint16)(all / 10000 + (n == 6 ? 2000 : 0)), (guint8)(all / 100 % 100), (guint8)(all % 100)};
    if (!civil_date_valid(d)) {
        date_words_impossible(error, _("%s is not a day"), w[0]);
        return 0;
    }
    exactly(ret, d);
    return 1;
}

static guint take_plain(char *const *w, CivilDate today, DateWish *ret, GError **error)
{
    guint n = take_named(w, today, ret);
    n = n ? n : take_week(w, today, ret, error);
    n = n || (error && *error) ? n : take_relative(w, today, ret, error);
    n = n || (error && *error) ? n : take_slash(w, today, ret, error);
    n = n || (error && *error) ? n : take_month_name(w, today, ret, error);
    return n || (error && *error) ? n : take_iso(w, ret, error);
}

/* A weekday narrows a week and must agree with a date; alone it is the next one. */
static gboolean on_weekday(int weekday, const char *word, DateWish *ret, GError **error)
{
    CivilDate d = ret->from;
    while (civil_date_weekday(d) != weekday && civil_date_compare(d, ret->to) < 0)
        d = civil_date_add_days(d, 1);
    if (civil_date_weekday(d) != weekday) {
        g_autofree char *text = civil_date_to_text(d);
        date_words_impossible(error, _("%s is not a %s"), text, word);
        return FALSE;
    }
    exactly(ret, d);
    return TRUE;
}

guint date_words_take(char *const *words, CivilDate today, DateWish *ret, GError **error)
{
    g_autoptr(GError) local = NULL;
    guint used = words[0] && strcmp(words[0], "på") == 0 ? 1 : 0;
    gboolean next = words[used] && strcmp(words[used], "nästa") == 0;
    used += next;
    if (!words[used])
        return 0;
    int weekday = name_index(weekdays, 7, words[used]);
    if (!weekday) {
        guint n = next && unit_of(words[used]) == UNIT_WEEK ? 1 : used ? 0 : take_plain(words, today, ret, &local);
        if (next && n) {
            CivilDate monday = civil_date_add_days(today, 8 - civil_date_weekday(today));
            *ret = (DateWish){monday, civil_date_add_days(monday, 6), monday, FALSE};
            n += used;
        }
        if (local)
            g_propagate_error(error, g_steal_pointer(&local));
        return n;
    }
    used++;
    guint n = words[used] ? take_plain(words + used, today, ret, &local) : 0;
    if (n && !on_weekday(weekday, weekdays[weekday - 1], ret, &local))
        n = 0;
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return 0;
    }

    int ahead = (weekday - civil_date_weekday(today) + 7) % 7;
    if (!n)
        exactly(ret, civil_date_add_days(today, ahead ? ahead : 7));
    return used + n;
}

static char **split(const char *text)
{
    g_autofree char *lower = g_utf8_strdown(text, -1);
    g_auto(GStrv) raw = g_strsplit_set(lower, " \t,", -1);
    g_autoptr(GStrvBuilder) out = g_strv_builder_new();
    for (char **w = raw; *w; w++)
        if (**w)
            g_strv_builder_add(out, *w);
    return g_strv_builder_end(out);
}

gboolean date_words_parse(const char *text, CivilDate today, DateWish *ret, GError **error)
{
    g_auto(GStrv) words = split(text);
    g_autoptr(GError) local = NULL;
    guint n = words[0] ? date_words_take(words, today, ret, &local) : 0;
    if (local) {
        g_propagate_error(error, g_steal_pointer(&local));
        return FALSE;
    }
    if (!n || words[n]) {
        g_set_error(error, DATE_WORDS_ERROR, DATE_WORDS_NOT_A_DATE,
                    _("“%s” is no date. Write as in tor, v48, +3v, 12/1, 12 jan 2027 or 2026-12-01"), text);
        return FALSE;
    }
    return TRUE;
}
