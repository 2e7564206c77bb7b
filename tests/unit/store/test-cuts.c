/* SPDX-License-Identifier: GPL-3.0-or-later
 * Drafts are typed, rubbed out and discarded, and writes are put into the outbox, on a disk that is now and then full
 * or read-only, while somebody sets the clock. At any call of the disk the program is killed or the power is cut; the
 * next life begins on what that left. Killed: each character that was painted is there. Power: what was painted a
 * second before is. Always: every draft is readable, none is there twice, what was said to be durable is, and none that
 * was discarded comes back (but for that second). ROND_SEED=n ROND_RUNS=1 does the same once more; only the worker's
 * pace is its own. */
#include "store-fixture.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "store/disk.h"

#define DRAFTS 3
#define ITEMS 400
#define LIVES 3
#define LOST_AT_MOST (1000 * G_TIME_SPAN_MILLISECOND)

typedef struct {
    char *text; /* NULL: there is no such draft */
    guint number;
    gint64 painted_at; /* monotonic; 0: not painted, or painted beside the sentence that it is not saved */
} State;

typedef struct {
    GArray *states; /* State: each that it was ever to have, in order */
    guint painted;  /* the last that was painted as saved */
    guint number;   /* of its id, as a UUID never used again */
} Draft;

typedef struct {
    Draft draft[DRAFTS];
    gboolean durable[ITEMS]; /* outbox items whose callback came */
} Told;

typedef struct {
    guint32 seed;
    GRand *rand;
    char *dir, *image;
    Store *store;
    DiskCut how;
    Told told;
    guint items, lag_ms;
    gint64 asked_at; /* when the worker was first seen at work */
    /* of the moment of the cut */
    guint painted[DRAFTS], begun[DRAFTS];
    gboolean durable[ITEMS];
    gint64 cut_at;
} Run;

static struct {
    guint runs, killed, cut, refused;
    gint64 worst;
} figures;

static guint below(Run *r, guint n)
{
    return (guint)g_rand_int_range(r->rand, 0, (gint32)n);
}

static gboolean chance(Run *r, double p)
{
    return g_rand_double(r->rand) < p;
}

/* ---- what was painted ---- */

static void state_clear(gpointer state)
{
    g_free(((State *)state)->text);
}

static State *state_at(Draft *d, guint i)
{
    return &g_array_index(d->states, State, i);
}

static const char *text_now(Draft *d)
{
    return state_at(d, d->states->len - 1)->text;
}

static char *id_of(guint which, guint number)
{
    return g_strdup_printf("draft-%u-%u", which, number);
}

static void begin(Draft *d, char *text)
{
    State s = {.text = text, .number = d->number};
    disk_lock();
    g_array_append_val(d->states, s);
    disk_unlock();
}

static void painted(Draft *d)
{
    disk_lock();
    gint64 now = clock_monotonic_us();
    for (guint i = d->painted + 1; i < d->states->len; i++)
        state_at(d, i)->painted_at = now;
    d->painted = d->states->len - 1;
    disk_unlock();
}

/* With the disk locked. */
static void on_cut(gpointer data)
{
    Run *r = data;
    r->cut_at = clock_monotonic_us();
    for (guint i = 0; i < DRAFTS; i++) {
        r->painted[i] = r->told.draft[i].painted;
        r->begun[i] = r->told.draft[i].states->len - 1;
    }
    memcpy(r->durable, r->told.durable, sizeof r->durable);
}

/* ---- what a person does ---- */

static const char *const pieces[] = {"a", "e", "n", "t", " ", " ", "å", "ä", "ö", "é", ".\n", "37,2 °C ", "38,4\tmmHg", "ingen "};

static void type(Run *r, Draft *d, const char *id)
{
    const char *old = text_now(d) ? text_now(d) : "", *piece = pieces[below(r, G_N_ELEMENTS(pieces))];
    gsize len = strlen(old), at = chance(r, 0.8) ? len : below(r, (guint)len + 1), removed = 0;
    if (chance(r, 0.15)) {
        removed = below(r, 4);
        removed = MIN(len - at, removed);
        piece = removed ? "" : piece;
    }
    g_autofree char *pasted = chance(r, 0.02) ? g_strnfill(1 + below(r, 60000), 'p') : NULL;
    GString *text = g_string_new(old);
    g_string_erase(text, (gssize)at, (gssize)removed);
    g_string_insert(text, (gssize)at, pasted ? pasted : piece);
    gboolean known_edit = text_now(d) && chance(r, 0.5);
    begin(d, g_string_free(text, FALSE));
    g_autoptr(GBytes) meta = bytes_of("0\n0 0");
    if (known_edit ? store_draft_edit(r->store, id, at, removed, pasted ? pasted : piece,
                                      strlen(pasted ? pasted : piece), meta, NULL)
                   : put(r->store, id, "p1", text_now(d), NULL))
        painted(d);
}

static void discard(Run *r, Draft *d, const char *id)
{
    if (!text_now(d))
        return;
    begin(d, NULL);
    d->number++;
    if (store_draft_remove(r->store, id, NULL))
        painted(d);
}

static void on_durable(gint64 id, const GError *error, gpointer data)
{
    gboolean *durable = data;
    disk_lock();
    *durable = !error;
    disk_unlock();
}

static void send(Run *r)
{
    if (r->items == ITEMS)
        return;
    g_autofree char *key = g_strdup_printf("item-%u", r->items);
    g_autoptr(GBytes) payload = bytes_of("{\"resourceType\":\"Bundle\"}");
    StoreItem item = {.key = key, .patient = "p1", .kind = "note", .payload = payload};
    store_queue_put(r->store, STORE_OUTBOX, &item, NULL, on_durable, &r->told.durable[r->items++]);
}

/* The worker is done, or has as long to do as this disk takes. */
static void let_work(Run *r)
{
    gint64 now = clock_monotonic_us();
    for (;;) {
        while (g_main_context_iteration(NULL, FALSE))
            continue;
        if (g_hash_table_size(r->store->jobs) == 0) {
            r->asked_at = 0;
            return;
        }
        if (!r->asked_at)
            r->asked_at = MAX(now, 1);
        if (now - r->asked_at < r->lag_ms * G_TIME_SPAN_MILLISECOND)
            return;
        g_usleep(50);
    }
}

static void do_something(Run *r)
{
    guint which = below(r, DRAFTS);
    Draft *d = &r->told.draft[which];
    g_autofree char *id = id_of(which, d->number);
    if (chance(r, 0.02))
        discard(r, d, id);
    else if (chance(r, 0.02))
        send(r);
    else
        type(r, d, id);
    if (chance(r, 0.01))
        clock_test_jump((gint64)g_rand_int_range(r->rand, -400, 400) * G_TIME_SPAN_DAY);
    clock_test_advance((1 + below(r, 150)) * G_TIME_SPAN_MILLISECOND);
    let_work(r);
}

/* ---- lives ---- */

/* Earlier drafts of this place than @kept, the one that is there: one comes back beside it only where its discarding was
 * not painted, or the power went within a second of that. Then it is discarded once more. */
static void check_discarded(Run *r, guint which, guint kept)
{
    Draft *d = &r->told.draft[which];
    for (guint i = 0; i <= r->begun[which]; i++) {
        const State *s = state_at(d, i);
        g_autofree char *id = id_of(which, s->number), *text = s->text || s->number >= kept ? NULL : text_of(r->store, id);
        if (!text)
            continue;
        gint64 ago = r->cut_at - s->painted_at;
        cr_assert(i > r->painted[which] || (r->how == DISK_POWER && ago <= LOST_AT_MOST),
                  "seed %u: %s was discarded %" G_GINT64_FORMAT " ms before, and is there", r->seed, id, ago / 1000);
        cr_assert(store_draft_remove(r->store, id, NULL));
    }
}

static void check_draft(Run *r, guint which)
{
    Draft *d = &r->told.draft[which];
    guint first = r->painted[which], found = r->begun[which] + 1, number = d->number + 1;
    g_autofree char *text = NULL;
    while (!text && number-- > 0) {
        g_autofree char *id = id_of(which, number);
        text = text_of(r->store, id);
    }
    for (guint i = r->begun[which] + 1; i-- > 0 && found > r->begun[which];)
        if (g_strcmp0(state_at(d, i)->text, text) == 0 && (!text || state_at(d, i)->number == number))
            found = i;
    cr_assert_leq(found, r->begun[which], "seed %u: draft %u is what it never was: “%.80s”", r->seed, which, text);
    if (r->how == DISK_KILL) {
        cr_assert_geq(found, first, "seed %u: killed, and %u painted changes of draft %u are gone", r->seed, first - found, which);
    } else if (found < first) {
        gint64 lost = r->cut_at - state_at(d, found + 1)->painted_at;
        figures.worst = MAX(figures.worst, lost);
        cr_assert_leq(lost, LOST_AT_MOST, "seed %u: power cut, and %" G_GINT64_FORMAT " ms of draft %u are gone", r->seed,
                      lost / 1000, which);
    }
    check_discarded(r, which, text ? number : 0);
    State kept = {.text = g_strdup(text), .number = text ? number : 0, .painted_at = clock_monotonic_us()};
    g_array_set_size(d->states, 0);
    g_array_append_val(d->states, kept);
    d->painted = 0;
    d->number = text ? number : d->number + 1;
}

static void check_items(Run *r)
{
    g_autoptr(GPtrArray) items = store_queue_list(r->store, STORE_OUTBOX, 0, NULL);
    cr_assert_not_null(items);
    guint seen[ITEMS] = {0};
    for (guint i = 0; i < items->len; i++)
        seen[g_ascii_strtoull(strchr(((StoreItem *)items->pdata[i])->key, '-') + 1, NULL, 10)]++;
    for (guint i = 0; i < r->items; i++) {
        cr_assert_leq(seen[i], 1, "seed %u: item %u is there twice", r->seed, i);
        cr_assert(seen[i] || !r->durable[i], "seed %u: item %u was durable and is gone", r->seed, i);
        r->told.durable[i] = seen[i];
    }
}

static void come_back(Run *r)
{
    g_autoptr(GError) error = NULL;
    r->store = store_open(r->dir, PERSON, STORE_DURABLE, &error);
    cr_assert_not_null(r->store, "seed %u: %s", r->seed, error ? error->message : "");
    cr_assert_null(store_moved_aside(r->store), "seed %u: the file was called damaged", r->seed);
    g_autoptr(SecretBuf) key = fixture_key(1);
    cr_assert(store_unlock(r->store, key, &error), "seed %u: %s", r->seed, error ? error->message : "");
    StoreHealth h = store_health(r->store);
    cr_assert_eq(h.unreadable + h.newer + h.rolled_back, 0, "seed %u: %u unreadable, %u rolled back", r->seed, h.unreadable,
                 h.rolled_back);
    guint there = 0;
    for (guint i = 0; i < DRAFTS; i++) {
        check_draft(r, i);
        there += text_now(&r->told.draft[i]) != NULL;
    }
    g_autoptr(GPtrArray) all = store_draft_list(r->store, NULL, NULL);
    cr_assert_eq(all->len, there, "seed %u: %u drafts, not %u", r->seed, all->len, there);
    check_items(r);
}

static void next_life(Run *r)
{
    figures.killed += r->how == DISK_KILL;
    figures.cut += r->how == DISK_POWER;
    disk_refuse(0);
    disk_cut_now();
    disk_leave();
    store_close(r->store);
    fixture_dir_remove(r->dir);
    g_free(r->dir);
    r->dir = g_steal_pointer(&r->image);
    come_back(r);
}

static void live(Run *r)
{
    r->how = chance(r, 0.5) ? DISK_KILL : DISK_POWER;
    r->image = fixture_dir();
    r->lag_ms = below(r, 3) * 100; /* what a slow disk takes for a sync */
    r->asked_at = 0;
    guint keys = chance(r, 0.05) ? 900 : 20 + below(r, 200);
    disk_watch(r->dir, r->image, r->how, 1 + below(r, keys * 5), r->seed, on_cut, r);
    guint refused = 0;
    for (guint i = 0; i < keys && !disk_was_cut(); i++) {
        if (refused && --refused == 0)
            disk_refuse(0);
        if (!refused && chance(r, 0.005)) {
            disk_refuse(chance(r, 0.5) ? ENOSPC : EROFS);
            refused = 1 + below(r, 30);
            figures.refused++;
        }
        do_something(r);
    }
    next_life(r);
}

static void one_run(guint32 seed)
{
    Run r = {.seed = seed, .rand = g_rand_new_with_seed(seed)};
    clock_test_begin(1000 * G_TIME_SPAN_SECOND);
    for (guint i = 0; i < DRAFTS; i++) {
        State none = {0};
        r.told.draft[i].states = g_array_new(FALSE, FALSE, sizeof(State));
        g_array_set_clear_func(r.told.draft[i].states, state_clear);
        g_array_append_val(r.told.draft[i].states, none);
    }
    r.dir = fixture_dir();
    r.store = fixture_open(r.dir, 1);
    for (guint i = 0; i < LIVES; i++)
        live(&r);
    store_close(r.store);
    fixture_dir_remove(r.dir);
    g_free(r.dir);
    for (guint i = 0; i < DRAFTS; i++)
        g_array_unref(r.told.draft[i].states);
    g_rand_free(r.rand);
    clock_test_end();
    figures.runs++;
}

Test(store_cuts, what_was_painted_is_there_in_the_next_life, .timeout = 3600)
{
    const char *given = g_getenv("ROND_SEED"), *count = g_getenv("ROND_RUNS");
    guint32 seed = given ? (guint32)g_ascii_strtoull(given, NULL, 10) : g_random_int();
    guint runs = count ? (guint)g_ascii_strtoull(count, NULL, 10) : 15;
    fprintf(stderr, "first seed %u, %u runs\n", seed, runs);
    for (guint i = 0; i < runs; i++)
        one_run(seed + i);
    fprintf(stderr, "%u runs: killed %u times, power cut %u times, disk full or read-only %u times; 0 painted characters lost "
                    "when killed, at most %" G_GINT64_FORMAT " ms when the power went\n",
            figures.runs, figures.killed, figures.cut, figures.refused, figures.worst / 1000);
}

static void nothing(gpointer data) {}

/* As a killed process would leave it. */
static Store *next_life_of(const char *dir, char **ret_image)
{
    *ret_image = fixture_dir();
    disk_watch(dir, *ret_image, DISK_KILL, 0, 1, nothing, NULL);
    disk_cut_now();
    disk_leave();
    return fixture_open(*ret_image, 1);
}

/* While something else is written to the database, and while so much waits that it is put together. */
Test(store_cuts, what_the_database_was_too_busy_for_is_there)
{
    g_autofree char *dir = fixture_dir();
    clock_test_begin(1000 * G_TIME_SPAN_SECOND); /* after two seconds a person is told, and this machine may be slow */
    Store *store = fixture_open(dir, 1);
    cr_assert(put(store, "d", "p", "a", NULL) && put(store, "thrown away", "p", "b", NULL));
    cr_assert(db_exec(store->work, "BEGIN IMMEDIATE", NULL));
    g_autoptr(GString) text = g_string_new("a");
    for (int i = 0; i < 600; i++) {
        g_string_append_printf(text, "%d ", i);
        cr_assert(put(store, "d", "p", text->str, NULL));
        if (i != 10 && i != 599)
            continue;
        if (i == 10)
            cr_assert(store_draft_remove(store, "thrown away", NULL));
        g_autofree char *image = NULL;
        Store *later = next_life_of(dir, &image);
        g_autofree char *kept = text_of(later, "d"), *gone = text_of(later, "thrown away");
        cr_assert_str_eq(kept ? kept : "(none)", text->str);
        cr_assert_null(gone);
        StoreHealth h = store_health(later);
        cr_assert_eq(h.unreadable + h.newer + h.rolled_back, 0);
        cr_assert(put(later, "d", "p", "vidare", NULL));
        store_close(later);
        later = fixture_open(image, 1);
        g_autofree char *on = text_of(later, "d");
        cr_assert_str_eq(on, "vidare");
        store_close(later);
        fixture_dir_remove(image);
    }
    cr_assert(db_exec(store->work, "COMMIT", NULL));
    store_close(store);
    g_autoptr(GDir) left = g_dir_open(dir, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(left)))
        cr_assert_not(g_str_has_suffix(name, "-late"), "%s is left", name);
    fixture_dir_remove(dir);
    clock_test_end();
}

/* No key waits until all that waited is in the database: it goes in by and by, and is beside it until then. */
Test(store_cuts, what_waited_goes_in_by_and_by)
{
    g_autofree char *dir = fixture_dir(), *image = NULL;
    Store *store = fixture_open(dir, 1);
    g_autoptr(GString) text = g_string_new("a");
    cr_assert(put(store, "d", "p", text->str, NULL));
    cr_assert(db_exec(store->work, "BEGIN IMMEDIATE", NULL));
    for (int i = 0; i < 100; i++) {
        g_string_append_printf(text, "%d ", i);
        cr_assert(put(store, "d", "p", text->str, NULL));
    }
    cr_assert_eq(store->writes.length, 100);
    cr_assert(db_exec(store->work, "COMMIT", NULL));
    g_string_append(text, "sist");
    cr_assert(put(store, "d", "p", text->str, NULL));
    cr_assert(store->writes.length < 100 && store->writes.length > 50, "%u wait", store->writes.length);
    Store *later = next_life_of(dir, &image);
    g_autofree char *kept = text_of(later, "d");
    cr_assert_str_eq(kept ? kept : "(none)", text->str);
    store_close(later);
    fixture_dir_remove(image);
    while (store->writes.length)
        g_main_context_iteration(NULL, TRUE);
    store_close(store);
    store = fixture_open(dir, 1);
    g_autofree char *all = text_of(store, "d");
    cr_assert_str_eq(all, text->str);
    store_close(store);
    fixture_dir_remove(dir);
}

/* Bytes all over that file changed, one at a time, or nothing after it there: what the next life then has is told. The first
 * record, which says what was done, is gone through byte by byte: most of the rest is there to hide it. */
static void with_each_harm(const char *dir, const Store *store, void (*judge)(Store *later, gsize at))
{
    enum { CLOSELY = 128 };
    g_autofree char *late = g_strconcat(store->path, "-late", NULL), *whole = NULL;
    gsize len;
    cr_assert(g_file_get_contents(late, &whole, &len, NULL));
    for (gsize i = 0, turn = 0; i < len; i += i < CLOSELY ? 1 : 1 + len / 100, turn++) {
        g_autofree char *harmed = g_memdup2(whole, len), *image = NULL;
        harmed[i] = (char)(harmed[i] ^ 0x41);
        cr_assert(g_file_set_contents(late, harmed, turn % 2 ? (gssize)len : (gssize)i, NULL));
        Store *later = next_life_of(dir, &image);
        judge(later, i);
        store_close(later);
        fixture_dir_remove(image);
    }
}

static void only_what_was_typed(Store *later, gsize at)
{
    g_autofree char *kept = text_of(later, "d");
    cr_assert(kept && g_str_has_prefix("abc", kept), "byte %zu: “%s”", at, kept ? kept : "(none)");
    cr_assert_eq(store_health(later).unreadable, 0, "byte %zu", at);
}

static void what_cannot_be_read_is_kept(Store *later, gsize at)
{
    g_autofree char *kept = text_of(later, "d");
    cr_assert(!kept || g_str_has_prefix("abc", kept), "byte %zu: “%s”", at, kept);
    cr_assert_eq(store_health(later).unreadable, 1, "byte %zu", at);
}

/* A byte of that file that was changed, or its end that never came, takes nothing else with it. */
Test(store_cuts, what_waited_and_was_harmed_is_not_believed)
{
    g_autofree char *dir = fixture_dir();
    Store *store = fixture_open(dir, 1);
    cr_assert(put(store, "d", "p", "a", NULL));
    cr_assert(db_exec(store->work, "BEGIN IMMEDIATE", NULL));
    cr_assert(put(store, "d", "p", "ab", NULL) && put(store, "d", "p", "abc", NULL));
    with_each_harm(dir, store, only_what_was_typed);
    cr_assert(db_exec(store->work, "COMMIT", NULL));
    store_close(store);
    fixture_dir_remove(dir);
}

/* A discarding leaves the row that cannot be read, and so does one whose record was harmed. */
Test(store_cuts, a_discarding_that_was_harmed_discards_no_more)
{
    g_autofree char *dir = fixture_dir();
    Store *store = fixture_open(dir, 1);
    cr_assert(put(store, "d", "p", "a", NULL) && put(store, "d", "p", "ab", NULL) && put(store, "d", "p", "abc", NULL));
    guint8 key[SEAL_ROW_KEY];
    sealer_row_key(store->sealer, "draft", "d", key);
    cr_assert(db_run(store->work, NULL, "UPDATE draft SET body = zeroblob(9) WHERE key = ?1 AND n = ?2", "bi", key, sizeof key,
                     store->round));
    store_close(store);
    store = fixture_open(dir, 1);
    cr_assert(db_exec(store->work, "BEGIN IMMEDIATE", NULL));
    cr_assert(store_draft_remove(store, "d", NULL));
    with_each_harm(dir, store, what_cannot_be_read_is_kept);
    cr_assert(db_exec(store->work, "COMMIT", NULL));
    store_close(store);
    fixture_dir_remove(dir);
}
