/* SPDX-License-Identifier: GPL-3.0-or-later
 * played — the replay server itself, asked through the real HTTP client: what a story says is what comes,
 * delays pass in virtual time, and what was not in the story is a fault. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "net/net.h"
#include "replay/replay.h"
#include "support/httpd.h"

typedef struct {
    gboolean done;
    guint status;
    int code; /* NetErrorCode; -1 = none */
    char *body;
} Got;

static guint faults;

static void check(gboolean good, const char *what)
{
    if (!good)
        printf("not ok %s\n", what);
    faults += !good;
}

static void on_answer(const NetResponse *r, const GError *error, gpointer data)
{
    Got *g = data;
    g->done = TRUE;
    g->code = error ? error->code : -1;
    g->status = r ? r->status : 0;
    g->body = r ? g_strndup(g_bytes_get_data(r->body, NULL), g_bytes_get_size(r->body)) : NULL;
}

static void got_clear(Got *g)
{
    g_free(g->body);
    *g = (Got){0};
}

typedef struct {
    Replay *replay;
    Net *net;
    Scope *scope;
} Fx;

static void begin(Fx *f)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *path = g_build_filename(g_getenv("ROND_REPLAY"), "played.json", NULL);
    Story *story = story_read(path, &error);
    if (!story)
        g_error("%s", error->message);
    clock_test_begin(1800000000LL * G_USEC_PER_SEC);
    f->replay = replay_new(story, NULL);
    NetConfig config = {.origin = replay_origin(f->replay), .base_path = "/fhir"};
    f->net = net_new(&config, &error);
    f->scope = scope_new();
}

static void end(Fx *f)
{
    scope_close(f->scope);
    net_free(f->net);
    replay_free(f->replay);
    clock_test_end();
}

static void ask(Fx *f, const char *url, Got *got)
{
    net_send(f->net, f->scope, &(NetSpec){.url = url, .tries = 1}, on_answer, got);
}

static void ask_and_wait(Fx *f, const char *url, Got *got)
{
    got_clear(got);
    ask(f, url, got);
    loop_until(&got->done);
}

static void steps_come_in_order(void)
{
    Fx f;
    Got got = {0};
    static const char *const headers[] = {"X-Wanted: yes", NULL};
    begin(&f);
    ask_and_wait(&f, "second?a=12", &got);
    check(got.status == 501 && strstr(replay_faults(f.replay), "out of order"), "a step before its time is a fault");
    got_clear(&got);
    net_send(f.net, f.scope, &(NetSpec){.url = "first", .headers = headers, .tries = 1}, on_answer, &got);
    loop_until(&got.done);
    check(got.status == 200 && g_strcmp0(got.body, "one") == 0, "the first step");
    ask_and_wait(&f, "second?a=2", &got);
    check(got.status == 501, "a query that does not fit");
    ask_and_wait(&f, "second?a=12&b=1", &got);
    check(got.status == 501, "a parameter that must not be there");
    ask_and_wait(&f, "second?a=12", &got);
    check(got.status == 200 && got.body && g_str_has_suffix(got.body, "/fhir/second?a=12"), "the second step");
    g_autofree char *verdict = replay_verdict(f.replay);
    check(strstr(verdict, "came 0 of 1 times: POST once") != NULL, "what did not come is told");
    got_clear(&got);
    end(&f);
}

static void time_is_virtual(void)
{
    Fx f;
    Got got = {0};
    begin(&f);
    ask(&f, "late", &got);
    loop_settle();
    check(!got.done && replay_resting(f.replay) == 1, "it waits");
    clock_test_advance(30 * G_USEC_PER_SEC);
    loop_until(&got.done);
    check(got.status == 200, "thirty seconds later it is there");
    got_clear(&got);
    ask(&f, "drip", &got);
    for (int i = 0; i < 60 && !got.done; i++) {
        loop_settle();
        clock_test_advance(G_USEC_PER_SEC);
    }
    check(got.status == 200 && g_strcmp0(got.body, "0123456789") == 0, "drop by drop it is whole");
    got_clear(&got);
    end(&f);
}

static void what_is_broken_is_broken(void)
{
    static const char *const broken[] = {"short", "cut", "drop"};
    Fx f;
    Got got = {0};
    begin(&f);
    for (gsize i = 0; i < G_N_ELEMENTS(broken); i++) {
        ask_and_wait(&f, broken[i], &got);
        check(got.code == NET_ERROR_BROKEN, broken[i]);
    }
    Got a = {0}, b = {0};
    ask(&f, "a", &a);
    loop_settle();
    check(!a.done, "held until the other has been answered");
    /* another client: one that waits for an answer asks nothing more over an unknown connection */
    NetConfig config = {.origin = replay_origin(f.replay), .base_path = "/fhir"};
    g_autoptr(Net) other = net_new(&config, NULL);
    net_send(other, f.scope, &(NetSpec){.url = "b", .tries = 1}, on_answer, &b);
    loop_until(&a.done);
    loop_until(&b.done);
    check(a.status == 200 && b.status == 200, "both came, the later first");
    got_clear(&a);
    got_clear(&b);
    got_clear(&got);
    end(&f);
}

/* Whatever byte an answer ends at, it is an error or the whole answer, never a part. */
static void every_byte(void)
{
    for (gsize at = 1; at < 200; at++) {
        Fx f;
        Got got = {0};
        begin(&f);
        replay_cut_at(f.replay, at);
        ask_and_wait(&f, "b", &got);
        gsize all = replay_bytes(f.replay);
        check(got.code >= 0 || (got.status == 200 && g_strcmp0(got.body, "b") == 0), "a part of an answer");
        got_clear(&got);
        end(&f);
        if (all < at)
            return;
    }
}

int main(void)
{
    steps_come_in_order();
    time_is_virtual();
    what_is_broken_is_broken();
    every_byte();
    printf("%u faults\n", faults);
    return faults ? 1 : 0;
}
