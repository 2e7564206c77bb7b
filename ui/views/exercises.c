/* SPDX-License-Identifier: GPL-3.0-or-later
 * Exercises: the list with what each is about, and the sheet of the one under way with its hints and
 * what the core says of it. */
#include <glib/gi18n.h>
#include <string.h>

#include "app/exercise.h"
#include "ui/views/views.h"
#include "ui/widgets/list.h"
#include "ui/widgets/text.h"

/* ---- the list ---- */

enum { ABOUT_ROWS = 9 };

typedef struct {
    List *list;
    TextView *about;
} Listing;

static guint row_count(gpointer model)
{
    (void)model;
    return exercise_all()->len;
}

static gpointer row_at(gpointer model, guint i)
{
    (void)model;
    return exercise_all()->pdata[i];
}

static const char *row_id(gpointer model, guint i)
{
    return ((Exercise *)row_at(model, i))->id;
}

static char *text_id(gpointer row, Style *style)
{
    (void)style;
    return g_strdup(((Exercise *)row)->id);
}

static char *text_title(gpointer row, Style *style)
{
    if (!exercise_is_built(row))
        *style = STYLE_DIM;
    return g_strdup(((Exercise *)row)->title);
}

static char *text_role(gpointer row, Style *style)
{
    const Exercise *e = row;
    (void)style;
    return g_strdup(e->role ? e->role : "");
}

static char *text_state(gpointer row, Style *style)
{
    const Exercise *e = row;
    if (!exercise_is_built(e)) {
        *style = STYLE_DIM;
        return g_strdup(_("built later"));
    }
    return g_strdup(e == exercise_current() ? _("under way") : "");
}

static char *text_budget(gpointer row, Style *style)
{
    const Exercise *e = row;
    (void)style;
    return e->budget ? g_strdup_printf("%u", e->budget) : g_strdup("");
}

static const ListColumn columns[] = {
    {.id = "id", .title = N_("No."), .width = 4, .text = text_id},
    {.id = "title", .title = N_("Exercise"), .width = 30, .grow = TRUE, .text = text_title},
    {.id = "role", .title = N_("Role"), .width = 14, .priority = 2, .text = text_role},
    {.id = "budget", .title = N_("Keys"), .width = 10, .priority = 1, .align = 1, .text = text_budget},
    {.id = "state", .title = N_("State"), .width = 17, .text = text_state},
    {0}};
static const ListModel model = {row_count, row_at, row_id};

static gboolean listing_open(View *v, const char *arg, GError **error)
{
    Listing *s = v->state;
    (void)arg;
    (void)error;
    s->list = list_new(columns, &model, v);
    s->about = textview_new();
    list_set_empty_text(s->list, _("No exercises are installed"));
    return TRUE;
}

static void show_about(View *v)
{
    Listing *s = v->state;
    const char *id = list_selected_id(s->list);
    const Exercise *e = id ? exercise_find(id) : NULL;
    g_autofree char *waits = e && e->awaits ? g_strdup_printf(_("Waits for: %s"), e->awaits) : NULL;
    g_autofree char *text = e ? g_strdup_printf("%s\n\n%s\n%s", e->task, e->start ? e->start : "",
                                                waits ? waits : "") : NULL;
    textview_set(s->about, text ? text : "");
    view_dirty(v);
}

static void listing_load(View *v, LoadWhy why)
{
    List *list = ((Listing *)v->state)->list;
    list_refresh(list);
    if (why == LOAD_OPEN && exercise_current()) /* its task is what one comes to read again */
        list_select_id(list, exercise_current()->id);
    show_about(v);
}

static gboolean begin_selected(View *v)
{
    const char *id = list_selected_id(((Listing *)v->state)->list);
    App *app = v->app;
    if (!id)
        return FALSE;
    g_autofree char *chosen = g_strdup(id);
    gboolean can = exercise_is_built(exercise_find(chosen));
    if (can)
        app->frontend->close_view(app, v->id); /* the view is gone after this */
    exercise_begin(app, chosen);
    return TRUE;
}

static CmdResult listing_command(View *v, CmdCall *call, GError **error)
{
    static const struct {
        const char *command, *key;
    } moves[] = {{"cursor-up", "<Up>"},   {"cursor-down", "<Down>"}, {"page-up", "<PgUp>"},
                 {"page-down", "<PgDn>"}, {"cursor-home", "<Home>"}, {"cursor-end", "<End>"}};
    Listing *s = v->state;
    if (strcmp(call->command->name, "open") == 0)
        return begin_selected(v) ? CMD_DONE : CMD_ERROR;
    for (gsize i = 0; i < G_N_ELEMENTS(moves); i++)
        if (strcmp(call->command->name, moves[i].command) == 0) {
            list_input(s->list, moves[i].key, FALSE);
            show_about(v);
            return CMD_DONE;
        }
    g_set_error(error, APP_ERROR, APP_ERROR_NEEDS, _("“%s” does nothing here"), _(call->command->label));
    return CMD_ERROR;
}

static void listing_paint(View *v, Canvas *c)
{
    Listing *s = v->state;
    int rows = canvas_rows(c), cols = canvas_cols(c), about = MIN(ABOUT_ROWS, rows / 2);
    canvas_clear(c);
    canvas_push(c, (Rect){0, 0, rows - about, cols});
    list_paint(s->list, c, TRUE);
    canvas_pop(c);
    canvas_rule(c, rows - about, _("Task"));
    canvas_push(c, (Rect){rows - about + 1, 1, about - 1, cols - 2});
    textview_paint(s->about, c, FALSE);
    canvas_pop(c);
}

static void listing_close(View *v)
{
    Listing *s = v->state;
    list_free(s->list);
    textview_free(s->about);
}

const ViewClass view_exercises = {
    .name = "exercises", .title = N_("Exercises"), .keymap = "exercises", .state_size = sizeof(Listing),
    .flags = VIEW_DETAIL, .open = listing_open, .load = listing_load, .paint = listing_paint,
    .command = listing_command, .close = listing_close};

/* ---- the sheet ---- */

typedef struct {
    TextView *text;
    ExerciseWho who;
    ExerciseOutcome *outcomes; /* NULL: not checked in this view */
    gboolean done;
} Sheet;

static gboolean sheet_open(View *v, const char *arg, GError **error)
{
    Sheet *s = v->state;
    if (!exercise_current()) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, _("No exercise is under way; choose one in the list"));
        return FALSE;
    }
    if (g_strcmp0(arg, "hint") == 0 && !exercise_next_hint(v->app))
        v->app->frontend->status(v->app, STATUS_INFO, _("There are no more hints"));
    s->text = textview_new();
    s->who = (ExerciseWho){v->app->who->practitioner, v->app->who->commission, exercise_started()};
    return TRUE;
}

static void add_outcomes(GString *out, const Sheet *s, const Exercise *e)
{
    static const char *const marks[] = {
        [OUTCOME_WAITING] = "…", [OUTCOME_RIGHT] = "✓", [OUTCOME_MISSING] = "✗", [OUTCOME_UNKNOWN] = "?"};
    guint right = 0;
    for (guint i = 0; i < e->checks->len; i++) {
        const ExerciseCheck *c = e->checks->pdata[i];
        right += s->outcomes[i] == OUTCOME_RIGHT;
        g_string_append_printf(out, "%s %s\n", marks[s->outcomes[i]],
                               s->outcomes[i] == OUTCOME_MISSING ? c->missing : c->right);
        if (s->outcomes[i] == OUTCOME_UNKNOWN)
            g_string_append_printf(out, "  %s\n", _("This could not be checked: the core did not answer it for you"));
    }
    if (s->done)
        g_string_append_printf(out, "\n%s\n", right == e->checks->len ? _("All is right. Well done!")
                                                                      : _("Not finished yet: go back and go on"));
}

static void show_sheet(View *v)
{
    Sheet *s = v->state;
    const Exercise *e = exercise_current();
    g_autoptr(GString) out = g_string_new(NULL);
    if (!e)
        return;
    g_string_append_printf(out, "%s  %s\n\n%s\n\n", e->id, e->title, e->task);
    for (guint i = 0; i < exercise_hints_given() && i < e->hints->len; i++)
        g_string_append_printf(out, _("Hint %u: %s\n"), i + 1, (char *)e->hints->pdata[i]);
    if (exercise_hints_given())
        g_string_append_c(out, '\n');
    if (s->outcomes)
        add_outcomes(out, s, e);
    textview_set(s->text, out->str);
    view_dirty(v);
}

static void on_outcomes(const ExerciseOutcome *outcomes, guint n, gboolean done, gpointer data)
{
    View *v = data;
    Sheet *s = v->state;
    memcpy(s->outcomes, outcomes, n * sizeof *outcomes);
    s->done = done;
    show_sheet(v);
}

static void sheet_load(View *v, LoadWhy why)
{
    Sheet *s = v->state;
    const Exercise *e = exercise_current();
    textview_set_heading_mark(s->text, e ? e->id : NULL);
    if (e && (why == LOAD_REFRESH || g_strcmp0(v->arg, "check") == 0)) {
        g_free(s->outcomes);
        s->outcomes = g_new0(ExerciseOutcome, e->checks->len + 1);
        s->done = FALSE;
        exercise_check(v->app->client, v->scope, e, &s->who, on_outcomes, v);
    }
    show_sheet(v);
}

static gboolean sheet_text(View *v, const char *utf8, gboolean paste)
{
    gboolean used = textview_input(((Sheet *)v->state)->text, utf8, paste) != WIDGET_IGNORED;
    if (used)
        view_dirty(v);
    return used;
}

static void sheet_paint(View *v, Canvas *c)
{
    canvas_clear(c);
    canvas_rule(c, 0, _(v->cls->title));
    canvas_push(c, (Rect){1, 1, canvas_rows(c) - 1, canvas_cols(c) - 2});
    textview_paint(((Sheet *)v->state)->text, c, TRUE);
    canvas_pop(c);
}

static void sheet_close(View *v)
{
    Sheet *s = v->state;
    textview_free(s->text);
    g_free(s->outcomes);
}

const ViewClass view_exercise = {
    .name = "exercise", .title = N_("Exercise"), .keymap = "reader", .state_size = sizeof(Sheet),
    .flags = VIEW_DETAIL, .open = sheet_open, .load = sheet_load, .text = sheet_text, .paint = sheet_paint,
    .close = sheet_close};
