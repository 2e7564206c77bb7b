/* SPDX-License-Identifier: GPL-3.0-or-later
 * TLS against openssl's own server: the right CA, a wrong one, an old protocol, another name. */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "net/net.h"
#include "support/certs.h"
#include "support/httpd.h"

/* -www answers every GET with a page about the connection. */
static GPid serve(const char *dir, const char *option, guint *ret_port)
{
    const char *argv[] = {"openssl", "s_server", "-accept", "127.0.0.1:0", "-cert", "s.pem",
                          "-key",    "s.key",    "-www",    option,        NULL};
    GPid pid;
    int out;
    cr_assert(g_spawn_async_with_pipes(dir, (char **)argv, NULL,
                                       G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, NULL, NULL,
                                       &pid, NULL, &out, NULL, NULL));
    g_autoptr(GString) text = g_string_new(NULL);
    const char *at = NULL;
    char c;
    while (!(at && strchr(at, '\n')) && read(out, &c, 1) == 1) {
        g_string_append_c(text, c);
        at = strstr(text->str, "ACCEPT 127.0.0.1:");
    }
    cr_assert(at, "%s", text->str);
    *ret_port = (guint)g_ascii_strtoull(at + strlen("ACCEPT 127.0.0.1:"), NULL, 10);
    close(out);
    return pid;
}

typedef struct {
    gboolean done;
    guint status;
    int code;
    gboolean never_sent;
} Got;

static void on_done(const NetResponse *response, const GError *error, gpointer data)
{
    *(Got *)data = (Got){TRUE, response ? response->status : 0, error ? error->code : -1,
                         net_error_never_sent(error)};
}

static Got ask(const char *host, guint port, const char *ca)
{
    g_autofree char *origin = g_strdup_printf("https://%s:%u", host, port);
    g_autoptr(Net) net = net_new(&(NetConfig){.origin = origin, .ca_file = ca}, NULL);
    g_autoptr(Scope) scope = scope_new();
    Got got = {0};
    net_send(net, scope, &(NetSpec){.url = "x"}, on_done, &got);
    cr_assert(loop_until(&got.done));
    return got;
}

Test(tls, only_a_trusted_and_modern_server_is_spoken_to, .timeout = 60)
{
    g_autofree char *dir = certs_make();
    g_autofree char *right = g_build_filename(dir, "ca0.pem", NULL),
                    *wrong = g_build_filename(dir, "ca1.pem", NULL);
    g_autofree char *missing = g_build_filename(dir, "nothing.pem", NULL);
    guint port;
    GPid pid = serve(dir, NULL, &port);
    cr_assert_eq(ask("localhost", port, right).status, 200);
    Got got = ask("localhost", port, wrong);
    cr_assert_eq(got.code, NET_ERROR_CA);
    cr_assert(got.never_sent);
    cr_assert_eq(ask("localhost", port, NULL).code, NET_ERROR_CA,
                 "the system's store does not know it");
    cr_assert_eq(ask("localhost", port, missing).code, NET_ERROR_CA);
    cr_assert_eq(ask("127.0.0.1", port, right).code, NET_ERROR_CA,
                 "the certificate is for another name");
    kill(pid, SIGTERM);
    waitpid(pid, NULL, 0);
    pid = serve(dir, "-tls1_1", &port);
    cr_assert_eq(ask("localhost", port, right).code, NET_ERROR_TLS);
    kill(pid, SIGTERM);
    waitpid(pid, NULL, 0);
    certs_remove(dir);
}

static void plain(const HttpdRequest *request, HttpdAnswer *answer, gpointer data)
{
    answer->status = 200;
}

Test(tls, a_server_without_tls_is_told_so)
{
    g_autoptr(Httpd) httpd = httpd_new(NULL, plain, NULL);
    guint port = (guint)g_ascii_strtoull(strrchr(httpd_origin(httpd), ':') + 1, NULL, 10);
    g_autoptr(Net) net = NULL;
    g_autofree char *origin = g_strdup_printf("https://127.0.0.1:%u", port);
    net = net_new(&(NetConfig){.origin = origin, .connect_timeout_ms = 500}, NULL);
    g_autoptr(Scope) scope = scope_new();
    Got got = {0};
    net_send(net, scope, &(NetSpec){.url = "x"}, on_done, &got);
    cr_assert(loop_until(&got.done));
    cr_assert(got.code == NET_ERROR_TLS || got.code == NET_ERROR_CONNECT, "%d", got.code);
    cr_assert(got.never_sent);
    cr_assert_eq(httpd_requests(httpd), 0);
}

/* Freed while the trust store is still being read on its worker. */
Test(tls, may_be_freed_while_the_trust_store_is_read)
{
    Net *net = net_new(&(NetConfig){.origin = "https://127.0.0.1:1"}, NULL);
    g_autoptr(Scope) scope = scope_new();
    Got got = {0};
    net_send(net, scope, &(NetSpec){.url = "x"}, on_done, &got);
    net_free(net);
    for (int i = 0; i < 5; i++)
        loop_settle();
    cr_assert(!got.done);
}
