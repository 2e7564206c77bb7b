/* SPDX-License-Identifier: GPL-3.0-or-later
 * auth/seal-key.h — the store's data key, wrapped by the person's card: RSA-OAEP where the key may
 * decrypt, else ECDH, else a key derived from a PKCS#1 signature over a long fixed message, else in
 * memory only. The card must be logged in. */
#pragma once
#include "auth/card.h"
#include "auth/certificate.h"
#include "store/store.h"

/* @key NULL with @error when the store's key exists but this card cannot unwrap it. @volatile_only:
 * no card can wrap here, drafts live as long as the session. @key is borrowed for the call. */
typedef void (*SealKeyFn)(const SecretBuf *key, gboolean volatile_only, const GError *error,
                          gpointer data);
void seal_key_get(CardClient *card, Scope *scope, const Certificate *cert, Store *store,
                  SealKeyFn fn, gpointer data);
/* True when some method exists for this certificate; else open the store as STORE_VOLATILE. */
gboolean seal_key_possible(const Certificate *cert);
