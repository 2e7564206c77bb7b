/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/net.h"
#include "base/clock.h"
#include "base/limits.h"
#include "net/internal.h"

Net *net_new(const NetConfig *config, GError **error)
{
    static gsize once;
    if (g_once_init_enter(&once)) {
        curl_global_init(CURL_GLOBAL_DEFAULT);
        g_once_init_leave(&once, 1);
    }
    Net *net = g_new0(Net, 1);
    if (!net_address_set(net, config, error)) {
        g_free(net);
        return NULL;
    }
    net->proxy = g_strdup(config->proxy ? config->proxy : "");
    net->connect_timeout_ms = config->connect_timeout_ms ? config->connect_timeout_ms : 10 * 1000;
    net->total_timeout_ms = config->total_timeout_ms ? config->total_timeout_ms : 60 * 1000;
    net->max_body = config->max_body ? config->max_body : LIMIT_JSON_BYTES;
    net->tls_sessions = !config->no_tls_sessions;
    net->requests = g_ptr_array_new();
    net->tls = net_tls_new(config->ca_file);
    net_loop_open(net);
    return net;
}

void net_free(Net *net)
{
    if (!net)
        return;
    while (net->requests->len)
        net_request_drop(net->requests->pdata[net->requests->len - 1]);
    net_loop_close(net);
    net_tls_free(net->tls);
    g_ptr_array_unref(net->requests);
    g_free(net->base);
    g_free(net->unix_path);
    g_free(net->proxy);
    g_free(net);
}

void net_drop_all(Net *net)
{
    for (guint i = 0; i < net->requests->len; i++)
        net_request_fail(net->requests->pdata[i], net_error_make(NET_ERROR_BROKEN));
    net_loop_close(net);
    net_loop_open(net);
}

guint net_in_flight(const Net *net)
{
    return net->requests->len;
}

guint net_resting(const Net *net)
{
    guint n = 0;
    for (guint i = 0; i < net->requests->len; i++)
        n += ((const NetRequest *)net->requests->pdata[i])->retry_timer != 0;
    return n;
}

gint64 net_silent_us(const Net *net)
{
    gint64 longest = -1, now = clock_monotonic_us();
    for (guint i = 0; i < net->requests->len; i++) {
        const NetRequest *r = net->requests->pdata[i];
        if (r->own && r->easy && !r->slow && !r->idle)
            longest = MAX(longest, now - MAX(r->tried, net->heard));
    }
    return longest;
}
