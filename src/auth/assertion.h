/* SPDX-License-Identifier: GPL-3.0-or-later
 * auth/assertion.h — the RFC 7523 assertion that a card signs: who, to whom, for one minute, under
 * which assignment. Builds and joins text; the card signs. */
#pragma once
#include "auth/card.h"
#include "auth/certificate.h"

/* RS256, PS256, ES256 or ES384 by key and card; @accepted: the server's list, NULL-ended, or NULL
 * when it gives none. 0 when there is no common algorithm. */
guint assertion_scheme(const Certificate *cert, const char *const *accepted);
const char *assertion_alg(guint scheme);

typedef struct {
    const char *audience;   /* token endpoint */
    const char *commission; /* commissionHsaId or NULL */
    gint64 now;             /* real time, microseconds */
} AssertionClaims;

/* "header.payload", ready to hash. */
char *assertion_input(const Certificate *cert, guint scheme, const AssertionClaims *claims);
/* Called once: @jwt is borrowed and erased after the call, NULL with @error. */
typedef void (*AssertionFn)(const SecretBuf *jwt, const GError *error, gpointer data);
void assertion_sign(CardClient *card, Scope *scope, const Certificate *cert, guint scheme,
                    const AssertionClaims *claims, AssertionFn fn, gpointer data);
