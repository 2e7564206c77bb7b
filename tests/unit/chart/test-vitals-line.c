/* SPDX-License-Identifier: GPL-3.0-or-later
 * The line of measurements: what each word is, what is asked, what is refused, what is questioned. */
#include "chart/vitals-line.h"
#include "support/news2.h"

#include <criterion/criterion.h>
#include <string.h>

static const VitalData *data;

static void setup(void)
{
    g_autoptr(GError) error = NULL;
    data = vital_data(&error);
    cr_assert_not_null(data, "%s", error != NULL ? error->message : "");
}

TestSuite(vitalsline, .init = setup, .timeout = 30);

static Instant instant(const char *text)
{
    FhirTime t;
    cr_assert(fhir_time_parse(text, &t));
    return t.instant;
}

static VitalContext grown_up(void)
{
    return (VitalContext){.now = instant("2026-11-21T07:44:00+01:00"), .months = 78 * 12, .last_oxygen = -1};
}

/* "af=24 syrgas=luft* | time | af?token" with * assumed, ! confirmed; issues: ! refused, ? ambiguous, ~ question. */
static char *told(const VitalSet *s)
{
    static const char marks[] = {'!', '?', '~'};
    GString *out = g_string_new(NULL);
    for (int i = 0; i < VITAL_KINDS; i++) {
        g_autofree char *value = vital_value_text(s, (VitalField)i);
        if (s->value[i].given)
            g_string_append_printf(out, "%s=%s%s%s ", vital_info((VitalField)i)->word, value, s->value[i].assumed ? "*" : "",
                                   s->value[i].confirmed ? "!" : "");
    }
    if (s->time_said) {
        g_autofree char *at = instant_to_minute(s->measured);
        g_string_append_printf(out, "@%s ", at);
    }
    for (guint i = 0; i < s->issues->len; i++) {
        const VitalIssue *issue = s->issues->pdata[i];
        const char *field = issue->field < VITAL_KINDS ? vital_info(issue->field)->word : issue->field == VITAL_TIME ? "tid" : "rest";
        g_string_append_printf(out, "%c%s(%s) ", marks[issue->kind], field, issue->token);
        cr_assert(*issue->text, "an issue without a sentence");
    }
    return g_strchomp(g_string_free(out, FALSE));
}

static void check(const char *line, const VitalContext *c, const char *expected)
{
    g_autoptr(VitalSet) s = vitals_read(data, line, c);
    g_autofree char *got = told(s);
    cr_expect_str_eq(got, expected, "“%s”: %s, not %s", line, got, expected);
}

#define FULL "af=24 sat=92 syrgas=2 bt=104/62 puls=112 acvpu=A temp=38,4"

static const char *const lines[][2] = {
    /* the whole set on one line, and every other way to write it */
    {"24 92/2l 104/62 112 38,4 a", FULL},
    {"v 24 92/2l 104/62 112 38,4 a", FULL},
    {"24 92/2l 104/62 112 38.4 A", FULL},
    {"24 92/2l 104/62 112 38,4a", FULL},
    {"24, 92/2l, 104/62, 112, 38,4, a", FULL},
    {"a t 38,4 p 112 bt 104/62 syrgas 2 sat 92 af 24", FULL},
    {"af24 sat92 o2 2l bt104/62 p112 t38,4 acvpu a", FULL},
    {"24/min 92%", "af=24 sat=92"},
    {"24 92/2l 104/62 112 38,4 c", "af=24 sat=92 syrgas=2 bt=104/62 puls=112 acvpu=C temp=38,4"},
    {"24 /min 92 % 2 l/min", "af=24 sat=92 syrgas=2"},
    {"t 38,4 24 92/2l 104/62 112 a", FULL},
    {"af 24 /min sat 92 % o2 2 l/min bt 104/62 mmhg puls 112 /min temp 38,4 °c a", FULL},
    {"24 92/2l/min 104/62mmhg 112 38,4 a", FULL},
    /* the time */
    {"24 92/2l 104/62 112 38,4 a 7:10", FULL " @2026-11-21 07:10"},
    {"7:10 24 92/2l 104/62 112 38,4 a", FULL " @2026-11-21 07:10"},
    {"24 92/2l 104/62 112 38,4 a kl 7.10", FULL " @2026-11-21 07:10"},
    {"24 92/2l 104/62 112 38,4 a 0710", FULL " @2026-11-21 07:10"},
    {"24 92/2l 104/62 112 38,4a 710", FULL " @2026-11-21 07:10"},
    {"24 92/2l 104/62 112 38,4 a 130", FULL " ?rest(130)"},
    {"24 92/2l 104/62 112 38,4 a 0130", FULL " @2026-11-21 01:30"},
    {"p 112 igår 23:40", "puls=112 @2026-11-20 23:40"},
    {"p 112 i går kl 23.40", "puls=112 @2026-11-20 23:40"},
    {"p 112 2026-11-20 23:40", "puls=112 @2026-11-20 23:40"},
    {"p 112 igår", "puls=112 !tid(igår)"},
    {"p 112 23:40", "puls=112 !tid(23:40)"},
    {"p 112 25:10", "puls=112 !tid(25:10)"},
    {"p 112 7:10 6:10", "puls=112 ?tid(6:10)"},
    {"p 112 i förrgår 7:10", "puls=112 @2026-11-19 07:10 ~tid(förrgår 7:10)"},
    {"p 112 i förrgår 7:10!", "puls=112 @2026-11-19 07:10"},
    {"p 112 2026-13-40 7:10", "puls=112 !tid(2026-13-40)"},
    /* parts of a set */
    {"vikt 82,5", "vikt=82,5"},
    {"82,5kg", "vikt=82,5"},
    {"82.5 kg 178 cm", "vikt=82,5 längd=178"},
    {"längd 178 smärta 4 in 200 ut 350 ml", "längd=178 smärta=4 in=200 ut=350"},
    {"nrs 4", "smärta=4"},
    {"vas 4", "af=4 !rest(vas) ~af(4)"}, /* another instrument */
    {"350 ml", "?rest(350) !rest(ml)"},
    {"350ml", "?rest(350ml)"},
    {"sat 96 luft", "sat=96 syrgas=luft"},
    {"96/luft", "sat=96 syrgas=luft"},
    {"18 96 l 128/74", "af=18 sat=96 syrgas=luft bt=128/74"},
    {"syrgas luft", "syrgas=luft"},
    {"acvpu p", "acvpu=P"},
    {"p", "acvpu=P"},
    {"p 78", "puls=78"},
    {"18 96 128/74 78 36,8 p 7:10", "af=18 sat=96 bt=128/74 puls=78 acvpu=P temp=36,8 @2026-11-21 07:10"},
    /* asked, never guessed */
    {"24 92/2 104/62", "af=24 bt=104/62 ?rest(92/2)"},
    {"24 92/2 112", "af=24 ?rest(92/2) ?rest(112)"},
    {"24 92 112 38,4", "af=24 sat=92 ?rest(112) ?rest(38,4)"},
    {"18 96 128/74 78 36,8 p 0710", "af=18 sat=96 bt=128/74 puls=78 temp=36,8 @2026-11-21 07:10 ?rest(p)"},
    {"t 38,4c", "temp=38,4"},
    {"38,4c", "?rest(38,4c)"},
    {"24 92 104/62 112 38,4 65", "af=24 sat=92 bt=104/62 puls=112 temp=38,4 ?rest(65)"},
    {"af 24 af 26", "af=24 ?af(26)"},
    /* refused */
    {"af abc", "!af(abc)"},
    {"af -4", "!af(-4)"},
    {"af", "!af(af)"},
    {"xyz", "!rest(xyz)"},
    {"bt 104", "!bt(104)"},
    {"bt 104/", "!bt(104/)"},
    {"af 24,5", "!af(24,5)"},
    {"temp 38,45", "!temp(38,45)"},
    {"af 24 kg", "!af(24)"},
    {"acvpu x", "!acvpu(x)"},
    {"vikt 82,5 cm", "!vikt(82,5)"},
    {"af 123456789", "!af(123456789)"},
    {"", ""},
    {"v", "acvpu=V"},
    /* questioned: "!" says that it is so */
    {"bt 62/104", "bt=62/104 ~bt(62/104)"},
    {"bt 62/104!", "bt=62/104!"},
    {"62/104 !", "bt=62/104!"},
    {"temp 384", "temp=384 ~temp(384)"},
    {"temp 384!", "temp=384!"},
    {"24 92 104/62 112 384 a", "af=24 sat=92 bt=104/62 puls=112 acvpu=A temp=384 ~temp(384)"},
    {"sat 109", "sat=109 ~sat(109)"},
    {"vikt 7", "vikt=7 ~vikt(7)"},
    {"smärta 11", "smärta=11 ~smärta(11)"},
    {"bt 300/80", "bt=300/80 ~bt(300/80)"},
    {"bt 200/180", "bt=200/180 ~bt(200/180)"},
};

Test(vitalsline, lines)
{
    VitalContext c = grown_up();
    for (gsize i = 0; i < G_N_ELEMENTS(lines); i++)
        check(lines[i][0], &c, lines[i][1]);
}

/* Air is filled in, and marked, only where the patient breathed air the last time. */
Test(vitalsline, air_is_assumed_only_after_air)
{
    VitalContext c = grown_up();
    c.last_oxygen = 0;
    check("18 96 128/74 78 36,8 a", &c, "af=18 sat=96 syrgas=luft* bt=128/74 puls=78 acvpu=A temp=36,8");
    check("18 96/3l", &c, "af=18 sat=96 syrgas=3");
    check("18", &c, "af=18");
    c.last_oxygen = 1;
    check("18 96 128/74 78 36,8 a", &c, "af=18 sat=96 bt=128/74 puls=78 acvpu=A temp=36,8");
}

/* "v" opens the line, as on the screen; where nobody says another level it may have been meant as one. */
Test(vitalsline, the_letter_that_opens_the_line_is_not_lost)
{
    VitalContext c = grown_up();
    check("v 24 92/2l 104/62 112 38,4 a", &c, FULL);
    check("v 24 92/2l 104/62 112 38,4", &c, "af=24 sat=92 syrgas=2 bt=104/62 puls=112 temp=38,4 ?rest(v)");
    check("24 92/2l 104/62 112 38,4 v", &c, "af=24 sat=92 syrgas=2 bt=104/62 puls=112 acvpu=V temp=38,4");
}

/* "Now", "yesterday" and an hour are those of the day on which they were typed. */
Test(vitalsline, a_line_that_lay_over_night_is_asked_for_its_day)
{
    VitalContext c = grown_up();
    c.begun = instant("2026-11-20T22:50:00+01:00");
    check("p 70", &c, "puls=70 ?tid()");
    check("p 70 kl 5:10", &c, "puls=70 ?tid(5:10)");
    check("p 70 igår 23:40", &c, "puls=70 ?tid(igår 23:40)");
    check("p 70 2026-11-20 23:40", &c, "puls=70 @2026-11-20 23:40");
    c.begun = instant("2026-11-21T06:50:00+01:00");
    check("p 70 kl 5:10", &c, "puls=70 @2026-11-21 05:10");
    c.now = instant("2026-11-21T00:02:00+01:00");
    c.begun = instant("2026-11-20T23:58:00+01:00");
    check("p 70", &c, "puls=70");
}

Test(vitalsline, no_sum_in_pregnancy)
{
    VitalContext c = grown_up();
    static const char born[] = "{\"resourceType\":\"Patient\",\"birthDate\":\"1996-03-01\"}";
    g_autoptr(GBytes) text = g_bytes_new_static(born, sizeof born - 1);
    g_autoptr(FhirResource) patient = fhir_resource_parse(text, NULL);
    c.pregnant = TRUE;
    g_autoptr(VitalSet) s = vitals_read(data, "24 92/2l 104/62 112 38,4 a", &c);
    News2 n = vital_set_news2(s, patient, news2_orders_none());
    cr_expect(n.status == NEWS2_PREGNANT && n.total == -1);
}

Test(vitalsline, what_is_asked_about_counts_for_nothing_yet)
{
    VitalContext c = grown_up();
    g_autoptr(VitalSet) asked = vitals_read(data, "24 92/2l 62/104 112 384 a", &c), said = vitals_read(data, "24 92/2l 104/62 112 38,4 a", &c);
    g_autofree char *words = vital_set_unanswered(asked), *none = vital_set_unanswered(said);
    cr_expect(g_strcmp0(words, "unanswered: BT, Temp") == 0, "%s", words ? words : "");
    cr_expect_null(none);
}

Test(vitalsline, limits_follow_the_age)
{
    VitalContext c = grown_up();
    c.months = 8;
    check("vikt 7", &c, "vikt=7");
    check("vikt 70", &c, "vikt=70 ~vikt(70)");
    check("p 140 af 40", &c, "af=40 puls=140");
    c.months = -1; /* not known: as a grown-up */
    check("vikt 7", &c, "vikt=7 ~vikt(7)");
}

/* 25 October 2026 has two hours 02–03, 29 March none. */
Test(vitalsline, summer_time)
{
    VitalContext c = {.now = instant("2026-10-25T07:00:00+01:00"), .months = -1, .last_oxygen = -1};
    check("p 70 2:30", &c, "puls=70 ?tid(2:30)");
    g_autoptr(VitalSet) summer = vitals_read(data, "p 70 2:30 sommartid", &c);
    g_autoptr(VitalSet) winter = vitals_read(data, "p 70 2:30 vintertid", &c);
    cr_expect_eq(summer->measured, instant("2026-10-25T02:30:00+02:00"));
    cr_expect_eq(winter->measured, instant("2026-10-25T02:30:00+01:00"));
    g_autofree char *back = vitals_line_text(winter);
    g_autoptr(VitalSet) again = vitals_read(data, back, &c);
    cr_expect_eq(again->measured, winter->measured, "%s", back);
    c.now = instant("2026-03-29T07:00:00+02:00");
    check("p 70 2:30", &c, "puls=70 !tid(2:30)");
}

/* Whatever is measured, the line that says it says the same when it is read. */
Test(vitalsline, line_and_back)
{
    guint32 seed = g_random_int();
    g_autoptr(GRand) r = g_rand_new_with_seed(seed);
    VitalContext c = grown_up();
    for (int round = 0; round < 2000; round++) {
        g_autoptr(VitalSet) s = vital_set_new(c.now);
        for (int i = 0; i < VITAL_KINDS; i++) {
            VitalValue *v = &s->value[i];
            if (!g_rand_boolean(r))
                continue;
            *v = (VitalValue){.given = TRUE, .confirmed = i != VITAL_CONSCIOUSNESS && g_rand_int_range(r, 0, 5) == 0};
            v->value = (Decimal){.coefficient = g_rand_int_range(r, 1, 4000), .valid = TRUE,
                                 .scale = (gint16)g_rand_int_range(r, 0, vital_info((VitalField)i)->decimals + 1)};
            v->second = decimal_from_int(g_rand_int_range(r, 1, 300));
            if (i == VITAL_PRESSURE)
                v->value.scale = 0;
            if (i == VITAL_CONSCIOUSNESS)
                v->level = vital_levels[g_rand_int_range(r, 0, 5)];
            if (i == VITAL_OXYGEN && g_rand_boolean(r))
                *v = (VitalValue){.given = TRUE, .value = decimal_from_int(0)};
            if (i == VITAL_PRESSURE && decimal_compare(v->second, decimal_from_int(15)) <= 0)
                v->second = decimal_from_int(60);
        }
        s->time_said = g_rand_boolean(r);
        if (s->time_said)
            s->measured = instant("2026-11-20T22:00:00+01:00") + g_rand_int_range(r, 0, 500) * (Instant)60 * G_USEC_PER_SEC;
        g_autofree char *line = vitals_line_text(s);
        g_autoptr(VitalSet) back = vitals_line_parse(data->words, line, &c);
        g_autofree char *a = told(s), *b = told(back);
        cr_assert_str_eq(a, b, "seed %u: “%s” is %s, was %s", seed, line, b, a);
    }
}

/* A word never disappears: it is in a value, in the time, or in an issue. And what was typed for each
 * part, put together again, is the same set. */
Test(vitalsline, nothing_is_lost)
{
    static const char *const pieces[] = {"24", "92/2l", "104/62", "112", "38,4", "a", "p", "v", "af", "sat", "bt", "t", "vikt", "82,5kg", "7:10",
                                         "kl", "igår", "luft", "l", "!", "384!", "xyz", "-4", "92/2", "ml", "/min", "0710", "710", "in", "ut", "c", "å"};
    guint32 seed = g_random_int();
    g_autoptr(GRand) r = g_rand_new_with_seed(seed);
    VitalContext c = grown_up();
    for (int round = 0; round < 2000; round++) {
        g_autoptr(GString) line = g_string_new(NULL);
        for (int n = g_rand_int_range(r, 0, 9); n > 0; n--)
            g_string_append_printf(line, "%s%s", pieces[g_rand_int_range(r, 0, G_N_ELEMENTS(pieces))], g_rand_boolean(r) ? " " : "");
        g_autoptr(VitalSet) s = vitals_read(data, line->str, &c);
        gboolean said = FALSE;
        for (int i = 0; i < VITAL_FIELDS; i++)
            said = said || s->typed[i] != NULL;
        g_autofree char *stripped = g_strstrip(g_strdup(line->str));
        cr_assert(said || s->issues->len > 0 || strcmp(stripped, "") == 0 || strcmp(stripped, "v") == 0, "seed %u: “%s” is nothing", seed, line->str);
        if (s->issues->len > 0)
            continue;
        g_autofree char *again = vitals_line_compose((const char *const *)s->typed);
        g_autoptr(VitalSet) back = vitals_read(data, again, &c);
        g_autofree char *a = told(s), *b = told(back);
        cr_assert_str_eq(a, b, "seed %u: “%s” is %s; “%s” is %s", seed, line->str, a, again, b);
    }
}

#define ORDERED                                                                                                           \
    "{\"resourceType\":\"Flag\",\"status\":\"active\",\"code\":{\"coding\":[{\"system\":\"urn:rond:alert\","                            \
    "\"code\":\"news2-spo2-scale-2\"}]},\"period\":{\"start\":\"2020-01-01T08:00:00+01:00\"}}"

Test(vitalsline, news2_of_a_set)
{
    VitalContext c = grown_up();
    g_autoptr(GBytes) text = g_bytes_new_static("{\"resourceType\":\"Patient\",\"birthDate\":\"1948-09-30\"}", 51);
    g_autoptr(FhirResource) patient = fhir_resource_parse(text, NULL);
    g_autoptr(VitalSet) s = vitals_read(data, "24 92/2l 104/62 112 38,4 a", &c);
    News2 n = vital_set_news2(s, patient, news2_orders_none());
    cr_expect_eq(n.total, 10); /* AF 2, SpO2 2, oxygen 2, BT 1, pulse 2, temperature 1 */
    cr_expect_eq(n.risk, NEWS2_HIGH);
    g_autoptr(GBytes) flag = g_bytes_new_static(ORDERED, strlen(ORDERED));
    g_autoptr(GPtrArray) flags = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref);
    g_ptr_array_add(flags, fhir_resource_parse(flag, NULL));
    g_autoptr(News2Orders) orders = news2_orders_new(flags, TRUE), unread = news2_orders_new(flags, FALSE);
    News2 two = vital_set_news2(s, patient, orders);
    cr_expect_eq(two.points[NEWS2_SATURATION], 0);
    cr_expect_eq(two.total, 8);
    cr_expect_eq(vital_set_news2(s, patient, unread).status, NEWS2_NO_SCALE);
    cr_expect_eq(vital_set_news2(s, patient, NULL).total, -1);
    g_autoptr(VitalSet) part = vitals_read(data, "24 92 104/62 112 38,4 a", &c);
    News2 missing = vital_set_news2(part, patient, news2_orders_none());
    cr_expect_eq(missing.total, -1);
    cr_expect_eq(missing.points[NEWS2_OXYGEN], -1);
}
