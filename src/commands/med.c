/* SPDX-License-Identifier: GPL-3.0-or-later
 * Changes of orders that are in the record: chosen in the list of medicines, signed with the other orders. What each
 * does, and from where, is chart/med-change.h; the list does them. */
#include <glib/gi18n.h>

#include "commands/commands.h"

#define CHANGES (CMD_NEEDS_LOGIN | CMD_NEEDS_CARE | CMD_NEEDS_PRESCRIBER | CMD_NEEDS_PATIENT | CMD_NEEDS_SELECTION)
#define CHANGES_ORDERS "MedicationRequest update"
#define RENEWS_ORDERS "MedicationRequest create, MedicationRequest update"

const Command med_commands[] = {
    {NC_("command", "med-mark"), NULL, N_("Mark the medicine the cursor is on, to renew or pause several at once"), N_("mark"),
     CMD_NEEDS_LOGIN | CMD_NEEDS_CARE | CMD_NEEDS_PATIENT | CMD_NEEDS_SELECTION, CMD_RISK_NONE, NULL},
    {NC_("command", "med-renew"), NULL, N_("Renew the marked medicines: new orders, the old ones ended"), N_("renew"), CHANGES,
     CMD_RISK_DRAFT, NULL, RENEWS_ORDERS},
    {NC_("command", "med-change"), NULL, N_("Change the order the cursor is on: a new one in its place"), N_("change"), CHANGES,
     CMD_RISK_DRAFT, NULL, RENEWS_ORDERS},
    {NC_("command", "med-pause"), NULL, N_("Pause the marked medicines, with the reason and until when"), N_("pause"), CHANGES,
     CMD_RISK_DRAFT, NULL, CHANGES_ORDERS},
    {NC_("command", "med-resume"), NULL, N_("Begin again with what is paused"), N_("resume"), CHANGES, CMD_RISK_DRAFT, NULL,
     CHANGES_ORDERS},
    {NC_("command", "med-stop"), NULL, N_("Stop the medicine the cursor is on, with the reason"), N_("over"), CHANGES,
     CMD_RISK_DRAFT, NULL, CHANGES_ORDERS},
    {NC_("command", "med-strike"), NULL, N_("Strike the order the cursor is on, entered in error, with the reason"), N_("strike"),
     CHANGES, CMD_RISK_DRAFT, NULL, CHANGES_ORDERS},
    {0}};
