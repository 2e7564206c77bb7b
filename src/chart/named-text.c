/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/named-text.h"

#include <glib/gi18n.h>
#include <string.h>

#define FILE_BYTES (1u << 20)

typedef struct {
    const NamedTextFns *fns;
    gpointer data;
    GPtrArray *problems;
    GHashTable *seen; /* name → "file:line", of this folder and those before it */
    GHashTable *here; /* the names of this folder */
    guint rank;
} Reading;

gboolean named_text_char(gunichar c)
{
    return g_unichar_isalnum(c) || c == '-' || c == '_';
}

gsize named_text_length(const char *p)
{
    const char *end = p;
    if (!g_unichar_isalpha(g_utf8_get_char(p)))
        return 0;
    while (named_text_char(g_utf8_get_char(end)))
        end = g_utf8_next_char(end);
    return (gsize)(end - p);
}

/* A line that begins a text. */
static gboolean is_head(const char *line, NamedText *ret)
{
    gsize n = *line == '.' ? named_text_length(line + 1) : 0;
    if (!n || (line[1 + n] && line[1 + n] != ' ' && line[1 + n] != '\t'))
        return FALSE;
    ret->name = g_utf8_strdown(line + 1, (gssize)n);
    ret->title = g_strstrip(g_strdup(line + 1 + n));
    return TRUE;
}

static void take(Reading *r, NamedText *t, GString *body)
{
    if (!t->name)
        return;
    t->body = g_strchomp(g_strdup(body->str));
    const char *there = g_hash_table_lookup(r->seen, t->name);
    if (!there) {
        g_hash_table_insert(r->seen, g_strdup(t->name), g_strdup(t->where));
        g_hash_table_add(r->here, g_strdup(t->name));
        r->fns->text(t, r->data);
    } else if (g_hash_table_contains(r->here, t->name)) {
        g_ptr_array_add(r->problems, g_strdup_printf(_("%s: .%s is there already, at %s; the first counts"), t->where, t->name, there));
    }
    char **owned[] = {&t->name, &t->title, &t->body, &t->where};
    for (gsize i = 0; i < G_N_ELEMENTS(owned); i++)
        g_clear_pointer(owned[i], g_free);
}

static void read_text(Reading *r, char *path, const char *text)
{
    g_autofree char *file = g_path_get_basename(path);
    g_autoptr(GString) body = g_string_new(NULL);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    NamedText now = {.path = path, .rank = r->rank}, next = now;
    for (guint i = 0; lines[i]; i++) {
        g_strchomp(lines[i]);
        if (is_head(lines[i], &next)) {
            take(r, &now, body);
            now = next;
            now.where = g_strdup_printf("%s:%u", file, i + 1);
            g_string_truncate(body, 0);
        } else if (!now.name && *lines[i] && *lines[i] != '#') {
            g_ptr_array_add(r->problems, g_strdup_printf(_("%s:%u: words before the first name"), file, i + 1));
        } else if (now.name && *lines[i] != '#' && (*lines[i] || body->len)) {
            g_string_append_printf(body, "%s\n", lines[i]);
        }
    }
    take(r, &now, body);
}

static void read_file(Reading *r, char *path)
{
    g_autofree char *text = NULL;
    gsize len = 0;
    g_autoptr(GError) error = NULL;
    if (!g_file_get_contents(path, &text, &len, &error))
        g_ptr_array_add(r->problems, g_strdup(error->message));
    else if (len > FILE_BYTES || !g_utf8_validate(text, (gssize)len, NULL))
        g_ptr_array_add(r->problems, g_strdup_printf(_("%s is no text in UTF-8, or too long"), path));
    else {
        read_text(r, path, text);
        return;
    }
    if (r->fns->lost)
        r->fns->lost(path, r->data);
}

static int by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void named_texts_read(const char *const *dirs, const char *suffix, const NamedTextFns *fns, gpointer data, GPtrArray *problems)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (guint rank = 0; dirs[rank]; rank++) {
        g_autoptr(GHashTable) here = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_autoptr(GDir) d = g_dir_open(dirs[rank], 0, NULL);
        g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(g_free);
        Reading r = {fns, data, problems, seen, here, rank};
        for (const char *name; d && (name = g_dir_read_name(d));)
            if (g_str_has_suffix(name, suffix) && *name != '.')
                g_ptr_array_add(files, g_build_filename(dirs[rank], name, NULL));
        g_ptr_array_sort(files, by_text);
        for (guint i = 0; i < files->len; i++)
            read_file(&r, files->pdata[i]);
    }
}
