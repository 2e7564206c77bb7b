/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "store-fixture.h"

#include <string.h>

TestSuite(store_seal, .timeout = 20);

static const SealPlace here = {.table = "draft", .row = {1, 2, 3}, .rev = 7, .schema = 1};

Test(store_seal, opens_where_it_was_sealed_and_nowhere_else)
{
    g_autoptr(SecretBuf) key = fixture_key(1);
    g_autoptr(SecretBuf) other_key = fixture_key(2);
    g_autoptr(Sealer) sealer = sealer_new(key);
    g_autoptr(Sealer) other = sealer_new(other_key);
    g_autoptr(GBytes) sealed = sealer_seal(sealer, &here, NOTE, strlen(NOTE));
    gsize len;
    const guint8 *data = g_bytes_get_data(sealed, &len);
    g_autoptr(GBytes) clear = sealer_open(sealer, &here, data, len);
    cr_assert_not_null(clear);
    cr_assert_eq(g_bytes_get_size(clear), strlen(NOTE));
    cr_assert_arr_eq(g_bytes_get_data(clear, NULL), NOTE, strlen(NOTE));
    cr_assert_null(sealer_open(other, &here, data, len));

    SealPlace there[4] = {here, here, here, here};
    there[0].table = "outbox";
    there[1].row[15] = 1;
    there[2].rev = 8;
    there[3].schema = 2;
    for (guint i = 0; i < 4; i++)
        cr_assert_null(sealer_open(sealer, &there[i], data, len), "place %u", i);
}

/* A nonce used twice gives away both texts. */
Test(store_seal, the_same_text_in_the_same_place_is_never_sealed_alike)
{
    enum { NONCE_AT = 1, NONCE_BYTES = 24 };
    g_autoptr(SecretBuf) key = fixture_key(1);
    g_autoptr(Sealer) sealer = sealer_new(key);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
    for (int i = 0; i < 100; i++) {
        g_autoptr(GBytes) sealed = sealer_seal(sealer, &here, NOTE, strlen(NOTE));
        cr_assert(g_hash_table_add(seen, g_bytes_new_from_bytes(sealed, NONCE_AT, NONCE_BYTES)), "%d", i);
    }
}

Test(store_seal, every_changed_or_missing_byte_is_noticed)
{
    g_autoptr(SecretBuf) key = fixture_key(1);
    g_autoptr(Sealer) sealer = sealer_new(key);
    g_autoptr(GBytes) sealed = sealer_seal(sealer, &here, NOTE, strlen(NOTE));
    gsize len;
    const guint8 *data = g_bytes_get_data(sealed, &len);
    g_autofree guint8 *copy = g_memdup2(data, len);
    for (gsize i = 0; i < len; i++) {
        copy[i] ^= 0x40;
        cr_assert_null(sealer_open(sealer, &here, copy, len), "byte %zu", i);
        copy[i] ^= 0x40;
        cr_assert_null(sealer_open(sealer, &here, copy, i), "cut at %zu", i);
    }
}

Test(store_seal, row_keys_depend_on_key_use_and_id)
{
    g_autoptr(SecretBuf) key = fixture_key(1);
    g_autoptr(SecretBuf) other_key = fixture_key(2);
    g_autoptr(Sealer) sealer = sealer_new(key);
    g_autoptr(Sealer) other = sealer_new(other_key);
    guint8 a[SEAL_ROW_KEY], b[SEAL_ROW_KEY];
    sealer_row_key(sealer, "patient", "p1", a);
    sealer_row_key(sealer, "patient", "p1", b);
    cr_assert_arr_eq(a, b, SEAL_ROW_KEY);
    sealer_row_key(other, "patient", "p1", b);
    cr_assert_arr_neq(a, b, SEAL_ROW_KEY);
    sealer_row_key(sealer, "draft", "p1", b);
    cr_assert_arr_neq(a, b, SEAL_ROW_KEY);
    sealer_row_key(sealer, "patient", "p2", b);
    cr_assert_arr_neq(a, b, SEAL_ROW_KEY);
}
