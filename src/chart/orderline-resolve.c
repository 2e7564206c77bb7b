/* SPDX-License-Identifier: GPL-3.0-or-later
 * From what the line said to what will be ordered: product, unit, route, limits, dates. */
#include <string.h>

#include "chart/orderline-private.h"

#define MOST_UNITS 10 /* more tablets than this for one dose is no reading of a bare number */

static void assume(Order *o, OrderField field)
{
    o->assumed |= 1u << field;
}

static void ask(Order *o, OrderField field, OrderIssueKind kind, const char *token,
                GPtrArray *options)
{
    if (options != NULL && (options->len == 0 || options->pdata[options->len - 1] != NULL))
        g_ptr_array_add(options, NULL);
    order_add_issue(o, field, kind, token,
                    options != NULL ? (const char *const *)options->pdata : NULL);
}

static void add_once(GPtrArray *set, const char *text)
{
    for (guint i = 0; i < set->len; i++)
        if (strcmp(set->pdata[i], text) == 0)
            return;
    g_ptr_array_add(set, (gpointer)text);
}

static gboolean resolve_drug(OrderReading *r)
{
    Order *o = r->order;
    const OrderContext *c = r->context;
    const char *picked = c->product != NULL ? c->product->substance : c->substance;
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < r->match->substances->len; i++) {
        const DrugProduct *p = r->match->substances->pdata[i];
        g_ptr_array_add(o->choices, (gpointer)p);
        g_ptr_array_add(names, g_strdup_printf("%s (%s)", p->substance, p->group));
        if (drug_match_resolved(r->match) || g_strcmp0(p->substance, picked) == 0) {
            o->substance = g_strdup(p->substance);
            o->atc = g_strdup(p->atc);
        }
    }
    o->by_brand = r->match->by_brand;
    if (o->substance != NULL)
        return TRUE;
    gboolean none = names->len == 0;
    ask(o, ORDER_DRUG, none ? ISSUE_MISSING : ISSUE_AMBIGUOUS, o->typed_drug, none ? NULL : names);
    return FALSE;
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

/* All doses of the order, whichever way they were said. */
static GArray *doses_of(const Order *o)
{
    GArray *doses = g_array_new(FALSE, FALSE, sizeof(Decimal));
    for (guint i = 0; i < o->step_count; i++) {
        g_array_append_val(doses, o->steps[i].low);
        if (o->steps[i].high.valid)
            g_array_append_val(doses, o->steps[i].high);
    }
    for (int i = 0; o->timing == TIMING_SLOTS && i < ORDER_SLOTS; i++)
        if (o->slot[i].valid && !decimal_is_zero(o->slot[i]))
            g_array_append_val(doses, o->slot[i]);
    return doses;
}

/* Units of @p for the largest dose when every dose is a whole number of @parts of a unit, else 0.
 */
static int units_needed(Order *o, const DrugProduct *p, int parts)
{
    g_autoptr(GArray) doses = doses_of(o);
    const DrugProduct *before = o->product;
    int most = 0;
    o->product = p;
    for (guint i = 0; i < doses->len; i++) {
        Decimal n = decimal_mul(order_dose_in_units(o, g_array_index(doses, Decimal, i)),
                                decimal_from_int(parts));
        Decimal whole = decimal_round(n, 0);
        if (!n.valid || decimal_compare(n, whole) != 0 || decimal_is_zero(n) ||
            decimal_compare(n, decimal_from_int(MOST_UNITS * parts)) > 0) {
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
        if (r->strength.valid && strength_typed_is(r, p))
            return p;
        add_once(distinct, p->strength_text);
    }
    if (r->strength.valid)
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
    ask(r->order, ORDER_STRENGTH, ISSUE_MISSING, NULL, texts);
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

static void resolve_form_and_strength(OrderReading *r)
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
        ask(o, ORDER_FORM, ISSUE_MISSING, NULL, forms);
        return;
    }
    /* The usual form stands first in the list; another only where the usual cannot give the dose, and
     * only one given the same way: a missing or mistyped dose never makes a tablet an injection. */
    g_autoptr(GArray) doses = doses_of(o);
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
        if (!r->strength.valid && *o->product->strength_text != '\0')
            assume(o, ORDER_STRENGTH);
    }
    if (r->form == NULL)
        assume(o, ORDER_FORM);
}

/* What the substance, the typed form and the typed route leave. FALSE when they contradict. */
static gboolean find_candidates(OrderReading *r)
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
        ask(o, ORDER_FORM, ISSUE_REFUSED, r->form, forms);
        return FALSE;
    }
    if (o->route != NULL && !narrow(c, drug_has_route, o->route)) {
        g_autoptr(GPtrArray) routes = g_ptr_array_new();
        for (guint i = 0; i < c->len; i++)
            add_once(routes, ((const DrugProduct *)c->pdata[i])->routes[0]);
        ask(o, ORDER_ROUTE, ISSUE_REFUSED, o->route, routes);
        return FALSE;
    }
    if (o->unit != NULL)
        narrow(c, has_counted, o->unit);
    return TRUE;
}

/* Some product of the form, to ask about units and routes while the strength is not known. */
static const DrugProduct *example_of(const OrderReading *r)
{
    const Order *o = r->order;
    for (guint i = 0; o->product == NULL && i < r->candidates->len; i++) {
        const DrugProduct *p = r->candidates->pdata[i];
        if (o->form == NULL || strcmp(p->form, o->form) == 0)
            return p;
    }
    return o->product;
}

static void resolve_weight(OrderReading *r)
{
    Order *o = r->order;
    if (!o->per_kg.valid)
        return;
    if (!r->context->weight_kg.valid) {
        order_add_issue(o, ORDER_WEIGHT, ISSUE_MISSING, NULL, NULL);
        return;
    }
    o->weight_kg = r->context->weight_kg;
    for (guint i = 0; i < o->step_count; i++) {
        Decimal d = decimal_mul(o->steps[i].low, o->weight_kg);
        int digits = decimal_compare(d, decimal_from_int(100)) >= 0  ? 0
                     : decimal_compare(d, decimal_from_int(10)) >= 0 ? 1
                                                                     : 2;
        o->steps[i].low = d.scale > digits ? decimal_round(d, digits) : d;
    }
}

/* Before the product: a bare number is so many units of the form, but never for a drug where the
 * wrong unit kills. */
static void resolve_bare_number(OrderReading *r)
{
    Order *o = r->order;
    const DrugProduct *p = example_of(r);
    if (!r->unitless || p == NULL)
        return;
    g_autoptr(GPtrArray) units = g_ptr_array_new();
    for (guint i = 0; p->dose_units[i] != NULL; i++)
        g_ptr_array_add(units, p->dose_units[i]);
    const char *counted = drug_counted_unit(p);
    g_autoptr(GArray) doses = doses_of(o);
    gboolean small = TRUE;
    for (guint i = 0; i < doses->len; i++)
        small = small && decimal_compare(g_array_index(doses, Decimal, i),
                                         decimal_from_int(MOST_UNITS)) <= 0;
    if (p->high_alert || p->weight_based)
        ask(o, ORDER_UNIT, ISSUE_REFUSED, NULL, units);
    else if (counted == NULL || !small)
        ask(o, ORDER_UNIT, counted == NULL ? ISSUE_MISSING : ISSUE_AMBIGUOUS, NULL, units);
    else {
        o->unit = g_intern_string(counted);
        assume(o, ORDER_UNIT);
    }
}

static void check_unit(OrderReading *r)
{
    Order *o = r->order;
    const DrugProduct *p = example_of(r);
    if (p == NULL || o->unit == NULL)
        return;
    gboolean fits = FALSE;
    for (guint i = 0; p->dose_units[i] != NULL && !fits; i++)
        fits = dose_convert(decimal_from_int(1), o->unit, p->dose_units[i]).valid;
    if (fits)
        return;
    g_autoptr(GPtrArray) units = g_ptr_array_new();
    for (guint i = 0; p->dose_units[i] != NULL; i++)
        g_ptr_array_add(units, p->dose_units[i]);
    ask(o, ORDER_UNIT, ISSUE_REFUSED, o->unit, units);
}

static void resolve_route(OrderReading *r)
{
    Order *o = r->order;
    const DrugProduct *p = example_of(r);
    if (o->route != NULL || p == NULL || order_issue(o, ORDER_FORM) != NULL)
        return;
    if (p->routes[1] != NULL && p->high_alert) {
        g_autoptr(GPtrArray) routes = g_ptr_array_new();
        for (guint i = 0; p->routes[i] != NULL; i++)
            g_ptr_array_add(routes, p->routes[i]);
        ask(o, ORDER_ROUTE, ISSUE_MISSING, NULL, routes);
        return;
    }
    o->route = g_intern_string(p->routes[0]);
    assume(o, ORDER_ROUTE);
}

/* "x4 vb" is a limit, not a rhythm; "max 8/d" counts tablets where the dose is counted. */
static void resolve_limits(Order *o)
{
    static const char *const measured[] = {"mg", "g", "mikrogram", "ml", "E", "IE", "mmol", NULL};
    if (o->as_needed && o->timing == TIMING_FREQUENCY && o->period_unit == 'd' &&
        o->weekdays == 0) {
        int times = MAX(o->frequency, o->frequency_max);
        gboolean counted = o->max_dose.valid && o->max_unit == NULL && o->unit != NULL &&
                           !g_strv_contains(measured, o->unit);
        if (o->max_times > 0 && o->max_times != times && !counted) /* "x1 vb max 3": which? */
            order_add_issue(o, ORDER_MAX, ISSUE_AMBIGUOUS, NULL, NULL);
        o->max_times = times;
        o->timing = TIMING_NONE;
    }
    if (o->max_dose.valid && o->max_unit == NULL) {
        if (o->unit != NULL && !g_strv_contains(measured, o->unit)) {
            o->max_unit = o->unit;
            o->max_times = 0;
        } else {
            o->max_dose = (Decimal){0};
        }
    }
    gboolean limited = o->max_times > 0 || o->max_dose.valid || o->timing != TIMING_NONE;
    if (o->as_needed && !limited)
        order_add_issue(o, ORDER_MAX, ISSUE_MISSING, NULL, NULL);
}

/* "x1 må on fre" and "x3/v må on fre" are the same; another rhythm on certain days is asked about.
 */
static void resolve_weekdays(Order *o)
{
    int n = __builtin_popcount(o->weekdays);
    if (n == 0 || o->timing == TIMING_CLOCK)
        return;
    gboolean daily = o->timing == TIMING_FREQUENCY && o->period_unit == 'd' && o->frequency == 1;
    gboolean weekly = o->timing == TIMING_FREQUENCY && o->period_unit == 'w' && o->frequency == n;
    if ((o->timing != TIMING_NONE && !daily && !weekly) || o->frequency_max != 0) {
        order_add_issue(o, ORDER_WEEKDAY, ISSUE_AMBIGUOUS, NULL, NULL);
        return;
    }
    o->timing = TIMING_FREQUENCY;
    o->frequency = n;
    o->period = 1;
    o->period_unit = 'w';
}

static void resolve_timing(OrderReading *r)
{
    Order *o = r->order;
    const DrugProduct *p = example_of(r);
    resolve_weekdays(o);
    if (o->timing == TIMING_NONE && !o->as_needed && o->step_count > 1) {
        o->timing = TIMING_FREQUENCY; /* a taper is once a day unless something else is said */
        o->frequency = o->period = 1;
        o->period_unit = 'd';
        assume(o, ORDER_TIMING);
    }
    if (o->timing == TIMING_NONE && !o->as_needed)
        order_add_issue(o, ORDER_TIMING, ISSUE_MISSING, NULL, NULL);
    if (o->timing == TIMING_CLOCK && o->clocks == 0)
        order_add_issue(o, ORDER_TIMING, ISSUE_AMBIGUOUS, "kl", NULL);
    if (p == NULL || !drug_is_weekly(p))
        return;
    gboolean weekly = o->timing == TIMING_FREQUENCY && o->period_unit == 'w' && o->frequency == 1;
    if (o->timing != TIMING_NONE && !weekly)
        order_add_issue(o, ORDER_TIMING, ISSUE_REFUSED, "VECKODOS", NULL);
    else if (weekly && o->weekdays == 0)
        order_add_issue(o, ORDER_WEEKDAY, ISSUE_MISSING, NULL, NULL);
}

static void resolve_dates(OrderReading *r)
{
    Order *o = r->order;
    int stepped = 0;
    for (guint i = 0; i < o->step_count; i++)
        stepped = o->steps[i].days > 0 && stepped >= 0 ? stepped + o->steps[i].days : -1;
    if (stepped > 0 && o->days == 0)
        o->days = stepped;
    if (o->start == INSTANT_NONE) {
        o->start = r->context->now;
        assume(o, ORDER_START);
    }
    CivilDate first = civil_date_at(o->start);
    if (o->days > 0)
        o->stop = civil_date_add_days(first, o->days - 1);
    else if (o->stop.year == 0 && o->timing != TIMING_ONCE)
        assume(o, ORDER_STOP);
    if (o->stop.year != 0 && civil_date_compare(o->stop, first) < 0)
        order_add_issue(o, ORDER_STOP, ISSUE_REFUSED, NULL, NULL);
    if (o->follow_up == NULL) {
        o->follow_up = g_strdup("vid rond");
        assume(o, ORDER_FOLLOW_UP);
    }
}

void orderline_resolve(OrderReading *r)
{
    Order *o = r->order;
    if (resolve_drug(r)) {
        if (o->step_count == 0 && order_issue(o, ORDER_DOSE) == NULL)
            order_add_issue(o, ORDER_DOSE, ISSUE_MISSING, NULL, NULL);
        gboolean sound = find_candidates(r);
        resolve_bare_number(r);
        resolve_weight(r);
        if (sound)
            resolve_form_and_strength(r);
        const DrugProduct *p =
            example_of(r); /* forms of one substance can have codes of their own */
        if (p != NULL && strcmp(o->atc, p->atc) != 0) {
            g_free(o->atc);
            o->atc = g_strdup(p->atc);
        }
        check_unit(r);
        resolve_route(r);
    }
    resolve_limits(o);
    resolve_timing(r);
    resolve_dates(r);
    if (o->reason == NULL)
        o->reason = g_strdup(o->as_needed_reason);
    if (o->reason == NULL)
        order_add_issue(o, ORDER_REASON, ISSUE_MISSING, NULL, NULL);
}
