/* SPDX-License-Identifier: GPL-3.0-or-later
 * The frame: line 1, the patient, the view, the receipt, the keys; and the signing gate, which must
 * know what stood on the screen and since when. */
#include <glib/gi18n.h>

#include "base/clock.h"
#include "client/client.h"
#include "ui/banner.h"
#include "ui/hintbar.h"
#include "ui/layout.h"
#include "ui/prompt.h"
#include "ui/shell-internal.h"

static void paint_where(Shell *s, Canvas *c)
{
    const Who *w = s->app->who;
    Instant now = shell_now();
    Instant since = INSTANT_NONE;
    gboolean online = s->app->client && client_online(s->app->client, &since);
    g_autofree char *time = instant_to_hhmm(now);
    g_autofree char *heard = since == INSTANT_NONE                                     ? NULL
                             : now - clock_shown_us(since) < 24 * G_TIME_SPAN_HOUR ? instant_to_hhmm(clock_shown_us(since))
                                                                                       : instant_to_minute(clock_shown_us(since));
    BannerWhere b = {
        .exercise = s->app->training,
        .unit = w ? w->unit_name : NULL,
        .purpose = w ? w->purpose : NULL,
        .person = w ? w->name : NULL,
        .role = w ? w->role_title : NULL,
        .core = !s->app->client ? CORE_UNKNOWN : !online ? CORE_OFFLINE : client_silent(s->app->client) ? CORE_SILENT : CORE_ONLINE,
        .since = heard,
        .time = time,
        .week = civil_date_iso_week(civil_date_at(now), NULL),
    };
    banner_where_paint(c, &b);
}

static void paint_too_small(Canvas *c)
{
    canvas_clear(c);
    canvas_wrap(c, 0, 0, canvas_cols(c), canvas_rows(c), STYLE_WARNING,
                _("The window is too small for rond. It needs 80 columns and 24 rows."));
}

static void paint_hint(Shell *s, Canvas *c)
{
    s->hinted = shell_context(s);
    hintbar_paint(c, s->app, s->app->keymap, s->hinted, s->hint_prefix ? s->keys.pending : NULL);
}

static void in_rect(Canvas *c, Rect r, gboolean clear)
{
    canvas_push(c, r);
    if (clear)
        canvas_clear(c);
}

static void paint_view(View *v, Canvas *c)
{
    if (v && v->cls->paint)
        v->cls->paint(v, c);
}

/* The view under a modal view is seen around it, so it is painted first. What is written stands still while
 * something beside it is painted, and the other way round. */
static void paint_body(Shell *s, Canvas *c, const Layout *l, guint dirty)
{
    if (dirty & PAINT_BODY) {
        in_rect(c, l->main, TRUE);
        paint_view(shell_base(s), c);
        canvas_pop(c);
    }
    if (dirty & PAINT_BESIDE && shell_beside(s))
        shell_beside_paint(s, c, l->beside, l->beside.col > 0);
    for (guint i = 0; i < s->views->len; i++) {
        View *v = s->views->pdata[i];
        if (!(v->cls->flags & VIEW_MODAL) || v == shell_base(s))
            continue;
        in_rect(c, l->body, FALSE);
        paint_view(v, c);
        canvas_pop(c);
    }
}

/* What must be painted again because it lies over, or under, what is dirty. */
static guint with_neighbours(Shell *s, guint dirty, int status_rows)
{
    const guint body = PAINT_BODY | PAINT_BESIDE;
    gboolean modal = modal_top(s->modals) != NULL; /* lies over the body */
    if (status_rows > 1 || s->status_rows > 1)
        dirty |= dirty & (body | PAINT_STATUS | PAINT_MODAL) ? body | PAINT_STATUS | PAINT_HINT : 0;
    if (modal && (dirty & (body | PAINT_PATIENT)))
        dirty |= PAINT_MODAL | body;
    if (dirty & body && (shell_top(s) != shell_base(s) || s->beside_keys))
        dirty |= body;
    if (s->hinted != shell_context(s)) /* the view does something else now: other keys */
        dirty |= PAINT_HINT;
    return dirty;
}

/* A message too long for its line takes the lines above it for as long as it stands; where a text is read before it is
 * signed the line of keys under it instead, never one of the text. */
static Rect status_rect(Shell *s, const View *v, Rect line)
{
    int rows = statusbar_rows(s->status, line.cols);
    if (v && v->cls->reading)
        return (Rect){line.row, line.col, MIN(rows, 2), line.cols};
    return (Rect){line.row - rows + 1, line.col, rows, line.cols};
}

void shell_on_paint(Canvas *c, guint dirty, gpointer data)
{
    Shell *s = data;
    View *v = shell_top(s);
    int rows = canvas_rows(c), cols = canvas_cols(c);
    Layout l = layout_make(rows, cols, v && v->patient != NULL);
    if (l.too_small) {
        paint_too_small(c);
        return;
    }
    if (shell_beside(s))
        layout_split(&l);
    Rect status = status_rect(s, v, l.status);
    dirty = with_neighbours(s, dirty, status.rows);
    s->status_rows = status.rows;
    struct {
        PaintPart part;
        Rect rect;
        gboolean there;
    } parts[] = {
        {PAINT_WHERE, l.where, TRUE},
        {PAINT_PATIENT, l.patient, v && v->patient},
        {PAINT_STATUS, status, TRUE},
        {PAINT_HINT, l.hint, status.row + status.rows <= l.hint.row},
    };
    paint_body(s, c, &l, dirty);
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (!(dirty & parts[i].part) || !parts[i].there)
            continue;
        in_rect(c, parts[i].rect, TRUE);
        switch (parts[i].part) {
        case PAINT_WHERE: paint_where(s, c); break;
        case PAINT_PATIENT: patient_header_paint(s->header, c); break;
        case PAINT_STATUS: statusbar_paint(s->status, c); break;
        default: paint_hint(s, c); break;
        }
        canvas_pop(c);
    }
    if (modal_top(s->modals) && (dirty & PAINT_MODAL))
        modal_paint(s->modals, c, &l);
    if (prompt_is_open() && (dirty & (PAINT_STATUS | PAINT_BODY))) {
        in_rect(c, l.status, TRUE);
        prompt_paint(c);
        canvas_pop(c);
    }
}

gboolean shell_has_painted(App *app, gint64 since)
{
    return paint_sent(shell_of(app)->paint) >= since;
}

gboolean shell_is_quiet(App *app, gint64 since)
{
    const Shell *s = shell_of(app);
    return paint_last(s->paint) >= since && input_quiet(s->input);
}

/* ---- the signing gate ---- */

static void gate_watch(Shell *s);

static gboolean on_gate_look(gpointer data)
{
    Shell *s = data;
    s->gate_timer = 0;
    if (input_quiet(s->input))
        signgate_quiet(&s->gate, clock_monotonic_us());
    gate_watch(s);
    return G_SOURCE_REMOVE;
}

/* A timer's turn comes only when no key waits for its own, so that a look sees what has come since. */
static void gate_watch(Shell *s)
{
    gint64 now = clock_monotonic_us(), at = signgate_look_at(&s->gate, now);
    if (at && !s->gate_timer)
        s->gate_timer = clock_timer_add((guint)((MAX(at - now, 0) + 999) / 1000), on_gate_look, s);
}

void shell_on_painted(gint64 at, gpointer data)
{
    Shell *s = data;
    View *v = shell_top(s);
    gboolean complete = FALSE;
    g_autofree char *digest = v && v->cls->reading && !modal_top(s->modals) ? v->cls->reading(v, &complete) : NULL;
    if (!v || v->id != s->gate_view)
        signgate_clear(&s->gate);
    s->gate_view = v ? v->id : 0;
    signgate_painted(&s->gate, digest, complete, at);
    gate_watch(s);
}

SignGateAnswer shell_sign_gate(App *app, const CmdCause *cause)
{
    Shell *s = shell_of(app);
    View *v = shell_top(s);
    gboolean complete = FALSE;
    if (!v || modal_top(s->modals) || prompt_is_open())
        return SIGNGATE_NOT_READ;
    g_autofree char *digest = v->cls->reading ? v->cls->reading(v, &complete) : NULL;
    SignGateAnswer a = signgate_ask(&s->gate, digest, cause->read_at, cause->queued, cause->is_sign_key);
    if (a == SIGNGATE_NOT_READ && v->cls->waits && v->cls->waits(v))
        return SIGNGATE_WAITS;
    if (a != SIGNGATE_NOT_READ || !v->cls->review)
        return a;
    v->cls->review(v);
    return shell_top(s) != v ? SIGNGATE_OPENED : a;
}
