/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/layout.h"

Layout layout_make(int rows, int cols, gboolean has_patient)
{
    int banner = has_patient ? 2 : 0;
    return (Layout){
        .too_small = rows < LAYOUT_MIN_ROWS || cols < LAYOUT_MIN_COLS,
        .where = {0, 0, 1, cols},
        .patient = {1, 0, banner, cols},
        .body = {1 + banner, 0, MAX(rows - 3 - banner, 0), cols},
        .status = {rows - 2, 0, 1, cols},
        .hint = {rows - 1, 0, 1, cols},
    };
}

Rect layout_modal(const Layout *l, int rows, int cols)
{
    rows = MIN(rows, l->body.rows);
    cols = MIN(cols, l->body.cols);
    return (Rect){l->body.row + (l->body.rows - rows) / 2, (l->body.cols - cols) / 2, rows, cols};
}
