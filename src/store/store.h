/* SPDX-License-Identifier: GPL-3.0-or-later
 * store/store.h — one person's sealed database on this machine: open, unlock, flush, close.
 * Knows bytes and keys; knows nothing of FHIR, HTTP, cards or screens. A Store has one owner.
 *
 * Threads: every function is for the main thread. Calls marked (now) touch the WAL with
 * synchronous=NORMAL and no checkpoint, so they never reach fsync; calls marked (worker) run on the
 * store's single worker thread in the order given, are durable when their callback comes, and never
 * hold the database's lock while the disk syncs. What is written (now) is durable within a second. */
#pragma once
#include "base/scope.h"
#include "base/secret.h"

#define STORE_ERROR (store_error_quark())
GQuark store_error_quark(void);
typedef enum {
    STORE_ERROR_FULL,       /* no room on the disk */
    STORE_ERROR_READONLY,   /* the file or directory may not be written */
    STORE_ERROR_LOCKED,     /* another program holds it, and what is typed is in memory alone */
    STORE_ERROR_DAMAGED,    /* not a database, or a broken one */
    STORE_ERROR_NEWER,      /* written by a newer rond; left alone */
    STORE_ERROR_KEY,        /* this key does not open it, or it has not been unlocked */
    STORE_ERROR_IO,
} StoreError;

typedef struct Store Store;

#define STORE_KEY_BYTES 32

typedef enum {
    STORE_DURABLE = 0,
    STORE_VOLATILE = 1,   /* no card can wrap the key: the file goes when the store is closed */
    STORE_START_OVER = 2, /* the key is lost for good: the old file is moved aside and kept */
} StoreFlags;

/* @dir exists, mode 0700. @person: who and where, e.g. "<origin>|<HSA-id>"; only its keyed hash is
 * on the disk. Blocks on the disk: for workers, tests and tools; the session uses the async one. */
Store *store_open(const char *dir, const char *person, StoreFlags flags, GError **error);
typedef void (*StoreOpenFn)(Store *store, const GError *error, gpointer data); /* store: transfer */
void store_open_async(Scope *scope, const char *dir, const char *person, StoreFlags flags,
                      StoreOpenFn fn, gpointer data);
/* Flushes and closes; blocks on the disk, so it belongs at the end of a session. Callbacks that
 * have not come do not come any more. NULL is accepted. */
void store_close(Store *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Store, store_close)

/* Where the old file is kept when it was damaged, or was left by STORE_START_OVER; else NULL. To be
 * told to the user. */
const char *store_moved_aside(const Store *store);

typedef void (*StoreDoneFn)(gint64 id, const GError *error, gpointer data);

/* How the data key is wrapped; several when the person has had several cards. */
typedef struct {
    char *method;           /* "oaep-sha1", "oaep-sha256", "ecdh-hkdf", "pkcs1-hkdf" */
    guint8 cert_sha256[32]; /* the certificate whose key unwraps */
    GBytes *salt;
    GBytes *wrapped;
} StoreWrap;
void store_wrap_free(StoreWrap *wrap);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreWrap, store_wrap_free)
GPtrArray *store_wraps(Store *store, GError **error); /* StoreWrap; oldest first */
/* (worker) Copies @wrap; replaces an older wrap of the same certificate. */
void store_wrap_add(Store *store, const StoreWrap *wrap, Scope *scope, StoreDoneFn fn,
                    gpointer data);
/* No data was ever sealed here: a new key may be made. */
gboolean store_is_fresh(const Store *store);

/* @key: STORE_KEY_BYTES; copied into locked memory. The first key ever given becomes the store's. */
void store_unlock_async(Store *store, const SecretBuf *key, Scope *scope, StoreDoneFn fn,
                        gpointer data); /* (worker) reading long drafts takes tens of ms */
gboolean store_unlock(Store *store, const SecretBuf *key, GError **error); /* the same, here and now */
gboolean store_is_unlocked(const Store *store);

/* What could not be read, all kinds together: tampered, cut, newer, rolled back. Never deleted. */
typedef struct {
    guint unreadable; /* records whose seal does not hold */
    guint newer;      /* records of a later schema */
    guint rolled_back; /* drafts or queue items older than, or missing from, what was last guarded */
} StoreHealth;
StoreHealth store_health(Store *store);

/* Everything written so far is on the disk when @fn comes (worker). Before lock and logout. */
void store_flush_async(Store *store, Scope *scope, StoreDoneFn fn, gpointer data);
gboolean store_flush(Store *store, GError **error); /* the same, blocking */
