/* SPDX-License-Identifier: GPL-3.0-or-later
 * A write that got no answer: whatever happens, the core ends with one of it, and the client knows what became of it. */
#include "client/wrote.h"

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

static void say_list(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    if (strstr(q->target, "identifier="))
        httpd_text(a, 200, data);
}

/* A core that says that there is one and does not show it, or shows it unreadably, has not said that it is absent:
 * signed again, there would be two. */
Test(write, a_list_that_holds_something_back_is_no_absence)
{
    static const struct {
        const char *list;
        gboolean absent;
    } lists[] = {
        {"{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"total\":1}", FALSE},
        {"{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"total\":1,\"entry\":[]}", FALSE},
        {"{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":{\"resource\":" ORDER "}}", FALSE},
        {"{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"entry\":[{\"resource\":{\"id\":\"x\"}}]}", FALSE},
        {"{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"total\":0}", TRUE},
        {"{\"resourceType\":\"Bundle\",\"type\":\"searchset\"}", TRUE},
    };
    for (guint i = 0; i < G_N_ELEMENTS(lists); i++) {
        clock_test_begin(1000 * G_USEC_PER_SEC);
        Fx f;
        fx_begin(&f);
        f.core->conditional = FALSE;
        fx_discover(&f);
        f.core->hook = say_list;
        f.core->hook_data = (gpointer)lists[i].list;
        f.core->fault = FAULT_DROP_AFTER;
        f.core->faults = 1;
        Wrote w = {0};
        create(&f, "urn:uuid:6f1de1e4-5f3a-4b0e-9f0b-2b1f6d0f7a11", &w);
        wait_for(&w);
        cr_assert_eq(w.state[0], OUTBOX_UNKNOWN, "%s", lists[i].list);
        clock_test_advance(125 * G_USEC_PER_SEC); /* nothing can arrive any more; asked about by itself */
        loop_settle();
        clock_test_advance(55 * G_USEC_PER_SEC);
        g_autofree char *id = g_strdup(w.id);
        wrote_clear(&w);
        client_outbox_ask(f.client, f.scope, id, on_wrote, &w);
        wait_for(&w);
        cr_expect_eq(w.state[0], lists[i].absent ? OUTBOX_PREPARED : OUTBOX_UNKNOWN, "%s: state %d", lists[i].list, w.state[0]);
        cr_expect_eq(w.never_sent, lists[i].absent, "%s", lists[i].list);
        wrote_clear(&w);
        fx_end(&f);
        clock_test_end();
    }
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
