/* SPDX-License-Identifier: GPL-3.0-or-later
 * The overview against a core: bounded questions, blocks that do not wait for each other, doubt, and
 * what others write. */
#include "base/event.h"
#include "chart/overview.h"
#include "client/fixture.h"

#define OBS(ID, CATEGORY, VALUE)                                                                               \
    "{\"resourceType\":\"Observation\",\"id\":\"" ID "\",\"status\":\"final\",\"subject\":{\"reference\":"        \
    "\"Patient/p1\"},\"code\":{\"text\":\"" ID "\"},\"effectiveDateTime\":\"2026-11-21T06:00:00+01:00\","        \
    "\"valueQuantity\":{\"value\":" VALUE ",\"unit\":\"g\"}}"
#define CONDITION                                                                                              \
    "{\"resourceType\":\"Condition\",\"id\":\"c1\",\"subject\":{\"reference\":\"Patient/p1\"},"                 \
    "\"clinicalStatus\":{\"coding\":[{\"code\":\"active\"}]},\"code\":{\"text\":\"Pneumoni\"}}"

typedef struct {
    const char *broken; /* type that is refused */
    guint asked, unbounded;
} Watch;

static void on_request(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    static const char *const large[] = {"Observation", "DocumentReference", "DiagnosticReport", "Condition",
                                        "MedicationRequest", "Appointment"};
    Watch *w = data;
    for (gsize i = 0; i < G_N_ELEMENTS(large); i++)
        if (strstr(q->target, large[i]) && strchr(q->target, '?')) {
            w->asked++;
            w->unbounded += strstr(q->target, "_count=") == NULL;
        }
    if (w->broken && strstr(q->target, w->broken))
        httpd_text(a, 403, "{\"resourceType\":\"OperationOutcome\",\"issue\":[]}");
}

typedef struct {
    Overview *overview;
    guint told;
} Told;

static void on_overview(Overview *o, gpointer data)
{
    Told *t = data;
    t->overview = o;
    t->told++;
}

static gboolean settled(const Overview *o)
{
    for (guint p = 0; p < OVERVIEW_BLOCKS; p++) {
        const OverviewBlock *b = overview_block(o, (OverviewPart)p);
        if (b->doubt && strstr(b->doubt, "fetched"))
            return FALSE;
    }
    return TRUE;
}

static void run(const Overview *o)
{
    for (guint i = 0; !settled(o) && i < 100000; i++)
        g_main_context_iteration(NULL, TRUE);
    cr_assert(settled(o));
}

static void begin(Fx *f, Watch *w)
{
    fx_begin(f);
    minicore_put(f->core, CONDITION);
    minicore_put(f->core, OBS("krea", "laboratory", "168"));
    f->core->hook = on_request;
    f->core->hook_data = w;
}

Test(overview, asks_bounded_questions_and_shows_what_there_is)
{
    Fx f;
    Watch w = {0};
    Told told = {0};
    begin(&f, &w);
    Overview *o = overview_watch(f.client, f.scope, f.ctx, on_overview, &told);
    for (guint p = 0; p < OVERVIEW_BLOCKS; p++)
        cr_assert(overview_block(o, (OverviewPart)p)->unknown, "before an answer nothing is known");
    run(o);
    cr_assert_geq(w.asked, 6);
    cr_assert_eq(w.unbounded, 0, "every question about a long record says how much of it");
    const OverviewBlock *problems = overview_block(o, OVERVIEW_PROBLEMS);
    cr_assert_eq(problems->rows->len, 1);
    cr_assert_str_eq(((OverviewRow *)problems->rows->pdata[0])->name, "Pneumoni");
    const OverviewRow *krea = overview_block(o, OVERVIEW_LABS)->rows->pdata[0];
    cr_assert_str_eq(krea->value, "168");
    cr_assert(krea->source && krea->fetched != INSTANT_NONE);
    fx_end(&f);
}

Test(overview, one_refused_question_is_told_in_its_block_alone)
{
    Fx f;
    Watch w = {.broken = "/Condition"};
    Told told = {0};
    begin(&f, &w);
    Overview *o = overview_watch(f.client, f.scope, f.ctx, on_overview, &told);
    run(o);
    const OverviewBlock *problems = overview_block(o, OVERVIEW_PROBLEMS);
    cr_assert(problems->unknown && !problems->rows->len, "refused is not none");
    cr_assert(strstr(problems->doubt, "NOT KNOWN"));
    cr_assert_eq(overview_block(o, OVERVIEW_LABS)->rows->len, 1);
    fx_end(&f);
}

Test(overview, what_is_written_appears_under_the_same_id)
{
    Fx f;
    Watch w = {0};
    Told told = {0};
    begin(&f, &w);
    Overview *o = overview_watch(f.client, f.scope, f.ctx, on_overview, &told);
    run(o);
    g_autofree char *id = g_strdup(((OverviewRow *)overview_block(o, OVERVIEW_LABS)->rows->pdata[0])->id);
    minicore_put(f.core, OBS("krea", "laboratory", "190"));
    event_emit(&(Event){.kind = EVENT_RESOURCE_CHANGED, .type = "Observation", .id = "krea", .patient = "p1"});
    const OverviewRow *row = NULL;
    for (guint i = 0; i < 100000 && !(row && strcmp(row->value, "190") == 0); i++) {
        g_main_context_iteration(NULL, TRUE);
        row = overview_block(o, OVERVIEW_LABS)->rows->pdata[0];
    }
    cr_assert_str_eq(row->value, "190");
    cr_assert_str_eq(row->id, id, "the cursor's row keeps its id");
    fx_end(&f);
}
