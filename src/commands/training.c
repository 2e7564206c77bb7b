/* SPDX-License-Identifier: GPL-3.0-or-later
 * Exercises in the training environment. */
#include <glib/gi18n.h>

#include "commands/commands.h"

#define TRAINS (CMD_NEEDS_LOGIN | CMD_NEEDS_TRAINING)

const Command training_commands[] = {
    {"exercises", NULL, N_("Exercises to choose among"), N_("exercises"), TRAINS, CMD_RISK_NONE,
     command_open_view},
    {"exercise-check", NULL, N_("Check the exercise against what the core holds"), N_("check"), TRAINS,
     CMD_RISK_NONE, NULL},
    {"exercise-hint", NULL, N_("A hint for the exercise"), N_("hint"), TRAINS, CMD_RISK_NONE, NULL},
    {0}};
