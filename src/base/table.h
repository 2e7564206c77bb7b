/* SPDX-License-Identifier: GPL-3.0-or-later
 * base/table.h — a text file as rows of cells, as our data files are: UTF-8, a tab between the cells,
 * one row a line; lines that are empty or begin with '#' are passed over. One row that is too short
 * or too long refuses the file, because a rule that is silently not there is worse than a program
 * that says so. Knows nothing of what the cells mean. The table owns all its text. */
#pragma once
#include <glib.h>

#define TABLE_ERROR (table_error_quark())
GQuark table_error_quark(void);
typedef enum { TABLE_ERROR_TEXT, TABLE_ERROR_ROW } TableError; /* not UTF-8; a row that cannot be read */

typedef struct Table Table;
/* @columns: how many cells each row has; 0: the first row is a head that names them. NULL: @error is a
 * G_FILE_ERROR, or a TABLE_ERROR that says the file and the line. */
Table *table_load(const char *path, guint columns, GError **error);
void table_free(Table *t);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Table, table_free)

guint table_rows(const Table *t); /* without the head */
/* The cells of a row, NULL after the last; borrowed, like every cell. */
char *const *table_row(const Table *t, guint row);
/* The cell under that name in the head; "" where the table has no such column. */
const char *table_cell(const Table *t, guint row, const char *column);
/* Says in @error which row it is that cannot be read. Always FALSE. */
gboolean table_refuse(const Table *t, guint row, GError **error);
