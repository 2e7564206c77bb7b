/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/http.h"

#include "base/limits.h"
#include "base/say.h"
#include <fcntl.h>
#include <gio/gio.h>
#include <microhttpd.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#define GZIP_FROM 1024
#define KEEP_ALIVE_S 90

typedef struct {
    Core *core;
    gboolean local, log;
    guint connections;
    gint64 idle_since; /* monotonic, when connections became 0 */
} Server;

typedef struct {
    GByteArray *body;
    gboolean too_big;
} Upload;

/* ---- one request -------------------------------------------------------------------------- */

static const char *header(struct MHD_Connection *c, const char *name)
{
    return MHD_lookup_connection_value(c, MHD_HEADER_KIND, name);
}

/* Only what is harmless in a header and a log. */
static char *request_id(struct MHD_Connection *c)
{
    const char *given = header(c, "X-Request-Id");
    if (!given || !*given || strlen(given) > 64)
        return g_uuid_string_random();
    char *id = g_strdup(given);
    for (char *p = id; *p; p++)
        if (!g_ascii_isalnum(*p) && *p != '-' && *p != '_' && *p != '.')
            *p = '_';
    return id;
}

/* No ids and no values: the log holds nothing about patients. */
static void log_line(const CoreRequest *r, const CoreReply *reply, gint64 us)
{
    g_auto(GStrv) path = g_strsplit(r->path, "/", 3);
    g_autoptr(GString) names = g_string_new(NULL);
    g_auto(GStrv) parts = g_strsplit(r->query, "&", -1);
    for (char **p = parts; *p; p++)
        g_string_append_printf(names, "%s%.*s", names->len ? "&" : "?",
                               (int)strcspn(*p, "=%"), *p);
    sayf(stderr, "%s %s /%.40s%s%.200s %u %" G_GINT64_FORMAT ".%03d ms\n", r->request_id,
            r->method, path[0] ? path[0] : "", path[0] && path[1] ? "/-" : "",
            *r->query ? names->str : "", reply->status, us / 1000, (int)(us % 1000));
}

static GBytes *gzip(GBytes *body)
{
    g_autoptr(GZlibCompressor) z = g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, 3);
    g_autoptr(GOutputStream) memory = g_memory_output_stream_new_resizable();
    g_autoptr(GOutputStream) out = g_converter_output_stream_new(memory, G_CONVERTER(z));
    gsize len;
    const void *data = g_bytes_get_data(body, &len);
    if (!g_output_stream_write_all(out, data, len, NULL, NULL, NULL) ||
        !g_output_stream_close(out, NULL, NULL))
        return NULL;
    return g_memory_output_stream_steal_as_bytes(G_MEMORY_OUTPUT_STREAM(memory));
}

static void add_header(struct MHD_Response *response, const char *name, const char *value)
{
    if (value)
        MHD_add_response_header(response, name, value);
}

static void free_bytes(void *data)
{
    g_bytes_unref(data);
}

static struct MHD_Response *make_response(struct MHD_Connection *c, const CoreReply *reply,
                                          const char *id)
{
    g_autofree char *modified = NULL;
    g_autoptr(GBytes) body = reply->body ? g_bytes_ref(reply->body) : g_bytes_new(NULL, 0);
    const char *accepts = header(c, "Accept-Encoding");
    g_autoptr(GBytes) packed = accepts && strstr(accepts, "gzip") &&
                                       g_bytes_get_size(body) >= GZIP_FROM
                                   ? gzip(body)
                                   : NULL;
    GBytes *sent = g_bytes_ref(packed ? packed : body);
    gsize len;
    const void *data = g_bytes_get_data(sent, &len);
    struct MHD_Response *response = MHD_create_response_from_buffer_with_free_callback_cls(
        len, (void *)data, free_bytes, sent);
    if (reply->modified != INSTANT_NONE) {
        g_autoptr(GDateTime) when = g_date_time_new_from_unix_utc(reply->modified / G_USEC_PER_SEC);
        modified = g_date_time_format(when, "%a, %d %b %Y %H:%M:%S GMT");
    }
    add_header(response, "Content-Type", reply->body ? reply->content_type : NULL);
    add_header(response, "Content-Encoding", packed ? "gzip" : NULL);
    add_header(response, "Vary", "Accept-Encoding");
    add_header(response, "Cache-Control", "no-store");
    add_header(response, "X-Request-Id", id);
    add_header(response, "ETag", reply->etag);
    add_header(response, "Location", reply->location);
    add_header(response, "Allow", reply->allow);
    add_header(response, "Last-Modified", modified);
    add_header(response, "WWW-Authenticate", reply->status == 401 ? "Bearer" : NULL);
    return response;
}

static enum MHD_Result answer(Server *s, struct MHD_Connection *c, const char *method,
                              const char *target, Upload *upload)
{
    gint64 start = g_get_monotonic_time();
    g_autofree char *id = request_id(c);
    const char *mark = strchr(target, '?');
    g_autofree char *raw = mark ? g_strndup(target, (gsize)(mark - target)) : g_strdup(target);
    g_autofree char *path = g_uri_unescape_string(raw + (*raw == '/'), "/");
    g_autoptr(GBytes) body = upload->body->len
                                 ? g_byte_array_free_to_bytes(g_steal_pointer(&upload->body))
                                 : NULL;
    g_auto(CoreReply) reply = {.modified = INSTANT_NONE};
    CoreRequest request = {
        .method = method,
        .path = path ? path : raw,
        .query = mark ? mark + 1 : "",
        .content_type = header(c, "Content-Type"),
        .accept = header(c, "Accept"),
        .authorization = header(c, "Authorization"),
        .if_match = header(c, "If-Match"),
        .if_none_match = header(c, "If-None-Match"),
        .if_none_exist = header(c, "If-None-Exist"),
        .prefer = header(c, "Prefer"),
        .request_id = id,
        .body = body,
        .local = s->local,
    };
    if (upload->too_big)
        reply_fail(&reply, 413, "too-long", NULL, "A request may hold %u bytes.", LIMIT_JSON_BYTES);
    else
        core_handle(s->core, &request, &reply);
    struct MHD_Response *response = make_response(c, &reply, id);
    enum MHD_Result queued = MHD_queue_response(c, reply.status, response);
    MHD_destroy_response(response);
    if (s->log)
        log_line(&request, &reply, g_get_monotonic_time() - start);
    return queued;
}

/* ---- libmicrohttpd ------------------------------------------------------------------------ */

typedef struct {
    char *target; /* path and query as sent */
    Upload *upload;
} Call;

static void *on_uri(void *data, const char *uri, struct MHD_Connection *c)
{
    Call *call = g_new0(Call, 1);
    call->target = g_strdup(uri);
    return call;
}

static enum MHD_Result on_request(void *data, struct MHD_Connection *c, const char *url,
                                  const char *method, const char *version, const char *chunk,
                                  size_t *chunk_len, void **state)
{
    Call *call = *state;
    if (!call->upload) {
        call->upload = g_new0(Upload, 1);
        call->upload->body = g_byte_array_new();
        return MHD_YES;
    }
    if (*chunk_len == 0)
        return answer(data, c, method, call->target, call->upload);
    if (call->upload->body->len + *chunk_len > LIMIT_JSON_BYTES)
        call->upload->too_big = TRUE;
    else
        g_byte_array_append(call->upload->body, (const guint8 *)chunk, (guint)*chunk_len);
    *chunk_len = 0;
    return MHD_YES;
}

static void on_completed(void *data, struct MHD_Connection *c, void **state,
                         enum MHD_RequestTerminationCode why)
{
    Call *call = *state;
    if (!call)
        return;
    if (call->upload && call->upload->body)
        g_byte_array_unref(call->upload->body);
    g_free(call->upload);
    g_free(call->target);
    g_free(call);
    *state = NULL;
}

static void on_connection(void *data, struct MHD_Connection *c, void **state,
                          enum MHD_ConnectionNotificationCode what)
{
    Server *s = data;
    if (what == MHD_CONNECTION_NOTIFY_STARTED) {
        s->connections++;
    } else {
        s->connections--;
        s->idle_since = g_get_monotonic_time();
    }
}

static int signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/* How long the loop may sleep, in milliseconds; -1 = until something happens. */
static int timeout_ms(struct MHD_Daemon *daemon, const Server *s, guint linger_s)
{
    MHD_UNSIGNED_LONG_LONG ms;
    gint64 wait = MHD_get_timeout(daemon, &ms) == MHD_YES ? (gint64)MIN(ms, 60000) : -1;
    if (linger_s && s->connections == 0) {
        gint64 left = linger_s * 1000LL - (g_get_monotonic_time() - s->idle_since) / 1000;
        left = MAX(left, 0) + 1;
        wait = wait < 0 ? left : MIN(wait, left);
    }
    return (int)wait;
}

static gboolean lingered(const Server *s, guint linger_s)
{
    return linger_s && s->connections == 0 &&
           g_get_monotonic_time() - s->idle_since >= linger_s * (gint64)G_USEC_PER_SEC;
}

/* A client that came while we were closing waits in the socket's queue for the next server; one
 * that was taken already is served to its end. */
static void finish(struct MHD_Daemon *daemon, Server *s, int epoll)
{
    MHD_quiesce_daemon(daemon);
    struct pollfd p = {epoll, POLLIN, 0};
    while (s->connections > 0) {
        poll(&p, 1, MAX(timeout_ms(daemon, s, 0), 100));
        MHD_run(daemon);
    }
}

static void loop(struct MHD_Daemon *daemon, Server *s, const HttpOptions *options)
{
    int signal_fd = signals();
    int epoll = MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
    struct pollfd fds[] = {{epoll, POLLIN, 0}, {signal_fd, POLLIN, 0}};
    for (;;) {
        poll(fds, G_N_ELEMENTS(fds), timeout_ms(daemon, s, options->linger_s));
        if (fds[1].revents)
            break;
        MHD_run(daemon);
        if (lingered(s, options->linger_s)) {
            finish(daemon, s, epoll);
            break;
        }
    }
    close(signal_fd);
}

gboolean http_serve(Core *core, int fd, gboolean local, const HttpOptions *options, GError **error)
{
    Server s = {core, local, options->log, 0, g_get_monotonic_time()};
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_EPOLL | MHD_USE_ERROR_LOG, 0, NULL, NULL, on_request, &s,
        MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_URI_LOG_CALLBACK, on_uri, NULL,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL, MHD_OPTION_NOTIFY_CONNECTION,
        on_connection, &s, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)KEEP_ALIVE_S,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)(128 * 1024), MHD_OPTION_END);
    if (!daemon) {
        g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "Cannot start the server.");
        return FALSE;
    }
    loop(daemon, &s, options);
    MHD_stop_daemon(daemon);
    return TRUE;
}
