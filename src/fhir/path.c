/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/private.h"
#include <string.h>

static const JsonValue nothing = {NULL, 0};

/* FHIR writes a choice as value[x]: the member is "value" and a type with a capital. */
static JsonValue choice_member(JsonValue object, const char *name, gsize len)
{
    if (json_kind(object) != JSON_KIND_OBJECT)
        return nothing;
    for (JsonValue c = json_first(object); json_exists(c); c = json_next(c)) {
        g_autofree char *key = json_key(c);
        if (!strncmp(key, name, len) && g_ascii_isupper(key[len]))
            return c;
    }
    return nothing;
}

static gboolean scalar_is(JsonValue v, const char *text)
{
    if (json_kind(v) == JSON_KIND_STRING)
        return json_string_is(v, text);
    gsize start, len;
    json_extent(v, &start, &len);
    JsonKind kind = json_kind(v);
    if (kind != JSON_KIND_NUMBER && kind != JSON_KIND_TRUE && kind != JSON_KIND_FALSE)
        return FALSE;
    const char *s = g_bytes_get_data(json_doc_text(v.doc), NULL);
    return strlen(text) == len && !memcmp(s + start, text, len);
}

/* Some value at the dotted @path below @v is @text; arrays on the way mean any of their items. */
static gboolean some_is(JsonValue v, const char *path, const char *text)
{
    if (json_kind(v) == JSON_KIND_ARRAY) {
        for (JsonValue c = json_first(v); json_exists(c); c = json_next(c))
            if (some_is(c, path, text))
                return TRUE;
        return FALSE;
    }
    if (!*path)
        return scalar_is(v, text);
    gsize len = strcspn(path, ".");
    return some_is(json_member_n(v, path, len), path + len + (path[len] == '.'), text);
}

/* One selector: a number or "key=text". */
static JsonValue pick(JsonValue v, const char *selector)
{
    gboolean array = json_kind(v) == JSON_KIND_ARRAY;
    const char *equals = strchr(selector, '=');
    if (!equals) {
        guint64 index;
        if (!g_ascii_string_to_unsigned(selector, 10, 0, G_MAXUINT32, &index, NULL))
            return nothing;
        return array ? json_item(v, (guint)index) : index == 0 ? v : nothing;
    }
    g_autofree char *key = g_strndup(selector, (gsize)(equals - selector));
    if (!array)
        return some_is(v, key, equals + 1) ? v : nothing;
    for (JsonValue c = json_first(v); json_exists(c); c = json_next(c))
        if (some_is(c, key, equals + 1))
            return c;
    return nothing;
}

static JsonValue first_of(JsonValue v)
{
    return json_kind(v) == JSON_KIND_ARRAY ? json_first(v) : v;
}

/* A name as FHIRPath starts with ("Patient.name") stays where it is. */
static JsonValue named(JsonValue v, const char *name, gsize len)
{
    v = first_of(v);
    if (g_ascii_isupper(*name)) {
        g_autofree char *type = g_strndup(name, len);
        return json_string_is(json_member(v, "resourceType"), type) ? v : nothing;
    }
    return json_member_n(v, name, len);
}

JsonValue fhir_walk(JsonValue v, const char *path)
{
    const char *p = path ? path : "";
    while (*p && json_exists(v)) {
        gsize len = strcspn(p, ".[");
        gboolean choice = g_str_has_prefix(p + len, "[x]");
        if (choice)
            v = choice_member(first_of(v), p, len);
        else if (len)
            v = named(v, p, len);
        p += len + (choice ? 3 : 0);
        while (*p == '[') {
            const char *end = strchr(p, ']');
            if (!end)
                return nothing;
            g_autofree char *selector = g_strndup(p + 1, (gsize)(end - p - 1));
            v = pick(v, selector);
            p = end + 1;
        }
        if (*p == '.')
            p++;
        else if (*p)
            return nothing;
    }
    return v;
}

void fhir_path_split(const char *path, char **ret_parent, char **ret_name, char **ret_index)
{
    const char *step = path, *bracket = NULL;
    int depth = 0;
    for (const char *p = path; *p; p++) {
        depth += *p == '[' ? 1 : *p == ']' ? -1 : 0;
        if (*p == '.' && depth == 0)
            step = p + 1;
    }
    bracket = strchr(step, '[');
    *ret_parent = g_strndup(path, step > path ? (gsize)(step - path - 1) : 0);
    *ret_name = bracket ? g_strndup(step, (gsize)(bracket - step)) : g_strdup(step);
    *ret_index = NULL;
    if (bracket) {
        const char *end = strchr(bracket, ']');
        *ret_index = g_strndup(bracket + 1, end ? (gsize)(end - bracket - 1) : strlen(bracket + 1));
    }
}

FhirNode fhir_root(const FhirResource *r)
{
    return (FhirNode){r, r ? r->root : 0};
}

FhirNode fhir_at(FhirNode node, const char *path)
{
    return fhir_node(node.res, fhir_walk(fhir_json(node), path));
}

gboolean fhir_exists(FhirNode node)
{
    return node.res != NULL;
}

gboolean fhir_is_array(FhirNode node)
{
    return json_kind(fhir_json(node)) == JSON_KIND_ARRAY;
}

FhirNode fhir_first(FhirNode array_or_object)
{
    return fhir_node(array_or_object.res, json_first(fhir_json(array_or_object)));
}

FhirNode fhir_next(FhirNode child)
{
    /* The root of an entry is a member of its page, but the walk ends with the resource. */
    if (child.res && child.at == child.res->root)
        return (FhirNode){NULL, 0};
    return fhir_node(child.res, json_next(fhir_json(child)));
}

guint fhir_count(FhirNode array)
{
    JsonValue v = fhir_json(array);
    return json_kind(v) == JSON_KIND_ARRAY ? json_count(v) : json_exists(v) ? 1 : 0;
}

char *fhir_name(FhirNode child)
{
    return child.res && child.at != child.res->root ? json_key(fhir_json(child)) : NULL;
}
