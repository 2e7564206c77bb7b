/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "main/hospital.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <sysexits.h>

#include "base/say.h"
#include "base/xdg.h"

static const struct {
    int exit_code;
    const char *sentence; /* N_(); %s is how rond was started, so that it works when typed */
} endings[] = {
    {EX_DATAERR, N_("The training hospital's file is damaged. Quit, and make it anew with: %s reset")},
    {EX_TEMPFAIL, N_("Another program holds the training hospital's file. End that program and log in again.")},
    {EX_IOERR, N_("The disk is full, and the training hospital cannot start. Free some space and log in again.")},
    {0, N_("The training hospital cannot start. Quit, and make it anew with: %s reset")},
};

char *hospital_ended(const CommandLine *cl, int exit_code)
{
    gsize i = 0;
    while (endings[i].exit_code && endings[i].exit_code != exit_code)
        i++;
    GString *text = g_string_new(_(endings[i].sentence));
    g_string_replace(text, "%s", cl->program, 0);
    return g_string_free(text, FALSE);
}

static gboolean make_anew(int *ret_status, char **ret_said, GError **error)
{
    g_autofree char *db = xdg_state_path("ovning/hospital.db", error), *seed = data_path("seed");
    g_autofree char *program = program_path("rond-core");
    char *argv[] = {program, (char *)"reset", (char *)"--db", db, (char *)"--seed", seed, NULL};
    return db && g_spawn_sync(NULL, argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL, ret_said, ret_status, error);
}

int hospital_reset(const CommandLine *cl)
{
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    g_autofree char *notice = NULL, *said = NULL;
    int status = 0;
    Options *options = options_read(cl, problems);
    locale_init(option_text(options, "ui.language"), &notice);
    gboolean training = profile_is_training(options);
    options_free(options);
    if (!training) {
        sayf(stderr, "rond: %s\n", _("Only in the training environment"));
        return 2;
    }
    if (!make_anew(&status, &said, &error)) {
        sayf(stderr, "rond: %s\n", error->message);
        return 1;
    }
    if (status == 0) {
        puts(_("The training hospital is as it was. A damaged file is kept beside it, with .damaged in its name."));
        return 0;
    }
    g_autofree char *why = hospital_ended(cl, WIFEXITED(status) ? WEXITSTATUS(status) : 0);
    sayf(stderr, "rond: %s\n%s", why, said);
    return 1;
}
