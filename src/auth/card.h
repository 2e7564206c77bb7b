/* SPDX-License-Identifier: GPL-3.0-or-later
 * auth/card.h — the session's side of rond-card: asynchronous requests with deadlines over the
 * socket, one in flight, answered in order. Knows no PKCS#11. PINs and unwrapped keys pass through
 * SecretBuf only. When the helper misses its deadline or dies every waiting request ends, and the
 * owner is asked for a new helper. */
#pragma once
#include "base/scope.h"
#include "base/secret.h"
#include "card/protocol.h"

/* Beyond enum card_status: what only this side can say. */
enum { CARD_DEADLINE = 1000, CARD_HELPER_GONE = 1001 };

typedef struct {
    guint status;          /* enum card_status, CARD_DEADLINE or CARD_HELPER_GONE */
    guint flags;           /* CARD_FLAG_* after the request */
    guint64 rv;
    const SecretBuf *data; /* borrowed for the call; erased after it */
} CardReply;

typedef struct CardClient CardClient;
typedef void (*CardFn)(const CardReply *reply, gpointer data);
/* The helper is gone: have the supervisor start another and give its fd to card_client_attach(). */
typedef void (*CardLostFn)(CardClient *card, gpointer data);

/* Takes over @fd (-1: attach later). */
CardClient *card_client_new(int fd, CardLostFn lost, gpointer data);
void card_client_attach(CardClient *card, int fd);
void card_client_free(CardClient *card);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CardClient, card_client_free)

/* @scope may be NULL; closing it only silences the callback, the request itself runs out. */
void card_list(CardClient *card, Scope *scope, CardFn fn, gpointer data);
/* Takes over @pin (may be empty for a PIN pad; then there is ample time) and erases it when sent. */
void card_login(CardClient *card, Scope *scope, guint slot, SecretBuf *pin, CardFn fn, gpointer data);
void card_sign(CardClient *card, Scope *scope, guint slot, const guint8 *key_id, gsize key_id_len,
               guint scheme, const guint8 *hash, gsize len, CardFn fn, gpointer data);
void card_unwrap(CardClient *card, Scope *scope, guint slot, const guint8 *key_id, gsize key_id_len,
                 guint scheme, const guint8 *wrapped, gsize len, CardFn fn, gpointer data);
void card_logout(CardClient *card, Scope *scope, guint slot, CardFn fn, gpointer data);

/* One sentence (msgid) for a reply that is not CARD_OK, with the tries left as the flags tell. */
const char *card_sentence(guint status, guint flags);
