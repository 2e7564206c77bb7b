/* SPDX-License-Identifier: GPL-3.0-or-later
 * What became of a write without an answer: a new resource is looked for by its identifier, a
 * change by reading the resource and, where there is one, its history. No answer means still
 * unknown. */
#include <string.h>
#include "base/clock.h"
#include "client/outbox.h"

static void next(Write *w);

static Item *in_hand(const Write *w)
{
    return w->items->pdata[w->at];
}

static void settle_item(Write *w, WriteEvent event, const FhirResource *found)
{
    Item *item = in_hand(w);
    item_event(item, event);
    if (found) {
        fhir_resource_unref(item->out.resource);
        item->out.resource = fhir_resource_ref(found);
        item->id = item->id ? item->id : g_strdup(fhir_id(found));
    }
    w->at++;
    next(w);
}

/* The core did not say. What never left this machine is not there. */
static void unanswered(Write *w)
{
    settle_item(w, trace_never_left(w, in_hand(w)) ? ON_ABSENT : ON_SILENCE, NULL);
}

/* ---- creates ------------------------------------------------------------------------------- */

gboolean client_can_look_for(const Client *client, const char *type)
{
    return client_type(type)->identifier != IDENTIFIER_NONE && client_has_search(client, type, "identifier");
}

gboolean item_can_be_asked(const Client *client, const Item *item)
{
    return item->out.identifier && client_can_look_for(client, item->type);
}

static const FhirResource *find(const Client *client, FhirBundle *bundle, const Item *item)
{
    g_autoptr(FhirHome) home = home_of_page(client, bundle, item->type, NULL);
    for (guint i = 0; i < fhir_bundle_count(bundle); i++) {
        const FhirEntry *entry = fhir_bundle_entry(bundle, i);
        if (entry && entry->resource && g_str_equal(fhir_type(entry->resource), item->type) &&
            fhir_home_holds(home, entry->full_url) && item_holds(item, entry->resource))
            return entry->resource;
    }
    return NULL;
}

static FhirQuery *identifier_query(const Item *item)
{
    FhirQuery *query = fhir_query_new(item->type);
    fhir_query_add_token(query, "identifier", "urn:ietf:rfc:3986", item->out.identifier);
    return query;
}

/* A late arrival cannot be told from an absence: wait it out. */
static gboolean may_arrive(const Write *w, const Item *item)
{
    return clock_real_us() < item->late_until && !write_goes_again(w);
}

/* An empty list means absence only when it is whole, nothing in it was unreadable or held back, and it is an
 * answer to this question. */
static gboolean is_none(const Write *w, FhirBundle *bundle, const Item *item)
{
    g_autoptr(FhirQuery) query = identifier_query(item);
    const char *self = fhir_bundle_link(bundle, "self");
    g_auto(GStrv) dropped = self ? fhir_query_dropped(query, self) : NULL;
    return fhir_bundle_count(bundle) == 0 && fhir_bundle_skipped(bundle) == 0 && fhir_bundle_total(bundle) <= 0 &&
           !fhir_bundle_link(bundle, "next") && !(dropped && dropped[0]) &&
           !may_arrive(w, item) && g_strcmp0(fhir_bundle_type(bundle), "searchset") == 0;
}

static void on_searched(const Answer *answer, const GError *error, gpointer data)
{
    Write *w = data;
    Item *item = in_hand(w);
    g_autoptr(FhirBundle) bundle = answer ? fhir_bundle_parse(answer->body, NULL) : NULL;
    const FhirResource *found = bundle ? find(w->client, bundle, item) : NULL;
    if (found)
        settle_item(w, ON_FOUND, found);
    else if (bundle && is_none(w, bundle, item))
        settle_item(w, ON_ABSENT, NULL);
    else
        unanswered(w);
}

static gboolean is_this(const FhirResource *r, const Item *item)
{
    return r && g_str_equal(fhir_type(r), item->type) && g_strcmp0(fhir_id(r), item->id) == 0;
}

/* Where it lies is remembered: it was confirmed once, or the answer named the place. */
static void on_place(const Answer *answer, const GError *error, gpointer data)
{
    Write *w = data;
    g_autoptr(FhirResource) r = answer ? fhir_resource_parse(answer->body, NULL) : NULL;
    if (is_this(r, in_hand(w)))
        settle_item(w, ON_FOUND, r);
    else
        settle_item(w, ON_SILENCE, NULL);
}

static void ask_create(Write *w, Item *item)
{
    if (item->id) {
        g_autofree char *place = g_strdup_printf("%s/%s", item->type, item->id);
        client_call(w->client, w->client->scope, &(CallSpec){.url = place, .no_cache = TRUE}, on_place, w);
        return;
    }
    if (!item_can_be_asked(w->client, item)) {
        unanswered(w); /* what has left is for a person to decide */
        return;
    }
    g_autoptr(FhirQuery) query = identifier_query(item);
    g_autofree char *url = fhir_query_url(query);
    client_call(w->client, w->client->scope, &(CallSpec){.url = url, .no_cache = TRUE}, on_searched,
                w);
}

/* ---- changes ------------------------------------------------------------------------------- */

static void on_history(const Answer *answer, const GError *error, gpointer data)
{
    Write *w = data;
    Item *item = in_hand(w);
    g_autoptr(FhirBundle) bundle = answer ? fhir_bundle_parse(answer->body, NULL) : NULL;
    g_autoptr(FhirResource) expected = item_expected(item);
    const FhirResource *newest = NULL;
    gboolean base_seen = FALSE;
    /* the newest comes first: what lies beyond the base was there before this was written */
    for (guint i = 0; bundle && expected && !base_seen && i < fhir_bundle_count(bundle); i++) {
        const FhirEntry *entry = fhir_bundle_entry(bundle, i);
        if (!entry || !entry->resource)
            continue;
        newest = newest ? newest : entry->resource;
        base_seen = item_is_on(item, entry->resource, entry->etag);
        if (!base_seen && same_content(w, expected, entry->resource)) {
            settle_item(w, ON_FOUND, entry->resource);
            return;
        }
    }
    if (base_seen && newest)
        settle_item(w, ON_OVERTAKEN, newest);
    else
        settle_item(w, ON_SILENCE, newest);
}

static void on_current(const Answer *answer, const GError *error, gpointer data)
{
    Write *w = data;
    Item *item = in_hand(w);
    g_autoptr(FhirResource) now = answer ? fhir_resource_parse(answer->body, NULL) : NULL;
    g_autoptr(FhirResource) expected = now ? item_expected(item) : NULL;
    if (!now || !g_str_equal(fhir_type(now), item->type) ||
        g_strcmp0(fhir_id(now), item->id) != 0) {
        settle_item(w, ON_SILENCE, NULL);
    } else if (item_is_on(item, now, answer->etag)) {
        item_take_etag(item, now, answer->etag);
        settle_item(w, may_arrive(w, item) ? ON_SILENCE : ON_ABSENT, NULL);
    } else if (expected && same_content(w, expected, now)) {
        settle_item(w, ON_FOUND, now);
    } else if (client_can(w->client, item->type, "history-instance")) {
        g_autofree char *url = g_strdup_printf("%s/%s/_history", item->type, item->id);
        client_call(w->client, w->client->scope, &(CallSpec){.url = url, .no_cache = TRUE},
                    on_history, w);
    } else {
        settle_item(w, ON_SILENCE, now);
    }
}

static void ask_change(Write *w, const Item *item)
{
    g_autofree char *url = g_strdup_printf("%s/%s", item->type, item->id);
    client_call(w->client, w->client->scope, &(CallSpec){.url = url, .no_cache = TRUE}, on_current,
                w);
}

/* ---- one after another --------------------------------------------------------------------- */

/* A transaction is done whole or not at all: no part of it is called absent while another is there or
 * not known. When a part is there, what was looked for just before it arrived is looked for once more. */
static gboolean look_again(Write *w)
{
    gboolean done = FALSE, unknown = FALSE, absent = FALSE, first = !w->looked_again;
    for (guint i = 0; i < w->items->len; i++) {
        OutboxState state = ((Item *)w->items->pdata[i])->out.state;
        done = done || state == OUTBOX_CONFIRMED;
        unknown = unknown || state == OUTBOX_UNKNOWN;
        absent = absent || state == OUTBOX_PREPARED;
    }
    if (!w->transaction || !absent || !(done || unknown))
        return FALSE;
    for (guint i = 0; i < w->items->len; i++) {
        Item *item = w->items->pdata[i];
        if (item->out.state == OUTBOX_PREPARED)
            item_event(item, ON_SILENCE);
    }
    w->looked_again = w->looked_again || done;
    return done && first;
}

static void next(Write *w)
{
    while (w->at < w->items->len && in_hand(w)->out.state != OUTBOX_UNKNOWN)
        w->at++;
    if (w->at == w->items->len) {
        w->at = 0;
        if (look_again(w))
            next(w);
        else
            w->then(w);
        return;
    }
    Item *item = in_hand(w);
    if (item->kind == CLIENT_CREATE)
        ask_create(w, item);
    else
        ask_change(w, item);
}

void write_ask(Write *w, WriteStep then)
{
    w->then = then;
    w->at = 0;
    next(w);
}

/* ---- reading back -------------------------------------------------------------------------- */

static void read_next(Write *w);

static void on_read(const Answer *answer, const GError *error, gpointer data)
{
    Write *w = data;
    Item *item = in_hand(w);
    g_autoptr(FhirResource) r = answer ? fhir_resource_parse(answer->body, NULL) : NULL;
    if (r && g_str_equal(fhir_type(r), item->type) && g_strcmp0(fhir_id(r), item->id) == 0) {
        etag_note(w->client, r, answer->etag);
        item->out.resource = g_steal_pointer(&r);
        g_free(item->out.etag);
        item->out.etag = g_strdup(answer->etag);
    }
    w->at++;
    read_next(w);
}

static gboolean needs_reading(const Item *item)
{
    OutboxState state = item->out.state;
    return !item->out.resource && item->id &&
           (state == OUTBOX_CONFIRMED || state == OUTBOX_CONFLICT);
}

static void read_next(Write *w)
{
    while (w->at < w->items->len && !needs_reading(in_hand(w)))
        w->at++;
    if (w->at == w->items->len) {
        w->at = 0;
        w->then(w);
        return;
    }
    g_autofree char *url = g_strdup_printf("%s/%s", in_hand(w)->type, in_hand(w)->id);
    client_call(w->client, w->client->scope, &(CallSpec){.url = url, .no_cache = TRUE}, on_read, w);
}

void write_read_back(Write *w, WriteStep then)
{
    w->then = then;
    w->at = 0;
    read_next(w);
}
