/* SPDX-License-Identifier: GPL-3.0-or-later
 * The overview painted: five blocks in three bands, or under each other where there is no room for two beside. */
#include "ui/views/summary.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "ui/hintbar.h"
#include "ui/widgets/trend.h"

enum { MARGIN = 2, NARROW = 76 };

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
    for (int i = 0; i < summary_parts[part].n; i++) {
        left -= summary_parts[part].cells[i].width + 1;
        grow += summary_parts[part].cells[i].grow;
    }
    for (int i = 0; i < summary_parts[part].n; i++) {
        int more = grow ? left * summary_parts[part].cells[i].grow / grow : 0;
        int width = MAX(summary_parts[part].cells[i].width + more, 1);
        g_autofree char *text = cell_text(r, summary_parts[part].cells[i].kind, width);
        left -= more;
        grow -= summary_parts[part].cells[i].grow;
        canvas_cell(c, row, col, width, summary_parts[part].cells[i].align,
                    cell_style(r, summary_parts[part].cells[i].kind), text);
        col += width + 1;
        if (i == 0 && r->instead) {
            canvas_cell(c, row, col, canvas_cols(c) - col, -1, STYLE_WARNING, r->instead);
            return;
        }
    }
}

/* A doubt comes first, in words; then what is there; then how much is not seen. */
static void paint_block(Summary *s, Canvas *c, OverviewPart part)
{
    const OverviewBlock *b = summary_block(s, part);
    int height = canvas_rows(c), row = 0;
    guint at = summary_row_of(s, part), n = b->rows->len;
    if (b->unknown)
        row += canvas_wrap(c, 0, MARGIN, canvas_cols(c) - MARGIN, n ? 1 : height, STYLE_WARNING,
                           b->doubt);
    else if (!n)
        canvas_text(c, row, MARGIN, STYLE_DIM, _(summary_parts[part].none));
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
    const char *keys = keymap_keys_for(v->app->keymap, v->cls->keymap, summary_parts[part].section);
    g_autofree char *shown = keys ? hintbar_key_text(keys) : g_strdup("");
    return canvas_text(c, row, col, STYLE_HINT_KEY, shown);
}

static void paint_title(View *v, Canvas *c, OverviewPart part, int row, int col)
{
    Summary *s = v->state;
    const OverviewBlock *b = summary_block(s, part);
    gboolean counted = (part == OVERVIEW_PROBLEMS || part == OVERVIEW_MEDICATIONS) && !b->unknown;
    g_autofree char *count = counted ? g_strdup_printf(" %u%s", b->count, b->partial ? "+" : "")
                             : b->partial ? g_strdup(_(" – the newest"))
                                          : g_strdup("");
    g_autofree char *text = g_strdup_printf(" %s%s%s%s ", _(summary_parts[part].title), count,
                                            b->doubt && !b->unknown ? " · " : "",
                                            b->doubt && !b->unknown ? b->doubt : "");
    col += 2 + paint_key(v, c, part, row, col + 2);
    canvas_text(c, row, col, part == s->part ? STYLE_STRONG : STYLE_HEADING, text);
}

/* Heights of the three summary_bands: each gets three rows where there is room, then the one with the most unseen the next. */
static void band_heights(Summary *s, int rows, int *heights)
{
    int n = summary_bands(s), want[OVERVIEW_BLOCKS] = {0}, left = rows - n, least = CLAMP(left / n, 1, 3);
    for (guint p = 0; p < OVERVIEW_BLOCKS; p++)
        want[summary_band_of(s, p)] = MAX(want[summary_band_of(s, p)], (int)summary_block(s, (OverviewPart)p)->rows->len +
                                                           summary_block(s, (OverviewPart)p)->unknown);
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
static const int middles[SUMMARY_BANDS] = {31, 36, 0};

static int middle_of(const Summary *s, int band, int cols)
{
    return s->narrow ? 0 : cols * middles[band] / 80;
}

/* Short strokes before the titles, not rules over the whole width: those were 450 bytes of the first
 * overview, half a second on a 9600 baud line. */
static void paint_frame(const Summary *s, Canvas *c, const int *tops, const int *heights)
{
    int cols = canvas_cols(c);
    for (int i = 0; i < summary_bands(s); i++) {
        int below = middle_of(s, i, cols);
        canvas_hline(c, tops[i] - 1, 0, 1);
        if (!below)
            continue;
        canvas_text(c, tops[i] - 1, below, STYLE_LINE, "┬");
        canvas_hline(c, tops[i] - 1, below + 1, 1);
        canvas_vline(c, tops[i], below, heights[i]);
    }
}

void summary_paint(View *v, Canvas *c)
{
    Summary *s = v->state;
    int cols = canvas_cols(c), heights[OVERVIEW_BLOCKS], tops[OVERVIEW_BLOCKS] = {1};
    canvas_clear(c);
    if (!s->overview)
        return;
    s->narrow = cols < NARROW;
    band_heights(s, canvas_rows(c), heights);
    for (int i = 1; i < summary_bands(s); i++)
        tops[i] = tops[i - 1] + heights[i - 1] + 1;
    paint_frame(s, c, tops, heights);
    for (guint p = 0; p < OVERVIEW_BLOCKS; p++) {
        int band = summary_band_of(s, p), middle = middle_of(s, band, cols);
        int col = summary_side_of(s, p) ? middle + 1 : 0,
            width = middle && !summary_side_of(s, p) ? middle : cols - col;
        paint_title(v, c, (OverviewPart)p, tops[band] - 1, col);
        canvas_push(c, (Rect){tops[band], col, heights[band], width});
        paint_block(s, c, (OverviewPart)p);
        canvas_pop(c);
    }
}
