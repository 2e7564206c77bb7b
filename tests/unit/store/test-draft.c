/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include "base/clock.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(store_draft, .timeout = 50);

static void assert_text(Store *store, const char *id, const char *expected)
{
    g_autofree char *got = text_of(store, id);
    cr_assert_str_eq(got ? got : "(none)", expected);
}

Test(store_draft, comes_back_whole_after_reopening)
{
    g_autofree char *dir = fixture_dir();
    g_autoptr(Store) store = fixture_open(dir, 1);
    for (gsize i = 1; i <= strlen(NOTE); i++) { /* typed byte by byte */
        g_autofree char *typed = g_strndup(NOTE, i);
        cr_assert(put(store, "d1", "p1", typed, NULL));
    }
    cr_assert(put(store, "d2", NULL, "Kom ihåg", NULL));
    g_clear_pointer(&store, store_close);

    store = fixture_open(dir, 1);
    assert_text(store, "d1", NOTE);
    g_autoptr(StoreDraft) draft = store_draft_get(store, "d1", NULL);
    cr_assert_str_eq(draft->patient, "p1");
    cr_assert_str_eq(draft->kind, "note");
    cr_assert_not(draft->damaged);
    g_autofree char *cursor = g_strdup_printf("cursor=%zu", strlen(NOTE));
    cr_assert_eq(g_bytes_get_size(draft->meta), strlen(cursor));
    cr_assert_arr_eq(g_bytes_get_data(draft->meta, NULL), cursor, strlen(cursor));
    g_autoptr(GPtrArray) all = store_draft_list(store, NULL, NULL);
    cr_assert_eq(all->len, 2);
    cr_assert_str_eq(((StoreDraft *)all->pdata[0])->id, "d2"); /* newest first */
    g_autoptr(GPtrArray) one = store_draft_list(store, "p1", NULL);
    cr_assert_eq(one->len, 1);

    cr_assert(store_draft_remove(store, "d1", NULL));
    g_clear_pointer(&store, store_close);
    store = fixture_open(dir, 1);
    cr_assert_null(text_of(store, "d1"));
    assert_text(store, "d2", "Kom ihåg");
    cr_assert_eq(store_health(store).rolled_back, 0);
    g_clear_pointer(&store, store_close);
    fixture_dir_remove(dir);
}

/* What was about one patient and is put under another is the other's, also after a restart. */
Test(store_draft, belongs_to_the_patient_it_was_last_put_under)
{
    g_autofree char *dir = fixture_dir();
    Store *store = fixture_open(dir, 1);
    cr_assert(put(store, "d", "p1", NOTE, NULL));
    cr_assert(put(store, "d", "p2", NOTE " Åter.", NULL));
    for (int again = 0; again < 2; again++) {
        g_autoptr(GPtrArray) before = store_draft_list(store, "p1", NULL), now = store_draft_list(store, "p2", NULL);
        cr_assert_eq(before->len, 0);
        cr_assert_eq(now->len, 1);
        assert_text(store, "d", NOTE " Åter.");
        store_close(store);
        store = fixture_open(dir, 1);
    }
    store_close(store);
    fixture_dir_remove(dir);
}

/* Everything rubbed out is an empty draft, not none. */
Test(store_draft, an_empty_text_is_a_text)
{
    g_autofree char *dir = fixture_dir();
    Store *store = fixture_open(dir, 1);
    g_autoptr(GBytes) meta = bytes_of("m");
    cr_assert(put(store, "d", "p", "a", NULL));
    cr_assert(store_draft_edit(store, "d", 0, 1, "", 0, meta, NULL));
    assert_text(store, "d", "");
    store_close(store);
    store = fixture_open(dir, 1);
    assert_text(store, "d", "");
    cr_assert(put(store, "d", "p", "", NULL));
    assert_text(store, "d", "");
    store_close(store);
    fixture_dir_remove(dir);
}

/* Random edits against a plain copy; the store is reopened now and then. */
Test(store_draft, random_edits_survive)
{
    guint32 seed = (guint32)g_get_real_time();
    g_autoptr(GRand) rand = g_rand_new_with_seed(seed);
    g_autofree char *dir = fixture_dir();
    Store *store = fixture_open(dir, 1);
    g_autoptr(GString) text = g_string_new("start");
    g_autoptr(GBytes) meta = bytes_of("m");
    cr_assert(put(store, "d", "p", text->str, NULL));
    for (int turn = 0; turn < 1200; turn++) {
        gsize at = (gsize)g_rand_int_range(rand, 0, (gint32)text->len + 1);
        gsize removed = (gsize)g_rand_int_range(rand, 0, 6);
        removed = MIN(removed, text->len - at);
        g_autofree char *in = g_strnfill((gsize)g_rand_int_range(rand, 0, 9),
                                         (char)g_rand_int_range(rand, 'a', 'd'));
        g_string_erase(text, (gssize)at, (gssize)removed);
        g_string_insert(text, (gssize)at, in);
        gboolean ok = turn % 2 ? store_draft_edit(store, "d", at, removed, in, strlen(in), meta, NULL)
                               : put(store, "d", "p", text->str, NULL);
        cr_assert(ok, "seed %u turn %d", seed, turn);
        if (turn % 300 == 299) {
            store_close(store);
            store = fixture_open(dir, 1);
        }
        g_autofree char *got = text_of(store, "d");
        cr_assert_str_eq(got, text->str, "seed %u turn %d: “%s”, not “%s”", seed, turn, got, text->str);
    }
    store_close(store);
    fixture_dir_remove(dir);
}

static gboolean on_flag(gpointer flag)
{
    *(gboolean *)flag = TRUE;
    return G_SOURCE_REMOVE;
}

Test(store_draft, long_journals_are_folded_without_a_change)
{
    g_autofree char *dir = fixture_dir();
    g_autoptr(Store) store = fixture_open(dir, 1);
    g_autoptr(GString) text = g_string_new(NULL);
    for (int i = 0; i < 600; i++) {
        g_string_append_printf(text, "%d ", i);
        cr_assert(put(store, "d", "p", text->str, NULL));
    }
    gboolean waited = FALSE; /* the sync timer folds */
    g_timeout_add(600, on_flag, &waited);
    spin(&waited);
    cr_assert(store_flush(store, NULL));
    cr_assert_lt(ask(dir, "SELECT count(*) FROM draft"), 80);
    cr_assert(put(store, "d", "p", "efter", NULL));
    g_clear_pointer(&store, store_close);
    store = fixture_open(dir, 1);
    assert_text(store, "d", "efter");
    cr_assert_eq(store_health(store).unreadable + store_health(store).rolled_back, 0);
    g_clear_pointer(&store, store_close);
    fixture_dir_remove(dir);
}

/* A child types and tells each key after it was put; it is killed in the middle of it. */
Test(store_draft, nothing_put_is_lost_when_the_process_is_killed)
{
    for (int turn = 0; turn < 5; turn++) {
        g_autofree char *dir = fixture_dir();
        int told[2];
        cr_assert_eq(pipe(told), 0);
        pid_t child = fork();
        if (child == 0) {
            Store *store = fixture_open(dir, 1);
            g_autoptr(GString) text = g_string_new(NULL);
            for (;;) {
                g_string_append_c(text, (char)('a' + text->len % 26));
                put(store, "d", "p", text->str, NULL);
                if (write(told[1], "x", 1) != 1)
                    _exit(1);
                g_main_context_iteration(NULL, FALSE);
            }
        }
        close(told[1]);
        gsize count = 0, goal = (gsize)(300 + turn * 211);
        char byte;
        while (count < goal && read(told[0], &byte, 1) == 1)
            count++;
        kill(child, SIGKILL);
        while (read(told[0], &byte, 1) == 1)
            count++;
        waitpid(child, NULL, 0);
        close(told[0]);

        g_autoptr(Store) store = fixture_open(dir, 1);
        g_autofree char *text = text_of(store, "d");
        cr_assert_not_null(text);
        cr_assert_geq(strlen(text), count, "%zu keys told, %zu kept", count, strlen(text));
        for (gsize i = 0; text[i]; i++)
            cr_assert_eq(text[i], (char)('a' + i % 26));
        StoreHealth health = store_health(store);
        cr_assert_eq(health.unreadable + health.rolled_back, 0);
        g_clear_pointer(&store, store_close);
        fixture_dir_remove(dir);
    }
}

/* @sql is about the rows of the draft "d" of the tests below: MINE, and THIRD, SECOND and FIRST of them. */
static char *sql_of(const char *sql)
{
    static const char *const words[][2] = {{"FIRST", "MINE AND n = (SELECT max(n) - 2 FROM draft)"},
                                           {"SECOND", "MINE AND n = (SELECT max(n) - 1 FROM draft)"},
                                           {"THIRD", "MINE AND n = (SELECT max(n) FROM draft)"}};
    g_autoptr(SecretBuf) bytes = fixture_key(1);
    g_autoptr(Sealer) sealer = sealer_new(bytes);
    guint8 key[SEAL_ROW_KEY];
    char hex[2 * SEAL_ROW_KEY + 1];
    sealer_row_key(sealer, "draft", "d", key);
    for (int i = 0; i < SEAL_ROW_KEY; i++)
        g_snprintf(hex + 2 * i, 3, "%02x", key[i]);
    g_autoptr(GString) out = g_string_new(sql);
    for (guint i = 0; i < G_N_ELEMENTS(words); i++)
        g_string_replace(out, words[i][0], words[i][1], 0);
    g_autofree char *mine = g_strdup_printf("key = x'%s'", hex);
    g_string_replace(out, "MINE", mine, 0);
    return g_string_free(g_steal_pointer(&out), FALSE);
}

/* Three rows of "d" as a killed process leaves them. */
static void three_rows(const char *dir)
{
    Store *store = fixture_open(dir, 1);
    put(store, "d", "p", "a", NULL);
    put(store, "d", "p", "ab", NULL);
    put(store, "d", "p", "xab", NULL);
    store->rounds = 0; /* not folded when it closes */
    store_close(store);
}

static const struct {
    const char *sql;
    const char *text; /* what the draft still says; NULL: nothing */
    guint unreadable, newer, rolled_back;
} tampered[] = {
    {"UPDATE draft SET body = substr(body, 1, 20) WHERE THIRD", "ab", 1, 0, 0},
    {"UPDATE draft SET body = zeroblob(0) WHERE THIRD", "ab", 1, 0, 0},
    {"UPDATE draft SET body = x'01' || substr(body, 2, 39) || x'00' WHERE FIRST", NULL, 3, 0, 0},
    {"UPDATE draft SET body = (SELECT body FROM draft WHERE SECOND) WHERE THIRD", "ab", 1, 0, 0},
    {"UPDATE draft SET schema = 9 WHERE THIRD", "ab", 0, 1, 0},
    {"UPDATE draft SET schema = 0 WHERE THIRD", "ab", 1, 0, 0},
    {"UPDATE draft SET n = n + 6 WHERE THIRD", "ab", 1, 0, 0},
    {"UPDATE draft SET key = zeroblob(16) WHERE MINE", NULL, 3, 0, 1},
    {"UPDATE draft SET key = zeroblob(7) WHERE THIRD", "ab", 1, 0, 1},
    {"DELETE FROM draft WHERE THIRD", "ab", 0, 0, 1},
    {"DELETE FROM draft WHERE SECOND", "a", 1, 0, 0},
    {"DELETE FROM draft WHERE MINE", NULL, 0, 0, 1},
    {"UPDATE guard SET body = zeroblob(60) WHERE name = 'guard'", "xab", 0, 0, 1},
    {"UPDATE guard SET rev = rev + 1 WHERE name = 'guard'", "xab", 0, 0, 1},
};

Test(store_draft, what_was_tampered_with_is_kept_counted_and_never_shown)
{
    for (guint i = 0; i < G_N_ELEMENTS(tampered); i++) {
        g_autofree char *dir = fixture_dir(), *sql = sql_of(tampered[i].sql);
        three_rows(dir);
        tamper(dir, sql);
        Store *store = fixture_open(dir, 1);
        g_autofree char *text = text_of(store, "d");
        cr_assert_eq(g_strcmp0(text, tampered[i].text), 0, "%s: %s", sql, text);
        StoreHealth health = store_health(store);
        cr_assert_eq(health.unreadable, tampered[i].unreadable, "%s: %u", sql, health.unreadable);
        cr_assert_eq(health.newer, tampered[i].newer, "%s", sql);
        cr_assert_eq(health.rolled_back, tampered[i].rolled_back, "%s: %u", sql, health.rolled_back);
        /* typing goes on, and what could not be read stays on the disk */
        cr_assert(put(store, "d", "p", "nytt", NULL));
        cr_assert(put(store, "d", "p", "nytt!", NULL));
        cr_assert(store_draft_remove(store, "d", NULL));
        store_close(store);
        g_autofree char *left = sql_of("SELECT count(*) FROM draft WHERE MINE OR key IN (zeroblob(7), zeroblob(16))");
        cr_assert_eq(ask(dir, left), (gint64)(tampered[i].unreadable + tampered[i].newer), "%s", sql);
        fixture_dir_remove(dir);
    }
}

/* What is left of it is shown, and said to be no more than that, until it is written whole again. */
Test(store_draft, one_that_lost_a_piece_says_so)
{
    static const char *const losses[] = {"UPDATE draft SET body = zeroblob(0) WHERE THIRD", "DELETE FROM draft WHERE SECOND",
                                         "UPDATE draft SET schema = 9 WHERE THIRD"};
    for (guint i = 0; i < G_N_ELEMENTS(losses); i++) {
        g_autofree char *dir = fixture_dir(), *sql = sql_of(losses[i]);
        three_rows(dir);
        tamper(dir, sql);
        Store *store = fixture_open(dir, 1);
        g_autoptr(StoreDraft) left = store_draft_get(store, "d", NULL);
        cr_assert(left->damaged, "%s", losses[i]);
        cr_assert(put(store, "d", "p", "xab igen", NULL));
        g_autoptr(StoreDraft) whole = store_draft_get(store, "d", NULL);
        cr_assert_not(whole->damaged);
        store_close(store);
        fixture_dir_remove(dir);
    }
}

Test(store_draft, another_key_reads_nothing_and_counts_nothing)
{
    g_autofree char *dir = fixture_dir();
    Store *store = fixture_open(dir, 1);
    put(store, "d", "p", NOTE, NULL);
    store_close(store);

    store = store_open(dir, PERSON, STORE_DURABLE, NULL);
    g_autoptr(SecretBuf) key = fixture_key(2);
    g_autoptr(GError) error = NULL;
    cr_assert_not(store_unlock(store, key, &error));
    cr_assert(g_error_matches(error, STORE_ERROR, STORE_ERROR_KEY));
    cr_assert_null(store_draft_list(store, NULL, NULL));
    cr_assert_null(store_draft_get(store, "d", NULL));
    cr_assert_null(store_queue_list(store, STORE_OUTBOX, 0, NULL));
    cr_assert_eq(store_queue_count(store, STORE_OUTBOX), -1);
    StoreHealth health = store_health(store);
    cr_assert_eq(health.unreadable + health.newer + health.rolled_back, 0);
    store_close(store);

    store = store_open(dir, "https://core.example/fhir|SE2321000131-P000000000102", STORE_DURABLE, NULL);
    cr_assert(store_is_fresh(store)); /* another person: another file */
    store_close(store);
    store = fixture_open(dir, 1);
    assert_text(store, "d", NOTE);
    store_close(store);
    fixture_dir_remove(dir);
}

Test(store_draft, nothing_of_the_text_is_on_the_disk)
{
    g_autofree char *dir = fixture_dir();
    Store *store = fixture_open(dir, 1);
    put(store, "utkast-4711", "patient-4712", NOTE, NULL);
    store_flush(store, NULL);
    g_autoptr(GDir) d = g_dir_open(dir, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(d))) {
        g_autofree char *path = g_build_filename(dir, name, NULL);
        g_autofree char *data = NULL;
        gsize len = 0;
        g_file_get_contents(path, &data, &len, NULL);
        static const char *const words[] = {"Patienten", "utkast-4711", "patient-4712", "note",
                                            "SE2321000131", "cursor="};
        for (guint i = 0; i < G_N_ELEMENTS(words); i++)
            cr_assert_null(memmem(data, len, words[i], strlen(words[i])), "%s in %s", words[i], name);
        cr_assert_null(strstr(name, "SE2321000131"));
    }
    store_close(store);
    fixture_dir_remove(dir);
}

/* The other connection writes: nothing waits, nothing is lost, order is kept. */
/* A connection of its own: store->work is the worker's, and a sync may come whenever the clock goes on. */
static void other_takes(Db *other)
{
    for (int i = 0; i < 500 && !db_exec(other, "BEGIN IMMEDIATE", NULL); i++)
        g_usleep(10 * 1000);
    cr_assert_not(sqlite3_get_autocommit(db_handle(other)));
}

/* Another program's lock: what is typed is in memory alone, and after a moment that is said; when it lets go all
 * goes to the disk by itself. */
Test(store_draft, a_database_that_stays_busy_is_said)
{
    g_autofree char *dir = fixture_dir();
    clock_test_begin(1000 * G_TIME_SPAN_SECOND);
    Store *store = fixture_open(dir, 1);
    Db *other = db_open(store->path, NULL);
    g_autoptr(GError) error = NULL;
    cr_assert(put(store, "d", "p", "a", NULL));
    other_takes(other);
    cr_assert(put(store, "d", "p", "ab", &error));
    clock_test_advance(1900 * G_TIME_SPAN_MILLISECOND);
    cr_assert(put(store, "d", "p", "abc", &error), "a moment is nothing to speak of");
    clock_test_advance(200 * G_TIME_SPAN_MILLISECOND);
    cr_assert_not(put(store, "d", "p", "abcd", &error));
    cr_assert(g_error_matches(error, STORE_ERROR, STORE_ERROR_LOCKED));
    assert_text(store, "d", "abcd");
    cr_assert(db_exec(other, "COMMIT", NULL));
    for (int i = 0; i < 500 && store->writes.length; i++) { /* the worker may have the lock now */
        g_usleep(1000);
        clock_test_advance(100 * G_TIME_SPAN_MILLISECOND);
    }
    cr_assert_eq(store->writes.length, 0, "the retry comes by itself");
    cr_assert(put(store, "d", "p", "abcde", NULL));
    other_takes(other);
    cr_assert(put(store, "d", "p", "abcdef", NULL), "the next lock has a moment of its own");
    cr_assert(db_exec(other, "COMMIT", NULL));
    store_close(store);
    db_close(other);
    store = fixture_open(dir, 1);
    assert_text(store, "d", "abcdef");
    store_close(store);
    clock_test_end();
    fixture_dir_remove(dir);
}

Test(store_draft, a_busy_database_is_not_waited_for)
{
    g_autofree char *dir = fixture_dir();
    clock_test_begin(1000 * G_TIME_SPAN_SECOND); /* it stands still: being busy for two seconds would be said */
    Store *store = fixture_open(dir, 1);
    cr_assert(put(store, "d", "p", "a", NULL));
    cr_assert(db_exec(store->work, "BEGIN IMMEDIATE", NULL));
    g_autoptr(GString) text = g_string_new("a");
    for (int i = 0; i < 300; i++) { /* more than may wait */
        g_string_append_c(text, 'b');
        cr_assert(put(store, "d", "p", text->str, NULL));
    }
    cr_assert_gt(store->writes.length, 0);
    cr_assert_leq(store->writes.length, 257);
    assert_text(store, "d", text->str);
    cr_assert(db_exec(store->work, "COMMIT", NULL));
    store_close(store);
    clock_test_end();
    store = fixture_open(dir, 1);
    assert_text(store, "d", text->str);
    cr_assert(db_exec(store->work, "BEGIN IMMEDIATE", NULL));
    for (int i = 0; i < 20; i++) { /* few: they go in one by one, discarding included */
        g_string_append_c(text, 'c');
        cr_assert(put(store, "d", "p", text->str, NULL));
        cr_assert(put(store, "gone", "p", text->str, NULL));
    }
    cr_assert(store_draft_remove(store, "gone", NULL));
    cr_assert(put(store, "d", "p", "sist", NULL));
    cr_assert(db_exec(store->work, "COMMIT", NULL));
    gboolean waited = FALSE; /* the retry comes by itself */
    g_timeout_add(60, on_flag, &waited);
    spin(&waited);
    cr_assert_eq(store->writes.length, 0);
    cr_assert_gt(ask(dir, "SELECT count(*) FROM draft"), 10);
    store_close(store);
    store = fixture_open(dir, 1);
    assert_text(store, "d", "sist");
    cr_assert_null(text_of(store, "gone"));
    cr_assert_eq(store_health(store).unreadable, 0);
    store_close(store);
    fixture_dir_remove(dir);
}

Test(store_draft, a_full_disk_is_said_and_made_good_when_there_is_room)
{
    g_autofree char *dir = fixture_dir();
    Store *store = fixture_open(dir, 1);
    cr_assert(put(store, "d", "p", "a", NULL));
    cr_assert(db_exec(store->ui, "PRAGMA max_page_count=1", NULL));
    g_autofree char *big = g_strnfill(200000, 'x');
    g_autoptr(GError) error = NULL;
    cr_assert_not(put(store, "d", "p", big, &error));
    cr_assert(g_error_matches(error, STORE_ERROR, STORE_ERROR_FULL), "%s", error->message);
    cr_assert(db_exec(store->ui, "PRAGMA max_page_count=100000", NULL));
    cr_assert(put(store, "d", "p", "a-b", NULL));
    store_close(store);
    store = fixture_open(dir, 1);
    assert_text(store, "d", "a-b");
    store_close(store);
    fixture_dir_remove(dir);
}

/* While it runs no key gets into the database: once when the log has grown, and then not until it has grown again. */
Test(store_draft, a_checkpoint_comes_once_in_a_while)
{
    g_autofree char *dir = fixture_dir();
    Store *store = fixture_open(dir, 1);
    g_autofree char *a = g_strnfill(60000, 'a'), *b = g_strnfill(60000, 'b');
    int before = 0;
    while (db_log_pages(store->ui) < 3000)
        cr_assert(put(store, "d", "p", before++ % 2 ? a : b, NULL));
    cr_assert(store_flush(store, NULL));
    before = db_log_pages(store->work);
    cr_assert_lt(before, 100, "the log has not been taken over");
    for (int i = 0; i < 5; i++) {
        g_autofree char *text = g_strdup_printf("%d", i);
        cr_assert(put(store, "d", "p", text, NULL) && store_flush(store, NULL));
        cr_assert_gt(db_log_pages(store->work), before, "and again at sync %d", i);
        before = db_log_pages(store->work);
    }
    store_close(store);
    fixture_dir_remove(dir);
}
