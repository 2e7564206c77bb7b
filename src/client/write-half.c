/* SPDX-License-Identifier: GPL-3.0-or-later
 * Of writes that go one by one only some were done: what may not stand alone is taken back. */
#include "client/outbox.h"

gboolean write_takes_back(const Write *w)
{
    for (guint i = 0; i < w->items->len; i++)
        if (((Item *)w->items->pdata[i])->undo)
            return TRUE;
    return FALSE;
}

/* Surely not all of it was done, and something of it that should not stand alone. */
static gboolean is_half(const Write *w)
{
    gboolean done = FALSE, not_done = FALSE;
    for (guint i = 0; i < w->items->len; i++) {
        const Item *item = w->items->pdata[i];
        if (item->out.state == OUTBOX_UNKNOWN || item->out.state == OUTBOX_SENDING)
            return FALSE;
        done = done || (item->out.state == OUTBOX_CONFIRMED && item->back);
        not_done = not_done || item->out.state != OUTBOX_CONFIRMED;
    }
    return done && not_done;
}

/* From here on nothing else of it is sent, ever: that, and what takes back, go to the disk in one. */
gboolean write_take_back(Write *w)
{
    guint n = w->items->len;
    if (w->transaction || !w->begun || write_takes_back(w) || !is_half(w))
        return FALSE;
    for (guint i = 0; i < n; i++) {
        const Item *item = w->items->pdata[i];
        Item *undo = item->out.state == OUTBOX_CONFIRMED ? item_undo(item) : NULL;
        if (undo)
            g_ptr_array_add(w->items, undo);
    }
    if (!write_takes_back(w))
        return FALSE; /* a person sees what stands, and may go on with the rest */
    for (guint i = 0; i < n; i++)
        if (((Item *)w->items->pdata[i])->out.state == OUTBOX_PREPARED)
            item_event(w->items->pdata[i], ON_GIVEN_UP);
    w->resent = FALSE;
    return TRUE;
}

/* Of what takes back: how much of it is not done yet, and whether something cannot be. */
ClientHalf write_half_of(const Write *w)
{
    gboolean ended = !w->transaction && is_half(w), undoing = write_takes_back(w);
    guint stand = 0, later = 0;
    for (guint i = 0; i < w->items->len; i++) {
        const Item *item = w->items->pdata[i];
        OutboxState state = item->out.state;
        gboolean settled = state != OUTBOX_PREPARED && state != OUTBOX_SENDING && state != OUTBOX_UNKNOWN;
        ended = ended && (settled || item->undo);
        later += item->undo && !settled;
        stand += !item->undo && item->back && state == OUTBOX_CONFIRMED;
        stand -= item->undo && state != OUTBOX_REFUSED;
    }
    return later ? CLIENT_HALF_LATER : stand && (undoing || ended) ? CLIENT_HALF_STAYS
         : undoing                      ? CLIENT_HALF_BACK : CLIENT_HALF_NONE;
}

/* Something has been changed for a whole that is not done: a repeat would only meet its own change. */
gboolean write_is_half_done(const Write *w)
{
    gboolean changed = FALSE;
    for (guint i = 0; i < w->items->len; i++) {
        const Item *item = w->items->pdata[i];
        changed = changed || (item->kind != CLIENT_CREATE && item->out.state == OUTBOX_CONFIRMED);
    }
    return changed && write_half_of(w) != CLIENT_HALF_BACK && write_state(w) != OUTBOX_CONFIRMED;
}
