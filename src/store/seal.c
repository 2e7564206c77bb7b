/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store/seal.h"

#include <sodium.h>
#include <string.h>

#define FORMAT 1
#define KEY_BYTES 32
#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG crypto_aead_xchacha20poly1305_ietf_ABYTES

struct Sealer {
    SecretBuf *keys; /* body key, then row key */
};

/* Associated data: every member has a fixed place, so no two places read alike. */
typedef struct {
    char table[16];
    guint8 row[SEAL_ROW_KEY];
    guint64 rev;
    guint32 schema;
    guint32 format;
} Bound;

static Bound bound_to(const SealPlace *place)
{
    Bound ad;
    memset(&ad, 0, sizeof ad);
    g_strlcpy(ad.table, place->table, sizeof ad.table);
    memcpy(ad.row, place->row, sizeof ad.row);
    ad.rev = GUINT64_TO_LE(place->rev);
    ad.schema = GUINT32_TO_LE(place->schema);
    ad.format = GUINT32_TO_LE(FORMAT);
    return ad;
}

Sealer *sealer_new(const SecretBuf *key)
{
    g_return_val_if_fail(key && key->len == KEY_BYTES && sodium_init() >= 0, NULL);
    Sealer *sealer = g_new0(Sealer, 1);
    sealer->keys = secret_new(2 * KEY_BYTES);
    for (guint64 i = 0; i < 2; i++)
        crypto_kdf_derive_from_key(sealer->keys->data + i * KEY_BYTES, KEY_BYTES, i + 1, "rondseal",
                                   key->data);
    sealer->keys->len = 2 * KEY_BYTES;
    return sealer;
}

void sealer_free(Sealer *sealer)
{
    if (!sealer)
        return;
    secret_free(sealer->keys);
    g_free(sealer);
}

GBytes *sealer_seal(const Sealer *sealer, const SealPlace *place, gconstpointer clear, gsize len)
{
    Bound ad = bound_to(place);
    guint8 *out = g_malloc(1 + NONCE + len + TAG);
    out[0] = FORMAT;
    randombytes_buf(out + 1, NONCE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(out + 1 + NONCE, NULL, clear, len,
                                               (const guint8 *)&ad, sizeof ad, NULL, out + 1,
                                               sealer->keys->data);
    return g_bytes_new_take(out, 1 + NONCE + len + TAG);
}

GBytes *sealer_open(const Sealer *sealer, const SealPlace *place, gconstpointer sealed, gsize len)
{
    const guint8 *in = sealed;
    if (len < 1 + NONCE + TAG || in[0] != FORMAT)
        return NULL;
    Bound ad = bound_to(place);
    gsize size = len - 1 - NONCE - TAG;
    g_autofree guint8 *out = g_malloc(MAX(size, 1));
    if (crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, in + 1 + NONCE, size + TAG,
                                                   (const guint8 *)&ad, sizeof ad, in + 1,
                                                   sealer->keys->data) != 0)
        return NULL;
    return g_bytes_new_take(g_steal_pointer(&out), size);
}

void sealer_row_key(const Sealer *sealer, const char *what, const char *id,
                    guint8 ret_key[SEAL_ROW_KEY])
{
    crypto_generichash_state state;
    crypto_generichash_init(&state, sealer->keys->data + KEY_BYTES, KEY_BYTES, SEAL_ROW_KEY);
    crypto_generichash_update(&state, (const guint8 *)what, strlen(what) + 1);
    if (id)
        crypto_generichash_update(&state, (const guint8 *)id, strlen(id));
    crypto_generichash_final(&state, ret_key, SEAL_ROW_KEY);
    sodium_memzero(&state, sizeof state);
}
