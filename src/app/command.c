/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/command.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/app.h"
#include "app/args.h"
#include "app/signgate.h"
#include "base/text.h"
#include "client/client.h"

G_DEFINE_QUARK(rond-app-error-quark, app_error)

void command_each(void (*fn)(const Command *c, gpointer data), gpointer data)
{
    for (const Command *const *t = command_tables; *t; t++)
        for (const Command *c = *t; c->name; c++)
            fn(c, data);
}

const Command *command_find(const char *name)
{
    for (const Command *const *t = command_tables; *t; t++)
        for (const Command *c = *t; c->name; c++)
            if (strcmp(c->name, name) == 0)
                return c;
    return NULL;
}

const char *command_word(const Command *c)
{
    return g_dpgettext2(NULL, "command", c->name);
}

const Command *command_find_typed(const char *typed)
{
    const Command *found = command_find(typed);
    g_autofree char *wanted = text_fold(typed);
    for (const Command *const *t = command_tables; *t && !found; t++)
        for (const Command *c = *t; c->name && !found; c++) {
            g_autofree char *word = text_fold(command_word(c));
            if (strcmp(word, wanted) == 0)
                found = c;
        }
    return found;
}

/* What a command can need, and the sentence when it is not there. Rights come from the role. */
static const struct {
    guint need;
    const char *missing; /* N_(); NULL = a right: the sentence says who may */
} needs_table[] = {
    {CMD_NEEDS_LOGIN, N_("Log in first")},
    {CMD_NEEDS_PATIENT, N_("Open a patient first")},
    {CMD_NEEDS_SELECTION, N_("Choose a row first")},
    {CMD_NEEDS_ROW, N_("There is no row here")},
    {CMD_NEEDS_BACK, N_("There is nothing to go back to from here")},
    {CMD_NEEDS_ONLINE, N_("This needs the core, and the core does not answer now")},
    {CMD_NEEDS_TRAINING, N_("Only in the training environment")},
    {CMD_NEEDS_CARE, NULL},
    {CMD_NEEDS_WRITER, NULL},
    {CMD_NEEDS_SIGNER, NULL},
    {CMD_NEEDS_SUPERVISOR, NULL},
    {CMD_NEEDS_PRESCRIBER, NULL},
    {CMD_NEEDS_BOOKER, NULL},
    {CMD_NEEDS_MEASURER, NULL},
    {CMD_NEEDS_CODER, NULL},
};

static guint needs_held(App *app, const Focus *focus)
{
    guint held = 0;
    if (app->who)
        held |= CMD_NEEDS_LOGIN | app->who->rights;
    if (focus->patient || focus->row_patient)
        held |= CMD_NEEDS_PATIENT;
    if (focus->selection)
        held |= CMD_NEEDS_SELECTION;
    if (!focus->no_rows)
        held |= CMD_NEEDS_ROW;
    if (!focus->at_base)
        held |= CMD_NEEDS_BACK;
    if (app->client && client_online(app->client, NULL))
        held |= CMD_NEEDS_ONLINE;
    if (app->training)
        held |= CMD_NEEDS_TRAINING;
    return held;
}

const char *command_core_cannot(const App *app, const Command *c)
{
    const char *why = app->client && c->core ? client_cannot(app->client, c->core) : NULL;
    return why ? _(why) : NULL;
}

/* What the core cannot is said before what is missing for the moment, and after who may. */
static gboolean check_in(App *app, const Command *c, const Focus *focus, GError **error)
{
    guint missing = c->needs & ~needs_held(app, focus);
    const char *cannot = missing & (CMD_NEEDS_LOGIN | CMD_RIGHTS) ? NULL : command_core_cannot(app, c);
    if (cannot) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_CORE, cannot);
        return FALSE;
    }
    for (gsize i = 0; i < G_N_ELEMENTS(needs_table); i++) {
        if (!(missing & needs_table[i].need))
            continue;
        if (needs_table[i].missing) {
            AppError code = needs_table[i].need == CMD_NEEDS_ONLINE ? APP_ERROR_OFFLINE : APP_ERROR_NEEDS;
            g_set_error_literal(error, APP_ERROR, code, _(needs_table[i].missing));
            return FALSE;
        }
        g_autofree char *who = rights_who_may(needs_table[i].need);
        g_set_error(error, APP_ERROR, APP_ERROR_RIGHTS,
                    _("Your assignment does not allow this. Allowed for: %s"), who);
        return FALSE;
    }
    return !app->frontend->can || app->frontend->can(app, c, error);
}

gboolean command_check(App *app, const Command *c, GError **error)
{
    Focus focus = {0};
    app->frontend->focus(app, &focus);
    return check_in(app, c, &focus, error);
}

const char *cmd_arg(const CmdCall *call, const char *name)
{
    return call->args ? g_hash_table_lookup(call->args, name) : NULL;
}

static void call_free(CmdCall *call)
{
    App *app = call->app;
    g_ptr_array_remove_fast(app->waiting, call);
    if (!app->waiting->len)
        g_clear_pointer(&app->waiting, g_ptr_array_unref);
    scope_close(call->scope);
    if (call->data_free)
        call->data_free(call->data);
    g_clear_pointer(&call->patient, patient_ctx_unref);
    g_clear_pointer(&call->selection, fhir_resource_unref);
    g_clear_pointer(&call->args, g_hash_table_unref);
    g_free(call->context);
    g_free(call);
}

void commands_end(App *app)
{
    while (app->waiting)
        call_free(app->waiting->pdata[app->waiting->len - 1]);
}

void cmd_continue(CmdCall *call, CmdResult result, GError *error)
{
    if (result == CMD_WAIT)
        return;
    if (error)
        notify_error(call->app, error);
    g_clear_error(&error);
    call_free(call);
}

static CmdCall *call_new(App *app, const Command *c, const Focus *focus, const CmdCause *cause)
{
    CmdCall *call = g_new0(CmdCall, 1);
    call->app = app;
    call->command = c;
    call->patient = focus->patient ? patient_ctx_ref(focus->patient) : NULL;
    call->selection = focus->selection ? fhir_resource_ref(focus->selection) : NULL;
    call->context = g_strdup(focus->context);
    call->view_id = focus->view_id;
    call->scope = scope_new();
    if (cause)
        call->cause = *cause;
    if (!app->waiting)
        app->waiting = g_ptr_array_new();
    g_ptr_array_add(app->waiting, call);
    return call;
}

/* The signing gate stands before every SIGN command, whichever way it was asked for: only the key
 * itself, read after the whole reading had stood on the screen, signs. */
static gboolean sign_allowed(App *app, const CmdCause *cause, GError **error)
{
    CmdCause none = {0};
    SignGateAnswer a = app->frontend->sign_gate(app, cause ? cause : &none);
    if (a == SIGNGATE_OK)
        return TRUE;
    g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _(signgate_sentence(a)));
    return FALSE;
}

static CmdResult command_start(App *app, const Command *c, const char *text, GHashTable *args,
                               const CmdCause *cause, GError **error)
{
    Focus focus = {0};
    app->frontend->focus(app, &focus);
    if (!check_in(app, c, &focus, error) ||
        (c->risk == CMD_RISK_SIGN && !sign_allowed(app, cause, error))) {
        g_clear_pointer(&args, g_hash_table_unref);
        return CMD_ERROR;
    }
    /* On a list of people the chart is opened first; there the command finds and captures its patient. */
    if ((c->needs & CMD_NEEDS_PATIENT) && !focus.patient) {
        app->frontend->open_row_patient(app, focus.row_patient, text);
        g_clear_pointer(&args, g_hash_table_unref);
        return CMD_DONE;
    }
    CmdCall *call = call_new(app, c, &focus, cause);
    call->args = args;
    CmdResult r = c->run ? c->run(call, error) : app->frontend->view_command(app, call, error);
    if (r != CMD_WAIT)
        call_free(call);
    return r;
}

gboolean command_run_text(App *app, const char *text, const CmdCause *cause)
{
    g_autoptr(GError) error = NULL;
    gsize len = strcspn(text, " \t");
    g_autofree char *name = g_strndup(text, len);
    const Command *c = command_find_typed(name);
    GHashTable *args = NULL;
    CmdResult r = CMD_ERROR;

    if (!c)
        g_set_error(&error, APP_ERROR, APP_ERROR_UNKNOWN_COMMAND, _("There is no command “%s”"), name);
    else if (args_parse(c->args, text + len, &args, &error))
        r = command_start(app, c, text, args, cause, &error);
    if (r == CMD_ERROR && error)
        notify_error(app, error);
    return r != CMD_ERROR;
}
