/* SPDX-License-Identifier: GPL-3.0-or-later
 * A helper that speaks card/protocol.h from a thread, with OpenSSL keys instead of a card: for what
 * real tokens cannot be made to do on request (hang, die, lock at the third try, lack a mechanism). */
#pragma once
#include "auth/card.h"
#include "auth/certificate.h"

#define FAKE_PIN "224466"
#define FAKE_HSA "SE2321000131-P000000000101"

typedef struct {
    const char *key; /* "RSA:2048", "EC:P-256", "EC:P-384" */
    const char *hsa, *issuer_o, *issuer_cn, *usage, *extended; /* NULL: as on a training card */
    int from_days, to_days; /* validity, relative to now; both 0: -1 … 365 */
    guint can;              /* 0: what the key can, OAEP with SHA-1 only */
    guint flags;
} FakeCert;

typedef struct FakeCard FakeCard;
FakeCard *fake_card_new(const FakeCert *certs, guint count);
void fake_card_free(FakeCard *fake);
int fake_card_fd(FakeCard *fake);                 /* a new helper process, as it were */
void fake_card_hang_on(FakeCard *fake, guint op); /* 0: never */
void fake_card_die_on(FakeCard *fake, guint op);
guint fake_card_asked(FakeCard *fake, guint op);  /* how often */
/* As a LIST reply would say it. */
SecretBuf *fake_card_list(FakeCard *fake);
Certificate *fake_card_certificate(FakeCard *fake); /* the only one that fits a training profile */
