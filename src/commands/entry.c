/* SPDX-License-Identifier: GPL-3.0-or-later
 * Entries into the lists of the chart: one typed line or a form, one key that signs. */
#include <glib/gi18n.h>

#include "commands/commands.h"

#define CODES (CMD_NEEDS_LOGIN | CMD_NEEDS_CARE | CMD_NEEDS_CODER | CMD_NEEDS_PATIENT)
#define TAKES_ALERTS "AllergyIntolerance create, Flag create"
#define TAKES_DIAGNOSES "Condition create"
#define CHANGES_DIAGNOSES "Condition update"
#define TAKES_PROCEDURES "Procedure create"
#define CHANGES_PROCEDURES "Procedure update"
#define CHANGES_ALERTS "AllergyIntolerance update, Flag update"

const Command entry_commands[] = {
    {NC_("command", "alert-new"), "what:text?", N_("Add a hypersensitivity or an alert with one line"), N_("add"), CODES, CMD_RISK_DRAFT,
     command_open_view, TAKES_ALERTS},
    {NC_("command", "alert-change"), NULL, N_("Change the hypersensitivity or alert the cursor is on"), N_("change"),
     CODES | CMD_NEEDS_SELECTION, CMD_RISK_DRAFT, NULL, CHANGES_ALERTS},
    {NC_("command", "alert-question"), NULL, N_("Question the hypersensitivity or alert the cursor is on: only suspected, or refuted"),
     N_("question"), CODES | CMD_NEEDS_SELECTION, CMD_RISK_DRAFT, NULL, CHANGES_ALERTS},
    {NC_("command", "alert-resolve"), NULL, N_("Say that the alert the cursor is on is over, and when"), N_("over"),
     CODES | CMD_NEEDS_SELECTION, CMD_RISK_DRAFT, NULL, CHANGES_ALERTS},
    {NC_("command", "alert-strike"), NULL, N_("Strike the hypersensitivity or alert the cursor is on, with the reason"), N_("strike"),
     CODES | CMD_NEEDS_SELECTION, CMD_RISK_DRAFT, NULL, CHANGES_ALERTS},
    {NC_("command", "diagnosis-new"), "what:text?", N_("Add a diagnosis to the visit or the problem list with one line"), N_("add"), CODES,
     CMD_RISK_DRAFT, command_open_view, TAKES_DIAGNOSES},
    {NC_("command", "diagnosis-offered"), NULL, N_("Begin the entry of the diagnosis that the words of the note suggest; nothing is written before it is signed"),
     N_("diagnosis"), CODES, CMD_RISK_DRAFT, NULL, TAKES_DIAGNOSES},
    {NC_("command", "diagnosis-change"), NULL, N_("Change the diagnosis the cursor is on"), N_("change"), CODES | CMD_NEEDS_SELECTION,
     CMD_RISK_DRAFT, NULL, CHANGES_DIAGNOSES},
    {NC_("command", "diagnosis-question"), NULL, N_("Question the diagnosis the cursor is on: only suspected, or refuted"), N_("question"),
     CODES | CMD_NEEDS_SELECTION, CMD_RISK_DRAFT, NULL, CHANGES_DIAGNOSES},
    {NC_("command", "diagnosis-resolve"), NULL, N_("Say that the problem the cursor is on is over, and when"), N_("over"),
     CODES | CMD_NEEDS_SELECTION, CMD_RISK_DRAFT, NULL, CHANGES_DIAGNOSES},
    {NC_("command", "diagnosis-strike"), NULL, N_("Strike the diagnosis the cursor is on, with the reason"), N_("strike"),
     CODES | CMD_NEEDS_SELECTION, CMD_RISK_DRAFT, NULL, CHANGES_DIAGNOSES},
    {NC_("command", "procedures"), NULL, N_("Procedures: what has been done"), N_("procedures"),
     CMD_NEEDS_LOGIN | CMD_NEEDS_CARE | CMD_NEEDS_PATIENT, CMD_RISK_READ, command_open_view, "Procedure search-type"},
    {NC_("command", "procedure-new"), "what:text?", N_("Add a procedure with one line"), N_("add"), CODES, CMD_RISK_DRAFT,
     command_open_view, TAKES_PROCEDURES},
    {NC_("command", "procedure-change"), NULL, N_("Change the procedure the cursor is on"), N_("change"), CODES | CMD_NEEDS_SELECTION,
     CMD_RISK_DRAFT, NULL, CHANGES_PROCEDURES},
    {NC_("command", "procedure-strike"), NULL, N_("Strike the procedure the cursor is on, with the reason"), N_("strike"),
     CODES | CMD_NEEDS_SELECTION, CMD_RISK_DRAFT, NULL, CHANGES_PROCEDURES},
    {NC_("command", "entry-form"), NULL, N_("The same line as a form"), N_("form"), CODES, CMD_RISK_DRAFT, NULL},
    {NC_("command", "entry-accept"), NULL, N_("Take what is chosen, or go to what must be answered before it can be signed"), N_("go on"),
     CODES, CMD_RISK_DRAFT, NULL},
    {NC_("command", "entry-sign"), NULL, N_("Sign what stands on the screen"), N_("sign"), CODES | CMD_NEEDS_ONLINE, CMD_RISK_SIGN, NULL},
    {0}};
