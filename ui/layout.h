/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/layout.h — the same place for the same thing, always: line 1 where and who, lines 2–3 the
 * patient, the last line the keys, the line above it the receipt, the rest the view. Pure. */
#pragma once
#include "ui/canvas.h"

#define LAYOUT_MIN_ROWS 24
#define LAYOUT_MIN_COLS 80

#define LAYOUT_WRITE_ROWS 9   /* what is written keeps at least so many when something is read below it */
#define LAYOUT_COLUMNS 120    /* from here on it lies beside it */

typedef struct {
    gboolean too_small; /* only a message is painted */
    Rect where, patient, body, status, hint;
    Rect main, beside;  /* the body's two halves; without a second one @main is all of it */
} Layout;

Layout layout_make(int rows, int cols, gboolean has_patient);
/* Something is read beside what is written: below it, or to its right where there are columns enough. */
void layout_split(Layout *l);
/* A box of at most this size in the middle of the body. */
Rect layout_modal(const Layout *l, int rows, int cols);
