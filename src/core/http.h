/* SPDX-License-Identifier: GPL-3.0-or-later
 * core/http.h — libmicrohttpd around the router: one thread, one loop. Knows sockets, headers,
 * gzip and the log line; nothing of FHIR. */
#pragma once
#include "core/core.h"

typedef struct {
    int listen_fd;      /* -1: make one from socket_path or port */
    const char *socket_path;
    guint port;
    guint linger_s;     /* end after this long without a client; 0: never */
    gboolean log;
} HttpOptions;

/* A listening socket; -1 and @error. *ret_local: it is a Unix socket. */
int http_listen(const HttpOptions *options, gboolean *ret_local, GError **error);
/* Serves until SIGTERM or SIGINT, or until it has lingered long enough. */
gboolean http_serve(Core *core, int fd, gboolean local, const HttpOptions *options, GError **error);
