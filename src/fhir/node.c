/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/home.h"
#include "fhir/private.h"
#include "fhir/structures.h"
#include <string.h>

/* The value at @path, the first item when it is an array. */
static JsonValue value_at(FhirNode node, const char *path)
{
    JsonValue v = fhir_walk(fhir_json(node), path);
    return json_kind(v) == JSON_KIND_ARRAY ? json_first(v) : v;
}

static char *scalar_text(JsonValue v)
{
    switch (json_kind(v)) {
    case JSON_KIND_STRING:
        return json_text(v);
    case JSON_KIND_NUMBER:
        return json_number(v);
    case JSON_KIND_TRUE:
        return g_strdup("true");
    case JSON_KIND_FALSE:
        return g_strdup("false");
    default:
        return NULL;
    }
}

char *fhir_string(FhirNode node, const char *path)
{
    return scalar_text(value_at(node, path));
}

gboolean fhir_is(FhirNode node, const char *path, const char *text)
{
    JsonValue v = value_at(node, path);
    if (json_kind(v) == JSON_KIND_STRING)
        return json_string_is(v, text);
    g_autofree char *own = scalar_text(v);
    return own && g_str_equal(own, text);
}

gboolean fhir_bool(FhirNode node, const char *path)
{
    return json_bool(value_at(node, path));
}

gboolean fhir_decimal(FhirNode node, const char *path, Decimal *ret)
{
    g_autofree char *digits = json_number(value_at(node, path));
    return digits && decimal_parse(digits, ret);
}

gboolean fhir_time(FhirNode node, const char *path, FhirTime *ret)
{
    g_autofree char *text = json_text(value_at(node, path));
    return text && fhir_time_parse(text, ret);
}

gint64 fhir_int(FhirNode node, const char *path, gint64 fallback)
{
    g_autofree char *digits = json_number(value_at(node, path));
    gint64 v;
    return digits && g_ascii_string_to_signed(digits, 10, G_MININT64, G_MAXINT64, &v, NULL)
               ? v
               : fallback;
}

enum { LONGEST_ID = 64 };

static gboolean is_id(const char *s, gsize n)
{
    return n > 0 && n <= LONGEST_ID &&
           strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.") >= n;
}

/* Of the part that ends before @end. */
static const char *part_start(const char *text, const char *end)
{
    while (end > text && end[-1] != '/')
        end--;
    return end;
}

/* Every resource of every answer comes through here: nothing is allocated but what is returned. */
static gboolean split(const char *text, gsize *ret_at, char **ret_type, char **ret_id)
{
    char name[LONGEST_ID + 1];
    const char *end = text + strlen(text), *id = part_start(text, end);
    const char *before = id > text ? part_start(text, id - 1) : text;
    if (before > text && g_str_has_prefix(before, "_history/") && part_start(text, before - 1) > text) {
        end = before - 1;
        id = part_start(text, end);
        before = part_start(text, id - 1);
    }
    gsize n = id > text ? (gsize)(id - 1 - before) : 0;
    if (n == 0 || n > LONGEST_ID || !is_id(id, (gsize)(end - id)))
        return FALSE;
    memcpy(name, before, n);
    name[n] = '\0';
    if (!fhir_is_resource_type(name))
        return FALSE;
    if (ret_at)
        *ret_at = (gsize)(before - text);
    if (ret_type)
        *ret_type = g_strdup(name);
    if (ret_id)
        *ret_id = g_strndup(id, (gsize)(end - id));
    return TRUE;
}

gboolean fhir_reference_split(const char *text, char **ret_type, char **ret_id)
{
    return split(text, NULL, ret_type, ret_id);
}

gboolean fhir_reference_at(const char *text, gsize *ret_at)
{
    return split(text, ret_at, NULL, NULL);
}

static char *reference_text(FhirNode node, const char *path)
{
    JsonValue v = value_at(node, path);
    return json_text(json_kind(v) == JSON_KIND_OBJECT ? json_member(v, "reference") : v);
}

static gboolean lies_elsewhere(FhirNode node, const char *text)
{
    return node.res && node.res->home && !fhir_home_holds(node.res->home, text);
}

gboolean fhir_reference(FhirNode node, const char *path, char **ret_type, char **ret_id)
{
    g_autofree char *text = reference_text(node, path);
    return text && !lies_elsewhere(node, text) && fhir_reference_split(text, ret_type, ret_id);
}

gboolean fhir_reference_elsewhere(FhirNode node, const char *path, char **ret_type)
{
    g_autofree char *text = reference_text(node, path);
    return text && lies_elsewhere(node, text) && fhir_reference_split(text, ret_type, NULL);
}

static char *coding_words(JsonValue coding, const char *key)
{
    return json_kind(coding) == JSON_KIND_OBJECT ? json_text(json_member(coding, key)) : NULL;
}

static char *some_coding(JsonValue concept, const char *key)
{
    char *found = NULL;
    JsonValue list = json_member(concept, "coding");
    for (JsonValue c = json_first(list); json_exists(c) && !found; c = json_next(c))
        found = coding_words(c, key);
    return found;
}

char *fhir_concept_text(FhirNode node, const char *path)
{
    JsonValue v = value_at(node, path);
    char *text = coding_words(v, "text");
    if (!text)
        text = some_coding(v, "display");
    if (!text)
        text = some_coding(v, "code");
    if (!text) /* a bare Coding, as Encounter.class */
        text = coding_words(v, "display");
    return text ? text : coding_words(v, "code");
}

static char *code_in(JsonValue coding, const char *system)
{
    if (system && !json_string_is(json_member(coding, "system"), system))
        return NULL;
    return coding_words(coding, "code");
}

static char *concept_code(JsonValue concept, const char *system)
{
    char *code = NULL;
    JsonValue list = json_member(concept, "coding");
    for (JsonValue c = json_first(list); json_exists(c) && !code; c = json_next(c))
        code = code_in(c, system);
    return code ? code : code_in(concept, system);
}

char *fhir_concept_code(FhirNode node, const char *path, const char *system)
{
    JsonValue v = fhir_walk(fhir_json(node), path);
    if (json_kind(v) != JSON_KIND_ARRAY)
        return concept_code(v, system);
    char *code = NULL;
    for (JsonValue c = json_first(v); json_exists(c) && !code; c = json_next(c))
        code = concept_code(c, system);
    return code;
}

gsize fhir_length(FhirNode node, const char *path)
{
    JsonValue v = value_at(node, path);
    gsize start, len = 0;
    if (json_kind(v) == JSON_KIND_STRING)
        json_extent(v, &start, &len);
    return len > 2 ? len - 2 : 0; /* the quotes */
}

char *fhir_raw(FhirNode node)
{
    if (!fhir_exists(node))
        return NULL;
    gsize start, len;
    json_extent(fhir_json(node), &start, &len);
    const char *s = g_bytes_get_data(json_doc_text(node.res->doc), NULL);
    return g_strndup(s + start, len);
}
