/* SPDX-License-Identifier: GPL-3.0-or-later
 * Pages that belong together: the first speaks for no other, and none is lost while another is fetched. */
#include "client/fixture.h"

typedef struct {
    char *origin;
    const char *etag, *second; /* of the first page; the id on the second */
    guint status[2];           /* 0 = answered, 1 = nothing ever comes */
    guint asked[2];
    gboolean foreign; /* the second holds something of another patient too */
} Pages;

static void on_page(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    Pages *p = data;
    if (!strstr(q->target, "Observation"))
        return;
    guint at = strstr(q->target, "page=1") ? 1 : 0;
    p->asked[at]++;
    if (p->status[at] == 1) {
        a->how = HTTPD_HANG;
        return;
    }
    if (at == 0 && g_strcmp0(httpd_header(q, "if-none-match"), p->etag) == 0) {
        a->status = 304;
        return;
    }
    g_autofree char *link =
        at ? g_strdup("") : g_strdup_printf("{\"relation\":\"next\",\"url\":\"%s/fhir/Observation?page=1\"}", p->origin);
    g_autofree char *text = g_strdup_printf(
        "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"link\":[%s],\"entry\":[{\"resource\":{\"resourceType\":"
        "\"Observation\",\"id\":\"%s\",\"subject\":{\"reference\":\"Patient/p1\"}}}%s]}",
        link, at ? p->second : "first",
        at && p->foreign ? ",{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"x\",\"subject\":{\"reference\":\"Patient/p2\"}}}" : "");
    httpd_text(a, p->status[at] ? p->status[at] : 200, text);
    if (!at)
        a->headers = g_strdup_printf("Content-Type: application/fhir+json\r\nETag: %s\r\n", p->etag);
}

static void begin(Fx *f, Pages *p)
{
    clock_test_begin(1000 * G_USEC_PER_SEC);
    fx_begin(f);
    p->origin = g_strdup(httpd_origin(f->core->httpd));
    f->core->hook = on_page;
    f->core->hook_data = p;
}

static void end(Fx *f, Pages *p, Got *got)
{
    got_clear(got);
    fx_end(f);
    g_free(p->origin);
    clock_test_end();
}

typedef struct {
    Got got;
    char *last; /* id of the last item */
} Shown;

static void on_shown(const ClientResult *r, const GError *error, gboolean done, gpointer data)
{
    Shown *s = data;
    fx_on_result(r, error, done, &s->got);
    g_free(s->last);
    s->last = r && r->items->len ? g_strdup(fhir_id(r->items->pdata[r->items->len - 1])) : NULL;
}

static void look(Fx *f, ClientFlags flags, Shown *s)
{
    g_autoptr(FhirQuery) query = client_patient_query(f->ctx, "Observation");
    g_clear_pointer(&s->last, g_free);
    got_clear(&s->got);
    client_search(f->client, f->scope, f->ctx, query, flags, on_shown, s);
    cr_assert(loop_until(&s->got.done));
}

/* The first page is as it was, and the second is not: 304 to the first says nothing of it. */
Test(pages, the_first_page_does_not_speak_for_the_second)
{
    Pages p = {.etag = "\"1\"", .second = "old"};
    Fx f;
    Shown s = {0};
    begin(&f, &p);
    look(&f, CLIENT_DEFAULT, &s);
    cr_assert_eq(s.got.items, 2);
    p.second = "new";
    clock_test_advance(60 * G_USEC_PER_SEC);
    look(&f, CLIENT_DEFAULT, &s);
    cr_assert_str_eq(s.last, "new");
    cr_assert(s.got.items == 2 && !s.got.cached && s.got.complete);
    cr_assert_eq(p.asked[1], 2);
    g_free(s.last);
    end(&f, &p, &s.got);
}

/* What is cached of two different lists is not put together. */
Test(pages, a_kept_page_of_another_list_is_not_joined)
{
    Pages p = {.etag = "\"1\"", .second = "old"};
    Fx f;
    Shown s = {0};
    begin(&f, &p);
    look(&f, CLIENT_DEFAULT, &s);
    look(&f, CLIENT_CACHED, &s);
    cr_assert(s.got.items == 2 && s.got.cached);
    p.etag = "\"2\"";
    p.status[1] = 500;
    clock_test_advance(60 * G_USEC_PER_SEC);
    look(&f, CLIENT_FRESH, &s);
    look(&f, CLIENT_CACHED, &s);
    cr_assert(s.got.items == 1 && s.got.cached && !s.got.complete, "%u items", s.got.items);
    g_free(s.last);
    end(&f, &p, &s.got);
}

static void turn(ClientSearch *s, gboolean back, Got *got)
{
    got_clear(got);
    (back ? client_back : client_more)(s);
    cr_assert(loop_until(&got->done));
}

/* A page that could not be fetched leaves a doubt, which ends when it has come. */
Test(pages, a_doubt_ends_when_its_page_has_come)
{
    Pages p = {.etag = "\"1\"", .second = "old", .status = {0, 500}};
    Fx f;
    Got got = {0};
    begin(&f, &p);
    ClientSearch *search = fx_search(&f, "Observation", CLIENT_ONE_PAGE, &got);
    cr_assert(loop_until(&got.done));
    turn(search, FALSE, &got);
    cr_assert(got.unknown && got.code == CLIENT_ERROR_SERVER);
    p.status[1] = 0;
    turn(search, FALSE, &got);
    cr_assert(got.complete && !got.unknown && got.items == 2);
    end(&f, &p, &got);
}

/* Turned to again, a page is counted once. */
Test(pages, what_is_left_out_is_counted_once)
{
    Pages p = {.etag = "\"1\"", .second = "old", .foreign = TRUE};
    Fx f;
    Got got = {0};
    begin(&f, &p);
    ClientSearch *search = fx_search(&f, "Observation", CLIENT_ONE_PAGE, &got);
    client_hold(search, 1);
    cr_assert(loop_until(&got.done));
    for (guint i = 0; i < 3; i++) {
        turn(search, FALSE, &got);
        cr_assert_eq(got.skipped, 1, "round %u: %u", i, got.skipped);
        turn(search, TRUE, &got);
    }
    end(&f, &p, &got);
}

/* As the second of a pair, or alone with what came along. */
static void on_large(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    const char *origin = data; /* NULL: no second page */
    if (!strstr(q->target, "Observation"))
        return;
    g_autoptr(GString) s = g_string_new("{\"resourceType\":\"Bundle\",\"type\":\"searchset\",");
    gboolean second = strstr(q->target, "page=1") != NULL;
    if (origin && !second)
        g_string_append_printf(s, "\"link\":[{\"relation\":\"next\",\"url\":\"%s/fhir/Observation?page=1\"}],", origin);
    g_string_append(s, "\"entry\":[");
    for (guint i = 0; i < (second ? 1 : 2000); i++)
        g_string_append_printf(s, "%s{\"resource\":{\"resourceType\":\"Observation\",\"id\":\"%s%u\",\"note\":[{\"text\":\"%0300u\"}],"
                               "\"subject\":{\"reference\":\"Patient/p1\"}}}", i ? "," : "", second ? "s" : "o", i, i);
    if (!origin)
        g_string_append(s, ",{\"resource\":{\"resourceType\":\"Practitioner\",\"id\":\"x\"},\"search\":{\"mode\":\"include\"}}");
    g_string_append(s, "]}");
    httpd_text(a, 200, s->str);
}

/* Of a page that is too large the beginning is kept: another page does not make it whole. */
Test(pages, a_kept_beginning_is_never_the_whole)
{
    Fx f;
    Shown s = {0};
    clock_test_begin(1000 * G_USEC_PER_SEC);
    fx_begin(&f);
    f.core->hook = on_large;
    f.core->hook_data = (gpointer)httpd_origin(f.core->httpd);
    look(&f, CLIENT_DEFAULT, &s);
    cr_assert(s.got.complete && s.got.items == 2001, "%u", s.got.items);
    look(&f, CLIENT_CACHED, &s);
    cr_assert(s.got.cached && !s.got.complete && s.got.items < 2000, "%u", s.got.items);
    f.core->hook_data = NULL;
    look(&f, CLIENT_FRESH, &s);
    cr_assert(s.got.complete && !s.got.unknown && s.got.items == 2000, "what came along is not missed");
    look(&f, CLIENT_CACHED, &s);
    cr_assert(s.got.cached && s.got.unknown, "%u", s.got.items);
    g_free(s.last);
    got_clear(&s.got);
    fx_end(&f);
    clock_test_end();
}

static gboolean forbidden;

static void on_forbidden(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    if (!forbidden)
        return;
    if (g_str_equal(q->method, "POST"))
        httpd_text(a, 200, "{\"resourceType\":\"Bundle\",\"type\":\"batch-response\",\"entry\":[{\"response\":{\"status\":\"403\"}},"
                           "{\"response\":{\"status\":\"304\"}}]}");
    else if (strstr(q->target, "Observation"))
        httpd_text(a, 403, "no");
}

/* An access that ended meanwhile is found by asking again, alone or in a batch: nothing of it is shown, or kept. */
Test(pages, what_is_refused_when_it_is_asked_about_again_is_shown_no_more)
{
    for (int batch = 0; batch < 2; batch++) {
        Fx f;
        Got got = {0}, other = {0};
        clock_test_begin(1000 * G_USEC_PER_SEC);
        forbidden = FALSE;
        fx_begin(&f);
        f.core->hook = on_forbidden;
        minicore_put(f.core, "{\"resourceType\":\"Observation\",\"id\":\"o1\",\"subject\":{\"reference\":\"Patient/p1\"}}");
        client_watch(fx_search(&f, "Observation", CLIENT_DEFAULT, &got));
        if (batch)
            client_watch(fx_search(&f, "Task", CLIENT_DEFAULT, &other));
        cr_assert(loop_until(&got.done) && (!batch || loop_until(&other.done)));
        cr_assert_eq(got.items, 1);
        loop_settle();
        forbidden = TRUE;
        guint calls = got.calls;
        for (guint i = 0; i < 3; i++) {
            clock_test_advance(31 * G_USEC_PER_SEC);
            loop_settle();
        }
        cr_expect(!got.has_result && got.code == CLIENT_ERROR_FORBIDDEN, "code %d", got.code);
        cr_expect_eq(got.calls, calls + 1, "told once");
        got_clear(&got);
        fx_search(&f, "Observation", CLIENT_CACHED, &got);
        cr_assert(loop_until(&got.done));
        cr_expect_not(got.has_result, "nor is it kept");
        got_clear(&got);
        got_clear(&other);
        fx_end(&f);
        clock_test_end();
    }
}

/* A refresh while the next page is under way fails: what was shown is still there, with the error. */
Test(pages, a_list_that_is_being_turned_outlives_a_failed_refresh)
{
    Pages p = {.etag = "\"1\"", .second = "old", .status = {0, 1}};
    Fx f;
    Got got = {0};
    begin(&f, &p);
    ClientSearch *search = fx_search(&f, "Observation", CLIENT_ONE_PAGE, &got);
    cr_assert(loop_until(&got.done));
    cr_assert(got.items == 1 && got.more);
    client_more(search);
    cr_assert(loop_until_count(&p.asked[1], 1));
    got_clear(&got);
    p.status[0] = 500;
    p.etag = "\"2\"";
    client_refresh(search);
    cr_assert(loop_until(&got.done));
    cr_assert_eq(got.code, CLIENT_ERROR_SERVER);
    cr_assert(got.has_result && got.items == 1, "%u items", got.items);
    end(&f, &p, &got);
}

static guint expired, first_asked;

static void on_expired(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    g_autofree char *body = NULL;
    if (g_str_equal(q->method, "POST")) {
        body = g_strdup_printf("{\"resourceType\":\"Bundle\",\"type\":\"batch-response\",\"entry\":[{\"response\":{\"status\":\"200\"}},"
                               "{\"response\":{\"status\":\"%u\"}}]}", expired);
    } else if (strstr(q->target, "Observation")) {
        gboolean second = strstr(q->target, "page=1") != NULL;
        first_asked += !second;
        body = g_strdup_printf("{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"link\":[%s%s%s],\"entry\":[{\"resource\":{\"resourceType\":"
                               "\"Observation\",\"id\":\"o%d\",\"subject\":{\"reference\":\"Patient/p1\"}}}]}",
                               second ? "" : "{\"relation\":\"next\",\"url\":\"", second ? "" : (char *)data,
                               second ? "" : "/fhir/Observation?page=1\"}", second);
    }
    if (!body)
        return;
    httpd_text(a, 200, body);
    a->headers = g_strdup("Content-Type: application/fhir+json\r\nETag: \"1\"\r\n");
}

/* Asked again in one batch: a later page that the core has forgotten, whichever way it says so, is no refusal of the list. */
Test(pages, a_later_page_that_has_expired_has_the_list_asked_for_again)
{
    static const guint says[] = {410, 404};
    for (gsize i = 0; i < G_N_ELEMENTS(says); i++) {
        Fx f;
        Got got = {0};
        clock_test_begin(1000 * G_USEC_PER_SEC);
        expired = says[i];
        first_asked = 0;
        fx_begin(&f);
        f.core->batch = TRUE;
        fx_discover(&f);
        f.core->hook = on_expired;
        f.core->hook_data = (gpointer)httpd_origin(f.core->httpd);
        client_watch(fx_search(&f, "Observation", CLIENT_DEFAULT, &got));
        cr_assert(loop_until(&got.done));
        cr_assert(got.items == 2 && got.complete && first_asked == 1, "%u", first_asked);
        clock_test_advance(31 * G_USEC_PER_SEC);
        loop_settle();
        cr_expect_eq(first_asked, 2, "%u: %u", says[i], first_asked);
        cr_expect(got.items == 2 && !got.cached && got.code == -1);
        got_clear(&got);
        fx_end(&f);
        clock_test_end();
    }
}
