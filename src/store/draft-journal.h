/* SPDX-License-Identifier: GPL-3.0-or-later
 * store/draft-journal.h — one draft as it lies in the store: its present state, the sealed rows it came
 * from, and how a row is applied to the state before it. Writes nothing by itself. Only draft*.c, late.c and keys.c
 * includes it. */
#pragma once
#include "store/draft.h"
#include "store/private.h"

typedef struct {
    guint8 key[SEAL_ROW_KEY];
    char *id, *patient, *kind; /* id NULL: only unreadable rows have this key */
    GString *text;
    GBytes *meta;
    gint64 changed;
    gboolean damaged;
    gint64 n;    /* highest row number in the table */
    gint64 last; /* the row that holds the state above */
    guint rows;  /* of those */
    gsize bytes, whole; /* of all of them sealed, and in the last whole one, with what fills it up */
    GArray *bad; /* gint64: rows that cannot be read, ascending; never deleted */
} DraftLive;

DraftLive *draft_live_new(const guint8 key[SEAL_ROW_KEY]);
void draft_live_free(gpointer live);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DraftLive, draft_live_free)

typedef struct {
    guchar tag;
    guint64 at, removed;
    const char *text;
    gsize len;
} DraftEdit;

DraftEdit draft_whole(const DraftLive *live); /* the state as one row; borrows its text */
/* The state is this whole text, of this draft; @text is not the state's own. */
void draft_become(DraftLive *live, const char *id, const char *patient, const char *kind, const char *text, gsize len);
/* @removed bytes at @at give way to @len bytes of @in, which may be NULL when @len is 0. */
void draft_splice(GString *text, gsize at, gsize removed, const char *in, gsize len);
/* What a sealed row of this place is: 'W' or 'E'; 0: its seal does not hold, or it is of a later schema. */
guchar draft_row_tag(const Sealer *sealer, const guint8 key[SEAL_ROW_KEY], gint64 n, gint64 schema, gconstpointer body,
                     gsize len);
/* Which of @least, twice that, and so on the row of @edit fits in; and row number @n, sealed for its place, filled up
 * to it: with zeros after the meta, which are no part of it. */
gsize draft_row_room(const DraftLive *live, const DraftEdit *edit, gsize least);
GBytes *draft_row_seal(const Sealer *sealer, const DraftLive *live, gint64 n, const DraftEdit *edit, gsize size);

/* The state after all rows of @key that can be read; what cannot is counted in @health and kept. */
DraftLive *draft_journal_read(Db *db, const Sealer *sealer, const guint8 key[SEAL_ROW_KEY], StoreHealth *health);
/* The rows of @live below @end, in ranges around those that cannot be read: pairs of exclusive bounds. */
GArray *draft_readable_ranges(const DraftLive *live, gint64 end);
/* What @live has in the table goes, but for what cannot be read. */
void draft_add_removal(Write *write, const DraftLive *live);
/* Of what waits: the rows of that draft. */
void draft_drop_waiting(Store *store, const guint8 key[SEAL_ROW_KEY]);
gboolean draft_key_equal(gconstpointer a, gconstpointer b);
