/* SPDX-License-Identifier: GPL-3.0-or-later
 * The life of one request: try, wait, try again (GET only), deliver. */
#include "net/internal.h"
#include <string.h>
#include "base/clock.h"
#include "base/log.h"

enum { FIRST_WAIT_MS = 300, LONGEST_WAIT_MS = 20 * 1000, MAX_REDIRECTS = 3, DEFAULT_TRIES = 3 };

static const char *const verbs[] = {
    [NET_GET] = "GET",     [NET_POST] = "POST",     [NET_PUT] = "PUT",
    [NET_PATCH] = "PATCH", [NET_DELETE] = "DELETE",
};

/* ---- ends ---------------------------------------------------------------------------------- */

static void response_free(NetResponse *response)
{
    if (!response)
        return;
    g_ptr_array_unref(response->headers);
    g_bytes_unref(response->body);
    g_free(response);
}

/* The bearer is among the headers: nothing of them stays in freed memory. */
static void headers_free(struct curl_slist *headers)
{
    for (struct curl_slist *h = headers; h; h = h->next)
        secret_wipe(h->data, strlen(h->data));
    curl_slist_free_all(headers);
}

static void try_end(NetRequest *r)
{
    if (r->total_timer)
        clock_timer_cancel(r->total_timer);
    if (r->retry_timer)
        clock_timer_cancel(r->retry_timer);
    r->total_timer = r->retry_timer = 0;
    if (r->easy) {
        curl_multi_remove_handle(r->net->multi, r->easy);
        curl_easy_cleanup(r->easy);
        r->easy = NULL;
    }
    g_clear_pointer(&r->in, g_byte_array_unref);
    g_clear_pointer(&r->in_headers, g_ptr_array_unref);
}

static void request_free(NetRequest *r)
{
    g_clear_handle_id(&r->idle, g_source_remove);
    headers_free(r->headers);
    g_clear_pointer(&r->body, g_bytes_unref);
    response_free(r->response);
    g_clear_error(&r->error);
    g_clear_error(&r->failure);
    g_free(r->url);
    g_free(r);
}

static void detach(NetRequest *r)
{
    if (r->scope_id)
        scope_remove(r->scope, r->scope_id);
    r->scope_id = 0;
    g_ptr_array_remove_fast(r->net->requests, r);
    net_tls_forget(r->net->tls, r);
}

void net_request_drop(NetRequest *r)
{
    try_end(r);
    detach(r);
    request_free(r);
}

static void on_scope_closed(gpointer data)
{
    NetRequest *r = data;
    r->scope_id = 0;
    net_request_drop(r);
}

static gboolean on_deliver(gpointer data)
{
    NetRequest *r = data;
    r->idle = 0;
    detach(r); /* from here the callback may close the scope or free the Net */
    r->fn(r->error ? NULL : r->response, r->error, r->data);
    request_free(r);
    return G_SOURCE_REMOVE;
}

static void trace(const NetRequest *r)
{
    g_assert(r->error || r->response);
    g_autofree char *path = net_address_trace(r->url);
    if (r->error)
        log_event(LOG_INFO, "net", "%s %s failed: %d after %u tries, request %s", verbs[r->method],
                  path, r->error->code, r->tries, r->id);
    else
        log_event(LOG_DEBUG, "net", "%s %s: %u, %" G_GSIZE_FORMAT " bytes in %d ms, request %s",
                  verbs[r->method], path, r->response->status, g_bytes_get_size(r->response->body),
                  (int)(r->response->total_us / 1000), r->response->request_id);
}

static void deliver_soon(NetRequest *r)
{
    try_end(r);
    trace(r);
    if (!r->idle)
        r->idle = g_idle_add_full(NET_PRIORITY, on_deliver, r, NULL);
}

void net_request_fail(NetRequest *r, GError *error)
{
    if (r->idle) { /* already decided */
        g_error_free(error);
        return;
    }
    net_tls_forget(r->net->tls, r);
    r->error = error;
    deliver_soon(r);
}

/* ---- one try ------------------------------------------------------------------------------- */

static size_t on_body(char *bytes, size_t size, size_t n, void *data)
{
    NetRequest *r = data;
    if (r->in->len + size * n > r->net->max_body) {
        g_set_error_literal(&r->failure, NET_ERROR, NET_ERROR_TOO_BIG, "");
        return 0;
    }
    g_byte_array_append(r->in, (const guint8 *)bytes, (guint)(size * n));
    return size * n;
}

static size_t on_header(char *bytes, size_t size, size_t n, void *data)
{
    enum { MAX_HEADERS = 200 };
    NetRequest *r = data;
    gboolean begins = size * n >= 5 && memcmp(bytes, "HTTP/", 5) == 0; /* anew, after a 100 Continue */
    if (r->head_ended && !begins)
        return size * n; /* behind the body: nothing there is waited for */
    r->head_ended = size * n <= 2 && (bytes[0] == '\r' || bytes[0] == '\n');
    if (begins)
        g_ptr_array_set_size(r->in_headers, 0);
    else if (r->in_headers->len < MAX_HEADERS)
        g_ptr_array_add(r->in_headers, g_strchomp(g_strndup(bytes, size * n)));
    return size * n;
}

static gboolean on_total_timeout(gpointer data)
{
    NetRequest *r = data;
    r->total_timer = 0;
    curl_off_t sent_at = 0; /* 0 until the request is about to go out */
    curl_easy_getinfo(r->easy, CURLINFO_PRETRANSFER_TIME_T, &sent_at);
    net_request_fail(r, net_error_make(sent_at ? NET_ERROR_TIMEOUT : NET_ERROR_CONNECT));
    return G_SOURCE_REMOVE;
}

static void set_method(NetRequest *r, CURL *easy)
{
    if (r->body || r->method == NET_POST) {
        gsize len = 0;
        const char *body = r->body ? g_bytes_get_data(r->body, &len) : "";
        curl_easy_setopt(easy, CURLOPT_POST, 1L);
        curl_easy_setopt(easy, CURLOPT_POSTFIELDS, body ? body : "");
        curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)len);
    }
    if (r->method != NET_GET)
        curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, verbs[r->method]);
    /* When a kept connection dies before any answer, or a server refuses an HTTP/2 stream, curl sends
     * again by itself. A write must not meet that: it goes over a connection of its own, by HTTP/1.1, which
     * is not kept: what is asked after it goes on over the other. */
    if (r->method != NET_GET) {
        curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
        curl_easy_setopt(easy, CURLOPT_FORBID_REUSE, 1L);
        curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    }
}

static void set_transport(NetRequest *r, CURL *easy)
{
    Net *net = r->net;
    curl_easy_setopt(easy, CURLOPT_URL, r->url);
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    curl_easy_setopt(easy, CURLOPT_PIPEWAIT, 1L);
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)net->connect_timeout_ms);
    curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
    curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
    curl_easy_setopt(easy, CURLOPT_HTTP09_ALLOWED, 0L);
    curl_easy_setopt(easy, CURLOPT_PROXY, net->proxy); /* "" also shuts out the environment's */
    if (net->unix_path && r->own)
        curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, net->unix_path);
    curl_easy_setopt(easy, CURLOPT_SSL_SESSIONID_CACHE, net->tls_sessions ? 1L : 0L);
    if (net->share)
        curl_easy_setopt(easy, CURLOPT_SHARE, net->share);
    net_tls_apply(net->tls, easy);
}

void net_request_run(NetRequest *r)
{
    r->tries++;
    r->tried = clock_monotonic_us();
    r->in = g_byte_array_new();
    r->in_headers = g_ptr_array_new_with_free_func(g_free);
    r->head_ended = FALSE;
    CURL *easy = r->easy = curl_easy_init();
    set_transport(r, easy);
    set_method(r, easy);
    curl_easy_setopt(easy, CURLOPT_HTTPHEADER, r->headers);
    curl_easy_setopt(easy, CURLOPT_PRIVATE, r);
    curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(easy, CURLOPT_WRITEDATA, r);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, r);
    r->total_timer = clock_timer_add(r->timeout_ms, on_total_timeout, r);
    curl_multi_add_handle(r->net->multi, easy);
}

static void begin(NetRequest *r)
{
    if (g_str_has_prefix(r->url, "https:"))
        net_tls_run(r->net->tls, r);
    else
        net_request_run(r);
}

/* ---- after a try --------------------------------------------------------------------------- */

static gboolean on_retry(gpointer data)
{
    NetRequest *r = data;
    r->retry_timer = 0;
    begin(r);
    return G_SOURCE_REMOVE;
}

/* Milliseconds that the server asks for, -1 when it does not say. */
static gint64 retry_after_ms(const NetResponse *response)
{
    const char *text = net_header(response, "Retry-After");
    if (!text)
        return -1;
    if (g_ascii_isdigit(*text))
        return (gint64)MIN(g_ascii_strtoull(text, NULL, 10), LONGEST_WAIT_MS) * 1000;
    time_t at = curl_getdate(text, NULL);
    return at < 0 ? -1 : MAX(0, (gint64)at * 1000 - clock_real_us() / 1000);
}

/* TRUE when another try has been arranged. */
static gboolean try_again(NetRequest *r)
{
    if (r->tries_left == 0)
        return FALSE;
    gint64 wait = (gint64)FIRST_WAIT_MS << (r->tries - 1);
    wait +=
        g_random_int_range(0, (gint32)(wait / 4)); /* so that clients of a restarted core spread */
    if (r->response) {
        guint status = r->response->status;
        if (status != 429 && status != 502 && status != 503 && status != 504)
            return FALSE;
        gint64 asked = retry_after_ms(r->response);
        if (asked > LONGEST_WAIT_MS)
            return FALSE;
        wait = MAX(wait, asked);
    } else if (r->error->code != NET_ERROR_BROKEN) {
        return FALSE;
    }
    r->tries_left--;
    g_clear_pointer(&r->response, response_free);
    g_clear_error(&r->error);
    try_end(r);
    r->retry_timer = clock_timer_add((guint)wait, on_retry, r);
    return TRUE;
}

/* GETs follow within the origin; everything else is told to the caller as it is, in one error. */
static gboolean redirected(NetRequest *r)
{
    guint status = r->response->status;
    if (status < 300 || status > 399 || status == 304)
        return FALSE;
    gboolean own = FALSE;
    const char *location = net_header(r->response, "Location");
    g_autofree char *url = net_address_resolve(r->net, r->url, location, &own, NULL);
    gboolean follow = url && own && r->own && r->method == NET_GET && r->redirects < MAX_REDIRECTS;
    g_clear_pointer(&r->response, response_free);
    if (!follow) {
        r->error = net_error_make(NET_ERROR_REDIRECT);
        return FALSE;
    }
    r->redirects++;
    g_free(r->url);
    r->url = g_steal_pointer(&url);
    try_end(r);
    begin(r);
    return TRUE;
}

static gint64 time_of(CURL *easy, CURLINFO info)
{
    curl_off_t us = 0;
    curl_easy_getinfo(easy, info, &us);
    return (gint64)us;
}

static NetResponse *take_response(NetRequest *r)
{
    NetResponse *response = g_new0(NetResponse, 1);
    long status = 0;
    curl_easy_getinfo(r->easy, CURLINFO_RESPONSE_CODE, &status);
    response->status = (guint)status;
    response->headers = g_steal_pointer(&r->in_headers);
    response->body = g_byte_array_free_to_bytes(g_steal_pointer(&r->in));
    response->connect_us = time_of(r->easy, CURLINFO_CONNECT_TIME_T);
    response->first_byte_us = time_of(r->easy, CURLINFO_STARTTRANSFER_TIME_T);
    response->total_us = clock_monotonic_us() - r->started;
    response->tries = r->tries;
    const char *id = net_header(response, "X-Request-Id");
    response->request_id = id && *id ? id : r->id;
    return response;
}

void net_request_done(NetRequest *r, CURLcode code)
{
    if (r->failure)
        r->error = net_error_make((NetErrorCode)r->failure->code);
    else if (code != CURLE_OK)
        r->error = net_error_of_curl(code);
    else if (!r->head_ended) /* curl takes a head that ends too soon for an answer without a body */
        r->error = net_error_make(NET_ERROR_BROKEN);
    else
        r->response = take_response(r);
    if (r->response && (r->response->status < 100 || r->response->status > 599)) {
        r->error = net_error_make(NET_ERROR_PROTOCOL);
        g_clear_pointer(&r->response, response_free);
    }
    g_clear_error(&r->failure);
    if (r->response && redirected(r))
        return;
    if (!try_again(r))
        deliver_soon(r);
}

/* ---- sending ------------------------------------------------------------------------------- */

const char *net_header(const NetResponse *response, const char *name)
{
    gsize len = strlen(name);
    for (guint i = 0; i < response->headers->len; i++) {
        const char *line = response->headers->pdata[i];
        if (g_ascii_strncasecmp(line, name, len) == 0 && line[len] == ':') {
            line += len + 1;
            return line + strspn(line, " \t");
        }
    }
    return NULL;
}

static void add_header(NetRequest *r, const char *name, const char *value)
{
    g_autofree char *line = g_strconcat(name, ": ", value, NULL);
    r->headers = curl_slist_append(r->headers, line);
}

static void add_bearer(NetRequest *r, const SecretBuf *token)
{
    g_autoptr(SecretBuf) line = secret_new(token->len + 32);
    secret_append(line, "Authorization: Bearer ", strlen("Authorization: Bearer "));
    secret_append(line, token->data, token->len);
    secret_append(line, "", 1);
    r->headers = curl_slist_append(r->headers, (const char *)line->data);
}

static void add_headers(NetRequest *r, const NetSpec *spec)
{
    g_autofree char *uuid = g_uuid_string_random();
    g_strlcpy(r->id, uuid, sizeof r->id);
    add_header(r, "X-Request-Id", r->id);
    add_header(r, "User-Agent", "rond/" ROND_VERSION);
    r->headers = curl_slist_append(r->headers, "Expect:");
    if (spec->content_type)
        add_header(r, "Content-Type", spec->content_type);
    for (const char *const *h = spec->headers; h && *h; h++)
        r->headers = curl_slist_append(r->headers, *h);
    if (spec->bearer && r->own)
        add_bearer(r, spec->bearer);
}

/* A line break in a header, say from an ETag, would become another header. */
static gboolean headers_clean(const NetSpec *spec)
{
    for (const char *const *h = spec->headers; h && *h; h++)
        if (strpbrk(*h, "\r\n"))
            return FALSE;
    return TRUE;
}

NetRequest *net_send(Net *net, Scope *scope, const NetSpec *spec, NetFn fn, gpointer data)
{
    NetRequest *r = g_new0(NetRequest, 1);
    GError *error = NULL;
    r->net = net;
    r->fn = fn;
    r->data = data;
    r->scope = scope;
    r->scope_id = scope_add(scope, on_scope_closed, r);
    r->method = spec->method;
    r->body = spec->body ? g_bytes_ref(spec->body) : NULL;
    r->timeout_ms = spec->timeout_ms ? spec->timeout_ms : net->total_timeout_ms;
    r->tries_left = spec->method != NET_GET ? 0 : (spec->tries ? spec->tries : DEFAULT_TRIES) - 1;
    r->started = clock_monotonic_us();
    r->slow = spec->slow;
    g_ptr_array_add(net->requests, r);
    r->url = net_address_resolve(net, NULL, spec->url, &r->own, &error);
    if (r->url && !headers_clean(spec))
        error = net_error_make(NET_ERROR_URL);
    if (error) {
        r->url = r->url ? r->url : g_strdup("");
        net_request_fail(r, error);
        return r;
    }
    add_headers(r, spec);
    begin(r);
    return r;
}

