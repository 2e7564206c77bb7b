/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "commands/commands.h"

const Command *const command_tables[] = {nav_commands,      note_commands,    order_commands,   med_commands, giving_commands,
                                         schedule_commands, session_commands, training_commands,
                                         vitals_commands,   entry_commands,   print_commands, NULL};
