/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "auth/session.h"

#include "auth/token.h"
#include "base/clock.h"
#include "base/event.h"

#include <glib/gi18n.h>
#include <string.h>

#define LEAD_S 60
#define RETRY_MS 30000

typedef struct {
    Scope *scope; /* the asker's */
    guint scope_id;
    AuthRenewFn fn;
    gpointer data;
} Asker;

struct AuthSession {
    TokenClient client;
    TokenGrant *grant;
    Scope *scope;
    guint timer;
    gboolean renewing, lost;
    GPtrArray *askers;
};

static gboolean on_timer(gpointer data)
{
    AuthSession *session = data;
    session->timer = 0;
    auth_session_renew(session, NULL, NULL, NULL);
    return G_SOURCE_REMOVE;
}

static void arm(AuthSession *session, guint ms)
{
    clock_timer_cancel(session->timer);
    session->timer = clock_timer_add(ms, on_timer, session);
}

static void take_grant(AuthSession *session, TokenGrant *grant)
{
    token_grant_free(session->grant);
    session->grant = grant;
    session->lost = FALSE;
    if (grant->commission.hsa_id) { /* a later token is for the same assignment */
        g_free(session->client.commission);
        session->client.commission = g_strdup(grant->commission.hsa_id);
    }
    gint64 left = MAX(grant->expires - clock_real_us(), 0) / 1000;
    arm(session, (guint)(left - MIN(left / 4, LEAD_S * 1000)));
}

static void asker_free(gpointer data)
{
    Asker *asker = data;
    if (asker->scope)
        scope_remove(asker->scope, asker->scope_id);
    g_free(asker);
}

AuthSession *session_new(TokenClient *client, TokenGrant *grant)
{
    AuthSession *session = g_new0(AuthSession, 1);
    session->client = *client;
    memset(client, 0, sizeof *client);
    session->scope = scope_new();
    session->askers = g_ptr_array_new_with_free_func(asker_free);
    take_grant(session, grant);
    return session;
}

void auth_session_free(AuthSession *session)
{
    if (!session)
        return;
    scope_close(session->scope);
    clock_timer_cancel(session->timer);
    g_ptr_array_unref(session->askers);
    card_logout(session->client.card, NULL, session->client.cert->slot, NULL, NULL);
    token_client_clear(&session->client);
    token_grant_free(session->grant);
    g_free(session);
}

static void on_asker_scope(gpointer data)
{
    Asker *asker = data;
    asker->scope = NULL;
    asker->fn = NULL;
}

static void on_renewed(TokenGrant *grant, const GPtrArray *commissions, const char *detail,
                       const GError *failed, gpointer data)
{
    AuthSession *session = data;
    g_autoptr(GError) error = failed ? g_error_copy(failed) : NULL;
    session->renewing = FALSE;
    if (grant)
        take_grant(session, grant);
    else if (!error) /* the assignment is no longer there: others are offered */
        error = g_error_new_literal(AUTH_ERROR, AUTH_ERROR_REFUSED,
                                    N_("Your assignment has ended. Log in again and choose another."));
    gboolean wait = g_error_matches(error, AUTH_ERROR, AUTH_ERROR_OFFLINE) &&
                    clock_real_us() < session->grant->expires;
    gboolean lost_now = error && !wait && !session->lost;
    if (error && !session->lost && !lost_now)
        arm(session, RETRY_MS);
    session->lost = session->lost || lost_now;
    g_autoptr(GPtrArray) askers = session->askers;
    session->askers = g_ptr_array_new_with_free_func(asker_free);
    if (grant || lost_now) /* listeners only mark; the session is alive after this */
        event_emit(&(Event){.kind = EVENT_SESSION, .text = grant ? "token" : "token-lost"});
    for (guint i = 0; i < askers->len; i++) {
        Asker *asker = askers->pdata[i];
        if (asker->fn)
            asker->fn(error, asker->data);
    }
}

void auth_session_renew(AuthSession *session, Scope *scope, AuthRenewFn fn, gpointer data)
{
    Asker *asker = g_new0(Asker, 1);
    *asker = (Asker){.scope = scope, .fn = fn, .data = data};
    if (scope)
        asker->scope_id = scope_add(scope, on_asker_scope, asker);
    g_ptr_array_add(session->askers, asker);
    if (session->renewing)
        return;
    session->renewing = TRUE;
    token_request(&session->client, session->scope, on_renewed, session);
}

const SecretBuf *auth_session_token(const AuthSession *session)
{
    return session->grant->token;
}

gint64 auth_session_expires(const AuthSession *session)
{
    return session->grant->expires;
}

const Certificate *auth_session_certificate(const AuthSession *session)
{
    return session->client.cert;
}

const char *auth_session_hsa_id(const AuthSession *session)
{
    return session->client.cert->hsa_id;
}

const char *auth_session_name(const AuthSession *session)
{
    return session->grant->name ? session->grant->name : session->client.cert->name;
}

const char *auth_session_fhir_user(const AuthSession *session)
{
    return session->grant->fhir_user;
}

const AuthCommission *auth_session_commission(const AuthSession *session)
{
    return &session->grant->commission;
}

const char *auth_session_role(const AuthSession *session)
{
    return session->grant->role;
}

const char *auth_session_scope(const AuthSession *session)
{
    return session->grant->scope;
}
