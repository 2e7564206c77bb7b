/* SPDX-License-Identifier: GPL-3.0-or-later
 * card/module.h — the PKCS#11 module inside rond-card: loading it, its slots, one session per slot,
 * and what its return values mean to us. Knows nothing of certificates or of the socket.
 * A CardModule owns its sessions. */
#pragma once
#include <p11-kit/pkcs11.h>
#include <stdbool.h>
#include <stdint.h>

#define CARD_MAX_SLOTS 32

typedef struct {
    CK_SLOT_ID id;
    CK_SESSION_HANDLE session;
    bool open, logged_in;
} CardSlot;

typedef struct {
    CK_FUNCTION_LIST *p11; /* NULL: no usable module, see why */
    bool initialised;
    char why[256];         /* one sentence */
    CK_RV last;
    CardSlot slot[CARD_MAX_SLOTS];
    unsigned n_slots;
    const char *training_reader; /* only the card in this reader is there; NULL: all are */
    uint32_t reader_counter;     /* the training reader's when we last looked */
} CardModule;

/* Fills p11 or why. C_Initialize comes with the first use, and again when it failed. */
void card_module_load(CardModule *m, const char *path);

/* What is in the slots now. CARD_OK, or CARD_NO_MODULE, CARD_NO_TOKEN, CARD_FAILED. */
uint32_t card_module_refresh(CardModule *m);

/* The slot with a token and an open session, or NULL (m->last says why). */
CardSlot *card_module_slot(CardModule *m, CK_SLOT_ID id);
bool card_module_token(CardModule *m, CK_SLOT_ID id, CK_TOKEN_INFO *ret_info);
void card_module_logout(CardModule *m, CardSlot *slot);

/* CARD_FLAG_* of a token. */
uint32_t card_flags(const CK_TOKEN_INFO *info);
/* enum card_status for a return value; forgets the session when the card is gone. */
uint32_t card_module_status(CardModule *m, CardSlot *slot, CK_RV rv);
