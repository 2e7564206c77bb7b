/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/note-sign.h — a note into the record, once: written with its Provenance, read back, compared
 * with what was signed. A later version goes together with the mark on the earlier one, under the
 * version that was read: of two who correct the same note one is too late and told so. */
#pragma once
#include "chart/note.h"
#include "chart/written.h"

typedef struct {
    WrittenOutcome outcome;
    const FhirResource *document; /* as the core holds it; overtaken: the base as it is now. NULL otherwise */
    const GError *error;
    guint left;                   /* struck: earlier versions that the core has not marked */
    gpointer signing; /* for note_follow() */
} NoteSigned;
typedef void (*NoteSignedFn)(const NoteSigned *result, gpointer data);

/* FALSE with @error when the note cannot even be made (empty, damaged). @fn once, unless @scope closed. */
gboolean note_sign(Client *client, Scope *scope, PatientCtx *patient, const Note *note, const NoteWriting *w,
                   NoteSignedFn fn, gpointer data, GError **error);

/* In the answer WRITTEN_UNKNOWN to note_sign(): @fn once more, with another outcome, when the core has said; while @scope
 * lives. */
void note_follow(Client *client, Scope *scope, const NoteSigned *unknown, NoteSignedFn fn, gpointer data);

/* A name put to a note that is in the record, or taken off it. */
typedef struct {
    NoteAct act;             /* NOTE_SIGN, NOTE_COUNTERSIGN, NOTE_STRIKE */
    const char *practitioner, *name;
    const char *reason;      /* NOTE_STRIKE */
    Instant now;
} NoteAttesting;
/* @document: the version that was read. The outcomes are those above; its words stay as they are. */
gboolean note_attest(Client *client, Scope *scope, PatientCtx *patient, const FhirResource *document,
                     const NoteAttesting *a, NoteSignedFn fn, gpointer data, GError **error);
/* The same as a resource, for those who judge what is written. */
FhirResource *note_attested(const FhirResource *document, const NoteAttesting *a, GError **error);
