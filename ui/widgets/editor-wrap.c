/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/widgets/editor-wrap.h"

#include "base/text.h"

#include <string.h>

/* A line longer than this is wrapped once and from the place of an edit on, not anew for each key. */
#define LONG_LINE 4096

struct EditorWrap {
    EditorBuffer *buffer;
    int width;
    GArray *rows;    /* gsize: where the rows of one long line begin */
    gsize start;     /* where that line begins */
    int rows_width;  /* what its rows were wrapped for */
};

EditorWrap *editor_wrap_new(EditorBuffer *buffer, int width)
{
    EditorWrap *w = g_new0(EditorWrap, 1);
    w->buffer = buffer;
    w->width = width;
    w->rows = g_array_new(FALSE, FALSE, sizeof(gsize));
    return w;
}

void editor_wrap_free(EditorWrap *w)
{
    if (!w)
        return;
    g_array_unref(w->rows);
    g_free(w);
}

int editor_wrap_set_width(EditorWrap *w, int width)
{
    int was = w->width;
    w->width = MAX(width, 1);
    return was;
}

/* Bytes of @s that make one row; the blank at which it breaks belongs to it. */
static gsize row_bytes(const char *s, gsize len, int width)
{
    gsize n = text_fit(s, (gssize)len, width, NULL);
    if (n >= len)
        return len;
    if (n == 0)
        return text_next(s, len, 0);
    if (s[n] == ' ')
        return n + 1;
    for (gsize word = n; word > 0; word--)
        if (s[word - 1] == ' ')
            return word;
    return n;
}

static gsize line_of(const EditorWrap *w, gsize at)
{
    return editor_buffer_line_at(w->buffer, at);
}

static gsize row_at(const EditorWrap *w, guint i)
{
    return g_array_index(w->rows, gsize, i);
}

/* Keeps of the wrapped rows what no edit has touched. A row's end depends on the word after it, so
 * the row before the edited one goes too. */
static void prepare(EditorWrap *w, gsize start)
{
    gsize changed = editor_buffer_take_changed(w->buffer);
    guint keep = w->rows->len;
    if (start != w->start || w->rows_width != w->width || changed < start)
        keep = 0;
    while (keep > 0 && row_at(w, keep - 1) > changed)
        keep--;
    if (keep < w->rows->len)
        keep = keep > 1 ? keep - 1 : 0;
    g_array_set_size(w->rows, keep);
    if (keep == 0)
        g_array_append_val(w->rows, start);
    w->start = start;
    w->rows_width = w->width;
}

static gsize row_of_long(EditorWrap *w, gsize at, gsize start, gsize end, gsize *ret_next)
{
    const gsize window = (gsize)w->width * 8 + 256; /* more than a row can hold of ordinary text */
    prepare(w, start);
    while (row_at(w, w->rows->len - 1) <= at) {
        gsize row = row_at(w, w->rows->len - 1);
        g_autofree char *s = editor_buffer_slice(w->buffer, row, MIN(row + window, end));
        gsize next = row + row_bytes(s, strlen(s), w->width);
        if (next >= end) {
            *ret_next = G_MAXSIZE;
            return row;
        }
        g_array_append_val(w->rows, next);
    }
    guint low = 0, high = w->rows->len - 1; /* rows[low] <= at < rows[high] */
    while (high - low > 1) {
        guint middle = low + (high - low) / 2;
        if (row_at(w, middle) <= at)
            low = middle;
        else
            high = middle;
    }
    *ret_next = row_at(w, high);
    return row_at(w, low);
}

gsize editor_wrap_row(EditorWrap *w, gsize at, gsize *ret_next)
{
    gsize line = line_of(w, at), start = editor_buffer_line_start(w->buffer, line), row = 0;
    gsize end = editor_buffer_line_end(w->buffer, line);
    if (end - start > LONG_LINE)
        return row_of_long(w, at, start, end, ret_next);
    g_autofree char *s = editor_buffer_slice(w->buffer, start, end);
    for (;;) {
        gsize next = row + row_bytes(s + row, end - start - row, w->width);
        if (next >= end - start || at < start + next) {
            *ret_next = next >= end - start ? G_MAXSIZE : start + next;
            return start + row;
        }
        row = next;
    }
}

gsize editor_wrap_after(EditorWrap *w, gsize row)
{
    gsize next;
    editor_wrap_row(w, row, &next);
    if (next != G_MAXSIZE)
        return next;
    gsize line = line_of(w, row);
    return line + 1 < editor_buffer_lines(w->buffer) ? editor_buffer_line_start(w->buffer, line + 1)
                                                     : G_MAXSIZE;
}

gsize editor_wrap_before(EditorWrap *w, gsize row)
{
    gsize next;
    return row == 0 ? G_MAXSIZE : editor_wrap_row(w, row - 1, &next);
}

int editor_wrap_column(EditorWrap *w, gsize at)
{
    gsize next, row = editor_wrap_row(w, at, &next);
    g_autofree char *s = editor_buffer_slice(w->buffer, row, at);
    return text_width(s, -1);
}

gsize editor_wrap_place(EditorWrap *w, gsize row, int goal)
{
    gsize next;
    editor_wrap_row(w, row, &next);
    gsize end = next != G_MAXSIZE ? editor_buffer_prev(w->buffer, next)
                                  : editor_buffer_line_end(w->buffer, line_of(w, row));
    g_autofree char *s = editor_buffer_slice(w->buffer, row, end);
    return row + text_fit(s, -1, goal, NULL);
}
