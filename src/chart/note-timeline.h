/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/note-timeline.h — all notes of one patient as one line in time: read a slice at a time so that no
 * key waits, filtered and searched without asking anybody. What could not be searched is counted, never
 * left out in silence. Knows no screen. A timeline lives until its scope closes. */
#pragma once
#include "chart/feed.h"
#include "chart/note.h"

/* What is read of a note once; the timeline's own. */
typedef struct {
    char *id;               /* "" where the core gives none */
    FhirResource *source;   /* ref */
    char *title, *author, *unit, *state;
    char *profession;       /* of the author, as the record says it; NULL: not stated */
    char *words;            /* title, author, unit and text, folded for search */
    NoteState life;
    gboolean is_signed, struck;
    gboolean unsearched;    /* it holds something that the words do not: no text, too long a text, attachments */
    gboolean unread;        /* for whoever keeps track of it: chart/note-seen.h */
    Instant date;
} NoteRow;

typedef enum { NOTE_BY_TYPE, NOTE_BY_PROFESSION, NOTE_BY_UNIT, NOTE_BY_AUTHOR, NOTE_FACETS } NoteFacet;

typedef struct {
    char *facet[NOTE_FACETS]; /* only those that have it; NULL: all */
    char *text;               /* every word of it must be there; NULL: all */
} NoteFilter;
void note_filter_clear(NoteFilter *filter);
gboolean note_filter_is_set(const NoteFilter *filter);
const char *note_row_facet(const NoteRow *row, NoteFacet facet); /* NULL: not stated */

typedef struct NoteTimeline NoteTimeline;
/* After every change. */
typedef void (*NoteTimelineFn)(NoteTimeline *timeline, gpointer data);
NoteTimeline *note_timeline_watch(Client *client, Scope *scope, PatientCtx *patient, NoteTimelineFn fn, gpointer data);
void note_timeline_refresh(NoteTimeline *t);
const FeedState *note_timeline_state(const NoteTimeline *t);
const GPtrArray *note_timeline_rows(const NoteTimeline *t); /* NoteRow*, the core's order, as far as it is read */
/* FALSE: notes are still coming or being read, or older ones could not be fetched. */
gboolean note_timeline_is_whole(const NoteTimeline *t);

/* Those that pass, in order: NoteRow*, borrowed until the next change. *ret_unsearched: how many of those that
 * the rest of the filter lets pass hold what a text cannot be looked for in, and were not found by their words. */
GPtrArray *note_timeline_find(const NoteTimeline *t, const NoteFilter *filter, guint *ret_unsearched);

typedef struct {
    char *value;
    guint count;
} NoteValue;
GPtrArray *note_timeline_values(const NoteTimeline *t, NoteFacet facet); /* NoteValue*, a–ö; owned */
