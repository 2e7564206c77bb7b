/* SPDX-License-Identifier: GPL-3.0-or-later
 * One page of an answer becomes a Bundle or a resource, on a worker when it is large. */
#include <zlib.h>

#include "base/limits.h"
#include "base/memory.h"
#include "client/search.h"

static void page_free(Page *page)
{
    g_clear_pointer(&page->body, g_bytes_unref);
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
    g_clear_pointer(&p->parts, g_ptr_array_unref);
    g_clear_pointer(&p->beginning, g_bytes_unref);
    g_free(p);
}

/* ---- an answer that is too large to be held ------------------------------------------------- */

/* The size in front, for unpacking. */
static GBytes *pack(GBytes *text)
{
    gsize len;
    const guint8 *data = g_bytes_get_data(text, &len);
    guint32 size = (guint32)len;
    uLongf room = compressBound(len);
    guint8 *packed = g_malloc(sizeof size + room);
    memcpy(packed, &size, sizeof size);
    int ok = compress2(packed + sizeof size, &room, data, len, Z_BEST_SPEED); /* the room is enough */
    g_assert(ok == Z_OK);
    return g_bytes_new_take(g_realloc(packed, sizeof size + room), sizeof size + room);
}

static GBytes *unpack(GBytes *packed)
{
    gsize len;
    const guint8 *data = g_bytes_get_data(packed, &len);
    guint32 size;
    memcpy(&size, data, sizeof size);
    uLongf got = size;
    guint8 *text = g_malloc(size);
    int ok = uncompress(text, &got, data + sizeof size, len - sizeof size); /* what pack() made */
    g_assert(ok == Z_OK);
    return g_bytes_new_take(text, got);
}

/* A core that gives all at once is read page by page all the same: the beginning is shown, the rest lies packed
 * until somebody goes there, and the memory of the whole is given back. On a worker. */
static void split(Parsed *p, gsize size)
{
    enum { PART_BYTES = 256 << 10, FEWEST = 10 };
    guint n = p->bundle ? fhir_bundle_count(p->bundle) : 0;
    guint per = (guint)CLAMP(PART_BYTES / (size / MAX(n, 1) + 1), FEWEST, LIMIT_PAGE_ENTRIES);
    if (n <= per || !g_str_equal(fhir_bundle_type(p->bundle), "searchset"))
        return;
    p->parts = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    p->beginning = fhir_bundle_part(p->bundle, 0, per);
    for (guint i = 0; i < n; i += per) {
        g_autoptr(GBytes) part = fhir_bundle_part(p->bundle, i, per);
        g_ptr_array_add(p->parts, pack(part));
    }
    fhir_bundle_free(p->bundle);
    p->bundle = fhir_bundle_parse(p->beginning, NULL);
}

static Parsed *parse(const Page *page)
{
    Parsed *p = g_new0(Parsed, 1);
    if (page->one)
        p->resource = fhir_resource_parse(page->body, NULL);
    else
        p->bundle = fhir_bundle_parse(page->body, NULL);
    if (g_bytes_get_size(page->body) > LIMIT_WORKER_BYTES)
        split(p, g_bytes_get_size(page->body));
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
    Page *page = data;
    Parsed *p = parse(page);
    if (p->parts) { /* freed here, where nobody waits for it */
        g_clear_pointer(&page->body, g_bytes_unref);
        memory_give_back();
    }
    g_task_return_pointer(task, p, parsed_free);
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
    *page = (Page){.s = s,
                   .body = g_bytes_ref(body),
                   .one = s->kind == KIND_READ,
                   .cached = cached,
                   .again = s->again && !cached,
                   .etag = g_strdup(etag),
                   .request_id = g_strdup(request_id),
                   .as_of = as_of};
    s->again = FALSE;
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

void search_take_packed(ClientSearch *s, GBytes *packed)
{
    g_autoptr(GBytes) body = unpack(packed);
    g_autoptr(Page) page = g_new0(Page, 1);
    *page = (Page){.s = s, .body = g_bytes_ref(body), .again = TRUE, .request_id = g_strdup(s->building->request_id),
                   .as_of = s->building->view.as_of};
    Parsed *p = parse(page);
    search_parsed(page, p);
    parsed_free(p);
}
