/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/load.h"

#include "core/params.h"
#include "core/record.h"
#include "core/transaction.h"
#include "fhir/validate.h"
#include "json/document.h"
#include <string.h>

typedef struct {
    Db *db;
    Instant stamp;
    GHashTable *ids;     /* fullUrl -> "Type/id", of all files */
    GHashTable *skipped; /* why -> count */
    GHashTable *oddities; /* why -> count, of what came in all the same */
    guint resources, files;
} Load;

typedef void (*EachFn)(Load *load, GBytes *text, JsonValue resource, const char *full_url);

static void count(GHashTable *table, const char *why)
{
    guint n = GPOINTER_TO_UINT(g_hash_table_lookup(table, why));
    g_hash_table_insert(table, g_strdup(why), GUINT_TO_POINTER(n + 1));
}

static void each_in(Load *load, GBytes *text, JsonValue root, EachFn fn)
{
    JsonValue entries = json_member(root, "entry");
    if (!json_string_is(json_member(root, "resourceType"), "Bundle")) {
        fn(load, text, root, NULL);
        return;
    }
    for (JsonValue e = json_first(entries); json_exists(e); e = json_next(e)) {
        g_autofree char *url = json_text(json_member(e, "fullUrl"));
        if (json_exists(json_member(e, "resource")))
            fn(load, text, json_member(e, "resource"), url);
    }
}

static void each_document(Load *load, GBytes *text, EachFn fn, gboolean counting)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonDoc) doc = json_doc_parse(text, &error);
    if (doc)
        each_in(load, text, json_root(doc), fn);
    else if (counting)
        count(load->skipped, "not readable as JSON");
}

static void each_line(Load *load, GBytes *text, EachFn fn, gboolean counting)
{
    gsize len;
    const char *p = g_bytes_get_data(text, &len), *end = p + len;
    for (const char *start = p; start < end;) {
        const char *stop = memchr(start, '\n', (gsize)(end - start));
        stop = stop ? stop : end;
        if (stop > start + 1) {
            g_autoptr(GBytes) line = g_bytes_new_from_bytes(text, (gsize)(start - p),
                                                            (gsize)(stop - start));
            each_document(load, line, fn, counting);
        }
        start = stop + 1;
    }
}

/* The id it will have: its own where that is one, else made from its place in the Bundle. */
static char *id_for(JsonValue resource, const char *full_url)
{
    char *own = json_text(json_member(resource, "id"));
    if (own && record_id_valid(own))
        return own;
    g_free(own);
    const char *uuid = full_url && g_str_has_prefix(full_url, "urn:uuid:") ? full_url + 9 : NULL;
    return uuid && record_id_valid(uuid) ? g_strdup(uuid) : NULL;
}

static void note_id(Load *load, GBytes *text, JsonValue resource, const char *full_url)
{
    g_autofree char *type = json_text(json_member(resource, "resourceType"));
    g_autofree char *id = id_for(resource, full_url);
    if (full_url && type && !id)
        id = g_uuid_string_random();
    if (full_url && type && !g_hash_table_contains(load->ids, full_url))
        g_hash_table_insert(load->ids, g_strdup(full_url), g_strdup_printf("%s/%s", type, id));
}

/* Conditional references are resolved over the index; those that fit nothing stay as they are. */
static char *find_reference(const char *reference, gpointer data)
{
    Load *load = data;
    const char *mark = strchr(reference, '?');
    g_autofree char *type = g_strndup(reference, (gsize)(mark - reference));
    const ParamDef *def = type_def(type) ? param_def(type, "identifier") : NULL;
    const char *value = def && g_str_has_prefix(mark, "?identifier=") ? mark + 12 : NULL;
    const char *bar = value ? strrchr(value, '|') : NULL;
    if (!value)
        return NULL;
    g_autofree char *id = db_text(load->db,
                                  "SELECT r.id FROM token x JOIN resource r ON r.rid=x.rid"
                                  " WHERE x.param=? AND x.code=?",
                                  "is", (gint64)param_id(def), bar ? bar + 1 : value);
    if (!id)
        count(load->oddities, "a conditional reference that fits nothing");
    return id ? g_strdup_printf("%s/%s", type, id) : NULL;
}

static FhirResource *rewritten(Load *load, GBytes *text, JsonValue resource, GError **error)
{
    gsize start, len;
    json_extent(resource, &start, &len);
    g_autoptr(GBytes) slice = g_bytes_new_from_bytes(text, start, len);
    g_autoptr(GBytes) out = references_rewrite(slice, load->ids, find_reference, load, error);
    return out ? fhir_resource_parse(out, error) : NULL;
}

static void store(Load *load, GBytes *text, JsonValue resource, const char *full_url)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *type = json_text(json_member(resource, "resourceType"));
    g_autofree char *id = id_for(resource, full_url);
    const char *known = full_url ? g_hash_table_lookup(load->ids, full_url) : NULL;
    if (!type || !type_def(type)) {
        g_autofree char *why = g_strdup_printf("the type %s is not kept here", type ? type : "(none)");
        count(load->skipped, why);
        return;
    }
    if (!id)
        id = known ? g_strdup(strchr(known, '/') + 1) : g_uuid_string_random();
    g_autoptr(FhirResource) r = rewritten(load, text, resource, &error);
    if (!r || fhir_read_only(r)) {
        count(load->skipped, "damaged text or structure");
        return;
    }
    g_autoptr(GPtrArray) issues = fhir_validate(r);
    if (issues)
        count(load->oddities, "breaks R4's structure");
    g_autoptr(Record) old = record_get(load->db, type, id);
    g_autoptr(FhirResource) stored = record_put(load->db, r, id, old, load->stamp, &error);
    if (stored)
        load->resources++;
    else
        count(load->skipped, "cannot be stored");
}

static void add_files(GPtrArray *files, const char *path, gboolean named)
{
    const char *name;
    GDir *dir = g_dir_open(path, 0, NULL);
    if (!dir && (named || g_str_has_suffix(path, ".json") || g_str_has_suffix(path, ".ndjson")))
        g_ptr_array_add(files, g_strdup(path));
    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *inner = g_build_filename(path, name, NULL);
        if (!g_file_test(inner, G_FILE_TEST_IS_SYMLINK))
            add_files(files, inner, FALSE);
    }
    if (dir)
        g_dir_close(dir);
}

static GPtrArray *files_of(char **paths)
{
    GPtrArray *files = g_ptr_array_new_with_free_func(g_free);
    for (char **p = paths; *p; p++)
        add_files(files, *p, TRUE);
    return files;
}

static int by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static gboolean pass(Load *load, GPtrArray *files, EachFn fn, gboolean counting, GError **error)
{
    for (guint i = 0; i < files->len; i++) {
        const char *path = g_ptr_array_index(files, i);
        char *data;
        gsize len;
        if (!g_file_get_contents(path, &data, &len, error))
            return FALSE;
        g_autoptr(GBytes) text = g_bytes_new_take(data, len);
        if (g_str_has_suffix(path, ".ndjson"))
            each_line(load, text, fn, counting);
        else
            each_document(load, text, fn, counting);
        load->files += counting;
    }
    return TRUE;
}

static void report_table(GString *out, const char *head, GHashTable *table)
{
    g_autoptr(GList) keys = g_list_sort(g_hash_table_get_keys(table), (GCompareFunc)strcmp);
    for (GList *k = keys; k; k = k->next)
        g_string_append_printf(out, "%s: %u (%s)\n", head,
                               GPOINTER_TO_UINT(g_hash_table_lookup(table, k->data)),
                               (char *)k->data);
}

static char *report(const Load *load)
{
    g_autoptr(GString) out = g_string_new(NULL);
    g_string_append_printf(out, "Loaded: %u resources from %u files\n", load->resources,
                           load->files);
    report_table(out, "Loaded with a remark", load->oddities);
    report_table(out, "Skipped", load->skipped);
    return g_string_free(g_steal_pointer(&out), FALSE);
}

gboolean load_paths(Db *db, char **paths, char **ret_report, GError **error)
{
    g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(GHashTable) skipped = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) odd = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GPtrArray) files = files_of(paths);
    Load load = {.db = db, .ids = ids, .skipped = skipped, .oddities = odd};
    g_ptr_array_sort(files, by_name);
    if (!db_begin(db, error))
        return FALSE;
    load.stamp = record_stamp(db);
    db_set_meta(db, "touched", "1");
    if (!pass(&load, files, note_id, FALSE, error) || !pass(&load, files, store, TRUE, error)) {
        db_rollback(db);
        return FALSE;
    }
    *ret_report = report(&load);
    return db_commit(db, error);
}
