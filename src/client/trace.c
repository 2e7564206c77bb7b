/* SPDX-License-Identifier: GPL-3.0-or-later
 * What this machine remembers of an identifier: whether anything under it has ever left, and what became
 * of that. The rows of the outbox know it while they are there; of what was confirmed a mark stays. */
#include <string.h>

#include "client/outbox.h"

static void may_be_there(Trace *t, Instant late_until)
{
    t->kind = MAX(t->kind, TRACE_LEFT);
    t->late_until = MAX(t->late_until, late_until);
}

static void is_there(Trace *t, const char *id)
{
    t->kind = TRACE_DONE;
    if (!t->id)
        t->id = g_strdup(id);
}

/* A write that has begun to go out here may be with the core before its row says so. One that waits only
 * because of another does not count: it never left. */
static void take(Trace *t, const Write *other, const Item *mine)
{
    Instant late = other->sent > 0 ? other->sent + WRITE_LATE_US : 0;
    for (guint i = 0; i < other->items->len; i++) {
        const Item *item = other->items->pdata[i];
        if (item->kind != CLIENT_CREATE || !g_str_equal(item->type, mine->type) ||
            g_strcmp0(item->out.identifier, mine->out.identifier) != 0)
            continue;
        switch (item->out.state) {
        case OUTBOX_CONFIRMED:
            is_there(t, item->id);
            break;
        case OUTBOX_PREPARED:
        case OUTBOX_SENDING:
        case OUTBOX_UNKNOWN:
            if (other->begun)
                may_be_there(t, G_MAXINT64); /* it may go out at any moment */
            else if (item->left)
                may_be_there(t, MAX(late, item->late_until));
            break;
        case OUTBOX_CONFLICT:
        case OUTBOX_REFUSED:
            break; /* surely not done */
        }
    }
}

typedef struct {
    Trace *trace;
    const Write *w;
    const Item *item;
} Look;

static void look_at_row(const ClientOutboxRow *row, gpointer data)
{
    Look *l = data;
    Client *client = l->w->client;
    gsize len;
    const char *text = g_bytes_get_data(row->body, &len);
    if (g_str_equal(row->id, l->w->id) || g_hash_table_contains(client->writing, row->id) ||
        !g_strstr_len(text, (gssize)len, l->item->out.identifier))
        return;
    Write *other = write_new(client, row->id, row->patient);
    if (write_from_text(other, row->body))
        take(l->trace, other, l->item);
    else
        may_be_there(l->trace, 0); /* it names the identifier, and nobody can read what became of it */
    write_free(other);
}

Trace trace_of(const Write *w, const Item *item)
{
    Trace t = {TRACE_NONE, NULL, 0};
    Client *client = w->client;
    g_autofree char *where = client->store->sent_get(client->store_data, item->out.identifier);
    const char *slash = where ? strchr(where, '/') : NULL;
    if (where)
        is_there(&t, slash ? slash + 1 : NULL);
    GHashTableIter iter;
    gpointer other;
    g_hash_table_iter_init(&iter, client->writing);
    while (g_hash_table_iter_next(&iter, NULL, &other))
        if (other != w)
            take(&t, other, item);
    Look look = {&t, w, item};
    client->store->outbox_each(client->store_data, look_at_row, &look);
    return t;
}

void trace_clear(Trace *t)
{
    g_clear_pointer(&t->id, g_free);
}

gboolean trace_never_left(const Write *w, const Item *item)
{
    g_auto(Trace) t = trace_of(w, item);
    return !item->left && t.kind == TRACE_NONE;
}

/* ---- what an earlier attempt has changed ---------------------------------------------------- */

static gboolean same_whole(const Write *w, const Write *other)
{
    for (guint i = 0; i < w->items->len; i++)
        for (guint k = 0; k < other->items->len; k++) {
            const Item *a = w->items->pdata[i], *b = other->items->pdata[k];
            if (a->kind == CLIENT_CREATE && b->kind == CLIENT_CREATE && g_strcmp0(a->out.identifier, b->out.identifier) == 0)
                return TRUE;
        }
    return FALSE;
}

static gboolean same_base(const Item *a, const Item *b)
{
    return a->base && b->base ? g_str_equal(a->base, b->base) : g_strcmp0(a->if_match, b->if_match) == 0;
}

static gboolean same_change(const Item *a, const Write *other, const Item *b)
{
    if (a->kind == CLIENT_CREATE || a->kind != b->kind || !same_base(a, b) ||
        g_strcmp0(a->type, b->type) != 0 || g_strcmp0(a->id, b->id) != 0)
        return FALSE;
    g_autoptr(FhirResource) x = item_expected(a), y = item_expected(b);
    return x && y && same_content(other, x, y);
}

static gboolean take_changes(Write *w, const Write *other)
{
    gboolean any = FALSE;
    for (guint i = 0; same_whole(w, other) && i < w->items->len; i++)
        for (guint k = 0; k < other->items->len; k++) {
            Item *mine = w->items->pdata[i];
            const Item *done = other->items->pdata[k];
            if (mine->out.state != OUTBOX_PREPARED || done->out.state != OUTBOX_CONFIRMED || !done->answered ||
                !same_change(mine, other, done))
                continue;
            item_event(mine, ON_TAKEN_OVER);
            any = TRUE;
        }
    return any;
}

/* Its row goes: what this one would make new may be there from then, and is asked about for as long. */
static void take_doubts(Write *w, const Write *other)
{
    for (guint i = 0; i < w->items->len; i++)
        for (guint k = 0; k < other->items->len; k++) {
            Item *mine = w->items->pdata[i];
            const Item *theirs = other->items->pdata[k];
            gboolean may_be = theirs->out.state == OUTBOX_CONFIRMED || (theirs->out.state == OUTBOX_UNKNOWN && theirs->left);
            if (mine->kind != CLIENT_CREATE || mine->out.state != OUTBOX_PREPARED || theirs->kind != CLIENT_CREATE || !may_be ||
                g_strcmp0(mine->out.identifier, theirs->out.identifier) != 0)
                continue;
            item_event(mine, ON_SILENCE);
            mine->left = TRUE;
            mine->late_until = theirs->late_until;
            mine->id = g_strdup(theirs->id);
            w->last = i;
            w->sent = other->sent;
        }
}

typedef struct {
    Write *w;
    char *row;
} TakeOver;

static void take_from_row(const ClientOutboxRow *row, gpointer data)
{
    TakeOver *t = data;
    Client *client = t->w->client;
    if (t->row || g_str_equal(row->id, t->w->id) || g_hash_table_contains(client->writing, row->id) ||
        g_strcmp0(row->patient, t->w->patient) != 0)
        return;
    Write *other = write_new(client, row->id, row->patient);
    if (write_from_text(other, row->body) && take_changes(t->w, other)) {
        take_doubts(t->w, other);
        t->row = g_strdup(row->id);
    }
    write_free(other);
}

char *trace_take_over(Write *w)
{
    TakeOver t = {w, NULL};
    gboolean may = FALSE; /* a whole of a change and something new that depends on it */
    for (guint i = 0; i < w->items->len; i++)
        may = may || ((Item *)w->items->pdata[i])->kind != CLIENT_CREATE;
    if (may && w->items->len > 1)
        w->client->store->outbox_each(w->client->store_data, take_from_row, &t);
    return t.row;
}

gboolean trace_did_before(const Write *w, const Item *item)
{
    gboolean before = FALSE;
    for (guint i = 0; i < w->items->len; i++) {
        const Item *one = w->items->pdata[i];
        before = before || (one->kind == CLIENT_CREATE && one->out.state == OUTBOX_CONFIRMED && !one->answered);
    }
    g_autoptr(FhirResource) meant = before && !item->back ? item_expected(item) : NULL;
    return meant && same_content(w, meant, item->out.resource);
}

char *trace_mark(const Item *item)
{
    if (item->kind != CLIENT_CREATE || item->out.state != OUTBOX_CONFIRMED || !item->id || !item->out.identifier)
        return NULL;
    return g_strconcat(item->type, "/", item->id, NULL);
}
