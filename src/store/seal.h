/* SPDX-License-Identifier: GPL-3.0-or-later
 * store/seal.h — XChaCha20-Poly1305 per record with a random nonce; table, row, revision and schema
 * as associated data, so that no record can be moved, swapped or replayed as another. Row keys that
 * would name a patient or a query are keyed BLAKE2b. Pure; knows no SQL. */
#pragma once
#include "base/secret.h"

#define SEAL_ROW_KEY 16

typedef struct Sealer Sealer; /* immutable: both threads of a store may use one */

typedef struct {
    const char *table;
    guint8 row[SEAL_ROW_KEY];
    guint64 rev;
    guint32 schema;
} SealPlace;

Sealer *sealer_new(const SecretBuf *key);
void sealer_free(Sealer *sealer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Sealer, sealer_free)

GBytes *sealer_seal(const Sealer *sealer, const SealPlace *place, gconstpointer clear, gsize len);
/* NULL when the seal does not hold at this place. */
GBytes *sealer_open(const Sealer *sealer, const SealPlace *place, gconstpointer sealed, gsize len);
/* @what separates uses ("patient", "draft", "query"); @id NULL is the empty text. */
void sealer_row_key(const Sealer *sealer, const char *what, const char *id,
                    guint8 ret_key[SEAL_ROW_KEY]);
