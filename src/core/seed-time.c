/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/seed-internal.h"
#include <stdlib.h>
#include <string.h>

/* Number and unit: d(ag), v(ecka), m(ånad), å(r). */
gboolean seed_offset_days(const char *text, CivilDate today, CivilDate *ret, const char **ret_rest)
{
    char *end = NULL;
    long n = strtol(text, &end, 10);
    if (end == text)
        return FALSE;
    if (g_str_has_prefix(end, "å")) {
        *ret = civil_date_add_months(today, (int)n * 12);
        end += strlen("å");
    } else if (*end == 'm') {
        *ret = civil_date_add_months(today, (int)n);
        end++;
    } else if (*end == 'd' || *end == 'v') {
        *ret = civil_date_add_days(today, (int)(*end == 'v' ? n * 7 : n));
        end++;
    } else {
        return FALSE;
    }
    *ret_rest = end;
    return TRUE;
}

static gboolean clock_text(const char *text, CivilTime *ret)
{
    if (strlen(text) != 5 || text[2] != ':')
        return FALSE;
    int hour = (text[0] - '0') * 10 + text[1] - '0', minute = (text[3] - '0') * 10 + text[4] - '0';
    *ret = (CivilTime){(guint8)hour, (guint8)minute, 0};
    return hour >= 0 && hour < 24 && minute >= 0 && minute < 60;
}

gboolean seed_time(const SeedChart *c, const SeedLine *l, const char *text, SeedTime *ret,
                   GError **error)
{
    return seed_time_from(c, l, text, c->seed->today, ret, error);
}

gboolean seed_time_from(const SeedChart *c, const SeedLine *l, const char *text, CivilDate today,
                        SeedTime *ret, GError **error)
{
    const char *rest = NULL;
    if (!seed_offset_days(text, today, &ret->date, &rest))
        return seed_complain(l, error, "\"%s\" is no time such as -3d 14:05", text);
    ret->unit = strstr(text, "å") ? 'y' : strchr(text, 'm') ? 'm' : 'd';
    int away = civil_date_days_between(ret->date, today);
    if (c->shift && away > 6)
        ret->date = civil_date_add_days(ret->date, -c->shift);
    if (c->born && civil_date_compare(ret->date, c->birth) < 0)
        ret->date = c->birth;
    g_autofree char *clock = g_strstrip(g_strdup(rest));
    CivilTime time = {12, 0, 0};
    ret->timed = *clock != '\0';
    if (ret->timed && !clock_text(clock, &time))
        return seed_complain(l, error, "\"%s\" is no time of day", clock);
    ret->instant = instant_from_civil(ret->date, time, FALSE);
    if (ret->timed) /* today's entries only move back, so that a morning has no future in it */
        ret->instant += (gint64)(away == 0 ? -ABS(c->jitter) : c->jitter) * 60 * G_USEC_PER_SEC;
    return TRUE;
}

void seed_b_when(FhirBuild *b, const char *key, const SeedTime *t)
{
    if (t->timed)
        fhir_b_instant(b, key, t->instant);
    else
        fhir_b_date(b, key, t->date);
}

void seed_b_as_known(FhirBuild *b, const char *key, const SeedTime *t)
{
    g_autofree char *date = civil_date_to_text(t->date);
    date[t->unit == 'y' ? 4 : t->unit == 'm' ? 7 : 10] = '\0';
    fhir_b_string(b, key, date);
}
