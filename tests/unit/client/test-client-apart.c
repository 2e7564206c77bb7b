/* SPDX-License-Identifier: GPL-3.0-or-later
 * A core that takes writes and refuses them as one: they go one by one, each once, and only where the refusal says
 * that nothing was done. */
#include "client/wrote.h"

typedef struct {
    guint status, transactions, alone;
    const char *words;
    gboolean silent_first; /* the first attempt has no answer */
} Refuses;

static void on_request(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    Refuses *r = data;
    static const char medplum[] = "{\"resourceType\":\"CapabilityStatement\",\"software\":{\"name\":\"medplum\"},\"rest\":[{\"interaction\":["
                                  "{\"code\":\"transaction\"}],\"resource\":[{\"type\":\"MedicationRequest\",\"interaction\":[{\"code\":\"create\"}],"
                                  "\"searchParam\":[{\"name\":\"identifier\"}]}]}]}";
    if (strstr(q->target, "/metadata")) {
        httpd_text(a, 200, medplum);
    } else if (g_str_equal(q->method, "POST") && strstr(q->target, "MedicationRequest")) {
        r->alone++;
    } else if (g_str_equal(q->method, "POST") && !strstr(q->target, "AuditEvent")) {
        r->transactions++;
        g_autofree char *body = g_strdup_printf("{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",\"code\":\"invalid\","
                                                "\"details\":{\"text\":\"%s\"}}]}", r->words);
        httpd_text(a, r->status, body);
    }
}

static void play(Fx *f, Refuses *r, Wrote *w)
{
    g_autoptr(FhirResource) one = res(ORDER), two = res(ORDER);
    ClientWrite writes[] = {{.kind = CLIENT_CREATE, .resource = one}, {.kind = CLIENT_CREATE, .resource = two}};
    fx_begin(f);
    f->core->hook = on_request;
    f->core->hook_data = r;
    fx_discover(f);
    client_write(f->client, f->scope, f->ctx, writes, 2, on_wrote, w);
    cr_assert(loop_until(&w->done));
}

Test(apart, what_is_refused_as_one_goes_one_by_one)
{
    static const Refuses how[] = {{413, .words = "large"}, {405, .words = "not here"},
                                  {400, .words = "Transaction contains more update operations than allowed"},
                                  {400, .words = "Transaction requires strict isolation but has too many entries"}};
    for (gsize i = 0; i < G_N_ELEMENTS(how); i++) {
        Fx f;
        Wrote w = {0};
        Refuses r = how[i];
        play(&f, &r, &w);
        cr_assert(w.all && w.code == -1, "%zu: state %d, error %d", i, w.state[0], w.code);
        cr_assert_eq(minicore_count(f.core, "MedicationRequest"), 2);
        cr_assert_eq(r.transactions, 1);
        cr_assert_eq(r.alone, 2);
        wrote_clear(&w);
        fx_end(&f);
    }
}

/* Another no is a no, and what says nothing clear is asked about. */
Test(apart, nothing_goes_on_a_guess)
{
    static const Refuses how[] = {{400, .words = "the second order is wrong"}, {422, .words = "more update operations than allowed"},
                                  {409, .words = "busy"}, {412, .words = "changed"}, {403, .words = "no"}, {500, .words = "too many entries"}};
    for (gsize i = 0; i < G_N_ELEMENTS(how); i++) {
        Fx f;
        Wrote w = {0};
        Refuses r = how[i];
        play(&f, &r, &w);
        cr_assert_not(w.all);
        cr_assert_eq(r.alone, 0, "%zu", i);
        cr_assert_eq(minicore_count(f.core, "MedicationRequest"), 0);
        wrote_clear(&w);
        fx_end(&f);
    }
}
