/* SPDX-License-Identifier: GPL-3.0-or-later
 * json/splice.h — edits a document by replacing byte ranges of its text, so that everything not
 * touched goes back unchanged: order, white space, digits, unknown members. */
#pragma once
#include "json/document.h"

typedef struct JsonSplice JsonSplice;
JsonSplice *json_splice_new(const JsonDoc *doc);
void json_splice_free(JsonSplice *s);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(JsonSplice, json_splice_free)
/* Replace a value, add a member (replaced if it is there), append to an array, remove a member or
 * item. @json is one complete JSON value. Edits must not overlap: JSON_ERROR_EDIT at finish. */
void json_splice_replace(JsonSplice *s, JsonValue v, const char *json);
void json_splice_set(JsonSplice *s, JsonValue object, const char *key, const char *json);
void json_splice_insert(JsonSplice *s, JsonValue before_item, const char *json);
void json_splice_append(JsonSplice *s, JsonValue array, const char *json);
void json_splice_remove(JsonSplice *s, JsonValue member_or_item);
GBytes *json_splice_finish(JsonSplice *s, GError **error);
/* A string as a JSON value with quotes and escapes; owned. */
char *json_quote(const char *text);
void json_quote_to(GString *out, const char *text); /* the same at the end of @out */
