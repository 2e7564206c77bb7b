/* SPDX-License-Identifier: GPL-3.0-or-later
 * One curl multi handle on the GLib main loop. curl is never called from inside its own callbacks:
 * they only move GSources about. */
#include "net/internal.h"
#include "base/clock.h"
#include <glib-unix.h>

/* Take finished transfers off curl; they are completed from idle sources, not from here. */
static void drain(Net *net)
{
    CURLMsg *msg;
    int left;
    while ((msg = curl_multi_info_read(net->multi, &left))) {
        if (msg->msg != CURLMSG_DONE)
            continue;
        NetRequest *r = NULL;
        CURLcode code = msg->data.result; /* msg dies with the handle's removal */
        curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE, (char **)&r);
        net_request_done(r, code);
    }
}

static void act(Net *net, curl_socket_t fd, int what)
{
    int running;
    curl_multi_socket_action(net->multi, fd, what, &running);
    drain(net);
}

static gboolean on_timeout(gpointer data)
{
    Net *net = data;
    net->timer = 0;
    act(net, CURL_SOCKET_TIMEOUT, 0);
    return G_SOURCE_REMOVE;
}

static int on_curl_timer(CURLM *multi, long ms, void *data)
{
    Net *net = data;
    g_clear_handle_id(&net->timer, g_source_remove);
    if (ms >= 0)
        net->timer = g_timeout_add_full(NET_PRIORITY, (guint)ms, on_timeout, net, NULL);
    return 0;
}

static gboolean on_ready(gint fd, GIOCondition condition, gpointer data)
{
    Net *net = data;
    int what = 0;
    if (condition & G_IO_IN) {
        what |= CURL_CSELECT_IN;
        net->heard = clock_monotonic_us(); /* also what curl keeps to itself, as half a header */
    }
    if (condition & G_IO_OUT)
        what |= CURL_CSELECT_OUT;
    if (condition & (G_IO_ERR | G_IO_HUP | G_IO_NVAL))
        what |= CURL_CSELECT_ERR;
    act(net, fd, what);
    return G_SOURCE_CONTINUE; /* without effect when curl has removed the source meanwhile */
}

static int on_curl_socket(CURL *easy, curl_socket_t fd, int what, void *data, void *socket_data)
{
    Net *net = data;
    guint id = GPOINTER_TO_UINT(socket_data);
    if (id)
        g_source_remove(id);
    id = 0;
    if (what != CURL_POLL_REMOVE) {
        GIOCondition condition = G_IO_ERR | G_IO_HUP;
        if (what & CURL_POLL_IN)
            condition |= G_IO_IN;
        if (what & CURL_POLL_OUT)
            condition |= G_IO_OUT;
        id = g_unix_fd_add_full(NET_PRIORITY, fd, condition, on_ready, net, NULL);
    }
    curl_multi_assign(net->multi, fd, GUINT_TO_POINTER(id));
    return 0;
}

void net_loop_open(Net *net)
{
    net->multi = curl_multi_init();
    curl_multi_setopt(net->multi, CURLMOPT_SOCKETFUNCTION, on_curl_socket);
    curl_multi_setopt(net->multi, CURLMOPT_SOCKETDATA, net);
    curl_multi_setopt(net->multi, CURLMOPT_TIMERFUNCTION, on_curl_timer);
    curl_multi_setopt(net->multi, CURLMOPT_TIMERDATA, net);
    curl_multi_setopt(net->multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
    curl_multi_setopt(net->multi, CURLMOPT_MAX_HOST_CONNECTIONS, 6L);
    if (net->tls_sessions) {
        net->share = curl_share_init();
        curl_share_setopt(net->share, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION);
    }
}

void net_loop_close(Net *net)
{
    curl_multi_cleanup(net->multi); /* closes the kept connections; may still call back */
    net->multi = NULL;
    g_clear_handle_id(&net->timer, g_source_remove);
    g_clear_pointer(&net->share, curl_share_cleanup);
}
