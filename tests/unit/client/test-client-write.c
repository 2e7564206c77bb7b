/* SPDX-License-Identifier: GPL-3.0-or-later
 * A write on its way: one transaction or one by one, with its Provenance, and what stops it before it begins. */
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
