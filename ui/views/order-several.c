/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/order-several.h"

#include <glib/gi18n.h>
#include <string.h>

#include "chart/order-reading.h"
#include "ui/views/own-files.h"
#include "ui/views/views.h"

/* ---- the orders of the line ---- */

GPtrArray *order_several_read(const BasketItem *whole, const OrderData *data, Decimal weight_kg, Instant now)
{
    g_auto(GStrv) parts = order_line_parts(whole->line);
    guint n = g_strv_length(parts);
    /* A change is of one order: parted it would leave the old one and add another beside it. */
    if (whole->change || n > ORDER_LINE_MOST || (n < 2 && !order_line_has_name(whole->line)))
        return NULL;
    GPtrArray *items = g_ptr_array_new_with_free_func((GDestroyNotify)basket_item_free);
    for (guint i = 0; i < n; i++) {
        BasketItem *b = basket_item_new(i ? NULL : whole->id, whole->patient);
        g_free(b->line);
        b->line = g_strdup(parts[i]);
        if (i == 0) {
            b->substance = g_strdup(whole->substance);
            b->product = g_strdup(whole->product);
            b->picked_for = g_strdup(whole->picked_for);
        }
        basket_item_read(b, data, weight_kg, now);
        g_ptr_array_add(items, b);
    }
    return items;
}

static char *fault; /* the first thing that is wrong in the files of favourites; NULL */

static char *said(const BasketItem *b, Style *style)
{
    g_autofree char *name = order_line_name(b->line), *what = NULL, *lacks = NULL;
    const GPtrArray *issues = b->order->issues;
    if (name) {
        *style = STYLE_DIM;
        return g_strdup_printf(_(".%s: Enter puts its line here"), name);
    }
    g_autoptr(GPtrArray) reading = order_reading_lines(b->order, civil_date_at(shell_now()));
    g_ptr_array_set_size(reading, MIN((int)reading->len, 2)); /* what, and how much; the rest stands on the list to sign */
    g_ptr_array_add(reading, NULL);
    what = reading->len > 1 ? g_strjoinv(", ", (char **)reading->pdata) : g_strdup(b->line);
    if (!issues->len)
        return g_steal_pointer(&what);
    *style = STYLE_WARNING;
    lacks = order_issue_sentence(issues->pdata[0]);
    return g_strdup_printf("%s – %s", what, lacks);
}

int order_several_paint(Canvas *c, int row, const GPtrArray *items)
{
    g_autofree char *title = items->len > 1 ? g_strdup_printf(ngettext("%u order", "%u orders on the line", items->len), items->len)
                                            : g_strdup(_("Favourite"));
    gboolean named = FALSE;
    canvas_rule(c, row++, title);
    for (guint i = 0; i < items->len && row < canvas_rows(c); i++) {
        Style style = STYLE_NORMAL;
        g_autofree char *text = said(items->pdata[i], &style), *number = g_strdup_printf("%u", i + 1);
        canvas_text(c, row, 2, STYLE_STRONG, items->len > 1 ? number : "");
        row += MAX(1, canvas_wrap(c, row, 5, canvas_cols(c) - 7, canvas_rows(c) - row, style, text));
        named = named || *((BasketItem *)items->pdata[i])->line == '.';
    }
    if (named && fault && row < canvas_rows(c))
        row += MAX(1, canvas_wrap(c, row, 2, canvas_cols(c) - 4, canvas_rows(c) - row, STYLE_WARNING, fault));
    return row;
}

/* The others first: until the last is kept, the whole line is. */
gboolean order_several_put(App *app, BasketItem *whole, GPtrArray *items, const OrderData *data, Decimal weight_kg, Instant now,
                           GError **error)
{
    for (guint i = 1; i < items->len; i++) {
        BasketItem *b = items->pdata[i];
        b->ready = order_complete(b->order);
        if (!order_draft_save(app, b, error))
            return FALSE;
    }
    BasketItem *first = items->pdata[0];
    first->ready = order_complete(first->order);
    if (!order_draft_save(app, first, error))
        return FALSE;
    g_free(whole->line);
    whole->line = g_strdup(first->line);
    whole->ready = first->ready;
    basket_item_read(whole, data, weight_kg, now);
    return TRUE;
}

/* ---- favourites ---- */

const OrderSets *order_favourites(App *app, const OrderData *data, gboolean anew)
{
    static OrderSets *kept; /* what is broken in the next reading is used as it was */
    if (kept && !anew)
        return kept;
    g_auto(GStrv) dirs = own_dirs(app->who, "orders");
    g_autoptr(GPtrArray) problems = g_ptr_array_new_with_free_func(g_free);
    OrderSets *now = order_sets_load((const char *const *)dirs, data, kept, shell_now(), problems);
    g_clear_pointer(&kept, order_sets_free);
    kept = now;
    g_free(fault);
    fault = problems->len ? g_strdup(problems->pdata[0]) : NULL;
    return kept;
}

void order_favourites_offer(const OrderSets *sets, const char *line, OrderChoices *choices)
{
    g_auto(GStrv) parts = order_line_parts(line);
    guint n = g_strv_length(parts);
    g_autofree char *name = n ? order_line_name(parts[n - 1]) : NULL;
    g_autoptr(GPtrArray) fits = name ? order_sets_beginning(sets, name) : g_ptr_array_new();
    g_autoptr(GString) before = g_string_new(NULL);
    for (guint i = 0; i + 1 < n; i++)
        g_string_append_printf(before, "%s; ", parts[i]);
    order_choices_clear(choices);
    for (guint i = 0; i < fits->len; i++) {
        const OrderSet *set = fits->pdata[i];
        g_autofree char *text = g_strdup_printf(".%s  %s", set->name, set->title), *lines = order_set_line(set);
        g_autofree char *detail = g_strdup_printf("%s: %s", own_dir_whose(set->rank), set->broken ? set->broken : lines);
        g_autofree char *whole = set->broken ? NULL : g_strconcat(before->str, lines, NULL);
        order_choices_add_line(choices, set->name, text, detail, whole);
    }
    order_choices_settle(choices);
}
