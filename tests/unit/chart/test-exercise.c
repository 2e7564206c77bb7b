/* SPDX-License-Identifier: GPL-3.0-or-later
 * The format of the task files, and the judging of one resource. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/xdg.h"
#include "chart/exercise-private.h"

enum { TEN = 10 * 3600 };
#define NOW ((Instant)(G_GINT64_CONSTANT(1795219200) + TEN) * G_USEC_PER_SEC) /* 2026-11-21T10:00:00Z */

static const char *const head = "titel  Öva\nbyggd  2\npatient pat-0001\ntext   Gör det\nledtråd Så här\n"
                                "kontroll Rätt\nsaknas Fel\nsök    Observation status=final\n";

static Exercise *with(const char *lines)
{
    g_autofree char *text = g_strconcat(head, lines, NULL);
    g_autoptr(GError) error = NULL;
    Exercise *e = exercise_parse("B99", text, &error);
    cr_assert_not_null(e, "%s", error ? error->message : "");
    return e;
}

static FhirResource *resource(const char *json)
{
    g_autoptr(GBytes) bytes = g_bytes_new(json, strlen(json));
    FhirResource *r = fhir_resource_parse(bytes, NULL);
    cr_assert_not_null(r);
    return r;
}

static gboolean fits(const char *condition)
{
    g_autoptr(FhirResource) r = resource(
        "{\"resourceType\":\"Observation\",\"id\":\"1\",\"meta\":{\"lastUpdated\":\"2026-11-21T10:00:00Z\"},"
        "\"status\":\"final\",\"code\":{\"text\":\"Kroppstemperatur\"},\"valueQuantity\":{\"value\":37.20},"
        "\"performer\":[{\"reference\":\"Practitioner/p1\"}]}");
    g_autofree char *line = g_strdup_printf("villkor %s\n", condition);
    g_autoptr(Exercise) e = with(line);
    ExerciseWho who = {"p1", "u1", NOW};
    return exercise_fits(e->checks->pdata[0], "pat-0001", &who, r);
}

Test(exercise, conditions_hold_and_fail)
{
    cr_assert(fits("ny"));
    cr_assert(fits("status = final"));
    cr_assert_not(fits("status = preliminary"));
    cr_assert(fits("valueQuantity.value = 37.2"));
    cr_assert_not(fits("valueQuantity.value = 37.3"));
    cr_assert(fits("code ~ TEMPERATUR"));
    cr_assert_not(fits("code ~ puls"));
    cr_assert(fits("performer[0].reference = Practitioner/{jag}"));
    cr_assert(fits("performer[0].reference != Practitioner/{patient}"));
    cr_assert_not(fits("performer[0].reference != Practitioner/{jag}"));
    cr_assert(fits("performer finns"));
    cr_assert_not(fits("performer saknas"));
    cr_assert(fits("device saknas"));
    cr_assert_not(fits("device.display ~ x"));
}

Test(exercise, what_was_there_before_is_not_new)
{
    g_autoptr(Exercise) e = with("villkor ny\n");
    g_autoptr(FhirResource) r = resource("{\"resourceType\":\"Observation\",\"id\":\"1\",\"status\":\"final\","
                                         "\"meta\":{\"lastUpdated\":\"2026-11-21T09:59:59Z\"}}");
    ExerciseWho who = {"p1", "u1", NOW};
    cr_assert_not(exercise_fits(e->checks->pdata[0], "pat-0001", &who, r));
}

Test(exercise, counts)
{
    static const struct {
        const char *line;
        guint least, most;
    } rows[] = {{"", 1, G_MAXUINT}, {"antal 1\n", 1, 1}, {"antal 1-\n", 1, G_MAXUINT}, {"antal 0-2\n", 0, 2},
                {"antal 0\n", 0, 0}};
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Exercise) e = with(rows[i].line);
        const ExerciseCheck *c = e->checks->pdata[0];
        cr_expect_eq(c->at_least, rows[i].least, "%s", rows[i].line);
        cr_expect_eq(c->at_most, rows[i].most, "%s", rows[i].line);
    }
}

Test(exercise, bad_lines_are_named)
{
    static const char *const bad[] = {"villkor status ungefär final\n", "villkor nytt\n", "antal många\n", "sök final\n",
                                      "okänt ord\n", "titel En till\n", "byggs något\n"};
    for (gsize i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autofree char *text = g_strconcat(head, bad[i], NULL);
        g_autoptr(GError) error = NULL;
        g_autoptr(Exercise) e = exercise_parse("B99", text, &error);
        cr_expect_null(e, "taken: %s", bad[i]);
        cr_expect(error && strstr(error->message, "B99"), "%s", bad[i]);
    }
}

Test(exercise, an_exercise_without_check_or_hint_is_refused)
{
    g_autoptr(GError) error = NULL;
    cr_assert_null(exercise_parse("B99", "titel A\nbyggd 2\ntext B\n", &error));
    g_clear_error(&error);
    g_autoptr(Exercise) later = exercise_parse("B99", "titel A\nbyggs recept\ntext B\n", &error);
    cr_assert_not_null(later);
    cr_assert_not(exercise_is_built(later));
}

Test(exercise, all_files_of_the_project_are_read)
{
    g_autofree char *dir = data_path("tasks");
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) all = exercise_list(dir, problems);
    cr_assert_eq(problems->len, 0, "%s", problems->len ? (char *)problems->pdata[0] : "");
    cr_assert_eq(all->len, 20);
    cr_assert_str_eq(((Exercise *)all->pdata[3])->id, "B04");
}

Test(exercise, places_are_filled)
{
    ExerciseWho who = {"p1", "u1", NOW};
    g_autofree char *text = exercise_fill("ge{+18d} lt{-1d} {jag} {uppdrag} {patient} {annat}", "pat-1", &who);
    cr_assert_str_eq(text, "ge2026-12-09 lt2026-11-20 p1 u1 pat-1 {annat}");
}
