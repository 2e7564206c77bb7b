/* SPDX-License-Identifier: GPL-3.0-or-later
 * What a search keeps of its answers, and what it shows of them before the core has answered: the first page at once,
 * a long list some pages in each turn of the main loop. */
#include <string.h>

#include "base/clock.h"
#include "client/search.h"

enum { RECALL_BYTES = 192 << 10 }; /* of kept pages in one turn */

static char *page_key(const ClientSearch *s, guint page)
{
    return page ? g_strdup_printf("%s#%u", s->key, page) : g_strdup(s->key);
}

void search_keep(ClientSearch *s, guint number, const Page *page, const Parsed *p)
{
    Client *c = s->client;
    if ((s->flags & CLIENT_NO_STORE) || !c->store)
        return;
    if (number > 0 && s->building->in_parts)
        return; /* behind a beginning it would read as if nothing lay between */
    g_autofree char *key = page_key(s, number);
    /* Of a large answer the beginning: it is not what the ETag stands for. A later page goes with the first
     * that it was fetched after. */
    const char *etag = p->parts ? NULL : number ? s->building->etag : page->etag;
    c->store->cache_put(c->store_data, search_patient(s), key, p->parts ? p->beginning : page->body, page->as_of, etag);
}

void search_look_in_cache(ClientSearch *s)
{
    Client *c = s->client;
    if ((s->flags & CLIENT_NO_STORE) || !c->store)
        return;
    s->cached =
        c->store->cache_get(c->store_data, search_patient(s), s->key, &s->cached_at, &s->cached_etag);
    if (s->cached && g_bytes_get_size(s->cached) == 0) { /* it was dropped */
        g_clear_pointer(&s->cached, g_bytes_unref);
        g_clear_pointer(&s->cached_etag, g_free);
    }
}

/* What this person may not see does not stay on the disk either: nothing is put in its place. */
void search_drop_cached(ClientSearch *s)
{
    Client *c = s->client;
    g_autoptr(GBytes) nothing = g_bytes_new(NULL, 0);
    guint pages = MAX(MAX(s->shown ? s->shown->pages : 0, s->building ? s->building->pages : 0), 1);
    for (guint i = 0; c->store && !(s->flags & CLIENT_NO_STORE) && i < pages; i++) {
        g_autofree char *key = page_key(s, i);
        c->store->cache_put(c->store_data, search_patient(s), key, nothing, clock_real_us(), NULL);
    }
}

/* Later pages, as far as they are there and belong to this first one. TRUE: that was enough for one turn. */
static gboolean add_cached_pages(ClientSearch *s, ResultSet *set)
{
    Client *c = s->client;
    PageRules rules = search_rules(s);
    Instant first = set->view.as_of;
    for (gsize read = 0; search_wants_page(s, set);) {
        if (read >= RECALL_BYTES)
            return TRUE;
        g_autofree char *key = page_key(s, set->pages), *etag = NULL;
        Instant at;
        g_autoptr(GBytes) body = c->store->cache_get(c->store_data, search_patient(s), key, &at, &etag);
        g_autoptr(FhirBundle) bundle = body ? fhir_bundle_parse(body, NULL) : NULL;
        if (!bundle || at < first || g_strcmp0(etag, set->etag) != 0)
            return FALSE;
        read += g_bytes_get_size(body);
        resultset_add_page(set, bundle, NULL, &rules);
        set->view.as_of = MIN(set->view.as_of, at);
    }
    return FALSE;
}

static gboolean on_recall(gpointer data)
{
    ClientSearch *s = data;
    if (add_cached_pages(s, s->shown))
        return G_SOURCE_CONTINUE;
    s->recalling = 0;
    search_tell(s, s->shown, NULL, (s->flags & CLIENT_CACHED) != 0);
    return G_SOURCE_REMOVE;
}

void search_recall_rest(ClientSearch *s)
{
    if (!s->recalling)
        return;
    g_clear_handle_id(&s->recalling, g_source_remove);
    while (add_cached_pages(s, s->shown))
        continue;
}

void search_show_cached(ClientSearch *s)
{
    ResultSet *set = g_steal_pointer(&s->building);
    gboolean last = (s->flags & CLIENT_CACHED) != 0, rest = add_cached_pages(s, set);
    set->view.cached = TRUE;
    search_show(s, set);
    if (rest) /* before the core is asked, and after what is painted */
        s->recalling = g_idle_add_full(G_PRIORITY_DEFAULT_IDLE, on_recall, s, NULL);
    if (search_tell(s, set, NULL, last && !rest) && !last && !s->building)
        s->building = resultset_new(); /* the round that waits for the network */
}
