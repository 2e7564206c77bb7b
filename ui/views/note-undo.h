/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/note-undo.h — what undo and redo know of drafts whose view was left, for as long as the session: in its memory
 * only, as the texts themselves while they are written; a lock or a logout ends the process, and this with it. It comes
 * back only to the very draft of the very patient, and only to a text that is what it was left as. */
#pragma once
#include "ui/views/note-edit.h"

void note_undo_keep(const char *draft_id, const char *patient, const NoteEdit *e); /* takes it out of the editors */
void note_undo_give(const char *draft_id, const char *patient, const NoteEdit *e);
gboolean note_undo_has(const char *draft_id); /* something can be undone in it, or done again */
void note_undo_forget(const char *draft_id); /* it has become a note, or is gone */
