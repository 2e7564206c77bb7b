/* SPDX-License-Identifier: GPL-3.0-or-later
 * What saving costs. As fast as keys can come: what one costs the main thread, and how long all of it takes to be durable.
 * Ten keys a second: the share of the processor, and the key that took longest. The program does nothing but save, so its
 * processor time is that of saving. A key that waited is one whose thread slept meanwhile, for the disk or a lock; one from
 * which the processor was taken on a busy machine did not. Fails over the budgets: a median key, a key's processor time, the
 * share. */
#include "store/draft.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#define KEYS 1000
#define MOST_KEYS 1200
#define BUDGET_US 250.0      /* eight rows: seven hide which draft it is, and whether it is one */
#define TURN_BUDGET_US 8000  /* of the main thread's processor, as for any turn of its loop */
#define SHARE_BUDGET 1.0     /* per cent of one processor */
#define BETWEEN_MS 100

typedef struct {
    gint64 wall, cpu; /* us */
    long slept;       /* times */
} Took;

static Took took[MOST_KEYS];

static gint64 clock_us(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (gint64)t.tv_sec * G_USEC_PER_SEC + t.tv_nsec / 1000;
}

static long slept(void)
{
    struct rusage use;
    getrusage(RUSAGE_THREAD, &use);
    return use.ru_nvcsw;
}

/* Keys whose thread slept, and the longest of them. */
static char *waits(int keys)
{
    int n = 0;
    gint64 longest = 0;
    for (int i = 0; i < keys; i++) {
        n += took[i].slept > 0;
        longest = MAX(longest, took[i].slept > 0 ? took[i].wall : 0);
    }
    return g_strdup_printf("%d keys waited, %" G_GINT64_FORMAT " us at most", n, longest);
}

static int by_wall(const void *a, const void *b)
{
    gint64 x = ((const Took *)a)->wall, y = ((const Took *)b)->wall;
    return x < y ? -1 : x > y;
}

static int by_cpu(const void *a, const void *b)
{
    gint64 x = ((const Took *)a)->cpu, y = ((const Took *)b)->cpu;
    return x < y ? -1 : x > y;
}

static GBytes *place(void)
{
    return g_bytes_new_static("cursor=12345 scroll=120", 23);
}

static char *begin(Store *store, gsize size, const char *why)
{
    g_autoptr(GString) text = g_string_new(NULL);
    while (text->len < size)
        g_string_append(text, "Patienten mår bättre. ");
    char *id = g_strdup_printf("draft-%s-%zu", why, size);
    g_autoptr(GBytes) meta = place(), body = g_bytes_new(text->str, text->len);
    StoreDraft draft = {.id = id, .kind = (char *)"note", .text = body, .meta = meta};
    if (!store_draft_put(store, &draft, NULL) || !store_flush(store, NULL))
        g_clear_pointer(&id, g_free);
    return id;
}

static gboolean key(Store *store, const char *id, gsize size, int i)
{
    g_autoptr(GBytes) meta = place();
    gint64 wall = clock_us(CLOCK_MONOTONIC), cpu = clock_us(CLOCK_THREAD_CPUTIME_ID);
    long before = slept();
    gboolean ok = store_draft_edit(store, id, (gsize)i * 7919 % size, 0, "x", 1, meta, NULL);
    took[i] = (Took){clock_us(CLOCK_MONOTONIC) - wall, clock_us(CLOCK_THREAD_CPUTIME_ID) - cpu, slept() - before};
    return ok;
}

static gboolean as_fast_as_can_be(Store *store, gsize size)
{
    g_autofree char *id = begin(store, size, "fast");
    for (int i = 0; i < KEYS; i++) {
        if (!id || !key(store, id, size, i))
            return FALSE;
        g_main_context_iteration(NULL, FALSE);
    }
    gint64 start = clock_us(CLOCK_MONOTONIC);
    gboolean ok = store_flush(store, NULL);
    gint64 flush = clock_us(CLOCK_MONOTONIC) - start;
    qsort(took, KEYS, sizeof *took, by_cpu);
    g_autofree char *waited = waits(KEYS);
    gint64 p99_cpu = took[KEYS * 99 / 100].cpu, worst_cpu = took[KEYS - 1].cpu;
    qsort(took, KEYS, sizeof *took, by_wall);
    printf("store: a key in a draft of %zu KiB: median %" G_GINT64_FORMAT " us, p99 %" G_GINT64_FORMAT " us (processor %" G_GINT64_FORMAT
           " us), worst %" G_GINT64_FORMAT " us (processor %" G_GINT64_FORMAT " us); %s; flush %" G_GINT64_FORMAT " us\n",
           size >> 10, took[KEYS / 2].wall, took[KEYS * 99 / 100].wall, p99_cpu, took[KEYS - 1].wall, worst_cpu, waited, flush);
    return ok && (double)took[KEYS / 2].wall <= BUDGET_US && worst_cpu <= TURN_BUDGET_US;
}

static gboolean on_next(gpointer loop)
{
    g_main_loop_quit(loop);
    return G_SOURCE_REMOVE;
}

/* So many keys that what is folded now and then is in it. */
static gboolean as_a_person_types(Store *store, gsize size, int keys)
{
    g_autofree char *id = begin(store, size, "paced");
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    gint64 wall = clock_us(CLOCK_MONOTONIC), all = clock_us(CLOCK_PROCESS_CPUTIME_ID), own = clock_us(CLOCK_THREAD_CPUTIME_ID);
    for (int i = 0; i < keys; i++) {
        if (!id || !key(store, id, size, i))
            return FALSE;
        g_timeout_add(BETWEEN_MS, on_next, loop);
        g_main_loop_run(loop);
    }
    wall = clock_us(CLOCK_MONOTONIC) - wall;
    all = clock_us(CLOCK_PROCESS_CPUTIME_ID) - all;
    own = clock_us(CLOCK_THREAD_CPUTIME_ID) - own;
    double share = 100.0 * (double)all / (double)wall;
    g_autofree char *waited = waits(keys);
    qsort(took, (gsize)keys, sizeof *took, by_cpu);
    gint64 worst_cpu = took[keys - 1].cpu;
    qsort(took, (gsize)keys, sizeof *took, by_wall);
    printf("store: ten keys a second in a draft of %zu KiB, %d keys: saving takes %.2f %% of a processor, %" G_GINT64_FORMAT
           " us a key (%" G_GINT64_FORMAT " us of it on the main thread); a key: median %" G_GINT64_FORMAT " us, p99 %" G_GINT64_FORMAT
           " us, worst %" G_GINT64_FORMAT " us (processor %" G_GINT64_FORMAT " us); %s\n",
           size >> 10, keys, share, all / keys, own / keys, took[keys / 2].wall, took[keys * 99 / 100].wall, took[keys - 1].wall, worst_cpu, waited);
    return share <= SHARE_BUDGET && worst_cpu <= TURN_BUDGET_US;
}

int main(void)
{
    static const struct {
        gsize size;
        int keys;
    } drafts[] = {{4 << 10, 150}, {64 << 10, 200}, {1 << 20, MOST_KEYS}};
    guint8 bytes[STORE_KEY_BYTES] = {1};
    g_autofree char *dir = g_build_filename(g_get_tmp_dir(), "rond-bench-XXXXXX", NULL);
    if (!g_mkdtemp(dir))
        return 1;
    g_autoptr(SecretBuf) secret = secret_new_from(bytes, sizeof bytes);
    Store *store = store_open(dir, "bench", STORE_VOLATILE, NULL);
    gboolean ok = store && store_unlock(store, secret, NULL);
    for (gsize i = 0; store && i < G_N_ELEMENTS(drafts); i++)
        ok = as_fast_as_can_be(store, drafts[i].size) && ok;
    store_close(store);
    store = store_open(dir, "bench", STORE_VOLATILE, NULL);
    ok = store && store_unlock(store, secret, NULL) && ok;
    for (gsize i = 0; store && i < G_N_ELEMENTS(drafts); i++)
        ok = as_a_person_types(store, drafts[i].size, drafts[i].keys) && ok;
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
