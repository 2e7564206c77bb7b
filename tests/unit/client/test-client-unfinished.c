/* SPDX-License-Identifier: GPL-3.0-or-later
 * What waits in the outbox is listed, asked about and taken off by a person: nothing goes out by that. */
#include "client/wrote.h"

static void look_at_row(const ClientWriteResult *row, Instant created, gpointer data)
{
    guint *n = data; /* rows, and how many of them are being asked about */
    n[0]++;
    n[1] += row->under_way;
}

/* An unanswered order whose asking hangs, taken up again by the next session. */
static void begin_asking(Fx *f, Wrote *w)
{
    clock_test_begin(1000 * G_USEC_PER_SEC);
    fx_begin(f);
    f->core->fault = FAULT_DROP_AFTER;
    f->core->faults = 1;
    f->core->search_down = TRUE;
    create(f, NULL, w);
    wait_for(w);
    cr_assert_eq(w->state[0], OUTBOX_UNKNOWN);
}

/* The row is not what the core was asked for: nobody is told that the core does not have it. */
Test(unfinished, a_row_that_is_settled_or_being_asked_about_is_said_to_be_so)
{
    Fx f;
    Wrote w = {0}, first = {0}, second = {0};
    begin_asking(&f, &w);
    client_outbox_ask(f.client, f.scope, w.id, on_wrote, &first);
    client_outbox_ask(f.client, f.scope, w.id, on_wrote, &second);
    cr_assert(loop_until(&second.done));
    cr_assert(second.null_result && second.code == CLIENT_ERROR_ASKED, "code %d", second.code);
    wait_for(&first);
    f.core->search_down = FALSE;
    clock_test_advance(125 * G_USEC_PER_SEC); /* asked about by itself, and found */
    loop_settle();
    cr_assert_eq(client_outbox_count(f.client), 0);
    g_autofree char *id = g_strdup(w.id);
    wrote_clear(&w);
    client_outbox_send(f.client, f.scope, id, on_wrote, &w);
    cr_assert(loop_until(&w.done));
    cr_assert(w.null_result && w.code == CLIENT_ERROR_SETTLED, "code %d", w.code);
    cr_assert_eq(minicore_count(f.core, "MedicationRequest"), 1);
    wrote_clear(&w);
    wrote_clear(&first);
    wrote_clear(&second);
    fx_end(&f);
    clock_test_end();
}

static void never_answer(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    if (strstr(q->target, "identifier="))
        a->how = HTTPD_HANG;
}

/* While the core is asked the row stays in the list; taken off it is gone at once, and when the asking ends. */
Test(unfinished, what_is_being_asked_about_is_listed_and_can_be_forgotten)
{
    Fx f;
    Wrote w = {0};
    guint n[2] = {0};
    begin_asking(&f, &w);
    f.core->hook = never_answer;
    clock_test_advance(122 * G_USEC_PER_SEC);
    loop_settle();
    client_outbox_each(f.client, look_at_row, n);
    cr_assert(n[0] == 1 && n[1] == 1, "%u rows, %u asked about", n[0], n[1]);
    client_outbox_forget(f.client, w.id);
    n[0] = n[1] = 0;
    client_outbox_each(f.client, look_at_row, n);
    cr_assert_eq(n[0], 0);
    cr_assert_eq(client_outbox_count(f.client), 0);
    for (guint i = 0; i < 40; i++) {
        clock_test_advance(10 * G_USEC_PER_SEC);
        loop_settle();
    }
    cr_assert_eq(g_hash_table_size(f.store->outbox), 0);
    cr_assert_eq(f.core->writes, 1);
    wrote_clear(&w);
    fx_end(&f);
    clock_test_end();
}

static void forget_it(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    Fx *f = data;
    GHashTableIter iter;
    gpointer id;
    g_hash_table_iter_init(&iter, f->store->outbox);
    if (strstr(q->target, "identifier=") && g_hash_table_iter_next(&iter, &id, NULL)) {
        g_autofree char *key = g_strdup(id);
        client_outbox_forget(f->client, key);
    }
}

/* The core does not have it, and would stop a second: but a person has taken it off the list. */
Test(unfinished, what_was_forgotten_does_not_go_out_again)
{
    clock_test_begin(1000 * G_USEC_PER_SEC);
    Fx f;
    fx_begin(&f);
    f.core->fault = FAULT_DROP_BEFORE;
    f.core->faults = 1;
    f.core->hook = forget_it;
    f.core->hook_data = &f;
    Wrote w = {0};
    create(&f, NULL, &w);
    wait_for(&w);
    cr_assert_eq(f.core->writes, 1);
    cr_assert_eq(minicore_count(f.core, "MedicationRequest"), 0);
    cr_assert_eq(g_hash_table_size(f.store->outbox), 0);
    wrote_clear(&w);
    fx_end(&f);
    clock_test_end();
}

/* Asking again every other minute without an answer leaves the disk alone, and so does what waits for a person. */
Test(unfinished, asking_in_vain_writes_nothing)
{
    Fx f;
    Wrote w = {0};
    begin_asking(&f, &w);
    clock_test_advance(125 * G_USEC_PER_SEC);
    loop_settle();
    guint puts = f.store->puts, asked = httpd_requests(f.core->httpd);
    for (guint i = 0; i < 3; i++) {
        clock_test_advance(125 * G_USEC_PER_SEC);
        loop_settle();
    }
    cr_assert_gt(httpd_requests(f.core->httpd), asked + 2);
    cr_assert_eq(f.store->puts, puts);
    cr_assert_eq(client_outbox_count(f.client), 1);
    wrote_clear(&w);
    fx_end(&f);
    clock_test_end();
}

/* A part was refused: what depends on it does not go out, also when a person says so. */
Test(unfinished, nothing_follows_on_a_part_that_was_refused)
{
    Fx f;
    fx_begin(&f);
    f.core->transactions = FALSE;
    fx_discover(&f);
    Scope *view = scope_new();
    g_autoptr(FhirResource) r = res(ORDER);
    const ClientWrite writes[] = {{.kind = CLIENT_CREATE, .resource = r}, {.kind = CLIENT_CREATE, .resource = r}};
    Wrote w = {0};
    f.core->fault = FAULT_STATUS;
    f.core->fault_status = 422;
    f.core->faults = 1;
    client_write(f.client, view, f.ctx, writes, 2, on_wrote, &w);
    scope_close(view); /* nobody is told: the row stays */
    loop_settle();
    GHashTableIter iter;
    gpointer id;
    g_hash_table_iter_init(&iter, f.store->outbox);
    cr_assert(g_hash_table_iter_next(&iter, &id, NULL));
    g_autofree char *key = g_strdup(id);
    client_outbox_send(f.client, f.scope, key, on_wrote, &w);
    cr_assert(loop_until(&w.done));
    cr_assert(w.state[0] == OUTBOX_REFUSED && w.state[1] == OUTBOX_PREPARED, "%d %d", w.state[0], w.state[1]);
    cr_assert_eq(f.core->writes, 1);
    cr_assert_eq(minicore_count(f.core, "MedicationRequest"), 0);
    wrote_clear(&w);
    fx_end(&f);
}
