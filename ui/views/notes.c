/* SPDX-License-Identifier: GPL-3.0-or-later
 * The patient's notes as one timeline, newest first; what is not signed says so in words. Filtered by type,
 * profession, unit and author, searched in all of their text. Enter reads. */
#include <glib/gi18n.h>
#include <string.h>

#include "chart/note-timeline.h"
#include "chart/when.h"
#include "ui/views/notes-filter.h"
#include "ui/views/notes-seen.h"
#include "ui/views/value-source.h"
#include "ui/views/views.h"
#include "ui/widgets/field.h"
#include "ui/widgets/list.h"

typedef struct {
    NoteTimeline *timeline; /* NULL until it is loaded */
    NoteFilter filter;
    GPtrArray *shown;       /* NoteRow*, borrowed */
    guint unsearched;
    List *list;
    Field *query;
    gboolean typing;        /* what is typed goes into the search */
    char *wanted;           /* the row to come back to, until it is there */
} State;

/* ---- rows ---- */

static Style row_style(const NoteRow *r)
{
    if (fhir_has_modifier(r->source))
        return STYLE_WARNING;
    if (r->struck || r->life == NOTE_REPLACED)
        return STYLE_DIM;
    return !r->is_signed ? STYLE_WARNING : r->unread ? STYLE_STRONG : STYLE_NORMAL;
}

static char *cell_date(gpointer row, Style *style)
{
    *style = row_style(row);
    return when_long(((NoteRow *)row)->date, shell_now());
}

/* A modifier that nobody here knows may turn the meaning of a note round: it stands there marked. */
static char *cell_title(gpointer row, Style *style)
{
    const NoteRow *r = row;
    *style = row_style(r);
    const char *mark = r->unread ? "● " : "";
    return fhir_has_modifier(r->source) ? g_strdup_printf(_("[CANNOT BE SHOWN SAFELY] %s"), r->title)
                                        : g_strconcat(mark, r->title, NULL);
}

static char *cell_author(gpointer row, Style *style)
{
    *style = row_style(row);
    return g_strdup(((NoteRow *)row)->author);
}

static char *cell_state(gpointer row, Style *style)
{
    *style = row_style(row);
    return g_strdup(((NoteRow *)row)->state);
}

static char *cell_unit(gpointer row, Style *style)
{
    *style = row_style(row);
    return g_strdup(((NoteRow *)row)->unit);
}

static const ListColumn columns[] = {
    {.id = "date", .title = N_("Date"), .width = 12, .text = cell_date},
    {.id = "type", .title = N_("Note"), .width = 20, .grow = TRUE, .text = cell_title},
    {.id = "author", .title = N_("Author"), .width = 22, .priority = 1, .text = cell_author},
    {.id = "state", .title = N_("State"), .width = 14, .text = cell_state},
    {.id = "unit", .title = N_("Unit"), .width = 18, .priority = 2, .text = cell_unit},
    {0}};

static guint row_count(gpointer model)
{
    return ((State *)model)->shown->len;
}

static gpointer row_at(gpointer model, guint i)
{
    return ((State *)model)->shown->pdata[i];
}

static const char *row_id(gpointer model, guint i)
{
    return ((NoteRow *)row_at(model, i))->id;
}
static const ListModel model = {row_count, row_at, row_id};

static NoteRow *selected(State *s)
{
    int i = list_selected(s->list);
    return i >= 0 && (guint)i < s->shown->len ? s->shown->pdata[i] : NULL;
}

/* ---- what is shown ---- */

static void say_none(State *s)
{
    const FeedState *f = note_timeline_state(s->timeline);
    g_autofree char *doubt = feed_doubt(f);
    if (doubt && (f->unknown || !f->answered))
        list_set_empty_text(s->list, doubt);
    else if (note_timeline_rows(s->timeline)->len)
        list_set_empty_text(s->list, _("No note is like that"));
    else
        list_set_empty_text(s->list, _("No notes in the core for this patient"));
}

static void find(View *v)
{
    State *s = v->state;
    notes_seen_visit(v->app, v->patient, s->timeline);
    g_ptr_array_unref(s->shown);
    s->shown = note_timeline_find(s->timeline, &s->filter, &s->unsearched);
    say_none(s);
    list_set_more(s->list, note_timeline_state(s->timeline)->beyond);
    list_refresh(s->list);
    if (s->wanted && list_select_id(s->list, s->wanted))
        g_clear_pointer(&s->wanted, g_free);
    view_dirty(v);
}

static void on_timeline(NoteTimeline *timeline, gpointer data)
{
    View *v = data;
    ((State *)v->state)->timeline = timeline;
    find(v);
}

static gboolean notes_open(View *v, const char *arg, GError **error)
{
    State *s = v->state;
    (void)error;
    s->shown = g_ptr_array_new();
    s->query = field_new(NULL);
    s->list = list_new(columns, &model, s);
    s->wanted = g_strdup(arg);
    list_set_empty_text(s->list, _("Being fetched …"));
    return TRUE;
}

static void notes_load(View *v, LoadWhy why)
{
    State *s = v->state;
    if (why == LOAD_REFRESH && s->timeline)
        note_timeline_refresh(s->timeline);
    else
        s->timeline = note_timeline_watch(v->app->client, v->scope, v->patient, on_timeline, v);
}

/* ---- painting ---- */

/* How many there are; of a part of them the part, and where the rest of the answer is. */
static int paint_count(State *s, Canvas *c, int col)
{
    guint all = note_timeline_rows(s->timeline)->len;
    const char *more = note_timeline_state(s->timeline)->beyond ? "+" : "";
    if (!all)
        return 0;
    return note_filter_is_set(&s->filter) ? canvas_textf(c, 0, col, STYLE_WARNING, _(" %u of %u%s"), s->shown->len, all, more)
                                          : canvas_textf(c, 0, col, STYLE_NORMAL, " %u%s", all, more);
}

static int paint_unread(State *s, Canvas *c, int col)
{
    const GPtrArray *rows = note_timeline_rows(s->timeline);
    guint n = 0;
    for (guint i = 0; i < rows->len; i++)
        n += ((NoteRow *)rows->pdata[i])->unread;
    return n ? canvas_textf(c, 0, col, STYLE_STRONG, ngettext(" · %u unread ●", " · %u unread ●", n), n) : 0;
}

/* What a search has not looked into: never nothing without a word. */
static char *not_searched(State *s)
{
    guint n = s->unsearched;
    if (!s->filter.text || !*s->filter.text)
        return NULL;
    g_autofree char *closed =
        n ? g_strdup_printf(ngettext("%u holds something that cannot be searched", "%u hold something that cannot be searched", n), n)
          : g_strdup("");
    if (note_timeline_is_whole(s->timeline))
        return n ? g_steal_pointer(&closed) : NULL;
    return g_strdup_printf("%s%s%s", _("older notes have NOT been searched"), n ? " · " : "", closed);
}

static void paint_head(View *v, Canvas *c)
{
    State *s = v->state;
    const FeedState *f = note_timeline_state(s->timeline);
    g_autofree char *doubt = feed_doubt(f), *blind = not_searched(s);
    gboolean unknown = f->unknown || !f->answered;
    int n = canvas_text(c, 0, 1, STYLE_HEADING, _("Notes"));
    n += paint_count(s, c, 1 + n);
    n += paint_unread(s, c, 1 + n);
    if (s->typing) { /* the field stands where these are read otherwise */
        g_autofree char *words = notes_filter_words(&s->filter, FALSE);
        n += canvas_textf(c, 0, 1 + n, STYLE_WARNING, "%s%s", *words ? " · " : "", words);
    }
    if (doubt && (s->shown->len || !unknown))
        n += 3 + canvas_text(c, 0, 4 + n, STYLE_WARNING, doubt);
    if (blind)
        canvas_text(c, 0, 4 + n, STYLE_WARNING, blind);
}

static void notes_paint(View *v, Canvas *c)
{
    State *s = v->state;
    canvas_clear(c);
    if (s->timeline)
        paint_head(v, c);
    canvas_push(c, (Rect){2, 0, canvas_rows(c) - 2, canvas_cols(c)});
    list_paint(s->list, c, !s->typing);
    canvas_pop(c);
    if (s->typing) {
        int n = canvas_text(c, 1, 1, STYLE_HEADING, _("Search in the notes: "));
        field_paint(s->query, c, 1, 1 + n, canvas_cols(c) - n - 2, TRUE);
    } else if (note_filter_is_set(&s->filter)) {
        g_autofree char *words = notes_filter_words(&s->filter, TRUE);
        canvas_cell(c, 1, 1, canvas_cols(c) - 2, -1, STYLE_NORMAL, words);
    }
}

/* ---- keys ---- */

static gboolean notes_typing(View *v)
{
    return ((State *)v->state)->typing;
}

static const char *notes_context(View *v)
{
    const State *s = v->state;
    return notes_typing(v) ? "notes-search" : note_filter_is_set(&s->filter) ? "notes-found" : "notes";
}

static void search_text(View *v, const char *text)
{
    State *s = v->state;
    g_free(s->filter.text);
    s->filter.text = text && *text ? g_strdup(text) : NULL;
    find(v);
}

static gboolean moves_rows(const char *utf8, gboolean paste)
{
    static const char *const keys[] = {"<Up>", "<Down>", "<PgUp>", "<PgDn>", NULL};
    return !paste && g_strv_contains(keys, utf8);
}

static gboolean notes_text(View *v, const char *utf8, gboolean paste)
{
    State *s = v->state;
    gboolean into_field = s->typing && !moves_rows(utf8, paste);
    WidgetResult r = into_field ? field_input(s->query, utf8, paste) : list_input(s->list, utf8, paste);
    if (into_field && r & WIDGET_CHANGED)
        search_text(v, field_text(s->query));
    else if (r & WIDGET_CHANGED)
        g_clear_pointer(&s->wanted, g_free);
    if (r)
        view_dirty(v);
    return r != WIDGET_IGNORED;
}

/* ---- verbs ---- */

static CmdResult where_from(View *v, GError **error)
{
    State *s = v->state;
    const NoteRow *r = selected(s);
    return value_source_open(v, r ? r->title : "", r ? r->source : NULL, NULL,
                             s->timeline ? note_timeline_state(s->timeline)->as_of : INSTANT_NONE, error);
}

static CmdResult read_note(View *v, GError **error)
{
    const NoteRow *r = selected(v->state);
    g_autofree char *id = r && *r->id ? g_strdup(r->id) : NULL;
    if (!id)
        return where_from(v, error);
    return v->app->frontend->open_view(v->app, "note-read", v->patient, id, error) ? CMD_DONE : CMD_ERROR;
}

static CmdResult search_begin(View *v)
{
    State *s = v->state;
    s->typing = TRUE;
    field_set(s->query, s->filter.text ? s->filter.text : "");
    view_dirty(v);
    return CMD_DONE;
}

static CmdResult search_end(View *v)
{
    ((State *)v->state)->typing = FALSE;
    view_dirty(v);
    return CMD_DONE;
}

static CmdResult show_all(View *v)
{
    State *s = v->state;
    s->typing = FALSE;
    note_filter_clear(&s->filter);
    find(v);
    return CMD_DONE;
}

static void on_filter(View *v, NoteFacet facet, const char *value)
{
    State *s = v->state;
    if (!value)
        note_filter_clear(&s->filter);
    else {
        g_free(s->filter.facet[facet]);
        s->filter.facet[facet] = g_strdup(value);
    }
    find(v);
}

/* The notes that are shown, and how they were chosen. */
static CmdResult print_shown(View *v, GError **error)
{
    State *s = v->state;
    g_autoptr(GString) arg = g_string_new("notes\t");
    g_autofree char *words = note_filter_is_set(&s->filter) ? notes_filter_words(&s->filter, TRUE) : g_strdup("");
    g_strdelimit(words, "\t", ' ');
    g_string_append_printf(arg, "%s\t", words);
    for (guint i = 0; i < s->shown->len; i++)
        g_string_append_printf(arg, "%s%s", i ? " " : "", ((NoteRow *)s->shown->pdata[i])->id);
    return v->app->frontend->open_view(v->app, "print", v->patient, arg->str, error) ? CMD_DONE : CMD_ERROR;
}

/* From the cursor on, and from the start again. */
static CmdResult next_unread(View *v, GError **error)
{
    State *s = v->state;
    int n = (int)s->shown->len, from = MAX(list_selected(s->list), 0);
    for (int i = 1; i <= n; i++)
        if (((NoteRow *)s->shown->pdata[(from + i) % n])->unread) {
            list_select(s->list, (from + i) % n);
            view_dirty(v);
            return CMD_DONE;
        }
    g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("No note here is unread"));
    return CMD_ERROR;
}

static void notes_changed(View *v, const Event *ev)
{
    State *s = v->state;
    if (s->timeline && g_strcmp0(ev->type, NOTES_SEEN_EVENT) == 0 && g_strcmp0(ev->patient, patient_ctx_id(v->patient)) == 0)
        find(v);
}

static CmdResult notes_command(View *v, CmdCall *call, GError **error)
{
    const char *name = call->command->name;
    State *s = v->state;
    if (strcmp(name, "notes-search") == 0)
        return search_begin(v);
    if (strcmp(name, "accept") == 0 && s->typing)
        return search_end(v);
    if (strcmp(name, "notes-all") == 0)
        return show_all(v);
    if (strcmp(name, "notes-filter") == 0 && s->timeline)
        return notes_filter_choose(call, s->timeline, &s->filter, on_filter);
    if (strcmp(name, "next-part") == 0)
        return next_unread(v, error);
    if (strcmp(name, "notes-read") == 0) {
        notes_seen_read(v->app, v->patient, NULL);
        return CMD_DONE;
    }
    if (strcmp(name, "print") == 0)
        return print_shown(v, error);
    if (strcmp(name, "open") == 0)
        return read_note(v, error);
    return strcmp(name, "value-source") == 0 ? where_from(v, error) : CMD_ERROR;
}

static guint notes_rows(View *v)
{
    return ((State *)v->state)->shown->len;
}

static FhirResource *notes_selection(View *v)
{
    NoteRow *r = selected(v->state);
    return r ? r->source : NULL;
}

static char *notes_resume(View *v)
{
    NoteRow *r = selected(v->state);
    return r ? g_strdup(r->id) : NULL;
}

static void notes_close(View *v)
{
    State *s = v->state;
    note_filter_clear(&s->filter);
    list_free(s->list);
    field_free(s->query);
    g_ptr_array_unref(s->shown);
    g_free(s->wanted);
}

const ViewClass view_notes = {
    .name = "notes",
    .title = N_("Notes"),
    .keymap = "notes",
    .state_size = sizeof(State),
    .flags = VIEW_PATIENT | VIEW_BESIDE,
    .open = notes_open,
    .load = notes_load,
    .changed = notes_changed,
    .paint = notes_paint,
    .command = notes_command,
    .text = notes_text,
    .typing = notes_typing,
    .context = notes_context,
    .rows = notes_rows,
    .selection = notes_selection,
    .resume = notes_resume,
    .close = notes_close,
};
