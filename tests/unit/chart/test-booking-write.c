/* SPDX-License-Identifier: GPL-3.0-or-later
 * Of two who choose the same time exactly one gets it, and the other is told so. */
#include "chart/booking.h"
#include "client/fixture.h"

#define START (1763712000 * (gint64)G_USEC_PER_SEC)

static const VisitType visit = {.code = "NB", .text = "nybesök"};

static BookingActor actor = {"Practitioner", "dr1", "Test, läkare", "Test (läk)", "läkarbesök"};

static void put_slot_as(Fx *f, const char *id, const char *status)
{
    g_autofree char *slot = g_strdup_printf(
        "{\"resourceType\":\"Slot\",\"id\":\"%s\",\"schedule\":{\"reference\":\"Schedule/d1\"},\"status\":\"%s\","
        "\"start\":\"2025-11-21T09:00:00+01:00\",\"end\":\"2025-11-21T09:30:00+01:00\"}",
        id, status);
    minicore_put(f->core, slot);
}

static void put_slot(Fx *f)
{
    put_slot_as(f, "s1", "free");
}

static void add_slot(Fx *f, BookingProposal *p, const char *id)
{
    Got got = {0};
    client_read(f->client, f->scope, NULL, "Slot", id, CLIENT_FRESH | CLIENT_NO_STORE, fx_on_result, &got);
    cr_assert(loop_until(&got.done) && got.first);
    g_autoptr(GBytes) text = g_bytes_new(got.first, strlen(got.first));
    g_ptr_array_add(p->slots, fhir_resource_parse(text, NULL));
    got_clear(&got);
}

/* The time as somebody saw it free. */
static BookingProposal *seen_free(Fx *f)
{
    BookingProposal *p = g_new0(BookingProposal, 1);
    p->start = START;
    p->end = START + 30 * 60 * G_USEC_PER_SEC;
    p->slots = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref);
    p->actors = g_ptr_array_new();
    add_slot(f, p, "s1");
    g_ptr_array_add(p->actors, &actor);
    return p;
}

typedef struct {
    gboolean done;
    WrittenOutcome outcome;
    ClientHalf half;
} Told;

static void on_booked(const BookingResult *result, gpointer data)
{
    *(Told *)data = (Told){TRUE, result->outcome, result->half};
}

static WrittenOutcome book(Fx *f, const BookingProposal *p)
{
    Told told = {0};
    g_autoptr(GError) error = NULL;
    cr_assert(booking_write(f->client, f->scope, f->ctx, p, &visit, START, on_booked, &told, &error), "%s",
              error ? error->message : "");
    cr_assert(loop_until(&told.done));
    return told.outcome;
}

Test(booking_write, one_of_two_gets_the_time)
{
    for (int transactions = 0; transactions < 2; transactions++) {
        Fx f;
        fx_begin(&f);
        f.core->transactions = transactions;
        fx_discover(&f);
        put_slot(&f);
        BookingProposal *one = seen_free(&f), *other = seen_free(&f);
        cr_assert_eq(book(&f, one), WRITTEN_DONE);
        cr_assert_eq(book(&f, other), WRITTEN_OVERTAKEN);
        cr_assert_eq(minicore_count(f.core, "Appointment"), 1);
        cr_assert_eq(minicore_versions(f.core, "Slot/s1"), 2);
        booking_proposal_free(one);
        booking_proposal_free(other);
        fx_end(&f);
    }
}

static void rival(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    Fx *f = data;
    if (g_str_equal(q->method, "GET") && strstr(q->target, "Slot/s1") && f->core->writes == 1 &&
        minicore_versions(f->core, "Slot/s1") < 2)
        minicore_put(f->core, "{\"resourceType\":\"Slot\",\"id\":\"s1\",\"schedule\":{\"reference\":\"Schedule/d1\"},"
                              "\"status\":\"busy\",\"start\":\"2025-11-21T09:00:00+01:00\",\"end\":\"2025-11-21T09:30:00+01:00\"}");
}

/* The taking of the time was lost, and a rival's reads the same: two visits in one time are not made. */
Test(booking_write, a_rivals_time_is_not_booked_over)
{
    for (int history = 0; history < 2; history++) {
        Fx f;
        fx_begin(&f);
        f.core->transactions = FALSE;
        f.core->history = history;
        fx_discover(&f);
        put_slot(&f);
        BookingProposal *p = seen_free(&f);
        f.core->fault = FAULT_DROP_BEFORE;
        f.core->faults = 1;
        f.core->hook = rival;
        f.core->hook_data = &f;
        cr_assert_eq(book(&f, p), WRITTEN_UNKNOWN);
        cr_assert_eq(minicore_count(f.core, "Appointment"), 0);
        cr_assert(client_outbox_count(f.client) > 0, "it stays for a person to see");
        booking_proposal_free(p);
        fx_end(&f);
    }
}

Test(booking_write, silence_is_not_called_unsent)
{
    Fx f;
    fx_begin(&f);
    put_slot(&f);
    BookingProposal *p = seen_free(&f);
    f.core->fault = FAULT_DROP_AFTER;
    f.core->faults = 1;
    f.core->search_down = TRUE;
    cr_expect_not(booking_is_unknown(f.client, patient_ctx_id(f.ctx)));
    cr_assert_eq(book(&f, p), WRITTEN_UNKNOWN);
    cr_assert(client_outbox_count(f.client) > 0);
    cr_expect(booking_is_unknown(f.client, patient_ctx_id(f.ctx)), "whoever opens the view anew is told");
    cr_expect_not(booking_is_unknown(f.client, "someone-else"));
    booking_proposal_free(p);
    fx_end(&f);
}

/* ---- a time that was taken for a booking that was not made ---- */

static struct {
    Fx *f;
    gboolean taken_over; /* somebody changes the time before it is released */
    Fault fault;         /* what befalls the release */
    guint asked;         /* how often the visit was sent */
} refusing;

static void refuse_visits(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    (void)data;
    if (!g_str_equal(q->method, "POST") || !g_str_has_suffix(q->target, "/Appointment"))
        return;
    refusing.asked++;
    httpd_text(a, 422, "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",\"code\":\"business-rule\"}]}");
    refusing.f->core->fault = refusing.fault;
    refusing.f->core->faults = refusing.fault != FAULT_NONE;
    if (refusing.taken_over)
        minicore_put(refusing.f->core, "{\"resourceType\":\"Slot\",\"id\":\"s1\",\"schedule\":{\"reference\":\"Schedule/d1\"},"
                                       "\"status\":\"busy-unavailable\",\"start\":\"2025-11-21T09:00:00+01:00\",\"end\":\"2025-11-21T09:30:00+01:00\"}");
}

static void begin_refusing(Fx *f, Fault fault, gboolean taken_over)
{
    fx_begin(f);
    f->core->transactions = FALSE;
    fx_discover(f);
    put_slot(f);
    refusing.f = f;
    refusing.fault = fault;
    refusing.taken_over = taken_over;
    refusing.asked = 0;
    f->core->hook = refuse_visits;
}

static gboolean slot_is(const Fx *f, const char *status)
{
    const GPtrArray *versions = g_hash_table_lookup(f->core->resources, "Slot/s1");
    g_autofree char *wanted = g_strdup_printf("\"status\":\"%s\"", status);
    return strstr(versions->pdata[versions->len - 1], wanted) != NULL;
}

/* Free, taken, free again: three versions whatever becomes of the answer to the release. */
Test(booking_write, a_time_is_released_once_when_the_booking_is_refused)
{
    static const Fault faults[] = {FAULT_NONE, FAULT_DROP_BEFORE, FAULT_DROP_AFTER, FAULT_CUT};
    for (gsize i = 0; i < G_N_ELEMENTS(faults); i++) {
        Fx f;
        begin_refusing(&f, faults[i], FALSE);
        BookingProposal *p = seen_free(&f);
        cr_expect_eq(book(&f, p), WRITTEN_REFUSED, "fault %u", faults[i]);
        cr_expect(slot_is(&f, "free"), "fault %u", faults[i]);
        cr_expect_eq(minicore_versions(f.core, "Slot/s1"), 3, "fault %u", faults[i]);
        cr_expect_eq(minicore_count(f.core, "Appointment"), 0);
        cr_expect(client_outbox_count(f.client) == 0);
        booking_proposal_free(p);
        fx_end(&f);
    }
}

Test(booking_write, what_somebody_has_changed_since_is_not_released)
{
    Fx f;
    begin_refusing(&f, FAULT_NONE, TRUE);
    BookingProposal *p = seen_free(&f);
    cr_expect_eq(book(&f, p), WRITTEN_REFUSED);
    cr_expect(slot_is(&f, "busy-unavailable"));
    cr_expect_eq(minicore_versions(f.core, "Slot/s1"), 3, "free, taken, theirs");
    cr_expect(client_outbox_count(f.client) == 0);
    booking_proposal_free(p);
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

/* One of two times is somebody else's by now: the other is given back, and no visit is ever asked for. */
Test(booking_write, what_is_left_is_never_sent_after_a_release)
{
    Fx f;
    begin_refusing(&f, FAULT_NONE, FALSE);
    put_slot_as(&f, "s2", "free");
    BookingProposal *p = seen_free(&f);
    add_slot(&f, p, "s2");
    put_slot_as(&f, "s2", "busy");
    cr_expect_eq(book(&f, p), WRITTEN_OVERTAKEN);
    cr_expect(slot_is(&f, "free"), "the first is free again");
    cr_expect_eq(minicore_versions(f.core, "Slot/s1"), 3);
    cr_expect_eq(minicore_versions(f.core, "Slot/s2"), 2);
    restart(&f);
    client_resume(f.client, f.scope, NULL, NULL);
    loop_settle();
    cr_expect_eq(refusing.asked, 0);
    cr_expect(client_outbox_count(f.client) == 0);
    booking_proposal_free(p);
    fx_end(&f);
}

/* The core is gone after its refusal: the release is owed, also over the end of the program, and paid once. */
Test(booking_write, a_release_that_is_owed_is_paid)
{
    for (int again = 0; again < 2; again++) {
        Fx f;
        begin_refusing(&f, FAULT_DROP_BEFORE, FALSE);
        BookingProposal *p = seen_free(&f);
        f.core->search_down = TRUE;
        refusing.fault = FAULT_HANG_BEFORE;
        clock_test_begin(clock_real_us());
        Told told = {0};
        g_autoptr(GError) error = NULL;
        cr_assert(booking_write(f.client, f.scope, f.ctx, p, &visit, START, on_booked, &told, &error));
        for (guint i = 0; i < 60 && !told.done; i++) {
            loop_settle();
            clock_test_advance(5 * G_USEC_PER_SEC);
        }
        cr_assert(told.done && told.outcome == WRITTEN_REFUSED, "outcome %d", told.outcome);
        cr_expect_eq(told.half, CLIENT_HALF_LATER);
        cr_expect(slot_is(&f, "busy") && client_outbox_count(f.client) > 0);
        f.core->search_down = FALSE;
        f.core->faults = 0;
        if (again) {
            restart(&f);
            client_resume(f.client, f.scope, NULL, NULL);
        }
        for (guint i = 0; i < 60 && client_outbox_count(f.client) > 0; i++) {
            clock_test_advance(10 * G_USEC_PER_SEC);
            loop_settle();
        }
        cr_expect(slot_is(&f, "free") && client_outbox_count(f.client) == 0, "again %d", again);
        cr_expect_eq(minicore_versions(f.core, "Slot/s1"), 3);
        cr_expect_eq(refusing.asked, 1, "the visit was refused, and is not asked for again");
        booking_proposal_free(p);
        fx_end(&f);
        clock_test_end();
    }
}
