/* SPDX-License-Identifier: GPL-3.0-or-later
 * The checks of an exercise, asked of a core: right, missing, and what could not be asked. */
#include "chart/exercise.h"
#include "client/fixture.h"

static const char *const task =
    "titel Öva\nbyggd 2\npatient p1\ntext Gör det\nledtråd Så här\n"
    "kontroll Ett slutligt värde\nsaknas Inget\nsök Observation\nvillkor status = final\nantal 1\n"
    "kontroll Inga preliminära\nsaknas Preliminärt kvar\nsök Observation\nvillkor status = preliminary\nantal 0\n";

typedef struct {
    gboolean done;
    guint calls, n;
    ExerciseOutcome outcomes[2];
} Seen;

static void on_outcomes(const ExerciseOutcome *outcomes, guint n, gboolean done, gpointer data)
{
    Seen *s = data;
    s->calls++;
    s->n = n;
    memcpy(s->outcomes, outcomes, MIN(n, 2) * sizeof *outcomes);
    s->done = done;
}

static void check(Fx *f, Seen *s)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(Exercise) e = exercise_parse("B99", task, &error);
    cr_assert(e, "%s", error ? error->message : "");
    ExerciseWho who = {"dr1", "u1", 0};
    Scope *scope = scope_new();
    *s = (Seen){0};
    exercise_check(f->client, scope, e, &who, on_outcomes, s);
    cr_assert(loop_until(&s->done));
    cr_assert_eq(s->n, 2);
    scope_close(scope);
}

#define OBS(id, status)                                                                                        \
    "{\"resourceType\":\"Observation\",\"id\":\"" id "\",\"status\":\"" status                                 \
    "\",\"subject\":{\"reference\":\"Patient/p1\"}}"

Test(exercise_check, what_the_core_holds_decides, .timeout = 30)
{
    Fx f;
    Seen s;
    fx_begin(&f);
    minicore_put(f.core, OBS("o1", "preliminary"));
    check(&f, &s);
    cr_assert_eq(s.outcomes[0], OUTCOME_MISSING);
    cr_assert_eq(s.outcomes[1], OUTCOME_MISSING);
    minicore_put(f.core, OBS("o1", "final"));
    check(&f, &s);
    cr_assert_eq(s.outcomes[0], OUTCOME_RIGHT);
    cr_assert_eq(s.outcomes[1], OUTCOME_RIGHT);
    minicore_put(f.core, OBS("o2", "final"));
    check(&f, &s);
    cr_assert_eq(s.outcomes[0], OUTCOME_MISSING, "two where one was asked for");
    fx_end(&f);
}

Test(exercise_check, what_cannot_be_asked_is_neither_right_nor_missing, .timeout = 30)
{
    Fx f;
    Seen s;
    fx_begin(&f);
    minicore_put(f.core, OBS("o1", "final"));
    f.core->search_down = TRUE;
    check(&f, &s);
    for (int i = 0; i < 2; i++)
        cr_assert_eq(s.outcomes[i], OUTCOME_UNKNOWN, "check %d", i);
    fx_end(&f);
}
