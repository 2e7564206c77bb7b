/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/canvas.h — cells to paint on, clipped to a rectangle. canvas_text() and its kin are the single
 * place where text reaches the screen: they make it safe (text_sanitise), measure it and cut it at
 * whole graphemes. Coordinates are relative to the innermost rectangle; what lies outside is left
 * out without a word. Strings are borrowed for the call. */
#pragma once
#include "ui/cell.h"

typedef struct Canvas Canvas;

typedef struct {
    int row, col, rows, cols;
} Rect;

Canvas *canvas_new(int rows, int cols);
void canvas_free(Canvas *c);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Canvas, canvas_free)
void canvas_resize(Canvas *c, int rows, int cols); /* clears all */
/* Signs that ASCII needs more than one cell for are spelt out where text is measured first. */
void canvas_set_ascii(Canvas *c, gboolean ascii);
gboolean canvas_ascii(const Canvas *c);
const Cell *canvas_row(const Canvas *c, int row);   /* whole screen, for paint and tests */

/* The rectangle one paints in now. Pushes nest; each needs its pop. */
void canvas_push(Canvas *c, Rect r);
void canvas_pop(Canvas *c);
int canvas_rows(const Canvas *c);
int canvas_cols(const Canvas *c);

void canvas_clear(Canvas *c); /* blanks the innermost rectangle */
/* Each returns the number of cells used. */
int canvas_text(Canvas *c, int row, int col, Style style, const char *text);
int canvas_textf(Canvas *c, int row, int col, Style style, const char *format, ...) G_GNUC_PRINTF(5, 6);
/* In exactly @width cells: cut with … or padded with blanks; @align < 0 left, 0 middle, > 0 right. */
int canvas_cell(Canvas *c, int row, int col, int width, int align, Style style, const char *text);
/* Wrapped at words into @width cells and at most @max_rows rows; returns the rows used. */
int canvas_wrap_rows(const char *text, int width); /* how many rows a text without line ends takes */
int canvas_wrap(Canvas *c, int row, int col, int width, int max_rows, Style style, const char *text);

void canvas_fill(Canvas *c, Rect r, Style style);
void canvas_hline(Canvas *c, int row, int col, int n); /* ─ */
void canvas_vline(Canvas *c, int row, int col, int n); /* │ */
/* ─ title ───── over the whole width. */
void canvas_rule(Canvas *c, int row, const char *title);
void canvas_box(Canvas *c, Rect r, const char *title);
/* ▌ in column 0: the selection. Places the cursor there too unless something else is focused. */
void canvas_gutter(Canvas *c, int row);

/* Where the hardware cursor goes: the last call wins, so the focused thing is painted last. */
void canvas_cursor(Canvas *c, int row, int col);
void canvas_cursor_at(const Canvas *c, int *ret_row, int *ret_col); /* whole screen; -1 = unset */
void canvas_cursor_unset(Canvas *c);
