/* SPDX-License-Identifier: GPL-3.0-or-later
 * PIN → data key and store → discovery (asked for while the PIN is typed) → token. Every step ends
 * in one call of emit(), after which the machine may be gone. */
#include "auth/login.h"

#include "auth/seal-key.h"
#include "auth/token.h"
#include "json/control.h"

#include <glib/gi18n.h>
#include <string.h>

#define KEYRING_WHAT "store-key"

typedef enum { WAITING_PIN, AT_CARD, OPENING, WAITING_START_OVER, AT_CORE, WAITING_CHOICE, WAITING_RETRY,
               ENDED } Step;

struct AuthLogin {
    TokenClient client; /* url once discovered */
    char *base_url, *store_dir, *person;
    gboolean personal;
    KeyringFn keyring_told;
    Scope *keyring_scope;
    AuthLoginFn fn;
    gpointer data;
    Scope *scope;
    Step step;
    gboolean discovering, start_over, chosen_once;
    Store *store;
    const char *notice;
};

static void emit(AuthLogin *login, LoginOutcome outcome)
{
    login->fn(login, &outcome, login->data);
}

static void fail(AuthLogin *login, const GError *error, const char *detail)
{
    login->step = ENDED;
    emit(login, (LoginOutcome){.state = LOGIN_FAILED, .error = error, .detail = detail});
}

static void fail_with(AuthLogin *login, AuthError code, const char *sentence, const char *detail)
{
    g_autoptr(GError) error = g_error_new_literal(AUTH_ERROR, code, sentence);
    fail(login, error, detail);
}

/* ---- the core ---- */

/* @why: what HTTP said, or NULL where the core answered that it cannot. */
static void offline(AuthLogin *login, const GError *why, const char *detail)
{
    g_autoptr(GError) error = token_offline(why);
    login->step = WAITING_RETRY;
    emit(login, (LoginOutcome){.state = LOGIN_OFFLINE, .error = error, .detail = detail});
}

static void ask_token(AuthLogin *login);

/* The only assignment there is needs no question, but is asked for only once. */
static gboolean choose_only(AuthLogin *login, const GPtrArray *commissions)
{
    if (commissions->len != 1 || login->chosen_once)
        return FALSE;
    login->chosen_once = TRUE;
    const AuthCommission *only = commissions->pdata[0];
    g_free(login->client.commission);
    login->client.commission = g_strdup(only->hsa_id);
    ask_token(login);
    return TRUE;
}

static void on_token(TokenGrant *grant, const GPtrArray *commissions, const char *detail,
                     const GError *error, gpointer data)
{
    AuthLogin *login = data;
    if (grant) {
        login->step = ENDED;
        AuthSession *session = session_new(&login->client, grant);
        emit(login, (LoginOutcome){.state = LOGIN_DONE, .session = session});
    } else if (commissions) {
        if (choose_only(login, commissions))
            return;
        login->step = WAITING_CHOICE;
        emit(login, (LoginOutcome){.state = LOGIN_CHOOSE, .commissions = commissions, .detail = detail});
    } else if (g_error_matches(error, AUTH_ERROR, AUTH_ERROR_OFFLINE)) {
        offline(login, error, detail);
    } else {
        fail(login, error, detail);
    }
}

static void ask_token(AuthLogin *login)
{
    login->step = AT_CORE;
    token_request(&login->client, login->scope, on_token, login);
}

static char **algs_read(const JsonTree *tree)
{
    static const char *const name = "token_endpoint_auth_signing_alg_values_supported";
    int count = json_tree_count(tree, name);
    if (count <= 0)
        return NULL;
    g_autoptr(GStrvBuilder) algs = g_strv_builder_new();
    for (int i = 0; i < count; i++) {
        g_autofree char *path = g_strdup_printf("%s.%d", name, i);
        const char *alg = json_tree_string(tree, path);
        if (alg)
            g_strv_builder_add(algs, alg);
    }
    return g_strv_builder_end(algs);
}

static void discover(AuthLogin *login);

static void ask_core(AuthLogin *login)
{
    login->step = AT_CORE;
    if (login->client.url)
        ask_token(login);
    else if (!login->discovering)
        discover(login);
}

static void on_discovered(guint status, GBytes *body, const char *request_id, const GError *error, gpointer data)
{
    AuthLogin *login = data;
    login->discovering = FALSE;
    gsize len = 0;
    const char *text = body && status == 200 ? g_bytes_get_data(body, &len) : NULL;
    g_autoptr(JsonTree) tree = text ? json_tree_parse(text, len, NULL) : NULL;
    const char *url = tree ? json_tree_string(tree, "token_endpoint") : NULL;
    if (url) {
        login->client.url = g_strdup(url);
        login->client.algs = algs_read(tree);
    }
    g_autofree char *asked = token_detail(NULL, request_id);
    if (login->step != AT_CORE) /* asked early; a failure is asked again when it is needed */
        return;
    if (url)
        ask_token(login);
    else if (error || status == 0 || status >= 500)
        offline(login, error, asked);
    else
        fail_with(login, AUTH_ERROR_PROTOCOL,
                  N_("The core does not say how to log in (smart-configuration). Check its address."), asked);
}

static void discover(AuthLogin *login)
{
    const AuthHttp *http = &login->client.http;
    g_autofree char *url = g_strdup_printf("%s%s.well-known/smart-configuration", login->base_url,
                                           g_str_has_suffix(login->base_url, "/") ? "" : "/");
    login->discovering = TRUE;
    http->get(http->net, login->scope, url, on_discovered, login);
}

/* ---- the store ---- */

static void hand_over_store(AuthLogin *login)
{
    LoginOutcome outcome = {.state = LOGIN_STORE, .store = g_steal_pointer(&login->store),
                            .notice = login->notice};
    GCancellable *alive = g_object_ref(scope_cancellable(login->scope));
    login->step = AT_CORE;
    emit(login, outcome);
    if (!g_cancellable_is_cancelled(alive)) /* not freed by its owner meanwhile */
        ask_core(login);
    g_object_unref(alive);
}

static void on_unlocked(gint64 id, const GError *error, gpointer data)
{
    AuthLogin *login = data;
    if (error)
        fail(login, error, NULL);
    else
        hand_over_store(login);
}

static void ask_start_over(AuthLogin *login, const GError *error)
{
    g_autoptr(GError) kept = g_error_copy(error);
    g_clear_pointer(&login->store, store_close);
    login->step = WAITING_START_OVER;
    emit(login, (LoginOutcome){.state = LOGIN_KEY, .error = kept});
}

static void on_keyring_key_wrapped(const SecretBuf *key, const GError *error, gpointer data)
{
    AuthLogin *login = data;
    if (error)
        ask_start_over(login, error);
    else
        store_unlock_async(login->store, key, login->scope, on_unlocked, login);
}

static void on_keyring_key(const SecretBuf *key, const GError *error, gpointer data)
{
    AuthLogin *login = data;
    if (key && key->len == STORE_KEY_BYTES) {
        seal_key_add(login->client.card, login->scope, login->client.cert, login->store, key,
                     on_keyring_key_wrapped, login);
        return;
    }
    g_autoptr(GError) lost = g_error_new_literal(
        AUTH_ERROR, AUTH_ERROR_KEY,
        error ? N_("This card cannot open the drafts that are kept on this computer, and the keyring, which may, does not "
                   "answer. Try again, or start over: the old drafts are then set aside, not deleted.")
              : N_("This card cannot open the drafts that are kept on this computer. Use the card they "
                   "were written with, or start over: the old drafts are then set aside, not deleted."));
    ask_start_over(login, lost);
}

static void on_key(const SecretBuf *key, const GError *error, gpointer data)
{
    AuthLogin *login = data;
    if (key) {
        if (login->personal)
            keyring_store(login->keyring_scope, login->person, KEYRING_WHAT, key, login->keyring_told, login->data);
        store_unlock_async(login->store, key, login->scope, on_unlocked, login);
    } else if (!g_error_matches(error, AUTH_ERROR, AUTH_ERROR_KEY)) {
        fail(login, error, NULL);
    } else if (login->personal) {
        keyring_lookup(login->scope, login->person, KEYRING_WHAT, on_keyring_key, login);
    } else {
        ask_start_over(login, error);
    }
}

static void on_store(Store *store, const GError *error, gpointer data)
{
    AuthLogin *login = data;
    if (!store) {
        fail(login, error, NULL);
        return;
    }
    login->store = store;
    Certificate *cert = login->client.cert;
    if (seal_key_possible(cert)) {
        seal_key_get(login->client.card, login->scope, cert, store, on_key, login);
        return;
    }
    login->notice = N_("This card cannot seal drafts: they are lost when you lock or log out.");
    g_autoptr(SecretBuf) key = seal_key_random();
    store_unlock_async(store, key, login->scope, on_unlocked, login);
}

static void open_store(AuthLogin *login)
{
    login->step = OPENING;
    if (!login->store_dir) {
        ask_core(login);
        return;
    }
    StoreFlags flags = !seal_key_possible(login->client.cert) ? STORE_VOLATILE
                       : login->start_over                    ? STORE_START_OVER
                                                              : STORE_DURABLE;
    store_open_async(login->scope, login->store_dir, login->person, flags, on_store, login);
}

/* ---- the card ---- */

static void on_card(const CardReply *reply, gpointer data)
{
    AuthLogin *login = data;
    if (reply->status == CARD_OK) {
        open_store(login);
        return;
    }
    gboolean again = (reply->status == CARD_PIN_WRONG && !(reply->flags & CARD_FLAG_LOCKED)) ||
                     reply->status == CARD_PIN_FORMAT;
    gboolean locked = reply->status == CARD_PIN_LOCKED || reply->status == CARD_PIN_WRONG;
    AuthError code = again ? AUTH_ERROR_PIN : locked ? AUTH_ERROR_LOCKED : AUTH_ERROR_CARD;
    g_autoptr(GError) error =
        g_error_new_literal(AUTH_ERROR, code, card_sentence(reply->status, reply->flags));
    login->step = again ? WAITING_PIN : ENDED;
    emit(login, (LoginOutcome){.state = again ? LOGIN_PIN : LOGIN_FAILED, .error = error,
                               .card_flags = reply->flags});
}

void auth_login_pin(AuthLogin *login, SecretBuf *pin)
{
    if (login->step != WAITING_PIN) { /* a second Enter: the PIN is not used twice */
        secret_free(pin);
        return;
    }
    login->step = AT_CARD;
    card_login(login->client.card, login->scope, login->client.cert->slot, pin, on_card, login);
}

void auth_login_choose(AuthLogin *login, const char *commission_hsa_id)
{
    if (login->step != WAITING_CHOICE)
        return;
    g_free(login->client.commission);
    login->client.commission = g_strdup(commission_hsa_id);
    ask_token(login);
}

void auth_login_retry(AuthLogin *login)
{
    if (login->step == WAITING_RETRY)
        ask_core(login);
}

void auth_login_start_over(AuthLogin *login)
{
    if (login->step != WAITING_START_OVER)
        return;
    login->start_over = TRUE;
    open_store(login);
}

AuthLogin *auth_login(const AuthConfig *config, const AuthHttp *http, CardClient *card,
                      Certificate *cert, const char *commission, AuthLoginFn fn, gpointer data)
{
    AuthLogin *login = g_new0(AuthLogin, 1);
    login->client = (TokenClient){.http = *http, .card = card, .cert = certificate_ref(cert),
                                  .client_id = g_strdup(config->client_id),
                                  .scope = g_strdup(config->scope),
                                  .commission = g_strdup(commission)};
    login->base_url = g_strdup(config->base_url);
    login->store_dir = g_strdup(config->store_dir);
    login->person = g_strdup_printf("%s|%s", config->base_url, cert->hsa_id);
    login->personal = config->personal_account;
    login->keyring_told = config->keyring_told;
    login->keyring_scope = config->keyring_scope;
    login->fn = fn;
    login->data = data;
    login->scope = scope_new();
    discover(login);
    return login;
}

void auth_login_free(AuthLogin *login)
{
    if (!login)
        return;
    scope_close(login->scope);
    store_close(login->store);
    token_client_clear(&login->client);
    g_free(login->base_url);
    g_free(login->store_dir);
    g_free(login->person);
    g_free(login);
}
