/* SPDX-License-Identifier: GPL-3.0-or-later
 * Freshness: what is on screen is asked about again with one small request per 30 s in all, and the
 * connection is tried when a key is pressed after silence. */
#include "base/clock.h"
#include "client/search.h"

/* A core that is there answers our own Practitioner at once; a slow one still within seconds. */
enum { PERIOD_MS = 30 * 1000, SILENCE_US = G_USEC_PER_SEC, NUDGE_MS = 8 * 1000 };

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
    if (!s || search_busy(s))
        return;
    if (error)
        search_not_confirmed(s, error);
    else if (answer->status == 304)
        search_unchanged(s, TRUE);
    else
        search_page(s, answer->body, answer->etag, answer->request_id);
}

/* The answers about one search: entries @first … of @n pages. */
static void take_entries(ClientSearch *s, FhirBundle *bundle, guint first, guint n,
                         const char *request_id)
{
    const FhirEntry *entry = fhir_bundle_entry(bundle, first);
    g_autoptr(GError) error = NULL;
    guint same = 0, answered = 0;
    for (guint i = first; i < first + n; i++) {
        guint status = fhir_bundle_entry(bundle, i) ? fhir_bundle_entry(bundle, i)->status : 0;
        same += status == 304;
        gboolean expired = i > first && (status == 410 || status == 404); /* the core has forgotten its pages */
        answered += status == 304 || status == 200 || expired;
        if (status >= 400 && !error)
            error = client_error_from_outcome(status, NULL, request_id);
    }
    if (answered < n)
        search_not_confirmed(s, error);
    else if (same == n)
        search_unchanged(s, TRUE);
    else if (n > 1)
        search_again(s);
    else if (entry->resource)
        search_page(s, fhir_text(entry->resource), entry->etag, request_id);
    else
        search_not_confirmed(s, NULL);
}

static void on_batch(const Answer *answer, const GError *error, gpointer data)
{
    Poll *p = data;
    p->busy = FALSE;
    g_autoptr(FhirBundle) bundle = answer ? fhir_bundle_parse(answer->body, NULL) : NULL;
    gboolean whole = bundle && fhir_bundle_count(bundle) == p->asked->len;
    for (guint i = 0, n; i < p->asked->len; i += n) {
        ClientSearch *s = p->asked->pdata[i]; /* a callback may have ended it */
        for (n = 1; s && i + n < p->asked->len && p->asked->pdata[i + n] == s;)
            n++;
        if (!s || search_busy(s))
            continue;
        if (whole)
            take_entries(s, bundle, i, n, answer->request_id);
        else
            search_not_confirmed(s, NULL);
    }
    g_ptr_array_set_size(p->asked, 0);
}

/* ---- questions ----------------------------------------------------------------------------- */

static void ask_one(Poll *p, ClientSearch *s)
{
    g_ptr_array_add(p->asked, s);
    p->busy = TRUE;
    /* Alone, the first page cannot speak for the others. */
    const char *etag = search_questions(s) > 1 ? NULL : search_question_etag(s, 0);
    CallSpec spec = {
        .url = search_question_url(s, 0), .if_none_match = etag, .no_cache = TRUE, .tries = 1};
    client_call(p->client, p->client->scope, &spec, on_one, p);
}

static void ask_all(Poll *p)
{
    g_autoptr(FhirTx) batch = fhir_tx_new("batch");
    for (guint i = 0; i < p->watches->len; i++) {
        ClientSearch *s = p->watches->pdata[i];
        for (guint k = 0; k < search_questions(s); k++) {
            g_ptr_array_add(p->asked, s);
            fhir_tx_add(batch, "GET", search_question_url(s, k), NULL, search_question_etag(s, k), NULL);
        }
    }
    g_autoptr(GBytes) body = fhir_tx_finish(batch);
    if (!p->asked->len)
        return;
    p->busy = TRUE;
    client_call(p->client, p->client->scope,
                &(CallSpec){.method = NET_POST, .url = "", .body = body}, on_batch, p);
}

static gboolean on_period(gpointer data)
{
    Poll *p = data;
    /* A whole period without an answer: what is on screen says its age. */
    for (guint i = 0; p->busy && i < p->asked->len; i++)
        if (p->asked->pdata[i])
            search_not_confirmed(p->asked->pdata[i], NULL);
    if (p->busy || p->watches->len == 0)
        return G_SOURCE_CONTINUE;
    gboolean several = p->watches->len > 1 || search_questions(p->watches->pdata[0]) > 1;
    if (several && p->client->dialect.batch) {
        ask_all(p);
        return G_SOURCE_CONTINUE;
    }
    ClientSearch *s = p->watches->pdata[p->turn++ % p->watches->len];
    if (!search_busy(s) && search_questions(s))
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
                &(CallSpec){.url = url, .if_none_match = p->nudge_etag, .tries = 1, .timeout_ms = NUDGE_MS}, on_nudge, p);
}
