/* SPDX-License-Identifier: GPL-3.0-or-later
 * The unit's day: a column for each resource, a row for each time that something begins. The cursor
 * follows its resource and time through every refresh and from day to day. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "chart/date-words.h"
#include "chart/schedule.h"
#include "ui/views/views.h"

#define TIME_COLS 8
#define MIN_COL 18
#define MAX_COL 32

typedef struct {
    DiarySource *source;
    const Diary *diary; /* borrowed from the source, valid while the view lives */
    CivilDate day;
    GArray *times;      /* Instant: the rows */
    guint row, col;     /* the cursor */
    guint top, left;    /* what is scrolled away; the line of now counts among the lines */
    char *wanted;       /* resource to come back to */
    int minute;         /* time of day to come back to, -1 = none */
    char *problem;
} Day;

static int minute_of(Instant t)
{
    CivilTime c = civil_time_at(t);
    return c.hour * 60 + c.minute;
}

static guint resources(const Day *s)
{
    return s->diary ? s->diary->resources->len : 0;
}

static const DiaryResource *resource_at(const Day *s, guint i)
{
    return i < resources(s) ? s->diary->resources->pdata[i] : NULL;
}

static Instant time_at(const Day *s, guint i)
{
    return g_array_index(s->times, Instant, i);
}

/* ---- what stands in a cell ---- */

typedef struct {
    const DiaryEntry *entry; /* NULL: nothing there */
    gboolean begins;         /* in this row; else it goes on from above */
    guint more;              /* others at the same time */
    gboolean cancelled;      /* a free time that somebody gave back */
} DayCell;

static DayCell cell_at(const Day *s, guint row, guint col)
{
    DayCell out = {NULL, FALSE, 0, FALSE};
    const DiaryResource *r = resource_at(s, col);
    if (!r || row >= s->times->len)
        return out;
    Instant at = time_at(s, row), next = row + 1 < s->times->len ? time_at(s, row + 1) : at + 1;
    for (guint i = 0; i < r->entries->len; i++) {
        const DiaryEntry *e = r->entries->pdata[i];
        if (e->start >= next || e->end <= at)
            continue;
        if (e->state == DIARY_CANCELLED && out.entry) {
            out.cancelled = TRUE;
            continue;
        }
        gboolean begins = e->start >= at;
        if (!out.entry || (begins && !out.begins) ||
            (begins == out.begins && out.entry->state == DIARY_CANCELLED)) {
            out.more += out.entry && out.entry->state != DIARY_CANCELLED;
            out.cancelled |= out.entry && out.entry->state == DIARY_CANCELLED;
            out.entry = e;
            out.begins = begins;
        } else {
            out.more++;
        }
    }
    return out;
}

static const char *state_mark(DiaryState state)
{
    switch (state) {
    case DIARY_ARRIVED: return C_("booking state, 3 letters", "arr");
    case DIARY_ONGOING: return "▸";
    case DIARY_DONE: return "✓";
    case DIARY_NOSHOW: return C_("booking state, 3 letters", "abs");
    case DIARY_CANCELLED: return C_("booking state, 3 letters", "can");
    default: return "";
    }
}

static const char *state_words(DiaryState state)
{
    static const char *const words[] = {
        [DIARY_FREE] = N_("free"),       [DIARY_BUSY] = N_("taken"),      [DIARY_BLOCKED] = N_("not bookable"),
        [DIARY_BOOKED] = N_("booked"),   [DIARY_ARRIVED] = N_("arrived"), [DIARY_ONGOING] = N_("in progress"),
        [DIARY_DONE] = N_("done"),       [DIARY_NOSHOW] = N_("did not come"),
        [DIARY_CANCELLED] = N_("cancelled"),
    };
    return _(words[state]);
}

/* The cell's words, and its mark at the right end. */
static char *cell_words(const DayCell *cell, Style *style)
{
    const DiaryEntry *e = cell->entry;
    const char *type = e->type ? e->type->letters : "";
    const char *gap = *type ? " " : "";
    switch (e->state) {
    case DIARY_FREE:
        *style = STYLE_GOOD;
        return g_strdup_printf("%s%s··%s··", type, gap, _("free"));
    case DIARY_BUSY:
    case DIARY_BLOCKED:
        *style = STYLE_DIM;
        return g_strdup_printf("%s%s%s", type, gap, state_words(e->state));
    case DIARY_DONE:
    case DIARY_NOSHOW:
    case DIARY_CANCELLED:
        *style = STYLE_DIM;
        break;
    default:
        break;
    }
    return g_strdup_printf("%s%s%s", type, gap, e->name);
}

static char *cell_mark(const DayCell *cell)
{
    const char *state = cell->cancelled && cell->entry->state == DIARY_FREE ? state_mark(DIARY_CANCELLED)
                                                                            : state_mark(cell->entry->state);
    return cell->more ? g_strdup_printf("%s%s+%u", state, *state ? " " : "", cell->more) : g_strdup(state);
}

/* ---- rows ---- */

static int by_instant(gconstpointer a, gconstpointer b)
{
    Instant x = *(const Instant *)a, y = *(const Instant *)b;
    return x < y ? -1 : x > y;
}

/* While another day is on its way its rows are taken to be those of the day before it: empty cells that
 * the terminal need not draw twice. */
static void keep_rows(Day *s)
{
    for (guint i = 0; i < s->times->len; i++)
        g_array_index(s->times, Instant, i) = instant_from_civil(s->day, civil_time_at(time_at(s, i)), FALSE);
}

static gboolean has_entries(const Day *s)
{
    for (guint i = 0; i < resources(s); i++)
        if (resource_at(s, i)->entries->len)
            return TRUE;
    return FALSE;
}

static void make_rows(Day *s)
{
    if (!has_entries(s) && !s->diary->answered) {
        keep_rows(s);
        return;
    }
    g_array_set_size(s->times, 0);
    for (guint i = 0; i < resources(s); i++) {
        const DiaryResource *r = resource_at(s, i);
        for (guint k = 0; k < r->entries->len; k++) {
            Instant at = ((DiaryEntry *)r->entries->pdata[k])->start;
            g_array_append_val(s->times, at);
        }
    }
    g_array_sort(s->times, by_instant);
    guint kept = 0;
    for (guint i = 0; i < s->times->len; i++)
        if (!kept || time_at(s, kept - 1) != time_at(s, i))
            g_array_index(s->times, Instant, kept++) = time_at(s, i);
    g_array_set_size(s->times, kept);
}

static void remember(Day *s)
{
    const DiaryResource *r = resource_at(s, s->col);
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
    for (guint i = 0; s->wanted && i < resources(s); i++)
        if (strcmp(resource_at(s, i)->id, s->wanted) == 0)
            s->col = i;
    s->col = MIN(s->col, resources(s) ? resources(s) - 1 : 0);
    int wanted = s->minute >= 0 ? s->minute : minute_of(shell_now());
    s->row = 0;
    while (s->row + 1 < s->times->len && minute_of(time_at(s, s->row + 1)) <= wanted)
        s->row++;
}

static void on_diary(const Diary *diary, const GError *error, gpointer data)
{
    View *v = data;
    Day *s = v->state;
    s->diary = diary;
    g_clear_pointer(&s->problem, g_free);
    if (diary->unknown_why)
        s->problem = g_strdup(_(diary->unknown_why));
    else if (error)
        s->problem = g_strdup(_("The diary is not known: the core did not answer"));
    make_rows(s);
    restore(s);
    view_dirty(v);
}

/* ---- view ---- */

static gboolean day_open(View *v, const char *arg, GError **error)
{
    Day *s = v->state;
    DateWish wish = {0};
    s->day = civil_date_at(shell_now());
    if (arg && !date_words_parse(arg, s->day, &wish, error))
        return FALSE;
    if (arg)
        s->day = wish.target;
    s->times = g_array_new(FALSE, FALSE, sizeof(Instant));
    s->minute = -1;
    return TRUE;
}

static void day_load(View *v, LoadWhy why)
{
    Day *s = v->state;
    if (why == LOAD_REFRESH && s->source)
        diary_refresh(s->source);
    else if (!v->app->who->unit)
        s->problem = g_strdup(_("This assignment has no unit with a diary"));
    else
        s->source = diary_watch(v->app->client, v->scope, v->app->who->unit, s->day, 1, on_diary, v);
}

static void go(View *v, CivilDate day)
{
    Day *s = v->state;
    remember(s);
    s->day = day;
    s->top = 0;
    if (s->source)
        diary_go(s->source, day, 1);
    view_dirty(v);
    shell_place_changed(v->app);
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
    g_autofree char *line = booking_line(resource_at(s, s->col), e);
    if (!(v->app->who->rights & CMD_NEEDS_BOOKER))
        v->app->frontend->status(v->app, STATUS_WARN, _("Your role does not book"));
    else if (!patient)
        v->app->frontend->status(v->app, STATUS_WARN, _("Open the patient first (F3), then choose the time"));
    else
        shell_open_patient(v->app, patient, "booking-new", line);
}

static const char *empty_words(const Day *s)
{
    if (s->problem)
        return s->problem;
    if (!s->diary || !s->diary->answered)
        return _("Being fetched …");
    if (!s->diary->known)
        return _("It is not known what is booked");
    return s->diary->resources->len ? _("No times and no bookings this day") : _("This unit has no diary");
}

/* A booking opens its patient's chart; a free time begins a booking for the patient seen last. */
static void open_cell(View *v)
{
    Day *s = v->state;
    DayCell cell = cell_at(s, s->row, s->col);
    if (cell.entry && cell.entry->patient)
        shell_open_patient(v->app, cell.entry->patient, "summary", NULL);
    else if (cell.entry && cell.entry->state == DIARY_FREE)
        book_cell(v, cell.entry);
    else if (cell.entry)
        v->app->frontend->status(v->app, STATUS_INFO, state_words(cell.entry->state));
    else
        v->app->frontend->status(v->app, STATUS_INFO, s->diary && s->diary->known ? _("Nothing is booked here") : empty_words(s));
}

static void on_date(CmdCall *call, const char *text, gpointer data)
{
    View *v = data;
    DateWish wish;
    GError *error = NULL;
    gboolean ok = !text || !*text || date_words_parse(text, civil_date_at(shell_now()), &wish, &error);
    if (ok && text && *text)
        go(v, wish.target);
    cmd_continue(call, ok ? CMD_DONE : CMD_ERROR, error);
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
    else if (strcmp(name, "schedule-date") == 0) {
        call->app->frontend->ask(call, _("To which day? (tor, v48, +3v, 12/1)"), NULL, on_date, v);
        return CMD_WAIT;
    } else
        return CMD_ERROR;
    return CMD_DONE;
}

static gboolean move(guint *at, guint n, int by)
{
    gint64 to = CLAMP((gint64)*at + by, 0, n ? (gint64)n - 1 : 0);
    *at = (guint)to;
    return TRUE;
}

static gboolean day_text(View *v, const char *utf8, gboolean paste)
{
    Day *s = v->state;
    static const struct {
        const char *key;
        int down, right;
    } moves[] = {{"<Up>", -1, 0},   {"<Down>", 1, 0},    {"<Left>", 0, -1}, {"<Right>", 0, 1},
                 {"<Home>", -999, 0}, {"<End>", 999, 0}, {"<Tab>", 0, 1},   {"<S-Tab>", 0, -1}};
    for (gsize i = 0; !paste && i < G_N_ELEMENTS(moves); i++) {
        if (strcmp(moves[i].key, utf8) != 0)
            continue;
        move(&s->row, s->times->len, moves[i].down);
        move(&s->col, resources(s), moves[i].right);
        remember(s);
        view_dirty(v);
        return TRUE;
    }
    return FALSE;
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
    if (!s->diary || !s->diary->resources->len)
        return;
    diary_count(s->diary, NULL, s->day, &n_free, &n_taken);
    if (!s->diary->answered && !has_entries(s))
        canvas_text(c, 0, 3 + n, STYLE_DIM, _("Being fetched …"));
    else if (s->diary->known || s->times->len)
        canvas_textf(c, 0, 3 + n, STYLE_NORMAL, _("free %u · booked %u"), n_free, n_taken);
    if (s->diary->as_of == INSTANT_NONE)
        return;
    g_autofree char *at = instant_to_hhmm(s->diary->as_of);
    g_autofree char *age = s->diary->cached ? g_strdup_printf(_("as of %s"), at) : g_strdup(at);
    canvas_cell(c, 0, canvas_cols(c) - 10, 9, 1, s->diary->cached ? STYLE_WARNING : STYLE_DIM, age);
}

typedef struct {
    guint shown, width;
} Columns;

static Columns columns_of(Day *s, Canvas *c)
{
    guint room = (guint)MAX(canvas_cols(c) - TIME_COLS, MIN_COL);
    guint shown = CLAMP(room / MIN_COL, 1, MAX(resources(s), 1));
    if (s->col < s->left)
        s->left = s->col;
    if (s->col >= s->left + shown)
        s->left = s->col - shown + 1;
    s->left = MIN(s->left, resources(s) > shown ? resources(s) - shown : 0);
    return (Columns){shown, MIN(room / shown, MAX_COL)};
}

static void paint_titles(Day *s, Canvas *c, Columns k)
{
    for (guint i = 0; i < k.shown; i++) {
        const DiaryResource *r = resource_at(s, s->left + i);
        int col = TIME_COLS + (int)(i * k.width);
        g_autofree char *title = *r->profession ? g_strdup_printf("%s (%s)", r->name, diary_profession_short(r->profession))
                                                : g_strdup(r->name);
        canvas_text(c, 1, col - 1, STYLE_LINE, "│");
        canvas_cell(c, 1, col + 1, (int)k.width - 2, -1, s->left + i == s->col ? STYLE_STRONG : STYLE_HEADING, title);
    }
    guint before = s->left, after = resources(s) - s->left - k.shown;
    if (before)
        canvas_textf(c, 1, 1, STYLE_WARNING, "←%u", before);
    if (after)
        canvas_textf(c, 1, TIME_COLS - 4, STYLE_WARNING, "%u→", after);
}

static void paint_cell(Day *s, Canvas *c, int line, int col, int width, guint row, guint i)
{
    DayCell cell = cell_at(s, row, i);
    gboolean selected = row == s->row && i == s->col;
    Style style = STYLE_NORMAL;
    canvas_text(c, line, col - 1, STYLE_LINE, "│");
    if (!cell.entry || (!cell.begins && !cell.more)) {
        if (selected)
            canvas_cell(c, line, col, width - 1, -1, STYLE_SELECTED, cell.entry ? " ║" : "");
        else if (cell.entry)
            canvas_text(c, line, col + 1, STYLE_DIM, "║");
    } else {
        g_autofree char *words = cell_words(&cell, &style), *mark = cell_mark(&cell);
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
    if (at < s->top)
        s->top = at;
    if (at >= s->top + (guint)MAX(room, 1))
        s->top = at - (guint)room + 1;
    s->top = MIN(s->top, lines > (guint)room ? lines - (guint)room : 0);
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
    if (!resources(s)) {
        canvas_text(c, 2, 1, STYLE_NORMAL, empty_words(s));
        return;
    }
    Columns k = columns_of(s, c);
    paint_titles(s, c, k);
    if (!s->times->len) {
        canvas_text(c, 3, 1, STYLE_NORMAL, empty_words(s));
        return;
    }
    gboolean unsure = s->problem || (s->diary->answered && !s->diary->known);
    if (unsure) {
        canvas_push(c, (Rect){0, 0, canvas_rows(c) - 1, canvas_cols(c)});
        paint_rows(s, c, k);
        canvas_pop(c);
        canvas_text(c, canvas_rows(c) - 1, 1, STYLE_WARNING, s->problem ? s->problem : _("More may be booked than what is shown"));
        return;
    }
    paint_rows(s, c, k);
}

static FhirResource *day_selection(View *v)
{
    Day *s = v->state;
    DayCell cell = cell_at(s, s->row, s->col);
    return cell.entry ? cell.entry->appointment : NULL;
}

static const char *day_row_patient(View *v)
{
    Day *s = v->state;
    DayCell cell = cell_at(s, s->row, s->col);
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
    g_free(s->problem);
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
