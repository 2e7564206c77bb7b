/* SPDX-License-Identifier: GPL-3.0-or-later
 * A change and something new that belong together, written a second time when the first had no answer: a corrected note
 * and the version before it, a diagnosis and the visit that lists it. */
#include "client/wrote.h"

#define NEW_NOTE "urn:uuid:cccccccc-0000-4000-8000-000000000001"
#define NEW_URL  "urn:uuid:cccccccc-0000-4000-8000-000000000002"

typedef struct {
    gboolean transactions, conditional, searchable, history;
} Core;

static void begin(Fx *f, const Core *c)
{
    clock_test_begin(1000 * G_USEC_PER_SEC);
    fx_begin(f);
    f->core->transactions = c->transactions;
    f->core->conditional = c->conditional;
    f->core->unsearchable = !c->searchable;
    f->core->history = c->history;
    fx_discover(f);
    minicore_put(f->core, "{\"resourceType\":\"DocumentReference\",\"id\":\"d1\",\"subject\":{\"reference\":\"Patient/p1\"}}");
    minicore_put(f->core, "{\"resourceType\":\"Encounter\",\"id\":\"e1\",\"subject\":{\"reference\":\"Patient/p1\"}}");
}

static void end(Fx *f, Wrote *w)
{
    wrote_clear(w);
    fx_end(f);
    clock_test_end();
}

static void correct(Fx *f, Wrote *w)
{
    g_autoptr(FhirResource) earlier = res("{\"resourceType\":\"DocumentReference\",\"id\":\"d1\",\"meta\":{\"versionId\":\"1\"},"
                                          "\"status\":\"superseded\",\"subject\":{\"reference\":\"Patient/p1\"}}");
    g_autoptr(FhirResource) note = res("{\"resourceType\":\"DocumentReference\",\"status\":\"current\","
                                       "\"subject\":{\"reference\":\"Patient/p1\"}}");
    const ClientWrite writes[] = {{.kind = CLIENT_UPDATE, .resource = earlier},
                                  {.kind = CLIENT_CREATE, .resource = note, .identifier = NEW_NOTE, .provenance = "author"}};
    wrote_clear(w);
    client_write(f->client, f->scope, f->ctx, writes, 2, on_wrote, w);
    wait_for(w);
}

static void diagnose(Fx *f, Wrote *w)
{
    g_autoptr(FhirResource) diagnosis = res("{\"resourceType\":\"Condition\",\"subject\":{\"reference\":\"Patient/p1\"}}");
    g_autoptr(FhirResource) visit = res("{\"resourceType\":\"Encounter\",\"id\":\"e1\",\"meta\":{\"versionId\":\"1\"},"
                                        "\"subject\":{\"reference\":\"Patient/p1\"},"
                                        "\"diagnosis\":[{\"condition\":{\"reference\":\"" NEW_URL "\"}}]}");
    const ClientWrite writes[] = {{.kind = CLIENT_CREATE, .resource = diagnosis, .identifier = NEW_NOTE, .full_url = NEW_URL},
                                  {.kind = CLIENT_UPDATE, .resource = visit}};
    wrote_clear(w);
    client_write(f->client, f->scope, f->ctx, writes, 2, on_wrote, w);
    wait_for(w);
}

/* The earlier version is marked, and the new one gets no answer. */
static void lose_the_new_one(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    MiniCore *c = data;
    if (!g_str_equal(q->method, "POST") || !g_str_has_suffix(q->target, "/DocumentReference") || c->writes > 1)
        return;
    c->fault = c->history ? FAULT_LATE : FAULT_DROP_AFTER;
    c->faults = 1;
}

/* The first attempt's row knows that the new note may be there; the second replaces that row. */
Test(whole, a_correction_signed_twice_after_silence_is_one_note, .timeout = 60)
{
    for (guint bits = 0; bits < 8; bits++) {
        Core c = {FALSE, bits & 1, bits & 2, bits & 4};
        Fx f;
        Wrote w = {0};
        begin(&f, &c);
        f.core->hook = lose_the_new_one;
        f.core->hook_data = f.core;
        f.core->search_down = TRUE;
        correct(&f, &w);
        cr_assert_eq(w.state[1], OUTBOX_UNKNOWN, "core %u: state %d", bits, w.state[1]);
        f.core->search_down = FALSE;
        correct(&f, &w);
        minicore_arrive(f.core);
        clock_test_advance(400 * G_USEC_PER_SEC);
        loop_settle();
        cr_expect_eq(minicore_identified(f.core, "DocumentReference", NEW_NOTE), 1, "core %u: %u notes", bits,
                     minicore_identified(f.core, "DocumentReference", NEW_NOTE));
        cr_expect_eq(minicore_versions(f.core, "DocumentReference/d1"), 2, "core %u", bits);
        cr_expect(w.all || client_outbox_count(f.client) == 1 || c.searchable, "core %u: not there, and not listed", bits);
        end(&f, &w);
    }
}

/* A core that takes both together writes where the diagnosis lies into the visit: that is what was sent all the same. */
Test(whole, a_visit_that_names_what_is_new_is_known_again_after_silence, .timeout = 60)
{
    for (guint bits = 0; bits < 8; bits++) {
        Core c = {bits & 4, bits & 1, TRUE, bits & 2};
        Fx f;
        Wrote w = {0};
        begin(&f, &c);
        f.core->fault = FAULT_DROP_AFTER;
        f.core->faults = 1;
        diagnose(&f, &w);
        cr_expect(w.all, "core %u: states %d %d", bits, w.state[0], w.state[1]);
        cr_expect_eq(minicore_count(f.core, "Condition"), 1);
        cr_expect_eq(minicore_versions(f.core, "Encounter/e1"), 2);
        end(&f, &w);
    }
}

/* Nobody could be asked, and it is signed once more: its own first attempt is no rival. */
Test(whole, a_second_attempt_does_not_call_the_first_somebody_else, .timeout = 60)
{
    for (guint bits = 0; bits < 4; bits++) {
        Core c = {TRUE, bits & 1, TRUE, bits & 2};
        Fx f;
        Wrote w = {0};
        begin(&f, &c);
        f.core->fault = FAULT_DROP_AFTER;
        f.core->faults = 1;
        f.core->search_down = TRUE;
        diagnose(&f, &w);
        cr_assert(!w.all, "core %u", bits);
        f.core->search_down = FALSE;
        diagnose(&f, &w);
        cr_expect(w.all, "core %u: states %d %d", bits, w.state[0], w.state[1]);
        cr_expect_eq(w.issues, 0);
        cr_expect_eq(minicore_versions(f.core, "Encounter/e1"), 2);
        end(&f, &w);
    }
}

/* The visit that somebody else has changed since is told as theirs. */
Test(whole, what_somebody_else_has_changed_is_no_attempt_of_ours)
{
    Fx f;
    Wrote w = {0};
    begin(&f, &(Core){TRUE, TRUE, TRUE, TRUE});
    f.core->fault = FAULT_DROP_AFTER;
    f.core->faults = 1;
    f.core->search_down = TRUE;
    diagnose(&f, &w);
    f.core->search_down = FALSE;
    minicore_put(f.core, "{\"resourceType\":\"Encounter\",\"id\":\"e1\",\"status\":\"finished\",\"subject\":{\"reference\":\"Patient/p1\"}}");
    diagnose(&f, &w);
    cr_assert_eq(w.state[0], OUTBOX_CONFIRMED);
    cr_assert_eq(w.state[1], OUTBOX_CONFLICT, "state %d", w.state[1]);
    end(&f, &w);
}

static void list_another(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    MiniCore *c = data;
    if (strstr(q->target, "identifier=") && minicore_versions(c, "Encounter/e1") == 1)
        minicore_put(c, "{\"resourceType\":\"Encounter\",\"id\":\"e1\",\"subject\":{\"reference\":\"Patient/p1\"},"
                        "\"diagnosis\":[{\"condition\":{\"reference\":\"Condition/another\"}}]}");
}

/* Ours never arrived; somebody has listed another diagnosis meanwhile. */
Test(whole, a_visit_that_lists_another_diagnosis_is_not_what_was_written)
{
    for (guint history = 0; history < 2; history++) {
        Fx f;
        Wrote w = {0};
        begin(&f, &(Core){TRUE, TRUE, TRUE, history});
        f.core->fault = FAULT_DROP_BEFORE;
        f.core->faults = 1;
        f.core->hook = list_another;
        f.core->hook_data = f.core;
        diagnose(&f, &w);
        cr_assert_eq(w.state[1], history ? OUTBOX_CONFLICT : OUTBOX_UNKNOWN, "history %u: state %d", history, w.state[1]);
        cr_assert_eq(minicore_count(f.core, "Condition"), 0);
        end(&f, &w);
    }
}
