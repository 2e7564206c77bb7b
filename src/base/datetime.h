/* SPDX-License-Identifier: GPL-3.0-or-later
 * base/datetime.h — time with types: an instant (UTC, on the wire), a civil date and a civil
 * time in Europe/Stockholm (on screen, in dose and booking logic). The zone is fixed and does not
 * follow the terminal's TZ. Pure; "now" is always an argument. */
#pragma once
#include <glib.h>

typedef gint64 Instant; /* microseconds since 1970-01-01T00:00Z */
#define INSTANT_NONE G_MININT64

typedef struct {
    gint16 year;
    guint8 month, day; /* 1-12, 1-31; year 0 = no date */
} CivilDate;

typedef struct {
    guint8 hour, minute, second;
} CivilTime;

/* Europe/Stockholm */
CivilDate civil_date_at(Instant t);
CivilTime civil_time_at(Instant t);
/* The instant of a civil time. In the missing hour of spring the time is moved forward an hour;
 * in the double hour of autumn @second_pass picks the later one. */
Instant instant_from_civil(CivilDate d, CivilTime t, gboolean second_pass);
Instant instant_day_start(CivilDate d);
/* So many days later at the same minute of the clock on the wall, whatever daylight saving did meanwhile. */
Instant instant_add_days(Instant t, int days);
/* Offset of Stockholm from UTC in minutes at @t (60 or 120 for modern dates). */
int stockholm_offset_minutes(Instant t);

gboolean civil_date_valid(CivilDate d);
CivilDate civil_date_add_days(CivilDate d, int days);
CivilDate civil_date_add_months(CivilDate d, int months); /* 31 Jan + 1 month = last of Feb */
int civil_date_days_between(CivilDate from, CivilDate to); /* to - from */
int civil_date_compare(CivilDate a, CivilDate b);
int civil_date_weekday(CivilDate d); /* 1 = Monday … 7 = Sunday */
int civil_date_iso_week(CivilDate d, int *ret_year); /* ret_year may be NULL */
/* Swedish public holidays (röda dagar) as fixed by lag 1989:253: every Sunday, the fixed days and
 * those that follow Easter. */
gboolean civil_date_is_holiday(CivilDate d);
/* Its name (msgid, for _()); NULL for other days and for a Sunday that has no name of its own. */
const char *civil_date_holiday_name(CivilDate d);
/* Age at @on in whole years / months / days. */
void civil_age(CivilDate birth, CivilDate on, int *ret_years, int *ret_months, int *ret_days);

/* FHIR date, dateTime, instant. Precision is kept: "2019" is a year, not 1 January. */
typedef enum { FHIR_TIME_YEAR, FHIR_TIME_MONTH, FHIR_TIME_DAY, FHIR_TIME_SECOND } TimePrecision;
typedef struct {
    CivilDate date;          /* month/day = 1 when not given */
    Instant instant;         /* start of the period named, Stockholm where no zone is given */
    TimePrecision precision;
} FhirTime;
gboolean fhir_time_parse(const char *text, FhirTime *ret);
/* Exclusive end of the period that @t names (search semantics: 2019 = the whole year). */
Instant fhir_time_end(const FhirTime *t);
/* "2026-11-21T07:42:10.123+01:00"; newly allocated. */
char *instant_to_fhir(Instant t);
char *civil_date_to_text(CivilDate d); /* 2026-11-21; newly allocated */
gboolean civil_date_parse(const char *text, CivilDate *ret); /* 2026-11-21 or 20261121 */

/* The same in every language, Stockholm time: "07:42", "2026-11-21 07:42". Newly allocated, and so are
 * the forms below. */
char *instant_to_hhmm(Instant t);
char *instant_to_minute(Instant t);
/* "21 nov", "20 nov 2019" when the year differs from @today; Swedish or English month by @lang
 * ("sv" or "en"). */
char *civil_date_short(CivilDate d, CivilDate today, const char *lang);
/* "mån" … "sön" / "Mon" …; @weekday 1 = Monday. Borrowed. */
const char *weekday_short(int weekday, const char *lang);
