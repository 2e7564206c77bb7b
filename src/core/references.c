/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/transaction.h"

#include "json/splice.h"
#include <string.h>

typedef struct {
    JsonSplice *splice;
    GHashTable *ids;
    ReferenceFind find;
    gpointer data;
} Rewrite;

static void rewrite_one(Rewrite *rw, JsonValue v)
{
    g_autofree char *text = json_text(v);
    g_autofree char *found = NULL;
    if (!text)
        return;
    const char *target = g_hash_table_lookup(rw->ids, text);
    if (!target && rw->find && strchr(text, '?')) {
        found = rw->find(text, rw->data);
        target = found;
    }
    if (!target)
        return;
    g_autofree char *json = json_quote(target);
    json_splice_replace(rw->splice, v, json);
}

/* "reference" everywhere, and "url" of attachments that name another entry. */
static void rewrite_tree(Rewrite *rw, JsonValue v)
{
    gboolean object = json_kind(v) == JSON_KIND_OBJECT;
    if (!object && json_kind(v) != JSON_KIND_ARRAY)
        return;
    for (JsonValue c = json_first(v); json_exists(c); c = json_next(c)) {
        if (object && json_kind(c) == JSON_KIND_STRING &&
            (json_key_is(c, "reference") || json_key_is(c, "url")))
            rewrite_one(rw, c);
        else
            rewrite_tree(rw, c);
    }
}

GBytes *references_rewrite(GBytes *text, GHashTable *ids, ReferenceFind find, gpointer data,
                           GError **error)
{
    g_autoptr(JsonDoc) doc = json_doc_parse(text, error);
    if (!doc)
        return NULL;
    g_autoptr(JsonSplice) splice = json_splice_new(doc);
    Rewrite rw = {splice, ids, find, data};
    rewrite_tree(&rw, json_root(doc));
    return json_splice_finish(splice, error);
}
