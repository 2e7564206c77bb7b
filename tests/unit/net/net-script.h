/* SPDX-License-Identifier: GPL-3.0-or-later
 * net/net-script.h — a server that plays one step for each request, and what a request got. */
#pragma once
#include <criterion/criterion.h>
#include <curl/curl.h>
#include <dlfcn.h>
#include <glib/gstdio.h>
#include <string.h>
#include <zlib.h>
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "net/net.h"
#include "support/httpd.h"

typedef struct {
    gboolean done;
    guint calls, status, tries;
    int code; /* NetErrorCode, -1 = a response */
    gboolean never_sent;
    char *body, *etag;
} Got;

static inline void on_done(const NetResponse *response, const GError *error, gpointer data)
{
    Got *got = data;
    got->done = TRUE;
    got->calls++;
    cr_assert((response == NULL) == (error != NULL));
    got->code = error ? error->code : -1;
    if (error) {
        cr_assert_eq(error->domain, NET_ERROR);
        cr_assert_gt(strlen(error->message), 20);
        got->never_sent = net_error_never_sent(error);
        return;
    }
    got->status = response->status;
    got->tries = response->tries;
    g_free(got->body);
    got->body = text_of_bytes(response->body);
    g_free(got->etag);
    got->etag = g_strdup(net_header(response, "etag"));
}

static inline void got_clear(Got *got)
{
    g_free(got->body);
    g_free(got->etag);
    *got = (Got){0};
}

/* What the server does, one step for each request; the last is repeated. */
typedef struct {
    const HttpdAnswer *steps;
    guint n, seen;
    guint post_seen;
    char *last_auth, *last_target, *last_id;
} Script;

static inline void on_script(const HttpdRequest *request, HttpdAnswer *answer, gpointer data)
{
    Script *s = data;
    const HttpdAnswer *step = &s->steps[MIN(s->seen, s->n - 1)];
    s->seen++;
    s->post_seen += g_str_equal(request->method, "POST");
    *answer = *step;
    answer->headers = g_strdup(step->headers);
    answer->body = step->body ? g_bytes_ref(step->body) : NULL;
    g_free(s->last_auth);
    g_free(s->last_target);
    g_free(s->last_id);
    s->last_auth = g_strdup(httpd_header(request, "authorization"));
    s->last_target = g_strdup(request->target);
    s->last_id = g_strdup(httpd_header(request, "x-request-id"));
}

static inline void script_clear(Script *s)
{
    g_free(s->last_auth);
    g_free(s->last_target);
    g_free(s->last_id);
}

#define SCRIPT(...)                                                                                \
    HttpdAnswer steps[] = {__VA_ARGS__};                                                           \
    Script script = {steps, G_N_ELEMENTS(steps), 0, 0, NULL, NULL, NULL};                          \
    g_autoptr(Httpd) httpd = httpd_new(NULL, on_script, &script);                                  \
    g_autoptr(Net) net =                                                                           \
        net_new(&(NetConfig){.origin = httpd_origin(httpd), .base_path = "/fhir"}, NULL);          \
    g_autoptr(Scope) scope = scope_new();                                                          \
    Got got = {0}

#define END                                                                                        \
    got_clear(&got);                                                                               \
    script_clear(&script)

static inline void get(Net *net, Scope *scope, const char *url, Got *got)
{
    got->done = FALSE;
    net_send(net, scope, &(NetSpec){.url = url}, on_done, got);
    cr_assert(!got->done, "no callback from inside the call");
    cr_assert(loop_until(&got->done));
}

static inline void post(Net *net, Scope *scope, Got *got)
{
    g_autoptr(GBytes) body = g_bytes_new_static("{}", 2);
    got->done = FALSE;
    net_send(
        net, scope,
        &(NetSpec){.method = NET_POST, .url = "Task", .body = body, .content_type = "text/plain"},
        on_done, got);
}
