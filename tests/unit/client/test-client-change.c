/* SPDX-License-Identifier: GPL-3.0-or-later
 * A change of what is there: somebody else may be before, and who was is found out. */
#include "client/wrote.h"

static FhirResource *task(const char *status, const char *version)
{
    g_autofree char *json =
        g_strdup_printf("{\"resourceType\":\"Task\",\"id\":\"t1\",\"meta\":{\"versionId\":\"%s\"},"
                        "\"status\":\"%s\","
                        "\"for\":{\"reference\":\"Patient/p1\"},\"priority\":\"routine\"}",
                        version, status);
    return res(json);
}

static void update(Fx *f, const char *status, const char *version, Wrote *w)
{
    g_autoptr(FhirResource) r = task(status, version);
    w->done = FALSE;
    client_write(f->client, f->scope, f->ctx, &(ClientWrite){.kind = CLIENT_UPDATE, .resource = r},
                 1, on_wrote, w);
}

static void put_task(Fx *f, const char *status)
{
    g_autofree char *json = g_strdup_printf(
        "{\"resourceType\":\"Task\",\"id\":\"t1\",\"status\":\"%s\",\"for\":{\"reference\":"
        "\"Patient/p1\"},\"priority\":\"routine\"}",
        status);
    minicore_put(f->core, json);
}

Test(write, a_conflict_brings_the_present_version)
{
    for (int tx = 0; tx < 2; tx++) {
        Fx f;
        fx_begin(&f);
        f.core->transactions = tx;
        fx_discover(&f);
        put_task(&f, "requested");
        put_task(&f, "accepted");
        Wrote w = {0};
        update(&f, "completed", "1", &w);
        cr_assert(loop_until(&w.done));
        cr_assert_eq(w.state[0], OUTBOX_CONFLICT);
        cr_assert_eq(w.code, CLIENT_ERROR_CONFLICT);
        cr_assert(strstr(w.text, "accepted"));
        cr_assert_eq(minicore_versions(f.core, "Task/t1"), 2);
        wrote_clear(&w);
        fx_end(&f);
    }
}

Test(write, an_update_without_an_answer_is_looked_up)
{
    static const Fault faults[] = {FAULT_DROP_BEFORE, FAULT_DROP_AFTER};
    for (guint i = 0; i < 4; i++) {
        Fx f;
        fx_begin(&f);
        f.core->transactions = i & 1;
        fx_discover(&f);
        put_task(&f, "requested");
        f.core->fault = faults[i / 2];
        f.core->faults = 1;
        Wrote w = {0};
        update(&f, "completed", "1", &w);
        cr_assert(loop_until(&w.done));
        cr_assert(w.all, "round %u state %d", i, w.state[0]);
        cr_assert_eq(minicore_versions(f.core, "Task/t1"), 2);
        wrote_clear(&w);
        fx_end(&f);
    }
}

static void overtake(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    Fx *f = data; /* someone else writes between our write and our question */
    if (g_str_equal(q->method, "GET") && strstr(q->target, "Task/t1") &&
        minicore_versions(f->core, "Task/t1") < 3)
        put_task(f, "failed");
}

Test(write, an_overtaken_update_is_found_in_the_history)
{
    for (int history = 0; history < 2; history++) {
        Fx f;
        fx_begin(&f);
        f.core->history = history;
        fx_discover(&f);
        put_task(&f, "requested");
        f.core->fault = FAULT_DROP_AFTER;
        f.core->faults = 1;
        f.core->hook = overtake;
        f.core->hook_data = &f;
        Wrote w = {0};
        update(&f, "completed", "1", &w);
        cr_assert(loop_until(&w.done));
        cr_assert_eq(w.state[0], history ? OUTBOX_CONFIRMED : OUTBOX_UNKNOWN);
        cr_assert_eq(f.core->puts, 1);
        wrote_clear(&w);
        fx_end(&f);
    }
}

/* Ours never arrived and somebody else's did: told as it is, with what is there now, and not sent again. */
Test(write, an_update_that_was_lost_and_overtaken_does_not_go_out_again)
{
    Fx f;
    fx_begin(&f);
    put_task(&f, "requested");
    f.core->fault = FAULT_DROP_BEFORE;
    f.core->faults = 1;
    f.core->hook = overtake;
    f.core->hook_data = &f;
    Wrote w = {0};
    update(&f, "completed", "1", &w);
    cr_assert(loop_until(&w.done));
    cr_assert_eq(w.state[0], OUTBOX_CONFLICT);
    cr_assert(strstr(w.text, "failed"));
    cr_assert_eq(f.core->writes, 1);
    cr_assert_eq(f.core->puts, 0);
    wrote_clear(&w);
    fx_end(&f);
}

/* The same words stood there once, before the version this was based on: that was not this write. */
Test(write, an_older_version_with_the_same_words_is_not_this_write)
{
    Fx f;
    fx_begin(&f);
    put_task(&f, "completed");
    put_task(&f, "requested");
    f.core->fault = FAULT_DROP_BEFORE;
    f.core->faults = 1;
    f.core->hook = overtake;
    f.core->hook_data = &f;
    Wrote w = {0};
    update(&f, "completed", "2", &w);
    cr_assert(loop_until(&w.done));
    cr_assert_eq(w.state[0], OUTBOX_CONFLICT, "state %d", w.state[0]);
    cr_assert(strstr(w.text, "failed"));
    cr_assert_eq(f.core->puts, 0);
    wrote_clear(&w);
    fx_end(&f);
}

static void same_words(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    Fx *f = data; /* a rival does the same between our write and our question */
    if (g_str_equal(q->method, "GET") && strstr(q->target, "Task/t1") && minicore_versions(f->core, "Task/t1") < 2)
        put_task(f, "completed");
}

/* A rival's change reads as this one's, which was lost: what depends on it does not follow by itself, and
 * what became of it stays for a person to see. */
Test(write, what_depends_on_a_change_follows_only_where_the_change_is_surely_ours)
{
    clock_test_begin(1000 * G_USEC_PER_SEC);
    Fx f;
    fx_begin(&f);
    f.core->transactions = FALSE;
    fx_discover(&f);
    put_task(&f, "requested");
    f.core->fault = FAULT_DROP_BEFORE;
    f.core->faults = 1;
    f.core->hook = same_words;
    f.core->hook_data = &f;
    g_autoptr(FhirResource) change = task("completed", "1"), order = res(ORDER);
    const ClientWrite writes[] = {{.kind = CLIENT_UPDATE, .resource = change}, {.kind = CLIENT_CREATE, .resource = order}};
    Wrote w = {0};
    client_write(f.client, f.scope, f.ctx, writes, 2, on_wrote, &w);
    wait_for(&w);
    cr_assert(!w.all && !w.never_sent);
    cr_assert_eq(w.state[1], OUTBOX_PREPARED);
    cr_assert_eq(minicore_count(f.core, "MedicationRequest"), 0);
    cr_assert_eq(client_outbox_count(f.client), 1);
    g_autofree char *id = g_strdup(w.id);
    wrote_clear(&w);
    client_outbox_send(f.client, f.scope, id, on_wrote, &w); /* a person has looked */
    wait_for(&w);
    cr_assert(w.all, "state %d %d", w.state[0], w.state[1]);
    cr_assert_eq(minicore_count(f.core, "MedicationRequest"), 1);
    cr_assert_eq(client_outbox_count(f.client), 0);
    wrote_clear(&w);
    fx_end(&f);
    clock_test_end();
}

Test(write, a_patch_keeps_every_other_digit)
{
    Fx f;
    fx_begin(&f);
    minicore_put(f.core, "{\"resourceType\":\"Observation\",\"id\":\"o1\",\"status\":"
                         "\"preliminary\",\"subject\":{\"reference\":"
                         "\"Patient/p1\"},\"valueQuantity\":{\"value\":37.20}}");
    g_autoptr(FhirResource) r = res(
        "{\"resourceType\":\"Observation\",\"id\":\"o1\",\"meta\":{\"versionId\":\"1\"},\"status\":"
        "\"preliminary\",\"subject\":{\"reference\":\"Patient/"
        "p1\"},\"valueQuantity\":{\"value\":37.20}}");
    static const char patch[] = "[{\"op\":\"replace\",\"path\":\"/status\",\"value\":\"final\"}]";
    g_autoptr(GBytes) bytes = g_bytes_new_static(patch, sizeof patch - 1);
    Wrote w = {0};
    client_write(f.client, f.scope, f.ctx,
                 &(ClientWrite){.kind = CLIENT_PATCH, .resource = r, .patch = bytes}, 1, on_wrote,
                 &w);
    cr_assert(loop_until(&w.done));
    cr_assert(w.all);
    cr_assert(strstr(w.text, "37.20") && strstr(w.text, "\"final\""));
    wrote_clear(&w);
    fx_end(&f);
}
