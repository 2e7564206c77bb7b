/* SPDX-License-Identifier: GPL-3.0-or-later
 * Giving medicines: what is due, what was done with each dose, one key that signs. */
#include <glib/gi18n.h>

#include "commands/commands.h"

#define GIVES (CMD_NEEDS_LOGIN | CMD_NEEDS_CARE | CMD_NEEDS_GIVER | CMD_NEEDS_PATIENT)
#define READS_GIVEN "MedicationRequest search-type, MedicationAdministration search-type"
#define TAKES_GIVEN "MedicationAdministration create"

const Command giving_commands[] = {
    {NC_("command", "giving-ward"), NULL, N_("What is to be given on the ward, by bed"), N_("to give"),
     CMD_NEEDS_LOGIN | CMD_NEEDS_CARE, CMD_RISK_READ, command_open_view, READS_GIVEN},
    {NC_("command", "giving"), NULL, N_("The patient's doses that are late, due, soon or given when needed"), N_("give"),
     GIVES, CMD_RISK_READ, command_open_view, READS_GIVEN},
    {NC_("command", "giving-mark"), NULL, N_("Mark the dose as given, or take the mark off"), N_("given"), GIVES, CMD_RISK_DRAFT, NULL},
    {NC_("command", "giving-partly"), NULL, N_("Mark the dose as given, and say how much"), N_("how much"), GIVES, CMD_RISK_DRAFT, NULL},
    {NC_("command", "giving-not"), NULL, N_("Mark the dose as not given, with the reason"), N_("not given"), GIVES, CMD_RISK_DRAFT, NULL},
    {NC_("command", "giving-time"), NULL, N_("When the dose was given, if not now"), N_("when"), GIVES, CMD_RISK_DRAFT, NULL},
    {NC_("command", "giving-reason"), NULL, N_("The reason for giving past a warning"), N_("reason"), GIVES, CMD_RISK_DRAFT, NULL},
    {NC_("command", "giving-sign"), NULL, N_("Sign the doses that stand on the screen"), N_("sign"), GIVES | CMD_NEEDS_ONLINE,
     CMD_RISK_SIGN, NULL, TAKES_GIVEN},
    {0}};
