/* SPDX-License-Identifier: GPL-3.0-or-later
 * A core whose ETags are not made of the version: what is changed goes under the ETag that came, and a version of
 * somebody else is still seen. */
#include "client/wrote.h"

static char *task_json(const char *status, const char *version)
{
    return g_strdup_printf("{\"resourceType\":\"Task\",\"id\":\"t1\",\"meta\":{\"versionId\":\"%s\"},\"status\":\"%s\","
                           "\"for\":{\"reference\":\"Patient/p1\"},\"priority\":\"routine\"}", version, status);
}

static void put_task(Fx *f, const char *status)
{
    g_autofree char *json = task_json(status, "0"); /* the core gives it its version */
    minicore_put(f->core, json);
}

/* The change of one task, with a new order beside it where @several. */
static void change(Fx *f, const char *status, const char *version, gboolean several, Wrote *w)
{
    g_autofree char *json = task_json(status, version);
    g_autoptr(FhirResource) task = res(json), order = res(ORDER);
    ClientWrite writes[] = {{.kind = CLIENT_UPDATE, .resource = task}, {.kind = CLIENT_CREATE, .resource = order}};
    w->done = FALSE;
    w->calls = 0;
    client_write(f->client, f->scope, f->ctx, writes, several ? 2 : 1, on_wrote, w);
}

static void begin(Fx *f, gboolean transactions)
{
    fx_begin(f);
    f->core->transactions = transactions;
    f->core->opaque = TRUE;
    fx_discover(f);
}

/* Known by a search only, so that the ETag is made of the version, and turned away. */
Test(etag, a_change_gets_through)
{
    for (int i = 0; i < 4; i++) {
        Fx f;
        Wrote w = {0};
        gboolean several = i & 1;
        begin(&f, i / 2);
        put_task(&f, "requested");
        change(&f, "completed", "1", several, &w);
        cr_assert(loop_until(&w.done));
        cr_assert(w.all && w.code == -1 && !w.issues, "round %d: state %d, error %d", i, w.state[0], w.code);
        cr_assert_eq(minicore_versions(f.core, "Task/t1"), 2);
        cr_assert_eq(minicore_count(f.core, "MedicationRequest"), (guint)several);
        cr_assert_eq(f.core->puts, 1);
        wrote_clear(&w);
        fx_end(&f);
    }
}

/* What came with a reading, or with what was written, is used at once. */
Test(etag, the_one_that_came_is_used)
{
    Fx f;
    Wrote w = {0};
    Got got = {0};
    begin(&f, FALSE);
    put_task(&f, "requested");
    client_read(f.client, f.scope, f.ctx, "Task", "t1", CLIENT_DEFAULT, fx_on_result, &got);
    cr_assert(loop_until(&got.done));
    change(&f, "accepted", "1", FALSE, &w);
    cr_assert(loop_until(&w.done));
    cr_assert(w.all && f.core->writes == 1, "%u requests", f.core->writes);
    change(&f, "completed", "2", FALSE, &w);
    cr_assert(loop_until(&w.done));
    cr_assert(w.all && f.core->writes == 2, "%u requests", f.core->writes);
    cr_assert_eq(minicore_versions(f.core, "Task/t1"), 3);
    got_clear(&got);
    wrote_clear(&w);
    fx_end(&f);
}

/* Somebody else was before: theirs is shown, and nothing goes over it, whether our ETag was made or came. */
Test(etag, a_rival_is_seen)
{
    for (int i = 0; i < 8; i++) {
        Fx f;
        Wrote w = {0};
        Got got = {0};
        begin(&f, i & 1);
        put_task(&f, "requested");
        if (i & 2) {
            client_read(f.client, f.scope, f.ctx, "Task", "t1", CLIENT_DEFAULT, fx_on_result, &got);
            cr_assert(loop_until(&got.done));
        }
        put_task(&f, "accepted");
        change(&f, "completed", "1", i & 4, &w);
        cr_assert(loop_until(&w.done));
        cr_assert_eq(w.state[0], OUTBOX_CONFLICT, "round %d: state %d", i, w.state[0]);
        cr_assert_eq(w.code, CLIENT_ERROR_CONFLICT);
        cr_assert(w.text && strstr(w.text, "accepted"), "round %d", i);
        cr_assert_eq(minicore_versions(f.core, "Task/t1"), 2);
        cr_assert_eq(f.core->puts + f.core->created, 0, "round %d", i);
        cr_assert_eq(f.core->writes, 1);
        got_clear(&got);
        wrote_clear(&w);
        fx_end(&f);
    }
}

/* Without an answer it is found out as on any other core: done, or not and then sent once more. */
Test(etag, without_an_answer_it_is_done_once)
{
    static const Fault faults[] = {FAULT_DROP_BEFORE, FAULT_DROP_AFTER};
    for (guint i = 0; i < 8; i++) {
        Fx f;
        Wrote w = {0};
        Got got = {0};
        begin(&f, i & 1);
        put_task(&f, "requested");
        if (i & 2) {
            client_read(f.client, f.scope, f.ctx, "Task", "t1", CLIENT_DEFAULT, fx_on_result, &got);
            cr_assert(loop_until(&got.done));
        }
        f.core->fault = faults[i / 4];
        f.core->faults = 1;
        change(&f, "completed", "1", FALSE, &w);
        cr_assert(loop_until(&w.done));
        cr_assert(w.all, "round %u: state %d, error %d", i, w.state[0], w.code);
        cr_assert_eq(minicore_versions(f.core, "Task/t1"), 2);
        cr_assert_eq(f.core->puts, 1);
        got_clear(&got);
        wrote_clear(&w);
        fx_end(&f);
    }
}

/* Two changes together, and somebody was before one of them: neither goes again. */
Test(etag, together_with_one_that_was_overtaken)
{
    Fx f;
    Wrote w = {0};
    begin(&f, TRUE);
    put_task(&f, "requested");
    put_task(&f, "accepted");
    minicore_put(f.core, "{\"resourceType\":\"Task\",\"id\":\"t2\",\"status\":\"requested\",\"for\":{\"reference\":\"Patient/p1\"}}");
    g_autofree char *json = task_json("completed", "1");
    g_autoptr(FhirResource) one = res(json);
    g_autoptr(FhirResource) two = res("{\"resourceType\":\"Task\",\"id\":\"t2\",\"meta\":{\"versionId\":\"1\"},\"status\":\"completed\","
                                      "\"for\":{\"reference\":\"Patient/p1\"}}");
    ClientWrite writes[] = {{.kind = CLIENT_UPDATE, .resource = one}, {.kind = CLIENT_UPDATE, .resource = two}};
    client_write(f.client, f.scope, f.ctx, writes, 2, on_wrote, &w);
    cr_assert(loop_until(&w.done));
    cr_assert(w.state[0] == OUTBOX_CONFLICT && w.state[1] == OUTBOX_REFUSED, "%d, %d", w.state[0], w.state[1]);
    cr_assert_eq(f.core->writes, 1);
    cr_assert_eq(f.core->puts, 0);
    wrote_clear(&w);
    fx_end(&f);
}

static guint tried, read_back;

/* A core whose ETag is another each time that it is asked, and that takes none of them. */
static void on_restless(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    if (!strstr(q->target, "Task/t1"))
        return;
    if (g_str_equal(q->method, "PUT")) {
        tried++;
        httpd_text(a, 412, "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",\"code\":\"conflict\"}]}");
        return;
    }
    httpd_text(a, 200, data);
    a->headers = g_strdup_printf("Content-Type: application/fhir+json\r\nETag: \"r%u\"\r\n", ++read_back);
}

Test(etag, it_goes_again_once)
{
    Fx f;
    Wrote w = {0};
    g_autofree char *there = task_json("requested", "1");
    begin(&f, FALSE);
    f.core->hook = on_restless;
    f.core->hook_data = there;
    change(&f, "completed", "1", FALSE, &w);
    cr_assert(loop_until(&w.done));
    cr_assert_eq(w.state[0], OUTBOX_CONFLICT);
    cr_assert_eq(tried, 2, "%u", tried);
    wrote_clear(&w);
    fx_end(&f);
}
