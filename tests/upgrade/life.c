/* SPDX-License-Identifier: GPL-3.0-or-later
 * life DIR SEED END: one life of a program on the store in DIR, in the version of the store it is built with. The
 * drafts must be those that DIR/told says; some are written on, begun and thrown away, each change told there after
 * it was saved; then the store is closed (END close), or the process is killed at once (kill) or after its last words
 * were synced (sync). upgrade.py puts such lives of two versions one after the other. */
#include "store/draft.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DRAFTS 4

static GKeyFile *told;
static char *told_path;

static void fail(const char *what, const char *id)
{
    fprintf(stderr, "%s %s\n", what, id);
    exit(1);
}

static char *text_in(Store *store, const char *id)
{
    StoreDraft *d = store_draft_get(store, id, NULL);
    gsize len = 0;
    const char *text = d ? g_bytes_get_data(d->text, &len) : NULL;
    char *copy = d ? g_strndup(text ? text : "", len) : NULL;
    if (d && d->damaged)
        fail("damaged:", id);
    store_draft_free(d);
    return copy;
}

/* What an earlier version lists and its views pass over: a kind that they do not know (store/draft-cover.h). */
static guint shown(const GPtrArray *all)
{
    guint n = 0;
    for (guint i = 0; i < all->len; i++)
        n += strcmp(((const StoreDraft *)all->pdata[i])->kind, "-") != 0;
    return n;
}

static void check(Store *store)
{
    g_auto(GStrv) ids = g_key_file_get_keys(told, "drafts", NULL, NULL);
    GPtrArray *all = store_draft_list(store, NULL, NULL);
    StoreHealth h = store_health(store);
    for (char **id = ids; id && *id; id++) {
        g_autofree char *want = g_key_file_get_string(told, "drafts", *id, NULL), *have = text_in(store, *id);
        if (g_strcmp0(want, have) != 0)
            fail("other words in", *id);
    }
    if (shown(all) != (ids ? g_strv_length(ids) : 0) || h.unreadable + h.newer + h.rolled_back)
        fail("more or fewer drafts, or one that cannot be read", "");
    g_ptr_array_unref(all);
}

static void change(Store *store, GRand *rand)
{
    g_autofree char *id = g_strdup_printf("draft-%d", g_rand_int_range(rand, 0, DRAFTS)), *old = text_in(store, id);
    g_autoptr(GBytes) meta = g_bytes_new_static("0\n0 0", 5);
    if (old && g_rand_int_range(rand, 0, 40) == 0) {
        store_draft_remove(store, id, NULL);
        g_key_file_remove_key(told, "drafts", id, NULL);
    } else {
        static const char *const words[] = {"å", "ingen ", "37,2 °C ", "e\u0301", "två\nrader ", "."};
        g_autofree char *text = g_strconcat(old ? old : "", words[g_rand_int_range(rand, 0, G_N_ELEMENTS(words))], NULL);
        g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
        StoreDraft d = {.id = id, .patient = (char *)"p1", .kind = (char *)"note", .text = bytes, .meta = meta};
        if (!store_draft_put(store, &d, NULL))
            fail("not saved:", id);
        g_key_file_set_string(told, "drafts", id, text);
    }
    gsize len;
    g_autofree char *data = g_key_file_to_data(told, &len, NULL);
    FILE *f = fopen(told_path, "w"); /* no power is cut here */
    if (!f || fwrite(data, 1, len, f) != len || fclose(f) != 0)
        fail("cannot tell", told_path);
}

int main(int argc, char **argv)
{
    guint8 bytes[STORE_KEY_BYTES] = {3};
    g_autoptr(SecretBuf) key = secret_new_from(bytes, sizeof bytes);
    g_autoptr(GError) error = NULL;
    if (argc != 4)
        return 2;
    GRand *rand = g_rand_new_with_seed((guint32)strtoul(argv[2], NULL, 10));
    told = g_key_file_new();
    told_path = g_build_filename(argv[1], "told", NULL);
    g_key_file_load_from_file(told, told_path, G_KEY_FILE_NONE, NULL);
    Store *store = store_open(argv[1], "person", STORE_DURABLE, &error);
    if (!store || !store_unlock(store, key, &error) || store_moved_aside(store))
        fail("the store does not open:", error ? error->message : "moved aside");
    check(store);
    for (int i = g_rand_int_range(rand, 1, 400); i > 0; i--) {
        change(store, rand);
        g_main_context_iteration(NULL, FALSE);
    }
    if (strcmp(argv[3], "sync") == 0)
        store_flush(store, NULL);
    if (strcmp(argv[3], "close") != 0)
        raise(SIGKILL);
    store_close(store);
    g_rand_free(rand);
    return 0;
}
