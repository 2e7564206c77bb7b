/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/layout.h"

Layout layout_make(int rows, int cols, gboolean has_patient)
{
    int banner = has_patient ? 2 : 0;
    Layout l = {
        .too_small = rows < LAYOUT_MIN_ROWS || cols < LAYOUT_MIN_COLS,
        .where = {0, 0, 1, cols},
        .patient = {1, 0, banner, cols},
        .body = {1 + banner, 0, MAX(rows - 3 - banner, 0), cols},
        .status = {rows - 2, 0, 1, cols},
        .hint = {rows - 1, 0, 1, cols},
    };
    l.main = l.body;
    return l;
}

void layout_split(Layout *l)
{
    l->main = l->beside = l->body;
    if (l->body.cols >= LAYOUT_COLUMNS) {
        l->beside.cols = l->body.cols * 8 / 15; /* a medicine with its dose is longer than a line of a note must be */
        l->beside.col = l->main.cols = l->body.cols - l->beside.cols;
    } else {
        l->main.rows = MIN(MAX(l->body.rows / 2, LAYOUT_WRITE_ROWS), l->body.rows);
        l->beside.row += l->main.rows;
        l->beside.rows -= l->main.rows;
    }
}

Rect layout_modal(const Layout *l, int rows, int cols)
{
    rows = MIN(rows, l->body.rows);
    cols = MIN(cols, l->body.cols);
    return (Rect){l->body.row + (l->body.rows - rows) / 2, (l->body.cols - cols) / 2, rows, cols};
}
