/* SPDX-License-Identifier: GPL-3.0-or-later
 * The signing of a set of measurements: what is sent, and what is told when the core has answered. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "chart/vitals-write.h"
#include "ui/patient-header.h"
#include "ui/views/vitals-new.h"
#include "ui/views/sending.h"

/* What the answer needs, whatever has become of the view meanwhile: leaving it stops no signature, and
 * the receipt comes all the same. */
typedef struct {
    App *app;
    CmdCall *call;
    guint view_id;
    char *draft, *who;
    int news2; /* -1: no sum */
    const char *changed; /* of a correction: the receipt, N_(); else NULL */
} Sent;

static void sent_free(Sent *s)
{
    sending_end(s->draft);
    g_free(s->draft);
    g_free(s->who);
    g_free(s);
}

static const char *failure_sentence(WrittenOutcome outcome)
{
    static const char *const sentences[] = {
        [WRITTEN_DIFFER] = N_("In the core, BUT NOT AS THEY WERE READ. Look at the measurements"),
        [WRITTEN_PARTLY] = N_("Only some of the measurements are in the core. Signing again writes the rest"),
        [WRITTEN_NOT_SENT] = N_("Not signed: the core does not have the measurements"),
        [WRITTEN_UNKNOWN] = N_("No answer from the core: it is being asked whether it has the measurements. Signing again is the same write"),
        [WRITTEN_REFUSED] = N_("Not signed: the core refused"),
        [WRITTEN_CHANGED] = N_("Not signed: somebody else has changed it meanwhile. Look at it again"),
    };
    return _(sentences[outcome]);
}

static void tell_receipt(const Sent *s, const Written *result)
{
    g_autofree char *at = instant_to_hhmm(shell_now());
    g_autofree char *sum = s->news2 >= 0 ? g_strdup_printf(", NEWS2 %d", s->news2) : g_strdup("");
    const char *version = result->version ? result->version : "1";
    g_autofree char *line = s->changed ? g_strdup_printf(_(s->changed), at, s->who, version) :
        g_strdup_printf(ngettext("Signed %s  %u measurement%s, %s, version %s", "Signed %s  %u measurements%s, %s, version %s", result->held),
                        at, result->held, sum, s->who, version);
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
        ((VitalsNew *)v->state)->sending = FALSE;
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

CmdResult vitals_new_sign(View *v, CmdCall *call, GError **error)
{
    VitalsNew *s = v->state;
    const Who *who = v->app->who;
    if (s->sending) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("It is being sent"));
        return CMD_ERROR;
    }
    VitalWriting w = {.draft = s->id, .practitioner = who->practitioner, .name = who->author ? who->author : who->name,
                      .encounter = s->encounter, .now = shell_now()};
    Sent *sent = g_new0(Sent, 1);
    *sent = (Sent){.app = v->app, .call = call, .view_id = v->id, .draft = g_strdup(s->id),
                   .who = patient_naming(patient_ctx_patient(v->patient)),
                   .changed = !s->old_id   ? NULL
                              : s->strike ? N_("Struck %s  1 measurement, %s, version %s")
                                          : N_("Corrected %s  1 measurement, %s, version %s"),
                   .news2 = vital_set_news2(s->set, patient_ctx_patient(v->patient), FALSE).total};
    gboolean begun = s->old_id ? vital_correct(v->app->client, call->scope, call->patient, s->old, s->strike ? NULL : s->set, s->reason, &w,
                                               on_signed, sent, error)
                               : vitals_sign(v->app->client, call->scope, call->patient, s->set, &w, on_signed, sent, error);
    if (!begun) {
        sent_free(sent);
        return CMD_ERROR;
    }
    s->sending = TRUE;
    sending_begin(v->app, s->id);
    view_dirty(v);
    return CMD_WAIT;
}
