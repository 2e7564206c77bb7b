/* SPDX-License-Identifier: GPL-3.0-or-later
 * NEWS2: every boundary, whom it is not for, and which of its scales holds. */
#include "chart/vitals-fixture.h"

/* A person with nothing to score. */
static News2Input normal(void)
{
    News2Input in = {.oxygen = 0, .consciousness = 'A', .age = 40};
    in.value[NEWS2_RESPIRATION] = dec("16");
    in.value[NEWS2_SATURATION] = dec("97");
    in.value[NEWS2_SYSTOLIC] = dec("120");
    in.value[NEWS2_PULSE] = dec("70");
    in.value[NEWS2_TEMPERATURE] = dec("37.0");
    return in;
}

/* Every boundary of the published chart, both sides. */
static const struct {
    News2Part part;
    gboolean scale2;
    int oxygen;
    const char *value;
    int points;
} bounds[] = {
    {NEWS2_RESPIRATION, 0, 0, "8", 3},    {NEWS2_RESPIRATION, 0, 0, "9", 1},
    {NEWS2_RESPIRATION, 0, 0, "11", 1},   {NEWS2_RESPIRATION, 0, 0, "12", 0},
    {NEWS2_RESPIRATION, 0, 0, "20", 0},   {NEWS2_RESPIRATION, 0, 0, "21", 2},
    {NEWS2_RESPIRATION, 0, 0, "24", 2},   {NEWS2_RESPIRATION, 0, 0, "25", 3},
    {NEWS2_SATURATION, 0, 0, "91", 3},    {NEWS2_SATURATION, 0, 0, "92", 2},
    {NEWS2_SATURATION, 0, 0, "93", 2},    {NEWS2_SATURATION, 0, 0, "94", 1},
    {NEWS2_SATURATION, 0, 0, "95", 1},    {NEWS2_SATURATION, 0, 0, "96", 0},
    {NEWS2_SATURATION, 0, 1, "96", 0},    {NEWS2_SATURATION, 0, 0, "100", 0},
    {NEWS2_SATURATION, 1, 0, "83", 3},    {NEWS2_SATURATION, 1, 0, "84", 2},
    {NEWS2_SATURATION, 1, 0, "85", 2},    {NEWS2_SATURATION, 1, 0, "86", 1},
    {NEWS2_SATURATION, 1, 0, "87", 1},    {NEWS2_SATURATION, 1, 0, "88", 0},
    {NEWS2_SATURATION, 1, 0, "92", 0},    {NEWS2_SATURATION, 1, 0, "93", 0},
    {NEWS2_SATURATION, 1, 0, "100", 0},   {NEWS2_SATURATION, 1, 1, "83", 3},
    {NEWS2_SATURATION, 1, 1, "84", 2},    {NEWS2_SATURATION, 1, 1, "87", 1},
    {NEWS2_SATURATION, 1, 1, "88", 0},    {NEWS2_SATURATION, 1, 1, "92", 0},
    {NEWS2_SATURATION, 1, 1, "93", 1},    {NEWS2_SATURATION, 1, 1, "94", 1},
    {NEWS2_SATURATION, 1, 1, "95", 2},    {NEWS2_SATURATION, 1, 1, "96", 2},
    {NEWS2_SATURATION, 1, 1, "97", 3},    {NEWS2_SATURATION, 1, 1, "100", 3},
    {NEWS2_SYSTOLIC, 0, 0, "90", 3},      {NEWS2_SYSTOLIC, 0, 0, "91", 2},
    {NEWS2_SYSTOLIC, 0, 0, "100", 2},     {NEWS2_SYSTOLIC, 0, 0, "101", 1},
    {NEWS2_SYSTOLIC, 0, 0, "110", 1},     {NEWS2_SYSTOLIC, 0, 0, "111", 0},
    {NEWS2_SYSTOLIC, 0, 0, "219", 0},     {NEWS2_SYSTOLIC, 0, 0, "220", 3},
    {NEWS2_PULSE, 0, 0, "40", 3},         {NEWS2_PULSE, 0, 0, "41", 1},
    {NEWS2_PULSE, 0, 0, "50", 1},         {NEWS2_PULSE, 0, 0, "51", 0},
    {NEWS2_PULSE, 0, 0, "90", 0},         {NEWS2_PULSE, 0, 0, "91", 1},
    {NEWS2_PULSE, 0, 0, "110", 1},        {NEWS2_PULSE, 0, 0, "111", 2},
    {NEWS2_PULSE, 0, 0, "130", 2},        {NEWS2_PULSE, 0, 0, "131", 3},
    {NEWS2_TEMPERATURE, 0, 0, "35.0", 3}, {NEWS2_TEMPERATURE, 0, 0, "35.1", 1},
    {NEWS2_TEMPERATURE, 0, 0, "36.0", 1}, {NEWS2_TEMPERATURE, 0, 0, "36.1", 0},
    {NEWS2_TEMPERATURE, 0, 0, "38.0", 0}, {NEWS2_TEMPERATURE, 0, 0, "38.1", 1},
    {NEWS2_TEMPERATURE, 0, 0, "39.0", 1}, {NEWS2_TEMPERATURE, 0, 0, "39.1", 2},
};

Test(news2, every_boundary_of_both_scales)
{
    for (gsize i = 0; i < G_N_ELEMENTS(bounds); i++) {
        News2Input in = normal();
        if (bounds[i].scale2)
            in.value[NEWS2_SATURATION] = dec("90");
        in.scale2 = bounds[i].scale2;
        in.oxygen = bounds[i].oxygen;
        in.value[bounds[i].part] = dec(bounds[i].value);
        News2 n = news2(&in);
        cr_expect_eq(n.points[bounds[i].part], bounds[i].points, "%s %s scale %d oxygen %d: %d",
                     news2_part_name(bounds[i].part), bounds[i].value, 1 + bounds[i].scale2,
                     bounds[i].oxygen, n.points[bounds[i].part]);
        cr_expect_eq(n.total, bounds[i].points + 2 * bounds[i].oxygen);
    }
    for (const char *c = "ACVPU"; *c != '\0'; c++) {
        News2Input in = normal();
        in.consciousness = *c;
        cr_expect_eq(news2(&in).total, *c == 'A' ? 0 : 3);
    }
}

Test(news2, an_incomplete_set_has_no_sum_and_names_what_is_missing)
{
    for (int part = 0; part < NEWS2_PARTS; part++) {
        News2Input in = normal();
        in.value[part] = (Decimal){0};
        if (part == NEWS2_OXYGEN)
            in.oxygen = -1;
        if (part == NEWS2_CONSCIOUSNESS)
            in.consciousness = 0;
        News2 n = news2(&in);
        cr_expect_eq(n.status, NEWS2_INCOMPLETE);
        cr_expect_eq(n.total, -1);
        for (int other = 0; other < NEWS2_PARTS; other++)
            cr_expect_eq(n.points[other] < 0, other == part, "%s", news2_part_name(other));
    }
}

Test(news2, who_it_is_not_for)
{
    News2Input in = normal();
    in.age = 15;
    cr_expect_eq(news2(&in).status, NEWS2_CHILD);
    cr_expect_eq(news2(&in).total, -1);
    in.age = 16;
    cr_expect_eq(news2(&in).total, 0);
    in.pregnant = TRUE;
    cr_expect_eq(news2(&in).status, NEWS2_PREGNANT);
    in = normal();
    in.age = -1;
    cr_expect_eq(news2(&in).status, NEWS2_NO_AGE);
}

Test(news2, risk)
{
    News2Input in = normal();
    cr_expect_eq(news2(&in).risk, NEWS2_LOW);
    in.value[NEWS2_PULSE] = dec("131");
    cr_expect_eq(news2(&in).risk, NEWS2_LOW_MEDIUM, "a single 3");
    in.oxygen = 1;
    cr_expect_eq(news2(&in).risk, NEWS2_MEDIUM);
    in.value[NEWS2_RESPIRATION] = dec("21");
    cr_expect_eq(news2(&in).total, 7);
    cr_expect_eq(news2(&in).risk, NEWS2_HIGH);
}

#define PATIENT "{\"resourceType\":\"Patient\",\"birthDate\":\"1950-01-01\"}"

static int latest_sum(const FhirResource *patient, const GPtrArray *set, Instant now)
{
    News2 newest;
    return news2_latest(patient, set, news2_orders_none(), now, &newest).total;
}

Test(news2, from_the_record)
{
    g_autoptr(FhirResource) p = resource(PATIENT);
    g_autoptr(FhirResource) child =
        resource("{\"resourceType\":\"Patient\",\"birthDate\":\"2015\"}");
    g_autoptr(FhirResource) ageless = resource("{\"resourceType\":\"Patient\"}");
    Instant now = at("2026-11-21T08:00:00+01:00");
    g_autoptr(GPtrArray) set = whole_set("07:40", "Cel");
    News2 n = news2_from_observations(p, set, news2_orders_none(), now);
    cr_expect_eq(n.status, NEWS2_COMPLETE);
    cr_expect_eq(n.total, 3 + 2 + 2 + 0 + 1 + 3 + 0);
    cr_expect_eq(n.measured, at("2026-11-21T07:40:00+01:00"));
    cr_expect_eq(latest_sum(p, set, now), 11);
    cr_expect_eq(latest_sum(child, set, now), -1);
    cr_expect_eq(latest_sum(ageless, set, now), -1);
    cr_expect_eq(latest_sum(p, set, at("2026-11-21T07:00:00+01:00")), -1, "not yet");
    g_autoptr(GPtrArray) old = whole_set("06:39", "Cel");
    n = news2_from_observations(p, old, news2_orders_none(), now);
    cr_expect_eq(n.status, NEWS2_INCOMPLETE);
    cr_expect_eq(n.points[NEWS2_TEMPERATURE], -1, "measured over an hour before the rest");
    g_ptr_array_insert(old, 0, g_ptr_array_steal_index(old, 4));
    n = news2_from_observations(p, old, news2_orders_none(), now);
    cr_expect_eq(n.points[NEWS2_TEMPERATURE], -1, "whatever the order in which the core sends them");
    add_number(set, "9279-1", "04:00", "40", "/min");
    cr_expect_eq(latest_sum(p, set, now), 11, "an older value, read last");
    g_ptr_array_insert(set, 0, g_ptr_array_steal_index(set, set->len - 1));
    cr_expect_eq(latest_sum(p, set, now), 11, "and read first");
    g_autoptr(GPtrArray) fahrenheit = whole_set("07:40", "[degF]");
    cr_expect_eq(latest_sum(p, fahrenheit, now), -1);
    add(set, "82810-3", "07:00",
        "\"valueCodeableConcept\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":"
        "\"LA15173-0\"}]}");
    cr_expect_eq(news2_from_observations(p, set, news2_orders_none(), now).status, NEWS2_PREGNANT);
    cr_expect_eq(news2_from_observations(p, set, news2_orders_none(), now + 300 * G_TIME_SPAN_DAY).status, NEWS2_COMPLETE,
                 "that pregnancy has ended");
    add(set, "82810-3", "07:30",
        "\"valueCodeableConcept\":{\"coding\":[{\"system\":\"http://loinc.org\",\"code\":"
        "\"LA26683-5\"}]}");
    cr_expect_eq(news2_from_observations(p, set, news2_orders_none(), now).status, NEWS2_COMPLETE, "the newest answer counts");
}

/* ---- which scale ---- */

static FhirResource *order_flag(const char *status, const char *period)
{
    g_autofree char *json = g_strdup_printf("{\"resourceType\":\"Flag\",\"status\":\"%s\",\"code\":{\"coding\":[{\"system\":\"http://example.org\","
                                            "\"code\":\"x\"},{\"system\":\"" NEWS2_ORDER_SYSTEM "\",\"code\":\"" NEWS2_ORDER_CODE "\"}]},"
                                            "\"author\":{\"display\":\"Lind Eva, läkare\"},\"period\":{%s}}", status, period);
    return resource(json);
}

/* Only while the order was active, by its own times; what is known to the day only, or not at all, gives no scale. */
Test(news2, the_scale_is_an_order)
{
#define FROM "\"start\":\"2026-11-20T10:00:00+01:00\""
#define UNTIL ",\"end\":\"2026-11-21T10:00:00+01:00\""
    static const struct {
        const char *status, *period, *at;
        News2Scale scale;
    } rows[] = {
        {"active", FROM, "2026-11-20T09:59:59+01:00", NEWS2_SCALE_1},
        {"active", FROM, "2026-11-20T10:00:00+01:00", NEWS2_SCALE_2},
        {"active", FROM, "2026-11-21T08:00:00+01:00", NEWS2_SCALE_2},
        {"inactive", FROM UNTIL, "2026-11-20T09:00:00+01:00", NEWS2_SCALE_1},
        {"inactive", FROM UNTIL, "2026-11-21T09:59:59+01:00", NEWS2_SCALE_2},
        {"inactive", FROM UNTIL, "2026-11-21T10:00:00+01:00", NEWS2_SCALE_1},
        {"active", FROM UNTIL, "2026-11-21T10:00:00+01:00", NEWS2_SCALE_1},
        {"active", "\"start\":\"2026-11-20\"", "2026-11-19T23:00:00+01:00", NEWS2_SCALE_1},
        {"active", "\"start\":\"2026-11-20\"", "2026-11-20T12:00:00+01:00", NEWS2_SCALE_UNKNOWN},
        {"active", "\"start\":\"2026-11-20\"", "2026-11-21T00:00:00+01:00", NEWS2_SCALE_2},
        {"inactive", FROM, "2026-11-21T08:00:00+01:00", NEWS2_SCALE_UNKNOWN},
        {"inactive", FROM, "2026-11-20T08:00:00+01:00", NEWS2_SCALE_1},
        {"active", "\"extension\":[{\"url\":\"x\",\"valueString\":\"y\"}]", "2026-11-21T08:00:00+01:00", NEWS2_SCALE_UNKNOWN},
        {"entered-in-error", FROM, "2026-11-21T08:00:00+01:00", NEWS2_SCALE_1},
        {"unheard-of", FROM, "2026-11-21T08:00:00+01:00", NEWS2_SCALE_UNKNOWN},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GPtrArray) flags = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref);
        g_ptr_array_add(flags, order_flag(rows[i].status, rows[i].period));
        g_autoptr(News2Orders) known = news2_orders_new(flags, TRUE), unknown = news2_orders_new(flags, FALSE);
        cr_expect_eq(news2_scale_at(known, at(rows[i].at)), rows[i].scale, "row %u", (guint)i);
        cr_expect_eq(news2_scale_at(unknown, at(rows[i].at)), NEWS2_SCALE_UNKNOWN, "row %u, not all read", (guint)i);
    }
    cr_expect_eq(news2_scale_at(NULL, 0), NEWS2_SCALE_UNKNOWN);
    cr_expect_eq(news2_scale_at(news2_orders_none(), 0), NEWS2_SCALE_1);
}

/* Neither a disease nor a low value makes it, and the words say whose order it is. */
Test(news2, the_scale_that_held_when_it_was_measured)
{
    g_autoptr(FhirResource) p = resource(PATIENT);
    g_autoptr(GPtrArray) set = whole_set("07:40", "Cel");
    Instant now = at("2026-11-21T08:00:00+01:00");
    g_autoptr(GPtrArray) flags = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref);
    g_ptr_array_add(flags, resource("{\"resourceType\":\"Flag\",\"status\":\"active\",\"code\":{\"text\":\"NEWS2 skala 2, KOL\"}}"));
    g_autoptr(News2Orders) words = news2_orders_new(flags, TRUE);
    cr_expect_eq(news2_from_observations(p, set, words, now).total, 11, "words are no order");
    g_ptr_array_add(flags, order_flag("inactive", "\"start\":\"2026-11-20T10:00:00+01:00\",\"end\":\"2026-11-21T07:50:00+01:00\""));
    g_autoptr(News2Orders) ended = news2_orders_new(flags, TRUE);
    News2 n = news2_from_observations(p, set, ended, now);
    cr_expect_eq(n.points[NEWS2_SATURATION], 1, "93 %% with oxygen: it had not ended when it was measured");
    g_autofree char *said = news2_scale_words(ended, n.measured);
    cr_expect(strstr(said, "Lind Eva, läkare 2026-11-20 10:00"), "%s", said);
    n = news2_from_observations(p, set, NULL, now);
    cr_expect_eq(n.status, NEWS2_NO_SCALE);
    cr_expect_eq(n.total, -1);
    cr_expect_eq(n.points[NEWS2_SATURATION], NEWS2_UNSCALED);
    News2 newest;
    cr_expect_eq(news2_latest(p, set, NULL, now, &newest).status, NEWS2_NO_SCALE);
}

Test(news2, a_value_measured_alone_takes_no_sum_away)
{
    g_autoptr(FhirResource) p = resource(PATIENT);
    Instant now = at("2026-11-21T12:00:00+01:00");
    g_autoptr(GPtrArray) set = whole_set("07:40", "Cel");
    add_number(set, "59408-5", "09:30", "96", "%");
    add_number(set, "59408-5", "11:30", "96", "%");
    News2 newest, n = news2_latest(p, set, news2_orders_none(), now, &newest);
    cr_expect_eq(n.total, 11);
    cr_expect_eq(n.measured, at("2026-11-21T07:40:00+01:00"));
    cr_expect_eq(newest.status, NEWS2_INCOMPLETE);
    cr_expect_eq(newest.measured, at("2026-11-21T11:30:00+01:00"));
    add_number(set, "9279-1", "08:20", "12", "/min");
    n = news2_latest(p, set, news2_orders_none(), now, &newest);
    cr_expect_eq(n.measured, at("2026-11-21T08:20:00+01:00"), "a new value with the others of the hour is a sum");
    cr_expect_eq(n.total, 11 - 3);
    g_autoptr(GPtrArray) never = set_new();
    add_number(never, "59408-5", "09:30", "96", "%");
    cr_expect_eq(news2_latest(p, never, news2_orders_none(), now, &newest).status, NEWS2_INCOMPLETE);
}
