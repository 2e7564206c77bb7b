/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "crypto.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <string.h>

#include "card/protocol.h"

/* JWS and PKCS#11 want r||s, libcrypto DER. */
static int to_der(const uint8_t *raw, size_t len, uint8_t out[256]) {
    ECDSA_SIG *sig = ECDSA_SIG_new();
    int n;
    ECDSA_SIG_set0(sig, BN_bin2bn(raw, (int)len / 2, NULL),
                   BN_bin2bn(raw + len / 2, (int)len / 2, NULL));
    n = i2d_ECDSA_SIG(sig, &out);
    ECDSA_SIG_free(sig);
    return n;
}

bool crypto_verify(X509 *cert, uint32_t scheme, const uint8_t *hash, size_t hash_len,
                   const uint8_t *signature, size_t len) {
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(X509_get0_pubkey(cert), NULL);
    bool ec = scheme == CARD_ES256 || scheme == CARD_ES384;
    uint8_t der[256];
    bool ok = EVP_PKEY_verify_init(ctx) > 0;

    if (ok && !ec)
        ok = EVP_PKEY_CTX_set_rsa_padding(ctx, scheme == CARD_PS256 ? RSA_PKCS1_PSS_PADDING
                                                                    : RSA_PKCS1_PADDING) > 0;
    ok = ok && EVP_PKEY_CTX_set_signature_md(ctx, hash_len == 32 ? EVP_sha256() : EVP_sha384()) > 0;
    if (ok && scheme == CARD_PS256)
        ok = EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, 32) > 0;
    if (ok && ec) {
        ok = len == 2 * hash_len;
        len = ok ? (size_t)to_der(signature, len, der) : 0;
        signature = der;
    }
    ok = ok && EVP_PKEY_verify(ctx, signature, len, hash, hash_len) == 1;
    EVP_PKEY_CTX_free(ctx);
    return ok;
}

size_t crypto_oaep(X509 *cert, bool sha256, const uint8_t *clear, size_t len, uint8_t out[1024]) {
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(X509_get0_pubkey(cert), NULL);
    const EVP_MD *md = sha256 ? EVP_sha256() : EVP_sha1();
    size_t n = 1024;
    bool ok = EVP_PKEY_encrypt_init(ctx) > 0 &&
              EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_OAEP_PADDING) > 0 &&
              EVP_PKEY_CTX_set_rsa_oaep_md(ctx, md) > 0 &&
              EVP_PKEY_CTX_set_rsa_mgf1_md(ctx, md) > 0 &&
              EVP_PKEY_encrypt(ctx, out, &n, clear, len) > 0;
    EVP_PKEY_CTX_free(ctx);
    return ok ? n : 0;
}

size_t crypto_ecdh(X509 *cert, uint8_t point[256], size_t *ret_point_len, uint8_t secret[128]) {
    EVP_PKEY *own = EVP_EC_gen("P-256");
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(own, NULL);
    unsigned char *encoded = NULL;
    size_t n = 128;
    bool ok = EVP_PKEY_derive_init(ctx) > 0 &&
              EVP_PKEY_derive_set_peer(ctx, X509_get0_pubkey(cert)) > 0 &&
              EVP_PKEY_derive(ctx, secret, &n) > 0;

    *ret_point_len = EVP_PKEY_get1_encoded_public_key(own, &encoded);
    memcpy(point, encoded, *ret_point_len);
    OPENSSL_free(encoded);
    EVP_PKEY_CTX_free(ctx);
    EVP_PKEY_free(own);
    return ok ? n : 0;
}
