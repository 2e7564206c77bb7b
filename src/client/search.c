/* SPDX-License-Identifier: GPL-3.0-or-later
 * The life of one search or read: network, pages, refreshing. */
#include "client/search.h"

#include <glib/gi18n-lib.h>
#include <string.h>

#include "base/clock.h"

enum { MAX_PAGES = 10, MOST_PAGES = 200, QUIET_AFTER_WRITE_US = 120 * G_USEC_PER_SEC };

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

void search_scope_closed(gpointer data)
{
    ClientSearch *s = data;
    s->closed = TRUE;
    if (s->watched)
        poll_remove(s->client->poll, s);
    g_clear_handle_id(&s->idle, g_source_remove);
    g_clear_handle_id(&s->unpacking, g_source_remove);
    g_clear_handle_id(&s->recalling, g_source_remove);
    search_set_unasked(s, FALSE);
    scope_close(g_steal_pointer(&s->inner));
    search_unref(s);
}

/* FALSE when the callback closed the scope. */
gboolean search_tell(ClientSearch *s, ResultSet *set, const GError *error, gboolean done)
{
    s->refs++;
    if (set) {
        resultset_settle(set);
        set->view.etag = set->etag;
        set->view.request_id = set->request_id;
    }
    s->fn(set ? &set->view : NULL, error, done, s->data);
    gboolean alive = !s->closed;
    search_unref(s);
    return alive;
}

/* ---- rounds -------------------------------------------------------------------------------- */

const char *search_patient(const ClientSearch *s)
{
    return s->ctx ? patient_ctx_id(s->ctx) : NULL;
}

void search_set_unasked(ClientSearch *s, gboolean unasked)
{
    s->client->unasked += (guint)unasked - (guint)s->unasked;
    s->unasked = unasked;
}

void search_new_round(ClientSearch *s)
{
    search_set_unasked(s, FALSE);
    scope_close(s->inner);
    s->inner = scope_new();
    if (s->building && !s->shown && s->want_pages == 0)
        s->shown = g_steal_pointer(&s->building); /* a page of it was being turned: it stays until there is another */
    resultset_free(s->building);
    s->building = resultset_new();
    g_clear_handle_id(&s->unpacking, g_source_remove);
    s->back = s->again = FALSE;
    s->want_pages = s->shown && !s->shown->first ? MAX(s->shown->held->len, 1) : 1;
}

static guint page_limit(const ClientSearch *s)
{
    return s->flags & (CLIENT_STREAM | CLIENT_ALL) ? MOST_PAGES : MAX_PAGES;
}

gboolean search_wants_page(const ClientSearch *s, const ResultSet *set)
{
    if (s->flags & CLIENT_ONE_PAGE)
        return set->view.more && set->held->len < s->want_pages;
    return resultset_after(set) || (set->next && set->pages < page_limit(s));
}

void search_show(ClientSearch *s, ResultSet *set)
{
    g_clear_handle_id(&s->recalling, g_source_remove);
    resultset_free(s->shown);
    s->shown = set;
}

PageRules search_rules(const ClientSearch *s)
{
    return (PageRules){s->client, s->type, search_patient(s), s->asked, s->local};
}

static void finish_round(ClientSearch *s)
{
    gboolean same = s->shown && !s->shown->view.cached && resultset_same(s->shown, s->building);
    search_show(s, g_steal_pointer(&s->building));
    if (!(s->quiet && same))
        search_tell(s, s->shown, NULL, TRUE);
}

/* ---- the network --------------------------------------------------------------------------- */

static gboolean is_refusal(const ClientSearch *s, const GError *error)
{
    return error->code == CLIENT_ERROR_FORBIDDEN || (s->kind == KIND_READ && error->code == CLIENT_ERROR_NOT_FOUND);
}

/* What is there stays readable, with the error beside it; what is refused or gone is shown no more.
 */
static void fail(ClientSearch *s, const GError *error)
{
    s->back = s->again = FALSE;
    search_recall_rest(s);
    if (is_refusal(s, error)) {
        search_drop_cached(s);
        g_clear_pointer(&s->building, resultset_free);
        search_show(s, NULL);
        search_tell(s, NULL, error, TRUE);
        return;
    }
    if (s->building && s->building->pages > 0 && (!s->shown || s->shown->view.cached)) {
        search_show(s, g_steal_pointer(&s->building));
        s->shown->view.complete = FALSE;
        resultset_doubt(s->shown, DOUBT_PAGES);
    } else if (s->shown && s->restarted) {
        resultset_doubt(s->shown, DOUBT_PAGES); /* the core has forgotten the pages that follow on it */
    }
    g_clear_pointer(&s->building, resultset_free);
    search_tell(s, s->shown, error, TRUE);
}

static gboolean read_one(Page *page, const Parsed *p)
{
    ClientSearch *s = page->s;
    const char *patient = search_patient(s);
    fhir_resource_set_home(p->resource, s->client->home);
    gboolean asked =
        g_str_equal(fhir_type(p->resource), s->type) && g_strcmp0(fhir_id(p->resource), s->id) == 0;
    if (asked && (patient ? client_is_about(p->resource, patient) : !client_is_elsewhere(p->resource))) {
        resultset_add_one(s->building, p->resource);
        etag_note(s->client, p->resource, page->etag);
        s->building->view.complete = s->building->ended = TRUE;
        if (!page->etag && fhir_version_id(p->resource))
            page->etag = g_strdup_printf("W/\"%s\"", fhir_version_id(p->resource));
        return TRUE;
    }
    g_autoptr(GError) error = client_error_make(asked ? CLIENT_ERROR_PATIENT : CLIENT_ERROR_ANSWER);
    if (!page->cached)
        fail(s, error);
    return FALSE;
}

void search_parsed(Page *page, const Parsed *p)
{
    ClientSearch *s = page->s;
    PageRules rules = search_rules(s);
    if (page->cached && (!s->building || s->building->pages > 0))
        return; /* a large one, and the core was quicker */
    if (!p->bundle && !p->resource) {
        g_autoptr(GError) error = client_error_unreadable(page->body, page->request_id);
        if (!page->cached)
            fail(s, error);
        return;
    }
    ResultSet *set = s->building;
    guint number = set->pages;
    if (p->bundle && !page->cached)
        home_learn(s->client, p->bundle);
    if (p->resource && !read_one(page, p))
        return;
    if (number > 0 && !page->again)
        resultset_note_page(set, page->etag);
    if (p->bundle && s->back)
        resultset_add_before(set, p->bundle, &rules);
    else if (p->bundle)
        resultset_add_page(set, p->bundle, p->parts, &rules);
    if (s->hold && !set->view.included->len)
        resultset_slide(set, s->hold, !s->back);
    s->back = FALSE;
    set->view.as_of = page->again ? MIN(set->view.as_of, page->as_of) : page->as_of;
    if (number == 0) {
        g_free(set->etag);
        set->etag = g_strdup(page->etag);
    }
    g_free(set->request_id);
    set->request_id = g_strdup(page->request_id);
    if (page->cached) {
        search_show_cached(s);
        return;
    }
    if (!page->again)
        search_keep(s, number, page, p);
    if (!search_wants_page(s, set)) {
        finish_round(s);
        return;
    }
    /* the parts of a large answer come one upon the other: the list is told when they are all there */
    gboolean part = page->again && resultset_after(set) && !(s->flags & CLIENT_STREAM);
    if (s->shown || part || (search_tell(s, set, NULL, FALSE) && s->building == set)) {
        if (s->flags & CLIENT_STREAM)
            resultset_let_go(set);
        search_fetch_next(s);
    }
}

static void on_answer(const Answer *answer, const GError *error, gpointer data)
{
    ClientSearch *s = data;
    gboolean gone = client_error_status(error) == 410 || client_error_status(error) == 404;
    if (gone && s->building && s->building->pages > 0)
        client_observe(s->client, SEEN_EXPIRED);
    if (error && gone && s->building && s->building->pages > 0 &&
        !s->restarted) {
        guint want = s->building->held->len + 1;
        s->restarted = TRUE; /* the core has forgotten this list of pages: from the start, once */
        search_new_round(s);
        s->want_pages = want;
        search_fetch(s, s->url, NULL);
        return;
    }
    if (error) {
        fail(s, error);
        return;
    }
    if (answer->status == 304) {
        if (!s->shown) { /* what the ETag stood for could not be read */
            search_new_round(s);
            search_fetch(s, s->url, NULL);
            return;
        }
        search_unchanged(s, s->quiet);
        return;
    }
    search_take_body(s, answer->body, FALSE, answer->etag, answer->request_id, clock_real_us());
}

void search_fetch(ClientSearch *s, const char *url, const char *etag)
{
    Instant written = client_written_at(s->client, search_patient(s));
    gboolean no_cache =
        (s->flags & CLIENT_FRESH) ||
        (written != INSTANT_NONE && clock_real_us() - written < QUIET_AFTER_WRITE_US);
    CallSpec spec = {.url = url, .if_none_match = etag, .no_cache = no_cache};
    client_call(s->client, s->inner, &spec, on_answer, s);
}

/* ---- page by page -------------------------------------------------------------------------- */

static gboolean on_packed(gpointer data)
{
    ClientSearch *s = data;
    const PageRef *ref = s->back ? resultset_before(s->building) : resultset_after(s->building);
    s->unpacking = 0;
    search_take_packed(s, ref->packed);
    return G_SOURCE_REMOVE;
}

void search_fetch_next(ClientSearch *s)
{
    const PageRef *ref = s->back ? resultset_before(s->building) : resultset_after(s->building);
    if (ref && ref->packed) {
        s->unpacking = g_idle_add_full(G_PRIORITY_DEFAULT + 20, on_packed, s, NULL);
        return;
    }
    g_autofree char *url = g_strdup(!ref ? s->building->next : ref->url ? ref->url : s->url);
    s->again = ref != NULL;
    search_fetch(s, url, NULL);
}

/* ---- asked again by itself ----------------------------------------------------------------- */

void search_unchanged(ClientSearch *s, gboolean quiet)
{
    if (!s->shown)
        return;
    search_recall_rest(s);
    g_clear_pointer(&s->building, resultset_free);
    gboolean was_cached = s->shown->view.cached;
    s->shown->view.as_of = clock_real_us();
    s->shown->view.cached = FALSE;
    if (!quiet || was_cached)
        search_tell(s, s->shown, NULL, TRUE);
}

void search_not_confirmed(ClientSearch *s, const GError *error)
{
    if (error && is_refusal(s, error)) {
        if (s->shown) /* else it has been told */
            fail(s, error);
        return;
    }
    if (!s->shown || s->shown->view.cached || s->building)
        return;
    s->shown->view.cached = TRUE;
    search_tell(s, s->shown, NULL, TRUE);
}

void search_page(ClientSearch *s, GBytes *body, const char *etag, const char *request_id)
{
    search_new_round(s);
    s->quiet = TRUE;
    s->restarted = FALSE;
    search_take_body(s, body, FALSE, etag, request_id, clock_real_us());
}

gboolean search_busy(const ClientSearch *s)
{
    return s->building != NULL;
}

gboolean search_is_one_page(const ClientSearch *s)
{
    return s->shown && s->shown->pages <= 1 && !search_wants_page(s, s->shown);
}

/* Only a list that is whole in one page is known by its first page's ETag. */
const char *search_only_etag(const ClientSearch *s)
{
    return s->shown && s->shown->ended && !s->shown->first && s->shown->pages <= 1 ? s->shown->etag : NULL;
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
    if (s->shown && s->shown->first)
        return 0;
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
    return pages_known(s) ? s->shown->etag : search_only_etag(s);
}

void search_again(ClientSearch *s)
{
    search_new_round(s);
    s->quiet = TRUE;
    s->restarted = FALSE;
    search_fetch(s, s->url, NULL);
}
