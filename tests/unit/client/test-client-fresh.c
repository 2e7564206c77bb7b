/* SPDX-License-Identifier: GPL-3.0-or-later
 * What others write is seen, and losing the core is told. */
#include "base/event.h"
#include "client/obs.h"

/* ---- freshness ----------------------------------------------------------------------------- */

Test(poll, what_others_write_is_seen_and_idle_is_quiet)
{
    clock_test_begin(1000 * G_USEC_PER_SEC);
    Fx f;
    fx_begin(&f);
    put_obs(&f);
    minicore_put(
        f.core, "{\"resourceType\":\"Task\",\"id\":\"t1\",\"for\":{\"reference\":\"Patient/p1\"}}");
    Got one = {0}, two = {0};
    f.core->batch = FALSE;
    fx_discover(&f);
    ClientSearch *a = fx_search(&f, "Observation", CLIENT_DEFAULT, &one);
    ClientSearch *b = fx_search(&f, "Task", CLIENT_DEFAULT, &two);
    cr_assert(loop_until(&one.done) && loop_until(&two.done));
    client_watch(a);
    client_watch(b);
    loop_settle();
    guint before = httpd_requests(f.core->httpd), calls = one.calls + two.calls;
    for (guint i = 0; i < 4; i++) {
        clock_test_advance(30 * G_USEC_PER_SEC);
        loop_settle();
    }
    cr_assert_eq(httpd_requests(f.core->httpd) - before, 4, "one request per 30 s in all");
    cr_assert_eq(one.calls + two.calls, calls, "nothing changed, nothing told");
    cr_assert_gt(client_search_as_of(a), 1060 * G_USEC_PER_SEC, "but the age is new");
    minicore_put(f.core, OBS("o3"));
    for (guint i = 0; i < 2; i++) {
        clock_test_advance(30 * G_USEC_PER_SEC);
        loop_settle();
    }
    cr_assert_eq(one.items, 3, "within 60 s");
    got_clear(&one);
    got_clear(&two);
    fx_end(&f);
    clock_test_end();
}

/* Answers the poll's batch: the first list is as it was, of the second nothing is known. */
static void on_poll(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    if (g_str_equal(q->method, "POST"))
        httpd_text(a, 200, "{\"resourceType\":\"Bundle\",\"type\":\"batch-response\",\"entry\":[{\"response\":{\"status\":\"304\"}},"
                           "{\"response\":{\"status\":\"503\"}}]}");
}

Test(poll, what_the_core_does_not_answer_for_is_not_confirmed)
{
    clock_test_begin(1000 * G_USEC_PER_SEC);
    Fx f;
    fx_begin(&f);
    put_obs(&f);
    minicore_put(f.core, "{\"resourceType\":\"Task\",\"id\":\"t1\",\"for\":{\"reference\":\"Patient/p1\"}}");
    f.core->batch = TRUE;
    fx_discover(&f);
    Got one = {0}, two = {0};
    ClientSearch *a = fx_search(&f, "Observation", CLIENT_DEFAULT, &one);
    ClientSearch *b = fx_search(&f, "Task", CLIENT_DEFAULT, &two);
    cr_assert(loop_until(&one.done) && loop_until(&two.done));
    client_watch(a);
    client_watch(b);
    loop_settle();
    f.core->hook = on_poll;
    clock_test_advance(30 * G_USEC_PER_SEC);
    loop_settle();
    cr_assert_not(one.cached);
    cr_assert(two.cached, "it tells its age");
    cr_assert_eq(two.as_of, 1000 * G_USEC_PER_SEC);
    cr_assert_eq(two.items, 1, "and what is there stays");
    got_clear(&one);
    got_clear(&two);
    fx_end(&f);
    clock_test_end();
}

static const char *last_connection;

static void on_connection(const Event *event, gpointer data)
{
    last_connection = g_str_equal(event->text, "online") ? "online" : "offline";
}

Test(poll, a_key_after_silence_asks_once_and_losing_the_core_is_told)
{
    clock_test_begin(1000 * G_USEC_PER_SEC);
    guint listener = event_listen(EVENT_CONNECTION, on_connection, NULL);
    Fx f;
    fx_begin(&f);
    loop_settle();
    cr_assert_str_eq(last_connection, "online");
    guint before = httpd_requests(f.core->httpd);
    client_nudge(f.client);
    loop_settle();
    cr_assert_eq(httpd_requests(f.core->httpd), before, "the last answer is fresh");
    clock_test_advance(2 * G_USEC_PER_SEC);
    for (guint i = 0; i < 5; i++)
        client_nudge(f.client);
    loop_settle();
    cr_assert_eq(httpd_requests(f.core->httpd), before + 1);
    cr_assert_eq(client_age_us(f.client), 0);
    httpd_free(g_steal_pointer(&f.core->httpd));
    clock_test_advance(2 * G_USEC_PER_SEC);
    client_nudge(f.client);
    loop_settle();
    cr_assert_str_eq(last_connection, "offline");
    Instant since = 0;
    cr_assert(!client_online(f.client, &since));
    cr_assert_eq(since, 1002 * G_USEC_PER_SEC);
    event_unlisten(listener);
    fx_end(&f);
    clock_test_end();
}

/* ---- a core that says nothing ---------------------------------------------------------------- */

static void hang(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    (void)q;
    if (!*(gboolean *)data)
        return;
    a->how = HTTPD_HANG;
    a->status = 200; /* nobody else answers it */
}

static void count_silent(const Event *ev, gpointer data)
{
    *(guint *)data += g_strcmp0(ev->text, "silent") == 0;
}

Test(silence, two_seconds_without_a_byte_are_told_and_the_next_answer_ends_it)
{
    clock_test_begin(1000 * G_USEC_PER_SEC);
    Fx f;
    fx_begin(&f);
    fx_discover(&f);
    gboolean hangs = FALSE;
    guint told = 0, listener = event_listen(EVENT_CONNECTION, count_silent, &told);
    f.core->hook = hang;
    f.core->hook_data = &hangs;
    clock_test_advance(5 * G_USEC_PER_SEC);
    loop_settle(); /* what the opening wrote has been answered */
    hangs = TRUE;
    told = 0;
    clock_test_advance(2 * G_USEC_PER_SEC);
    client_nudge(f.client); /* a key */
    loop_settle();
    cr_assert_eq(httpd_resting(f.core->httpd), 1, "it is asked, and says nothing");
    clock_test_advance(1900 * G_TIME_SPAN_MILLISECOND);
    cr_expect(!client_silent(f.client), "1,9 s is not two");
    clock_test_advance(200 * G_TIME_SPAN_MILLISECOND);
    cr_expect(client_silent(f.client), "two are");
    cr_expect_eq(told, 1, "told %u times", told);
    cr_expect(client_online(f.client, NULL), "nothing has failed yet");
    hangs = FALSE;
    Got got = {0};
    fx_search(&f, "Observation", CLIENT_DEFAULT, &got);
    cr_assert(loop_until(&got.done));
    cr_expect(!client_silent(f.client), "an answer is a sign of life");
    event_unlisten(listener);
    got_clear(&got);
    fx_end(&f);
    clock_test_end();
}

static void drip(const HttpdRequest *q, HttpdAnswer *a, gpointer data)
{
    (void)q, (void)data;
    httpd_text(a, 200, "{\"resourceType\":\"Bundle\",\"type\":\"searchset\",\"total\":0}");
    a->drip_bytes = 20;
    a->drip_ms = 1500;
}

Test(silence, a_slow_core_that_lives_is_not_silent)
{
    clock_test_begin(1000 * G_USEC_PER_SEC);
    Fx f;
    fx_begin(&f);
    fx_discover(&f);
    guint told = 0, listener = event_listen(EVENT_CONNECTION, count_silent, &told);
    f.core->hook = drip;
    Got got = {0};
    fx_search(&f, "Observation", CLIENT_DEFAULT, &got);
    for (guint i = 0; i < 40 && !got.done; i++) {
        loop_settle();
        clock_test_advance(500 * G_TIME_SPAN_MILLISECOND);
    }
    cr_expect(got.done && told == 0, "told %u times", told);
    event_unlisten(listener);
    got_clear(&got);
    fx_end(&f);
    clock_test_end();
}
