/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/paint.h"

#include "base/clock.h"

#include <string.h>

struct Paint {
    Term *term;
    Canvas *canvas;
    Cell *shown; /* what the terminal has: only runs that differ are sent on */
    int rows, cols;
    guint dirty;
    guint source;
    guint held; /* timer */
    gint64 last, sent;
    PaintFn fn;
    gpointer data;
    PaintedFn painted;
    gpointer painted_data;
    gboolean untold; /* a frame that the terminal has not taken yet */
};

static void frame(Paint *p);

static gboolean on_idle(gpointer data)
{
    Paint *p = data;
    p->source = 0;
    if (!p->held && !term_busy(p->term)) /* else when it has drained, or is released */
        frame(p);
    return G_SOURCE_REMOVE;
}

static void schedule(Paint *p)
{
    if (p->source == 0)
        p->source = g_idle_add_full(G_PRIORITY_DEFAULT_IDLE, on_idle, p, NULL);
}

static void tell_painted(Paint *p)
{
    p->untold = FALSE;
    p->last = clock_monotonic_us();
    if (p->painted)
        p->painted(p->last, p->painted_data);
}

static void on_drained(gpointer data)
{
    Paint *p = data;
    if (p->untold)
        tell_painted(p);
    if (p->dirty)
        schedule(p);
}

static void shown_forget(Paint *p)
{
    term_size(p->term, &p->rows, &p->cols);
    g_free(p->shown);
    p->shown = g_new0(Cell, (gsize)p->rows * (gsize)p->cols);
}

Paint *paint_new(Term *term, PaintFn fn, gpointer data)
{
    Paint *p = g_new0(Paint, 1);
    p->term = term;
    p->fn = fn;
    p->data = data;
    shown_forget(p);
    p->canvas = canvas_new(p->rows, p->cols);
    canvas_set_ascii(p->canvas, term_caps(term)->ascii_lines);
    term_on_drained(term, on_drained, p);
    return p;
}

void paint_free(Paint *p)
{
    if (!p)
        return;
    if (p->source)
        g_source_remove(p->source);
    clock_timer_cancel(p->held);
    term_on_drained(p->term, NULL, NULL);
    canvas_free(p->canvas);
    g_free(p->shown);
    g_free(p);
}

void paint_on_painted(Paint *p, PaintedFn fn, gpointer data)
{
    p->painted = fn;
    p->painted_data = data;
}

void paint_dirty(Paint *p, guint parts)
{
    p->dirty |= parts;
    if (p->dirty)
        schedule(p);
}

static gboolean on_held_enough(gpointer data)
{
    Paint *p = data;
    p->held = 0;
    if (p->dirty)
        schedule(p);
    return G_SOURCE_REMOVE;
}

void paint_hold(Paint *p, guint ms)
{
    clock_timer_cancel(p->held);
    p->held = clock_timer_add(ms, on_held_enough, p);
}

void paint_release(Paint *p)
{
    if (!p->held)
        return;
    clock_timer_cancel(p->held);
    on_held_enough(p);
}

void paint_resized(Paint *p)
{
    shown_forget(p);
    canvas_resize(p->canvas, p->rows, p->cols);
    paint_dirty(p, PAINT_ALL);
}

void paint_all_anew(Paint *p)
{
    term_repaint(p->term);
    shown_forget(p);
    paint_dirty(p, PAINT_ALL);
}

static gboolean cell_same(const Cell *a, const Cell *b)
{
    return a->width == b->width && a->style == b->style && strcmp(a->text, b->text) == 0;
}

static void send_row(Paint *p, int row)
{
    const Cell *want = canvas_row(p->canvas, row);
    Cell *have = &p->shown[row * p->cols];
    for (int col = 0; col < p->cols; col++) {
        if (cell_same(&want[col], &have[col]))
            continue;
        int end = col + 1;
        while (end < p->cols && (want[end].width == 0 || !cell_same(&want[end], &have[end])))
            end++;
        /* a run never begins in the middle of a wide character */
        while (col > 0 && want[col].width == 0)
            col--;
        term_draw(p->term, row, col, want + col, end - col);
        memcpy(have + col, want + col, (gsize)(end - col) * sizeof(Cell));
        col = end - 1;
    }
}

static void frame(Paint *p)
{
    guint dirty = p->dirty;
    if (!dirty)
        return;
    p->dirty = 0;
    p->fn(p->canvas, dirty, p->data);
    for (int row = 0; row < p->rows; row++)
        send_row(p, row);
    int row, col;
    canvas_cursor_at(p->canvas, &row, &col);
    if (row >= 0)
        term_cursor(p->term, row, col);
    term_flush(p->term);
    p->sent = clock_monotonic_us();
    if (term_busy(p->term))
        p->untold = TRUE;
    else
        tell_painted(p);
}

void paint_now(Paint *p)
{
    if (p->source) {
        g_source_remove(p->source);
        p->source = 0;
    }
    frame(p);
}

gint64 paint_last(const Paint *p)
{
    return p->last;
}

gint64 paint_sent(const Paint *p)
{
    return p->sent;
}
