/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

TestSuite(store, .timeout = 40);

typedef struct {
    gboolean done;
    gint64 id;
    GError *error;
} Answer;

static void on_done(gint64 id, const GError *error, gpointer data)
{
    Answer *answer = data;
    answer->done = TRUE;
    answer->id = id;
    answer->error = error ? g_error_copy(error) : NULL;
}

static gint64 queue_put(Store *store, StoreQueue queue, const char *key, ItemState state)
{
    g_autoptr(GBytes) payload = bytes_of("{\"resourceType\":\"Bundle\"}");
    StoreItem item = {.key = (char *)key, .patient = "p1", .kind = "order", .state = state,
                      .payload = payload};
    Answer answer = {0};
    store_queue_put(store, queue, &item, NULL, on_done, &answer);
    spin(&answer.done);
    cr_assert_null(answer.error);
    return answer.id;
}

static char *only_db(const char *dir)
{
    g_autoptr(GDir) d = g_dir_open(dir, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(d))) {
        if (g_str_has_suffix(name, ".db"))
            return g_build_filename(dir, name, NULL);
    }
    return NULL;
}

Test(store, the_queue_keeps_order_and_state_over_a_restart)
{
    g_autofree char *dir = fixture_dir();
    Store *store = fixture_open(dir, 1);
    gint64 a = queue_put(store, STORE_OUTBOX, "urn:uuid:a", ITEM_WAITING);
    gint64 b = queue_put(store, STORE_OUTBOX, "urn:uuid:b", ITEM_WAITING);
    cr_assert_gt(b, a);
    cr_assert_eq(queue_put(store, STORE_OUTBOX, "urn:uuid:a", ITEM_SENDING), a);
    queue_put(store, STORE_AUDIT, "urn:uuid:a", ITEM_WAITING);
    store_close(store);

    store = fixture_open(dir, 1);
    g_autoptr(GPtrArray) list = store_queue_list(store, STORE_OUTBOX, 0, NULL);
    cr_assert_eq(list->len, 2);
    StoreItem *first = list->pdata[0];
    cr_assert_str_eq(first->key, "urn:uuid:a");
    cr_assert_eq(first->state, ITEM_SENDING);
    cr_assert_str_eq(first->patient, "p1");
    cr_assert_gt(first->created, 0);
    cr_assert_eq(store_queue_count(store, STORE_AUDIT), 1);
    Answer answer = {0};
    store_queue_remove(store, STORE_OUTBOX, a, NULL, on_done, &answer);
    spin(&answer.done);
    cr_assert_eq(store_queue_count(store, STORE_OUTBOX), 1);
    gint64 c = queue_put(store, STORE_OUTBOX, "urn:uuid:c", ITEM_WAITING);
    cr_assert_gt(c, b);
    cr_assert_eq(store_health(store).rolled_back, 0);
    store_close(store);
    fixture_dir_remove(dir);
}

Test(store, a_tampered_queue_item_is_counted_and_stays)
{
    static const char *const ways[] = {
        "UPDATE queue SET body = zeroblob(50) WHERE id = 1",
        "UPDATE queue SET rev = 5 WHERE id = 1",
        "UPDATE queue SET queue = 1 WHERE id = 1",
        "UPDATE queue SET id = 9 WHERE id = 1",
    };
    for (guint i = 0; i < G_N_ELEMENTS(ways); i++) {
        g_autofree char *dir = fixture_dir();
        Store *store = fixture_open(dir, 1);
        queue_put(store, STORE_OUTBOX, "a", ITEM_WAITING);
        queue_put(store, STORE_OUTBOX, "b", ITEM_WAITING);
        store_close(store);
        tamper(dir, ways[i]);
        store = fixture_open(dir, 1);
        g_autoptr(GPtrArray) list = store_queue_list(store, STORE_OUTBOX, 0, NULL);
        cr_assert_eq(list->len, 1, "%s", ways[i]);
        cr_assert_eq(store_health(store).unreadable, 1, "%s", ways[i]);
        store_close(store);
        cr_assert_eq(ask(dir, "SELECT count(*) FROM queue"), 2, "%s", ways[i]);
        fixture_dir_remove(dir);
    }
}

Test(store, an_item_put_back_to_an_earlier_state_is_noticed)
{
    g_autofree char *dir = fixture_dir();
    Store *store = fixture_open(dir, 1);
    queue_put(store, STORE_OUTBOX, "a", ITEM_WAITING);
    store_close(store);
    tamper(dir, "CREATE TABLE old AS SELECT * FROM queue");
    store = fixture_open(dir, 1);
    queue_put(store, STORE_OUTBOX, "a", ITEM_SENDING);
    store_close(store);
    tamper(dir, "DELETE FROM queue; INSERT INTO queue SELECT * FROM old; DROP TABLE old");
    store = fixture_open(dir, 1);
    cr_assert_eq(store_health(store).rolled_back, 1);
    store_close(store);
    fixture_dir_remove(dir);
}

static void on_never(gint64 id, const GError *error, gpointer data)
{
    cr_assert(FALSE, "called after its scope was closed");
}

Test(store, no_callback_after_the_scope_is_closed)
{
    g_autofree char *dir = fixture_dir();
    Store *store = fixture_open(dir, 1);
    Scope *scope = scope_new();
    store_flush_async(store, scope, on_never, NULL);
    scope_close(scope);
    Answer answer = {0};
    store_flush_async(store, NULL, on_done, &answer);
    spin(&answer.done);
    store_close(store);
    fixture_dir_remove(dir);
}

Test(store, cached_pages_come_back_with_age_and_etag)
{
    g_autofree char *dir = fixture_dir();
    Store *store = fixture_open(dir, 1);
    g_autofree char *big = g_strnfill(300000, 'z');
    g_autoptr(GBytes) body = bytes_of(big);
    store_cache_put(store, "Observation?patient=p1", "p1", body, 12345, "W/\"3\"");
    store_cache_put(store, "Patient?name=x", NULL, body, 1, NULL);
    cr_assert(store_flush(store, NULL));
    StorePage *page = store_cache_get(store, "Observation?patient=p1", "p1", NULL);
    cr_assert_not_null(page);
    cr_assert(g_bytes_equal(page->body, body));
    cr_assert_eq(page->as_of, 12345);
    cr_assert_str_eq(page->etag, "W/\"3\"");
    store_page_free(page);
    cr_assert_null(store_cache_get(store, "Observation?patient=p1", "p2", NULL));
    page = store_cache_get(store, "Patient?name=x", NULL, NULL);
    cr_assert_not_null(page);
    store_page_free(page);
    store_close(store);
    fixture_dir_remove(dir);
}

Test(store, logout_leaves_drafts_and_only_drafts)
{
    for (int keep = 0; keep < 2; keep++) {
        g_autofree char *dir = fixture_dir();
        Store *store = fixture_open(dir, 1);
        g_autoptr(GBytes) body = bytes_of("{}");
        store_cache_put(store, "q", "p1", body, 1, NULL);
        StoreResume resume = {.view = "note-edit", .patient = "p1", .cursor = 3};
        cr_assert(store_resume_put(store, &resume, NULL));
        if (keep)
            put(store, "d", "p1", NOTE, NULL);
        Answer answer = {0};
        store_cache_wipe(store, NULL, on_done, &answer);
        spin(&answer.done);
        cr_assert_null(store_cache_get(store, "q", "p1", NULL));
        cr_assert_null(store_resume_get(store, NULL));
        store_close(store);
        g_autofree char *path = only_db(dir); /* also without a draft: that it is gone would tell */
        cr_assert_not_null(path);
        cr_assert_eq(ask(dir, "SELECT (SELECT count(*) FROM cache) + (SELECT count(*) FROM resume)"), 0);
        store = fixture_open(dir, 1);
        g_autofree char *kept = text_of(store, "d");
        cr_assert_eq(kept != NULL, keep == 1);
        store_close(store);
        fixture_dir_remove(dir);
    }
}

static gboolean on_flag(gpointer flag)
{
    *(gboolean *)flag = TRUE;
    return G_SOURCE_REMOVE;
}

/* A position that the database was too busy for does not come after the wiping. */
Test(store, what_has_been_read_outlives_a_logout)
{
    g_autofree char *dir = fixture_dir();
    Store *store = fixture_open(dir, 1);
    Answer answer = {0};
    queue_put(store, STORE_SEEN, "p1", ITEM_WAITING);
    store_cache_wipe(store, NULL, on_done, &answer);
    spin(&answer.done);
    store_close(store);
    store = fixture_open(dir, 1);
    g_autoptr(StoreItem) kept = store_queue_get(store, STORE_SEEN, "p1", NULL);
    cr_assert(kept);
    cr_expect_str_eq(kept->patient, "p1");
    cr_expect_null(store_queue_get(store, STORE_SEEN, "p2", NULL));
    cr_expect_null(store_queue_get(store, STORE_OUTBOX, "p1", NULL));
    store_close(store);
    fixture_dir_remove(dir);
}

Test(store, logout_leaves_no_position_that_waited)
{
    g_autofree char *dir = fixture_dir();
    Store *store = fixture_open(dir, 1);
    cr_assert(db_exec(store->work, "BEGIN IMMEDIATE", NULL));
    StoreResume resume = {.view = "note-edit", .patient = "p1", .cursor = 3};
    cr_assert(store_resume_put(store, &resume, NULL));
    cr_assert_eq(store->writes.length, 1);
    Answer answer = {0};
    store_cache_wipe(store, NULL, on_done, &answer);
    spin(&answer.done);
    cr_assert(db_exec(store->work, "COMMIT", NULL));
    gboolean waited = FALSE; /* the retry comes by itself */
    g_timeout_add(60, on_flag, &waited);
    spin(&waited);
    cr_assert_null(store_resume_get(store, NULL));
    store_close(store);
    fixture_dir_remove(dir);
}

Test(store, the_last_position_comes_back)
{
    g_autofree char *dir = fixture_dir();
    Store *store = fixture_open(dir, 1);
    for (gint64 i = 0; i <= 40; i++) {
        StoreResume resume = {.view = "note-edit", .patient = "p1", .draft = "d", .cursor = i,
                              .scroll = -i, .extra = NULL};
        cr_assert(store_resume_put(store, &resume, NULL));
    }
    store_close(store);
    store = fixture_open(dir, 1);
    g_autoptr(StoreResume) back = store_resume_get(store, NULL);
    cr_assert_not_null(back);
    cr_assert_str_eq(back->view, "note-edit");
    cr_assert_str_eq(back->draft, "d");
    cr_assert_null(back->extra);
    cr_assert_eq(back->cursor, 40);
    cr_assert_eq(back->scroll, -40);
    store_close(store);
    fixture_dir_remove(dir);
}

Test(store, files_are_the_persons_alone)
{
    g_autofree char *dir = fixture_dir();
    umask(0);
    Store *store = fixture_open(dir, 1);
    put(store, "d", "p", NOTE, NULL);
    g_autoptr(GDir) d = g_dir_open(dir, 0, NULL);
    const char *name;
    guint seen = 0;
    while ((name = g_dir_read_name(d))) {
        g_autofree char *path = g_build_filename(dir, name, NULL);
        struct stat st;
        cr_assert_eq(stat(path, &st), 0);
        cr_assert_eq(st.st_mode & 077, 0, "%s is %o", name, st.st_mode & 0777);
        seen++;
    }
    cr_assert_geq(seen, 5); /* db, wal, shm, lock, salt */
    store_close(store);
    fixture_dir_remove(dir);
}

Test(store, a_second_rond_is_told_so)
{
    g_autofree char *dir = fixture_dir();
    Store *store = fixture_open(dir, 1);
    g_autoptr(GError) error = NULL;
    cr_assert_null(store_open(dir, PERSON, STORE_DURABLE, &error));
    cr_assert(g_error_matches(error, STORE_ERROR, STORE_ERROR_LOCKED));
    store_close(store);
    store = fixture_open(dir, 1);
    store_close(store);
    fixture_dir_remove(dir);
}

Test(store, a_damaged_file_is_moved_aside_and_said)
{
    static const char *const garbage[] = {"this is no database at all, but long enough to look at"};
    g_autofree char *dir = fixture_dir();
    Store *store = fixture_open(dir, 1);
    put(store, "d", "p", NOTE, NULL);
    store_close(store);
    g_autofree char *path = only_db(dir);
    cr_assert(g_file_set_contents(path, garbage[0], -1, NULL));
    g_autoptr(GError) error = NULL;
    store = store_open(dir, PERSON, STORE_DURABLE, &error);
    cr_assert_not_null(store, "%s", error ? error->message : "");
    cr_assert(store_is_fresh(store));
    cr_assert_not_null(store_moved_aside(store));
    g_autofree char *kept = NULL;
    cr_assert(g_file_get_contents(store_moved_aside(store), &kept, NULL, NULL));
    cr_assert_str_eq(kept, garbage[0]);
    store_close(store);
    fixture_dir_remove(dir);
}

Test(store, damaged_pages_are_found_at_open)
{
    g_autofree char *dir = fixture_dir();
    Store *store = fixture_open(dir, 1);
    for (int i = 0; i < 20; i++) {
        g_autofree char *id = g_strdup_printf("d%d", i);
        put(store, id, "p", NOTE, NULL);
    }
    store_close(store);
    g_autofree char *path = only_db(dir);
    g_autofree char *data = NULL;
    gsize len;
    cr_assert(g_file_get_contents(path, &data, &len, NULL));
    memset(data + 4 * 4096, 0x5a, len - 4 * 4096);
    cr_assert(g_file_set_contents(path, data, (gssize)len, NULL));
    store = store_open(dir, PERSON, STORE_DURABLE, NULL);
    cr_assert_not_null(store);
    cr_assert_not_null(store_moved_aside(store));
    store_close(store);
    fixture_dir_remove(dir);
}

Test(store, a_newer_file_is_left_alone)
{
    g_autofree char *dir = fixture_dir();
    Store *store = fixture_open(dir, 1);
    store_close(store);
    tamper(dir, "PRAGMA user_version=999");
    g_autoptr(GError) error = NULL;
    cr_assert_null(store_open(dir, PERSON, STORE_DURABLE, &error));
    cr_assert(g_error_matches(error, STORE_ERROR, STORE_ERROR_NEWER));
    cr_assert_eq(ask(dir, "PRAGMA user_version"), 999);
    fixture_dir_remove(dir);
}

/* Root may write anywhere, so the test puts its rights down. */
Test(store, a_directory_that_may_not_be_written_is_said)
{
    g_autofree char *dir = fixture_dir();
    pid_t child = fork();
    if (child == 0) {
        g_chmod(dir, 0555);
        if (getuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0))
            _exit(2);
        g_autoptr(GError) error = NULL;
        Store *store = store_open(dir, PERSON, STORE_DURABLE, &error);
        _exit(!store && g_error_matches(error, STORE_ERROR, STORE_ERROR_READONLY) ? 0 : 1);
    }
    int status;
    waitpid(child, &status, 0);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %d", status);
    g_chmod(dir, 0700);
    fixture_dir_remove(dir);
}

Test(store, a_volatile_store_leaves_no_file)
{
    g_autofree char *dir = fixture_dir();
    Store *store = store_open(dir, PERSON, STORE_VOLATILE, NULL);
    g_autoptr(SecretBuf) key = fixture_key(3);
    cr_assert(store_unlock(store, key, NULL));
    cr_assert(put(store, "d", "p", NOTE, NULL));
    g_autofree char *text = text_of(store, "d");
    cr_assert_str_eq(text, NOTE);
    store_close(store);
    g_autoptr(GDir) d = g_dir_open(dir, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(d)))
        cr_assert(strstr(name, ".lock") || g_str_equal(name, "salt"), "%s is left", name);
    fixture_dir_remove(dir);
}

Test(store, starting_over_keeps_the_old_file)
{
    g_autofree char *dir = fixture_dir();
    Store *store = fixture_open(dir, 1);
    put(store, "d", "p", NOTE, NULL);
    store_close(store);
    store = store_open(dir, PERSON, STORE_START_OVER, NULL);
    cr_assert(store_is_fresh(store));
    cr_assert(g_file_test(store_moved_aside(store), G_FILE_TEST_EXISTS));
    store_close(store);
    fixture_dir_remove(dir);
}

static void on_open(Store *store, const GError *error, gpointer data)
{
    *(Store **)data = store;
}

Test(store, opens_off_the_main_thread_and_keeps_wraps)
{
    g_autofree char *dir = fixture_dir();
    Store *store = NULL;
    store_open_async(NULL, dir, PERSON, STORE_DURABLE, on_open, &store);
    while (!store)
        g_main_context_iteration(NULL, TRUE);
    cr_assert(store_is_fresh(store));
    g_autoptr(GBytes) salt = bytes_of("salt");
    g_autoptr(GBytes) wrapped = bytes_of("wrapped");
    for (guint8 card = 1; card <= 3; card++) {
        StoreWrap wrap = {.method = "ecdh-hkdf", .salt = salt, .wrapped = wrapped};
        memset(wrap.cert_sha256, card < 3 ? card : 1, sizeof wrap.cert_sha256);
        Answer answer = {0};
        store_wrap_add(store, &wrap, NULL, on_done, &answer);
        spin(&answer.done);
    }
    g_autoptr(GPtrArray) wraps = store_wraps(store, NULL);
    cr_assert_eq(wraps->len, 2);
    cr_assert_not(store_is_fresh(store));
    for (int turn = 0; turn < 2; turn++) { /* the first key given becomes the store's */
        g_autoptr(SecretBuf) key = fixture_key(4);
        Answer answer = {0};
        store_unlock_async(store, key, NULL, on_done, &answer);
        spin(&answer.done);
        cr_assert_null(answer.error);
        cr_assert(store_is_unlocked(store));
        cr_assert(put(store, "d", "p", NOTE, NULL));
        store_close(store);
        store = store_open(dir, PERSON, STORE_DURABLE, NULL);
    }
    g_autoptr(SecretBuf) wrong = fixture_key(9);
    Answer answer = {0};
    store_unlock_async(store, wrong, NULL, on_done, &answer);
    spin(&answer.done);
    cr_assert(g_error_matches(answer.error, STORE_ERROR, STORE_ERROR_KEY));
    cr_assert_not(store_is_unlocked(store));
    g_clear_error(&answer.error);
    store_close(store);
    fixture_dir_remove(dir);
}
