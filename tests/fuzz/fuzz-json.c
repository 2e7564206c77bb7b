/* SPDX-License-Identifier: GPL-3.0-or-later
 * The reader against jansson: the same texts are accepted, and the same tree is seen. They may
 * differ only where our contract does: damaged strings, depth, numbers beyond a double, and a NUL
 * after the value, which jansson takes for the end. */
#include "fuzz.h"
#include "json/document.h"
#include <jansson.h>
#include <string.h>

static void compare(JsonValue v, const json_t *t);

static void compare_object(JsonValue v, const json_t *t)
{
    guint n = 0;
    for (JsonValue c = json_first(v); json_exists(c); c = json_next(c), n++) {
        g_autofree char *key = json_key(c);
        FUZZ_CHECK(json_key_is(c, key));
        FUZZ_CHECK(json_member(v, key).node == c.node);
        FUZZ_CHECK(json_parent_of(c).node == v.node);
        compare(c, json_object_get(t, key));
    }
    FUZZ_CHECK(n == json_object_size(t));
}

static void compare_array(JsonValue v, const json_t *t)
{
    guint n = 0;
    for (JsonValue c = json_first(v); json_exists(c); c = json_next(c), n++)
        compare(c, json_array_get(t, n));
    FUZZ_CHECK(n == json_array_size(t));
}

static void compare(JsonValue v, const json_t *t)
{
    g_autofree char *text = json_text(v), *digits = json_number(v);
    FUZZ_CHECK(t);
    switch (json_kind(v)) {
    case JSON_KIND_OBJECT:
        FUZZ_CHECK(json_is_object(t));
        compare_object(v, t);
        break;
    case JSON_KIND_ARRAY:
        FUZZ_CHECK(json_is_array(t));
        compare_array(v, t);
        break;
    case JSON_KIND_STRING:
        FUZZ_CHECK(json_is_string(t) && g_str_equal(text, json_string_value(t)));
        FUZZ_CHECK(json_string_is(v, text));
        break;
    case JSON_KIND_NUMBER:
        FUZZ_CHECK(json_is_number(t) && *digits);
        FUZZ_CHECK(g_ascii_strtod(digits, NULL) == json_number_value(t) || json_is_integer(t));
        break;
    case JSON_KIND_TRUE:
        FUZZ_CHECK(json_is_true(t));
        break;
    case JSON_KIND_FALSE:
        FUZZ_CHECK(json_is_false(t));
        break;
    default:
        FUZZ_CHECK(json_is_null(t));
    }
}

static void walk_damaged(JsonValue v)
{
    for (JsonValue c = json_first(v); json_exists(c); c = json_next(c)) {
        g_autofree char *key = json_key(c), *text = json_text(c);
        FUZZ_CHECK(!key || g_utf8_validate(key, -1, NULL));
        FUZZ_CHECK(!text || g_utf8_validate(text, -1, NULL));
        walk_damaged(c);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) text = g_bytes_new(data, size);
    g_autoptr(JsonDoc) doc = json_doc_parse(text, &error);
    FUZZ_CHECK((doc == NULL) == (error != NULL));
    gboolean mark = size >= 3 && !memcmp(data, "\xef\xbb\xbf", 3);
    json_error_t why;
    json_t *t = json_loadb((const char *)data + 3 * mark, size - 3 * mark,
                           JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &why);
    if (doc && json_doc_damaged(doc))
        walk_damaged(json_root(doc));
    else if (doc && t)
        compare(json_root(doc), t);
    else if (doc)
        FUZZ_CHECK(json_error_code(&why) == json_error_numeric_overflow);
    else if (t && !memchr(data, 0, size))
        FUZZ_CHECK(g_error_matches(error, JSON_ERROR, JSON_ERROR_DEPTH) ||
                   g_error_matches(error, JSON_ERROR, JSON_ERROR_SIZE));
    json_decref(t);
    return 0;
}
