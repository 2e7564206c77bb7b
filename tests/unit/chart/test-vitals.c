/* SPDX-License-Identifier: GPL-3.0-or-later
 * Values as they are shown: as sent, with the unit of their code, the latest of each. */
#include "chart/vitals-fixture.h"

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

/* More than a scale has, or less than nothing: it stands there, doubted, and counts nowhere. */
Test(vitals, what_no_patient_can_have_is_marked)
{
    static const struct {
        const char *code, *value, *unit;
        gboolean counts;
    } cases[] = {{"2708-6", "101", "%", FALSE}, {"59408-5", "160", "%", FALSE}, {"2708-6", "100.0", "%", TRUE}, {"59408-5", "96", "%", TRUE},
                 {"72514-3", "11", "{score}", FALSE}, {"72514-3", "10", "{score}", TRUE}, {"8867-4", "-72", "/min", FALSE},
                 {"8867-4", "180", "/min", TRUE}, {"1-8", "-3", "mmol/L", TRUE}};
    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GPtrArray) set = set_new();
        add_number(set, cases[i].code, "07:00", cases[i].value, cases[i].unit);
        g_autoptr(GPtrArray) got = vitals_latest(set);
        cr_assert_eq(got->len, 1);
        const Measurement *m = got->pdata[0];
        cr_expect_eq(m->number.valid, cases[i].counts, "%s %s", cases[i].code, cases[i].value);
        cr_expect_str_eq(m->interpretation, cases[i].counts ? "" : "?", "%s %s", cases[i].code, cases[i].value);
        cr_expect_eq(m->value[0], cases[i].value[0], "as sent");
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
