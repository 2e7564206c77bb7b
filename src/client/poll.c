/* SPDX-License-Identifier: GPL-3.0-or-later
 * Freshness: what is on screen is asked about again with one small request per 30 s in all, and the
 * connection is tried when a key is pressed after silence. */
#include "base/clock.h"
#include "client/internal.h"

enum { PERIOD_MS = 30 * 1000, SILENCE_US = G_USEC_PER_SEC };

struct Poll {
    Client *client;
    GPtrArray *watches; /* ClientSearch* */
    GPtrArray *asked;   /* ClientSearch* of the request under way; NULL where the search is gone */
    guint timer, turn;
    gboolean busy;
    gint64 nudged; /* monotonic */
    char *nudge_etag;
};

Poll *poll_new(Client *client)
{
    Poll *p = g_new0(Poll, 1);
    p->client = client;
    p->watches = g_ptr_array_new();
    p->asked = g_ptr_array_new();
    p->nudged = -SILENCE_US;
    return p;
}

void poll_free(Poll *p)
{
    clock_timer_cancel(p->timer);
    g_ptr_array_unref(p->watches);
    g_ptr_array_unref(p->asked);
    g_free(p->nudge_etag);
    g_free(p);
}

/* ---- answers ------------------------------------------------------------------------------- */

static void on_one(const Answer *answer, const GError *error, gpointer data)
{
    Poll *p = data;
    p->busy = FALSE;
    ClientSearch *s = p->asked->len ? p->asked->pdata[0] : NULL;
    g_ptr_array_set_size(p->asked, 0);
    if (!s || error || search_busy(s))
        return;
    if (answer->status == 304)
        search_unchanged(s, TRUE);
    else
        search_page(s, answer->body, answer->etag, answer->request_id);
}

static void on_batch(const Answer *answer, const GError *error, gpointer data)
{
    Poll *p = data;
    p->busy = FALSE;
    g_autoptr(FhirBundle) bundle = answer ? fhir_bundle_parse(answer->body, NULL) : NULL;
    guint n = bundle && fhir_bundle_count(bundle) == p->asked->len ? p->asked->len : 0;
    for (guint i = 0; i < n; i++) {
        ClientSearch *s = p->asked->pdata[i]; /* a callback may have ended it */
        const FhirEntry *entry = fhir_bundle_entry(bundle, i);
        if (!s || !entry || search_busy(s))
            continue;
        if (entry->status == 304)
            search_unchanged(s, TRUE);
        else if (entry->status == 200 && entry->resource)
            search_page(s, fhir_text(entry->resource), entry->etag, answer->request_id);
    }
    g_ptr_array_set_size(p->asked, 0);
}

/* ---- questions ----------------------------------------------------------------------------- */

static void ask_one(Poll *p, ClientSearch *s)
{
    g_ptr_array_add(p->asked, s);
    p->busy = TRUE;
    CallSpec spec = {
        .url = search_url(s), .if_none_match = search_etag(s), .no_cache = TRUE, .tries = 1};
    client_call(p->client, p->client->scope, &spec, on_one, p);
}

static void ask_all(Poll *p)
{
    g_autoptr(FhirTx) batch = fhir_tx_new("batch");
    for (guint i = 0; i < p->watches->len; i++) {
        ClientSearch *s = p->watches->pdata[i];
        g_ptr_array_add(p->asked, s);
        fhir_tx_add(batch, "GET", search_url(s), NULL, search_etag(s), NULL);
    }
    g_autoptr(GBytes) body = fhir_tx_finish(batch);
    p->busy = TRUE;
    client_call(p->client, p->client->scope,
                &(CallSpec){.method = NET_POST, .url = "", .body = body}, on_batch, p);
}

static gboolean on_period(gpointer data)
{
    Poll *p = data;
    if (p->busy || p->watches->len == 0)
        return G_SOURCE_CONTINUE;
    if (p->watches->len > 1 && p->client->dialect.batch) {
        ask_all(p);
        return G_SOURCE_CONTINUE;
    }
    ClientSearch *s = p->watches->pdata[p->turn++ % p->watches->len];
    if (!search_busy(s))
        ask_one(p, s);
    return G_SOURCE_CONTINUE;
}

void poll_add(Poll *p, ClientSearch *search)
{
    g_ptr_array_add(p->watches, search);
    if (!p->timer)
        p->timer = clock_timer_add(PERIOD_MS, on_period, p);
}

void poll_remove(Poll *p, ClientSearch *search)
{
    g_ptr_array_remove(p->watches, search);
    for (guint i = 0; i < p->asked->len; i++)
        if (p->asked->pdata[i] == search)
            p->asked->pdata[i] = NULL;
    if (p->watches->len == 0) {
        clock_timer_cancel(p->timer);
        p->timer = 0;
    }
}

static void on_nudge(const Answer *answer, const GError *error, gpointer data)
{
    Poll *p = data;
    p->busy = FALSE;
    if (!answer || answer->status == 304)
        return;
    g_free(p->nudge_etag);
    p->nudge_etag = g_strdup(answer->etag);
}

/* Our own Practitioner is the smallest thing that asks core, token and connection at once. */
void client_nudge(Client *client)
{
    Poll *p = client->poll;
    const char *me = client->identity.practitioner_id;
    gint64 now = clock_monotonic_us(), age = client_age_us(client);
    if (!me || p->busy || (age >= 0 && age <= SILENCE_US) || now - p->nudged < SILENCE_US)
        return;
    p->nudged = now;
    p->busy = TRUE;
    g_autofree char *url = g_strconcat("Practitioner/", me, NULL);
    client_call(client, client->scope,
                &(CallSpec){.url = url, .if_none_match = p->nudge_etag, .tries = 1}, on_nudge, p);
}
