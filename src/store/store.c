/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/private.h"

#include "base/clock.h"
#include "base/log.h"

#include <glib/gi18n.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define SALT_BYTES 32
#define NAME_BYTES 16

static gboolean fail_errno(GError **error, const char *sentence)
{
    if (errno == ENOSPC || errno == EDQUOT)
        db_say(error, STORE_ERROR_FULL);
    else if (errno == EACCES || errno == EROFS || errno == EPERM)
        db_say(error, STORE_ERROR_READONLY);
    else {
        log_event(LOG_WARN, "store", "%s", g_strerror(errno));
        g_set_error_literal(error, STORE_ERROR, STORE_ERROR_IO, sentence);
    }
    return FALSE;
}

/* One per installation, so that a file's name tells nobody whose it is. */
static gboolean salt_get(const char *dir, guint8 salt[SALT_BYTES], GError **error)
{
    g_autofree char *path = g_build_filename(dir, "salt", NULL);
    g_autofree char *fresh = g_strdup_printf("%s.%d", path, (int)getpid());
    for (int turn = 0; turn < 2; turn++) {
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
        if (fd >= 0) {
            gssize got = read(fd, salt, SALT_BYTES);
            close(fd);
            if (got == SALT_BYTES)
                return TRUE;
            errno = EIO;
            break;
        }
        if (errno != ENOENT)
            break;
        fd = open(fresh, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
        randombytes_buf(salt, SALT_BYTES);
        if (fd < 0 || write(fd, salt, SALT_BYTES) != SALT_BYTES || fsync(fd) != 0) {
            if (fd >= 0)
                close(fd);
            break;
        }
        close(fd);
        link(fresh, path); /* whoever was first has won; the next turn reads it */
        unlink(fresh);
    }
    return fail_errno(error, N_("The local store's folder cannot be used. Check the rights of rond's state folder."));
}

static char *file_path(const char *dir, const char *person, StoreFlags flags, GError **error)
{
    guint8 salt[SALT_BYTES], name[NAME_BYTES];
    char hex[2 * NAME_BYTES + 1];
    if (sodium_init() < 0 || !salt_get(dir, salt, error))
        return NULL;
    crypto_generichash(name, sizeof name, (const guint8 *)person, strlen(person), salt, sizeof salt);
    sodium_bin2hex(hex, sizeof hex, name, sizeof name);
    return g_strdup_printf("%s/%s%s", dir, hex, flags & STORE_VOLATILE ? ".tmp" : ".db");
}

static gboolean take_lock(Store *store, GError **error)
{
    g_autofree char *path = g_strconcat(store->path, ".lock", NULL);
    store->lock_fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (store->lock_fd < 0)
        return fail_errno(error, N_("The local store cannot be opened. Check the rights of rond's state folder."));
    if (flock(store->lock_fd, LOCK_EX | LOCK_NB) == 0)
        return TRUE;
    g_set_error_literal(error, STORE_ERROR, STORE_ERROR_LOCKED,
                        N_("You are logged in to another rond on this computer. Log out there first."));
    return FALSE;
}

static const char *const suffixes[] = {"", "-wal", "-shm", "-late"};

static void remove_files(const char *path)
{
    for (gsize i = 0; i < G_N_ELEMENTS(suffixes); i++) {
        g_autofree char *name = g_strconcat(path, suffixes[i], NULL);
        g_unlink(name);
    }
}

/* Kept for whoever can still read it. */
static void move_aside(Store *store, const char *why)
{
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(clock_real_us() / G_USEC_PER_SEC);
    g_autofree char *stamp = g_date_time_format(now, "%Y%m%dT%H%M%SZ");
    g_autofree char *aside = g_strdup_printf("%s.%s-%s", store->path, why, stamp);
    for (gsize i = 0; i < G_N_ELEMENTS(suffixes); i++) {
        g_autofree char *from = g_strconcat(store->path, suffixes[i], NULL);
        g_autofree char *to = g_strconcat(aside, suffixes[i], NULL);
        g_rename(from, to);
    }
    g_free(store->aside);
    store->aside = g_steal_pointer(&aside);
}

static gboolean sound(Db *db, GError **error)
{
    static const char *const checks[] = {"PRAGMA quick_check(wrap)", "PRAGMA quick_check(guard)",
                                         "PRAGMA quick_check(draft)", "PRAGMA quick_check(queue)"};
    for (gsize i = 0; i < G_N_ELEMENTS(checks); i++) {
        sqlite3_stmt *row = db_ask(db, error, checks[i], "");
        if (!row || !db_next(db, row, error))
            return FALSE;
        gboolean ok = g_strcmp0((const char *)sqlite3_column_text(row, 0), "ok") == 0;
        db_done(row);
        if (!ok) {
            g_set_error_literal(error, STORE_ERROR, STORE_ERROR_DAMAGED,
                                N_("The local store is damaged."));
            return FALSE;
        }
    }
    return TRUE;
}

static gboolean open_file(Store *store, GError **error)
{
    g_autoptr(Db) work = db_open(store->path, error);
    if (!work || !db_exec(work, "PRAGMA synchronous=FULL", error) || !db_migrate(work, error) ||
        !sound(work, error))
        return FALSE;
    sqlite3_busy_timeout(db_handle(work), 5000);
    g_autoptr(Db) ui = db_open(store->path, error);
    /* The main thread never waits (no busy timeout); jobs sync the log themselves. */
    if (!ui || !db_exec(ui, "PRAGMA synchronous=NORMAL", error) ||
        !db_exec(work, "PRAGMA synchronous=NORMAL", error))
        return FALSE;
    store->work = g_steal_pointer(&work);
    store->ui = g_steal_pointer(&ui);
    return TRUE;
}

static void sync_dir(const char *dir)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        fsync(fd);
        close(fd);
    }
}

Store *store_open(const char *dir, const char *person, StoreFlags flags, GError **error)
{
    g_autoptr(Store) store = g_new0(Store, 1);
    store->lock_fd = store->late_fd = -1;
    store->flags = flags;
    store->path = file_path(dir, person, flags, error);
    if (!store->path || !take_lock(store, error))
        return NULL;
    if (flags & STORE_VOLATILE)
        remove_files(store->path); /* left by a crash; nobody has its key */
    if (flags & STORE_START_OVER)
        move_aside(store, "left");
    g_autoptr(GError) failed = NULL;
    gboolean ok = open_file(store, &failed);
    if (!ok && g_error_matches(failed, STORE_ERROR, STORE_ERROR_DAMAGED)) {
        move_aside(store, "damaged");
        g_clear_error(&failed);
        ok = open_file(store, &failed);
    }
    if (!ok) {
        g_propagate_error(error, g_steal_pointer(&failed));
        return NULL;
    }
    sync_dir(dir);
    store->drafts = draft_table_new();
    store_worker_start(store);
    return g_steal_pointer(&store);
}

/* ---- asynchronous open ---- */

typedef struct {
    char *dir, *person;
    StoreFlags flags;
    Scope *scope;
    guint scope_id;
    StoreOpenFn fn;
    gpointer data;
} Opening;

static void opening_free(gpointer data)
{
    Opening *opening = data;
    g_free(opening->dir);
    g_free(opening->person);
    g_free(opening);
}

static void on_opening_scope(gpointer data)
{
    Opening *opening = data;
    opening->scope = NULL;
    opening->fn = NULL;
}

static void opening_run(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    Opening *opening = data;
    GError *error = NULL;
    Store *store = store_open(opening->dir, opening->person, opening->flags, &error);
    if (store)
        g_task_return_pointer(task, store, (GDestroyNotify)store_close);
    else
        g_task_return_error(task, error);
}

static void on_opened(GObject *source, GAsyncResult *result, gpointer data)
{
    Opening *opening = g_task_get_task_data(G_TASK(result));
    g_autoptr(GError) error = NULL;
    Store *store = g_task_propagate_pointer(G_TASK(result), &error);
    if (opening->scope)
        scope_remove(opening->scope, opening->scope_id);
    if (opening->fn)
        opening->fn(store, error, opening->data);
    else
        store_close(store);
}

void store_open_async(Scope *scope, const char *dir, const char *person, StoreFlags flags,
                      StoreOpenFn fn, gpointer data)
{
    Opening *opening = g_new0(Opening, 1);
    *opening = (Opening){g_strdup(dir), g_strdup(person), flags, scope, 0, fn, data};
    if (scope)
        opening->scope_id = scope_add(scope, on_opening_scope, opening);
    g_autoptr(GTask) task = g_task_new(NULL, NULL, on_opened, NULL);
    g_task_set_task_data(task, opening, opening_free);
    g_task_run_in_thread(task, opening_run);
}

/* ---- close ---- */

void store_close(Store *store)
{
    if (!store)
        return;
    gboolean keep = TRUE;
    if (store->worker) {
        draft_compact_due(store, TRUE);
        store_flush(store, NULL);
        store_worker_stop(store);
        late_close(store);
        keep = !(store->flags & STORE_VOLATILE); /* also without drafts: that it is gone would say so */
    }
    db_close(store->ui);
    db_close(store->work);
    if (!keep)
        remove_files(store->path);
    if (store->lock_fd >= 0)
        close(store->lock_fd); /* the lock file stays: removing it would let two hold "the" lock */
    Write *write;
    while ((write = g_queue_pop_head(&store->writes)))
        store_write_free(write);
    g_clear_pointer(&store->drafts, g_hash_table_unref);
    sealer_free(store->sealer);
    g_free(store->path);
    g_free(store->aside);
    g_free(store);
}

const char *store_moved_aside(const Store *store)
{
    return store->aside;
}
