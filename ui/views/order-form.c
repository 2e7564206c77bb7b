/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/views/order-form.h"

#include <glib/gi18n.h>
#include <string.h>

#include "chart/order-offer.h"
#include "chart/order-reading.h"
#include "ui/views/order-choices.h"
#include "ui/widgets/form.h"

/* In the order in which the line is written. @word begins the part where the part needs one to be
 * read as what it is. */
static const struct {
    OrderField field;
    const char *id, *label, *word;
    FormKind kind;
    gboolean required;
} rows[] = {
    {ORDER_DRUG, "drug", N_("Medicine"), NULL, FORM_TEXT, TRUE},
    {ORDER_STRENGTH, "strength", N_("Strength"), NULL, FORM_CHOICE, TRUE},
    {ORDER_FORM, "form", N_("Form"), NULL, FORM_CHOICE, TRUE},
    {ORDER_ROUTE, "route", N_("Route"), NULL, FORM_CHOICE, TRUE},
    {ORDER_DOSE, "dose", N_("Dose"), NULL, FORM_TEXT, TRUE},
    {ORDER_UNIT, "unit", N_("Unit"), NULL, FORM_CHOICE, TRUE},
    {ORDER_TIMING, "timing", N_("When"), NULL, FORM_TEXT, FALSE},
    {ORDER_AS_NEEDED, "as-needed", N_("As needed"), "vb", FORM_TEXT, FALSE},
    {ORDER_MAX, "max", N_("At most"), "max", FORM_TEXT, FALSE},
    {ORDER_START, "start", N_("Start"), "from", FORM_TEXT, FALSE},
    {ORDER_STOP, "stop", N_("Stop"), NULL, FORM_TEXT, FALSE},
    {ORDER_REASON, "reason", N_("Reason"), "orsak", FORM_TEXT, TRUE},
    {ORDER_FOLLOW_UP, "follow-up", N_("Follow-up"), "uppf", FORM_TEXT, FALSE},
    {ORDER_SUPPLY, "supply", N_("Prescription"), "recept", FORM_TEXT, FALSE},
    {ORDER_WITHDRAWALS, "withdrawals", N_("Withdrawals"), "uttag", FORM_TEXT, FALSE},
    {ORDER_EXCHANGE, "exchange", N_("No exchange"), "byt ej", FORM_TEXT, FALSE},
    {ORDER_TOKEN, "rest", N_("Not understood"), NULL, FORM_TEXT, FALSE},
};
#define ROWS G_N_ELEMENTS(rows)

struct OrderForm {
    const BasketItem *item;
    const OrderData *data;
    OrderFormLineFn line;
    OrderFormProductFn product;
    gpointer fn_data;
    Form *form;
    char *parts[ROWS]; /* what was typed in each; the line is made of them */
    GPtrArray *choices; /* const char*, of the field asked for last */
    char *shown;        /* its value */
    char *error, *help;
};

static int row_of(const char *id)
{
    for (gsize i = 0; i < ROWS; i++)
        if (strcmp(rows[i].id, id) == 0)
            return (int)i;
    return -1;
}

static void add_once(GPtrArray *set, const char *text)
{
    if (!g_ptr_array_find_with_equal_func(set, text, g_str_equal, NULL))
        g_ptr_array_add(set, (gpointer)text);
}

static void fill_choices(OrderForm *f, OrderField field)
{
    const Order *o = f->item->order;
    g_autoptr(GPtrArray) products = order_products(f->item, f->data);
    g_ptr_array_set_size(f->choices, 0);
    for (guint i = 0; i < products->len; i++) {
        const DrugProduct *p = products->pdata[i];
        if (field == ORDER_FORM)
            add_once(f->choices, p->form);
        else if (field == ORDER_STRENGTH && (!o->form || strcmp(p->form, o->form) == 0))
            add_once(f->choices, p->strength_text);
        else if ((!o->product || p == o->product) && (field == ORDER_UNIT || field == ORDER_ROUTE))
            for (char **w = field == ORDER_UNIT ? p->dose_units : p->routes; *w; w++)
                add_once(f->choices, *w);
    }
    if (o->product && !f->choices->len) /* the product stands under another name in the list */
        for (char **w = field == ORDER_UNIT ? o->product->dose_units : o->product->routes;
             (field == ORDER_UNIT || field == ORDER_ROUTE) && *w; w++)
            add_once(f->choices, *w);
    g_ptr_array_add(f->choices, NULL);
}

static const char *chosen(const Order *o, OrderField field)
{
    switch (field) {
    case ORDER_FORM: return o->form;
    case ORDER_STRENGTH: return o->product ? o->product->strength_text : NULL;
    case ORDER_ROUTE: return o->route;
    default: return o->unit;
    }
}

/* What belongs to a prescription has its rows when there is one; what is not understood, when there is any. */
static gboolean row_stands(const OrderForm *f, gsize row)
{
    OrderField field = rows[row].field;
    gboolean said = f->parts[row] && *f->parts[row];
    if (field == ORDER_WITHDRAWALS || field == ORDER_EXCHANGE)
        return said || f->item->order->supply.wanted;
    return field != ORDER_TOKEN || said;
}

static guint form_count(gpointer model)
{
    guint n = 0;
    for (gsize i = 0; i < ROWS; i++)
        n += row_stands(model, i);
    return n;
}

/* What the text that is typed in now may become. */
static GPtrArray *offers_of(const OrderForm *f, guint row)
{
    return order_offers_for(order_offers(), f->data->drugs, rows[row].field, f->parts[row]);
}

static gboolean is_typed_in(const OrderForm *f, guint row)
{
    return f->form && rows[row].kind == FORM_TEXT && g_strcmp0(form_focus(f->form), rows[row].id) == 0;
}

/* "→ paracetamol · …": Right at the end of the text takes the first. */
static char *offers_line(const OrderForm *f, guint row)
{
    g_autoptr(GPtrArray) offers = is_typed_in(f, row) ? offers_of(f, row) : g_ptr_array_new();
    g_ptr_array_add(offers, NULL);
    g_autofree char *list = g_strjoinv(" · ", (char **)offers->pdata);
    return *list ? g_strconcat("→ ", list, NULL) : NULL;
}

static void form_field(gpointer model, guint at, FormField *ret)
{
    OrderForm *f = model;
    const Order *o = f->item->order;
    gsize i = 0;
    for (guint before = 0; i + 1 < ROWS; i++) {
        before += row_stands(f, i);
        if (before > at)
            break;
    }
    const OrderIssue *issue = order_issue(o, rows[i].field);
    *ret = (FormField){.id = rows[i].id, .label = _(rows[i].label), .kind = rows[i].kind, .required = rows[i].required};
    ret->value = f->parts[i];
    if (rows[i].kind == FORM_CHOICE) {
        const char *value = chosen(o, rows[i].field);
        fill_choices(f, rows[i].field);
        ret->choices = (const char *const *)f->choices->pdata;
        g_free(f->shown);
        f->shown = order_is_assumed(o, rows[i].field) && value ? g_strdup(value) : g_strdup(value ? value : "");
        ret->value = f->shown;
    }
    g_free(f->error);
    g_free(f->help);
    f->help = offers_line(f, (guint)i);
    f->error = issue && !f->help ? order_issue_sentence(issue) : NULL; /* the reading tells it too */
    ret->error = f->error;
    ret->help = f->help ? f->help : order_is_assumed(o, rows[i].field) ? _("assumed") : NULL;
}

/* A part as the line needs it: "smärta" as reason is "orsak smärta". */
static char *worded(const OrderForm *f, gsize row, const char *text)
{
    g_autofree char *plain = g_strstrip(g_strdup(text));
    CivilDate day;
    if (rows[row].field == ORDER_STOP && civil_date_parse(plain, &day)) /* a length says itself what it is */
        return g_strdup_printf("tom %s", plain);
    if (!rows[row].word || !*plain || order_words_lead(f->data->words, plain, rows[row].field))
        return g_steal_pointer(&plain);
    return g_strdup_printf("%s %s", rows[row].word, plain);
}

static void add_parts(OrderForm *f, GString *line, OrderField field)
{
    for (gsize i = 0; i < ROWS; i++) {
        g_autofree char *part = rows[i].field == field ? worded(f, i, f->parts[i]) : g_strdup("");
        if (*part)
            g_string_append_printf(line, "%s%s", line->len ? " " : "", part);
    }
}

/* A word that is not understood stands where no text is open that it could become part of; a number where no dose is
 * waited for. */
static void tell(OrderForm *f)
{
    static const OrderField written[] = {ORDER_DRUG,   ORDER_FORM,  ORDER_STRENGTH,  ORDER_TOKEN,     ORDER_DOSE,        ORDER_ROUTE,
                                         ORDER_TIMING, ORDER_MAX,   ORDER_AS_NEEDED, ORDER_REASON,    ORDER_FOLLOW_UP,   ORDER_START,
                                         ORDER_STOP,   ORDER_SUPPLY, ORDER_WITHDRAWALS, ORDER_EXCHANGE, ORDER_TOKEN};
    g_autoptr(GString) line = g_string_new(NULL);
    gboolean number = f->parts[ROWS - 1] && g_ascii_isdigit(*f->parts[ROWS - 1]);
    for (gsize k = 0; k < G_N_ELEMENTS(written); k++)
        if (written[k] != ORDER_TOKEN || number == (k + 1 == G_N_ELEMENTS(written)))
            add_parts(f, line, written[k]);
    f->line(line->str, f->fn_data);
}

/* The product that has the form or strength asked for, and keeps the other where it can. */
static const DrugProduct *product_with(const OrderForm *f, OrderField field, const char *value)
{
    const Order *o = f->item->order;
    const DrugProduct *any = NULL;
    g_autoptr(GPtrArray) products = order_products(f->item, f->data);
    for (guint i = 0; i < products->len; i++) {
        const DrugProduct *p = products->pdata[i];
        if (strcmp(field == ORDER_FORM ? p->form : p->strength_text, value) != 0)
            continue;
        const char *other = field == ORDER_FORM ? p->strength_text : p->form, *had = chosen(o, field == ORDER_FORM ? ORDER_STRENGTH : ORDER_FORM);
        if (g_strcmp0(other, had) == 0)
            return p;
        any = any ? any : p;
    }
    return any;
}

static void set_part(OrderForm *f, gsize row, char *text)
{
    g_free(f->parts[row]);
    f->parts[row] = text;
}

static void form_set(gpointer model, const char *id, const char *value)
{
    OrderForm *f = model;
    int row = row_of(id);
    g_return_if_fail(row >= 0);
    OrderField field = rows[row].field;
    if (field == ORDER_FORM || field == ORDER_STRENGTH) {
        const DrugProduct *p = product_with(f, field, value);
        set_part(f, (gsize)row_of("form"), g_strdup(""));
        set_part(f, (gsize)row_of("strength"), g_strdup(""));
        tell(f);
        if (p)
            f->product(p, f->fn_data);
        return;
    }
    if (field == ORDER_UNIT)
        set_part(f, (gsize)row_of("dose"), order_dose_with_unit(f->item, value));
    else
        set_part(f, (gsize)row, g_strdup(value));
    tell(f);
}

static gboolean take_offer(OrderForm *f)
{
    int row = form_at_end(f->form) ? row_of(form_focus(f->form)) : -1;
    g_autoptr(GPtrArray) offers = row >= 0 ? offers_of(f, (guint)row) : g_ptr_array_new();
    if (!offers->len)
        return FALSE;
    form_set(f, rows[row].id, offers->pdata[0]);
    form_refresh(f->form);
    return TRUE;
}

static const FormModel model = {form_count, form_field, form_set};

void order_form_reread(OrderForm *f)
{
    for (gsize i = 0; i < ROWS; i++)
        set_part(f, i, order_words_of(f->item, rows[i].field));
    if (f->form)
        form_refresh(f->form);
}

OrderForm *order_form_new(const BasketItem *item, const OrderData *data, OrderFormLineFn line,
                          OrderFormProductFn product, gpointer fn_data)
{
    OrderForm *f = g_new0(OrderForm, 1);
    f->item = item;
    f->data = data;
    f->line = line;
    f->product = product;
    f->fn_data = fn_data;
    f->choices = g_ptr_array_new();
    order_form_reread(f);
    f->form = form_new(&model, f);
    return f;
}

void order_form_free(OrderForm *f)
{
    if (!f)
        return;
    form_free(f->form);
    for (gsize i = 0; i < ROWS; i++)
        g_free(f->parts[i]);
    g_ptr_array_unref(f->choices);
    g_free(f->shown);
    g_free(f->error);
    g_free(f->help);
    g_free(f);
}

void order_form_focus(OrderForm *f, OrderField field)
{
    for (gsize i = 0; i < ROWS; i++)
        if (rows[i].field == field)
            form_set_focus(f->form, rows[i].id);
}

gboolean order_form_typing(const OrderForm *f)
{
    return form_typing(f->form);
}

gboolean order_form_input(OrderForm *f, const char *utf8, gboolean paste)
{
    return (!paste && strcmp(utf8, "<Right>") == 0 && take_offer(f)) || form_input(f->form, utf8, paste) != WIDGET_IGNORED;
}

int order_form_rows(const OrderForm *f)
{
    return (int)form_count((gpointer)f) + 1;
}

void order_form_paint(OrderForm *f, Canvas *c)
{
    form_paint(f->form, c, TRUE);
}
