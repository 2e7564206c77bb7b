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

/* What the answer needs, whatever has become of the view meanwhile: leaving it stops no signature, and
 * the receipt comes all the same. */
typedef struct {
    App *app;
    CmdCall *call;
    guint view_id;
    char *draft, *title, *who;
    gboolean sign;
} Sent;

/* It belongs to the command's call, and ends with it. */
static void sent_free(gpointer p)
{
    Sent *s = p;
    g_free(s->draft);
    g_free(s->title);
    g_free(s->who);
    g_free(s);
}

static void tell_receipt(const Sent *s, const FhirResource *document, NoteOutcome outcome)
{
    g_autofree char *at = instant_to_hhmm(shell_now());
    const char *version = document ? fhir_version_id(document) : NULL;
    g_autofree char *line = NULL;
    if (outcome == NOTE_UNREAD)
        line = g_strdup_printf(_("Saved in the core, but NOT READ BACK: %s, %s. Read the note"), s->title, s->who);
    else if (outcome == NOTE_DIFFERS)
        line = g_strdup_printf(_("Saved in the core, THE TEXT DIFFERS: %s, %s. Read the note"), s->title, s->who);
    else if (s->sign)
        line = g_strdup_printf(_("Signed %s  %s, %s, version %s"), at, s->title, s->who, version ? version : "1");
    else
        line = g_strdup_printf(_("In the record UNSIGNED %s  %s, %s, version %s"), at, s->title, s->who,
                               version ? version : "1");
    s->app->frontend->receipt(s->app, line);
}

static void finish(const Sent *s)
{
    g_autoptr(GError) error = NULL;
    if (!s->app->services.draft_remove(s->app->services.self, s->draft, &error))
        notify_error(s->app, error);
    shell_close_drafts_of(s->app, s->draft); /* the editor under this view */
    s->app->frontend->close_view(s->app, s->view_id);
}

static void on_signed(const NoteSigned *result, gpointer data)
{
    const Sent *s = data;
    App *app = s->app;
    View *v = shell_find_view(app, s->view_id);
    if (v)
        ((Review *)v->state)->sending = FALSE;
    switch (result->outcome) {
    case NOTE_SIGNED:
    case NOTE_DIFFERS:
    case NOTE_UNREAD:
        tell_receipt(s, result->document, result->outcome);
        finish(s);
        break;
    case NOTE_UNKNOWN:
        app->frontend->status(app, STATUS_WARN, client_can_look_for(app->client, "DocumentReference")
            ? _("No answer from the core: it is being asked whether it has the note. The draft stays")
            : _("No answer; this core cannot be asked. Look in the record, then in Unfinished"));
        break;
    default:
        if (result->error)
            notify_error(app, result->error);
        break;
    }
    v = shell_find_view(app, s->view_id);
    if (v)
        view_dirty(v);
    cmd_continue(s->call, CMD_DONE, NULL);
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
        .identifier = identifier, .practitioner = who->practitioner, .name = who->author ? who->author : who->name, .unit = who->unit,
        .unit_name = who->unit_name, .encounter = r->encounter, .event = shell_now(), .now = shell_now(), .sign = sign,
    };
    Sent *sent = g_new0(Sent, 1);
    *sent = (Sent){.app = v->app, .call = call, .view_id = v->id, .draft = g_strdup(r->id),
                   .title = g_strdup(r->draft->note->title), .who = patient_naming(patient_ctx_patient(v->patient)),
                   .sign = sign};
    scope_add(call->scope, sent_free, sent);
    if (!note_sign(v->app->client, call->scope, call->patient, r->draft->note, &w, on_signed, sent, error))
        return CMD_ERROR;
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

static gboolean review_typing(View *v)
{
    return FALSE;
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
    .typing = review_typing,
    .reading = review_reading,
    .resume = review_resume,
    .close = review_close,
};
