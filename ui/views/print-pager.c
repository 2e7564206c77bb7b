/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/print-pager.h"

#include <string.h>

#include "base/text.h"
#include "print/protocol.h"

typedef struct {
    guint page;
    guint8 kind;
    char *text;
} Row;

struct PrintPager {
    GPtrArray *rows; /* Row* */
    int top, seen;   /* seen: rows that the last frame had */
};

static void row_free(gpointer p)
{
    Row *r = p;
    g_free(r->text);
    g_free(r);
}

PrintPager *print_pager_new(void)
{
    PrintPager *p = g_new0(PrintPager, 1);
    p->rows = g_ptr_array_new_with_free_func(row_free);
    return p;
}

void print_pager_free(PrintPager *p)
{
    if (!p)
        return;
    g_ptr_array_unref(p->rows);
    g_free(p);
}

static void add(PrintPager *p, guint page, guint8 kind, const char *text)
{
    Row *r = g_new0(Row, 1);
    *r = (Row){page, kind, g_strdup(text)};
    g_ptr_array_add(p->rows, r);
}

static gboolean is_filling(const PrintPager *p)
{
    const Row *last = p->rows->len ? p->rows->pdata[p->rows->len - 1] : NULL;
    return last && last->kind == PRINT_GAP && !*last->text;
}

void print_pager_set(PrintPager *p, GVariant *pages)
{
    GVariantIter each;
    GVariant *page;
    g_ptr_array_set_size(p->rows, 0);
    p->top = 0;
    g_variant_iter_init(&each, pages);
    for (guint n = 1; (page = g_variant_iter_next_value(&each)); n++) {
        GVariantIter rows;
        guint8 kind, soft;
        const char *text;
        g_variant_iter_init(&rows, page);
        while (g_variant_iter_next(&rows, "(yy&s)", &kind, &soft, &text))
            if (*text || kind != PRINT_GAP || !is_filling(p))
                add(p, n, kind, text);
        add(p, n, PRINT_GAP, "");
        g_variant_unref(page);
    }
}

guint print_pager_page(const PrintPager *p)
{
    return (guint)p->top < p->rows->len ? ((Row *)p->rows->pdata[p->top])->page : 1;
}

WidgetResult print_pager_input(PrintPager *p, const char *utf8, gboolean paste)
{
    const struct {
        const char *key;
        int by;
    } keys[] = {{"<Up>", -1}, {"<Down>", 1}, {"<PgUp>", 1 - p->seen}, {"<PgDn>", p->seen - 1},
                {"<Home>", -(int)p->rows->len}, {"<End>", (int)p->rows->len}};
    for (gsize i = 0; !paste && i < G_N_ELEMENTS(keys); i++)
        if (strcmp(utf8, keys[i].key) == 0) {
            p->top = CLAMP(p->top + keys[i].by, 0, MAX((int)p->rows->len - p->seen, 0));
            return WIDGET_HANDLED;
        }
    return WIDGET_IGNORED;
}

static Style style_of(guint8 kind)
{
    return kind == PRINT_HEADING  ? STYLE_HEADING
           : kind == PRINT_NOTICE ? STYLE_WARNING
           : kind == PRINT_HEAD   ? STYLE_STRONG
           : kind == PRINT_FOOT   ? STYLE_DIM
                                  : STYLE_NORMAL;
}

/* A row of signs that are wider here than on paper is never cut: it takes another row of the screen. */
static int paint_row(Canvas *c, int at, const Row *r)
{
    int width = canvas_cols(c) - 2;
    const char *rest = r->text;
    do {
        int cells;
        gsize n = text_fit(rest, -1, width, &cells);
        g_autofree char *part = g_strndup(rest, n ? n : strlen(rest));
        canvas_text(c, at++, 1, style_of(r->kind), part);
        rest += strlen(part);
    } while (rest[strspn(rest, " ")]); /* blanks at a break have no row of their own */
    return at;
}

void print_pager_paint(PrintPager *p, Canvas *c)
{
    int row = 0;
    p->seen = canvas_rows(c);
    p->top = CLAMP(p->top, 0, MAX((int)p->rows->len - p->seen, 0));
    for (guint i = (guint)p->top; i < p->rows->len && row < p->seen; i++)
        row = paint_row(c, row, p->rows->pdata[i]);
}
