/* SPDX-License-Identifier: GPL-3.0-or-later
 * Measurements: one typed line or a form, one key that signs. */
#include <glib/gi18n.h>

#include "commands/commands.h"

#define MEASURES (CMD_NEEDS_LOGIN | CMD_NEEDS_CARE | CMD_NEEDS_MEASURER | CMD_NEEDS_PATIENT)
#define TAKES_VALUES "Observation create"
#define CHANGES_VALUES "Observation update"

const Command vitals_commands[] = {
    {NC_("command", "vitals-new"), "what:text?", N_("Write measurements with one line"), N_("measure"), MEASURES, CMD_RISK_DRAFT,
     command_open_view, TAKES_VALUES},
    {NC_("command", "vitals-form"), NULL, N_("The same measurements as a form"), N_("form"), MEASURES, CMD_RISK_DRAFT, NULL},
    {NC_("command", "vitals-accept"), NULL, N_("To what must be answered before the measurements can be signed"), N_("go on"),
     MEASURES, CMD_RISK_DRAFT, NULL},
    {NC_("command", "vitals-sign"), NULL, N_("Sign the measurements that stand on the screen"), N_("sign"),
     MEASURES | CMD_NEEDS_ONLINE, CMD_RISK_SIGN, NULL, TAKES_VALUES},
    {NC_("command", "vitals-correct"), NULL, N_("Correct the measurement the cursor is on, with the reason"), N_("correct"),
     MEASURES | CMD_NEEDS_SELECTION, CMD_RISK_DRAFT, NULL, CHANGES_VALUES},
    {NC_("command", "vitals-strike"), NULL, N_("Strike the measurement the cursor is on, with the reason"), N_("strike"),
     MEASURES | CMD_NEEDS_SELECTION, CMD_RISK_DRAFT, NULL, CHANGES_VALUES},
    {0}};
