/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/note-blank.h — blanks in a text that is being written, "[[sida|höger|vänster]]": Tab goes to
 * them, typing or a digit fills them, and none may be left in what is signed. Knows no phrases and no view. */
#pragma once
#include "ui/widgets/editor-buffer.h"

gboolean note_blank_visit(EditorBuffer *b, gsize from); /* marks the first at or after @from */
/* The blank that is visited: TRUE with where it stands. */
gboolean note_blank_here(const EditorBuffer *b, gsize *ret_from, gsize *ret_to);
/* A digit chooses, in a blank with choices. */
gboolean note_blank_choose(EditorBuffer *b, const char *utf8);
/* What can be chosen here, or what is to be filled in; NULL: no blank is visited. Owned. */
char *note_blank_help(const EditorBuffer *b);
/* FALSE with a sentence that names the first blank that is left in @text. */
gboolean note_blank_none_left(const char *text, GError **error);
/* A blank that is filled in by itself when the datum has come; and its key, NULL when it is none. Owned. */
char *note_blank_waiting(const char *key);
char *note_blank_key(const char *blank);
