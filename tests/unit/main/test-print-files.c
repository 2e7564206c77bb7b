/* SPDX-License-Identifier: GPL-3.0-or-later
 * Prints that are saved: closed to others, named by when and never by whom, gone with the session on a shared
 * account, and what a dead session left behind gone with the next. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "main/print-files.h"

static char home[] = "/tmp/print-files-XXXXXX";

static void make_home(void)
{
    cr_assert(mkdtemp(home));
    g_setenv("ROND_HOME", home, TRUE);
}

static void remove_tree(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;
    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *in = g_build_filename(path, name, NULL);
        remove_tree(in);
    }
    g_remove(path);
}

static void remove_home(void)
{
    remove_tree(home);
}

TestSuite(print_files, .init = make_home, .fini = remove_home, .timeout = 10);

static int pdf(void)
{
    int fd = memfd_create("pdf", MFD_CLOEXEC);
    cr_assert_eq(write(fd, "%PDF-1.7", 8), 8);
    return fd;
}

static PrintFiles *begin(const char *folder, const char *personal)
{
    g_autoptr(Options) o = options_new();
    if (folder)
        options_set(o, "print.folder", folder, LAYER_SITE, "test", NULL);
    options_set(o, "session.personal-account", personal, LAYER_SITE, "test", NULL);
    return print_files_new(o);
}

typedef struct {
    gboolean told;
    char *path, *why;
} Told;

static void on_saved(const char *path, const GError *error, gpointer data)
{
    *(Told *)data = (Told){TRUE, g_strdup(path), error ? g_strdup(error->message) : NULL};
}

static Told save_or_not(PrintFiles *f)
{
    g_autoptr(Scope) scope = scope_new();
    Told told = {0};
    int fd = pdf();
    print_files_save(f, fd, scope, on_saved, &told);
    close(fd);
    while (!told.told)
        g_main_context_iteration(NULL, TRUE);
    return told;
}

static char *save(PrintFiles *f)
{
    Told told = save_or_not(f);
    cr_assert(told.path, "%s", told.why ? told.why : "");
    return told.path;
}

static int mode_of(const char *path)
{
    GStatBuf st;
    return g_stat(path, &st) == 0 ? (int)(st.st_mode & 0777) : -1;
}

Test(print_files, a_file_is_the_accounts_own_and_leaves_with_the_session)
{
    PrintFiles *f = begin(NULL, "false");
    g_autofree char *one = save(f), *two = save(f), *dir = g_path_get_dirname(one), *text = NULL;
    cr_assert(print_files_leave(f));
    cr_assert_eq(mode_of(one), 0600);
    cr_assert_eq(mode_of(dir), 0700);
    cr_assert_str_neq(one, two);
    cr_assert(g_regex_match_simple("/utskrift-\\d{4}-\\d\\d-\\d\\d-\\d{4}-1\\.pdf$", one, 0, 0), "%s", one);
    cr_assert(g_file_get_contents(one, &text, NULL, NULL) && strcmp(text, "%PDF-1.7") == 0);
    print_files_free(f);
    cr_assert(mode_of(one) < 0 && mode_of(two) < 0, "a print has outlived its session");
}

Test(print_files, another_session_removes_what_nobody_holds_and_nothing_else)
{
    PrintFiles *alive = begin(NULL, "false");
    g_autofree char *held = save(alive), *dir = g_path_get_dirname(held);
    g_autofree char *left = g_build_filename(dir, "utskrift-2026-01-01-0800-1.pdf", NULL), *other = g_build_filename(dir, "brev.pdf", NULL);
    cr_assert(g_file_set_contents(left, "x", 1, NULL) && g_file_set_contents(other, "x", 1, NULL));
    PrintFiles *next = begin(NULL, "false");
    cr_assert(mode_of(left) < 0, "what was left behind is still there");
    cr_assert(mode_of(held) == 0600 && mode_of(other) >= 0);
    print_files_free(next);
    cr_assert_eq(mode_of(held), 0600, "one session has removed another's print");
    print_files_free(alive);
}

Test(print_files, on_a_personal_account_and_in_the_sites_own_folder_it_stays)
{
    g_autofree char *own = g_build_filename(home, "utskrifter", NULL);
    const char *const folders[] = {NULL, own}, *const personal[] = {"true", "false"};
    for (gsize i = 0; i < G_N_ELEMENTS(folders); i++) {
        PrintFiles *f = begin(folders[i], personal[i]);
        g_autofree char *path = save(f);
        cr_assert(!print_files_leave(f));
        print_files_free(f);
        cr_assert_eq(mode_of(path), 0600);
        print_files_free(begin(folders[i], personal[i]));
        cr_assert_eq(mode_of(path), 0600, "the next session has removed it");
    }
}

Test(print_files, a_folder_that_others_can_look_into_is_refused)
{
    g_autofree char *open_one = g_build_filename(home, "open", NULL);
    cr_assert_eq(g_mkdir(open_one, 0755), 0);
    PrintFiles *f = begin(open_one, "false");
    Told told = save_or_not(f);
    cr_assert_null(told.path);
    cr_assert(told.why && strstr(told.why, "chmod 700"));
    g_free(told.why);
    print_files_free(f);
}

/* Nobody waits any more, and then the session ends: what was on its way leaves with it. */
Test(print_files, what_is_still_being_saved_leaves_too)
{
    PrintFiles *f = begin(NULL, "false");
    g_autofree char *first = save(f), *dir = g_path_get_dirname(first);
    Scope *scope = scope_new();
    Told told = {0};
    int fd = pdf();
    print_files_save(f, fd, scope, on_saved, &told);
    close(fd);
    scope_close(scope);
    print_files_free(f);
    for (int i = 0; i < 200; i++) { /* until the worker has told it */
        g_main_context_iteration(NULL, FALSE);
        g_usleep(1000);
    }
    cr_assert_not(told.told);
    g_autoptr(GDir) d = g_dir_open(dir, 0, NULL);
    cr_assert_null(g_dir_read_name(d), "a print has outlived its session");
}
