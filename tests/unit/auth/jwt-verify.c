/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "jwt-verify.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

GBytes *from_base64url(const char *text, gsize len)
{
    g_autoptr(GString) s = g_string_new_len(text, (gssize)len);
    for (gsize i = 0; i < s->len; i++)
        s->str[i] = s->str[i] == '-' ? '+' : s->str[i] == '_' ? '/' : s->str[i];
    while (s->len % 4)
        g_string_append_c(s, '=');
    gsize size;
    guchar *data = g_base64_decode(s->str, &size);
    return g_bytes_new_take(data, size);
}

gboolean jwt_verify(const Certificate *cert, const char *alg, const char *input, gsize len,
                    GBytes *raw)
{
    gsize der_len, raw_len;
    const guchar *der = g_bytes_get_data(cert->der, &der_len), *sig = g_bytes_get_data(raw, &raw_len);
    X509 *x = d2i_X509(NULL, &der, (long)der_len);
    EVP_PKEY *pub = X509_get0_pubkey(x);
    guchar *made = NULL;
    if (*alg == 'E') {
        ECDSA_SIG *pair = ECDSA_SIG_new();
        int half = (int)raw_len / 2;
        ECDSA_SIG_set0(pair, BN_bin2bn(sig, half, NULL), BN_bin2bn(sig + half, half, NULL));
        raw_len = (gsize)i2d_ECDSA_SIG(pair, &made);
        sig = made;
        ECDSA_SIG_free(pair);
    }
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    EVP_PKEY_CTX *key = NULL;
    const EVP_MD *md = strstr(alg, "384") ? EVP_sha384() : EVP_sha256();
    gboolean ok = EVP_DigestVerifyInit(ctx, &key, md, NULL, pub) > 0;
    if (*alg == 'P')
        ok = ok && EVP_PKEY_CTX_set_rsa_padding(key, RSA_PKCS1_PSS_PADDING) > 0 &&
             EVP_PKEY_CTX_set_rsa_pss_saltlen(key, RSA_PSS_SALTLEN_DIGEST) > 0;
    ok = ok && EVP_DigestVerify(ctx, sig, raw_len, (const guchar *)input, len) == 1;
    EVP_MD_CTX_free(ctx);
    OPENSSL_free(made);
    X509_free(x);
    return ok;
}
