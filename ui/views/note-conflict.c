/* SPDX-License-Identifier: GPL-3.0-or-later
 * Somebody else has changed the note that this draft is about: theirs, mine and what both began with, with
 * what differs marked. Nothing is merged and nothing is lost: the draft stays as it is, or goes on from
 * theirs when the person says so. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/worddiff.h"
#include "chart/note-kin.h"
#include "chart/when.h"
#include "ui/views/note-acts.h"
#include "ui/views/note-draft.h"
#include "ui/views/views.h"
#include "ui/widgets/text.h"

typedef struct {
    NoteDraft *draft;
    char *id;             /* of the draft */
    const NoteKin *kin;   /* the version that was followed to, as the core holds it, and what came after; NULL until
                             it has come */
    char *at;             /* its id: the base first, then on to the last version */
    guint steps;
    TextView *text;
} Conflict;

static gboolean conflict_open(View *v, const char *arg, GError **error)
{
    Conflict *s = v->state;
    s->draft = arg ? note_draft_open(v->app, arg, error) : NULL;
    if (!s->draft || !s->draft->about.base || g_strcmp0(s->draft->patient, patient_ctx_id(v->patient)) != 0) {
        g_clear_pointer(&s->draft, note_draft_free);
        if (error && !*error)
            g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("This draft belongs to another patient"));
        return FALSE;
    }
    s->id = g_strdup(arg);
    s->text = textview_new();
    textview_set_heading_mark(s->text, "# ");
    textview_set_marks(s->text, TRUE);
    return TRUE;
}

/* The later version; NULL: there is none. */
static const FhirResource *theirs(const Conflict *s)
{
    const FhirResource *found = NULL;
    for (guint i = 0; s->kin && i < s->kin->later->len; i++)
        if (note_follows(s->kin->later->pdata[i], s->at))
            found = s->kin->later->pdata[i];
    return found;
}

/* What stands in the core now: the later version where there is one, else the note itself. */
static const FhirResource *present(const Conflict *s)
{
    const FhirResource *later = theirs(s);
    return later ? later : s->kin ? s->kin->self : NULL;
}

static gboolean known(const Conflict *s)
{
    return s->kin && s->kin->answered && s->kin->self && !s->kin->untold;
}

static void add_part(GString *out, const char *heading, const char *text)
{
    g_string_append_printf(out, "%s# %s\n%s", out->len ? "\n\n" : "", heading, text);
}

static void add_theirs(GString *out, const Conflict *s, const char *before)
{
    NoteReading *r = note_read(present(s));
    g_autofree char *when = when_long(r->date, shell_now()), *marked = word_diff_marked(before, r->text);
    const char *who = (theirs(s) || s->steps) && r->signer ? r->signer : r->countersigner ? r->countersigner : r->signer ? r->signer : r->author;
    g_autofree char *heading = g_strdup_printf(_("Theirs: %s · %s · %s"), r->state, who ? who : _("author not stated"), when);
    g_autofree char *text = r->why ? g_strdup_printf("%s\n%s", r->why, marked) : g_strdup(marked);
    add_part(out, heading, text);
    note_reading_free(r);
}

static void compose(View *v)
{
    Conflict *s = v->state;
    view_dirty(v);
    if (!known(s))
        return;
    g_autofree char *before = note_document_text(s->draft->about.base), *mine = note_text(s->draft->note);
    g_autofree char *own = note_about_before(&s->draft->about);
    g_autofree char *marked = word_diff_marked(own ? before : "", mine);
    g_autoptr(GString) out = g_string_new(NULL);
    add_theirs(out, s, before);
    add_part(out, _("Mine, not in the record; the draft is kept"), marked);
    add_part(out, _("What both began with"), before);
    textview_set(s->text, out->str);
}

static void on_kin(const NoteKin *kin, gpointer data);

static void ask(View *v, const char *id)
{
    Conflict *s = v->state;
    char *at = g_strdup(id);
    g_free(s->at);
    s->at = at;
    s->kin = NULL;
    note_kin_ask(v->app->client, v->scope, v->patient, s->at, on_kin, v);
}

/* What was corrected once more is followed to its last version: only that one can be gone on from. */
static void on_kin(const NoteKin *kin, gpointer data)
{
    enum { MAX_STEPS = 50 };
    View *v = data;
    Conflict *s = v->state;
    if (g_strcmp0(kin->versions->pdata[0], s->at) != 0)
        return; /* of a version that has been left behind */
    s->kin = kin;
    if (known(s) && theirs(s) && note_state(theirs(s)) == NOTE_REPLACED && s->steps < MAX_STEPS) {
        s->steps++;
        ask(v, fhir_id(theirs(s)));
        return;
    }
    compose(v);
}

static void conflict_load(View *v, LoadWhy why)
{
    (void)why;
    ask(v, fhir_id(((Conflict *)v->state)->draft->about.base));
}

/* ---- going on from theirs ---- */

/* Mine stays as it is written; what it is held against, and what it will put aside, is theirs from now on. */
static CmdResult go_on(View *v, GError **error)
{
    Conflict *s = v->state;
    NoteDraft *d = s->draft;
    App *app = v->app;
    guint view_id = v->id;
    if (!known(s)) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("What they have written is not known yet"));
        return CMD_ERROR;
    }
    if (!note_act_allowed(app, present(s), d->about.act, error))
        return CMD_ERROR;
    NoteAbout about = {d->about.act, d->about.reason, (FhirResource *)present(s)};
    if (!note_draft_save(app, s->id, d->patient, &about, d->note, d->section, d->place ? d->place : "0 0", error))
        return CMD_ERROR;
    g_autofree char *id = g_strdup(s->id), *arg = g_strdup_printf("draft:%s", s->id);
    PatientCtx *patient = patient_ctx_ref(v->patient);
    shell_close_drafts_of(app, id);
    app->frontend->close_view(app, view_id); /* @v is gone */
    gboolean ok = app->frontend->open_view(app, "note-edit", patient, arg, error) != NULL;
    patient_ctx_unref(patient);
    if (ok)
        app->frontend->status(app, STATUS_INFO, _("Your text stands as you wrote it; it is now held against theirs. Read it before you sign"));
    return ok ? CMD_DONE : CMD_ERROR;
}

static CmdResult conflict_command(View *v, CmdCall *call, GError **error)
{
    return strcmp(call->command->name, "note-rebase") == 0 ? go_on(v, error) : CMD_ERROR;
}

static gboolean conflict_text(View *v, const char *utf8, gboolean paste)
{
    gboolean used = textview_input(((Conflict *)v->state)->text, utf8, paste) != WIDGET_IGNORED;
    if (used)
        view_dirty(v);
    return used;
}

static void conflict_paint(View *v, Canvas *c)
{
    Conflict *s = v->state;
    g_autofree char *what = note_about_words(&s->draft->about, FALSE);
    g_autofree char *title = g_strdup_printf(_("Somebody else was first: %s"), what);
    canvas_clear(c);
    canvas_rule(c, 0, title);
    canvas_push(c, (Rect){1, 1, canvas_rows(c) - 2, canvas_cols(c) - 2});
    const char *why = !s->kin || !s->kin->answered ? _("being fetched …")
                      : s->kin->problem            ? s->kin->problem
                                                   : _("this core does not tell what came after");
    if (known(s))
        textview_paint(s->text, c, TRUE);
    else
        canvas_wrap(c, 0, 0, canvas_cols(c), canvas_rows(c), STYLE_WARNING, why);
    canvas_pop(c);
    canvas_text(c, canvas_rows(c) - 1, 1, STYLE_STRONG,
                _("F4 goes on with your text from theirs; Esc leaves the draft as it is"));
}

static char *conflict_resume(View *v)
{
    return g_strdup(((Conflict *)v->state)->id);
}

static void conflict_close(View *v)
{
    Conflict *s = v->state;
    g_clear_pointer(&s->draft, note_draft_free);
    g_clear_pointer(&s->text, textview_free);
    g_free(s->at);
    g_free(s->id);
}

const ViewClass view_note_conflict = {
    .name = "note-conflict",
    .title = N_("Changed by somebody else"),
    .keymap = "note-conflict",
    .state_size = sizeof(Conflict),
    .flags = VIEW_PATIENT | VIEW_DETAIL,
    .open = conflict_open,
    .load = conflict_load,
    .paint = conflict_paint,
    .command = conflict_command,
    .text = conflict_text,
    .resume = conflict_resume,
    .close = conflict_close,
};
