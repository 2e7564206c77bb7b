/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/note-internal.h — how a Note is put together: of a template (note.c), of words (note-words.c). */
#pragma once
#include "chart/note.h"

Note *note_blank(const char *template_id);
/* Its text is NULL until the caller has set it. */
NoteSection *note_add_section(Note *n, const char *link_id, const char *title, guint level, gboolean takes_text);
