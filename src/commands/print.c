/* SPDX-License-Identifier: GPL-3.0-or-later
 * Printing: one note from its reader, those of a list, or a part of the record that is chosen first. */
#include <glib/gi18n.h>

#include "commands/commands.h"

#define CHART (CMD_NEEDS_LOGIN | CMD_NEEDS_CARE | CMD_NEEDS_PATIENT)

/* The list of notes knows which of them it shows. */
static CmdResult run_print(CmdCall *call, GError **error)
{
    const Frontend *frontend = call->app->frontend;
    gboolean note = call->selection && g_str_has_prefix(call->context, "note-") && fhir_id(call->selection);
    if (g_str_has_prefix(call->context, "notes")) /* all of them, or those found */
        return frontend->view_command(call->app, call, error);
    g_autofree char *arg = note ? g_strconcat("note\t\t", fhir_id(call->selection), NULL) : NULL;
    return frontend->open_view(call->app, "print", call->patient, arg, error) ? CMD_DONE : CMD_ERROR;
}

const Command print_commands[] = {
    {NC_("command", "print"), NULL, N_("Print the note, the notes of the list or a chosen part of the record; shown first"), N_("print"), CHART,
     CMD_RISK_READ, run_print},
    {NC_("command", "print-mark"), NULL, N_("Take this part into the print, or leave it out"), N_("take/leave"), CHART, CMD_RISK_NONE, NULL},
    {NC_("command", "print-go"), NULL, N_("Print the pages that are shown"), N_("print out"), CHART, CMD_RISK_READ, NULL},
    {NC_("command", "print-save"), NULL, N_("Save the pages that are shown as PDF"), N_("save PDF"), CHART, CMD_RISK_READ, NULL},
    {0}};
