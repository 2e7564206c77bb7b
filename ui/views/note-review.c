/* SPDX-License-Identifier: GPL-3.0-or-later
 * The note as it will be signed, word for word, with the patient named. The signing key signs what
 * stands here, once its last line has been shown. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "chart/header.h"
#include "chart/note-sign.h"
#include "ui/patient-header.h"
#include "ui/views/note-draft.h"
#include "ui/views/views.h"
#include "ui/widgets/text.h"

typedef struct {
    NoteDraft *draft;
    char *id;         /* of the draft */
    char *text;       /* as signed */
    TextView *reader;
    char *encounter;
    gboolean sending;
} Review;

static void on_header(const ChartHeader *h, gpointer data)
{
    Review *r = ((View *)data)->state;
    g_free(r->encounter);
    r->encounter = g_strdup(h->encounter);
}

static gboolean review_open(View *v, const char *arg, GError **error)
{
    Review *r = v->state;
    r->draft = arg ? note_draft_open(v->app, NULL, arg, error) : NULL;
    if (!r->draft)
        return FALSE;
    /* The draft must be about the patient whose name stands over it. */
    if (g_strcmp0(r->draft->patient, patient_ctx_id(v->patient)) != 0) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("This draft belongs to another patient"));
        return FALSE;
    }
    r->id = g_strdup(arg);
    r->text = note_text(r->draft->note);
    if (!*r->text) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("The note is empty"));
        return FALSE;
    }
    r->reader = textview_new();
    textview_set(r->reader, r->text);
    return TRUE;
}

static void review_load(View *v, LoadWhy why)
{
    (void)why;
    chart_header_watch(v->app->client, v->scope, v->patient, on_header, v);
}

static void tell_receipt(View *v, const FhirResource *document, gboolean same)
{
    Review *r = v->state;
    g_autofree char *who = patient_naming(patient_ctx_patient(v->patient));
    g_autofree char *at = instant_to_hhmm(shell_now());
    const char *version = fhir_version_id(document);
    g_autofree char *line =
        same ? g_strdup_printf(_("Signed %s  %s, %s, version %s"), at, r->draft->note->title, who, version ? version : "1")
             : g_strdup_printf(_("Saved in the core, THE TEXT DIFFERS: %s, %s. Read the note"), r->draft->note->title, who);
    v->app->frontend->receipt(v->app, line);
}

static void finish(View *v)
{
    App *app = v->app;
    g_autoptr(GError) error = NULL;
    Review *r = v->state;
    g_autofree char *id = g_strdup(r->id);
    if (!app->services.draft_remove(app->services.self, id, &error))
        notify_error(app, error);
    shell_close_drafts_of(app, id); /* the editor under this view */
    app->frontend->close_view(app, v->id);
}

typedef struct {
    View *view;
    CmdCall *call;
} Sent;

static void on_signed(const NoteSigned *s, gpointer data)
{
    g_autofree Sent *sent = data;
    View *v = sent->view;
    Review *r = v->state;
    App *app = v->app;
    r->sending = FALSE;
    cmd_continue(sent->call, CMD_DONE, NULL);
    switch (s->outcome) {
    case NOTE_SIGNED:
    case NOTE_DIFFERS:
        tell_receipt(v, s->document, s->outcome == NOTE_SIGNED);
        finish(v);
        return;
    case NOTE_UNKNOWN:
        app->frontend->status(app, STATUS_WARN, _("No answer from the core: it is being asked whether it has the note. The draft stays"));
        break;
    default:
        if (s->error)
            notify_error(app, s->error);
        break;
    }
    view_dirty(v);
}

static CmdResult put(View *v, CmdCall *call, gboolean sign, GError **error)
{
    Review *r = v->state;
    const Who *who = v->app->who;
    g_autofree char *identifier = g_strdup_printf("urn:uuid:%s", r->id);
    if (r->sending) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("It is being sent"));
        return CMD_ERROR;
    }
    NoteWriting w = {
        .identifier = identifier, .practitioner = who->practitioner, .name = who->name, .unit = who->unit,
        .unit_name = who->unit_name, .encounter = r->encounter, .event = shell_now(), .now = shell_now(), .sign = sign,
    };
    Sent *sent = g_new(Sent, 1);
    *sent = (Sent){v, call};
    if (!note_sign(v->app->client, v->scope, call->patient, r->draft->note, &w, on_signed, sent, error)) {
        g_free(sent);
        return CMD_ERROR;
    }
    r->sending = TRUE;
    view_dirty(v);
    return CMD_WAIT;
}

static CmdResult review_command(View *v, CmdCall *call, GError **error)
{
    if (strcmp(call->command->name, "note-sign") == 0)
        return put(v, call, TRUE, error);
    if (strcmp(call->command->name, "note-file") == 0)
        return put(v, call, FALSE, error);
    return CMD_ERROR;
}

static gboolean review_text(View *v, const char *utf8, gboolean paste)
{
    Review *r = v->state;
    gboolean used = textview_input(r->reader, utf8, paste) != WIDGET_IGNORED;
    if (used)
        view_dirty(v);
    return used;
}

/* Who, about whom and every word: if any of it changes the gate starts over. */
static char *review_reading(View *v, gboolean *ret_complete)
{
    Review *r = v->state;
    g_autofree char *who = patient_naming(patient_ctx_patient(v->patient));
    g_autofree char *all = g_strjoin("\n", v->app->who->hsa_id, who, r->draft->note->title, r->text, NULL);
    *ret_complete = textview_end_shown(r->reader) && !r->sending;
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, all, -1);
}

static void review_paint(View *v, Canvas *c)
{
    Review *r = v->state;
    g_autofree char *who = patient_naming(patient_ctx_patient(v->patient));
    g_autofree char *title = g_strdup_printf(_("As it will be signed: %s · %s"), r->draft->note->title, who);
    canvas_clear(c);
    canvas_rule(c, 0, title);
    canvas_push(c, (Rect){1, 1, canvas_rows(c) - 2, canvas_cols(c) - 2});
    textview_paint(r->reader, c, TRUE);
    canvas_pop(c);
    canvas_text(c, canvas_rows(c) - 1, 1, STYLE_STRONG,
                r->sending ? _("Being sent …")
                : textview_end_shown(r->reader) ? _("F9 signs this note")
                                                : _("Read to the last line, then F9 signs this note"));
}

static char *review_resume(View *v)
{
    return g_strdup(((Review *)v->state)->id);
}

static void review_close(View *v)
{
    Review *r = v->state;
    g_clear_pointer(&r->draft, note_draft_free);
    g_clear_pointer(&r->reader, textview_free);
    g_free(r->id);
    g_free(r->text);
    g_free(r->encounter);
}

const ViewClass view_note_review = {
    .name = "note-review",
    .title = N_("Review"),
    .keymap = "note-review",
    .state_size = sizeof(Review),
    .flags = VIEW_PATIENT | VIEW_TEXT,
    .open = review_open,
    .load = review_load,
    .paint = review_paint,
    .command = review_command,
    .text = review_text,
    .reading = review_reading,
    .resume = review_resume,
    .close = review_close,
};
