/* SPDX-License-Identifier: GPL-3.0-or-later
 * auth/seal-key.h — the store's data key, wrapped by the person's card: RSA-OAEP where the key may
 * decrypt, else ECDH, else a key derived from a PKCS#1 signature over a long fixed message, else in
 * memory only. The card must be logged in. A wrap is stored only after the card has opened it. */
#pragma once
#include "auth/card.h"
#include "auth/certificate.h"
#include "store/store.h"

/* @key (borrowed for the call) or @error. AUTH_ERROR_KEY: the store has a key, and this card does
 * not open it. @scope is never NULL; @store lives at least as long. */
typedef void (*SealKeyFn)(const SecretBuf *key, const GError *error, gpointer data);
void seal_key_get(CardClient *card, Scope *scope, Certificate *cert, Store *store, SealKeyFn fn,
                  gpointer data);
/* Wraps a key that came from elsewhere (the keyring) for this card too. */
void seal_key_add(CardClient *card, Scope *scope, Certificate *cert, Store *store,
                  const SecretBuf *key, SealKeyFn fn, gpointer data);
/* FALSE: no method exists for this card. Then open the store as STORE_VOLATILE, with a key of
 * seal_key_random(): drafts live as long as the session, and the user must be told. */
gboolean seal_key_possible(const Certificate *cert);
SecretBuf *seal_key_random(void);
