/* SPDX-License-Identifier: GPL-3.0-or-later
 * The unit's week, Monday first: how much is free and booked for each day and resource. Enter opens
 * the day. */
#include <glib/gi18n.h>
#include <string.h>

#include "ui/views/schedule-grid.h"

#define DAYS 7
#define NAME_COLS 22
#define MIN_COL 8
#define MAX_COL 12

typedef struct {
    ScheduleGrid grid; /* first: the grid's functions find it there */
    CivilDate monday;
    guint row, day, top;
} Week;

static void stand_on(Week *s, CivilDate day)
{
    int weekday = civil_date_weekday(day);
    s->monday = civil_date_add_days(day, 1 - weekday);
    s->day = (guint)weekday - 1;
}

static CivilDate day_at_cursor(const Week *s)
{
    return civil_date_add_days(s->monday, (int)s->day);
}

static void on_diary(const Diary *diary, const GError *error, gpointer data)
{
    View *v = data;
    Week *s = v->state;
    grid_take(&s->grid, diary, error);
    s->row = MIN(s->row, grid_resources(&s->grid) ? grid_resources(&s->grid) - 1 : 0);
    view_dirty(v);
}

static gboolean week_open(View *v, const char *arg, GError **error)
{
    Week *s = v->state;
    CivilDate day;
    if (!grid_open_day(arg, &day, error))
        return FALSE;
    stand_on(s, day);
    return TRUE;
}

static void week_load(View *v, LoadWhy why)
{
    grid_load(v, why, ((Week *)v->state)->monday, DAYS, on_diary);
}

static void go(View *v, CivilDate day)
{
    Week *s = v->state;
    stand_on(s, day);
    grid_go(v, s->monday, DAYS);
}

static CmdResult week_command(View *v, CmdCall *call, GError **error)
{
    Week *s = v->state;
    const char *name = call->command->name;
    if (strcmp(name, "day-previous") == 0 || strcmp(name, "day-next") == 0)
        go(v, civil_date_add_days(day_at_cursor(s), strcmp(name, "day-next") == 0 ? DAYS : -DAYS));
    else if (strcmp(name, "schedule-date") == 0)
        return grid_ask_day(v, call, _("To which week? (v48, +3v, 12/1)"), go);
    else if (strcmp(name, "open") == 0) {
        g_autofree char *day = civil_date_to_text(day_at_cursor(s));
        /* the day takes this view's place: nothing of it may be touched afterwards */
        return call->app->frontend->open_view(call->app, "schedule-day", NULL, day, error) ? CMD_DONE : CMD_ERROR;
    } else
        return CMD_ERROR;
    return CMD_DONE;
}

static gboolean week_text(View *v, const char *utf8, gboolean paste)
{
    Week *s = v->state;
    const GridStep *step = paste ? NULL : grid_step(utf8);
    if (!step)
        return FALSE;
    grid_move(&s->row, grid_resources(&s->grid), step->down);
    grid_move(&s->day, DAYS, step->end ? step->end * DAYS : step->right);
    view_dirty(v);
    return TRUE;
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
    grid_paint_age(&s->grid, c, 17);
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
        diary_count(s->grid.diary, only, civil_date_add_days(s->monday, i), &n_free, &n_taken);
        gboolean here = selected && (guint)i == s->day, none = !n_free && !n_taken;
        g_autofree char *text = none ? g_strdup(s->grid.diary->known ? "–" : "?") : g_strdup_printf("%u/%u", n_free, n_taken);
        Style style = here ? STYLE_SELECTED : none ? STYLE_DIM : n_free ? STYLE_GOOD : STYLE_NORMAL;
        canvas_cell(c, row, NAME_COLS + i * width, width - 1, 1, style, text);
        if (here)
            canvas_cursor(c, row, NAME_COLS + i * width);
    }
}

static void paint_rows(Week *s, Canvas *c, int room)
{
    grid_scroll(&s->top, s->row, grid_resources(&s->grid), (guint)room);
    for (guint i = s->top; i < grid_resources(&s->grid) && (int)(i - s->top) < room; i++) {
        const DiaryResource *r = grid_resource(&s->grid, i);
        int row = 2 + (int)(i - s->top);
        g_autofree char *name = grid_resource_title(r);
        canvas_cell(c, row, 1, NAME_COLS - 2, -1, STYLE_NORMAL, name);
        if (i == s->row)
            canvas_gutter(c, row);
        paint_counts(s, c, row, r, i == s->row);
    }
}

static const char *state_words(const Week *s)
{
    if (s->grid.problem)
        return s->grid.problem;
    if (!s->grid.diary || !s->grid.diary->answered)
        return _("Being fetched …");
    if (!s->grid.diary->known)
        return _("More may be booked than what is shown");
    return grid_resources(&s->grid) ? NULL : _("This unit has no diary. Clinics and health centres have one: log out (:logout) and choose an assignment at one of them");
}

static void week_paint(View *v, Canvas *c)
{
    Week *s = v->state;
    canvas_clear(c);
    paint_heading(v, c);
    paint_days(s, c);
    int room = MAX(canvas_rows(c) - 6, 1), shown = MIN((int)grid_resources(&s->grid), room), last = canvas_rows(c) - 1;
    const char *words = state_words(s);
    if (words && !grid_resources(&s->grid))
        canvas_wrap(c, 3, 1, canvas_cols(c) - 2, 3, STYLE_NORMAL, words);
    else if (words)
        canvas_text(c, last, 1, STYLE_WARNING, words);
    if (grid_resources(&s->grid)) {
        canvas_text(c, 3 + shown, 1, STYLE_HEADING, _("All"));
        paint_counts(s, c, 3 + shown, NULL, FALSE);
        paint_rows(s, c, room);
    }
    paint_holidays(s, c, last - 1);
}

static char *week_resume(View *v)
{
    return civil_date_to_text(day_at_cursor(v->state));
}

static void week_close(View *v)
{
    g_free(((Week *)v->state)->grid.problem);
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
