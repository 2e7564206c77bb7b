/* SPDX-License-Identifier: GPL-3.0-or-later
 * card/training-token.h — writing SoftHSM tokens by PKCS#11 calls. */
#pragma once
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <p11-kit/pkcs11.h>
#include <stdbool.h>

/* Opens SoftHSM as SOFTHSM2_CONF says, or NULL. */
CK_FUNCTION_LIST *training_softhsm_open(const char *module);
void training_softhsm_close(CK_FUNCTION_LIST *p11);

/* A new token in a free slot; the security officer's PIN is random and forgotten. Returns a
 * session in which the user is logged in, or CK_INVALID_HANDLE. */
CK_SESSION_HANDLE training_token_new(CK_FUNCTION_LIST *p11, const char *label, const char *pin);

/* Stores key and certificate under one id. @unwraps: RSA keys may decrypt, EC keys derive. */
bool training_token_add(CK_FUNCTION_LIST *p11, CK_SESSION_HANDLE session, unsigned char id,
                        const char *label, EVP_PKEY *key, X509 *cert, bool unwraps);
