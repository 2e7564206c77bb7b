/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/note-work.h — the notes that wait for one person: to be signed by their author, or, for those who
 * write for others, the dictations of the unit and what they have written down; and what colleagues have asked
 * them to countersign. Asked once, kept fresh, told again when anything changes. Knows no screen and no drafts. */
#pragma once
#include "chart/note-state.h"
#include "client/client.h"

typedef struct {
    FhirResource *document; /* ref: the version that was read */
    const char *id;         /* its id */
    char *patient, *name;   /* Patient id; name and number, NULL where the core gave only the reference */
    NoteState state;
    gboolean mine;          /* waits for this person to do something, not for somebody else */
    gboolean second;        /* a colleague asks this person to countersign it */
    char *asker;            /* who, where it is said; NULL */
    Instant written;        /* or asked for; INSTANT_NONE: not stated */
} NoteWorkRow;

typedef struct {
    GPtrArray *rows;     /* NoteWorkRow*: what waits for me first, the oldest first */
    guint mine;          /* how many of them wait for this person to be signed, or to be transcribed */
    guint second;        /* and to be countersigned */
    gboolean answered, cached, unknown; /* unknown: there may be more */
    Instant as_of;
} NoteWork;

typedef struct NoteWorkSource NoteWorkSource;
/* @work is the source's own, valid until @scope closes. */
typedef void (*NoteWorkFn)(const NoteWork *work, gpointer data);
/* @who->signs: what I am the author of; else the dictations of @unit and what I have written down there.
 * @who->countersigns: also what I am asked to countersign, where the core has such requests. */
NoteWorkSource *note_work_watch(Client *client, Scope *scope, const NotePerson *who, const char *unit, NoteWorkFn fn,
                                gpointer data);
void note_work_refresh(NoteWorkSource *source);
