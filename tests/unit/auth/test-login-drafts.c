/* SPDX-License-Identifier: GPL-3.0-or-later
 * The data key: every kind of card opens its own drafts again, and no other's. */
#include "login-world.h"

static void write_draft(Store *store)
{
    g_autoptr(GBytes) text = g_bytes_new_static("Mår bättre.", strlen("Mår bättre."));
    g_autoptr(GBytes) meta = g_bytes_new_static("", 0);
    StoreDraft draft = {.id = (char *)"d", .kind = (char *)"note", .text = text, .meta = meta};
    cr_assert(store_draft_put(store, &draft, NULL));
}

static const struct {
    const char *key, *method;
    guint can;
} wraps[] = {
    {"RSA:2048", "oaep-sha1", 0},
    {"RSA:2048", "oaep-sha256", 1u << CARD_RS256 | 1u << CARD_OAEP_SHA256 | 1u << CARD_OAEP_SHA1},
    {"RSA:2048", "pkcs1-hkdf", 1u << CARD_RS256 | 1u << CARD_PS256},
    {"EC:P-256", "ecdh-hkdf", 0},
    {"EC:P-384", "ecdh-hkdf", 0},
};

Test(auth_login, every_kind_of_card_opens_its_drafts_again)
{
    for (guint i = 0; i < G_N_ELEMENTS(wraps); i++) {
        FakeCert one = {.key = wraps[i].key, .can = wraps[i].can};
        World *w = world_new(&one, TRUE);
        world_login(w, plain, 2, NULL);
        pin(w, FAKE_PIN);
        until(w, "SD");
        write_draft(w->store);
        g_autoptr(GPtrArray) kept = store_wraps(w->store, NULL);
        cr_assert_eq(kept->len, 1);
        cr_assert_str_eq(((StoreWrap *)kept->pdata[0])->method, wraps[i].method);
        g_clear_pointer(&w->store, store_close);
        g_clear_pointer(&w->session, auth_session_free);
        world_login(w, plain, 2, NULL);
        pin(w, FAKE_PIN);
        until(w, "SDSD");
        g_autoptr(StoreDraft) draft = store_draft_get(w->store, "d", NULL);
        cr_assert_not_null(draft, "%s", wraps[i].method);
        world_free(w);
    }
}

/* Claims OAEP with SHA-256 and cannot do it with the key: the next method is taken. */
Test(auth_login, a_method_the_card_only_claims_is_not_relied_on)
{
    FakeCert one = {.key = "RSA:2048", .can = 1u << CARD_RS256 | 1u << CARD_OAEP_SHA1};
    World *w = world_new(&one, TRUE);
    w->cert->can |= 1u << CARD_OAEP_SHA256;
    world_login(w, plain, 2, NULL);
    pin(w, FAKE_PIN);
    until(w, "SD");
    g_autoptr(GPtrArray) kept = store_wraps(w->store, NULL);
    cr_assert_str_eq(((StoreWrap *)kept->pdata[0])->method, "oaep-sha1");
    world_free(w);
}

/* The same person comes with a new card. */
static void another_card(World *w)
{
    g_clear_pointer(&w->store, store_close);
    g_clear_pointer(&w->session, auth_session_free);
    g_clear_pointer(&w->login, auth_login_free);
    card_client_free(w->card);
    fake_card_free(w->fake);
    certificate_unref(w->cert);
    w->fake = fake_card_new(&rsa, 1);
    w->card = card_client_new(fake_card_fd(w->fake), NULL, NULL);
    w->cert = fake_card_certificate(w->fake);
}

Test(auth_login, a_new_card_reads_nothing_and_starting_over_keeps_the_old_file)
{
    World *w = world_new(&rsa, TRUE);
    world_login(w, plain, 2, NULL);
    pin(w, FAKE_PIN);
    until(w, "SD");
    write_draft(w->store);
    another_card(w);
    world_login(w, plain, 2, NULL);
    pin(w, FAKE_PIN);
    until(w, "SDK");
    cr_assert_null(w->store);
    cr_assert_not_null(strstr(w->error, "start over"));
    auth_login_start_over(w->login);
    until(w, "SDKSD");
    cr_assert_null(store_draft_get(w->store, "d", NULL));
    cr_assert(g_file_test(store_moved_aside(w->store), G_FILE_TEST_EXISTS));
    world_free(w);
}

/* Nobody is led to set drafts aside because the keyring is silent for a moment; and that it is silent is told. */
Test(auth_login, a_keyring_that_does_not_answer_is_told)
{
    g_setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent", TRUE);
    World *w = world_new(&rsa, TRUE);
    w->personal = TRUE;
    world_login(w, plain, 2, NULL);
    pin(w, FAKE_PIN);
    until(w, "SD");
    while (!w->keyring_failed)
        g_main_context_iteration(NULL, TRUE);
    another_card(w);
    world_login(w, plain, 2, NULL);
    pin(w, FAKE_PIN);
    until(w, "SDK");
    cr_assert(strstr(w->error, "the keyring, which may, does not answer. Try again"), "%s", w->error);
    world_free(w);
}

Test(auth_login, a_card_that_can_seal_nothing_says_so)
{
    FakeCert one = {.key = "EC:P-256", .can = 1u << CARD_ES256};
    World *w = world_new(&one, TRUE);
    world_login(w, plain, 2, NULL);
    pin(w, FAKE_PIN);
    until(w, "SD");
    cr_assert_not_null(w->notice);
    write_draft(w->store);
    world_free(w);
}
