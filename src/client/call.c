/* SPDX-License-Identifier: GPL-3.0-or-later
 * One request to the core. A 401 says that nothing was done: one new token is fetched for all who
 * wait, then the request goes again; a second 401 is told to the caller and to the session. */
#include <string.h>
#include "base/event.h"
#include "client/internal.h"

typedef struct {
    Client *client;
    Scope *scope, *inner; /* the caller's; the request's own */
    guint scope_id;
    NetMethod method;
    char *url, *content_type;
    GPtrArray *headers; /* NULL-terminated */
    GBytes *body;
    guint tries;
    guint timeout_ms;
    gboolean renewed, aside;
    CallFn fn;
    gpointer data;
} Call;

/* Outlives the client: the login may answer when it is gone. */
struct TokenWait {
    Client *client;
    GPtrArray *calls;
    gboolean asking;
    int refs;
};

static TokenWait *token_wait(Client *client)
{
    if (!client->token_wait) {
        client->token_wait = g_new0(TokenWait, 1);
        *client->token_wait = (TokenWait){.client = client, .calls = g_ptr_array_new(), .refs = 1};
    }
    return client->token_wait;
}

static void token_wait_unref(TokenWait *wait)
{
    if (--wait->refs > 0)
        return;
    g_ptr_array_unref(wait->calls);
    g_free(wait);
}

void client_calls_close(Client *client)
{
    if (!client->token_wait)
        return;
    client->token_wait->client = NULL;
    token_wait_unref(g_steal_pointer(&client->token_wait));
}

static void call_free(Call *call)
{
    if (call->scope_id)
        scope_remove(call->scope, call->scope_id);
    if (call->client->token_wait)
        g_ptr_array_remove(call->client->token_wait->calls, call);
    scope_close(call->inner);
    g_ptr_array_unref(call->headers);
    g_clear_pointer(&call->body, g_bytes_unref);
    g_free(call->url);
    g_free(call->content_type);
    g_free(call);
}

static void on_scope_closed(gpointer data)
{
    Call *call = data;
    call->scope_id = 0;
    call_free(call);
}

/* The call is gone before its caller hears of it. */
static void finish(Call *call, const Answer *answer, const GError *error)
{
    CallFn fn = call->fn;
    gpointer data = call->data;
    call_free(call);
    fn(answer, error, data);
}

static void send(Call *call);

static void on_token(const GError *error, gpointer data)
{
    TokenWait *wait = data;
    wait->asking = FALSE;
    while (wait->client && wait->calls->len) {
        Call *call = g_ptr_array_remove_index(wait->calls, 0);
        if (!error) {
            send(call);
            continue;
        }
        g_autoptr(GError) login = client_error_make(CLIENT_ERROR_LOGIN);
        finish(call, NULL, login);
    }
    token_wait_unref(wait);
}

static void renew(Call *call)
{
    TokenWait *wait = token_wait(call->client);
    call->renewed = TRUE;
    g_ptr_array_add(wait->calls, call);
    if (wait->asking)
        return;
    wait->asking = TRUE;
    wait->refs++;
    call->client->auth->refresh(call->client->auth_data, on_token, wait);
}

static gboolean can_renew(const Call *call)
{
    return !call->renewed && call->client->auth && call->client->auth->refresh;
}

static void observe_error(Client *client, const Call *call, const NetResponse *response)
{
    static const struct {
        guint status;
        Observation seen;
    } late[] = {{409, SEEN_409}, {412, SEEN_412}, {423, SEEN_423}};
    for (gsize i = 0; i < G_N_ELEMENTS(late); i++)
        if (response->status == late[i].status && call->method != NET_GET)
            client_observe(client, late[i].seen);
    if (response->status == 429)
        client_observe(client, net_header(response, "Retry-After") ? SEEN_RETRY_AFTER : SEEN_429);
    const char *type = net_header(response, "Content-Type");
    gboolean words = type && g_bytes_get_size(response->body) > 0;
    if (words && g_str_has_prefix(type, "text/plain"))
        client_observe(client, SEEN_PLAIN);
    else if (words && strstr(type, "json"))
        client_observe(client, SEEN_OUTCOME);
}

static void on_response(const NetResponse *response, const GError *net_error, gpointer data)
{
    Call *call = data;
    Client *client = call->client;
    client_listen(client);
    if (net_error) {
        g_autoptr(GError) error = client_error_from_net(net_error);
        if (error->code == CLIENT_ERROR_OFFLINE && !call->aside)
            client_heard(client, FALSE);
        finish(call, NULL, error);
        return;
    }
    guint status = response->status;
    gboolean away = status == 502 || status == 503 || status == 504;
    if (!away || !call->aside)
        client_heard(client, !away);
    if (status == 401 && can_renew(call)) {
        renew(call);
        return;
    }
    if ((status < 200 || status > 299) && status != 304) {
        observe_error(client, call, response);
        g_autoptr(GError) error = client_error_from_answer(response);
        if (status == 401)
            event_emit(&(Event){.kind = EVENT_SESSION, .text = "token-lost"});
        finish(call, NULL, error);
        return;
    }
    const char *maker = net_header(response, "X-Powered-By");
    Answer answer = {status, response->body, net_header(response, "ETag"),
                     net_header(response, "Location"), response->request_id,
                     maker ? maker : net_header(response, "Server")};
    finish(call, &answer, NULL);
}

static void send(Call *call)
{
    Client *client = call->client;
    const SecretBuf *token = client->auth ? client->auth->token(client->auth_data) : NULL;
    NetSpec spec = {.method = call->method,
                    .url = call->url,
                    .headers = (const char *const *)call->headers->pdata,
                    .content_type = call->content_type,
                    .body = call->body,
                    .bearer = token,
                    .timeout_ms = call->timeout_ms,
                    .tries = call->tries,
                    .slow = call->aside};
    net_send(client->net, call->inner, &spec, on_response, call);
    client_listen(client);
}

static void add(GPtrArray *headers, const char *name, const char *value)
{
    if (value)
        g_ptr_array_add(headers, g_strconcat(name, ": ", value, NULL));
}

void client_call(Client *client, Scope *scope, const CallSpec *spec, CallFn fn, gpointer data)
{
    Call *call = g_new0(Call, 1);
    call->client = client;
    call->scope = scope;
    call->scope_id = scope_add(scope, on_scope_closed, call);
    call->inner = scope_new();
    call->method = spec->method;
    call->timeout_ms = spec->timeout_ms;
    call->url = g_strdup(spec->url);
    call->body = spec->body ? g_bytes_ref(spec->body) : NULL;
    call->content_type =
        g_strdup(spec->content_type || !spec->body ? spec->content_type
                                                   : "application/fhir+json; charset=utf-8");
    call->tries = spec->tries;
    call->aside = spec->aside;
    call->fn = fn;
    call->data = data;
    call->headers = g_ptr_array_new_with_free_func(g_free);
    add(call->headers, "Accept", "application/fhir+json");
    add(call->headers, "If-None-Match", spec->if_none_match);
    add(call->headers, "If-Match", spec->if_match);
    add(call->headers, "If-None-Exist", spec->if_none_exist);
    add(call->headers, "Prefer", spec->representation ? "return=representation" : NULL);
    add(call->headers, "Cache-Control", spec->no_cache ? "no-cache" : NULL);
    g_ptr_array_add(call->headers, NULL);
    send(call);
}
