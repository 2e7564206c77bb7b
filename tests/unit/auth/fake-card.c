/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fake-card.h"

#include <criterion/criterion.h>
#include <gio/gio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CERTS_MAX 8
#define TRIES 3

typedef struct {
    EVP_PKEY *key;
    guint8 *der;
    int der_len;
    guint can, flags;
} Held;

struct FakeCard {
    Held held[CERTS_MAX];
    guint count;
    int tries;
    gboolean logged_in;
    int hang, die;        /* atomic */
    int asked[CARD_OP_LOGOUT + 1]; /* atomic */
    GPtrArray *threads;
    GArray *ends; /* our ends of the socket pairs */
};

static void name_add(X509_NAME *name, const char *field, const char *text)
{
    X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, (const guchar *)text, -1, -1, 0);
}

static void extension_add(X509 *x, int nid, const char *text)
{
    X509_EXTENSION *e = X509V3_EXT_conf_nid(NULL, NULL, nid, text);
    cr_assert_not_null(e);
    X509_add_ext(x, e, -1);
    X509_EXTENSION_free(e);
}

static X509 *make_certificate(const FakeCert *want, EVP_PKEY *key)
{
    X509 *x = X509_new();
    gboolean dated = want->from_days || want->to_days;
    X509_set_version(x, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x), 1);
    X509_gmtime_adj(X509_getm_notBefore(x), 86400L * (dated ? want->from_days : -1));
    X509_gmtime_adj(X509_getm_notAfter(x), 86400L * (dated ? want->to_days : 365));
    X509_NAME *subject = X509_get_subject_name(x), *issuer = X509_NAME_new();
    name_add(subject, "CN", "Åsa Övning");
    name_add(subject, "GN", "Åsa");
    name_add(subject, "SN", "Övning");
    name_add(subject, "serialNumber", want->hsa ? want->hsa : FAKE_HSA);
    name_add(issuer, "O", want->issuer_o ? want->issuer_o : CERT_TRAINING_ISSUER);
    name_add(issuer, "CN", want->issuer_cn ? want->issuer_cn : "rond övning CA");
    X509_set_issuer_name(x, issuer);
    X509_NAME_free(issuer);
    extension_add(x, NID_key_usage, want->usage ? want->usage : "critical,digitalSignature");
    if (!want->extended || *want->extended)
        extension_add(x, NID_ext_key_usage, want->extended ? want->extended : "clientAuth");
    X509_set_pubkey(x, key);
    X509_sign(x, key, EVP_sha256());
    return x;
}

static guint usual_can(EVP_PKEY *key)
{
    if (EVP_PKEY_is_a(key, "RSA"))
        return 1u << CARD_RS256 | 1u << CARD_PS256 | 1u << CARD_OAEP_SHA1;
    return 1u << (EVP_PKEY_get_bits(key) == 384 ? CARD_ES384 : CARD_ES256) | 1u << CARD_ECDH;
}

FakeCard *fake_card_new(const FakeCert *certs, guint count)
{
    FakeCard *fake = g_new0(FakeCard, 1);
    fake->count = count;
    fake->tries = TRIES;
    fake->threads = g_ptr_array_new();
    fake->ends = g_array_new(FALSE, FALSE, sizeof(int));
    for (guint i = 0; i < count; i++) {
        Held *held = &fake->held[i];
        held->key = g_str_has_prefix(certs[i].key, "RSA") ? EVP_RSA_gen(2048)
                                                          : EVP_EC_gen(certs[i].key + 3);
        X509 *x = make_certificate(&certs[i], held->key);
        held->der_len = i2d_X509(x, &held->der);
        X509_free(x);
        held->can = certs[i].can ? certs[i].can : usual_can(held->key);
        held->flags = certs[i].flags;
    }
    return fake;
}

/* ---- what the card does ---- */

static gsize to_raw(const guint8 *der, gsize len, int bits, guint8 *out)
{
    ECDSA_SIG *sig = d2i_ECDSA_SIG(NULL, &der, (long)len);
    int half = bits / 8;
    BN_bn2binpad(ECDSA_SIG_get0_r(sig), out, half);
    BN_bn2binpad(ECDSA_SIG_get0_s(sig), out + half, half);
    ECDSA_SIG_free(sig);
    return (gsize)half * 2;
}

static guint sign(const Held *held, const struct card_request *q, struct card_reply *r)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(held->key, NULL);
    guint8 sig[1024];
    gsize len = sizeof sig;
    const EVP_MD *md = q->scheme == CARD_ES384 ? EVP_sha384() : EVP_sha256();
    gboolean ok = EVP_PKEY_sign_init(ctx) > 0;
    if (q->scheme == CARD_PS256)
        ok = ok && EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING) > 0;
    ok = ok && EVP_PKEY_CTX_set_signature_md(ctx, md) > 0;
    if (q->scheme == CARD_PS256)
        ok = ok && EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST) > 0;
    ok = ok && EVP_PKEY_sign(ctx, sig, &len, q->data, q->len) > 0;
    EVP_PKEY_CTX_free(ctx);
    if (!ok)
        return CARD_FAILED;
    if (EVP_PKEY_is_a(held->key, "EC"))
        r->len = (guint32)to_raw(sig, len, EVP_PKEY_get_bits(held->key), r->data);
    else
        memcpy(r->data, sig, r->len = (guint32)len);
    return CARD_OK;
}

static guint decrypt(const Held *held, const struct card_request *q, struct card_reply *r)
{
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(held->key, NULL);
    const EVP_MD *md = q->scheme == CARD_OAEP_SHA1 ? EVP_sha1() : EVP_sha256();
    gsize len = sizeof r->data;
    gboolean ok = EVP_PKEY_decrypt_init(ctx) > 0 &&
                  EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) > 0 &&
                  EVP_PKEY_CTX_set_rsa_oaep_md(ctx, md) > 0 &&
                  EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, md) > 0 &&
                  EVP_PKEY_decrypt(ctx, r->data, &len, q->data, q->len) > 0;
    EVP_PKEY_CTX_free(ctx);
    r->len = ok ? (guint32)len : 0;
    return ok ? CARD_OK : CARD_FAILED;
}

static guint agree(const Held *held, const struct card_request *q, struct card_reply *r)
{
    EVP_PKEY *peer = EVP_PKEY_new();
    EVP_PKEY_copy_parameters(peer, held->key);
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(held->key, NULL);
    gsize len = sizeof r->data;
    gboolean ok = EVP_PKEY_set1_encoded_public_key(peer, q->data, q->len) > 0 &&
                  EVP_PKEY_derive_init(ctx) > 0 && EVP_PKEY_derive_set_peer(ctx, peer) > 0 &&
                  EVP_PKEY_derive(ctx, r->data, &len) > 0;
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(peer);
    r->len = ok ? (guint32)len : 0;
    return ok ? CARD_OK : CARD_FAILED;
}

static guint login(FakeCard *fake, const struct card_request *q, struct card_reply *r)
{
    gboolean right = q->len == strlen(FAKE_PIN) && memcmp(q->data, FAKE_PIN, q->len) == 0;
    if (fake->tries > 0 && q->len < 4)
        return CARD_PIN_FORMAT;
    if (fake->tries > 0)
        fake->tries = right ? TRIES : fake->tries - 1;
    fake->logged_in = right && fake->tries > 0;
    r->flags = fake->tries == 0 ? CARD_FLAG_LOCKED
               : fake->tries == 1 ? CARD_FLAG_COUNT_LOW | CARD_FLAG_FINAL_TRY
               : fake->tries < TRIES ? CARD_FLAG_COUNT_LOW : 0;
    return fake->logged_in ? CARD_OK : right && fake->tries == 0 ? CARD_PIN_LOCKED
                                     : fake->tries == 0          ? CARD_PIN_LOCKED
                                                                 : CARD_PIN_WRONG;
}

static guint32 write_list(const FakeCard *fake, guint8 *out)
{
    guint32 len = 0;
    for (guint i = 0; i < fake->count; i++) {
        const Held *held = &fake->held[i];
        struct card_cert head = {.flags = held->flags, .can = held->can, .key_id_len = 1,
                                 .der_len = (guint32)held->der_len, .key_id = {(guint8)i}};
        g_strlcpy(head.token_label, "Fake", sizeof head.token_label);
        g_strlcpy(head.token_serial, "0001", sizeof head.token_serial);
        memcpy(out + len, &head, sizeof head);
        memcpy(out + len + sizeof head, held->der, head.der_len);
        len += (guint32)sizeof head + head.der_len;
    }
    return len;
}

static guint perform(FakeCard *fake, const struct card_request *q, struct card_reply *r)
{
    const Held *held = &fake->held[MIN(q->key_id[0], CERTS_MAX - 1)];
    switch (q->op) {
    case CARD_OP_LIST:
        r->len = write_list(fake, r->data);
        return CARD_OK;
    case CARD_OP_LOGIN:
        return login(fake, q, r);
    case CARD_OP_LOGOUT:
        fake->logged_in = FALSE;
        return CARD_OK;
    default:
        break;
    }
    if (!fake->logged_in)
        return CARD_NOT_LOGGED_IN;
    if (!(held->can & 1u << q->scheme))
        return CARD_UNSUPPORTED;
    if (q->op == CARD_OP_SIGN)
        return sign(held, q, r);
    return q->scheme == CARD_ECDH ? agree(held, q, r) : decrypt(held, q, r);
}

typedef struct {
    FakeCard *fake;
    int fd;
} Helper;

static gpointer serve(gpointer data)
{
    g_autofree Helper *helper = data;
    FakeCard *fake = helper->fake;
    g_autofree struct card_request *q = g_new0(struct card_request, 1);
    g_autofree struct card_reply *r = g_new0(struct card_reply, 1);
    while (recv(helper->fd, q, sizeof *q, 0) >= (gssize)offsetof(struct card_request, data)) {
        if (q->op <= CARD_OP_LOGOUT)
            g_atomic_int_inc(&fake->asked[q->op]);
        if ((guint)g_atomic_int_get(&fake->die) == q->op)
            break;
        if ((guint)g_atomic_int_get(&fake->hang) == q->op)
            continue;
        memset(r, 0, sizeof *r);
        r->status = perform(fake, q, r);
        r->id = q->id;
        if (send(helper->fd, r, sizeof *r, MSG_NOSIGNAL) < 0)
            break;
    }
    shutdown(helper->fd, SHUT_RDWR);
    return NULL;
}

int fake_card_fd(FakeCard *fake)
{
    int pair[2];
    cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
    Helper *helper = g_new0(Helper, 1);
    *helper = (Helper){fake, pair[1]};
    fake->logged_in = FALSE;
    g_array_append_val(fake->ends, pair[1]);
    g_ptr_array_add(fake->threads, g_thread_new("fake-card", serve, helper));
    return pair[0];
}

void fake_card_free(FakeCard *fake)
{
    for (guint i = 0; i < fake->ends->len; i++)
        shutdown(g_array_index(fake->ends, int, i), SHUT_RDWR);
    for (guint i = 0; i < fake->threads->len; i++) {
        g_thread_join(fake->threads->pdata[i]);
        close(g_array_index(fake->ends, int, i));
    }
    for (guint i = 0; i < fake->count; i++) {
        EVP_PKEY_free(fake->held[i].key);
        OPENSSL_free(fake->held[i].der);
    }
    g_ptr_array_unref(fake->threads);
    g_array_unref(fake->ends);
    g_free(fake);
}

void fake_card_hang_on(FakeCard *fake, guint op)
{
    g_atomic_int_set(&fake->hang, (int)op);
}

void fake_card_die_on(FakeCard *fake, guint op)
{
    g_atomic_int_set(&fake->die, (int)op);
}

guint fake_card_asked(FakeCard *fake, guint op)
{
    return (guint)g_atomic_int_get(&fake->asked[op]);
}

SecretBuf *fake_card_list(FakeCard *fake)
{
    SecretBuf *list = secret_new(CARD_MAX_DATA);
    list->len = write_list(fake, list->data);
    return list;
}

Certificate *fake_card_certificate(FakeCard *fake)
{
    g_autoptr(SecretBuf) list = fake_card_list(fake);
    CertPolicy policy = {.training = TRUE};
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) found = certificate_pick(list, &policy, g_get_real_time(), &error);
    cr_assert_not_null(found, "%s", error ? error->message : "");
    return certificate_ref(found->pdata[0]);
}
