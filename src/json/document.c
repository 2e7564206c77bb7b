/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json/node.h"
#include <string.h>

G_DEFINE_QUARK(rond - json - error - quark, json_error)

JsonDoc *json_doc_parse(GBytes *text, GError **error)
{
    JsonDoc *doc = g_new0(JsonDoc, 1);
    g_atomic_ref_count_init(&doc->refs);
    doc->text = g_bytes_ref(text);
    doc->s = g_bytes_get_data(text, &doc->len);
    if (!json_scan(doc, error)) {
        json_doc_unref(doc);
        return NULL;
    }
    return doc;
}

JsonDoc *json_doc_ref(const JsonDoc *doc)
{
    JsonDoc *d = (JsonDoc *)doc;
    g_atomic_ref_count_inc(&d->refs);
    return d;
}

void json_doc_unref(JsonDoc *doc)
{
    if (!doc || !g_atomic_ref_count_dec(&doc->refs))
        return;
    g_bytes_unref(doc->text);
    g_free(doc->nodes);
    g_free(doc);
}

GBytes *json_doc_text(const JsonDoc *doc)
{
    return doc->text;
}

gboolean json_doc_damaged(const JsonDoc *doc)
{
    return doc->damaged;
}

static const JsonNode *node_of(JsonValue v)
{
    return v.doc ? &v.doc->nodes[v.node] : NULL;
}

JsonValue json_root(const JsonDoc *doc)
{
    return (JsonValue){doc, 0};
}

JsonKind json_kind(JsonValue v)
{
    const JsonNode *n = node_of(v);
    if (!n)
        return JSON_KIND_NONE;
    switch (v.doc->s[n->start]) {
    case '{':
        return JSON_KIND_OBJECT;
    case '[':
        return JSON_KIND_ARRAY;
    case '"':
        return JSON_KIND_STRING;
    case 't':
        return JSON_KIND_TRUE;
    case 'f':
        return JSON_KIND_FALSE;
    case 'n':
        return JSON_KIND_NULL;
    default:
        return JSON_KIND_NUMBER;
    }
}

JsonValue json_first(JsonValue container)
{
    const JsonNode *n = node_of(container);
    return n && n->next > container.node + 1 ? (JsonValue){container.doc, container.node + 1}
                                             : (JsonValue){NULL, 0};
}

JsonValue json_next(JsonValue child)
{
    const JsonNode *n = node_of(child);
    /* The root has no mark, but it is no child of anything. */
    return n && child.node && !(n->key & NODE_LAST) ? (JsonValue){child.doc, n->next}
                                                    : (JsonValue){NULL, 0};
}

guint json_count(JsonValue container)
{
    guint n = 0;
    for (JsonValue c = json_first(container); c.doc; c = json_next(c))
        n++;
    return n;
}

JsonValue json_item(JsonValue array, guint index)
{
    JsonValue c = json_kind(array) == JSON_KIND_ARRAY ? json_first(array) : (JsonValue){NULL, 0};
    while (c.doc && index--)
        c = json_next(c);
    return c;
}

/* Length between the quotes at @at. */
static gsize raw_length(const JsonDoc *doc, gsize at)
{
    const char *p = doc->s + at + 1;
    while (*p != '"')
        p += *p == '\\' ? 2 : 1;
    return (gsize)(p - (doc->s + at + 1));
}

const char *json_raw_key(const JsonDoc *doc, guint32 node, gsize *ret_len)
{
    gsize at = doc->nodes[node].key & NODE_KEY_OFFSET;
    *ret_len = raw_length(doc, at);
    return doc->s + at + 1;
}

char *json_key(JsonValue member)
{
    const JsonNode *n = node_of(member);
    if (!n || !(n->key & NODE_KEYED))
        return NULL;
    gsize len;
    const char *raw = json_raw_key(member.doc, member.node, &len);
    return json_decode(raw, len, NULL);
}

static gboolean key_is(JsonValue member, const char *key, gsize len)
{
    const JsonNode *n = node_of(member);
    if (!n || !(n->key & NODE_KEYED))
        return FALSE;
    if (n->key & NODE_KEY_ODD) {
        g_autofree char *decoded = json_key(member);
        return strlen(decoded) == len && !memcmp(decoded, key, len);
    }
    gsize at = (n->key & NODE_KEY_OFFSET) + 1;
    /* A plain key holds no quote, so the byte after it decides. */
    return at + len < n->start && !memcmp(member.doc->s + at, key, len) &&
           member.doc->s[at + len] == '"';
}

gboolean json_key_is(JsonValue member, const char *key)
{
    return key_is(member, key, strlen(key));
}

JsonValue json_member_n(JsonValue object, const char *key, gsize len)
{
    if (json_kind(object) != JSON_KIND_OBJECT)
        return (JsonValue){NULL, 0};
    JsonValue c = json_first(object);
    while (c.doc && !key_is(c, key, len))
        c = json_next(c);
    return c;
}

JsonValue json_member(JsonValue object, const char *key)
{
    return json_member_n(object, key, strlen(key));
}

char *json_text(JsonValue v)
{
    if (json_kind(v) != JSON_KIND_STRING)
        return NULL;
    const JsonNode *n = node_of(v);
    const char *raw = v.doc->s + n->start + 1;
    gsize len = n->end - n->start - 2;
    return n->key & (NODE_ESCAPED | NODE_DAMAGED) ? json_decode(raw, len, NULL)
                                                  : g_strndup(raw, len);
}

gboolean json_string_is(JsonValue v, const char *text)
{
    if (json_kind(v) != JSON_KIND_STRING)
        return FALSE;
    const JsonNode *n = node_of(v);
    if (n->key & (NODE_ESCAPED | NODE_DAMAGED)) {
        g_autofree char *decoded = json_text(v);
        return g_str_equal(decoded, text);
    }
    gsize len = n->end - n->start - 2;
    return strlen(text) == len && !memcmp(v.doc->s + n->start + 1, text, len);
}

gboolean json_string_damaged(JsonValue v)
{
    const JsonNode *n = node_of(v);
    return n && (n->key & NODE_DAMAGED);
}

gboolean json_damaged(JsonValue v)
{
    const JsonNode *n = node_of(v);
    if (!n || !v.doc->damaged)
        return FALSE;
    for (guint32 i = v.node; i < n->next; i++) {
        guint32 marks = v.doc->nodes[i].key;
        if ((marks & NODE_DAMAGED) || (i > v.node && (marks & NODE_KEY_DAMAGED)))
            return TRUE;
    }
    return FALSE;
}

char *json_number(JsonValue v)
{
    if (json_kind(v) != JSON_KIND_NUMBER)
        return NULL;
    const JsonNode *n = node_of(v);
    return g_strndup(v.doc->s + n->start, n->end - n->start);
}

gboolean json_bool(JsonValue v)
{
    return json_kind(v) == JSON_KIND_TRUE;
}

void json_extent(JsonValue v, gsize *ret_start, gsize *ret_len)
{
    const JsonNode *n = node_of(v);
    *ret_start = n ? n->start : 0;
    *ret_len = n ? n->end - n->start : 0;
}

void json_member_extent(JsonValue member, gsize *ret_start, gsize *ret_len)
{
    const JsonNode *n = node_of(member);
    json_extent(member, ret_start, ret_len);
    if (!n || !(n->key & NODE_KEYED))
        return;
    *ret_start = n->key & NODE_KEY_OFFSET;
    *ret_len = n->end - *ret_start;
}

guint32 json_parent(const JsonDoc *doc, guint32 node)
{
    guint32 parent = G_MAXUINT32, at = 0;
    while (at != node) {
        parent = at++;
        while (doc->nodes[at].next <= node)
            at = doc->nodes[at].next;
    }
    return parent;
}

JsonValue json_parent_of(JsonValue child)
{
    return child.doc && child.node ? (JsonValue){child.doc, json_parent(child.doc, child.node)}
                                   : (JsonValue){NULL, 0};
}
