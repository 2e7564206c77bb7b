/* SPDX-License-Identifier: GPL-3.0-or-later
 * What is read before it is signed: the orders spelt out in rows of the screen's width, which of them
 * have been shown, and how one moves among them. */
#include "ui/views/sign-list.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "ui/views/order-paint.h"

static void row_clear(gpointer p)
{
    g_free(((SignRow *)p)->text);
}

static void add_row(SignList *s, Style style, const char *text, gsize len, int item, gboolean first)
{
    gboolean signs = item < 0 || sign_item_ready(s->items->pdata[item]);
    SignRow r = {.text = g_strndup(text, len), .style = style, .item = item, .first = first, .signs = signs};
    g_array_append_val(s->rows, r);
}

/* Wrapped at words; what is longer than a row is cut there. */
static void add_wrapped(SignList *s, Style style, const char *text, int item, gboolean first)
{
    int room = MAX(s->width - 4, 10);
    g_autofree char *safe = text_sanitise(text, -1, FALSE);
    const char *p = safe;
    do {
        gsize len = strlen(p), n = text_fit(p, (gssize)len, room, NULL), take = n;
        if (n < len) {
            while (take > 0 && p[take] != ' ')
                take--;
            take = take ? take : MAX(n, 1);
        }
        add_row(s, style, p, take, item, first);
        first = FALSE;
        p += take;
        while (*p == ' ')
            p++;
    } while (*p);
}

/* One that is still being written: as it was typed, and the first thing that it lacks. */
static void add_unfinished(SignList *s, guint i)
{
    const BasketItem *b = s->items->pdata[i];
    const GPtrArray *issues = b->order->issues;
    g_autofree char *lacks = issues->len ? order_issue_sentence(issues->pdata[0]) : g_strdup(_("never put on the list"));
    g_autofree char *text = g_strdup_printf("%s – %s", b->line, lacks);
    if (b->change) { /* with the old order, and what somebody else has made of it */
        g_autoptr(GPtrArray) lines = order_lines(b, s->now);
        for (guint k = 0; k < lines->len; k++)
            add_wrapped(s, ((OrderLine *)lines->pdata[k])->style, ((OrderLine *)lines->pdata[k])->text, (int)i, k == 0);
    } else {
        add_wrapped(s, STYLE_WARNING, text, (int)i, TRUE);
    }
    if (b->failure)
        add_wrapped(s, STYLE_ALERT, b->failure, (int)i, FALSE);
}

static void add_item(SignList *s, guint i)
{
    const BasketItem *b = s->items->pdata[i];
    g_autoptr(GPtrArray) lines = order_lines(b, s->now);
    for (guint k = 0; k < lines->len; k++) {
        const OrderLine *l = lines->pdata[k];
        add_wrapped(s, l->style, l->text, (int)i, k == 0);
    }
    g_autofree char *codes = sign_list_codes_text(s, b);
    if (codes)
        add_wrapped(s, STYLE_NORMAL, codes, (int)i, FALSE);
    if (b->failure)
        add_wrapped(s, STYLE_ALERT, b->failure, (int)i, FALSE);
    add_row(s, STYLE_NORMAL, "", 0, (int)i, FALSE);
}

static char *content_of(const SignList *s)
{
    GString *c = g_string_new(NULL);
    for (guint i = 0; i < s->rows->len; i++)
        if (g_array_index(s->rows, SignRow, i).signs)
            g_string_append_printf(c, "%s\n", g_array_index(s->rows, SignRow, i).text);
    return g_string_free(c, FALSE);
}

void sign_rows_lay_out(SignList *s)
{
    g_autoptr(GArray) before = g_steal_pointer(&s->rows);
    s->rows = g_array_new(FALSE, TRUE, sizeof(SignRow));
    g_array_set_clear_func(s->rows, row_clear);
    guint ready = sign_list_ready_count(s); /* they stand first */
    for (guint i = 0; i < ready; i++)
        add_item(s, i);
    if (ready && s->facts) {
        g_autofree char *looked = checks_looked_at(check_facts(s->facts));
        g_autofree char *line = g_strdup_printf(_("The checks looked at: %s. Technical test rules, not for clinical use."), looked);
        add_wrapped(s, STYLE_DIM, line, -1, FALSE);
        add_row(s, STYLE_NORMAL, "", 0, -1, FALSE);
    }
    if (ready < s->items->len) {
        guint n = s->items->len - ready;
        g_autofree char *line = g_strdup_printf(ngettext("%u unfinished order, will not be signed. Tab goes to it, Enter goes on with it",
                                                         "%u unfinished orders, will not be signed. Tab goes to the next, Enter goes on with it", n), n);
        add_wrapped(s, STYLE_HEADING, line, (int)ready, FALSE);
    }
    for (guint i = ready; i < s->items->len; i++)
        add_unfinished(s, i);
    char *content = content_of(s);
    gboolean same = before && g_strcmp0(content, s->content) == 0 && before->len == s->rows->len;
    for (guint i = 0; same && i < s->rows->len; i++)
        g_array_index(s->rows, SignRow, i).shown = g_array_index(before, SignRow, i).shown;
    g_free(s->content);
    s->content = content;
}

/* ---- moving ---- */

static void sign_rows_show_chosen(SignList *s)
{
    int from = -1, to = -1;
    for (guint i = 0; i < s->rows->len; i++)
        if (g_array_index(s->rows, SignRow, i).item == (int)s->selected) {
            from = from < 0 ? (int)i : from;
            to = (int)i;
        }
    if (from < 0 || s->height <= 0)
        return;
    if (to >= s->top + s->height)
        s->top = to - s->height + 1;
    if (from < s->top)
        s->top = from;
}

gboolean sign_rows_next_unfinished(SignList *s)
{
    guint ready = sign_list_ready_count(s); /* they stand first */
    if (ready == s->items->len)
        return FALSE;
    s->selected = s->selected < ready || s->selected + 1 >= s->items->len ? ready : s->selected + 1;
    sign_rows_show_chosen(s);
    return TRUE;
}

void sign_rows_scroll(SignList *s, int by)
{
    int most = MAX((int)s->rows->len - s->height, 0);
    s->top = CLAMP(s->top + by, 0, most);
}

gboolean sign_rows_move(SignList *s, const char *key)
{
    if (strcmp(key, "<Down>") == 0 && s->selected + 1 < s->items->len)
        s->selected++;
    else if (strcmp(key, "<Up>") == 0 && s->selected > 0)
        s->selected--;
    else if (strcmp(key, "<Down>") == 0 || strcmp(key, "<Up>") == 0)
        return sign_rows_scroll(s, *(key + 1) == 'D' ? 1 : -1), TRUE;
    else if (strcmp(key, "<PgDn>") == 0 || strcmp(key, "<PgUp>") == 0 || strcmp(key, " ") == 0)
        return sign_rows_scroll(s, strcmp(key, "<PgUp>") == 0 ? 1 - s->height : s->height - 1), TRUE;
    else if (strcmp(key, "<Home>") == 0 || strcmp(key, "<End>") == 0)
        return sign_rows_scroll(s, strcmp(key, "<Home>") == 0 ? -(int)s->rows->len : (int)s->rows->len), TRUE;
    else
        return FALSE;
    sign_rows_show_chosen(s);
    return TRUE;
}

/* ---- what has been seen ---- */

gboolean sign_rows_all_shown(const SignList *s)
{
    for (guint i = 0; i < s->rows->len; i++)
        if (g_array_index(s->rows, SignRow, i).signs && !g_array_index(s->rows, SignRow, i).shown)
            return FALSE;
    return s->rows->len > 0;
}

void sign_rows_paint(SignList *s, Canvas *c, int from)
{
    for (int i = 0; i < s->height && s->top + i < (int)s->rows->len; i++) {
        SignRow *r = &g_array_index(s->rows, SignRow, s->top + i);
        canvas_text(c, from + i, r->first || r->item < 0 ? 2 : 3, r->style, r->text);
        r->shown = TRUE;
        if (r->first && r->item == (int)s->selected)
            canvas_gutter(c, from + i);
    }
}
