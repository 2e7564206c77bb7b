/* SPDX-License-Identifier: GPL-3.0-or-later
 * The overview against a core: bounded questions, blocks that do not wait for each other, doubt,
 * and what others write. */
#include "base/event.h"
#include "chart/overview.h"
#include "client/fixture.h"

#define OBS(ID, CATEGORY, VALUE)                                                                   \
    "{\"resourceType\":\"Observation\",\"id\":\"" ID                                               \
    "\",\"status\":\"final\",\"subject\":{\"reference\":"                                          \
    "\"Patient/p1\"},\"code\":{\"text\":\"" ID                                                     \
    "\"},\"effectiveDateTime\":\"2026-11-21T06:00:00+01:00\","                                     \
    "\"valueQuantity\":{\"value\":" VALUE ",\"unit\":\"g\"}}"
#define CONDITION                                                                                  \
    "{\"resourceType\":\"Condition\",\"id\":\"c1\",\"subject\":{\"reference\":\"Patient/p1\"},"    \
    "\"clinicalStatus\":{\"coding\":[{\"code\":\"active\"}]},\"code\":{\"text\":\"Pneumoni\"}}"

typedef struct {
    const char *broken; /* type that is refused */
    char *paged;        /* a page of results that says there are more */
    guint asked, followed;
} Watch;

static void on_request(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    Watch *w = data;
    w->asked += strchr(q->target, '?') != NULL;
    w->followed += strstr(q->target, "page=2") != NULL;
    if (w->broken && strstr(q->target, w->broken))
        httpd_text(a, 403, "{\"resourceType\":\"OperationOutcome\",\"issue\":[]}");
    else if (w->paged && strstr(q->target, "category=laboratory"))
        httpd_text(a, 200, w->paged);
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

static gboolean settled(Overview *o)
{
    for (guint p = 0; p < OVERVIEW_BLOCKS; p++) {
        const OverviewBlock *b = overview_block(o, (OverviewPart)p);
        if (b->doubt && strstr(b->doubt, "fetched"))
            return FALSE;
    }
    return TRUE;
}

static void run(Overview *o)
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

Test(overview, shows_what_there_is_and_where_it_is_from)
{
    Fx f;
    Watch w = {0};
    Told told = {0};
    begin(&f, &w);
    Overview *o = overview_watch(f.client, f.scope, f.ctx, on_overview, &told);
    for (guint p = 0; p < OVERVIEW_BLOCKS; p++)
        cr_assert(overview_block(o, (OverviewPart)p)->unknown, "before an answer nothing is known");
    run(o);
    const OverviewBlock *problems = overview_block(o, OVERVIEW_PROBLEMS);
    cr_assert_eq(problems->rows->len, 1);
    cr_assert_str_eq(((OverviewRow *)problems->rows->pdata[0])->name, "Pneumoni");
    const OverviewRow *krea = overview_block(o, OVERVIEW_LABS)->rows->pdata[0];
    cr_assert_str_eq(krea->value, "168");
    cr_assert(krea->source && krea->fetched != INSTANT_NONE);
    fx_end(&f);
}

Test(overview, a_long_record_is_one_page_of_each)
{
    Fx f;
    Watch w = {0};
    Told told = {0};
    begin(&f, &w);
    w.paged = g_strdup_printf(
        "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"link\":[{\"relation\":\"next\","
        "\"url\":\"%s/fhir/Observation?page=2\"}],\"entry\":[{\"resource\":%s}]}",
        httpd_origin(f.core->httpd), OBS("krea", "laboratory", "168"));
    Overview *o = overview_watch(f.client, f.scope, f.ctx, on_overview, &told);
    run(o);
    loop_settle();
    const OverviewBlock *labs = overview_block(o, OVERVIEW_LABS);
    cr_assert_eq(labs->rows->len, 1);
    cr_assert(labs->partial, "that there is more is said");
    cr_assert_eq(w.followed, 0, "and not fetched");
    cr_assert_leq(w.asked, 8);
    g_free(w.paged);
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
    cr_assert(g_regex_match_simple("\\([0-9a-f-]{8,36}\\)$", problems->doubt, 0, 0), "the request's id in “%s”",
              problems->doubt);
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
    g_autofree char *id =
        g_strdup(((OverviewRow *)overview_block(o, OVERVIEW_LABS)->rows->pdata[0])->id);
    minicore_put(f.core, OBS("krea", "laboratory", "190"));
    event_emit(&(Event){
        .kind = EVENT_RESOURCE_CHANGED, .type = "Observation", .id = "krea", .patient = "p1"});
    const OverviewRow *row = NULL;
    for (guint i = 0; i < 100000 && !(row && strcmp(row->value, "190") == 0); i++) {
        g_main_context_iteration(NULL, TRUE);
        row = overview_block(o, OVERVIEW_LABS)->rows->pdata[0];
    }
    cr_assert_str_eq(row->value, "190");
    cr_assert_str_eq(row->id, id, "the cursor's row keeps its id");
    fx_end(&f);
}
