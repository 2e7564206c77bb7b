/* SPDX-License-Identifier: GPL-3.0-or-later
 * Moving about: views, cursor, finding. Rows without a function are done by the focused view. */
#include <glib/gi18n.h>
#include <string.h>

#include "app/app.h"
#include "commands/commands.h"

/* Commands that only open a view. @with_patient: the captured patient goes along. */
static const struct {
    const char *command, *view;
    gboolean with_patient;
} opens[] = {
    {"worklist", "worklist", FALSE},
    {"patient-find", "patient-find", FALSE},
    {"overview", "summary", TRUE},
    {"notes", "notes", TRUE},
    {"medications", "medications", TRUE},
    {"vitals", "vitals", TRUE},
    {"results", "results", TRUE},
    {"bookings", "bookings", TRUE},
    {"problems", "problems", TRUE},
    {"alerts", "alerts", TRUE},
    {"note-new", "note-edit", TRUE},
    {"drafts", "drafts", FALSE},
    {"to-sign", "to-sign", FALSE},
    {"order-new", "order", TRUE},
    {"vitals-new", "vitals-new", TRUE},
    {"alert-new", "alert-new", TRUE},
    {"diagnosis-new", "diagnosis-new", TRUE},
    {"procedures", "procedures", TRUE},
    {"procedure-new", "procedure-new", TRUE},
    {"sign-list", "sign-list", TRUE},
    {"giving", "giving", TRUE},
    {"giving-ward", "giving-ward", FALSE},
    {"booking-new", "booking-new", TRUE},
    {"help", "help", FALSE},
    {"palette", "palette", FALSE},
    {"exercises", "exercises", FALSE},
    {"log", "log", FALSE},
    {"about", "about", FALSE},
};

CmdResult command_open_view(CmdCall *call, GError **error)
{
    for (gsize i = 0; i < G_N_ELEMENTS(opens); i++) {
        if (strcmp(opens[i].command, call->command->name) != 0)
            continue;
        const char *arg = cmd_arg(call, "what");
        /* Help and palette speak of where they were asked for. */
        if (!arg && (strcmp(opens[i].view, "help") == 0 || strcmp(opens[i].view, "palette") == 0))
            arg = call->context;
        return call->app->frontend->open_view(call->app, opens[i].view,
                                              opens[i].with_patient ? call->patient : NULL, arg, error)
                   ? CMD_DONE
                   : CMD_ERROR;
    }
    g_return_val_if_reached(CMD_ERROR);
}

static CmdResult run_back(CmdCall *call, GError **error)
{
    (void)error;
    call->app->frontend->close_view(call->app, call->view_id);
    return CMD_DONE;
}

#define IN CMD_NEEDS_LOGIN
#define CARE (CMD_NEEDS_LOGIN | CMD_NEEDS_CARE)
#define CHART (CARE | CMD_NEEDS_PATIENT)
#define READS(TYPE) TYPE " search-type"

const Command nav_commands[] = {
    {NC_("command", "cursor-up"), NULL, N_("One row up"), N_("up"), 0, CMD_RISK_NONE, NULL},
    {NC_("command", "cursor-down"), NULL, N_("One row down"), N_("down"), 0, CMD_RISK_NONE, NULL},
    {NC_("command", "cursor-left"), NULL, N_("One column or day to the left"), N_("left"), 0, CMD_RISK_NONE, NULL},
    {NC_("command", "cursor-right"), NULL, N_("One column or day to the right"), N_("right"), 0, CMD_RISK_NONE, NULL},
    {NC_("command", "page-up"), NULL, N_("One page up"), N_("page up"), 0, CMD_RISK_NONE, NULL},
    {NC_("command", "page-down"), NULL, N_("One page down"), N_("page down"), 0, CMD_RISK_NONE, NULL},
    {NC_("command", "cursor-home"), NULL, N_("To the first row"), N_("first"), 0, CMD_RISK_NONE, NULL},
    {NC_("command", "cursor-end"), NULL, N_("To the last row"), N_("last"), 0, CMD_RISK_NONE, NULL},
    {NC_("command", "next-part"), NULL, N_("To the next field or part"), N_("next"), 0, CMD_RISK_NONE, NULL},
    {NC_("command", "previous-part"), NULL, N_("To the previous field or part"), N_("previous"), 0, CMD_RISK_NONE, NULL},
    {NC_("command", "open"), NULL, N_("Open what the cursor is on"), N_("open"), CMD_NEEDS_ROW, CMD_RISK_NONE, NULL},
    {NC_("command", "accept"), NULL, N_("Go on with what is typed or chosen"), N_("go on"), 0, CMD_RISK_NONE, NULL},
    {NC_("command", "box-close"), NULL, N_("Close the box that asks; nothing is done"), N_("close"), 0, CMD_RISK_NONE, NULL},
    {NC_("command", "back"), NULL, N_("Close this and go back; what was typed is kept"), N_("back"), CMD_NEEDS_BACK,
     CMD_RISK_NONE, run_back},
    {NC_("command", "refresh"), NULL, N_("Ask the core again, and repaint the screen"), N_("refresh"), IN, CMD_RISK_NONE, NULL},
    {NC_("command", "value-source"), NULL, N_("Where the value comes from: source, author, version, measured, fetched"),
     N_("source"), CHART | CMD_NEEDS_ROW, CMD_RISK_NONE, NULL},
    {NC_("command", "worklist"), NULL, N_("The ward's patients or the clinic's bookings of today"), N_("list"), CARE,
     CMD_RISK_NONE, command_open_view},
    {NC_("command", "patient-find"), "what:text?", N_("Find a patient by name, number or bed"), N_("find"), CARE, CMD_RISK_READ,
     command_open_view},
    {NC_("command", "patient-last"), NULL, N_("Back to the patient before this one"), N_("last one"), CARE, CMD_RISK_READ,
     command_patient_last},
    {NC_("command", "overview"), NULL, N_("Overview of the patient"), N_("overview"), CHART, CMD_RISK_READ, command_open_view},
    {NC_("command", "notes"), NULL, N_("The patient's notes"), N_("notes"), CHART, CMD_RISK_READ, command_open_view,
     READS("DocumentReference")},
    {NC_("command", "medications"), NULL, N_("The patient's medication list"), N_("medicines"), CHART, CMD_RISK_READ,
     command_open_view, READS("MedicationRequest")},
    {NC_("command", "vitals"), NULL, N_("The patient's measurements over time"), N_("vitals"), CHART, CMD_RISK_READ,
     command_open_view, READS("Observation")},
    {NC_("command", "results"), NULL, N_("The patient's laboratory results"), N_("results"), CHART, CMD_RISK_READ,
     command_open_view, READS("Observation")},
    {NC_("command", "bookings"), NULL, N_("The patient's bookings"), N_("bookings"), CHART, CMD_RISK_READ, command_open_view,
     READS("Appointment")},
    {NC_("command", "problems"), NULL, N_("The patient's diagnoses"), N_("diagnoses"), CHART, CMD_RISK_READ, command_open_view,
     READS("Condition")},
    {NC_("command", "alerts"), NULL, N_("Alerts and hypersensitivities in words"), N_("alerts"), CHART, CMD_RISK_READ,
     command_open_view, READS("AllergyIntolerance")},
    {NC_("command", "help"), "what:word?", N_("The keys that are valid here and now"), N_("all keys"), 0, CMD_RISK_NONE,
     command_open_view},
    {NC_("command", "palette"), "what:word?", N_("Find any command by name, description or key"), N_("commands"), 0,
     CMD_RISK_NONE, command_open_view},
    {NC_("command", "command-line"), NULL, N_("Type a command"), N_("command"), 0, CMD_RISK_NONE, NULL},
    {NC_("command", "log"), NULL, N_("What happened in this session, without patient data"), N_("log"), 0, CMD_RISK_NONE,
     command_open_view},
    {NC_("command", "about"), NULL, N_("Version, intended use and what has been reviewed"), N_("about"), 0, CMD_RISK_NONE,
     command_open_view},
    {0}};
