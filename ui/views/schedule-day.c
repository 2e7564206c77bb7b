/* SPDX-License-Identifier: GPL-3.0-or-later
 * The unit's day: a column for each resource, a row for each time that something begins. The cursor
 * follows its resource and time through every refresh and from day to day. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "ui/views/schedule-cell.h"
#include "ui/views/schedule-grid.h"

#define TIME_COLS 8
#define MIN_COL 18
#define MAX_COL 32

typedef struct {
    ScheduleGrid grid;  /* first: the grid's functions find it there */
    CivilDate day;
    GArray *times;      /* Instant: the rows */
    guint row, col;     /* the cursor */
    guint top, left;    /* what is scrolled away; the line of now counts among the lines */
    char *wanted;       /* resource to come back to */
    int minute;         /* of the day, to come back to; -1 = none */
} Day;

static int minute_of(Instant t)
{
    CivilTime c = civil_time_at(t);
    return c.hour * 60 + c.minute;
}

static Instant time_at(const Day *s, guint i)
{
    return g_array_index(s->times, Instant, i);
}

/* @col of @row; without an entry where there is none. */
static ScheduleCell cell_at(const Day *s, guint row, guint col)
{
    const DiaryResource *r = grid_resource(&s->grid, col);
    if (!r || row >= s->times->len)
        return (ScheduleCell){0};
    Instant at = time_at(s, row);
    return schedule_cell(r, at, row + 1 < s->times->len ? time_at(s, row + 1) : at + 1);
}

/* ---- rows ---- */

/* While another day is on its way its rows are taken to be those of the day before it: empty cells that
 * the terminal need not draw twice. */
static void keep_rows(Day *s)
{
    for (guint i = 0; i < s->times->len; i++)
        g_array_index(s->times, Instant, i) = instant_from_civil(s->day, civil_time_at(time_at(s, i)), FALSE);
}

static gboolean has_entries(const Day *s)
{
    for (guint i = 0; i < grid_resources(&s->grid); i++)
        if (grid_resource(&s->grid, i)->entries->len)
            return TRUE;
    return FALSE;
}

static void make_rows(Day *s)
{
    if (!has_entries(s) && !s->grid.diary->answered) {
        keep_rows(s);
        return;
    }
    schedule_times(s->grid.diary, s->times);
}

static void remember(Day *s)
{
    const DiaryResource *r = grid_resource(&s->grid, s->col);
    if (r) {
        g_free(s->wanted);
        s->wanted = g_strdup(r->id);
    }
    if (s->row < s->times->len)
        s->minute = minute_of(time_at(s, s->row));
}

/* Back to the resource and the time that the cursor stood on; a day opened anew begins at now. */
static void restore(Day *s)
{
    for (guint i = 0; s->wanted && i < grid_resources(&s->grid); i++)
        if (strcmp(grid_resource(&s->grid, i)->id, s->wanted) == 0)
            s->col = i;
    s->col = MIN(s->col, grid_resources(&s->grid) ? grid_resources(&s->grid) - 1 : 0);
    int wanted = s->minute >= 0 ? s->minute : minute_of(shell_now());
    s->row = 0;
    while (s->row + 1 < s->times->len && minute_of(time_at(s, s->row + 1)) <= wanted)
        s->row++;
}

static void on_diary(const Diary *diary, const GError *error, gpointer data)
{
    View *v = data;
    Day *s = v->state;
    grid_take(&s->grid, diary, error);
    make_rows(s);
    restore(s);
    view_dirty(v);
}

/* ---- view ---- */

static gboolean day_open(View *v, const char *arg, GError **error)
{
    Day *s = v->state;
    s->times = g_array_new(FALSE, FALSE, sizeof(Instant));
    s->minute = -1;
    return grid_open_day(arg, &s->day, error);
}

static void day_load(View *v, LoadWhy why)
{
    grid_load(v, why, ((Day *)v->state)->day, 1, on_diary);
}

static void go(View *v, CivilDate day)
{
    Day *s = v->state;
    remember(s);
    s->day = day;
    s->top = 0;
    grid_go(v, day, 1);
}

/* The line of booking-new that means just this time. */
static char *booking_line(const DiaryResource *r, const DiaryEntry *e)
{
    g_autofree char *date = civil_date_to_text(civil_date_at(e->start)), *at = instant_to_hhmm(e->start);
    return g_strdup_printf("%s %s %s%s%s ", date, at, r->name, e->type ? " " : "", e->type ? e->type->letters : "");
}

static void book_cell(View *v, const DiaryEntry *e)
{
    Day *s = v->state;
    const char *patient = shell_last_patient(v->app);
    const char *cannot = command_core_cannot(v->app, command_find("booking-new"));
    g_autofree char *line = booking_line(grid_resource(&s->grid, s->col), e);
    if (!(v->app->who->rights & CMD_NEEDS_BOOKER))
        v->app->frontend->status(v->app, STATUS_WARN, _("Your role does not book"));
    else if (cannot)
        v->app->frontend->status(v->app, STATUS_WARN, cannot);
    else if (!patient)
        v->app->frontend->status(v->app, STATUS_WARN, _("Open the patient first (F3), then choose the time"));
    else
        shell_open_patient(v->app, patient, "booking-new", line);
}

static const char *empty_words(const Day *s)
{
    if (s->grid.problem)
        return s->grid.problem;
    if (!s->grid.diary || !s->grid.diary->answered)
        return _("Being fetched …");
    if (!s->grid.diary->known)
        return _("It is not known what is booked");
    return s->grid.diary->resources->len ? _("No times and no bookings this day") : _("This unit has no diary. Clinics and health centres have one: log out (:logout) and choose an assignment at one of them");
}

/* A booking opens its patient's chart; a free time begins a booking for the patient seen last. */
static void open_cell(View *v)
{
    Day *s = v->state;
    ScheduleCell cell = cell_at(s, s->row, s->col);
    if (cell.entry && cell.entry->patient)
        shell_open_patient(v->app, cell.entry->patient, "summary", NULL);
    else if (cell.entry && cell.entry->state == DIARY_FREE)
        book_cell(v, cell.entry);
    else if (cell.entry)
        v->app->frontend->status(v->app, STATUS_INFO, schedule_state_words(cell.entry->state));
    else
        v->app->frontend->status(v->app, STATUS_INFO, s->grid.diary && s->grid.diary->known ? _("Nothing is booked here") : empty_words(s));
}

static CmdResult day_command(View *v, CmdCall *call, GError **error)
{
    Day *s = v->state;
    const char *name = call->command->name;
    (void)error;
    if (strcmp(name, "day-previous") == 0 || strcmp(name, "day-next") == 0)
        go(v, civil_date_add_days(s->day, strcmp(name, "day-next") == 0 ? 1 : -1));
    else if (strcmp(name, "open") == 0)
        open_cell(v);
    else if (strcmp(name, "schedule-date") == 0)
        return grid_ask_day(v, call, _("To which day? (tor, v48, +3v, 12/1)"), go);
    else
        return CMD_ERROR;
    return CMD_DONE;
}

static gboolean day_text(View *v, const char *utf8, gboolean paste)
{
    Day *s = v->state;
    const GridStep *step = paste ? NULL : grid_step(utf8);
    if (!step)
        return FALSE;
    grid_move(&s->row, s->times->len, step->end ? step->end * (int)s->times->len : step->down);
    grid_move(&s->col, grid_resources(&s->grid), step->right);
    remember(s);
    view_dirty(v);
    return TRUE;
}

static void day_changed(View *v, const Event *ev)
{
    if (ev->kind == EVENT_TICK)
        view_dirty(v); /* the line of now */
}

/* ---- painting ---- */

static void paint_heading(View *v, Canvas *c)
{
    Day *s = v->state;
    guint n_free = 0, n_taken = 0;
    CivilDate today = civil_date_at(shell_now());
    g_autofree char *date = civil_date_short(s->day, today, shell_lang());
    const char *holiday = civil_date_holiday_name(s->day);
    /* the unit stands on line 1 too: it gives way to a holiday's name */
    const char *unit = v->app->who->unit_name && (!holiday || canvas_cols(c) >= 100) ? v->app->who->unit_name : _("The day");
    int n = canvas_textf(c, 0, 1, STYLE_HEADING, _("Diary · %s · %s %s w%d"), unit, weekday_short(civil_date_weekday(s->day), shell_lang()), date, civil_date_iso_week(s->day, NULL));
    if (holiday)
        n += canvas_textf(c, 0, 2 + n, STYLE_WARNING, "%s", _(holiday)) + 1;
    if (!s->grid.diary || !s->grid.diary->resources->len)
        return;
    diary_count(s->grid.diary, NULL, s->day, &n_free, &n_taken);
    if (!s->grid.diary->answered && !has_entries(s))
        canvas_text(c, 0, 3 + n, STYLE_DIM, _("Being fetched …"));
    else if (s->grid.diary->known || s->times->len)
        canvas_textf(c, 0, 3 + n, STYLE_NORMAL, _("free %u · booked %u"), n_free, n_taken);
    grid_paint_age(&s->grid, c, 9);
}

typedef struct {
    guint shown, width;
} Columns;

static Columns columns_of(Day *s, Canvas *c)
{
    guint room = (guint)MAX(canvas_cols(c) - TIME_COLS, MIN_COL);
    guint shown = CLAMP(room / MIN_COL, 1, MAX(grid_resources(&s->grid), 1));
    if (s->col < s->left)
        s->left = s->col;
    if (s->col >= s->left + shown)
        s->left = s->col - shown + 1;
    s->left = MIN(s->left, grid_resources(&s->grid) > shown ? grid_resources(&s->grid) - shown : 0);
    return (Columns){shown, MIN(room / shown, MAX_COL)};
}

static void paint_titles(Day *s, Canvas *c, Columns k)
{
    for (guint i = 0; i < k.shown; i++) {
        const DiaryResource *r = grid_resource(&s->grid, s->left + i);
        int col = TIME_COLS + (int)(i * k.width);
        g_autofree char *title = grid_resource_title(r);
        canvas_text(c, 1, col - 1, STYLE_LINE, "│");
        canvas_cell(c, 1, col + 1, (int)k.width - 2, -1, s->left + i == s->col ? STYLE_STRONG : STYLE_HEADING, title);
    }
    guint before = s->left, after = grid_resources(&s->grid) - s->left - k.shown;
    if (before)
        canvas_textf(c, 1, 1, STYLE_WARNING, "←%u", before);
    if (after)
        canvas_textf(c, 1, TIME_COLS - 4, STYLE_WARNING, "%u→", after);
}

static void paint_cell(Day *s, Canvas *c, int line, int col, int width, guint row, guint i)
{
    ScheduleCell cell = cell_at(s, row, i);
    gboolean selected = row == s->row && i == s->col;
    Style style = STYLE_NORMAL;
    canvas_text(c, line, col - 1, STYLE_LINE, "│");
    if (!cell.entry || (!cell.begins && !cell.more)) {
        if (selected)
            canvas_cell(c, line, col, width - 1, -1, STYLE_SELECTED, cell.entry ? " ║" : "");
        else if (cell.entry)
            canvas_text(c, line, col + 1, STYLE_DIM, "║");
    } else {
        g_autofree char *words = schedule_cell_words(&cell, &style), *mark = schedule_cell_mark(&cell);
        int used = text_width(mark, -1);
        if (selected)
            style = STYLE_SELECTED;
        canvas_cell(c, line, col, 1, -1, style, "");
        canvas_cell(c, line, col + 1, width - 2 - (used ? used + 2 : 0), -1, style, words);
        if (used)
            canvas_cell(c, line, col + width - 2 - used, used + 1, -1, selected ? style : STYLE_STRONG, mark);
    }
    if (selected)
        canvas_cursor(c, line, col + 1);
}

static void paint_now(Canvas *c, int line, Columns k)
{
    g_autofree char *now = instant_to_hhmm(shell_now());
    canvas_hline(c, line, 0, TIME_COLS + (int)(k.shown * k.width));
    canvas_textf(c, line, 1, STYLE_STRONG, "%s", now);
    canvas_textf(c, line, TIME_COLS, STYLE_STRONG, " %s ", _("now"));
}

/* The lines are the rows with the line of now among them. */
static void paint_rows(Day *s, Canvas *c, Columns k)
{
    int first = 2, room = canvas_rows(c) - first;
    gboolean today = civil_date_compare(s->day, civil_date_at(shell_now())) == 0;
    guint now_before = G_MAXUINT;
    for (guint i = 0; today && i <= s->times->len && now_before == G_MAXUINT; i++)
        if (i == s->times->len || time_at(s, i) > shell_now())
            now_before = i;
    guint lines = s->times->len + (now_before != G_MAXUINT), at = s->row + (s->row >= now_before);
    grid_scroll(&s->top, at, lines, (guint)MAX(room, 1));
    for (guint l = s->top; l < lines && (int)(l - s->top) < room; l++) {
        int line = first + (int)(l - s->top);
        if (l == now_before) {
            paint_now(c, line, k);
            continue;
        }
        guint row = l - (l > now_before);
        g_autofree char *at_text = instant_to_hhmm(time_at(s, row));
        canvas_text(c, line, 1, STYLE_NORMAL, at_text);
        for (guint i = 0; i < k.shown; i++)
            paint_cell(s, c, line, TIME_COLS + (int)(i * k.width), (int)k.width, row, s->left + i);
        if (row == s->row)
            canvas_gutter(c, line);
    }
    /* the cell has the cursor, not the gutter */
    int line = first + (int)(at - s->top);
    if (s->times->len)
        canvas_cursor(c, line, TIME_COLS + (int)((s->col - s->left) * k.width) + 1);
}

static void day_paint(View *v, Canvas *c)
{
    Day *s = v->state;
    canvas_clear(c);
    paint_heading(v, c);
    if (!grid_resources(&s->grid)) {
        canvas_wrap(c, 2, 1, canvas_cols(c) - 2, 3, STYLE_NORMAL, empty_words(s));
        return;
    }
    Columns k = columns_of(s, c);
    paint_titles(s, c, k);
    if (!s->times->len) {
        canvas_wrap(c, 3, 1, canvas_cols(c) - 2, 3, STYLE_NORMAL, empty_words(s));
        return;
    }
    gboolean unsure = s->grid.problem || (s->grid.diary->answered && !s->grid.diary->known);
    if (unsure) {
        canvas_push(c, (Rect){0, 0, canvas_rows(c) - 1, canvas_cols(c)});
        paint_rows(s, c, k);
        canvas_pop(c);
        canvas_text(c, canvas_rows(c) - 1, 1, STYLE_WARNING, s->grid.problem ? s->grid.problem : _("More may be booked than what is shown"));
        return;
    }
    paint_rows(s, c, k);
}

static FhirResource *day_selection(View *v)
{
    Day *s = v->state;
    ScheduleCell cell = cell_at(s, s->row, s->col);
    return cell.entry ? cell.entry->appointment : NULL;
}

static const char *day_row_patient(View *v)
{
    Day *s = v->state;
    ScheduleCell cell = cell_at(s, s->row, s->col);
    return cell.entry ? cell.entry->patient : NULL;
}

static char *day_resume(View *v)
{
    return civil_date_to_text(((Day *)v->state)->day);
}

static void day_close(View *v)
{
    Day *s = v->state;
    if (s->times)
        g_array_unref(s->times);
    g_free(s->wanted);
    g_free(s->grid.problem);
}

const ViewClass view_schedule_day = {
    .name = "schedule-day",
    .title = N_("Diary"),
    .keymap = "schedule",
    .state_size = sizeof(Day),
    .flags = VIEW_UNIT,
    .open = day_open,
    .load = day_load,
    .changed = day_changed,
    .paint = day_paint,
    .command = day_command,
    .text = day_text,
    .selection = day_selection,
    .row_patient = day_row_patient,
    .resume = day_resume,
    .close = day_close,
};
