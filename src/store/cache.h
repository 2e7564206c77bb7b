/* SPDX-License-Identifier: GPL-3.0-or-later
 * store/cache.h — answers of the core, sealed and compressed, with when they were true and their
 * ETag; and where the person was on screen, for coming back after a lock. The cache is a copy:
 * losing it loses nothing. The caller puts all that an answer depends on (origin, assignment, query)
 * into the query text; only its keyed hash is on the disk. */
#pragma once
#include "store/store.h"

typedef struct {
    GBytes *body;
    gint64 as_of; /* microseconds: when the core said so */
    char *etag;   /* or NULL */
} StorePage;
void store_page_free(StorePage *page);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StorePage, store_page_free)

/* (worker) Best effort: a cache that cannot be written is a slower program, nothing more. */
void store_cache_put(Store *store, const char *query, const char *patient, GBytes *body,
                     gint64 as_of, const char *etag);
/* (now) NULL without error: not there (or unreadable: dropped, since the core has the original). */
StorePage *store_cache_get(Store *store, const char *query, const char *patient, GError **error);
/* Logout (worker): everything of the person goes, file and all at close, unless drafts or outbox
 * items remain; then only cache and position go. */
void store_cache_wipe(Store *store, Scope *scope, StoreDoneFn fn, gpointer data);

typedef struct {
    char *view;    /* name of the view */
    char *patient; /* or NULL */
    char *draft;   /* draft id or NULL */
    gint64 cursor, scroll;
    char *extra;   /* caller's, or NULL: filter text, tab … */
} StoreResume;
void store_resume_free(StoreResume *resume);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreResume, store_resume_free)
gboolean store_resume_put(Store *store, const StoreResume *resume, GError **error); /* (now) */
StoreResume *store_resume_get(Store *store, GError **error); /* (now) NULL without error: none */
