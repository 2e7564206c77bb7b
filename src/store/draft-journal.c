/* SPDX-License-Identifier: GPL-3.0-or-later
 * A draft's sealed rows: the whole text ('W') or one edit ('E') to the row before it. */
#include "store/draft-journal.h"

#include <string.h>

#define ROW_TYPE "(yxsmssttayay)" /* tag changed id patient kind at removed meta text */

static guint row_key_hash(gconstpointer key)
{
    guint hash;
    memcpy(&hash, key, sizeof hash);
    return hash;
}

gboolean draft_key_equal(gconstpointer a, gconstpointer b)
{
    return memcmp(a, b, SEAL_ROW_KEY) == 0;
}

void draft_live_free(gpointer data)
{
    DraftLive *live = data;
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

GHashTable *draft_table_new(void)
{
    return g_hash_table_new_full(row_key_hash, draft_key_equal, NULL, draft_live_free);
}

DraftLive *draft_live_new(const guint8 key[SEAL_ROW_KEY])
{
    DraftLive *live = g_new0(DraftLive, 1);
    memcpy(live->key, key, SEAL_ROW_KEY);
    live->text = g_string_new(NULL);
    live->bad = g_array_new(FALSE, FALSE, sizeof(gint64));
    return live;
}

static SealPlace draft_place(const guint8 key[SEAL_ROW_KEY], gint64 n)
{
    SealPlace place = {.table = "draft", .rev = (guint64)n, .schema = STORE_SCHEMA};
    memcpy(place.row, key, SEAL_ROW_KEY);
    return place;
}

void draft_become(DraftLive *live, const char *id, const char *patient, const char *kind, const char *text, gsize len)
{
    g_free(live->id);
    g_free(live->patient);
    g_free(live->kind);
    live->id = g_strdup(id);
    live->patient = g_strdup(patient);
    live->kind = g_strdup(kind);
    g_string_truncate(live->text, 0);
    g_string_append_len(live->text, text, (gssize)len);
    live->damaged = FALSE;
}

/* ---- rows ---- */

static GVariant *blob(gconstpointer data, gsize len)
{
    return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, data, len, 1);
}

/* Without what GVariant adds for finding the parts: four numbers as wide as the whole needs. */
static gsize row_parts(const DraftLive *live, const DraftEdit *edit)
{
    gboolean whole = edit->tag == 'W';
    gsize head = 16 + 2; /* tag and time, the end of two words; a patient that is none takes nothing */
    if (whole)
        head += strlen(live->id) + strlen(live->kind) + (live->patient ? strlen(live->patient) + 2 : 0);
    return (head + 7) / 8 * 8 + 16 + (live->meta ? g_bytes_get_size(live->meta) : 0) + edit->len;
}

static gsize width_in(gsize size)
{
    return size <= G_MAXUINT8 ? 1 : size <= G_MAXUINT16 ? 2 : size <= G_MAXUINT32 ? 4 : 8;
}

gsize draft_row_room(const DraftLive *live, const DraftEdit *edit, gsize least)
{
    gsize parts = row_parts(live, edit), room = least;
    while (parts + 4 * width_in(room) > room)
        room *= 2;
    return room;
}

GBytes *draft_row_seal(const Sealer *sealer, const DraftLive *live, gint64 n, const DraftEdit *edit, gsize size)
{
    gboolean whole = edit->tag == 'W';
    gsize meta_len = 0, used = row_parts(live, edit) + 4 * width_in(size);
    const char *meta = live->meta ? g_bytes_get_data(live->meta, &meta_len) : NULL;
    g_autofree char *padded = g_malloc0(meta_len + MAX(size, used) - used + 1);
    if (meta_len)
        memcpy(padded, meta, meta_len);
    g_autoptr(GVariant) row = g_variant_ref_sink(g_variant_new(
        "(yxsmsstt@ay@ay)", edit->tag, live->changed, whole ? live->id : "",
        whole ? live->patient : NULL, whole ? live->kind : "", edit->at, edit->removed,
        blob(padded, meta_len + MAX(size, used) - used), blob(edit->text, edit->len)));
    SealPlace place = draft_place(live->key, n);
    return sealer_seal(sealer, &place, g_variant_get_data(row), g_variant_get_size(row));
}

static guchar row_tag(GBytes *clear)
{
    gsize size = 0;
    const guchar *tag = clear ? g_bytes_get_data(clear, &size) : NULL; /* the first of its parts */
    return size ? *tag : 0;
}

guchar draft_row_tag(const Sealer *sealer, const guint8 key[SEAL_ROW_KEY], gint64 n, gint64 schema, gconstpointer body,
                     gsize len)
{
    SealPlace place = draft_place(key, n);
    place.schema = (guint32)schema;
    g_autoptr(GBytes) clear = schema > STORE_SCHEMA ? NULL : sealer_open(sealer, &place, body, len);
    return row_tag(clear);
}

DraftEdit draft_whole(const DraftLive *live)
{
    return (DraftEdit){.tag = 'W', .text = live->text->str, .len = live->text->len};
}

void draft_splice(GString *text, gsize at, gsize removed, const char *in, gsize len)
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
static gboolean row_apply(DraftLive *live, gint64 n, GBytes *clear)
{
    g_autoptr(GVariant) row =
        g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(ROW_TYPE), clear, FALSE));
    DraftEdit edit;
    gint64 changed;
    const char *id, *patient, *kind;
    g_autoptr(GVariant) meta = NULL, text = NULL;
    g_variant_get(row, "(yx&sm&s&stt@ay@ay)", &edit.tag, &changed, &id, &patient, &kind, &edit.at,
                  &edit.removed, &meta, &text);
    edit.text = g_variant_get_fixed_array(text, &edit.len, 1);
    if (edit.tag == 'W') {
        draft_become(live, id, patient, kind, edit.text, edit.len);
    } else {
        if (!live->id || live->last != n - 1 || edit.at > live->text->len ||
            edit.removed > live->text->len - edit.at)
            return FALSE;
        draft_splice(live->text, edit.at, edit.removed, edit.text, edit.len);
    }
    gsize meta_len;
    const char *bytes = g_variant_get_fixed_array(meta, &meta_len, 1);
    while (meta_len && !bytes[meta_len - 1])
        meta_len--;
    g_clear_pointer(&live->meta, g_bytes_unref);
    live->meta = g_bytes_new(bytes, meta_len);
    live->changed = changed;
    live->last = n;
    return TRUE;
}

DraftLive *draft_journal_read(Db *db, const Sealer *sealer, const guint8 key[SEAL_ROW_KEY],
                          StoreHealth *health)
{
    DraftLive *live = draft_live_new(key);
    sqlite3_stmt *row = db_ask(db, NULL, "SELECT n, schema, body FROM draft WHERE key = ?1 ORDER BY n",
                               "b", key, (gsize)SEAL_ROW_KEY);
    while (row && db_next(db, row, NULL)) {
        gint64 n = sqlite3_column_int64(row, 0);
        gsize len = (gsize)sqlite3_column_bytes(row, 2);
        gboolean newer = sqlite3_column_int64(row, 1) > STORE_SCHEMA;
        SealPlace place = draft_place(key, n);
        place.schema = (guint32)sqlite3_column_int64(row, 1);
        g_autoptr(GBytes) clear =
            newer ? NULL : sealer_open(sealer, &place, sqlite3_column_blob(row, 2), len);
        live->whole = row_tag(clear) == 'W' ? g_bytes_get_size(clear) : live->whole;
        live->rows++;
        live->bytes += len;
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
        DraftLive *live = draft_journal_read(db, sealer, key, health);
        g_hash_table_replace(drafts, live->key, live);
    }
}

static int compare_n(gconstpointer a, gconstpointer b)
{
    gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;
    return x < y ? -1 : x > y;
}

GArray *draft_readable_ranges(const DraftLive *live, gint64 end)
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

void draft_add_removal(Write *write, const DraftLive *live)
{
    g_autoptr(GArray) bounds = draft_readable_ranges(live, G_MAXINT64);
    for (guint i = 0; live->n && i < bounds->len; i += 2) {
        WriteRow row = {.late = LATE_REMOVAL, .n = g_array_index(bounds, gint64, i), .m = g_array_index(bounds, gint64, i + 1)};
        memcpy(row.key, live->key, SEAL_ROW_KEY);
        g_array_append_val(write->rows, row);
    }
}

void draft_drop_waiting(Store *store, const guint8 key[SEAL_ROW_KEY])
{
    for (GList *l = store->writes.head; l; l = l->next) {
        GArray *rows = ((Write *)l->data)->rows;
        for (guint i = rows ? rows->len : 0; i-- > 0;) {
            const WriteRow *row = &g_array_index(rows, WriteRow, i);
            if (row->late == LATE_ROW && draft_key_equal(row->key, key))
                g_array_remove_index(rows, i);
        }
    }
}
