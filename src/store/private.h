/* SPDX-License-Identifier: GPL-3.0-or-later
 * store/private.h — what the files of this room share: the Store itself, writes of the main thread
 * and jobs of the worker. Included by src/store and its tests only. */
#pragma once
#include "store/db.h"
#include "store/seal.h"

#define STORE_SCHEMA 1u /* of sealed records; older ones are read, newer ones left alone */

struct Store {
    char *path, *aside;
    StoreFlags flags;
    int lock_fd;
    Sealer *sealer; /* set once by unlock, before any job that uses it */

    /* main thread */
    Db *ui;
    GHashTable *drafts; /* row key → DraftLive (draft-journal.h) */
    gint64 round;       /* the number of the last row of every slot (draft-cover.h) */
    guint rounds;       /* since they were folded */
    GQueue writes;      /* Write: not in the database yet, in order */
    GHashTable *jobs;   /* Job: pushed, callback still to come */
    guint sync_timer, retry_timer;
    gint64 waiting_since; /* monotonic: the first of the writes that wait; 0: none does */
    int late_fd;          /* late.c; -1: not opened yet */
    gboolean late_used, late_short; /* of the writes that wait, some or not all are in that file */
    gint64 resume_rev;
    StoreHealth health; /* drafts and guard, as found at unlock */

    /* worker thread, after open */
    Db *work;
    GThreadPool *worker;
    GPtrArray *together; /* Job: done, but for the sync that they share */
    gboolean unsynced;   /* one of them asks for it */
    int waiting_jobs;  /* atomic: given to the worker, not begun */
    int checkpointing; /* atomic: the main thread must not write now, or it would sync the log */
};

/* What a row is while it waits beside the database. */
typedef enum { LATE_ROW = 'I', LATE_REMOVAL = 'D' } Late;

/* All drafts of a store count their rows together, from above this; an earlier rond counted each alone, from 1. */
#define STORE_ROUNDS ((gint64)1 << 32)

/* A draft's row that comes, or those that go. */
typedef struct {
    Late late;
    guint8 key[SEAL_ROW_KEY];
    gint64 n, m;  /* ROW: its number and schema; REMOVAL: what lies between the two goes */
    GBytes *body; /* ROW */
} WriteRow;

/* worker.c — one write of the main thread: no fsync, never waits for the other connection. */
typedef struct {
    const char *sql; /* parameters: ?1 n, ?2 m, ?3 body; NULL: @rows instead */
    gint64 n, m;
    GBytes *body;
    GArray *rows; /* WriteRow: of drafts, all in one transaction, with the guard where some go */
} Write;
Write *store_write_rows(void); /* with no row yet */
/* Takes over @write. Kept in order and tried again when the database is busy, full or read-only;
 * only the latter two set @error: while it is busy a draft's write waits in a file (late.c). */
gboolean store_write(Store *store, Write *write, GError **error);
void store_write_free(Write *write);
gboolean store_drain(Store *store, GError **error);

typedef gboolean (*StoreRun)(Store *store, gpointer arg, gint64 *ret_id, GError **error);
typedef enum { JOB_LAZY, JOB_DURABLE } JobKind; /* durable: the log is synced before the callback */
void store_job(Store *store, JobKind kind, StoreRun run, gpointer arg, GDestroyNotify arg_free,
               Scope *scope, StoreDoneFn fn, gpointer data);
void store_worker_start(Store *store);
void store_worker_stop(Store *store); /* waits for the jobs; their callbacks do not come */
gboolean store_sync_log(Store *store, GError **error); /* waits for the disk */

/* One row into the database, or those out of it. */
gboolean store_row_run(Db *db, const WriteRow *row, GError **error);

/* late.c — the file for what the database is too busy for. */
gboolean late_add(Store *store, const Write *write); /* FALSE: it is in memory alone */
void late_clear(Store *store);                       /* the database has it all */
void late_close(Store *store);
/* Before the drafts are read: what a life that ended suddenly left there. Best effort: what cannot be taken stays. */
void late_take(Store *store, Db *db, const Sealer *sealer);

/* guard.c */
gboolean guard_key_check(Db *db, const Sealer *sealer, GError **error);
gboolean guard_write(Db *db, const Sealer *sealer, GError **error); /* inside a transaction or alone */
guint guard_rolled_back(Db *db, const Sealer *sealer);

/* draft-journal.c */
GHashTable *draft_table_new(void);
void draft_load(Db *db, const Sealer *sealer, GHashTable *drafts, StoreHealth *health);
/* draft.c */
void draft_pending_fold(Store *store); /* many writes wait: keep one whole text per draft */
gsize draft_longest(const Store *store); /* bytes of its text */
void draft_compact_due(Store *store, gboolean closing);

/* queue.c */
void queue_health(Store *store, StoreHealth *health);
