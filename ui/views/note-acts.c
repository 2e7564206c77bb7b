/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/note-acts.h"

#include <glib/gi18n.h>
#include <string.h>

#include "ui/hintbar.h"
#include "ui/patient-header.h"
#include "ui/views/note-draft.h"
#include "ui/views/outcome.h"
#include "ui/views/sending.h"
#include "ui/views/views.h"

static const struct {
    const char *command;
    NoteAct act;
    const char *ask;     /* N_(): for the reason */
    const char *receipt; /* N_(): at, what, whose, version */
} acts[] = {
    {"note-sign", NOTE_SIGN, NULL, N_("Signed %s  %s, %s, %s")},
    {"note-countersign", NOTE_COUNTERSIGN, NULL, N_("Countersigned %s  %s, %s, %s")},
    {"note-change", NOTE_CHANGE, NULL, NULL},
    {"note-correct", NOTE_CORRECT, N_("Reason for the correction"), NULL},
    {"note-append", NOTE_APPEND, NULL, NULL},
    {"note-transcribe", NOTE_TRANSCRIBE, NULL, NULL},
    {"note-strike", NOTE_STRIKE, N_("Reason for striking the note with all its versions; it stays readable, struck through"),
     N_("Struck %s  %s, %s, %s")},
};

gboolean note_act_of_command(const char *command, NoteAct *ret_act)
{
    for (gsize i = 0; i < G_N_ELEMENTS(acts); i++)
        if (strcmp(acts[i].command, command) == 0) {
            *ret_act = acts[i].act;
            return TRUE;
        }
    return FALSE;
}

static gsize act_row(NoteAct act)
{
    gsize i = 0;
    while (acts[i].act != act)
        i++;
    return i;
}

NotePerson note_person(const App *app)
{
    guint rights = app->who->rights;
    return (NotePerson){app->who->practitioner, app->who->role_id, (rights & CMD_NEEDS_WRITER) != 0, (rights & CMD_NEEDS_SIGNER) != 0,
                        (rights & CMD_NEEDS_SUPERVISOR) != 0, app->who->role};
}

static int lock_days(const App *app)
{
    return (int)option_int(app->options, "record.lock-days");
}

gboolean note_act_allowed(App *app, const FhirResource *d, NoteAct act, GError **error)
{
    NotePerson who = note_person(app);
    g_autofree char *author = fhir_string(fhir_root(d), "author[0].display");
    if (!note_may(note_state(d), act, note_hand(d, &who), note_locked(d, shell_now(), lock_days(app)), author, NULL, error))
        return FALSE;
    gboolean readable = note_has_words(d) || act == NOTE_TRANSCRIBE || act == NOTE_APPEND || act == NOTE_STRIKE;
    if (!readable || fhir_has_modifier(d)) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("This note cannot be shown here, so nothing is signed or changed in it"));
        return FALSE;
    }
    return TRUE;
}

static gboolean signed_already(App *app, const FhirResource *d, gboolean second, GError **error)
{
    gboolean may = !second && note_act_allowed(app, d, NOTE_COUNTERSIGN, NULL);
    const char *keys = may ? keymap_keys_for(app->keymap, "note-read", "note-second") : NULL;
    g_autofree char *shown = keys ? hintbar_key_text(keys) : NULL, *sentence = note_signed_already(d, shown);
    g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, sentence);
    return FALSE;
}

gboolean note_act_can(App *app, const FhirResource *d, const char *command, gboolean second, GError **error)
{
    NoteAct act;
    if (strcmp(command, "note-second") == 0)
        act = NOTE_COUNTERSIGN;
    else if (strcmp(command, "note-ask-second") == 0)
        act = NOTE_ASK_SECOND;
    else if (!note_act_of_command(command, &act))
        return TRUE;
    if (act == NOTE_SIGN && note_state_is_signed(note_state(d)))
        return signed_already(app, d, second, error);
    return note_act_allowed(app, d, act, error);
}

NoteAct note_act_to_sign(App *app, const FhirResource *d, gboolean second)
{
    NoteAct act = second ? NOTE_COUNTERSIGN : NOTE_SIGN;
    return note_act_allowed(app, d, act, NULL) ? act : NOTE_ACTS;
}

char *note_act_foot(App *app, const FhirResource *d, gboolean second, gboolean shown)
{
    NoteAct act = note_act_to_sign(app, d, second);
    NoteState state = note_state(d);
    if (act == NOTE_SIGN)
        return g_strdup(shown ? _("F9 signs this note") : _("Read to the last line, then F9 signs this note"));
    if (act == NOTE_COUNTERSIGN)
        return g_strdup(shown ? _("F9 countersigns this note") : _("Read to the last line, then F9 countersigns this note"));
    if (!note_state_is_open(state) && !note_state_is_signed(state))
        return NULL;
    return note_locked(d, shell_now(), lock_days(app)) ? g_strdup(_("Locked: correction and addition only")) : NULL;
}

/* ---- done ---- */

typedef struct {
    App *app;
    CmdCall *call;
    NoteAct act;
    FhirResource *document;
    char *title, *who, *author, *reason;
    guint view_id;
} Doing;

static void doing_free(gpointer p)
{
    Doing *d = p;
    fhir_resource_unref(d->document);
    g_free(d->title);
    g_free(d->who);
    g_free(d->author);
    g_free(d->reason);
    g_free(d);
}

/* The note is struck, and what came before it is read as struck here; another system may show it as replaced only. */
static void tell_left(const Doing *d, guint left)
{
    if (!left)
        return;
    g_autofree char *line = g_strdup_printf(ngettext("Struck, but %u earlier version is not marked as struck in the core. Tell support",
                                                     "Struck, but %u earlier versions are not marked as struck in the core. Tell support", left), left);
    sending_tell(d->app, d->who, STATUS_WARN, line);
}

static void on_done(const NoteSigned *result, gpointer data)
{
    Doing *d = data;
    View *v = shell_find_view(d->app, d->view_id);
    g_autofree char *failure = outcome_of_note(OUTCOME_NOTE_ACT, result, TRUE), *at = instant_to_hhmm(shell_now());
    g_autofree char *version = note_version_words(result->document);
    if (failure) {
        sending_tell(d->app, d->who, outcome_kind(result->outcome), failure);
    } else {
        g_autofree char *line = g_strdup_printf(_(acts[act_row(d->act)].receipt), at, d->title, d->who, version);
        d->app->frontend->receipt(d->app, line);
        tell_left(d, result->left);
    }
    if (v && v->cls->load)
        v->cls->load(v, LOAD_REFRESH);
    cmd_continue(d->call, CMD_DONE, NULL);
}

static Doing *doing_new(View *v, CmdCall *call, const FhirResource *document, NoteAct act)
{
    NoteReading *r = note_read(document);
    Doing *d = g_new0(Doing, 1);
    *d = (Doing){.app = v->app, .call = call, .act = act, .document = fhir_resource_ref(document),
                 .title = g_steal_pointer(&r->title), .who = patient_naming(patient_ctx_patient(call->patient)), .view_id = v->id};
    d->author = g_strdup(r->author ? r->author : "–");
    note_reading_free(r);
    call->data = d;
    call->data_free = doing_free;
    return d;
}

static gboolean attest(Doing *d, const char *reason, GError **error)
{
    const Who *who = d->app->who;
    NoteAttesting a = {d->act, who->practitioner, who->author ? who->author : who->name, reason, shell_now()};
    return note_attest(d->app->client, d->call->scope, d->call->patient, d->document, &a, on_done, d, error);
}

static gboolean begin(Doing *d, const char *reason, GError **error)
{
    App *app = d->app;
    PatientCtx *patient = d->call->patient;
    NoteAbout about = {d->act, (char *)reason, d->document};
    g_autofree char *id = note_draft_begin(app, patient_ctx_id(patient), &about, error);
    g_autofree char *arg = id ? g_strdup_printf("draft:%s", id) : NULL;
    return id && app->frontend->open_view(app, "note-edit", patient, arg, error);
}

/* ---- asked first ---- */

/* Nobody strikes a note with a key that was meant for something else: whose it is stands in the question. */
static void on_strike(CmdCall *call, gboolean yes, gpointer data)
{
    Doing *d = data;
    GError *error = NULL;
    if (!yes || !attest(d, d->reason, &error))
        cmd_continue(call, CMD_DONE, error);
}

static void on_reason(CmdCall *call, const char *text, gpointer data);

static void ask_reason(Doing *d)
{
    d->app->frontend->ask(d->call, _(acts[act_row(d->act)].ask), NULL, on_reason, d);
}

static void on_reason(CmdCall *call, const char *text, gpointer data)
{
    Doing *d = data;
    GError *error = NULL;
    g_autofree char *reason = g_strstrip(g_strdup(text ? text : ""));
    gboolean goes_on = FALSE;
    if (text && !*reason) { /* the box stays: what is typed on would be commands */
        ask_reason(d);
        d->app->frontend->status(d->app, STATUS_WARN, _("A reason is needed; Esc leaves"));
        goes_on = TRUE;
    } else if (text && d->act == NOTE_STRIKE) {
        g_autofree char *earlier = note_earlier(d->document, 0);
        g_autofree char *question = g_strdup_printf(earlier ? _("Strike “%s” by %s, with all its earlier versions? Reason: %s")
                                                            : _("Strike “%s” by %s? Reason: %s"), d->title, d->author, reason);
        g_free(d->reason);
        d->reason = g_steal_pointer(&reason);
        d->app->frontend->confirm(call, question, on_strike, d);
        goes_on = TRUE;
    } else if (text)
        begin(d, reason, &error);
    if (!goes_on)
        cmd_continue(call, CMD_DONE, error);
}

CmdResult note_act_run(View *v, CmdCall *call, const FhirResource *document, NoteAct act, GError **error)
{
    if (!note_act_allowed(v->app, document, act, error))
        return CMD_ERROR;
    Doing *d = doing_new(v, call, document, act);
    if (note_wants_reason(act)) {
        ask_reason(d);
        return CMD_WAIT;
    }
    if (act == NOTE_SIGN || act == NOTE_COUNTERSIGN)
        return attest(d, NULL, error) ? CMD_WAIT : CMD_ERROR;
    return begin(d, NULL, error) ? CMD_DONE : CMD_ERROR;
}
