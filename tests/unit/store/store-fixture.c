/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/text.h"

char *fixture_dir(void)
{
    char *dir = g_dir_make_tmp("rond-store-XXXXXX", NULL);
    cr_assert_not_null(dir);
    return dir;
}

void fixture_dir_remove(const char *dir)
{
    g_autoptr(GDir) d = g_dir_open(dir, 0, NULL);
    const char *name;
    while (d && (name = g_dir_read_name(d))) {
        g_autofree char *path = g_build_filename(dir, name, NULL);
        g_unlink(path);
    }
    g_rmdir(dir);
}

SecretBuf *fixture_key(guint8 seed)
{
    guint8 key[STORE_KEY_BYTES];
    memset(key, seed, sizeof key);
    return secret_new_from(key, sizeof key);
}

Store *fixture_open(const char *dir, guint8 seed)
{
    g_autoptr(GError) error = NULL;
    Store *store = store_open(dir, PERSON, STORE_DURABLE, &error);
    cr_assert_not_null(store, "%s", error ? error->message : "");
    g_autoptr(SecretBuf) key = fixture_key(seed);
    cr_assert(store_unlock(store, key, &error), "%s", error ? error->message : "");
    return store;
}

GBytes *bytes_of(const char *text)
{
    return g_bytes_new(text, strlen(text));
}

gboolean put(Store *store, const char *id, const char *patient, const char *text, GError **error)
{
    g_autoptr(GBytes) body = bytes_of(text);
    g_autofree char *cursor = g_strdup_printf("cursor=%zu", strlen(text));
    g_autoptr(GBytes) meta = bytes_of(cursor);
    StoreDraft draft = {.id = (char *)id, .patient = (char *)patient, .kind = "note", .text = body,
                        .meta = meta};
    return store_draft_put(store, &draft, error);
}

char *text_of(Store *store, const char *id)
{
    g_autoptr(StoreDraft) draft = store_draft_get(store, id, NULL);
    return draft ? text_of_bytes(draft->text) : NULL;
}

static gboolean on_late(gpointer late)
{
    *(gboolean *)late = TRUE;
    return G_SOURCE_REMOVE;
}

void spin(const gboolean *until)
{
    gboolean late = FALSE;
    guint timer = g_timeout_add_seconds(10, on_late, &late);
    while (!*until && !late)
        g_main_context_iteration(NULL, TRUE);
    cr_assert_not(late, "nothing happened for ten seconds");
    g_source_remove(timer);
}

static sqlite3 *other(const char *dir)
{
    g_autoptr(GDir) d = g_dir_open(dir, 0, NULL);
    const char *name;
    while ((name = g_dir_read_name(d)) && !g_str_has_suffix(name, ".db"))
        continue;
    g_autofree char *path = g_build_filename(dir, name, NULL);
    sqlite3 *db = NULL;
    cr_assert_eq(sqlite3_open(path, &db), SQLITE_OK);
    sqlite3_busy_timeout(db, 5000);
    return db;
}

void tamper(const char *dir, const char *sql)
{
    sqlite3 *db = other(dir);
    cr_assert_eq(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK, "%s", sqlite3_errmsg(db));
    sqlite3_close(db);
}

gint64 ask(const char *dir, const char *sql)
{
    sqlite3 *db = other(dir);
    sqlite3_stmt *row;
    cr_assert_eq(sqlite3_prepare_v2(db, sql, -1, &row, NULL), SQLITE_OK);
    cr_assert_eq(sqlite3_step(row), SQLITE_ROW);
    gint64 value = sqlite3_column_int64(row, 0);
    sqlite3_finalize(row);
    sqlite3_close(db);
    return value;
}
