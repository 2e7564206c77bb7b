/* SPDX-License-Identifier: GPL-3.0-or-later
 * A draft's rows, and the file beside the database, as a later version, a torn write or a stranger left them. The
 * input is rows: how (1: the body is sealed as it stands, as another version's is; 2: of a later schema; 4: beside the
 * database; 8: as a removal; 16: an edit as rond writes it), a length and a body; what is behind the last goes beside the database as it is. Nothing
 * that is not sealed for its place is believed, and every row is either applied or counted. */
#include "fuzz.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "store/draft-journal.h"

enum { SEALED = 1, LATER = 2, BESIDE = 4, REMOVAL = 8, WRITTEN = 16, MOST_ROWS = 32 };

static Store *store;
static char *beside;
static guint8 key[SEAL_ROW_KEY];

static void begin(void)
{
    static const guint8 bytes[STORE_KEY_BYTES] = {1};
    g_autofree char *dir = g_dir_make_tmp("rond-fuzz-XXXXXX", NULL);
    g_autoptr(SecretBuf) secret = secret_new_from(bytes, sizeof bytes);
    store = store_open(dir, "fuzz", STORE_VOLATILE, NULL);
    FUZZ_CHECK(store && store_unlock(store, secret, NULL));
    beside = g_strconcat(store->path, "-late", NULL);
    sealer_row_key(store->sealer, "draft", "d", key);
}

static GVariant *blob(gconstpointer data, gsize len)
{
    return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, data, len, 1);
}

/* As late.c writes it. */
static void put_beside(GByteArray *file, guint8 how, gint64 n, gint64 schema, GBytes *body)
{
    gsize len;
    gconstpointer data = g_bytes_get_data(body, &len);
    g_autoptr(GVariant) v = g_variant_ref_sink(
        g_variant_new("(y@aytx@ay)", how & REMOVAL ? 'D' : 'I', blob(key, sizeof key), (guint64)n, schema, blob(data, len)));
    guint64 size = g_variant_get_size(v);
    g_byte_array_append(file, (const guint8 *)&size, sizeof size);
    g_byte_array_append(file, g_variant_get_data(v), (guint)size);
}

/* The whole text or an edit, anywhere, of any length. */
static GBytes *written(const uint8_t *body, gsize len, gint64 n)
{
    g_autoptr(DraftLive) live = draft_live_new(key);
    DraftEdit edit = {.tag = 'E'};
    draft_become(live, "d", n % 2 ? "p" : NULL, "note", "", 0);
    live->meta = g_bytes_new_static("0", 1);
    if (len >= 3)
        edit = (DraftEdit){body[0] & 1 ? 'W' : 'E', body[1], body[2], (const char *)body + 3, len - 3};
    return draft_row_seal(store->sealer, live, n, &edit, draft_row_room(live, &edit, 64));
}

/* One row into the table or beside it; gives what is behind it. */
static const uint8_t *put(GByteArray *file, const uint8_t *at, gsize left, gint64 n)
{
    guint8 how = at[0];
    gsize len = MIN(left - 2, at[1] * 4u);
    gint64 schema = how & LATER ? STORE_SCHEMA + 1 : STORE_SCHEMA;
    SealPlace place = {.table = how & REMOVAL ? "late" : "draft", .rev = (guint64)n, .schema = (guint32)schema};
    memcpy(place.row, key, sizeof key);
    g_autoptr(GBytes) body = how & WRITTEN  ? written(at + 2, len, n)
                             : how & SEALED ? sealer_seal(store->sealer, &place, at + 2, len)
                                            : g_bytes_new(at + 2, len);
    gsize size;
    gconstpointer data = g_bytes_get_data(body, &size);
    if (how & (BESIDE | REMOVAL))
        put_beside(file, how, n, schema, body);
    else
        FUZZ_CHECK(db_run(store->ui, NULL, "INSERT INTO draft (key, n, schema, body) VALUES (?1, ?2, ?3, ?4)", "biib", key,
                          sizeof key, n, schema, data, size));
    return at + 2 + len;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *at = data, *end = data + size;
    g_autoptr(GByteArray) file = g_byte_array_new();
    StoreHealth before = {0}, after = {0};
    if (!store)
        begin();
    FUZZ_CHECK(db_run(store->ui, NULL, "DELETE FROM draft", ""));
    for (gint64 n = 1; n <= MOST_ROWS && end - at >= 2; n++)
        at = put(file, at, (gsize)(end - at), n);
    g_byte_array_append(file, at, (guint)(end - at));
    g_autoptr(DraftLive) live = draft_journal_read(store->ui, store->sealer, key, &before);
    FUZZ_CHECK(live->bad->len == before.unreadable + before.newer && live->rows >= live->bad->len);
    FUZZ_CHECK(live->text->len <= 4u * size + 64);
    g_array_unref(draft_readable_ranges(live, G_MAXINT64));
    if (!g_file_set_contents_full(beside, (const char *)file->data, file->len, G_FILE_SET_CONTENTS_NONE, 0600, NULL))
        return 0;
    late_take(store, store->ui, store->sealer);
    g_unlink(beside);
    g_autoptr(DraftLive) later = draft_journal_read(store->ui, store->sealer, key, &after);
    /* beside it lay nothing that cannot be opened: it may be a row that makes no sense, never one without its seal */
    for (guint i = 0; i < later->bad->len; i++) {
        gint64 n = g_array_index(later->bad, gint64, i);
        gboolean had = FALSE;
        for (guint k = 0; k < live->bad->len; k++)
            had = had || g_array_index(live->bad, gint64, k) == n;
        if (!had) {
            gint64 schema = db_int(store->ui, 0, "SELECT schema FROM draft WHERE key = ?1 AND n = ?2", "bi", key, sizeof key, n);
            FUZZ_CHECK(schema <= STORE_SCHEMA);
        }
    }
    return 0;
}
