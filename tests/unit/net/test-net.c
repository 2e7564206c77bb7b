/* SPDX-License-Identifier: GPL-3.0-or-later
 * A request and its answer; where it may go, and how it ends. */
#include "net/net-script.h"

Test(net, answers_with_status_headers_body)
{
    SCRIPT({.headers = (char *)"ETag: W/\"7\"\r\n", .body = g_bytes_new_static("hej", 3)});
    get(net, scope, "Patient/1?x=y", &got);
    cr_assert_eq(got.status, 200);
    cr_assert_str_eq(got.body, "hej");
    cr_assert_str_eq(got.etag, "W/\"7\"");
    cr_assert_str_eq(script.last_target, "/fhir/Patient/1?x=y");
    cr_assert_eq(strlen(script.last_id), 36);
    got.body[0] = 'x';
    get(net, scope, "Patient/2", &got);
    cr_assert_eq(httpd_connections(httpd), 1, "the connection is kept");
    g_bytes_unref(steps[0].body);
    END;
}

Test(net, unix_socket_is_an_origin)
{
    g_autofree char *dir = g_dir_make_tmp("rond-net-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "core.sock", NULL);
    HttpdAnswer steps[] = {{.status = 200}};
    Script script = {steps, 1, 0, 0, NULL, NULL, NULL};
    Httpd *httpd = httpd_new(path, on_script, &script);
    g_autoptr(Net) net =
        net_new(&(NetConfig){.origin = httpd_origin(httpd), .base_path = "/fhir/R4/"}, NULL);
    g_autoptr(Scope) scope = scope_new();
    Got got = {0};
    get(net, scope, "metadata", &got);
    cr_assert_eq(got.status, 200, "error %d", got.code);
    cr_assert_str_eq(script.last_target, "/fhir/R4/metadata");
    cr_assert(net_is_own(net, "http://localhost/fhir/R4/Patient?page=2"));
    cr_assert(!net_is_own(net, "http://localhost:81/fhir"));
    cr_assert(!net_is_own(net, "https://localhost/fhir"));
    httpd_free(httpd);
    g_rmdir(dir);
    END;
}

Test(net, addresses_must_be_safe)
{
    static const char *const bad[] = {
        "http://core.example",       "ftp://127.0.0.1", "https://u:p@core.example", "", "core",
        "https://core.example/fhir", "unix:relative"};
    for (guint i = 0; i < G_N_ELEMENTS(bad); i++) {
        g_autoptr(GError) error = NULL;
        cr_assert_null(net_new(&(NetConfig){.origin = bad[i]}, &error), "%s", bad[i]);
        cr_assert(g_error_matches(error, NET_ERROR, NET_ERROR_URL));
    }
    SCRIPT({.status = 200});
    get(net, scope, "http://core.example/x", &got);
    cr_assert_eq(got.code, NET_ERROR_URL);
    get(net, scope, "Patient/1\r\nX-Evil: 1", &got);
    cr_assert_eq(got.code, NET_ERROR_URL);
    got.done = FALSE;
    net_send(net, scope,
             &(NetSpec){.url = "x", .headers = (const char *[]){"If-Match: 1\r\nX-Evil: 1", NULL}},
             on_done, &got);
    cr_assert(loop_until(&got.done));
    cr_assert_eq(got.code, NET_ERROR_URL);
    cr_assert_eq(script.seen, 0);
    END;
}

Test(net, refused_and_unknown_host)
{
    SCRIPT({.status = 200});
    g_autoptr(Net) nobody = net_new(&(NetConfig){.origin = "http://127.0.0.1:1"}, NULL);
    get(nobody, scope, "x", &got);
    cr_assert_eq(got.code, NET_ERROR_REFUSED);
    cr_assert(got.never_sent);
    END;
}

/* Fields behind the body are legal, and none of ours. */
Test(net, an_answer_with_trailers_is_whole)
{
    static const char chunks[] = "5\r\nhello\r\n0\r\nETag: \"late\"\r\nX-Sum: 1\r\n\r\n";
    g_autoptr(GBytes) body = g_bytes_new_static(chunks, sizeof chunks - 1);
    SCRIPT({.headers = (char *)"Transfer-Encoding: chunked\r\nETag: \"1\"\r\n", .body = body, .length = -1});
    get(net, scope, "x", &got);
    cr_assert_eq(got.code, -1);
    cr_assert_str_eq(got.body, "hello");
    cr_assert_str_eq(got.etag, "\"1\"");
    cr_assert_eq(script.seen, 1);
    END;
}

/* A closed scope means no callback, wherever the request is. */
Test(net, closing_the_scope_silences_at_every_point)
{
    static const HttpdAnswer steps[] = {{.status = 503}, {.status = 200}};
    for (guint turns = 0; turns < 40; turns++) {
        Script script = {steps, 2, 0, 0, NULL, NULL, NULL};
        g_autoptr(Httpd) httpd = httpd_new(NULL, on_script, &script);
        g_autoptr(Net) net = net_new(&(NetConfig){.origin = httpd_origin(httpd)}, NULL);
        Scope *scope = scope_new();
        Got got = {0};
        net_send(net, scope, &(NetSpec){.url = "x"}, on_done, &got);
        for (guint i = 0; i < turns; i++)
            g_main_context_iteration(NULL, FALSE);
        scope_close(scope);
        guint before = got.calls;
        loop_settle();
        cr_assert_eq(got.calls, before);
        cr_assert_eq(net_in_flight(net), 0);
        END;
    }
}

static void on_close_scope(const NetResponse *response, const GError *error, gpointer data)
{
    Scope **scope = data;
    scope_close(g_steal_pointer(scope));
}

Test(net, the_scope_may_close_in_its_callback)
{
    SCRIPT({.status = 200});
    Scope *mine = scope_new();
    Got never = {0};
    net_send(net, mine, &(NetSpec){.url = "x"}, on_close_scope, &mine);
    net_send(net, mine, &(NetSpec){.url = "x", .method = NET_DELETE}, on_close_scope, &mine);
    while (mine)
        g_main_context_iteration(NULL, TRUE);
    loop_settle();
    cr_assert_eq(net_in_flight(net), 0);
    cr_assert(!never.done);
    END;
}

Test(net, dropping_all_ends_what_is_under_way)
{
    SCRIPT({.how = HTTPD_HANG}, {.status = 200});
    net_send(net, scope, &(NetSpec){.url = "x"}, on_done, &got);
    cr_assert(loop_until_count(&script.seen, 1));
    net_drop_all(net);
    cr_assert(!got.done);
    cr_assert(loop_until(&got.done));
    cr_assert_eq(got.code, NET_ERROR_BROKEN);
    get(net, scope, "x", &got);
    cr_assert_eq(got.status, 200);
    cr_assert_eq(httpd_connections(httpd), 2);
    END;
}

Test(net, a_kept_connection_that_died_is_replaced)
{
    SCRIPT({.status = 200});
    get(net, scope, "x", &got);
    httpd_close_idle(httpd);
    get(net, scope, "x", &got);
    cr_assert_eq(got.status, 200);
    cr_assert_eq(httpd_connections(httpd), 2);
    END;
}
