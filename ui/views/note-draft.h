/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/note-draft.h — a note as a sealed draft: opened, saved, found. Shared by writing, review
 * and the list of drafts. A draft about a note that is in the record (a correction, an addition) keeps
 * that note as it was read, so that it can be told what has changed and nothing is put aside unseen. */
#pragma once
#include "app/app.h"
#include "chart/note.h"

#define NOTE_DRAFT_ALONE "note"
#define NOTE_DRAFT_LATER "note-later" /* about a note in the record */

/* What a draft is about; all zero: a note of its own. */
typedef struct {
    NoteAct act;         /* NOTE_CHANGE, NOTE_CORRECT, NOTE_APPEND or NOTE_TRANSCRIBE, where there is a base */
    char *reason;        /* NULL = none */
    FhirResource *base;  /* ref; NULL = none */
} NoteAbout;
void note_about_clear(NoteAbout *a);
void note_about_copy(NoteAbout *to, const NoteAbout *from);
NoteRelation note_about_relation(const NoteAbout *a);
/* "Correction: Daganteckning", with its reason "Correction: Daganteckning (fel sida)"; NULL: a note of its
 * own. Owned. */
char *note_about_words(const NoteAbout *a, gboolean with_reason);
/* The words it began with, for telling what has changed; NULL: it has none of its own. Owned. */
char *note_about_before(const NoteAbout *a);

typedef struct {
    Note *note;
    NoteAbout about;
    char *patient;
    guint section;   /* where the cursor was */
    char *place;     /* and where in it (editor_place); on lines of their own, what was pulled in from the chart */
    gint64 changed;
} NoteDraft;
void note_draft_free(NoteDraft *d);

/* The core's own templates, then the site's, then rond's. @role NULL: of all professions. */
GPtrArray *note_draft_templates(const App *app, const char *role, GPtrArray *problems);
char *note_draft_core_templates(const App *app); /* the folder of those of the core; NULL: there can be none. Owned */
gboolean note_draft_is_one(const Draft *d); /* of either kind */
/* The template that it is written in; borrowed, NULL: none, or not there any more. */
/* What a draft about another note is of, translated: "an addition"; NULL: it does not say. */
const char *note_draft_later_word(const Draft *d);
FhirResource *note_draft_find_template(const GPtrArray *templates, const Draft *d);
/* In the sökord of its template, whichever profession that is for: what is corrected may be another's. Words that have
 * none there any more stand last, and the person is told. */
NoteDraft *note_draft_open(App *app, const char *id, GError **error);
/* The draft's small part, @place as in NoteDraft; and how many bytes stand before the note's own form. */
GBytes *note_draft_meta(guint section, const char *place);
gsize note_draft_head(const NoteAbout *about);
gboolean note_draft_save(App *app, const char *id, const char *patient, const NoteAbout *about, const Note *note,
                         guint section, const char *place, GError **error);
/* Those that have not been touched for a day, of all patients; newest first. Draft*, owned. */
GPtrArray *note_drafts_left(App *app);
/* Begins a draft about @base, saved, and returns its id; NULL with @error. */
char *note_draft_begin(App *app, const char *patient, const NoteAbout *about, GError **error);
