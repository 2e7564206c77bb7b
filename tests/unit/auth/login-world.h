/* SPDX-License-Identifier: GPL-3.0-or-later
 * auth/login-world.h — one login: a fake card, a core that answers from a script, a store in a directory of its own. */
#pragma once
#include "fake-card.h"

#include "auth/login.h"
#include "auth/seal-key.h"
#include "base/clock.h"
#include "base/event.h"
#include "store/draft.h"

#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <string.h>

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

static inline gboolean on_turn(gpointer user)
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

static inline void on_call_scope(gpointer user)
{
    Call *call = user;
    g_source_remove(call->source);
    g_free(call);
}

static inline void ask(Core *core, Scope *scope, const char *url, AuthHttpFn fn, gpointer data)
{
    Call *call = g_new0(Call, 1);
    *call = (Call){.core = core, .scope = scope, .fn = fn, .data = data};
    g_string_append_printf(core->urls, "%s ", url);
    call->scope_id = scope_add(scope, on_call_scope, call);
    call->source = g_idle_add(on_turn, call);
}

static inline void core_get(gpointer net, Scope *scope, const char *url, AuthHttpFn fn, gpointer data)
{
    ask(net, scope, url, fn, data);
}

static inline void core_post(gpointer net, Scope *scope, const char *url, const SecretBuf *form,
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
    gboolean free_when_done, personal;
    guint keyring_failed;
} World;

static const char letters[] = {[LOGIN_PIN] = 'P', [LOGIN_STORE] = 'S', [LOGIN_KEY] = 'K',
                               [LOGIN_CHOOSE] = 'C', [LOGIN_OFFLINE] = 'O', [LOGIN_DONE] = 'D',
                               [LOGIN_FAILED] = 'F'};

static inline void on_outcome(AuthLogin *login, const LoginOutcome *outcome, gpointer data)
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

static inline void on_keyring(const SecretBuf *secret, const GError *error, gpointer data)
{
    ((World *)data)->keyring_failed += error != NULL;
}

static inline void world_login(World *w, const Answer *answers, guint count, const char *commission)
{
    g_clear_pointer(&w->login, auth_login_free);
    w->core.answers = answers;
    w->core.count = count;
    w->core.next = 0;
    AuthConfig config = {.base_url = BASE, .client_id = "rond", .scope = "user/Patient.read user/Slot.read",
                         .store_dir = w->dir, .personal_account = w->personal, .keyring_told = w->personal ? on_keyring : NULL};
    AuthHttp http = {core_get, core_post, &w->core};
    w->login = auth_login(&config, &http, w->card, w->cert, commission, on_outcome, w);
}

static inline World *world_new(const FakeCert *cert, gboolean with_store)
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

static inline void world_free(World *w)
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

static inline void pin(World *w, const char *text)
{
    auth_login_pin(w->login, secret_new_from(text, strlen(text)));
}

static inline void until(World *w, const char *states)
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
