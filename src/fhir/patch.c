/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/patch.h"
#include "fhir/private.h"
#include "json/splice.h"
#include <string.h>

#define MAX_OPERATIONS 1000
#define MAX_BYTES      (16u << 20) /* a copy of the root into itself doubles the text each time */

/* One operation after the other, each on what the one before left (RFC 6902 section 3). */
typedef struct {
    JsonDoc *doc;
    GError **error;
} Patch;

static gboolean fail(Patch *p, FhirError code, const char *pointer, const char *why)
{
    g_set_error(p->error, FHIR_ERROR, code, "Patch at “%s”: %s", pointer, why);
    return FALSE;
}

static char *unescape_token(const char *token, gsize len)
{
    GString *out = g_string_sized_new(len);
    for (gsize i = 0; i < len; i++) {
        if (token[i] == '~' && i + 1 < len && (token[i + 1] == '0' || token[i + 1] == '1'))
            g_string_append_c(out, token[++i] == '0' ? '~' : '/');
        else
            g_string_append_c(out, token[i]);
    }
    return g_string_free(out, FALSE);
}

/* RFC 6901: no sign, no leading zero. */
static gboolean read_index(const char *token, guint *ret)
{
    guint64 index;
    if (token[0] == '0' && token[1])
        return FALSE;
    if (!g_ascii_string_to_unsigned(token, 10, 0, G_MAXUINT32, &index, NULL))
        return FALSE;
    *ret = (guint)index;
    return TRUE;
}

static JsonValue child(JsonValue v, const char *token)
{
    guint index;
    if (json_kind(v) == JSON_KIND_OBJECT)
        return json_member(v, token);
    return read_index(token, &index) ? json_item(v, index) : json_root(NULL);
}

/* The container that @pointer ends in and the last token; FALSE for a pointer to the root. */
static gboolean resolve(const JsonDoc *doc, const char *pointer, JsonValue *ret_parent,
                        char **ret_last)
{
    *ret_parent = json_root(doc);
    *ret_last = NULL;
    while (*pointer == '/') {
        gsize len = strcspn(pointer + 1, "/");
        if (*ret_last)
            *ret_parent = child(*ret_parent, *ret_last);
        g_free(*ret_last);
        *ret_last = unescape_token(pointer + 1, len);
        pointer += len + 1;
    }
    return *ret_last != NULL && !*pointer;
}

static JsonValue lookup(const JsonDoc *doc, const char *pointer)
{
    g_autofree char *last = NULL;
    JsonValue parent;
    if (resolve(doc, pointer, &parent, &last))
        return child(parent, last);
    return *pointer ? json_root(NULL) : parent;
}

static char *text_of(JsonValue v)
{
    gsize start, len;
    json_extent(v, &start, &len);
    const char *s = g_bytes_get_data(json_doc_text(v.doc), NULL);
    return g_strndup(s + start, len);
}

static gboolean finish(Patch *p, JsonSplice *s, const char *pointer)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(GBytes) text = json_splice_finish(s, &why);
    if (text && g_bytes_get_size(text) > MAX_BYTES)
        return fail(p, FHIR_ERROR_EDIT, pointer, "the resource would become too large");
    JsonDoc *doc = text ? json_doc_parse(text, &why) : NULL;
    if (!doc)
        return fail(p, FHIR_ERROR_EDIT, pointer, why->message);
    json_doc_unref(p->doc);
    p->doc = doc;
    return TRUE;
}

static gboolean op_remove(Patch *p, const char *pointer)
{
    JsonValue v = lookup(p->doc, pointer);
    if (!json_exists(v))
        return fail(p, FHIR_ERROR_PATH, pointer, "there is nothing to remove");
    g_autoptr(JsonSplice) s = json_splice_new(p->doc);
    json_splice_remove(s, v);
    return finish(p, s, pointer);
}

static gboolean op_replace(Patch *p, const char *pointer, const char *json)
{
    JsonValue v = lookup(p->doc, pointer);
    if (!json_exists(v))
        return fail(p, FHIR_ERROR_PATH, pointer, "there is nothing to replace");
    g_autoptr(JsonSplice) s = json_splice_new(p->doc);
    json_splice_replace(s, v, json);
    return finish(p, s, pointer);
}

static gboolean op_add(Patch *p, const char *pointer, const char *json)
{
    g_autofree char *last = NULL;
    JsonValue parent;
    if (!resolve(p->doc, pointer, &parent, &last))
        return *pointer ? fail(p, FHIR_ERROR_PATH, pointer, "this is no JSON pointer")
                        : op_replace(p, pointer, json);
    g_autoptr(JsonSplice) s = json_splice_new(p->doc);
    guint index = 0, count = json_count(parent);
    if (json_kind(parent) == JSON_KIND_OBJECT)
        json_splice_set(s, parent, last, json);
    else if (json_kind(parent) != JSON_KIND_ARRAY)
        return fail(p, FHIR_ERROR_PATH, pointer, "what should hold the value does not exist");
    else if (g_str_equal(last, "-") || (read_index(last, &index) && index == count))
        json_splice_append(s, parent, json);
    else if (read_index(last, &index) && index < count)
        json_splice_insert(s, json_item(parent, index), json);
    else
        return fail(p, FHIR_ERROR_PATH, pointer, "the array has no such place");
    return finish(p, s, pointer);
}

static gboolean equal(JsonValue a, JsonValue b);

static gboolean equal_children(JsonValue a, JsonValue b, gboolean object)
{
    if (json_count(a) != json_count(b))
        return FALSE;
    JsonValue y = json_first(b);
    for (JsonValue x = json_first(a); json_exists(x); x = json_next(x)) {
        g_autofree char *key = object ? json_key(x) : NULL;
        if (!equal(x, object ? json_member(b, key) : y))
            return FALSE;
        y = json_next(y);
    }
    return TRUE;
}

static gboolean equal_numbers(JsonValue a, JsonValue b)
{
    g_autofree char *x = json_number(a), *y = json_number(b);
    Decimal dx, dy;
    if (decimal_parse(x, &dx) && decimal_parse(y, &dy))
        return decimal_compare(dx, dy) == 0;
    return g_str_equal(x, y);
}

static gboolean equal(JsonValue a, JsonValue b)
{
    JsonKind kind = json_kind(a);
    if (kind != json_kind(b))
        return FALSE;
    if (kind == JSON_KIND_OBJECT || kind == JSON_KIND_ARRAY)
        return equal_children(a, b, kind == JSON_KIND_OBJECT);
    if (kind == JSON_KIND_NUMBER)
        return equal_numbers(a, b);
    g_autofree char *text = json_text(a);
    return !text || json_string_is(b, text);
}

static gboolean op_test(Patch *p, const char *pointer, JsonValue value)
{
    JsonValue v = lookup(p->doc, pointer);
    return (json_exists(v) && equal(v, value)) ||
           fail(p, FHIR_ERROR_EDIT, pointer, "the value is not what the patch expects");
}

/* "/a" holds "/a/b" but not "/ab". */
static gboolean is_inside(const char *pointer, const char *outer)
{
    gsize len = strlen(outer);
    return !strncmp(pointer, outer, len) && pointer[len] == '/';
}

static gboolean op_move(Patch *p, const char *from, const char *pointer, gboolean copy)
{
    JsonValue v = lookup(p->doc, from);
    if (!json_exists(v))
        return fail(p, FHIR_ERROR_PATH, from, "there is nothing to move or copy");
    if (!copy && is_inside(pointer, from))
        return fail(p, FHIR_ERROR_PATH, pointer, "a value cannot move into itself");
    if (!copy && g_str_equal(from, pointer))
        return TRUE;
    g_autofree char *json = text_of(v);
    return (copy || op_remove(p, from)) && op_add(p, pointer, json);
}

static gboolean apply(Patch *p, JsonValue op)
{
    g_autofree char *name = json_text(json_member(op, "op")),
                    *path = json_text(json_member(op, "path"));
    g_autofree char *from = json_text(json_member(op, "from"));
    JsonValue value = json_member(op, "value");
    if (!name || !path)
        return fail(p, FHIR_ERROR_STRUCTURE, path ? path : "", "an operation needs op and path");
    gboolean moves = g_str_equal(name, "move") || g_str_equal(name, "copy");
    if (moves)
        return from ? op_move(p, from, path, *name == 'c')
                    : fail(p, FHIR_ERROR_STRUCTURE, path, "move and copy need from");
    if (g_str_equal(name, "remove"))
        return op_remove(p, path);
    if (!g_str_equal(name, "add") && !g_str_equal(name, "replace") && !g_str_equal(name, "test"))
        return fail(p, FHIR_ERROR_STRUCTURE, path, "the operation is unknown");
    if (!json_exists(value))
        return fail(p, FHIR_ERROR_STRUCTURE, path, "the operation needs a value");
    if (*name == 't')
        return op_test(p, path, value);
    g_autofree char *json = text_of(value);
    return *name == 'a' ? op_add(p, path, json) : op_replace(p, path, json);
}

static gboolean apply_all(Patch *p, GBytes *text)
{
    g_autoptr(GError) why = NULL;
    g_autoptr(JsonDoc) patch = json_doc_parse(text, &why);
    if (!patch)
        return fail(p, FHIR_ERROR_JSON, "", why->message);
    if (json_kind(json_root(patch)) != JSON_KIND_ARRAY || json_doc_damaged(patch))
        return fail(p, FHIR_ERROR_STRUCTURE, "",
                    "a patch is an array of operations in sound UTF-8");
    if (json_count(json_root(patch)) > MAX_OPERATIONS)
        return fail(p, FHIR_ERROR_STRUCTURE, "", "a patch has at most 1000 operations");
    for (JsonValue op = json_first(json_root(patch)); json_exists(op); op = json_next(op))
        if (!apply(p, op))
            return FALSE;
    return TRUE;
}

FhirResource *fhir_patch_apply(const FhirResource *r, GBytes *patch, GError **error)
{
    if (r->read_only) {
        g_set_error_literal(error, FHIR_ERROR, FHIR_ERROR_EDIT,
                            "The resource holds damaged text, so it is read-only.");
        return NULL;
    }
    Patch p = {.error = error};
    p.doc = json_doc_parse(r->text, error);
    g_autoptr(FhirResource) changed = NULL;
    if (p.doc && apply_all(&p, patch))
        changed = fhir_resource_from_doc(p.doc, error);
    if (changed && (!g_str_equal(changed->type, r->type) || g_strcmp0(changed->id, r->id) != 0)) {
        fail(&p, FHIR_ERROR_EDIT, "", "it may not change the type or the id of the resource");
        g_clear_pointer(&changed, fhir_resource_unref);
    }
    if (changed)
        fhir_resource_set_home(changed, r->home);
    json_doc_unref(p.doc);
    return g_steal_pointer(&changed);
}
