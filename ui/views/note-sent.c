/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/note-sent.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "ui/patient-header.h"
#include "ui/views/note-draft.h"
#include "ui/views/outcome.h"

struct NoteSent {
    App *app;
    CmdCall *call; /* NULL: it has ended, and the answer is still waited for */
    PatientCtx *patient;
    guint view_id;
    char *draft, *title, *who, *text;
    gboolean sign;
    gboolean later; /* it takes the place of the note under this view */
};

static void sent_free(gpointer p)
{
    NoteSent *s = p;
    if (s->call)
        sending_end(s->draft);
    patient_ctx_unref(s->patient);
    g_free(s->draft);
    g_free(s->title);
    g_free(s->who);
    g_free(s->text);
    g_free(s);
}

static NoteSent *sent_copy(const NoteSent *s)
{
    NoteSent *copy = g_memdup2(s, sizeof *s);
    copy->call = NULL;
    copy->patient = patient_ctx_ref(s->patient);
    copy->draft = g_strdup(s->draft);
    copy->title = g_strdup(s->title);
    copy->who = g_strdup(s->who);
    copy->text = g_strdup(s->text);
    return copy;
}

NoteSent *note_sent_new(View *v, CmdCall *call, const char *draft, const char *title, const char *text, gboolean sign,
                        gboolean later)
{
    NoteSent *s = g_new0(NoteSent, 1);
    *s = (NoteSent){.app = v->app, .call = call, .patient = patient_ctx_ref(call->patient), .view_id = v->id,
                    .draft = g_strdup(draft), .title = g_strdup(title), .who = patient_naming(patient_ctx_patient(v->patient)),
                    .text = g_strdup(text), .sign = sign, .later = later};
    scope_add(call->scope, sent_free, s);
    sending_begin(v->app, draft);
    return s;
}

/* What became of which note, and whose: another may stand on the screen by now. Owned. */
static char *words_of(const NoteSent *s, const NoteSigned *result)
{
    g_autofree char *words = outcome_of_note(OUTCOME_NOTE, result, client_can_look_for(s->app->client, "DocumentReference"));
    return g_strdup_printf("%s, %s: %s", s->title, s->who, words);
}

static void tell_words(const NoteSent *s, const NoteSigned *result)
{
    g_autofree char *line = words_of(s, result);
    s->app->frontend->status(s->app, outcome_kind(result->outcome), line);
}

static void tell_receipt(const NoteSent *s, const NoteSigned *result)
{
    g_autofree char *at = instant_to_hhmm(shell_now());
    g_autofree char *version = note_version_words(result->document);
    const char *receipt = s->sign ? _("Signed %s  %s, %s, %s") : _("In the record UNSIGNED %s  %s, %s, %s");
    g_autofree char *line = result->outcome == WRITTEN_UNREAD ? words_of(s, result) : g_strdup_printf(receipt, at, s->title, s->who, version);
    s->app->frontend->receipt(s->app, line);
}

/* What was corrected is read on in its last version. */
static void show_later(const NoteSent *s, const FhirResource *document)
{
    g_autoptr(GError) error = NULL;
    Focus under = {0};
    s->app->frontend->focus(s->app, &under);
    View *v = shell_find_view(s->app, under.view_id);
    if (!v || strcmp(v->cls->name, "note-read") != 0 || v->patient == NULL || !fhir_id(document))
        return;
    PatientCtx *patient = patient_ctx_ref(v->patient);
    s->app->frontend->close_view(s->app, under.view_id);
    if (!s->app->frontend->open_view(s->app, "note-read", patient, fhir_id(document), &error))
        notify_error(s->app, error);
    patient_ctx_unref(patient);
}

/* While the core was asked the draft could be written on: what is not in the record stays. */
static gboolean written_on(const NoteSent *s)
{
    if (s->call)
        return FALSE;
    NoteDraft *draft = note_draft_open(s->app, s->draft, NULL);
    g_autofree char *now = draft ? note_text(draft->note) : NULL;
    g_clear_pointer(&draft, note_draft_free);
    return now && strcmp(now, s->text) != 0;
}

static void finish(const NoteSent *s, const FhirResource *document)
{
    g_autoptr(GError) error = NULL;
    if (written_on(s)) {
        sending_tell(s->app, s->who, STATUS_WARN, _("The note is in the record as it was signed; what you have written since is in the draft"));
        return;
    }
    if (!s->app->services.draft_remove(s->app->services.self, s->draft, &error))
        notify_error_of(s->app, s->who, error);
    shell_close_drafts_of(s->app, s->draft); /* the editor under this view */
    s->app->frontend->close_view(s->app, s->view_id);
    if (s->later && document)
        show_later(s, document);
}

/* No receipt, and nothing is thrown away: the words that were signed stay in the draft, and what the core
 * made of them is shown against them. */
static void tell_difference(const NoteSent *s, View *v, const NoteSigned *result)
{
    tell_words(s, result);
    if (!v)
        return;
    g_autofree char *there = result->document ? note_document_text(result->document) : g_strdup("");
    note_review_differs(v, s->text, there);
}

/* The words are in the record, so the draft has served; whether they are signed is for the reading to show. */
static void show_otherwise(const NoteSent *s, const NoteSigned *result)
{
    g_autoptr(GError) error = NULL;
    App *app = s->app;
    g_autofree char *line = words_of(s, result), *id = g_strdup(fhir_id(result->document));
    PatientCtx *patient = patient_ctx_ref(s->patient);
    finish(s, s->later ? result->document : NULL);
    if (!s->later && !app->frontend->open_view(app, "note-read", patient, id, &error))
        notify_error(app, error);
    else
        app->frontend->status(app, outcome_kind(result->outcome), line);
    patient_ctx_unref(patient);
}

static void open_conflict(const NoteSent *s, View *v, const NoteSigned *result)
{
    g_autoptr(GError) error = NULL;
    tell_words(s, result);
    if (!v)
        return;
    PatientCtx *patient = patient_ctx_ref(s->patient);
    s->app->frontend->close_view(s->app, s->view_id);
    if (!s->app->frontend->open_view(s->app, "note-conflict", patient, s->draft, &error))
        notify_error(s->app, error);
    else
        tell_words(s, result);
    patient_ctx_unref(patient);
}

/* The answer is told when there is one; signing again asks by itself. */
static void wait_on(const NoteSent *s, const NoteSigned *result)
{
    tell_words(s, result);
    Scope *scope = sending_scope(s->draft);
    NoteSent *later = sent_copy(s);
    scope_add(scope, sent_free, later);
    note_follow(s->app->client, scope, result, note_sent_answer, later);
}

/* What is not in the record: the road says why, or, where the core was asked long after, the outcome itself. */
static void tell_not_done(const NoteSent *s, const NoteSigned *result)
{
    gboolean asked = result->outcome == WRITTEN_NOT_SENT && !s->call;
    if (result->error && !asked)
        notify_error_of(s->app, s->who, result->error);
    else
        tell_words(s, result);
}

static void tell(const NoteSent *s, View *v, const NoteSigned *result)
{
    switch (result->outcome) {
    case WRITTEN_DONE:
    case WRITTEN_UNREAD:
        tell_receipt(s, result);
        finish(s, result->document);
        break;
    case WRITTEN_OTHERWISE:
        show_otherwise(s, result);
        break;
    case WRITTEN_DIFFERS:
        tell_difference(s, v, result);
        break;
    case WRITTEN_OVERTAKEN:
        open_conflict(s, v, result);
        break;
    case WRITTEN_UNKNOWN:
        wait_on(s, result);
        break;
    case WRITTEN_NOT_SENT:
    case WRITTEN_REFUSED:
        tell_not_done(s, result);
        break;
    case WRITTEN_HALF:
    case WRITTEN_PARTLY:
    case WRITTEN_OUTCOMES:
        tell_words(s, result);
        break;
    }
}

void note_sent_answer(const NoteSigned *result, gpointer data)
{
    NoteSent *s = data;
    View *v = shell_find_view(s->app, s->view_id);
    CmdCall *call = s->call;
    if (v && call)
        note_review_answered(v);
    tell(s, v, result);
    v = shell_find_view(s->app, s->view_id);
    if (v)
        view_dirty(v);
    if (call)
        cmd_continue(call, CMD_DONE, NULL);
}
