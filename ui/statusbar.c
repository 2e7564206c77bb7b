/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/statusbar.h"

#include "base/clock.h"
#include "base/text.h"

#define SEEN_US G_TIME_SPAN_SECOND /* who did not read it in this time has not looked */

enum { ROWS_MOST = 3 };

struct StatusBar {
    char *message, *receipt, *work;
    StatusKind kind;
    gboolean shown; /* the message has been painted: the next key may take it away */
    gint64 receipt_at; /* monotonic: the receipt was painted first; 0: not yet */
};

StatusBar *statusbar_new(void)
{
    return g_new0(StatusBar, 1);
}

void statusbar_free(StatusBar *s)
{
    if (!s)
        return;
    g_free(s->message);
    g_free(s->receipt);
    g_free(s->work);
    g_free(s);
}

void statusbar_set(StatusBar *s, StatusKind kind, const char *text)
{
    char *message = g_strdup(text);
    g_free(s->message);
    s->message = message;
    s->kind = kind;
    s->shown = FALSE;
}

void statusbar_receipt(StatusBar *s, const char *text)
{
    char *receipt = g_strdup(text);
    g_free(s->receipt);
    s->receipt = receipt;
    s->receipt_at = 0;
    g_clear_pointer(&s->message, g_free);
}

gboolean statusbar_key(StatusBar *s)
{
    if (!s->message || !s->shown)
        return FALSE;
    g_clear_pointer(&s->message, g_free);
    return TRUE;
}

void statusbar_leave(StatusBar *s)
{
    if (s->shown)
        g_clear_pointer(&s->message, g_free);
    if (s->receipt_at && clock_monotonic_us() - s->receipt_at >= SEEN_US)
        g_clear_pointer(&s->receipt, g_free);
}

gboolean statusbar_online(StatusBar *s)
{
    if (!s->message || s->kind != STATUS_OFFLINE)
        return FALSE;
    g_clear_pointer(&s->message, g_free);
    return TRUE;
}

gboolean statusbar_work(StatusBar *s, const char *text)
{
    if (g_strcmp0(s->work, text) == 0)
        return FALSE;
    g_free(s->work);
    s->work = g_strdup(text);
    return TRUE;
}

int statusbar_rows(const StatusBar *s, int cols)
{
    return s->message ? CLAMP(canvas_wrap_rows(s->message, cols - 1), 1, ROWS_MOST) : 1;
}

void statusbar_paint(StatusBar *s, Canvas *c)
{
    static const Style styles[] = {
        [STATUS_INFO] = STYLE_NORMAL, [STATUS_WARN] = STYLE_WARNING, [STATUS_OFFLINE] = STYLE_WARNING,
        [STATUS_ERROR] = STYLE_ALERT};
    canvas_clear(c);
    const char *text = s->message ? s->message : s->receipt;
    /* What is said now has the line to itself when there is no room for both. */
    int work = s->work ? text_width(s->work, -1) + 2 : 0, room = canvas_cols(c) - 1;
    if (text && (canvas_rows(c) > 1 || text_width(text, -1) > room - work))
        work = 0;
    if (work)
        canvas_text(c, 0, canvas_cols(c) - work + 1, STYLE_WARNING, s->work);
    if (text && canvas_rows(c) > 1)
        canvas_wrap(c, 0, 1, room, canvas_rows(c), styles[s->kind], text);
    else if (text)
        canvas_cell(c, 0, 1, room - work, -1, s->message ? styles[s->kind] : STYLE_RECEIPT, text);
    s->shown = s->message != NULL;
    if (text && !s->message && !s->receipt_at)
        s->receipt_at = clock_monotonic_us();
}
