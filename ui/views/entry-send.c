/* SPDX-License-Identifier: GPL-3.0-or-later
 * The signing of an entry: what is sent, and what is told when the core has answered. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "ui/patient-header.h"
#include "ui/views/entry.h"
#include "ui/views/sending.h"

enum { WHAT = 18 }; /* of what it is: who it is about and the version have room on the row beside it */

/* What the answer needs, whatever has become of the view meanwhile: leaving it stops no signature, and
 * the receipt comes all the same. */
typedef struct {
    App *app;
    CmdCall *call;
    guint view_id;
    char *draft, *who, *what;
    EntryAct act;
} Sent;

static void sent_free(Sent *s)
{
    sending_end(s->draft);
    g_free(s->draft);
    g_free(s->who);
    g_free(s->what);
    g_free(s);
}

static const char *failure_sentence(WrittenOutcome outcome)
{
    static const char *const sentences[] = {
        [WRITTEN_DIFFER] = N_("In the core, BUT NOT AS IT WAS READ. Look at it in the list"),
        [WRITTEN_PARTLY] = N_("Only a part of it is in the core. Signing again writes the rest"),
        [WRITTEN_NOT_SENT] = N_("Not signed: the core does not have it"),
        [WRITTEN_UNKNOWN] = N_("No answer from the core: it is being asked whether it has it. Signing again is the same write"),
        [WRITTEN_REFUSED] = N_("Not signed: the core refused"),
        [WRITTEN_CHANGED] = N_("Not signed: somebody else has changed it meanwhile. Look at it again"),
    };
    return _(sentences[outcome]);
}

static void tell_receipt(const Sent *s, const Written *result)
{
    static const char *const words[ENTRY_ACTS] = {
        [ENTRY_NEW] = N_("Signed %s  %s, %s, version %s"),
        [ENTRY_CHANGE] = N_("Changed %s  %s, %s, version %s"),
        [ENTRY_QUESTION] = N_("Questioned %s  %s, %s, version %s"),
        [ENTRY_RESOLVE] = N_("Over %s  %s, %s, version %s"),
        [ENTRY_STRIKE] = N_("Struck %s  %s, %s, version %s"),
    };
    g_autofree char *at = instant_to_hhmm(shell_now());
    g_autofree char *line = g_strdup_printf(_(words[s->act]), at, s->what, s->who, result->version ? result->version : "1");
    s->app->frontend->receipt(s->app, line);
}

/* The draft of what the core holds is done with. */
static void finish(const Sent *s)
{
    g_autoptr(GError) error = NULL;
    if (!s->app->services.draft_remove(s->app->services.self, s->draft, &error))
        notify_error(s->app, error);
    s->app->frontend->close_view(s->app, s->view_id);
}

static void on_signed(const Written *result, gpointer data)
{
    Sent *s = data;
    App *app = s->app;
    View *v = shell_find_view(app, s->view_id);
    if (v)
        ((EntryView *)v->state)->sending = FALSE;
    if (result->outcome == WRITTEN_SIGNED) {
        finish(s);
        tell_receipt(s, result);
    } else {
        const char *failure = failure_sentence(result->outcome);
        g_autofree char *text = result->text ? g_strdup_printf("%s: %s: %s", s->who, failure, result->text)
                                             : g_strdup_printf("%s: %s", s->who, failure);
        if (result->error && result->outcome == WRITTEN_NOT_SENT)
            notify_error(app, result->error);
        else
            app->frontend->status(app, result->outcome == WRITTEN_UNKNOWN ? STATUS_WARN : STATUS_ERROR, text);
    }
    v = shell_find_view(app, s->view_id);
    if (v)
        view_dirty(v);
    cmd_continue(s->call, CMD_DONE, NULL);
    sent_free(s);
}

static char *what_of(const EntryView *s)
{
    g_autoptr(Entry) before = s->old ? entry_of(s->old) : NULL;
    return text_ellipsis(*s->entry->typed[ENTRY_WHAT] || !before ? s->entry->typed[ENTRY_WHAT] : before->typed[ENTRY_WHAT], WHAT);
}

CmdResult entry_view_sign(View *v, CmdCall *call, GError **error)
{
    EntryView *s = v->state;
    const Who *who = v->app->who;
    if (s->sending) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("It is being sent"));
        return CMD_ERROR;
    }
    EntryWriting w = {.draft = s->id, .practitioner = who->practitioner, .name = who->author ? who->author : who->name,
                      .encounter = s->encounter, .visit = s->visit, .now = shell_now()};
    Sent *sent = g_new0(Sent, 1);
    *sent = (Sent){.app = v->app, .call = call, .view_id = v->id, .draft = g_strdup(s->id), .what = what_of(s), .act = s->act,
                   .who = patient_naming(patient_ctx_patient(v->patient))};
    if (!entry_sign(v->app->client, call->scope, call->patient, s->entry, s->act, s->old, &w, on_signed, sent, error)) {
        sent_free(sent);
        return CMD_ERROR;
    }
    s->sending = TRUE;
    sending_begin(v->app, s->id);
    view_dirty(v);
    return CMD_WAIT;
}
