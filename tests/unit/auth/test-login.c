/* SPDX-License-Identifier: GPL-3.0-or-later
 * The login machine against a fake card and scripted answers of a core. */
#include "login-world.h"

TestSuite(auth_login, .timeout = 40);

Test(auth_login, logs_in_and_says_who_and_what_was_granted)
{
    World *w = world_new(&ec, FALSE);
    w->free_when_done = TRUE;
    world_login(w, plain, 2, NULL);
    pin(w, FAKE_PIN);
    pin(w, FAKE_PIN); /* Enter pressed twice */
    until(w, "D");
    cr_assert_eq(fake_card_asked(w->fake, CARD_OP_LOGIN), 1);
    cr_assert_str_eq(w->core.urls->str, BASE "/.well-known/smart-configuration https://core.example/token ");
    const char *form = w->core.forms->pdata[0];
    cr_assert(g_str_has_prefix(form, "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&"
                                     "client_id=rond&scope=user%2FPatient.read%20user%2FSlot.read&assertion=ey"));
    const SecretBuf *token = auth_session_token(w->session);
    cr_assert_eq(token->len, 6);
    cr_assert_arr_eq(token->data, "abc123", 6);
    cr_assert_str_eq(auth_session_fhir_user(w->session), "Practitioner/1");
    cr_assert_str_eq(auth_session_hsa_id(w->session), FAKE_HSA);
    cr_assert_str_eq(auth_session_name(w->session), "Åsa Övning");
    cr_assert_str_eq(auth_session_role(w->session), "läkare");
    cr_assert_str_eq(auth_session_commission(w->session)->unit, "Avd 2");
    cr_assert_str_eq(auth_session_scope(w->session), "user/Patient.read", "as it was granted, not as it was asked for");
    gint64 left = auth_session_expires(w->session) - clock_real_us();
    cr_assert(left > 590 * G_USEC_PER_SEC && left <= 600 * G_USEC_PER_SEC);
    world_free(w);
}

Test(auth_login, a_wrong_pin_may_be_typed_again_until_the_card_locks)
{
    World *w = world_new(&ec, FALSE);
    world_login(w, plain, 2, NULL);
    pin(w, "000000");
    until(w, "P");
    cr_assert(w->flags & CARD_FLAG_COUNT_LOW);
    pin(w, FAKE_PIN);
    until(w, "PD");
    world_free(w);

    w = world_new(&ec, FALSE);
    world_login(w, plain, 1, NULL);
    for (int i = 0; i < 3; i++) {
        pin(w, "000000");
        until(w, (const char *[]){"P", "PP", "PPF"}[i]);
        cr_assert_eq(fake_card_asked(w->fake, CARD_OP_LOGIN), (guint)i + 1);
    }
    cr_assert_not_null(strstr(w->error, "locked"));
    world_free(w);
}

Test(auth_login, the_assignment_is_chosen_when_there_are_several)
{
    static const Answer answers[] = {{200, DISCOVERY}, {400, CHOICES}, {200, TOKEN}};
    World *w = world_new(&ec, FALSE);
    world_login(w, answers, 3, NULL);
    pin(w, FAKE_PIN);
    until(w, "C");
    cr_assert_null(strchr(w->second_name, 0x1b), "escape codes from the core");
    auth_login_choose(w->login, "SE2321000131-U000000000002");
    until(w, "CD");
    cr_assert_eq(fake_card_asked(w->fake, CARD_OP_LOGIN), 1); /* no second PIN */
    cr_assert_eq(fake_card_asked(w->fake, CARD_OP_SIGN), 2);  /* a new assertion */
    world_free(w);
}

Test(auth_login, a_single_assignment_needs_no_question)
{
    static const Answer answers[] = {{200, DISCOVERY}, {400, ONE_CHOICE}, {200, TOKEN}};
    World *w = world_new(&ec, FALSE);
    world_login(w, answers, 3, NULL);
    pin(w, FAKE_PIN);
    until(w, "D");
    world_free(w);
    static const Answer stubborn[] = {{200, DISCOVERY}, {400, ONE_CHOICE}, {400, ONE_CHOICE}};
    w = world_new(&ec, FALSE);
    world_login(w, stubborn, 3, NULL);
    pin(w, FAKE_PIN);
    until(w, "C"); /* asked for once, then left to the person */
    world_free(w);
}

Test(auth_login, refusals_and_nonsense_end_in_a_sentence)
{
    static const struct {
        Answer answers[2];
        guint count;
        const char *word;
    } rows[] = {
        {{{200, DISCOVERY}, {400, "{\"error\":\"invalid_grant\"}"}}, 2, "refused"},
        {{{200, DISCOVERY}, {401, "{\"error\":\"invalid_client\"}"}}, 2, "refused"},
        {{{200, DISCOVERY}, {200, "{}"}}, 2, "understood"},
        {{{200, DISCOVERY}, {200, "<html>"}}, 2, "understood"},
        {{{200, DISCOVERY}, {200, "{\"access_token\":\"a\",\"token_type\":\"mac\"}"}}, 2, "understood"},
        {{{200, "{}"}}, 2, "smart-configuration"},
        {{{404, NULL}}, 2, "smart-configuration"},
        {{{200, "{\"token_endpoint\":\"https://core.example/token\","
                "\"token_endpoint_auth_signing_alg_values_supported\":[\"RS512\"]}"}}, 1, "algorithm"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        World *w = world_new(&ec, FALSE);
        Answer answers[3] = {rows[i].answers[0], rows[i].answers[1], {0, NULL}};
        if (!answers[1].status)
            answers[1] = answers[0]; /* a failed early discovery is asked again */
        world_login(w, answers, rows[i].count, NULL);
        pin(w, FAKE_PIN);
        until(w, "F");
        cr_assert_not_null(strstr(w->error, rows[i].word), "row %u: %s", i, w->error);
        if (strcmp(rows[i].word, "algorithm") != 0) /* the one that asks the core nothing more */
            cr_assert(w->detail && strstr(w->detail, "req-1"), "row %u names no request", i);
        world_free(w);
    }
}

/* Why there was no answer is HTTP's to say, at the discovery and at the token. */
Test(auth_login, what_is_wrong_with_the_way_to_the_core_is_said)
{
    static const Answer rows[][3] = {{{0, NULL}, {0, NULL}}, {{200, DISCOVERY}, {0, NULL}}, {{503, NULL}, {503, NULL}}};
    for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
        World *w = world_new(&ec, FALSE);
        world_login(w, rows[i], 2, NULL);
        pin(w, FAKE_PIN);
        until(w, "O");
        cr_assert_str_eq(w->error, i < 2 ? "no answer" : "The core cannot be reached. Try again in a while.");
        world_free(w);
    }
}

Test(auth_login, drafts_open_while_the_core_is_away)
{
    static const Answer answers[] = {{0, NULL}, {0, NULL}, {503, NULL}, {200, DISCOVERY}, {0, NULL}, {200, TOKEN}};
    World *w = world_new(&ec, TRUE);
    world_login(w, answers, G_N_ELEMENTS(answers), NULL);
    pin(w, FAKE_PIN);
    until(w, "SO");
    cr_assert(store_is_unlocked(w->store));
    auth_login_retry(w->login);
    until(w, "SOO");
    auth_login_retry(w->login);
    until(w, "SOOO");
    auth_login_retry(w->login);
    until(w, "SOOOD");
    world_free(w);
}

Test(auth_login, a_card_that_hangs_or_dies_ends_the_login_with_a_sentence)
{
    static const guint ops[] = {CARD_OP_LOGIN, CARD_OP_SIGN};
    for (guint i = 0; i < G_N_ELEMENTS(ops); i++) {
        World *w = world_new(&ec, FALSE);
        fake_card_die_on(w->fake, ops[i]);
        world_login(w, plain, 1, NULL);
        pin(w, FAKE_PIN);
        until(w, "F");
        cr_assert_not_null(strstr(w->error, "card program"));
        world_free(w);
    }
}

Test(auth_login, freed_at_any_moment_nothing_comes_after)
{
    for (guint turns = 0; turns < 40; turns++) {
        World *w = world_new(&ec, TRUE);
        world_login(w, plain, 2, NULL);
        pin(w, FAKE_PIN);
        for (guint i = 0; i < turns && w->states->len < 2; i++)
            g_main_context_iteration(NULL, i % 4 == 3);
        gsize told = w->states->len;
        g_clear_pointer(&w->login, auth_login_free);
        for (guint i = 0; i < 20; i++)
            g_main_context_iteration(NULL, FALSE);
        cr_assert_eq(w->states->len, told);
        world_free(w);
        if (told == 2)
            break;
    }
}

/* ---- renewal ---- */

static void on_event(const Event *event, gpointer data)
{
    g_string_append_printf(data, "%s ", event->text);
}

static void on_renewed(const GError *error, gpointer data)
{
    *(int *)data = error ? -1 : 1;
}

Test(auth_login, the_token_is_renewed_by_a_new_assertion)
{
    static const Answer answers[] = {
        {200, DISCOVERY}, {200, TOKEN},
        {200, "{\"access_token\":\"second\",\"expires_in\":600}"},
        {0, NULL}, {400, "{\"error\":\"invalid_grant\"}"}};
    World *w = world_new(&ec, FALSE);
    world_login(w, answers, G_N_ELEMENTS(answers), NULL);
    pin(w, FAKE_PIN);
    until(w, "D");
    g_autoptr(GString) told = g_string_new(NULL);
    event_listen(EVENT_SESSION, on_event, told);
    int renewed[2] = {0};
    auth_session_renew(w->session, NULL, on_renewed, &renewed[0]);
    auth_session_renew(w->session, NULL, on_renewed, &renewed[1]); /* one trip for both */
    while (!renewed[1])
        g_main_context_iteration(NULL, TRUE);
    cr_assert_eq(renewed[0], 1);
    cr_assert_arr_eq(auth_session_token(w->session)->data, "second", 6);
    cr_assert_str_eq(told->str, "token ");
    cr_assert_eq(fake_card_asked(w->fake, CARD_OP_SIGN), 2);

    renewed[0] = 0; /* no answer: the old token still stands */
    auth_session_renew(w->session, NULL, on_renewed, &renewed[0]);
    while (!renewed[0])
        g_main_context_iteration(NULL, TRUE);
    cr_assert_eq(renewed[0], -1);
    cr_assert_str_eq(told->str, "token ");
    renewed[0] = 0; /* a refusal: it is lost */
    auth_session_renew(w->session, NULL, on_renewed, &renewed[0]);
    while (!renewed[0])
        g_main_context_iteration(NULL, TRUE);
    cr_assert_str_eq(told->str, "token token-lost ");
    world_free(w);
}

Test(auth_login, renewal_comes_by_itself_before_the_end)
{
    static const Answer answers[] = {{200, DISCOVERY}, {200, TOKEN}, {200, TOKEN}};
    clock_test_begin(1795000000LL * G_USEC_PER_SEC);
    World *w = world_new(&ec, FALSE);
    certificate_unref(w->cert);
    w->cert = fake_card_certificate(w->fake);
    world_login(w, answers, 3, NULL);
    pin(w, FAKE_PIN);
    until(w, "D");
    g_autoptr(GString) told = g_string_new(NULL);
    event_listen(EVENT_SESSION, on_event, told);
    clock_test_advance(530 * (gint64)G_USEC_PER_SEC);
    while (g_main_context_iteration(NULL, FALSE))
        continue;
    cr_assert_eq(fake_card_asked(w->fake, CARD_OP_SIGN), 1);
    clock_test_advance(11 * G_USEC_PER_SEC);
    while (told->len == 0)
        g_main_context_iteration(NULL, TRUE);
    cr_assert_str_eq(told->str, "token ");
    world_free(w);
    clock_test_end();
}
