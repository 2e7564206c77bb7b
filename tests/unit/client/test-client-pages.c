/* SPDX-License-Identifier: GPL-3.0-or-later
 * Pages that belong together: the first speaks for no other, and none is lost while another is fetched. */
#include "client/fixture.h"

typedef struct {
    char *origin;
    const char *etag, *second; /* of the first page; the id on the second */
    guint status[2];           /* 0 = answered, 1 = nothing ever comes */
    guint asked[2];
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
        "\"Observation\",\"id\":\"%s\",\"subject\":{\"reference\":\"Patient/p1\"}}}]}",
        link, at ? p->second : "first");
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
