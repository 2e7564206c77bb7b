/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "auth/seal-key.h"

#include <glib/gi18n.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <sodium.h>
#include <string.h>

#define SALT_BYTES 32
#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG crypto_aead_xchacha20poly1305_ietf_ABYTES
#define KEK_LABEL "rond store key v1"
/* Whoever gets a signature over this text has the key: it is long, says what it is for, and nothing
 * else in rond signs text that is not a JWT. */
#define SIGN_LABEL "rond: this signature opens the sealed drafts on one computer; never give it away. v1:"

typedef enum { BY_DECRYPT, BY_AGREEMENT, BY_SIGNATURE } Way;

static const struct {
    const char *name;
    guint scheme;
    Way way;
    const char *digest;
} methods[] = { /* in the order they are tried */
    {"oaep-sha256", CARD_OAEP_SHA256, BY_DECRYPT, "SHA256"},
    {"oaep-sha1", CARD_OAEP_SHA1, BY_DECRYPT, "SHA1"},
    {"ecdh-hkdf", CARD_ECDH, BY_AGREEMENT, NULL},
    {"pkcs1-hkdf", CARD_RS256, BY_SIGNATURE, NULL},
};

typedef struct {
    CardClient *card;
    Scope *scope;
    guint scope_id;
    Certificate *cert;
    Store *store;
    SealKeyFn fn;
    gpointer data;
    GPtrArray *wraps; /* still to try, this certificate's first */
    SecretBuf *key;
    StoreWrap *trial; /* made here, to be opened by the card before it counts */
    gsize method;     /* next to try when making one */
    guint card_status; /* the card's trouble, if it had any */
} Task;

static gboolean method_possible(const Certificate *cert, gsize method)
{
    return (cert->can & 1u << methods[method].scheme) &&
           (methods[method].way == BY_AGREEMENT) == cert->is_ec;
}

gboolean seal_key_possible(const Certificate *cert)
{
    for (gsize i = 0; i < G_N_ELEMENTS(methods); i++) {
        if (method_possible(cert, i))
            return TRUE;
    }
    return FALSE;
}

SecretBuf *seal_key_random(void)
{
    SecretBuf *key = secret_new(STORE_KEY_BYTES);
    if (sodium_init() < 0)
        g_error("no random numbers");
    randombytes_buf(key->data, STORE_KEY_BYTES);
    key->len = STORE_KEY_BYTES;
    return key;
}

/* ---- cryptography, without the card ---- */

static EVP_PKEY *public_key(const Certificate *cert)
{
    gsize len;
    const unsigned char *der = g_bytes_get_data(cert->der, &len);
    X509 *x509 = d2i_X509(NULL, &der, (long)len);
    EVP_PKEY *key = x509 ? X509_get_pubkey(x509) : NULL;
    X509_free(x509);
    return key;
}

static SecretBuf *kek_from(gconstpointer secret, gsize len, GBytes *salt)
{
    SecretBuf *kek = secret_new(STORE_KEY_BYTES);
    EVP_KDF *kdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *ctx = EVP_KDF_CTX_new(kdf);
    gsize salt_len;
    gconstpointer salt_data = g_bytes_get_data(salt, &salt_len);
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)"SHA256", 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)secret, len),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)salt_data, salt_len),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, (void *)KEK_LABEL, strlen(KEK_LABEL)),
        OSSL_PARAM_construct_end(),
    };
    if (EVP_KDF_derive(ctx, kek->data, STORE_KEY_BYTES, params) == 1)
        kek->len = STORE_KEY_BYTES;
    EVP_KDF_CTX_free(ctx);
    EVP_KDF_free(kdf);
    return kek;
}

static void box(const SecretBuf *kek, const SecretBuf *key, GByteArray *out)
{
    guint8 sealed[NONCE + STORE_KEY_BYTES + TAG];
    randombytes_buf(sealed, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(sealed + NONCE, NULL, key->data, key->len, NULL, 0,
                                               NULL, sealed, kek->data);
    g_byte_array_append(out, sealed, sizeof sealed);
}

static SecretBuf *unbox(const SecretBuf *kek, const guint8 *sealed, gsize len)
{
    if (kek->len != STORE_KEY_BYTES || len != NONCE + STORE_KEY_BYTES + TAG)
        return NULL;
    SecretBuf *key = secret_new(STORE_KEY_BYTES);
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(key->data, NULL, NULL, sealed + NONCE, len - NONCE,
                                                   NULL, 0, sealed, kek->data) == 0)
        key->len = STORE_KEY_BYTES;
    else
        g_clear_pointer(&key, secret_free);
    return key;
}

static gboolean wrap_oaep(const Task *task, const char *digest, GByteArray *out)
{
    EVP_PKEY *pub = public_key(task->cert);
    EVP_PKEY_CTX *ctx = pub ? EVP_PKEY_CTX_new(pub, NULL) : NULL;
    const EVP_MD *md = EVP_get_digestbyname(digest);
    guint8 sealed[1024];
    gsize len = sizeof sealed;
    gboolean ok = ctx && EVP_PKEY_encrypt_init(ctx) > 0 &&
                  EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) > 0 &&
                  EVP_PKEY_CTX_set_rsa_oaep_md(ctx, md) > 0 &&
                  EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, md) > 0 &&
                  EVP_PKEY_encrypt(ctx, sealed, &len, task->key->data, task->key->len) > 0;
    if (ok)
        g_byte_array_append(out, sealed, (guint)len);
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(pub);
    return ok;
}

/* The ephemeral point (its length in one byte), then the boxed key. */
static gboolean wrap_ecdh(const Task *task, GBytes *salt, GByteArray *out)
{
    EVP_PKEY *pub = public_key(task->cert);
    char group[64] = "";
    if (pub)
        EVP_PKEY_get_group_name(pub, group, sizeof group, NULL);
    EVP_PKEY *own = *group ? EVP_EC_gen(group) : NULL;
    EVP_PKEY_CTX *ctx = own ? EVP_PKEY_CTX_new(own, NULL) : NULL;
    g_autoptr(SecretBuf) shared = secret_new(66);
    unsigned char *point = NULL;
    gsize len = shared->cap, point_len = own ? EVP_PKEY_get1_encoded_public_key(own, &point) : 0;
    gboolean ok = ctx && point_len > 0 && point_len < 256 && EVP_PKEY_derive_init(ctx) > 0 &&
                  EVP_PKEY_derive_set_peer(ctx, pub) > 0 &&
                  EVP_PKEY_derive(ctx, shared->data, &len) > 0;
    if (ok) {
        g_autoptr(SecretBuf) kek = kek_from(shared->data, len, salt);
        guint8 size = (guint8)point_len;
        g_byte_array_append(out, &size, 1);
        g_byte_array_append(out, point, (guint)point_len);
        box(kek, task->key, out);
    }
    OPENSSL_free(point);
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(own);
    EVP_PKEY_free(pub);
    return ok;
}

/* ---- with the card ---- */

static void task_free(gpointer data)
{
    Task *task = data;
    certificate_unref(task->cert);
    g_clear_pointer(&task->wraps, g_ptr_array_unref);
    secret_free(task->key);
    store_wrap_free(task->trial);
    g_free(task);
}

static void finish(Task *task, const GError *error)
{
    SealKeyFn fn = task->fn;
    gpointer data = task->data;
    g_autoptr(SecretBuf) key = error ? NULL : g_steal_pointer(&task->key);
    scope_remove(task->scope, task->scope_id);
    task_free(task);
    fn(key, error, data);
}

static void fail(Task *task)
{
    g_autoptr(GError) error = NULL;
    if (task->card_status >= CARD_DEADLINE || task->card_status == CARD_NO_TOKEN ||
        task->card_status == CARD_NOT_LOGGED_IN)
        error = g_error_new_literal(AUTH_ERROR, AUTH_ERROR_CARD, card_sentence(task->card_status, 0));
    else
        error = g_error_new_literal(
            AUTH_ERROR, AUTH_ERROR_KEY,
            N_("This card cannot open the drafts that are kept on this computer. Use the card they "
               "were written with, or start over: the old drafts are then set aside, not deleted."));
    finish(task, error);
}

static gsize method_of(const StoreWrap *wrap)
{
    gsize i = 0;
    while (i < G_N_ELEMENTS(methods) && !g_str_equal(methods[i].name, wrap->method))
        i++;
    return i;
}

static void ask_card(Task *task, const StoreWrap *wrap, CardFn fn)
{
    const Certificate *c = task->cert;
    gsize method = method_of(wrap), len;
    guint scheme = methods[method].scheme;
    const guint8 *data = g_bytes_get_data(wrap->wrapped, &len);
    if (methods[method].way == BY_SIGNATURE) {
        guint8 hash[crypto_hash_sha256_BYTES];
        crypto_hash_sha256_state state;
        crypto_hash_sha256_init(&state);
        crypto_hash_sha256_update(&state, (const guint8 *)SIGN_LABEL, strlen(SIGN_LABEL));
        crypto_hash_sha256_update(&state, g_bytes_get_data(wrap->salt, NULL), g_bytes_get_size(wrap->salt));
        crypto_hash_sha256_final(&state, hash);
        card_sign(task->card, task->scope, c->slot, c->key_id, c->key_id_len, scheme, hash,
                  sizeof hash, fn, task);
        return;
    }
    if (methods[method].way == BY_AGREEMENT) {
        gsize point = len > 0 ? data[0] : 0;
        len = point < len ? point : 0;
        data++;
    }
    card_unwrap(task->card, task->scope, c->slot, c->key_id, c->key_id_len, scheme, data,
                MIN(len, CARD_MAX_DATA), fn, task);
}

static SecretBuf *open_wrap(const StoreWrap *wrap, const SecretBuf *answer)
{
    Way way = methods[method_of(wrap)].way;
    if (way == BY_DECRYPT)
        return answer->len == STORE_KEY_BYTES ? secret_new_from(answer->data, answer->len) : NULL;
    gsize len, skip;
    const guint8 *data = g_bytes_get_data(wrap->wrapped, &len);
    skip = way == BY_AGREEMENT && len > 0 ? 1 + (gsize)data[0] : 0;
    g_autoptr(SecretBuf) kek = kek_from(answer->data, answer->len, wrap->salt);
    return skip <= len ? unbox(kek, data + skip, len - skip) : NULL;
}

static void make_next(Task *task);

static void on_stored(gint64 id, const GError *error, gpointer data)
{
    finish(data, error);
}

static void on_trial_opened(const CardReply *reply, gpointer data)
{
    Task *task = data;
    g_autoptr(SecretBuf) key = reply->status == CARD_OK ? open_wrap(task->trial, reply->data) : NULL;
    if (key && sodium_memcmp(key->data, task->key->data, STORE_KEY_BYTES) == 0) {
        store_wrap_add(task->store, task->trial, task->scope, on_stored, task);
        return;
    }
    task->card_status = reply->status;
    make_next(task);
}

static void on_signed_first(const CardReply *reply, gpointer data)
{
    Task *task = data;
    task->card_status = reply->status;
    if (reply->status != CARD_OK) {
        make_next(task);
        return;
    }
    g_autoptr(SecretBuf) kek = kek_from(reply->data->data, reply->data->len, task->trial->salt);
    GByteArray *sealed = g_byte_array_new();
    box(kek, task->key, sealed);
    g_bytes_unref(task->trial->wrapped);
    task->trial->wrapped = g_byte_array_free_to_bytes(sealed);
    ask_card(task, task->trial, on_trial_opened); /* again: it must be the same each time */
}

static void make_next(Task *task)
{
    while (task->method < G_N_ELEMENTS(methods) && !method_possible(task->cert, task->method))
        task->method++;
    if (task->method == G_N_ELEMENTS(methods) || task->card_status >= CARD_DEADLINE) {
        fail(task);
        return;
    }
    gsize method = task->method++;
    g_autoptr(GByteArray) sealed = g_byte_array_new();
    guint8 salt[SALT_BYTES];
    randombytes_buf(salt, sizeof salt);
    store_wrap_free(task->trial);
    task->trial = g_new0(StoreWrap, 1);
    task->trial->method = g_strdup(methods[method].name);
    task->trial->salt = g_bytes_new(salt, sizeof salt);
    memcpy(task->trial->cert_sha256, task->cert->sha256, sizeof task->cert->sha256);
    gboolean ok = methods[method].way == BY_SIGNATURE ||
                  (methods[method].way == BY_DECRYPT
                       ? wrap_oaep(task, methods[method].digest, sealed)
                       : wrap_ecdh(task, task->trial->salt, sealed));
    task->trial->wrapped = g_bytes_new(sealed->data, sealed->len);
    if (!ok)
        make_next(task);
    else
        ask_card(task, task->trial,
                 methods[method].way == BY_SIGNATURE ? on_signed_first : on_trial_opened);
}

static void open_next(Task *task);

static void on_opened(const CardReply *reply, gpointer data)
{
    Task *task = data;
    g_autoptr(StoreWrap) wrap = g_ptr_array_steal_index(task->wraps, 0);
    task->key = reply->status == CARD_OK ? open_wrap(wrap, reply->data) : NULL;
    if (!task->key) {
        task->card_status = reply->status;
        if (reply->status >= CARD_DEADLINE)
            fail(task);
        else
            open_next(task);
        return;
    }
    if (memcmp(wrap->cert_sha256, task->cert->sha256, sizeof wrap->cert_sha256) == 0)
        finish(task, NULL);
    else
        make_next(task); /* a renewed certificate of the same key: from now on known by its own name */
}

static void open_next(Task *task)
{
    while (task->wraps->len > 0) {
        gsize method = method_of(task->wraps->pdata[0]);
        if (method < G_N_ELEMENTS(methods) && method_possible(task->cert, method)) {
            ask_card(task, task->wraps->pdata[0], on_opened);
            return;
        }
        g_ptr_array_remove_index(task->wraps, 0);
    }
    if (!store_is_fresh(task->store)) {
        fail(task);
        return;
    }
    task->key = seal_key_random();
    make_next(task);
}

static Task *task_new(CardClient *card, Scope *scope, Certificate *cert, Store *store, SealKeyFn fn,
                      gpointer data)
{
    Task *task = g_new0(Task, 1);
    *task = (Task){.card = card, .scope = scope, .cert = certificate_ref(cert), .store = store,
                   .fn = fn, .data = data};
    task->scope_id = scope_add(scope, task_free, task);
    return task;
}

void seal_key_get(CardClient *card, Scope *scope, Certificate *cert, Store *store, SealKeyFn fn,
                  gpointer data)
{
    Task *task = task_new(card, scope, cert, store, fn, data);
    g_autoptr(GError) error = NULL;
    task->wraps = store_wraps(store, &error);
    if (!task->wraps) {
        finish(task, error);
        return;
    }
    for (guint i = 1; i < task->wraps->len; i++) {
        const StoreWrap *wrap = task->wraps->pdata[i];
        if (memcmp(wrap->cert_sha256, cert->sha256, sizeof wrap->cert_sha256) == 0)
            g_ptr_array_insert(task->wraps, 0, g_ptr_array_steal_index(task->wraps, i));
    }
    open_next(task);
}

void seal_key_add(CardClient *card, Scope *scope, Certificate *cert, Store *store,
                  const SecretBuf *key, SealKeyFn fn, gpointer data)
{
    Task *task = task_new(card, scope, cert, store, fn, data);
    task->key = secret_new_from(key->data, key->len);
    make_next(task);
}
