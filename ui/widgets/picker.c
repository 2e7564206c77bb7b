/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/widgets/picker.h"

#include "base/text.h"
#include "ui/widgets/field.h"

#include <glib/gi18n.h>
#include <string.h>

typedef struct {
    guint item;
    int score;
} Hit;

struct Picker {
    char *prompt;
    Field *field;
    GPtrArray *items;  /* PickerItem */
    GPtrArray *folded; /* char*: what is searched, beside items */
    GArray *hits;      /* Hit, best first */
    gboolean filter;
    guint selected;
    int top, rows;
};

PickerItem *picker_item_new(const char *id, const char *text, const char *detail, const char *words)
{
    PickerItem *i = g_new0(PickerItem, 1);
    *i = (PickerItem){g_strdup(id), g_strdup(text), g_strdup(detail), g_strdup(words)};
    return i;
}

void picker_item_free(PickerItem *i)
{
    if (!i)
        return;
    g_free(i->id);
    g_free(i->text);
    g_free(i->detail);
    g_free(i->words);
    g_free(i);
}

Picker *picker_new(const char *prompt)
{
    Picker *p = g_new0(Picker, 1);
    p->prompt = g_strdup(prompt);
    p->field = field_new(NULL);
    p->items = g_ptr_array_new();
    p->folded = g_ptr_array_new_with_free_func(g_free);
    p->hits = g_array_new(FALSE, FALSE, sizeof(Hit));
    p->rows = 10;
    return p;
}

void picker_free(Picker *p)
{
    if (!p)
        return;
    g_free(p->prompt);
    field_free(p->field);
    g_ptr_array_unref(p->items);
    g_ptr_array_unref(p->folded);
    g_array_unref(p->hits);
    g_free(p);
}

static const PickerItem *item_of(const Picker *p, guint hit)
{
    return p->items->pdata[g_array_index(p->hits, Hit, hit).item];
}

static int by_score(gconstpointer a, gconstpointer b)
{
    const Hit *x = a, *y = b;
    return x->score != y->score ? (x->score < y->score ? -1 : 1)
                                : (x->item > y->item) - (x->item < y->item);
}

static void narrow(Picker *p)
{
    g_autofree char *query = text_fold(field_text(p->field));
    g_array_set_size(p->hits, 0);
    for (guint i = 0; i < p->items->len; i++) {
        Hit hit = {i, 0};
        if (!p->filter || !*g_strstrip(query) || text_match(query, p->folded->pdata[i], &hit.score))
            g_array_append_val(p->hits, hit);
    }
    g_array_sort(p->hits, by_score);
}

void picker_set_items(Picker *p, GPtrArray *items, gboolean filter)
{
    const PickerItem *was = picker_selected(p);
    g_autofree char *id = was ? g_strdup(was->id) : NULL;
    g_ptr_array_unref(p->items);
    p->items = items;
    p->filter = filter;
    g_ptr_array_set_size(p->folded, 0);
    for (guint i = 0; i < items->len; i++) {
        const PickerItem *item = items->pdata[i];
        g_autofree char *all = g_strjoin(" ", item->text, item->detail ? item->detail : "",
                                         item->words ? item->words : "", NULL);
        g_ptr_array_add(p->folded, text_fold(all));
    }
    narrow(p);
    /* the selection follows the thing */
    p->selected = 0;
    for (guint i = 0; id && i < p->hits->len; i++)
        if (g_strcmp0(item_of(p, i)->id, id) == 0)
            p->selected = i;
}

const char *picker_query(const Picker *p)
{
    return field_text(p->field);
}

guint picker_matches(const Picker *p)
{
    return p->hits->len;
}

const PickerItem *picker_selected(const Picker *p)
{
    return p->selected < p->hits->len ? item_of(p, p->selected) : NULL;
}

static gboolean move(Picker *p, const char *key)
{
    int page = MAX(p->rows - 1, 1), last = (int)p->hits->len - 1;
    int by = strcmp(key, "<Down>") == 0   ? 1
             : strcmp(key, "<Up>") == 0   ? -1
             : strcmp(key, "<PgDn>") == 0 ? page
             : strcmp(key, "<PgUp>") == 0 ? -page
                                          : 0;
    if (by == 0)
        return FALSE;
    if (last >= 0)
        p->selected = (guint)CLAMP((int)p->selected + by, 0, last);
    return TRUE;
}

WidgetResult picker_input(Picker *p, const char *utf8, gboolean paste)
{
    if (widget_is_named_key(utf8, paste)) {
        if (move(p, utf8))
            return WIDGET_HANDLED;
        if (strcmp(utf8, "<Enter>") == 0)
            return picker_selected(p) ? WIDGET_HANDLED | WIDGET_ACCEPT : WIDGET_HANDLED;
    }
    WidgetResult result = field_input(p->field, utf8, paste);
    if (result & WIDGET_CHANGED) {
        p->selected = 0;
        p->top = 0;
        narrow(p);
    }
    return result;
}

static void paint_item(const Picker *p, Canvas *c, int row, guint hit, int width)
{
    const PickerItem *item = item_of(p, hit);
    int cols = canvas_cols(c);
    canvas_cell(c, row, 2, width, -1, STYLE_NORMAL, item->text);
    if (item->detail)
        canvas_cell(c, row, 4 + width, cols - width - 4, -1, STYLE_DIM, item->detail);
}

void picker_paint(Picker *p, Canvas *c, gboolean focused)
{
    int cols = canvas_cols(c), height = canvas_rows(c);
    canvas_clear(c);
    int col = canvas_text(c, 0, 0, STYLE_STRONG, p->prompt);
    col += col > 0;
    g_autofree char *found = g_strdup_printf(ngettext("%u match", "%u matches", p->hits->len), p->hits->len);
    int room = cols - col - 14;
    canvas_cell(c, 0, cols - 13, 13, 1, STYLE_DIM, found);
    p->rows = MAX(height - 1, 1);
    int selected = (int)p->selected;
    p->top = CLAMP(p->top, MAX(selected - p->rows + 1, 0), selected);
    int width = 0;
    for (int i = p->top; i < (int)p->hits->len && i < p->top + p->rows; i++) {
        const PickerItem *item = item_of(p, (guint)i);
        width = MAX(width, item->detail ? text_width(item->text, -1) : 0);
    }
    gboolean details = width > 0;
    width = details ? CLAMP(width, 1, cols / 2) : cols - 2;
    for (int i = p->top; i < (int)p->hits->len && i < p->top + p->rows; i++)
        paint_item(p, c, 1 + i - p->top, (guint)i, width);
    if (p->hits->len > 0)
        canvas_gutter(c, 1 + selected - p->top);
    field_paint(p->field, c, 0, col, MAX(room, 1), focused);
}
