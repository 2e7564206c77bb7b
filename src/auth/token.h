/* SPDX-License-Identifier: GPL-3.0-or-later
 * auth/token.h — one trip to the token endpoint: a fresh assertion, the form, the answer. Private to
 * src/auth: login asks for the first token, session for the later ones. */
#pragma once
#include "auth/session.h"

typedef struct {
    AuthHttp http;
    CardClient *card;
    Certificate *cert;
    char *url, *client_id, *scope, *commission;
    char **algs; /* the server's, or NULL */
} TokenClient;
void token_client_clear(TokenClient *client);

typedef struct {
    SecretBuf *token;
    gint64 expires; /* real time, microseconds */
    char *scope, *fhir_user, *name, *role;
    AuthCommission commission;
} TokenGrant;
void token_grant_free(TokenGrant *grant);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(TokenGrant, token_grant_free)

/* Once: a grant (transfer), or @commissions to choose from, or @error; @detail: the core's own words,
 * sanitised, and the request's id; or NULL. */
typedef void (*TokenFn)(TokenGrant *grant, const GPtrArray *commissions, const char *detail,
                        const GError *error, gpointer data);
void token_request(const TokenClient *client, Scope *scope, TokenFn fn, gpointer data);
GError *token_offline(const GError *why); /* AUTH_ERROR_OFFLINE in HTTP's words, where it has some */

char *token_detail(const char *said, const char *request_id); /* @said with the request's id; NULL: neither. */

AuthSession *session_new(TokenClient *client, TokenGrant *grant); /* takes over what both hold */
