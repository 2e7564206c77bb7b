/* SPDX-License-Identifier: GPL-3.0-or-later
 * card/training-pki.h — the training CA and the certificates on the training cards (libcrypto).
 * Knows nothing of tokens or files' places. */
#pragma once
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdbool.h>

typedef struct {
    EVP_PKEY *key;
    X509 *cert;
} TrainingCa;

typedef struct {
    const char *hsa, *given, *family, *title, *organisation;
} TrainingPerson;

typedef enum { TRAINING_AUTH, TRAINING_SIGN } TrainingUse;

/* Reads the CA from these two files, or makes it (the key with mode 0600). */
bool training_ca_open(TrainingCa *ca, const char *cert_path, const char *key_path);
void training_ca_close(TrainingCa *ca);

EVP_PKEY *training_key_new(bool ec); /* P-256 or RSA-2048 */
/* TRAINING_AUTH: login (and key agreement for EC); TRAINING_SIGN: signatures on documents only. */
X509 *training_certificate(const TrainingCa *ca, EVP_PKEY *key, const TrainingPerson *person,
                           TrainingUse use);
