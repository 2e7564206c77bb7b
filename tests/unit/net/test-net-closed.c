/* SPDX-License-Identifier: GPL-3.0-or-later
 * What does not get in and what does not get out: too much data, other origins, bearers, names of patients. */
#include "net/net-script.h"

static GBytes *bomb(gsize len)
{
    g_autofree guint8 *zeros = g_malloc0(len);
    guint8 *out = g_malloc(len);
    z_stream z = {.next_in = zeros, .avail_in = (uInt)len, .next_out = out, .avail_out = (uInt)len};
    deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
    deflate(&z, Z_FINISH);
    deflateEnd(&z);
    return g_bytes_new_take(out, z.total_out);
}

Test(net, the_decoded_size_is_limited)
{
    g_autoptr(GBytes) small = bomb(1000), big = bomb(3 << 20),
                      plain = g_bytes_new_take(g_malloc0(1100000), 1100000);
    HttpdAnswer steps[] = {{.headers = (char *)"Content-Encoding: gzip\r\n", .body = small},
                           {.headers = (char *)"Content-Encoding: gzip\r\n", .body = big},
                           {.body = plain}};
    Script script = {steps, 3, 0, 0, NULL, NULL, NULL};
    g_autoptr(Httpd) httpd = httpd_new(NULL, on_script, &script);
    g_autoptr(Net) net =
        net_new(&(NetConfig){.origin = httpd_origin(httpd), .max_body = 1 << 20}, NULL);
    g_autoptr(Scope) scope = scope_new();
    Got got = {0};
    get(net, scope, "x", &got);
    cr_assert_eq(got.status, 200);
    get(net, scope, "x", &got);
    cr_assert_eq(got.code, NET_ERROR_TOO_BIG);
    get(net, scope, "x", &got);
    cr_assert_eq(got.code, NET_ERROR_TOO_BIG);
    cr_assert_eq(script.seen, 3, "too big is not tried again");
    END;
}

Test(net, redirects_stay_on_the_origin)
{
    SCRIPT({.status = 302, .headers = (char *)"Location: /fhir/there\r\n"}, {.status = 200},
           {.status = 302, .headers = (char *)"Location: http://127.0.0.1:1/steal\r\n"},
           {.status = 307, .headers = (char *)"Location: /fhir/there\r\n"});
    get(net, scope, "here", &got);
    cr_assert_eq(got.status, 200);
    cr_assert_str_eq(script.last_target, "/fhir/there");
    get(net, scope, "here", &got);
    cr_assert_eq(got.code, NET_ERROR_REDIRECT);
    post(net, scope, &got);
    cr_assert(loop_until(&got.done));
    cr_assert_eq(got.code, NET_ERROR_REDIRECT);
    cr_assert_eq(script.seen, 4);
    END;
}

Test(net, redirect_loops_end)
{
    SCRIPT({.status = 302, .headers = (char *)"Location: /fhir/again\r\n"});
    get(net, scope, "again", &got);
    cr_assert_eq(got.code, NET_ERROR_REDIRECT);
    cr_assert_eq(script.seen, 4);
    END;
}

Test(net, the_bearer_goes_to_the_origin_only)
{
    SCRIPT({.status = 200});
    Script other = {steps, 1, 0, 0, NULL, NULL, NULL};
    g_autoptr(Httpd) foreign = httpd_new(NULL, on_script, &other);
    g_autoptr(SecretBuf) token = secret_new_from("t0ken", 5);
    got.done = FALSE;
    net_send(net, scope, &(NetSpec){.url = "x", .bearer = token}, on_done, &got);
    cr_assert(loop_until(&got.done));
    cr_assert_str_eq(script.last_auth, "Bearer t0ken");
    g_autofree char *url = g_strconcat(httpd_origin(foreign), "/x", NULL);
    got.done = FALSE;
    net_send(net, scope, &(NetSpec){.url = url, .bearer = token}, on_done, &got);
    cr_assert(loop_until(&got.done));
    cr_assert_eq(got.status, 200);
    cr_assert_eq(other.seen, 1);
    cr_assert_null(other.last_auth);
    script_clear(&other);
    END;
}

static guint lists_freed, bearers_left;

/* Stands before curl's own: sees what a request leaves in the memory it gives back. */
void curl_slist_free_all(struct curl_slist *list)
{
    void (*real)(struct curl_slist *);
    *(void **)&real = dlsym(RTLD_NEXT, "curl_slist_free_all"); /* as POSIX writes it */
    lists_freed += list != NULL;
    for (struct curl_slist *l = list; l; l = l->next)
        bearers_left += strstr(l->data, "t0ken") != NULL;
    real(list);
}

Test(net, the_bearer_does_not_outlive_its_request)
{
    SCRIPT({.status = 200});
    g_autoptr(SecretBuf) token = secret_new_from("t0ken", 5);
    got.done = FALSE;
    lists_freed = bearers_left = 0;
    net_send(net, scope, &(NetSpec){.url = "x", .bearer = token}, on_done, &got);
    cr_assert(loop_until(&got.done));
    cr_assert_str_eq(script.last_auth, "Bearer t0ken");
    loop_settle();
    cr_assert_gt(lists_freed, 0);
    cr_assert_eq(bearers_left, 0);
    END;
}

static void count_leaks(gint64 at, LogLevel level, const char *area, const char *text,
                        gpointer data)
{
    guint *leaks = data;
    *leaks += strstr(text, "191202119192") || strstr(text, "abc-id") || strstr(text, "t0ken");
}

Test(net, the_trace_names_no_patient)
{
    SCRIPT({.status = 200});
    get(net, scope, "Patient?identifier=191202119192&_count=1", &got);
    get(net, scope, "Patient/abc-id/_history/abc-id", &got);
    guint leaks = 0;
    log_each(count_leaks, &leaks);
    cr_assert_eq(leaks, 0);
    END;
}
