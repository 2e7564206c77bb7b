/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/paint.h — the frame: at most one per turn of the main loop, at low priority (input, then
 * network, then paint), only what is marked dirty, one flush, the cursor placed last. While the
 * terminal has not taken the last frame nothing is painted. Owns the canvas; borrows the term. */
#pragma once
#include "ui/canvas.h"
#include "ui/term.h"

typedef struct Paint Paint;

/* Parts of the screen, painted in this order; the painter clears what it paints. */
typedef enum {
    PAINT_WHERE = 1 << 0,
    PAINT_PATIENT = 1 << 1,
    PAINT_BODY = 1 << 2,
    PAINT_STATUS = 1 << 3,
    PAINT_HINT = 1 << 4,
    PAINT_MODAL = 1 << 5,
    PAINT_BESIDE = 1 << 6,
    PAINT_ALL = (1 << 7) - 1
} PaintPart;

typedef void (*PaintFn)(Canvas *c, guint dirty, gpointer data);
/* After the terminal has taken the frame; @at is monotonic µs. The signing gate listens. */
typedef void (*PaintedFn)(gint64 at, gpointer data);

Paint *paint_new(Term *term, PaintFn fn, gpointer data);
void paint_free(Paint *p);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Paint, paint_free)
void paint_on_painted(Paint *p, PaintedFn fn, gpointer data);
void paint_dirty(Paint *p, guint parts); /* schedules a frame */
/* A picture that will be whole in a moment is waited for, at most so long: no frame until then, or until
 * paint_release(). */
void paint_hold(Paint *p, guint ms);
void paint_release(Paint *p);
void paint_resized(Paint *p);            /* the term has a new size */
void paint_all_anew(Paint *p);           /* the terminal's content is not trusted */
void paint_now(Paint *p);                /* the pending frame at once (tests, last frame) */
gint64 paint_last(const Paint *p);       /* monotonic µs when the terminal had taken the last frame; 0 = none */
gint64 paint_sent(const Paint *p);       /* when it was handed the last frame */
