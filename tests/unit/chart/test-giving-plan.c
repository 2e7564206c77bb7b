/* SPDX-License-Identifier: GPL-3.0-or-later
 * The doses of an order: each once, with an identity that does not depend on when it is reckoned, over the changes to and
 * from summer time and around midnight. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "chart/giving-plan.h"

enum { DAYS = 2000, ORDERS = 60 };

static const GivingHours *hours(void)
{
    g_autoptr(GError) error = NULL;
    const GivingHours *h = giving_hours(&error);
    cr_assert_not_null(h, "%s", error ? error->message : "");
    return h;
}

static Instant at(const char *text)
{
    FhirTime t;
    cr_assert(fhir_time_parse(text, &t));
    return t.instant;
}

static Order *order_of(TimingKind timing, const char *start)
{
    Order *o = order_new();
    o->timing = timing;
    o->start = at(start);
    o->unit = "mg";
    order_add_step(o, decimal_from_int(1), (Decimal){0}, 0);
    return o;
}

static char *keys(const Order *o, const char *from, const char *to)
{
    g_autoptr(GArray) plan = giving_plan(o, hours(), at(from), at(to));
    GString *s = g_string_new(NULL);
    for (guint i = 0; i < plan->len; i++)
        g_string_append_printf(s, "%s%s", i ? " " : "", g_array_index(plan, PlannedDose, i).key);
    return g_string_free(s, FALSE);
}

static void expect(const Order *o, const char *from, const char *to, const char *wanted)
{
    g_autofree char *is = keys(o, from, to);
    cr_expect_str_eq(is, wanted);
}

Test(giving_plan, missing_hour, .timeout = 10)
{
    g_autoptr(Order) o = order_of(TIMING_CLOCK, "2026-03-01T08:00:00+01:00");
    o->clock[o->clocks++] = (CivilTime){2, 30, 0};
    expect(o, "2026-03-28T00:00:00+01:00", "2026-03-31T00:00:00+02:00", "2026-03-28T02:30 2026-03-29T02:30 2026-03-30T02:30");
    g_autoptr(GArray) plan = giving_plan(o, hours(), at("2026-03-29T00:00:00+01:00"), at("2026-03-30T00:00:00+02:00"));
    cr_assert_eq(plan->len, 1);
    cr_expect_eq(g_array_index(plan, PlannedDose, 0).at, at("2026-03-29T03:30:00+02:00"));
}

Test(giving_plan, double_hour, .timeout = 10)
{
    g_autoptr(Order) o = order_of(TIMING_CLOCK, "2026-10-01T08:00:00+02:00"), hourly = order_of(TIMING_INTERVAL, "2026-10-24T22:30:00+02:00");
    o->clock[o->clocks++] = (CivilTime){2, 30, 0};
    hourly->period = 1;
    hourly->period_unit = 'h';
    expect(o, "2026-10-24T00:00:00+02:00", "2026-10-27T00:00:00+01:00", "2026-10-24T02:30 2026-10-25T02:30a 2026-10-26T02:30");
    expect(hourly, "2026-10-25T01:00:00+02:00", "2026-10-25T04:00:00+01:00",
           "2026-10-25T01:30 2026-10-25T02:30a 2026-10-25T02:30b 2026-10-25T03:30");
}

Test(giving_plan, midnight, .timeout = 10)
{
    g_autoptr(Order) o = order_of(TIMING_INTERVAL, "2026-11-09T18:00:00+01:00"), none = order_of(TIMING_CLOCK, "2026-11-09T18:00:00+01:00");
    o->period = 6;
    o->period_unit = 'h';
    none->clock[none->clocks++] = (CivilTime){0, 0, 0};
    expect(o, "2026-11-09T00:00:00+01:00", "2026-11-10T07:00:00+01:00", "2026-11-09T18:00 2026-11-10T00:00 2026-11-10T06:00");
    expect(none, "2026-11-09T00:00:00+01:00", "2026-11-11T00:00:01+01:00", "2026-11-10T00:00 2026-11-11T00:00");
    none->stop = (CivilDate){2026, 11, 10};
    expect(none, "2026-11-09T00:00:00+01:00", "2026-11-12T00:00:00+01:00", "2026-11-10T00:00");
}

Test(giving_plan, kinds, .timeout = 10)
{
    g_autoptr(Order) taper = order_of(TIMING_FREQUENCY, "2026-11-09T06:00:00+01:00"), stat = order_of(TIMING_ONCE, "2026-11-09T18:00:00+01:00"),
                     needed = order_of(TIMING_BEDTIME, "2026-11-09T18:00:00+01:00"), days = order_of(TIMING_FREQUENCY, "2026-11-09T06:00:00+01:00");
    taper->frequency = taper->period = 1;
    taper->period_unit = 'd';
    taper->steps[0].days = 2;
    order_add_step(taper, decimal_from_int(5), (Decimal){0}, 1);
    expect(taper, "2026-11-09T00:00:00+01:00", "2026-11-20T00:00:00+01:00", "2026-11-09T08:00 2026-11-10T08:00 2026-11-11T08:00");
    g_autoptr(GArray) plan = giving_plan(taper, hours(), at("2026-11-11T00:00:00+01:00"), at("2026-11-12T00:00:00+01:00"));
    cr_expect_eq(decimal_compare(g_array_index(plan, PlannedDose, 0).low, decimal_from_int(5)), 0);
    expect(stat, "2026-11-10T00:00:00+01:00", "2026-11-12T00:00:00+01:00", "engång");
    needed->as_needed = TRUE;
    expect(needed, "2026-11-10T00:00:00+01:00", "2026-11-12T00:00:00+01:00", "vb");
    days->weekdays = 1 << 0 | 1 << 2; /* Monday, Wednesday */
    days->frequency = 2;
    days->period = 1;
    days->period_unit = 'w';
    expect(days, "2026-11-09T00:00:00+01:00", "2026-11-16T00:00:00+01:00", "2026-11-09T08:00 2026-11-11T08:00");
}

/* ---- property: over the years ---- */

static Order *any_order(GRand *r)
{
    static const TimingKind kinds[] = {TIMING_FREQUENCY, TIMING_INTERVAL, TIMING_SLOTS, TIMING_BEDTIME, TIMING_CLOCK};
    Order *o = order_new();
    o->timing = kinds[g_rand_int_range(r, 0, G_N_ELEMENTS(kinds))];
    o->start = at("2023-01-01T00:00:00+01:00") + g_rand_int_range(r, 0, 400 * 24 * 60) * G_TIME_SPAN_MINUTE;
    o->unit = "mg";
    order_add_step(o, decimal_from_int(1), (Decimal){0}, 0);
    o->frequency = g_rand_int_range(r, 1, 7);
    o->period = 1;
    o->period_unit = 'd';
    if (o->timing == TIMING_INTERVAL) {
        o->period_unit = "hd"[g_rand_int_range(r, 0, 2)];
        o->period = g_rand_int_range(r, 1, o->period_unit == 'h' ? 73 : 8);
        o->frequency = 1;
    }
    for (int i = 0; o->timing == TIMING_SLOTS && i < ORDER_SLOTS; i++)
        if (i == 0 || g_rand_boolean(r))
            o->slot[i] = decimal_from_int(1);
    for (int i = 0; o->timing == TIMING_CLOCK && i < 3; i++)
        o->clock[o->clocks++] = (CivilTime){(guint8)(i * 8 + g_rand_int_range(r, 0, 8)), (guint8)g_rand_int_range(r, 0, 60), 0};
    if (g_rand_int_range(r, 0, 3) == 0)
        o->weekdays = o->timing == TIMING_CLOCK ? 0x15 : 0;
    return o;
}

/* A second reckoning: how many a civil day has, by counting. */
static int wanted_on(const Order *o, CivilDate d)
{
    int day = civil_date_days_between(civil_date_at(o->start), d), n = 0;
    if (o->weekdays && !(o->weekdays >> (civil_date_weekday(d) - 1) & 1))
        return 0;
    switch (o->timing) {
    case TIMING_FREQUENCY:
        return o->frequency;
    case TIMING_BEDTIME:
        return 1;
    case TIMING_CLOCK:
        return (int)o->clocks;
    case TIMING_SLOTS:
        for (int i = 0; i < ORDER_SLOTS; i++)
            n += o->slot[i].valid;
        return n;
    default:
        return o->period_unit == 'd' ? day % o->period == 0 : o->period % 24 == 0 ? day % (o->period / 24) == 0 : -1;
    }
}

static void judge(const Order *o, guint32 seed)
{
    CivilDate first = civil_date_add_days(civil_date_at(o->start), 1);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Instant last = INSTANT_NONE;
    guint total = 0;
    for (int i = 0; i < DAYS; i++) {
        CivilDate d = civil_date_add_days(first, i);
        g_autoptr(GArray) day = giving_plan(o, hours(), instant_day_start(d), instant_day_start(civil_date_add_days(d, 1)));
        int wanted = wanted_on(o, d);
        cr_assert(wanted < 0 || (int)day->len == wanted, "seed %u: %d-%02d-%02d has %u doses, not %d", seed, d.year, d.month, d.day, day->len, wanted);
        for (guint k = 0; k < day->len; k++) {
            const PlannedDose *p = &g_array_index(day, PlannedDose, k);
            cr_assert(g_hash_table_add(seen, g_strdup(p->key)), "seed %u: %s twice", seed, p->key);
            cr_assert(wanted >= 0 || last == INSTANT_NONE || p->at - last == o->period * G_TIME_SPAN_HOUR, "seed %u: %s after %" G_GINT64_FORMAT, seed,
                      p->key, (p->at - last) / G_TIME_SPAN_MINUTE);
            last = p->at;
        }
        total += day->len;
    }
    /* reckoned in one go they are the same */
    g_autoptr(GArray) all = giving_plan(o, hours(), instant_day_start(first), instant_day_start(civil_date_add_days(first, DAYS)));
    cr_assert_eq(all->len, total, "seed %u: %u in one go, %u day by day", seed, all->len, total);
    for (guint k = 0; k < all->len; k++)
        cr_assert(g_hash_table_contains(seen, g_array_index(all, PlannedDose, k).key), "seed %u", seed);
}

Test(giving_plan, none_lost_none_doubled, .timeout = 60)
{
    const char *said = g_getenv("ROND_SEED");
    guint32 seed = said ? (guint32)g_ascii_strtoull(said, NULL, 10) : (guint32)g_get_real_time();
    g_autoptr(GRand) r = g_rand_new_with_seed(seed);
    fprintf(stderr, "giving-plan seed %u\n", seed);
    for (int i = 0; i < ORDERS; i++) {
        g_autoptr(Order) o = any_order(r);
        judge(o, seed);
    }
}
