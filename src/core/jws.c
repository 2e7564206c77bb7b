/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/jws.h"

#include "json/document.h"
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>
#include <string.h>

G_DEFINE_QUARK(rond-jws-error, jws_error)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_STORE, X509_STORE_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509_STORE_CTX, X509_STORE_CTX_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_MD_CTX, EVP_MD_CTX_free)

#define TRAINING_ORGANISATION "rond övning"
#define MAX_LIFE_S 300
#define CLOCK_SKEW_S 30
#define MAX_CHAIN 5

static const struct {
    const char *alg, *digest, *key, *curve;
    gboolean pss;
    int half; /* bytes of r and of s */
} ALGORITHMS[] = {
    {"RS256", "SHA256", "RSA", NULL, FALSE, 0},
    {"PS256", "SHA256", "RSA", NULL, TRUE, 0},
    {"ES256", "SHA256", "EC", "prime256v1", FALSE, 32},
    {"ES384", "SHA384", "EC", "secp384r1", FALSE, 48},
};

void assertion_free(Assertion *assertion)
{
    if (!assertion)
        return;
    g_free(assertion->hsa_id);
    g_free(assertion->jti);
    g_free(assertion->commission);
    g_free(assertion);
}

static void x509_free(gpointer x)
{
    X509_free(x);
}

GPtrArray *jws_cas_new(void)
{
    return g_ptr_array_new_with_free_func(x509_free);
}

gboolean jws_load_cas(GPtrArray *cas, const char *path, GError **error)
{
    guint before = cas->len;
    BIO *bio = BIO_new_file(path, "r");
    for (X509 *x; bio && (x = PEM_read_bio_X509(bio, NULL, NULL, NULL));)
        g_ptr_array_add(cas, x);
    BIO_free(bio);
    if (cas->len > before)
        return TRUE;
    g_set_error(error, JWS_ERROR, JWS_ERROR_CERTIFICATE, "%s holds no CA certificate.", path);
    return FALSE;
}

static gboolean fail(GError **error, JwsError code, const char *text)
{
    g_set_error_literal(error, JWS_ERROR, code, text);
    return FALSE;
}

static GBytes *base64url(const char *text, gsize len)
{
    gsize n;
    g_autofree char *padded = g_strdup_printf("%.*s===", (int)len, text);
    padded[(len + 3) / 4 * 4] = '\0';
    g_strdelimit(padded, "-", '+');
    g_strdelimit(padded, "_", '/');
    guchar *raw = g_base64_decode(padded, &n);
    return g_bytes_new_take(raw, n);
}

static JsonDoc *part(const char *text, gsize len, GError **error)
{
    g_autoptr(GBytes) raw = base64url(text, len);
    return json_doc_parse(raw, error);
}

/* ---- certificate -------------------------------------------------------------------------- */

static X509 *certificate_read(JsonValue v)
{
    gsize len;
    g_autofree char *text = json_text(v);
    g_autofree guchar *der = text ? g_base64_decode(text, &len) : NULL;
    const guchar *p = der;
    return der ? d2i_X509(NULL, &p, (long)len) : NULL;
}

static char *name_text(X509_NAME *name, int nid)
{
    int at = X509_NAME_get_index_by_NID(name, nid, -1);
    guchar *utf8 = NULL;
    if (at < 0 || ASN1_STRING_to_UTF8(&utf8, X509_NAME_ENTRY_get_data(
                                                 X509_NAME_get_entry(name, at))) < 0)
        return NULL;
    char *text = g_strdup((const char *)utf8);
    OPENSSL_free(utf8);
    return text;
}

static gboolean chain_holds(X509 *leaf, JsonValue x5c, const GPtrArray *cas, gint64 now,
                            gboolean *ret_training, GError **error)
{
    g_autoptr(X509_STORE) store = X509_STORE_new();
    g_autoptr(X509_STORE_CTX) ctx = X509_STORE_CTX_new();
    STACK_OF(X509) *others = sk_X509_new_null();
    for (guint i = 0; i < cas->len; i++)
        X509_STORE_add_cert(store, g_ptr_array_index(cas, i));
    for (guint i = 1; i < json_count(x5c) && i < MAX_CHAIN; i++) {
        X509 *x = certificate_read(json_item(x5c, i));
        if (x)
            sk_X509_push(others, x);
    }
    X509_STORE_CTX_init(ctx, store, leaf, others);
    X509_VERIFY_PARAM *param = X509_STORE_CTX_get0_param(ctx);
    X509_VERIFY_PARAM_set_time(param, (time_t)now);
    X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
    gboolean ok = X509_verify_cert(ctx) == 1;
    if (ok) {
        STACK_OF(X509) *chain = X509_STORE_CTX_get0_chain(ctx);
        X509 *root = sk_X509_value(chain, sk_X509_num(chain) - 1);
        g_autofree char *org = name_text(X509_get_subject_name(root), NID_organizationName);
        *ret_training = g_strcmp0(org, TRAINING_ORGANISATION) == 0;
    } else {
        g_set_error(error, JWS_ERROR, JWS_ERROR_CERTIFICATE, "The card's certificate is refused: %s.",
                    X509_verify_cert_error_string(X509_STORE_CTX_get_error(ctx)));
    }
    sk_X509_pop_free(others, X509_free);
    return ok;
}

/* ---- signature ---------------------------------------------------------------------------- */

static guchar *der_signature(GBytes *raw, int half, int *ret_len)
{
    gsize n;
    const guchar *bytes = g_bytes_get_data(raw, &n);
    guchar *der = NULL;
    if (n != (gsize)half * 2)
        return NULL;
    ECDSA_SIG *sig = ECDSA_SIG_new();
    ECDSA_SIG_set0(sig, BN_bin2bn(bytes, half, NULL), BN_bin2bn(bytes + half, half, NULL));
    *ret_len = i2d_ECDSA_SIG(sig, &der);
    ECDSA_SIG_free(sig);
    return der;
}

static gboolean curve_fits(EVP_PKEY *key, const char *curve)
{
    char name[64] = "";
    return !curve || (EVP_PKEY_get_group_name(key, name, sizeof name, NULL) == 1 &&
                      g_str_equal(name, curve));
}

static gboolean signature_holds(EVP_PKEY *key, gsize a, const char *input, gsize len, GBytes *raw)
{
    g_autoptr(EVP_MD_CTX) ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *pctx = NULL;
    gsize n;
    const guchar *sig = g_bytes_get_data(raw, &n);
    guchar *der = NULL;
    if (!EVP_PKEY_is_a(key, ALGORITHMS[a].key) || !curve_fits(key, ALGORITHMS[a].curve) ||
        EVP_DigestVerifyInit_ex(ctx, &pctx, ALGORITHMS[a].digest, NULL, NULL, key, NULL) != 1)
        return FALSE;
    if (ALGORITHMS[a].pss && (EVP_PKEY_CTX_set_rsa_padding(pctx, RSA_PKCS1_PSS_PADDING) != 1 ||
                              EVP_PKEY_CTX_set_rsa_pss_saltlen(pctx, RSA_PSS_SALTLEN_DIGEST) != 1))
        return FALSE;
    if (ALGORITHMS[a].half) {
        int der_len = 0;
        sig = der = der_signature(raw, ALGORITHMS[a].half, &der_len);
        n = (gsize)der_len;
    }
    gboolean ok = sig && EVP_DigestVerify(ctx, sig, n, (const guchar *)input, len) == 1;
    OPENSSL_free(der);
    return ok;
}

/* ---- claims ------------------------------------------------------------------------------- */

static gint64 claim_seconds(JsonValue claims, const char *name)
{
    g_autofree char *digits = json_number(json_member(claims, name));
    return digits ? g_ascii_strtoll(digits, NULL, 10) : -1;
}

static gboolean audience_met(JsonValue aud, const char *audience)
{
    if (json_kind(aud) != JSON_KIND_ARRAY)
        return json_string_is(aud, audience);
    for (JsonValue v = json_first(aud); json_exists(v); v = json_next(v))
        if (json_string_is(v, audience))
            return TRUE;
    return FALSE;
}

static gboolean claims_hold(JsonValue claims, const char *audience, gint64 now, Assertion *a,
                            GError **error)
{
    gint64 exp = claim_seconds(claims, "exp"), nbf = claim_seconds(claims, "nbf"),
           iat = claim_seconds(claims, "iat");
    if (!json_string_is(json_member(claims, "sub"), a->hsa_id) ||
        !json_string_is(json_member(claims, "iss"), a->hsa_id))
        return fail(error, JWS_ERROR_CLAIMS, "iss and sub must be the HSA-id of the certificate.");
    if (!audience_met(json_member(claims, "aud"), audience))
        return fail(error, JWS_ERROR_CLAIMS, "aud must be the token address of this server.");
    if (exp <= now - CLOCK_SKEW_S)
        return fail(error, JWS_ERROR_CLAIMS, "The assertion has ended: is the clock right?");
    if (exp > now + MAX_LIFE_S + CLOCK_SKEW_S || nbf > now + CLOCK_SKEW_S || iat > now + CLOCK_SKEW_S)
        return fail(error, JWS_ERROR_CLAIMS, "The assertion may live for five minutes at most.");
    a->jti = json_text(json_member(claims, "jti"));
    a->commission = json_text(json_member(claims, "commissionHsaId"));
    a->expires = exp;
    if (!a->jti || !*a->jti || strlen(a->jti) > 200)
        return fail(error, JWS_ERROR_CLAIMS, "The assertion needs a jti.");
    return TRUE;
}

static gboolean leaf_fits(X509 *leaf, GError **error)
{
    if (!leaf)
        return fail(error, JWS_ERROR_FORMAT, "The assertion carries no certificate (x5c).");
    /* without the extension every usage bit is set */
    if (!(X509_get_key_usage(leaf) & KU_DIGITAL_SIGNATURE) || X509_check_ca(leaf) ||
        !(X509_get_extended_key_usage(leaf) & XKU_SSL_CLIENT))
        return fail(error, JWS_ERROR_CERTIFICATE, "The certificate is not one for logging in.");
    return TRUE;
}

static gsize algorithm(JsonValue header)
{
    gsize i = 0;
    JsonValue alg = json_member(header, "alg");
    while (i < G_N_ELEMENTS(ALGORITHMS) && !json_string_is(alg, ALGORITHMS[i].alg))
        i++;
    return i;
}

Assertion *jws_verify(const char *jwt, const GPtrArray *cas, const char *audience, gint64 now,
                      GError **error)
{
    const char *dot = strchr(jwt, '.'), *end = dot ? strchr(dot + 1, '.') : NULL;
    g_autoptr(Assertion) a = g_new0(Assertion, 1);
    if (!end || strchr(end + 1, '.')) {
        fail(error, JWS_ERROR_FORMAT, "The assertion is no signed JWT.");
        return NULL;
    }
    g_autoptr(JsonDoc) header = part(jwt, (gsize)(dot - jwt), error);
    g_autoptr(JsonDoc) claims = header ? part(dot + 1, (gsize)(end - dot - 1), error) : NULL;
    g_autoptr(GBytes) signature = base64url(end + 1, strlen(end + 1));
    if (!claims)
        return NULL;
    JsonValue x5c = json_member(json_root(header), "x5c");
    gsize alg = algorithm(json_root(header));
    g_autoptr(X509) leaf = certificate_read(json_item(x5c, 0));
    if (alg == G_N_ELEMENTS(ALGORITHMS)) {
        fail(error, JWS_ERROR_FORMAT, "The assertion's alg must be RS256, PS256, ES256 or ES384.");
        return NULL;
    }
    if (!leaf_fits(leaf, error) || !chain_holds(leaf, x5c, cas, now, &a->training, error))
        return NULL;
    if (!signature_holds(X509_get0_pubkey(leaf), alg, jwt, (gsize)(end - jwt), signature)) {
        fail(error, JWS_ERROR_SIGNATURE, "The signature of the assertion does not hold.");
        return NULL;
    }
    a->hsa_id = name_text(X509_get_subject_name(leaf), NID_serialNumber);
    if (!a->hsa_id) {
        fail(error, JWS_ERROR_CERTIFICATE, "The certificate carries no HSA-id.");
        return NULL;
    }
    return claims_hold(json_root(claims), audience, now, a, error) ? g_steal_pointer(&a) : NULL;
}
