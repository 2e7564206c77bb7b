/* SPDX-License-Identifier: GPL-3.0-or-later
 * What ended without an answer is asked again by itself, politely, and what was refused is not. */
#include "chart/patient-index.h"
#include "chart/schedule.h"
#include "chart/worklist.h"
#include "client/fixture.h"

#define SECOND ((gint64)G_USEC_PER_SEC)
#define STAY                                                                                       \
    "{\"resourceType\":\"Encounter\",\"id\":\"e1\",\"status\":\"in-progress\",\"class\":{\"code\":\"IMP\"},"          \
    "\"subject\":{\"reference\":\"Patient/p1\"},\"serviceProvider\":{\"reference\":\"Organization/u1\"}}"
#define SET(ENTRIES) "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"total\":1,\"link\":[],\"entry\":[" ENTRIES "]}"
#define ADA "{\"resource\":{\"resourceType\":\"Patient\",\"id\":\"p1\",\"name\":[{\"family\":\"Lind\",\"given\":[\"Ada\"]}]}}"

static struct {
    const char *down; /* the type that is not answered for */
    guint status;     /* how */
    guint asked;      /* how often it was asked */
} core;

static void on_request(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    (void)data;
    if (core.down && strstr(q->target, core.down)) {
        core.asked++;
        httpd_text(a, core.status, "{\"resourceType\":\"OperationOutcome\",\"issue\":[]}");
    } else if (strstr(q->target, "Patient?")) {
        httpd_text(a, 200, strstr(q->target, "_summary") ? SET("") : SET(ADA));
    }
}

static void go_by(gint64 us, gint64 step)
{
    for (gint64 t = 0; t < us; t += step) {
        clock_test_advance(step);
        loop_settle();
    }
}

/* The network tries a few times by itself. */
static void give_up(void)
{
    go_by(20 * SECOND, 4 * SECOND);
}

static void begin(Fx *f, const char *down, guint status)
{
    clock_test_begin(1000 * SECOND);
    core.down = NULL;
    fx_begin(f);
    f->core->batch = FALSE;
    fx_discover(f);
    minicore_put(f->core, STAY);
    core.down = down;
    core.status = status;
    core.asked = 0;
    f->core->hook = on_request;
}

static void end(Fx *f)
{
    fx_end(f);
    clock_test_end();
}

static void on_list(const Worklist *list, const GError *error, gpointer data)
{
    (void)error;
    *(guint *)data = list->rows->len;
}

Test(again, a_list_comes_when_the_core_does, .timeout = 30)
{
    Fx f;
    guint rows = 0;
    begin(&f, "Location", 503);
    worklist_watch(f.client, f.scope, "u1", on_list, &rows);
    give_up();
    cr_assert(core.asked > 0 && rows == 0);
    core.down = NULL;
    go_by(60 * SECOND, 10 * SECOND);
    cr_expect_eq(rows, 1, "nobody has pressed a key");
    end(&f);
}

/* A few times in half an hour, further and further apart. */
Test(again, is_asked_politely, .timeout = 30)
{
    Fx f;
    guint rows = 0;
    begin(&f, "Location", 503);
    worklist_watch(f.client, f.scope, "u1", on_list, &rows);
    give_up();
    guint once = core.asked;
    go_by(240 * SECOND, 30 * SECOND);
    cr_expect_leq(core.asked, 5 * once, "in four minutes: %u times, %u each", core.asked, once);
    go_by(2 * 3600 * SECOND, 120 * SECOND);
    cr_expect(core.asked <= 7 * once && core.asked >= once + 6, "%u times, %u each", core.asked, once);
    end(&f);
}

Test(again, what_was_refused_is_not, .timeout = 30)
{
    static const guint refusals[] = {400, 403, 404};
    for (gsize i = 0; i < G_N_ELEMENTS(refusals); i++) {
        Fx f;
        guint rows = 0;
        begin(&f, "Location", refusals[i]);
        worklist_watch(f.client, f.scope, "u1", on_list, &rows);
        loop_settle();
        guint once = core.asked;
        go_by(3600 * SECOND, 600 * SECOND);
        cr_expect_eq(core.asked, once, "%u", refusals[i]);
        end(&f);
    }
}

static void on_diary(const Diary *d, const GError *error, gpointer data)
{
    (void)error;
    *(gboolean *)data = d->known;
}

Test(again, a_diary_comes_when_the_core_does, .timeout = 30)
{
    Fx f;
    gboolean known = FALSE;
    begin(&f, "Location", 500);
    diary_watch(f.client, f.scope, "u1", civil_date_at(clock_clinical_us()), 1, on_diary, &known);
    give_up();
    cr_assert(core.asked > 0 && !known);
    core.down = NULL;
    go_by(60 * SECOND, 10 * SECOND);
    cr_expect(known);
    end(&f);
}

static void on_index(gpointer data)
{
    ++*(guint *)data;
}

Test(again, the_patients_are_read_when_the_core_comes, .timeout = 30)
{
    Fx f;
    guint told = 0;
    begin(&f, "Patient?", 503);
    PatientIndex *x = patient_index_open(f.client, f.scope, on_index, &told);
    give_up();
    g_autofree char *before = patient_index_doubt(x);
    cr_assert(before && !patient_index_complete(x));
    core.down = NULL;
    go_by(60 * SECOND, 10 * SECOND);
    g_autofree char *after = patient_index_doubt(x);
    cr_expect(patient_index_complete(x) && !after, "%s", after);
    cr_expect_eq(patient_index_size(x), 1);
    end(&f);
}

/* Said at once, and never as if it were still being read. */
Test(again, a_core_without_a_list_of_patients_says_so, .timeout = 30)
{
    Fx f;
    guint told = 0, all;
    begin(&f, "Patient?_summary", 400);
    PatientIndex *x = patient_index_open(f.client, f.scope, on_index, &told);
    loop_settle();
    g_autofree char *why = patient_index_doubt(x);
    cr_expect_str_eq(why, "the core gives out no list of patients: it is asked about what is typed");
    g_ptr_array_unref(patient_index_find(x, "l", 20, &all));
    loop_settle();
    g_autofree char *brief = patient_index_doubt(x);
    cr_expect_str_eq(brief, "the core is asked from two letters or ten digits on");
    cr_expect_not(patient_index_answered(x));
    g_ptr_array_unref(patient_index_find(x, "lind", 20, &all));
    loop_settle();
    g_ptr_array_unref(patient_index_find(x, "lind", 20, &all));
    g_autofree char *none = patient_index_doubt(x);
    cr_expect(patient_index_answered(x) && !none && all == 1, "%s, %u", none, all);
    guint once = core.asked;
    go_by(3600 * SECOND, 600 * SECOND);
    cr_expect_eq(core.asked, once, "it has said no");
    end(&f);
}
