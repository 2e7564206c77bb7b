/* SPDX-License-Identifier: GPL-3.0-or-later
 * store/draft.h — private drafts, sealed, kept at every key. A draft is a journal: one whole text,
 * then the edits since; the worker folds it together. Knows nothing of what the text is. */
#pragma once
#include "store/store.h"

typedef struct {
    char *id;       /* caller's UUID */
    char *patient;  /* Patient id, or NULL for a draft about nobody */
    char *kind;     /* caller's word: "note", "order" … */
    GBytes *text;   /* the text itself */
    GBytes *meta;   /* small and rewritten whole each time: the caller's, such as where the cursor stands */
    gint64 changed; /* real time of the last put, microseconds; filled in by the store */
    gboolean damaged; /* get and list: later edits exist that could not be read; this is the last whole state */
} StoreDraft;
void store_draft_free(StoreDraft *draft);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(StoreDraft, store_draft_free)

/* Saves the draft (now), before the key is painted. Only what changed since the last put of this
 * draft is written. When the database is busy or the disk is full the edit is kept in memory and
 * tried again with the next put and after each worker turn; an error is set only when it could not
 * be kept on disk for a reason the user must know: full, read-only, damaged, held by another program. */
gboolean store_draft_put(Store *store, const StoreDraft *draft, GError **error);
/* The same when the caller knows the edit: @removed bytes at @at gave way to @len bytes of @text.
 * The draft must have been put or got before in this Store. */
gboolean store_draft_edit(Store *store, const char *id, gsize at, gsize removed, const char *text,
                          gsize len, GBytes *meta, GError **error);
/* Newest first, StoreDraft owned. @patient NULL: all. Unreadable drafts are left out and counted. */
GPtrArray *store_draft_list(Store *store, const char *patient, GError **error);
StoreDraft *store_draft_get(Store *store, const char *id, GError **error); /* NULL without error: none */
/* Discards (now): an explicit act of the user, or the receipt of a signed note. */
gboolean store_draft_remove(Store *store, const char *id, GError **error);
