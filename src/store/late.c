/* SPDX-License-Identifier: GPL-3.0-or-later
 * Rows of drafts that the database was too busy for: appended to a file of their own, without any lock, so that a key
 * is on the disk before it is painted also while a checkpoint runs. What the database has got meanwhile is taken out
 * of the file at once; what a killed process left in it is put into the database by the next unlock. */
#include "store/draft-journal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RECORD_TYPE "(yaytxay)" /* kind key n m body; each preceded by its length, eight bytes */

static char *late_path(const Store *store)
{
    return g_strconcat(store->path, "-late", NULL);
}

/* What takes rows away is sealed too: half a record must not take away what nobody discarded. */
static GBytes *seal_removal(const Store *store, const WriteRow *write)
{
    SealPlace place = {.table = "late", .rev = (guint64)write->n, .schema = STORE_SCHEMA};
    memcpy(place.row, write->key, SEAL_ROW_KEY);
    return sealer_seal(store->sealer, &place, &write->m, sizeof write->m);
}

static gboolean removal_holds(const Sealer *sealer, const WriteRow *write)
{
    SealPlace place = {.table = "late", .rev = (guint64)write->n, .schema = STORE_SCHEMA};
    memcpy(place.row, write->key, SEAL_ROW_KEY);
    gsize len;
    const guint8 *body = g_bytes_get_data(write->body, &len);
    g_autoptr(GBytes) clear = sealer_open(sealer, &place, body, len);
    return clear && g_bytes_get_size(clear) == sizeof write->m &&
           memcmp(g_bytes_get_data(clear, NULL), &write->m, sizeof write->m) == 0;
}

static GVariant *bytes(gconstpointer data, gsize len)
{
    return g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, data, len, 1);
}

/* All or nothing: half a record would hide what comes after it. */
static gboolean append(int fd, const GByteArray *records)
{
    off_t end = lseek(fd, 0, SEEK_END);
    gboolean ok = end >= 0 && write(fd, records->data, records->len) == (ssize_t)records->len;
    if (!ok && end >= 0 && ftruncate(fd, end) < 0)
        g_debug("half a record stays"); /* it ends the reading; nothing is added after it */
    return ok;
}

static void add_row(Store *store, GByteArray *records, const WriteRow *write)
{
    g_autoptr(GBytes) body = write->late == LATE_REMOVAL ? seal_removal(store, write) : g_bytes_ref(write->body);
    gsize len;
    gconstpointer data = g_bytes_get_data(body, &len);
    g_autoptr(GVariant) v = g_variant_ref_sink(
        g_variant_new("(y@aytx@ay)", (guchar)write->late, bytes(write->key, SEAL_ROW_KEY), (guint64)write->n, write->m, bytes(data, len)));
    guint64 head = g_variant_get_size(v);
    g_byte_array_append(records, (const guint8 *)&head, sizeof head);
    g_byte_array_append(records, g_variant_get_data(v), (guint)head);
}

gboolean late_add(Store *store, const Write *write)
{
    if (!write->rows)
        return TRUE; /* nothing that anybody was promised */
    if (store->late_fd < 0) {
        g_autofree char *path = late_path(store);
        store->late_fd = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0600);
    }
    g_autoptr(GByteArray) records = g_byte_array_new();
    for (guint i = 0; store->late_fd >= 0 && i < write->rows->len; i++)
        add_row(store, records, &g_array_index(write->rows, WriteRow, i));
    return store->late_fd >= 0 && append(store->late_fd, records);
}

void late_clear(Store *store)
{
    if (store->late_fd >= 0 && ftruncate(store->late_fd, 0) < 0) {
        close(store->late_fd); /* what it holds is in the database: reading it again changes nothing */
        store->late_fd = -1;
    }
}

void late_close(Store *store)
{
    struct stat st;
    if (store->late_fd < 0)
        return;
    g_autofree char *path = late_path(store);
    if (fstat(store->late_fd, &st) == 0 && st.st_size == 0)
        unlink(path);
    close(store->late_fd);
    store->late_fd = -1;
}

/* ---- the next life ---- */

static gboolean read_record(const guint8 **at, const guint8 *end, WriteRow *write)
{
    guint64 len;
    if ((gsize)(end - *at) < sizeof len)
        return FALSE;
    memcpy(&len, *at, sizeof len);
    *at += sizeof len;
    if (len > (gsize)(end - *at))
        return FALSE;
    g_autoptr(GBytes) data = g_bytes_new(*at, len); /* aligned */
    g_autoptr(GVariant) v = g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(RECORD_TYPE), data, FALSE));
    g_autoptr(GVariant) key = NULL, body = NULL;
    guchar kind;
    guint64 n;
    g_variant_get(v, "(y@aytx@ay)", &kind, &key, &n, &write->m, &body);
    *at += len;
    gsize key_len, body_len;
    gconstpointer key_bytes = g_variant_get_fixed_array(key, &key_len, 1);
    gconstpointer body_bytes = g_variant_get_fixed_array(body, &body_len, 1);
    if (key_len != SEAL_ROW_KEY || (kind != LATE_ROW && kind != LATE_REMOVAL))
        return FALSE;
    memcpy(write->key, key_bytes, SEAL_ROW_KEY);
    write->late = kind == LATE_ROW ? LATE_ROW : LATE_REMOVAL;
    write->n = (gint64)n;
    write->body = g_bytes_new(body_bytes, body_len);
    return TRUE;
}

/* A row goes where it continues what is there; what the database has had already, up to round @had, changes nothing: the
 * file may not have become empty before the power went. FALSE: this record does not hold, and nothing after it is
 * believed. */
static gboolean take(Db *db, const Sealer *sealer, const WriteRow *write, gint64 had, GError **error)
{
    gsize len;
    gconstpointer body = g_bytes_get_data(write->body, &len);
    if (write->late == LATE_REMOVAL)
        return removal_holds(sealer, write) && store_row_run(db, write, error);
    guchar tag = draft_row_tag(sealer, write->key, write->n, write->m, body, len);
    gint64 last = db_int(db, 0, "SELECT ifnull(max(n), 0) FROM draft WHERE key = ?1", "b", write->key, (gsize)SEAL_ROW_KEY);
    if (!tag)
        return FALSE;
    gboolean discarded = !last && write->n > STORE_ROUNDS && write->n <= had;
    if (discarded || write->n <= last || (tag != 'W' && write->n != last + 1))
        return TRUE;
    return store_row_run(db, write, error);
}

void late_take(Store *store, Db *db, const Sealer *sealer)
{
    g_autofree char *path = late_path(store), *data = NULL;
    gsize size = 0;
    if (!g_file_get_contents(path, &data, &size, NULL) || !size)
        return;
    const guint8 *at = (const guint8 *)data, *end = at + size;
    g_autoptr(GError) failed = NULL;
    if (!db_begin(db, NULL))
        return;
    gint64 had = db_int(db, 0, "SELECT ifnull(max(n), 0) FROM draft", "");
    for (gboolean holds = TRUE; holds && !failed;) {
        WriteRow write = {0};
        holds = read_record(&at, end, &write) && take(db, sealer, &write, had, &failed);
        g_clear_pointer(&write.body, g_bytes_unref);
    }
    if (db_end(db, !failed && guard_write(db, sealer, NULL), NULL) && store_sync_log(store, NULL))
        unlink(path);
}
