/* SPDX-License-Identifier: GPL-3.0-or-later
 * Vital signs and results as tables over time: a row for each kind, a column for each time, the
 * latest first. Numbers as the core sent them, never cut. The cursor stands on a value: its whole
 * text is on the last line, v says where it comes from. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "chart/feed.h"
#include "chart/news2-order.h"
#include "chart/observation.h"
#include "chart/vitals-write.h"
#include "chart/when.h"
#include "ui/views/value-source.h"
#include "ui/views/views.h"

enum { MARGIN = 2, NAME = 12, UNIT = 9, LAB_UNIT = 14, REFERENCE = 10, COLUMN = 9, HEAD = 3, NEWS2_SETS = 24 };

typedef struct {
    Feed *feed;
    FeedKind kind;
    ObservationTable *table; /* NULL before the first answer */
    GArray *news2;           /* News2, oldest first; vital signs only */
    News2Orders *orders;     /* which scale held when; NULL: not known */
    char *row;               /* the kind the cursor is on; NULL = the first */
    Instant time;            /* and the time; INSTANT_NONE = the latest of the kind */
    guint at, top, left;     /* places, for when the row is gone, and what is scrolled */
    guint rows_shown, columns_shown;
} State;

/* ---- the model: NEWS2 first where there is one, then the kinds ---- */

static guint has_news2(const State *s)
{
    return s->news2 && s->news2->len;
}

static guint row_count(const State *s)
{
    return s->table ? s->table->rows->len + has_news2(s) : 0;
}

static const ObservationRow *row_at(const State *s, guint i)
{
    return i < has_news2(s) ? NULL : s->table->rows->pdata[i - has_news2(s)];
}

static const char *row_id(const State *s, guint i)
{
    return i < has_news2(s) ? "NEWS2" : row_at(s, i)->id;
}

static const News2 *news2_at(const State *s, Instant t)
{
    for (guint i = 0; s->news2 && i < s->news2->len; i++)
        if (g_array_index(s->news2, News2, i).measured == t)
            return &g_array_index(s->news2, News2, i);
    return NULL;
}

static guint selected_row(const State *s)
{
    guint n = row_count(s);
    for (guint i = 0; s->row && i < n; i++)
        if (strcmp(row_id(s, i), s->row) == 0)
            return i;
    return n ? MIN(s->at, n - 1) : 0;
}

static gboolean filled(const State *s, guint row, Instant t)
{
    return row < has_news2(s) ? news2_at(s, t) != NULL : observation_at(row_at(s, row), t) != NULL;
}

/* The chosen time while it has a column; else the latest that has a value on this row. */
static guint selected_column(const State *s, guint row)
{
    guint latest = 0;
    gboolean found = FALSE;
    for (guint i = 0; i < s->table->times->len; i++) {
        Instant t = g_array_index(s->table->times, Instant, i);
        if (s->time == t && t != INSTANT_NONE)
            return i;
        if (!found && filled(s, row, t)) {
            latest = i;
            found = TRUE;
        }
    }
    return latest;
}

/* ---- loading ---- */

static void forget(State *s)
{
    g_clear_pointer(&s->table, observation_table_free);
    g_clear_pointer(&s->news2, g_array_unref);
}

/* Where a page ends a time may have values on the next: it has its column when they are there. */
static void leave_edges_out(GArray *times, const FeedState *f)
{
    if (f->more && times->len > 1)
        g_array_remove_index(times, times->len - 1);
    if (f->before && times->len > 1)
        g_array_remove_index(times, 0);
}

static void on_feed(Feed *feed, gpointer data)
{
    View *v = data;
    State *s = v->state;
    const FeedState *f = feed_state(feed);
    s->feed = feed;
    forget(s);
    g_autoptr(GPtrArray) values = vitals_of_all(f->items);
    if (s->kind == FEED_VITALS)
        s->news2 = observation_news2_series(patient_ctx_patient(v->patient), values, s->orders, shell_now(),
                                            NEWS2_SETS);
    s->table = observation_table_of(f->items, values);
    leave_edges_out(s->table->times, f);
    view_dirty(v);
}

static void on_flags(Feed *feed, gpointer data)
{
    View *v = data;
    State *s = v->state;
    g_clear_pointer(&s->orders, news2_orders_free);
    s->orders = news2_orders_of(feed_state(feed));
    if (s->feed && feed_state(s->feed)->answered)
        on_feed(s->feed, v);
}

static gboolean values_open(View *v, const char *arg, GError **error)
{
    State *s = v->state;
    (void)error;
    s->kind = strcmp(v->cls->name, "vitals") == 0 ? FEED_VITALS : FEED_LABS;
    s->time = INSTANT_NONE;
    s->row = arg && strchr(arg, '|') ? g_strdup(arg) : NULL;
    return TRUE;
}

static void values_load(View *v, LoadWhy why)
{
    State *s = v->state;
    if (why == LOAD_REFRESH && s->feed) {
        feed_refresh(s->feed);
    } else {
        s->feed = feed_watch(v->app->client, v->scope, v->patient, s->kind, on_feed, v);
        if (s->kind == FEED_VITALS)
            feed_watch(v->app->client, v->scope, v->patient, FEED_FLAGS, on_flags, v);
    }
    feed_count(s->feed);
}

/* ---- painting ---- */

static Style level_style(int level)
{
    return level == 2 ? STYLE_ALERT : level == 1 ? STYLE_WARNING : STYLE_NORMAL;
}

/* A number that does not fit is marked as not shown, never shown in part; words are cut at their
 * end. */
static void paint_value(Canvas *c, int row, int col, Style style, const char *text)
{
    gboolean fits = text_width(text, -1) < COLUMN || !strpbrk(text, "0123456789");
    canvas_cell(c, row, col, COLUMN - 1, -1, style, fits ? text : "…");
}

static void paint_cell(const State *s, Canvas *c, int row, int col, guint i, Instant t,
                       gboolean here)
{
    if (i < has_news2(s)) {
        const News2 *n = news2_at(s, t);
        g_autofree char *sum = n && n->total >= 0 ? g_strdup_printf("%d", n->total)
                                                  : g_strdup(n      ? "–"
                                                             : here ? "·"
                                                                    : "");
        paint_value(
            c, row, col,
            here ? STYLE_SELECTED : level_style(n && n->total >= 7 ? 2 : n && n->total >= 5), sum);
        return;
    }
    const Measurement *m = observation_at(row_at(s, i), t);
    /* a code with its words ("A – alert"): the code; the whole stands below when it is chosen */
    const char *words = m ? strstr(m->value, " – ") : NULL;
    g_autofree char *text = m ? g_strdup_printf("%.*s %s", words ? (int)(words - m->value) : (int)strlen(m->value),
                                                m->value, m->interpretation)
                              : g_strdup(here ? "·" : "");
    paint_value(c, row, col,
                here ? STYLE_SELECTED
                : m  ? level_style(observation_level(m))
                     : STYLE_NORMAL,
                g_strchomp(text));
}

static int unit_width(const State *s)
{
    return s->kind == FEED_LABS ? LAB_UNIT : UNIT;
}

static int first_column(const State *s)
{
    return MARGIN + NAME + 1 + unit_width(s) + 1 + (s->kind == FEED_LABS ? REFERENCE + 1 : 0);
}

static void paint_times(const State *s, Canvas *c, int left)
{
    Instant now = shell_now();
    canvas_cell(c, 1, MARGIN + NAME + 1, unit_width(s), -1, STYLE_HEADING, _("Unit"));
    if (s->kind == FEED_LABS)
        canvas_cell(c, 1, MARGIN + NAME + 1 + unit_width(s) + 1, REFERENCE, -1, STYLE_HEADING, _("Reference"));
    for (guint k = 0; k < s->columns_shown && s->left + k < s->table->times->len; k++) {
        Instant t = g_array_index(s->table->times, Instant, s->left + k);
        FhirTime day = {.date = civil_date_at(t == INSTANT_NONE ? 0 : t), .instant = t, .precision = FHIR_TIME_DAY};
        g_autofree char *date = t == INSTANT_NONE ? g_strdup(_("no time")) : when_recorded(&day, now, TRUE);
        g_autofree char *time = t == INSTANT_NONE ? g_strdup("") : instant_to_hhmm(t);
        canvas_cell(c, 1, left + (int)k * COLUMN, COLUMN - 1, -1, STYLE_HEADING, date);
        canvas_cell(c, 2, left + (int)k * COLUMN, COLUMN - 1, -1, STYLE_HEADING, time);
    }
}

static void paint_rows(const State *s, Canvas *c, int left, guint row, guint column)
{
    for (guint k = 0; k < s->rows_shown && s->top + k < row_count(s); k++) {
        guint i = s->top + k;
        int y = HEAD + (int)k;
        const ObservationRow *o = row_at(s, i);
        const Measurement *m = o ? observation_latest(o) : NULL;
        canvas_cell(c, y, MARGIN, NAME, -1, i == row ? STYLE_STRONG : STYLE_NORMAL,
                    o ? o->name : "NEWS2");
        canvas_cell(c, y, MARGIN + NAME + 1, unit_width(s), -1, STYLE_DIM, m ? m->unit : "");
        if (s->kind == FEED_LABS && m && m->reference)
            canvas_cell(c, y, MARGIN + NAME + 1 + unit_width(s) + 1, REFERENCE, -1, STYLE_DIM, m->reference);
        for (guint t = 0; t < s->columns_shown && s->left + t < s->table->times->len; t++)
            paint_cell(s, c, y, left + (int)t * COLUMN, i,
                       g_array_index(s->table->times, Instant, s->left + t),
                       i == row && s->left + t == column);
        if (i == row)
            canvas_gutter(c, y);
    }
}

/* "AF 2, SpO2 …" of the sum, or the whole of the value. */
static char *selected_words(const State *s, guint row, guint column)
{
    Instant now = shell_now(), t = g_array_index(s->table->times, Instant, column);
    g_autofree char *when = when_long(t, now);
    if (row < has_news2(s)) {
        const News2 *n = news2_at(s, t);
        if (!n)
            return g_strdup_printf(_("NEWS2 %s: not measured as a set then"), when);
        g_autofree char *missing = observation_news2_missing(n),
                        *parts = observation_news2_parts(n), *scale = news2_scale_words(s->orders, n->measured);
        gboolean two = news2_scale_at(s->orders, n->measured) == NEWS2_SCALE_2;
        return missing ? g_strdup_printf("NEWS2 %s: – %s", when, missing)
                       : g_strdup_printf("NEWS2 %s: %d = %s%s%s", when, n->total, parts, two ? ", " : "", two ? scale : "");
    }
    const Measurement *m = observation_at(row_at(s, row), t);
    if (!m)
        return g_strdup_printf(_("%s: no value %s"), row_at(s, row)->name, when);
    return g_strdup_printf("%s %s %s %s  %s%s%s", m->name, m->value, m->unit, m->interpretation,
                           when, m->reference ? _("  reference ") : "",
                           m->reference ? m->reference : "");
}

static void paint_heading(const State *s, Canvas *c, const char *title)
{
    const FeedState *f = s->feed ? feed_state(s->feed) : NULL;
    g_autofree char *doubt = f ? feed_doubt(f) : NULL;
    int n = canvas_text(c, 0, 1, STYLE_HEADING, title) + 2;
    if (f && f->items->len) {
        g_autofree char *more = f->beyond > 0   ? g_strdup_printf(_(", %d older"), f->beyond)
                                : f->beyond < 0 ? g_strdup(_(", older ones to fetch"))
                                                : g_strdup("");
        g_autofree char *newer = f->before ? g_strdup_printf(_(", %d newer"), f->before) : g_strdup("");
        n += canvas_textf(c, 0, 1 + n, STYLE_NORMAL, ngettext("%u value%s%s", "%u values%s%s", f->items->len),
                          f->items->len, newer, more) +
             2;
    }
    if (doubt)
        n += canvas_text(c, 0, 1 + n, STYLE_WARNING, doubt) + 2;
    if (s->kind == FEED_LABS)
        canvas_text(c, 0, 1 + n, STYLE_DIM, _("Tab: answers to examinations"));
}

/* Scrolls by as little as brings @at among @shown. */
static guint scrolled(guint top, guint at, guint shown, guint n)
{
    top = at < top ? at : at >= top + shown ? at - shown + 1 : top;
    return MIN(top, n > shown ? n - shown : 0);
}

static void values_paint(View *v, Canvas *c)
{
    State *s = v->state;
    int left = first_column(s);
    canvas_clear(c);
    paint_heading(s, c, _(v->cls->title));
    const FeedState *f = s->feed ? feed_state(s->feed) : NULL;
    if (!row_count(s) || !s->table->times->len) {
        if (f && f->known == KNOWN_WHOLE)
            canvas_text(c, 2, MARGIN, STYLE_DIM, _("No values in the core for this patient"));
        return;
    }
    guint row = selected_row(s), column = selected_column(s, row);
    g_autofree char *words = selected_words(s, row, column);
    int foot = CLAMP(canvas_wrap_rows(words, canvas_cols(c) - 2), 1, 2);
    s->rows_shown = (guint)MAX(canvas_rows(c) - HEAD - 1 - foot, 1);
    s->columns_shown = (guint)MAX((canvas_cols(c) - left) / COLUMN, 1);
    s->top = scrolled(s->top, row, s->rows_shown, row_count(s));
    s->left = scrolled(s->left, column, s->columns_shown, s->table->times->len);
    paint_times(s, c, left);
    paint_rows(s, c, left, row, column);
    canvas_wrap(c, canvas_rows(c) - foot, 1, canvas_cols(c) - 2, foot, STYLE_NORMAL, words);
    canvas_textf(c, canvas_rows(c) - foot - 1, 1, STYLE_DIM, _("rows %u–%u of %u · times %u–%u of %u"),
                 s->top + 1, MIN(s->top + s->rows_shown, row_count(s)), row_count(s), s->left + 1,
                 MIN(s->left + s->columns_shown, s->table->times->len), s->table->times->len);
}

/* ---- verbs ---- */

static void go(State *s, int rows, int columns)
{
    int n = (int)row_count(s), times = (int)s->table->times->len;
    guint row = selected_row(s), column = selected_column(s, row);
    row = (guint)CLAMP((int)row + rows, 0, n - 1);
    if (columns != 0) {
        column = (guint)CLAMP((int)column + columns, 0, times - 1);
        s->time = g_array_index(s->table->times, Instant, column);
    }
    s->at = row;
    g_free(s->row);
    s->row = g_strdup(row_id(s, row));
    if (columns > 0 && column + s->columns_shown >= s->table->times->len)
        feed_more(s->feed);
    if (columns < 0 && column < s->columns_shown)
        feed_back(s->feed);
}

static CmdResult where_from(View *v, GError **error)
{
    State *s = v->state;
    guint row = selected_row(s), column = selected_column(s, row);
    Instant t = g_array_index(s->table->times, Instant, column),
            fetched = feed_state(s->feed)->as_of;
    g_autofree char *title = selected_words(s, row, column);
    if (row < has_news2(s)) {
        const News2 *n = news2_at(s, t);
        g_autofree char *lines = n ? observation_news2_lines(n, s->orders) : NULL;
        return value_source_open(v, "NEWS2", NULL, lines, fetched, error);
    }
    const Measurement *m = observation_at(row_at(s, row), t);
    return value_source_open(v, title, m ? m->source : NULL, NULL, fetched, error);
}

/* The measurement under the cursor, as it is now, to be corrected or struck with its reason. */
static CmdResult correct(View *v, CmdCall *call, GError **error)
{
    FhirResource *o = call->selection;
    gboolean known = o && fhir_id(o) && vital_kind_of(o) != VITAL_REST;
    if (!known || fhir_is(fhir_root(o), "status", "entered-in-error")) {
        g_set_error_literal(error, APP_ERROR, APP_ERROR_NEEDS, known ? _("It has been struck already") : _("This measurement cannot be corrected here"));
        return CMD_ERROR;
    }
    gboolean strike = strcmp(call->command->name, "vitals-strike") == 0;
    g_autofree char *arg = g_strconcat(strike ? "strike:" : "correct:", fhir_id(o), NULL);
    return v->app->frontend->open_view(v->app, "vitals-new", call->patient, arg, error) ? CMD_DONE : CMD_ERROR;
}

static CmdResult values_command(View *v, CmdCall *call, GError **error)
{
    static const struct {
        const char *verb;
        int rows, columns, pages;
    } moves[] = {
        {"cursor-up", -1, 0, 0},
        {"cursor-down", 1, 0, 0},
        {"cursor-left", 0, -1, 0},
        {"cursor-right", 0, 1, 0},
        {"page-up", 0, 0, -1},
        {"page-down", 0, 0, 1},
        {"cursor-home", -G_MAXINT16, 0, 0},
        {"cursor-end", G_MAXINT16, 0, 0},
    };
    State *s = v->state;
    const char *verb = call->command->name;
    if (s->kind == FEED_LABS && strcmp(verb, "next-part") == 0)
        return v->app->frontend->open_view(v->app, "reports", v->patient, NULL, error) ? CMD_DONE
                                                                                       : CMD_ERROR;
    if (!row_count(s) || !s->table->times->len)
        return CMD_ERROR;
    if (strcmp(verb, "vitals-correct") == 0 || strcmp(verb, "vitals-strike") == 0)
        return correct(v, call, error);
    if (strcmp(verb, "value-source") == 0 || strcmp(verb, "open") == 0)
        return where_from(v, error);
    for (gsize i = 0; i < G_N_ELEMENTS(moves); i++)
        if (strcmp(moves[i].verb, verb) == 0) {
            go(s, moves[i].rows + moves[i].pages * (int)s->rows_shown, moves[i].columns);
            view_dirty(v);
            return CMD_DONE;
        }
    return CMD_ERROR;
}

static FhirResource *values_selection(View *v)
{
    State *s = v->state;
    if (!row_count(s) || !s->table->times->len)
        return NULL;
    guint row = selected_row(s);
    const Measurement *m =
        row < has_news2(s) ? NULL
                           : observation_at(row_at(s, row), g_array_index(s->table->times, Instant,
                                                                          selected_column(s, row)));
    return m ? (FhirResource *)m->source : NULL;
}

static char *values_resume(View *v)
{
    return g_strdup(((State *)v->state)->row);
}

static void values_close(View *v)
{
    State *s = v->state;
    forget(s);
    g_clear_pointer(&s->orders, news2_orders_free);
    g_free(s->row);
}

#define VALUES_CLASS(NAME, TITLE)                                                                  \
    {                                                                                              \
        .name = NAME, .title = TITLE, .keymap = NAME, .state_size = sizeof(State),                 \
        .flags = VIEW_PATIENT | VIEW_BESIDE, .open = values_open, .load = values_load, .paint = values_paint,    \
        .command = values_command, .selection = values_selection, .resume = values_resume,         \
        .close = values_close                                                                      \
    }
const ViewClass view_vitals = VALUES_CLASS("vitals", N_("Vital signs"));
const ViewClass view_results = VALUES_CLASS("results", N_("Results"));
