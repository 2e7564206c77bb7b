/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "card/pkcs11.h"

#include <string.h>

const CardScheme card_schemes[] = {
    {CARD_RS256, CKM_RSA_PKCS, CKF_SIGN, CKA_SIGN, CKK_RSA, 0, 32},
    {CARD_RS384, CKM_RSA_PKCS, CKF_SIGN, CKA_SIGN, CKK_RSA, 0, 48},
    {CARD_PS256, CKM_RSA_PKCS_PSS, CKF_SIGN, CKA_SIGN, CKK_RSA, 0, 32},
    {CARD_ES256, CKM_ECDSA, CKF_SIGN, CKA_SIGN, CKK_EC, 256, 32},
    {CARD_ES384, CKM_ECDSA, CKF_SIGN, CKA_SIGN, CKK_EC, 384, 48},
    {CARD_OAEP_SHA1, CKM_RSA_PKCS_OAEP, CKF_DECRYPT, CKA_DECRYPT, CKK_RSA, 0, 0},
    {CARD_OAEP_SHA256, CKM_RSA_PKCS_OAEP, CKF_DECRYPT, CKA_DECRYPT, CKK_RSA, 0, 0},
    {CARD_ECDH, CKM_ECDH1_DERIVE, CKF_DERIVE, CKA_DERIVE, CKK_EC, 0, 0},
};
const unsigned card_schemes_n = sizeof card_schemes / sizeof *card_schemes;

static const CardScheme *scheme_find(uint32_t scheme, bool signs) {
    for (unsigned i = 0; i < card_schemes_n; i++)
        if (card_schemes[i].scheme == scheme && (card_schemes[i].use == CKF_SIGN) == signs)
            return &card_schemes[i];
    return NULL;
}

CK_OBJECT_HANDLE card_key_find(CardModule *m, CardSlot *slot, const uint8_t *id, uint32_t id_len) {
    CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    CK_ATTRIBUTE search[] = {{CKA_CLASS, &class, sizeof class}, {CKA_ID, (void *)id, id_len}};
    CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
    CK_ULONG n = 0;

    m->last = m->p11->C_FindObjectsInit(slot->session, search, 2);
    if (m->last != CKR_OK)
        return CK_INVALID_HANDLE;
    m->last = m->p11->C_FindObjects(slot->session, &key, 1, &n);
    m->p11->C_FindObjectsFinal(slot->session);
    return m->last == CKR_OK && n ? key : CK_INVALID_HANDLE;
}

bool card_key_allows(CardModule *m, CardSlot *slot, CK_OBJECT_HANDLE key, CK_ATTRIBUTE_TYPE type) {
    CK_BBOOL value = CK_FALSE;
    CK_ATTRIBUTE attribute = {type, &value, sizeof value};
    return m->p11->C_GetAttributeValue(slot->session, key, &attribute, 1) == CKR_OK && value;
}

static CK_RSA_PKCS_OAEP_PARAMS oaep_parameters(uint32_t scheme) {
    bool sha1 = scheme == CARD_OAEP_SHA1;
    return (CK_RSA_PKCS_OAEP_PARAMS){.hashAlg = sha1 ? CKM_SHA_1 : CKM_SHA256,
                                     .mgf = sha1 ? CKG_MGF1_SHA1 : CKG_MGF1_SHA256,
                                     .source = CKZ_DATA_SPECIFIED};
}

bool card_key_oaep_sha256(CardModule *m, CardSlot *slot, CK_OBJECT_HANDLE key) {
    CK_RSA_PKCS_OAEP_PARAMS parameters = oaep_parameters(CARD_OAEP_SHA256);
    CK_MECHANISM mechanism = {CKM_RSA_PKCS_OAEP, &parameters, sizeof parameters};
    CK_SESSION_HANDLE probe; /* closing it ends the operation that is only begun */
    bool ok;

    if (m->p11->C_OpenSession(slot->id, CKF_SERIAL_SESSION, NULL, NULL, &probe) != CKR_OK)
        return false;
    ok = m->p11->C_DecryptInit(probe, &mechanism, key) == CKR_OK;
    m->p11->C_CloseSession(probe);
    return ok;
}

uint32_t card_login(CardModule *m, const struct card_request *q, uint32_t *ret_flags) {
    CardSlot *slot = card_module_slot(m, q->slot);
    CK_TOKEN_INFO info;
    bool pad;
    CK_RV rv;

    /* "Already logged in" would accept any PIN: start from nothing. */
    if (slot && slot->logged_in) {
        card_module_logout(m, slot);
        slot = card_module_slot(m, q->slot);
    }
    if (!slot || !card_module_token(m, slot->id, &info))
        return CARD_NO_TOKEN;
    *ret_flags = card_flags(&info);
    pad = info.flags & CKF_PROTECTED_AUTHENTICATION_PATH;
    if (info.flags & CKF_USER_PIN_LOCKED)
        return CARD_PIN_LOCKED;
    if (!pad && (q->len < info.ulMinPinLen || q->len > info.ulMaxPinLen || !q->len))
        return CARD_PIN_FORMAT;

    rv = m->p11->C_Login(slot->session, CKU_USER, pad ? NULL : (CK_BYTE *)q->data,
                         pad ? 0 : q->len);
    slot->logged_in = rv == CKR_OK;
    if (m->p11->C_GetTokenInfo(slot->id, &info) == CKR_OK)
        *ret_flags = card_flags(&info);
    return card_module_status(m, slot, rv);
}

static CK_KEY_TYPE key_type(CardModule *m, CardSlot *slot, CK_OBJECT_HANDLE key) {
    CK_KEY_TYPE type = CK_UNAVAILABLE_INFORMATION;
    CK_ATTRIBUTE attribute = {CKA_KEY_TYPE, &type, sizeof type};
    m->p11->C_GetAttributeValue(slot->session, key, &attribute, 1);
    return type;
}

/* The slot and key that a request names, or a status. */
static uint32_t key_for(CardModule *m, const CardScheme *scheme, const struct card_request *q,
                        CardSlot **ret_slot, CK_OBJECT_HANDLE *ret_key) {
    CardSlot *slot = card_module_slot(m, q->slot);

    if (!slot)
        return CARD_NO_TOKEN;
    if (!slot->logged_in)
        return CARD_NOT_LOGGED_IN;
    *ret_slot = slot;
    *ret_key = card_key_find(m, slot, q->key_id, q->key_id_len);
    if (*ret_key == CK_INVALID_HANDLE)
        return m->last == CKR_OK ? CARD_NO_KEY : card_module_status(m, slot, m->last);
    /* Such a key wants the PIN for each use: it is for signatures on documents, not for login. */
    if (card_key_allows(m, slot, *ret_key, CKA_ALWAYS_AUTHENTICATE) ||
        key_type(m, slot, *ret_key) != scheme->key)
        return CARD_UNSUPPORTED;
    return CARD_OK;
}

/* What the card is asked to sign: PKCS#1 takes a DigestInfo, the others the bare hash. */
static CK_ULONG signing_input(const CardScheme *scheme, const uint8_t *hash, uint8_t out[128]) {
    static const uint8_t sha256_info[] = {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                          0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20};
    static const uint8_t sha384_info[] = {0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
                                          0x65, 0x03, 0x04, 0x02, 0x02, 0x05, 0x00, 0x04, 0x30};
    CK_ULONG n = 0;

    if (scheme->mechanism == CKM_RSA_PKCS) {
        n = sizeof sha256_info;
        memcpy(out, scheme->hash_len == 32 ? sha256_info : sha384_info, n);
    }
    memcpy(out + n, hash, scheme->hash_len);
    return n + scheme->hash_len;
}

uint32_t card_sign(CardModule *m, const struct card_request *q, struct card_reply *r) {
    const CardScheme *scheme = scheme_find(q->scheme, true);
    CK_RSA_PKCS_PSS_PARAMS pss = {CKM_SHA256, CKG_MGF1_SHA256, 32};
    CK_MECHANISM mechanism = {0};
    CK_OBJECT_HANDLE key;
    CardSlot *slot;
    uint8_t input[128];
    CK_ULONG input_len, len = sizeof r->data;
    uint32_t status;
    CK_RV rv;

    if (!scheme || q->len != scheme->hash_len)
        return CARD_UNSUPPORTED;
    status = key_for(m, scheme, q, &slot, &key);
    if (status != CARD_OK)
        return status;
    mechanism.mechanism = scheme->mechanism;
    if (scheme->mechanism == CKM_RSA_PKCS_PSS) {
        mechanism.pParameter = &pss;
        mechanism.ulParameterLen = sizeof pss;
    }
    input_len = signing_input(scheme, q->data, input);
    rv = m->p11->C_SignInit(slot->session, &mechanism, key);
    if (rv == CKR_OK)
        rv = m->p11->C_Sign(slot->session, input, input_len, r->data, &len);
    if (rv == CKR_OK)
        r->len = len;
    return card_module_status(m, slot, rv);
}

static CK_RV unwrap_oaep(CardModule *m, CardSlot *slot, CK_OBJECT_HANDLE key,
                         const struct card_request *q, struct card_reply *r) {
    CK_RSA_PKCS_OAEP_PARAMS parameters = oaep_parameters(q->scheme);
    CK_MECHANISM mechanism = {CKM_RSA_PKCS_OAEP, &parameters, sizeof parameters};
    CK_ULONG len = sizeof r->data;
    CK_RV rv = m->p11->C_DecryptInit(slot->session, &mechanism, key);

    if (rv == CKR_OK)
        rv = m->p11->C_Decrypt(slot->session, (CK_BYTE *)q->data, q->len, r->data, &len);
    if (rv == CKR_OK)
        r->len = len;
    return rv;
}

static CK_RV unwrap_ecdh(CardModule *m, CardSlot *slot, CK_OBJECT_HANDLE key,
                         const struct card_request *q, struct card_reply *r) {
    CK_ECDH1_DERIVE_PARAMS parameters = {
        .kdf = CKD_NULL, .ulPublicDataLen = q->len, .pPublicData = (CK_BYTE *)q->data};
    CK_MECHANISM mechanism = {CKM_ECDH1_DERIVE, &parameters, sizeof parameters};
    CK_OBJECT_CLASS class = CKO_SECRET_KEY;
    CK_KEY_TYPE type = CKK_GENERIC_SECRET;
    CK_BBOOL no = CK_FALSE, yes = CK_TRUE;
    CK_ULONG len = (q->len - 1) / 2; /* an uncompressed point: 04, x, y */
    CK_ATTRIBUTE template[] = {
        {CKA_CLASS, &class, sizeof class},     {CKA_KEY_TYPE, &type, sizeof type},
        {CKA_TOKEN, &no, sizeof no},           {CKA_SENSITIVE, &no, sizeof no},
        {CKA_EXTRACTABLE, &yes, sizeof yes},   {CKA_VALUE_LEN, &len, sizeof len},
    };
    CK_ATTRIBUTE value = {CKA_VALUE, r->data, sizeof r->data};
    CK_OBJECT_HANDLE secret;
    CK_RV rv;

    if (q->len < 3 || q->data[0] != 4)
        return CKR_MECHANISM_PARAM_INVALID;
    rv = m->p11->C_DeriveKey(slot->session, &mechanism, key, template,
                             sizeof template / sizeof *template, &secret);
    if (rv != CKR_OK)
        return rv;
    rv = m->p11->C_GetAttributeValue(slot->session, secret, &value, 1);
    if (rv == CKR_OK)
        r->len = value.ulValueLen;
    m->p11->C_DestroyObject(slot->session, secret);
    return rv;
}

uint32_t card_unwrap(CardModule *m, const struct card_request *q, struct card_reply *r) {
    const CardScheme *scheme = scheme_find(q->scheme, false);
    CK_OBJECT_HANDLE key;
    CardSlot *slot;
    uint32_t status;
    CK_RV rv;

    if (!scheme)
        return CARD_UNSUPPORTED;
    status = key_for(m, scheme, q, &slot, &key);
    if (status != CARD_OK)
        return status;
    rv = scheme->use == CKF_DERIVE ? unwrap_ecdh(m, slot, key, q, r)
                                   : unwrap_oaep(m, slot, key, q, r);
    return card_module_status(m, slot, rv);
}
