/* SPDX-License-Identifier: GPL-3.0-or-later
 * Exactly once: whatever happens to a write on its way, the core ends with one of it, and the
 * client knows what became of it. */
#include "client/wrote.h"

Test(write, goes_as_one_transaction_with_provenance)
{
    Fx f;
    fx_begin(&f);
    Wrote w = {0};
    create(&f, NULL, &w);
    cr_assert(loop_until(&w.done));
    cr_assert(w.all && w.provenance);
    cr_assert_eq(w.code, -1);
    cr_assert_eq(minicore_count(f.core, "MedicationRequest"), 1);
    cr_assert_eq(minicore_count(f.core, "Provenance"), 1);
    cr_assert(strstr(w.text, "urn:ietf:rfc:3986"));
    cr_assert(strstr(w.text, "versionId"));
    cr_assert_eq(g_hash_table_size(f.store->outbox), 0);
    cr_assert_eq(f.store->puts, 2, "prepared, then sending");
    wrote_clear(&w);
    fx_end(&f);
}

Test(write, answers_without_a_body_are_read_back)
{
    for (int tx = 0; tx < 2; tx++) {
        Fx f;
        fx_begin(&f);
        f.core->minimal = TRUE;
        f.core->transactions = tx;
        fx_discover(&f);
        Wrote w = {0};
        create(&f, NULL, &w);
        cr_assert(loop_until(&w.done));
        cr_assert(w.all);
        cr_assert(w.text && strstr(w.text, "\"versionId\":\"1\""));
        cr_assert_eq(w.provenance, tx == 1, "Provenance only inside its target's transaction");
        wrote_clear(&w);
        fx_end(&f);
    }
}

/* Every stage, on every kind of core: one resource at the end, and the client says so. */
static void on_row_put(const GError *error, gpointer data)
{
    *(gboolean *)data = TRUE;
}

/* A row that nobody can read is no write, and is not lost sight of. */
Test(write, an_unreadable_row_is_counted)
{
    Fx f;
    fx_begin(&f);
    gboolean there = FALSE;
    g_autoptr(GBytes) body = g_bytes_new_static("{\"version\":", 11);
    memstore_table.outbox_put(f.store, &(ClientOutboxRow){"row-1", "p1", OUTBOX_UNKNOWN, 1, body}, on_row_put, &there);
    cr_assert(loop_until(&there));
    cr_assert_eq(client_outbox_count(f.client), 1);
    cr_assert_eq(client_outbox_unreadable(f.client), 1);
    fx_end(&f);
}

Test(write, exactly_once_at_every_stage, .timeout = 60)
{
    static const Fault faults[] = {FAULT_DROP_BEFORE, FAULT_DROP_AFTER, FAULT_CUT,
                                   FAULT_HANG_BEFORE, FAULT_HANG_AFTER};
    for (int tx = 0; tx < 2; tx++) {
        for (guint i = 0; i < G_N_ELEMENTS(faults); i++) {
            for (gssize cut = 1; cut < (faults[i] == FAULT_CUT ? 400 : 2); cut += 37) {
                clock_test_begin(1000 * G_USEC_PER_SEC);
                Fx f;
                fx_begin(&f);
                f.core->transactions = tx;
                fx_discover(&f);
                f.core->fault = faults[i];
                f.core->faults = 1;
                f.core->cut = cut;
                Wrote w = {0};
                create(&f, NULL, &w);
                wait_for(&w);
                cr_assert(w.all, "tx %d fault %d cut %d: state %d", tx, faults[i], (int)cut,
                          w.state[0]);
                cr_assert_eq(w.code, -1);
                cr_assert_eq(minicore_count(f.core, "MedicationRequest"), 1);
                cr_assert_eq(g_hash_table_size(f.store->outbox), 0);
                wrote_clear(&w);
                fx_end(&f);
                clock_test_end();
            }
        }
    }
}

/* A core that would not stop a second one: asked, never sent again. */
Test(write, no_second_sending_where_the_core_would_not_stop_it)
{
    clock_test_begin(1000 * G_USEC_PER_SEC);
    Fx f;
    fx_begin(&f);
    f.core->conditional = FALSE;
    fx_discover(&f);
    f.core->fault = FAULT_DROP_BEFORE;
    f.core->faults = 1;
    Wrote w = {0};
    create(&f, "urn:uuid:6f1de1e4-5f3a-4b0e-9f0b-2b1f6d0f7a11", &w);
    wait_for(&w);
    cr_assert_eq(f.core->writes, 1);
    cr_assert_eq(w.state[0], OUTBOX_UNKNOWN, "a late arrival cannot be told from an absence yet");
    cr_assert_eq(g_hash_table_size(f.store->outbox), 1);
    /* Two minutes later it is surely absent: the client has asked by itself. The person may send it. */
    clock_test_advance(125 * G_USEC_PER_SEC);
    loop_settle();
    clock_test_advance(55 * G_USEC_PER_SEC);
    g_autofree char *id = g_strdup(w.id);
    wrote_clear(&w);
    client_outbox_ask(f.client, f.scope, id, on_wrote, &w);
    wait_for(&w);
    cr_assert(w.never_sent);
    wrote_clear(&w);
    client_outbox_send(f.client, f.scope, id, on_wrote, &w);
    wait_for(&w);
    cr_assert(w.all);
    cr_assert_eq(minicore_count(f.core, "MedicationRequest"), 1);
    cr_assert_eq(f.core->writes, 2);
    cr_assert_eq(g_hash_table_size(f.store->outbox), 0);
    wrote_clear(&w);
    fx_end(&f);
    clock_test_end();
}

/* The draft is signed again while the first request may still be on its way: nothing more is sent. */
Test(write, a_second_signing_waits_until_the_first_cannot_arrive)
{
    clock_test_begin(1000 * G_USEC_PER_SEC);
    Fx f;
    fx_begin(&f);
    f.core->conditional = FALSE;
    fx_discover(&f);
    f.core->fault = FAULT_LATE;
    f.core->faults = 1;
    Wrote w = {0};
    for (int twice = 0; twice < 2; twice++) {
        wrote_clear(&w);
        create(&f, "urn:uuid:6f1de1e4-5f3a-4b0e-9f0b-2b1f6d0f7a11", &w);
        wait_for(&w);
        cr_assert_eq(w.state[0], OUTBOX_UNKNOWN);
        cr_assert_eq(f.core->writes, 1);
    }
    minicore_arrive(f.core);
    clock_test_advance(125 * G_USEC_PER_SEC); /* asked about by itself */
    loop_settle();
    cr_assert_eq(minicore_count(f.core, "MedicationRequest"), 1);
    cr_assert_eq(client_outbox_count(f.client), 0);
    wrote_clear(&w);
    fx_end(&f);
    clock_test_end();
}

static void slow_search(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    if (strstr(q->target, "identifier="))
        clock_test_advance(59 * G_USEC_PER_SEC); /* absence is certain when the answer comes */
}

Test(write, an_absence_is_told_and_not_mended_where_the_core_would_not_stop_a_second)
{
    clock_test_begin(1000 * G_USEC_PER_SEC);
    Fx f;
    fx_begin(&f);
    f.core->conditional = FALSE;
    fx_discover(&f);
    f.core->fault = FAULT_HANG_BEFORE;
    f.core->faults = 1;
    f.core->hook = slow_search;
    Wrote w = {0};
    create(&f, NULL, &w);
    cr_assert(loop_until_count(&f.core->writes, 1));
    clock_test_advance(65 * G_USEC_PER_SEC);
    wait_for(&w);
    cr_assert(w.never_sent);
    cr_assert_eq(w.code, CLIENT_ERROR_OFFLINE);
    cr_assert_eq(f.core->writes, 1);
    wrote_clear(&w);
    fx_end(&f);
    clock_test_end();
}

/* The first comes late, behind the one that went out again: one order, and one Provenance of it. Where the core
 * would make another Provenance each time nothing goes out again by itself. */
Test(write, a_late_arrival_adds_no_second_provenance)
{
    for (int keyed = 0; keyed < 2; keyed++) {
        clock_test_begin(1000 * G_USEC_PER_SEC);
        Fx f;
        fx_begin(&f);
        f.core->update_create = keyed;
        fx_discover(&f);
        f.core->fault = FAULT_LATE;
        f.core->faults = 1;
        Wrote w = {0};
        create(&f, NULL, &w);
        wait_for(&w);
        cr_assert_eq(w.state[0], keyed ? OUTBOX_CONFIRMED : OUTBOX_UNKNOWN);
        cr_assert_eq(f.core->writes, keyed ? 2 : 1);
        minicore_arrive(f.core);
        clock_test_advance(125 * G_USEC_PER_SEC); /* asked about by itself */
        loop_settle();
        cr_assert_eq(minicore_count(f.core, "MedicationRequest"), 1);
        cr_assert_eq(minicore_count(f.core, "Provenance"), 1);
        cr_assert_eq(client_outbox_count(f.client), 0);
        wrote_clear(&w);
        fx_end(&f);
        clock_test_end();
    }
}

Test(write, unknown_stays_unknown_while_the_core_cannot_be_asked)
{
    clock_test_begin(1000 * G_USEC_PER_SEC);
    Fx f;
    fx_begin(&f);
    f.core->fault = FAULT_DROP_AFTER;
    f.core->faults = 1;
    f.core->search_down = TRUE;
    Wrote w = {0};
    create(&f, NULL, &w);
    wait_for(&w);
    cr_assert_eq(w.state[0], OUTBOX_UNKNOWN);
    cr_assert_eq(f.core->writes, 1);
    cr_assert_eq(client_outbox_count(f.client), 1);
    /* A row that may have been sent is asked about, also when told to send. */
    f.core->search_down = FALSE;
    g_autofree char *id = g_strdup(w.id);
    wrote_clear(&w);
    client_outbox_send(f.client, f.scope, id, on_wrote, &w);
    wait_for(&w);
    cr_assert(w.all);
    cr_assert_eq(f.core->writes, 1);
    cr_assert_eq(minicore_count(f.core, "MedicationRequest"), 1);
    wrote_clear(&w);
    fx_end(&f);
    clock_test_end();
}

static void nobody_there(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    if (*(gboolean *)data)
        a->how = HTTPD_DROP;
}

/* The first answer after a silence is enough; no two minutes more. */
Test(write, what_is_not_known_is_asked_about_when_the_core_is_back)
{
    clock_test_begin(1000 * G_USEC_PER_SEC);
    Fx f;
    fx_begin(&f);
    gboolean gone = FALSE;
    f.core->fault = FAULT_HANG_AFTER;
    f.core->faults = 1;
    f.core->hook = nobody_there;
    f.core->hook_data = &gone;
    Wrote w = {0};
    create(&f, NULL, &w);
    cr_assert(loop_until_count(&f.core->writes, 1));
    gone = TRUE;
    while (!w.done) {
        clock_test_advance(15 * G_USEC_PER_SEC);
        loop_settle();
    }
    cr_assert_eq(w.state[0], OUTBOX_UNKNOWN);
    cr_assert_not(client_online(f.client, NULL));
    gone = FALSE;
    fx_discover(&f);
    for (int i = 0; i < 50 && client_outbox_count(f.client); i++) {
        clock_test_advance(G_TIME_SPAN_MILLISECOND);
        loop_settle();
        g_usleep(2000);
    }
    cr_assert_eq(client_outbox_count(f.client), 0);
    cr_assert_eq(f.core->writes, 1);
    cr_assert_eq(minicore_count(f.core, "MedicationRequest"), 1);
    wrote_clear(&w);
    fx_end(&f);
    clock_test_end();
}

static void restart(Fx *f)
{
    g_clear_pointer(&f->ctx, patient_ctx_unref);
    scope_close(f->scope);
    client_free(f->client);
    fx_client(f);
    fx_discover(f);
}

/* Killed while it was sent; its draft is signed again at once. The core would stop a second one, so it need not wait
 * until the first can no longer arrive: one order and one Provenance, whichever comes first. */
Test(write, what_was_killed_under_way_is_signed_again_at_once)
{
    for (int arrived = 0; arrived < 2; arrived++) {
        clock_test_begin(1000 * G_USEC_PER_SEC);
        Fx f;
        fx_begin(&f);
        f.core->fault = FAULT_LATE;
        f.core->faults = 1;
        Wrote w = {0};
        create(&f, "urn:uuid:6f1de1e4-5f3a-4b0e-9f0b-2b1f6d0f7a12", &w);
        cr_assert(loop_until_count(&f.core->writes, 1));
        restart(&f);
        client_open_patient(f.client, f.scope, "p1", "TREAT", fx_on_patient, &f.ctx);
        while (!f.ctx)
            loop_settle();
        Done done = {0};
        client_resume(f.client, f.scope, fx_on_done, &done);
        cr_assert(loop_until(&done.done));
        if (arrived)
            minicore_arrive(f.core);
        create(&f, "urn:uuid:6f1de1e4-5f3a-4b0e-9f0b-2b1f6d0f7a12", &w);
        cr_assert(loop_until(&w.done));
        cr_assert(w.all, "arrived %d: state %d, error %d", arrived, w.state[0], w.code);
        minicore_arrive(f.core);
        clock_test_advance(125 * G_USEC_PER_SEC);
        loop_settle();
        cr_assert_eq(minicore_count(f.core, "MedicationRequest"), 1);
        cr_assert_eq(minicore_count(f.core, "Provenance"), 1);
        wrote_clear(&w);
        fx_end(&f);
        clock_test_end();
    }
}

/* Told that there is no answer, then told the answer: once, when the core is back and has said. */
Test(write, who_was_told_of_no_answer_is_told_the_answer)
{
    for (int there = 0; there < 2; there++) {
        clock_test_begin(1000 * G_USEC_PER_SEC);
        Fx f;
        fx_begin(&f);
        f.core->conditional = FALSE;
        fx_discover(&f);
        f.core->fault = there ? FAULT_DROP_AFTER : FAULT_DROP_BEFORE;
        f.core->faults = 1;
        f.core->search_down = TRUE;
        Wrote w = {0}, later = {0}, nobody = {0};
        create(&f, "urn:uuid:6f1de1e4-5f3a-4b0e-9f0b-2b1f6d0f7a13", &w);
        wait_for(&w);
        cr_assert_eq(w.state[0], OUTBOX_UNKNOWN);
        client_write_follow(f.client, f.scope, "urn:uuid:6f1de1e4-5f3a-4b0e-9f0b-2b1f6d0f7a13", on_wrote, &later);
        Scope *gone = scope_new();
        client_write_follow(f.client, gone, "urn:uuid:6f1de1e4-5f3a-4b0e-9f0b-2b1f6d0f7a13", on_wrote, &nobody);
        scope_close(gone);
        for (int i = 0; i < 3; i++) {
            clock_test_advance(125 * G_USEC_PER_SEC);
            loop_settle();
            cr_assert_eq(later.calls, 0, "the core has not said");
        }
        f.core->search_down = FALSE;
        clock_test_advance(125 * G_USEC_PER_SEC);
        cr_assert(loop_until(&later.done));
        cr_assert_eq(later.all, there);
        cr_assert_eq(later.never_sent, !there);
        clock_test_advance(250 * G_USEC_PER_SEC);
        loop_settle();
        cr_assert_eq(later.calls, 1);
        cr_assert_eq(nobody.calls, 0);
        cr_assert_eq(client_outbox_count(f.client), 0);
        wrote_clear(&w);
        wrote_clear(&later);
        fx_end(&f);
        clock_test_end();
    }
}

/* The program ends while the core is silent; the next one asks and finds. */
Test(write, resume_after_a_crash_at_every_stage)
{
    static const Fault faults[] = {FAULT_HANG_BEFORE, FAULT_HANG_AFTER};
    for (guint i = 0; i < 2; i++) {
        Fx f;
        fx_begin(&f);
        f.core->fault = faults[i];
        f.core->faults = 1;
        Wrote w = {0};
        create(&f, NULL, &w);
        cr_assert(loop_until_count(&f.core->writes, 1));
        restart(&f);
        cr_assert_eq(w.calls, 0, "no callback after the scope closed");
        cr_assert_eq(client_outbox_count(f.client), 1);
        Done done = {0};
        client_resume(f.client, f.scope, fx_on_done, &done);
        cr_assert(loop_until(&done.done));
        cr_assert_eq(f.core->writes, 1, "resume sends nothing");
        cr_assert_eq(client_outbox_count(f.client), i == 0 ? 1 : 0);
        cr_assert_eq(minicore_count(f.core, "MedicationRequest"), i);
        fx_end(&f);
    }
}

Test(write, resume_lets_no_patient_wait_for_another)
{
    Fx f;
    fx_begin(&f);
    f.core->fault = FAULT_HANG_AFTER;
    f.core->faults = 3;
    Wrote w = {0};
    for (guint i = 0; i < 3; i++) {
        create(&f, NULL, &w);
        cr_assert(loop_until_count(&f.core->writes, i + 1));
    }
    restart(&f);
    Done done = {0};
    client_resume(f.client, f.scope, fx_on_done, &done);
    cr_assert(loop_until(&done.done));
    cr_assert_eq(client_outbox_count(f.client), 0);
    cr_assert_eq(minicore_count(f.core, "MedicationRequest"), 3);
    fx_end(&f);
}

Test(write, refused_with_issues_and_never_sent)
{
    Fx f;
    fx_begin(&f);
    f.core->fault = FAULT_STATUS;
    f.core->fault_status = 422;
    f.core->faults = 1;
    Wrote w = {0};
    create(&f, NULL, &w);
    cr_assert(loop_until(&w.done));
    cr_assert_eq(w.state[0], OUTBOX_REFUSED);
    cr_assert_eq(w.code, CLIENT_ERROR_REFUSED);
    cr_assert_eq(w.issues, 1);
    cr_assert_eq(g_hash_table_size(f.store->outbox), 0);
    wrote_clear(&w);
    /* Nobody listens: the core cannot have seen it. */
    httpd_free(g_steal_pointer(&f.core->httpd));
    create(&f, NULL, &w);
    cr_assert(loop_until(&w.done));
    cr_assert(w.never_sent);
    cr_assert_eq(w.code, CLIENT_ERROR_OFFLINE);
    cr_assert_eq(g_hash_table_size(f.store->outbox), 0);
    cr_assert(!client_online(f.client, NULL));
    wrote_clear(&w);
    fx_end(&f);
}

Test(write, a_full_disk_sends_nothing)
{
    for (guint nth = 1; nth <= 2; nth++) {
        Fx f;
        fx_begin(&f);
        f.store->fail_put = f.store->puts + nth;
        Wrote w = {0};
        create(&f, NULL, &w);
        cr_assert(loop_until(&w.done));
        cr_assert_eq(w.code, CLIENT_ERROR_STORE);
        cr_assert(w.never_sent);
        cr_assert_eq(f.core->writes, 0);
        wrote_clear(&w);
        fx_end(&f);
    }
}

#define OTHERS "{\"resourceType\":\"MedicationRequest\",\"subject\":{\"reference\":\"Patient/p2\"}}"

Test(write, another_patients_resource_is_not_written)
{
    Fx f;
    fx_begin(&f);
    g_autoptr(FhirResource) r = res(OTHERS);
    Wrote w = {0};
    client_write(f.client, f.scope, f.ctx, &(ClientWrite){.kind = CLIENT_CREATE, .resource = r}, 1,
                 on_wrote, &w);
    cr_assert(loop_until(&w.done));
    cr_assert_eq(w.code, CLIENT_ERROR_PATIENT);
    cr_assert(w.null_result);
    cr_assert_eq(f.core->writes, 0);
    w.done = FALSE;
    client_write(f.client, f.scope, NULL, &(ClientWrite){.kind = CLIENT_CREATE, .resource = r}, 1,
                 on_wrote, &w);
    cr_assert(loop_until(&w.done));
    cr_assert_eq(w.code, CLIENT_ERROR_PATIENT);
    wrote_clear(&w);
    fx_end(&f);
}

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

/* One by one: references to what was just made get real ids; the first failure stops the rest. */
Test(write, items_go_one_by_one_without_transactions)
{
    Fx f;
    fx_begin(&f);
    f.core->transactions = FALSE;
    fx_discover(&f);
    g_autoptr(FhirResource) a = res(ORDER);
    g_autoptr(FhirResource) b =
        res("{\"resourceType\":\"Task\",\"status\":\"requested\",\"for\":{\"reference\":\"Patient/"
            "p1\"},"
            "\"focus\":{\"reference\":\"urn:uuid:aaaaaaaa-0000-4000-8000-000000000001\"}}");
    ClientWrite writes[] = {{.kind = CLIENT_CREATE,
                             .resource = a,
                             .full_url = "urn:uuid:aaaaaaaa-0000-4000-8000-000000000001"},
                            {.kind = CLIENT_CREATE, .resource = b}};
    Wrote w = {0};
    f.core->fault = FAULT_DROP_AFTER;
    f.core->faults = 1;
    client_write(f.client, f.scope, f.ctx, writes, 2, on_wrote, &w);
    cr_assert(loop_until(&w.done));
    cr_assert(w.all);
    GPtrArray *task_versions = g_hash_table_lookup(f.core->resources, "Task/m2");
    cr_assert(task_versions && strstr(task_versions->pdata[0], "\"MedicationRequest/m1\""));
    wrote_clear(&w);
    f.core->fault = FAULT_STATUS;
    f.core->fault_status = 400;
    f.core->faults = 1;
    client_write(f.client, f.scope, f.ctx, writes, 2, on_wrote, &w);
    cr_assert(loop_until(&w.done));
    cr_assert_eq(w.state[0], OUTBOX_REFUSED);
    cr_assert_eq(w.state[1], OUTBOX_PREPARED);
    wrote_clear(&w);
    fx_end(&f);
}

Test(write, the_same_identifier_is_the_same_write)
{
    for (int kind = 0; kind < 4; kind++) {
        Fx f;
        fx_begin(&f);
        f.core->conditional = kind & 1;
        f.core->transactions = kind & 2;
        fx_discover(&f);
        Wrote w = {0};
        for (guint i = 0; i < 2; i++) {
            create(&f, "urn:uuid:bbbbbbbb-0000-4000-8000-000000000001", &w);
            cr_assert(loop_until(&w.done));
            cr_assert(w.all);
        }
        cr_assert_eq(minicore_count(f.core, "MedicationRequest"), 1);
        wrote_clear(&w);
        fx_end(&f);
    }
}

/* Done without an answer, then signed again by a person: one resource and one Provenance. */
Test(write, a_second_try_after_silence_adds_no_second_provenance)
{
    Fx f;
    fx_begin(&f);
    f.core->fault = FAULT_DROP_AFTER;
    f.core->faults = 1;
    f.core->search_down = TRUE;
    Wrote w = {0};
    create(&f, "urn:uuid:bbbbbbbb-0000-4000-8000-000000000002", &w);
    cr_assert(loop_until(&w.done));
    cr_assert_eq(w.state[0], OUTBOX_UNKNOWN);
    f.core->search_down = FALSE;
    create(&f, "urn:uuid:bbbbbbbb-0000-4000-8000-000000000002", &w);
    cr_assert(loop_until(&w.done));
    cr_assert(w.all);
    cr_assert_eq(minicore_count(f.core, "MedicationRequest"), 1);
    cr_assert_eq(minicore_count(f.core, "Provenance"), 1);
    wrote_clear(&w);
    fx_end(&f);
}

/* The scope closes at any moment: no callback, and the write is done all the same, once. */
Test(write, closing_the_scope_does_not_stop_a_write, .timeout = 60)
{
    for (guint turns = 0; turns < 30; turns++) {
        Fx f;
        fx_begin(&f);
        Scope *view = scope_new();
        g_autoptr(FhirResource) r = res(ORDER);
        Wrote w = {0};
        client_write(f.client, view, f.ctx, &(ClientWrite){.kind = CLIENT_CREATE, .resource = r}, 1,
                     on_wrote, &w);
        for (guint i = 0; i < turns; i++)
            g_main_context_iteration(NULL, FALSE);
        scope_close(view);
        guint calls = w.calls;
        loop_settle();
        cr_assert_eq(w.calls, calls);
        cr_assert_eq(minicore_count(f.core, "MedicationRequest"), 1);
        cr_assert_eq(g_hash_table_size(f.store->outbox), 0);
        wrote_clear(&w);
        fx_end(&f);
    }
}

Test(write, an_expired_token_is_renewed_in_the_middle)
{
    Fx f;
    fx_begin(&f);
    f.core->token = "second";
    f.login.next = "second";
    Wrote w = {0};
    create(&f, NULL, &w);
    cr_assert(loop_until(&w.done));
    cr_assert(w.all);
    cr_assert_eq(f.login.refreshed, 1);
    cr_assert_eq(f.core->writes, 1);
    wrote_clear(&w);
    f.core->token = "third"; /* and now the renewal is of no use */
    create(&f, NULL, &w);
    cr_assert(loop_until(&w.done));
    cr_assert_eq(w.code, CLIENT_ERROR_LOGIN);
    cr_assert(w.never_sent);
    wrote_clear(&w);
    fx_end(&f);
}
