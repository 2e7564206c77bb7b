/* SPDX-License-Identifier: GPL-3.0-or-later
 * HTTP/2 as a core is reached through nginx: a real one with TLS before a server of the test's own. What it
 * logs says which protocol and which connection each request came by. */
#include <criterion/criterion.h>
#include <errno.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>
#include "net/net.h"
#include "support/certs.h"
#include "support/httpd.h"
#include "support/skip.h"

enum { MANY = 12, BIG = 40000, CUT = 9000 };

typedef struct {
    char *dir, *ca, *origin;
    guint port;
    GPid nginx;
    Httpd *core;
    Net *net;
    Scope *scope;
    guint cuts;          /* so many answers more end in the middle */
    guint gets, posts;   /* that reached the core */
} Place;

typedef struct {
    guint *done;
    guint status, tries;
    int code; /* NetErrorCode, -1 = a response */
    gboolean gzip, whole;
} Got;

static const char CONF[] =
    "daemon off; master_process off; error_log error.log; pid nginx.pid; events {}\n"
    "http { log_format how '$connection $server_protocol $request_method $status'; access_log how.log how;\n"
    " client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path f; uwsgi_temp_path u; scgi_temp_path s;\n"
    " gzip on; gzip_proxied any; gzip_types application/fhir+json;\n"
    " server { listen 127.0.0.1:%u ssl http2; ssl_certificate s.pem; ssl_certificate_key s.key; %s\n"
    "  location / { proxy_pass %s; proxy_http_version 1.1; proxy_buffering off; proxy_next_upstream off; } } }\n";

static void answer_core(const HttpdRequest *request, HttpdAnswer *answer, gpointer data)
{
    Place *p = data;
    gboolean get = strcmp(request->method, "GET") == 0;
    *(get ? &p->gets : &p->posts) += 1;
    g_autofree char *text = g_strnfill(BIG, 'x');
    answer->body = g_bytes_new_take(g_steal_pointer(&text), BIG);
    if (p->cuts) {
        p->cuts--;
        answer->cut = CUT;
    }
}

static guint free_port(void)
{
    struct sockaddr_in a = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t n = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert(bind(fd, (struct sockaddr *)&a, n) == 0 && getsockname(fd, (struct sockaddr *)&a, &n) == 0);
    close(fd);
    return ntohs(a.sin_port);
}

static void die_with_the_test(gpointer data)
{
    (void)data;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/* FALSE: it ended, because somebody else has taken the port meanwhile. Its pid is written when it listens. */
static gboolean start_nginx(Place *p, const char *more)
{
    g_autofree char *conf = g_build_filename(p->dir, "nginx.conf", NULL), *prefix = g_strconcat(p->dir, "/", NULL);
    g_autofree char *pid = g_build_filename(p->dir, "nginx.pid", NULL);
    p->port = free_port();
    g_autofree char *text = g_strdup_printf(CONF, p->port, more, httpd_origin(p->core));
    cr_assert(g_file_set_contents(conf, text, -1, NULL));
    char *argv[] = {(char *)"nginx", (char *)"-p", prefix, (char *)"-c", conf, (char *)"-e", (char *)"error.log", NULL};
    cr_assert(g_spawn_async(NULL, argv, NULL, G_SPAWN_SEARCH_PATH | G_SPAWN_DO_NOT_REAP_CHILD, die_with_the_test, NULL,
                            &p->nginx, NULL));
    while (!g_file_test(pid, G_FILE_TEST_EXISTS)) {
        if (waitpid(p->nginx, NULL, WNOHANG) != 0)
            return FALSE;
        g_usleep(20000);
    }
    return TRUE;
}

static gboolean place_open(Place *p, const char *more)
{
    g_autofree char *nginx = g_find_program_in_path("nginx");
    if (!nginx)
        return FALSE;
    *p = (Place){.dir = certs_make(), .scope = scope_new()};
    p->core = httpd_new(NULL, answer_core, p);
    cr_assert(start_nginx(p, more) || start_nginx(p, more) || start_nginx(p, more), "nginx does not start");
    p->ca = g_build_filename(p->dir, "ca0.pem", NULL);
    p->origin = g_strdup_printf("https://localhost:%u", p->port);
    p->net = net_new(&(NetConfig){.origin = p->origin, .ca_file = p->ca, .no_tls_sessions = TRUE}, NULL);
    return TRUE;
}

static void stop_nginx(Place *p)
{
    if (p->nginx) {
        kill(p->nginx, SIGTERM);
        waitpid(p->nginx, NULL, 0);
    }
    p->nginx = 0;
}

static void place_close(Place *p)
{
    stop_nginx(p);
    scope_close(p->scope);
    net_free(p->net);
    httpd_free(p->core);
    certs_remove(p->dir);
    g_free(p->dir);
    g_free(p->ca);
    g_free(p->origin);
}

static void on_done(const NetResponse *response, const GError *error, gpointer data)
{
    Got *got = data;
    const char *coding = response ? net_header(response, "Content-Encoding") : NULL;
    got->code = error ? error->code : -1;
    got->status = response ? response->status : 0;
    got->tries = response ? response->tries : 0;
    got->gzip = g_strcmp0(coding, "gzip") == 0;
    got->whole = response && g_bytes_get_size(response->body) == BIG;
    ++*got->done;
}

static void ask(Place *p, NetMethod method, Got *got, guint n)
{
    guint done = 0;
    g_autoptr(GBytes) body = method == NET_POST ? g_bytes_new_static("{}", 2) : NULL;
    for (guint i = 0; i < n; i++) {
        got[i] = (Got){.done = &done};
        net_send(p->net, p->scope, &(NetSpec){.method = method, .url = "x", .body = body, .content_type = "application/json"},
                 on_done, &got[i]);
    }
    cr_assert(loop_until_count(&done, n));
}

static void all_answered(const Got *got, guint n)
{
    for (guint i = 0; i < n; i++)
        cr_assert(got[i].code == -1 && got[i].status == 200 && got[i].whole, "request %u: error %d, status %u", i,
                  got[i].code, got[i].status);
}

/* The lines of nginx's log that begin a request with @what; *ret_connections: over how many connections. */
static guint logged(Place *p, const char *what, guint *ret_connections)
{
    g_autofree char *path = g_build_filename(p->dir, "how.log", NULL), *text = NULL;
    g_autoptr(GHashTable) connections = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    guint n = 0;
    stop_nginx(p); /* what it has to say is then in its log */
    cr_assert(g_file_get_contents(path, &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (char **line = lines; *line; line++) {
        char *rest = strchr(*line, ' ');
        if (!rest || !g_str_has_prefix(rest + 1, what))
            continue;
        n++;
        g_hash_table_add(connections, g_strndup(*line, (gsize)(rest - *line)));
    }
    *ret_connections = g_hash_table_size(connections);
    return n;
}

Test(http2, one_connection_carries_what_is_asked_at_once_and_after, .timeout = 60)
{
    Place p;
    Got got[MANY], one;
    guint connections;
    if (!place_open(&p, ""))
        SKIP_PACKAGE("nginx is not installed");
    ask(&p, NET_GET, got, MANY);
    all_answered(got, MANY);
    ask(&p, NET_GET, &one, 1);
    all_answered(&one, 1);
    cr_assert(one.gzip, "what can be packed comes packed");
    cr_assert_eq(p.gets, MANY + 1);
    cr_assert_eq(logged(&p, "HTTP/2.0 GET 200", &connections), MANY + 1);
    cr_assert_eq(connections, 1);
    place_close(&p);
}

/* nginx resets the stream when the core behind it goes away in the middle of an answer. */
Test(http2, a_reset_stream_is_asked_for_again_and_the_others_go_on, .timeout = 60)
{
    Place p;
    Got got[MANY];
    guint again = 0, connections;
    if (!place_open(&p, ""))
        SKIP_PACKAGE("nginx is not installed");
    p.cuts = 2;
    ask(&p, NET_GET, got, MANY);
    all_answered(got, MANY);
    for (guint i = 0; i < MANY; i++)
        again += got[i].tries - 1;
    cr_assert_eq(again, 2);
    cr_assert_eq(p.gets, MANY + 2);
    cr_assert_eq(logged(&p, "HTTP/2.0 GET", &connections), MANY + 2);
    cr_assert_eq(connections, 1);
    place_close(&p);
}

/* After every third request nginx says GOAWAY, with more of them on their way; and it takes one stream at a time
 * and refuses the rest. */
Test(http2, goaway_and_refused_streams_lose_no_question, .timeout = 60)
{
    Place p;
    Got got[MANY];
    guint connections;
    if (!place_open(&p, "keepalive_requests 3; http2_max_concurrent_streams 1;"))
        SKIP_PACKAGE("nginx is not installed");
    ask(&p, NET_GET, got, MANY);
    all_answered(got, MANY);
    for (guint i = 0; i < MANY; i++)
        ask(&p, NET_GET, &got[i], 1);
    all_answered(got, MANY);
    logged(&p, "HTTP/2.0 GET 200", &connections);
    cr_assert_geq(connections, 2 * MANY / 3);
    place_close(&p);
}

/* Over HTTP/2 curl itself would send again what a server refuses. */
Test(http2, a_write_goes_once_and_not_over_http2, .timeout = 60)
{
    Place p;
    Got get[2], post;
    guint connections;
    if (!place_open(&p, ""))
        SKIP_PACKAGE("nginx is not installed");
    ask(&p, NET_GET, get, 2);
    ask(&p, NET_POST, &post, 1);
    cr_assert_eq(post.status, 200);
    p.cuts = 1;
    ask(&p, NET_POST, &post, 1);
    cr_assert_eq(post.code, NET_ERROR_BROKEN);
    cr_assert_eq(p.posts, 2, "%u writes came of two", p.posts);
    ask(&p, NET_GET, get, 2);
    all_answered(get, 2);
    cr_assert_eq(logged(&p, "HTTP/1.1 POST", &connections), 2);
    cr_assert_eq(connections, 2, "each over a connection of its own");
    cr_assert_eq(logged(&p, "HTTP/2.0 POST", &connections), 0);
    cr_assert_eq(logged(&p, "HTTP/2.0 GET", &connections), 4);
    place_close(&p);
}
