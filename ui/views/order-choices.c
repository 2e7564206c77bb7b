/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/order-choices.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"

typedef struct {
    char *id, *text, *detail;
    const DrugProduct *substance, *product; /* one of them, or a word */
    OrderField field;
    char *token; /* the word it stands for; NULL = there is none yet */
    char *line;  /* the whole line, of a favourite; NULL */
} Choice;

struct OrderChoices {
    GPtrArray *rows;
    List *list;
};

static void choice_free(gpointer p)
{
    Choice *c = p;
    g_free(c->id);
    g_free(c->text);
    g_free(c->detail);
    g_free(c->token);
    g_free(c->line);
    g_free(c);
}

static guint row_count(gpointer model)
{
    return ((OrderChoices *)model)->rows->len;
}

static gpointer row_at(gpointer model, guint i)
{
    return ((OrderChoices *)model)->rows->pdata[i];
}

static const char *row_id(gpointer model, guint i)
{
    return ((Choice *)row_at(model, i))->id;
}

static char *cell_text(gpointer row, Style *style)
{
    (void)style;
    return g_strdup(((Choice *)row)->text);
}

static char *cell_detail(gpointer row, Style *style)
{
    *style = STYLE_DIM;
    return g_strdup(((Choice *)row)->detail);
}

static const ListColumn columns[] = {
    {.id = "text", .title = N_("Choose"), .width = 34, .grow = TRUE, .text = cell_text},
    {.id = "detail", .title = N_("Group"), .width = 34, .text = cell_detail},
    {0}};
static const ListModel model = {row_count, row_at, row_id};

OrderChoices *order_choices_new(void)
{
    OrderChoices *c = g_new0(OrderChoices, 1);
    c->rows = g_ptr_array_new_with_free_func(choice_free);
    c->list = list_new(columns, &model, c);
    return c;
}

void order_choices_free(OrderChoices *c)
{
    if (!c)
        return;
    list_free(c->list);
    g_ptr_array_unref(c->rows);
    g_free(c);
}

List *order_choices_list(OrderChoices *c)
{
    return c->list;
}

guint order_choices_count(const OrderChoices *c)
{
    return c->rows->len;
}

static Choice *add(OrderChoices *c, const char *id, const char *text, const char *detail)
{
    Choice *row = g_new0(Choice, 1);
    row->id = g_strdup(id);
    row->text = g_strdup(text);
    row->detail = g_strdup(detail ? detail : "");
    g_ptr_array_add(c->rows, row);
    return row;
}

void order_choices_clear(OrderChoices *c)
{
    g_ptr_array_set_size(c->rows, 0);
}

void order_choices_add_line(OrderChoices *c, const char *id, const char *text, const char *detail, const char *line)
{
    Choice *row = add(c, id, text, detail);
    row->line = g_strdup(line);
    row->field = ORDER_FIELDS;
}

void order_choices_settle(OrderChoices *c)
{
    list_refresh(c->list);
    if (c->rows->len && list_selected(c->list) < 0)
        list_select(c->list, 0);
}

GPtrArray *order_products(const BasketItem *item, const OrderData *data)
{
    GPtrArray *out = g_ptr_array_new();
    const Order *o = item->order;
    g_autofree char *typed = text_fold(o->typed_drug ? o->typed_drug : "");
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; o->substance && i < drug_list_count(data->drugs); i++) {
        const DrugProduct *p = drug_list_at(data->drugs, i);
        if (strcmp(p->substance, o->substance) != 0)
            continue;
        if (o->by_brand && (!p->folded_brand || !g_str_has_prefix(p->folded_brand, typed)))
            continue;
        if (g_hash_table_add(seen, g_strdup_printf("%s\n%s\n%s", p->form, p->strength_text,
                                                   o->by_brand ? p->brand : "")))
            g_ptr_array_add(out, (gpointer)p);
    }
    return out;
}

static void add_products(OrderChoices *c, const BasketItem *item, const OrderData *data, const OrderIssue *issue)
{
    g_autoptr(GPtrArray) products = order_products(item, data);
    const Order *o = item->order;
    for (guint i = 0; i < products->len; i++) {
        const DrugProduct *p = products->pdata[i];
        const char *value = issue->field == ORDER_FORM ? p->form : p->strength_text;
        if ((issue->options && !g_strv_contains((const char *const *)issue->options, value)) ||
            (issue->field == ORDER_STRENGTH && o->form && strcmp(p->form, o->form) != 0))
            continue;
        g_autofree char *name = drug_name(p, o->by_brand);
        add(c, p->id, name, p->group)->product = p;
    }
}

static void add_words(OrderChoices *c, const OrderIssue *issue)
{
    for (char **option = issue->options; option && *option; option++) {
        Choice *row = add(c, *option, *option, NULL);
        row->field = issue->field;
        row->token = g_strdup(issue->token);
    }
}

void order_choices_refresh(OrderChoices *c, const BasketItem *item, const OrderData *data)
{
    const GPtrArray *issues = item->order->issues;
    order_choices_clear(c);
    for (guint i = 0; i < issues->len && !c->rows->len; i++) {
        const OrderIssue *issue = issues->pdata[i];
        if (issue->field == ORDER_DRUG) {
            for (guint k = 0; issue->kind == ISSUE_AMBIGUOUS && k < item->order->choices->len; k++) {
                const DrugProduct *p = item->order->choices->pdata[k];
                add(c, p->substance, drug_tall_man(p), p->group)->substance = p;
            }
        } else if (issue->field == ORDER_FORM || issue->field == ORDER_STRENGTH) {
            add_products(c, item, data, issue);
        } else if (issue->field != ORDER_TIMING) { /* there the options only say what the numbers are */
            add_words(c, issue);
        }
    }
    order_choices_settle(c);
}

char *order_words_of(const BasketItem *item, OrderField field)
{
    GString *s = g_string_new(NULL);
    for (guint i = 0; i < item->order->words->len; i++) {
        const OrderWord *w = item->order->words->pdata[i];
        if (w->field == field)
            g_string_append_printf(s, "%s%s", s->len ? " " : "", w->text);
    }
    return g_string_free(s, FALSE);
}

char *order_dose_with_unit(const BasketItem *item, const char *unit)
{
    g_autofree char *dose = order_words_of(item, ORDER_DOSE);
    gsize n = strspn(dose, "0123456789.,-+");
    const char *rest = dose + n; /* the old unit, then what stood after it */
    rest += *rest == ' ';
    while (*rest && *rest != ' ' && !(*rest == 'x' && g_ascii_isdigit(rest[1])))
        rest++;
    return g_strdup_printf("%.*s %s%s%s", (int)n, dose, unit, *rest && *rest != ' ' ? " " : "", rest);
}

static char *with_word(const BasketItem *item, const Choice *c)
{
    const GPtrArray *words = item->order->words;
    if (c->field == ORDER_UNIT) {
        g_autofree char *dose = order_dose_with_unit(item, c->text);
        return basket_line_with(item, ORDER_DOSE, dose);
    }
    GString *s = g_string_new(NULL);
    gboolean found = FALSE;
    for (guint i = 0; c->token && i < words->len; i++) {
        const OrderWord *w = words->pdata[i];
        gboolean here = !found && strcmp(w->text, c->token) == 0;
        found = found || here;
        g_string_append_printf(s, "%s%s", s->len ? " " : "", here ? c->text : w->text);
    }
    if (found)
        return g_string_free(s, FALSE);
    g_string_free(s, TRUE);
    return basket_line_with(item, c->field, c->text);
}

gboolean order_choices_pick(OrderChoices *c, BasketItem *item)
{
    int i = list_selected(c->list);
    if (i < 0 || (guint)i >= c->rows->len)
        return FALSE;
    const Choice *row = c->rows->pdata[i];
    if (!row->line && row->field == ORDER_FIELDS)
        return FALSE;
    if (row->line) {
        g_free(item->line);
        item->line = g_strdup(row->line);
    } else if (row->substance) {
        basket_item_pick_substance(item, row->substance);
    } else if (row->product) {
        basket_item_pick_product(item, row->product);
    } else {
        char *line = with_word(item, row);
        g_free(item->line);
        item->line = line;
    }
    return TRUE;
}
