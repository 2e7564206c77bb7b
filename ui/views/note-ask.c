/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/note-ask.h"

#include <glib/gi18n.h>

#include "chart/note-task.h"
#include "chart/note.h"
#include "ui/patient-header.h"
#include "ui/views/note-acts.h"
#include "ui/views/note-signer.h"
#include "ui/views/views.h"

typedef struct {
    App *app;
    CmdCall *call;
    FhirResource *document;
    char *title, *who, *colleague;
} Asking;

/* It belongs to the command's call, and ends with it. */
static void asking_free(gpointer p)
{
    Asking *a = p;
    fhir_resource_unref(a->document);
    g_free(a->title);
    g_free(a->who);
    g_free(a->colleague);
    g_free(a);
}

static void on_asked(const GError *error, gpointer data)
{
    Asking *a = data;
    if (!error) {
        g_autofree char *at = instant_to_hhmm(shell_now());
        g_autofree char *line = g_strdup_printf(_("Asked to countersign %s  %s: %s, %s"), at, a->colleague, a->title, a->who);
        a->app->frontend->receipt(a->app, line);
    }
    cmd_continue(a->call, error ? CMD_ERROR : CMD_DONE, error ? g_error_copy(error) : NULL);
}

static CmdResult ask(View *v, CmdCall *call, const char *id, const char *name, GError **error)
{
    Asking *a = call->data;
    const Who *who = v->app->who;
    NoteAsking asking = {who->practitioner, who->author ? who->author : who->name, id, name, shell_now()};
    (void)error;
    a->colleague = g_strdup(name);
    note_task_ask(v->app->client, call->scope, call->patient, a->document, &asking, on_asked, a);
    return CMD_WAIT;
}

CmdResult note_ask_run(View *v, CmdCall *call, const FhirResource *document, GError **error)
{
    if (!note_act_allowed(v->app, document, NOTE_ASK_SECOND, error))
        return CMD_ERROR;
    if (!note_tasks_known(v->app->client)) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("This core keeps no requests to colleagues"));
        return CMD_ERROR;
    }
    NoteReading *r = note_read(document);
    Asking *a = g_new0(Asking, 1);
    *a = (Asking){.app = v->app, .call = call, .document = fhir_resource_ref((FhirResource *)document),
                  .title = g_steal_pointer(&r->title), .who = patient_naming(patient_ctx_patient(call->patient))};
    note_reading_free(r);
    call->data = a;
    call->data_free = asking_free;
    return note_signer_choose(call, TRUE, ask, error);
}
