/* SPDX-License-Identifier: GPL-3.0-or-later
 * A login that was begun with one card ends with it: no other card's PIN goes into it. */
#include <criterion/criterion.h>

#include "auth/fake-card.h"
#include "base/event.h"
#include "main/wiring.h"

static const FakeCert ec = {.key = "EC:P-256"};
static char home[] = "/tmp/wire-login-XXXXXX";
static Wiring w;
static App app;
static FakeCard *fake;
static guint answers;
static SigninState last;

static void on_status(App *a, StatusKind kind, const char *text)
{
}

static const Frontend frontend = {.status = on_status};

static void begin(void)
{
    const NetConfig net = {.origin = "unix:/nowhere", .base_path = ""};
    cr_assert(mkdtemp(home));
    g_setenv("ROND_HOME", home, TRUE);
    app = (App){.options = options_new(), .frontend = &frontend, .training = TRUE};
    fake = fake_card_new(&ec, 1);
    w = (Wiring){.app = &app, .scope = scope_new(), .binding = client_binding_new(), .base_url = "",
                 .card = card_client_new(fake_card_fd(fake), NULL, NULL)};
    w.client = client_new(&(ClientConfig){.net = net, .store = &client_binding_store, .store_data = w.binding,
                                          .auth = &client_binding_auth, .auth_data = w.binding}, NULL);
    cr_assert(w.client);
    app.services = (Services){.self = &w};
    wire_cards(&w, &app.services);
    wire_login(&app.services);
}

static void end(void)
{
    scope_close(w.scope);
    wire_cards_end(&w);
    auth_login_free(w.login);
    secret_free(w.pin);
    client_free(w.client);
    client_binding_free(w.binding);
    card_client_free(w.card);
    fake_card_free(fake);
    options_free((Options *)app.options);
    rmdir(home);
}

TestSuite(wire_login, .init = begin, .fini = end, .timeout = 20);

static void on_signin(const SigninAnswer *a, gpointer data)
{
    answers++;
    last = a->state;
}

static void log_in(const char *pin)
{
    app.services.login(&w, secret_new_from(pin, strlen(pin)), NULL, on_signin, NULL);
}

static void until_answers(guint n)
{
    while (answers < n)
        g_main_context_iteration(NULL, TRUE);
}

static void card(const char *what)
{
    event_emit(&(Event){.kind = EVENT_CARD, .text = what});
}

Test(wire_login, the_next_card_is_not_tried_in_the_login_of_the_one_before)
{
    log_in("111111");
    until_answers(1);
    cr_assert_eq(last, SIGNIN_PIN_WRONG);
    cr_assert(w.login);
    card("swapped");
    cr_assert_not(w.login);
    cr_assert_eq(answers, 2);
    cr_assert_eq(last, SIGNIN_FAILED);
    log_in("111111");
    until_answers(3);
    cr_assert_eq(fake_card_asked(fake, CARD_OP_LIST), 2, "the certificate is read from the card that is in");
}

Test(wire_login, a_card_that_is_put_in_changes_nothing)
{
    log_in("111111");
    until_answers(1);
    card("present");
    cr_assert(w.login);
    card("gone");
    cr_assert_not(w.login);
}

static void on_listed(const CardReply *reply, gpointer data)
{
    *(gboolean *)data = TRUE;
}

/* While the card is still read. Answers come in the order of what was asked. */
Test(wire_login, a_card_that_is_pulled_while_it_is_read_is_not_logged_in_with)
{
    gboolean listed = FALSE;
    log_in(FAKE_PIN);
    card("gone");
    cr_assert_not(w.pin);
    cr_assert_eq(answers, 1);
    cr_assert_eq(last, SIGNIN_FAILED);
    card_list(w.card, w.scope, on_listed, &listed);
    while (!listed)
        g_main_context_iteration(NULL, TRUE);
    cr_assert_not(w.login);
    cr_assert_eq(answers, 1);
}

Test(wire_login, nothing_is_said_where_nothing_was_begun)
{
    w.signin = on_signin;
    card("gone");
    cr_assert_eq(answers, 0);
}
