/* SPDX-License-Identifier: GPL-3.0-or-later
 * Exercises in the training environment. */
#include <glib/gi18n.h>

#include "app/exercise.h"
#include "commands/commands.h"

#define TRAINS (CMD_NEEDS_LOGIN | CMD_NEEDS_TRAINING)

static CmdResult open_sheet(CmdCall *call, const char *what, GError **error)
{
    return call->app->frontend->open_view(call->app, "exercise", NULL, what, error) ? CMD_DONE : CMD_ERROR;
}

/* As on the command line: “övning B04” begins it. */
static CmdResult run_exercise(CmdCall *call, GError **error)
{
    const char *which = cmd_arg(call, "which");
    if (!which)
        return open_sheet(call, NULL, error);
    exercise_begin(call->app, which);
    return CMD_DONE;
}

static CmdResult run_check(CmdCall *call, GError **error)
{
    return open_sheet(call, "check", error);
}

static CmdResult run_hint(CmdCall *call, GError **error)
{
    return open_sheet(call, "hint", error);
}

const Command training_commands[] = {
    {NC_("command", "exercises"), NULL, N_("Exercises to choose among"), N_("exercises"), TRAINS, CMD_RISK_NONE,
     command_open_view},
    {NC_("command", "exercise"), "which:word?", N_("Begin the exercise of that number; without one, the task under way and its hints"),
     N_("task"), TRAINS, CMD_RISK_NONE, run_exercise},
    {NC_("command", "exercise-check"), NULL, N_("Check the exercise against what the core holds"), N_("check"), TRAINS,
     CMD_RISK_NONE, run_check},
    {NC_("command", "exercise-hint"), NULL, N_("A hint for the exercise"), N_("hint"), TRAINS, CMD_RISK_NONE, run_hint},
    {0}};
