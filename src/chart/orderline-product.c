/* SPDX-License-Identifier: GPL-3.0-or-later
 * Which product an order means: what the words leave, and among those the form and the strength. */
#include <string.h>

#include "chart/orderline-private.h"

static void add_once(GPtrArray *set, const char *text)
{
    if (!g_ptr_array_find_with_equal_func(set, text, g_str_equal, NULL))
        g_ptr_array_add(set, (gpointer)text);
}

gboolean order_strength_said(const OrderReading *r)
{
    return r->strength.valid || r->strength_text != NULL;
}

typedef gboolean (*Keeps)(const DrugProduct *p, const char *text);

static gboolean form_is(const DrugProduct *p, const char *form)
{
    return strcmp(p->form, form) == 0;
}

static gboolean form_ends(const DrugProduct *p, const char *form)
{
    return g_str_has_suffix(p->form, form);
}

static gboolean form_begins(const DrugProduct *p, const char *form)
{
    return g_str_has_prefix(p->form, form);
}

static gboolean has_counted(const DrugProduct *p, const char *unit)
{
    return g_strcmp0(drug_counted_unit(p), unit) == 0;
}

/* Keeps only the candidates that @keeps accepts; changes nothing and says FALSE when none would be
 * left. */
static gboolean narrow(GPtrArray *candidates, Keeps keeps, const char *text)
{
    gboolean any = FALSE;
    for (guint i = 0; i < candidates->len && !any; i++)
        any = keeps(candidates->pdata[i], text);
    for (guint i = candidates->len; any && i-- > 0;)
        if (!keeps(candidates->pdata[i], text))
            g_ptr_array_remove_index(candidates, i);
    return any;
}

static GPtrArray *forms_of(GPtrArray *candidates)
{
    GPtrArray *forms = g_ptr_array_new();
    for (guint i = 0; i < candidates->len; i++)
        add_once(forms, ((const DrugProduct *)candidates->pdata[i])->form);
    return forms;
}

gboolean order_find_candidates(OrderReading *r)
{
    Order *o = r->order;
    GPtrArray *c = r->candidates;
    const DrugProduct *picked = r->context->product;
    if (picked != NULL && strcmp(picked->substance, o->substance) == 0) {
        g_ptr_array_add(c, (gpointer)picked);
        return TRUE;
    }
    for (guint i = 0; i < r->match->products->len; i++) {
        DrugProduct *p = r->match->products->pdata[i];
        if (strcmp(p->substance, o->substance) == 0)
            g_ptr_array_add(c, p);
    }
    if (r->form != NULL && !narrow(c, form_is, r->form) && !narrow(c, form_ends, r->form) &&
        !narrow(c, form_begins, r->form)) {
        g_autoptr(GPtrArray) forms = forms_of(c);
        order_ask(o, ORDER_FORM, ISSUE_REFUSED, r->form, forms);
        return FALSE;
    }
    if (o->route != NULL && !narrow(c, drug_has_route, o->route)) {
        g_autoptr(GPtrArray) routes = g_ptr_array_new();
        for (guint i = 0; i < c->len; i++)
            add_once(routes, ((const DrugProduct *)c->pdata[i])->routes[0]);
        order_ask(o, ORDER_ROUTE, ISSUE_REFUSED, o->route, routes);
        return FALSE;
    }
    if (o->unit != NULL)
        narrow(c, has_counted, o->unit);
    return TRUE;
}

const DrugProduct *order_example(const OrderReading *r)
{
    const Order *o = r->order;
    for (guint i = 0; o->product == NULL && i < r->candidates->len; i++) {
        const DrugProduct *p = r->candidates->pdata[i];
        if (o->form == NULL || strcmp(p->form, o->form) == 0)
            return p;
    }
    return o->product;
}

/* ---- form and strength ---- */

/* Units of @p for the largest dose when every dose is a whole number of @parts of a unit, else 0.
 */
static int units_needed(Order *o, const DrugProduct *p, int parts)
{
    g_autoptr(GArray) doses = order_doses(o);
    const DrugProduct *before = o->product;
    int most = 0;
    o->product = p;
    for (guint i = 0; i < doses->len; i++) {
        Decimal n = decimal_mul(order_dose_in_units(o, g_array_index(doses, Decimal, i)),
                                decimal_from_int(parts));
        Decimal whole = decimal_round(n, 0);
        if (!n.valid || decimal_compare(n, whole) != 0 || decimal_is_zero(n) ||
            decimal_compare(n, decimal_from_int(ORDER_MOST_UNITS * parts)) > 0) {
            most = 0;
            break;
        }
        most = MAX(most, (int)whole.coefficient);
    }
    o->product = before;
    return most;
}

static gboolean strength_typed_is(const OrderReading *r, const DrugProduct *p)
{
    if (r->strength_text != NULL)
        return strcmp(r->strength_text, p->strength_text) == 0;
    if (r->strength_unit == NULL || strchr(p->strength_unit, '/') != NULL)
        return r->strength_unit != NULL && strcmp(r->strength_unit, p->strength_unit) == 0 &&
               decimal_compare(r->strength, p->strength) == 0;
    Decimal d = dose_convert(r->strength, r->strength_unit, p->strength_unit);
    return d.valid && decimal_compare(d, p->strength) == 0;
}

/* Among the strengths of one form: the one typed, the only one, or the one that gives the dose in
 * the fewest whole units. A high-alert drug is not chosen for by arithmetic unless it is one unit.
 */
static const DrugProduct *pick_strength(OrderReading *r, GPtrArray *of_form)
{
    Order *o = r->order;
    const DrugProduct *best = NULL;
    int fewest = 0, parts = 1;
    g_autoptr(GPtrArray) distinct = g_ptr_array_new();
    for (guint i = 0; i < of_form->len; i++) {
        const DrugProduct *p = of_form->pdata[i];
        if (order_strength_said(r) && strength_typed_is(r, p))
            return p;
        add_once(distinct, p->strength_text);
    }
    if (order_strength_said(r))
        return NULL;
    if (distinct->len == 1)
        return of_form->pdata[0];
    const DrugProduct *first = of_form->pdata[0];
    if (drug_counted_unit(first) == NULL && strchr(first->strength_unit, '/') != NULL)
        return NULL; /* two concentrations: never ours to choose */
    gboolean divisible = strcmp(first->form, "tablett") == 0;
    for (; best == NULL && parts <= (divisible ? 2 : 1); parts++)
        for (guint i = 0; i < of_form->len; i++) {
            int n = units_needed(o, of_form->pdata[i], parts);
            if (n > 0 && (best == NULL || n < fewest)) {
                best = of_form->pdata[i];
                fewest = n;
            }
        }
    return best != NULL && best->high_alert && (fewest != 1 || parts != 2) ? NULL : best;
}

static void ask_strength(OrderReading *r, GPtrArray *candidates)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_new();
    for (guint i = 0; i < candidates->len; i++)
        add_once(texts, ((const DrugProduct *)candidates->pdata[i])->strength_text);
    order_ask(r->order, ORDER_STRENGTH, ISSUE_MISSING, NULL, texts);
}

static void keep_form(GPtrArray *from, GPtrArray *to, const char *form)
{
    g_ptr_array_set_size(to, 0);
    for (guint i = 0; i < from->len; i++)
        if (form_is(from->pdata[i], form))
            g_ptr_array_add(to, from->pdata[i]);
}

/* The usual route of one is a route of the other. */
static gboolean given_alike(const DrugProduct *usual, const DrugProduct *other)
{
    for (int i = 0; usual->routes[i] != NULL; i++)
        if (strcmp(usual->routes[i], other->routes[0]) == 0)
            return TRUE;
    return FALSE;
}

void order_choose_product(OrderReading *r)
{
    Order *o = r->order;
    GPtrArray *candidates = r->candidates;
    if (candidates->len == 1 && candidates->pdata[0] == r->context->product) {
        o->product = r->context->product; /* picked from a list: nothing is assumed */
        o->form = g_intern_string(o->product->form);
        return;
    }
    g_autoptr(GPtrArray) forms = forms_of(candidates);
    const DrugProduct *any = candidates->pdata[0];
    if (forms->len > 1 && any->high_alert) {
        order_ask(o, ORDER_FORM, ISSUE_MISSING, NULL, forms);
        return;
    }
    /* The usual form stands first in the list; another only where the usual cannot give the dose, and
     * only one given the same way: a missing or mistyped dose never makes a tablet an injection. */
    g_autoptr(GArray) doses = order_doses(o);
    g_autoptr(GPtrArray) of_form = g_ptr_array_new();
    for (guint i = 0; i < forms->len && o->product == NULL; i++) {
        keep_form(candidates, of_form, forms->pdata[i]);
        if (i == 0 || (doses->len > 0 && given_alike(any, of_form->pdata[0])))
            o->product = pick_strength(r, of_form);
    }
    if (o->product == NULL) {
        keep_form(candidates, of_form, forms->pdata[0]);
        o->form = g_intern_string(forms->pdata[0]);
        ask_strength(r, of_form);
    } else {
        o->form = g_intern_string(o->product->form);
        if (!order_strength_said(r) && *o->product->strength_text != '\0')
            order_assume(o, ORDER_STRENGTH);
    }
    if (r->form == NULL)
        order_assume(o, ORDER_FORM);
}
