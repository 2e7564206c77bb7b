/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/widgets/editor-wrap.h — soft wrap: which rows of the screen a line of an EditorBuffer takes. Places
 * are byte offsets into the buffer, columns are cells. Knows no keys and paints nothing. The editor owns
 * both; one wrap for one buffer, for it remembers what no edit has touched. */
#pragma once
#include "ui/widgets/editor-buffer.h"

typedef struct EditorWrap EditorWrap;
EditorWrap *editor_wrap_new(EditorBuffer *buffer, int width);
void editor_wrap_free(EditorWrap *w);
int editor_wrap_set_width(EditorWrap *w, int width); /* in cells, at least 1; returns what it was */

/* Where the row that holds @at begins, and where the next begins (G_MAXSIZE: it is the line's last). */
gsize editor_wrap_row(EditorWrap *w, gsize at, gsize *ret_next);
gsize editor_wrap_after(EditorWrap *w, gsize row);  /* where the next row begins; G_MAXSIZE = none */
gsize editor_wrap_before(EditorWrap *w, gsize row); /* where the row before begins; G_MAXSIZE = none */
int editor_wrap_column(EditorWrap *w, gsize at);    /* the column of @at in its row */
/* The place in the row at @row that is nearest to column @goal without passing it. */
gsize editor_wrap_place(EditorWrap *w, gsize row, int goal);
