/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/note-sent.h — a note on its way into the record: what is told when the core has answered, or has been asked
 * because it did not, whatever has become of the view meanwhile. Leaving the view stops no signature, and the receipt
 * comes all the same. Knows nothing of how the review looks. */
#pragma once
#include "chart/note-sign.h"
#include "ui/views/sending.h"

typedef struct NoteSent NoteSent;
/* Begins; the command's call owns it. @later: it takes the place of the note under this view. */
NoteSent *note_sent_new(View *v, CmdCall *call, const char *draft, const char *title, const char *text, gboolean sign,
                        gboolean later);
void note_sent_answer(const NoteSigned *result, gpointer sent); /* ends the call */

/* note-review.c: what its view shows of the answer. */
void note_review_answered(View *v);
void note_review_differs(View *v, const char *signed_text, const char *there);
