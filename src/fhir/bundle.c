/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/bundle.h"
#include "fhir/private.h"

typedef struct {
    FhirEntry shown;
    guint32 node; /* the entry in the page */
    gboolean read;
} Entry;

typedef struct {
    char *relation, *url;
} Link;

struct FhirBundle {
    JsonDoc *doc;
    char *type;
    gint64 total;
    GArray *entries, *links;
    guint skipped;
};

static void clear_entry(gpointer data)
{
    FhirEntry *e = &((Entry *)data)->shown;
    if (e->outcome != e->resource)
        fhir_resource_unref(e->outcome);
    fhir_resource_unref(e->resource);
    g_free((char *)e->full_url);
    g_free((char *)e->search_mode);
    g_free((char *)e->etag);
    g_free((char *)e->location);
}

static void clear_link(gpointer data)
{
    g_free(((Link *)data)->relation);
    g_free(((Link *)data)->url);
}

static void read_links(FhirBundle *b)
{
    JsonValue list = json_member(json_root(b->doc), "link");
    for (JsonValue v = json_first(list); json_exists(v); v = json_next(v)) {
        Link link = {json_text(json_member(v, "relation")), json_text(json_member(v, "url"))};
        g_array_append_val(b->links, link);
    }
}

/* A deletion in a history and an answer to a transaction hold no resource, rightly. */
static gboolean is_skipped(JsonValue entry)
{
    JsonValue resource = json_member(entry, "resource");
    if (!json_exists(resource))
        return !json_exists(json_member(entry, "response")) &&
               !json_exists(json_member(entry, "request"));
    g_autoptr(FhirResource) r = fhir_resource_within(resource, NULL);
    return r == NULL;
}

static void read_entries(FhirBundle *b)
{
    JsonValue list = json_member(json_root(b->doc), "entry");
    if (json_kind(list) != JSON_KIND_ARRAY) {
        b->skipped += json_exists(list) ? 1 : 0;
        return;
    }
    for (JsonValue v = json_first(list); json_exists(v); v = json_next(v)) {
        Entry entry = {.node = v.node};
        g_array_append_val(b->entries, entry);
        b->skipped += is_skipped(v);
    }
}

FhirBundle *fhir_bundle_parse(GBytes *text, GError **error)
{
    g_autoptr(FhirResource) r = fhir_resource_parse(text, error);
    if (!r)
        return NULL;
    if (!g_str_equal(r->type, "Bundle")) {
        g_set_error(error, FHIR_ERROR, FHIR_ERROR_TYPE, "A Bundle was expected, but a %s came.",
                    r->type);
        return NULL;
    }
    FhirBundle *b = g_new0(FhirBundle, 1);
    b->doc = json_doc_ref(r->doc);
    b->type = fhir_string(fhir_root(r), "type");
    b->total = fhir_int(fhir_root(r), "total", -1);
    b->entries = g_array_new(FALSE, TRUE, sizeof(Entry));
    g_array_set_clear_func(b->entries, clear_entry);
    b->links = g_array_new(FALSE, FALSE, sizeof(Link));
    g_array_set_clear_func(b->links, clear_link);
    read_links(b);
    read_entries(b);
    return b;
}

void fhir_bundle_free(FhirBundle *b)
{
    if (!b)
        return;
    json_doc_unref(b->doc);
    g_free(b->type);
    g_array_unref(b->entries);
    g_array_unref(b->links);
    g_free(b);
}

const char *fhir_bundle_type(const FhirBundle *b)
{
    return b->type ? b->type : "";
}

gint64 fhir_bundle_total(const FhirBundle *b)
{
    return b->total;
}

const char *fhir_bundle_link(const FhirBundle *b, const char *relation)
{
    for (guint i = 0; i < b->links->len; i++) {
        const Link *link = &g_array_index(b->links, Link, i);
        if (g_strcmp0(link->relation, relation) == 0)
            return link->url;
    }
    return NULL;
}

guint fhir_bundle_count(const FhirBundle *b)
{
    return b->entries->len;
}

guint fhir_bundle_skipped(const FhirBundle *b)
{
    return b->skipped;
}

/* "201 Created" */
static int read_status(JsonValue response)
{
    g_autofree char *text = json_text(json_member(response, "status"));
    int status = 0;
    for (const char *p = text; p && g_ascii_isdigit(*p) && status < 1000; p++)
        status = status * 10 + (*p - '0');
    return status >= 100 && status < 1000 ? status : 0;
}

static FhirResource *read_resource(JsonValue v)
{
    return json_exists(v) ? fhir_resource_within(v, NULL) : NULL;
}

const FhirEntry *fhir_bundle_entry(FhirBundle *b, guint index)
{
    g_return_val_if_fail(index < b->entries->len, NULL);
    Entry *entry = &g_array_index(b->entries, Entry, index);
    FhirEntry *e = &entry->shown;
    if (entry->read)
        return e;
    entry->read = TRUE;
    JsonValue v = {b->doc, entry->node}, response = json_member(v, "response");
    e->resource = read_resource(json_member(v, "resource"));
    e->full_url = json_text(json_member(v, "fullUrl"));
    e->search_mode = json_text(json_member(json_member(v, "search"), "mode"));
    e->status = read_status(response);
    e->etag = json_text(json_member(response, "etag"));
    e->location = json_text(json_member(response, "location"));
    e->outcome = read_resource(json_member(response, "outcome"));
    if (!e->outcome && e->resource && g_str_equal(e->resource->type, "OperationOutcome"))
        e->outcome = e->resource;
    return e;
}

/* ---- one that is too large to be held ---- */

static void add_links(GString *out, const FhirBundle *b)
{
    JsonValue list = json_member(json_root(b->doc), "link");
    gsize start, len;
    json_member_extent(list, &start, &len);
    if (json_exists(list)) {
        g_string_append_len(out, (const char *)g_bytes_get_data(json_doc_text(b->doc), NULL) + start, (gssize)len);
        g_string_append_c(out, ',');
    }
}

/* As a total would count them: what came along is not among them. */
static gint64 count_matches(const FhirBundle *b)
{
    gint64 n = 0;
    for (guint i = 0; i < b->entries->len; i++) {
        JsonValue v = {b->doc, g_array_index(b->entries, Entry, i).node};
        JsonValue mode = json_member(json_member(v, "search"), "mode");
        n += !json_string_is(mode, "include") && !json_string_is(mode, "outcome");
    }
    return n;
}

static void add_head(GString *out, const FhirBundle *b)
{
    gint64 total = b->total < 0 && !fhir_bundle_link(b, "next") ? count_matches(b) : b->total;
    if (total >= 0)
        g_string_append_printf(out, "\"total\":%" G_GINT64_FORMAT ",", total);
    add_links(out, b);
}

GBytes *fhir_bundle_part(const FhirBundle *b, guint from, guint per)
{
    const char *text = g_bytes_get_data(json_doc_text(b->doc), NULL);
    guint to = MIN(from + per, b->entries->len);
    g_return_val_if_fail(from < to, NULL);
    JsonValue first = {b->doc, g_array_index(b->entries, Entry, from).node};
    JsonValue last = {b->doc, g_array_index(b->entries, Entry, to - 1).node};
    gsize start, end, len;
    json_extent(first, &start, &len);
    json_extent(last, &end, &len);
    GString *part = g_string_new("{\"resourceType\":\"Bundle\",\"type\":\"searchset\",");
    if (from == 0)
        add_head(part, b);
    g_string_append(part, "\"entry\":[");
    g_string_append_len(part, text + start, (gssize)(end + len - start));
    g_string_append(part, "]}");
    return g_string_free_to_bytes(part);
}
