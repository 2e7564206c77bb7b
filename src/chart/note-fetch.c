/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/note-fetch.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/log.h"
#include "client/query.h"

#define MOST 200 /* templates */

typedef struct {
    char *dir;
    GCancellable *asked; /* of the scope, borrowed */
    NoteFetchFn fn;
    gpointer data;
} Fetch;

static void fetch_free(gpointer p)
{
    g_free(((Fetch *)p)->dir);
    g_free(p);
}

/* On its way to the disk, which a worker waits for. */
typedef struct {
    char *dir;
    GHashTable *texts; /* name of the file → GBytes */
    gboolean whole;    /* the core has no others */
} Keeping;

static void keeping_free(gpointer p)
{
    Keeping *k = p;
    g_free(k->dir);
    g_hash_table_unref(k->texts);
    g_free(k);
}

static gboolean is_ours(const FhirResource *q)
{
    for (FhirNode u = fhir_first(fhir_at(fhir_root(q), "useContext")); fhir_exists(u); u = fhir_next(u)) {
        FhirNode codings = fhir_at(u, "valueCodeableConcept.coding");
        for (FhirNode c = fhir_first(codings); fhir_exists(c); c = fhir_next(c))
            if (fhir_is(c, "system", "urn:rond:role"))
                return TRUE;
    }
    return FALSE;
}

/* ---- on the worker ---- */

/* TRUE when it was not there just so already. */
static gboolean keep(const char *path, GBytes *bytes)
{
    gsize len, had_len = 0;
    const char *text = g_bytes_get_data(bytes, &len);
    g_autofree char *had = NULL;
    g_autoptr(GError) error = NULL;
    if (g_file_get_contents(path, &had, &had_len, NULL) && had_len == len && memcmp(had, text, len) == 0)
        return FALSE;
    if (!g_file_set_contents(path, text, (gssize)len, &error))
        log_event(LOG_WARN, "template", "not kept: %s", error->message);
    return TRUE;
}

/* What the core has no more is no template any more. */
static gboolean remove_others(const char *dir, GHashTable *names)
{
    g_autoptr(GDir) d = g_dir_open(dir, 0, NULL);
    gboolean removed = FALSE;
    for (const char *name; d && (name = g_dir_read_name(d));) {
        g_autofree char *path = g_build_filename(dir, name, NULL);
        removed = (!g_hash_table_contains(names, name) && g_unlink(path) == 0) || removed;
    }
    return removed;
}

static void keep_all(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    const Keeping *k = data;
    gboolean changed = FALSE;
    GHashTableIter iter;
    gpointer name, text;
    g_mkdir_with_parents(k->dir, 0700);
    g_hash_table_iter_init(&iter, k->texts);
    while (g_hash_table_iter_next(&iter, &name, &text)) {
        g_autofree char *path = g_build_filename(k->dir, name, NULL);
        changed = keep(path, text) || changed;
    }
    if (k->whole)
        changed = remove_others(k->dir, k->texts) || changed;
    g_task_return_boolean(task, changed);
}

/* ---- on the main loop ---- */

static void on_kept(GObject *source, GAsyncResult *result, gpointer data)
{
    Fetch *f = data; /* gone with its scope */
    gboolean changed = g_task_propagate_boolean(G_TASK(result), NULL);
    if (!g_cancellable_is_cancelled(g_task_get_cancellable(G_TASK(result))))
        f->fn(changed, f->data);
}

static void on_answer(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    Fetch *f = data;
    (void)error;
    if (!done || !result || result->cached)
        return;
    Keeping *k = g_new(Keeping, 1);
    *k = (Keeping){g_strdup(f->dir), g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_bytes_unref),
                   result->known == KNOWN_WHOLE};
    for (guint i = 0; i < result->items->len && i < MOST; i++) {
        const FhirResource *q = result->items->pdata[i];
        const char *id = fhir_id(q);
        if (id && !strchr(id, '/') && is_ours(q))
            g_hash_table_insert(k->texts, g_strdup_printf("note-%s.json", id), g_bytes_ref(fhir_text(q)));
    }
    g_autoptr(GTask) task = g_task_new(NULL, f->asked, on_kept, f);
    g_task_set_task_data(task, k, keeping_free);
    g_task_run_in_thread(task, keep_all);
}

void note_templates_fetch(Client *client, Scope *scope, const char *dir, NoteFetchFn fn, gpointer data)
{
    if (!client_can(client, "Questionnaire", "search-type"))
        return;
    Fetch *f = g_new(Fetch, 1);
    *f = (Fetch){g_strdup(dir), scope_cancellable(scope), fn, data};
    scope_add(scope, fetch_free, f);
    g_autoptr(FhirQuery) q = fhir_query_new("Questionnaire");
    fhir_query_add_raw(q, "status", "active");
    client_search(client, scope, NULL, q, CLIENT_FRESH | CLIENT_NO_STORE, on_answer, f);
}
