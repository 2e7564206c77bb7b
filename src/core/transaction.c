/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/transaction.h"

#include "core/params.h"
#include "core/record.h"
#include "core/search.h"
#include "json/document.h"
#include "json/writer.h"
#include <string.h>

typedef struct {
    char *method, *path, *query, *full_url;
    char *if_match, *if_none_match, *if_none_exist, *new_id;
    GBytes *body;
    CoreReply reply;
} Entry;

static void entry_free(gpointer data)
{
    Entry *e = data;
    g_free(e->method);
    g_free(e->path);
    g_free(e->query);
    g_free(e->full_url);
    g_free(e->if_match);
    g_free(e->if_none_match);
    g_free(e->if_none_exist);
    g_free(e->new_id);
    g_clear_pointer(&e->body, g_bytes_unref);
    core_reply_clear(&e->reply);
    g_free(e);
}

static GBytes *slice(GBytes *text, JsonValue v)
{
    gsize start, len;
    json_extent(v, &start, &len);
    return g_bytes_new_from_bytes(text, start, len);
}

static Entry *entry_read(Core *core, GBytes *text, JsonValue entry)
{
    JsonValue request = json_member(entry, "request"), resource = json_member(entry, "resource");
    g_autofree char *url = json_text(json_member(request, "url"));
    Entry *e = g_new0(Entry, 1);
    e->reply.modified = INSTANT_NONE;
    e->method = json_text(json_member(request, "method"));
    e->full_url = json_text(json_member(entry, "fullUrl"));
    e->if_match = json_text(json_member(request, "ifMatch"));
    e->if_none_match = json_text(json_member(request, "ifNoneMatch"));
    e->if_none_exist = json_text(json_member(request, "ifNoneExist"));
    if (json_exists(resource))
        e->body = slice(text, resource);
    if (url) {
        gsize base = strlen(core->base);
        const char *path = strncmp(url, core->base, base) == 0 && url[base] == '/' ? url + base : url;
        path += *path == '/';
        const char *mark = strchr(path, '?');
        e->path = mark ? g_strndup(path, (gsize)(mark - path)) : g_strdup(path);
        e->query = g_strdup(mark ? mark + 1 : "");
    }
    return e;
}

static GPtrArray *entries_read(Core *core, GBytes *text, JsonValue root, CoreReply *reply)
{
    g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(entry_free);
    JsonValue list = json_member(root, "entry");
    for (JsonValue v = json_first(list); json_exists(v); v = json_next(v)) {
        Entry *e = entry_read(core, text, v);
        g_ptr_array_add(entries, e);
        if (!e->method || !e->path) {
            reply_fail(reply, 400, "required", "Bundle.entry.request",
                       "Entry %u has no request with method and url.", entries->len - 1);
            return NULL;
        }
    }
    return g_steal_pointer(&entries);
}

static CoreRequest entry_request(const CoreRequest *outer, const Entry *e)
{
    CoreRequest r = *outer;
    r.method = e->method;
    r.path = e->path;
    r.query = e->query;
    r.if_match = e->if_match;
    r.if_none_match = e->if_none_match;
    r.if_none_exist = e->if_none_exist;
    r.new_id = e->new_id;
    r.body = e->body;
    r.content_type = NULL;
    return r;
}

/* ---- references --------------------------------------------------------------------------- */

/* Ids are given out before anything is written, so that entries may refer to each other. */
static gboolean give_id(Core *core, Entry *e, GHashTable *ids, CoreReply *reply)
{
    g_autofree char *id = NULL;
    if (g_str_equal(e->method, "POST") && type_def(e->path)) {
        if (e->if_none_exist) {
            g_autoptr(GPtrArray) found = search_ids(core, e->path, e->if_none_exist, reply);
            if (!found)
                return FALSE;
            id = found->len ? g_strdup(g_ptr_array_index(found, 0)) : NULL;
        }
        if (!id)
            id = e->new_id = g_uuid_string_random();
        if (e->full_url)
            g_hash_table_insert(ids, g_strdup(e->full_url),
                                g_strdup_printf("%s/%s", e->path, id));
        if (id == e->new_id)
            id = NULL;
    } else if (g_str_equal(e->method, "PUT") && strchr(e->path, '/') && e->full_url &&
               g_str_has_prefix(e->full_url, "urn:")) {
        g_hash_table_insert(ids, g_strdup(e->full_url), g_strdup(e->path));
    }
    return TRUE;
}

typedef struct {
    Core *core;
    CoreReply *reply;
} Finder;

static char *find_reference(const char *reference, gpointer data)
{
    Finder *f = data;
    const char *mark = strchr(reference, '?');
    g_autofree char *type = g_strndup(reference, (gsize)(mark - reference));
    if (!type_def(type))
        return NULL;
    g_autoptr(GPtrArray) ids = search_ids(f->core, type, mark + 1, f->reply);
    if (ids && ids->len != 1)
        reply_fail(f->reply, 412, ids->len ? "multiple-matches" : "not-found", NULL,
                   "The reference %s fits %s %s.", type, ids->len ? "more than one" : "no", type);
    return ids && ids->len == 1 ? g_strdup_printf("%s/%s", type,
                                                  (char *)g_ptr_array_index(ids, 0))
                                : NULL;
}

static gboolean resolve(Core *core, GPtrArray *entries, CoreReply *reply)
{
    g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    Finder finder = {core, reply};
    for (guint i = 0; i < entries->len; i++)
        if (!give_id(core, g_ptr_array_index(entries, i), ids, reply))
            return FALSE;
    for (guint i = 0; i < entries->len; i++) {
        Entry *e = g_ptr_array_index(entries, i);
        g_autoptr(GError) error = NULL;
        if (!e->body)
            continue;
        GBytes *text = references_rewrite(e->body, ids, find_reference, &finder, &error);
        if (!text)
            return reply_fail(reply, 400, "structure", NULL, "Entry %u: %s", i, error->message);
        g_bytes_unref(e->body);
        e->body = text;
        if (reply->status)
            return FALSE;
    }
    return TRUE;
}

/* ---- answers ------------------------------------------------------------------------------ */

static const char *status_text(guint status)
{
    return status == 200   ? "200 OK"
           : status == 201 ? "201 Created"
           : status == 304 ? "304 Not Modified"
                           : NULL;
}

static void write_entry(JsonWriter *w, const CoreReply *r)
{
    gboolean failed = r->status >= 400;
    g_autofree char *digits = g_strdup_printf("%u", r->status);
    gsize len = 0;
    const char *body = r->body ? g_bytes_get_data(r->body, &len) : NULL;
    json_write_object(w, NULL);
    if (body && !failed)
        json_write_raw(w, "resource", body, (gssize)len);
    json_write_object(w, "response");
    json_write_string(w, "status", status_text(r->status) ? status_text(r->status) : digits);
    json_write_string(w, "location", r->location);
    json_write_string(w, "etag", r->etag);
    if (r->modified != INSTANT_NONE) {
        g_autofree char *when = instant_to_fhir(r->modified);
        json_write_string(w, "lastModified", when);
    }
    if (body && failed)
        json_write_raw(w, "outcome", body, (gssize)len);
    json_write_end(w);
    json_write_end(w);
}

static void write_answer(GPtrArray *entries, const char *type, CoreReply *reply)
{
    g_autoptr(JsonWriter) w = json_writer_new();
    json_write_object(w, NULL);
    json_write_string(w, "resourceType", "Bundle");
    json_write_string(w, "type", type);
    if (entries->len)
        json_write_array(w, "entry");
    for (guint i = 0; i < entries->len; i++)
        write_entry(w, &((Entry *)g_ptr_array_index(entries, i))->reply);
    if (entries->len)
        json_write_end(w);
    json_write_end(w);
    reply_body(reply, 200, json_writer_finish(w));
}

/* ---- running ------------------------------------------------------------------------------ */

static void batch(Core *core, const CoreRequest *outer, GPtrArray *entries)
{
    for (guint i = 0; i < entries->len; i++) {
        Entry *e = g_ptr_array_index(entries, i);
        CoreRequest r = entry_request(outer, e);
        core_run(core, &r, &e->reply);
    }
}

/* DELETE, POST, PUT and PATCH, then GET: the order that FHIR gives. */
static gboolean run_all(Core *core, const CoreRequest *outer, GPtrArray *entries, CoreReply *reply)
{
    static const char *const ORDER[] = {"DELETE", "POST", "PUT", "PATCH", "GET"};
    for (gsize o = 0; o < G_N_ELEMENTS(ORDER); o++)
        for (guint i = 0; i < entries->len; i++) {
            Entry *e = g_ptr_array_index(entries, i);
            CoreRequest r = entry_request(outer, e);
            if (!g_str_equal(e->method, ORDER[o]))
                continue;
            core_interact(core, &r, &e->reply);
            if (e->reply.status >= 400) {
                reply->status = e->reply.status;
                reply_body(reply, e->reply.status, g_steal_pointer(&e->reply.body));
                return FALSE;
            }
        }
    return TRUE;
}

static void transaction(Core *core, const CoreRequest *outer, GPtrArray *entries, CoreReply *reply)
{
    g_autoptr(GError) error = NULL;
    CoreRequest request = *outer;
    if (!db_begin(core->db, &error)) {
        reply_busy(reply, error);
        return;
    }
    request.stamp = record_stamp(core->db);
    if (!resolve(core, entries, reply) || !run_all(core, &request, entries, reply)) {
        db_rollback(core->db);
        return;
    }
    if (!db_commit(core->db, &error)) {
        reply_error(reply, error);
        return;
    }
    for (guint i = 0; i < entries->len; i++) {
        Entry *e = g_ptr_array_index(entries, i);
        CoreRequest r = entry_request(outer, e);
        core_audit(core, &r, &e->reply);
    }
}

void transaction_run(Core *core, const CoreRequest *request, CoreReply *reply)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(JsonDoc) doc = request->body ? json_doc_parse(request->body, &error) : NULL;
    if (!doc) {
        reply_fail(reply, 400, "structure", NULL, "%s", error ? error->message : "No body.");
        return;
    }
    JsonValue root = json_root(doc);
    gboolean all = json_string_is(json_member(root, "type"), "transaction");
    if (!json_string_is(json_member(root, "resourceType"), "Bundle") ||
        (!all && !json_string_is(json_member(root, "type"), "batch"))) {
        reply_fail(reply, 400, "value", "Bundle.type",
                   "What is posted here must be a Bundle of type transaction or batch.");
        return;
    }
    g_autoptr(GPtrArray) entries = entries_read(core, request->body, root, reply);
    if (!entries)
        return;
    if (all)
        transaction(core, request, entries, reply);
    else
        batch(core, request, entries);
    if (!reply->status)
        write_answer(entries, all ? "transaction-response" : "batch-response", reply);
}
