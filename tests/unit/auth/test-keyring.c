/* SPDX-License-Identifier: GPL-3.0-or-later
 * Without a session bus everything is "not there", soon and without waiting. With one (the runner
 * starts gnome-keyring and sets ROND_TEST_KEYRING) a secret comes back as it was. */
#include "auth/error.h"
#include "auth/keyring.h"
#include "support/skip.h"

#include <criterion/criterion.h>
#include <string.h>

TestSuite(auth_keyring, .timeout = 30);

typedef struct {
    gboolean done, failed;
    char *text;
} Got;

static void on_got(const SecretBuf *secret, const GError *error, gpointer data)
{
    Got *got = data;
    got->done = TRUE;
    got->failed = error != NULL;
    got->text = secret ? g_strndup((const char *)secret->data, secret->len) : NULL;
    cr_assert(!error || g_error_matches(error, AUTH_ERROR, AUTH_ERROR_KEYRING));
}

static void wait_for(const Got *got)
{
    while (!got->done)
        g_main_context_iteration(NULL, TRUE);
}

Test(auth_keyring, without_a_bus_it_is_not_there)
{
    g_setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
    Got got = {0}, silenced = {0};
    Scope *scope = scope_new();
    keyring_lookup(scope, "SE2329999993-P1001", "store-key", on_got, &silenced);
    scope_close(scope);
    keyring_lookup(NULL, "SE2329999993-P1001", "store-key", on_got, &got);
    wait_for(&got);
    cr_assert(got.failed);
    cr_assert_not(silenced.done);
}

Test(auth_keyring, what_is_stored_comes_back)
{
    const char *keyring = g_getenv("ROND_TEST_KEYRING");
    if (!keyring)
        SKIP_PACKAGE("no keyring is installed");
    if (!g_str_equal(keyring, "1"))
        SKIP("no keyring may run on this machine");
    g_autoptr(SecretBuf) secret = secret_new_from("a\0b\xff", 4);
    Got stored = {0}, found = {0}, other = {0};
    keyring_store(NULL, "SE2329999993-P1001", "store-key", secret, on_got, &stored);
    wait_for(&stored);
    cr_assert_not(stored.failed);
    keyring_lookup(NULL, "SE2329999993-P1001", "store-key", on_got, &found);
    keyring_lookup(NULL, "SE2329999993-P1014", "store-key", on_got, &other);
    wait_for(&found);
    wait_for(&other);
    cr_assert_not_null(found.text);
    cr_assert_arr_eq(found.text, "a", 2);
    g_free(found.text);
    cr_assert_null(other.text);
}
