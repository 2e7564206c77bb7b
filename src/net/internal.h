/* SPDX-License-Identifier: GPL-3.0-or-later
 * net/internal.h — what the files of this room share. Nothing outside src/net includes it. */
#pragma once
#include <curl/curl.h>
#include "net/net.h"

/* Below input, above paint. */
#define NET_PRIORITY (G_PRIORITY_DEFAULT + 10)

typedef struct NetTls NetTls;

struct Net {
    char *base;      /* "https://host:443/fhir/R4/" */
    char *unix_path; /* or NULL */
    char *proxy;
    guint connect_timeout_ms, total_timeout_ms;
    gsize max_body;
    gboolean tls_sessions;
    CURLM *multi;
    CURLSH *share;
    guint timer;         /* GSource of curl's own timeout */
    GPtrArray *requests; /* NetRequest*, every one not yet delivered */
    NetTls *tls;
    gint64 heard; /* monotonic: the last bytes of anybody */
};

struct NetRequest {
    Net *net;
    Scope *scope;
    guint scope_id;
    NetFn fn;
    gpointer data;

    NetMethod method;
    char *url; /* absolute */
    gboolean own;
    struct curl_slist *headers;
    GBytes *body;
    guint timeout_ms, tries_left, tries, redirects;
    char id[37];

    CURL *easy;                     /* NULL between tries */
    guint total_timer, retry_timer; /* clock timers */
    guint idle;                     /* GSource: delivery */
    gint64 started, tried; /* monotonic */
    gboolean slow;
    GError *failure; /* the try was ended by us */
    GByteArray *in;
    GPtrArray *in_headers;
    gboolean head_ended; /* the blank line after the headers has come */
    NetResponse *response;
    GError *error;
};

/* address.c */
gboolean net_address_set(Net *net, const NetConfig *config, GError **error);
char *net_address_resolve(const Net *net, const char *from, const char *url, gboolean *ret_own,
                          GError **error);
char *net_address_trace(const char *url); /* without anything that could name a patient */

/* errors.c */
GError *net_error_of_curl(CURLcode code);
GError *net_error_make(NetErrorCode code);

/* loop.c */
void net_loop_open(Net *net);
void net_loop_close(Net *net);

/* request.c */
void net_request_done(NetRequest *r, CURLcode code); /* from the loop, outside curl's callbacks */
void net_request_run(NetRequest *r);                 /* begin a try (trust store is loaded) */
void net_request_fail(NetRequest *r,
                      GError *error); /* takes @error; delivered from an idle source */
void net_request_drop(NetRequest *r); /* no callback */

/* tls.c */
NetTls *net_tls_new(const char *ca_file);
void net_tls_free(NetTls *tls);
/* Runs @r now or when the trust store has been loaded; fails it when it cannot be. */
void net_tls_run(NetTls *tls, NetRequest *r);
void net_tls_forget(NetTls *tls, NetRequest *r);
void net_tls_apply(NetTls *tls, CURL *easy);
