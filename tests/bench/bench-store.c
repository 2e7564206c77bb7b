/* SPDX-License-Identifier: GPL-3.0-or-later
 * What one typed key costs the main thread in the store, and how long it takes to be durable.
 * Fails when the median key is over the budget. */
#include "store/draft.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define KEYS 1000
#define BUDGET_US 250.0 /* eight rows: seven hide which draft it is, and whether it is one */

static int compare(const void *a, const void *b)
{
    gint64 x = *(const gint64 *)a, y = *(const gint64 *)b;
    return x < y ? -1 : x > y;
}

static gboolean typed(Store *store, gsize size)
{
    static gint64 took[KEYS];
    g_autoptr(GString) text = g_string_new(NULL);
    while (text->len < size)
        g_string_append(text, "Patienten mår bättre. ");
    g_autofree char *id = g_strdup_printf("draft-%zu", size);
    g_autoptr(GBytes) meta = g_bytes_new_static("cursor=12345 scroll=120", 23);
    g_autoptr(GBytes) body = g_bytes_new(text->str, text->len);
    StoreDraft draft = {.id = id, .kind = (char *)"note", .text = body, .meta = meta};
    if (!store_draft_put(store, &draft, NULL))
        return FALSE;
    for (int i = 0; i < KEYS; i++) {
        gsize at = (gsize)i * 7919 % size;
        gint64 start = g_get_monotonic_time();
        if (!store_draft_edit(store, id, at, 0, "x", 1, meta, NULL))
            return FALSE;
        took[i] = g_get_monotonic_time() - start;
        g_main_context_iteration(NULL, FALSE);
    }
    gint64 start = g_get_monotonic_time();
    gboolean ok = store_flush(store, NULL);
    gint64 flush = g_get_monotonic_time() - start;
    qsort(took, KEYS, sizeof *took, compare);
    printf("store: a key in a draft of %zu KiB: median %" G_GINT64_FORMAT " us, p99 %" G_GINT64_FORMAT
           " us; flush %" G_GINT64_FORMAT " us\n",
           size >> 10, took[KEYS / 2], took[KEYS * 99 / 100], flush);
    return ok && (double)took[KEYS / 2] <= BUDGET_US;
}

int main(void)
{
    static const gsize sizes[] = {4 << 10, 64 << 10, 1 << 20};
    guint8 bytes[STORE_KEY_BYTES] = {1};
    g_autofree char *dir = g_build_filename(g_get_tmp_dir(), "rond-bench-XXXXXX", NULL);
    if (!g_mkdtemp(dir))
        return 1;
    g_autoptr(SecretBuf) key = secret_new_from(bytes, sizeof bytes);
    Store *store = store_open(dir, "bench", STORE_VOLATILE, NULL);
    gboolean ok = store && store_unlock(store, key, NULL);
    for (gsize i = 0; ok && i < G_N_ELEMENTS(sizes); i++)
        ok = typed(store, sizes[i]);
    store_close(store);
    g_autoptr(GDir) left = g_dir_open(dir, 0, NULL);
    const char *name;
    while (left && (name = g_dir_read_name(left))) {
        g_autofree char *path = g_build_filename(dir, name, NULL);
        g_unlink(path);
    }
    g_rmdir(dir);
    return ok ? 0 : 1;
}
