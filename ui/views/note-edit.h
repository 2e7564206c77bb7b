/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/note-edit.h — a note that is being written, as the parts of its view share it: what is typed
 * (note-edit.c, note-edit-keys.c), what is added to it (note-term.c) and how it is shown (note-edit-paint.c). */
#pragma once
#include "ui/views/note-choose.h"
#include "ui/views/note-draft.h"
#include "ui/views/note-phrase.h"
#include "ui/widgets/editor-vi.h"

typedef struct {
    GPtrArray *templates; /* FhirResource */
    NoteChoices *choices; /* while nothing is chosen */
    Note *note;           /* NULL while choosing */
    NoteAbout about;      /* the note in the record that it is about */
    char *draft_id;
    GPtrArray *editors;   /* Editor or NULL, one a section */
    guint focus, top;
    gint64 saved_at;      /* real time; 0 = nothing written yet */
    char *problem;        /* the draft is not on disk: why */
    NotePhrases *phrases;
    struct NoteOffers *offers; /* the phrases that what is typed may mean */
    struct NoteTyped *typed;
    void (*save)(View *v);
    char *query;          /* searched for last; NULL */
    EditorVi vi;          /* where the keymap has a normal mode */
    struct NoteSpell *spell; /* NULL where spelling is not checked */
} NoteEdit;

Editor *note_edit_focused(const NoteEdit *e); /* NULL while choosing */
/* What a key does, FALSE: nothing. The caller keeps what was written. */
gboolean note_edit_key(View *v, const char *key, gboolean paste);
gboolean note_edit_action(View *v, const char *command); /* "edit-undo" */
gboolean note_edit_take(View *v); /* the phrase that is offered; there is none: as the key does otherwise */
/* What was typed into an entry becomes the words that will stand there; FALSE when it cannot: told. */
gboolean note_edit_settle(View *v);
/* Adds a sökord behind the one where the cursor stands: asked for by a part of its name (note-term.c). */
CmdResult note_term_ask(View *v, CmdCall *call, GError **error);
/* "edit-find" asks what to search for; "edit-find-next" and "edit-find-previous" go on with it (note-find.c). */
CmdResult note_find(View *v, CmdCall *call, GError **error);
/* What a note's words are judged by beside the dictionaries, and their marks (note-spell.c). */
struct NoteSpell *note_spell_new(View *v); /* NULL where spelling is not checked */
void note_spell_free(struct NoteSpell *s);
void note_spell_marks(struct NoteSpell *s, Editor *e); /* @s may be NULL */
void note_spell_changed(View *v, const Event *ev);
CmdResult note_spell_next(View *v, CmdCall *call, GError **error);
void note_edit_paint(View *v, Canvas *c);
