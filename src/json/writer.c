/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "json/writer.h"
#include "json/splice.h"

struct JsonWriter {
    GString *out;
    GString *open; /* '{' or '[' for each container under way */
};

JsonWriter *json_writer_new(void)
{
    JsonWriter *w = g_new0(JsonWriter, 1);
    w->out = g_string_new(NULL);
    w->open = g_string_new(NULL);
    return w;
}

void json_writer_free(JsonWriter *w)
{
    if (!w)
        return;
    g_string_free(w->out, TRUE);
    g_string_free(w->open, TRUE);
    g_free(w);
}

static void begin(JsonWriter *w, const char *key)
{
    gboolean object = w->open->len && w->open->str[w->open->len - 1] == '{';
    g_assert(object == (key != NULL));
    g_assert(w->open->len || !w->out->len); /* one value at the root */
    char last = w->out->len ? w->out->str[w->out->len - 1] : '{';
    if (last != '{' && last != '[')
        g_string_append_c(w->out, ',');
    if (!key)
        return;
    json_quote_to(w->out, key);
    g_string_append_c(w->out, ':');
}

static void open_container(JsonWriter *w, const char *key, char c)
{
    begin(w, key);
    g_string_append_c(w->out, c);
    g_string_append_c(w->open, c);
}

void json_write_object(JsonWriter *w, const char *key)
{
    open_container(w, key, '{');
}

void json_write_array(JsonWriter *w, const char *key)
{
    open_container(w, key, '[');
}

void json_write_end(JsonWriter *w)
{
    g_assert(w->open->len);
    char c = w->open->str[w->open->len - 1];
    g_string_truncate(w->open, w->open->len - 1);
    g_string_append_c(w->out, c == '{' ? '}' : ']');
}

void json_write_raw(JsonWriter *w, const char *key, const char *json, gssize len)
{
    begin(w, key);
    g_string_append_len(w->out, json, len);
}

void json_write_string(JsonWriter *w, const char *key, const char *value)
{
    if (!value)
        return;
    begin(w, key);
    json_quote_to(w->out, value);
}

void json_write_number(JsonWriter *w, const char *key, const char *digits)
{
    g_assert(digits && (*digits == '-' || g_ascii_isdigit(*digits)));
    json_write_raw(w, key, digits, -1);
}

void json_write_int(JsonWriter *w, const char *key, gint64 value)
{
    g_autofree char *digits = g_strdup_printf("%" G_GINT64_FORMAT, value);
    json_write_raw(w, key, digits, -1);
}

void json_write_bool(JsonWriter *w, const char *key, gboolean value)
{
    json_write_raw(w, key, value ? "true" : "false", -1);
}

GBytes *json_writer_finish(JsonWriter *w)
{
    g_assert(!w->open->len && w->out->len);
    GString *out = w->out;
    w->out = g_string_new(NULL);
    return g_string_free_to_bytes(out);
}
