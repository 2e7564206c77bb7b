/* SPDX-License-Identifier: GPL-3.0-or-later
 * store/db.h — one SQLite connection with its statements, and its errors as sentences. Private to
 * this room: the only header that shows sqlite3. A Db is used by one thread. */
#pragma once
#include "store/store.h"
#include <sqlite3.h>

typedef struct Db Db;

/* WAL, secure_delete, no automatic checkpoint; created with mode 0600. */
Db *db_open(const char *path, GError **error);
void db_close(Db *db);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Db, db_close)
sqlite3 *db_handle(Db *db);

/* @sql is a constant: statements are kept by its address. @types: i = gint64, b = const void * and
 * gsize, t = text or NULL. */
gboolean db_run(Db *db, GError **error, const char *sql, const char *types, ...);
/* Ready for db_next(); reset it with db_done() before anything else is asked on this connection. */
sqlite3_stmt *db_ask(Db *db, GError **error, const char *sql, const char *types, ...);
/* FALSE at the end and on error; then the statement is reset and @error tells which it was. */
gboolean db_next(Db *db, sqlite3_stmt *stmt, GError **error);
void db_done(sqlite3_stmt *stmt);
/* The first column of the first row; @fallback when there is no row or an error. */
gint64 db_int(Db *db, gint64 fallback, const char *sql, const char *types, ...);
gboolean db_exec(Db *db, const char *sql, GError **error); /* several statements, not kept */
gboolean db_begin(Db *db, GError **error);
/* Commits when @ok, else rolls back; returns whether it was committed. */
gboolean db_end(Db *db, gboolean ok, GError **error);
/* The last error was only that the other connection is writing. */
gboolean db_was_busy(Db *db);
int db_changes(Db *db);
int db_log_pages(const Db *db); /* in the write-ahead log after the last commit of this connection */

/* The sentence of FULL, READONLY, LOCKED or DAMAGED. */
void db_say(GError **error, StoreError code);

gboolean db_migrate(Db *db, GError **error); /* migrate.c */
