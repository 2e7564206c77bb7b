/* SPDX-License-Identifier: GPL-3.0-or-later
 * store/queue.h — ordered, sealed items: what waits for the core (writes under way, the audit) and marks that are kept
 * (what was sent, what was read, the person's own words). Decides nothing about when or whether to send. Puts and
 * removals are (worker): durable, and visible to list, when their callback comes. */
#pragma once
#include "store/store.h"

typedef enum {
    STORE_OUTBOX,
    STORE_AUDIT,
    STORE_SENT, /* marks: what was confirmed under which identifier; nothing waits in it */
    STORE_SEEN,  /* marks: what the person has read of a patient; nothing waits in it, and it outlives a logout */
    STORE_WORDS /* what the person has added for the spelling; likewise */
} StoreQueue;

typedef enum {
    ITEM_WAITING, /* not sent */
    ITEM_SENDING, /* a request is or was under way: after a restart this means unknown */
    ITEM_UNKNOWN, /* the core can be asked nothing, or did not say: a person decides */
    ITEM_REFUSED, /* the core said no */
} ItemState;

typedef struct {
    gint64 id;      /* order of first putting; never used again */
    char *key;      /* caller's, such as the UUID of a write; unique in its queue */
    char *patient;  /* Patient id or NULL */
    char *kind;     /* caller's word */
    ItemState state;
    guint attempts;
    gint64 created; /* real time, microseconds; 0: the store fills it in */
    char *note;     /* caller's: last answer in words or a request id; may be NULL */
    GBytes *payload;
} StoreItem;
void store_item_free(StoreItem *item);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreItem, store_item_free)

/* @item is copied; id is not read. A key that is in the queue already has its item replaced in
 * place, another is appended; @fn (may be NULL) is told the id. */
void store_queue_put(Store *store, StoreQueue queue, const StoreItem *item, Scope *scope,
                     StoreDoneFn fn, gpointer data);
void store_queue_remove(Store *store, StoreQueue queue, gint64 id, Scope *scope, StoreDoneFn fn,
                        gpointer data);
/* Oldest first, at most @max (0: all). Unreadable items are left out and counted. (now) */
GPtrArray *store_queue_list(Store *store, StoreQueue queue, guint max, GError **error);
/* The item with that key; NULL without error: none, or unreadable. (now) */
StoreItem *store_queue_get(Store *store, StoreQueue queue, const char *key, GError **error);
/* Rows in the queue, unreadable ones included; -1 on error. (now) */
int store_queue_count(Store *store, StoreQueue queue);
