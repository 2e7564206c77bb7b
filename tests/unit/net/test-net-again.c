/* SPDX-License-Identifier: GPL-3.0-or-later
 * What is tried again and what is sent once. */
#include "net/net-script.h"

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
