/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/note-sign.h — a note into the record, once: written with its Provenance, read back, compared
 * with what was signed. */
#pragma once
#include "chart/note.h"

typedef enum {
    NOTE_SIGNED,    /* the core holds exactly these words */
    NOTE_DIFFERS,   /* the core holds the note, but other words */
    NOTE_NOT_SENT,  /* surely not in the record; the draft stands */
    NOTE_UNKNOWN,   /* no answer; the core is being asked. Signing again is the same write */
    NOTE_REFUSED,   /* the core said no */
} NoteOutcome;

typedef struct {
    NoteOutcome outcome;
    const FhirResource *document; /* as the core holds it; NULL unless signed or differs */
    const GError *error;
} NoteSigned;
typedef void (*NoteSignedFn)(const NoteSigned *result, gpointer data);

/* FALSE with @error when the note cannot even be made (empty, damaged). @fn once, unless @scope closed. */
gboolean note_sign(Client *client, Scope *scope, PatientCtx *patient, const Note *note, const NoteWriting *w,
                   NoteSignedFn fn, gpointer data, GError **error);
