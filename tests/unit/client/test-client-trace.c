/* SPDX-License-Identifier: GPL-3.0-or-later
 * What this machine remembers of an identifier, against every kind of core: what never left goes out,
 * what left and got no answer never goes out again, and what was confirmed is found once more. The whole
 * table: history × conditional create × search by identifier × transactions × what the core really holds. */
#include "client/fixture.h"
#include "client/outbox.h"

#define URN "urn:uuid:7d6a1c1e-6f0b-4f3e-9a53-0c6a2a4b1c11"
#define NOTE "{\"resourceType\":\"DocumentReference\",\"status\":\"current\",\"subject\":{\"reference\":\"Patient/p1\"}}"
#define HELD "{\"resourceType\":\"DocumentReference\",\"id\":\"d7\",\"status\":\"current\",\"subject\":{\"reference\":\"Patient/p1\"}," \
             "\"identifier\":[{\"system\":\"urn:ietf:rfc:3986\",\"value\":\"" URN "\"}]}"

/* What had become of an earlier write of the same draft. */
typedef enum {
    NO_EARLIER,
    ROW_PREPARED, /* on the disk, never sent */
    ROW_SENDING,  /* the program ended while it was sent */
    ROW_UNKNOWN,
    ROW_REFUSED,
    ROW_CONFLICT,
    ROW_CONFIRMED,    /* the program ended before the row was gone */
    MARK,             /* the program ended before the draft was gone */
    UNREADABLE_ROW,
    HISTORIES
} History;
static const char *const names[HISTORIES] = {"none",    "prepared",  "sending", "unknown",       "refused",
                                             "conflict", "confirmed", "mark",    "unreadable row"};

typedef struct {
    History history;
    gboolean conditional, searchable, transactions, there;
} Case;

typedef struct {
    gboolean done, all, never_sent;
    OutboxState state;
} Told;

static void on_told(const ClientWriteResult *r, const GError *error, gpointer data)
{
    Told *t = data;
    (void)error;
    cr_assert(r && r->items->len == 1);
    *t = (Told){TRUE, r->all_confirmed, r->never_sent, ((ClientWriteItem *)r->items->pdata[0])->state};
}

static FhirResource *note(void)
{
    g_autoptr(GBytes) text = g_bytes_new_static(NOTE, strlen(NOTE));
    return fhir_resource_parse(text, NULL);
}

static void on_put(const GError *error, gpointer data)
{
    (void)error;
    *(gboolean *)data = TRUE;
}

/* As the program that ended left it on the disk. */
static void put_row(Fx *f, const char *id, OutboxState state, const char *damage)
{
    g_autoptr(FhirResource) r = note();
    Write *w = write_new(f->client, id, "p1");
    Item *item = item_new(&(ClientWrite){.kind = CLIENT_CREATE, .resource = r, .identifier = URN}, NULL);
    item->out.state = state;
    item->left = state != OUTBOX_PREPARED;
    item->id = state == OUTBOX_CONFIRMED ? g_strdup("d7") : NULL;
    w->sent = item->left ? clock_real_us() - WRITE_LATE_US - 1 : 0;
    g_ptr_array_add(w->items, item);
    g_autoptr(GBytes) whole = write_to_text(w), text = damage ? g_bytes_new(damage, strlen(damage)) : g_bytes_ref(whole);
    gboolean stored = FALSE;
    memstore_table.outbox_put(f->store, &(ClientOutboxRow){id, "p1", write_state(w), w->created, text}, on_put, &stored);
    cr_assert(loop_until(&stored));
    write_free(w);
}

static void make_history(Fx *f, const Case *c)
{
    static const OutboxState states[HISTORIES] = {
        [ROW_PREPARED] = OUTBOX_PREPARED, [ROW_SENDING] = OUTBOX_SENDING,   [ROW_UNKNOWN] = OUTBOX_UNKNOWN,
        [ROW_REFUSED] = OUTBOX_REFUSED,   [ROW_CONFLICT] = OUTBOX_CONFLICT, [ROW_CONFIRMED] = OUTBOX_CONFIRMED};
    if (c->there)
        minicore_put(f->core, HELD);
    if (c->history == MARK)
        g_hash_table_insert(f->store->sent, g_strdup(URN), g_strdup("DocumentReference/d7"));
    else if (c->history == UNREADABLE_ROW)
        put_row(f, "earlier", OUTBOX_UNKNOWN, "{\"items\":[{\"identifier\":\"" URN "\"}]}");
    else if (c->history != NO_EARLIER)
        put_row(f, "earlier", states[c->history], NULL);
}

static gboolean has_left(History h)
{
    return h == ROW_SENDING || h == ROW_UNKNOWN || h == UNREADABLE_ROW;
}

static gboolean was_confirmed(History h)
{
    return h == ROW_CONFIRMED || h == MARK;
}

/* Written from the promise: how often it may stand in the core at the end, and what is told. */
static OutboxState expected(const Case *c, guint *ret_in_core, guint *ret_sent)
{
    gboolean asked_by_place = was_confirmed(c->history);
    gboolean found = c->there && (asked_by_place || c->searchable);
    *ret_in_core = c->there;
    *ret_sent = 0;
    if (asked_by_place)
        return found ? OUTBOX_CONFIRMED : OUTBOX_UNKNOWN; /* what was there and is gone is not written again */
    if (has_left(c->history) && !c->searchable)
        return OUTBOX_UNKNOWN;
    if (found && (has_left(c->history) || !c->conditional))
        return OUTBOX_CONFIRMED;
    *ret_sent = 1;
    *ret_in_core = c->there && !c->conditional ? 2 : 1;
    return OUTBOX_CONFIRMED;
}

static void play(const Case *c)
{
    g_autofree char *what = g_strdup_printf("%s, conditional %d, searchable %d, transactions %d, there %d",
                                            names[c->history], c->conditional, c->searchable, c->transactions, c->there);
    Fx f;
    fx_begin(&f);
    f.core->conditional = c->conditional;
    f.core->unsearchable = !c->searchable;
    f.core->transactions = c->transactions;
    fx_discover(&f);
    make_history(&f, c);
    guint in_core, sent;
    OutboxState meant = expected(c, &in_core, &sent);
    Told t = {0};
    g_autoptr(FhirResource) r = note();
    client_write(f.client, f.scope, f.ctx, &(ClientWrite){.kind = CLIENT_CREATE, .resource = r, .identifier = URN}, 1,
                 on_told, &t);
    cr_assert(loop_until(&t.done));
    cr_expect_eq(t.state, meant, "%s: told %d, meant %d", what, t.state, meant);
    cr_expect_eq(f.core->writes, sent, "%s: sent %u times", what, f.core->writes);
    cr_expect_eq(minicore_count(f.core, "DocumentReference"), in_core, "%s: in the core %u", what,
                 minicore_count(f.core, "DocumentReference"));
    /* one thing is listed once: a second row for what only waits for the first says nothing new */
    guint rows = c->history != NO_EARLIER && c->history != MARK;
    cr_expect_eq(g_hash_table_size(f.store->outbox), rows, "%s: %u rows", what, g_hash_table_size(f.store->outbox));
    gboolean remembered = g_hash_table_contains(f.store->sent, URN);
    cr_expect_eq(remembered, c->history == MARK || t.state == OUTBOX_CONFIRMED, "%s: remembered %d", what, remembered);
    fx_end(&f);
}

/* A case that cannot be: what never left is not in the core. */
static gboolean possible(const Case *c)
{
    return !c->there || has_left(c->history) || was_confirmed(c->history);
}

Test(trace, every_history_on_every_core, .timeout = 120)
{
    guint n = 0;
    for (guint h = 0; h < HISTORIES; h++)
        for (guint bits = 0; bits < 16; bits++) {
            Case c = {(History)h, bits & 1, (bits >> 1) & 1, (bits >> 2) & 1, (bits >> 3) & 1};
            if (!possible(&c))
                continue;
            n++;
            play(&c);
        }
    cr_assert_eq(n, 9 * 8 + 5 * 8, "%u cases", n);
}

/* ---- the whole road, on a core that can neither be asked nor would stop a second one ---- */

static void oracle(Fx *f)
{
    fx_begin(f);
    f->core->conditional = f->core->transactions = f->core->history = FALSE;
    f->core->unsearchable = TRUE;
    fx_discover(f);
}

static void sign(Fx *f, Told *t)
{
    g_autoptr(FhirResource) r = note();
    *t = (Told){0};
    client_write(f->client, f->scope, f->ctx, &(ClientWrite){.kind = CLIENT_CREATE, .resource = r, .identifier = URN}, 1,
                 on_told, t);
    for (guint i = 0; i < 40 && !t->done; i++) {
        loop_settle();
        clock_test_advance(10 * G_USEC_PER_SEC);
    }
    cr_assert(t->done);
}

static void restart(Fx *f)
{
    g_clear_pointer(&f->ctx, patient_ctx_unref);
    scope_close(f->scope);
    client_free(f->client);
    fx_client(f);
    fx_discover(f);
    fx_open(f);
}

Test(trace, a_draft_that_outlives_its_signature_is_not_written_twice)
{
    clock_test_begin(1000 * G_USEC_PER_SEC);
    Fx f;
    oracle(&f);
    Told t;
    for (guint i = 0; i < 3; i++) {
        sign(&f, &t);
        cr_assert(t.all);
        restart(&f);
    }
    cr_assert_eq(f.core->writes, 1);
    cr_assert_eq(minicore_count(f.core, "DocumentReference"), 1);
    fx_end(&f);
    clock_test_end();
}

/* The question before it is not answered: nothing that never left can be there, so it goes out. */
Test(trace, what_never_left_goes_out_though_nobody_answers_whether_it_is_there)
{
    clock_test_begin(1000 * G_USEC_PER_SEC);
    Fx f;
    fx_begin(&f);
    f.core->conditional = FALSE;
    fx_discover(&f);
    f.core->search_down = TRUE;
    Told t;
    sign(&f, &t);
    cr_assert(t.all, "state %d", t.state);
    cr_assert_eq(f.core->writes, 1);
    cr_assert_eq(minicore_count(f.core, "DocumentReference"), 1);
    fx_end(&f);
    clock_test_end();
}

/* Answers that say that nothing was done: it may be sent again, and is. */
Test(trace, what_was_surely_not_done_goes_out_the_next_time)
{
    static const guint statuses[] = {400, 422, 429, 409};
    for (guint i = 0; i < G_N_ELEMENTS(statuses); i++) {
        clock_test_begin(1000 * G_USEC_PER_SEC);
        Fx f;
        oracle(&f);
        f.core->fault = FAULT_STATUS;
        f.core->fault_status = statuses[i];
        f.core->faults = 1;
        Told t;
        sign(&f, &t);
        cr_assert(!t.all && t.state != OUTBOX_UNKNOWN, "%u: state %d", statuses[i], t.state);
        restart(&f);
        sign(&f, &t);
        cr_assert(t.all, "%u", statuses[i]);
        cr_assert_eq(minicore_count(f.core, "DocumentReference"), 1);
        fx_end(&f);
        clock_test_end();
    }
}

static guint rows_of(Fx *f, char **ret_id)
{
    GHashTableIter iter;
    gpointer id;
    g_hash_table_iter_init(&iter, f->store->outbox);
    while (g_hash_table_iter_next(&iter, &id, NULL))
        *ret_id = g_strdup(id);
    return g_hash_table_size(f->store->outbox);
}

/* The answer was lost: one row for a person, whatever is signed, asked or begun again; theirs is the word. */
Test(trace, a_lost_answer_is_for_a_person, .timeout = 60)
{
    static const Fault faults[] = {FAULT_DROP_BEFORE, FAULT_DROP_AFTER, FAULT_HANG_BEFORE, FAULT_HANG_AFTER};
    for (guint i = 0; i < G_N_ELEMENTS(faults); i++) {
        clock_test_begin(1000 * G_USEC_PER_SEC);
        Fx f;
        oracle(&f);
        f.core->fault = faults[i];
        f.core->faults = 1;
        Told t;
        g_autofree char *id = NULL;
        for (guint again = 0; again < 3; again++) {
            sign(&f, &t);
            cr_assert_eq(t.state, OUTBOX_UNKNOWN);
            clock_test_advance(200 * G_USEC_PER_SEC);
            loop_settle();
            restart(&f);
        }
        cr_assert_eq(f.core->writes, 1, "fault %d", faults[i]);
        cr_assert_eq(rows_of(&f, &id), 1);
        client_outbox_forget(f.client, id); /* looked in the record: it is not there */
        if (faults[i] == FAULT_DROP_BEFORE || faults[i] == FAULT_HANG_BEFORE) {
            sign(&f, &t);
            cr_assert(t.all);
        }
        cr_assert_eq(minicore_count(f.core, "DocumentReference"), 1);
        fx_end(&f);
        clock_test_end();
    }
}

/* The mark could not be written: the row stays and says the same. */
Test(trace, a_full_disk_keeps_the_row_instead_of_the_mark)
{
    clock_test_begin(1000 * G_USEC_PER_SEC);
    Fx f;
    oracle(&f);
    f.store->fail_mark = TRUE;
    Told t;
    sign(&f, &t);
    cr_assert(t.all);
    cr_assert_eq(g_hash_table_size(f.store->outbox), 1);
    restart(&f);
    sign(&f, &t);
    cr_assert_neq(t.state, OUTBOX_PREPARED);
    cr_assert_eq(minicore_count(f.core, "DocumentReference"), 1);
    fx_end(&f);
    clock_test_end();
}

/* Two at once, from two windows on the same draft: one goes out. */
Test(trace, of_two_at_the_same_time_one_goes_out)
{
    for (guint bits = 0; bits < 8; bits++) {
        Fx f;
        fx_begin(&f);
        f.core->conditional = bits & 1;
        f.core->unsearchable = bits & 2;
        f.core->transactions = bits & 4;
        fx_discover(&f);
        Told t[2] = {0};
        g_autoptr(FhirResource) r = note();
        for (guint i = 0; i < 2; i++)
            client_write(f.client, f.scope, f.ctx, &(ClientWrite){.kind = CLIENT_CREATE, .resource = r, .identifier = URN},
                         1, on_told, &t[i]);
        cr_assert(loop_until(&t[0].done));
        cr_assert(loop_until(&t[1].done));
        cr_expect_eq(minicore_count(f.core, "DocumentReference"), 1, "core %u: %u", bits,
                     minicore_count(f.core, "DocumentReference"));
        cr_expect(t[0].all || t[1].all, "core %u", bits);
        fx_end(&f);
    }
}
