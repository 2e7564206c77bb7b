/* SPDX-License-Identifier: GPL-3.0-or-later
 * auth/login.h — from a card and a PIN to a session and an open store: one state machine, driven by
 * callbacks on the main loop. Unlocking after a lock is the same road. The person's own drafts open
 * with card and PIN alone; the core is asked after that. */
#pragma once
#include "auth/keyring.h"
#include "auth/session.h"
#include "store/store.h"

typedef struct {
    const char *base_url;  /* FHIR base of the core */
    const char *client_id;
    const char *scope;     /* scopes to ask for, space-separated */
    const char *store_dir; /* NULL: no store (tests, tools) */
    gboolean personal_account; /* the key may also lie in the OS keyring */
    KeyringFn keyring_told;    /* that it lies there, or why not: with the login's data, also after the login; or NULL */
    Scope *keyring_scope;      /* not after this has closed */
} AuthConfig;

typedef enum {
    LOGIN_PIN,     /* the PIN was wrong or malformed: error says it, auth_login_pin() goes on */
    LOGIN_STORE,   /* the store is open (outcome.store: transfer); a warning in outcome.notice */
    LOGIN_KEY,     /* this card does not open the drafts here (error): auth_login_start_over() sets
                      them aside and goes on; or give up and use the old card */
    LOGIN_CHOOSE,  /* outcome.commissions: auth_login_choose() goes on */
    LOGIN_OFFLINE, /* the core did not answer: auth_login_retry() goes on; the store stays usable */
    LOGIN_DONE,    /* outcome.session: transfer */
    LOGIN_FAILED,  /* outcome.error; the machine has ended */
} LoginState;

typedef struct {
    LoginState state;
    const GError *error;
    guint card_flags;              /* LOGIN_PIN: CARD_FLAG_* for the tries left */
    const GPtrArray *commissions;  /* AuthCommission, borrowed */
    AuthSession *session;
    Store *store;
    const char *notice;            /* sentence (msgid) or NULL */
    const char *detail;            /* the core's own words, sanitised, and the request's id; or NULL */
} LoginOutcome;

typedef struct AuthLogin AuthLogin;
typedef void (*AuthLoginFn)(AuthLogin *login, const LoginOutcome *outcome, gpointer data);

/* Starts asking the core how to log in, then waits for the PIN. @config and @http are copied; @card
 * and @http's net outlive login and session.
 * @commission: the assignment to ask for at once (last used, or at unlock), or NULL. */
AuthLogin *auth_login(const AuthConfig *config, const AuthHttp *http, CardClient *card,
                      Certificate *cert, const char *commission, AuthLoginFn fn, gpointer data);
/* Takes over @pin. A PIN is used once and never tried again by itself. */
void auth_login_pin(AuthLogin *login, SecretBuf *pin);
void auth_login_choose(AuthLogin *login, const char *commission_hsa_id);
void auth_login_retry(AuthLogin *login);
void auth_login_start_over(AuthLogin *login);
/* No callback afterwards; may be called from the callback. Free it after LOGIN_DONE or _FAILED. */
void auth_login_free(AuthLogin *login);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(AuthLogin, auth_login_free)
