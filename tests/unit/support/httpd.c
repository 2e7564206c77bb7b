/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "support/httpd.h"
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>
#include "base/clock.h"

struct Httpd {
    GSocketService *service;
    HttpdFn fn;
    gpointer data;
    char *origin, *unix_path;
    GPtrArray *conns;
    guint requests, connections;
    gsize bytes, cut_at;
    HttpdSentFn sent;
    gpointer sent_data;
    guint alive; /* connections that are not freed */
};

typedef struct {
    Httpd *httpd; /* NULL after httpd_free */
    guint number;
    GSocketConnection *stream;
    GByteArray *in;
    char chunk[65536];
    GCancellable *cancel;
    gboolean waiting; /* for a request */
    gboolean reading, resting; /* @resting: its answer waits for the clock, a release, or never comes */
    guint delay; /* clock timer */
    GByteArray *out;
    guint at, drip_bytes, drip_ms, delay_ms; /* @at: sent so far */
    guint held; /* the number of the request whose answer is held */
    guint answers; /* the number of the request that is answered */
    gboolean close_after, part; /* @part: its answer says that there is more */
    guint *alive;
    int refs;
} Conn;

static void conn_unref(Conn *c)
{
    if (--c->refs > 0)
        return;
    clock_timer_cancel(c->delay);
    g_io_stream_close(G_IO_STREAM(c->stream), NULL, NULL);
    g_object_unref(c->stream);
    g_object_unref(c->cancel);
    g_byte_array_unref(c->in);
    if (c->out)
        g_byte_array_unref(c->out);
    --*c->alive;
    g_free(c);
}

static void conn_close(Conn *c)
{
    clock_timer_cancel(c->delay);
    c->delay = 0;
    g_cancellable_cancel(c->cancel);
    g_io_stream_close(G_IO_STREAM(c->stream), NULL, NULL);
    if (c->httpd)
        g_ptr_array_remove_fast(c->httpd->conns, c);
}

static void conn_read(Conn *c);

static gboolean on_send(gpointer data);

/* While it rests it is seen whether the other end goes. @ms 0: until it is released. */
static void rest(Conn *c, guint ms)
{
    c->resting = TRUE;
    if (ms)
        c->delay = clock_timer_add(ms, on_send, c);
    conn_read(c);
}

static void on_written(GObject *source, GAsyncResult *result, gpointer data)
{
    Conn *c = data;
    gboolean ok = g_output_stream_write_all_finish(G_OUTPUT_STREAM(source), result, NULL, NULL);
    if (c->httpd && c->httpd->sent && (!ok || c->at == c->out->len))
        c->httpd->sent(c->answers, c->out->len, ok && !c->part, c->httpd->sent_data);
    if (c->httpd && ok && c->at < c->out->len)
        rest(c, c->drip_ms);
    else if (c->httpd && (!ok || c->close_after))
        conn_close(c);
    else if (c->httpd)
        conn_read(c);
    conn_unref(c);
}

static gboolean on_send(gpointer data)
{
    Conn *c = data;
    c->delay = 0;
    c->resting = FALSE;
    c->refs++;
    guint from = c->at, left = c->out->len - from;
    guint n = c->drip_bytes ? MIN(c->drip_bytes, left) : left;
    c->at += n;
    g_output_stream_write_all_async(g_io_stream_get_output_stream(G_IO_STREAM(c->stream)),
                                    c->out->data + from, n, G_PRIORITY_DEFAULT, c->cancel,
                                    on_written, c);
    return G_SOURCE_REMOVE;
}

static char *head_of(const HttpdAnswer *a, gsize len)
{
    const char *headers = a->headers ? a->headers : "Content-Type: application/fhir+json\r\n";
    guint status = a->status ? a->status : 200;
    const char *reason = a->reason ? a->reason : "X";
    if (a->length < 0)
        return g_strdup_printf("HTTP/1.1 %u %s\r\n%s\r\n", status, reason, headers);
    return g_strdup_printf("HTTP/1.1 %u %s\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n%s\r\n", status, reason,
                           a->length > 0 ? (gsize)a->length : len, headers);
}

static void begin_sending(Conn *c)
{
    c->held = 0;
    if (c->delay_ms)
        rest(c, c->delay_ms);
    else
        on_send(c);
}

static void answer(Conn *c, const HttpdAnswer *a, guint number)
{
    gsize len = 0;
    const guint8 *body = a->body ? g_bytes_get_data(a->body, &len) : NULL;
    g_autofree char *head = head_of(a, len);
    if (c->out)
        g_byte_array_unref(c->out);
    c->out = g_byte_array_new();
    g_byte_array_append(c->out, (const guint8 *)head, (guint)strlen(head));
    if (len)
        g_byte_array_append(c->out, body, (guint)len);
    c->part = a->length > 0 && (gsize)a->length > len;
    if (a->cut > 0 && (guint)a->cut < c->out->len) {
        g_byte_array_set_size(c->out, (guint)a->cut);
        c->close_after = c->part = TRUE;
    }
    Httpd *h = c->httpd;
    if (h->cut_at > h->bytes && h->cut_at <= h->bytes + c->out->len) {
        c->part |= h->cut_at < h->bytes + c->out->len;
        g_byte_array_set_size(c->out, (guint)(h->cut_at - h->bytes));
        h->cut_at = 0;
        c->close_after = TRUE;
    }
    h->bytes += c->out->len;
    c->close_after |= a->length != 0; /* what follows would be read as part of this body */
    c->at = 0;
    c->drip_bytes = a->drip_bytes;
    c->drip_ms = a->drip_ms;
    c->delay_ms = a->delay_ms;
    c->held = c->answers = number;
    if (a->how == HTTPD_HOLD)
        rest(c, 0);
    else
        begin_sending(c);
}

/* Answers one complete request at the start of the buffer; FALSE when more bytes are needed. */
static gboolean take_request(Conn *c)
{
    g_byte_array_append(c->in, (const guint8 *)"", 1);
    g_byte_array_set_size(c->in, c->in->len - 1);
    const char *end = c->in->len ? g_strstr_len((char *)c->in->data, c->in->len, "\r\n\r\n") : NULL;
    if (!end)
        return FALSE;
    gsize head_len = (gsize)(end - (char *)c->in->data) + 4;
    g_autofree char *head = g_strndup((char *)c->in->data, head_len - 4);
    g_auto(GStrv) lines = g_strsplit(head, "\r\n", -1);
    g_auto(GStrv) first = g_strsplit(lines[0], " ", 3);
    g_autoptr(GHashTable) headers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (char **l = lines + 1; *l; l++) {
        char *colon = strchr(*l, ':');
        if (colon)
            g_hash_table_insert(headers, g_ascii_strdown(*l, colon - *l),
                                g_strstrip(g_strdup(colon + 1)));
    }
    const char *length = g_hash_table_lookup(headers, "content-length");
    gsize body_len = length ? (gsize)g_ascii_strtoull(length, NULL, 10) : 0;
    if (c->in->len < head_len + body_len)
        return FALSE;
    g_autoptr(GBytes) body = g_bytes_new(c->in->data + head_len, body_len);
    g_byte_array_remove_range(c->in, 0, (guint)(head_len + body_len));
    HttpdRequest request = {++c->httpd->requests, c->number, first[0], first[1], body, headers};
    HttpdAnswer a = {0};
    c->httpd->fn(&request, &a, c->httpd->data);
    if (a.how == HTTPD_DROP)
        conn_close(c);
    else if (a.how == HTTPD_HANG)
        rest(c, 0);
    else
        answer(c, &a, request.number);
    g_free(a.headers);
    g_clear_pointer(&a.body, g_bytes_unref);
    return TRUE;
}

static void on_read(GObject *source, GAsyncResult *result, gpointer data)
{
    Conn *c = data;
    gssize n = g_input_stream_read_finish(G_INPUT_STREAM(source), result, NULL);
    gboolean waiting = c->waiting;
    c->waiting = c->reading = FALSE;
    if (c->httpd && n <= 0) {
        conn_close(c);
    } else if (c->httpd) {
        g_byte_array_append(c->in, (guint8 *)c->chunk, (guint)n);
        if (waiting && !take_request(c))
            conn_read(c);
    }
    conn_unref(c);
}

static void conn_read(Conn *c)
{
    c->waiting = !c->resting;
    if (c->reading)
        return;
    c->refs++;
    c->reading = TRUE;
    g_input_stream_read_async(g_io_stream_get_input_stream(G_IO_STREAM(c->stream)), c->chunk,
                              sizeof c->chunk, G_PRIORITY_DEFAULT, c->cancel, on_read, c);
}

static gboolean on_incoming(GSocketService *service, GSocketConnection *stream, GObject *source,
                            gpointer data)
{
    Conn *c = g_new0(Conn, 1);
    c->httpd = data;
    c->refs = 1;
    c->alive = &c->httpd->alive;
    ++*c->alive;
    c->number = ++c->httpd->connections;
    c->stream = g_object_ref(stream);
    c->in = g_byte_array_new();
    c->cancel = g_cancellable_new();
    g_ptr_array_add(c->httpd->conns, c);
    conn_read(c);
    return TRUE;
}

static void release(gpointer data)
{
    conn_unref(data);
}

Httpd *httpd_new(const char *unix_path, HttpdFn fn, gpointer data)
{
    Httpd *h = g_new0(Httpd, 1);
    h->fn = fn;
    h->data = data;
    h->conns = g_ptr_array_new_with_free_func(release);
    h->service = g_socket_service_new();
    GError *error = NULL;
    if (unix_path) {
        g_autoptr(GSocketAddress) address = g_unix_socket_address_new(unix_path);
        g_socket_listener_add_address(G_SOCKET_LISTENER(h->service), address, G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_DEFAULT, NULL, NULL, &error);
        h->unix_path = g_strdup(unix_path);
        h->origin = g_strconcat("unix:", unix_path, NULL);
    } else {
        g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
        g_autoptr(GSocketAddress) any = g_inet_socket_address_new(loopback, 0), got = NULL;
        g_socket_listener_add_address(G_SOCKET_LISTENER(h->service), any, G_SOCKET_TYPE_STREAM,
                                      G_SOCKET_PROTOCOL_DEFAULT, NULL, &got, &error);
        h->origin =
            error ? NULL
                  : g_strdup_printf("http://127.0.0.1:%u",
                                    g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(got)));
    }
    g_assert_no_error(error);
    g_signal_connect(h->service, "incoming", G_CALLBACK(on_incoming), h);
    g_socket_service_start(h->service);
    return h;
}

void httpd_free(Httpd *h)
{
    if (!h)
        return;
    g_socket_service_stop(h->service);
    g_socket_listener_close(G_SOCKET_LISTENER(h->service));
    g_object_unref(h->service);
    for (guint i = 0; i < h->conns->len; i++) {
        Conn *c = h->conns->pdata[i];
        c->httpd = NULL;
        g_cancellable_cancel(c->cancel);
    }
    g_ptr_array_unref(h->conns);
    while (h->alive) /* cancelled reads and writes end */
        g_main_context_iteration(NULL, TRUE);
    if (h->unix_path)
        g_unlink(h->unix_path);
    g_free(h->unix_path);
    g_free(h->origin);
    g_free(h);
}

const char *httpd_origin(const Httpd *h)
{
    return h->origin;
}

guint httpd_requests(const Httpd *h)
{
    return h->requests;
}

guint httpd_connections(const Httpd *h)
{
    return h->connections;
}

guint httpd_resting(const Httpd *h)
{
    guint n = 0;
    for (guint i = 0; i < h->conns->len; i++)
        n += ((Conn *)h->conns->pdata[i])->resting;
    return n;
}

gsize httpd_bytes(const Httpd *h)
{
    return h->bytes;
}

void httpd_cut_at(Httpd *h, gsize byte)
{
    h->cut_at = byte;
}

void httpd_on_sent(Httpd *h, HttpdSentFn fn, gpointer data)
{
    h->sent = fn;
    h->sent_data = data;
}

void httpd_release(Httpd *h, guint number)
{
    for (guint i = 0; i < h->conns->len; i++) {
        Conn *c = h->conns->pdata[i];
        if (c->held == number) {
            begin_sending(c);
            return;
        }
    }
}

void httpd_close_idle(Httpd *h)
{
    for (guint i = h->conns->len; i-- > 0;) {
        Conn *c = h->conns->pdata[i];
        if (c->waiting)
            conn_close(c);
    }
}

const char *httpd_header(const HttpdRequest *request, const char *name)
{
    return g_hash_table_lookup(request->headers, name);
}

void httpd_text(HttpdAnswer *a, guint status, const char *body)
{
    a->status = status;
    g_clear_pointer(&a->body, g_bytes_unref);
    a->body = g_bytes_new(body, strlen(body));
}

static gboolean on_watchdog(gpointer data)
{
    *(gboolean *)data = TRUE;
    return G_SOURCE_CONTINUE;
}

gboolean loop_until_count(const guint *count, guint value)
{
    gboolean late = FALSE;
    guint id = g_timeout_add(10 * 1000, on_watchdog, &late);
    while (*count < value && !late)
        g_main_context_iteration(NULL, TRUE);
    g_source_remove(id);
    return *count >= value;
}

gboolean loop_until(const gboolean *flag)
{
    return loop_until_count((const guint *)flag, 1);
}

/* Quiet is counted, not time: on a busy machine it lasts as long as it must. */
void loop_settle(void)
{
    for (guint quiet = 0; quiet < 30; quiet++) {
        gboolean any = FALSE;
        while (g_main_context_iteration(NULL, FALSE))
            any = TRUE;
        if (any)
            quiet = 0;
        g_usleep(1000);
    }
}
