/* SPDX-License-Identifier: GPL-3.0-or-later
 * The unit's week, Monday first: how much is free and booked for each day and resource. Enter opens
 * the day. */
#include <glib/gi18n.h>
#include <string.h>

#include "chart/date-words.h"
#include "chart/schedule.h"
#include "ui/views/views.h"

#define DAYS 7
#define NAME_COLS 22
#define MIN_COL 8
#define MAX_COL 12

typedef struct {
    DiarySource *source;
    const Diary *diary; /* borrowed from the source, valid while the view lives */
    CivilDate monday;
    guint row, day, top;
    char *problem;
} Week;

static CivilDate monday_of(CivilDate d)
{
    return civil_date_add_days(d, 1 - civil_date_weekday(d));
}

static guint resources(const Week *s)
{
    return s->diary ? s->diary->resources->len : 0;
}

static void on_diary(const Diary *diary, const GError *error, gpointer data)
{
    View *v = data;
    Week *s = v->state;
    s->diary = diary;
    g_clear_pointer(&s->problem, g_free);
    if (diary->unknown_why)
        s->problem = g_strdup(_(diary->unknown_why));
    else if (error)
        s->problem = g_strdup(_("The diary is not known: the core did not answer"));
    s->row = MIN(s->row, resources(s) ? resources(s) - 1 : 0);
    view_dirty(v);
}

static gboolean week_open(View *v, const char *arg, GError **error)
{
    Week *s = v->state;
    CivilDate today = civil_date_at(shell_now());
    DateWish wish = {.target = today};
    if (arg && !date_words_parse(arg, today, &wish, error))
        return FALSE;
    s->monday = monday_of(wish.target);
    s->day = (guint)civil_date_weekday(wish.target) - 1;
    return TRUE;
}

static void week_load(View *v, LoadWhy why)
{
    Week *s = v->state;
    if (why == LOAD_REFRESH && s->source)
        diary_refresh(s->source);
    else if (!v->app->who->unit)
        s->problem = g_strdup(_("This assignment has no unit with a diary"));
    else
        s->source = diary_watch(v->app->client, v->scope, v->app->who->unit, s->monday, DAYS, on_diary, v);
}

static void go(View *v, CivilDate day)
{
    Week *s = v->state;
    s->monday = monday_of(day);
    if (s->source)
        diary_go(s->source, s->monday, DAYS);
    view_dirty(v);
    shell_place_changed(v->app);
}

static void on_date(CmdCall *call, const char *text, gpointer data)
{
    View *v = data;
    DateWish wish;
    GError *error = NULL;
    gboolean ok = !text || !*text || date_words_parse(text, civil_date_at(shell_now()), &wish, &error);
    if (ok && text && *text) {
        ((Week *)v->state)->day = (guint)civil_date_weekday(wish.target) - 1;
        go(v, wish.target);
    }
    cmd_continue(call, ok ? CMD_DONE : CMD_ERROR, error);
}

static CmdResult week_command(View *v, CmdCall *call, GError **error)
{
    Week *s = v->state;
    const char *name = call->command->name;
    if (strcmp(name, "day-previous") == 0 || strcmp(name, "day-next") == 0)
        go(v, civil_date_add_days(s->monday, strcmp(name, "day-next") == 0 ? DAYS : -DAYS));
    else if (strcmp(name, "schedule-date") == 0) {
        call->app->frontend->ask(call, _("To which week? (v48, +3v, 12/1)"), NULL, on_date, v);
        return CMD_WAIT;
    } else if (strcmp(name, "open") == 0) {
        g_autofree char *day = civil_date_to_text(civil_date_add_days(s->monday, (int)s->day));
        /* the day takes this view's place: nothing of it may be touched afterwards */
        return call->app->frontend->open_view(call->app, "schedule-day", NULL, day, error) ? CMD_DONE : CMD_ERROR;
    } else
        return CMD_ERROR;
    return CMD_DONE;
}

static void move(guint *at, guint n, int by)
{
    *at = (guint)CLAMP((gint64)*at + by, 0, n ? (gint64)n - 1 : 0);
}

static gboolean week_text(View *v, const char *utf8, gboolean paste)
{
    Week *s = v->state;
    static const struct {
        const char *key;
        int down, right;
    } moves[] = {{"<Up>", -1, 0},   {"<Down>", 1, 0},   {"<Left>", 0, -1}, {"<Right>", 0, 1},
                 {"<Home>", 0, -DAYS}, {"<End>", 0, DAYS}, {"<Tab>", 0, 1},   {"<S-Tab>", 0, -1}};
    for (gsize i = 0; !paste && i < G_N_ELEMENTS(moves); i++)
        if (strcmp(moves[i].key, utf8) == 0) {
            move(&s->row, resources(s), moves[i].down);
            move(&s->day, DAYS, moves[i].right);
            view_dirty(v);
            return TRUE;
        }
    return FALSE;
}

/* ---- painting ---- */

static void paint_heading(View *v, Canvas *c)
{
    Week *s = v->state;
    int year = 0, week = civil_date_iso_week(s->monday, &year);
    g_autofree char *from = civil_date_short(s->monday, civil_date_at(shell_now()), shell_lang());
    int n = canvas_textf(c, 0, 1, STYLE_HEADING, _("Week · %s · %s · w%d %d"), v->app->who->unit_name ? v->app->who->unit_name : "",
                         from, week, year);
    canvas_text(c, 0, 3 + n, STYLE_DIM, _("free/booked"));
    if (!s->diary || s->diary->as_of == INSTANT_NONE)
        return;
    g_autofree char *at = instant_to_hhmm(s->diary->as_of);
    g_autofree char *age = s->diary->cached ? g_strdup_printf(_("as of %s"), at) : g_strdup(at);
    canvas_cell(c, 0, canvas_cols(c) - 18, 17, 1, s->diary->cached ? STYLE_WARNING : STYLE_DIM, age);
}

static int column(Canvas *c)
{
    return CLAMP((canvas_cols(c) - NAME_COLS) / DAYS, MIN_COL, MAX_COL);
}

static void paint_days(Week *s, Canvas *c)
{
    CivilDate today = civil_date_at(shell_now());
    int width = column(c);
    for (int i = 0; i < DAYS; i++) {
        CivilDate d = civil_date_add_days(s->monday, i);
        g_autofree char *text =
            width > 9 || d.day == 1 ? g_strdup_printf("%s %d/%d", weekday_short(i + 1, shell_lang()), d.day, d.month)
                                    : g_strdup_printf("%s %d", weekday_short(i + 1, shell_lang()), d.day);
        Style style = civil_date_compare(d, today) == 0 ? STYLE_STRONG : civil_date_is_holiday(d) ? STYLE_WARNING : STYLE_HEADING;
        canvas_cell(c, 1, NAME_COLS + i * width, width - 1, 1, style, text);
    }
}

/* The holidays of the week by name, under the table. */
static void paint_holidays(Week *s, Canvas *c, int row)
{
    int at = 1;
    for (int i = 0; i < DAYS; i++) {
        CivilDate d = civil_date_add_days(s->monday, i);
        const char *name = civil_date_holiday_name(d);
        if (name)
            at += canvas_textf(c, row, at, STYLE_WARNING, "%s %d/%d %s   ", weekday_short(i + 1, shell_lang()), d.day, d.month, _(name));
    }
}

static void paint_counts(Week *s, Canvas *c, int row, const DiaryResource *only, gboolean selected)
{
    int width = column(c);
    for (int i = 0; i < DAYS; i++) {
        guint n_free, n_taken;
        diary_count(s->diary, only, civil_date_add_days(s->monday, i), &n_free, &n_taken);
        gboolean here = selected && (guint)i == s->day, none = !n_free && !n_taken;
        g_autofree char *text = none ? g_strdup(s->diary->known ? "–" : "?") : g_strdup_printf("%u/%u", n_free, n_taken);
        Style style = here ? STYLE_SELECTED : none ? STYLE_DIM : n_free ? STYLE_GOOD : STYLE_NORMAL;
        canvas_cell(c, row, NAME_COLS + i * width, width - 1, 1, style, text);
        if (here)
            canvas_cursor(c, row, NAME_COLS + i * width);
    }
}

static void paint_rows(Week *s, Canvas *c, int room)
{
    if (s->row < s->top)
        s->top = s->row;
    if (s->row >= s->top + (guint)room)
        s->top = s->row - (guint)room + 1;
    for (guint i = s->top; i < resources(s) && (int)(i - s->top) < room; i++) {
        const DiaryResource *r = s->diary->resources->pdata[i];
        int row = 2 + (int)(i - s->top);
        g_autofree char *name = *r->profession ? g_strdup_printf("%s (%s)", r->name, diary_profession_short(r->profession))
                                               : g_strdup(r->name);
        canvas_cell(c, row, 1, NAME_COLS - 2, -1, STYLE_NORMAL, name);
        if (i == s->row)
            canvas_gutter(c, row);
        paint_counts(s, c, row, r, i == s->row);
    }
}

static const char *state_words(const Week *s)
{
    if (s->problem)
        return s->problem;
    if (!s->diary || !s->diary->answered)
        return _("Being fetched …");
    if (!s->diary->known)
        return _("More may be booked than what is shown");
    return resources(s) ? NULL : _("This unit has no diary");
}

static void week_paint(View *v, Canvas *c)
{
    Week *s = v->state;
    canvas_clear(c);
    paint_heading(v, c);
    paint_days(s, c);
    int room = MAX(canvas_rows(c) - 6, 1), shown = MIN((int)resources(s), room), last = canvas_rows(c) - 1;
    const char *words = state_words(s);
    if (words)
        canvas_text(c, last, 1, STYLE_WARNING, words);
    if (resources(s)) {
        canvas_text(c, 3 + shown, 1, STYLE_HEADING, _("All"));
        paint_counts(s, c, 3 + shown, NULL, FALSE);
        paint_rows(s, c, room);
    }
    paint_holidays(s, c, last - 1);
}

static char *week_resume(View *v)
{
    Week *s = v->state;
    return civil_date_to_text(civil_date_add_days(s->monday, (int)s->day));
}

static void week_close(View *v)
{
    g_free(((Week *)v->state)->problem);
}

const ViewClass view_schedule_week = {
    .name = "schedule-week",
    .title = N_("Week"),
    .keymap = "schedule",
    .state_size = sizeof(Week),
    .flags = VIEW_UNIT,
    .open = week_open,
    .load = week_load,
    .paint = week_paint,
    .command = week_command,
    .text = week_text,
    .resume = week_resume,
    .close = week_close,
};
