/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/widgets/editor-vi.h — the normal mode of an Editor, in the manner of vi: counts, operators and the motions they
 * take. Does what it does with the editor's own text, undo and clipboard; which key means what is the keymap's, and it
 * knows none but the digits. The owner keeps one EditorVi for all editors of a text. */
#pragma once
#include "ui/widgets/editor.h"

typedef struct {
    gboolean normal; /* else what is typed goes in */
    gboolean visual; /* motions draw what is marked */
    char op;         /* 'd', 'c', 'y' waits for a motion; 0: none */
    guint count, op_count;
} EditorVi;

/* "normal" "insert" "append" "append-line" "insert-line" "open-below" "open-above"; motions, alone or behind an operator:
 * "left" "right" "up" "down" "word-left" "word-right" "word-end" "line-start" "line-end" "sentence-left" "sentence-right"
 * "start" "end"; "op-delete" "op-change" "op-yank" (twice: whole lines), "cut" (what is marked, or letters), "cut-rest"
 * "change-rest" "mark" "paste" "paste-after" "undo" "redo". WIDGET_IGNORED: no such verb, or not in normal mode. */
WidgetResult editor_vi_verb(EditorVi *vi, Editor *e, const char *verb);
/* A digit of a count; FALSE when @key is none. */
gboolean editor_vi_digit(EditorVi *vi, const char *key);
/* What has been begun is let go: count, operator, marking. */
void editor_vi_drop(EditorVi *vi, Editor *e);
/* What has been begun, as typed: "2d3", "" when nothing is. Owned. */
char *editor_vi_begun(const EditorVi *vi);
