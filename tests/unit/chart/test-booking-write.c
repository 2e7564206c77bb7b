/* SPDX-License-Identifier: GPL-3.0-or-later
 * Of two who choose the same time exactly one gets it, and the other is told so. */
#include "chart/booking.h"
#include "client/fixture.h"

#define START (1763712000 * (gint64)G_USEC_PER_SEC)

static const VisitType visit = {.code = "NB", .text = "nybesök"};

static BookingActor actor = {"Practitioner", "dr1", "Test, läkare", "Test (läk)", "läkarbesök"};

static void put_slot(Fx *f)
{
    minicore_put(f->core, "{\"resourceType\":\"Slot\",\"id\":\"s1\",\"schedule\":{\"reference\":\"Schedule/d1\"},"
                          "\"status\":\"free\",\"start\":\"2025-11-21T09:00:00+01:00\",\"end\":\"2025-11-21T09:30:00+01:00\"}");
}

/* The time as somebody saw it free. */
static BookingProposal *seen_free(Fx *f)
{
    Got got = {0};
    client_read(f->client, f->scope, NULL, "Slot", "s1", CLIENT_FRESH | CLIENT_NO_STORE, fx_on_result, &got);
    cr_assert(loop_until(&got.done) && got.first);
    g_autoptr(GBytes) text = g_bytes_new(got.first, strlen(got.first));
    BookingProposal *p = g_new0(BookingProposal, 1);
    p->start = START;
    p->end = START + 30 * 60 * G_USEC_PER_SEC;
    p->slots = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref);
    p->actors = g_ptr_array_new();
    g_ptr_array_add(p->slots, fhir_resource_parse(text, NULL));
    g_ptr_array_add(p->actors, &actor);
    got_clear(&got);
    return p;
}

typedef struct {
    gboolean done;
    BookingOutcome outcome;
} Told;

static void on_booked(const BookingResult *result, gpointer data)
{
    *(Told *)data = (Told){TRUE, result->outcome};
}

static BookingOutcome book(Fx *f, const BookingProposal *p)
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
        cr_assert_eq(book(&f, one), BOOKING_DONE);
        cr_assert_eq(book(&f, other), BOOKING_TAKEN);
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
        cr_assert_eq(book(&f, p), BOOKING_UNKNOWN);
        cr_assert_eq(minicore_count(f.core, "Appointment"), 0);
        cr_assert_not(booking_outbox_empty(f.client), "it stays for a person to see");
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
    cr_assert_eq(book(&f, p), BOOKING_UNKNOWN);
    cr_assert_not(booking_outbox_empty(f.client));
    booking_proposal_free(p);
    fx_end(&f);
}
