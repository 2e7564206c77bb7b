/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/db.h"

#include "base/log.h"

#include <glib/gi18n.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct Db {
    sqlite3 *handle;
    GHashTable *statements; /* const char * (by address) → sqlite3_stmt */
    int last;
    int log_pages;
};

G_DEFINE_QUARK(store-error-quark, store_error)

static const struct {
    int sqlite;
    StoreError code;
    const char *sentence;
} sentences[] = { /* at most 78 columns in each language: they stand on the status line */
    {SQLITE_FULL, STORE_ERROR_FULL,
     N_("The disk is full: free some space. What you type is in memory until then.")},
    {SQLITE_READONLY, STORE_ERROR_READONLY,
     N_("The local store may not be written. Check the rights of rond's state folder.")},
    {SQLITE_CANTOPEN, STORE_ERROR_READONLY,
     N_("The local store cannot be opened. Check the rights of rond's state folder.")},
    {SQLITE_PERM, STORE_ERROR_READONLY,
     N_("The local store may not be opened. Check the rights of rond's state folder.")},
    {SQLITE_BUSY, STORE_ERROR_LOCKED, N_("The local store is in use. Try again in a moment.")},
    {SQLITE_LOCKED, STORE_ERROR_LOCKED, N_("The local store is in use. Try again in a moment.")},
    {SQLITE_CORRUPT, STORE_ERROR_DAMAGED,
     N_("The local store is damaged. Log out and in: it is then set aside and kept.")},
    {SQLITE_NOTADB, STORE_ERROR_DAMAGED,
     N_("The local store is no database. Log out and in: it is then set aside and kept.")},
};

void db_say(GError **error, StoreError code)
{
    for (gsize i = 0; i < G_N_ELEMENTS(sentences); i++) {
        if (sentences[i].code == code) {
            g_set_error_literal(error, STORE_ERROR, code, sentences[i].sentence);
            return;
        }
    }
}

static void set_error(Db *db, GError **error)
{
    db->last = sqlite3_errcode(db->handle) & 0xff;
    for (gsize i = 0; i < G_N_ELEMENTS(sentences); i++) {
        if (sentences[i].sqlite == db->last) {
            g_set_error_literal(error, STORE_ERROR, sentences[i].code, sentences[i].sentence);
            return;
        }
    }
    log_event(LOG_WARN, "store", "%s", sqlite3_errmsg(db->handle));
    g_set_error_literal(error, STORE_ERROR, STORE_ERROR_IO,
                        N_("The local store cannot be used. What you type is in memory until then. Tell support."));
}

static void finalize(gpointer stmt)
{
    sqlite3_finalize(stmt);
}

static int on_commit(void *data, sqlite3 *handle, const char *name, int pages)
{
    ((Db *)data)->log_pages = pages;
    return SQLITE_OK;
}

Db *db_open(const char *path, GError **error)
{
    /* SQLite's own files follow the mode of this one. */
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd >= 0) {
        fchmod(fd, 0600);
        close(fd); /* before SQLite holds any lock on it */
    }
    g_autoptr(Db) db = g_new0(Db, 1);
    db->statements = g_hash_table_new_full(g_direct_hash, g_direct_equal, NULL, finalize);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    if (sqlite3_open_v2(path, &db->handle, flags, NULL) != SQLITE_OK) {
        set_error(db, error);
        return NULL;
    }
    if (!db_exec(db,
                 "PRAGMA trusted_schema=OFF; PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY;"
                 "PRAGMA secure_delete=ON; PRAGMA journal_mode=WAL; PRAGMA wal_autocheckpoint=0;",
                 error))
        return NULL;
    sqlite3_wal_hook(db->handle, on_commit, db);
    return g_steal_pointer(&db);
}

void db_close(Db *db)
{
    if (!db)
        return;
    g_clear_pointer(&db->statements, g_hash_table_unref);
    sqlite3_close(db->handle);
    g_free(db);
}

sqlite3 *db_handle(Db *db)
{
    return db->handle;
}

static sqlite3_stmt *bind(Db *db, GError **error, const char *sql, const char *types, va_list args)
{
    sqlite3_stmt *stmt = g_hash_table_lookup(db->statements, sql);
    if (!stmt) {
        if (sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL) !=
            SQLITE_OK) {
            set_error(db, error);
            return NULL;
        }
        g_hash_table_insert(db->statements, (gpointer)sql, stmt);
    }
    sqlite3_reset(stmt);
    for (int i = 1; *types; types++, i++) {
        if (*types == 'i') {
            sqlite3_bind_int64(stmt, i, va_arg(args, gint64));
        } else if (*types == 't') {
            sqlite3_bind_text(stmt, i, va_arg(args, const char *), -1, SQLITE_STATIC);
        } else {
            const void *data = va_arg(args, const void *);
            gsize len = va_arg(args, gsize);
            sqlite3_bind_blob64(stmt, i, data ? data : "", len, SQLITE_STATIC);
        }
    }
    return stmt;
}

gboolean db_next(Db *db, sqlite3_stmt *stmt, GError **error)
{
    int rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW)
        return TRUE;
    if (rc == SQLITE_DONE)
        db->last = SQLITE_OK;
    else
        set_error(db, error);
    db_done(stmt);
    return FALSE;
}

void db_done(sqlite3_stmt *stmt)
{
    sqlite3_reset(stmt);
    sqlite3_clear_bindings(stmt);
}

sqlite3_stmt *db_ask(Db *db, GError **error, const char *sql, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    sqlite3_stmt *stmt = bind(db, error, sql, types, args);
    va_end(args);
    return stmt;
}

gboolean db_run(Db *db, GError **error, const char *sql, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    sqlite3_stmt *stmt = bind(db, error, sql, types, args);
    va_end(args);
    if (!stmt)
        return FALSE;
    while (db_next(db, stmt, error))
        continue;
    return db->last == SQLITE_OK;
}

gint64 db_int(Db *db, gint64 fallback, const char *sql, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    sqlite3_stmt *stmt = bind(db, NULL, sql, types, args);
    va_end(args);
    if (!stmt || !db_next(db, stmt, NULL))
        return fallback;
    gint64 value = sqlite3_column_int64(stmt, 0);
    db_done(stmt);
    return value;
}

gboolean db_exec(Db *db, const char *sql, GError **error)
{
    db->last = SQLITE_OK;
    if (sqlite3_exec(db->handle, sql, NULL, NULL, NULL) == SQLITE_OK)
        return TRUE;
    set_error(db, error);
    return FALSE;
}

gboolean db_begin(Db *db, GError **error)
{
    return db_run(db, error, "BEGIN IMMEDIATE", "");
}

gboolean db_end(Db *db, gboolean ok, GError **error)
{
    if (ok && db_run(db, error, "COMMIT", ""))
        return TRUE;
    int last = db->last;
    if (!sqlite3_get_autocommit(db->handle))
        db_run(db, NULL, "ROLLBACK", "");
    db->last = last;
    return FALSE;
}

gboolean db_was_busy(Db *db)
{
    return db->last == SQLITE_BUSY || db->last == SQLITE_LOCKED;
}

int db_changes(Db *db)
{
    return sqlite3_changes(db->handle);
}

int db_log_pages(const Db *db)
{
    return db->log_pages;
}
