/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json/control.h"
#include "json/document.h"
#include <jansson.h>

#define CONTROL_BYTES (1u << 20)

struct JsonTree {
    json_t *root;
};

JsonTree *json_tree_parse(const char *text, gsize len, GError **error)
{
    if (len > CONTROL_BYTES) {
        g_set_error_literal(error, JSON_ERROR, JSON_ERROR_SIZE,
                            "The control document is larger than 1 MiB and was not read.");
        return NULL;
    }
    json_error_t why;
    json_t *root = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
    if (!root) {
        g_set_error(error, JSON_ERROR, JSON_ERROR_SYNTAX, "JSON line %d, column %d: %s", why.line,
                    why.column, why.text);
        return NULL;
    }
    JsonTree *t = g_new0(JsonTree, 1);
    t->root = root;
    return t;
}

void json_tree_free(JsonTree *t)
{
    if (!t)
        return;
    json_decref(t->root);
    g_free(t);
}

static const json_t *find(const JsonTree *t, const char *path)
{
    const json_t *at = t->root;
    g_auto(GStrv) steps = g_strsplit(path, ".", -1);
    for (char **step = steps; at && *step; step++) {
        guint64 index;
        if (json_is_object(at))
            at = json_object_get(at, *step);
        else if (json_is_array(at) &&
                 g_ascii_string_to_unsigned(*step, 10, 0, G_MAXUINT, &index, NULL))
            at = json_array_get(at, (gsize)index);
        else
            at = NULL;
    }
    return at;
}

const char *json_tree_string(const JsonTree *t, const char *path)
{
    return json_string_value(find(t, path));
}

gint64 json_tree_int(const JsonTree *t, const char *path, gint64 fallback)
{
    const json_t *v = find(t, path);
    return json_is_integer(v) ? json_integer_value(v) : fallback;
}

int json_tree_count(const JsonTree *t, const char *path)
{
    const json_t *v = find(t, path);
    return json_is_array(v) ? (int)json_array_size(v) : -1;
}
