/* SPDX-License-Identifier: GPL-3.0-or-later
 * The unit's list: the ward's patients by bed, or the clinic's bookings of today by time. The cursor
 * follows the patient through every refresh. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "chart/worklist.h"
#include "ui/views/views.h"
#include "ui/widgets/list.h"

enum { MARKS_WIDTH = 8 };

typedef struct {
    List *list;
    WorklistSource *source;
    const Worklist *data; /* borrowed from the source, valid while the view lives */
    char *problem;
    gboolean clinic;      /* which columns the list has */
    char *wanted;         /* selection to come back to */
    char *came_from;      /* the patient whose chart was left; until the list has them, or the cursor is moved */
} State;

static guint row_count(gpointer model)
{
    const State *s = model;
    return s->data ? s->data->rows->len : 0;
}

static gpointer row_at(gpointer model, guint i)
{
    return ((State *)model)->data->rows->pdata[i];
}

static const char *row_id(gpointer model, guint i)
{
    return ((WorklistRow *)row_at(model, i))->key;
}

static char *text_place(gpointer row, Style *style)
{
    (void)style;
    return g_strdup(((WorklistRow *)row)->place);
}

static char *text_name(gpointer row, Style *style)
{
    (void)style;
    return g_strdup(((WorklistRow *)row)->name);
}

/* Whole marks only, and how many more there are: none is lost without a word. */
static char *text_marks(gpointer row, Style *style)
{
    const char *marks = ((WorklistRow *)row)->marks, *end = marks;
    guint more = 0;
    *style = STYLE_ALERT;
    if (text_width(marks, -1) <= MARKS_WIDTH)
        return g_strdup(marks);
    for (const char *p = marks; *p; p += MAX(strcspn(p + 1, "[?") + 1, 1))
        if (more || text_width(marks, p + strcspn(p + 1, "[?") + 1 - marks) > MARKS_WIDTH - 2)
            more++;
        else
            end = p + strcspn(p + 1, "[?") + 1;
    return g_strdup_printf("%.*s+%u", (int)(end - marks), marks, more);
}

static char *text_number(gpointer row, Style *style)
{
    (void)style;
    return g_strdup(((WorklistRow *)row)->number);
}

static char *text_age(gpointer row, Style *style)
{
    (void)style;
    return g_strdup(((WorklistRow *)row)->age);
}

static char *text_news2(gpointer row, Style *style)
{
    const WorklistRow *r = row;
    if (r->news2_value >= 7)
        *style = STYLE_ALERT;
    else if (r->news2_value >= 5)
        *style = STYLE_WARNING;
    return g_strdup_printf("%s%s%s", r->news2, r->news2_value >= 7 ? " !" : "", r->news2_newer ? "?" : "");
}

static char *text_todo(gpointer row, Style *style)
{
    const WorklistRow *r = row;
    if (r->danger)
        *style = STYLE_ALERT;
    return g_strdup(r->todo);
}

#define COLUMN_NAME {.id = "name", .title = N_("Patient"), .width = 16, .grow = TRUE, .text = text_name}
#define COLUMN_MARKS {.id = "marks", .title = N_("Alerts"), .width = MARKS_WIDTH, .text = text_marks}
#define COLUMN_NUMBER {.id = "number", .title = N_("Personal number"), .width = 13, .text = text_number}
#define COLUMN_AGE {.id = "age", .title = N_("Age"), .width = 4, .align = 1, .text = text_age}
static const ListColumn ward_columns[] = {
    {.id = "place", .title = N_("Bed"), .width = 5, .text = text_place},
    COLUMN_NAME,
    COLUMN_MARKS,
    COLUMN_NUMBER,
    COLUMN_AGE,
    {.id = "news2", .title = N_("NEWS2"), .width = 5, .align = 1, .priority = 1, .text = text_news2},
    {.id = "todo", .title = N_("To do"), .width = 14, .priority = 2, .grow = TRUE, .text = text_todo},
    {0}};
static const ListColumn clinic_columns[] = {
    {.id = "place", .title = N_("Time"), .width = 5, .text = text_place},
    COLUMN_NAME,
    COLUMN_MARKS,
    COLUMN_NUMBER,
    COLUMN_AGE,
    {.id = "todo", .title = N_("Visit"), .width = 18, .priority = 1, .grow = TRUE, .text = text_todo},
    {0}};
static const ListModel model = {row_count, row_at, row_id};

static WorklistRow *selected(State *s)
{
    int i = list_selected(s->list);
    return i >= 0 && s->data && (guint)i < s->data->rows->len ? s->data->rows->pdata[i] : NULL;
}

/* A patient with two bookings: the one that is chosen stays. */
static void select_who_was_left(State *s)
{
    guint n = row_count(s);
    const WorklistRow *now = selected(s);
    if (!s->came_from)
        return;
    gboolean there = now && g_strcmp0(now->id, s->came_from) == 0;
    for (guint i = 0; i < n && !there; i++)
        if (g_strcmp0(((WorklistRow *)row_at(s, i))->id, s->came_from) == 0) {
            list_select(s->list, (int)i);
            there = TRUE;
        }
    if (there)
        g_clear_pointer(&s->came_from, g_free);
}

static void worklist_back_from(View *v, const char *patient)
{
    State *s = v->state;
    g_free(s->came_from);
    s->came_from = g_strdup(patient);
    select_who_was_left(s);
    view_dirty(v);
}

static gboolean worklist_open(View *v, const char *arg, GError **error)
{
    State *s = v->state;
    (void)error;
    s->list = list_new(ward_columns, &model, s);
    s->wanted = g_strdup(arg);
    return TRUE;
}

static void on_list(const Worklist *list, const GError *error, gpointer data)
{
    View *v = data;
    State *s = v->state;
    s->data = list;
    if (s->clinic == list->is_ward && list->rows->len) {
        s->clinic = !list->is_ward;
        list_free(s->list);
        s->list = list_new(s->clinic ? clinic_columns : ward_columns, &model, s);
    }
    g_clear_pointer(&s->problem, g_free);
    if (list->skipped)
        s->problem = g_strdup_printf(ngettext("NOT KNOWN: %u entry is not shown", "NOT KNOWN: %u entries are not shown", list->skipped),
                                     list->skipped);
    else if (list->unknown)
        s->problem = g_strdup(list->unknown_why ? _(list->unknown_why) : _("The list may be incomplete"));
    else if (error && !list->rows->len)
        s->problem = g_strdup(_("The list is not known: the core did not answer"));
    list_set_empty_text(s->list, s->problem ? s->problem : list->is_ward ? _("No admitted patients") : _("No bookings today"));
    list_refresh(s->list);
    if (s->wanted && list_select_id(s->list, s->wanted))
        g_clear_pointer(&s->wanted, g_free);
    select_who_was_left(s);
    view_dirty(v);
}

static void worklist_load(View *v, LoadWhy why)
{
    State *s = v->state;
    if (why == LOAD_REFRESH && s->source) {
        worklist_refresh(s->source);
        return;
    }
    if (!v->app->who->unit) {
        s->problem = g_strdup(_("This assignment has no unit with a list"));
        list_set_empty_text(s->list, s->problem);
        return;
    }
    list_set_empty_text(s->list, _("Being fetched …"));
    s->source = worklist_watch(v->app->client, v->scope, v->app->who->unit, on_list, v);
}

static void open_selected(View *v)
{
    const WorklistRow *row = selected(v->state);
    if (row)
        shell_open_patient(v->app, row->id, "summary", NULL);
}

static CmdResult worklist_command(View *v, CmdCall *call, GError **error)
{
    (void)error;
    if (strcmp(call->command->name, "open") == 0) {
        open_selected(v);
        return CMD_DONE;
    }
    return CMD_ERROR;
}

/* A capital letter or a digit begins a search. */
static gboolean begins_search(const char *utf8)
{
    gunichar c = g_utf8_get_char(utf8);
    return *utf8 && !*g_utf8_next_char(utf8) && (g_unichar_isupper(c) || g_unichar_isdigit(c));
}

static gboolean worklist_text(View *v, const char *utf8, gboolean paste)
{
    State *s = v->state;
    if (!paste && begins_search(utf8)) {
        g_autofree char *command = g_strdup_printf("patient-find %s", utf8);
        return command_run_text(v->app, command, NULL);
    }
    g_clear_pointer(&s->came_from, g_free); /* who moves the cursor has seen where it is */
    WidgetResult r = list_input(s->list, utf8, paste);
    if (r & WIDGET_ACCEPT)
        open_selected(v);
    if (r)
        view_dirty(v);
    return r != WIDGET_IGNORED;
}

static void paint_heading(State *s, Canvas *c)
{
    const Worklist *w = s->data;
    if (!w || !w->heard)
        return;
    g_autofree char *at = instant_to_hhmm(clock_shown_us(w->as_of));
    g_autofree char *people =
        w->is_ward ? g_strdup_printf(ngettext("%u patient", "%u patients", w->rows->len), w->rows->len)
                   : g_strdup_printf(ngettext("%u booking", "%u bookings", w->rows->len), w->rows->len);
    int n = canvas_textf(c, 0, 1, STYLE_HEADING, "%s", w->is_ward ? _("Ward list") : _("Today's bookings"));
    if (w->notes_known)
        canvas_textf(c, 0, 3 + n, STYLE_NORMAL, ngettext("%s · %u unsigned note", "%s · %u unsigned notes", w->unsigned_notes),
                     people, w->unsigned_notes);
    else
        canvas_textf(c, 0, 3 + n, STYLE_NORMAL, w->details_complete ? _("%s · unsigned notes NOT KNOWN") : "%s", people);
    g_autofree char *age = w->cached ? g_strdup_printf(_("as of %s"), at) : g_steal_pointer(&at);
    canvas_cell(c, 0, canvas_cols(c) - 18, 17, 1, w->cached ? STYLE_WARNING : STYLE_DIM, age);
    if (s->problem && w->rows->len)
        canvas_text(c, 1, 1, STYLE_WARNING, s->problem);
}

static void worklist_paint(View *v, Canvas *c)
{
    State *s = v->state;
    canvas_clear(c);
    paint_heading(s, c);
    canvas_push(c, (Rect){2, 0, canvas_rows(c) - 2, canvas_cols(c)});
    list_paint(s->list, c, TRUE);
    canvas_pop(c);
}

static guint worklist_rows(View *v)
{
    return row_count(v->state);
}

static FhirResource *worklist_selection(View *v)
{
    const WorklistRow *row = selected(v->state);
    return row ? row->patient : NULL;
}

static const char *worklist_row_patient(View *v)
{
    const WorklistRow *row = selected(v->state);
    return row ? row->id : NULL;
}

static char *worklist_resume(View *v)
{
    State *s = v->state;
    return g_strdup(list_selected_id(s->list));
}

static void worklist_close(View *v)
{
    State *s = v->state;
    list_free(s->list);
    g_free(s->problem);
    g_free(s->wanted);
    g_free(s->came_from);
}

const ViewClass view_worklist = {
    .name = "worklist",
    .title = N_("List"),
    .keymap = "worklist",
    .state_size = sizeof(State),
    .flags = VIEW_UNIT,
    .open = worklist_open,
    .load = worklist_load,
    .paint = worklist_paint,
    .command = worklist_command,
    .text = worklist_text,
    .rows = worklist_rows,
    .selection = worklist_selection,
    .row_patient = worklist_row_patient,
    .back_from = worklist_back_from,
    .resume = worklist_resume,
    .close = worklist_close,
};
