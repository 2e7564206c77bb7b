/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/draft-cover.h"

#include <sodium.h>
#include <string.h>

#define NOTHING "-" /* a kind that no view knows */
#define SLOTS 8
#define ROW 256                     /* bytes of a row before it is sealed, or twice that, … */
#define MOST_HIDDEN_ROW (16 << 10)  /* a longer one is hidden by the folding that follows within half a second */
#define WHOLE 4096                  /* … of a draft in one row */
#define STAYS (64 << 10)            /* up to this they do not become shorter again */
#define MOST_HIDDEN (1 << 20)       /* a longer draft is seen to be one */
#define FOLD_NOW (1 << 20)

gboolean cover_is_nothing(const DraftLive *live)
{
    return g_strcmp0(live->kind, NOTHING) == 0;
}

gboolean cover_in_step(const Store *store, const DraftLive *live)
{
    return live->id && !live->damaged && live->last == store->round;
}

static DraftLive *nothing_new(const Sealer *sealer)
{
    g_autofree char *id = g_uuid_string_random();
    guint8 key[SEAL_ROW_KEY];
    sealer_row_key(sealer, "draft", id, key);
    DraftLive *live = draft_live_new(key);
    draft_become(live, id, NULL, NOTHING, "", 0);
    live->meta = g_bytes_new(NULL, 0);
    return live;
}

static void add_row(const Sealer *sealer, GArray *rows, const DraftLive *live, gint64 n, const DraftEdit *edit, gsize room)
{
    WriteRow row = {.late = LATE_ROW, .n = n, .m = STORE_SCHEMA, .body = draft_row_seal(sealer, live, n, edit, room)};
    memcpy(row.key, live->key, SEAL_ROW_KEY);
    g_array_append_val(rows, row);
}

static void step(DraftLive *live, gint64 n)
{
    live->n = live->last = n;
}

/* ---- rounds, on the main thread ---- */

static void begin_nothing(Store *store)
{
    DraftLive *live = nothing_new(store->sealer);
    g_hash_table_replace(store->drafts, live->key, live);
}

/* One of those of nothing, any of them; NULL: each slot holds a draft. */
static DraftLive *some_nothing(const Store *store, guint *ret_in_step)
{
    g_autoptr(GPtrArray) found = g_ptr_array_new();
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, store->drafts);
    *ret_in_step = 0;
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        *ret_in_step += cover_in_step(store, value);
        if (cover_in_step(store, value) && cover_is_nothing(value))
            g_ptr_array_add(found, value);
    }
    return found->len ? found->pdata[randombytes_uniform(found->len)] : NULL;
}

/* A draft begins: one of nothing goes, or there come to be twice as many slots. */
static void make_place(Store *store, Write *write)
{
    guint taken, slots = SLOTS;
    DraftLive *gives_way = some_nothing(store, &taken);
    if (gives_way) {
        draft_drop_waiting(store, gives_way->key);
        draft_add_removal(write, gives_way);
        g_hash_table_remove(store->drafts, gives_way->key);
        return;
    }
    while (slots <= taken)
        slots *= 2;
    for (guint i = taken + 1; i < slots; i++)
        begin_nothing(store);
}

void cover_round(Store *store, Write *write, DraftLive *live, const DraftEdit *edit)
{
    gint64 n = store->round + 1;
    gsize room = live ? draft_row_room(live, edit, ROW) : ROW, hidden = MIN(room, MOST_HIDDEN_ROW);
    gboolean begins = live && !live->n;
    if (begins)
        make_place(store, write);
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, store->drafts);
    while (g_hash_table_iter_next(&iter, NULL, &value)) { /* in an order that tells nothing of @live */
        DraftLive *each = value;
        DraftEdit cover = {.tag = 'E'};
        if (each == live)
            add_row(store->sealer, write->rows, each, n, edit, room);
        else if (!each->n && cover_is_nothing(each))
            cover = draft_whole(each);
        else if (!cover_in_step(store, each))
            continue;
        if (each != live)
            add_row(store->sealer, write->rows, each, n, &cover, hidden);
        step(each, n);
    }
    store->round = n;
    store->rounds = room > hidden || begins || !live ? FOLD_NOW : store->rounds + 1; /* a slot with fewer rows is new */
}

void cover_leave(Store *store, Write *write)
{
    begin_nothing(store);
    cover_round(store, write, NULL, NULL);
}

/* ---- whole drafts ---- */

static gsize room_of(const GPtrArray *lives)
{
    gsize room = WHOLE;
    for (guint i = 0; i < lives->len; i++) {
        const DraftLive *live = lives->pdata[i];
        DraftEdit whole = draft_whole(live);
        room = MIN(draft_row_room(live, &whole, room), MOST_HIDDEN);
        while (room < MIN(live->whole, STAYS))
            room *= 2;
    }
    return room;
}

static void add_whole(const Sealer *sealer, GArray *rows, const GPtrArray *lives, gint64 n)
{
    gsize room = room_of(lives);
    for (guint i = 0; i < lives->len; i++) {
        const DraftLive *live = lives->pdata[i];
        DraftEdit whole = draft_whole(live);
        add_row(sealer, rows, live, n, &whole, draft_row_room(live, &whole, room));
    }
}

/* Those that are well and, with @last, whose last row is that one. */
static GPtrArray *well(GHashTable *drafts, gint64 last)
{
    GPtrArray *found = g_ptr_array_new();
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, drafts);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const DraftLive *live = value;
        if (live->id && !live->damaged && (!last || live->last == last))
            g_ptr_array_add(found, value);
    }
    return found;
}

static gint64 highest(GHashTable *drafts)
{
    gint64 n = 0;
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, drafts);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        n = MAX(n, ((const DraftLive *)value)->n);
    return n;
}

void cover_whole(Store *store, Write *write)
{
    g_autoptr(GPtrArray) lives = well(store->drafts, store->round);
    add_whole(store->sealer, write->rows, lives, store->round);
}

/* ---- folding, on the worker ---- */

/* The rows before @row, unless its draft has been discarded meanwhile. */
static gboolean fold_one(Db *db, const WriteRow *row, const DraftLive *live, GError **error)
{
    g_autoptr(GArray) bounds = draft_readable_ranges(live, row->n);
    gboolean ok = db_run(db, error, "UPDATE draft SET body = ?3 WHERE key = ?1 AND n = ?2", "bib", row->key,
                         (gsize)SEAL_ROW_KEY, row->n, g_bytes_get_data(row->body, NULL), g_bytes_get_size(row->body));
    gboolean there = ok && db_changes(db) > 0;
    for (guint i = 0; there && ok && i < bounds->len; i += 2) {
        WriteRow earlier = {.late = LATE_REMOVAL, .n = g_array_index(bounds, gint64, i), .m = g_array_index(bounds, gint64, i + 1)};
        memcpy(earlier.key, row->key, SEAL_ROW_KEY);
        ok = store_row_run(db, &earlier, error);
    }
    return ok;
}

gboolean cover_fold(Store *store, gpointer arg, gint64 *ret_id, GError **error)
{
    Db *db = store->work;
    StoreHealth ignored = {0};
    g_autoptr(GHashTable) drafts = draft_table_new();
    if (!db_exec(db, "BEGIN", error))
        return FALSE;
    draft_load(db, store->sealer, drafts, &ignored); /* all slots at one moment */
    if (!db_end(db, TRUE, error))
        return FALSE;
    gint64 last = highest(drafts);
    g_autoptr(GPtrArray) lives = well(drafts, last);
    Write *write = store_write_rows();
    add_whole(store->sealer, write->rows, lives, last);
    gboolean ok = db_begin(db, error);
    for (guint i = 0; ok && i < lives->len; i++)
        ok = fold_one(db, &g_array_index(write->rows, WriteRow, i), lives->pdata[i], error);
    store_write_free(write);
    return db_end(db, ok, error);
}

/* ---- at the unlock ---- */

static gboolean is_set_up(const GPtrArray *lives, gint64 last)
{
    const DraftLive *first = lives->len ? lives->pdata[0] : NULL;
    gboolean alike = lives->len >= SLOTS && (lives->len & (lives->len - 1)) == 0;
    for (guint i = 0; alike && i < lives->len; i++) {
        const DraftLive *live = lives->pdata[i];
        alike = live->last == last && live->rows == first->rows && live->bytes == first->bytes;
    }
    return alike;
}

static gboolean write_all(Db *db, const Sealer *sealer, const GPtrArray *lives, gint64 n)
{
    Write *write = store_write_rows();
    for (guint i = 0; i < lives->len; i++)
        draft_add_removal(write, lives->pdata[i]);
    add_whole(sealer, write->rows, lives, n);
    gboolean ok = db_begin(db, NULL);
    for (guint i = 0; ok && i < write->rows->len; i++)
        ok = store_row_run(db, &g_array_index(write->rows, WriteRow, i), NULL);
    store_write_free(write);
    return db_end(db, ok && guard_write(db, sealer, NULL), NULL);
}

gint64 cover_set_up(Db *db, const Sealer *sealer, GHashTable *drafts, guint *ret_rounds)
{
    *ret_rounds = 0;
    gint64 last = highest(drafts);
    g_autoptr(GPtrArray) lives = well(drafts, 0);
    if (is_set_up(lives, last)) {
        *ret_rounds = ((const DraftLive *)lives->pdata[0])->rows - 1;
        return last;
    }
    guint slots = SLOTS, had = lives->len;
    while (slots < had)
        slots *= 2;
    while (lives->len < slots)
        g_ptr_array_add(lives, nothing_new(sealer));
    gint64 n = (last > STORE_ROUNDS ? last : STORE_ROUNDS + randombytes_random()) + 1; /* how much was written is nobody's either */
    gboolean ok = write_all(db, sealer, lives, n);
    for (guint i = 0; i < lives->len; i++) {
        DraftLive *live = lives->pdata[i];
        if (ok)
            step(live, n);
        if (ok && i >= had)
            g_hash_table_replace(drafts, live->key, live);
        else if (i >= had)
            draft_live_free(live);
    }
    return n;
}
