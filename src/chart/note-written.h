/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/note-written.h — what the two files that write notes share (note-sign.c, note-attest.c): one write of a
 * note, of the mark on the version before it, and of what becomes of the requests that it waits under. */
#pragma once
#include "chart/note-sign.h"
#include "chart/note-task.h"

enum { NOTE_MOST_VERSIONS = 50 }; /* that are struck in one write */

typedef struct {
    const FhirResource *earlier; /* the version before, marked as such; NULL: there is none */
    ClientWrite note;            /* the note itself */
    const GPtrArray *with;       /* FhirResource*: earlier versions as they are to stand, struck with it; NULL: none */
    guint unread;                /* and so many that could not be read */
    const char *text;            /* the words it must hold when it has been read back */
    const char *waits;           /* id of the note that the requests are about */
    NoteTaskEnd end;             /* NOTE_TASKS_STAY: nobody is asked about them */
    Instant now;
} NoteWritten;
/* Everything is copied. */
void note_write(Client *client, Scope *scope, PatientCtx *patient, const NoteWritten *what, NoteSignedFn fn, gpointer data);
