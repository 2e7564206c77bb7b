/* SPDX-License-Identifier: GPL-3.0-or-later
 * core/seed-table.h — the seed's own text forms: tables (.tsv with a header line) and case files
 * (.case: one statement a line, fields separated by '|', indented lines are its text). Reads files,
 * knows nothing of FHIR. Tables and cases own all their text. */
#pragma once
#include <glib.h>

typedef struct SeedTable SeedTable;
SeedTable *seed_table_load(const char *dir, const char *name, GError **error);
void seed_table_free(SeedTable *t);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SeedTable, seed_table_free)
guint seed_table_rows(const SeedTable *t);
/* Borrowed. "-" and absent columns read as "". */
const char *seed_cell(const SeedTable *t, guint row, const char *column);
/* Row whose first column is @id; -1 when there is none. */
int seed_table_find(const SeedTable *t, const char *id);
/* Cell of the row with @id; "" when there is none. */
const char *seed_lookup(const SeedTable *t, const char *id, const char *column);

typedef struct {
    const char *file; /* borrowed from the case */
    guint line;
    int percent;   /* how often the statement holds: 100 unless "30% …" */
    char **fields; /* fields[0] is the keyword; NULL-terminated, trimmed */
    guint n;
    char *body; /* indented lines that follow, without the indent; NULL when none */
} SeedLine;

typedef struct {
    char *file;
    GPtrArray *lines; /* SeedLine* */
} SeedCase;
SeedCase *seed_case_load(const char *dir, const char *name, GError **error);
void seed_case_free(SeedCase *c);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(SeedCase, seed_case_free)
/* Field @i or "" when the statement is shorter. */
const char *seed_field(const SeedLine *l, guint i);
/* Sets @error with file and line in front; always FALSE. */
gboolean seed_complain(const SeedLine *l, GError **error, const char *format, ...)
    G_GNUC_PRINTF(3, 4);
