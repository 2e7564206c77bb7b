/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/widgets/editor-buffer.h — text being written: a gap buffer with an index of lines, a cursor, a
 * mark, undo and redo. Grapheme-correct, NFC on the way in, control characters never get in. Pure:
 * no screen. Positions are byte offsets and always stand between graphemes. */
#pragma once
#include <glib.h>

typedef struct EditorBuffer EditorBuffer;
EditorBuffer *editor_buffer_new(const char *text);
void editor_buffer_free(EditorBuffer *b);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EditorBuffer, editor_buffer_free)

gsize editor_buffer_length(const EditorBuffer *b);
char *editor_buffer_text(const EditorBuffer *b);                         /* owned */
char *editor_buffer_slice(const EditorBuffer *b, gsize from, gsize to);  /* owned */
guint64 editor_buffer_version(const EditorBuffer *b);                    /* changes with every edit */
/* The lowest place edited since this was asked last; G_MAXSIZE when nothing was. For layout caches. */
gsize editor_buffer_take_changed(EditorBuffer *b);
gsize editor_buffer_lines(const EditorBuffer *b);
gsize editor_buffer_line_start(const EditorBuffer *b, gsize line);
gsize editor_buffer_line_end(const EditorBuffer *b, gsize line); /* before its newline */
gsize editor_buffer_line_at(const EditorBuffer *b, gsize at);

gsize editor_buffer_cursor(const EditorBuffer *b);
void editor_buffer_set_cursor(EditorBuffer *b, gsize at); /* moved to a grapheme boundary */
gboolean editor_buffer_has_mark(const EditorBuffer *b, gsize *ret_from, gsize *ret_to);
void editor_buffer_set_mark(EditorBuffer *b, gboolean on);

/* What it has no room for is not taken: @full says so. @held: what all of the note holds that it is a part of, in bytes,
 * and the limit is the note's; NULL: it stands alone. */
void editor_buffer_set_room(EditorBuffer *b, gsize (*held)(gpointer data), void (*full)(gpointer data), gpointer data);
/* Inserts at the cursor, replacing what is marked. FALSE when LIMIT_NOTE_BYTES would be passed. */
gboolean editor_buffer_insert(EditorBuffer *b, const char *utf8);
gboolean editor_buffer_replace(EditorBuffer *b, gsize from, gsize to, const char *utf8); /* one undo step */
void editor_buffer_backspace(EditorBuffer *b);
void editor_buffer_delete(EditorBuffer *b);
void editor_buffer_delete_word_back(EditorBuffer *b);
void editor_buffer_delete_line_end(EditorBuffer *b);
char *editor_buffer_cut(EditorBuffer *b);        /* what is marked, or NULL; owned */
char *editor_buffer_copy(const EditorBuffer *b); /* owned */

gsize editor_buffer_next(const EditorBuffer *b, gsize at);
gsize editor_buffer_prev(const EditorBuffer *b, gsize at);
gsize editor_buffer_next_word(const EditorBuffer *b, gsize at);
gsize editor_buffer_prev_word(const EditorBuffer *b, gsize at);
/* Where a sentence begins: after ". " and the like before a capital or a digit, and on a new line. */
gsize editor_buffer_next_sentence(const EditorBuffer *b, gsize at);
gsize editor_buffer_prev_sentence(const EditorBuffer *b, gsize at);
/* Case-insensitive; wraps around. FALSE when it occurs nowhere. */
gboolean editor_buffer_find(const EditorBuffer *b, const char *query, gsize from, gboolean forward,
                            gsize *ret_from, gsize *ret_to);

/* Each change as it is made, undo and redo too: what stood at [at, at + removed) is now @text. What a
 * draft store is told; not called for the text that the buffer began with. */
typedef void (*EditorEditFn)(gsize at, gsize removed, const char *text, gsize len, gpointer data);
void editor_buffer_on_edit(EditorBuffer *b, EditorEditFn fn, gpointer data);

gboolean editor_buffer_undo(EditorBuffer *b); /* typed words are one step */
gboolean editor_buffer_redo(EditorBuffer *b);
/* The next edit starts a step of its own (after a move or a pause). */
void editor_buffer_break_undo(EditorBuffer *b);

/* What undo and redo know, for a buffer that begins anew with the very text that this one ended with. NULL: nothing. */
typedef struct EditorHistory EditorHistory;
EditorHistory *editor_buffer_take_history(EditorBuffer *b);
/* Taken. FALSE: it is another text, and the history is dropped. */
gboolean editor_buffer_give_history(EditorBuffer *b, EditorHistory *h);
void editor_history_free(EditorHistory *h); /* may be NULL */
