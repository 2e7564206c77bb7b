/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json/splice.h"
#include "json/node.h"
#include <string.h>

/* Edits are noted by node and become byte ranges at the end, when it is known which neighbours
 * stay: only then can commas be right after several removals in one container. */
typedef enum { EDIT_REPLACE, EDIT_REMOVE, EDIT_ADD, EDIT_INSERT } EditKind;

typedef struct {
    EditKind kind;
    guint32 node; /* the value; the container for EDIT_ADD */
    guint order;  /* of the call */
    char *json;   /* with its key for a member */
    char *key;    /* EDIT_ADD to an object */
    gsize from, to;
} Edit;

struct JsonSplice {
    JsonDoc *doc;
    GArray *edits;
    GError *error; /* the first one */
};

static void clear_edit(gpointer data)
{
    g_free(((Edit *)data)->json);
    g_free(((Edit *)data)->key);
}

JsonSplice *json_splice_new(const JsonDoc *doc)
{
    JsonSplice *s = g_new0(JsonSplice, 1);
    s->doc = json_doc_ref(doc);
    s->edits = g_array_new(FALSE, FALSE, sizeof(Edit));
    g_array_set_clear_func(s->edits, clear_edit);
    return s;
}

void json_splice_free(JsonSplice *s)
{
    if (!s)
        return;
    json_doc_unref(s->doc);
    g_array_unref(s->edits);
    g_clear_error(&s->error);
    g_free(s);
}

static void refuse(JsonSplice *s, const char *why)
{
    if (!s->error)
        g_set_error_literal(&s->error, JSON_ERROR, JSON_ERROR_EDIT, why);
}

/* One whole value and nothing else: half of one would change the meaning of its neighbours. */
static gboolean good_value(JsonSplice *s, const char *json)
{
    g_autoptr(GBytes) text = g_bytes_new_static(json, strlen(json));
    g_autoptr(JsonDoc) doc = json_doc_parse(text, s->error ? NULL : &s->error);
    return doc != NULL;
}

static void add_edit(JsonSplice *s, EditKind kind, JsonValue v, const char *key, const char *json)
{
    if (!v.doc || v.doc != s->doc) {
        refuse(s, "The place to change is not in this document.");
        return;
    }
    if (json && !good_value(s, json))
        return;
    Edit e = {.kind = kind, .node = v.node, .order = s->edits->len};
    e.key = g_strdup(key);
    g_autofree char *quoted = key ? json_quote(key) : NULL;
    if (json)
        e.json = key ? g_strconcat(quoted, ":", json, NULL) : g_strdup(json);
    g_array_append_val(s->edits, e);
}

void json_splice_replace(JsonSplice *s, JsonValue v, const char *json)
{
    add_edit(s, EDIT_REPLACE, v, NULL, json);
}

void json_splice_set(JsonSplice *s, JsonValue object, const char *key, const char *json)
{
    JsonValue there = json_member(object, key);
    if (json_exists(there))
        json_splice_replace(s, there, json);
    else if (json_kind(object) != JSON_KIND_OBJECT)
        refuse(s, "Only an object can get a new member.");
    else
        add_edit(s, EDIT_ADD, object, key, json);
}

void json_splice_insert(JsonSplice *s, JsonValue before_item, const char *json)
{
    if (json_kind(json_parent_of(before_item)) != JSON_KIND_ARRAY)
        refuse(s, "Only an array can get a new item.");
    else
        add_edit(s, EDIT_INSERT, before_item, NULL, json);
}

void json_splice_append(JsonSplice *s, JsonValue array, const char *json)
{
    if (json_kind(array) != JSON_KIND_ARRAY)
        refuse(s, "Only an array can get a new item.");
    else
        add_edit(s, EDIT_ADD, array, NULL, json);
}

void json_splice_remove(JsonSplice *s, JsonValue member_or_item)
{
    if (member_or_item.doc && member_or_item.node == 0)
        refuse(s, "The whole document cannot be removed.");
    else
        add_edit(s, EDIT_REMOVE, member_or_item, NULL, NULL);
}

static gboolean is_removed(const JsonSplice *s, guint32 node)
{
    for (guint i = 0; i < s->edits->len; i++) {
        const Edit *e = &g_array_index(s->edits, Edit, i);
        if (e->kind == EDIT_REMOVE && e->node == node)
            return TRUE;
    }
    return FALSE;
}

/* A removed child takes the comma before it along when an earlier sibling stays, else the one
 * after it. */
static void place_removal(const JsonSplice *s, Edit *e)
{
    JsonValue child = {s->doc, e->node};
    guint32 parent = json_parent(s->doc, e->node);
    gsize start, len, before = 0;
    gboolean stays = FALSE;
    json_member_extent(child, &start, &len);
    for (guint32 i = parent + 1; i < e->node; i = s->doc->nodes[i].next) {
        stays |= !is_removed(s, i);
        before = s->doc->nodes[i].end;
    }
    JsonValue next = json_next(child);
    e->from = stays ? before : start;
    e->to = start + len;
    if (!stays && json_exists(next)) {
        json_member_extent(next, &start, &len);
        e->to = start;
    }
}

static void place_addition(const JsonSplice *s, Edit *e)
{
    const JsonNode *box = &s->doc->nodes[e->node];
    gboolean stays = FALSE;
    e->from = box->start + 1;
    for (guint32 i = e->node + 1; i < box->next; i = s->doc->nodes[i].next) {
        stays |= !is_removed(s, i);
        e->from = s->doc->nodes[i].end;
    }
    for (guint i = 0; i < e->order; i++) {
        const Edit *other = &g_array_index(s->edits, Edit, i);
        stays |= other->kind == EDIT_ADD && other->node == e->node;
    }
    e->to = e->from;
    if (stays) {
        char *with_comma = g_strconcat(",", e->json, NULL);
        g_free(e->json);
        e->json = with_comma;
    }
}

/* Its comma stands before an item that stays. */
static void place_insertion(JsonSplice *s, Edit *e)
{
    if (is_removed(s, e->node))
        refuse(s, "Two changes overlap.");
    char *with_comma = g_strconcat(e->json, ",", NULL);
    g_free(e->json);
    e->json = with_comma;
    e->from = e->to = s->doc->nodes[e->node].start;
}

static void place(JsonSplice *s, Edit *e)
{
    if (e->kind == EDIT_REMOVE) {
        place_removal(s, e);
    } else if (e->kind == EDIT_ADD) {
        place_addition(s, e);
    } else if (e->kind == EDIT_INSERT) {
        place_insertion(s, e);
    } else {
        e->from = s->doc->nodes[e->node].start;
        e->to = s->doc->nodes[e->node].end;
    }
}

/* By place; at one place what is cut away or replaced comes before what is added, additions in
 * the order of the calls. */
static int compare_edits(gconstpointer a, gconstpointer b)
{
    const Edit *x = a, *y = b;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    if (x->to != y->to)
        return x->to < y->to ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

static gboolean same_new_key(const Edit *a, const Edit *b)
{
    return a->kind == EDIT_ADD && b->kind == EDIT_ADD && a->node == b->node &&
           g_strcmp0(a->key, b->key) == 0 && a->key;
}

static void check_new_keys(JsonSplice *s)
{
    for (guint i = 0; i < s->edits->len; i++)
        for (guint k = i + 1; k < s->edits->len; k++)
            if (same_new_key(&g_array_index(s->edits, Edit, i), &g_array_index(s->edits, Edit, k)))
                refuse(s, "The same new member was added twice.");
}

/* An addition may touch a neighbour's end; nothing may reach into another edit. */
static GBytes *join(JsonSplice *s)
{
    g_autoptr(GString) out = g_string_sized_new(s->doc->len + 256);
    gsize at = 0;
    for (guint i = 0; i < s->edits->len; i++) {
        const Edit *e = &g_array_index(s->edits, Edit, i);
        if (e->from < at) {
            refuse(s, "Two changes overlap.");
            return NULL;
        }
        g_string_append_len(out, s->doc->s + at, (gssize)(e->from - at));
        if (e->json)
            g_string_append(out, e->json);
        at = e->to;
    }
    g_string_append_len(out, s->doc->s + at, (gssize)(s->doc->len - at));
    return g_string_free_to_bytes(g_steal_pointer(&out));
}

GBytes *json_splice_finish(JsonSplice *s, GError **error)
{
    check_new_keys(s);
    GBytes *text = NULL;
    if (!s->error) {
        for (guint i = 0; i < s->edits->len; i++)
            place(s, &g_array_index(s->edits, Edit, i));
        g_array_sort(s->edits, compare_edits);
        text = s->error ? NULL : join(s);
    }
    g_array_set_size(s->edits, 0);
    if (!text)
        g_propagate_error(error, g_steal_pointer(&s->error));
    return text;
}
