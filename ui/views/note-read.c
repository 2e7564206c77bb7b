/* SPDX-License-Identifier: GPL-3.0-or-later
 * One note to read: what it is, whose, when, whether it is signed; all of its text; what was added to it
 * and what it replaces. The signing key signs or countersigns what has been read here to its last line. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "chart/feed.h"
#include "chart/note-kin.h"
#include "chart/note.h"
#include "chart/when.h"
#include "ui/patient-header.h"
#include "ui/views/note-acts.h"
#include "ui/views/note-ask.h"
#include "ui/views/notes-seen.h"
#include "ui/views/value-source.h"
#include "ui/views/views.h"
#include "ui/widgets/diff.h"

enum { HEAD_ROWS = 4 };

typedef struct {
    Feed *feed;
    NoteReading *note;   /* NULL until it is there */
    TextView *text;
    char *id;
    NoteKinSource *kin_source;
    const NoteKin *kin;  /* what belongs to it; the source's own, NULL until something is known */
    gboolean second;     /* read to be countersigned */
    gboolean compares;   /* what changed is shown, not the note alone */
} State;

static gboolean read_open(View *v, const char *arg, GError **error)
{
    State *s = v->state;
    if (!arg || !*arg) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_ARGS, _("Choose a note first"));
        return FALSE;
    }
    s->second = g_str_has_prefix(arg, NOTE_SECOND_ARG); /* a colleague has asked for it */
    s->id = g_strdup(s->second ? arg + strlen(NOTE_SECOND_ARG) : arg);
    s->text = textview_new();
    textview_set_heading_mark(s->text, "# ");
    return TRUE;
}

static const FhirResource *document(const State *s)
{
    const GPtrArray *items = s->feed ? feed_state(s->feed)->items : NULL;
    return items && items->len ? items->pdata[0] : NULL;
}

/* ---- what stands there ---- */

/* "Tillägg: Daganteckning · 10 nov 08:10 · Lind Eva, läkare · signerad" */
static char *related_line(const FhirResource *d)
{
    NoteReading *r = note_read(d);
    g_autofree char *when = when_long(r->date, shell_now());
    char *line = g_strdup_printf("%s · %s · %s · %s", r->title, when, r->author ? r->author : _("author not stated"), r->state);
    note_reading_free(r);
    return line;
}

/* The earlier version first, then what came after; NULL: there are no more. */
static const FhirResource *related(const State *s, guint i)
{
    const FhirResource *earlier = s->kin ? s->kin->earlier : NULL;
    if (earlier && i == 0)
        return earlier;
    i -= earlier != NULL;
    return s->kin && i < s->kin->later->len ? s->kin->later->pdata[i] : NULL;
}

static gboolean is_later_version(const State *s)
{
    return s->note && !s->note->struck && s->note->relation == NOTE_REPLACES;
}

static const FhirResource *earlier_version(const State *s)
{
    return s->kin && is_later_version(s) ? s->kin->earlier : NULL;
}

/* There is one, and what it says has not come. */
static gboolean waits_for_earlier(const State *s)
{
    return is_later_version(s) && (!s->kin || (s->kin->earlier_waits && !s->kin->earlier));
}

static gboolean is_addition(const State *s, const FhirResource *d)
{
    NoteState life = note_state(d);
    return note_kin_adds(s->kin, d) && life != NOTE_STRUCK && life != NOTE_REPLACED;
}

/* What this one adds to has been struck, it or a version that took its place: it is read with it, never as if it stood
 * alone. NULL: it has not. */
static const FhirResource *struck_base(const State *s)
{
    const FhirResource *base = s->note && s->note->relation == NOTE_ADDS_TO && s->kin ? s->kin->earlier : NULL;
    if (!base || note_state(base) == NOTE_STRUCK)
        return base;
    return fhir_id(base) ? note_kin_struck(s->kin, fhir_id(base)) : NULL;
}

/* Put aside, and nothing took its place: a correction that was half done. */
static gboolean is_orphan(const State *s)
{
    if (s->note->life != NOTE_REPLACED || !s->kin || !s->kin->answered || s->kin->untold)
        return FALSE;
    for (guint i = 0; i < s->kin->later->len; i++)
        if (note_follows(s->kin->later->pdata[i], s->id))
            return FALSE;
    return TRUE;
}

static void add_additions(const State *s, GString *out)
{
    for (guint i = 0; related(s, i); i++) {
        const FhirResource *d = related(s, i);
        if (!is_addition(s, d))
            continue;
        g_autofree char *line = related_line(d), *text = note_document_text(d);
        g_string_append_printf(out, "\n\n# %s\n%s", line, text);
    }
}

/* "# Daganteckning · 10 nov … · makulerad", why, its words, and then the addition's own. */
static void add_struck_base(const State *s, GString *whole)
{
    const FhirResource *base = struck_base(s);
    if (!base)
        return;
    g_autofree char *line = related_line(base), *text = note_document_text(base);
    g_autofree char *why = fhir_string(fhir_root(base), "description");
    g_autofree char *before = g_strdup_printf("# %s\n%s\n%s\n\n# %s\n", line, why ? why : _("Struck; why is not stated"), text, s->note->title);
    g_string_prepend(whole, before);
}

static void compose(State *s)
{
    guint n = s->note->others;
    g_autofree char *others = n ? g_strdup_printf(ngettext("[%u attachment is not shown]", "[%u attachments are not shown]", n), n) : NULL;
    g_autoptr(GString) whole = g_string_new(s->note->text);
    textview_set_marks(s->text, FALSE);
    if (s->note->struck) {
        diff_show_gone(s->text, s->note->why ? s->note->why : _("Struck; why is not stated"), s->note->text);
        return;
    }
    if (s->compares && earlier_version(s)) {
        g_autofree char *before = note_document_text(earlier_version(s));
        diff_show(s->text, before, s->note->text);
        return;
    }
    if (others)
        g_string_append_printf(whole, "\n\n%s", others);
    add_additions(s, whole);
    add_struck_base(s, whole);
    textview_set(s->text, whole->str);
}

static void show(View *v)
{
    State *s = v->state;
    g_clear_pointer(&s->note, note_reading_free);
    if (document(s)) {
        const FhirResource *struck = s->kin ? note_kin_struck(s->kin, s->id) : NULL;
        s->note = note_read(document(s));
        if (struck && s->note->life == NOTE_REPLACED)
            note_reading_strike(s->note, struck);
        compose(s);
    } else {
        textview_set(s->text, "");
    }
    view_dirty(v);
}

/* ---- loading ---- */

static void on_kin(const NoteKin *kin, gpointer data)
{
    View *v = data;
    ((State *)v->state)->kin = kin;
    show(v);
}

static void on_note(Feed *feed, gpointer data)
{
    View *v = data;
    State *s = v->state;
    s->feed = feed;
    show(v);
    if (s->note && !feed_state(feed)->cached) /* once it is done, or another was first */
        s->second = s->second && note_act_allowed(v->app, document(s), NOTE_COUNTERSIGN, NULL);
    if (s->note)
        notes_seen_read(v->app, v->patient, s->id);
    if (s->note && s->kin_source)
        note_kin_earlier(s->kin_source, s->note->related, note_follows(document(s), s->note->related));
}

static void read_load(View *v, LoadWhy why)
{
    State *s = v->state;
    if (why == LOAD_REFRESH && s->feed) {
        feed_refresh(s->feed);
        note_kin_refresh(s->kin_source);
        return;
    }
    s->kin_source = note_kin_watch(v->app->client, v->scope, v->patient, s->id, on_kin, v);
    s->feed = feed_watch_one(v->app->client, v->scope, v->patient, "DocumentReference", s->id, on_note, v);
}

/* ---- painting ---- */

/* Who else has had a hand in it, and why it is as it is; NULL: nothing to say. */
static char *more_words(const NoteReading *n, const State *s)
{
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
    guint after = s->kin ? s->kin->later->len : 0;
    if (n->helpers)
        g_ptr_array_add(parts, g_strdup_printf(_("with %s"), n->helpers));
    if (n->countersigner) {
        g_autofree char *at = n->countersigned != INSTANT_NONE ? when_long(n->countersigned, shell_now()) : g_strdup("");
        g_ptr_array_add(parts, g_strdup_printf(_("countersigned %s by %s"), at, n->countersigner));
    }
    if (n->why && !n->struck)
        g_ptr_array_add(parts, g_strdup(n->why));
    if (struck_base(s))
        g_ptr_array_add(parts, g_strdup(_("BELONGS TO A STRUCK NOTE, which stands above it; Enter opens that one")));
    if (earlier_version(s))
        g_ptr_array_add(parts, g_strdup(s->compares ? _("changes marked, Tab hides them") : _("Tab shows what changed")));
    else if (s->compares && waits_for_earlier(s))
        g_ptr_array_add(parts, g_strdup(_("the version before is being fetched; then the changes are marked")));
    if (after)
        g_ptr_array_add(parts, g_strdup_printf(ngettext("%u later belongs to it", "%u later belong to it", after), after));
    if (is_orphan(s))
        g_ptr_array_add(parts, g_strdup(_("NO LATER VERSION IS IN THE RECORD")));
    if (s->kin && s->kin->untold)
        g_ptr_array_add(parts, g_strdup(_("this core does not tell what came after")));
    g_ptr_array_add(parts, NULL);
    return parts->len > 1 ? g_strjoinv(" · ", (char **)parts->pdata) : NULL;
}

static void paint_head(State *s, Canvas *c)
{
    const NoteReading *n = s->note;
    Instant now = shell_now();
    g_autofree char *event = when_long(n->event, now), *written = when_long(n->date, now);
    g_autofree char *version = note_version_words(document(s));
    int used = canvas_text(c, 0, 1, STYLE_STRONG, n->title) + 3;
    canvas_text(c, 0, used, n->is_signed ? STYLE_NORMAL : STYLE_WARNING, n->state);
    canvas_textf(c, 1, 1, STYLE_NORMAL, "%s%s%s", n->author ? n->author : _("author not stated"),
                 n->unit ? " · " : "", n->unit ? n->unit : "");
    canvas_textf(c, 2, 1, STYLE_DIM, _("happened %s · written %s · %s"), event, written, version);
    if (n->signer && n->is_signed && g_strcmp0(n->signer, n->author) != 0)
        canvas_textf(c, 0, used + text_width(n->state, -1), STYLE_NORMAL, _(" · signed by %s"), n->signer);
}

static void read_paint(View *v, Canvas *c)
{
    State *s = v->state;
    g_autofree char *doubt = s->feed ? feed_doubt(feed_state(s->feed)) : g_strdup(_("being fetched …"));
    g_autofree char *more = s->note ? more_words(s->note, s) : NULL;
    g_autofree char *foot = s->note && !view_is_beside(v) ? note_act_foot(v->app, document(s), s->second, textview_end_shown(s->text)) : NULL;
    /* Why it is as it is may take more than a line, but never the place of the note itself. */
    int rows = more ? CLAMP(canvas_wrap_rows(more, canvas_cols(c) - 2), 1, MAX(1, canvas_rows(c) / 3)) : 0;
    int head = HEAD_ROWS + rows;
    canvas_clear(c);
    if (s->note)
        paint_head(s, c);
    if (more)
        canvas_wrap(c, HEAD_ROWS - 1, 1, canvas_cols(c) - 2, rows, STYLE_NORMAL, more);
    canvas_rule(c, head - 1, doubt);
    canvas_push(c, (Rect){head, 1, canvas_rows(c) - head - (foot != NULL), canvas_cols(c) - 2});
    textview_paint(s->text, c, TRUE);
    canvas_pop(c);
    if (foot) { /* of what is shown now, not of the picture before */
        g_autofree char *now = note_act_foot(v->app, document(s), s->second, textview_end_shown(s->text));
        canvas_text(c, canvas_rows(c) - 1, 1, STYLE_STRONG, now);
    }
}

static gboolean read_text(View *v, const char *utf8, gboolean paste)
{
    if (textview_input(((State *)v->state)->text, utf8, paste) == WIDGET_IGNORED)
        return FALSE;
    view_dirty(v);
    return TRUE;
}

/* ---- verbs ---- */

static CmdResult open_related(View *v, guint i, GError **error)
{
    State *s = v->state;
    if (!related(s, i))
        return CMD_ERROR;
    g_autofree char *id = g_strdup(fhir_id(related(s, i)));
    return v->app->frontend->open_view(v->app, "note-read", v->patient, id, error) ? CMD_DONE : CMD_ERROR;
}

static void on_picked(CmdCall *call, int index, gpointer data)
{
    GError *error = NULL;
    View *v = shell_find_view(call->app, call->view_id);
    (void)data;
    if (v && index >= 0)
        open_related(v, (guint)index, &error);
    cmd_continue(call, CMD_DONE, error);
}

/* The earlier version, the later one, what was added: whichever there are. */
static CmdResult go_to_related(View *v, CmdCall *call, GError **error)
{
    State *s = v->state;
    if (!related(s, 0)) {
        gboolean known = s->kin && s->kin->answered && !s->kin->earlier_waits;
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS,
                            !known           ? _("What belongs to this note is still being fetched")
                            : s->kin->untold ? _("This core does not tell what belongs to this note")
                                             : _("No other note belongs to this one"));
        return CMD_ERROR;
    }
    if (!related(s, 1))
        return open_related(v, 0, error);
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(pick_item_free);
    for (guint i = 0; related(s, i); i++) {
        PickItem *item = g_new0(PickItem, 1);
        item->text = related_line(related(s, i));
        g_ptr_array_add(items, item);
    }
    v->app->frontend->pick(call, _("Notes that belong together"), items, on_picked, NULL);
    return CMD_WAIT;
}

static CmdResult compare(View *v, GError **error)
{
    State *s = v->state;
    if (!earlier_version(s) && is_later_version(s) && s->kin && s->kin->earlier_problem) {
        g_set_error(error, APP_ERROR, APP_ERROR_NEEDS, _("The version before cannot be read: %s"), s->kin->earlier_problem);
        return CMD_ERROR;
    }
    if (!earlier_version(s) && !waits_for_earlier(s)) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("There is no earlier version to compare with"));
        return CMD_ERROR;
    }
    s->compares = !s->compares;
    compose(s);
    view_dirty(v);
    return CMD_DONE;
}

static gboolean read_can(View *v, const Command *c, GError **error)
{
    const State *s = v->state;
    return !document(s) || note_act_can(v->app, document(s), c->name, s->second, error);
}

static CmdResult read_command(View *v, CmdCall *call, GError **error)
{
    State *s = v->state;
    const char *name = call->command->name;
    NoteAct act;
    if (document(s) && note_act_of_command(name, &act))
        return note_act_run(v, call, document(s), act, error);
    if (document(s) && strcmp(name, "note-second") == 0) { /* nobody countersigns by a key pressed in passing */
        s->second = !s->second;
        view_dirty(v);
        return CMD_DONE;
    }
    if (document(s) && strcmp(name, "note-ask-second") == 0)
        return note_ask_run(v, call, document(s), error);
    if (strcmp(name, "open") == 0)
        return go_to_related(v, call, error);
    if (strcmp(name, "next-part") == 0)
        return compare(v, error);
    if (strcmp(name, "value-source") != 0)
        return CMD_ERROR;
    return value_source_open(v, s->note ? s->note->title : "", document(s), NULL,
                             s->feed ? feed_state(s->feed)->as_of : INSTANT_NONE, error);
}

/* Whose note, which version of it, every word, and what the key would do: if any of it changes the gate
 * starts over. */
static char *read_reading(View *v, gboolean *ret_complete)
{
    State *s = v->state;
    const FhirResource *d = document(s);
    NoteAct act = d && s->note && !s->compares ? note_act_to_sign(v->app, d, s->second) : NOTE_ACTS;
    *ret_complete = FALSE;
    if (act == NOTE_ACTS)
        return NULL;
    g_autofree char *who = patient_naming(patient_ctx_patient(v->patient));
    g_autofree char *all = g_strdup_printf("%s\n%s\n%s %s %d\n%s", v->app->who->hsa_id, who, s->id, fhir_version_id(d), act, s->note->text);
    *ret_complete = textview_end_shown(s->text) && !feed_state(s->feed)->cached;
    return g_compute_checksum_for_string(G_CHECKSUM_SHA256, all, -1);
}

static const char *read_context(View *v)
{
    const State *s = v->state;
    const FhirResource *d = document(s);
    gboolean own = d && !note_act_allowed(v->app, d, NOTE_COUNTERSIGN, NULL) && note_act_allowed(v->app, d, NOTE_ASK_SECOND, NULL);
    return s->second ? "note-second" : own ? "note-own" : "note-read";
}

static FhirResource *read_selection(View *v)
{
    return (FhirResource *)document(v->state);
}

static char *read_resume(View *v)
{
    const State *s = v->state;
    return g_strconcat(s->second ? NOTE_SECOND_ARG : "", s->id, NULL);
}

static void read_close(View *v)
{
    State *s = v->state;
    g_clear_pointer(&s->note, note_reading_free);
    textview_free(s->text);
    g_free(s->id);
}

const ViewClass view_note_read = {
    .name = "note-read",
    .title = N_("Note"),
    .keymap = "note-read",
    .state_size = sizeof(State),
    .flags = VIEW_PATIENT | VIEW_DETAIL | VIEW_BESIDE,
    .open = read_open,
    .load = read_load,
    .paint = read_paint,
    .command = read_command,
    .can = read_can,
    .text = read_text,
    .context = read_context,
    .reading = read_reading,
    .selection = read_selection,
    .resume = read_resume,
    .close = read_close,
};
