/* SPDX-License-Identifier: GPL-3.0-or-later
 * core/db.h — the one SQLite connection of rond-core: schema, statement cache, transactions.
 * Knows rows, not FHIR. A failed statement is remembered until the transaction ends or the error
 * is taken, so callers step freely and ask once. Two files: the record (PATH) and what must
 * survive a reset of it: grants, used assertions and the access log (PATH.state, schema "state"). */
#pragma once
#include <glib.h>
#include <sqlite3.h>

#define DB_ERROR (db_error_quark())
GQuark db_error_quark(void);
typedef enum { DB_ERROR_OPEN, DB_ERROR_DAMAGED, DB_ERROR_SQL, DB_ERROR_FULL, DB_ERROR_BUSY } DbError;

typedef struct Db Db;
Db *db_open(const char *path, GError **error);
/* Renames the files of a damaged database, the access log's too if need be; FALSE: nothing helped. */
gboolean db_set_aside(const char *path, GError **error);
void db_close(Db *db);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Db, db_close)
sqlite3 *db_handle(Db *db);

/* @types: one letter per argument: i gint64, s text (may be NULL), b GBytes*. The statement is the
 * cache's and must be stepped with db_row() before the same SQL is asked for again. */
sqlite3_stmt *db_stmt(Db *db, const char *sql, const char *types, ...);
sqlite3_stmt *db_stmt_plain(Db *db, const char *sql); /* bind yourself */
gboolean db_row(Db *db, sqlite3_stmt *stmt);          /* FALSE: no more rows, or failed */
void db_run(Db *db, const char *sql, const char *types, ...);
gint64 db_int(Db *db, gint64 fallback, const char *sql, const char *types, ...);
char *db_text(Db *db, const char *sql, const char *types, ...); /* owned; NULL when no row */
/* Column as text, "" for NULL; valid until the next step. */
const char *db_column(sqlite3_stmt *stmt, int column);
GBytes *db_column_bytes(sqlite3_stmt *stmt, int column); /* owned copy */

gboolean db_begin(Db *db, GError **error);      /* write transaction; they do not nest */
gboolean db_commit(Db *db, GError **error);     /* rolls back and fails if anything failed */
void db_rollback(Db *db);
gboolean db_take_error(Db *db, GError **error); /* TRUE when a statement failed since last asked */

/* Inside one transaction on an empty record: the indexes are made in one go at the end, which is quicker
 * and leaves them smaller than row by row. */
void db_fill_begin(Db *db);
void db_fill_end(Db *db);
gboolean db_filling(const Db *db);

char *db_meta(Db *db, const char *key); /* owned; NULL when not set */
void db_set_meta(Db *db, const char *key, const char *value);
/* A record like the one in file @from at @path, where nobody has one open; whole or not at all. */
gboolean db_copy_file(const char *from, const char *path, GError **error);
/* Replace the record by the one in file @from, whole or not at all. */
gboolean db_copy_from(Db *db, const char *from, GError **error);
