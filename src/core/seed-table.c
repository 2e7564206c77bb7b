/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/seed-table.h"
#include "base/table.h"
#include "core/seed.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct SeedTable {
    Table *table;
    GHashTable *by_id; /* first column → row + 1 */
};

static char *read_file(const char *dir, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);
    char *text = NULL;
    gsize len = 0;
    if (!g_file_get_contents(path, &text, &len, error))
        return NULL;
    if (!g_utf8_validate(text, (gssize)len, NULL)) {
        g_free(text);
        g_set_error(error, SEED_ERROR, SEED_ERROR_FILE, "%s is not UTF-8 text", path);
        return NULL;
    }
    return text;
}

SeedTable *seed_table_load(const char *dir, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(dir, name, NULL);
    Table *table = table_load(path, 0, error);
    if (!table)
        return NULL;
    SeedTable *t = g_new0(SeedTable, 1);
    t->table = table;
    t->by_id = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; i < table_rows(table); i++)
        g_hash_table_insert(t->by_id, table_row(table, i)[0], GUINT_TO_POINTER(i + 1));
    return t;
}

void seed_table_free(SeedTable *t)
{
    if (!t)
        return;
    g_hash_table_unref(t->by_id);
    table_free(t->table);
    g_free(t);
}

guint seed_table_rows(const SeedTable *t)
{
    return table_rows(t->table);
}

const char *seed_cell(const SeedTable *t, guint row, const char *column)
{
    const char *cell = table_cell(t->table, row, column);
    return strcmp(cell, "-") ? cell : "";
}

int seed_table_find(const SeedTable *t, const char *id)
{
    return GPOINTER_TO_INT(g_hash_table_lookup(t->by_id, id)) - 1;
}

const char *seed_lookup(const SeedTable *t, const char *id, const char *column)
{
    int row = seed_table_find(t, id);
    return row < 0 ? "" : seed_cell(t, (guint)row, column);
}

static void line_free(gpointer data)
{
    SeedLine *l = data;
    g_strfreev(l->fields);
    g_free(l->body);
    g_free(l);
}

/* Cuts at '|', but not inside {one|of several wordings}. */
static char **cut_fields(const char *text)
{
    g_autoptr(GStrvBuilder) fields = g_strv_builder_new();
    const char *from = text;
    int depth = 0;
    for (const char *at = text;; at++) {
        depth += (*at == '{') - (*at == '}');
        if (*at && (*at != '|' || depth > 0))
            continue;
        g_autofree char *field = g_strndup(from, (gsize)(at - from));
        g_strv_builder_add(fields, g_strstrip(field));
        if (!*at)
            return g_strv_builder_end(fields);
        from = at + 1;
    }
}

/* "30% problem | I10.9 | Hypertoni" */
static SeedLine *parse_statement(const char *file, guint number, const char *text)
{
    SeedLine *l = g_new0(SeedLine, 1);
    l->file = file;
    l->line = number;
    l->percent = 100;
    char *end = NULL;
    long percent = strtol(text, &end, 10);
    if (end != text && *end == '%') {
        l->percent = (int)percent;
        text = end + 1;
    }
    l->fields = cut_fields(text);
    l->n = g_strv_length(l->fields);
    return l;
}

static void add_body(SeedLine *l, const char *text)
{
    char *body = l->body ? g_strconcat(l->body, "\n", text, NULL) : g_strdup(text);
    g_free(l->body);
    l->body = body;
}

SeedCase *seed_case_load(const char *dir, const char *name, GError **error)
{
    g_autofree char *text = read_file(dir, name, error);
    if (!text)
        return NULL;
    g_autoptr(SeedCase) c = g_new0(SeedCase, 1);
    c->file = g_strdup(name);
    c->lines = g_ptr_array_new_with_free_func(line_free);
    g_auto(GStrv) rows = g_strsplit(text, "\n", -1);
    SeedLine *last = NULL;
    for (guint i = 0; rows[i]; i++) {
        if (rows[i][0] == '#')
            continue;
        if (rows[i][0] == ' ' && last) {
            add_body(last, g_strchug(rows[i]));
        } else if (rows[i][0] == ' ') {
            g_set_error(error, SEED_ERROR, SEED_ERROR_SYNTAX, "%s:%u: text before any statement",
                        name, i + 1);
            return NULL;
        } else if (*g_strstrip(rows[i])) {
            last = parse_statement(c->file, i + 1, rows[i]);
            g_ptr_array_add(c->lines, last);
        }
    }
    return g_steal_pointer(&c);
}

void seed_case_free(SeedCase *c)
{
    if (!c)
        return;
    g_ptr_array_unref(c->lines);
    g_free(c->file);
    g_free(c);
}

const char *seed_field(const SeedLine *l, guint i)
{
    return i < l->n ? l->fields[i] : "";
}

gboolean seed_complain(const SeedLine *l, GError **error, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    g_autofree char *text = g_strdup_vprintf(format, args);
    va_end(args);
    g_set_error(error, SEED_ERROR, SEED_ERROR_SYNTAX, "%s:%u: %s", l->file, l->line, text);
    return FALSE;
}
