/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/widgets/list.h"

#include <glib/gi18n.h>
#include <string.h>

#define MARGIN 2  /* the gutter and a blank */
#define BETWEEN 2 /* blanks between columns */
#define MAX_COLUMNS 24

struct List {
    const ListColumn *columns;
    ListModel model;
    gpointer data;
    char *empty_text;
    char *selected_id;
    int selected; /* -1 = none */
    int top, rows; /* first row seen; rows of the last frame */
    int more, before;
    gboolean lost;
};

List *list_new(const ListColumn *columns, const ListModel *model, gpointer data)
{
    List *l = g_new0(List, 1);
    l->columns = columns;
    l->model = *model;
    l->data = data;
    l->selected = -1;
    l->rows = 10;
    list_refresh(l);
    l->lost = FALSE;
    return l;
}

void list_free(List *l)
{
    if (!l)
        return;
    g_free(l->empty_text);
    g_free(l->selected_id);
    g_free(l);
}

static int count(const List *l)
{
    return (int)l->model.count(l->data);
}

static int index_of(const List *l, const char *id)
{
    int n = count(l);
    /* mostly it is where it was */
    if (l->selected >= 0 && l->selected < n &&
        strcmp(l->model.id(l->data, (guint)l->selected), id) == 0)
        return l->selected;
    for (int i = 0; i < n; i++)
        if (strcmp(l->model.id(l->data, (guint)i), id) == 0)
            return i;
    return -1;
}

void list_select(List *l, int index)
{
    int n = count(l);
    l->selected = n == 0 ? -1 : CLAMP(index, 0, n - 1);
    g_free(l->selected_id);
    l->selected_id = l->selected < 0 ? NULL : g_strdup(l->model.id(l->data, (guint)l->selected));
    l->lost = FALSE;
}

void list_refresh(List *l)
{
    int before = l->selected;
    gboolean had = l->selected_id != NULL;
    int now = had ? index_of(l, l->selected_id) : -1;
    if (now >= 0) {
        l->selected = now;
        l->top = MAX(l->top + now - before, 0); /* what is under the cursor stays on its line */
        return;
    }
    list_select(l, MAX(before, 0));
    l->lost = had;
}

void list_set_more(List *l, int more)
{
    l->more = more;
}

void list_set_before(List *l, int before)
{
    l->before = before;
}

gboolean list_near_start(const List *l)
{
    return l->before > 0 && (l->selected - l->rows < 0 || l->top - l->rows < 0);
}

gboolean list_near_end(const List *l)
{
    int n = count(l);
    return l->more != 0 && (l->selected + l->rows >= n || l->top + 2 * l->rows >= n);
}

void list_set_empty_text(List *l, const char *text)
{
    g_free(l->empty_text);
    l->empty_text = g_strdup(text);
}

int list_selected(const List *l)
{
    return l->selected;
}

const char *list_selected_id(const List *l)
{
    return l->selected_id;
}

gboolean list_select_id(List *l, const char *id)
{
    int i = index_of(l, id);
    if (i >= 0)
        list_select(l, i);
    return i >= 0;
}

void list_move(List *l, int by)
{
    if (count(l) > 0)
        list_select(l, CLAMP(l->selected + by, 0, count(l) - 1));
}

WidgetResult list_input(List *l, const char *utf8, gboolean paste)
{
    static const struct {
        const char *key;
        int rows, pages;
    } moves[] = {
        {"<Down>", 1, 0},          {"<Up>", -1, 0},           {"<PgDn>", 0, 1},
        {"<PgUp>", 0, -1},         {"<Home>", -G_MAXINT / 4, 0}, {"<End>", G_MAXINT / 4, 0},
    };
    if (!widget_is_named_key(utf8, paste))
        return WIDGET_IGNORED;
    if (strcmp(utf8, "<Enter>") == 0)
        return l->selected >= 0 && !l->lost ? WIDGET_HANDLED | WIDGET_ACCEPT : WIDGET_HANDLED;
    for (gsize i = 0; i < G_N_ELEMENTS(moves); i++) {
        if (strcmp(moves[i].key, utf8) != 0)
            continue;
        int before = l->selected, page = moves[i].pages * MAX(l->rows - 1, 1);
        l->top = MAX(l->top + page, 0);
        list_move(l, moves[i].rows + page);
        return WIDGET_HANDLED | (l->selected != before ? WIDGET_CHANGED : 0);
    }
    return WIDGET_IGNORED;
}

/* ---- painting ---- */

/* Widths of the columns that fit into @width; 0 = left out. */
static void layout(const List *l, int width, int *widths)
{
    int n = 0, used = 0, growing = 0, highest;
    for (; l->columns[n].id && n < MAX_COLUMNS; n++) {
        widths[n] = l->columns[n].width;
        used += widths[n] + BETWEEN;
    }
    do {
        highest = -1;
        for (int i = 0; i < n; i++)
            if (widths[i] > 0 && l->columns[i].priority > 0 &&
                (highest < 0 || l->columns[i].priority >= l->columns[highest].priority))
                highest = i;
        if (used - BETWEEN <= width || highest < 0)
            break;
        used -= widths[highest] + BETWEEN;
        widths[highest] = 0;
    } while (TRUE);
    for (int i = 0; i < n; i++)
        growing += l->columns[i].grow && widths[i] > 0;
    for (int i = 0, left = width - (used - BETWEEN); i < n; i++)
        if (l->columns[i].grow && widths[i] > 0) {
            int share = left / growing--;
            widths[i] = MAX(widths[i] + share, 1);
            left -= share;
        }
}

static void paint_row(const List *l, Canvas *c, int row, int i, const int *widths)
{
    gpointer item = l->model.row(l->data, (guint)i);
    int col = MARGIN;
    for (int k = 0; l->columns[k].id && k < MAX_COLUMNS; k++) {
        if (widths[k] == 0)
            continue;
        Style style = STYLE_NORMAL;
        g_autofree char *text = l->columns[k].text(item, &style);
        canvas_cell(c, row, col, widths[k], l->columns[k].align > 0 ? 1 : -1, style, text);
        col += widths[k] + BETWEEN;
    }
}

static void paint_headings(const List *l, Canvas *c, const int *widths)
{
    int col = MARGIN;
    for (int k = 0; l->columns[k].id && k < MAX_COLUMNS; k++) {
        if (widths[k] == 0)
            continue;
        const char *title = l->columns[k].title && *l->columns[k].title ? _(l->columns[k].title) : "";
        canvas_cell(c, 0, col, widths[k], l->columns[k].align > 0 ? 1 : -1, STYLE_HEADING, title);
        col += widths[k] + BETWEEN;
    }
}

/* Every list says how many, and how many more. */
static void paint_foot(const List *l, Canvas *c, int row)
{
    int n = count(l), last = MIN(l->top + l->rows, n);
    int b = l->before;
    g_autofree char *seen = g_strdup_printf(_("%d–%d of %d"), b + l->top + 1, b + last, b + n);
    g_autofree char *more = l->more > 0   ? g_strdup_printf(_(", %d more"), l->more)
                            : l->more < 0 ? g_strdup(_(", more to fetch"))
                                          : g_strdup("");
    canvas_textf(c, row, MARGIN, STYLE_DIM, "%s%s", seen, more);
}

static const char *heading_at(const List *l, int i)
{
    return l->model.heading ? l->model.heading(l->data, (guint)i) : NULL;
}

/* Of the rows from @from until @to. */
static int headings(const List *l, int from, int to)
{
    int n = 0;
    for (int i = from; i < to; i++)
        n += heading_at(l, i) != NULL;
    return n;
}

static void keep_visible(List *l, int n)
{
    if (l->selected < l->top)
        l->top = MAX(l->selected - l->rows / 2, 0);
    else if (l->selected >= l->top + l->rows)
        l->top = l->selected - l->rows / 2;
    l->top = CLAMP(l->top, 0, MAX(n - l->rows, 0));
}

void list_paint(List *l, Canvas *c, gboolean focused)
{
    int widths[MAX_COLUMNS] = {0}, n = count(l), height = canvas_rows(c);
    canvas_clear(c);
    layout(l, canvas_cols(c) - MARGIN, widths);
    paint_headings(l, c, widths);
    gboolean foot = n + headings(l, 0, n) > height - 1 || l->more != 0 || l->before > 0;
    int room = MAX(height - 1 - foot, 1);
    l->rows = room;
    if (n == 0 && l->empty_text)
        canvas_text(c, 1, MARGIN, STYLE_DIM, l->empty_text);
    keep_visible(l, n);
    while (l->rows > 1 && l->rows + headings(l, l->top, MIN(l->top + l->rows, n)) > room) {
        l->rows--;
        keep_visible(l, n);
    }
    for (int i = l->top, row = 1; i < n && i < l->top + l->rows; i++, row++) {
        const char *heading = heading_at(l, i);
        if (heading)
            canvas_text(c, row++, MARGIN, STYLE_HEADING, heading);
        paint_row(l, c, row, i, widths);
    }
    if (foot && n > 0)
        paint_foot(l, c, height - 1);
    if (focused && l->selected >= 0)
        canvas_gutter(c, 1 + l->selected - l->top + headings(l, l->top, l->selected + 1));
    else if (focused)
        canvas_cursor(c, MIN(1, height - 1), MARGIN);
}
