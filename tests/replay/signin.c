/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "replay/signin.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/x509v3.h>
#include <string.h>

#include "main/wiring.h"
#include "support/minicore.h"
#include "tests/screen/runner.h"

#define PIN "123456"

/* ---- the card ---- */

static struct {
    EVP_PKEY *key;
    guint8 *der;
    int len;
} card;

static void add_name(X509_NAME *name, const char *field, const char *text)
{
    X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, (const guchar *)text, -1, -1, 0);
}

static void add_usage(X509 *x, int nid, const char *text)
{
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, text);
    X509_add_ext(x, e, -1);
    X509_EXTENSION_free(e);
}

static void make_card(void)
{
    if (card.key)
        return;
    card.key = EVP_EC_gen("P-256");
    X509 *x = X509_new();
    X509_NAME *subject = X509_get_subject_name(x), *issuer = X509_NAME_new();
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    ASN1_TIME_set_string(X509_getm_notBefore(x), "20200101000000Z");
    ASN1_TIME_set_string(X509_getm_notAfter(x), "20991231000000Z");
    add_name(subject, "CN", "Eva Lind");
    add_name(subject, "GN", "Eva");
    add_name(subject, "SN", "Lind");
    add_name(subject, "serialNumber", "SE2329999993-1001");
    add_name(issuer, "O", CERT_TRAINING_ISSUER);
    add_name(issuer, "CN", "rond övning CA");
    X509_set_issuer_name(x, issuer);
    X509_NAME_free(issuer);
    add_usage(x, NID_key_usage, "critical,digitalSignature");
    add_usage(x, NID_ext_key_usage, "clientAuth");
    X509_set_pubkey(x, card.key);
    X509_sign(x, card.key, EVP_sha256());
    card.len = i2d_X509(x, &card.der);
    X509_free(x);
}

static SecretBuf *list_of_card(void)
{
    struct card_cert head = {.can = 1u << CARD_ES256, .key_id_len = 1, .der_len = (guint32)card.len, .key_id = {1}};
    g_strlcpy(head.token_label, "kort", sizeof head.token_label);
    g_strlcpy(head.token_serial, "0001", sizeof head.token_serial);
    SecretBuf *list = secret_new(sizeof head + (gsize)card.len);
    secret_append(list, (const char *)&head, sizeof head);
    secret_append(list, (const char *)card.der, (gsize)card.len);
    return list;
}

static SecretBuf *signature(const guint8 *hash, gsize len)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(card.key, NULL);
    guint8 der[128], raw[64];
    gsize n = sizeof der;
    const guint8 *at = der;
    gboolean good = EVP_PKEY_sign_init(ctx) > 0 && EVP_PKEY_sign(ctx, der, &n, hash, len) > 0;
    EVP_PKEY_CTX_free(ctx);
    ECDSA_SIG *sig = good ? d2i_ECDSA_SIG(NULL, &at, (long)n) : NULL;
    if (!sig)
        g_error("the card does not sign");
    BN_bn2binpad(ECDSA_SIG_get0_r(sig), raw, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(sig), raw + 32, 32);
    ECDSA_SIG_free(sig);
    return secret_new_from((const char *)raw, sizeof raw);
}

/* ---- its side of the session: the linker puts these before the real ones ---- */

typedef struct {
    Scope *scope;
    guint scope_id, idle, status;
    CardFn fn;
    gpointer data;
    SecretBuf *out;
} Asked;

static void asked_free(gpointer data)
{
    Asked *a = data;
    g_clear_handle_id(&a->idle, g_source_remove);
    secret_free(a->out);
    g_free(a);
}

static gboolean on_turn(gpointer data)
{
    Asked *a = data;
    a->idle = 0;
    CardReply reply = {.status = a->status, .data = a->out};
    if (a->scope)
        scope_remove(a->scope, a->scope_id);
    if (a->fn)
        a->fn(&reply, a->data);
    asked_free(a);
    return G_SOURCE_REMOVE;
}

static void answer(Scope *scope, CardFn fn, gpointer data, guint status, SecretBuf *out)
{
    Asked *a = g_new(Asked, 1);
    *a = (Asked){.scope = scope, .status = status, .fn = fn, .data = data, .out = out};
    if (scope)
        a->scope_id = scope_add(scope, asked_free, a);
    a->idle = g_idle_add(on_turn, a);
}

void __wrap_card_list(CardClient *client, Scope *scope, CardFn fn, gpointer data);
void __wrap_card_login(CardClient *client, Scope *scope, guint slot, SecretBuf *pin, CardFn fn, gpointer data);
void __wrap_card_sign(CardClient *client, Scope *scope, guint slot, const guint8 *key_id, gsize key_id_len, guint scheme,
                      const guint8 *hash, gsize len, CardFn fn, gpointer data);
void __wrap_card_logout(CardClient *client, Scope *scope, guint slot, CardFn fn, gpointer data);

void __wrap_card_list(CardClient *client, Scope *scope, CardFn fn, gpointer data)
{
    answer(scope, fn, data, CARD_OK, list_of_card());
}

void __wrap_card_login(CardClient *client, Scope *scope, guint slot, SecretBuf *pin, CardFn fn, gpointer data)
{
    gboolean right = pin->len == strlen(PIN) && memcmp(pin->data, PIN, pin->len) == 0;
    secret_free(pin);
    answer(scope, fn, data, right ? CARD_OK : CARD_PIN_WRONG, NULL);
}

void __wrap_card_sign(CardClient *client, Scope *scope, guint slot, const guint8 *key_id, gsize key_id_len, guint scheme,
                      const guint8 *hash, gsize len, CardFn fn, gpointer data)
{
    answer(scope, fn, data, CARD_OK, signature(hash, len));
}

void __wrap_card_logout(CardClient *client, Scope *scope, guint slot, CardFn fn, gpointer data)
{
    if (fn)
        answer(scope, fn, data, CARD_OK, NULL);
}

/* ---- the parts of a session that a login needs ---- */

static struct {
    Story *story; /* of the next program */
    Replay *replay;
    MemStore *store;
    Wiring wiring;
    Services real;
} now;

static void login(gpointer self, SecretBuf *pin, const char *commission, SigninFn fn, gpointer data)
{
    now.real.login(&now.wiring, pin, commission, fn, data);
}

static void start_over(gpointer self)
{
    now.real.start_over(&now.wiring);
}

static void begin(App *app, gpointer data)
{
    g_autoptr(GError) error = NULL;
    make_card();
    now.replay = replay_new(g_steal_pointer(&now.story), NULL);
    now.store = memstore_new();
    now.wiring = (Wiring){.app = app, .scope = scope_new(), .binding = client_binding_new()};
    now.wiring.base_url = g_strconcat(replay_origin(now.replay), "/fhir", NULL);
    ClientConfig config = {.store = &memstore_table, .store_data = now.store, .auth = &client_binding_auth,
                           .auth_data = now.wiring.binding};
    config.net = (NetConfig){.origin = replay_origin(now.replay), .base_path = "/fhir"};
    now.wiring.client = client_new(&config, &error);
    g_assert_no_error(error);
    wire_login(&now.real);
    app->services.login = login;
    app->services.start_over = start_over;
}

static gboolean busy(gpointer data)
{
    return client_busy(now.wiring.client) > replay_resting(now.replay);
}

static void end(gpointer data)
{
    Wiring *w = &now.wiring;
    scope_close(w->scope);
    g_clear_pointer(&w->login, auth_login_free);
    g_clear_pointer(&w->idle, idle_free);
    w->app->client = NULL;
    g_clear_pointer(&w->client, client_free);
    g_clear_pointer(&w->binding, client_binding_free);
    g_clear_pointer(&w->session, auth_session_free);
    g_clear_pointer(&w->pin, secret_free);
    g_clear_pointer(&w->app->who, who_free);
    g_free(w->base_url);
    g_clear_pointer(&now.replay, replay_free);
    g_clear_pointer(&now.store, memstore_free);
}

void signin_play(Story *story)
{
    story_free(now.story);
    now.story = story;
    screen_app_services(&(ScreenServices){begin, busy, end, NULL});
}

Replay *signin_replay(void)
{
    return now.replay;
}
