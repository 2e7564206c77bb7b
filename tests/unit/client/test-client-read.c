/* SPDX-License-Identifier: GPL-3.0-or-later
 * Reading: cache and network, pages, doubt. */
#include "client/obs.h"

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
#define TOTAL(n, links, entries)                                                                   \
    "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"total\":" #n ",\"link\":[" links "],\"entry\":[" entries "]}"
#define NEXT(url)   "{\"relation\":\"next\",\"url\":\"" url "\"}"
#define ENTRY(json) "{\"resource\":" json "}"
#define ALONG(json) "{\"search\":{\"mode\":\"include\"},\"resource\":" json "}"

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
    cr_assert(got.complete && got.doubt == DOUBT_SHIFTED);
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
        {"more in all than came, one of it twice",
         {.pages = {TOTAL(3, NEXT("@/Observation?page=1"), ENTRY(OBS("a")) "," ENTRY(OBS("b"))), BUNDLE("", ENTRY(OBS("b")))}},
         .items = 2,
         .code = -1,
         .doubt = DOUBT_PAGES,
         .has_result = TRUE},
        {"pages that overlap, and as many as there are in all",
         {.pages = {TOTAL(3, NEXT("@/Observation?page=1"), ENTRY(OBS("a")) "," ENTRY(OBS("b"))),
                    BUNDLE("", ENTRY(OBS("b")) "," ENTRY(OBS("c")))}},
         .items = 3,
         .code = -1,
         .doubt = DOUBT_NONE,
         .has_result = TRUE},
        {"pages that overlap, and nobody says how many there are",
         {.pages = {BUNDLE(NEXT("@/Observation?page=1"), ENTRY(OBS("a")) "," ENTRY(OBS("b"))), BUNDLE("", ENTRY(OBS("b")))}},
         .items = 2,
         .code = -1,
         .doubt = DOUBT_SHIFTED, /* what was put in front of them in between is on neither */
         .has_result = TRUE},
        {"what came along comes along with each page",
         {.pages = {BUNDLE(NEXT("@/Observation?page=1"), ENTRY(OBS("a")) "," ALONG(OBS("z"))), BUNDLE("", ENTRY(OBS("b")) "," ALONG(OBS("z")))}},
         .items = 2,
         .code = -1,
         .doubt = DOUBT_NONE,
         .has_result = TRUE},
        {"one thing twice on a page, and nothing between",
         {.pages = {BUNDLE("", ENTRY(OBS("a")) "," ENTRY(OBS("a")))}},
         .items = 1,
         .code = -1,
         .doubt = DOUBT_NONE,
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

#define VERSION(meta, status)                                                                      \
    "{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"o\",\"meta\":{" meta "},\"status\":\"" status "\"," \
    "\"subject\":{\"reference\":\"Patient/p1\"}}}"

Test(read, of_two_versions_the_newer_is_shown_or_it_is_said_that_nobody_knows)
{
    static const struct {
        const char *page, *shown;
        Doubt doubt;
    } cases[] = {
        {BUNDLE("", VERSION("\"versionId\":\"10\"", "final") "," VERSION("\"versionId\":\"9\"", "amended")), "final", DOUBT_NONE},
        {BUNDLE("", VERSION("\"versionId\":\"9\"", "final") "," VERSION("\"versionId\":\"10\"", "amended")), "amended", DOUBT_NONE},
        {BUNDLE("", VERSION("\"versionId\":\"2\",\"lastUpdated\":\"2026-01-02T00:00:00Z\"", "final") ","
                    VERSION("\"versionId\":\"1\",\"lastUpdated\":\"2026-01-02T00:00:00Z\"", "amended")), "final", DOUBT_NONE},
        {BUNDLE("", VERSION("\"lastUpdated\":\"2026-01-02T00:00:00Z\"", "final") ","
                    VERSION("\"lastUpdated\":\"2026-01-03T00:00:00Z\"", "amended")), "amended", DOUBT_NONE},
        {BUNDLE("", VERSION("\"versionId\":\"b\"", "final") "," VERSION("\"versionId\":\"a\"", "amended")), "final", DOUBT_VERSIONS},
        {BUNDLE("", VERSION("", "final") "," VERSION("\"versionId\":\"3\"", "amended")), "final", DOUBT_VERSIONS},
        {BUNDLE("", VERSION("", "final") "," VERSION("", "amended")), "final", DOUBT_VERSIONS},
        {BUNDLE("", VERSION("", "final") "," VERSION("", "final")), "final", DOUBT_NONE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        Pages p = {.pages = {cases[i].page}};
        Fx f;
        with_pages(&f, &p);
        Got got = {0};
        fx_search(&f, "Observation", CLIENT_DEFAULT, &got);
        cr_assert(loop_until(&got.done));
        cr_expect_eq(got.items, 1);
        cr_expect(got.first && strstr(got.first, cases[i].shown), "case %u", i);
        cr_expect_eq(got.doubt, cases[i].doubt, "case %u: doubt %d", i, (int)got.doubt);
        got_clear(&got);
        g_free(p.origin);
        fx_end(&f);
    }
}

static void on_named_pages(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    static const char hapi[] = "{\"resourceType\":\"CapabilityStatement\",\"software\":{\"name\":\"HAPI FHIR Server\"}}";
    if (strstr(q->target, "/metadata"))
        httpd_text(a, 200, hapi);
    else
        on_pages(q, a, data);
}

/* Of a core that pages through a search it has kept, one thing on two pages says nothing. */
Test(read, pages_of_a_kept_search_do_not_move)
{
    Pages p = {.pages = {BUNDLE(NEXT("@/Observation?page=1"), ENTRY(OBS("a")) "," ENTRY(OBS("b"))), BUNDLE("", ENTRY(OBS("b")))}};
    Fx f;
    Got got = {0};
    with_pages(&f, &p);
    f.core->hook = on_named_pages;
    fx_discover(&f);
    fx_search(&f, "Observation", CLIENT_DEFAULT, &got);
    cr_assert(loop_until(&got.done));
    cr_expect(got.items == 2 && got.doubt == DOUBT_NONE && got.complete);
    got_clear(&got);
    g_free(p.origin);
    fx_end(&f);
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
