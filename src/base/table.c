/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/table.h"

#include <string.h>

G_DEFINE_QUARK(table-error-quark, table_error)

struct Table {
    char *path;
    char *text;       /* the file, cut up in place */
    gboolean named;   /* the first row is a head */
    guint columns;
    GPtrArray *cells; /* char*: row after row, each ended by NULL, the head among them */
    GArray *lines;    /* guint: of each row in the file, 1-based */
};

static guint rows(const Table *t)
{
    return t->lines->len;
}

static char *const *row_at(const Table *t, guint row)
{
    return (char *const *)t->cells->pdata + row * (t->columns + 1);
}

static gboolean add_row(Table *t, char *text, guint line, GError **error)
{
    guint n = 0;
    for (char *cell = text, *next; cell; cell = next, n++) {
        next = strchr(cell, '\t');
        if (next)
            *next++ = '\0';
        g_ptr_array_add(t->cells, cell);
    }
    g_ptr_array_add(t->cells, NULL);
    if (t->named && rows(t) == 0)
        t->columns = n;
    if (n != t->columns) {
        g_set_error(error, TABLE_ERROR, TABLE_ERROR_ROW, "%s, line %u: %u cells, where %u are expected.", t->path, line, n,
                    t->columns);
        return FALSE;
    }
    g_array_append_val(t->lines, line);
    return TRUE;
}

static gboolean read_rows(Table *t, GError **error)
{
    guint line = 0;
    for (char *at = t->text, *next; at; at = next) {
        line++;
        next = strchr(at, '\n');
        if (next)
            *next++ = '\0';
        if (*at && *at != '#' && !add_row(t, at, line, error))
            return FALSE;
    }
    return TRUE;
}

Table *table_load(const char *path, guint columns, GError **error)
{
    g_autoptr(Table) t = g_new0(Table, 1);
    gsize len = 0;
    t->path = g_strdup(path);
    t->named = columns == 0;
    t->columns = columns;
    t->cells = g_ptr_array_new();
    t->lines = g_array_new(FALSE, FALSE, sizeof(guint));
    if (!g_file_get_contents(path, &t->text, &len, error))
        return NULL;
    if (!g_utf8_validate(t->text, (gssize)len, NULL)) {
        g_set_error(error, TABLE_ERROR, TABLE_ERROR_TEXT, "%s is not UTF-8 text.", path);
        return NULL;
    }
    return read_rows(t, error) ? g_steal_pointer(&t) : NULL;
}

void table_free(Table *t)
{
    if (!t)
        return;
    g_ptr_array_unref(t->cells);
    g_array_unref(t->lines);
    g_free(t->text);
    g_free(t->path);
    g_free(t);
}

guint table_rows(const Table *t)
{
    return t->named && rows(t) ? rows(t) - 1 : rows(t);
}

char *const *table_row(const Table *t, guint row)
{
    return row_at(t, row + t->named);
}

const char *table_cell(const Table *t, guint row, const char *column)
{
    char *const *head = row_at(t, 0);
    for (guint i = 0; t->named && i < t->columns; i++)
        if (strcmp(head[i], column) == 0)
            return table_row(t, row)[i];
    return "";
}

gboolean table_refuse(const Table *t, guint row, GError **error)
{
    g_set_error(error, TABLE_ERROR, TABLE_ERROR_ROW, "%s, line %u cannot be read.", t->path,
                g_array_index(t->lines, guint, row + t->named));
    return FALSE;
}
