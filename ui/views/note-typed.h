/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/note-typed.h — what has been typed since the draft was saved, when it is one change in one sökord: then
 * the change goes into the draft, and a long note is not put together again for each key. */
#pragma once
#include "ui/views/note-edit.h"

typedef struct NoteTyped NoteTyped;
NoteTyped *note_typed_new(void);
void note_typed_free(NoteTyped *t);
/* The draft is saved as just these editors have it: from here on changes are looked for. */
void note_typed_saved(NoteTyped *t, const NoteEdit *e);
void note_typed_forget(NoteTyped *t); /* the next saving is a whole one */
/* Saves it as a change of what was saved before. FALSE without @error: it must be saved whole. */
gboolean note_typed_save(NoteTyped *t, App *app, const NoteEdit *e, const char *place, GError **error);
