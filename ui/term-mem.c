/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/term-impl.h"

#include <string.h>

typedef struct {
    Term base;
    int rows, cols;
    int next_rows, next_cols;
    Cell *cells;
    int cursor_row, cursor_col;
    guint frames, changed, changing;
} TermMem;

static void mem_allocate(TermMem *m)
{
    g_free(m->cells);
    m->cells = g_new0(Cell, (gsize)m->rows * (gsize)m->cols);
    for (int i = 0; i < m->rows * m->cols; i++) {
        m->cells[i].text[0] = ' ';
        m->cells[i].width = 1;
    }
}

static void mem_size(const Term *t, int *ret_rows, int *ret_cols)
{
    const TermMem *m = (const TermMem *)t;
    *ret_rows = m->rows;
    *ret_cols = m->cols;
}

static gboolean mem_resize(Term *t)
{
    TermMem *m = (TermMem *)t;
    if (m->rows == m->next_rows && m->cols == m->next_cols)
        return FALSE;
    m->rows = m->next_rows;
    m->cols = m->next_cols;
    mem_allocate(m);
    return TRUE;
}

static void mem_draw(Term *t, int row, int col, const Cell *cells, int n)
{
    TermMem *m = (TermMem *)t;
    if (row < 0 || row >= m->rows || col < 0)
        return;
    for (int i = 0; i < n && col + i < m->cols; i++) {
        Cell cell = cells[i];
        if (cell.width > 0)
            term_glyph(&t->caps, cells[i].text, cell.text);
        Cell *at = &m->cells[row * m->cols + col + i];
        if (strcmp(at->text, cell.text) != 0 || at->style != cell.style || at->width != cell.width)
            m->changing++;
        *at = cell;
    }
}

static void mem_cursor(Term *t, int row, int col)
{
    TermMem *m = (TermMem *)t;
    m->cursor_row = row;
    m->cursor_col = col;
}

static void mem_flush(Term *t)
{
    TermMem *m = (TermMem *)t;
    m->frames++;
    m->changed = m->changing;
    m->changing = 0;
}

static void mem_repaint(Term *t)
{
    mem_allocate((TermMem *)t);
}

static gboolean mem_busy(const Term *t)
{
    return FALSE;
}

static void mem_each_key(const Term *t, void (*fn)(const char *, const char *, gpointer), gpointer data)
{
}

static void mem_free(Term *t)
{
    g_free(((TermMem *)t)->cells);
    g_free(t);
}

static const TermOps mem_ops = {
    .size = mem_size,
    .resize = mem_resize,
    .draw = mem_draw,
    .cursor = mem_cursor,
    .flush = mem_flush,
    .repaint = mem_repaint,
    .busy = mem_busy,
    .each_key = mem_each_key,
    .free = mem_free,
};

Term *term_mem_new(int rows, int cols, const TermCaps *caps)
{
    TermMem *m = g_new0(TermMem, 1);
    m->base.ops = &mem_ops;
    m->base.input_fd = -1;
    m->base.caps = caps ? *caps : (TermCaps){.charset = CHARSET_UTF8, .colours = COLOUR_256};
    m->rows = m->next_rows = rows;
    m->cols = m->next_cols = cols;
    m->cursor_row = m->cursor_col = -1;
    mem_allocate(m);
    return &m->base;
}

char *term_mem_row(const Term *t, int row)
{
    const TermMem *m = (const TermMem *)t;
    GString *line = g_string_new(NULL);
    for (int col = 0; col < m->cols; col++)
        g_string_append(line, m->cells[row * m->cols + col].text);
    return g_strchomp(g_string_free(line, FALSE));
}

char *term_mem_text(const Term *t)
{
    const TermMem *m = (const TermMem *)t;
    GString *all = g_string_new(NULL);
    for (int row = 0; row < m->rows; row++) {
        g_autofree char *line = term_mem_row(t, row);
        g_string_append(all, line);
        g_string_append_c(all, '\n');
    }
    return g_string_free(all, FALSE);
}

Style term_mem_style(const Term *t, int row, int col)
{
    const TermMem *m = (const TermMem *)t;
    return (Style)m->cells[row * m->cols + col].style;
}

void term_mem_cursor(const Term *t, int *ret_row, int *ret_col)
{
    const TermMem *m = (const TermMem *)t;
    *ret_row = m->cursor_row;
    *ret_col = m->cursor_col;
}

guint term_mem_frames(const Term *t)
{
    return ((const TermMem *)t)->frames;
}

guint term_mem_changed(const Term *t)
{
    return ((const TermMem *)t)->changed;
}

void term_mem_set_size(Term *t, int rows, int cols)
{
    TermMem *m = (TermMem *)t;
    m->next_rows = rows;
    m->next_cols = cols;
}
