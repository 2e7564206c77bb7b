/* SPDX-License-Identifier: GPL-3.0-or-later
 * The signing of a set of measurements: what is sent, and what is told when the core has answered. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "chart/vitals-write.h"
#include "ui/views/vitals-new.h"
#include "ui/views/sending.h"

typedef struct {
    Sending base;
    int news2; /* -1: no sum */
    const char *changed; /* of a correction: the receipt, N_(); else NULL */
} Sent;

/* It belongs to the command's call, and ends with it. */
static void sent_free(gpointer p)
{
    Sent *s = p;
    sending_clear(&s->base);
    g_free(s);
}

static void tell_receipt(const Sent *s, const Written *result)
{
    g_autofree char *at = instant_to_hhmm(shell_now());
    g_autofree char *sum = s->news2 >= 0 ? g_strdup_printf(", NEWS2 %d", s->news2) : g_strdup("");
    const char *version = result->version ? result->version : "1";
    g_autofree char *line = s->changed ? g_strdup_printf(_(s->changed), at, s->base.who, version) :
        g_strdup_printf(ngettext("Signed %s  %u measurement%s, %s, version %s", "Signed %s  %u measurements%s, %s, version %s", result->held),
                        at, result->held, sum, s->base.who, version);
    s->base.app->frontend->receipt(s->base.app, line);
}

static void on_signed(const Written *result, gpointer data)
{
    Sent *s = data;
    if (line_answered(&s->base, result))
        tell_receipt(s, result);
    cmd_continue(s->base.call, CMD_DONE, NULL);
}

gboolean vitals_new_sign(View *v, CmdCall *call, GError **error)
{
    VitalsNew *s = v->state;
    const Who *who = v->app->who;
    VitalWriting w = {.draft = s->line.id, .practitioner = who->practitioner, .name = who->author ? who->author : who->name,
                      .encounter = s->encounter, .now = shell_now()};
    Sent *sent = g_new0(Sent, 1);
    *sent = (Sent){.base = sending_new(v, call, s->line.id, OUTCOME_VITALS),
                   .changed = !s->old_id   ? NULL
                              : s->strike ? N_("Struck %s  1 measurement, %s, version %s")
                                          : N_("Corrected %s  1 measurement, %s, version %s"),
                   .news2 = vital_set_news2(s->set, patient_ctx_patient(v->patient), s->orders).total};
    scope_add(call->scope, sent_free, sent);
    return s->old_id ? vital_correct(v->app->client, call->scope, call->patient, s->old, s->strike ? NULL : s->set, s->reason, &w, on_signed, sent, error)
                     : vitals_sign(v->app->client, call->scope, call->patient, s->set, &w, on_signed, sent, error);
}
