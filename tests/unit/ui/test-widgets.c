/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "app/frontend.h"
#include "ui/modal.h"
#include "ui/prompt.h"
#include "ui/widgets/field.h"
#include "ui/widgets/form.h"
#include "ui/widgets/list.h"
#include "ui/widgets/text.h"
#include "ui/widgets/trend.h"
#include "ui/rows.h"

#include <math.h>
#include <string.h>

/* ---- list: rows are strings, the string is the id ---- */

static guint rows_count(gpointer model)
{
    return ((GPtrArray *)model)->len;
}

static gpointer rows_row(gpointer model, guint i)
{
    return ((GPtrArray *)model)->pdata[i];
}

static const char *rows_id(gpointer model, guint i)
{
    return ((GPtrArray *)model)->pdata[i];
}

static char *cell_id(gpointer row, Style *ret_style)
{
    return g_strdup(row);
}

static char *cell_detail(gpointer row, Style *ret_style)
{
    return g_strdup_printf("mer om %s", (char *)row);
}

static const ListColumn columns[] = {
    {"id", "Bed", 6, 0, -1, FALSE, cell_id},
    {"detail", "Detail", 20, 1, -1, TRUE, cell_detail},
    {"extra", "Extra", 60, 2, -1, FALSE, cell_detail},
    {NULL},
};
static const ListModel rows_model = {rows_count, rows_row, rows_id};

static GPtrArray *rows_new(int from, int n)
{
    GPtrArray *rows = g_ptr_array_new_with_free_func(g_free);
    for (int i = from; i < from + n; i++)
        g_ptr_array_add(rows, g_strdup_printf("r%d", i));
    return rows;
}

Test(list, selection_follows_identity)
{
    g_autoptr(GPtrArray) rows = rows_new(0, 30);
    g_autoptr(List) l = list_new(columns, &rows_model, rows);
    g_autoptr(Canvas) c = canvas_new(12, 80);
    list_paint(l, c, TRUE);
    for (int i = 0; i < 5; i++)
        list_input(l, "<Down>", FALSE);
    list_paint(l, c, TRUE);
    int before, after, col;
    canvas_cursor_at(c, &before, &col);
    cr_expect_str_eq(list_selected_id(l), "r5");
    for (int i = 0; i < 3; i++)
        g_ptr_array_insert(rows, 0, g_strdup_printf("new%d", i));
    list_refresh(l);
    list_paint(l, c, TRUE);
    canvas_cursor_at(c, &after, &col);
    cr_expect_str_eq(list_selected_id(l), "r5");
    cr_expect_eq(list_selected(l), 8);
    cr_expect_eq(before, after, "what is under the cursor stays on its line");
    g_ptr_array_remove_index(rows, 8);
    list_refresh(l);
    cr_expect_not(list_input(l, "<Enter>", FALSE) & WIDGET_ACCEPT, "a neighbour is never opened unseen");
    list_input(l, "<Down>", FALSE);
    cr_expect(list_input(l, "<Enter>", FALSE) & WIDGET_ACCEPT);
}

Test(list, says_how_many_and_drops_columns)
{
    g_autoptr(GPtrArray) rows = rows_new(0, 30);
    g_autoptr(List) l = list_new(columns, &rows_model, rows);
    g_autoptr(Canvas) c = canvas_new(12, 80);
    list_set_more(l, 172);
    list_paint(l, c, TRUE);
    expect_row(c, 0, "  Bed     Detail");
    expect_row(c, 1, "▌ r0      mer om r0");
    expect_row(c, 11, "  1–10 of 30, 172 more");
    list_input(l, "<End>", FALSE);
    list_paint(l, c, TRUE);
    expect_row(c, 10, "▌ r29     mer om r29");
    cr_expect(list_near_end(l));
    g_ptr_array_set_size(rows, 0);
    list_refresh(l);
    list_set_more(l, 0);
    list_set_empty_text(l, "Inga träffar");
    list_paint(l, c, TRUE);
    expect_row(c, 1, "  Inga träffar");
    cr_expect_null(list_selected_id(l));
}

/* ---- text ---- */

Test(text, knows_when_its_last_line_was_shown)
{
    g_autoptr(TextView) t = textview_new();
    g_autoptr(Canvas) c = canvas_new(5, 80);
    cr_expect_not(textview_end_shown(t));
    textview_set(t, "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12");
    textview_paint(t, c, TRUE);
    cr_expect_not(textview_end_shown(t));
    textview_input(t, "<End>", FALSE);
    textview_paint(t, c, TRUE);
    expect_row(c, 4, "12");
    cr_expect_not(textview_end_shown(t), "what lies between was never on the screen");
    textview_input(t, "<Home>", FALSE);
    for (int i = 0; i < 4; i++) {
        textview_paint(t, c, TRUE);
        textview_input(t, "<PgDn>", FALSE);
    }
    textview_paint(t, c, TRUE);
    cr_expect(textview_end_shown(t));
    textview_set(t, "kort");
    cr_expect_not(textview_end_shown(t));
    textview_paint(t, c, TRUE);
    cr_expect(textview_end_shown(t));
}

/* ---- field ---- */

static void field_type(Field *f, const char *keys)
{
    g_auto(GStrv) parts = g_strsplit(keys, " ", -1);
    for (char **p = parts; *p; p++)
        field_input(f, *p, FALSE);
}

Test(field, edits_one_line)
{
    g_autoptr(Field) f = field_new("alvedon");
    field_type(f, "<Space> 1 g <Home> <Del> A <End> <BS> <C-z> <C-y>");
    cr_expect_str_eq(field_text(f), "Alvedon 1");
    field_input(f, "19120211-9192\n", TRUE);
    cr_expect_str_eq(field_text(f), "Alvedon 119120211-9192", "a scanner's line end is no part of it");
    field_set_error(f, "fel");
    g_autoptr(Canvas) c = canvas_new(2, 40);
    field_type(f, "<Left>");
    field_paint(f, c, 0, 0, 30, TRUE);
    expect_row(c, 1, "fel");
    field_type(f, "x");
    canvas_clear(c);
    field_paint(f, c, 0, 0, 30, TRUE);
    expect_row(c, 1, "");
    cr_expect(field_input(f, "<Enter>", FALSE) & WIDGET_ACCEPT);
    cr_expect(field_input(f, "<Esc>", FALSE) & WIDGET_CANCEL);
    cr_expect_eq(field_input(f, "<F9>", FALSE), WIDGET_IGNORED);
}

Test(field, a_secret_is_never_shown_or_lent)
{
    g_autoptr(Field) f = field_new_secret(16);
    g_autoptr(Canvas) c = canvas_new(3, 80);
    field_type(f, "1 2 3 4 <BS>");
    cr_expect_str_eq(field_text(f), "");
    cr_expect_eq(field_length(f), 3);
    field_paint(f, c, 0, 0, 20, TRUE);
    expect_row(c, 0, "***");
    g_autoptr(SecretBuf) pin = field_take_secret(f);
    cr_expect_eq(pin->len, 3);
    cr_expect_arr_eq(pin->data, "123", 3);
    cr_expect_eq(field_length(f), 0);
}

Test(field, the_cursor_is_always_in_sight)
{
    g_autoptr(Field) f = field_new("en mycket lång rad som inte får plats");
    g_autoptr(Canvas) c = canvas_new(3, 80);
    int row, col;
    field_input(f, "<End>", FALSE);
    field_paint(f, c, 0, 5, 10, TRUE);
    canvas_cursor_at(c, &row, &col);
    cr_expect(col >= 5 && col < 15, "%d", col);
    expect_row(c, 0, "     får plats");
    field_input(f, "<Home>", FALSE);
    field_paint(f, c, 0, 5, 10, TRUE);
    expect_row(c, 0, "     en mycket");
}

/* ---- form ---- */

typedef struct {
    char *drug, *route, *prn, *why;
} Order;

static guint order_count(gpointer model)
{
    return strcmp(((Order *)model)->prn, "true") == 0 ? 4 : 3;
}

static void order_field(gpointer model, guint i, FormField *ret)
{
    static const char *const routes[] = {"oralt", "intravenöst", NULL};
    Order *o = model;
    const FormField fields[] = {
        {"drug", "Läkemedel", o->drug, FORM_TEXT, TRUE, NULL, NULL, NULL},
        {"route", "Väg", o->route, FORM_CHOICE, FALSE, NULL, NULL, routes},
        {"prn", "Vid behov", o->prn, FORM_BOOLEAN, FALSE, NULL, NULL, NULL},
        {"why", "Mot", o->why, FORM_TEXT, FALSE, *o->why ? NULL : "Ange mot vad", NULL, NULL},
    };
    *ret = fields[i];
}

static void order_set(gpointer model, const char *id, const char *value)
{
    Order *o = model;
    char **at = strcmp(id, "drug") == 0    ? &o->drug
                : strcmp(id, "route") == 0 ? &o->route
                : strcmp(id, "prn") == 0   ? &o->prn
                                           : &o->why;
    g_free(*at);
    *at = g_strdup(value);
}

Test(form, fields_come_and_the_focus_follows)
{
    static const FormModel model = {order_count, order_field, order_set};
    Order o = {g_strdup(""), g_strdup("oralt"), g_strdup("false"), g_strdup("")};
    g_autoptr(Form) f = form_new(&model, &o);
    g_autoptr(Canvas) c = canvas_new(10, 80);
    form_input(f, "A", FALSE);
    form_input(f, "<Tab>", FALSE);
    form_input(f, "i", FALSE);
    form_input(f, "<Down>", FALSE);
    form_input(f, " ", FALSE);
    form_refresh(f);
    cr_expect_str_eq(o.drug, "A");
    cr_expect_str_eq(o.route, "intravenöst");
    cr_expect_str_eq(o.prn, "true");
    cr_expect_str_eq(form_focus(f), "prn");
    cr_expect(form_set_focus(f, "why"));
    form_paint(f, c, TRUE);
    expect_row(c, 0, "  Läkemedel* A");
    expect_row(c, 3, "▌ Mot");
    expect_row(c, 4, "             Ange mot vad");
    form_input(f, "smärta", TRUE);
    cr_expect_str_eq(o.why, "smärta");
    form_input(f, "<Tab>", FALSE);
    cr_expect_str_eq(form_focus(f), "drug", "from the last to the first");
    cr_expect(form_input(f, "<Enter>", FALSE) & WIDGET_ACCEPT);
    g_free(o.drug);
    g_free(o.route);
    g_free(o.prn);
    g_free(o.why);
}

/* ---- trend ---- */

Test(trend, lines_and_arrows)
{
    const double up[] = {4, 5, NAN, 10}, flat[] = {3, 3};
    g_autofree char *line = trend_sparkline(up, 4);
    cr_expect_str_eq(line, "▁▂ █");
    g_autofree char *even = trend_sparkline(flat, 2);
    cr_expect_str_eq(even, "▄▄");
    cr_expect_str_eq(trend_arrow(up, 4, 1), "↑");
    cr_expect_str_eq(trend_arrow(flat, 2, 1), "→");
    cr_expect_str_eq(trend_arrow(up, 1, 1), "");
}

/* ---- modals ---- */

static int picked;
static char *asked;

static void on_pick(int index, gpointer data)
{
    picked = index;
}

static void on_text(const char *text, gpointer data)
{
    g_free(asked);
    asked = g_strdup(text ? text : "(closed)");
}

Test(modal, a_question_is_answered_with_a_letter)
{
    g_autoptr(ModalStack) s = modal_stack_new();
    picked = 7;
    modal_confirm(s, "Makulera?", on_pick, NULL);
    cr_expect(modal_input(s, "<Enter>", FALSE));
    cr_expect(modal_input(s, "y", TRUE));
    cr_expect_eq(picked, 7);
    modal_input(s, "n", FALSE);
    cr_expect_eq(picked, -1);
    cr_expect_null(modal_top(s));
    modal_confirm(s, "Makulera?", on_pick, NULL);
    modal_input(s, "y", FALSE);
    cr_expect_eq(picked, 0);
}

Test(modal, picks_and_asks)
{
    g_autoptr(ModalStack) s = modal_stack_new();
    g_autoptr(GPtrArray) items = g_ptr_array_new();
    PickItem one = {NULL, (char *)"Medicin", (char *)"avd 3"}, two = {(char *)"k", (char *)"Kirurgi", NULL};
    g_ptr_array_add(items, &one);
    g_ptr_array_add(items, &two);
    modal_pick(s, "Uppdrag", items, on_pick, NULL);
    modal_input(s, "k", FALSE);
    cr_expect_eq(picked, 1);
    modal_pick(s, "Uppdrag", items, on_pick, NULL);
    g_autoptr(Canvas) c = canvas_new(24, 80);
    Layout l = layout_make(24, 80, FALSE);
    modal_paint(s, c, &l);
    g_autofree char *row = row_text(c, 10);
    cr_expect(strstr(row, "▌ 1   Medicin  avd 3"), "%s", row);
    modal_input(s, "<Esc>", FALSE);
    cr_expect_eq(picked, -1);
    modal_ask(s, "Skäl", "x", on_text, NULL);
    modal_input(s, "<End>", FALSE);
    modal_input(s, "y", FALSE);
    modal_input(s, "<Enter>", FALSE);
    cr_expect_str_eq(asked, "xy");
    g_clear_pointer(&asked, g_free);
}

/* ---- the command line ---- */

static char **complete(const char *line, gpointer data)
{
    return g_strsplit("note-new note-sign order-new", " ", -1);
}

static void prompt_keys(const char *keys)
{
    g_auto(GStrv) parts = g_strsplit(keys, " ", -1);
    for (char **p = parts; *p; p++)
        prompt_input(*p, FALSE);
}

Test(prompt, edits_completes_and_remembers)
{
    prompt_init(complete, NULL);
    prompt_open(":", NULL, on_text, NULL);
    prompt_keys("o r <Tab>");
    g_autoptr(Canvas) c = canvas_new(1, 80);
    prompt_paint(c);
    expect_row(c, 0, ":order-new");
    prompt_input("å ä\nö", TRUE);
    prompt_keys("<Home> x <Del> <End> <BS> <Enter>");
    cr_expect_str_eq(asked, "xrder-new å ä");
    cr_expect_not(prompt_is_open());
    prompt_open(":", NULL, on_text, NULL);
    prompt_keys("<Up> <Enter>");
    cr_expect_str_eq(asked, "xrder-new å ä");
    prompt_open(":", NULL, on_text, NULL);
    prompt_keys("n o <Tab>");
    canvas_clear(c);
    prompt_paint(c);
    expect_row(c, 0, ":note-   note-new  note-sign");
    prompt_keys("<Esc>");
    cr_expect_str_eq(asked, "(closed)");
    prompt_forget();
    prompt_open(":", NULL, on_text, NULL);
    prompt_keys("<Up> <Enter>");
    cr_expect_str_eq(asked, "");
    prompt_open(":", "abc", on_text, NULL);
    prompt_keys("<C-x> <C-r> <M-!> <F9> <Enter>");
    cr_expect_str_eq(asked, "abc");
    prompt_open(":", NULL, on_text, NULL);
    prompt_keys("s e t <Space> u i <Space> x");
    cr_expect(prompt_is_open(), "a space must not close it: what is typed on would be commands");
    prompt_keys("<Enter>");
    cr_expect_str_eq(asked, "set ui x");
    g_clear_pointer(&asked, g_free);
}
