/* SPDX-License-Identifier: GPL-3.0-or-later
 * The note as it will be signed, word for word, with the patient named; of a correction, with what it
 * changes marked. The signing key signs what stands here, once its last line has been shown. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "chart/header.h"
#include "chart/note-sign.h"
#include "ui/patient-header.h"
#include "ui/views/note-acts.h"
#include "ui/views/note-blank.h"
#include "ui/views/note-draft.h"
#include "ui/views/note-suggest.h"
#include "ui/views/note-pulled.h"
#include "ui/views/note-sent.h"
#include "ui/views/note-signer.h"
#include "ui/views/views.h"
#include "ui/views/sending.h"
#include "ui/widgets/diff.h"

typedef struct {
    NoteDraft *draft;
    char *id;         /* of the draft */
    char *text;       /* as signed */
    TextView *reader;
    char *encounter;
    gboolean sending;
    gboolean differs; /* the core holds other words: they are shown against what was signed */
    NotePulled *pulled;
    NoteSuggest *offer;
} Review;

static void on_header(const ChartHeader *h, gpointer data)
{
    Review *r = ((View *)data)->state;
    g_free(r->encounter);
    r->encounter = g_strdup(h->encounter);
}

static void on_compared(View *v)
{
    Review *r = v->state;
    note_pulled_compare(r->pulled, r->text);
    view_dirty(v);
}

static gboolean review_open(View *v, const char *arg, GError **error)
{
    Review *r = v->state;
    r->draft = arg ? note_draft_open(v->app, arg, error) : NULL;
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
    if (!note_blank_none_left(r->text, error))
        return FALSE;
    r->pulled = note_pulled_new(v, r->draft->place, on_compared);
    r->offer = note_suggest_new(v, r->draft->note);
    r->reader = textview_new();
    g_autofree char *before = note_about_before(&r->draft->about);
    if (before && strcmp(before, r->text) == 0) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("Nothing has been changed yet"));
        return FALSE;
    }
    if (before)
        diff_show(r->reader, before, r->text);
    else
        textview_set(r->reader, r->text);
    return TRUE;
}

static void review_load(View *v, LoadWhy why)
{
    Review *r = v->state;
    (void)why;
    chart_header_watch(v->app->client, v->scope, v->patient, on_header, v);
    on_compared(v);
    note_suggest_load(r->offer);
}

/* ---- the answer ---- */

void note_review_answered(View *v)
{
    ((Review *)v->state)->sending = FALSE;
    view_dirty(v);
}

void note_review_differs(View *v, const char *signed_text, const char *there)
{
    Review *r = v->state;
    r->differs = TRUE;
    diff_show(r->reader, signed_text, there);
    view_dirty(v);
}

/* ---- putting it in the record ---- */

/* What may be done with the draft: by the note it is about, else by the one who writes it. */
static gboolean allowed(View *v, gboolean sign, GError **error)
{
    const Review *r = v->state;
    const NoteAbout *about = &r->draft->about;
    NotePerson who = note_person(v->app);
    if (!about->base || about->act == NOTE_APPEND)
        return note_may(NOTE_DRAFT, sign ? NOTE_SIGN : NOTE_FILE, note_hand(NULL, &who), FALSE, v->app->who->name, NULL, error);
    if (!note_act_allowed(v->app, about->base, about->act, error))
        return FALSE;
    NoteState state = note_state(about->base);
    if (!sign && (note_state_is_signed(state) || about->reason)) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("A later version of a signed note is signed, not left unsigned"));
        return FALSE;
    }
    /* An unsigned note gets its author's name and nobody else's, whoever has written it down. */
    g_autofree char *author = fhir_string(fhir_root(about->base), "author[0].display");
    NoteState open = state == NOTE_DICTATED ? NOTE_TRANSCRIBED : state;
    return !sign || note_state_is_signed(state) ||
           note_may(open, NOTE_SIGN, note_hand(about->base, &who), FALSE, author, NULL, error);
}

static CmdResult put(View *v, CmdCall *call, gboolean sign, const char *author, const char *author_name, GError **error)
{
    Review *r = v->state;
    const Who *who = v->app->who;
    g_autofree char *identifier = g_strdup_printf("urn:uuid:%s", r->id);
    if (!note_blank_none_left(r->text, error))
        return CMD_ERROR;
    if (r->sending) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("It is being sent"));
        return CMD_ERROR;
    }
    NoteWriting w = {
        .identifier = identifier, .practitioner = who->practitioner, .role_id = who->role_id, .name = who->author ? who->author : who->name, .unit = who->unit,
        .unit_name = who->unit_name, .encounter = r->encounter, .event = shell_now(), .now = shell_now(), .sign = sign,
        .author = author, .author_name = author_name, .relation = note_about_relation(&r->draft->about),
        .base = r->draft->about.base, .reason = r->draft->about.reason,
    };
    gboolean later = w.relation == NOTE_REPLACES || w.relation == NOTE_TRANSCRIBES;
    NoteSent *sent = note_sent_new(v, call, r->id, r->draft->note->title, r->text, sign, later);
    if (!note_sign(v->app->client, call->scope, call->patient, r->draft->note, &w, note_sent_answer, sent, error))
        return CMD_ERROR;
    r->sending = TRUE;
    view_dirty(v);
    return CMD_WAIT;
}

/* ---- written for somebody who signs ---- */

static CmdResult put_for(View *v, CmdCall *call, const char *author, const char *author_name, GError **error)
{
    return put(v, call, FALSE, author, author_name, error);
}

/* What is in the record is read by others, signed or not: a key that opened the review and is held, or
 * pressed twice, puts nothing there. A command that was typed by its name has no such key. */
static gboolean has_been_read(View *v, const CmdCall *call, GError **error)
{
    CmdCause as_if_signing = call->cause;
    as_if_signing.is_sign_key = TRUE;
    if (call->cause.read_at ? v->app->frontend->sign_gate(v->app, &as_if_signing) == SIGNGATE_OK
                            : textview_end_shown(((Review *)v->state)->reader))
        return TRUE;
    g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("Read the note to its last line first, then press the key again"));
    return FALSE;
}

static CmdResult file(View *v, CmdCall *call, GError **error)
{
    Review *r = v->state;
    if (!has_been_read(v, call, error))
        return CMD_ERROR;
    NoteRelation relation = note_about_relation(&r->draft->about);
    gboolean own = note_person(v->app).signs || relation == NOTE_REPLACES || relation == NOTE_TRANSCRIBES;
    return own ? put(v, call, FALSE, NULL, NULL, error) : note_signer_choose(call, FALSE, put_for, error);
}

static CmdResult review_command(View *v, CmdCall *call, GError **error)
{
    gboolean sign = strcmp(call->command->name, "note-sign") == 0;
    if (strcmp(call->command->name, "diagnosis-offered") == 0)
        return note_suggest_open(((Review *)v->state)->offer, call, error);
    if (!sign && strcmp(call->command->name, "note-file") != 0)
        return CMD_ERROR;
    if (((Review *)v->state)->differs) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("It is in the record already, with other words"));
        return CMD_ERROR;
    }
    if (!allowed(v, sign, error))
        return CMD_ERROR;
    return sign ? put(v, call, TRUE, NULL, NULL, error) : file(v, call, error);
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
    g_autofree char *about = note_about_words(&r->draft->about, TRUE), *changed = note_pulled_words(r->pulled);
    g_autofree char *all = g_strjoin("\n", v->app->who->hsa_id, who, about ? about : "", r->draft->note->title, r->text, changed, NULL);
    *ret_complete = textview_end_shown(r->reader) && !r->sending && !r->differs && note_pulled_settled(r->pulled);
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, all, -1);
}

/* ---- painting ---- */

static const char *foot_text(View *v)
{
    Review *r = v->state;
    if (r->sending)
        return _("Being sent …");
    if (r->differs)
        return _("What was signed, with what the core made of it marked. The draft is kept");
    if (!note_pulled_settled(r->pulled))
        return _("What was pulled in is being compared with the chart …");
    if (!note_person(v->app).signs)
        return _("F4 puts it in the record unsigned, for the one who will sign");
    return textview_end_shown(r->reader) ? _("F9 signs this note") : _("Read to the last line, then F9 signs this note");
}

static char *title_text(View *v, const char *who)
{
    Review *r = v->state;
    g_autofree char *about = note_about_words(&r->draft->about, FALSE);
    const char *what = about ? about : r->draft->note->title;
    if (r->differs)
        return g_strdup_printf(_("Saved in the core, the text differs: %s · %s"), what, who);
    return g_strdup_printf(note_person(v->app).signs ? _("As it will be signed: %s · %s") : _("As it will stand in the record: %s · %s"), what, who);
}

static void review_paint(View *v, Canvas *c)
{
    Review *r = v->state;
    g_autofree char *who = patient_naming(patient_ctx_patient(v->patient));
    g_autofree char *title = title_text(v, who);
    canvas_clear(c);
    canvas_rule(c, 0, title);
    const char *reason = r->draft->about.reason;
    if (reason)
        canvas_textf(c, 1, 1, STYLE_NORMAL, _("Reason: %s"), reason);
    int head = note_pulled_paint(r->pulled, c, reason ? 2 : 1);
    canvas_push(c, (Rect){head, 1, canvas_rows(c) - head - 1, canvas_cols(c) - 2});
    textview_paint(r->reader, c, TRUE);
    canvas_pop(c);
    int foot = canvas_text(c, canvas_rows(c) - 1, 1, STYLE_STRONG, foot_text(v));
    note_suggest_paint(r->offer, c, canvas_rows(c) - 1, foot + 4);
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
    g_clear_pointer(&r->pulled, note_pulled_free);
    g_clear_pointer(&r->offer, note_suggest_free);
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
