/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/booking-new.h — the booking line, shared by its own files and nobody else: the view and
 * the booking itself (booking-new.c), its sealed draft (booking-draft.c) and its picture
 * (booking-paint.c). The view owns the state; the answer is borrowed from its finder. */
#pragma once
#include "chart/booking.h"
#include "ui/views/views.h"
#include "ui/widgets/field.h"

typedef struct {
    Field *line;
    char *draft_id;
    gboolean saved;          /* the draft exists */
    char *save_problem;
    BookingFinder *finder;
    const BookingAnswer *answer; /* borrowed from the finder, valid while the view lives */
    gboolean in_list;
    gboolean wants_list;     /* Enter came before the times did */
    guint selected;
    char *wanted;            /* key of the proposal the cursor is on */
    char *painted;           /* key of the proposal whose whole reading has been painted */
    gboolean unknown, booked;
    char *identifier;        /* of the write that got no answer … */
    char *asked;             /* … and the line as it was then */
} BookingView;

/* The proposal under the cursor, borrowed from the answer; NULL = none. */
const BookingProposal *booking_view_chosen(const BookingView *b);

/* The line from @arg ("draft:ID", or a line to begin with), or from a draft that was left. */
gboolean booking_draft_open(View *v, const char *arg, GError **error);
void booking_draft_save(View *v);   /* an empty line has no draft */
void booking_draft_remove(View *v); /* after the booking */

/* "tor 27 nov w48  10:00–10:30"; the caller frees, here and below. */
char *booking_slot_words(const BookingProposal *p);
char *booking_actor_words(const BookingProposal *p, gboolean brief);
/* Notes in @v's state that the whole reading of the chosen proposal has been painted. */
void booking_paint(View *v, Canvas *c);
