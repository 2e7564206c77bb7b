/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/widgets/editor.h — the note editor: an EditorBuffer shown with soft wrap. Knows keys and cells,
 * nothing of notes or drafts; the owner listens for changes and saves. */
#pragma once
#include "ui/widgets/editor-buffer.h"
#include "ui/widgets/widget.h"

typedef struct Editor Editor;
Editor *editor_new(const char *text);
void editor_free(Editor *e);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Editor, editor_free)
EditorBuffer *editor_buffer(Editor *e); /* borrowed */
/* Where cut and copied text goes and comes from, when it is to be had in other editors too. get() may say
 * no: NULL, and its owner has said why. Without one it stays in this editor. */
typedef struct {
    void (*put)(const char *text, gpointer data);
    const char *(*get)(gpointer data); /* borrowed */
    gpointer data;
} EditorClipboard;
void editor_set_clipboard(Editor *e, const EditorClipboard *clipboard);
/* Words to underline: the first in @text that begins at or after *at; FALSE: none. @text is a row with the word
 * before it, borrowed; @cursor is where the cursor stands in it, or G_MAXSIZE. */
typedef struct {
    gboolean (*next)(const char *text, gsize len, gsize cursor, gsize *at, gsize *ret_to, gpointer data);
    gpointer data;
} EditorMarks;
void editor_set_marks(Editor *e, const EditorMarks *marks);
/* Cursor and first visible line as one line of text, for coming back after a lock. */
char *editor_place(const Editor *e);
void editor_set_place(Editor *e, const char *place);

/* Every key of the editor is also an action by name, for keymaps: "left" "right" "up" "down"
 * "word-left" "word-right" "sentence-left" "sentence-right" "line-start" "line-end" "page-up" "page-down" "start" "end" "backspace"
 * "delete" "delete-word" "delete-line" "delete-line-start" "newline" "mark" "cut" "copy" "paste"
 * "undo" "redo". */
WidgetResult editor_action(Editor *e, const char *action);
gboolean editor_action_exists(const char *action);
/* What paste would put in: NULL when there is nothing, or its owner said no. Borrowed. */
const char *editor_clip(Editor *e);
void editor_put_clip(Editor *e, const char *text);
void editor_go(Editor *e, gsize at); /* the cursor, and up and down keep the column it has there */
gboolean editor_search(Editor *e, const char *query, gboolean forward);
/* Arrows, Home, End, BS …, typed text, pastes. Enter is a new line; Tab and Esc are the owner's. */
WidgetResult editor_input(Editor *e, const char *utf8, gboolean paste);
/* Rows the text takes at @cols columns, counted up to @max: for editors that lie under each other. */
int editor_row_count(Editor *e, int cols, int max);
/* The cursor is on the first (@last FALSE) or last row: the next Up or Down leaves the editor. */
gboolean editor_on_edge(Editor *e, gboolean last);
void editor_paint(Editor *e, Canvas *c, gboolean focused);
