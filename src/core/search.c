/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/search.h"

#include "core/access.h"
#include "core/query.h"
#include "core/record.h"
#include "json/writer.h"
#include <string.h>

typedef struct {
    Core *core;
    const CoreRequest *request;
    const Query *query;
    JsonWriter *writer;
    GHashTable *seen; /* rids already in the Bundle */
} Answer;

static void write_link(JsonWriter *w, const char *relation, const char *url)
{
    json_write_object(w, NULL);
    json_write_string(w, "relation", relation);
    json_write_string(w, "url", url);
    json_write_end(w);
}

/* The query as asked, without the cursor of another page. */
static char *asked(const char *query)
{
    g_auto(GStrv) parts = g_strsplit(query, "&", -1);
    g_autoptr(GString) out = g_string_new(NULL);
    for (char **p = parts; *p; p++)
        if (**p && !g_str_has_prefix(*p, "_cursor="))
            g_string_append_printf(out, "%s%s", out->len ? "&" : "", *p);
    return g_string_free(g_steal_pointer(&out), FALSE);
}

static void write_links(Answer *a, const char *next)
{
    g_autofree char *query = asked(a->request->query);
    g_autofree char *base = g_strdup_printf("%s/%s", a->core->base, a->query->type);
    g_autofree char *self = g_strdup_printf("%s%s%s", base, *a->request->query ? "?" : "",
                                            a->request->query);
    json_write_array(a->writer, "link");
    write_link(a->writer, "self", self);
    if (next) {
        g_autofree char *url = g_strdup_printf("%s?%s%s_cursor=%s", base, query, *query ? "&" : "",
                                               next);
        write_link(a->writer, "next", url);
    }
    json_write_end(a->writer);
}

static void write_entry(Answer *a, gint64 rid, const char *mode)
{
    if (!g_hash_table_add(a->seen, g_memdup2(&rid, sizeof rid)))
        return;
    sqlite3_stmt *s = db_stmt(a->core->db, "SELECT type, id, body FROM resource WHERE rid=?", "i",
                              rid);
    if (!db_row(a->core->db, s))
        return;
    const char *type = db_column(s, 0);
    if (access_may_read(a->core, a->request->session, type)) {
        g_autofree char *url = g_strdup_printf("%s/%s/%s", a->core->base, type, db_column(s, 1));
        json_write_object(a->writer, NULL);
        json_write_string(a->writer, "fullUrl", url);
        json_write_raw(a->writer, "resource", sqlite3_column_blob(s, 2),
                       sqlite3_column_bytes(s, 2));
        json_write_object(a->writer, "search");
        json_write_string(a->writer, "mode", mode);
        json_write_end(a->writer);
        json_write_end(a->writer);
    }
    sqlite3_reset(s);
}

static void collect(Db *db, sqlite3_stmt *s, GArray *out)
{
    while (db_row(db, s)) {
        gint64 rid = sqlite3_column_int64(s, 0);
        g_array_append_val(out, rid);
    }
}

static void collect_includes(Answer *a, gint64 rid, GArray *out)
{
    Db *db = a->core->db;
    for (guint i = 0; i < a->query->includes->len; i++) {
        const QueryInclude *inc = &g_array_index(a->query->includes, QueryInclude, i);
        collect(db,
                db_stmt(db,
                        "SELECT r.rid FROM ref x JOIN resource r ON r.type=x.type AND r.id=x.id"
                        " WHERE x.rid=?1 AND x.param=?2 AND (?3 IS NULL OR x.type=?3)",
                        "iis", rid, (gint64)param_id(inc->def), inc->target),
                out);
    }
    for (guint i = 0; i < a->query->revincludes->len; i++) {
        const QueryInclude *inc = &g_array_index(a->query->revincludes, QueryInclude, i);
        collect(db,
                db_stmt(db,
                        "SELECT x.rid FROM resource r JOIN ref x ON x.param=?2 AND x.id=r.id"
                        " AND x.type=r.type WHERE r.rid=?1 ORDER BY x.rid",
                        "ii", rid, (gint64)param_id(inc->def)),
                out);
    }
}

static void write_entries(Answer *a, GArray *rids)
{
    g_autoptr(GArray) extra = g_array_new(FALSE, FALSE, sizeof(gint64));
    if (rids->len)
        json_write_array(a->writer, "entry");
    for (guint i = 0; i < rids->len; i++) {
        gint64 rid = g_array_index(rids, gint64, i);
        write_entry(a, rid, "match");
        collect_includes(a, rid, extra);
    }
    for (guint i = 0; i < extra->len; i++)
        write_entry(a, g_array_index(extra, gint64, i), "include");
    if (rids->len)
        json_write_end(a->writer);
}

/* Changes whenever the answer could: a search over one patient follows that patient's counter. */
static char *search_etag(Core *core, const CoreRequest *request, const Query *q)
{
    gboolean wide = q->includes->len || q->revincludes->len;
    g_autofree char *epoch = db_meta(core->db, "epoch");
    gint64 n = record_changes(core->db, wide ? NULL : q->type, wide ? NULL : q->patient);
    return g_strdup_printf("W/\"%s.%" G_GINT64_FORMAT ".%s\"", epoch ? epoch : "0", n,
                           request->session->role_id);
}

static gboolean not_modified(const CoreRequest *request, CoreReply *reply)
{
    gboolean match = FALSE;
    g_autofree char *version = g_strndup(reply->etag + 3, strlen(reply->etag) - 4);
    if (!request->if_none_match || !etag_matches(request->if_none_match, version, &match) || !match)
        return FALSE;
    reply->status = 304;
    return TRUE;
}

/* Counting 200,000 takes a tenth of a second: once for each change, however many pages follow. */
static gint64 total_of(Answer *a, const char *etag)
{
    enum { TOTALS_KEPT = 500 };
    Core *core = a->core;
    g_autofree char *query = asked(a->request->query);
    g_autofree char *key = g_strconcat(etag, " ", a->query->type, "?", query, NULL);
    if (!core->totals)
        core->totals = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    gint64 *known = g_hash_table_lookup(core->totals, key);
    if (known)
        return *known;
    if (g_hash_table_size(core->totals) >= TOTALS_KEPT)
        g_hash_table_remove_all(core->totals);
    known = g_new(gint64, 1);
    *known = query_total(core, a->query);
    g_hash_table_insert(core->totals, g_steal_pointer(&key), known);
    return *known;
}

static void write_answer(Answer *a, const char *etag)
{
    g_autofree char *next = NULL;
    g_autoptr(GArray) rids = NULL;
    const Query *q = a->query;
    if (!q->count_only)
        rids = query_run(a->core, q, q->count, &next);
    gboolean whole = rids && !next && !q->cursor && !q->no_total;
    json_write_object(a->writer, NULL);
    json_write_string(a->writer, "resourceType", "Bundle");
    json_write_string(a->writer, "type", "searchset");
    if (whole)
        json_write_int(a->writer, "total", rids->len);
    else if (q->count_only || q->total)
        json_write_int(a->writer, "total", total_of(a, etag));
    write_links(a, next);
    if (rids)
        write_entries(a, rids);
    json_write_end(a->writer);
}

void search_type(Core *core, const CoreRequest *request, const char *type, CoreReply *reply)
{
    g_autoptr(Query) q = query_parse(type, request->query, reply);
    if (!q)
        return;
    reply_about(reply, type, NULL, q->patient);
    reply->etag = search_etag(core, request, q);
    if (not_modified(request, reply))
        return;
    g_autoptr(JsonWriter) writer = json_writer_new();
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
    Answer a = {core, request, q, writer, seen};
    write_answer(&a, reply->etag);
    reply_body(reply, 200, json_writer_finish(writer));
}

GPtrArray *search_ids(Core *core, const char *type, const char *query, CoreReply *reply)
{
    g_autofree char *next = NULL;
    g_autoptr(Query) q = query_parse(type, query, reply);
    if (!q)
        return NULL;
    if (!q->terms->len) {
        reply_fail(reply, 412, "incomplete", NULL, "A condition needs a search parameter.");
        return NULL;
    }
    g_autoptr(GArray) rids = query_run(core, q, 2, &next);
    GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < rids->len; i++)
        g_ptr_array_add(ids, db_text(core->db, "SELECT id FROM resource WHERE rid=?", "i",
                                     g_array_index(rids, gint64, i)));
    return ids;
}
