/* SPDX-License-Identifier: GPL-3.0-or-later
 * What came of a print is told to whoever gave it to lp and to nobody else: one that lp never got is never
 * told to be printed, and why it was not sent is what is so. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "main/wiring.h"
#include "super/channel.h"

typedef struct {
    guint told;
    char *why; /* NULL: printed */
} Told;

static char home[] = "/tmp/wire-print-XXXXXX";
static Wiring w;
static App app;
static int supervisor;
static PrintPages pages;

static void begin(void)
{
    int channel[2];
    cr_assert(mkdtemp(home));
    g_setenv("ROND_HOME", home, TRUE);
    clock_test_begin(0);
    cr_assert_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, channel), 0);
    supervisor = channel[1];
    app.options = options_new();
    w = (Wiring){.app = &app, .channel = channel[0]};
    wire_print(&w, &app.services);
    app.services.self = &w;
    pages = (PrintPages){.pages = 1, .pdf = memfd_create("pdf", MFD_CLOEXEC)};
}

static void end(void)
{
    wire_print_end(&w);
    options_free((Options *)app.options);
    close(w.channel);
    close(supervisor);
    close(pages.pdf);
    clock_test_end();
    g_autofree char *run = g_build_filename(home, "run", "utskrift", NULL), *up = g_path_get_dirname(run);
    rmdir(run);
    rmdir(up);
    rmdir(home);
}

TestSuite(wire_print, .init = begin, .fini = end, .timeout = 10);

static void on_sent(const GError *error, gpointer data)
{
    Told *t = data;
    t->told++;
    t->why = error ? g_strdup(error->message) : NULL;
}

static void print_one(Scope *scope, Told *told)
{
    app.services.print_send(app.services.self, &pages, scope, on_sent, told);
}

/* How many jobs lp has been given since the last time. */
static guint jobs(void)
{
    SuperMsg m;
    guint n = 0;
    while (super_recv(supervisor, &m) > 0) {
        n += m.kind == SUPER_ASK_PRINT;
        if (m.fd >= 0)
            close(m.fd);
    }
    return n;
}

Test(wire_print, what_lp_never_got_is_not_told_to_be_printed)
{
    Scope *closed = scope_new();
    g_autoptr(Scope) scope = scope_new();
    Told first = {0}, second = {0}, third = {0};
    print_one(closed, &first);
    cr_assert_eq(jobs(), 1);
    scope_close(closed);
    print_one(scope, &second);
    wire_print_ended(&w, 0, "");
    cr_assert_eq(jobs(), 0, "lp was given a second job while it had one");
    cr_assert_eq(second.told, 0, "the end of another job was told: %s", second.why ? second.why : "printed");
    clock_test_advance(0);
    cr_assert(second.told == 1 && second.why && strstr(second.why, "The print before this one"));
    cr_assert_eq(first.told, 0, "its view is closed");
    print_one(scope, &third);
    clock_test_advance(0);
    cr_assert(jobs() == 1 && third.told == 0);
    wire_print_ended(&w, 0, "");
    cr_assert(third.told == 1 && !third.why);
    cr_assert_eq(second.told, 1);
    g_free(second.why);
}

Test(wire_print, whoever_waits_for_lp_is_told_also_when_another_was_refused)
{
    g_autoptr(Scope) scope = scope_new();
    Told first = {0}, second = {0}, third = {0};
    print_one(scope, &first);
    print_one(scope, &second);
    print_one(scope, &third);
    clock_test_advance(0);
    cr_assert(second.told == 1 && second.why && third.told == 1 && third.why && first.told == 0);
    wire_print_ended(&w, 1, "lp: no such printer");
    cr_assert(first.told == 1 && first.why && strstr(first.why, "lp: no such printer"));
    cr_assert(second.told == 1 && third.told == 1 && jobs() == 1);
    g_free(first.why);
    g_free(second.why);
    g_free(third.why);
}

Test(wire_print, why_it_was_not_sent_is_what_is_so)
{
    g_autoptr(Scope) scope = scope_new();
    Told told = {0};
    shutdown(supervisor, SHUT_RDWR);
    print_one(scope, &told);
    cr_assert_eq(told.told, 0, "told from inside the call");
    clock_test_advance(0);
    cr_assert(told.told == 1 && told.why);
    cr_assert(strstr(told.why, "Nothing was sent to the printer") && strstr(told.why, g_strerror(EPIPE)), "%s", told.why);
    g_free(told.why);
}

Test(wire_print, a_session_ends_with_one_still_to_be_told)
{
    Scope *scope = scope_new();
    Told first = {0}, second = {0};
    print_one(scope, &first);
    print_one(scope, &second);
    scope_close(scope);
    clock_test_advance(120 * G_TIME_SPAN_SECOND);
    wire_print_ended(&w, 0, "");
    cr_assert(first.told == 0 && second.told == 0);
}

/* lp speaks to whoever set up the printers, in its own language: who prints is told what it means. */
Test(wire_print, why_no_printer_took_it_is_said_as_a_person_can_use_it)
{
    static const struct {
        const char *words, *cause;
    } rows[] = {{"lp: Error - no default destination available.", "no default printer"},
                {"lp: The printer or class does not exist.", "no such printer"},
                {"lp: Error - LPDEST environment variable names non-existent destination \"x\".", "no such printer"},
                {"lp: Destination \"avd3\" is not accepting jobs.", "takes no jobs"},
                {"lp: Connection refused", "does not answer"},
                {"lp: Transport endpoint is not connected", "does not answer"},
                {"lp: No such file or directory", "does not answer"},
                {"lp: Unauthorized", "may not print"},
                {"no printing", "Too many prints"},
                {"lp: Toner saknas", "“lp: Toner saknas”"},
                {"", "did not say why"}};
    for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Scope) scope = scope_new();
        Told told = {0};
        print_one(scope, &told);
        wire_print_ended(&w, 1, rows[i].words);
        cr_assert(told.told == 1 && told.why && g_str_has_prefix(told.why, "No printer took it. "), "%s", told.why);
        cr_assert(strstr(told.why, rows[i].cause), "%s: %s", rows[i].words, told.why);
        g_free(told.why);
    }
}
