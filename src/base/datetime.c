/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/datetime.h"

#define US_SECOND ((gint64)G_USEC_PER_SEC)
#define US_MINUTE (60 * US_SECOND)
#define US_DAY    (86400 * US_SECOND)

/* Days since 1970-01-01 of the proleptic Gregorian calendar; years counted from March so that the
 * leap day is the last day of a year. */
static gint64 days_from_civil(CivilDate d)
{
    gint64 y = d.year - (d.month <= 2 ? 1 : 0);
    gint64 era = (y >= 0 ? y : y - 399) / 400;
    gint64 yoe = y - era * 400;
    gint64 doy = (153 * (d.month + (d.month > 2 ? -3 : 9)) + 2) / 5 + d.day - 1;
    return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

static CivilDate civil_from_days(gint64 days)
{
    gint64 z = days + 719468;
    gint64 era = (z >= 0 ? z : z - 146096) / 146097;
    gint64 doe = z - era * 146097;
    gint64 yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    gint64 doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    gint64 mp = (5 * doy + 2) / 153;
    guint8 month = (guint8)(mp < 10 ? mp + 3 : mp - 9);
    return (CivilDate){
        .year = (gint16)(yoe + era * 400 + (month <= 2 ? 1 : 0)),
        .month = month,
        .day = (guint8)(doy - (153 * mp + 2) / 5 + 1),
    };
}

static gint64 floor_div(gint64 a, gint64 b)
{
    return a / b - (a % b < 0 ? 1 : 0);
}

static int month_length(int year, int month)
{
    static const guint8 length[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    gboolean leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return length[month - 1] + (month == 2 && leap ? 1 : 0);
}

static gint64 last_sunday(int year, guint8 month)
{
    CivilDate last = {(gint16)year, month, (guint8)month_length(year, month)};
    return days_from_civil(last) - civil_date_weekday(last) % 7;
}

/* The whole history of Swedish summer time, so that no zone data is needed on a thin terminal:
 * none before 1980 (but for a trial in 1916), in 1980 from 6 April, from 1981 the last Sunday of
 * March; ended the last Sunday of September, from 1996 of October; always at 01:00 UTC. */
int stockholm_offset_minutes(Instant t)
{
    int year = civil_from_days(floor_div(t, US_DAY)).year;
    if (year < 1980)
        return 60;
    gint64 from = year == 1980 ? days_from_civil((CivilDate){1980, 4, 6}) : last_sunday(year, 3);
    gint64 to = last_sunday(year, year < 1996 ? 9 : 10);
    gint64 hour = 60 * US_MINUTE;
    return t >= from * US_DAY + hour && t < to * US_DAY + hour ? 120 : 60;
}

static gint64 local_us(Instant t)
{
    return t + stockholm_offset_minutes(t) * US_MINUTE;
}

CivilDate civil_date_at(Instant t)
{
    return civil_from_days(floor_div(local_us(t), US_DAY));
}

CivilTime civil_time_at(Instant t)
{
    gint64 local = local_us(t);
    gint64 s = (local - floor_div(local, US_DAY) * US_DAY) / US_SECOND;
    return (CivilTime){(guint8)(s / 3600), (guint8)(s / 60 % 60), (guint8)(s % 60)};
}

Instant instant_from_civil(CivilDate d, CivilTime t, gboolean second_pass)
{
    gint64 local = days_from_civil(d) * US_DAY +
                   ((gint64)t.hour * 3600 + t.minute * 60 + t.second) * US_SECOND;
    Instant summer = local - 120 * US_MINUTE, winter = local - 60 * US_MINUTE;
    gboolean summer_fits = stockholm_offset_minutes(summer) == 120;
    gboolean winter_fits = stockholm_offset_minutes(winter) == 60;
    if (summer_fits && winter_fits)
        return second_pass ? winter : summer;
    /* In the missing hour neither fits: winter's reading lands an hour later on the clock. */
    return summer_fits ? summer : winter;
}

Instant instant_day_start(CivilDate d)
{
    return instant_from_civil(d, (CivilTime){0}, FALSE);
}

Instant instant_add_days(Instant t, int days)
{
    CivilDate day = civil_date_add_days(civil_date_at(t), days);
    return instant_from_civil(day, civil_time_at(t), FALSE) + t % G_USEC_PER_SEC;
}

gboolean civil_date_valid(CivilDate d)
{
    return d.year >= 1 && d.year <= 9999 && d.month >= 1 && d.month <= 12 && d.day >= 1 &&
           d.day <= month_length(d.year, d.month);
}

CivilDate civil_date_add_days(CivilDate d, int days)
{
    return civil_from_days(days_from_civil(d) + days);
}

CivilDate civil_date_add_months(CivilDate d, int months)
{
    int count = d.year * 12 + d.month - 1 + months;
    CivilDate to = {(gint16)(count / 12), (guint8)(count % 12 + 1), 1};
    to.day = (guint8)MIN(d.day, month_length(to.year, to.month));
    return to;
}

int civil_date_days_between(CivilDate from, CivilDate to)
{
    return (int)(days_from_civil(to) - days_from_civil(from));
}

int civil_date_compare(CivilDate a, CivilDate b)
{
    int ka = a.year * 10000 + a.month * 100 + a.day, kb = b.year * 10000 + b.month * 100 + b.day;
    return (ka > kb) - (ka < kb);
}

int civil_date_weekday(CivilDate d)
{
    gint64 days = days_from_civil(d) + 3; /* 1970-01-01 was a Thursday */
    return (int)(days - floor_div(days, 7) * 7) + 1;
}

int civil_date_iso_week(CivilDate d, int *ret_year)
{
    /* A week belongs to the year that its Thursday lies in. */
    CivilDate thursday = civil_date_add_days(d, 4 - civil_date_weekday(d));
    if (ret_year != NULL)
        *ret_year = thursday.year;
    return civil_date_days_between((CivilDate){thursday.year, 1, 1}, thursday) / 7 + 1;
}

void civil_age(CivilDate birth, CivilDate on, int *ret_years, int *ret_months, int *ret_days)
{
    int months = (on.year - birth.year) * 12 + on.month - birth.month;
    /* Born 29 February: the birthday of other years is 1 March, as the registers count. */
    if (on.day < birth.day)
        months--;
    if (ret_years != NULL)
        *ret_years = months >= 0 ? months / 12 : -1;
    if (ret_months != NULL)
        *ret_months = months;
    if (ret_days != NULL)
        *ret_days = civil_date_days_between(birth, on);
}

/* Exactly @n digits at *p, moved past them. */
static gboolean take_digits(const char **p, int n, int *ret)
{
    int v = 0;
    for (int i = 0; i < n; i++) {
        if (!g_ascii_isdigit((*p)[i]))
            return FALSE;
        v = v * 10 + (*p)[i] - '0';
    }
    *p += n;
    *ret = v;
    return TRUE;
}

static gboolean take_char(const char **p, char c)
{
    if (**p != c)
        return FALSE;
    (*p)++;
    return TRUE;
}

/* "hh:mm[:ss[.fff]]" as microseconds of the day. */
static gboolean take_time(const char **p, gint64 *ret_us)
{
    int h, m, s = 0;
    gint64 fraction = 0;
    if (!take_digits(p, 2, &h) || !take_char(p, ':') || !take_digits(p, 2, &m))
        return FALSE;
    if (take_char(p, ':')) {
        if (!take_digits(p, 2, &s))
            return FALSE;
        if (take_char(p, '.')) {
            if (!g_ascii_isdigit(**p))
                return FALSE;
            for (gint64 unit = US_SECOND / 10; g_ascii_isdigit(**p); (*p)++, unit /= 10)
                fraction += (**p - '0') * unit;
        }
    }
    if (h > 23 || m > 59 || s > 60)
        return FALSE;
    *ret_us = ((gint64)h * 3600 + m * 60 + s) * US_SECOND + fraction;
    return TRUE;
}

/* "Z", "+01:00" or nothing (*ret_given false). */
static gboolean take_zone(const char **p, int *ret_minutes, gboolean *ret_given)
{
    *ret_minutes = 0;
    *ret_given = **p != '\0';
    if (!*ret_given || take_char(p, 'Z'))
        return TRUE;
    int sign = **p == '-' ? -1 : 1, h, m;
    if (**p != '+' && **p != '-')
        return FALSE;
    (*p)++;
    if (!take_digits(p, 2, &h) || !take_char(p, ':') || !take_digits(p, 2, &m) || h > 14 || m > 59)
        return FALSE;
    *ret_minutes = sign * (h * 60 + m);
    return TRUE;
}

static gboolean parse_clock_part(const char *p, FhirTime *t)
{
    gint64 us;
    int zone;
    gboolean given;
    if (!take_time(&p, &us) || !take_zone(&p, &zone, &given) || *p != '\0')
        return FALSE;
    t->precision = FHIR_TIME_SECOND;
    if (given) {
        t->instant = days_from_civil(t->date) * US_DAY + us - zone * US_MINUTE;
    } else {
        gint64 s = us / US_SECOND;
        CivilTime c = {(guint8)(s / 3600), (guint8)(s / 60 % 60), (guint8)(s % 60)};
        t->instant = instant_from_civil(t->date, c, FALSE) + us % US_SECOND;
    }
    CivilDate here = civil_date_at(t->instant);
    if (civil_date_valid(here)) /* "9999-12-31T23:59:59Z" means forever, not the year 10000 */
        t->date = here;
    return TRUE;
}

gboolean fhir_time_parse(const char *text, FhirTime *ret)
{
    FhirTime t = {.date = {0, 1, 1}, .precision = FHIR_TIME_YEAR};
    const char *p = text;
    int n;
    if (text == NULL || !take_digits(&p, 4, &n) || n == 0)
        return FALSE;
    t.date.year = (gint16)n;
    if (take_char(&p, '-')) {
        if (!take_digits(&p, 2, &n) || n < 1 || n > 12)
            return FALSE;
        t.date.month = (guint8)n;
        t.precision = FHIR_TIME_MONTH;
        if (take_char(&p, '-')) {
            if (!take_digits(&p, 2, &n))
                return FALSE;
            t.date.day = (guint8)n;
            t.precision = FHIR_TIME_DAY;
        }
    }
    if (!civil_date_valid(t.date))
        return FALSE;
    if (t.precision == FHIR_TIME_DAY && take_char(&p, 'T')) {
        if (!parse_clock_part(p, &t))
            return FALSE;
    } else if (*p == '\0') {
        t.instant = instant_day_start(t.date);
    } else {
        return FALSE;
    }
    *ret = t;
    return TRUE;
}

Instant fhir_time_end(const FhirTime *t)
{
    switch (t->precision) {
    case FHIR_TIME_YEAR:
        return instant_day_start(civil_date_add_months(t->date, 12));
    case FHIR_TIME_MONTH:
        return instant_day_start(civil_date_add_months(t->date, 1));
    case FHIR_TIME_DAY:
        return instant_day_start(civil_date_add_days(t->date, 1));
    case FHIR_TIME_SECOND:
        break;
    }
    return t->instant + (t->instant % US_SECOND == 0 ? US_SECOND : 1000);
}

char *instant_to_fhir(Instant t)
{
    CivilDate d = civil_date_at(t);
    CivilTime c = civil_time_at(t);
    int offset = stockholm_offset_minutes(t);
    int ms = (int)((t - floor_div(t, US_SECOND) * US_SECOND) / 1000);
    return g_strdup_printf("%04d-%02d-%02dT%02d:%02d:%02d.%03d+%02d:%02d", d.year, d.month, d.day,
                           c.hour, c.minute, c.second, ms, offset / 60, offset % 60);
}

char *civil_date_to_text(CivilDate d)
{
    return g_strdup_printf("%04d-%02d-%02d", d.year, d.month, d.day);
}

gboolean civil_date_parse(const char *text, CivilDate *ret)
{
    const char *p = text;
    int y, m, d;
    if (text == NULL || !take_digits(&p, 4, &y))
        return FALSE;
    gboolean dashes = take_char(&p, '-');
    if (!take_digits(&p, 2, &m) || (dashes && !take_char(&p, '-')) || !take_digits(&p, 2, &d) ||
        *p != '\0')
        return FALSE;
    CivilDate date = {(gint16)y, (guint8)m, (guint8)d};
    if (!civil_date_valid(date))
        return FALSE;
    *ret = date;
    return TRUE;
}

char *instant_to_hhmm(Instant t)
{
    CivilTime c = civil_time_at(t);
    return g_strdup_printf("%02d:%02d", c.hour, c.minute);
}

char *instant_to_minute(Instant t)
{
    g_autofree char *date = civil_date_to_text(civil_date_at(t));
    g_autofree char *clock = instant_to_hhmm(t);
    return g_strconcat(date, " ", clock, NULL);
}

char *civil_date_short(CivilDate d, CivilDate today, const char *lang)
{
    static const char *const months[][12] = {
        {"jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec"},
        {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"},
    };
    if (!civil_date_valid(d))
        return g_strdup("");
    const char *month = months[g_strcmp0(lang, "en") == 0][d.month - 1];
    return d.year == today.year ? g_strdup_printf("%d %s", d.day, month)
                                : g_strdup_printf("%d %s %d", d.day, month, d.year);
}

const char *weekday_short(int weekday, const char *lang)
{
    static const char *const days[][7] = {
        {"mån", "tis", "ons", "tor", "fre", "lör", "sön"},
        {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"},
    };
    g_return_val_if_fail(weekday >= 1 && weekday <= 7, "");
    return days[g_strcmp0(lang, "en") == 0][weekday - 1];
}
