/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "piv.h"

#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <string.h>

#define OK 0x9000
#define NOT_FOUND 0x6a82
#define WRONG_DATA 0x6a80
#define WRONG_LENGTH 0x6700
#define NOT_VERIFIED 0x6982
#define PIN_BLOCKED 0x6983

typedef struct {
    uint8_t class, instruction, p1, p2;
    const uint8_t *data;
    size_t len, expected;
} Command;

bool piv_add_key(Piv *piv, uint8_t reference, const char *key_pem, const char *cert_der) {
    PivKey *k = &piv->key[piv->n_keys];
    FILE *key = fopen(key_pem, "r"), *cert = fopen(cert_der, "r");

    if (piv->n_keys == 4 || !key || !cert)
        return false;
    k->reference = reference;
    k->key = PEM_read_PrivateKey(key, NULL, NULL, NULL);
    k->cert_len = fread(k->cert, 1, sizeof k->cert, cert);
    fclose(key);
    fclose(cert);
    piv->n_keys++;
    return k->key && k->cert_len;
}

void piv_load_tries(Piv *piv) {
    FILE *in = piv->tries_file ? fopen(piv->tries_file, "r") : NULL;

    piv->tries = piv->tries_max;
    if (in) {
        if (fscanf(in, "%d", &piv->tries) != 1)
            piv->tries = piv->tries_max;
        fclose(in);
    }
}

static void set_tries(Piv *piv, int tries) {
    FILE *out = piv->tries_file ? fopen(piv->tries_file, "w") : NULL;

    piv->tries = tries;
    if (out) {
        fprintf(out, "%d\n", tries);
        fclose(out);
    }
}

void piv_power(Piv *piv) {
    piv->verified = piv->signed_since = false;
    piv->chained_len = piv->answer_len = piv->answer_at = 0;
}

/* ---- BER-TLV ---- */

/* Appends a tag of up to three bytes and a length; the content is the caller's. */
static size_t put_header(uint8_t *out, uint32_t tag, size_t len) {
    size_t n = 0;

    for (int shift = 16; shift >= 0; shift -= 8)
        if (tag >> shift)
            out[n++] = (uint8_t)(tag >> shift);
    if (len > 255) {
        out[n++] = 0x82;
        out[n++] = (uint8_t)(len >> 8);
    } else if (len > 127) {
        out[n++] = 0x81;
    }
    out[n++] = (uint8_t)len;
    return n;
}

/* Reads a header of a one-byte tag; false at the end. */
static bool take(const uint8_t **at, const uint8_t *end, uint8_t *ret_tag, const uint8_t **ret_value,
                 size_t *ret_len) {
    const uint8_t *p = *at;
    size_t len;

    if (end - p < 2)
        return false;
    *ret_tag = *p++;
    len = *p++;
    if (len == 0x81 && p < end) {
        len = *p++;
    } else if (len == 0x82 && end - p > 1) {
        len = (size_t)p[0] << 8 | p[1];
        p += 2;
    }
    if (len > (size_t)(end - p))
        return false;
    *ret_value = p;
    *ret_len = len;
    *at = p + len;
    return true;
}

static int answer(Piv *piv, uint32_t tag, const void *content, size_t len) {
    size_t n = put_header(piv->answer, tag, len);
    memcpy(piv->answer + n, content, len);
    piv->answer_len = n + len;
    return OK;
}

/* ---- the commands ---- */

static int do_select(Piv *piv, const Command *c) {
    static const uint8_t rid[] = {0xa0, 0, 0, 3, 8};
    static const uint8_t application[] = {0x4f, 6, 0, 0, 0x10, 0, 1, 0, 0x79, 7,
                                          0x4f, 5, 0xa0, 0, 0, 3, 8};
    if (c->len < sizeof rid || memcmp(c->data, rid, sizeof rid) != 0)
        return NOT_FOUND;
    return answer(piv, 0x61, application, sizeof application);
}

static int get_certificate(Piv *piv, uint8_t reference) {
    uint8_t object[sizeof piv->key[0].cert + 16];

    for (unsigned i = 0; i < piv->n_keys; i++) {
        const PivKey *k = &piv->key[i];
        size_t n;
        if (k->reference != reference)
            continue;
        n = put_header(object, 0x70, k->cert_len);
        memcpy(object + n, k->cert, k->cert_len);
        n += k->cert_len;
        memcpy(object + n, (const uint8_t[]){0x71, 1, 0, 0xfe, 0}, 5);
        return answer(piv, 0x53, object, n + 5);
    }
    return NOT_FOUND;
}

static int do_get_data(Piv *piv, const Command *c) {
    static const uint8_t discovery[] = {0x4f, 0x0b, 0xa0, 0, 0, 3,    8,    0, 0,
                                        0x10, 0,    1,    0, 0x5f, 0x2f, 2, 0x40, 0};
    /* FASC-N, a GUID, an expiry date, an empty signature */
    static const uint8_t chuid[] = {
        0x30, 0x19, 0xd4, 0xe7, 0x39, 0xda, 0x73, 0x9c, 0xed, 0x39, 0xce, 0x73, 0x9d, 0x83, 0x68,
        0x58, 0x21, 0x08, 0x42, 0x10, 0x84, 0x21, 0xc8, 0x42, 0x10, 0xc3, 0xeb, 0x34, 0x10, 'r',
        'o',  'n',  'd',  ' ',  't',  'e',  's',  't',  ' ',  'c',  'a',  'r',  'd',  '0',  '1',
        0x35, 8,    '2',  '0',  '5',  '0',  '0',  '1',  '0',  '1',  0x3e, 0,    0xfe, 0};
    uint32_t tag = 0;

    if (c->len < 3 || c->data[0] != 0x5c || c->data[1] > 3 || c->len < 2u + c->data[1])
        return WRONG_DATA;
    for (int i = 0; i < c->data[1]; i++)
        tag = tag << 8 | c->data[2 + i];
    switch (tag) {
    case 0x7e:
        return answer(piv, 0x7e, discovery, sizeof discovery);
    case 0x5fc102:
        return answer(piv, 0x53, chuid, sizeof chuid);
    case 0x5fc105:
        return get_certificate(piv, 0x9a);
    case 0x5fc10a:
        return get_certificate(piv, 0x9c);
    case 0x5fc10b:
        return get_certificate(piv, 0x9d);
    case 0x5fc101:
        return get_certificate(piv, 0x9e);
    default:
        return NOT_FOUND;
    }
}

static int do_verify(Piv *piv, const Command *c) {
    uint8_t padded[8];

    if (c->p1 == 0xff) {
        piv->verified = false;
        return OK;
    }
    if (c->p2 != 0x80)
        return 0x6a88;
    if (c->len == 0 && piv->verified)
        return OK;
    if (!piv->tries)
        return PIN_BLOCKED;
    if (c->len == 0)
        return 0x63c0 | piv->tries;
    memset(padded, 0xff, sizeof padded);
    memcpy(padded, piv->pin, strlen(piv->pin));
    piv->verified = c->len == sizeof padded && memcmp(c->data, padded, sizeof padded) == 0;
    piv->signed_since = false;
    set_tries(piv, piv->verified ? piv->tries_max : piv->tries - 1);
    return piv->verified ? OK : piv->tries ? 0x63c0 | piv->tries : PIN_BLOCKED;
}

static bool use_rsa(EVP_PKEY_CTX *ctx, const uint8_t *in, size_t len, uint8_t *out, size_t *n) {
    return EVP_PKEY_decrypt_init(ctx) > 0 &&
           EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_NO_PADDING) > 0 &&
           EVP_PKEY_decrypt(ctx, out, n, in, len) > 0;
}

static bool use_ecdsa(EVP_PKEY_CTX *ctx, const uint8_t *in, size_t len, uint8_t *out, size_t *n) {
    return EVP_PKEY_sign_init(ctx) > 0 && EVP_PKEY_sign(ctx, out, n, in, len) > 0;
}

static bool use_ecdh(EVP_PKEY *key, EVP_PKEY_CTX *ctx, const uint8_t *point, size_t len,
                     uint8_t *out, size_t *n) {
    EVP_PKEY *peer = EVP_PKEY_new();
    bool ok = EVP_PKEY_copy_parameters(peer, key) > 0 &&
              EVP_PKEY_set1_encoded_public_key(peer, point, len) > 0 &&
              EVP_PKEY_derive_init(ctx) > 0 && EVP_PKEY_derive_set_peer(ctx, peer) > 0 &&
              EVP_PKEY_derive(ctx, out, n) > 0;
    EVP_PKEY_free(peer);
    return ok;
}

static bool use_key(const PivKey *k, bool agrees, const uint8_t *in, size_t len, uint8_t *out,
                    size_t *n) {
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new(k->key, NULL);
    bool ok = EVP_PKEY_is_a(k->key, "RSA") ? use_rsa(ctx, in, len, out, n)
              : agrees                     ? use_ecdh(k->key, ctx, in, len, out, n)
                                           : use_ecdsa(ctx, in, len, out, n);
    EVP_PKEY_CTX_free(ctx);
    return ok;
}

static const PivKey *find_key(const Piv *piv, uint8_t reference) {
    for (unsigned i = 0; i < piv->n_keys; i++)
        if (piv->key[i].reference == reference)
            return &piv->key[i];
    return NULL;
}

/* GENERAL AUTHENTICATE: 7C { 82 (empty: where the answer goes), 81 data | 85 point }. */
static int do_authenticate(Piv *piv, const Command *c) {
    const PivKey *k = find_key(piv, c->p2);
    const uint8_t *at = c->data, *end = c->data + c->len, *value, *input = NULL;
    uint8_t tag, out[1024], reply[1100];
    size_t len, input_len = 0, n = sizeof out, header;
    bool agrees = false;

    if (!k)
        return NOT_FOUND;
    if (!piv->verified || (k->reference == 0x9c && piv->signed_since))
        return NOT_VERIFIED;
    if (!take(&at, end, &tag, &value, &len) || tag != 0x7c)
        return WRONG_DATA;
    for (at = value, end = value + len; take(&at, end, &tag, &value, &len);)
        if (len && (tag == 0x81 || tag == 0x85)) {
            input = value;
            input_len = len;
            agrees = tag == 0x85;
        }
    if (!input || !use_key(k, agrees, input, input_len, out, &n))
        return WRONG_DATA;
    piv->signed_since = true;
    header = put_header(reply, 0x82, n);
    memcpy(reply + header, out, n);
    return answer(piv, 0x7c, reply, header + n);
}

/* ---- ISO 7816-4: short and extended lengths, chaining, long answers in pieces ---- */

static bool parse(const uint8_t *raw, size_t len, Command *ret) {
    Command c = {.class = raw[0], .instruction = raw[1], .p1 = raw[2], .p2 = raw[3]};
    size_t at = 4;

    if (len == 5) {
        c.expected = raw[4] ? raw[4] : 256;
    } else if (len >= 7 && raw[4] == 0) {
        c.len = len == 7 ? 0 : (size_t)raw[5] << 8 | raw[6];
        at = 7 + c.len;
        if (len == 7 || len >= at + 2) {
            const uint8_t *le = len == 7 ? raw + 5 : raw + at;
            c.expected = (size_t)le[0] << 8 | le[1];
            c.expected = c.expected ? c.expected : 65536;
        }
        c.data = raw + 7;
    } else if (len > 5) {
        c.len = raw[4];
        at = 5 + c.len;
        if (len > at)
            c.expected = raw[at] ? raw[at] : 256;
        c.data = raw + 5;
    }
    *ret = c;
    return at <= len || c.len == 0;
}

static int run(Piv *piv, const Command *c) {
    switch (c->instruction) {
    case 0xa4:
        return do_select(piv, c);
    case 0xcb:
        return do_get_data(piv, c);
    case 0x20:
        return do_verify(piv, c);
    case 0x87:
        return do_authenticate(piv, c);
    case 0xc0: /* GET RESPONSE: more of the last answer */
        return OK;
    default:
        return 0x6d00;
    }
}

static size_t finish(Piv *piv, size_t expected, int status, uint8_t *out) {
    size_t left = piv->answer_len - piv->answer_at;
    size_t n = expected ? expected : 256;

    if (n > left)
        n = left;
    memcpy(out, piv->answer + piv->answer_at, n);
    piv->answer_at += n;
    left -= n;
    if (status == OK && left)
        status = 0x6100 | (left > 255 ? 0 : (int)left);
    out[n] = (uint8_t)(status >> 8);
    out[n + 1] = (uint8_t)status;
    return n + 2;
}

size_t piv_command(Piv *piv, const uint8_t *raw, size_t len, uint8_t out[PIV_MAX]) {
    Command c;

    if (len < 4 || !parse(raw, len, &c))
        return finish(piv, 0, WRONG_LENGTH, out);
    if (c.instruction != 0xc0) {
        piv->answer_len = piv->answer_at = 0;
        if (piv->chained_len + c.len > sizeof piv->chained)
            piv->chained_len = 0;
        if (c.len > sizeof piv->chained)
            return finish(piv, 0, WRONG_LENGTH, out);
        if (c.len)
            memcpy(piv->chained + piv->chained_len, c.data, c.len);
        piv->chained_len += c.len;
        if (c.class & 0x10)
            return finish(piv, 0, OK, out);
        c.data = piv->chained;
        c.len = piv->chained_len;
        piv->chained_len = 0;
    }
    return finish(piv, c.expected, run(piv, &c), out);
}
