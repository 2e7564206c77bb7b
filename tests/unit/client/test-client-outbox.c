/* SPDX-License-Identifier: GPL-3.0-or-later
 * The outbox's state machine, every state with every event: what is said here of each pair was written from
 * the promise (nothing goes out a second time on a guess), not from the table in outbox-item.c. */
#include <criterion/criterion.h>
#include <criterion/new/assert.h>

#include "client/outbox.h"

#define STATES (OUTBOX_REFUSED + 1)
#define TO(state) ((state) + 1) /* so that a pair that is not named here is a fault */
#define NOWHERE 0

static const guint expected[STATES][WRITE_EVENTS] = {
    [OUTBOX_PREPARED] =
        {
            [ON_SEND] = TO(OUTBOX_SENDING),
            [ON_TAKEN_OVER] = TO(OUTBOX_CONFIRMED),
            [ON_SILENCE] = TO(OUTBOX_UNKNOWN), /* the person began it before */
            [ON_GIVEN_UP] = TO(OUTBOX_REFUSED), /* what it belongs to was not done */
        },
    [OUTBOX_SENDING] =
        {
            [ON_OK] = TO(OUTBOX_CONFIRMED),
            [ON_CONFLICT] = TO(OUTBOX_CONFLICT),
            [ON_REFUSED] = TO(OUTBOX_REFUSED),
            [ON_SILENCE] = TO(OUTBOX_UNKNOWN),
            [ON_NEVER_SENT] = TO(OUTBOX_PREPARED),
        },
    [OUTBOX_UNKNOWN] =
        {
            [ON_SILENCE] = TO(OUTBOX_UNKNOWN),
            [ON_FOUND] = TO(OUTBOX_CONFIRMED),
            [ON_ABSENT] = TO(OUTBOX_PREPARED),
            [ON_OVERTAKEN] = TO(OUTBOX_CONFLICT),
        },
    [OUTBOX_CONFLICT] =
        {
            [ON_REFUSED] = TO(OUTBOX_REFUSED), /* the rival was another item's */
            [ON_FOUND] = TO(OUTBOX_CONFIRMED), /* the rival was an earlier attempt at the same */
            [ON_OTHER_ETAG] = TO(OUTBOX_PREPARED), /* there is no rival: the ETag was of another form */
        },
};

static const char *const state_names[STATES] = {"PREPARED",  "SENDING",  "UNKNOWN",
                                                "CONFIRMED", "CONFLICT", "REFUSED"};

static guint asked(guint from, guint on)
{
    OutboxState to = (OutboxState)from;
    return outbox_next((OutboxState)from, (WriteEvent)on, &to) ? TO(to) : NOWHERE;
}

Test(outbox, every_state_with_every_event)
{
    for (guint from = 0; from < STATES; from++)
        for (guint on = 0; on < WRITE_EVENTS; on++)
            cr_expect(eq(uint, asked(from, on), expected[from][on]), "%s, event %u", state_names[from], on);
}

Test(outbox, what_cannot_happen_leaves_the_answer_alone)
{
    for (guint from = 0; from < STATES; from++)
        for (guint on = 0; on < WRITE_EVENTS; on++) {
            OutboxState to = OUTBOX_REFUSED;
            if (expected[from][on] == NOWHERE) {
                cr_expect(not(outbox_next((OutboxState)from, (WriteEvent)on, &to)));
                cr_expect(eq(uint, to, OUTBOX_REFUSED));
            }
        }
}

static gboolean is_first_sending(guint from, guint on)
{
    return from == OUTBOX_PREPARED && on == ON_SEND;
}

static gboolean is_surely_absent(guint from, guint on)
{
    return (from == OUTBOX_CONFLICT && on == ON_OTHER_ETAG) || (from == OUTBOX_SENDING && on == ON_NEVER_SENT) || (from == OUTBOX_UNKNOWN && on == ON_ABSENT);
}

/* Out only through PREPARED; back there only when it surely is not in the core; what is done stays done. */
Test(outbox, no_way_sends_twice_on_a_guess)
{
    for (guint from = 0; from < STATES; from++) {
        for (guint on = 0; on < WRITE_EVENTS; on++) {
            guint to = asked(from, on);
            if (to == TO(OUTBOX_SENDING))
                cr_expect(is_first_sending(from, on), "%s, event %u", state_names[from], on);
            if (to == TO(OUTBOX_PREPARED))
                cr_expect(is_surely_absent(from, on), "%s, event %u", state_names[from], on);
            if (from == OUTBOX_CONFIRMED || from == OUTBOX_REFUSED)
                cr_expect(eq(uint, to, NOWHERE), "%s, event %u", state_names[from], on);
        }
    }
}

/* Every answer, none, and the end of the program leave something that goes on or says how it ended. */
Test(outbox, every_state_is_reached_and_none_waits_for_ever)
{
    gboolean reached[STATES] = {[OUTBOX_PREPARED] = TRUE};
    for (guint round = 0; round < STATES; round++)
        for (guint from = 0; from < STATES; from++)
            for (guint on = 0; on < WRITE_EVENTS; on++)
                if (reached[from] && asked(from, on) != NOWHERE)
                    reached[asked(from, on) - 1] = TRUE;
    for (guint state = 0; state < STATES; state++)
        cr_expect(reached[state], "%s", state_names[state]);
    for (guint on = ON_OK; on <= ON_NEVER_SENT; on++)
        cr_expect(ne(uint, asked(OUTBOX_SENDING, on), NOWHERE), "an answer, event %u", on);
    for (guint on = ON_FOUND; on <= ON_OVERTAKEN; on++)
        cr_expect(ne(uint, asked(OUTBOX_UNKNOWN, on), NOWHERE), "what asking showed, event %u", on);
}

static void check_event(guint from, guint on)
{
    Item item = {.out.state = (OutboxState)from};
    item_event(&item, (WriteEvent)on);
    cr_expect(eq(uint, TO(item.out.state), expected[from][on]), "%s, event %u", state_names[from], on);
}

Test(outbox, an_item_goes_where_its_event_leads)
{
    for (guint from = 0; from < STATES; from++)
        for (guint on = 0; on < WRITE_EVENTS; on++)
            if (expected[from][on] != NOWHERE)
                check_event(from, on);
}

/* ---- as it lies on the disk ---- */

static Write *one_item(OutboxState state)
{
    static const char text[] = "{\"resourceType\":\"Flag\",\"id\":\"f1\"}";
    g_autoptr(GBytes) bytes = g_bytes_new_static(text, sizeof text - 1);
    Write *w = write_new(NULL, "urn:uuid:7d6a1c1e-6f0b-4f3e-9a53-0c6a2a4b1c11", NULL);
    Item *item = g_new0(Item, 1);
    item->kind = CLIENT_UPDATE;
    item->type = g_strdup("Flag");
    item->id = g_strdup("f1");
    item->resource = fhir_resource_parse(bytes, NULL);
    item->out.state = state;
    item->out.issues = g_ptr_array_new();
    g_ptr_array_add(w->items, item);
    return w;
}

Test(outbox, the_end_of_the_program_in_every_state)
{
    for (guint state = 0; state < STATES; state++) {
        Write *w = one_item((OutboxState)state), *back = write_new(NULL, "again", NULL);
        g_autoptr(GBytes) text = write_to_text(w);
        cr_assert(write_from_text(back, text), "%s", state_names[state]);
        guint meant = state == OUTBOX_SENDING ? OUTBOX_UNKNOWN : state; /* it may have arrived */
        cr_expect(eq(uint, write_state(back), meant), "%s", state_names[state]);
        write_free(w);
        write_free(back);
    }
}

Test(outbox, a_write_is_as_settled_as_its_least_settled_item)
{
    static const OutboxState order[STATES] = {OUTBOX_UNKNOWN,  OUTBOX_SENDING, OUTBOX_PREPARED,
                                              OUTBOX_CONFLICT, OUTBOX_REFUSED, OUTBOX_CONFIRMED};
    for (guint a = 0; a < STATES; a++) {
        for (guint b = 0; b < STATES; b++) {
            Write *w = one_item(order[a]), *other = one_item(order[b]);
            g_ptr_array_add(w->items, g_ptr_array_steal_index(other->items, 0));
            cr_expect(eq(uint, write_state(w), order[MIN(a, b)]), "%s with %s", state_names[order[a]],
                      state_names[order[b]]);
            write_free(w);
            write_free(other);
        }
    }
}
