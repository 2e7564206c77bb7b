/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "support/news2.h"

#include <criterion/criterion.h>
#include <string.h>

static Decimal dec(const char *s)
{
    Decimal d = {0};
    decimal_parse(s, &d);
    return d;
}

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

/* CKD-EPI 2009 and 2021: the National Kidney Foundation's calculator; Lund-Malmö revised: examples
 * of published implementations; and each formula at its own knee. */
static const struct {
    EgfrFormula formula;
    const char *creatinine;
    char sex;
    int age, expected;
} kidneys[] = {
    {EGFR_LUND_MALMO_REVISED, "88.4", 'M', 40, 84}, {EGFR_LUND_MALMO_REVISED, "180", 'M', 50, 33},
    {EGFR_LUND_MALMO_REVISED, "150", 'F', 70, 26},  {EGFR_LUND_MALMO_REVISED, "300", 'F', 70, 14},
    {EGFR_CKD_EPI_2021, "106.08", 'M', 55, 71},     {EGFR_CKD_EPI_2021, "53.04", 'M', 50, 118},
    {EGFR_CKD_EPI_2021, "88.4", 'M', 50, 92},       {EGFR_CKD_EPI_2021, "132.6", 'M', 50, 56},
    {EGFR_CKD_EPI_2021, "176.8", 'M', 50, 40},      {EGFR_CKD_EPI_2009, "100", 'M', 70, 65},
    {EGFR_CKD_EPI_2009, "100", 'F', 70, 49},        {EGFR_CKD_EPI_2009, "60", 'F', 60, 95},
};

Test(egfr, published_examples)
{
    for (gsize i = 0; i < G_N_ELEMENTS(kidneys); i++) {
        int got =
            egfr(kidneys[i].formula, dec(kidneys[i].creatinine), kidneys[i].sex, kidneys[i].age);
        cr_expect_eq(got, kidneys[i].expected, "%d %s %c %d: %d", kidneys[i].formula,
                     kidneys[i].creatinine, kidneys[i].sex, kidneys[i].age, got);
    }
    cr_expect_eq(egfr(EGFR_CKD_EPI_2021, dec("80"), 'M', 17), -1);
    cr_expect_eq(egfr(EGFR_CKD_EPI_2021, dec("80"), '?', 40), -1);
    cr_expect_eq(egfr(EGFR_CKD_EPI_2021, dec("0"), 'M', 40), -1);
    cr_expect_eq(egfr(EGFR_CKD_EPI_2021, (Decimal){0}, 'M', 40), -1);
}

/* --- from resources ---------------------------------------------------------------------- */

static FhirResource *resource(const char *json)
{
    g_autoptr(GBytes) bytes = g_bytes_new(json, strlen(json));
    g_autoptr(GError) error = NULL;
    FhirResource *r = fhir_resource_parse(bytes, &error);
    cr_assert_not_null(r, "%s: %s", error != NULL ? error->message : "", json);
    return r;
}

static void unref(gpointer r)
{
    fhir_resource_unref(r);
}

static GPtrArray *set_new(void)
{
    return g_ptr_array_new_with_free_func(unref);
}

static void add(GPtrArray *set, const char *code, const char *at, const char *rest)
{
    g_autofree char *json = g_strdup_printf(
        "{\"resourceType\":\"Observation\",\"status\":\"final\",\"code\":{\"coding\":[{\"system\":"
        "\"http://loinc.org\",\"code\":\"%s\"}],\"text\":\"T\"},\"effectiveDateTime\":"
        "\"2026-11-21T%s:00+01:00\",%s}",
        code, at, rest);
    g_ptr_array_add(set, resource(json));
}

static void add_number(GPtrArray *set, const char *code, const char *at, const char *value,
                       const char *ucum)
{
    g_autofree char *rest = g_strdup_printf(
        "\"valueQuantity\":{\"value\":%s,\"unit\":\"u\",\"system\":\"http://unitsofmeasure.org\","
        "\"code\":\"%s\"}",
        value, ucum);
    add(set, code, at, rest);
}

static GPtrArray *whole_set(const char *temperature_at, const char *temperature_unit)
{
    GPtrArray *set = set_new();
    add_number(set, "9279-1", "07:40", "26", "/min");
    add_number(set, "2708-6", "07:40", "93", "%");
    add_number(set, "3151-8", "07:40", "2", "L/min");
    add_number(set, "8867-4", "07:40", "108", "/min");
    add_number(set, "8310-5", temperature_at, "37.4", temperature_unit);
    add(set, "85354-9", "07:40",
        "\"component\":[{\"code\":{\"coding\":[{\"system\":\"http://"
        "loinc.org\",\"code\":\"8480-6\"}]"
        ",\"text\":\"Systoliskt\"},\"valueQuantity\":{\"value\":148,\"unit\":\"mmHg\",\"code\":"
        "\"mm[Hg]\"}},{\"code\":{\"coding\":[{\"system\":\"http://"
        "loinc.org\",\"code\":\"8462-4\"}]},"
        "\"valueQuantity\":{\"value\":86,\"unit\":\"mmHg\",\"code\":\"mm[Hg]\"}}]");
    add(set, "67775-7", "07:40", "\"valueCodeableConcept\":{\"text\":\"C – nytillkommen\"}");
    return set;
}

static Instant at(const char *text)
{
    FhirTime t;
    cr_assert(fhir_time_parse(text, &t));
    return t.instant;
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

Test(vitals, values_are_shown_as_sent)
{
    static const struct {
        const char *rest, *value, *unit, *interpretation, *reference;
    } cases[] = {
        {"\"valueQuantity\":{\"value\":37.20,\"unit\":\"°C\"}", "37,20", "°C", "", NULL},
        {"\"valueQuantity\":{\"value\":5,\"comparator\":\"<\",\"unit\":\"mg/L\"}", "<5", "mg/L", "",
         NULL},
        {"\"valueQuantity\":{\"value\":6.1,\"unit\":\"mmol/L\"},\"interpretation\":[{\"coding\":[{"
         "\"code\":\"HH\"}]}],\"referenceRange\":[{\"low\":{\"value\":3.5},\"high\":{\"value\":4.4}"
         "}]",
         "6,1", "mmol/L", "HH", "3,5–4,4"},
        {"\"valueQuantity\":{\"value\":5,\"unit\":\"x\"},\"referenceRange\":[{\"high\":{\"value\":"
         "5}}]",
         "5", "x", "", "≤5"},
        {"\"valueString\":\"Negativ\"", "Negativ", "", "", NULL},
        {"\"valueCodeableConcept\":{\"coding\":[{\"code\":\"x\",\"display\":\"Positiv\"}]}",
         "Positiv", "", "", NULL},
        {"\"valueInteger\":7", "7", "", "", NULL},
        {"\"valueBoolean\":false", "nej", "", "", NULL},
        {"\"valueRatio\":{\"numerator\":{\"value\":1},\"denominator\":{\"value\":64}}", "1/64", "",
         "", NULL},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GPtrArray) set = set_new();
        add(set, "1-8", "07:00", cases[i].rest);
        g_autoptr(GPtrArray) got = vitals_latest(set);
        cr_assert_eq(got->len, 1, "%s", cases[i].rest);
        const Measurement *m = got->pdata[0];
        cr_expect_str_eq(m->value, cases[i].value);
        cr_expect_str_eq(m->unit, cases[i].unit);
        cr_expect_str_eq(m->interpretation, cases[i].interpretation);
        cr_expect(g_strcmp0(m->reference, cases[i].reference) == 0, "%s", m->reference);
        cr_expect_eq(measurement_is_critical(m), strcmp(m->interpretation, "HH") == 0);
    }
}

/* Where unit and code say two things nobody knows what was measured: both stand there, and it counts nowhere. */
Test(vitals, a_unit_that_contradicts_its_code_is_marked)
{
    static const struct {
        const char *quantity, *unit;
        gboolean counts;
    } cases[] = {
        {"\"value\":5,\"unit\":\"mmol/L\",\"code\":\"mmol/L\"", "mmol/L", TRUE},
        {"\"value\":5,\"unit\":\"mmol/L\",\"code\":\"mg/dL\"", "mmol/L? mg/dL?", FALSE},
        {"\"value\":98,\"unit\":\"°C\",\"code\":\"[degF]\"", "°C? [degF]?", FALSE},
        {"\"value\":5", "enhet?", FALSE},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GPtrArray) set = set_new();
        g_autofree char *rest = g_strdup_printf("\"valueQuantity\":{%s}", cases[i].quantity);
        add(set, "1-8", "07:00", rest);
        g_autoptr(GPtrArray) got = vitals_latest(set);
        cr_assert_eq(got->len, 1);
        const Measurement *m = got->pdata[0];
        cr_expect_str_eq(m->unit, cases[i].unit);
        cr_expect_eq(m->number.valid, cases[i].counts, "%s", rest);
        cr_expect_str_eq(m->interpretation, cases[i].counts ? "" : "?");
    }
}

Test(vitals, latest_and_series)
{
    g_autoptr(GPtrArray) set = whole_set("07:40", "Cel");
    add_number(set, "8867-4", "06:00", "99.50", "/min");
    g_autoptr(GPtrArray) latest = vitals_latest(set);
    guint pressures = 0;
    for (guint i = 0; i < latest->len; i++) {
        const Measurement *m = latest->pdata[i];
        cr_expect_not(m->component);
        if (strcmp(m->code, "85354-9") == 0 && strcmp(m->value, "148/86") == 0)
            pressures++;
    }
    cr_expect_eq(pressures, 1);
    cr_expect_eq(latest->len, 7);
}

Test(vitals, what_does_not_count)
{
    static const char *const bad[] = {
        "\"status\":\"entered-in-error\",\"valueInteger\":1",
        "\"status\":\"cancelled\",\"valueInteger\":1",
        "\"status\":\"registered\",\"valueInteger\":1",
        "\"status\":\"final\",\"modifierExtension\":[{\"url\":\"x:y\"}],\"valueInteger\":1",
        "\"status\":\"final\",\"dataAbsentReason\":{\"text\":\"asked\"}",
        "\"valueInteger\":1",
    };
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *json = g_strdup_printf(
            "{\"resourceType\":\"Observation\",\"code\":{\"text\":\"x\"},%s}", bad[i]);
        g_autoptr(FhirResource) r = resource(json);
        g_autoptr(GPtrArray) values = vitals_of(r);
        cr_expect_eq(values->len, 0, "%s", bad[i]);
    }
}
