/* SPDX-License-Identifier: GPL-3.0-or-later
 * One page of an answer becomes a Bundle or a resource, on a worker when it is large. */
#include "base/limits.h"
#include "client/search.h"

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

static guint on_worker; /* pages: main thread only */

guint client_busy(const Client *client)
{
    return on_worker + client->unasked + net_in_flight(client->net) - net_resting(client->net) +
           audit_writing(client->audit);
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
    search_parsed(g_task_get_task_data(task), p);
    parsed_free(p);
}

static void page_task_free(gpointer data)
{
    page_free(data);
}

void search_take_body(ClientSearch *s, GBytes *body, gboolean cached, const char *etag,
                      const char *request_id, Instant as_of)
{
    Page *page = g_new0(Page, 1);
    *page = (Page){s,      g_bytes_ref(body), s->kind == KIND_READ,
                   cached, g_strdup(etag),    g_strdup(request_id),
                   as_of};
    if (g_bytes_get_size(body) <= LIMIT_WORKER_BYTES) {
        g_autoptr(Page) own = page;
        Parsed *p = parse(own);
        search_parsed(own, p);
        parsed_free(p);
        return;
    }
    g_autoptr(GTask) task = g_task_new(NULL, scope_cancellable(s->inner), on_worker_done, NULL);
    g_task_set_check_cancellable(task, FALSE);
    g_task_set_task_data(task, page, page_task_free);
    on_worker++;
    g_task_run_in_thread(task, parse_on_worker);
}
