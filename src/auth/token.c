/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "auth/token.h"

#include "base/clock.h"
#include "base/text.h"
#include "json/control.h"

#include <glib/gi18n.h>
#include <string.h>

#define LIFE_UNSAID_S 300
#define LIFE_MAX_S (24 * 3600)
#define TOKEN_MAX 16384

typedef struct {
    const TokenClient *client;
    Scope *scope;
    guint scope_id;
    TokenFn fn;
    gpointer data;
} Trip;

void token_client_clear(TokenClient *client)
{
    certificate_unref(client->cert);
    g_free(client->url);
    g_free(client->client_id);
    g_free(client->scope);
    g_free(client->commission);
    g_strfreev(client->algs);
    memset(client, 0, sizeof *client);
}

static void commission_clear(AuthCommission *commission)
{
    g_free(commission->hsa_id);
    g_free(commission->name);
    g_free(commission->purpose);
    g_free(commission->unit);
}

static void commission_free(gpointer commission)
{
    commission_clear(commission);
    g_free(commission);
}

void token_grant_free(TokenGrant *grant)
{
    if (!grant)
        return;
    secret_free(grant->token);
    g_free(grant->scope);
    g_free(grant->fhir_user);
    g_free(grant->name);
    g_free(grant->role);
    commission_clear(&grant->commission);
    g_free(grant);
}

/* ---- the form ---- */

static gboolean add_raw(SecretBuf *form, const char *text)
{
    return secret_append(form, text, strlen(text));
}

static void add_field(SecretBuf *form, const char *name, const char *value)
{
    if (!value)
        return;
    g_autofree char *escaped = g_uri_escape_string(value, NULL, FALSE);
    gboolean ok = (form->len == 0 || add_raw(form, "&")) && add_raw(form, name) &&
                  add_raw(form, "=") && add_raw(form, escaped);
    g_assert(ok);
}

static SecretBuf *form_new(const TokenClient *client, const SecretBuf *jwt)
{
    gsize room = 256 + 3 * (strlen(client->client_id) + (client->scope ? strlen(client->scope) : 0));
    SecretBuf *form = secret_new(room + jwt->len);
    add_field(form, "grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer");
    add_field(form, "client_id", client->client_id);
    add_field(form, "scope", client->scope);
    add_raw(form, "&assertion=");
    secret_append(form, jwt->data, jwt->len); /* base64url and dots: nothing to escape */
    return form;
}

/* ---- the answer ---- */

static char *text_at(const JsonTree *tree, const char *path)
{
    const char *text = json_tree_string(tree, path);
    return text ? text_sanitise(text, -1, FALSE) : NULL;
}

static char *text_of(const JsonTree *tree, const char *path, const char *other)
{
    char *text = text_at(tree, path);
    return text ? text : text_at(tree, other);
}

static TokenGrant *grant_read(const JsonTree *tree, const TokenClient *client)
{
    const char *token = json_tree_string(tree, "access_token");
    const char *type = json_tree_string(tree, "token_type");
    if (!token || !*token || strlen(token) > TOKEN_MAX || (type && g_ascii_strcasecmp(type, "Bearer")))
        return NULL;
    TokenGrant *grant = g_new0(TokenGrant, 1);
    gint64 life = json_tree_int(tree, "expires_in", LIFE_UNSAID_S);
    grant->token = secret_new_from(token, strlen(token));
    grant->expires = clock_real_us() + CLAMP(life, 1, LIFE_MAX_S) * G_USEC_PER_SEC;
    /* RFC 6749 5.1: what is not said was granted as asked */
    grant->scope = json_tree_string(tree, "scope") ? text_at(tree, "scope") : g_strdup(client->scope);
    grant->fhir_user = text_at(tree, "fhirUser");
    grant->name = text_at(tree, "name");
    grant->role = text_at(tree, "role");
    grant->commission = (AuthCommission){
        .hsa_id = text_of(tree, "commission.hsaId", "commissionHsaId"),
        .name = text_of(tree, "commission.name", "commissionName"),
        .purpose = text_of(tree, "commission.purpose", "commissionPurpose"),
        .unit = text_of(tree, "commission.unit", "healthCareUnitName"),
    };
    return grant;
}

static GPtrArray *commissions_read(const JsonTree *tree)
{
    int count = json_tree_count(tree, "commissions");
    if (count <= 0)
        return NULL;
    GPtrArray *list = g_ptr_array_new_with_free_func(commission_free);
    for (int i = 0; i < count; i++) {
        char *members[4];
        static const char *const names[4] = {"hsaId", "name", "purpose", "unit"};
        for (gsize k = 0; k < G_N_ELEMENTS(names); k++) {
            g_autofree char *path = g_strdup_printf("commissions.%d.%s", i, names[k]);
            members[k] = text_at(tree, path);
        }
        AuthCommission *commission = g_new0(AuthCommission, 1);
        *commission = (AuthCommission){members[0], members[1], members[2], members[3]};
        if (commission->hsa_id)
            g_ptr_array_add(list, commission);
        else
            commission_free(commission);
    }
    return list;
}

static void finish(Trip *trip, TokenGrant *grant, const GPtrArray *commissions, const char *detail,
                   const GError *error)
{
    TokenFn fn = trip->fn;
    gpointer data = trip->data;
    scope_remove(trip->scope, trip->scope_id);
    g_free(trip);
    fn(grant, commissions, detail, error, data);
}

static void fail(Trip *trip, AuthError code, const char *sentence, const char *detail)
{
    g_autoptr(GError) error = g_error_new_literal(AUTH_ERROR, code, sentence);
    finish(trip, NULL, NULL, detail, error);
}

char *token_detail(const char *said, const char *request_id)
{
    g_autofree char *id = request_id ? text_sanitise(request_id, -1, FALSE) : NULL;
    g_autofree char *asked = id ? g_strdup_printf(_("request %s"), id) : NULL;
    return said && asked ? g_strdup_printf("%s; %s", said, asked) : said ? g_strdup(said) : g_steal_pointer(&asked);
}

static void on_refused(Trip *trip, const JsonTree *tree, const char *request_id)
{
    g_autoptr(GPtrArray) commissions = commissions_read(tree);
    g_autofree char *said = text_at(tree, "error_description");
    g_autofree char *detail = token_detail(said, request_id);
    if (commissions && commissions->len > 0)
        finish(trip, NULL, commissions, detail, NULL);
    else
        fail(trip, AUTH_ERROR_REFUSED,
             N_("The core refused the login. Your account or assignment may have ended: ask support."),
             detail);
}

GError *token_offline(const GError *why)
{
    return g_error_new_literal(AUTH_ERROR, AUTH_ERROR_OFFLINE,
                               why ? why->message
                                   : N_("The core cannot be reached. Try again in a while."));
}

static void on_answer(guint status, GBytes *body, const char *request_id, const GError *error, gpointer data)
{
    Trip *trip = data;
    g_autofree char *asked = token_detail(NULL, request_id);
    if (error || status == 0 || status >= 500 || status == 429) {
        g_autoptr(GError) offline = token_offline(error);
        finish(trip, NULL, NULL, asked, offline);
        return;
    }
    gsize len = 0;
    const char *text = body ? g_bytes_get_data(body, &len) : NULL;
    g_autoptr(JsonTree) tree = text ? json_tree_parse(text, len, NULL) : NULL;
    g_autoptr(TokenGrant) grant = tree && status == 200 ? grant_read(tree, trip->client) : NULL;
    if (grant)
        finish(trip, g_steal_pointer(&grant), NULL, NULL, NULL);
    else if (tree && status >= 400)
        on_refused(trip, tree, request_id);
    else
        fail(trip, AUTH_ERROR_PROTOCOL,
             N_("The core's answer to the login cannot be understood. Ask support."), asked);
}

static void on_jwt(const SecretBuf *jwt, const GError *error, gpointer data)
{
    Trip *trip = data;
    if (error) {
        finish(trip, NULL, NULL, NULL, error);
        return;
    }
    const AuthHttp *http = &trip->client->http;
    g_autoptr(SecretBuf) form = form_new(trip->client, jwt);
    http->post_form(http->net, trip->scope, trip->client->url, form, on_answer, trip);
}

void token_request(const TokenClient *client, Scope *scope, TokenFn fn, gpointer data)
{
    Trip *trip = g_new0(Trip, 1);
    *trip = (Trip){.client = client, .scope = scope, .fn = fn, .data = data};
    trip->scope_id = scope_add(scope, g_free, trip);
    guint scheme = assertion_scheme(client->cert, (const char *const *)client->algs);
    if (scheme == 0) {
        fail(trip, AUTH_ERROR_CERTIFICATE,
             N_("The card and the core have no signature algorithm in common. Ask support."), NULL);
        return;
    }
    AssertionClaims claims = {.audience = client->url, .commission = client->commission,
                              .now = clock_real_us()};
    assertion_sign(client->card, scope, client->cert, scheme, &claims, on_jwt, trip);
}
