/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/db.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdarg.h>

G_DEFINE_QUARK(rond-db-error, db_error)

#define STATEMENTS_KEPT 400
#define BUSY_MS 10000

struct Db {
    sqlite3 *sqlite;
    GHashTable *statements; /* SQL text -> sqlite3_stmt */
    GError *failed;
    char *path;
    gboolean filling;
};

static const char SCHEMA[] =
    "CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS resource(rid INTEGER PRIMARY KEY, type TEXT NOT NULL,"
    " id TEXT NOT NULL, version INTEGER NOT NULL, updated INTEGER NOT NULL,"
    " patient TEXT NOT NULL, body BLOB NOT NULL, UNIQUE(type, id));"
    "CREATE TABLE IF NOT EXISTS old(rid INTEGER NOT NULL, version INTEGER NOT NULL,"
    " updated INTEGER NOT NULL, body BLOB NOT NULL, PRIMARY KEY(rid, version));"
    "CREATE TABLE IF NOT EXISTS token(rid INTEGER NOT NULL, param INTEGER NOT NULL,"
    " code TEXT NOT NULL, system TEXT NOT NULL, PRIMARY KEY(rid, param, code, system))"
    " WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS string(rid INTEGER NOT NULL, param INTEGER NOT NULL,"
    " value TEXT NOT NULL, exact TEXT NOT NULL, PRIMARY KEY(rid, param, value, exact))"
    " WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS date(rid INTEGER NOT NULL, param INTEGER NOT NULL,"
    " lo INTEGER NOT NULL, hi INTEGER NOT NULL, PRIMARY KEY(rid, param, lo, hi)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS ref(rid INTEGER NOT NULL, param INTEGER NOT NULL,"
    " id TEXT NOT NULL, type TEXT NOT NULL, PRIMARY KEY(rid, param, id, type)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS timeline(line INTEGER NOT NULL, patient TEXT NOT NULL, key TEXT NOT NULL,"
    " lo INTEGER NOT NULL, rid INTEGER NOT NULL, PRIMARY KEY(line, patient, key, lo, rid)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS change(type TEXT NOT NULL, patient TEXT NOT NULL,"
    " n INTEGER NOT NULL, PRIMARY KEY(type, patient)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS state.access(hash TEXT PRIMARY KEY, expires INTEGER NOT NULL,"
    " practitioner TEXT NOT NULL, role TEXT NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS state.jti(jti TEXT PRIMARY KEY, expires INTEGER NOT NULL)"
    " WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS state.audit(n INTEGER PRIMARY KEY, at INTEGER NOT NULL,"
    " request TEXT NOT NULL, practitioner TEXT NOT NULL, role TEXT NOT NULL,"
    " action TEXT NOT NULL, type TEXT NOT NULL, id TEXT NOT NULL, patient TEXT NOT NULL,"
    " status INTEGER NOT NULL);";

/* What is found by other than its key. */
static const struct {
    const char *name, *on;
} INDEXES[] = {
    {"resource_updated", "resource(type, updated)"},
    {"token_code", "token(param, code, system)"},
    {"string_value", "string(param, value)"},
    {"date_lo", "date(param, lo, hi)"},
    {"date_hi", "date(param, hi, lo)"},
    {"ref_target", "ref(param, id, type)"},
};

static gboolean indexes_make(Db *db)
{
    for (gsize i = 0; i < G_N_ELEMENTS(INDEXES); i++) {
        g_autofree char *sql =
            g_strdup_printf("CREATE INDEX IF NOT EXISTS %s ON %s", INDEXES[i].name, INDEXES[i].on);
        if (sqlite3_exec(db->sqlite, sql, NULL, NULL, NULL) != SQLITE_OK)
            return FALSE;
    }
    return TRUE;
}

static DbError kind_of(int rc, DbError other)
{
    switch (rc & 0xff) {
    case SQLITE_FULL:
        return DB_ERROR_FULL;
    case SQLITE_NOTADB:
    case SQLITE_CORRUPT:
        return DB_ERROR_DAMAGED;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return DB_ERROR_BUSY;
    default:
        return other;
    }
}

static void fail(Db *db)
{
    int rc = sqlite3_errcode(db->sqlite);
    DbError kind = kind_of(rc, DB_ERROR_SQL);
    if (db->failed)
        return;
    if (kind == DB_ERROR_FULL)
        g_set_error(&db->failed, DB_ERROR, kind,
                    "The disk is full: nothing was written. Free some space and try again.");
    else
        g_set_error(&db->failed, DB_ERROR, kind, "The database said: %s (%d).", sqlite3_errmsg(db->sqlite), rc);
}

/* In one transaction: by itself each of them would wait for the disk. Where all are there nothing is written;
 * where another program makes them now, the second try waits for its turn. */
static gboolean tables_make(Db *db)
{
    static const char *const begin[] = {"BEGIN", "BEGIN IMMEDIATE"};
    for (gsize i = 0; i < G_N_ELEMENTS(begin); i++) {
        if (sqlite3_exec(db->sqlite, begin[i], NULL, NULL, NULL) == SQLITE_OK &&
            sqlite3_exec(db->sqlite, SCHEMA, NULL, NULL, NULL) == SQLITE_OK && indexes_make(db) &&
            sqlite3_exec(db->sqlite, "COMMIT", NULL, NULL, NULL) == SQLITE_OK)
            return TRUE;
        if (i == 0 && !sqlite3_get_autocommit(db->sqlite))
            sqlite3_exec(db->sqlite, "ROLLBACK", NULL, NULL, NULL);
    }
    return FALSE;
}

static gboolean set_up(Db *db, const char *path)
{
    g_autofree char *state = g_strconcat(path, ".state", NULL);
    const char *before = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
                         "PRAGMA cache_size=-32768; PRAGMA mmap_size=268435456;"
                         "PRAGMA temp_store=MEMORY; PRAGMA foreign_keys=OFF;";
    char *attach = sqlite3_mprintf("ATTACH %Q AS state; PRAGMA state.journal_mode=WAL;"
                                   "PRAGMA state.synchronous=NORMAL;", state);
    gboolean ok = sqlite3_exec(db->sqlite, before, NULL, NULL, NULL) == SQLITE_OK &&
                  sqlite3_exec(db->sqlite, attach, NULL, NULL, NULL) == SQLITE_OK && tables_make(db);
    sqlite3_free(attach);
    return ok;
}

static gboolean connect_to(Db *db, GError **error)
{
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX;
    if (sqlite3_open_v2(db->path, &db->sqlite, flags, NULL) == SQLITE_OK &&
        sqlite3_busy_timeout(db->sqlite, BUSY_MS) == SQLITE_OK && set_up(db, db->path))
        return TRUE;
    int rc = db->sqlite ? sqlite3_errcode(db->sqlite) : SQLITE_NOMEM;
    g_set_error(error, DB_ERROR, kind_of(rc, DB_ERROR_OPEN), "Cannot open the database %s: %s", db->path,
                db->sqlite ? sqlite3_errmsg(db->sqlite) : "out of memory");
    return FALSE;
}

static gboolean rename_aside(const char *path, const char *which, const char *mark, GError **error)
{
    static const char *const parts[] = {"", "-wal", "-shm"};
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *from = g_strconcat(path, which, parts[i], NULL);
        g_autofree char *to = g_strconcat(path, which, mark, parts[i], NULL);
        if (g_rename(from, to) != 0 && errno != ENOENT) {
            g_set_error(error, DB_ERROR, DB_ERROR_OPEN, "Cannot rename %s: %s", from, g_strerror(errno));
            return FALSE;
        }
    }
    return TRUE;
}

gboolean db_set_aside(const char *path, GError **error)
{
    static const char *const files[] = {"", ".state"};
    g_autofree char *mark = g_strdup_printf(".damaged-%" G_GINT64_FORMAT, g_get_real_time() / G_USEC_PER_SEC);
    for (gsize i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autoptr(GError) still = NULL;
        if (!rename_aside(path, files[i], mark, error))
            return FALSE;
        g_autoptr(Db) db = db_open(path, &still);
        if (db)
            return TRUE;
    }
    g_set_error(error, DB_ERROR, DB_ERROR_OPEN, "Cannot make the database %s anew", path);
    return FALSE;
}

Db *db_open(const char *path, GError **error)
{
    g_autoptr(Db) db = g_new0(Db, 1);
    db->path = g_strdup(path);
    db->statements = g_hash_table_new_full(g_str_hash, g_str_equal, g_free,
                                           (GDestroyNotify)(void (*)(void))sqlite3_finalize);
    return connect_to(db, error) ? g_steal_pointer(&db) : NULL;
}

void db_close(Db *db)
{
    if (!db)
        return;
    g_clear_pointer(&db->statements, g_hash_table_unref);
    sqlite3_close(db->sqlite);
    g_clear_error(&db->failed);
    g_free(db->path);
    g_free(db);
}

sqlite3 *db_handle(Db *db)
{
    return db->sqlite;
}

sqlite3_stmt *db_stmt_plain(Db *db, const char *sql)
{
    sqlite3_stmt *stmt = g_hash_table_lookup(db->statements, sql);
    if (stmt) {
        sqlite3_reset(stmt);
        sqlite3_clear_bindings(stmt);
        return stmt;
    }
    if (g_hash_table_size(db->statements) >= STATEMENTS_KEPT)
        g_hash_table_remove_all(db->statements);
    if (sqlite3_prepare_v3(db->sqlite, sql, -1, SQLITE_PREPARE_PERSISTENT, &stmt, NULL)) {
        fail(db);
        return NULL;
    }
    g_hash_table_insert(db->statements, g_strdup(sql), stmt);
    return stmt;
}

static void bind(sqlite3_stmt *stmt, const char *types, va_list args)
{
    for (int i = 1; *types; types++, i++) {
        if (*types == 'i') {
            sqlite3_bind_int64(stmt, i, va_arg(args, gint64));
        } else if (*types == 's') {
            sqlite3_bind_text(stmt, i, va_arg(args, const char *), -1, SQLITE_TRANSIENT);
        } else {
            gsize len;
            GBytes *bytes = va_arg(args, GBytes *);
            const void *data = g_bytes_get_data(bytes, &len);
            sqlite3_bind_blob64(stmt, i, data, len, SQLITE_TRANSIENT);
        }
    }
}

static sqlite3_stmt *stmt_va(Db *db, const char *sql, const char *types, va_list args)
{
    sqlite3_stmt *stmt = db_stmt_plain(db, sql);
    if (stmt)
        bind(stmt, types, args);
    return stmt;
}

sqlite3_stmt *db_stmt(Db *db, const char *sql, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    sqlite3_stmt *stmt = stmt_va(db, sql, types, args);
    va_end(args);
    return stmt;
}

gboolean db_row(Db *db, sqlite3_stmt *stmt)
{
    if (!stmt)
        return FALSE;
    int rc = sqlite3_step(stmt);
    if (rc == SQLITE_ROW)
        return TRUE;
    if (rc != SQLITE_DONE)
        fail(db);
    sqlite3_reset(stmt);
    return FALSE;
}

void db_run(Db *db, const char *sql, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    sqlite3_stmt *stmt = stmt_va(db, sql, types, args);
    va_end(args);
    while (db_row(db, stmt))
        ;
}

gint64 db_int(Db *db, gint64 fallback, const char *sql, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    sqlite3_stmt *stmt = stmt_va(db, sql, types, args);
    va_end(args);
    if (!db_row(db, stmt))
        return fallback;
    gint64 value = sqlite3_column_int64(stmt, 0);
    sqlite3_reset(stmt);
    return value;
}

char *db_text(Db *db, const char *sql, const char *types, ...)
{
    va_list args;
    va_start(args, types);
    sqlite3_stmt *stmt = stmt_va(db, sql, types, args);
    va_end(args);
    if (!db_row(db, stmt))
        return NULL;
    char *text = g_strdup(db_column(stmt, 0));
    sqlite3_reset(stmt);
    return text;
}

const char *db_column(sqlite3_stmt *stmt, int column)
{
    const char *text = (const char *)sqlite3_column_text(stmt, column);
    return text ? text : "";
}

GBytes *db_column_bytes(sqlite3_stmt *stmt, int column)
{
    const void *data = sqlite3_column_blob(stmt, column);
    return g_bytes_new(data, (gsize)sqlite3_column_bytes(stmt, column));
}

gboolean db_begin(Db *db, GError **error)
{
    g_clear_error(&db->failed);
    db_run(db, "BEGIN IMMEDIATE", "");
    return !db_take_error(db, error);
}

gboolean db_commit(Db *db, GError **error)
{
    if (!db->failed)
        db_run(db, "COMMIT", "");
    if (!db->failed)
        return TRUE;
    GError *failed = g_steal_pointer(&db->failed);
    db_rollback(db);
    g_propagate_error(error, failed);
    return FALSE;
}

void db_rollback(Db *db)
{
    if (!sqlite3_get_autocommit(db->sqlite))
        sqlite3_exec(db->sqlite, "ROLLBACK", NULL, NULL, NULL);
    g_clear_error(&db->failed);
}

gboolean db_take_error(Db *db, GError **error)
{
    if (!db->failed)
        return FALSE;
    g_propagate_error(error, g_steal_pointer(&db->failed));
    return TRUE;
}

void db_fill_begin(Db *db)
{
    db->filling = TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(INDEXES); i++) {
        g_autofree char *sql = g_strconcat("DROP INDEX ", INDEXES[i].name, NULL);
        db_run(db, sql, "");
    }
}

void db_fill_end(Db *db)
{
    db->filling = FALSE;
    if (!indexes_make(db))
        fail(db);
}

gboolean db_filling(const Db *db)
{
    return db->filling;
}

char *db_meta(Db *db, const char *key)
{
    return db_text(db, "SELECT value FROM meta WHERE key=?", "s", key);
}

void db_set_meta(Db *db, const char *key, const char *value)
{
    db_run(db, "INSERT OR REPLACE INTO meta VALUES(?,?)", "ss", key, value);
}

static gboolean copy_pages(Db *db, const char *from, GError **error)
{
    sqlite3 *source = NULL;
    g_autoptr(GFile) file = g_file_new_for_path(from);
    g_autofree char *uri = g_file_get_uri(file);
    g_autofree char *unchanged = g_strconcat(uri, "?immutable=1", NULL); /* nobody writes it: no log beside it */
    int rc = sqlite3_open_v2(unchanged, &source, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, NULL);
    if (rc == SQLITE_OK) {
        sqlite3_backup *copy = sqlite3_backup_init(db->sqlite, "main", source, "main");
        if (copy)
            sqlite3_backup_step(copy, -1);
        rc = copy ? sqlite3_backup_finish(copy) : sqlite3_errcode(db->sqlite);
    }
    sqlite3_close(source);
    if (rc == SQLITE_OK)
        return TRUE;
    g_set_error(error, DB_ERROR, DB_ERROR_SQL, "Cannot restore the database from %s: %s.", from,
                sqlite3_errstr(rc));
    return FALSE;
}

/* Leaving the write-ahead log is granted only to a connection that is alone. */
static gboolean alone(Db *db)
{
    g_autofree char *mode = db_text(db, "PRAGMA main.journal_mode=DELETE", "");
    g_hash_table_remove_all(db->statements);
    g_clear_error(&db->failed);
    return g_strcmp0(mode, "delete") == 0;
}

gboolean db_copy_file(const char *from, const char *path, GError **error)
{
    g_autofree char *next = g_strconcat(path, ".next", NULL);
    g_autoptr(GFile) source = g_file_new_for_path(from), target = g_file_new_for_path(next);
    static const char *const left[] = {"-wal", "-shm", "-journal"}; /* of another one: they would be read into it */
    if (!g_file_copy(source, target, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, error))
        return FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(left); i++) {
        g_autofree char *name = g_strconcat(path, left[i], NULL);
        g_unlink(name);
    }
    if (g_rename(next, path) == 0)
        return TRUE;
    g_set_error(error, DB_ERROR, DB_ERROR_OPEN, "Cannot replace %s.", path);
    return FALSE;
}

static gboolean replace_file(Db *db, const char *from, GError **error)
{
    sqlite3_close(db->sqlite);
    db->sqlite = NULL;
    gboolean ok = db_copy_file(from, db->path, error);
    return connect_to(db, ok ? error : NULL) && ok;
}

gboolean db_copy_from(Db *db, const char *from, GError **error)
{
    g_hash_table_remove_all(db->statements);
    return alone(db) ? replace_file(db, from, error) : copy_pages(db, from, error);
}
