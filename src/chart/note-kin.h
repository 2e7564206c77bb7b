/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/note-kin.h — the notes that belong to one: the version before it, and what came after (a later
 * version, additions). A source lives until its scope closes. Knows no screen. */
#pragma once
#include "client/client.h"

typedef struct {
    FhirResource *self;    /* only where it was asked for; NULL until it has come */
    FhirResource *earlier; /* NULL: none, or not asked for, or not come */
    gboolean earlier_waits; /* it was asked for, and there is no answer yet */
    char *earlier_problem; /* why it cannot be read, translated; NULL */
    GPtrArray *later;      /* FhirResource*: what says of itself that it replaces this one or adds to it, or to
                              an earlier version of it */
    GPtrArray *further;    /* FhirResource*: what came after a later version that was replaced in its turn */
    GPtrArray *versions;   /* char*: its own id, then those of the earlier versions that are known */
    gboolean answered;     /* all that was asked at once has been answered, or refused */
    gboolean untold;       /* this core cannot be asked what came after, or did not answer */
    char *problem;         /* why something is not known, translated; NULL */
} NoteKin;

typedef struct NoteKinSource NoteKinSource;
typedef void (*NoteKinFn)(const NoteKin *kin, gpointer data); /* after every change; @kin is the source's own */

/* Kept fresh. */
NoteKinSource *note_kin_watch(Client *client, Scope *scope, PatientCtx *patient, const char *id, NoteKinFn fn, gpointer data);
/* Asked of the core now, the note itself too: what stands there at this moment. */
NoteKinSource *note_kin_ask(Client *client, Scope *scope, PatientCtx *patient, const char *id, NoteKinFn fn, gpointer data);
/* The note before, by its id; the same id again asks nothing. @version: it is the earlier version of this one,
 * and what was added to that one, and to those before it, belongs to this one. */
void note_kin_earlier(NoteKinSource *source, const char *id, gboolean version);
/* @document is an addition to this note, in whichever of its versions. */
gboolean note_kin_adds(const NoteKin *kin, const FhirResource *document);
/* What took the place of the note @id, or of what did, and has been struck since; NULL: nothing that is known. */
const FhirResource *note_kin_struck(const NoteKin *kin, const char *id);
void note_kin_refresh(NoteKinSource *source);
