/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/note-fetch.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/log.h"
#include "client/query.h"

#define MOST 200 /* templates */

typedef struct {
    char *dir;
    NoteFetchFn fn;
    gpointer data;
} Fetch;

static void fetch_free(gpointer p)
{
    g_free(((Fetch *)p)->dir);
    g_free(p);
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

/* TRUE when it was not there just so already. */
static gboolean keep(const char *path, const FhirResource *q)
{
    gsize len, had_len = 0;
    const char *text = g_bytes_get_data(fhir_text(q), &len);
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

static void on_answer(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    const Fetch *f = data;
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    gboolean changed = FALSE;
    (void)error;
    if (!done || !result || result->cached)
        return;
    g_mkdir_with_parents(f->dir, 0700);
    for (guint i = 0; i < result->items->len && i < MOST; i++) {
        const FhirResource *q = result->items->pdata[i];
        const char *id = fhir_id(q);
        if (!id || strchr(id, '/') || !is_ours(q))
            continue;
        char *name = g_strdup_printf("note-%s.json", id);
        g_autofree char *path = g_build_filename(f->dir, name, NULL);
        g_hash_table_add(names, name);
        changed = keep(path, q) || changed;
    }
    if (result->known == KNOWN_WHOLE)
        changed = remove_others(f->dir, names) || changed;
    f->fn(changed, f->data);
}

void note_templates_fetch(Client *client, Scope *scope, const char *dir, NoteFetchFn fn, gpointer data)
{
    if (!client_can(client, "Questionnaire", "search-type"))
        return;
    Fetch *f = g_new(Fetch, 1);
    *f = (Fetch){g_strdup(dir), fn, data};
    scope_add(scope, fetch_free, f);
    g_autoptr(FhirQuery) q = fhir_query_new("Questionnaire");
    fhir_query_add_raw(q, "status", "active");
    client_search(client, scope, NULL, q, CLIENT_FRESH | CLIENT_NO_STORE, on_answer, f);
}
