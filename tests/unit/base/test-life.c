/* SPDX-License-Identifier: GPL-3.0-or-later
 * What lives and dies: scopes, listeners, secrets, the log ring, directories. */
#include <criterion/criterion.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/event.h"
#include "base/log.h"
#include "base/scope.h"
#include "base/secret.h"
#include "base/xdg.h"

static GString *order;

static void note(gpointer name)
{
    g_string_append(order, name);
}

Test(scope, closers_run_once_latest_first)
{
    order = g_string_new(NULL);
    Scope *s = scope_new();
    scope_add(s, note, "a");
    guint b = scope_add(s, note, "b");
    scope_add(s, note, "c");
    scope_remove(s, b);
    g_autoptr(GCancellable) c = g_object_ref(scope_cancellable(s));
    cr_assert_not(scope_is_closed(s));
    scope_close(s);
    cr_assert_str_eq(order->str, "ca");
    cr_assert(g_cancellable_is_cancelled(c));
    scope_close(NULL);
    g_string_free(order, TRUE);
}

static guint other;
static int heard;

static void on_event(const Event *e, gpointer data)
{
    heard++;
    if (data != NULL)
        event_unlisten(other);
}

Test(event, listeners_hear_their_kind_and_may_leave_during_a_call)
{
    Event tick = {.kind = EVENT_TICK}, card = {.kind = EVENT_CARD, .text = "gone"};
    event_emit(&tick);
    guint first = event_listen(EVENT_TICK, on_event, "leave");
    other = event_listen(EVENT_TICK, on_event, NULL);
    event_emit(&card);
    cr_assert_eq(heard, 0);
    event_emit(&tick);
    cr_assert_eq(heard, 1, "the second was unlistened by the first");
    event_unlisten(first);
    event_emit(&tick);
    cr_assert_eq(heard, 1);
}

Test(secret, holds_and_clears)
{
    g_autoptr(SecretBuf) s = secret_new(6);
    cr_assert(secret_append(s, "1234", 4));
    cr_assert_not(secret_append(s, "567", 3));
    cr_assert_eq(s->len, 4);
    cr_assert(secret_append(s, "56", 2));
    cr_assert_eq(memcmp(s->data, "123456", 6), 0);
    secret_clear(s);
    cr_assert_eq(s->len, 0);
    cr_assert_eq(memcmp(s->data, "\0\0\0\0\0\0", 6), 0);
    g_autoptr(SecretBuf) copy = secret_new_from("ab", 2);
    cr_assert_eq(copy->len, 2);
    g_autoptr(SecretBuf) empty = secret_new(0);
    cr_assert_not(secret_append(empty, "x", 1));
    secret_free(NULL);
}

/* What the kernel says of the pages that hold @at. */
static char *flags_of(gconstpointer at)
{
    g_autofree char *maps = NULL;
    gboolean here = FALSE;
    cr_assert(g_file_get_contents("/proc/self/smaps", &maps, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(maps, "\n", -1);
    for (char **l = lines; *l; l++) {
        guint64 from, to;
        if (sscanf(*l, "%" G_GINT64_MODIFIER "x-%" G_GINT64_MODIFIER "x ", &from, &to) == 2)
            here = (guint64)(gsize)at >= from && (guint64)(gsize)at < to;
        if (here && g_str_has_prefix(*l, "VmFlags:"))
            return g_strdup(*l);
    }
    return g_strdup("");
}

Test(secret, is_in_no_core_dump)
{
    g_autoptr(SecretBuf) s = secret_new_from("1234", 4);
    g_autofree char *flags = flags_of(s->data);
    cr_assert(strstr(flags, " dd"), "%s", flags);
}

/* The kernel says EFAULT for a page that may not be read: a guard is there without crashing on it.
 */
static gboolean readable(const guint8 *at)
{
    int fd[2];
    cr_assert_eq(pipe(fd), 0);
    gboolean ok = write(fd[1], at, 1) == 1;
    close(fd[0]);
    close(fd[1]);
    return ok;
}

Test(secret, guard_pages_stand_on_both_sides)
{
    g_autoptr(SecretBuf) s = secret_new(16);
    cr_assert(readable(s->data) && readable(s->data + 15));
    cr_assert_not(readable(s->data + 16));
    cr_assert_not(readable(s->data - sysconf(_SC_PAGESIZE)));
}

static void collect(gint64 at, LogLevel level, const char *area, const char *text, gpointer data)
{
    g_ptr_array_add(data, g_strdup(text));
}

Test(log, keeps_the_newest_lines)
{
    for (int i = 0; i < 2000; i++)
        log_event(LOG_INFO, "test", "line %d\x1b[2J", i);
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);
    log_each(collect, lines);
    cr_assert_gt(lines->len, 100);
    cr_assert_leq(lines->len, 1000);
    cr_assert_str_eq(lines->pdata[lines->len - 1], "line 1999 [2J");
}

Test(xdg, rond_home_overrides_and_directories_are_private)
{
    g_autofree char *home = g_dir_make_tmp("rond-XXXXXX", NULL);
    g_setenv("ROND_HOME", home, TRUE);
    g_autofree char *path = xdg_state_path("training/tokens.db", NULL);
    g_autofree char *want = g_build_filename(home, "state", "training", "tokens.db", NULL);
    cr_assert_str_eq(path, want);
    g_autofree char *dir = g_path_get_dirname(path);
    struct stat st;
    cr_assert_eq(stat(dir, &st), 0);
    cr_assert_eq(st.st_mode & 0777, 0700);
    g_autofree char *run = xdg_runtime_path("core.sock", NULL);
    cr_assert(g_str_has_suffix(run, "/run/core.sock"));
    g_setenv("ROND_HOME", "/proc/rond", TRUE);
    g_autoptr(GError) error = NULL;
    cr_assert_null(xdg_config_path("rond.conf", &error));
    cr_assert_not_null(error);
    g_setenv("ROND_DATA", "/data", TRUE);
    g_autofree char *data = data_path("forms/x.json");
    cr_assert_str_eq(data, "/data/forms/x.json");
    const char *parts[] = {"state/training", "state", "run", ""};
    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *p = g_build_filename(home, parts[i], NULL);
        g_rmdir(p);
    }
}
