/* SPDX-License-Identifier: GPL-3.0-or-later
 * support/httpd.h — a small HTTP/1.1 server in the test's own main loop. The test's function
 * answers each request and may delay it, cut it at any byte, or say nothing. Not a server for
 * anything else. */
#pragma once
#include <gio/gio.h>

typedef struct Httpd Httpd;

typedef struct {
    guint number;     /* 1 = first request of this server */
    guint connection; /* 1 = first connection */
    const char *method, *target;
    GBytes *body;
    GHashTable *headers; /* lower-case name -> value */
} HttpdRequest;

typedef enum { HTTPD_ANSWER, HTTPD_DROP, HTTPD_HANG, HTTPD_HOLD } HttpdHow;
typedef struct {
    HttpdHow how;   /* DROP: close without a byte; HANG: never answer; HOLD: when it is released */
    guint status;   /* 0 = 200 */
    const char *reason; /* borrowed; NULL = "X" */
    char *headers;  /* "Name: value\r\n" …, owned by the answer; NULL = Content-Type
                       application/fhir+json */
    GBytes *body;   /* owned by the answer */
    gssize cut;     /* > 0: close after so many bytes of head and body */
    gssize length;  /* > 0: what Content-Length says, whatever the body's length; -1: none is said */
    guint delay_ms; /* of base/clock: real time, or a test's own */
    guint drip_bytes, drip_ms; /* drip_bytes > 0: so many at a time, so far apart */
} HttpdAnswer;

typedef void (*HttpdFn)(const HttpdRequest *request, HttpdAnswer *answer, gpointer data);

Httpd *httpd_new(const char *unix_path, HttpdFn fn, gpointer data); /* NULL: loopback TCP */
void httpd_free(Httpd *httpd);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Httpd, httpd_free)
const char *httpd_origin(const Httpd *httpd); /* for NetConfig.origin */
guint httpd_requests(const Httpd *httpd);
guint httpd_connections(const Httpd *httpd);
/* Requests whose answer waits for the clock or for a release, or never comes. */
guint httpd_resting(const Httpd *httpd);
gsize httpd_bytes(const Httpd *httpd); /* of all answers so far, heads and bodies */
/* The answer that holds that byte ends there, and its connection with it, once. 0 = never. */
void httpd_cut_at(Httpd *httpd, gsize byte);
/* Sends the held answer to the request of that number. */
void httpd_release(Httpd *httpd, guint number);
/* Called when an answer has gone: with every byte that it says it has, or cut. @fn may be NULL. */
typedef void (*HttpdSentFn)(guint number, gsize bytes, gboolean whole, gpointer data);
void httpd_on_sent(Httpd *httpd, HttpdSentFn fn, gpointer data);
/* Closes every connection that waits for a request, as a restarted server would. */
void httpd_close_idle(Httpd *httpd);
const char *httpd_header(const HttpdRequest *request, const char *name); /* lower case; NULL */
void httpd_text(HttpdAnswer *answer, guint status, const char *body);

/* Runs the default main context until *flag, at most ten real seconds; FALSE when it never came. */
gboolean loop_until(const gboolean *flag);
gboolean loop_until_count(const guint *count, guint value);
/* Runs until nothing has happened for a while. */
void loop_settle(void);
