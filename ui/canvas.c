/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/canvas.h"

#include "base/text.h"

#include <string.h>

#define CLIP_DEPTH 16

struct Canvas {
    int rows, cols;
    Cell *cells;
    Rect clips[CLIP_DEPTH]; /* in screen coordinates; [0] is the whole */
    Rect origins[CLIP_DEPTH]; /* as asked for: coordinates count from here, even if clipped away */
    int depth;
    int cursor_row, cursor_col;
    gboolean ascii;
};

Canvas *canvas_new(int rows, int cols)
{
    Canvas *c = g_new0(Canvas, 1);
    canvas_resize(c, rows, cols);
    return c;
}

void canvas_free(Canvas *c)
{
    if (!c)
        return;
    g_free(c->cells);
    g_free(c);
}

void canvas_resize(Canvas *c, int rows, int cols)
{
    g_free(c->cells);
    c->rows = MAX(rows, 1);
    c->cols = MAX(cols, 1);
    c->cells = g_new0(Cell, (gsize)c->rows * (gsize)c->cols);
    c->depth = 0;
    c->clips[0] = c->origins[0] = (Rect){0, 0, c->rows, c->cols};
    canvas_cursor_unset(c);
    canvas_clear(c);
}

void canvas_set_ascii(Canvas *c, gboolean ascii)
{
    c->ascii = ascii;
}

gboolean canvas_ascii(const Canvas *c)
{
    return c->ascii;
}

const Cell *canvas_row(const Canvas *c, int row)
{
    return &c->cells[row * c->cols];
}

/* ---- rectangles ---- */

static Rect rect_intersect(Rect a, Rect b)
{
    int row = MAX(a.row, b.row), col = MAX(a.col, b.col);
    int end_row = MIN(a.row + a.rows, b.row + b.rows), end_col = MIN(a.col + a.cols, b.col + b.cols);
    return (Rect){row, col, MAX(end_row - row, 0), MAX(end_col - col, 0)};
}

void canvas_push(Canvas *c, Rect r)
{
    g_assert(c->depth + 1 < CLIP_DEPTH);
    Rect origin = c->origins[c->depth];
    r.row += origin.row;
    r.col += origin.col;
    r.rows = MAX(r.rows, 0);
    r.cols = MAX(r.cols, 0);
    Rect clip = rect_intersect(c->clips[c->depth], r);
    c->depth++;
    c->origins[c->depth] = r;
    c->clips[c->depth] = clip;
}

void canvas_pop(Canvas *c)
{
    g_assert(c->depth > 0);
    c->depth--;
}

int canvas_rows(const Canvas *c)
{
    return c->origins[c->depth].rows;
}

int canvas_cols(const Canvas *c)
{
    return c->origins[c->depth].cols;
}

/* ---- cells ---- */

static void cell_blank(Cell *cell, Style style)
{
    cell->text[0] = ' ';
    cell->text[1] = '\0';
    cell->width = 1;
    cell->style = (guint8)style;
}

/* A wide character of which one half is overwritten leaves a blank, not a half. */
static void unwiden(Canvas *c, int row, int col)
{
    Cell *cell = &c->cells[row * c->cols + col];
    if (cell->width == 0 && col > 0)
        cell_blank(cell - 1, (Style)cell[-1].style);
    if (cell->width == 2 && col + 1 < c->cols)
        cell_blank(cell + 1, (Style)cell->style);
}

/* @row and @col count from the innermost rectangle; @text is one safe grapheme. */
static void put(Canvas *c, int row, int col, Style style, const char *text, gsize len, int width)
{
    const Rect *clip = &c->clips[c->depth];
    row += c->origins[c->depth].row;
    col += c->origins[c->depth].col;
    if (row < clip->row || row >= clip->row + clip->rows || col < clip->col ||
        col + width > clip->col + clip->cols)
        return;
    Cell *cell = &c->cells[row * c->cols + col];
    unwiden(c, row, col);
    if (width == 2)
        unwiden(c, row, col + 1);
    /* a grapheme of endless combining marks keeps those that fit */
    gsize n = MIN(len, CELL_BYTES - 1);
    while (n < len && n > 0 && ((guchar)text[n] & 0xc0) == 0x80)
        n--;
    memcpy(cell->text, text, n);
    cell->text[n] = '\0';
    cell->width = (guint8)width;
    cell->style = (guint8)style;
    if (width == 2) {
        cell[1].text[0] = '\0';
        cell[1].width = 0;
        cell[1].style = (guint8)style;
    }
}

static void put_sign(Canvas *c, int row, int col, Style style, const char *sign)
{
    put(c, row, col, style, sign, strlen(sign), 1);
}

void canvas_fill(Canvas *c, Rect r, Style style)
{
    for (int row = r.row; row < r.row + r.rows; row++)
        for (int col = r.col; col < r.col + r.cols; col++)
            put(c, row, col, style, " ", 1, 1);
}

void canvas_clear(Canvas *c)
{
    canvas_fill(c, (Rect){0, 0, canvas_rows(c), canvas_cols(c)}, STYLE_NORMAL);
}

/* ---- text ---- */

static gboolean is_plain(const char *text)
{
    for (; *text; text++)
        if ((guchar)*text < 0x20 || (guchar)*text > 0x7e)
            return FALSE;
    return TRUE;
}

static int put_text(Canvas *c, int row, int col, int width, Style style, const char *safe)
{
    gsize len = strlen(safe), at = 0;
    int used = 0;
    if (is_plain(safe)) {
        for (; at < len && used < width; at++, used++)
            put(c, row, col + used, style, safe + at, 1, 1);
        return used;
    }
    while (at < len) {
        gsize next = text_next(safe, len, at);
        if (next <= at)
            break;
        int cells = text_width(safe + at, (gssize)(next - at));
        if (used + cells > width)
            break;
        if (cells > 0)
            put(c, row, col + used, style, safe + at, next - at, MIN(cells, 2));
        used += cells;
        at = next;
    }
    return used;
}

/* Safe to paint and, where signs are ASCII, spelt out; owned. */
static char *spelt(const Canvas *c, const char *text, gboolean multiline)
{
    g_autofree char *safe = text_sanitise(text, -1, multiline);
    return c->ascii ? text_ascii(safe) : g_steal_pointer(&safe);
}

int canvas_text(Canvas *c, int row, int col, Style style, const char *text)
{
    int width = MAX(canvas_cols(c) - col, 0);
    if (!text)
        return 0;
    if (is_plain(text))
        return put_text(c, row, col, width, style, text);
    g_autofree char *safe = text_sanitise(text, -1, FALSE);
    return put_text(c, row, col, width, style, safe);
}

int canvas_textf(Canvas *c, int row, int col, Style style, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    return canvas_text(c, row, col, style, text);
}

int canvas_cell(Canvas *c, int row, int col, int width, int align, Style style, const char *text)
{
    if (width <= 0)
        return 0;
    g_autofree char *safe = spelt(c, text ? text : "", FALSE);
    int cells = text_width(safe, -1);
    g_autofree char *cut = cells > width ? text_ellipsis(safe, width) : g_steal_pointer(&safe);
    cells = MIN(text_width(cut, -1), width);
    int before = align < 0 ? 0 : align > 0 ? width - cells : (width - cells) / 2;
    canvas_fill(c, (Rect){row, col, 1, width}, STYLE_NORMAL);
    put_text(c, row, col + before, width - before, style, cut);
    return width;
}

int canvas_wrap_rows(const char *text, int width)
{
    int rows = 0;
    for (const char *p = text; *p; rows++) {
        gsize len = strlen(p), n = text_fit(p, (gssize)len, width, NULL), word = n;
        while (n < len && word > 0 && p[word] != ' ')
            word--;
        p += MAX(n < len && word > 0 ? word : n, 1);
        p += strspn(p, " ");
    }
    return rows;
}

int canvas_wrap(Canvas *c, int row, int col, int width, int max_rows, Style style, const char *text)
{
    if (width <= 0 || !text)
        return 0;
    g_autofree char *safe = spelt(c, text, TRUE);
    const char *p = safe;
    int rows = 0;
    while (*p && rows < max_rows) {
        gsize line = strcspn(p, "\n");
        gsize n = text_fit(p, (gssize)line, width, NULL);
        gsize take = n;
        if (n < line) {
            gsize word = n;
            while (word > 0 && p[word] != ' ')
                word--;
            if (word > 0)
                take = n = word;
            else if (n == 0) /* wider than the whole width: skip the grapheme */
                take = text_next(p, line, 0);
        }
        g_autofree char *part = g_strndup(p, n);
        put_text(c, row + rows, col, width, style, part);
        rows++;
        p += take;
        while (*p == ' ')
            p++;
        if (*p == '\n')
            p++;
    }
    return rows;
}

/* ---- lines and marks ---- */

void canvas_hline(Canvas *c, int row, int col, int n)
{
    for (int i = 0; i < n; i++)
        put_sign(c, row, col + i, STYLE_LINE, "─");
}

void canvas_vline(Canvas *c, int row, int col, int n)
{
    for (int i = 0; i < n; i++)
        put_sign(c, row + i, col, STYLE_LINE, "│");
}

void canvas_rule(Canvas *c, int row, const char *title)
{
    canvas_hline(c, row, 0, canvas_cols(c));
    if (!title || !*title)
        return;
    put_sign(c, row, 1, STYLE_NORMAL, " ");
    int used = canvas_text(c, row, 2, STYLE_HEADING, title);
    put_sign(c, row, 2 + used, STYLE_NORMAL, " ");
}

void canvas_box(Canvas *c, Rect r, const char *title)
{
    if (r.rows < 2 || r.cols < 2)
        return;
    int bottom = r.rows - 1, right = r.cols - 1;
    canvas_push(c, r);
    canvas_clear(c);
    canvas_hline(c, 0, 1, right - 1);
    canvas_hline(c, bottom, 1, right - 1);
    canvas_vline(c, 1, 0, bottom - 1);
    canvas_vline(c, 1, right, bottom - 1);
    put_sign(c, 0, 0, STYLE_LINE, "┌");
    put_sign(c, 0, right, STYLE_LINE, "┐");
    put_sign(c, bottom, 0, STYLE_LINE, "└");
    put_sign(c, bottom, right, STYLE_LINE, "┘");
    if (title && *title && right > 4) {
        canvas_push(c, (Rect){0, 2, 1, right - 3});
        int used = MIN(text_width(title, -1), right - 5);
        canvas_cell(c, 0, 1, used, -1, STYLE_HEADING, title);
        put_sign(c, 0, 0, STYLE_NORMAL, " ");
        put_sign(c, 0, 1 + used, STYLE_NORMAL, " ");
        canvas_pop(c);
    }
    canvas_pop(c);
}

void canvas_gutter(Canvas *c, int row)
{
    put_sign(c, row, 0, STYLE_GUTTER, "▌");
    canvas_cursor(c, row, 0);
}

/* ---- cursor ---- */

void canvas_cursor(Canvas *c, int row, int col)
{
    const Rect *clip = &c->clips[c->depth];
    if (clip->rows <= 0 || clip->cols <= 0)
        return;
    c->cursor_row = CLAMP(row + c->origins[c->depth].row, clip->row, clip->row + clip->rows - 1);
    c->cursor_col = CLAMP(col + c->origins[c->depth].col, clip->col, clip->col + clip->cols - 1);
}

void canvas_cursor_at(const Canvas *c, int *ret_row, int *ret_col)
{
    *ret_row = c->cursor_row;
    *ret_col = c->cursor_col;
}

void canvas_cursor_unset(Canvas *c)
{
    c->cursor_row = c->cursor_col = -1;
}
