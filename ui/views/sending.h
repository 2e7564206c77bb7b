/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/sending.h — drafts that are on their way to the core. What is signed does not change under way,
 * and the answer ends the draft: whatever was typed into it meanwhile would be gone with it. Every view that
 * writes a draft asks here first; the one that signs it begins and ends. */
#pragma once
#include "ui/views/outcome.h"
#include "ui/shell.h"

/* The receipt of what was signed before gives way: it would be read as that of this one. */
void sending_begin(App *app, const char *draft);
void sending_end(const char *draft);
/* For the answer that is still waited for when the command has ended: until the draft is sent again. Owned by this. */
Scope *sending_scope(const char *draft);
/* TRUE with @error, a sentence, while it is on its way. @draft NULL: not sent yet, FALSE. */
gboolean sending_refuses(const char *draft, GError **error);
/* The same to the person at the keys. */
gboolean sending_tells(App *app, const char *draft);

/* What became of a write, with whose it is: when the core answers another patient may stand on the screen. */
void sending_tell(App *app, const char *who, StatusKind kind, const char *sentence);

/* ---- one line that was signed or booked: measurements, an entry of the chart, a time ---- */

/* What the answer needs, whatever has become of the view meanwhile: leaving it stops no signature, and the
 * receipt comes all the same. */
typedef struct {
    App *app;
    CmdCall *call;
    guint view_id;
    char *draft, *who; /* whose it is, as it stands in every sentence */
    OutcomeOf of;
} Sending;
Sending sending_new(View *v, CmdCall *call, const char *draft, OutcomeOf of); /* begins */
void sending_clear(Sending *s);                                               /* ends; frees what is in it */
void sending_done(const Sending *s); /* the core holds it: the draft is done with, and the view. The receipt is the caller's */
/* The same where @result says so: TRUE. FALSE: what became of it has been told. */
gboolean sending_answered(const Sending *s, const Written *result);
