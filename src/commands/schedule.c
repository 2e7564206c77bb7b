/* SPDX-License-Identifier: GPL-3.0-or-later
 * Diaries and bookings. */
#include <glib/gi18n.h>

#include "commands/commands.h"

#define CARE (CMD_NEEDS_LOGIN | CMD_NEEDS_CARE)
#define HAS_DIARIES "Slot ?schedule"
#define TAKES_BOOKINGS "Appointment create, Slot update, Slot ?schedule"

CmdResult command_open_diary(CmdCall *call, GError **error)
{
    const Frontend *screen = call->app->frontend;
    gboolean from_diary = g_strcmp0(call->context, "schedule") == 0;
    g_autofree char *seen = from_diary ? screen->place(call->app, call->view_id) : NULL;
    const char *day = cmd_arg(call, "what");
    return screen->open_view(call->app, call->command->name, NULL, day ? day : seen, error) ? CMD_DONE : CMD_ERROR;
}

const Command schedule_commands[] = {
    {NC_("command", "schedule-day"), "what:word?", N_("The unit's day, a column for each resource"), N_("diary"), CARE,
     CMD_RISK_READ, command_open_diary, HAS_DIARIES},
    {NC_("command", "schedule-week"), "what:word?", N_("The unit's week"), N_("week"), CARE, CMD_RISK_READ, command_open_diary,
     HAS_DIARIES},
    {NC_("command", "schedule-date"), NULL, N_("Go to a date: v48, +3v, tor, 12/1"), N_("date"), CARE, CMD_RISK_NONE, NULL},
    {NC_("command", "day-previous"), NULL, N_("The day before, or the week before"), N_("earlier"), CARE, CMD_RISK_NONE, NULL},
    {NC_("command", "day-next"), NULL, N_("The day after, or the week after"), N_("later"), CARE, CMD_RISK_NONE, NULL},
    {NC_("command", "booking-new"), "what:text?", N_("Book a free time for the patient"), N_("book"),
     CARE | CMD_NEEDS_BOOKER | CMD_NEEDS_PATIENT, CMD_RISK_DRAFT, command_open_view, TAKES_BOOKINGS},
    {NC_("command", "booking-confirm"), NULL, N_("Book the time that is shown"), N_("book it"),
     CARE | CMD_NEEDS_BOOKER | CMD_NEEDS_ONLINE, CMD_RISK_WRITE, NULL, TAKES_BOOKINGS},
    {0}};
