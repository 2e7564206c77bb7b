/* SPDX-License-Identifier: GPL-3.0-or-later
 * The patient's notes as one timeline, newest first; what is not signed says so in words. Filtered by type,
 * profession, unit and author, searched in all of their text. Enter reads. */
#include <glib/gi18n.h>
#include <string.h>

#include "chart/note-timeline.h"
#include "chart/when.h"
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

static const char *const facet_names[NOTE_FACETS] = {
    [NOTE_BY_TYPE] = N_("Type"), [NOTE_BY_PROFESSION] = N_("Profession"), [NOTE_BY_UNIT] = N_("Unit"), [NOTE_BY_AUTHOR] = N_("Author")};

/* ---- rows ---- */

static Style row_style(const NoteRow *r)
{
    if (fhir_has_modifier(r->source))
        return STYLE_WARNING;
    return r->struck || r->life == NOTE_REPLACED ? STYLE_DIM : r->is_signed ? STYLE_NORMAL : STYLE_WARNING;
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
    return fhir_has_modifier(r->source) ? g_strdup_printf(_("[CANNOT BE SHOWN SAFELY] %s"), r->title) : g_strdup(r->title);
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
    {.id = "author", .title = N_("Author"), .width = 22, .text = cell_author},
    {.id = "state", .title = N_("State"), .width = 14, .text = cell_state},
    {.id = "unit", .title = N_("Unit"), .width = 18, .priority = 1, .text = cell_unit},
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

/* "Typ: Epikris · Yrke: läkare · Text: feber" */
static char *filter_words(const NoteFilter *f, gboolean text)
{
    g_autoptr(GString) out = g_string_new(NULL);
    for (guint i = 0; i < NOTE_FACETS; i++)
        if (f->facet[i])
            g_string_append_printf(out, "%s%s: %s", out->len ? " · " : "", _(facet_names[i]), f->facet[i]);
    if (text && f->text && *f->text)
        g_string_append_printf(out, "%s%s: %s", out->len ? " · " : "", _("Text"), f->text);
    return g_string_free(g_steal_pointer(&out), FALSE);
}

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
    if (s->typing) { /* the field stands where these are read otherwise */
        g_autofree char *words = filter_words(&s->filter, FALSE);
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
        g_autofree char *words = filter_words(&s->filter, TRUE);
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
    return notes_typing(v) ? "notes-search" : "notes";
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

/* One row of the choice: a value of a facet; with none the filter is taken away. */
typedef struct {
    guint facet;
    char *value;
} Choice;

static void choice_free(gpointer p)
{
    Choice *c = p;
    g_free(c->value);
    g_free(c);
}

static void item_free(gpointer p)
{
    PickItem *i = p;
    g_free(i->text);
    g_free(i->detail);
    g_free(i);
}

static void add_choice(GPtrArray *choices, GPtrArray *items, guint facet, const NoteValue *value)
{
    Choice *c = g_new0(Choice, 1);
    PickItem *item = g_new0(PickItem, 1);
    *c = (Choice){facet, value ? g_strdup(value->value) : NULL};
    item->text = value ? g_strdup_printf("%s: %s", _(facet_names[facet]), value->value) : g_strdup(_("Show all notes"));
    item->detail = value ? g_strdup_printf("%u", value->count) : NULL;
    g_ptr_array_add(choices, c);
    g_ptr_array_add(items, item);
}

static void on_picked(CmdCall *call, int index, gpointer data)
{
    GPtrArray *choices = data;
    View *v = shell_find_view(call->app, call->view_id);
    if (v && index >= 0) {
        const Choice *c = choices->pdata[index];
        State *s = v->state;
        if (!c->value)
            note_filter_clear(&s->filter);
        else {
            g_free(s->filter.facet[c->facet]);
            s->filter.facet[c->facet] = g_strdup(c->value);
        }
        find(v);
    }
    cmd_continue(call, CMD_DONE, NULL);
}

static void choices_free(gpointer p)
{
    g_ptr_array_unref(p);
}

static CmdResult choose_filter(View *v, CmdCall *call)
{
    State *s = v->state;
    GPtrArray *choices = g_ptr_array_new_with_free_func(choice_free);
    g_autoptr(GPtrArray) items = g_ptr_array_new_with_free_func(item_free);
    if (note_filter_is_set(&s->filter))
        add_choice(choices, items, 0, NULL);
    for (guint f = 0; f < NOTE_FACETS; f++) {
        g_autoptr(GPtrArray) values = note_timeline_values(s->timeline, f);
        for (guint i = 0; i < values->len; i++)
            add_choice(choices, items, f, values->pdata[i]);
    }
    call->data = choices;
    call->data_free = choices_free;
    v->app->frontend->pick(call, _("Show only notes that have"), items, on_picked, choices);
    return CMD_WAIT;
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
        return choose_filter(v, call);
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
    .flags = VIEW_PATIENT,
    .open = notes_open,
    .load = notes_load,
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
