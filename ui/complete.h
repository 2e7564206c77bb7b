/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/complete.h — what Tab offers on the command line: the commands that can run here and now. */
#pragma once
#include "app/command.h"

/* A PromptCompleteFn; @app is the App. */
char **complete_command(const char *line, gpointer app);
