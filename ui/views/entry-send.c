/* SPDX-License-Identifier: GPL-3.0-or-later
 * The signing of an entry: what is sent, and what is told when the core has answered. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "ui/views/entry.h"
#include "ui/views/sending.h"

enum { WHAT = 18 }; /* of what it is: who it is about and the version have room on the row beside it */

typedef struct {
    Sending base;
    char *what;
    EntryAct act;
} Sent;

static void sent_free(Sent *s)
{
    sending_clear(&s->base);
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
    g_autofree char *line = g_strdup_printf(_(words[s->act]), at, s->what, s->base.who, result->version ? result->version : "1");
    s->base.app->frontend->receipt(s->base.app, line);
}

static void on_signed(const Written *result, gpointer data)
{
    Sent *s = data;
    View *v = shell_find_view(s->base.app, s->base.view_id);
    if (v)
        ((EntryView *)v->state)->sending = FALSE;
    if (result->outcome == WRITTEN_SIGNED) {
        sending_done(&s->base);
        tell_receipt(s, result);
    } else {
        sending_failed(&s->base, result, failure_sentence(result->outcome));
    }
    cmd_continue(s->base.call, CMD_DONE, NULL);
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
    *sent = (Sent){.base = sending_new(v, call, s->id), .what = what_of(s), .act = s->act};
    if (!entry_sign(v->app->client, call->scope, call->patient, s->entry, s->act, s->old, &w, on_signed, sent, error)) {
        sent_free(sent);
        return CMD_ERROR;
    }
    s->sending = TRUE;
    view_dirty(v);
    return CMD_WAIT;
}
