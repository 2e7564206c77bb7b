/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/outcome.h — what became of a write, in words and in colour: one table of chart/written.h's outcomes, with
 * what is said of each thing that is written. Receipts are the views' own; all that is not a receipt is said here, so
 * that the same outcome reads the same everywhere. Knows nothing of drafts, nor of who waits for the answer. */
#pragma once
#include "app/app.h"
#include "chart/note-sign.h"
#include "chart/written.h"

typedef enum {
    OUTCOME_ANY,      /* an entry of the chart; and what is said where a thing has no words of its own */
    OUTCOME_ORDER,
    OUTCOME_VITALS,
    OUTCOME_BOOKING,
    OUTCOME_NOTE,     /* a draft that was signed, or put there unsigned */
    OUTCOME_NOTE_ACT, /* a note of the record: signed, countersigned, struck */
    OUTCOME_OF
} OutcomeOf;

StatusKind outcome_kind(WrittenOutcome outcome);
/* @can_ask: the core can be asked whether it has what got no answer. @why: what was said against it, NULL: nothing.
 * Not for WRITTEN_DONE. Owned. */
char *outcome_words(OutcomeOf of, WrittenOutcome outcome, gboolean can_ask, const char *why);
/* Of a note: with how it stands in the record, where that is not as it was asked for. NULL: done. Owned. */
char *outcome_of_note(OutcomeOf of, const NoteSigned *result, gboolean can_ask);
