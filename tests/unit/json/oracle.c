/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json/oracle.h"
#include <criterion/criterion.h>
#include <string.h>
#include <zlib.h>

static char *differ_number(JsonValue v, const json_t *t)
{
    g_autofree char *digits = json_number(v), *jansson = NULL;
    gsize start, len;
    json_extent(v, &start, &len);
    const char *s = g_bytes_get_data(json_doc_text(v.doc), NULL);
    if (len != strlen(digits) || memcmp(s + start, digits, len) != 0)
        return g_strdup_printf("%s is not what stands in the text", digits);
    if (json_is_integer(t)) {
        jansson = g_strdup_printf("%" JSON_INTEGER_FORMAT, json_integer_value(t));
        return g_str_equal(jansson, digits) || g_str_equal(digits, "-0")
                   ? NULL
                   : g_strdup_printf("%s read as %s", digits, jansson);
    }
    return json_is_real(t) && g_ascii_strtod(digits, NULL) == json_real_value(t)
               ? NULL
               : g_strdup_printf("%s is another number", digits);
}

static char *differ_children(JsonValue v, const json_t *t, gboolean object)
{
    gsize n = 0;
    for (JsonValue c = json_first(v); json_exists(c); c = json_next(c), n++) {
        g_autofree char *key = object ? json_key(c) : NULL;
        const json_t *other = object ? json_object_get(t, key) : json_array_get(t, n);
        g_autofree char *why = other ? oracle_difference(c, other) : g_strdup("missing");
        if (why && object)
            return g_strconcat(key, ".", why, NULL);
        if (why)
            return g_strdup_printf("[%zu].%s", n, why);
    }
    return n == (object ? json_object_size(t) : json_array_size(t))
               ? NULL
               : g_strdup("another number of children");
}

char *oracle_difference(JsonValue v, const json_t *t)
{
    g_autofree char *text = json_text(v);
    switch (json_kind(v)) {
    case JSON_KIND_OBJECT:
        return json_is_object(t) ? differ_children(v, t, TRUE) : g_strdup("an object");
    case JSON_KIND_ARRAY:
        return json_is_array(t) ? differ_children(v, t, FALSE) : g_strdup("an array");
    case JSON_KIND_STRING:
        return json_is_string(t) && g_str_equal(text, json_string_value(t))
                   ? NULL
                   : g_strdup_printf("“%s”", text);
    case JSON_KIND_NUMBER:
        return differ_number(v, t);
    case JSON_KIND_TRUE:
        return json_is_true(t) ? NULL : g_strdup("true");
    case JSON_KIND_FALSE:
        return json_is_false(t) ? NULL : g_strdup("false");
    case JSON_KIND_NULL:
        return json_is_null(t) ? NULL : g_strdup("null");
    default:
        return g_strdup("nothing");
    }
}

static void add_files(GPtrArray *files, const char *folder, const char *suffix)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name;
    while (dir && (name = g_dir_read_name(dir))) {
        char *path = g_build_filename(folder, name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_DIR))
            add_files(files, path, suffix);
        if (g_str_has_suffix(path, suffix))
            g_ptr_array_add(files, path);
        else
            g_free(path);
    }
}

static int by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

GPtrArray *files_below(const char *folder, const char *suffix)
{
    GPtrArray *files = g_ptr_array_new_with_free_func(g_free);
    add_files(files, folder, suffix);
    g_ptr_array_sort(files, by_name);
    return files;
}

GBytes *read_file(const char *path)
{
    GByteArray *text = g_byte_array_new();
    guint8 *part = g_malloc(1 << 20);
    gzFile file = gzopen(path, "rb");
    int n;
    cr_assert(file, "%s cannot be read", path);
    while ((n = gzread(file, part, 1 << 20)) > 0)
        g_byte_array_append(text, part, (guint)n);
    cr_assert_eq(n, 0, "%s is not sound gzip", path);
    gzclose(file);
    g_free(part);
    return g_byte_array_free_to_bytes(text);
}
