/* SPDX-License-Identifier: GPL-3.0-or-later
 * The session: lock, log out, quit, options. */
#include <glib/gi18n.h>

#include "base/session-exit.h"
#include "commands/commands.h"

static CmdResult run_lock(CmdCall *call, GError **error)
{
    (void)error;
    call->app->frontend->end(call->app, SESSION_EXIT_LOCK);
    return CMD_DONE;
}

static CmdResult run_logout(CmdCall *call, GError **error)
{
    (void)error;
    call->app->frontend->end(call->app, SESSION_EXIT_LOGOUT);
    return CMD_DONE;
}

static CmdResult run_quit(CmdCall *call, GError **error)
{
    (void)error;
    call->app->frontend->end(call->app, SESSION_EXIT_QUIT);
    return CMD_DONE;
}

static CmdResult run_set(CmdCall *call, GError **error)
{
    if (!options_set(call->app->options, cmd_arg(call, "option"), cmd_arg(call, "value"), LAYER_SESSION, NULL,
                     error))
        return CMD_ERROR;
    call->app->frontend->invalidate(call->app);
    return CMD_DONE;
}

CmdResult command_patient_last(CmdCall *call, GError **error)
{
    return call->app->frontend->open_view(call->app, "patient-last", NULL, NULL, error) ? CMD_DONE : CMD_ERROR;
}

const Command session_commands[] = {
    {NC_("command", "lock"), NULL, N_("Lock the screen; the card and PIN bring you back to the same place"), N_("lock"),
     CMD_NEEDS_LOGIN, CMD_RISK_NONE, run_lock},
    {NC_("command", "card-other"), NULL, N_("Log in with another card"), N_("other card"), 0, CMD_RISK_NONE, NULL},
    {NC_("command", "logout"), NULL, N_("Log out"), N_("log out"), CMD_NEEDS_LOGIN, CMD_RISK_NONE, run_logout},
    {NC_("command", "quit"), NULL, N_("Leave rond; drafts are kept"), N_("quit"), 0, CMD_RISK_NONE, run_quit},
    {NC_("command", "set"), "option:word value:text", N_("Set an option for this session"), N_("set"), 0, CMD_RISK_NONE, run_set},
    {0}};
