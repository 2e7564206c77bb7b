/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/note-batch-item.h — one of the notes that are signed in one go: the version that is shown, the words
 * that are read of it, and which note it belongs to. Knows nothing of the others. */
#pragma once
#include "app/app.h"
#include "chart/note.h"
#include "ui/views/views.h"
#include "ui/widgets/text.h"

typedef struct {
    char *id, *patient;
    FhirResource *document; /* ref: the version that is shown */
    PatientCtx *ctx;        /* ref; NULL until the opening is logged */
    TextView *text;
    char *words;            /* of the document, and what it is about */
    char *belongs;          /* to which note, in words; NULL: to none, or not known yet */
    gboolean asked, opening;
    gboolean read, left_out;
    char *failure;
} BatchItem;
void batch_item_free(gpointer item);
/* A version to read from its beginning. */
void batch_item_take(BatchItem *item, const FhirResource *document);
void batch_item_unread(BatchItem *item);

/* The item of that id; NULL: it has gone, or its words must not change now. */
typedef BatchItem *(*BatchItemFind)(View *v, const char *id);
/* Asks, once, for the note that it belongs to; what it says of it is read with it. */
void batch_item_ask(View *v, BatchItem *item, BatchItemFind find);
