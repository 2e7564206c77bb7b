/* SPDX-License-Identifier: GPL-3.0-or-later
 * tests/card/piv.h — a PIV card in software: what NIST SP 800-73 wants of one, as far as OpenSC
 * asks. Takes a command, gives an answer; how they travel is pivcard.c's. For tests only. */
#pragma once
#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PIV_MAX 66000

typedef struct {
    uint8_t reference; /* 9A login, 9C signature, 9D key management, 9E card */
    EVP_PKEY *key;
    uint8_t cert[4096];
    size_t cert_len;
} PivKey;

typedef struct {
    PivKey key[4];
    unsigned n_keys;
    char pin[9];
    int tries_max, tries;
    const char *tries_file; /* the tries left survive a pull there; NULL: they do not */

    /* since power on */
    bool verified, signed_since; /* the PIN; and whether 9C was used since it was given */
    uint8_t chained[8192], answer[8192];
    size_t chained_len, answer_len, answer_at;
} Piv;

bool piv_add_key(Piv *piv, uint8_t reference, const char *key_pem, const char *cert_der);
void piv_load_tries(Piv *piv);
void piv_power(Piv *piv); /* off, on or reset */
size_t piv_command(Piv *piv, const uint8_t *command, size_t len, uint8_t out[PIV_MAX]);
