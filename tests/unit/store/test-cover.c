/* SPDX-License-Identifier: GPL-3.0-or-later
 * What a person without the key sees of the drafts: nothing that tells how many there are, or whether there is any. */
#include "store-fixture.h"

#include <string.h>

#include "base/clock.h"
#include "store/draft-cover.h"

TestSuite(store_cover, .timeout = 50);

/* All that SQL can say of the drafts without the key, but for how much has been written in all. */
static char *seen(const char *dir)
{
    static const char *const questions[] = {
        "SELECT count(DISTINCT key) FROM draft",
        ("SELECT count(*) FROM (SELECT DISTINCT count(*) AS rows, min(n), max(n), min(length(body)), max(length(body)), sum(length(body)),"
        " max(schema) FROM draft GROUP BY key)"), /* 1: all are alike */
        "SELECT count(*) FROM (SELECT n FROM draft GROUP BY n HAVING count(DISTINCT length(body)) > 1 OR count(*) <> 8)",
        "SELECT count(DISTINCT typeof(body) || typeof(key) || length(key)) FROM draft",
        "SELECT length(body) FROM guard WHERE name = 'guard'",
        "SELECT count(*) FROM queue",
    };
    g_autoptr(GString) out = g_string_new(NULL);
    for (guint i = 0; i < G_N_ELEMENTS(questions); i++)
        g_string_append_printf(out, "%" G_GINT64_FORMAT " ", ask(dir, questions[i]));
    return g_string_free(g_steal_pointer(&out), FALSE);
}

static gint64 length_at_rest(const char *dir)
{
    return ask(dir, "SELECT sum(length(body)) FROM draft");
}

static void begin(Store *store, int drafts)
{
    static const char *const texts[] = {"", "a", NOTE, NOTE NOTE NOTE NOTE, "Kort.", "å", NOTE NOTE};
    for (int i = 0; i < drafts; i++) {
        g_autofree char *id = g_strdup_printf("d%d", i), *patient = g_strnfill((gsize)i * 7, 'p');
        cr_assert(put(store, id, i % 2 ? patient : NULL, texts[i], NULL));
        for (int k = 0; k < i; k++) {
            g_autoptr(StoreDraft) now = store_draft_get(store, id, NULL);
            cr_assert(store_draft_edit(store, id, 0, 0, "x", 1, now->meta, NULL));
        }
    }
}

Test(store_cover, none_one_and_seven_look_alike)
{
    static const int drafts[] = {0, 1, 7};
    g_autofree char *open = NULL, *closed = NULL, *again = NULL;
    gint64 bytes = 0;
    for (guint i = 0; i < G_N_ELEMENTS(drafts); i++) {
        g_autofree char *dir = fixture_dir();
        Store *store = fixture_open(dir, 1);
        begin(store, drafts[i]);
        while (store->rounds > 1 || g_hash_table_size(store->jobs)) /* half a second after a draft began */
            g_main_context_iteration(NULL, TRUE);
        g_autofree char *now = seen(dir);
        store_close(store);
        g_autofree char *rest = seen(dir);
        gint64 length = length_at_rest(dir);
        store = fixture_open(dir, 1);
        g_autoptr(GPtrArray) there = store_draft_list(store, NULL, NULL);
        cr_assert_eq(there->len, (guint)drafts[i], "%u of %d", there->len, drafts[i]);
        for (int k = 0; k < drafts[i]; k++) {
            g_autofree char *id = g_strdup_printf("d%d", k);
            cr_assert(store_draft_remove(store, id, NULL));
        }
        store_close(store);
        g_autofree char *after = seen(dir);
        if (i == 0) {
            open = g_strdup(now), closed = g_strdup(rest), again = g_strdup(after);
            bytes = length;
        }
        cr_expect_str_eq(now, open, "%d drafts, open: %s, with none %s", drafts[i], now, open);
        cr_expect_str_eq(rest, closed, "%d drafts: %s, with none %s", drafts[i], rest, closed);
        cr_expect_str_eq(after, again, "%d drafts thrown away: %s, never one %s", drafts[i], after, again);
        cr_expect_eq(length, bytes);
        cr_expect_eq(ask(dir, "SELECT count(*) FROM draft"), 8);
        cr_expect_eq(ask(dir, "SELECT count(*) FROM draft WHERE n < 4294967296"), 0, "how much was written is to be seen");
        fixture_dir_remove(dir);
    }
    cr_expect(g_str_has_prefix(closed, "8 1 0 1 "), "%s", closed);
}

/* The ninth makes them sixteen, not nine. */
Test(store_cover, many_are_seen_as_a_power_of_two)
{
    g_autofree char *dir = fixture_dir();
    Store *store = fixture_open(dir, 1);
    for (int i = 0; i < 20; i++) {
        g_autofree char *id = g_strdup_printf("many%d", i);
        cr_assert(put(store, id, "p", NOTE, NULL));
        cr_assert_eq(ask(dir, "SELECT count(DISTINCT key) FROM draft"), i < 8 ? 8 : i < 16 ? 16 : 32, "%d", i);
    }
    store_close(store);
    store = fixture_open(dir, 1);
    g_autoptr(GPtrArray) there = store_draft_list(store, NULL, NULL);
    cr_assert_eq(there->len, 20);
    cr_assert_eq(store_health(store).unreadable + store_health(store).rolled_back, 0);
    store_close(store);
    fixture_dir_remove(dir);
}

/* One that ended and one that begins leave the same behind; and a long one that is gone does not become a short one. */
Test(store_cover, an_end_looks_like_a_beginning)
{
    g_autofree char *dir = fixture_dir(), *sql = g_strdup("SELECT count(*) FROM draft WHERE n = (SELECT max(n) FROM draft)"), *text = g_strnfill(30000, 'q');
    Store *store = fixture_open(dir, 1);
    cr_assert(put(store, "d", "p", "", NULL));
    gint64 begun = ask(dir, sql), rows = ask(dir, "SELECT count(*) FROM draft");
    cr_assert(store_draft_remove(store, "d", NULL));
    cr_assert_eq(ask(dir, sql), begun);
    cr_assert_eq(ask(dir, "SELECT count(*) FROM draft") - rows, rows - 8);
    cr_assert(put(store, "long", "p", text, NULL));
    store_close(store);
    gint64 length = length_at_rest(dir);
    cr_assert_gt(length, 8 * 30000);
    store = fixture_open(dir, 1);
    cr_assert(store_draft_remove(store, "long", NULL));
    store_close(store);
    cr_assert_eq(length_at_rest(dir), length);
    fixture_dir_remove(dir);
}

/* What an earlier rond leaves: one whole row, as long as it needs, and numbers of its own. */
Test(store_cover, an_earlier_ronds_drafts_are_taken_in)
{
    g_autofree char *dir = fixture_dir();
    Store *store = fixture_open(dir, 1);
    cr_assert(put(store, "d", "p", NOTE, NULL));
    DraftLive *live = draft_live_new((const guint8 *)"0123456789abcdef");
    draft_become(live, "old", "p2", "note", "Från förr", strlen("Från förr"));
    sealer_row_key(store->sealer, "draft", "old", live->key);
    live->meta = bytes_of("0\n0 0");
    DraftEdit whole = draft_whole(live);
    g_autoptr(GBytes) body = draft_row_seal(store->sealer, live, 1, &whole, 0);
    WriteRow row = {.late = LATE_ROW, .n = 1, .m = STORE_SCHEMA, .body = body};
    memcpy(row.key, live->key, SEAL_ROW_KEY);
    cr_assert(store_row_run(store->ui, &row, NULL));
    draft_live_free(live);
    store_close(store);
    store = fixture_open(dir, 1);
    g_autofree char *old = text_of(store, "old"), *mine = text_of(store, "d");
    cr_assert_str_eq(old, "Från förr");
    cr_assert_str_eq(mine, NOTE);
    cr_assert(put(store, "old", "p2", "Från förr, och nu", NULL));
    store_close(store);
    g_autofree char *all = seen(dir);
    cr_assert(g_str_has_prefix(all, "16 1 ") || g_str_has_prefix(all, "8 1 "), "%s", all);
    store = fixture_open(dir, 1);
    g_autofree char *now = text_of(store, "old");
    cr_assert_str_eq(now, "Från förr, och nu");
    store_close(store);
    fixture_dir_remove(dir);
}

/* Where somebody was is as long in a draft as in a list, and in a draft with a long name of its patient. */
Test(store_cover, each_place_is_as_long)
{
    static const StoreResume places[] = {
        {.view = "worklist"},
        {.view = "note-edit", .patient = "pat-0001", .extra = "draft:0b1b5a0e-7d0c-4d7b-9a51-6a5b2f0c9d11", .cursor = 40, .scroll = 3},
        {.view = "table", .patient = "a-patient-with-the-longest-id-that-fhir-allows-64-characters-long", .extra = ""},
    };
    g_autofree char *dir = fixture_dir();
    Store *store = fixture_open(dir, 1);
    gint64 length = 0;
    for (guint i = 0; i < G_N_ELEMENTS(places); i++) {
        cr_assert(store_resume_put(store, &places[i], NULL));
        gint64 now = ask(dir, "SELECT length(body) FROM resume");
        length = length ? length : now;
        cr_assert_eq(now, length);
        g_autoptr(StoreResume) back = store_resume_get(store, NULL);
        cr_assert_str_eq(back->view, places[i].view);
        cr_assert_eq(g_strcmp0(back->extra, places[i].extra), 0);
    }
    store_close(store);
    fixture_dir_remove(dir);
}
