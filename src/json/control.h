/* SPDX-License-Identifier: GPL-3.0-or-later
 * json/control.h — small control documents (OAuth, discovery, forms, configuration) through
 * jansson, the only file that knows it. Read-only trees with a plain interface. */
#pragma once
#include <glib.h>

typedef struct JsonTree JsonTree;
JsonTree *json_tree_parse(const char *text, gsize len,
                          GError **error); /* duplicates refused, 1 MiB */
void json_tree_free(JsonTree *t);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(JsonTree, json_tree_free)
/* Dotted path with indices: "grant_types_supported.0". Borrowed; NULL / FALSE / -1 when absent. */
const char *json_tree_string(const JsonTree *t, const char *path);
gint64 json_tree_int(const JsonTree *t, const char *path, gint64 fallback);
int json_tree_count(const JsonTree *t, const char *path); /* of an array; -1 when it is none */
