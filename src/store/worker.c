/* SPDX-License-Identifier: GPL-3.0-or-later
 * Two connections write one database without either waiting for the other: the main thread commits
 * into the WAL without syncing; the worker commits alike and then syncs the log file itself, so
 * that SQLite's write lock is never held while a slow disk works. */
#include "store/private.h"

#include "base/clock.h"
#include "base/log.h"

#include <glib/gi18n.h>
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#define SYNC_MS 300
#define RETRY_BUSY_MS 10
#define RETRY_FAILED_MS 1000
#define SAY_BUSY_US (2 * G_TIME_SPAN_SECOND) /* that long in memory alone, and the person must know */
#define LOG_PAGES 2048 /* of 4 KiB: checkpoint above this */
#define WRITES_MAX 256     /* that wait, and one more for each so many bytes of the longest text: */
#define BYTES_A_WRITE 512  /* folded they are all texts whole, which is much for one turn of the main loop */
#define WRITES_AT_ONCE 16 /* of those that waited for the database, in one turn of the main loop: a few ms */
#define SOON_MS 1
#define TOGETHER_MAX 32 /* jobs that one sync makes durable */

typedef struct {
    Store *store;
    JobKind kind;
    StoreRun run;
    gpointer arg;
    GDestroyNotify arg_free;
    Scope *scope;
    guint scope_id;
    StoreDoneFn fn;
    gpointer data;
    gint64 id;
    GError *error;
    gboolean synced; /* it asks for it, and did its part */
    GSource *done;
} Job;

/* ---- the worker's side ---- */

/* In one transaction: what the main thread discards between the looking and the writing would be missed for ever. */
static void renew_guard(Store *store)
{
    if (store->sealer && db_begin(store->work, NULL))
        db_end(store->work, guard_write(store->work, store->sealer, NULL), NULL);
}

static void checkpoint(Store *store)
{
    /* Whoever writes first after a checkpoint syncs the new log's header. It is us. */
    g_atomic_int_set(&store->checkpointing, 1);
    sqlite3_wal_checkpoint_v2(db_handle(store->work), NULL, SQLITE_CHECKPOINT_RESTART, NULL, NULL);
    renew_guard(store);
    g_atomic_int_set(&store->checkpointing, 0);
}

/* What waits beside the log is as safe as what is in it. */
static void sync_late(Store *store)
{
    g_autofree char *path = g_strconcat(store->path, "-late", NULL);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return;
    fdatasync(fd);
    close(fd);
}

gboolean store_sync_log(Store *store, GError **error)
{
    renew_guard(store);
    sync_late(store);
    g_autofree char *path = g_strconcat(store->path, "-wal", NULL);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    gboolean ok = fd >= 0 && fdatasync(fd) == 0;
    if (!ok) {
        log_event(LOG_WARN, "store", "the log is not synced: %s", g_strerror(errno));
        g_set_error_literal(error, STORE_ERROR, STORE_ERROR_IO,
                            N_("The local store could not be saved. What you type is in memory until then. Tell support."));
    }
    if (fd >= 0)
        close(fd);
    /* By what is in it since the last checkpoint: the file stays as long as it ever was. */
    if (ok && store->sealer && db_log_pages(store->work) > LOG_PAGES)
        checkpoint(store);
    return ok;
}

static gboolean on_job_done(gpointer data);
static gboolean drain_some(Store *store, GError **error);

static void tell_done(Job *job)
{
    job->done = g_idle_source_new();
    g_source_set_priority(job->done, G_PRIORITY_DEFAULT);
    g_source_set_callback(job->done, on_job_done, job, NULL);
    g_source_attach(job->done, NULL);
}

/* Jobs that wait already share one sync of the log: an opening asks for one event for each section. */
static void work(gpointer item, gpointer user)
{
    Job *job = item;
    Store *store = job->store;
    job->synced = job->run(store, job->arg, &job->id, &job->error) && job->kind == JOB_DURABLE;
    store->unsynced = store->unsynced || job->synced;
    g_ptr_array_add(store->together, job);
    gboolean last = g_atomic_int_dec_and_test(&store->waiting_jobs);
    if (!last && store->together->len < TOGETHER_MAX)
        return;
    g_autoptr(GError) error = NULL;
    if (store->unsynced)
        store_sync_log(store, &error);
    store->unsynced = FALSE;
    g_autoptr(GPtrArray) ready = g_steal_pointer(&store->together);
    store->together = g_ptr_array_new();
    for (guint i = 0; i < ready->len; i++) { /* in their order; the main thread may free it at once */
        Job *each = ready->pdata[i];
        if (each->synced && error)
            each->error = g_error_copy(error);
        tell_done(each);
    }
}

/* ---- the main thread's side ---- */

static void job_free(Job *job)
{
    if (job->arg_free)
        job->arg_free(job->arg);
    if (job->done) {
        g_source_destroy(job->done);
        g_source_unref(job->done);
    }
    g_clear_error(&job->error);
    g_free(job);
}

static gboolean on_job_done(gpointer data)
{
    Job *job = data;
    g_hash_table_steal(job->store->jobs, job);
    drain_some(job->store, NULL);
    if (job->scope)
        scope_remove(job->scope, job->scope_id);
    if (job->fn) /* may close the store */
        job->fn(job->id, job->error, job->data);
    job_free(job);
    return G_SOURCE_REMOVE;
}

static void on_scope_closed(gpointer data)
{
    Job *job = data;
    job->scope = NULL;
    job->fn = NULL;
}

void store_job(Store *store, JobKind kind, StoreRun run, gpointer arg, GDestroyNotify arg_free,
               Scope *scope, StoreDoneFn fn, gpointer data)
{
    Job *job = g_new0(Job, 1);
    *job = (Job){.store = store, .kind = kind, .run = run, .arg = arg, .arg_free = arg_free,
                 .scope = scope, .fn = fn, .data = data};
    if (scope)
        job->scope_id = scope_add(scope, on_scope_closed, job);
    g_hash_table_add(store->jobs, job);
    g_atomic_int_inc(&store->waiting_jobs);
    g_thread_pool_push(store->worker, job, NULL);
}

void store_worker_start(Store *store)
{
    store->jobs = g_hash_table_new(g_direct_hash, g_direct_equal);
    store->together = g_ptr_array_new();
    store->worker = g_thread_pool_new(work, NULL, 1, FALSE, NULL);
}

void store_worker_stop(Store *store)
{
    clock_timer_cancel(store->sync_timer);
    clock_timer_cancel(store->retry_timer);
    store->sync_timer = store->retry_timer = 0;
    if (!store->worker)
        return;
    g_thread_pool_free(store->worker, FALSE, TRUE);
    store->worker = NULL;
    g_clear_pointer(&store->together, g_ptr_array_unref);
    GHashTableIter iter;
    gpointer key;
    g_hash_table_iter_init(&iter, store->jobs);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        Job *job = key;
        if (job->scope)
            scope_remove(job->scope, job->scope_id);
        job_free(job);
    }
    g_clear_pointer(&store->jobs, g_hash_table_unref);
}

static gboolean run_nothing(Store *store, gpointer arg, gint64 *ret_id, GError **error)
{
    return TRUE;
}

static gboolean on_sync_timer(gpointer data)
{
    Store *store = data;
    store->sync_timer = 0;
    draft_compact_due(store, FALSE);
    store_job(store, JOB_DURABLE, run_nothing, NULL, NULL, NULL, NULL, NULL);
    return G_SOURCE_REMOVE;
}

static gboolean on_retry_timer(gpointer data)
{
    Store *store = data;
    store->retry_timer = 0;
    drain_some(store, NULL);
    return G_SOURCE_REMOVE;
}

static void row_clear(gpointer row)
{
    g_clear_pointer(&((WriteRow *)row)->body, g_bytes_unref);
}

Write *store_write_rows(void)
{
    Write *write = g_new0(Write, 1);
    write->rows = g_array_new(FALSE, FALSE, sizeof(WriteRow));
    g_array_set_clear_func(write->rows, row_clear);
    return write;
}

void store_write_free(Write *write)
{
    g_clear_pointer(&write->body, g_bytes_unref);
    g_clear_pointer(&write->rows, g_array_unref);
    g_free(write);
}

gboolean store_row_run(Db *db, const WriteRow *row, GError **error)
{
    if (row->late == LATE_REMOVAL)
        return db_run(db, error, "DELETE FROM draft WHERE key = ?1 AND n > ?2 AND n < ?3", "bii", row->key,
                      (gsize)SEAL_ROW_KEY, row->n, row->m);
    return db_run(db, error, "INSERT INTO draft (key, n, schema, body) VALUES (?1, ?2, ?3, ?4)", "biib", row->key,
                  (gsize)SEAL_ROW_KEY, row->n, row->m, g_bytes_get_data(row->body, NULL), g_bytes_get_size(row->body));
}

static gboolean run_rows(Store *store, const GArray *rows, GError **error)
{
    gboolean ok = TRUE, fewer = FALSE;
    if (!db_begin(store->ui, error))
        return FALSE;
    for (guint i = 0; ok && i < rows->len; i++) {
        const WriteRow *row = &g_array_index(rows, WriteRow, i);
        fewer = fewer || row->late == LATE_REMOVAL;
        ok = store_row_run(store->ui, row, error);
    }
    return db_end(store->ui, ok && (!fewer || guard_write(store->ui, store->sealer, error)), error);
}

static gboolean run_write(Store *store, const Write *write, GError **error)
{
    if (write->rows)
        return run_rows(store, write->rows, error);
    return db_run(store->ui, error, write->sql, "iib", write->n, write->m, g_bytes_get_data(write->body, NULL),
                  g_bytes_get_size(write->body));
}

static void retry_in(Store *store, guint ms)
{
    if (!store->retry_timer)
        store->retry_timer = clock_timer_add(ms, on_retry_timer, store);
}

static void sync_soon(Store *store)
{
    if (!store->sync_timer)
        store->sync_timer = clock_timer_add(SYNC_MS, on_sync_timer, store);
}

/* Up to @most of what waits, the first first. What then still waits is beside the database, as it was. */
static gboolean drain(Store *store, guint most, GError **error)
{
    Write *write;
    for (guint n = 0; (write = g_queue_peek_head(&store->writes)); n++) {
        if (n == most) {
            store->waiting_since = 0; /* nobody holds it: there is much */
            retry_in(store, SOON_MS);
            return TRUE;
        }
        g_autoptr(GError) failed = NULL;
        gboolean busy = g_atomic_int_get(&store->checkpointing);
        if (busy || !run_write(store, write, &failed)) {
            busy = busy || db_was_busy(store->ui);
            retry_in(store, busy ? RETRY_BUSY_MS : RETRY_FAILED_MS);
            if (!busy)
                g_propagate_error(error, g_steal_pointer(&failed));
            return busy;
        }
        store_write_free(g_queue_pop_head(&store->writes));
        sync_soon(store);
    }
    if (store->late_used)
        late_clear(store);
    store->waiting_since = 0;
    store->late_used = store->late_short = FALSE;
    return TRUE;
}

gboolean store_drain(Store *store, GError **error)
{
    return drain(store, G_MAXUINT, error);
}

/* No key waits for what others left: unless some of it is in memory alone. */
static gboolean drain_some(Store *store, GError **error)
{
    return drain(store, store->late_short ? G_MAXUINT : WRITES_AT_ONCE, error);
}

/* What waits is on the disk all the same, or the screen would call saved what a crash takes away. */
static gboolean keep_beside(Store *store, const Write *write, GError **error)
{
    store->late_used = TRUE;
    store->late_short = store->late_short || !late_add(store, write); /* after a gap nothing continues anything */
    sync_soon(store);
    if (!store->late_short)
        return TRUE;
    if (error && !*error)
        g_set_error_literal(error, STORE_ERROR, STORE_ERROR_LOCKED,
                            N_("The local store is in use. What you type is in memory until then."));
    return FALSE;
}

/* A lock is held for moments; what another program keeps locked is said, or the screen would call saved what
 * is in memory alone. */
static gboolean waits_too_long(Store *store, GError **error)
{
    if (!store->writes.length)
        return FALSE;
    if (!store->waiting_since)
        store->waiting_since = MAX(clock_monotonic_us(), 1);
    if (clock_monotonic_us() - store->waiting_since < SAY_BUSY_US)
        return FALSE;
    g_set_error_literal(error, STORE_ERROR, STORE_ERROR_LOCKED,
                        N_("Another program holds the local store. What you type is in memory until then."));
    return TRUE;
}

gboolean store_write(Store *store, Write *write, GError **error)
{
    g_queue_push_tail(&store->writes, write);
    gboolean ok = drain_some(store, error);
    if (store->writes.length && !keep_beside(store, write, error))
        ok = FALSE;
    if (ok && waits_too_long(store, error))
        ok = FALSE;
    if (store->writes.length > WRITES_MAX && store->writes.length > WRITES_MAX + draft_longest(store) / BYTES_A_WRITE)
        draft_pending_fold(store);
    return ok;
}

/* ---- flush ---- */

void store_flush_async(Store *store, Scope *scope, StoreDoneFn fn, gpointer data)
{
    store_drain(store, NULL);
    store_job(store, JOB_DURABLE, run_nothing, NULL, NULL, scope, fn, data);
}

typedef struct {
    GMutex mutex;
    GCond cond;
    gboolean done, ok;
    GError *error;
} Flush;

static gboolean run_flush(Store *store, gpointer arg, gint64 *ret_id, GError **error)
{
    Flush *flush = arg;
    gboolean ok = store_sync_log(store, &flush->error);
    g_mutex_lock(&flush->mutex);
    flush->ok = ok;
    flush->done = TRUE;
    g_cond_signal(&flush->cond);
    g_mutex_unlock(&flush->mutex);
    return TRUE;
}

static gboolean drain_blocking(Store *store, GError **error)
{
    for (int i = 0; store->writes.length && i < 200; i++) {
        if (!store_drain(store, error))
            return FALSE;
        if (store->writes.length)
            g_usleep(RETRY_BUSY_MS * 1000);
    }
    if (!store->writes.length)
        return TRUE;
    g_set_error_literal(error, STORE_ERROR, STORE_ERROR_LOCKED,
                        N_("The local store is in use, and the last edits could not be saved."));
    return FALSE;
}

gboolean store_flush(Store *store, GError **error)
{
    gboolean drained = drain_blocking(store, error);
    Flush flush = {0};
    g_mutex_init(&flush.mutex);
    g_cond_init(&flush.cond);
    store_job(store, JOB_LAZY, run_flush, &flush, NULL, NULL, NULL, NULL);
    g_mutex_lock(&flush.mutex);
    while (!flush.done)
        g_cond_wait(&flush.cond, &flush.mutex);
    g_mutex_unlock(&flush.mutex);
    g_mutex_clear(&flush.mutex);
    g_cond_clear(&flush.cond);
    if (flush.error && drained)
        g_propagate_error(error, flush.error);
    else
        g_clear_error(&flush.error);
    return drained && flush.ok;
}
