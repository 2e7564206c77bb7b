/* SPDX-License-Identifier: GPL-3.0-or-later
 * auth/session.h — who is logged in: token, assignment, what was granted; renewed by a new
 * assertion while the card session lives. Knows HTTP only as two function pointers. */
#pragma once
#include "auth/assertion.h"

/* What this room needs of HTTP, filled in by the owner (src/net). @fn is called once on the main
 * loop and never after @scope is closed; status 0 with @error when no answer came: one fixed sentence
 * (msgid) that says why and what to do. @request_id, by which the core's people find the request; NULL
 * when there is none. */
typedef void (*AuthHttpFn)(guint status, GBytes *body, const char *request_id, const GError *error, gpointer data);
typedef struct {
    void (*get)(gpointer net, Scope *scope, const char *url, AuthHttpFn fn, gpointer data);
    /* application/x-www-form-urlencoded; @form is borrowed for the call, never logged */
    void (*post_form)(gpointer net, Scope *scope, const char *url, const SecretBuf *form,
                      AuthHttpFn fn, gpointer data);
    gpointer net;
} AuthHttp;

typedef struct {
    char *hsa_id, *name, *purpose, *unit;
} AuthCommission;

typedef struct AuthSession AuthSession;
void auth_session_free(AuthSession *session); /* logs out at the card, erases the token */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AuthSession, auth_session_free)

const SecretBuf *auth_session_token(const AuthSession *session); /* borrowed; changes at renewal */
gint64 auth_session_expires(const AuthSession *session); /* real time, microseconds */
const Certificate *auth_session_certificate(const AuthSession *session);
const char *auth_session_hsa_id(const AuthSession *session);
const char *auth_session_name(const AuthSession *session);
const char *auth_session_fhir_user(const AuthSession *session); /* "Practitioner/…" or NULL */
const AuthCommission *auth_session_commission(const AuthSession *session); /* members may be NULL */
const char *auth_session_role(const AuthSession *session);      /* or NULL */
const char *auth_session_scope(const AuthSession *session); /* granted, space-separated; NULL: not known */

/* A new token now (after a 401). Also done by itself a minute before the old one ends. Emits
 * EVENT_SESSION "token" when there is a new one, "token-lost" when renewal failed. */
typedef void (*AuthRenewFn)(const GError *error, gpointer data);
void auth_session_renew(AuthSession *session, Scope *scope, AuthRenewFn fn, gpointer data);
