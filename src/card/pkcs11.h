/* SPDX-License-Identifier: GPL-3.0-or-later
 * card/pkcs11.h — what rond-card does with a card: log in, sign, unwrap. Each call is one try and
 * is never repeated here. The results are enum card_status; m->last keeps the module's own. */
#pragma once
#include "card/module.h"
#include "card/protocol.h"

/* What each scheme needs of card and key. One line per enum card_scheme. */
typedef struct {
    uint32_t scheme;
    CK_MECHANISM_TYPE mechanism;
    CK_FLAGS use;                /* CKF_SIGN, CKF_DECRYPT, CKF_DERIVE */
    CK_ATTRIBUTE_TYPE permitted; /* the key's attribute for it */
    CK_KEY_TYPE key;
    unsigned ec_bits;            /* 0: any */
    uint32_t hash_len;           /* SIGN only */
} CardScheme;

extern const CardScheme card_schemes[];
extern const unsigned card_schemes_n;

/* The private key with this id; CK_INVALID_HANDLE when there is none or none to be seen. */
CK_OBJECT_HANDLE card_key_find(CardModule *m, CardSlot *slot, const uint8_t *id, uint32_t id_len);
/* Whether key attribute @type is true. */
bool card_key_allows(CardModule *m, CardSlot *slot, CK_OBJECT_HANDLE key, CK_ATTRIBUTE_TYPE type);
/* Whether the token does OAEP with SHA-256 and not only claims OAEP. Needs a login. */
bool card_key_oaep_sha256(CardModule *m, CardSlot *slot, CK_OBJECT_HANDLE key);

uint32_t card_login(CardModule *m, const struct card_request *q, uint32_t *ret_flags);
uint32_t card_sign(CardModule *m, const struct card_request *q, struct card_reply *r);
uint32_t card_unwrap(CardModule *m, const struct card_request *q, struct card_reply *r);
