/* SPDX-License-Identifier: GPL-3.0-or-later
 * json/document.h — read-only JSON over the kept text: strict structure, one allocation of offsets,
 * number text kept, walked lazily. Knows nothing of FHIR. Pure; may run on a worker thread.
 *
 * Strict: RFC 8259, duplicate keys refused, depth and size limited, nothing after the value.
 * A damaged string (bad UTF-8, lone surrogate, NUL) does not fail the document: it decodes with
 * U+FFFD and is marked (json_string_damaged), so that its resource can be made read-only. A byte
 * order mark in front is skipped. */
#pragma once
#include <glib.h>

#define JSON_ERROR (json_error_quark())
GQuark json_error_quark(void);
typedef enum {
    JSON_ERROR_SYNTAX,
    JSON_ERROR_DEPTH,
    JSON_ERROR_SIZE,
    JSON_ERROR_DUPLICATE,
    JSON_ERROR_EDIT
} JsonError;

typedef struct JsonDoc JsonDoc; /* immutable, atomically refcounted; keeps a ref of the text */

/* Named so that jansson.h, the oracle of the tests, can stand in the same file. */
typedef enum {
    JSON_KIND_NONE,
    JSON_KIND_OBJECT,
    JSON_KIND_ARRAY,
    JSON_KIND_STRING,
    JSON_KIND_NUMBER,
    JSON_KIND_TRUE,
    JSON_KIND_FALSE,
    JSON_KIND_NULL
} JsonKind;

/* A place in a document, by value. Borrowed: valid while the document lives. A missing value has
 * kind JSON_KIND_NONE and every accessor accepts it. */
typedef struct {
    const JsonDoc *doc;
    guint32 node;
} JsonValue;

/* Keeps a ref of @text. The message of @error says line, column and what was expected. */
JsonDoc *json_doc_parse(GBytes *text, GError **error);
JsonDoc *json_doc_ref(const JsonDoc *doc);
void json_doc_unref(JsonDoc *doc);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(JsonDoc, json_doc_unref)
GBytes *json_doc_text(const JsonDoc *doc);     /* borrowed */
gboolean json_doc_damaged(const JsonDoc *doc); /* some string in it is damaged */

JsonValue json_root(const JsonDoc *doc);
JsonKind json_kind(JsonValue v);
static inline gboolean json_exists(JsonValue v)
{
    return json_kind(v) != JSON_KIND_NONE;
}

JsonValue json_member(JsonValue object, const char *key);
JsonValue json_member_n(JsonValue object, const char *key, gsize len); /* key not terminated */
JsonValue json_item(JsonValue array, guint index);
guint json_count(JsonValue container);
/* Iteration over the children of an object or array, in text order. */
JsonValue json_first(JsonValue container);
JsonValue json_next(JsonValue child);
JsonValue json_parent_of(JsonValue child); /* walks down from the root */
char *json_key(JsonValue member);          /* decoded key of an object's child; owned */
gboolean json_key_is(JsonValue member, const char *key); /* without allocation */

char *json_text(JsonValue v); /* decoded, owned; NULL unless JSON_KIND_STRING */
gboolean json_string_is(JsonValue v, const char *text);
gboolean json_string_damaged(JsonValue v);
gboolean json_damaged(JsonValue v); /* some string or name inside @v is damaged */
char *json_number(JsonValue v);     /* the digits as sent, owned; NULL unless JSON_KIND_NUMBER */
gboolean json_bool(JsonValue v);
/* The value's bytes in the text (with quotes for strings). */
void json_extent(JsonValue v, gsize *ret_start, gsize *ret_len);
/* Including its key and colon, for a member of an object. */
void json_member_extent(JsonValue member, gsize *ret_start, gsize *ret_len);
