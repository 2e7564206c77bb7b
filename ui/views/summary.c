/* SPDX-License-Identifier: GPL-3.0-or-later
 * The overview of a patient: five blocks that are asked for, answered and doubted each by itself.
 * The cursor stands on a value and follows it through every refresh; v says where the value comes
 * from, Enter opens the section it belongs to. */
#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "chart/overview.h"
#include "ui/hintbar.h"
#include "ui/views/value-source.h"
#include "ui/views/views.h"
#include "ui/widgets/trend.h"

enum { BANDS = 3, MARGIN = 2, CELLS = 6, NARROW = 76 };

typedef enum {
    CELL_NAME,
    CELL_CODE,
    CELL_ORDER,
    CELL_VALUE,
    CELL_MEASURE,
    CELL_FLAG,
    CELL_WHEN,
    CELL_BEFORE,
    CELL_REFERENCE,
    CELL_TREND
} CellKind;

/* Where each block lies and how its rows are set. @grow shares what is left of the width. */
static const struct {
    const char *title, *none, *section; /* section: the view that shows all of it */
    int band, side;                     /* side 0 left, 1 right */
    struct {
        CellKind kind;
        int width, align, grow;
    } cells[CELLS];
    int n;
} parts[OVERVIEW_BLOCKS] = {
    [OVERVIEW_PROBLEMS] = {N_("Problems"),
                           N_("No active diagnoses recorded"),
                           "problems",
                           0,
                           0,
                           {{CELL_NAME, 10, -1, 1}, {CELL_CODE, 5, -1, 0}, {CELL_WHEN, 6, 1, 0}},
                           3},
    [OVERVIEW_MEDICATIONS] = {N_("Medicines"),
                              N_("No current medicines recorded"),
                              "medications",
                              0,
                              1,
                              {{CELL_ORDER, 20, -1, 1}},
                              1},
    [OVERVIEW_VITALS] = {N_("Vital signs"),
                         N_("No measurements recorded"),
                         "vitals",
                         1,
                         0,
                         {{CELL_NAME, 7, -1, 0},
                          {CELL_MEASURE, 11, -1, 1},
                          {CELL_WHEN, 6, 1, 0},
                          {CELL_TREND, 5, -1, 1}},
                         4},
    [OVERVIEW_LABS] = {N_("Results"),
                       N_("No results recorded"),
                       "results",
                       1,
                       1,
                       {{CELL_NAME, 6, -1, 1},
                        {CELL_VALUE, 5, 1, 0},
                        {CELL_FLAG, 2, -1, 0},
                        {CELL_WHEN, 6, 1, 0},
                        {CELL_BEFORE, 8, 1, 2},
                        {CELL_REFERENCE, 9, -1, 0}},
                       6},
    [OVERVIEW_RECENT] = {N_("Since yesterday"),
                         N_("Nothing new since yesterday"),
                         "notes",
                         2,
                         0,
                         {{CELL_WHEN, 12, -1, 0}, {CELL_NAME, 22, -1, 1}, {CELL_VALUE, 20, -1, 2}},
                         3},
};

typedef struct {
    Overview *overview;
    OverviewPart part;          /* where the cursor is */
    char *ids[OVERVIEW_BLOCKS]; /* the row it stands on in each block; NULL = the first */
    guint at[OVERVIEW_BLOCKS];  /* and its place, for when the row is gone */
    guint top[OVERVIEW_BLOCKS];
    gboolean narrow;            /* no room for two blocks side by side */
} State;

static int bands(const State *s)
{
    return s->narrow ? OVERVIEW_BLOCKS : BANDS;
}

static int band_of(const State *s, guint part)
{
    return s->narrow ? (int)part : parts[part].band;
}

static int side_of(const State *s, guint part)
{
    return s->narrow ? 0 : parts[part].side;
}

#define PATIENCE_MS 60 /* not felt, and a slow line is spared the frames in between */

/* ---- the cursor ---- */

static const OverviewBlock *block(const State *s, OverviewPart part)
{
    return overview_block(s->overview, part);
}

static guint row_of(State *s, OverviewPart part)
{
    const GPtrArray *rows = block(s, part)->rows;
    for (guint i = 0; s->ids[part] && i < rows->len; i++)
        if (strcmp(((OverviewRow *)rows->pdata[i])->id, s->ids[part]) == 0)
            return i;
    return rows->len ? MIN(s->at[part], rows->len - 1) : 0;
}

static OverviewRow *selected(State *s)
{
    const GPtrArray *rows = s->overview ? block(s, s->part)->rows : NULL;
    return rows && rows->len ? rows->pdata[row_of(s, s->part)] : NULL;
}

static void select_row(State *s, OverviewPart part, guint i)
{
    const GPtrArray *rows = block(s, part)->rows;
    s->part = part;
    s->at[part] = i;
    g_free(s->ids[part]);
    s->ids[part] = i < rows->len ? g_strdup(((OverviewRow *)rows->pdata[i])->id) : NULL;
}

static void to_block(State *s, int band, int side, gboolean at_end)
{
    for (guint p = 0; p < OVERVIEW_BLOCKS; p++)
        if (band_of(s, p) == band && (side_of(s, p) == side || band == bands(s) - 1)) {
            guint n = block(s, (OverviewPart)p)->rows->len;
            select_row(s, (OverviewPart)p, at_end ? (n ? n - 1 : 0) : 0);
            return;
        }
}

/* Up and down pass from block to block, left and right to the block beside. */
static gboolean move(State *s, const char *verb)
{
    int band = band_of(s, s->part), side = side_of(s, s->part), n_bands = bands(s);
    guint i = row_of(s, s->part), n = block(s, s->part)->rows->len;
    if (strcmp(verb, "cursor-down") == 0) {
        if (i + 1 < n)
            select_row(s, s->part, i + 1);
        else if (band + 1 < n_bands)
            to_block(s, band + 1, side, FALSE);
    } else if (strcmp(verb, "cursor-up") == 0) {
        if (i > 0)
            select_row(s, s->part, i - 1);
        else if (band > 0)
            to_block(s, band - 1, side, TRUE);
    } else if (strcmp(verb, "cursor-left") == 0 || strcmp(verb, "cursor-right") == 0) {
        int to = strcmp(verb, "cursor-right") == 0;
        if (!s->narrow && band < BANDS - 1 && to != side)
            s->part = (OverviewPart)(to ? s->part + 1 : s->part - 1);
    } else if (strcmp(verb, "next-part") == 0) {
        s->part = (OverviewPart)((s->part + 1) % OVERVIEW_BLOCKS);
    } else if (strcmp(verb, "previous-part") == 0) {
        s->part = (OverviewPart)((s->part + OVERVIEW_BLOCKS - 1) % OVERVIEW_BLOCKS);
    } else if (strcmp(verb, "cursor-home") == 0) {
        select_row(s, OVERVIEW_PROBLEMS, 0);
    } else if (strcmp(verb, "cursor-end") == 0) {
        to_block(s, n_bands - 1, 0, TRUE);
    } else {
        return FALSE;
    }
    return TRUE;
}

/* ---- loading ---- */

static gboolean summary_open(View *v, const char *arg, GError **error)
{
    State *s = v->state;
    (void)error;
    /* "<block>:<row>", as resume() says it */
    guint part =
        arg && g_ascii_isdigit(arg[0]) && arg[1] == ':' ? (guint)(arg[0] - '0') : OVERVIEW_BLOCKS;
    if (part < OVERVIEW_BLOCKS) {
        s->part = (OverviewPart)part;
        s->ids[part] = g_strdup(arg + 2);
    }
    return TRUE;
}

static void on_overview(Overview *o, gpointer data)
{
    View *v = data;
    ((State *)v->state)->overview = o;
    view_dirty(v);
    if (!overview_unknown(o))
        view_release(v);
}

static void summary_load(View *v, LoadWhy why)
{
    State *s = v->state;
    if (why == LOAD_REFRESH && s->overview)
        overview_refresh(s->overview);
    else {
        view_hold(v, PATIENCE_MS);
        s->overview = overview_watch(v->app->client, v->scope, v->patient, on_overview, v);
    }
    view_dirty(v);
}

/* ---- painting ---- */

/* As many of the values before as fit whole: a number is never cut. */
static char *whole_words(const char *words, int width)
{
    while (text_width(words, -1) > width && strchr(words, ' '))
        words = strchr(words, ' ') + 1;
    return g_strdup(text_width(words, -1) > width ? "" : words);
}

static char *trend_text(const OverviewRow *r, int width)
{
    guint n = MIN(r->n_trend, (guint)width);
    return n > 1 ? trend_sparkline(r->trend + r->n_trend - n, n) : g_strdup("");
}

static char *cell_text(const OverviewRow *r, CellKind kind, int width)
{
    switch (kind) {
    case CELL_NAME:
        return g_strdup(r->name);
    case CELL_CODE:
        return g_strdup(r->code);
    case CELL_ORDER:
        return g_strdup_printf("%s  %s", r->name, r->value);
    case CELL_VALUE:
        return g_strdup(r->value);
    case CELL_MEASURE:
        return r->source ? g_strdup_printf("%s %s", r->value, r->flag)
                         : g_strdup_printf("%s %s", r->value, trend_arrow(r->trend, r->n_trend, 1));
    case CELL_FLAG:
        return g_strdup(r->flag);
    case CELL_WHEN:
        return g_strdup(r->when);
    case CELL_BEFORE:
        return whole_words(r->before, width);
    case CELL_REFERENCE:
        return g_strdup(r->reference);
    case CELL_TREND:
        break;
    }
    return trend_text(r, width);
}

static Style cell_style(const OverviewRow *r, CellKind kind)
{
    if (kind == CELL_NAME || kind == CELL_ORDER || kind == CELL_VALUE || kind == CELL_MEASURE ||
        kind == CELL_FLAG)
        return r->level == 2 ? STYLE_ALERT : r->level == 1 ? STYLE_WARNING : STYLE_NORMAL;
    return kind == CELL_WHEN ? STYLE_NORMAL : STYLE_DIM;
}

static void paint_row(Canvas *c, OverviewPart part, int row, const OverviewRow *r)
{
    int col = MARGIN, left = canvas_cols(c) - MARGIN + 1, grow = 0;
    for (int i = 0; i < parts[part].n; i++) {
        left -= parts[part].cells[i].width + 1;
        grow += parts[part].cells[i].grow;
    }
    for (int i = 0; i < parts[part].n; i++) {
        int more = grow ? left * parts[part].cells[i].grow / grow : 0;
        int width = MAX(parts[part].cells[i].width + more, 1);
        g_autofree char *text = cell_text(r, parts[part].cells[i].kind, width);
        left -= more;
        grow -= parts[part].cells[i].grow;
        canvas_cell(c, row, col, width, parts[part].cells[i].align,
                    cell_style(r, parts[part].cells[i].kind), text);
        col += width + 1;
        if (i == 0 && r->instead) {
            canvas_cell(c, row, col, canvas_cols(c) - col, -1, STYLE_WARNING, r->instead);
            return;
        }
    }
}

/* A doubt comes first, in words; then what is there; then how much is not seen. */
static void paint_block(State *s, Canvas *c, OverviewPart part)
{
    const OverviewBlock *b = block(s, part);
    int height = canvas_rows(c), row = 0;
    guint at = row_of(s, part), n = b->rows->len;
    if (b->unknown)
        row += canvas_wrap(c, 0, MARGIN, canvas_cols(c) - MARGIN, n ? 1 : height, STYLE_WARNING,
                           b->doubt);
    else if (!n)
        canvas_text(c, row, MARGIN, STYLE_DIM, _(parts[part].none));
    guint room = (guint)MAX(height - row, 0), more_line = n > room && room > 1,
          list = room - more_line;
    if (list == 0)
        return;
    guint top = MIN(s->top[part], n > list ? n - list : 0);
    top = at < top ? at : at >= top + list ? at - list + 1 : top;
    s->top[part] = top;
    for (guint i = top; i < n && i < top + list; i++) {
        if (part == s->part && i == at)
            canvas_gutter(c, row);
        paint_row(c, part, row++, b->rows->pdata[i]);
    }
    if (more_line && n > list)
        canvas_textf(c, row, MARGIN, STYLE_DIM, ngettext("… %u more", "… %u more", n - list),
                     n - list);
}

/* The key that opens all of the part stands before its title, as it does in the hint bar. */
static int paint_key(View *v, Canvas *c, OverviewPart part, int row, int col)
{
    const char *keys = keymap_keys_for(v->app->keymap, v->cls->keymap, parts[part].section);
    g_autofree char *shown = keys ? hintbar_key_text(keys) : g_strdup("");
    return canvas_text(c, row, col, STYLE_HINT_KEY, shown);
}

static void paint_title(View *v, Canvas *c, OverviewPart part, int row, int col)
{
    State *s = v->state;
    const OverviewBlock *b = block(s, part);
    gboolean counted = (part == OVERVIEW_PROBLEMS || part == OVERVIEW_MEDICATIONS) && !b->unknown;
    g_autofree char *count = counted ? g_strdup_printf(" %u%s", b->count, b->partial ? "+" : "")
                             : b->partial ? g_strdup(_(" – the newest"))
                                          : g_strdup("");
    g_autofree char *text = g_strdup_printf(" %s%s%s%s ", _(parts[part].title), count,
                                            b->doubt && !b->unknown ? " · " : "",
                                            b->doubt && !b->unknown ? b->doubt : "");
    col += 2 + paint_key(v, c, part, row, col + 2);
    canvas_text(c, row, col, part == s->part ? STYLE_STRONG : STYLE_HEADING, text);
}

/* Heights of the three bands: each gets three rows where there is room, then the one with the most unseen the next. */
static void band_heights(State *s, int rows, int *heights)
{
    int n = bands(s), want[OVERVIEW_BLOCKS] = {0}, left = rows - n, least = CLAMP(left / n, 1, 3);
    for (guint p = 0; p < OVERVIEW_BLOCKS; p++)
        want[band_of(s, p)] = MAX(want[band_of(s, p)], (int)block(s, (OverviewPart)p)->rows->len +
                                                           block(s, (OverviewPart)p)->unknown);
    for (int i = 0; i < n; i++) {
        heights[i] = MIN(MAX(want[i], 1), least);
        left -= heights[i];
    }
    for (; left > 0; left--) {
        int best = n - 1, unseen = 0;
        for (int i = 0; i < n; i++)
            if (want[i] - heights[i] > unseen) {
                unseen = want[i] - heights[i];
                best = i;
            }
        heights[best]++;
    }
}

/* Of 80 columns: a medicine with its dose is longer than a diagnosis. The last band is undivided.
 */
static const int middles[BANDS] = {31, 36, 0};

static int middle_of(const State *s, int band, int cols)
{
    return s->narrow ? 0 : cols * middles[band] / 80;
}

/* Short strokes before the titles, not rules over the whole width: those were 450 bytes of the first
 * overview, half a second on a 9600 baud line. */
static void paint_frame(const State *s, Canvas *c, const int *tops, const int *heights)
{
    int cols = canvas_cols(c);
    for (int i = 0; i < bands(s); i++) {
        int below = middle_of(s, i, cols);
        canvas_hline(c, tops[i] - 1, 0, 1);
        if (!below)
            continue;
        canvas_text(c, tops[i] - 1, below, STYLE_LINE, "┬");
        canvas_hline(c, tops[i] - 1, below + 1, 1);
        canvas_vline(c, tops[i], below, heights[i]);
    }
}

static void summary_paint(View *v, Canvas *c)
{
    State *s = v->state;
    int cols = canvas_cols(c), heights[OVERVIEW_BLOCKS], tops[OVERVIEW_BLOCKS] = {1};
    canvas_clear(c);
    if (!s->overview)
        return;
    s->narrow = cols < NARROW;
    band_heights(s, canvas_rows(c), heights);
    for (int i = 1; i < bands(s); i++)
        tops[i] = tops[i - 1] + heights[i - 1] + 1;
    paint_frame(s, c, tops, heights);
    for (guint p = 0; p < OVERVIEW_BLOCKS; p++) {
        int band = band_of(s, p), middle = middle_of(s, band, cols);
        int col = side_of(s, p) ? middle + 1 : 0,
            width = middle && !side_of(s, p) ? middle : cols - col;
        paint_title(v, c, (OverviewPart)p, tops[band] - 1, col);
        canvas_push(c, (Rect){tops[band], col, heights[band], width});
        paint_block(s, c, (OverviewPart)p);
        canvas_pop(c);
    }
}

/* ---- verbs ---- */

/* A note is read, everything else opens the section that shows all of its kind. */
static CmdResult open_selected(View *v, GError **error)
{
    State *s = v->state;
    OverviewRow *r = selected(s);
    const char *section = parts[s->part].section;
    gboolean value = s->part == OVERVIEW_VITALS || s->part == OVERVIEW_LABS;
    g_autofree char *id = r && value       ? g_strdup(r->id)
                          : r && r->source ? g_strdup(fhir_id(r->source))
                                           : NULL;
    const char *type = r && r->source ? fhir_type(r->source) : "";
    if (strcmp(type, "DocumentReference") == 0)
        section = "note-read";
    else if (strcmp(type, "DiagnosticReport") == 0 && r->explained)
        return value_source_open(v, r->name, r->source, r->explained, r->fetched, error);
    else if (strcmp(type, "DiagnosticReport") == 0)
        section = "reports";
    else if (strcmp(type, "Appointment") == 0)
        section = "bookings";
    return v->app->frontend->open_view(v->app, section, v->patient, id, error) ? CMD_DONE
                                                                               : CMD_ERROR;
}

static CmdResult summary_command(View *v, CmdCall *call, GError **error)
{
    State *s = v->state;
    if (!s->overview)
        return CMD_ERROR;
    if (strcmp(call->command->name, "open") == 0)
        return open_selected(v, error);
    if (strcmp(call->command->name, "value-source") == 0) {
        OverviewRow *r = selected(s);
        g_autofree char *title = r ? g_strdup_printf("%s %s", r->name, r->value) : NULL;
        return value_source_open(v, title, r ? r->source : NULL, r ? r->explained : NULL,
                                 r ? r->fetched : INSTANT_NONE, error);
    }
    if (!move(s, call->command->name))
        return CMD_ERROR;
    OverviewRow *r = selected(s);
    if (r && !s->ids[s->part])
        s->ids[s->part] = g_strdup(r->id); /* from now on the cursor follows it */
    view_dirty(v);
    return CMD_DONE;
}

static FhirResource *summary_selection(View *v)
{
    OverviewRow *r = selected(v->state);
    return r ? r->source : NULL;
}

static char *summary_resume(View *v)
{
    State *s = v->state;
    OverviewRow *r = selected(s);
    return r ? g_strdup_printf("%d:%s", s->part, r->id) : NULL;
}

static void summary_close(View *v)
{
    State *s = v->state;
    for (guint i = 0; i < OVERVIEW_BLOCKS; i++)
        g_free(s->ids[i]);
}

const ViewClass view_summary = {
    .name = "summary",
    .title = N_("Overview"),
    .keymap = "summary",
    .state_size = sizeof(State),
    .flags = VIEW_PATIENT | VIEW_BESIDE,
    .open = summary_open,
    .load = summary_load,
    .paint = summary_paint,
    .command = summary_command,
    .selection = summary_selection,
    .resume = summary_resume,
    .close = summary_close,
};
