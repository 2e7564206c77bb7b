/* SPDX-License-Identifier: GPL-3.0-or-later
 * Reading: cache and network, pages, doubt, audit, freshness. */
#include "base/event.h"
#include "client/fixture.h"

#define OBS(id)                                                                                    \
    "{\"resourceType\":\"Observation\",\"id\":\"" id                                               \
    "\",\"status\":\"final\",\"subject\":{\"reference\":\"Patient/p1\"}}"

static void put_obs(Fx *f)
{
    minicore_put(f->core, OBS("o1"));
    minicore_put(f->core, OBS("o2"));
}

/* Answers a search for Observation with what the test says; %s is the core's own origin. */
typedef struct {
    const char *pages[4];
    guint status[4], n;
    char *origin;
} Pages;

static void on_pages(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    Pages *p = data;
    if (!strstr(q->target, "Observation"))
        return;
    const char *mark = strstr(q->target, "page=");
    guint at = mark ? (guint)(mark[5] - '0') : 0;
    p->n++;
    g_auto(GStrv) parts = g_strsplit(p->pages[at] ? p->pages[at] : "", "@", -1);
    g_autofree char *text = g_strjoinv(p->origin, parts);
    httpd_text(a, p->status[at] ? p->status[at] : 200, text);
}

#define BUNDLE(links, entries)                                                                     \
    "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"link\":[" links "],\"entry\":[" entries \
    "]}"
#define NEXT(url)   "{\"relation\":\"next\",\"url\":\"" url "\"}"
#define ENTRY(json) "{\"resource\":" json "}"

static void with_pages(Fx *f, Pages *p)
{
    fx_begin(f);
    p->origin = g_strconcat(httpd_origin(f->core->httpd), "/fhir", NULL);
    f->core->hook = on_pages;
    f->core->hook_data = p;
}

Test(read, from_the_core_then_from_the_cache_then_304)
{
    clock_test_begin(1000 * G_USEC_PER_SEC);
    Fx f;
    fx_begin(&f);
    put_obs(&f);
    Got got = {0};
    fx_search(&f, "Observation", CLIENT_DEFAULT, &got);
    cr_assert(!got.calls);
    cr_assert(loop_until(&got.done));
    cr_assert_eq(got.items, 2);
    cr_assert(got.complete && !got.cached && !got.unknown);
    cr_assert_eq(got.as_of, 1000 * G_USEC_PER_SEC);
    clock_test_advance(60 * G_USEC_PER_SEC);
    got_clear(&got);
    fx_search(&f, "Observation", CLIENT_DEFAULT, &got);
    while (!got.calls)
        g_main_context_iteration(NULL, TRUE);
    cr_assert(got.cached && !got.done);
    cr_assert_eq(got.as_of, 1000 * G_USEC_PER_SEC, "the age of what is shown is known");
    cr_assert(loop_until(&got.done));
    cr_assert(!got.cached);
    cr_assert_eq(got.as_of, 1060 * G_USEC_PER_SEC);
    cr_assert_eq(got.items, 2);
    got_clear(&got);
    fx_end(&f);
    clock_test_end();
}

Test(read, offline_shows_the_cache_with_the_error)
{
    Fx f;
    fx_begin(&f);
    put_obs(&f);
    Got got = {0};
    fx_search(&f, "Observation", CLIENT_DEFAULT, &got);
    cr_assert(loop_until(&got.done));
    httpd_free(g_steal_pointer(&f.core->httpd));
    got_clear(&got);
    fx_search(&f, "Observation", CLIENT_DEFAULT, &got);
    cr_assert(loop_until(&got.done));
    cr_assert_eq(got.code, CLIENT_ERROR_OFFLINE);
    cr_assert(got.cached);
    cr_assert_eq(got.items, 2);
    got_clear(&got);
    fx_search(&f, "Task", CLIENT_DEFAULT, &got);
    cr_assert(loop_until(&got.done));
    cr_assert(!got.has_result, "what was never seen is not an empty list");
    got_clear(&got);
    fx_end(&f);
}

Test(read, pages_are_followed_and_deduplicated)
{
    Pages p = {.pages = {BUNDLE(NEXT("@/Observation?page=1"), ENTRY(OBS("a")) "," ENTRY(OBS("b"))),
                         BUNDLE(NEXT("@/Observation?page=2"), ENTRY(OBS("b")) "," ENTRY(OBS("c"))),
                         BUNDLE("", ENTRY(OBS("a")) "," ENTRY(OBS("d")))}};
    Fx f;
    with_pages(&f, &p);
    Got got = {0};
    fx_search(&f, "Observation", CLIENT_DEFAULT, &got);
    cr_assert(loop_until(&got.done));
    cr_assert_eq(got.items, 4);
    cr_assert(got.complete && !got.unknown);
    got_clear(&got);
    ClientSearch *s = fx_search(&f, "Observation", CLIENT_ONE_PAGE | CLIENT_NO_STORE, &got);
    cr_assert(loop_until(&got.done));
    cr_assert(got.more && !got.complete);
    cr_assert_eq(got.items, 2);
    got.done = FALSE;
    client_more(s);
    cr_assert(loop_until(&got.done));
    cr_assert_eq(got.items, 3);
    got_clear(&got);
    g_free(p.origin);
    fx_end(&f);
}

typedef struct {
    const char *name;
    Pages pages;
    guint items, skipped;
    int code;
    Doubt doubt;
    gboolean has_result;
} DoubtCase;

/* Whatever makes an empty or short list doubtful is told, and for that reason; it is never "none". */
Test(read, doubt_is_never_none)
{
    static const DoubtCase doubts[] = {
        {"dropped parameter",
         {.pages = {BUNDLE("{\"relation\":\"self\",\"url\":\"@/Observation\"}", "")}},
         .code = -1,
         .doubt = DOUBT_QUESTION,
         .has_result = TRUE},
        {"nothing, and no word of which question",
         {.pages = {BUNDLE("", "")}},
         .code = -1,
         .doubt = DOUBT_UNCHECKED,
         .has_result = TRUE},
        {"foreign next",
         {.pages = {BUNDLE(NEXT("https://elsewhere.example/x"), ENTRY(OBS("a")))}},
         .items = 1,
         .code = -1,
         .doubt = DOUBT_SERVER,
         .has_result = TRUE},
        {"next loop",
         {.pages = {BUNDLE(NEXT("@/Observation?page=0"), ENTRY(OBS("a")))}},
         .items = 1,
         .code = -1,
         .doubt = DOUBT_CIRCLE,
         .has_result = TRUE},
        {"cut page",
         {.pages = {BUNDLE(NEXT("@/Observation?page=1"), ENTRY(OBS("a"))), ""},
          .status = {200, 500}},
         .items = 1,
         .code = CLIENT_ERROR_SERVER,
         .doubt = DOUBT_PAGES,
         .has_result = TRUE},
        {"another patient",
         {.pages = {BUNDLE(
              "", ENTRY(OBS("a")) ",{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"z\","
                                  "\"subject\":{\"reference\":\"Patient/p2\"}}}")}},
         .items = 1,
         .skipped = 1,
         .code = -1,
         .doubt = DOUBT_FOREIGN,
         .has_result = TRUE},
        {"unreadable entry",
         {.pages = {BUNDLE("", ENTRY(OBS("a")) "," ENTRY("{\"id\":1}"))}},
         .items = 1,
         .skipped = 1,
         .code = -1,
         .doubt = DOUBT_UNREADABLE,
         .has_result = TRUE},
        {"outcome entry",
         {.pages = {BUNDLE("", ENTRY("{\"resourceType\":\"OperationOutcome\",\"issue\":[{"
                                     "\"severity\":\"error\",\"code\":\"x\"}]}"))}},
         .code = -1,
         .doubt = DOUBT_OUTCOME,
         .has_result = TRUE},
        {"held back",
         {.pages = {BUNDLE("", ENTRY("{\"resourceType\":\"OperationOutcome\",\"issue\":[{"
                                     "\"severity\":\"information\",\"code\":\"suppressed\"}]}"))}},
         .code = -1,
         .doubt = DOUBT_OUTCOME,
         .has_result = TRUE},
        {"more in all than came",
         {.pages = {"{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"total\":2,\"entry\":[" ENTRY(OBS("a")) "]}"}},
         .items = 1,
         .code = -1,
         .doubt = DOUBT_PAGES,
         .has_result = TRUE},
        {"question for an answer",
         {.pages = {BUNDLE("", ENTRY(OBS("a")) ",{\"request\":{\"method\":\"GET\",\"url\":\"Observation\"}}")}},
         .items = 1,
         .skipped = 1,
         .code = -1,
         .doubt = DOUBT_UNREADABLE,
         .has_result = TRUE},
        {"forbidden", {.pages = {""}, .status = {403}}, .code = CLIENT_ERROR_FORBIDDEN},
        {"empty body", {.pages = {""}}, .code = CLIENT_ERROR_ANSWER},
        {"login page", {.pages = {"<html>Log in</html>"}}, .code = CLIENT_ERROR_ANSWER},
        {"truncated",
         {.pages = {"{\"resourceType\":\"Bundle\",\"entry\":[{\"res"}},
         .code = CLIENT_ERROR_ANSWER},
    };
    for (guint i = 0; i < G_N_ELEMENTS(doubts); i++) {
        const DoubtCase *d = &doubts[i];
        Pages p = d->pages;
        Fx f;
        with_pages(&f, &p);
        Got got = {0};
        fx_search(&f, "Observation", CLIENT_DEFAULT, &got);
        cr_assert(loop_until(&got.done), "%s", d->name);
        cr_assert_eq(got.code, d->code, "%s: code %d", d->name, got.code);
        cr_assert_eq(got.has_result, d->has_result, "%s", d->name);
        cr_assert_eq(got.unknown, d->doubt != DOUBT_NONE, "%s", d->name);
        cr_assert_eq(got.doubt, d->doubt, "%s: doubt %d", d->name, (int)got.doubt);
        cr_assert_eq(got.items, d->items, "%s: %u", d->name, got.items);
        cr_assert_eq(got.skipped, d->skipped, "%s: %u", d->name, got.skipped);
        got_clear(&got);
        g_free(p.origin);
        fx_end(&f);
    }
}

Test(read, an_expired_page_list_starts_again_once)
{
    Pages p = {.pages = {BUNDLE(NEXT("@/Observation?page=1"), ENTRY(OBS("a"))), ""},
               .status = {200, 410}};
    Fx f;
    with_pages(&f, &p);
    Got got = {0};
    fx_search(&f, "Observation", CLIENT_DEFAULT, &got);
    cr_assert(loop_until(&got.done));
    cr_assert_eq(p.n, 4);
    cr_assert(got.unknown);
    got_clear(&got);
    g_free(p.origin);
    fx_end(&f);
}

Test(read, a_large_answer_is_parsed_beside)
{
    g_autoptr(GString) text =
        g_string_new("{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":[");
    for (guint i = 0; i < 4000; i++)
        g_string_append_printf(
            text,
            "%s{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"o%u\",\"subject\":{"
            "\"reference\":"
            "\"Patient/p1\"},\"note\":[{\"text\":\"ett längre värde som tar plats\"}]}}",
            i ? "," : "", i);
    g_string_append(text, "]}");
    Pages p = {.pages = {text->str}};
    Fx f;
    with_pages(&f, &p);
    Got got = {0};
    for (guint i = 0; i < 2; i++) {
        got_clear(&got);
        fx_search(&f, "Observation", CLIENT_DEFAULT, &got);
        cr_assert(loop_until(&got.done));
        cr_assert_eq(got.items, 4000);
    }
    /* and it may be closed in the middle of that */
    Scope *view = scope_new();
    g_autoptr(FhirQuery) query = client_patient_query(f.ctx, "Observation");
    Got never = {0};
    p.n = 0;
    client_search(f.client, view, f.ctx, query, CLIENT_NO_STORE, fx_on_result, &never);
    cr_assert(loop_until_count(&p.n, 1));
    for (guint i = 0; i < 3; i++)
        g_main_context_iteration(NULL, FALSE);
    scope_close(view);
    loop_settle();
    got_clear(&got);
    got_clear(&never);
    g_free(p.origin);
    fx_end(&f);
}

/* ---- the choke point ----------------------------------------------------------------------- */

static guint audits(Fx *f)
{
    client_flush_audit(f->client);
    loop_settle();
    return minicore_count(f->core, "AuditEvent");
}

Test(audit, opening_reading_and_searching_are_logged)
{
    Fx f;
    fx_begin(&f);
    cr_assert_eq(audits(&f), 1, "the opening");
    Got got = {0};
    fx_search(&f, "Observation", CLIENT_DEFAULT, &got);
    fx_search(&f, "Observation", CLIENT_DEFAULT, &got);
    cr_assert_eq(audits(&f), 2, "each type once for each opening");
    g_autoptr(FhirQuery) query = fhir_query_new("Patient");
    fhir_query_add(query, "name", "Test");
    client_search(f.client, f.scope, NULL, query, CLIENT_DEFAULT, fx_on_result, &got);
    cr_assert_eq(audits(&f), 3);
    g_autoptr(FhirQuery) staff = fhir_query_new("Practitioner");
    client_search(f.client, f.scope, NULL, staff, CLIENT_DEFAULT, fx_on_result, &got);
    cr_assert_eq(audits(&f), 3, "staff is no patient data");
    got_clear(&got);
    fx_end(&f);
}

static void expect_string(FhirNode event, const char *path, const char *value)
{
    g_autofree char *have = fhir_string(event, path);
    cr_expect_str_eq(have ? have : "(nothing)", value, "%s", path);
}

/* Who, on which assignment, about whom, what, when: all of it, in the event that waits on the disk. */
Test(audit, an_event_says_who_on_which_assignment_about_whom_what_and_when)
{
    clock_test_begin(1763712000 * (gint64)G_USEC_PER_SEC);
    Fx f;
    fx_begin(&f);
    loop_settle();
    f.core->token = "closed";
    Got got = {0};
    fx_search(&f, "Observation", CLIENT_DEFAULT, &got);
    cr_assert(loop_until(&got.done));
    cr_assert_eq(f.store->audit_ids->len, 1);
    g_autoptr(FhirResource) event =
        fhir_resource_parse(g_hash_table_lookup(f.store->audit, f.store->audit_ids->pdata[0]), NULL);
    cr_assert(event);
    FhirNode e = fhir_root(event);
    expect_string(e, "agent[0].who.reference", "Practitioner/dr1");
    expect_string(e, "agent[0].who.identifier.value", "SE2321000016-0001");
    expect_string(e, "agent[0].who.display", "Test Läkare");
    expect_string(e, "agent[1].who.reference", "Organization/u1");
    expect_string(e, "agent[1].who.identifier.value", "SE2321000016-0002");
    expect_string(e, "entity[0].what.reference", "Patient/p1");
    expect_string(e, "entity[1].name", "Observation");
    expect_string(e, "purposeOfEvent[0].coding[0].code", "TREAT");
    g_autofree char *when = instant_to_fhir(clock_clinical_us());
    expect_string(e, "recorded", when);
    got_clear(&got);
    fx_end(&f);
    clock_test_end();
}

Test(audit, what_cannot_be_logged_is_not_read)
{
    Fx f;
    fx_begin(&f);
    loop_settle(); /* the event of the opening is with the core */
    f.store->audit_fails = TRUE;
    guint before = httpd_requests(f.core->httpd);
    Got got = {0};
    fx_search(&f, "Observation", CLIENT_DEFAULT, &got);
    cr_assert(loop_until(&got.done));
    cr_assert_eq(got.code, CLIENT_ERROR_AUDIT);
    loop_settle();
    cr_assert_eq(httpd_requests(f.core->httpd), before);
    g_autoptr(FhirQuery) everybody = fhir_query_new("Encounter");
    got_clear(&got);
    client_search(f.client, f.scope, NULL, everybody, CLIENT_DEFAULT, fx_on_result, &got);
    cr_assert(loop_until(&got.done));
    cr_assert_eq(got.code, CLIENT_ERROR_AUDIT, "a search over patients is reading too");
    loop_settle();
    cr_assert_eq(httpd_requests(f.core->httpd), before);
    got_clear(&got);
    fx_end(&f);
}

/* Nothing is asked of cache or core, and nothing is told, before the event is on the disk. */
Test(audit, the_reading_waits_for_the_disk)
{
    Fx f;
    fx_begin(&f);
    put_obs(&f);
    Got got = {0}, again = {0}, list = {0};
    fx_search(&f, "Observation", CLIENT_DEFAULT, &got);
    cr_assert(loop_until(&got.done), "now it is in the cache");
    g_clear_pointer(&f.ctx, patient_ctx_unref);
    got_clear(&got);
    f.store->audit_slow = TRUE;
    loop_settle();
    guint before = httpd_requests(f.core->httpd);
    client_open_patient(f.client, f.scope, "p1", "TREAT", fx_on_patient, &f.ctx);
    loop_settle();
    cr_assert(!f.ctx, "the opening waits");
    memstore_sync(f.store);
    loop_settle();
    cr_assert(f.ctx);
    before = httpd_requests(f.core->httpd);
    fx_search(&f, "Observation", CLIENT_DEFAULT, &got);
    ClientSearch *watched = fx_search(&f, "Observation", CLIENT_DEFAULT, &again);
    client_watch(watched);
    client_refresh(watched);
    g_autoptr(FhirQuery) everybody = fhir_query_new("Encounter");
    client_search(f.client, f.scope, NULL, everybody, CLIENT_DEFAULT, fx_on_result, &list);
    loop_settle();
    cr_assert_eq(got.calls + again.calls + list.calls, 0);
    cr_assert_eq(httpd_requests(f.core->httpd), before);
    cr_assert(client_busy(f.client));
    cr_assert_eq(g_queue_get_length(&f.store->audit_slowly), 2, "one for both readings, one for the list");
    memstore_sync(f.store);
    cr_assert(loop_until(&got.done) && loop_until(&again.done) && loop_until(&list.done));
    cr_assert_eq(got.items, 2);
    cr_assert_eq(got.cached_calls, 1);
    got_clear(&got), got_clear(&again), got_clear(&list);
    fx_end(&f);
}

/* One event says all that a chart's opening reads: it waits once. */
Test(audit, a_chart_waits_for_one_writing)
{
    static const char *const types[] = {"Observation", "Condition", "Observation", NULL};
    Fx f;
    fx_begin(&f);
    put_obs(&f);
    g_clear_pointer(&f.ctx, patient_ctx_unref);
    f.store->audit_slow = TRUE;
    loop_settle();
    f.core->token = "closed";
    client_open_chart(f.client, f.scope, "p1", "TREAT", types, fx_on_patient, &f.ctx);
    cr_assert_eq(g_queue_get_length(&f.store->audit_slowly), 1);
    memstore_sync(f.store);
    g_autoptr(FhirResource) event =
        fhir_resource_parse(g_hash_table_lookup(f.store->audit, f.store->audit_ids->pdata[0]), NULL);
    expect_string(fhir_root(event), "action", "R");
    expect_string(fhir_root(event), "entity[0].what.reference", "Patient/p1");
    expect_string(fhir_root(event), "entity[1].name", "Patient");
    expect_string(fhir_root(event), "entity[2].name", "Observation");
    expect_string(fhir_root(event), "entity[3].name", "Condition");
    cr_assert_eq(fhir_count(fhir_at(fhir_root(event), "entity")), 4);
    f.core->token = NULL;
    loop_settle();
    cr_assert(f.ctx);
    Got got = {0};
    fx_search(&f, "Observation", CLIENT_DEFAULT, &got);
    cr_assert(loop_until(&got.done), "no second writing is waited for");
    cr_assert_eq(got.items, 2);
    cr_assert_eq(g_queue_get_length(&f.store->audit_slowly), 0);
    got_clear(&got);
    fx_end(&f);
}

/* The view or the whole client may go while the disk works. */
Test(audit, who_leaves_meanwhile_is_told_nothing)
{
    Fx f;
    fx_begin(&f);
    f.store->audit_slow = TRUE;
    Got got = {0};
    Scope *view = scope_new();
    g_autoptr(FhirQuery) query = client_patient_query(f.ctx, "Observation");
    client_search(f.client, view, f.ctx, query, CLIENT_DEFAULT, fx_on_result, &got);
    scope_close(view);
    memstore_sync(f.store);
    loop_settle();
    cr_assert_eq(got.calls, 0);
    cr_assert_eq(minicore_count(f.core, "AuditEvent"), 2, "the event stands");
    fx_search(&f, "Condition", CLIENT_DEFAULT, &got);
    g_clear_pointer(&f.ctx, patient_ctx_unref);
    scope_close(g_steal_pointer(&f.scope));
    client_free(g_steal_pointer(&f.client));
    memstore_sync(f.store);
    cr_assert_eq(got.calls, 0);
    fx_end(&f);
}

Test(audit, events_wait_until_the_core_takes_them)
{
    clock_test_begin(1000 * G_USEC_PER_SEC);
    Fx f;
    fx_begin(&f);
    loop_settle();
    f.core->token = "closed";
    Got got = {0};
    fx_search(&f, "Observation", CLIENT_DEFAULT, &got);
    cr_assert(loop_until(&got.done));
    loop_settle();
    cr_assert_eq(f.store->audit_ids->len, 1);
    f.core->token = NULL;
    clock_test_advance(31 * G_USEC_PER_SEC);
    loop_settle();
    cr_assert_eq(f.store->audit_ids->len, 0);
    cr_assert_eq(minicore_count(f.core, "AuditEvent"), 2);
    got_clear(&got);
    fx_end(&f);
    clock_test_end();
}

Test(audit, patient_data_needs_the_patient)
{
    Fx f;
    fx_begin(&f);
    Got got = {0};
    client_read(f.client, f.scope, NULL, "Observation", "o1", CLIENT_DEFAULT, fx_on_result, &got);
    cr_assert(loop_until(&got.done));
    cr_assert_eq(got.code, CLIENT_ERROR_PATIENT);
    got_clear(&got);
    g_autoptr(FhirQuery) loose = fhir_query_new("Observation");
    fhir_query_add(loose, "patient", "Patient/p2");
    client_search(f.client, f.scope, f.ctx, loose, CLIENT_DEFAULT, fx_on_result, &got);
    cr_assert(loop_until(&got.done));
    cr_assert_eq(got.code, CLIENT_ERROR_PATIENT, "a query about another than the captured patient");
    got_clear(&got);
    minicore_put(f.core, "{\"resourceType\":\"Observation\",\"id\":\"x\",\"subject\":{"
                         "\"reference\":\"Patient/p2\"}}");
    client_read(f.client, f.scope, f.ctx, "Observation", "x", CLIENT_DEFAULT, fx_on_result, &got);
    cr_assert(loop_until(&got.done));
    cr_assert_eq(got.code, CLIENT_ERROR_PATIENT);
    cr_assert(!got.has_result);
    got_clear(&got);
    client_read(f.client, f.scope, f.ctx, "Observation", "../Patient/p2", CLIENT_DEFAULT,
                fx_on_result, &got);
    cr_assert(loop_until(&got.done));
    cr_assert_eq(got.code, CLIENT_ERROR_NOT_FOUND);
    got_clear(&got);
    fx_end(&f);
}

/* ---- freshness ----------------------------------------------------------------------------- */

Test(poll, what_others_write_is_seen_and_idle_is_quiet)
{
    clock_test_begin(1000 * G_USEC_PER_SEC);
    Fx f;
    fx_begin(&f);
    put_obs(&f);
    minicore_put(
        f.core, "{\"resourceType\":\"Task\",\"id\":\"t1\",\"for\":{\"reference\":\"Patient/p1\"}}");
    Got one = {0}, two = {0};
    f.core->batch = FALSE;
    fx_discover(&f);
    ClientSearch *a = fx_search(&f, "Observation", CLIENT_DEFAULT, &one);
    ClientSearch *b = fx_search(&f, "Task", CLIENT_DEFAULT, &two);
    cr_assert(loop_until(&one.done) && loop_until(&two.done));
    client_watch(a);
    client_watch(b);
    loop_settle();
    guint before = httpd_requests(f.core->httpd), calls = one.calls + two.calls;
    for (guint i = 0; i < 4; i++) {
        clock_test_advance(30 * G_USEC_PER_SEC);
        loop_settle();
    }
    cr_assert_eq(httpd_requests(f.core->httpd) - before, 4, "one request per 30 s in all");
    cr_assert_eq(one.calls + two.calls, calls, "nothing changed, nothing told");
    cr_assert_gt(client_search_as_of(a), 1060 * G_USEC_PER_SEC, "but the age is new");
    minicore_put(f.core, OBS("o3"));
    for (guint i = 0; i < 2; i++) {
        clock_test_advance(30 * G_USEC_PER_SEC);
        loop_settle();
    }
    cr_assert_eq(one.items, 3, "within 60 s");
    got_clear(&one);
    got_clear(&two);
    fx_end(&f);
    clock_test_end();
}

/* Answers the poll's batch: the first list is as it was, of the second nothing is known. */
static void on_poll(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    if (g_str_equal(q->method, "POST"))
        httpd_text(a, 200, "{\"resourceType\":\"Bundle\",\"type\":\"batch-response\",\"entry\":[{\"response\":{\"status\":\"304\"}},"
                           "{\"response\":{\"status\":\"503\"}}]}");
}

Test(poll, what_the_core_does_not_answer_for_is_not_confirmed)
{
    clock_test_begin(1000 * G_USEC_PER_SEC);
    Fx f;
    fx_begin(&f);
    put_obs(&f);
    minicore_put(f.core, "{\"resourceType\":\"Task\",\"id\":\"t1\",\"for\":{\"reference\":\"Patient/p1\"}}");
    f.core->batch = TRUE;
    fx_discover(&f);
    Got one = {0}, two = {0};
    ClientSearch *a = fx_search(&f, "Observation", CLIENT_DEFAULT, &one);
    ClientSearch *b = fx_search(&f, "Task", CLIENT_DEFAULT, &two);
    cr_assert(loop_until(&one.done) && loop_until(&two.done));
    client_watch(a);
    client_watch(b);
    loop_settle();
    f.core->hook = on_poll;
    clock_test_advance(30 * G_USEC_PER_SEC);
    loop_settle();
    cr_assert_not(one.cached);
    cr_assert(two.cached, "it tells its age");
    cr_assert_eq(two.as_of, 1000 * G_USEC_PER_SEC);
    cr_assert_eq(two.items, 1, "and what is there stays");
    got_clear(&one);
    got_clear(&two);
    fx_end(&f);
    clock_test_end();
}

static const char *last_connection;

static void on_connection(const Event *event, gpointer data)
{
    last_connection = g_str_equal(event->text, "online") ? "online" : "offline";
}

Test(poll, a_key_after_silence_asks_once_and_losing_the_core_is_told)
{
    clock_test_begin(1000 * G_USEC_PER_SEC);
    guint listener = event_listen(EVENT_CONNECTION, on_connection, NULL);
    Fx f;
    fx_begin(&f);
    loop_settle();
    cr_assert_str_eq(last_connection, "online");
    guint before = httpd_requests(f.core->httpd);
    client_nudge(f.client);
    loop_settle();
    cr_assert_eq(httpd_requests(f.core->httpd), before, "the last answer is fresh");
    clock_test_advance(2 * G_USEC_PER_SEC);
    for (guint i = 0; i < 5; i++)
        client_nudge(f.client);
    loop_settle();
    cr_assert_eq(httpd_requests(f.core->httpd), before + 1);
    cr_assert_eq(client_age_us(f.client), 0);
    httpd_free(g_steal_pointer(&f.core->httpd));
    clock_test_advance(2 * G_USEC_PER_SEC);
    client_nudge(f.client);
    loop_settle();
    cr_assert_str_eq(last_connection, "offline");
    Instant since = 0;
    cr_assert(!client_online(f.client, &since));
    cr_assert_eq(since, 1002 * G_USEC_PER_SEC);
    event_unlisten(listener);
    fx_end(&f);
    clock_test_end();
}

/* A closed scope means no callback, wherever the search is. */
Test(read, closing_the_scope_silences_at_every_point, .timeout = 60)
{
    for (guint turns = 0; turns < 40; turns++) {
        Fx f;
        fx_begin(&f);
        put_obs(&f);
        Got warm = {0}, got = {0};
        fx_search(&f, "Observation", CLIENT_DEFAULT, &warm);
        cr_assert(loop_until(&warm.done));
        Scope *view = scope_new();
        g_autoptr(FhirQuery) query = client_patient_query(f.ctx, "Observation");
        client_watch(
            client_search(f.client, view, f.ctx, query, CLIENT_DEFAULT, fx_on_result, &got));
        for (guint i = 0; i < turns; i++)
            g_main_context_iteration(NULL, FALSE);
        scope_close(view);
        guint calls = got.calls;
        g_main_context_iteration(NULL, FALSE);
        cr_assert_eq(got.calls, calls);
        got_clear(&warm);
        got_clear(&got);
        fx_end(&f);
    }
}

/* Flag?status is not in R4: a core that does not name it is asked without, and the rest is done here. */
Test(read, a_parameter_that_this_core_lacks_is_not_sent_but_still_holds)
{
    Fx f;
    fx_begin(&f);
    static const char flag[] = "{\"resourceType\":\"Flag\",\"id\":\"%s\",\"status\":\"%s\",\"subject\":{\"reference\":\"Patient/p1\"}}";
    static const char *const all[][2] = {{"f1", "inactive"}, {"f2", "active"}, {"f3", "entered-in-error"}};
    for (guint i = 0; i < G_N_ELEMENTS(all); i++) {
        g_autofree char *json = g_strdup_printf(flag, all[i][0], all[i][1]);
        minicore_put(f.core, json);
    }
    cr_assert_not(client_has_search(f.client, "Flag", "status"));
    g_autoptr(FhirQuery) q = client_patient_query(f.ctx, "Flag");
    fhir_query_add_raw(q, "status", "active");
    Got got = {0};
    client_search(f.client, f.scope, f.ctx, q, CLIENT_FRESH, fx_on_result, &got);
    cr_assert(loop_until(&got.done));
    cr_assert_eq(got.items, 1);
    cr_assert(strstr(got.first, "f2") && !got.unknown && got.complete);
    cr_assert_null(strstr(f.core->last_target, "status"), "%s", f.core->last_target);
    got_clear(&got);
    fx_end(&f);
}

/* ---- what the core cannot ---- */

static void on_statement(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    if (strstr(q->target, "/metadata"))
        httpd_text(a, 200, data);
}

static void fx_states(Fx *f, const char *statement)
{
    fx_begin(f);
    f->core->hook = on_statement;
    f->core->hook_data = (gpointer)statement;
    fx_discover(f);
}

#define STATEMENT(head, resources) \
    "{\"resourceType\":\"CapabilityStatement\"," head ",\"fhirVersion\":\"4.0.1\",\"rest\":[{\"resource\":[" resources "]}]}"
#define CODE(word) "{\"code\":\"" word "\"}"

Test(capability, what_is_not_listed_is_said_and_silence_is_not_a_no)
{
    static const char statement[] =
        STATEMENT("\"software\":{\"name\":\"x\"}",
                  "{\"type\":\"Appointment\",\"interaction\":[" CODE("read") "]},"
                  "{\"type\":\"Slot\",\"interaction\":[" CODE("update") "],\"searchParam\":[{\"name\":\"start\"}]},"
                  "{\"type\":\"DocumentReference\",\"interaction\":[" CODE("create") "]},{\"type\":\"Condition\"}");
    Fx f;
    fx_states(&f, statement);
    cr_expect_not_null(client_cannot(f.client, "Appointment create"));
    cr_expect_not_null(client_cannot(f.client, "Slot update, Appointment create"), "the second counts too");
    cr_expect_not_null(client_cannot(f.client, "MedicationRequest create"), "a type that is not there at all");
    cr_expect_not_null(client_cannot(f.client, "Slot ?schedule"));
    cr_expect_null(client_cannot(f.client, "Slot update"));
    cr_expect_null(client_cannot(f.client, "DocumentReference create"));
    cr_expect_null(client_cannot(f.client, "Condition search-type"), "it lists the type and says no more of it");
    cr_expect_null(client_cannot(f.client, NULL));
    fx_end(&f);
}

Test(capability, a_statement_without_resources_denies_nothing)
{
    Fx f;
    fx_states(&f, STATEMENT("\"software\":{\"name\":\"x\"}", ""));
    cr_expect_null(client_cannot(f.client, "Appointment create"));
    fx_end(&f);
}

static void join_row(const DialectRow *row, gpointer data)
{
    g_string_append_printf(data, "%s: %s%s\n", row->what, row->value, row->source == BY_PROFILE || row->source == ASSUMED ? " *" : "");
}

Test(capability, a_core_is_known_by_what_it_says_of_itself)
{
    static const struct {
        const char *statement, *name;
        guint page_size;
    } cores[] = {
        {STATEMENT("\"software\":{\"name\":\"HAPI FHIR Server\",\"version\":\"6.1\"}", ""), "hapi", 200},
        {STATEMENT("\"publisher\":\"Cerner\"", ""), "oracle", 100},
        {STATEMENT("\"implementation\":{\"description\":\"Millennium R4\"}", ""), "oracle", 100},
        {STATEMENT("\"software\":{\"name\":\"medplum\"},\"publisher\":\"Cerner\"", ""), "medplum", 200},
        {STATEMENT("\"software\":{\"name\":\"rond-core\"}", ""), "rond-core", 200},
        {STATEMENT("\"publisher\":\"Region X\"", ""), "generic", 100},
        {STATEMENT("\"status\":\"active\"", ""), "generic", 100},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(cores); i++) {
        Fx f;
        fx_states(&f, cores[i].statement);
        cr_expect_str_eq(client_dialect(f.client)->name, cores[i].name, "%s", cores[i].statement);
        cr_expect_eq(client_dialect(f.client)->page_size, cores[i].page_size, "%u", client_dialect(f.client)->page_size);
        g_autoptr(GString) rows = g_string_new(NULL);
        client_dialect_each(f.client, join_row, rows);
        g_autofree char *page = g_strdup_printf("rows a page: %u *", cores[i].page_size);
        cr_expect(strstr(rows->str, page), "%s", rows->str);
        cr_expect(strstr(rows->str, "FHIR version: 4.0.1\n"), "%s", rows->str);
        cr_expect(i > 0 || strstr(rows->str, "calls itself: HAPI FHIR Server 6.1\n"), "%s", rows->str);
        fx_end(&f);
    }
}

/* What its statement lists as create is a note of what the patient takes at home. */
Test(capability, orders_are_not_taken_where_only_home_medication_is)
{
    static const char resources[] = "{\"type\":\"MedicationRequest\",\"interaction\":[" CODE("create") "]}";
    g_autofree char *oracle = g_strconcat("{\"resourceType\":\"CapabilityStatement\",\"publisher\":\"Cerner\",\"rest\":[{"
                                          "\"resource\":[", resources, "]}]}", NULL);
    g_autofree char *other = g_strconcat("{\"resourceType\":\"CapabilityStatement\",\"publisher\":\"X\",\"rest\":[{"
                                         "\"resource\":[", resources, "]}]}", NULL);
    Fx f;
    fx_states(&f, oracle);
    g_autoptr(GString) rows = g_string_new(NULL);
    client_dialect_each(f.client, join_row, rows);
    cr_expect_not_null(client_cannot(f.client, "MedicationRequest create"));
    cr_expect(strstr(rows->str, "new medicine order: no *\n"), "%s", rows->str);
    fx_end(&f);
    fx_states(&f, other);
    cr_expect_null(client_cannot(f.client, "MedicationRequest create"));
    fx_end(&f);
}
