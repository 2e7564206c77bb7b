/* SPDX-License-Identifier: GPL-3.0-or-later
 * net/net.h — HTTP on the GLib main loop: one curl multi handle, kept connections, TLS that cannot
 * be switched off. Knows HTTP and nothing of FHIR. All calls and callbacks on the main thread; no
 * callback runs inside curl or inside the call that started it, none after the scope has closed.
 * GETs are tried again with backoff; a write is sent at most once, whatever happens to it. */
#pragma once
#include "base/scope.h"
#include "base/secret.h"
#include <gio/gio.h>

#define NET_ERROR (net_error_quark())
GQuark net_error_quark(void);

/* The message of each is one fixed English sentence (a msgid): translate it where it is shown. */
typedef enum {
    NET_ERROR_URL,      /* the address is no address, or neither encrypted nor on this machine */
    NET_ERROR_HOST,     /* host name unknown */
    NET_ERROR_REFUSED,  /* nothing listens there */
    NET_ERROR_CONNECT,  /* no connection within the connect timeout */
    NET_ERROR_TLS,      /* no secure connection: version, cipher, handshake */
    NET_ERROR_CA,       /* the server's certificate is not trusted, or the CA file cannot be read */
    NET_ERROR_TIMEOUT,  /* connected, no complete answer in time */
    NET_ERROR_BROKEN,   /* the connection ended before the answer was complete */
    NET_ERROR_TOO_BIG,  /* the decoded answer is over the limit */
    NET_ERROR_REDIRECT, /* the server points to another address; never followed with a token */
    NET_ERROR_PROTOCOL, /* the answer is not HTTP */
    NET_ERROR_FAILED
} NetErrorCode;
/* TRUE when the server cannot have seen the request (so a write has surely not been done). */
gboolean net_error_never_sent(const GError *error);

typedef struct Net Net;

typedef struct {
    /* "https://host[:port]", "http://127.0.0.1:port" (loopback only), "unix:/path" */
    const char *origin;
    const char *base_path;    /* "/fhir/R4"; NULL or "" = "/" */
    const char *ca_file;      /* PEM; NULL = the system's store */
    const char *proxy;        /* NULL = none; the environment's proxy variables are not read */
    guint connect_timeout_ms; /* 0 = 10 s */
    guint total_timeout_ms;   /* 0 = 60 s, each try */
    gsize max_body;           /* 0 = LIMIT_JSON_BYTES */
    gboolean no_tls_sessions; /* a pulled card must not be outlived by a session ticket */
} NetConfig;

/* FALSE: an origin that no Net is made for. */
gboolean net_origin_usable(const char *origin, GError **error);
Net *net_new(const NetConfig *config, GError **error);
void net_free(Net *net); /* cancels what is under way without callbacks */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Net, net_free)
/* Close every kept connection and forget TLS sessions (lock, card removal). What is under way ends
 * with NET_ERROR_BROKEN. */
void net_drop_all(Net *net);
guint net_in_flight(const Net *net);
guint net_resting(const Net *net); /* of those: wait before they are tried again */
/* How long somebody has waited without a byte from anybody on the configured origin; -1: nobody waits. What rests
 * before another try, or may be slow, does not count. */
gint64 net_silent_us(const Net *net);
/* TRUE when @url (absolute, or relative to the base) lies on the configured origin. */
gboolean net_is_own(const Net *net, const char *url);
const char *net_base(const Net *net); /* "https://h:443/fhir/R4/"; of a Unix socket http on localhost */

typedef enum { NET_GET, NET_POST, NET_PUT, NET_PATCH, NET_DELETE } NetMethod;

typedef struct {
    NetMethod method;
    const char *url; /* relative to origin + base path ("" = the base itself), or absolute (a page
                        link, a token endpoint) */
    const char *const *headers; /* "Name: value" …, NULL; may be NULL */
    const char *content_type;   /* of @body */
    GBytes *body;
    const SecretBuf *bearer; /* for the configured origin only, elsewhere left out; borrowed */
    guint timeout_ms; /* 0 = the configuration's */
    guint tries;      /* GET only; 0 = 3, 1 = no second try */
    gboolean slow;    /* an answer to it may take its time: see net_silent_us() */
} NetSpec;

typedef struct {
    guint status;
    GPtrArray *headers;     /* char* "Name: value" as received */
    GBytes *body;           /* decoded; never NULL */
    const char *request_id; /* the server's X-Request-Id, else the one we sent */
    gint64 connect_us, first_byte_us, total_us;
    guint tries;
} NetResponse;
/* Value of the first header of that name (any case), NULL when absent. Borrowed from @response. */
const char *net_header(const NetResponse *response, const char *name);

typedef struct NetRequest NetRequest;
/* Exactly one of @response and @error is set; both borrowed for the call. Any HTTP status is a
 * response. */
typedef void (*NetFn)(const NetResponse *response, const GError *error, gpointer data);
/* The request is owned by @net; closing @scope ends it without a callback. */
NetRequest *net_send(Net *net, Scope *scope, const NetSpec *spec, NetFn fn, gpointer data);
