/* SPDX-License-Identifier: GPL-3.0-or-later
 * Each put appends one sealed row, and as many that hide it; the main thread only appends, the worker folds long
 * journals into one whole row. */
#include "store/draft-cover.h"

#include "base/clock.h"

#include <glib/gi18n.h>
#include <string.h>

#define FOLD_ROUNDS 64            /* before they are folded … */
#define FOLD_BYTES_PER_ROUND 1024 /* … and one more for each so many bytes of the longest text */
#define COMPARE_BLOCK 4096

void store_draft_free(StoreDraft *draft)
{
    if (!draft)
        return;
    g_free(draft->id);
    g_free(draft->patient);
    g_free(draft->kind);
    g_clear_pointer(&draft->text, g_bytes_unref);
    g_clear_pointer(&draft->meta, g_bytes_unref);
    g_free(draft);
}

/* ---- writing ---- */

static gboolean locked(Store *store, GError **error)
{
    if (store->sealer)
        return FALSE;
    g_set_error_literal(error, STORE_ERROR, STORE_ERROR_KEY, N_("The local store is locked."));
    return TRUE;
}

static gboolean append(Store *store, DraftLive *live, const DraftEdit *edit, GBytes *meta, GError **error)
{
    g_bytes_ref(meta);
    g_clear_pointer(&live->meta, g_bytes_unref);
    live->meta = meta;
    live->changed = clock_real_us();
    DraftEdit what = cover_in_step(store, live) ? *edit : draft_whole(live);
    live->damaged = FALSE;
    Write *write = store_write_rows();
    cover_round(store, write, live, &what);
    return store_write(store, write, error);
}

static DraftLive *live_find(Store *store, const char *id, gboolean create)
{
    guint8 key[SEAL_ROW_KEY];
    sealer_row_key(store->sealer, "draft", id, key);
    DraftLive *live = g_hash_table_lookup(store->drafts, key);
    if (!live && create) {
        live = draft_live_new(key);
        g_hash_table_replace(store->drafts, live->key, live);
    }
    return live;
}

static gsize same_start(const char *a, const char *b, gsize len)
{
    gsize i = 0;
    while (len - i >= COMPARE_BLOCK && memcmp(a + i, b + i, COMPARE_BLOCK) == 0)
        i += COMPARE_BLOCK;
    while (i < len && a[i] == b[i])
        i++;
    return i;
}

static gsize same_end(const char *a, const char *b, gsize len) /* a and b point past the end */
{
    gsize i = 0;
    while (len - i >= COMPARE_BLOCK &&
           memcmp(a - i - COMPARE_BLOCK, b - i - COMPARE_BLOCK, COMPARE_BLOCK) == 0)
        i += COMPARE_BLOCK;
    while (i < len && a[-1 - (gssize)i] == b[-1 - (gssize)i])
        i++;
    return i;
}

static DraftEdit edit_between(const GString *old, const char *text, gsize len)
{
    gsize head = same_start(old->str, text, MIN(old->len, len));
    gsize tail = same_end(old->str + old->len, text + len, MIN(old->len, len) - head);
    return (DraftEdit){.tag = 'E', .at = head, .removed = old->len - head - tail, .text = text + head,
                  .len = len - head - tail};
}

gboolean store_draft_put(Store *store, const StoreDraft *draft, GError **error)
{
    if (locked(store, error))
        return FALSE;
    DraftLive *live = live_find(store, draft->id, TRUE);
    gsize len;
    const char *text = g_bytes_get_data(draft->text, &len);
    gboolean same = live->id && !live->damaged && g_str_equal(live->kind, draft->kind) &&
                    g_strcmp0(live->patient, draft->patient) == 0;
    DraftEdit edit = same ? edit_between(live->text, text, len)
                     : (DraftEdit){.tag = 'W', .text = text, .len = len};
    if (same) {
        draft_splice(live->text, edit.at, edit.removed, edit.text, edit.len);
    } else {
        draft_become(live, draft->id, draft->patient, draft->kind, text, len);
    }
    return append(store, live, &edit, draft->meta, error);
}

gboolean store_draft_edit(Store *store, const char *id, gsize at, gsize removed, const char *text,
                          gsize len, GBytes *meta, GError **error)
{
    if (locked(store, error))
        return FALSE;
    DraftLive *live = live_find(store, id, FALSE);
    g_return_val_if_fail(live && live->id, FALSE);
    g_return_val_if_fail(at <= live->text->len && removed <= live->text->len - at, FALSE);
    draft_splice(live->text, at, removed, text, len);
    DraftEdit edit = {.tag = 'E', .at = at, .removed = removed, .text = text, .len = len};
    return append(store, live, &edit, meta, error);
}

gboolean store_draft_remove(Store *store, const char *id, GError **error)
{
    if (locked(store, error))
        return FALSE;
    DraftLive *live = live_find(store, id, FALSE);
    if (!live || !live->id)
        return TRUE;
    draft_drop_waiting(store, live->key);
    Write *write = store_write_rows();
    draft_add_removal(write, live);
    if (live->bad->len)
        g_clear_pointer(&live->id, g_free);
    else
        g_hash_table_remove(store->drafts, live->key);
    cover_leave(store, write);
    return store_write(store, write, error);
}

void draft_pending_fold(Store *store)
{
    Write *all = store_write_rows();
    gboolean any = FALSE;
    for (GList *l = store->writes.head, *next; l; l = next) {
        Write *write = l->data;
        next = l->next;
        for (guint i = 0; write->rows && i < write->rows->len; i++) {
            const WriteRow *row = &g_array_index(write->rows, WriteRow, i);
            if (row->late == LATE_REMOVAL)
                g_array_append_val(all->rows, *row);
        }
        if (!write->rows)
            continue;
        any = TRUE;
        store_write_free(write);
        g_queue_delete_link(&store->writes, l);
    }
    if (any)
        cover_whole(store, all);
    if (any)
        g_queue_push_tail(&store->writes, all);
    else
        store_write_free(all);
}

gsize draft_longest(const Store *store)
{
    gsize longest = 0;
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, store->drafts);
    while (g_hash_table_iter_next(&iter, NULL, &value))
        longest = MAX(longest, ((const DraftLive *)value)->text->len);
    return longest;
}

/* When closing, a short journal is folded too: the next unlock reads it. */
void draft_compact_due(Store *store, gboolean closing)
{
    gsize longest = draft_longest(store);
    if (!store->rounds || (!closing && store->rounds < FOLD_ROUNDS + longest / FOLD_BYTES_PER_ROUND))
        return;
    store->rounds = 0;
    store_job(store, JOB_LAZY, cover_fold, NULL, NULL, NULL, NULL, NULL);
}

/* ---- reading ---- */

static StoreDraft *draft_of(const DraftLive *live)
{
    StoreDraft *draft = g_new0(StoreDraft, 1);
    *draft = (StoreDraft){.id = g_strdup(live->id), .patient = g_strdup(live->patient),
                          .kind = g_strdup(live->kind),
                          .text = g_bytes_new(live->text->str, live->text->len),
                          .meta = g_bytes_ref(live->meta), .changed = live->changed,
                          .damaged = live->damaged};
    return draft;
}

static int newest_first(gconstpointer a, gconstpointer b)
{
    const StoreDraft *x = *(StoreDraft *const *)a, *y = *(StoreDraft *const *)b;
    return x->changed > y->changed ? -1 : x->changed < y->changed;
}

GPtrArray *store_draft_list(Store *store, const char *patient, GError **error)
{
    if (locked(store, error))
        return NULL;
    GPtrArray *list = g_ptr_array_new_with_free_func((GDestroyNotify)store_draft_free);
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, store->drafts);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        DraftLive *live = value;
        if (live->id && !cover_is_nothing(live) && (!patient || g_strcmp0(patient, live->patient) == 0))
            g_ptr_array_add(list, draft_of(live));
    }
    g_ptr_array_sort(list, newest_first);
    return list;
}

StoreDraft *store_draft_get(Store *store, const char *id, GError **error)
{
    if (locked(store, error))
        return NULL;
    DraftLive *live = live_find(store, id, FALSE);
    return live && live->id ? draft_of(live) : NULL;
}
