/* SPDX-License-Identifier: GPL-3.0-or-later
 * The life of one search or read: cache, network, pages, refreshing. */
#include "client/query.h"
#include <glib/gi18n-lib.h>
#include <string.h>
#include "base/clock.h"
#include "base/limits.h"
#include "client/internal.h"

enum { MAX_PAGES = 10, MOST_PAGES = 200, QUIET_AFTER_WRITE_US = 120 * G_USEC_PER_SEC };

typedef enum { KIND_SEARCH, KIND_READ, KIND_HISTORY } Kind;

struct ClientSearch {
    int refs;
    gboolean closed;
    Client *client;
    Scope *scope, *inner; /* inner: the requests and parsing of the present round */
    guint scope_id, idle;
    PatientCtx *ctx;
    Kind kind;
    char *type, *id, *url, *key;
    FhirQuery *asked;
    GPtrArray *local; /* filters of beyond.c */
    ClientFlags flags;
    ClientResultFn fn;
    gpointer data;
    ResultSet *shown, *building;
    GError *early;
    gboolean waiting;                   /* for its audit event to be on the disk */
    gboolean restarted, watched, quiet; /* quiet: tell only what changed */
    guint want_pages;                   /* as many as were shown, when asked again page by page */
    GBytes *cached;                     /* first page, until it is shown */
    Instant cached_at;
    char *cached_etag;
};

/* ---- ends ---------------------------------------------------------------------------------- */

static void search_unref(ClientSearch *s)
{
    if (--s->refs > 0)
        return;
    resultset_free(s->shown);
    resultset_free(s->building);
    fhir_query_free(s->asked);
    g_clear_pointer(&s->local, g_ptr_array_unref);
    patient_ctx_unref(s->ctx);
    g_clear_error(&s->early);
    g_clear_pointer(&s->cached, g_bytes_unref);
    g_free(s->cached_etag);
    g_free(s->type);
    g_free(s->id);
    g_free(s->url);
    g_free(s->key);
    g_free(s);
}

static void on_scope_closed(gpointer data)
{
    ClientSearch *s = data;
    s->closed = TRUE;
    if (s->watched)
        poll_remove(s->client->poll, s);
    g_clear_handle_id(&s->idle, g_source_remove);
    scope_close(g_steal_pointer(&s->inner));
    search_unref(s);
}

/* FALSE when the callback closed the scope. */
static gboolean tell(ClientSearch *s, ResultSet *set, const GError *error, gboolean done)
{
    s->refs++;
    if (set) {
        set->view.etag = set->etag;
        set->view.request_id = set->request_id;
    }
    s->fn(set ? &set->view : NULL, error, done, s->data);
    gboolean alive = !s->closed;
    search_unref(s);
    return alive;
}

static const char *patient_of(const ClientSearch *s)
{
    return s->ctx ? patient_ctx_id(s->ctx) : NULL;
}

static void new_round(ClientSearch *s)
{
    scope_close(s->inner);
    s->inner = scope_new();
    resultset_free(s->building);
    s->building = resultset_new();
    s->want_pages = !(s->flags & CLIENT_ONE_PAGE) ? MOST_PAGES : s->shown ? s->shown->pages : 1;
}

static guint page_limit(const ClientSearch *s)
{
    return s->flags & CLIENT_STREAM ? MOST_PAGES : MAX_PAGES;
}

static gboolean wants_page(const ClientSearch *s, const ResultSet *set)
{
    return set->next && set->pages < MIN(s->want_pages, page_limit(s));
}

static void finish_round(ClientSearch *s)
{
    gboolean same = s->shown && !s->shown->view.cached && resultset_same(s->shown, s->building);
    resultset_free(s->shown);
    s->shown = g_steal_pointer(&s->building);
    if (!(s->quiet && same))
        tell(s, s->shown, NULL, TRUE);
}

/* ---- parsing, on a worker when large ------------------------------------------------------- */

typedef struct {
    ClientSearch *s;
    GBytes *body;
    gboolean one; /* a resource, not a Bundle */
    gboolean cached;
    char *etag, *request_id;
    Instant as_of;
} Page;
typedef struct {
    FhirBundle *bundle;
    FhirResource *resource;
} Parsed;

static void page_free(Page *page)
{
    g_bytes_unref(page->body);
    g_free(page->etag);
    g_free(page->request_id);
    g_free(page);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Page, page_free)

static void parsed_free(gpointer data)
{
    Parsed *p = data;
    fhir_bundle_free(p->bundle);
    fhir_resource_unref(p->resource);
    g_free(p);
}

static Parsed *parse(const Page *page)
{
    Parsed *p = g_new0(Parsed, 1);
    if (page->one)
        p->resource = fhir_resource_parse(page->body, NULL);
    else
        p->bundle = fhir_bundle_parse(page->body, NULL);
    for (guint i = 0; p->bundle && i < fhir_bundle_count(p->bundle); i++)
        fhir_bundle_entry(p->bundle,
                          i); /* entries are read on first use: here, not on the UI thread */
    return p;
}

static void on_parsed(Page *page, const Parsed *p);

static guint on_worker; /* pages: main thread only */

gboolean client_busy(const Client *client)
{
    return on_worker > 0 || net_in_flight(client->net) > 0 || audit_writing(client->audit);
}

static void parse_on_worker(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    g_task_return_pointer(task, parse(data), parsed_free);
}

static void on_worker_done(GObject *source, GAsyncResult *result, gpointer data)
{
    GTask *task = G_TASK(result);
    on_worker--;
    if (g_cancellable_is_cancelled(g_task_get_cancellable(task)))
        return; /* the search may be gone */
    Parsed *p = g_task_propagate_pointer(task, NULL);
    on_parsed(g_task_get_task_data(task), p);
    parsed_free(p);
}

static void page_task_free(gpointer data)
{
    page_free(data);
}

static void take_body(ClientSearch *s, GBytes *body, gboolean cached, const char *etag,
                      const char *request_id, Instant as_of)
{
    Page *page = g_new0(Page, 1);
    *page = (Page){s,      g_bytes_ref(body), s->kind == KIND_READ,
                   cached, g_strdup(etag),    g_strdup(request_id),
                   as_of};
    if (g_bytes_get_size(body) <= LIMIT_WORKER_BYTES) {
        g_autoptr(Page) own = page;
        Parsed *p = parse(own);
        on_parsed(own, p);
        parsed_free(p);
        return;
    }
    g_autoptr(GTask) task = g_task_new(NULL, scope_cancellable(s->inner), on_worker_done, NULL);
    g_task_set_check_cancellable(task, FALSE);
    g_task_set_task_data(task, page, page_task_free);
    on_worker++;
    g_task_run_in_thread(task, parse_on_worker);
}

/* ---- the cache ----------------------------------------------------------------------------- */

static char *page_key(const ClientSearch *s, guint page)
{
    return page ? g_strdup_printf("%s#%u", s->key, page) : g_strdup(s->key);
}

static void keep(ClientSearch *s, guint number, const Page *page)
{
    Client *c = s->client;
    if ((s->flags & CLIENT_NO_STORE) || !c->store)
        return;
    g_autofree char *key = page_key(s, number);
    c->store->cache_put(c->store_data, patient_of(s), key, page->body, page->as_of, page->etag);
}

static void look_in_cache(ClientSearch *s)
{
    Client *c = s->client;
    if ((s->flags & CLIENT_NO_STORE) || !c->store)
        return;
    s->cached =
        c->store->cache_get(c->store_data, patient_of(s), s->key, &s->cached_at, &s->cached_etag);
}

/* Later pages, as far as they are there. */
static void add_cached_pages(ClientSearch *s, ResultSet *set, const PageRules *rules)
{
    Client *c = s->client;
    while (wants_page(s, set)) {
        g_autofree char *key = page_key(s, set->pages), *etag = NULL;
        Instant at;
        g_autoptr(GBytes) body = c->store->cache_get(c->store_data, patient_of(s), key, &at, &etag);
        g_autoptr(FhirBundle) bundle = body ? fhir_bundle_parse(body, NULL) : NULL;
        if (!bundle)
            return;
        resultset_add_page(set, bundle, rules);
        set->view.as_of = MIN(set->view.as_of, at);
    }
}

/* ---- the network --------------------------------------------------------------------------- */

static void fetch(ClientSearch *s, const char *url, const char *etag);

/* What is there stays readable, with the error beside it; what is refused or gone is shown no more.
 */
static void fail(ClientSearch *s, const GError *error)
{
    if (error->code == CLIENT_ERROR_FORBIDDEN ||
        (s->kind == KIND_READ && error->code == CLIENT_ERROR_NOT_FOUND)) {
        g_clear_pointer(&s->building, resultset_free);
        g_clear_pointer(&s->shown, resultset_free);
        tell(s, NULL, error, TRUE);
        return;
    }
    if (s->building && s->building->pages > 0 && (!s->shown || s->shown->view.cached)) {
        resultset_free(s->shown);
        s->shown = g_steal_pointer(&s->building);
        s->shown->view.complete = FALSE;
        resultset_doubt(s->shown, N_("Not all pages could be fetched."));
    }
    g_clear_pointer(&s->building, resultset_free);
    tell(s, s->shown, error, TRUE);
}

static gboolean read_one(Page *page, const Parsed *p)
{
    ClientSearch *s = page->s;
    const char *patient = patient_of(s);
    gboolean asked =
        g_str_equal(fhir_type(p->resource), s->type) && g_strcmp0(fhir_id(p->resource), s->id) == 0;
    if (asked && (!patient || client_is_about(p->resource, patient))) {
        resultset_add_one(s->building, p->resource);
        s->building->view.complete = TRUE;
        if (!page->etag && fhir_version_id(p->resource))
            page->etag = g_strdup_printf("W/\"%s\"", fhir_version_id(p->resource));
        return TRUE;
    }
    g_autoptr(GError) error = client_error_make(asked ? CLIENT_ERROR_PATIENT : CLIENT_ERROR_ANSWER);
    if (!page->cached)
        fail(s, error);
    return FALSE;
}

static void show_cached(ClientSearch *s, const PageRules *rules)
{
    add_cached_pages(s, s->building, rules);
    s->building->view.cached = TRUE;
    resultset_free(s->shown);
    s->shown = g_steal_pointer(&s->building);
    gboolean last = (s->flags & CLIENT_CACHED) != 0;
    if (tell(s, s->shown, NULL, last) && !last && !s->building)
        s->building = resultset_new(); /* the round that waits for the network */
}

static void on_parsed(Page *page, const Parsed *p)
{
    ClientSearch *s = page->s;
    PageRules rules = {s->client, s->type, patient_of(s), s->asked, s->kind == KIND_HISTORY,
                       s->local};
    if (page->cached && (!s->building || s->building->pages > 0))
        return; /* a large one, and the core was quicker */
    if (!p->bundle && !p->resource) {
        g_autoptr(GError) error = client_error_make(CLIENT_ERROR_ANSWER);
        if (!page->cached)
            fail(s, error);
        return;
    }
    ResultSet *set = s->building;
    guint number = set->pages;
    if (p->resource && !read_one(page, p))
        return;
    if (number > 0)
        resultset_note_page(set, page->etag);
    if (p->bundle)
        resultset_add_page(set, p->bundle, &rules);
    set->view.as_of = page->as_of;
    if (number == 0) {
        g_free(set->etag);
        set->etag = g_strdup(page->etag);
    }
    g_free(set->request_id);
    set->request_id = g_strdup(page->request_id);
    if (page->cached) {
        show_cached(s, &rules);
        return;
    }
    keep(s, number, page);
    if (!wants_page(s, set)) {
        finish_round(s);
        return;
    }
    g_autofree char *next = g_strdup(set->next);
    if (s->shown || (tell(s, set, NULL, FALSE) && s->building == set)) {
        if (s->flags & CLIENT_STREAM)
            resultset_let_go(set);
        fetch(s, next, NULL);
    }
}

static void on_answer(const Answer *answer, const GError *error, gpointer data)
{
    ClientSearch *s = data;
    if (error && client_error_status(error) == 410 && s->building && s->building->pages > 0 &&
        !s->restarted) {
        s->restarted = TRUE; /* the core has forgotten this list of pages: from the start, once */
        new_round(s);
        fetch(s, s->url, NULL);
        return;
    }
    if (error) {
        fail(s, error);
        return;
    }
    if (answer->status == 304) {
        if (!s->shown) { /* what the ETag stood for could not be read */
            new_round(s);
            fetch(s, s->url, NULL);
            return;
        }
        search_unchanged(s, s->quiet);
        return;
    }
    take_body(s, answer->body, FALSE, answer->etag, answer->request_id, clock_real_us());
}

static void fetch(ClientSearch *s, const char *url, const char *etag)
{
    Instant written = client_written_at(s->client, patient_of(s));
    gboolean no_cache =
        (s->flags & CLIENT_FRESH) ||
        (written != INSTANT_NONE && clock_real_us() - written < QUIET_AFTER_WRITE_US);
    CallSpec spec = {.url = url, .if_none_match = etag, .no_cache = no_cache};
    client_call(s->client, s->inner, &spec, on_answer, s);
}

void search_unchanged(ClientSearch *s, gboolean quiet)
{
    if (!s->shown)
        return;
    g_clear_pointer(&s->building, resultset_free);
    gboolean was_cached = s->shown->view.cached;
    s->shown->view.as_of = clock_real_us();
    s->shown->view.cached = FALSE;
    if (!quiet || was_cached)
        tell(s, s->shown, NULL, TRUE);
}

void search_not_confirmed(ClientSearch *s)
{
    if (!s->shown || s->shown->view.cached || s->building)
        return;
    s->shown->view.cached = TRUE;
    tell(s, s->shown, NULL, TRUE);
}

void search_page(ClientSearch *s, GBytes *body, const char *etag, const char *request_id)
{
    new_round(s);
    s->quiet = TRUE;
    s->restarted = FALSE;
    take_body(s, body, FALSE, etag, request_id, clock_real_us());
}

gboolean search_busy(const ClientSearch *s)
{
    return s->building != NULL;
}

/* Only a list that is whole in one page is known by its first page's ETag. */
static const char *only_etag(const ClientSearch *s)
{
    return s->shown && s->shown->view.complete && s->shown->pages <= 1 ? s->shown->etag : NULL;
}

/* All pages of the list, each known by an ETag of its own. */
static gboolean pages_known(const ClientSearch *s)
{
    const ResultSet *set = s->shown;
    return set && set->view.complete && set->etag && set->pages > 1 &&
           set->later_urls->len + 1 == set->pages;
}

guint search_questions(const ClientSearch *s)
{
    return pages_known(s) ? s->shown->pages : 1;
}

const char *search_question_url(const ClientSearch *s, guint i)
{
    return i ? s->shown->later_urls->pdata[i - 1] : s->url;
}

const char *search_question_etag(const ClientSearch *s, guint i)
{
    if (i)
        return s->shown->later_etags->pdata[i - 1];
    return pages_known(s) ? s->shown->etag : only_etag(s);
}

void search_again(ClientSearch *s)
{
    new_round(s);
    s->quiet = TRUE;
    s->restarted = FALSE;
    fetch(s, s->url, NULL);
}

/* ---- beginning ----------------------------------------------------------------------------- */

static gboolean on_start(gpointer data)
{
    ClientSearch *s = data;
    s->idle = 0;
    if (s->early) {
        tell(s, NULL, s->early, TRUE);
        return G_SOURCE_REMOVE;
    }
    g_autoptr(GBytes) cached = g_steal_pointer(&s->cached);
    if (cached)
        take_body(s, cached, TRUE, s->cached_etag, NULL, s->cached_at);
    else if (s->flags & CLIENT_CACHED) {
        g_autoptr(GError) none = client_error_make(CLIENT_ERROR_NOT_FOUND);
        tell(s, NULL, none, TRUE);
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
    s->scope_id = scope_add(scope, on_scope_closed, s);
    s->inner = scope_new();
    s->ctx = ctx ? patient_ctx_ref(ctx) : NULL;
    s->kind = kind;
    s->type = g_strdup(type);
    s->flags = flags;
    s->fn = fn;
    s->data = data;
    return s;
}

/* A cached page read before a write of ours is no longer the truth while the core can be asked. */
static void start(ClientSearch *s)
{
    s->key = g_strconcat(s->client->cache_prefix, s->url, NULL);
    new_round(s);
    if (!s->early && !(s->flags & CLIENT_FRESH))
        look_in_cache(s);
    Instant written = client_written_at(s->client, patient_of(s));
    if (s->cached && s->client->online && !(s->flags & CLIENT_CACHED) && s->cached_at <= written) {
        g_clear_pointer(&s->cached, g_bytes_unref);
        g_clear_pointer(&s->cached_etag, g_free);
    }
    s->idle = g_idle_add_full(G_PRIORITY_DEFAULT, on_start, s, NULL);
    if (s->early || (s->flags & CLIENT_CACHED))
        return;
    gboolean small = s->cached && g_bytes_get_size(s->cached) <= LIMIT_WORKER_BYTES;
    fetch(s, s->url, small ? s->cached_etag : NULL);
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

/* The names are what the answer's self link is held against. */
static FhirQuery *names_asked(const char *type, const char *url)
{
    FhirQuery *asked = fhir_query_new(type);
    const char *mark = strchr(url, '?');
    g_auto(GStrv) pairs = g_strsplit(mark ? mark + 1 : "", "&", -1);
    for (char **p = pairs; *p; p++) {
        g_autofree char *coded = g_strndup(*p, strcspn(*p, "="));
        g_autofree char *name = g_uri_unescape_string(coded, NULL);
        if (name && *name)
            fhir_query_add_raw(asked, name, "x");
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
    s->asked = names_asked(type, s->url);
    g_autoptr(AuditEntry) entry = NULL;
    if (client_type(type)->open)
        g_clear_pointer(&s->ctx, patient_ctx_unref);
    else if (ctx && !names_patient(query, patient_ctx_id(ctx)))
        s->early = client_error_make(CLIENT_ERROR_PATIENT);
    else if (ctx)
        entry = audit_entry_ref(patient_ctx_audit(client, ctx, type));
    else
        entry = audit_log(client, AUDIT_SEARCH, NULL, NULL, url);
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

static ClientSearch *read_at(Client *client, Scope *scope, PatientCtx *ctx, Kind kind,
                             const char *type, const char *id, ClientFlags flags, ClientResultFn fn,
                             gpointer data)
{
    ClientSearch *s = search_new(client, scope, ctx, kind, type, flags, fn, data);
    s->id = g_strdup(id);
    s->url = g_strconcat(type, "/", id, kind == KIND_HISTORY ? "/_history" : "", NULL);
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

ClientSearch *client_read(Client *client, Scope *scope, PatientCtx *ctx, const char *type,
                          const char *id, ClientFlags flags, ClientResultFn fn, gpointer data)
{
    return read_at(client, scope, ctx, KIND_READ, type, id, flags, fn, data);
}

ClientSearch *client_history(Client *client, Scope *scope, PatientCtx *ctx, const char *type,
                             const char *id, ClientResultFn fn, gpointer data)
{
    return read_at(client, scope, ctx, KIND_HISTORY, type, id, CLIENT_NO_STORE, fn, data);
}

void client_more(ClientSearch *s)
{
    if (!s->shown || !s->shown->next || s->shown->view.cached || s->building)
        return;
    s->building = g_steal_pointer(&s->shown);
    g_autofree char *next = g_strdup(s->building->next);
    s->quiet = FALSE;
    s->want_pages = s->building->pages + 1;
    fetch(s, next, NULL);
}

void client_refresh(ClientSearch *s)
{
    if (s->early || s->waiting)
        return;
    const char *etag = only_etag(s);
    s->quiet = FALSE;
    s->restarted = FALSE;
    new_round(s);
    fetch(s, s->url, etag);
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
