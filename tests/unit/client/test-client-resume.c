/* SPDX-License-Identifier: GPL-3.0-or-later
 * A write that a program left behind, when the next one begins: asked about, and told. */
#include "client/wrote.h"

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
