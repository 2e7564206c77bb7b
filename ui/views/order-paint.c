/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/order-paint.h"

#include <glib/gi18n.h>
#include <string.h>

#include "chart/med-list.h"

void order_line_free(gpointer p)
{
    OrderLine *l = p;
    g_free(l->text);
    g_free(l);
}

static void add(GPtrArray *lines, Style style, char *text)
{
    OrderLine *l = g_new(OrderLine, 1);
    *l = (OrderLine){text, style};
    g_ptr_array_add(lines, l);
}

/* The old order, and what becomes of it: what somebody else has made of it stands beside what was read. */
static void add_change(GPtrArray *lines, const BasketItem *item, Instant now)
{
    const OrderData *data = order_data(NULL);
    const DrugList *drugs = data ? data->drugs : NULL;
    const MedReason *why = med_reason(item->change, item->why);
    g_autofree char *was = med_change_text(item->base, drugs, now);
    g_autofree char *until = item->until.year ? civil_date_to_text(item->until) : NULL;
    add(lines, STYLE_STRONG, g_strdup_printf("%s: %s", _(item->change->title), was));
    if (why)
        add(lines, STYLE_NORMAL, g_strdup_printf(until ? _("reason: %s, until and with %s") : _("reason: %s"), record_word(why->words), until));
    if (item->theirs) {
        g_autofree char *now_is = med_change_text(item->theirs, drugs, now), *by = NULL;
        Instant at = med_changed_at(item->theirs, &by);
        g_autofree char *when = at != INSTANT_NONE ? instant_to_minute(at) : g_strdup("");
        add(lines, STYLE_ALERT, g_strdup_printf(_("SOMEBODY ELSE HAS CHANGED IT: %s, now %s %s %s"), now_is,
                                                med_state_word(medication_state(item->theirs, now)), by ? by : "", when));
        add(lines, STYLE_WARNING, g_strdup(_("Not signed so. Enter: on top of what it is now; Del: take this off the list")));
    } else if (item->gone) {
        add(lines, STYLE_ALERT, g_strdup(_("SOMEBODY ELSE HAS ENDED IT: it is no longer among the medicines. Del takes this off the list")));
    }
}

static void add_reading(GPtrArray *lines, const BasketItem *item, Instant now)
{
    if (item->change)
        add_change(lines, item, now);
    if (!basket_item_lined(item))
        return;
    g_autoptr(GPtrArray) reading = order_reading_lines(item->order, civil_date_at(now));
    for (guint i = 0; i < reading->len; i++)
        add(lines, i == 0 && !item->change ? STYLE_STRONG : STYLE_NORMAL, g_strdup(reading->pdata[i]));
    for (guint i = 0; i < item->order->issues->len; i++)
        add(lines, STYLE_WARNING, order_issue_sentence(item->order->issues->pdata[i]));
}

/* "  needs a reason: 1 nyttan överväger risken  2 …" */
static char *reasons_line(void)
{
    GString *s = g_string_new(_("  needs a reason before it can be signed:"));
    for (guint i = 0; i < CHECK_REASONS; i++)
        g_string_append_printf(s, " %u %s%s", i + 1, check_reason(i), i + 1 < CHECK_REASONS ? "," : "");
    return g_string_free(s, FALSE);
}

static void add_reason(GPtrArray *lines, const BasketItem *item, const CheckLine *c)
{
    const char *reason = g_hash_table_lookup(item->answers, c->key);
    add(lines, reason ? STYLE_NORMAL : STYLE_WARNING,
        reason ? g_strdup_printf(_("  gone past, reason: %s"), reason)
        : check_needs_typed(c) ? g_strdup(_("  needs a typed reason before it can be signed"))
                               : reasons_line());
}

static void add_found(GPtrArray *lines, const BasketItem *item, const CheckLine *c)
{
    Style style = c->severity >= CHECK_HIGH ? STYLE_ALERT : c->severity == CHECK_MEDIUM ? STYLE_WARNING : STYLE_NORMAL;
    add(lines, style, g_strdup_printf("%s: %s", check_severity_name(c->severity), c->text));
    if (check_needs_reason(c))
        add_reason(lines, item, c);
}

/* Signing over what could not be checked needs a reason in words, where it matters. */
static void add_unable(GPtrArray *lines, const BasketItem *item, const CheckLine *c)
{
    add(lines, STYLE_WARNING, g_strdup(c->text));
    if (check_needs_reason(c))
        add_reason(lines, item, c);
}

static void add_checks(GPtrArray *lines, const BasketItem *item)
{
    g_autoptr(GString) clear = g_string_new(NULL);
    for (guint i = 0; item->checks && i < item->checks->len; i++) {
        const CheckLine *c = item->checks->pdata[i];
        if (c->state == CHECK_FOUND)
            add_found(lines, item, c);
        else if (c->state == CHECK_UNABLE)
            add_unable(lines, item, c);
        else
            g_string_append_printf(clear, "%s%s", clear->len ? " · " : "", c->text);
    }
    if (clear->len)
        add(lines, STYLE_NORMAL, g_strdup(clear->str));
}

GPtrArray *order_lines(const BasketItem *item, Instant now)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(order_line_free);
    add_reading(lines, item, now);
    add_checks(lines, item);
    return lines;
}

static int paint_lines(Canvas *c, int row, const GPtrArray *lines)
{
    for (guint i = 0; i < lines->len && row < canvas_rows(c); i++) {
        const OrderLine *l = lines->pdata[i];
        row += MAX(1, canvas_wrap(c, row, 2, canvas_cols(c) - 4, canvas_rows(c) - row, l->style, l->text));
    }
    return row;
}

int order_paint_reading(Canvas *c, int row, const OrderPaint *p)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(order_line_free);
    canvas_rule(c, row++, _("As it will be signed"));
    if (!*p->item->line)
        add(lines, STYLE_DIM, g_strdup(_("Type what to order, for example: alvedon 1g x4 vb smärta")));
    else
        add_reading(lines, p->item, p->now);
    if (p->problem)
        add(lines, STYLE_ALERT, g_strdup(p->problem));
    return paint_lines(c, row, lines);
}

char *order_checks_title(const BasketItem *item, const CheckFacts *facts)
{
    if (!facts || !facts->settled)
        return g_strdup(_("Checks: the patient's data are being fetched"));
    g_autoptr(GHashTable) made = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) unable = g_hash_table_new(g_str_hash, g_str_equal);
    for (guint i = 0; item->checks && i < item->checks->len; i++) {
        const CheckLine *l = item->checks->pdata[i];
        g_hash_table_add(made, (gpointer)l->check);
        if (l->state == CHECK_UNABLE)
            g_hash_table_add(unable, (gpointer)l->check);
    }
    guint all = g_hash_table_size(made);
    return g_strdup_printf(_("Checks %u of %u, technical test rules"), all - g_hash_table_size(unable), all);
}

int order_paint_checks(Canvas *c, int row, const OrderPaint *p)
{
    if (!p->item->order->substance || row >= canvas_rows(c))
        return row;
    g_autofree char *title = order_checks_title(p->item, p->facts);
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(order_line_free);
    canvas_rule(c, row++, title);
    if (!p->facts || !p->facts->settled)
        return row;
    add_checks(lines, p->item);
    char *looked = checks_looked_at(p->facts);
    add(lines, STYLE_DIM, g_strdup_printf(_("looked at: %s"), looked));
    g_free(looked);
    row = paint_lines(c, row, lines);
    if (p->waiting && row < canvas_rows(c))
        canvas_textf(c, canvas_rows(c) - 1, 2, STYLE_DIM,
                     ngettext("%u order waits on the list to sign", "%u orders wait on the list to sign", p->waiting),
                     p->waiting);
    return row;
}
