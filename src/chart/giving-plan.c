/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/giving-plan.h"

#include <stdlib.h>
#include <string.h>

#include "base/table.h"
#include "base/xdg.h"

enum { MOST_A_DAY = 24, DAY_MINUTES = 24 * 60 };

typedef struct {
    guint n;
    CivilTime at[MOST_A_DAY];
} Times;

struct GivingHours {
    GHashTable *of; /* "2", "kväll" → Times* */
};

/* ---- the ward's hours ---- */

static int by_clock(gconstpointer a, gconstpointer b)
{
    const CivilTime *x = a, *y = b;
    return (x->hour * 60 + x->minute) - (y->hour * 60 + y->minute);
}

static gboolean read_times(const char *text, Times *ret)
{
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);
    for (char **p = parts; *p; p++) {
        guint64 hour = g_ascii_strtoull(*p, NULL, 10), minute = strlen(*p) == 5 ? g_ascii_strtoull(*p + 3, NULL, 10) : 60;
        if (ret->n == MOST_A_DAY || hour > 23 || minute > 59 || (*p)[2] != ':')
            return FALSE;
        ret->at[ret->n++] = (CivilTime){(guint8)hour, (guint8)minute, 0};
    }
    qsort(ret->at, ret->n, sizeof(CivilTime), by_clock);
    return ret->n > 0;
}

static const char *const needed[] = {"1", "morgon", "middag", "kväll", "natt", "till natten", "frukost", "lunch", "middagsmål", "måltid"};

const GivingHours *giving_hours(GError **error)
{
    static GivingHours hours;
    if (hours.of)
        return &hours;
    g_autofree char *path = data_path("giving/hours.tsv");
    g_autoptr(Table) t = table_load(path, 0, error);
    g_autoptr(GHashTable) of = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (guint i = 0; t && i < table_rows(t); i++) {
        Times *times = g_new0(Times, 1);
        g_hash_table_insert(of, g_strdup(table_cell(t, i, "what")), times);
        if (!read_times(table_cell(t, i, "hours"), times)) {
            table_refuse(t, i, error);
            return NULL;
        }
    }
    for (gsize i = 0; t && i < G_N_ELEMENTS(needed); i++)
        if (!g_hash_table_contains(of, needed[i])) {
            g_set_error(error, TABLE_ERROR, TABLE_ERROR_ROW, "%s has no row for %s", path, needed[i]);
            return NULL;
        }
    hours.of = t ? g_steal_pointer(&of) : NULL;
    return t ? &hours : NULL;
}

/* So many times a day; what the ward has no row for is spread evenly. */
static Times times_a_day(const GivingHours *h, int n)
{
    g_autofree char *key = g_strdup_printf("%d", n);
    const Times *said = g_hash_table_lookup(h->of, key);
    Times even = {.n = (guint)CLAMP(n, 1, MOST_A_DAY)};
    if (said)
        return *said;
    for (guint i = 0; i < even.n; i++) {
        guint minute = (8 * 60 + i * DAY_MINUTES / even.n) % DAY_MINUTES;
        even.at[i] = (CivilTime){(guint8)(minute / 60), (guint8)(minute % 60), 0};
    }
    qsort(even.at, even.n, sizeof(CivilTime), by_clock);
    return even;
}

static Times times_named(const GivingHours *h, const char *what)
{
    return *(const Times *)g_hash_table_lookup(h->of, what);
}

/* "ACM" with 30: half an hour before breakfast. */
static Times times_of_meal(const GivingHours *h, const Order *o)
{
    const char *meal = o->meal;
    char side = meal[0] == 'C' ? 'C' : meal[0], which = meal[strlen(meal) - 1];
    const char *name = which == 'M' ? "frukost" : which == 'D' ? "lunch" : which == 'V' ? "middagsmål" : "måltid";
    Times t = strcmp(name, "måltid") || o->frequency == 3 ? times_named(h, name) : times_a_day(h, o->frequency);
    int shift = side == 'A' ? -o->meal_minutes : side == 'P' ? o->meal_minutes : 0;
    for (guint i = 0; i < t.n; i++) {
        int minute = CLAMP(t.at[i].hour * 60 + t.at[i].minute + shift, 0, DAY_MINUTES - 1);
        t.at[i] = (CivilTime){(guint8)(minute / 60), (guint8)(minute % 60), 0};
    }
    return t;
}

/* The clock of a day on which the order is given. */
static Times times_of(const GivingHours *h, const Order *o)
{
    Times t = {0};
    if (o->meal)
        return times_of_meal(h, o);
    switch (o->timing) {
    case TIMING_CLOCK:
        t.n = MIN(o->clocks, MOST_A_DAY);
        memcpy(t.at, o->clock, sizeof(CivilTime) * t.n);
        return t;
    case TIMING_BEDTIME:
        return times_named(h, "till natten");
    case TIMING_FREQUENCY:
        return times_a_day(h, o->period_unit == 'w' ? 1 : MAX(o->frequency, o->frequency_max));
    case TIMING_INTERVAL:
        if (o->period_unit == 'h') {
            CivilTime start = civil_time_at(o->start);
            t.n = 1;
            t.at[0] = (CivilTime){start.hour, start.minute, 0};
            return t;
        }
        return times_a_day(h, 1);
    case TIMING_NONE:
    case TIMING_SLOTS:
    case TIMING_ONCE:
    case TIMING_CONTINUOUS:
    case TIMING_FREE:
        break;
    }
    return times_a_day(h, 1);
}

/* ---- which days ---- */

/* Of a taper the step of that day; NULL: it is over. */
static const OrderStep *step_of(const Order *o, int day)
{
    guint first = o->load_first && o->step_count > 1 ? 1 : 0;
    for (guint i = first; i < o->step_count; i++) {
        if (o->steps[i].days == 0 || day < o->steps[i].days)
            return &o->steps[i];
        day -= o->steps[i].days;
    }
    return NULL;
}

static int days_apart(const Order *o)
{
    if (o->timing != TIMING_INTERVAL)
        return 1;
    return o->period_unit == 'h' ? o->period / 24 : o->period_unit == 'w' ? o->period * 7 : o->period;
}

/* "3 times a week" and no days said: spread from the first day on. */
static gboolean of_the_week(int day, int times)
{
    return day % 7 == 0 || day % 7 * times / 7 != (day % 7 - 1) * times / 7;
}

static gboolean given_on(const Order *o, CivilDate d, int day)
{
    if (day < 0 || (o->stop.year != 0 && civil_date_compare(d, o->stop) > 0))
        return FALSE;
    if (o->weekdays && !(o->weekdays & (1u << (civil_date_weekday(d) - 1))))
        return FALSE;
    if (o->cycle_days > 0 && day % (o->cycle_days + o->rest_days) >= o->cycle_days)
        return FALSE;
    if (!o->weekdays && o->timing == TIMING_FREQUENCY && o->period_unit == 'w')
        return of_the_week(day, MAX(o->frequency, o->frequency_max));
    return day % MAX(days_apart(o), 1) == 0;
}

/* ---- the doses ---- */

void giving_key(Instant at, CivilDate day, CivilTime time, char key[24])
{
    Instant first = instant_from_civil(day, time, FALSE), second = instant_from_civil(day, time, TRUE);
    const char *pass = first == second ? "" : at - first < G_TIME_SPAN_HOUR ? "a" : "b";
    g_snprintf(key, 24, "%04d-%02u-%02uT%02u:%02u%s", day.year, day.month, day.day, time.hour, time.minute, pass);
}

static void add(GArray *out, PlannedDose d, Instant from, Instant to)
{
    if (d.at >= from && d.at < to)
        g_array_append_val(out, d);
}

static void add_by_clock(GArray *out, const Order *o, CivilDate day, CivilTime time, Decimal low, Decimal high, Instant from, Instant to)
{
    PlannedDose d = {.kind = DOSE_PLANNED, .at = instant_from_civil(day, time, FALSE), .low = low, .high = high};
    Instant begins = o->start - o->start % G_TIME_SPAN_MINUTE; /* the minute in which it was ordered */
    giving_key(d.at, day, time, d.key);
    if (d.at >= begins)
        add(out, d, from, to);
}

static void add_day(GArray *out, const Order *o, const GivingHours *h, CivilDate d, Instant from, Instant to)
{
    static const char *const slots[ORDER_SLOTS] = {"morgon", "middag", "kväll", "natt"};
    int day = civil_date_days_between(civil_date_at(o->start), d);
    if (!given_on(o, d, day))
        return;
    if (o->timing == TIMING_SLOTS) {
        for (int i = 0; i < ORDER_SLOTS; i++) {
            Times t = times_named(h, slots[i]);
            for (guint k = 0; o->slot[i].valid && !decimal_is_zero(o->slot[i]) && k < t.n; k++)
                add_by_clock(out, o, d, t.at[k], o->slot[i], (Decimal){0}, from, to);
        }
        return;
    }
    const OrderStep *step = step_of(o, day);
    Times t = times_of(h, o);
    for (guint k = 0; step && k < t.n; k++)
        add_by_clock(out, o, d, t.at[k], step->low, step->high, from, to);
}

static gboolean by_hours(const Order *o)
{
    return o->timing == TIMING_INTERVAL && o->period_unit == 'h' && o->period % 24 != 0;
}

/* So many hours between two doses, whatever the clock on the wall does meanwhile. */
static void add_hours(GArray *out, const Order *o, Instant from, Instant to)
{
    Instant every = o->period * G_TIME_SPAN_HOUR, start = o->start - o->start % G_TIME_SPAN_MINUTE;
    Instant n = from > start ? (from - start) / every : 0;
    for (Instant at = start + n * every; at < to; at += every) {
        CivilDate day = civil_date_at(at);
        CivilTime time = civil_time_at(at);
        const OrderStep *step = step_of(o, civil_date_days_between(civil_date_at(o->start), day));
        if (!step || (o->stop.year != 0 && civil_date_compare(day, o->stop) > 0))
            return;
        PlannedDose d = {.kind = DOSE_PLANNED, .at = at, .low = step->low, .high = step->high};
        giving_key(at, day, (CivilTime){time.hour, time.minute, 0}, d.key);
        add(out, d, from, to);
    }
}

/* Nothing in the order says when: what it is, and how much. */
static void add_without_time(GArray *out, const Order *o, DoseKindOf kind, const char *key, guint step)
{
    PlannedDose d = {.kind = kind, .at = kind == DOSE_NEEDED || kind == DOSE_FREE ? INSTANT_NONE : o->start};
    g_strlcpy(d.key, key, sizeof d.key);
    if (step < o->step_count) {
        d.low = o->steps[step].low;
        d.high = o->steps[step].high;
    }
    for (int i = 0; !d.low.valid && o->timing == TIMING_SLOTS && i < ORDER_SLOTS; i++)
        d.low = o->slot[i];
    g_array_append_val(out, d);
}

static int by_time(gconstpointer a, gconstpointer b)
{
    const PlannedDose *x = a, *y = b;
    return x->at != y->at ? (x->at < y->at ? -1 : 1) : strcmp(x->key, y->key);
}

GArray *giving_plan(const Order *o, const GivingHours *hours, Instant from, Instant to)
{
    GArray *out = g_array_new(FALSE, TRUE, sizeof(PlannedDose));
    gboolean within = (o->stop.year == 0 || civil_date_compare(civil_date_at(from), o->stop) <= 0) && o->start < to;
    if (o->timing == TIMING_FREE && within)
        add_without_time(out, o, DOSE_FREE, "fritext", 0);
    if (o->timing == TIMING_CONTINUOUS && within)
        add_without_time(out, o, DOSE_INFUSION, "infusion", 0);
    gboolean once = o->timing == TIMING_ONCE && !o->as_needed;
    if ((once || o->load_first) && o->start < to)
        add_without_time(out, o, DOSE_ONCE, "engång", 0);
    if (o->as_needed && within)
        add_without_time(out, o, DOSE_NEEDED, "vb", o->load_first ? 1 : 0);
    if (o->as_needed || o->timing == TIMING_NONE || o->timing == TIMING_ONCE || o->timing == TIMING_CONTINUOUS || o->timing == TIMING_FREE)
        return out;
    if (by_hours(o)) {
        add_hours(out, o, from, to);
    } else {
        CivilDate last = civil_date_at(to);
        for (CivilDate d = civil_date_add_days(civil_date_at(from), -1); civil_date_compare(d, last) <= 0; d = civil_date_add_days(d, 1))
            add_day(out, o, hours, d, from, to);
    }
    g_array_sort(out, by_time);
    return out;
}
