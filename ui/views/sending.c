/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/sending.h"

#include <glib/gi18n.h>

#include "ui/patient-header.h"

static GHashTable *on_their_way; /* char*: ids of drafts, unique in the world */
static GHashTable *unanswered;   /* id of a draft → Scope* */

static void close_scope(gpointer scope)
{
    scope_close(scope);
}

Scope *sending_scope(const char *draft)
{
    Scope *scope = scope_new();
    if (!unanswered)
        unanswered = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, close_scope);
    g_hash_table_replace(unanswered, g_strdup(draft), scope);
    return scope;
}

void sending_begin(App *app, const char *draft)
{
    app->frontend->receipt(app, NULL);
    if (!on_their_way)
        on_their_way = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_hash_table_add(on_their_way, g_strdup(draft));
    if (unanswered)
        g_hash_table_remove(unanswered, draft); /* of the two one answer is enough */
}

void sending_end(const char *draft)
{
    if (on_their_way)
        g_hash_table_remove(on_their_way, draft);
}

gboolean sending_refuses(const char *draft, GError **error)
{
    if (!draft || !on_their_way || !g_hash_table_contains(on_their_way, draft))
        return FALSE;
    g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("It is being sent, and does not change until the core has answered"));
    return TRUE;
}

gboolean sending_tells(App *app, const char *draft)
{
    g_autoptr(GError) error = NULL;
    gboolean refuses = sending_refuses(draft, &error);
    if (refuses)
        notify_error(app, error);
    return refuses;
}

void sending_tell(App *app, const char *who, StatusKind kind, const char *sentence)
{
    g_autofree char *line = *who ? g_strdup_printf("%s: %s", who, sentence) : g_strdup(sentence);
    app->frontend->status(app, kind, line);
}

Sending sending_new(View *v, CmdCall *call, const char *draft, OutcomeOf of)
{
    sending_begin(v->app, draft);
    return (Sending){v->app, call, v->id, g_strdup(draft), patient_naming(patient_ctx_patient(v->patient)), of};
}

void sending_clear(Sending *s)
{
    sending_end(s->draft);
    g_free(s->draft);
    g_free(s->who);
}

void sending_done(const Sending *s)
{
    g_autoptr(GError) error = NULL;
    if (!s->app->services.draft_remove(s->app->services.self, s->draft, &error))
        notify_error_of(s->app, s->who, error);
    s->app->frontend->close_view(s->app, s->view_id);
}

gboolean sending_answered(const Sending *s, const Written *result)
{
    if (result->outcome == WRITTEN_DONE) {
        sending_done(s);
        return TRUE;
    }
    const char *why = result->outcome == WRITTEN_NOT_SENT && result->error ? _(result->error->message) : result->text;
    g_autofree char *words = outcome_words(s->of, result->outcome, result->can_ask, why);
    sending_tell(s->app, s->who, outcome_kind(result->outcome), words);
    View *v = shell_find_view(s->app, s->view_id);
    if (v)
        view_dirty(v);
    return FALSE;
}
