/* SPDX-License-Identifier: GPL-3.0-or-later
 * support/child.h — for g_spawn: a server that a test starts ends with it, also when an assertion fails. */
#pragma once
#include <gio/gio.h>
#include <gio/gunixsocketaddress.h>
#include <signal.h>
#include <sys/prctl.h>

static inline void child_ends_with_us(gpointer data)
{
    (void)data;
    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
}

/* A socket's file is there a moment before anybody listens. */
static inline gboolean child_answers(const char *socket)
{
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_autoptr(GSocketAddress) address = g_unix_socket_address_new(socket);
    g_autoptr(GSocketConnection) open = g_socket_client_connect(client, G_SOCKET_CONNECTABLE(address), NULL, NULL);
    return open != NULL;
}

static inline void child_await(const char *socket)
{
    for (guint i = 0; i < 3000 && !child_answers(socket); i++)
        g_usleep(10 * 1000);
}
