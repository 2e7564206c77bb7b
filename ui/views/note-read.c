/* SPDX-License-Identifier: GPL-3.0-or-later
 * One note to read: what it is, whose, when, whether it is signed; then all of its text. */
#include <glib/gi18n.h>

#include "base/text.h"
#include "chart/feed.h"
#include "chart/note.h"
#include "chart/when.h"
#include "ui/views/value-source.h"
#include "ui/views/views.h"
#include "ui/widgets/text.h"

enum { HEAD_ROWS = 4 };

typedef struct {
    Feed *feed;
    NoteReading *note; /* NULL until it is there */
    TextView *text;
    char *id;
} State;

static gboolean read_open(View *v, const char *arg, GError **error)
{
    State *s = v->state;
    if (!arg || !*arg) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_ARGS, _("Choose a note first"));
        return FALSE;
    }
    s->id = g_strdup(arg);
    s->text = textview_new();
    textview_set_heading_mark(s->text, "# ");
    return TRUE;
}

static const FhirResource *document(const State *s)
{
    const GPtrArray *items = s->feed ? feed_state(s->feed)->items : NULL;
    return items && items->len ? items->pdata[0] : NULL;
}

static void on_note(Feed *feed, gpointer data)
{
    View *v = data;
    State *s = v->state;
    s->feed = feed;
    g_clear_pointer(&s->note, note_reading_free);
    if (document(s)) {
        s->note = note_read(document(s));
        guint n = s->note->others;
        g_autofree char *others = n ? g_strdup_printf(ngettext("[%u attachment is not shown]", "[%u attachments are not shown]", n), n) : NULL;
        g_autofree char *whole = g_strjoin("\n\n", s->note->text, others, NULL); /* ends at the first NULL */
        textview_set(s->text, whole);
    } else {
        textview_set(s->text, "");
    }
    view_dirty(v);
}

static void read_load(View *v, LoadWhy why)
{
    State *s = v->state;
    if (why == LOAD_REFRESH && s->feed)
        feed_refresh(s->feed);
    else
        s->feed = feed_watch_one(v->app->client, v->scope, v->patient, "DocumentReference", s->id,
                                 on_note, v);
}

static void paint_head(State *s, Canvas *c)
{
    const NoteReading *n = s->note;
    const FhirResource *d = document(s);
    Instant now = shell_now();
    g_autofree char *event = when_long(n->event, now), *written = when_long(n->date, now);
    g_autofree char *signer = fhir_string(fhir_root(d), "authenticator.display");
    const char *version = fhir_version_id(d);
    int used = canvas_text(c, 0, 1, STYLE_STRONG, n->title) + 3;
    canvas_text(c, 0, used, n->is_signed ? STYLE_NORMAL : STYLE_WARNING, n->state);
    canvas_textf(c, 1, 1, STYLE_NORMAL, "%s%s%s", n->author ? n->author : _("author not stated"),
                 n->unit ? " · " : "", n->unit ? n->unit : "");
    canvas_textf(c, 2, 1, STYLE_DIM, _("happened %s · written %s · version %s"), event, written,
                 version ? version : _("not stated"));
    if (signer && n->is_signed && g_strcmp0(signer, n->author) != 0)
        canvas_textf(c, 0, used + text_width(n->state, -1), STYLE_NORMAL, _(" · signed by %s"), signer);
}

static void read_paint(View *v, Canvas *c)
{
    State *s = v->state;
    g_autofree char *doubt =
        s->feed ? feed_doubt(feed_state(s->feed)) : g_strdup(_("being fetched …"));
    canvas_clear(c);
    if (s->note)
        paint_head(s, c);
    canvas_rule(c, HEAD_ROWS - 1, doubt);
    canvas_push(c, (Rect){HEAD_ROWS, 1, canvas_rows(c) - HEAD_ROWS, canvas_cols(c) - 2});
    textview_paint(s->text, c, TRUE);
    canvas_pop(c);
}

static gboolean read_text(View *v, const char *utf8, gboolean paste)
{
    gboolean used = textview_input(((State *)v->state)->text, utf8, paste) != WIDGET_IGNORED;
    if (used)
        view_dirty(v);
    return used;
}

static CmdResult read_command(View *v, CmdCall *call, GError **error)
{
    State *s = v->state;
    if (g_strcmp0(call->command->name, "value-source") != 0)
        return CMD_ERROR;
    return value_source_open(v, s->note ? s->note->title : "", document(s), NULL,
                             s->feed ? feed_state(s->feed)->as_of : INSTANT_NONE, error);
}

static FhirResource *read_selection(View *v)
{
    return (FhirResource *)document(v->state);
}

static char *read_resume(View *v)
{
    return g_strdup(((State *)v->state)->id);
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
    .keymap = "notes",
    .state_size = sizeof(State),
    .flags = VIEW_PATIENT | VIEW_DETAIL,
    .open = read_open,
    .load = read_load,
    .paint = read_paint,
    .command = read_command,
    .text = read_text,
    .selection = read_selection,
    .resume = read_resume,
    .close = read_close,
};
