/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "card/training-token.h"

#include <dlfcn.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <string.h>

#define MAX_SLOTS 64
#define MAX_NUMBER 512

CK_FUNCTION_LIST *training_softhsm_open(const char *module) {
    void *handle = module ? dlopen(module, RTLD_NOW | RTLD_LOCAL) : NULL;
    CK_FUNCTION_LIST *p11 = NULL;
    CK_C_GetFunctionList get_list;

    if (!handle)
        return NULL;
    *(void **)&get_list = dlsym(handle, "C_GetFunctionList");
    if (!get_list || get_list(&p11) != CKR_OK || p11->C_Initialize(NULL) != CKR_OK)
        return NULL;
    return p11;
}

void training_softhsm_close(CK_FUNCTION_LIST *p11) {
    p11->C_Finalize(NULL);
}

/* SoftHSM always keeps one slot with an empty token; asking for the number makes the next one. */
static bool free_slot(CK_FUNCTION_LIST *p11, CK_SLOT_ID *ret_slot) {
    CK_SLOT_ID slot[MAX_SLOTS];
    CK_ULONG n = 0;
    CK_TOKEN_INFO info;

    if (p11->C_GetSlotList(CK_TRUE, NULL, &n) != CKR_OK)
        return false;
    n = MAX_SLOTS;
    if (p11->C_GetSlotList(CK_TRUE, slot, &n) != CKR_OK)
        return false;
    for (CK_ULONG i = 0; i < n; i++)
        if (p11->C_GetTokenInfo(slot[i], &info) == CKR_OK &&
            !(info.flags & CKF_TOKEN_INITIALIZED)) {
            *ret_slot = slot[i];
            return true;
        }
    return false;
}

static bool random_pin(char pin[33]) {
    unsigned char random[16];

    if (RAND_bytes(random, sizeof random) != 1)
        return false;
    for (int i = 0; i < 16; i++)
        snprintf(pin + 2 * i, 3, "%02x", random[i]);
    return true;
}

CK_SESSION_HANDLE training_token_new(CK_FUNCTION_LIST *p11, const char *label, const char *pin) {
    CK_SESSION_HANDLE session;
    CK_SLOT_ID slot;
    CK_UTF8CHAR padded[33];
    char so_pin[33];

    snprintf((char *)padded, sizeof padded, "%-32s", label);
    if (!free_slot(p11, &slot) || !random_pin(so_pin) ||
        p11->C_InitToken(slot, (CK_UTF8CHAR *)so_pin, strlen(so_pin), padded) != CKR_OK ||
        p11->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session) !=
            CKR_OK)
        return CK_INVALID_HANDLE;
    if (p11->C_Login(session, CKU_SO, (CK_UTF8CHAR *)so_pin, strlen(so_pin)) == CKR_OK &&
        p11->C_InitPIN(session, (CK_UTF8CHAR *)pin, strlen(pin)) == CKR_OK &&
        p11->C_Logout(session) == CKR_OK &&
        p11->C_Login(session, CKU_USER, (CK_UTF8CHAR *)pin, strlen(pin)) == CKR_OK)
        return session;
    p11->C_CloseSession(session);
    return CK_INVALID_HANDLE;
}

static CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

#define ATTRIBUTE(type, value) ((CK_ATTRIBUTE){type, &(value), sizeof(value)})

/* Which number of an RSA key goes into which attribute. */
static const struct {
    const char *name;
    CK_ATTRIBUTE_TYPE type;
} rsa_numbers[] = {
    {OSSL_PKEY_PARAM_RSA_N, CKA_MODULUS},
    {OSSL_PKEY_PARAM_RSA_E, CKA_PUBLIC_EXPONENT},
    {OSSL_PKEY_PARAM_RSA_D, CKA_PRIVATE_EXPONENT},
    {OSSL_PKEY_PARAM_RSA_FACTOR1, CKA_PRIME_1},
    {OSSL_PKEY_PARAM_RSA_FACTOR2, CKA_PRIME_2},
    {OSSL_PKEY_PARAM_RSA_EXPONENT1, CKA_EXPONENT_1},
    {OSSL_PKEY_PARAM_RSA_EXPONENT2, CKA_EXPONENT_2},
    {OSSL_PKEY_PARAM_RSA_COEFFICIENT1, CKA_COEFFICIENT},
};
#define RSA_NUMBERS (sizeof rsa_numbers / sizeof *rsa_numbers)

static bool get_number(EVP_PKEY *key, const char *name, unsigned char *out, CK_ULONG *ret_len) {
    BIGNUM *number = NULL;
    bool ok = EVP_PKEY_get_bn_param(key, name, &number) && BN_num_bytes(number) <= MAX_NUMBER;

    if (ok)
        *ret_len = (CK_ULONG)BN_bn2bin(number, out);
    BN_clear_free(number);
    return ok;
}

/* Appends what only this kind of key has to @at; the values live in @numbers. */
static int key_attributes(EVP_PKEY *key, CK_ATTRIBUTE *at,
                          unsigned char numbers[RSA_NUMBERS][MAX_NUMBER]) {
    static const unsigned char p256[] = {6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7};
    static CK_KEY_TYPE rsa = CKK_RSA, ec = CKK_EC;
    int n = 0;

    if (EVP_PKEY_is_a(key, "EC")) {
        CK_ULONG len;
        if (!get_number(key, OSSL_PKEY_PARAM_PRIV_KEY, numbers[0], &len))
            return -1;
        at[n++] = ATTRIBUTE(CKA_KEY_TYPE, ec);
        at[n++] = (CK_ATTRIBUTE){CKA_EC_PARAMS, (void *)p256, sizeof p256};
        at[n++] = (CK_ATTRIBUTE){CKA_VALUE, numbers[0], len};
        return n;
    }
    at[n++] = ATTRIBUTE(CKA_KEY_TYPE, rsa);
    for (size_t i = 0; i < RSA_NUMBERS; i++) {
        CK_ULONG len;
        if (!get_number(key, rsa_numbers[i].name, numbers[i], &len))
            return -1;
        at[n++] = (CK_ATTRIBUTE){rsa_numbers[i].type, numbers[i], len};
    }
    return n;
}

static bool add_key(CK_FUNCTION_LIST *p11, CK_SESSION_HANDLE session, unsigned char id,
                    const char *label, EVP_PKEY *key, bool unwraps) {
    static CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
    unsigned char numbers[RSA_NUMBERS][MAX_NUMBER];
    bool ec = EVP_PKEY_is_a(key, "EC");
    CK_ATTRIBUTE template[24] = {
        ATTRIBUTE(CKA_CLASS, class),
        ATTRIBUTE(CKA_TOKEN, yes),
        ATTRIBUTE(CKA_PRIVATE, yes),
        ATTRIBUTE(CKA_SENSITIVE, yes),
        ATTRIBUTE(CKA_EXTRACTABLE, no),
        ATTRIBUTE(CKA_SIGN, yes),
        {CKA_DECRYPT, unwraps && !ec ? &yes : &no, sizeof yes},
        {CKA_DERIVE, unwraps && ec ? &yes : &no, sizeof yes},
        {CKA_ID, &id, 1},
        {CKA_LABEL, (void *)label, strlen(label)},
    };
    int n = key_attributes(key, template + 10, numbers);
    CK_OBJECT_HANDLE object;
    bool ok = n > 0 && p11->C_CreateObject(session, template, 10 + (CK_ULONG)n, &object) == CKR_OK;

    explicit_bzero(numbers, sizeof numbers);
    return ok;
}

static bool add_certificate(CK_FUNCTION_LIST *p11, CK_SESSION_HANDLE session, unsigned char id,
                            const char *label, X509 *cert) {
    static CK_OBJECT_CLASS class = CKO_CERTIFICATE;
    static CK_CERTIFICATE_TYPE type = CKC_X_509;
    unsigned char *der = NULL, *subject = NULL;
    int der_len = i2d_X509(cert, &der);
    int subject_len = i2d_X509_NAME(X509_get_subject_name(cert), &subject);
    CK_ATTRIBUTE template[] = {
        ATTRIBUTE(CKA_CLASS, class),
        ATTRIBUTE(CKA_CERTIFICATE_TYPE, type),
        ATTRIBUTE(CKA_TOKEN, yes),
        ATTRIBUTE(CKA_PRIVATE, no),
        {CKA_ID, &id, 1},
        {CKA_LABEL, (void *)label, strlen(label)},
        {CKA_SUBJECT, subject, (CK_ULONG)subject_len},
        {CKA_VALUE, der, (CK_ULONG)der_len},
    };
    CK_OBJECT_HANDLE object;
    bool ok = der_len > 0 && subject_len > 0 &&
              p11->C_CreateObject(session, template, sizeof template / sizeof *template,
                                  &object) == CKR_OK;

    OPENSSL_free(der);
    OPENSSL_free(subject);
    return ok;
}

bool training_token_add(CK_FUNCTION_LIST *p11, CK_SESSION_HANDLE session, unsigned char id,
                        const char *label, EVP_PKEY *key, X509 *cert, bool unwraps) {
    return add_key(p11, session, id, label, key, unwraps) &&
           add_certificate(p11, session, id, label, cert);
}
