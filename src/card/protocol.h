/* SPDX-License-Identifier: GPL-3.0-or-later
 * card/protocol.h — what goes over the socketpair between the session and rond-card: one
 * SOCK_SEQPACKET message each way. The only header of this room that src/auth may include.
 * Little integers in host order (same machine). The helper answers in order; the session owns the
 * deadline and asks the supervisor to replace a helper that misses it. */
#pragma once
#include <stdint.h>

#define CARD_MAX_DATA 24576

enum card_op {
    CARD_OP_LIST = 1, /* -> struct card_cert records, see below */
    CARD_OP_LOGIN,    /* data = PIN bytes (may be empty for a PIN pad); slot */
    CARD_OP_SIGN,     /* scheme, slot, key_id; data = hash (EC, PSS) or hash (PKCS1: DigestInfo is added) */
    CARD_OP_UNWRAP,   /* scheme OAEP: data = ciphertext -> clear bytes; ECDH: data = peer point -> shared secret */
    CARD_OP_LOGOUT,
};

enum card_scheme {
    CARD_RS256 = 1, CARD_RS384, CARD_PS256, CARD_ES256, CARD_ES384, /* SIGN; ES: raw r||s */
    CARD_OAEP_SHA1, CARD_OAEP_SHA256, CARD_ECDH,                    /* UNWRAP */
};

enum card_status {
    CARD_OK = 0,
    CARD_NO_MODULE,    /* the module file is missing or no PKCS#11 library */
    CARD_NO_TOKEN,     /* no card in the slot, or it was pulled */
    CARD_PIN_WRONG,
    CARD_PIN_LOCKED,
    CARD_PIN_FORMAT,   /* length or characters the card does not take; no try was used */
    CARD_NOT_LOGGED_IN,
    CARD_NO_KEY,
    CARD_UNSUPPORTED,  /* mechanism not on this card */
    CARD_FAILED,       /* see rv */
};

/* Flags after each try, from CK_TOKEN_INFO. */
#define CARD_FLAG_COUNT_LOW 1u
#define CARD_FLAG_FINAL_TRY 2u
#define CARD_FLAG_LOCKED    4u
#define CARD_FLAG_PIN_PAD   8u

struct card_request {
    uint32_t id, op, slot, scheme;
    uint32_t key_id_len;
    uint8_t key_id[64];
    uint32_t len;
    uint8_t data[CARD_MAX_DATA];
};

struct card_reply {
    uint32_t id, status, flags;
    uint64_t rv;           /* last CK_RV */
    uint32_t len;          /* NO_MODULE: data is one English sentence for the log */
    uint8_t data[CARD_MAX_DATA];
};

/* LIST: reply.data holds records back to back, unaligned: this header, then der_len bytes of DER.
 * Before the login `can` says what card and certificate allow; after it, what the key allows too.
 * Certificates that no longer fit are left out and rv is CKR_BUFFER_TOO_SMALL (0x150). */
struct card_cert {
    uint32_t slot, flags;       /* CARD_FLAG_* of the token */
    char token_label[33], token_serial[17];
    uint32_t can;               /* bit per scheme: 1u << CARD_RS256 … by mechanism list and key attributes */
    uint32_t key_id_len, der_len;
    uint8_t key_id[64];
};

/* Reader watch -> session: one message per change, and one at start. */
enum reader_state {
    READER_READY = 0,
    READER_NONE,       /* the card service runs, but no reader is connected */
    READER_NO_SERVICE, /* no card service (pcscd); tried again by itself */
};
struct reader_event {
    uint32_t present;      /* 1 = a card is there */
    uint32_t counter;      /* changes with every insert and removal, also a quick swap */
    char reader[64];
    char token_label[33];  /* training reader: which card; empty with a real reader */
    uint32_t state;        /* enum reader_state */
};
