/* SPDX-License-Identifier: GPL-3.0-or-later
 * The other side of the card's work, with libcrypto: checking signatures, wrapping secrets. */
#pragma once
#include <openssl/x509.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool crypto_verify(X509 *cert, uint32_t scheme, const uint8_t *hash, size_t hash_len,
                   const uint8_t *signature, size_t len);
/* OAEP to the certificate's key; the length or 0. */
size_t crypto_oaep(X509 *cert, bool sha256, const uint8_t *clear, size_t len, uint8_t out[1024]);
/* A fresh key pair on the same curve: its point and the secret both sides share. */
size_t crypto_ecdh(X509 *cert, uint8_t point[256], size_t *ret_point_len, uint8_t secret[128]);
