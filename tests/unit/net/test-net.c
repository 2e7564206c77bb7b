/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <criterion/criterion.h>
#include <curl/curl.h>
#include <dlfcn.h>
#include <glib/gstdio.h>
#include <string.h>
#include <zlib.h>
#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "net/net.h"
#include "support/httpd.h"

typedef struct {
    gboolean done;
    guint calls, status, tries;
    int code; /* NetErrorCode, -1 = a response */
    gboolean never_sent;
    char *body, *etag;
} Got;

static void on_done(const NetResponse *response, const GError *error, gpointer data)
{
    Got *got = data;
    got->done = TRUE;
    got->calls++;
    cr_assert((response == NULL) == (error != NULL));
    got->code = error ? error->code : -1;
    if (error) {
        cr_assert_eq(error->domain, NET_ERROR);
        cr_assert_gt(strlen(error->message), 20);
        got->never_sent = net_error_never_sent(error);
        return;
    }
    got->status = response->status;
    got->tries = response->tries;
    g_free(got->body);
    got->body = text_of_bytes(response->body);
    g_free(got->etag);
    got->etag = g_strdup(net_header(response, "etag"));
}

static void got_clear(Got *got)
{
    g_free(got->body);
    g_free(got->etag);
    *got = (Got){0};
}

/* What the server does, one step for each request; the last is repeated. */
typedef struct {
    const HttpdAnswer *steps;
    guint n, seen;
    guint post_seen;
    char *last_auth, *last_target, *last_id;
} Script;

static void on_script(const HttpdRequest *request, HttpdAnswer *answer, gpointer data)
{
    Script *s = data;
    const HttpdAnswer *step = &s->steps[MIN(s->seen, s->n - 1)];
    s->seen++;
    s->post_seen += g_str_equal(request->method, "POST");
    *answer = *step;
    answer->headers = g_strdup(step->headers);
    answer->body = step->body ? g_bytes_ref(step->body) : NULL;
    g_free(s->last_auth);
    g_free(s->last_target);
    g_free(s->last_id);
    s->last_auth = g_strdup(httpd_header(request, "authorization"));
    s->last_target = g_strdup(request->target);
    s->last_id = g_strdup(httpd_header(request, "x-request-id"));
}

static void script_clear(Script *s)
{
    g_free(s->last_auth);
    g_free(s->last_target);
    g_free(s->last_id);
}

#define SCRIPT(...)                                                                                \
    HttpdAnswer steps[] = {__VA_ARGS__};                                                           \
    Script script = {steps, G_N_ELEMENTS(steps), 0, 0, NULL, NULL, NULL};                          \
    g_autoptr(Httpd) httpd = httpd_new(NULL, on_script, &script);                                  \
    g_autoptr(Net) net =                                                                           \
        net_new(&(NetConfig){.origin = httpd_origin(httpd), .base_path = "/fhir"}, NULL);          \
    g_autoptr(Scope) scope = scope_new();                                                          \
    Got got = {0}

#define END                                                                                        \
    got_clear(&got);                                                                               \
    script_clear(&script)

static void get(Net *net, Scope *scope, const char *url, Got *got)
{
    got->done = FALSE;
    net_send(net, scope, &(NetSpec){.url = url}, on_done, got);
    cr_assert(!got->done, "no callback from inside the call");
    cr_assert(loop_until(&got->done));
}

static void post(Net *net, Scope *scope, Got *got)
{
    g_autoptr(GBytes) body = g_bytes_new_static("{}", 2);
    got->done = FALSE;
    net_send(
        net, scope,
        &(NetSpec){.method = NET_POST, .url = "Task", .body = body, .content_type = "text/plain"},
        on_done, got);
}

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

Test(net, gets_are_tried_again_with_backoff)
{
    clock_test_begin(0);
    SCRIPT({.how = HTTPD_DROP}, {.status = 503}, {.status = 200});
    net_send(net, scope, &(NetSpec){.url = "x"}, on_done, &got);
    cr_assert(loop_until_count(&script.seen, 1));
    loop_settle();
    cr_assert(!got.done);
    clock_test_advance(400 * 1000);
    cr_assert(loop_until_count(&script.seen, 2));
    loop_settle();
    clock_test_advance(800 * 1000);
    cr_assert(loop_until(&got.done));
    cr_assert_eq(got.status, 200);
    cr_assert_eq(got.tries, 3);
    clock_test_end();
    END;
}

Test(net, retry_after_is_obeyed)
{
    clock_test_begin(0);
    SCRIPT({.status = 429, .headers = (char *)"Retry-After: 5\r\n"}, {.status = 200});
    net_send(net, scope, &(NetSpec){.url = "x"}, on_done, &got);
    cr_assert(loop_until_count(&script.seen, 1));
    loop_settle();
    clock_test_advance(4900 * 1000);
    loop_settle();
    cr_assert_eq(script.seen, 1);
    clock_test_advance(200 * 1000);
    cr_assert(loop_until(&got.done));
    cr_assert_eq(got.status, 200);
    clock_test_end();
    END;
}

/* A wait beyond every number is a long one: nothing is sent again at once. */
Test(net, a_wait_that_is_no_number_is_not_a_short_one)
{
    static const char *const waits[] = {"18446744073709551615", "99999999999999999999999", "9223372036854775", "21"};
    for (guint i = 0; i < G_N_ELEMENTS(waits); i++) {
        clock_test_begin(0);
        g_autofree char *header = g_strdup_printf("Retry-After: %s\r\n", waits[i]);
        SCRIPT({.status = 429, .headers = header}, {.status = 200});
        net_send(net, scope, &(NetSpec){.url = "x"}, on_done, &got);
        cr_assert(loop_until_count(&script.seen, 1));
        for (guint s = 0; s < 20 && !got.done; s++) {
            loop_settle();
            clock_test_advance(G_USEC_PER_SEC);
        }
        cr_expect_eq(script.seen, 1, "%s", waits[i]);
        cr_expect(got.done && got.status == 429, "%s", waits[i]);
        clock_test_end();
        END;
    }
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

Test(net, writes_are_sent_once)
{
    static const HttpdAnswer ends[] = {
        {.how = HTTPD_DROP}, {.status = 503}, {.status = 429}, {.status = 200, .cut = 9}};
    for (guint i = 0; i < G_N_ELEMENTS(ends); i++) {
        SCRIPT(ends[i]);
        post(net, scope, &got);
        cr_assert(loop_until(&got.done));
        loop_settle();
        cr_assert_eq(script.seen, 1);
        cr_assert(!got.never_sent);
        END;
    }
}

/* curl repeats a POST by itself on a kept connection that dies without a byte. */
Test(net, writes_are_sent_once_after_a_kept_connection)
{
    SCRIPT({.status = 200}, {.how = HTTPD_DROP}, {.status = 200});
    get(net, scope, "x", &got);
    post(net, scope, &got);
    cr_assert(loop_until(&got.done));
    loop_settle();
    cr_assert_eq(got.code, NET_ERROR_BROKEN);
    cr_assert_eq(script.post_seen, 1);
    END;
}

Test(net, timeout_and_cut_answers)
{
    clock_test_begin(0);
    SCRIPT({.how = HTTPD_HANG},
           {.status = 200, .body = g_bytes_new_static("0123456789", 10), .cut = 80});
    net_send(net, scope, &(NetSpec){.url = "x", .timeout_ms = 5000}, on_done, &got);
    cr_assert(loop_until_count(&script.seen, 1));
    clock_test_advance(5001 * 1000);
    cr_assert(loop_until(&got.done));
    cr_assert_eq(got.code, NET_ERROR_TIMEOUT);
    cr_assert(!got.never_sent);
    got.done = FALSE;
    net_send(net, scope, &(NetSpec){.url = "x", .tries = 1}, on_done, &got);
    cr_assert(loop_until(&got.done));
    cr_assert_eq(got.code, NET_ERROR_BROKEN);
    g_bytes_unref(steps[1].body);
    clock_test_end();
    END;
}

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
