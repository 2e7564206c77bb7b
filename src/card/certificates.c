/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "card/certificates.h"

#include <string.h>

#include "card/pkcs11.h"

#define MAX_CERTIFICATES 32

typedef struct {
    const uint8_t *at, *end;
} Der;

/* The next element: its tag (-1 at the end or when damaged) and its content. */
static int der_next(Der *in, Der *ret_content) {
    size_t left = in->end - in->at, len, header = 2;
    int tag;

    if (left < 2)
        return -1;
    tag = in->at[0];
    len = in->at[1];
    if (len & 0x80) {
        size_t bytes = len & 0x7f;
        header += bytes;
        if (bytes < 1 || bytes > 3 || left < header)
            return -1;
        len = 0;
        for (size_t i = 0; i < bytes; i++)
            len = len << 8 | in->at[2 + i];
    }
    if (left - header < len)
        return -1;
    *ret_content = (Der){in->at + header, in->at + header + len};
    in->at += header + len;
    return tag;
}

static bool der_is(const Der *value, const uint8_t *oid, size_t len) {
    return (size_t)(value->end - value->at) == len && memcmp(value->at, oid, len) == 0;
}

bool card_certificate_key(const uint8_t *der, size_t len, CK_KEY_TYPE *ret_type,
                          unsigned *ret_bits) {
    static const uint8_t rsa[] = {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01};
    static const uint8_t ec[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01};
    static const uint8_t p256[] = {0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07};
    static const uint8_t p384[] = {0x2b, 0x81, 0x04, 0x00, 0x22};
    Der in = {der, der + len}, certificate, tbs, field, spki, algorithm, oid;
    int fields = 5; /* serial, signature, issuer, validity, subject come before the key */

    if (der_next(&in, &certificate) != 0x30 || der_next(&certificate, &tbs) != 0x30)
        return false;
    if (tbs.at < tbs.end && *tbs.at == 0xa0)
        fields++; /* the version, left out in version 1 */
    while (fields--)
        if (der_next(&tbs, &field) < 0)
            return false;
    if (der_next(&tbs, &spki) != 0x30 || der_next(&spki, &algorithm) != 0x30 ||
        der_next(&algorithm, &oid) != 0x06)
        return false;
    *ret_bits = 0;
    *ret_type = CKK_RSA;
    if (der_is(&oid, rsa, sizeof rsa))
        return true;
    if (!der_is(&oid, ec, sizeof ec) || der_next(&algorithm, &oid) != 0x06)
        return false;
    *ret_type = CKK_EC;
    *ret_bits = der_is(&oid, p256, sizeof p256) ? 256 : der_is(&oid, p384, sizeof p384) ? 384 : 0;
    return *ret_bits != 0;
}

/* What can be done with this certificate's key: by the card, and by the key once it is seen. */
static uint32_t usable_schemes(CardModule *m, CardSlot *slot, const struct card_cert *cert,
                               const uint8_t *der) {
    CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
    CK_KEY_TYPE type;
    unsigned bits;
    uint32_t can = 0;

    if (!card_certificate_key(der, cert->der_len, &type, &bits))
        return 0;
    if (slot->logged_in) {
        key = card_key_find(m, slot, cert->key_id, cert->key_id_len);
        if (key == CK_INVALID_HANDLE || card_key_allows(m, slot, key, CKA_ALWAYS_AUTHENTICATE))
            return 0;
    }
    for (unsigned i = 0; i < card_schemes_n; i++) {
        const CardScheme *s = &card_schemes[i];
        CK_MECHANISM_INFO info;
        if (s->key != type || (s->ec_bits && s->ec_bits != bits))
            continue;
        if (m->p11->C_GetMechanismInfo(slot->id, s->mechanism, &info) != CKR_OK ||
            !(info.flags & s->use))
            continue;
        if (key != CK_INVALID_HANDLE && !card_key_allows(m, slot, key, s->permitted))
            continue;
        if (s->scheme == CARD_OAEP_SHA256 &&
            (key == CK_INVALID_HANDLE || !card_key_oaep_sha256(m, slot, key)))
            continue;
        can |= 1u << s->scheme;
    }
    return can;
}

static void copy_padded(char *out, size_t size, const CK_UTF8CHAR *padded, size_t len) {
    while (len && padded[len - 1] == ' ')
        len--;
    if (len > size - 1)
        len = size - 1;
    memcpy(out, padded, len);
    out[len] = '\0';
}

static bool add_certificate(CardModule *m, CardSlot *slot, const CK_TOKEN_INFO *token,
                            CK_OBJECT_HANDLE object, struct card_reply *r) {
    struct card_cert cert = {.slot = slot->id, .flags = card_flags(token)};
    CK_ATTRIBUTE get[] = {{CKA_ID, cert.key_id, sizeof cert.key_id}, {CKA_VALUE, NULL, 0}};
    size_t left = sizeof r->data - r->len;
    uint8_t *der = r->data + r->len + sizeof cert;

    if (left <= sizeof cert)
        return false;
    get[1].pValue = der;
    get[1].ulValueLen = left - sizeof cert;
    m->last = m->p11->C_GetAttributeValue(slot->session, object, get, 2);
    if (m->last == CKR_BUFFER_TOO_SMALL)
        return false;
    if (m->last != CKR_OK || !get[0].ulValueLen || !get[1].ulValueLen)
        return true; /* no key can belong to it: a CA's certificate, or damaged */
    cert.key_id_len = get[0].ulValueLen;
    cert.der_len = get[1].ulValueLen;
    copy_padded(cert.token_label, sizeof cert.token_label, token->label, sizeof token->label);
    copy_padded(cert.token_serial, sizeof cert.token_serial, token->serialNumber,
                sizeof token->serialNumber);
    cert.can = usable_schemes(m, slot, &cert, der);
    memcpy(r->data + r->len, &cert, sizeof cert);
    r->len += sizeof cert + cert.der_len;
    return true;
}

static bool add_slot(CardModule *m, CardSlot *slot, struct card_reply *r) {
    CK_OBJECT_CLASS class = CKO_CERTIFICATE;
    CK_CERTIFICATE_TYPE type = CKC_X_509;
    CK_ATTRIBUTE search[] = {{CKA_CLASS, &class, sizeof class},
                             {CKA_CERTIFICATE_TYPE, &type, sizeof type}};
    CK_OBJECT_HANDLE object[MAX_CERTIFICATES];
    CK_TOKEN_INFO token;
    CK_ULONG n = 0;

    if (!card_module_token(m, slot->id, &token))
        return true;
    m->last = m->p11->C_FindObjectsInit(slot->session, search, 2);
    if (m->last != CKR_OK)
        return true;
    m->p11->C_FindObjects(slot->session, object, MAX_CERTIFICATES, &n);
    m->p11->C_FindObjectsFinal(slot->session);
    for (CK_ULONG i = 0; i < n; i++)
        if (!add_certificate(m, slot, &token, object[i], r))
            return false;
    return true;
}

uint32_t card_list(CardModule *m, struct card_reply *r) {
    uint32_t status = card_module_refresh(m);
    bool all = true;

    if (status != CARD_OK)
        return status;
    for (unsigned i = 0; i < m->n_slots && all; i++) {
        CardSlot *slot = card_module_slot(m, m->slot[i].id);
        if (slot)
            all = add_slot(m, slot, r);
    }
    m->last = all ? CKR_OK : CKR_BUFFER_TOO_SMALL;
    return CARD_OK;
}
