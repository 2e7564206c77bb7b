/* SPDX-License-Identifier: GPL-3.0-or-later
 * The login machine against a fake card and scripted answers of a core; and the data key. */
#include "fake-card.h"

#include "auth/login.h"
#include "auth/seal-key.h"
#include "base/clock.h"
#include "base/event.h"
#include "store/draft.h"

#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

TestSuite(auth_login, .timeout = 40);

#define BASE "https://core.example/fhir"
#define DISCOVERY "{\"token_endpoint\":\"https://core.example/token\"}"
#define TOKEN                                                                                    \
    "{\"access_token\":\"abc123\",\"token_type\":\"Bearer\",\"expires_in\":600,"                  \
    "\"scope\":\"user/Patient.read\",\"fhirUser\":\"Practitioner/1\",\"role\":\"läkare\","        \
    "\"practitionerRole\":\"PractitionerRole/7\",\"unit\":\"Organization/8\","                  \
    "\"commission\":{\"hsaId\":\"SE2321000131-U000000000002\",\"name\":\"VoB Avd 2\","            \
    "\"purpose\":\"Vård och behandling\",\"unit\":\"Avd 2\"}}"
#define CHOICES                                                                                  \
    "{\"error\":\"invalid_grant\",\"commissions\":["                                             \
    "{\"hsaId\":\"SE2321000131-U000000000001\",\"name\":\"VoB Avd 1\"},"                          \
    "{\"hsaId\":\"SE2321000131-U000000000002\",\"name\":\"VoB\\u001b[31m Avd 2\"}]}"
#define ONE_CHOICE                                                                               \
    "{\"error\":\"invalid_grant\",\"commissions\":[{\"hsaId\":\"SE2321000131-U000000000001\"}]}"

/* What the core says, in order; status 0: it does not answer. */
typedef struct {
    guint status;
    const char *body;
} Answer;

typedef struct {
    const Answer *answers;
    guint next, count;
    GPtrArray *forms; /* what was posted */
    GString *urls;
    guint waiting;
} Core;

typedef struct {
    Core *core;
    Scope *scope;
    guint scope_id;
    AuthHttpFn fn;
    gpointer data;
    guint source;
} Call;

static gboolean on_turn(gpointer user)
{
    Call *call = user;
    Core *core = call->core;
    cr_assert_lt(core->next, core->count, "the core was asked once too often: %s", core->urls->str);
    const Answer *answer = &core->answers[core->next++];
    g_autoptr(GBytes) body = answer->body ? g_bytes_new_static(answer->body, strlen(answer->body)) : NULL;
    g_autoptr(GError) error =
        answer->status ? NULL : g_error_new_literal(G_IO_ERROR, G_IO_ERROR_FAILED, "no answer");
    AuthHttpFn fn = call->fn;
    gpointer data = call->data;
    scope_remove(call->scope, call->scope_id);
    g_free(call);
    fn(answer->status, body, answer->status ? "req-1" : NULL, error, data);
    return G_SOURCE_REMOVE;
}

static void on_call_scope(gpointer user)
{
    Call *call = user;
    g_source_remove(call->source);
    g_free(call);
}

static void ask(Core *core, Scope *scope, const char *url, AuthHttpFn fn, gpointer data)
{
    Call *call = g_new0(Call, 1);
    *call = (Call){.core = core, .scope = scope, .fn = fn, .data = data};
    g_string_append_printf(core->urls, "%s ", url);
    call->scope_id = scope_add(scope, on_call_scope, call);
    call->source = g_idle_add(on_turn, call);
}

static void core_get(gpointer net, Scope *scope, const char *url, AuthHttpFn fn, gpointer data)
{
    ask(net, scope, url, fn, data);
}

static void core_post(gpointer net, Scope *scope, const char *url, const SecretBuf *form,
                      AuthHttpFn fn, gpointer data)
{
    Core *core = net;
    g_ptr_array_add(core->forms, g_strndup((const char *)form->data, form->len));
    ask(core, scope, url, fn, data);
}

/* ---- one login ---- */

typedef struct {
    FakeCard *fake;
    CardClient *card;
    Certificate *cert;
    Core core;
    AuthLogin *login;
    char *dir;
    GString *states; /* one letter each */
    Store *store;
    AuthSession *session;
    char *error, *detail, *notice, *second_name;
    guint flags;
    gboolean free_when_done;
} World;

static const char letters[] = {[LOGIN_PIN] = 'P', [LOGIN_STORE] = 'S', [LOGIN_KEY] = 'K',
                               [LOGIN_CHOOSE] = 'C', [LOGIN_OFFLINE] = 'O', [LOGIN_DONE] = 'D',
                               [LOGIN_FAILED] = 'F'};

static void on_outcome(AuthLogin *login, const LoginOutcome *outcome, gpointer data)
{
    World *w = data;
    g_string_append_c(w->states, letters[outcome->state]);
    g_free(w->error);
    w->error = outcome->error ? g_strdup(outcome->error->message) : NULL;
    g_free(w->detail);
    w->detail = g_strdup(outcome->detail);
    w->flags = outcome->card_flags;
    if (outcome->notice)
        w->notice = g_strdup(outcome->notice);
    if (outcome->store)
        w->store = outcome->store;
    if (outcome->session)
        w->session = outcome->session;
    if (outcome->commissions && outcome->commissions->len > 1)
        w->second_name = g_strdup(((AuthCommission *)outcome->commissions->pdata[1])->name);
    if (outcome->state == LOGIN_DONE && w->free_when_done)
        g_clear_pointer(&w->login, auth_login_free);
}

static void world_login(World *w, const Answer *answers, guint count, const char *commission)
{
    g_clear_pointer(&w->login, auth_login_free);
    w->core.answers = answers;
    w->core.count = count;
    w->core.next = 0;
    AuthConfig config = {.base_url = BASE, .client_id = "rond", .scope = "user/Patient.read user/Slot.read",
                         .store_dir = w->dir};
    AuthHttp http = {core_get, core_post, &w->core};
    w->login = auth_login(&config, &http, w->card, w->cert, commission, on_outcome, w);
}

static World *world_new(const FakeCert *cert, gboolean with_store)
{
    World *w = g_new0(World, 1);
    w->fake = fake_card_new(cert, 1);
    w->card = card_client_new(fake_card_fd(w->fake), NULL, NULL);
    w->cert = fake_card_certificate(w->fake);
    w->core.forms = g_ptr_array_new_with_free_func(g_free);
    w->core.urls = g_string_new(NULL);
    w->states = g_string_new(NULL);
    w->dir = with_store ? g_dir_make_tmp("rond-login-XXXXXX", NULL) : NULL;
    return w;
}

static void world_free(World *w)
{
    auth_login_free(w->login);
    auth_session_free(w->session);
    store_close(w->store);
    card_client_free(w->card);
    fake_card_free(w->fake);
    certificate_unref(w->cert);
    g_ptr_array_unref(w->core.forms);
    g_string_free(w->core.urls, TRUE);
    g_string_free(w->states, TRUE);
    if (w->dir) {
        g_autoptr(GDir) d = g_dir_open(w->dir, 0, NULL);
        const char *name;
        while ((name = g_dir_read_name(d))) {
            g_autofree char *path = g_build_filename(w->dir, name, NULL);
            g_unlink(path);
        }
        g_rmdir(w->dir);
    }
    g_free(w->dir);
    g_free(w->detail);
    g_free(w->error);
    g_free(w->notice);
    g_free(w->second_name);
    g_free(w);
}

static void pin(World *w, const char *text)
{
    auth_login_pin(w->login, secret_new_from(text, strlen(text)));
}

static void until(World *w, const char *states)
{
    while (w->states->len < strlen(states))
        g_main_context_iteration(NULL, TRUE);
    while (g_main_context_iteration(NULL, FALSE))
        continue;
    cr_assert_str_eq(w->states->str, states, "%s, not %s: %s", w->states->str, states,
                     w->error ? w->error : "");
}

static const FakeCert ec = {.key = "EC:P-256"}, rsa = {.key = "RSA:2048"};
static const Answer plain[] = {{200, DISCOVERY}, {200, TOKEN}};

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

Test(auth_login, a_new_card_reads_nothing_and_starting_over_keeps_the_old_file)
{
    World *w = world_new(&rsa, TRUE);
    world_login(w, plain, 2, NULL);
    pin(w, FAKE_PIN);
    until(w, "SD");
    write_draft(w->store);
    g_clear_pointer(&w->store, store_close);
    g_clear_pointer(&w->session, auth_session_free);
    g_clear_pointer(&w->login, auth_login_free);

    card_client_free(w->card); /* the same person with a new card */
    fake_card_free(w->fake);
    certificate_unref(w->cert);
    w->fake = fake_card_new(&rsa, 1);
    w->card = card_client_new(fake_card_fd(w->fake), NULL, NULL);
    w->cert = fake_card_certificate(w->fake);
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
