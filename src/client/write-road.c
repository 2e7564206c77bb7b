/* SPDX-License-Identifier: GPL-3.0-or-later
 * The road of a write: on disk, on its way, answered or asked about, told. */
#include <string.h>

#include "base/clock.h"
#include "base/event.h"
#include "base/log.h"
#include "client/send.h"

static void step(Write *w);
static void ask(Write *w);
static void settle(Write *w);
static void finish(Write *w);
static void remember(Write *w);
static void on_remembered(Write *w);

/* ---- the outbox ---------------------------------------------------------------------------- */

typedef struct {
    Write *w; /* NULL when the write has gone before the disk answered */
    WriteStep then;
} Pending;

/* What is not out yet does not go out; what is out is settled all the same. */
static WriteStep not_stored(Write *w, WriteStep then)
{
    if (then == ask || then == finish)
        return then;
    if (then == on_remembered)
        return finish; /* the row stays instead of the mark */
    for (guint i = 0; i < w->items->len; i++) {
        Item *item = w->items->pdata[i];
        if (item->out.state == OUTBOX_SENDING)
            item_event(item, ON_NEVER_SENT);
    }
    return settle;
}

static void on_put(const GError *error, gpointer data)
{
    Pending *p = data;
    Write *w = p->w;
    WriteStep then = p->then;
    g_free(p);
    if (!w)
        return;
    w->pending = NULL;
    if (error) {
        log_event(LOG_ERROR, "outbox", "row not written");
        if (!w->error)
            w->error = client_error_make(CLIENT_ERROR_STORE);
        then = not_stored(w, then);
    }
    event_emit(&(Event){.kind = EVENT_OUTBOX, .patient = w->patient});
    then(w);
}

static Pending *pending_new(Write *w, WriteStep then)
{
    Pending *p = g_new(Pending, 1);
    *p = (Pending){w, then};
    w->pending = &p->w;
    return p;
}

static void put(Write *w, WriteStep then)
{
    g_autoptr(GBytes) body = write_to_text(w);
    ClientOutboxRow row = {w->id, w->patient, write_state(w), w->created, body};
    w->client->store->outbox_put(w->client->store_data, &row, on_put, pending_new(w, then));
}

static gboolean on_unchanged(gpointer data)
{
    on_put(NULL, data);
    return G_SOURCE_REMOVE;
}

/* ---- telling ------------------------------------------------------------------------------- */

static void finish(Write *w)
{
    Client *c = w->client;
    g_autoptr(GPtrArray) outs = g_ptr_array_new();
    ClientWriteResult result = write_result(w, outs);
    if (result.all_confirmed)
        g_clear_error(&w->error); /* silence was resolved */
    write_announce(w);
    g_hash_table_remove(c->writing, w->id);
    event_emit(&(Event){.kind = EVENT_OUTBOX, .patient = w->patient});
    scope_remove(c->scope, w->client_scope_id);
    follow_tell(w, &result); /* may close the caller's scope */
    if (w->scope)
        scope_remove(w->scope, w->scope_id);
    w->scope = NULL;
    if (w->settled)
        w->settled(w, w->settled_data);
    if (w->fn)
        w->fn(&result, w->error, w->data); /* may end the client: only @w itself is touched after this */
    w->client = NULL;
    write_free(w);
}

/* ---- the road ------------------------------------------------------------------------------ */

/* Nothing of it has left because an earlier one under the same identifier may have: that one is listed. */
static gboolean only_waits_for_another(const Write *w)
{
    gboolean any = FALSE;
    for (guint i = 0; i < w->items->len; i++) {
        const Item *item = w->items->pdata[i];
        any = any || item->left || item->out.state == OUTBOX_CONFIRMED;
    }
    return !any && !w->resumed && write_state(w) == OUTBOX_UNKNOWN;
}

static void on_remembered(Write *w)
{
    w->at++;
    remember(w);
}

/* Before the row goes: its draft may outlive this moment. */
static void remember(Write *w)
{
    for (; w->at < w->items->len; w->at++) {
        const Item *item = w->items->pdata[w->at];
        g_autofree char *where = trace_mark(item);
        if (where) {
            w->client->store->sent_put(w->client->store_data, item->out.identifier, where, on_put,
                                       pending_new(w, on_remembered));
            return;
        }
    }
    w->client->store->outbox_remove(w->client->store_data, w->id);
    finish(w);
}

/* Asking again changed nothing: the disk need not hear of it. */
static gboolean is_as_stored(const Write *w)
{
    g_autoptr(GBytes) now = w->stored ? write_to_text(w) : NULL;
    return now && g_bytes_equal(now, w->stored);
}

/* Done, or somebody is told now that it is not done: the row has served. What ended otherwise while
 * nobody listened (asked about after a crash, or the caller has gone) stays for a person to see, and so
 * does what is half done. */
static void close_row(Write *w)
{
    OutboxState state = write_state(w);
    gboolean followed = follow_waits(w), untold = !w->fn && !followed && state != OUTBOX_CONFIRMED;
    gboolean not_sent = state == OUTBOX_PREPARED && w->resumed && !followed; /* who follows has the draft of it */
    gboolean keep = untold || state == OUTBOX_UNKNOWN || not_sent || write_is_half_done(w);
    gboolean owed = write_half_of(w) == CLIENT_HALF_LATER;
    if (!w->forgotten && (owed || (keep && !w->given_up && !only_waits_for_another(w)))) {
        w->given_up = w->given_up || (owed && w->fn); /* who is told now need not be told again */
        if (owed || state == OUTBOX_UNKNOWN)
            outbox_ask_later(w->client);
        if (is_as_stored(w))
            g_idle_add(on_unchanged, pending_new(w, finish)); /* told later, as after a put */
        else
            put(w, finish);
        return;
    }
    w->at = 0;
    remember(w);
}

/* A conflict that turns out to be none of this item's making (the version we know is still there), or our own. */
static void look_at_conflicts(Write *w)
{
    if (write_takes_etags(w)) {
        put(w, step);
        return;
    }
    for (guint i = 0; i < w->items->len; i++) {
        Item *item = w->items->pdata[i];
        if (item->out.state != OUTBOX_CONFLICT || w->items->len == 1)
            continue;
        if (item->kind == CLIENT_CREATE && w->transaction)
            item_event(item, ON_REFUSED); /* nothing of it was done, and a new resource has no rival version */
        if (item->out.state != OUTBOX_CONFLICT || !item->out.resource)
            continue;
        if (item_is_on(item, item->out.resource, item->out.etag))
            item_event(item, ON_REFUSED);
        else if (trace_did_before(w, item)) {
            item_event(item, ON_FOUND);
            g_ptr_array_set_size(item->out.issues, 0); /* of the refusal */
        }
    }
    w->begun = w->begun || w->forgotten;
    if (write_take_back(w)) {
        w->given_up = w->given_up || w->forgotten;
        w->forgotten = FALSE;
        step(w);
    } else {
        close_row(w);
    }
}

static void settle(Write *w)
{
    write_read_back(w, look_at_conflicts);
}

/* References to items that are made one by one get their real ids before the next goes out. */
static void resolve_references(Write *w, const Item *made)
{
    if (!made->full_url || !made->id)
        return;
    g_autofree char *from = g_strconcat("\"", made->full_url, "\"", NULL);
    g_autofree char *to = g_strconcat("\"", made->type, "/", made->id, "\"", NULL);
    for (guint i = 0; i < w->items->len; i++) {
        Item *item = w->items->pdata[i];
        gsize len;
        const char *bytes = g_bytes_get_data(fhir_text(item->resource), &len);
        if (item->out.state != OUTBOX_PREPARED || !g_strstr_len(bytes, (gssize)len, from))
            continue;
        g_autoptr(GString) text = g_string_new_len(bytes, (gssize)len);
        g_string_replace(text, from, to, 0);
        g_autoptr(GBytes) changed = g_bytes_new(text->str, text->len);
        FhirResource *r = fhir_resource_parse(changed, NULL);
        if (r) {
            fhir_resource_unref(item->resource);
            item->resource = r;
        }
    }
}

static gboolean is_guarded(const Write *w, const Item *item)
{
    return item->kind != CLIENT_CREATE || (client_type(item->type)->identifier != IDENTIFIER_NONE &&
                                           client_has_conditional_create(w->client, item->type));
}

/* A Provenance that is simply added would be added twice, unless the whole cannot pass a second time. */
static gboolean provenance_is_guarded(const Write *w, gboolean transaction)
{
    gboolean changes = FALSE, guarded = TRUE;
    for (guint i = 0; transaction && i < w->items->len; i++) {
        const Item *item = w->items->pdata[i];
        g_autofree char *id = item->provenance ? write_provenance_id(w->client, item) : NULL;
        changes = changes || item->kind != CLIENT_CREATE;
        guarded = guarded && (!item->provenance || id);
    }
    return changes || guarded;
}

/* Only when the core itself would stop a second one: of what this write has sent, or an earlier one under the same
 * identifier that may still be under way. Before its own first sending it must be one whole: of several one by one
 * nobody could tell whose part was there. */
gboolean write_goes_again(const Write *w)
{
    gboolean first = w->sent == 0, transaction = first ? w->client->dialect.transaction : w->transaction;
    if (w->resumed || w->resent || (first && !transaction && w->items->len > 1) || !provenance_is_guarded(w, transaction))
        return FALSE;
    for (guint i = 0; i < w->items->len; i++)
        if ((transaction || i == w->last) && !is_guarded(w, w->items->pdata[i]))
            return FALSE;
    return TRUE;
}

static gboolean may_resend(const Write *w)
{
    for (guint i = 0; i < w->items->len; i++)
        if ((w->transaction || i == w->last) && ((Item *)w->items->pdata[i])->out.state != OUTBOX_PREPARED)
            return FALSE;
    return write_goes_again(w);
}

static void on_asked(Write *w)
{
    Item *item = w->items->pdata[w->last];
    /* a change is known by its words only, and somebody else may have written the same: what depends on it
     * does not follow by itself */
    if (w->forgotten) {
        settle(w);
    } else if (!w->transaction && !w->resumed && item->kind == CLIENT_CREATE && item->out.state == OUTBOX_CONFIRMED) {
        resolve_references(w, item);
        step(w);
    } else if (may_resend(w)) {
        w->resent = TRUE;
        log_event(LOG_INFO, "outbox",
                  "the core does not have the write: sent once more under its condition");
        put(w, step);
    } else if (w->resumed && write_takes_back(w) && write_half_of(w) == CLIENT_HALF_LATER && write_state(w) != OUTBOX_UNKNOWN) {
        step(w); /* surely not taken back yet */
    } else {
        settle(w);
    }
}

static void ask(Write *w)
{
    write_ask(w, on_asked);
}

static void on_transaction_answered(Write *w)
{
    if (w->apart)
        put(w, step);
    else if (write_state(w) == OUTBOX_UNKNOWN)
        put(w, ask);
    else
        settle(w);
}

static void on_item_answered(Write *w)
{
    Item *item = w->items->pdata[w->at];
    if (item->out.state == OUTBOX_CONFIRMED) {
        resolve_references(w, item);
        step(w);
    } else if (item->out.state == OUTBOX_UNKNOWN) {
        w->last = w->at;
        put(w, ask);
    } else {
        settle(w); /* the rest depends on it: not sent */
    }
}

static void send_transaction(Write *w)
{
    write_send_transaction(w, on_transaction_answered);
}

static void send_item(Write *w)
{
    write_send_item(w, on_item_answered);
}

/* What may have been begun under its identifier is asked about before anything goes out; what never left
 * goes, on a core that can be asked and would not stop a second one only when the core has none. */
static gboolean ask_before(Write *w)
{
    gboolean any = FALSE;
    for (guint i = 0; i < w->items->len; i++) {
        Item *item = w->items->pdata[i];
        if (!item->ask_first || item->out.state != OUTBOX_PREPARED || item->kind != CLIENT_CREATE)
            continue;
        g_auto(Trace) t = trace_of(w, item);
        item->late_until = MAX(item->late_until, t.late_until);
        if (t.kind == TRACE_NONE &&
            (client_has_conditional_create(w->client, item->type) || !item_can_be_asked(w->client, item)))
            continue;
        if (t.kind == TRACE_DONE && !item->id)
            item->id = g_steal_pointer(&t.id);
        item->ask_first = FALSE;
        item_event(item, ON_SILENCE);
        any = TRUE;
    }
    return any;
}

static void step(Write *w)
{
    Item *item = NULL;
    for (w->at = 0; w->at < w->items->len && !item; w->at++) {
        Item *one = w->items->pdata[w->at];
        if (one->out.state == OUTBOX_PREPARED)
            item = one;
    }
    if (!item) {
        settle(w);
        return;
    }
    w->at--;
    w->sent = clock_real_us();
    if (!w->transaction) {
        item_event(item, ON_SEND);
        put(w, send_item);
        return;
    }
    for (guint i = 0; i < w->items->len; i++)
        item_event(w->items->pdata[i], ON_SEND);
    put(w, send_transaction);
}

/* All together where the core can, unless a part of it is already done. */
static void go_out(Write *w)
{
    w->transaction = w->client->dialect.transaction;
    for (guint i = 0; i < w->items->len; i++) {
        Item *item = w->items->pdata[i];
        if (item->out.state != OUTBOX_PREPARED) {
            w->transaction = FALSE;
            resolve_references(w, item);
        }
        if (item->patch && !client_can(w->client, item->type, "update"))
            w->transaction = FALSE; /* it takes a PATCH, which goes alone */
    }
    step(w);
}

static void on_asked_before(Write *w)
{
    if (write_state(w) == OUTBOX_PREPARED)
        go_out(w);
    else
        settle(w);
}

static void begin(Write *w)
{
    if (ask_before(w) || write_state(w) == OUTBOX_UNKNOWN)
        write_ask(w, on_asked_before);
    else
        go_out(w);
}

/* Now that this row says the same of it. */
static void replace_earlier(Write *w)
{
    w->client->store->outbox_remove(w->client->store_data, w->earlier);
    begin(w);
}

static void start(Write *w)
{
    w->begun = TRUE;
    w->transaction = FALSE; /* nothing of it has gone out together */
    w->earlier = trace_take_over(w);
    if (w->earlier)
        put(w, replace_earlier);
    else
        begin(w);
}

void write_go(Write *w)
{
    put(w, start);
}

void write_find_out(Write *w)
{
    ask(w);
}

gboolean write_give_up(Write *w)
{
    w->begun = TRUE;
    if (!write_take_back(w))
        return FALSE;
    w->given_up = TRUE;
    write_begin(w);
    step(w);
    return TRUE;
}
