/* SPDX-License-Identifier: GPL-3.0-or-later
 * Which exercise is under way, and that it outlives the session of the same person only. */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

#include "app/exercise.h"

const ViewClass *const view_table[] = {NULL};
static char *said, *receipt;

static void on_status(App *app, StatusKind kind, const char *text)
{
    (void)app;
    (void)kind;
    g_free(said);
    said = g_strdup(text);
}

static void on_receipt(App *app, const char *text)
{
    (void)app;
    g_free(receipt);
    receipt = g_strdup(text);
}

static const Frontend frontend = {.status = on_status, .receipt = on_receipt};
static Who doctor = {.hsa_id = (char *)"SE2329999993-P1001", .role = (char *)"läkare"};
static Who nurse = {.hsa_id = (char *)"SE2329999993-P1014", .role = (char *)"sjuksköterska"};

static void home_make(void)
{
    g_autofree char *home = g_dir_make_tmp("rond-exercise-XXXXXX", NULL);
    g_setenv("ROND_HOME", home, TRUE);
}

static void home_remove(void)
{
    g_autofree char *state = g_build_filename(g_getenv("ROND_HOME"), "state", NULL);
    g_autofree char *file = g_build_filename(state, "exercise", NULL);
    g_remove(file);
    g_rmdir(state);
    g_rmdir(g_getenv("ROND_HOME"));
}

TestSuite(exercises, .init = home_make, .fini = home_remove, .timeout = 20);

static App app_of(Who *who)
{
    return (App){.frontend = &frontend, .training = TRUE, .who = who};
}

Test(exercises, begins_gives_hints_and_comes_back_to_the_same_person)
{
    App app = app_of(&doctor), other = app_of(&nurse);
    exercise_begin(&app, "b04");
    cr_assert_not_null(exercise_current());
    cr_assert_str_eq(exercise_current()->id, "B04");
    cr_assert(receipt && strstr(receipt, "B04"));
    cr_assert(exercise_next_hint(&app));
    Instant started = exercise_started();
    for (guint i = 1; i < exercise_current()->hints->len; i++)
        cr_assert(exercise_next_hint(&app));
    cr_assert_not(exercise_next_hint(&app), "one hint too many");

    exercise_resume(&other);
    exercise_resume(&app);
    cr_assert_str_eq(exercise_current()->id, "B04");
    cr_assert_eq(exercise_started(), started);
}

Test(exercises, another_person_does_not_go_on_with_it)
{
    App app = app_of(&nurse);
    g_autofree char *path = g_build_filename(g_getenv("ROND_HOME"), "state", NULL);
    g_autofree char *file = g_build_filename(path, "exercise", NULL);
    g_mkdir_with_parents(path, 0700);
    cr_assert(g_file_set_contents(file, "B04 1795299463082614 1 SE2329999993-P1001\n", -1, NULL));
    exercise_resume(&app);
    cr_assert_null(exercise_current());
    app.who = &doctor;
    exercise_resume(&app);
    cr_assert_not_null(exercise_current());
    cr_assert_eq(exercise_hints_given(), 1);
}

Test(exercises, what_a_trainer_began_is_taken_up_by_whom_it_is_for)
{
    g_autofree char *path = g_build_filename(g_getenv("ROND_HOME"), "state", NULL);
    g_autofree char *file = g_build_filename(path, "exercise", NULL), *kept = NULL;
    App app = app_of(&nurse);
    g_mkdir_with_parents(path, 0700);
    cr_assert(g_file_set_contents(file, "B04 1795299463082614 1 SE2329999993-P1032 offered\n", -1, NULL));
    exercise_resume(&app);
    cr_assert_null(exercise_current(), "B04 is for doctors");
    app.who = &doctor;
    exercise_resume(&app);
    cr_assert_str_eq(exercise_current()->id, "B04");
    cr_assert_eq(exercise_started(), 1795299463082614);
    cr_assert(receipt && strstr(receipt, "B04"), "it is told");
    cr_assert(g_file_get_contents(file, &kept, NULL, NULL));
    cr_assert(strstr(kept, doctor.hsa_id) && !strstr(kept, "offered"), "it is hers now: %s", kept);
}

Test(exercises, what_cannot_be_done_is_said_and_not_begun)
{
    App app = app_of(&doctor);
    exercise_begin(&app, "B13");
    cr_assert(said && strstr(said, "B13"));
    exercise_begin(&app, "B77");
    cr_assert(strstr(said, "B77"));
    app.training = FALSE;
    exercise_begin(&app, "B04");
    cr_assert_null(exercise_current());
}
