/* SPDX-License-Identifier: GPL-3.0-or-later
 * What a server may write on the wire, headers first, through the real HTTP client: exactly one
 * answer or one error for a request, a status that is one, and never more than the limit. */
#include "fuzz.h"
#include "net/net.h"
#include <gio/gunixsocketaddress.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define MAX_BODY 4096

static Net *net;
static GSocket *listener;
static GBytes *answer;
static guint calls;

/* One connection: whatever was asked, these bytes and the end. */
static gboolean on_connection(GSocket *socket, GIOCondition condition, gpointer data)
{
    g_autoptr(GSocket) peer = g_socket_accept(socket, NULL, NULL);
    if (!peer)
        return G_SOURCE_CONTINUE;
    char asked[4096];
    g_socket_set_timeout(peer, 1);
    g_socket_receive(peer, asked, sizeof asked, NULL, NULL);
    gsize n;
    const char *bytes = g_bytes_get_data(answer, &n);
    if (n > 0)
        g_socket_send(peer, bytes, n, NULL, NULL);
    g_socket_shutdown(peer, FALSE, TRUE, NULL);
    return G_SOURCE_CONTINUE;
}

static void listen_here(void)
{
    g_autofree char *dir = g_dir_make_tmp("rond-fuzz-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "s", NULL), *origin = g_strconcat("unix:", path, NULL);
    listener = g_socket_new(G_SOCKET_FAMILY_UNIX, G_SOCKET_TYPE_STREAM, 0, NULL);
    g_autoptr(GSocketAddress) address = g_unix_socket_address_new(path);
    FUZZ_CHECK(g_socket_bind(listener, address, TRUE, NULL) && g_socket_listen(listener, NULL));
    g_autoptr(GSource) source = g_socket_create_source(listener, G_IO_IN, NULL);
    g_source_set_callback(source, G_SOURCE_FUNC(on_connection), NULL, NULL);
    g_source_attach(source, NULL);
    net = net_new(&(NetConfig){.origin = origin, .max_body = MAX_BODY, .total_timeout_ms = 2000}, NULL);
    FUZZ_CHECK(net);
}

static void on_done(const NetResponse *response, const GError *error, gpointer data)
{
    calls++;
    FUZZ_CHECK((response == NULL) == (error != NULL));
    if (error) {
        FUZZ_CHECK(error->domain == NET_ERROR && *error->message);
        return;
    }
    FUZZ_CHECK(response->status >= 100 && response->status < 1000);
    FUZZ_CHECK(g_bytes_get_size(response->body) <= MAX_BODY);
    FUZZ_CHECK(response->request_id);
    net_header(response, "ETag");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (!net)
        listen_here();
    answer = g_bytes_new(data, size);
    Scope *scope = scope_new();
    calls = 0;
    net_send(net, scope, &(NetSpec){.method = NET_GET, .url = "Patient", .tries = 1}, on_done, NULL);
    while (calls == 0)
        g_main_context_iteration(NULL, TRUE);
    net_drop_all(net);
    while (g_main_context_iteration(NULL, FALSE))
        ;
    FUZZ_CHECK(calls == 1);
    scope_close(scope);
    g_bytes_unref(answer);
    return 0;
}
