/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/note-internal.h — how a Note is put together: of a template (note-template.c), of words (note-words.c). */
#pragma once
#include "chart/note.h"

Note *note_blank(const char *template_id);
/* Its text is NULL until the caller has set it. */
NoteSection *note_add_section(Note *n, const char *link_id, const char *title, guint level, gboolean takes_text);
void note_section_free(gpointer section);

#define NOTE_TERM '+'              /* begins the linkId of a sökord that was added */
#define NOTE_TERM_TITLE "\x1d"     /* and its title comes after this */
#define NOTE_DRAFT_MARKS "\n\x1f" NOTE_TERM_TITLE /* divide a draft: no name may hold one */
/* Adds the sökord that @link_id, as it stands in a draft, speaks of; NULL: it is none. */
NoteSection *note_term_of_draft(Note *n, const char *link_id);
/* The sökord, last of all, for words of a draft that the template has none for: theirs, @title, where it is known, not NULL. */
NoteSection *note_term_for_lost(Note *n, const char *link_id, const char *title);
