/* SPDX-License-Identifier: GPL-3.0-or-later
 * The three modals that commands ask for: a line, a choice, a yes. */
#include "app/frontend.h"
#include "base/text.h"
#include "ui/modal.h"
#include "ui/widgets/field.h"

#include <glib/gi18n.h>
#include <string.h>

#define SIDE 2 /* the frame and a blank */

typedef struct {
    char *title;
    Field *field;     /* ask */
    GPtrArray *items; /* pick: PickItem copies */
    int selected, top, rows;
    ModalTextFn on_text;
    ModalPickFn on_pick;
    gpointer data;
} Ask;

static void ask_free(gpointer self)
{
    Ask *a = self;
    g_free(a->title);
    field_free(a->field);
    g_clear_pointer(&a->items, g_ptr_array_unref);
    g_free(a);
}

static Ask *ask_new(const char *title, gpointer data)
{
    Ask *a = g_new0(Ask, 1);
    a->title = g_strdup(title);
    a->data = data;
    return a;
}

static int title_width(const Ask *a)
{
    return text_width(a->title, -1) + 6;
}

/* Rows that the question takes inside the box when its frame has no room for it: it is never cut. */
static int title_rows(const Ask *a, int cols)
{
    if (title_width(a) <= cols)
        return 0;
    return canvas_wrap_rows(a->title, MAX(cols - 2 * SIDE, 1));
}

/* The frame with the question in it or under it; returns the first row that is free. */
static int paint_title(const Ask *a, Canvas *c)
{
    int cols = canvas_cols(c), rows = title_rows(a, cols);
    canvas_box(c, (Rect){0, 0, canvas_rows(c), cols}, rows ? NULL : a->title);
    if (rows)
        canvas_wrap(c, 1, SIDE, cols - 2 * SIDE, rows, STYLE_HEADING, a->title);
    return 1 + rows;
}

/* ---- a line ---- */

static WidgetResult line_input(gpointer self, const char *utf8, gboolean paste)
{
    return field_input(((Ask *)self)->field, utf8, paste);
}

static void line_size(gpointer self, Rect max, int *ret_rows, int *ret_cols)
{
    *ret_cols = CLAMP(MAX(title_width(self), 50), 20, max.cols - 2);
    *ret_rows = 3 + title_rows(self, *ret_cols);
}

static void line_paint(gpointer self, Canvas *c)
{
    Ask *a = self;
    int row = paint_title(a, c);
    field_paint(a->field, c, row, SIDE, canvas_cols(c) - 2 * SIDE, TRUE);
}

static void line_done(gpointer self, gboolean accepted)
{
    Ask *a = self;
    a->on_text(accepted ? field_text(a->field) : NULL, a->data);
}

static const ModalClass line_class = {"form", TRUE, line_input, line_size, line_paint, line_done, ask_free};

gpointer modal_ask(ModalStack *s, const char *prompt, const char *initial, ModalTextFn fn, gpointer data)
{
    Ask *a = ask_new(prompt, data);
    a->field = field_new(initial);
    a->on_text = fn;
    modal_push(s, &line_class, a);
    return a;
}

/* ---- a choice ---- */

static char *key_of(const Ask *a, int i)
{
    const PickItem *item = a->items->pdata[i];
    return item->key ? g_strdup(item->key) : i < 9 ? g_strdup_printf("%d", i + 1) : g_strdup("");
}

static WidgetResult pick_input(gpointer self, const char *utf8, gboolean paste)
{
    Ask *a = self;
    int n = (int)a->items->len, page = MAX(a->rows - 1, 1);
    if (paste)
        return WIDGET_HANDLED;
    if (strcmp(utf8, "<Esc>") == 0)
        return WIDGET_HANDLED | WIDGET_CANCEL;
    if (strcmp(utf8, "<Enter>") == 0)
        return n > 0 ? WIDGET_HANDLED | WIDGET_ACCEPT : WIDGET_HANDLED;
    int by = strcmp(utf8, "<Down>") == 0   ? 1
             : strcmp(utf8, "<Up>") == 0   ? -1
             : strcmp(utf8, "<PgDn>") == 0 ? page
             : strcmp(utf8, "<PgUp>") == 0 ? -page
                                           : 0;
    if (n > 0)
        a->selected = CLAMP(a->selected + by, 0, n - 1);
    for (int i = 0; i < n; i++) {
        g_autofree char *key = key_of(a, i);
        if (*key && strcmp(key, utf8) == 0) {
            a->selected = i;
            return WIDGET_HANDLED | WIDGET_ACCEPT;
        }
    }
    return WIDGET_HANDLED;
}

static void pick_size(gpointer self, Rect max, int *ret_rows, int *ret_cols)
{
    Ask *a = self;
    int width = title_width(a);
    for (guint i = 0; i < a->items->len; i++) {
        const PickItem *item = a->items->pdata[i];
        int detail = item->detail ? text_width(item->detail, -1) + 2 : 0;
        width = MAX(width, 2 * SIDE + 6 + text_width(item->text, -1) + detail);
    }
    *ret_cols = MIN(width, max.cols - 2);
    *ret_rows = MIN((int)a->items->len + 2 + title_rows(a, *ret_cols), max.rows);
}

static void pick_paint(gpointer self, Canvas *c)
{
    Ask *a = self;
    int n = (int)a->items->len, cols = canvas_cols(c), text = 0;
    int first = 1 + title_rows(a, cols);
    a->rows = MAX(canvas_rows(c) - 1 - first, 1);
    a->top = CLAMP(a->top, MAX(a->selected - a->rows + 1, 0), a->selected);
    int detail = 0;
    for (int i = 0; i < n; i++) {
        const PickItem *item = a->items->pdata[i];
        text = MAX(text, text_width(item->text, -1));
        detail = MAX(detail, item->detail ? text_width(item->detail, -1) : 0);
    }
    if (detail) /* a long name gives way where there is no room for both: what tells two of a name apart is in the details */
        text = MIN(text, MAX(cols - 10 - detail, (cols - 10) * 3 / 5));
    paint_title(a, c);
    canvas_push(c, (Rect){first, 1, a->rows, cols - 2});
    for (int i = a->top; i < n && i < a->top + a->rows; i++) {
        const PickItem *item = a->items->pdata[i];
        g_autofree char *key = key_of(a, i);
        int row = i - a->top;
        canvas_text(c, row, 2, STYLE_HINT_KEY, key);
        canvas_cell(c, row, 6, MIN(text, cols - 10), -1, STYLE_NORMAL, item->text);
        if (item->detail)
            canvas_cell(c, row, 8 + text, cols - 10 - text, -1, STYLE_DIM, item->detail);
    }
    if (n > 0)
        canvas_gutter(c, a->selected - a->top);
    if (a->top + a->rows < n)
        canvas_textf(c, a->rows - 1, cols - 14, STYLE_DIM, _("+%d more"), n - a->top - a->rows);
    canvas_pop(c);
}

static void pick_done(gpointer self, gboolean accepted)
{
    Ask *a = self;
    a->on_pick(accepted ? a->selected : -1, a->data);
}

static const ModalClass pick_class = {"pick", FALSE, pick_input, pick_size, pick_paint, pick_done, ask_free};

gpointer modal_pick(ModalStack *s, const char *title, const GPtrArray *items, ModalPickFn fn, gpointer data)
{
    Ask *a = ask_new(title, data);
    a->on_pick = fn;
    a->items = g_ptr_array_new_with_free_func(pick_item_free);
    for (guint i = 0; i < items->len; i++) {
        const PickItem *from = items->pdata[i];
        PickItem *copy = g_new0(PickItem, 1);
        *copy = (PickItem){g_strdup(from->key), g_strdup(from->text), g_strdup(from->detail)};
        g_ptr_array_add(a->items, copy);
    }
    modal_push(s, &pick_class, a);
    return a;
}

/* ---- a yes ---- */

static WidgetResult confirm_input(gpointer self, const char *utf8, gboolean paste)
{
    const char *yes = C_("the key for yes", "y"), *no = C_("the key for no", "n");
    if (paste)
        return WIDGET_HANDLED;
    if (g_ascii_strcasecmp(utf8, yes) == 0)
        return WIDGET_HANDLED | WIDGET_ACCEPT;
    gboolean closes = g_ascii_strcasecmp(utf8, no) == 0 || strcmp(utf8, "<Esc>") == 0;
    return closes ? WIDGET_HANDLED | WIDGET_CANCEL : WIDGET_HANDLED;
}

static void confirm_size(gpointer self, Rect max, int *ret_rows, int *ret_cols)
{
    Ask *a = self;
    *ret_cols = CLAMP(text_width(a->title, -1) + 2 * SIDE, 40, max.cols - 10);
    *ret_rows = MIN(text_width(a->title, -1) / (*ret_cols - 2 * SIDE - 8) + 6, max.rows);
}

static void confirm_paint(gpointer self, Canvas *c)
{
    Ask *a = self;
    int rows = canvas_rows(c), cols = canvas_cols(c);
    canvas_box(c, (Rect){0, 0, rows, cols}, NULL);
    canvas_wrap(c, 1, SIDE, cols - 2 * SIDE, rows - 4, STYLE_STRONG, a->title);
    int col = SIDE;
    col += canvas_text(c, rows - 2, col, STYLE_HINT_KEY, C_("the key for yes", "y")) + 1;
    col += canvas_text(c, rows - 2, col, STYLE_HINT, _("yes")) + 2;
    col += canvas_text(c, rows - 2, col, STYLE_HINT_KEY, C_("the key for no", "n")) + 1;
    canvas_text(c, rows - 2, col, STYLE_HINT, _("no"));
    canvas_cursor(c, rows - 2, SIDE);
}

static void confirm_done(gpointer self, gboolean accepted)
{
    Ask *a = self;
    a->on_pick(accepted ? 0 : -1, a->data);
}

static const ModalClass confirm_class = {"confirm",     FALSE,        confirm_input, confirm_size,
                                         confirm_paint, confirm_done, ask_free};

gpointer modal_confirm(ModalStack *s, const char *question, ModalPickFn fn, gpointer data)
{
    Ask *a = ask_new(question, data);
    a->on_pick = fn;
    modal_push(s, &confirm_class, a);
    return a;
}
