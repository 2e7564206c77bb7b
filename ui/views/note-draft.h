/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/note-draft.h — a note as a sealed draft: opened, saved, found. Shared by writing, review
 * and the list of drafts. */
#pragma once
#include "app/app.h"
#include "chart/note.h"

typedef struct {
    Note *note;
    char *patient;
    guint section;   /* where the cursor was */
    char *place;     /* and where in it (editor_place) */
    gint64 changed;
    gboolean damaged;
} NoteDraft;
void note_draft_free(NoteDraft *d);

FhirResource *note_draft_find_template(const GPtrArray *templates, const Draft *d); /* borrowed or NULL */
/* @templates NULL: read from data/forms, all professions. */
NoteDraft *note_draft_open(App *app, const GPtrArray *templates, const char *id, GError **error);
gboolean note_draft_save(App *app, const char *id, const char *patient, const Note *note, guint section,
                         const char *place, GError **error);
