/* SPDX-License-Identifier: GPL-3.0-or-later
 * core/query-sql.h — a statement being put together: its text, the values bound to it, and the SQL of
 * one value of one term. Values are always bound, never written into the text. Knows no order and no
 * pages: those are query-run.c's. */
#pragma once
#include "core/query.h"

typedef struct {
    GString *text;
    GArray *binds; /* what is bound, in order; query-sql.c fills it in */
} Sql;

void sql_init(Sql *sql);
void sql_clear(Sql *sql);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Sql, sql_clear)

void sql_add(Sql *sql, const char *text); /* text of ours, never of the request */
void sql_add_text(Sql *sql, const char *value);
void sql_add_int(Sql *sql, gint64 value);
/* The values that begin with @prefix (folded). @x: see SqlKind. */
void sql_add_prefix(Sql *sql, const char *x, const char *prefix);
/* A FHIR date with its prefix against the columns @lo and @hi; nothing fits what is no date. */
void sql_add_date(Sql *sql, const char *value, const char *lo, const char *hi);
/* Borrowed from @db, bound and ready to step; NULL: the database refused it. */
sqlite3_stmt *sql_stmt(Db *db, const Sql *sql);

/* How each kind of parameter is looked up. @x is the row's alias: "x." where the value's index is to
 * drive, "+x." where the row is found by its resource and SQLite must not choose the other index. */
typedef struct {
    const char *table;
    void (*value)(Sql *sql, const QueryTerm *term, const char *x, const char *value);
} SqlKind;
extern const SqlKind SQL_KINDS[]; /* by ParamKind */
