/* SPDX-License-Identifier: GPL-3.0-or-later
 * What may be asked, and how a search or read begins: logged first, then cache and core. */
#include "client/query.h"

#include <string.h>

#include "base/limits.h"
#include "client/search.h"

/* ---- beginning ----------------------------------------------------------------------------- */

static gboolean on_ask(gpointer data)
{
    ClientSearch *s = data;
    s->idle = 0;
    if (s->unasked) {
        search_set_unasked(s, FALSE);
        search_fetch(s, s->url, search_is_one_page(s) ? s->cached_etag : NULL);
    }
    return G_SOURCE_REMOVE;
}

static gboolean on_start(gpointer data)
{
    ClientSearch *s = data;
    s->idle = 0;
    if (s->early) {
        search_tell(s, NULL, s->early, TRUE);
        return G_SOURCE_REMOVE;
    }
    g_autoptr(GBytes) cached = g_steal_pointer(&s->cached);
    if (s->unasked)
        s->idle = g_idle_add_full(G_PRIORITY_LOW, on_ask, s, NULL);
    if (cached)
        search_take_body(s, cached, TRUE, s->cached_etag, NULL, s->cached_at);
    else if (s->flags & CLIENT_CACHED) {
        g_autoptr(GError) none = client_error_make(CLIENT_ERROR_NOT_FOUND);
        search_tell(s, NULL, none, TRUE);
    }
    return G_SOURCE_REMOVE;
}

static ClientSearch *search_new(Client *client, Scope *scope, PatientCtx *ctx, Kind kind,
                                const char *type, ClientFlags flags, ClientResultFn fn,
                                gpointer data)
{
    ClientSearch *s = g_new0(ClientSearch, 1);
    s->refs = 1;
    s->client = client;
    s->scope = scope;
    s->scope_id = scope_add(scope, search_scope_closed, s);
    s->inner = scope_new();
    s->ctx = ctx ? patient_ctx_ref(ctx) : NULL;
    s->kind = kind;
    s->type = g_strdup(type);
    s->flags = flags;
    s->fn = fn;
    s->data = data;
    return s;
}

/* A cached page read before a write of ours is no longer the truth while the core can be asked. What the
 * cache can answer is painted before the core is asked: the asking is no work before the first picture. */
static void start(ClientSearch *s)
{
    s->key = g_strconcat(s->client->cache_prefix, s->url, NULL);
    search_new_round(s);
    if (!s->early && !(s->flags & CLIENT_FRESH))
        search_look_in_cache(s);
    Instant written = client_written_at(s->client, search_patient(s));
    if (s->cached && s->client->online && !(s->flags & CLIENT_CACHED) && s->cached_at <= written) {
        g_clear_pointer(&s->cached, g_bytes_unref);
        g_clear_pointer(&s->cached_etag, g_free);
    }
    s->idle = g_idle_add_full(G_PRIORITY_DEFAULT, on_start, s, NULL);
    if (s->early || (s->flags & CLIENT_CACHED))
        return;
    if (s->cached && g_bytes_get_size(s->cached) <= LIMIT_WORKER_BYTES)
        search_set_unasked(s, TRUE);
    else
        search_fetch(s, s->url, NULL);
}

static void on_logged(const GError *error, gpointer data)
{
    ClientSearch *s = data;
    s->waiting = FALSE;
    s->early = error ? g_error_copy(error) : NULL;
    if (s->watched && !error)
        poll_add(s->client->poll, s);
    start(s);
}

/* Neither cache nor core is asked before the event is on the disk. */
static void start_logged(ClientSearch *s, AuditEntry *entry)
{
    s->waiting = TRUE;
    audit_await(entry, s->scope, on_logged, s);
}

/* ---- what may be asked --------------------------------------------------------------------- */

static gboolean names_patient(const FhirQuery *query, const char *id)
{
    static const char *const about[] = {"patient", "subject", "actor", "_id",
                                        "target",  "entity",  "focus", "for"};
    g_autofree char *url = fhir_query_url(query);
    const char *mark = strchr(url, '?');
    g_autoptr(GPtrArray) params = fhir_query_parse(mark ? mark + 1 : "", NULL);
    for (guint i = 0; params && i < params->len; i++) {
        const FhirParam *p = params->pdata[i];
        for (guint n = 0; n < G_N_ELEMENTS(about); n++) {
            if (!g_str_equal(p->name, about[n]) || !p->values[0] || p->values[1])
                continue;
            const char *value = p->values[0];
            if (g_str_has_prefix(value, "Patient/"))
                value += strlen("Patient/");
            if (g_str_equal(value, id))
                return TRUE;
        }
    }
    return FALSE;
}

static char *with_count(const Client *client, const char *url)
{
    if (strstr(url, "?_count=") || strstr(url, "&_count=") || strstr(url, "?_id=") ||
        strstr(url, "&_id="))
        return g_strdup(url);
    return g_strdup_printf("%s%c_count=%u", url, strchr(url, '?') ? '&' : '?',
                           client->dialect.page_size);
}

/* What the answer's self link is held against. */
static FhirQuery *question(const char *type, const char *url)
{
    FhirQuery *asked = fhir_query_new(type);
    const char *mark = strchr(url, '?');
    g_auto(GStrv) pairs = g_strsplit(mark ? mark + 1 : "", "&", -1);
    for (char **p = pairs; *p; p++) {
        g_auto(GStrv) sides = g_strsplit(*p, "=", 2);
        g_autofree char *name = *sides ? g_uri_unescape_string(sides[0], NULL) : NULL;
        g_autofree char *value = name && sides[1] ? g_uri_unescape_string(sides[1], NULL) : NULL;
        if (name && *name)
            fhir_query_add_raw(asked, name, value ? value : "");
    }
    return asked;
}

FhirQuery *client_patient_query(const PatientCtx *ctx, const char *type)
{
    FhirQuery *query = fhir_query_new(type);
    gboolean self = g_str_equal(type, "Patient");
    g_autofree char *reference = g_strconcat(self ? "" : "Patient/", patient_ctx_id(ctx), NULL);
    fhir_query_add(query, client_type(type)->search ? client_type(type)->search : "patient",
                   reference);
    return query;
}

ClientSearch *client_search(Client *client, Scope *scope, PatientCtx *ctx, const FhirQuery *query,
                            ClientFlags flags, ClientResultFn fn, gpointer data)
{
    g_autofree char *url = fhir_query_url(query);
    g_autofree char *type = g_strndup(url, strcspn(url, "?"));
    ClientSearch *s = search_new(client, scope, ctx, KIND_SEARCH, type, flags, fn, data);
    g_autofree char *here = beyond_r4_url(client, type, url, &s->local);
    s->url = with_count(client, here);
    s->asked = question(type, s->url);
    g_autoptr(AuditEntry) entry = NULL;
    if (client_type(type)->open)
        g_clear_pointer(&s->ctx, patient_ctx_unref);
    else if (ctx && !names_patient(query, patient_ctx_id(ctx)))
        s->early = client_error_make(CLIENT_ERROR_PATIENT);
    else if (ctx)
        entry = audit_entry_ref(patient_ctx_audit(client, ctx, type));
    else
        entry = audit_log(client, AUDIT_SEARCH, NULL, NULL, (const char *const[]){url, NULL});
    if (entry)
        start_logged(s, entry);
    else
        start(s);
    return s;
}

/* A type or id from outside must not become another path. */
static gboolean is_plain(const char *text)
{
    for (const char *p = text; p && *p; p++)
        if (!g_ascii_isalnum(*p) && !strchr("-._", *p))
            return FALSE;
    return text && *text && *text != '.';
}

ClientSearch *client_read(Client *client, Scope *scope, PatientCtx *ctx, const char *type,
                          const char *id, ClientFlags flags, ClientResultFn fn, gpointer data)
{
    ClientSearch *s = search_new(client, scope, ctx, KIND_READ, type, flags, fn, data);
    s->id = g_strdup(id);
    s->url = g_strconcat(type, "/", id, NULL);
    if (!is_plain(type) || !is_plain(id))
        s->early = client_error_make(CLIENT_ERROR_NOT_FOUND);
    else if (client_type(type)->open)
        g_clear_pointer(&s->ctx, patient_ctx_unref);
    else if (!ctx)
        s->early = client_error_make(CLIENT_ERROR_PATIENT);
    else {
        start_logged(s, patient_ctx_audit(client, ctx, type));
        return s;
    }
    start(s);
    return s;
}

/* ---- asked again --------------------------------------------------------------------------- */

/* One page more, at the end or the front of what is held. */
static void turn(ClientSearch *s, gboolean back)
{
    const ResultSet *set = s->shown;
    if (!set || set->view.cached || s->building || !(back ? set->view.before : set->view.more))
        return;
    s->building = g_steal_pointer(&s->shown);
    s->quiet = FALSE;
    s->back = back;
    s->want_pages = 0; /* this one and no other */
    search_fetch_next(s);
}

void client_more(ClientSearch *s)
{
    turn(s, FALSE);
}

void client_back(ClientSearch *s)
{
    turn(s, TRUE);
}

void client_hold(ClientSearch *s, guint most)
{
    s->hold = most;
}

void client_refresh(ClientSearch *s)
{
    if (s->early || s->waiting)
        return;
    const char *etag = search_only_etag(s);
    s->quiet = FALSE;
    s->restarted = FALSE;
    search_new_round(s);
    search_fetch(s, s->url, etag);
}

void client_watch(ClientSearch *s)
{
    if (s->watched || s->early)
        return;
    s->watched = TRUE;
    if (!s->waiting)
        poll_add(s->client->poll, s);
}

Instant client_search_as_of(const ClientSearch *s)
{
    return s->shown ? s->shown->view.as_of : INSTANT_NONE;
}
