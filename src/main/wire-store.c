/* SPDX-License-Identifier: GPL-3.0-or-later
 * Drafts and place: from the app's words to the store's. */
#include <glib/gi18n.h>

#include "base/log.h"
#include "main/wiring.h"
#include "store/queue.h"

static gboolean ready(Wiring *w, GError **error)
{
    if (w->store && store_is_unlocked(w->store))
        return TRUE;
    g_set_error_literal(error, STORE_ERROR, STORE_ERROR_KEY, _("The store is not open"));
    return FALSE;
}

static Draft *draft_from(const StoreDraft *s)
{
    Draft *d = g_new0(Draft, 1);
    d->id = g_strdup(s->id);
    d->patient = g_strdup(s->patient);
    d->kind = g_strdup(s->kind);
    d->changed = s->changed;
    d->text = s->text ? g_bytes_ref(s->text) : NULL;
    d->meta = s->meta ? g_bytes_ref(s->meta) : NULL;
    d->damaged = s->damaged;
    return d;
}

static gboolean s_draft_put(gpointer self, const Draft *d, GError **error)
{
    Wiring *w = self;
    StoreDraft s = {.id = d->id, .patient = d->patient, .kind = d->kind, .text = d->text, .meta = d->meta};
    return ready(w, error) && store_draft_put(w->store, &s, error);
}

static gboolean s_draft_edit(gpointer self, const char *id, gsize at, gsize removed, const char *text, gsize len,
                             GBytes *meta, GError **error)
{
    Wiring *w = self;
    return ready(w, error) && store_draft_edit(w->store, id, at, removed, text, len, meta, error);
}

static GPtrArray *s_draft_list(gpointer self, const char *patient, guint *ret_unreadable, GError **error)
{
    Wiring *w = self;
    if (!ready(w, error))
        return NULL;
    g_autoptr(GPtrArray) found = store_draft_list(w->store, patient, error);
    if (!found)
        return NULL;
    GPtrArray *out = g_ptr_array_new_with_free_func((GDestroyNotify)draft_free);
    for (guint i = 0; i < found->len; i++)
        g_ptr_array_add(out, draft_from(found->pdata[i]));
    StoreHealth h = store_health(w->store);
    *ret_unreadable = h.unreadable + h.newer + h.rolled_back;
    return out;
}

static Draft *s_draft_get(gpointer self, const char *id, GError **error)
{
    Wiring *w = self;
    if (!ready(w, error))
        return NULL;
    g_autoptr(StoreDraft) s = store_draft_get(w->store, id, error);
    return s ? draft_from(s) : NULL;
}

static gboolean s_draft_remove(gpointer self, const char *id, GError **error)
{
    Wiring *w = self;
    return ready(w, error) && store_draft_remove(w->store, id, error);
}

static void s_resume_put(gpointer self, const char *view, const char *patient, const char *arg)
{
    Wiring *w = self;
    StoreResume r = {.view = (char *)view, .patient = (char *)patient, .extra = (char *)arg};
    g_autoptr(GError) error = NULL;
    if (ready(w, NULL) && !store_resume_put(w->store, &r, &error))
        log_event(LOG_WARN, "store", "place not kept: %s", error->message);
}

static gboolean s_resume_get(gpointer self, char **ret_view, char **ret_patient, char **ret_arg)
{
    Wiring *w = self;
    if (w->exercise)
        return FALSE; /* an exercise begins at the list */
    g_autoptr(StoreResume) r = ready(w, NULL) ? store_resume_get(w->store, NULL) : NULL;
    if (!r || !r->view)
        return FALSE;
    *ret_view = g_strdup(r->view);
    *ret_patient = g_strdup(r->patient);
    *ret_arg = g_strdup(r->extra);
    return TRUE;
}

/* ---- what has been read ---- */

enum { MOST_SEEN = 300 }; /* patients: the one whose notes were looked at longest ago makes room */

static void make_room(Wiring *w)
{
    g_autoptr(GPtrArray) all = NULL;
    if (store_queue_count(w->store, STORE_SEEN) < MOST_SEEN || !(all = store_queue_list(w->store, STORE_SEEN, 0, NULL)) || !all->len)
        return;
    const StoreItem *oldest = all->pdata[0];
    for (guint i = 1; i < all->len; i++)
        if (((StoreItem *)all->pdata[i])->created < oldest->created)
            oldest = all->pdata[i];
    store_queue_remove(w->store, STORE_SEEN, oldest->id, w->scope, NULL, NULL);
}

static GBytes *s_seen_get(gpointer self, const char *patient)
{
    Wiring *w = self;
    GBytes *put = g_hash_table_lookup(w->seen, patient);
    if (put)
        return g_bytes_ref(put);
    g_autoptr(StoreItem) item = ready(w, NULL) ? store_queue_get(w->store, STORE_SEEN, patient, NULL) : NULL;
    return item ? g_bytes_ref(item->payload) : NULL;
}

static void s_seen_put(gpointer self, const char *patient, GBytes *seen)
{
    Wiring *w = self;
    if (!ready(w, NULL))
        return;
    if (!g_hash_table_contains(w->seen, patient))
        make_room(w);
    g_hash_table_replace(w->seen, g_strdup(patient), g_bytes_ref(seen));
    StoreItem item = {.key = (char *)patient, .patient = (char *)patient, .kind = (char *)"seen", .state = ITEM_WAITING, .payload = seen};
    store_queue_put(w->store, STORE_SEEN, &item, w->scope, NULL, NULL);
}

/* ---- words of one's own ---- */

#define OWN_WORDS "own"

static GBytes *s_words_get(gpointer self)
{
    Wiring *w = self;
    g_autoptr(StoreItem) item = ready(w, NULL) ? store_queue_get(w->store, STORE_WORDS, OWN_WORDS, NULL) : NULL;
    return item ? g_bytes_ref(item->payload) : NULL;
}

static gboolean s_words_put(gpointer self, GBytes *words, GError **error)
{
    Wiring *w = self;
    if (!ready(w, error))
        return FALSE;
    StoreItem item = {.key = (char *)OWN_WORDS, .kind = (char *)"words", .state = ITEM_WAITING, .payload = words};
    store_queue_put(w->store, STORE_WORDS, &item, w->scope, NULL, NULL);
    return TRUE;
}

void wire_store(Wiring *w, Services *s)
{
    (void)w;
    s->draft_put = s_draft_put;
    s->draft_edit = s_draft_edit;
    s->draft_list = s_draft_list;
    s->draft_get = s_draft_get;
    s->draft_remove = s_draft_remove;
    s->resume_put = s_resume_put;
    s->resume_get = s_resume_get;
    s->seen_get = s_seen_get;
    s->seen_put = s_seen_put;
    s->words_get = s_words_get;
    s->words_put = s_words_put;
}
