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

/* It belongs to the command's call, and ends with it. */
static void sent_free(gpointer p)
{
    Sent *s = p;
    sending_clear(&s->base);
    g_free(s->what);
    g_free(s);
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
    if (line_answered(&s->base, result))
        tell_receipt(s, result);
    cmd_continue(s->base.call, CMD_DONE, NULL);
}

static char *what_of(const EntryView *s)
{
    g_autoptr(Entry) before = s->old ? entry_of(s->old) : NULL;
    return text_ellipsis(*s->entry->typed[ENTRY_WHAT] || !before ? s->entry->typed[ENTRY_WHAT] : before->typed[ENTRY_WHAT], WHAT);
}

gboolean entry_view_sign(View *v, CmdCall *call, GError **error)
{
    EntryView *s = v->state;
    const Who *who = v->app->who;
    EntryWriting w = {.draft = s->line.id, .practitioner = who->practitioner, .name = who->author ? who->author : who->name,
                      .encounter = s->encounter, .visit = s->visit, .now = shell_now()};
    Sent *sent = g_new0(Sent, 1);
    *sent = (Sent){.base = sending_new(v, call, s->line.id, OUTCOME_ANY), .what = what_of(s), .act = s->act};
    scope_add(call->scope, sent_free, sent);
    return entry_sign(v->app->client, call->scope, call->patient, s->entry, s->act, s->old, &w, on_signed, sent, error);
}
