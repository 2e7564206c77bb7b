/* SPDX-License-Identifier: GPL-3.0-or-later
 * json/writer.h — writes compact JSON. Numbers are text, so that digits survive. Calls nest like
 * the text; a wrong nesting is a programmer error (g_assert). */
#pragma once
#include <glib.h>

typedef struct JsonWriter JsonWriter;
JsonWriter *json_writer_new(void);
void json_writer_free(JsonWriter *w);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(JsonWriter, json_writer_free)
/* @key is NULL inside arrays and at the root. */
void json_write_object(JsonWriter *w, const char *key);
void json_write_array(JsonWriter *w, const char *key);
void json_write_end(JsonWriter *w); /* closes the innermost object or array */
void json_write_string(JsonWriter *w, const char *key, const char *value); /* NULL value: nothing */
void json_write_number(JsonWriter *w, const char *key, const char *digits);
void json_write_int(JsonWriter *w, const char *key, gint64 value);
void json_write_bool(JsonWriter *w, const char *key, gboolean value);
/* Ready JSON text, e.g. a resource inside a Bundle; copied as it is. */
void json_write_raw(JsonWriter *w, const char *key, const char *json, gssize len);
/* The finished text; the writer is empty afterwards. */
GBytes *json_writer_finish(JsonWriter *w);
