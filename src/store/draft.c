/* SPDX-License-Identifier: GPL-3.0-or-later
 * Each put appends one sealed row: the whole text ('W') or one edit ('E') to the row before it.
 * The main thread only appends; the worker folds long journals into one whole row. */
#include "store/draft.h"

#include "base/clock.h"
#include "store/private.h"

#include <glib/gi18n.h>
#include <string.h>

#define ROW_TYPE "(yxsmssttayay)" /* tag changed id patient kind at removed meta text */
#define FOLD_ROWS 256             /* edits in a journal before it is folded … */
#define FOLD_BYTES_PER_ROW 256    /* … and one more for each so many bytes of text */
#define COMPARE_BLOCK 4096

typedef struct {
    guint8 key[SEAL_ROW_KEY];
    char *id, *patient, *kind; /* id NULL: only unreadable rows have this key */
    GString *text;
    GBytes *meta;
    gint64 changed;
    gboolean damaged;
    gint64 n;    /* highest row number in the table */
    gint64 last; /* the row that holds the state above */
    guint edits; /* rows since the last whole one */
    GArray *bad; /* gint64: rows that cannot be read, ascending; never deleted */
} Live;

static guint row_key_hash(gconstpointer key)
{
    guint hash;
    memcpy(&hash, key, sizeof hash);
    return hash;
}

static gboolean row_key_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, SEAL_ROW_KEY) == 0;
}

static void live_free(gpointer data)
{
    Live *live = data;
    if (!live)
        return;
    g_free(live->id);
    g_free(live->patient);
    g_free(live->kind);
    g_string_free(live->text, TRUE);
    g_clear_pointer(&live->meta, g_bytes_unref);
    g_clear_pointer(&live->bad, g_array_unref);
    g_free(live);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Live, live_free)

GHashTable *draft_table_new(void)
{
    return g_hash_table_new_full(row_key_hash, row_key_equal, NULL, live_free);
}

static Live *live_new(const guint8 key[SEAL_ROW_KEY])
{
    Live *live = g_new0(Live, 1);
    memcpy(live->key, key, SEAL_ROW_KEY);
    live->text = g_string_new(NULL);
    live->bad = g_array_new(FALSE, FALSE, sizeof(gint64));
    return live;
}

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

static SealPlace draft_place(const guint8 key[SEAL_ROW_KEY], gint64 n)
{
    SealPlace place = {.table = "draft", .rev = (guint64)n, .schema = STORE_SCHEMA};
    memcpy(place.row, key, SEAL_ROW_KEY);
    return place;
}

/* ---- rows ---- */

typedef struct {
    guchar tag;
    guint64 at, removed;
    const char *text;
    gsize len;
} Edit;

static GVariant *blob(gconstpointer data, gsize len)
{
    return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, data, len, 1);
}

static GBytes *row_seal(const Sealer *sealer, const Live *live, gint64 n, const Edit *edit)
{
    gboolean whole = edit->tag == 'W';
    gsize meta_len = 0;
    gconstpointer meta = live->meta ? g_bytes_get_data(live->meta, &meta_len) : NULL;
    g_autoptr(GVariant) row = g_variant_ref_sink(g_variant_new(
        "(yxsmsstt@ay@ay)", edit->tag, live->changed, whole ? live->id : "",
        whole ? live->patient : NULL, whole ? live->kind : "", edit->at, edit->removed,
        blob(meta, meta_len), blob(edit->text, edit->len)));
    SealPlace place = draft_place(live->key, n);
    return sealer_seal(sealer, &place, g_variant_get_data(row), g_variant_get_size(row));
}

static Edit whole_of(const Live *live)
{
    return (Edit){.tag = 'W', .text = live->text->str, .len = live->text->len};
}

static void text_splice(GString *text, gsize at, gsize removed, const char *in, gsize len)
{
    gsize same = MIN(removed, len);
    if (same > 0) /* @in may be NULL when nothing comes in */
        memcpy(text->str + at, in, same);
    if (removed > same)
        g_string_erase(text, (gssize)(at + same), (gssize)(removed - same));
    else if (len > same)
        g_string_insert_len(text, (gssize)(at + same), in + same, (gssize)(len - same));
}

/* FALSE when the row does not continue the state before it. */
static gboolean row_apply(Live *live, gint64 n, GBytes *clear)
{
    g_autoptr(GVariant) row =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(ROW_TYPE), clear, FALSE));
    Edit edit;
    gint64 changed;
    const char *id, *patient, *kind;
    g_autoptr(GVariant) meta = NULL, text = NULL;
    g_variant_get(row, "(yx&sm&s&stt@ay@ay)", &edit.tag, &changed, &id, &patient, &kind, &edit.at,
                  &edit.removed, &meta, &text);
    edit.text = g_variant_get_fixed_array(text, &edit.len, 1);
    if (edit.tag == 'W') {
        g_free(live->id);
        g_free(live->patient);
        g_free(live->kind);
        live->id = g_strdup(id);
        live->patient = g_strdup(patient);
        live->kind = g_strdup(kind);
        g_string_truncate(live->text, 0);
        g_string_append_len(live->text, edit.text, (gssize)edit.len);
        live->edits = 0;
        live->damaged = FALSE;
    } else {
        if (!live->id || live->last != n - 1 || edit.at > live->text->len ||
            edit.removed > live->text->len - edit.at)
            return FALSE;
        text_splice(live->text, edit.at, edit.removed, edit.text, edit.len);
        live->edits++;
    }
    gsize meta_len;
    gconstpointer bytes = g_variant_get_fixed_array(meta, &meta_len, 1);
    g_clear_pointer(&live->meta, g_bytes_unref);
    live->meta = g_bytes_new(bytes, meta_len);
    live->changed = changed;
    live->last = n;
    return TRUE;
}

static Live *journal_read(Db *db, const Sealer *sealer, const guint8 key[SEAL_ROW_KEY],
                          StoreHealth *health)
{
    Live *live = live_new(key);
    sqlite3_stmt *row = db_ask(db, NULL, "SELECT n, schema, body FROM draft WHERE key = ?1 ORDER BY n",
                               "b", key, (gsize)SEAL_ROW_KEY);
    while (row && db_next(db, row, NULL)) {
        gint64 n = sqlite3_column_int64(row, 0);
        gboolean newer = sqlite3_column_int64(row, 1) > STORE_SCHEMA;
        SealPlace place = draft_place(key, n);
        place.schema = (guint32)sqlite3_column_int64(row, 1);
        g_autoptr(GBytes) clear =
            newer ? NULL : sealer_open(sealer, &place, sqlite3_column_blob(row, 2),
                                       (gsize)sqlite3_column_bytes(row, 2));
        if (n < G_MAXINT64 / 2)
            live->n = MAX(live->n, n);
        if (clear && row_apply(live, n, clear))
            continue;
        live->damaged = TRUE;
        g_array_append_val(live->bad, n);
        if (newer)
            health->newer++;
        else
            health->unreadable++;
    }
    return live;
}

void draft_load(Db *db, const Sealer *sealer, GHashTable *drafts, StoreHealth *health)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    sqlite3_stmt *row = db_ask(db, NULL, "SELECT DISTINCT key FROM draft", "");
    while (row && db_next(db, row, NULL))
        g_ptr_array_add(keys, g_bytes_new(sqlite3_column_blob(row, 0),
                                          (gsize)sqlite3_column_bytes(row, 0)));
    for (guint i = 0; i < keys->len; i++) {
        gsize len;
        const guint8 *key = g_bytes_get_data(keys->pdata[i], &len);
        if (len != SEAL_ROW_KEY) {
            health->unreadable++;
            continue;
        }
        Live *live = journal_read(db, sealer, key, health);
        g_hash_table_replace(drafts, live->key, live);
    }
}

/* ---- writing ---- */

static gboolean locked(Store *store, GError **error)
{
    if (store->sealer)
        return FALSE;
    g_set_error_literal(error, STORE_ERROR, STORE_ERROR_KEY, N_("The local store is locked."));
    return TRUE;
}

static const char insert_row[] = "INSERT INTO draft (key, n, schema, body) VALUES (?1, ?2, ?3, ?4)";
static const char delete_rows[] = "DELETE FROM draft WHERE key = ?1 AND n > ?2 AND n < ?3";

static Write *insert_new(const Live *live, GBytes *body)
{
    Write *write = g_new0(Write, 1);
    *write = (Write){.sql = insert_row, .n = live->n, .m = STORE_SCHEMA, .body = body};
    memcpy(write->key, live->key, SEAL_ROW_KEY);
    return write;
}

static gboolean append(Store *store, Live *live, const Edit *edit, GBytes *meta, GError **error)
{
    g_bytes_ref(meta);
    g_clear_pointer(&live->meta, g_bytes_unref);
    live->meta = meta;
    live->changed = clock_real_us();
    live->last = ++live->n;
    live->edits = edit->tag == 'W' ? 0 : live->edits + 1;
    return store_write(store, insert_new(live, row_seal(store->sealer, live, live->n, edit)), error);
}

static Live *live_find(Store *store, const char *id, gboolean create)
{
    guint8 key[SEAL_ROW_KEY];
    sealer_row_key(store->sealer, "draft", id, key);
    Live *live = g_hash_table_lookup(store->drafts, key);
    if (!live && create) {
        live = live_new(key);
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

static Edit edit_between(const GString *old, const char *text, gsize len)
{
    gsize head = same_start(old->str, text, MIN(old->len, len));
    gsize tail = same_end(old->str + old->len, text + len, MIN(old->len, len) - head);
    return (Edit){.tag = 'E', .at = head, .removed = old->len - head - tail, .text = text + head,
                  .len = len - head - tail};
}

gboolean store_draft_put(Store *store, const StoreDraft *draft, GError **error)
{
    if (locked(store, error))
        return FALSE;
    Live *live = live_find(store, draft->id, TRUE);
    gsize len;
    const char *text = g_bytes_get_data(draft->text, &len);
    gboolean same = live->id && !live->damaged && g_str_equal(live->kind, draft->kind) &&
                    g_strcmp0(live->patient, draft->patient) == 0;
    Edit edit = same ? edit_between(live->text, text, len)
                     : (Edit){.tag = 'W', .text = text, .len = len};
    if (same) {
        text_splice(live->text, edit.at, edit.removed, edit.text, edit.len);
    } else {
        g_free(live->id);
        g_free(live->patient);
        g_free(live->kind);
        live->id = g_strdup(draft->id);
        live->patient = g_strdup(draft->patient);
        live->kind = g_strdup(draft->kind);
        g_string_truncate(live->text, 0);
        g_string_append_len(live->text, text, (gssize)len);
        live->damaged = FALSE;
    }
    return append(store, live, &edit, draft->meta, error);
}

gboolean store_draft_edit(Store *store, const char *id, gsize at, gsize removed, const char *text,
                          gsize len, GBytes *meta, GError **error)
{
    if (locked(store, error))
        return FALSE;
    Live *live = live_find(store, id, FALSE);
    g_return_val_if_fail(live && live->id, FALSE);
    g_return_val_if_fail(at <= live->text->len && removed <= live->text->len - at, FALSE);
    text_splice(live->text, at, removed, text, len);
    Edit edit = {.tag = 'E', .at = at, .removed = removed, .text = text, .len = len};
    if (live->damaged)
        edit = whole_of(live);
    live->damaged = FALSE;
    return append(store, live, &edit, meta, error);
}

static int compare_n(gconstpointer a, gconstpointer b)
{
    gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;
    return x < y ? -1 : x > y;
}

/* The rows of @live below @end, in ranges around those that cannot be read. */
static GArray *readable_ranges(const Live *live, gint64 end)
{
    GArray *bounds = g_array_new(FALSE, FALSE, sizeof(gint64));
    gint64 from = G_MININT64;
    g_array_sort(live->bad, compare_n);
    for (guint i = 0; i < live->bad->len && g_array_index(live->bad, gint64, i) < end; i++) {
        gint64 bad = g_array_index(live->bad, gint64, i);
        g_array_append_val(bounds, from);
        g_array_append_val(bounds, bad);
        from = bad;
    }
    g_array_append_val(bounds, from);
    g_array_append_val(bounds, end);
    return bounds;
}

static gboolean drop_waiting(Store *store, const Live *live)
{
    gboolean dropped = FALSE;
    for (GList *l = store->writes.head, *next; l; l = next) {
        Write *write = l->data;
        next = l->next;
        if (write->sql != insert_row || !row_key_equal(write->key, live->key))
            continue;
        store_write_free(write);
        g_queue_delete_link(&store->writes, l);
        dropped = TRUE;
    }
    return dropped;
}

gboolean store_draft_remove(Store *store, const char *id, GError **error)
{
    if (locked(store, error))
        return FALSE;
    Live *live = live_find(store, id, FALSE);
    if (!live || !live->id)
        return TRUE;
    drop_waiting(store, live);
    g_autoptr(GArray) bounds = readable_ranges(live, G_MAXINT64);
    gboolean ok = TRUE;
    for (guint i = 0; i < bounds->len; i += 2) {
        Write *write = g_new0(Write, 1);
        *write = (Write){.sql = delete_rows, .n = g_array_index(bounds, gint64, i),
                         .m = g_array_index(bounds, gint64, i + 1), .guarded = TRUE};
        memcpy(write->key, live->key, SEAL_ROW_KEY);
        ok = store_write(store, write, error && *error ? NULL : error) && ok;
    }
    if (live->bad->len)
        g_clear_pointer(&live->id, g_free);
    else
        g_hash_table_remove(store->drafts, live->key);
    return ok;
}

void draft_pending_fold(Store *store)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, store->drafts);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Live *live = value;
        if (!live->id || !drop_waiting(store, live))
            continue;
        Edit whole = whole_of(live);
        live->edits = 0;
        g_queue_push_tail(&store->writes,
                          insert_new(live, row_seal(store->sealer, live, live->n, &whole)));
    }
}

/* ---- folding, on the worker ---- */

static gboolean fold_commit(Store *store, Live *live, GBytes *body, GError **error)
{
    Db *db = store->work;
    g_autoptr(GArray) bounds = readable_ranges(live, live->last);
    if (!db_begin(db, error))
        return FALSE;
    gboolean ok = db_run(db, error, "UPDATE draft SET body = ?3 WHERE key = ?1 AND n = ?2", "bib",
                         live->key, (gsize)SEAL_ROW_KEY, live->last, g_bytes_get_data(body, NULL),
                         g_bytes_get_size(body));
    if (ok && db_changes(db) == 0) /* discarded meanwhile */
        return db_end(db, FALSE, NULL) || TRUE;
    for (guint i = 0; ok && i < bounds->len; i += 2)
        ok = db_run(db, error, delete_rows, "bii", live->key, (gsize)SEAL_ROW_KEY,
                    g_array_index(bounds, gint64, i), g_array_index(bounds, gint64, i + 1));
    return db_end(db, ok, error);
}

static gboolean run_fold(Store *store, gpointer arg, gint64 *ret_id, GError **error)
{
    StoreHealth ignored = {0};
    g_autoptr(Live) live = journal_read(store->work, store->sealer, arg, &ignored);
    if (!live->id || live->damaged || live->edits == 0)
        return TRUE;
    Edit whole = whole_of(live);
    g_autoptr(GBytes) body = row_seal(store->sealer, live, live->last, &whole);
    return fold_commit(store, live, body, error);
}

/* When closing, short journals are folded too: the next unlock reads them. */
void draft_compact_due(Store *store, gboolean closing)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init(&iter, store->drafts);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        Live *live = value;
        gsize due = closing ? FOLD_ROWS / 16 : FOLD_ROWS + live->text->len / FOLD_BYTES_PER_ROW;
        if (!live->id || live->edits < due)
            continue;
        live->edits = 0;
        store_job(store, JOB_LAZY, run_fold, g_memdup2(live->key, SEAL_ROW_KEY), g_free, NULL, NULL,
                  NULL);
    }
}

/* ---- reading ---- */

static StoreDraft *draft_of(const Live *live)
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
        Live *live = value;
        if (live->id && (!patient || g_strcmp0(patient, live->patient) == 0))
            g_ptr_array_add(list, draft_of(live));
    }
    g_ptr_array_sort(list, newest_first);
    return list;
}

StoreDraft *store_draft_get(Store *store, const char *id, GError **error)
{
    if (locked(store, error))
        return NULL;
    Live *live = live_find(store, id, FALSE);
    return live && live->id ? draft_of(live) : NULL;
}
