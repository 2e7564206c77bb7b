/* SPDX-License-Identifier: GPL-3.0-or-later
 * card/certificates.h — the certificates on the cards, as the records of CARD_OP_LIST. Looks into a
 * certificate only for its kind of key; who it belongs to is for the session to read. */
#pragma once
#include "card/module.h"
#include "card/protocol.h"

/* The key in a certificate: CKK_RSA or CKK_EC with its size in bits, or false. */
bool card_certificate_key(const uint8_t *der, size_t len, CK_KEY_TYPE *ret_type, unsigned *ret_bits);

uint32_t card_list(CardModule *m, struct card_reply *r);
