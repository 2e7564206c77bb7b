/* SPDX-License-Identifier: GPL-3.0-or-later
 * commands/commands.h — the tables of commands and what they share. Commands speak to the screen
 * only through app/frontend.h. */
#pragma once
#include "app/app.h"

extern const Command nav_commands[], note_commands[], order_commands[], med_commands[], giving_commands[], schedule_commands[],
    session_commands[], training_commands[], vitals_commands[], entry_commands[], print_commands[];

/* Opens the view that the table in nav.c names for the call's command. */
CmdResult command_open_view(CmdCall *call, GError **error);
/* The day or the week; from one to the other it is the day that is seen. */
CmdResult command_open_diary(CmdCall *call, GError **error);
CmdResult command_patient_last(CmdCall *call, GError **error);
