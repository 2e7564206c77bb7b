/* SPDX-License-Identifier: GPL-3.0-or-later
 * From what the line said to what will be ordered: drug, unit, weight, route, limits, dates. */
#include <string.h>

#include "chart/orderline-private.h"

#define MOST_NAMES 12 /* in a sentence; the list of choices has all */

void order_assume(Order *o, OrderField field)
{
    o->assumed |= 1u << field;
}

void order_ask(Order *o, OrderField field, OrderIssueKind kind, const char *token,
                GPtrArray *options)
{
    if (options != NULL && (options->len == 0 || options->pdata[options->len - 1] != NULL))
        g_ptr_array_add(options, NULL);
    order_add_issue(o, field, kind, token,
                    options != NULL ? (const char *const *)options->pdata : NULL);
}

GArray *order_doses(const Order *o)
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

static gboolean resolve_drug(OrderReading *r)
{
    Order *o = r->order;
    const OrderContext *c = r->context;
    const char *picked = c->product != NULL ? c->product->substance : c->substance;
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < r->match->substances->len; i++) {
        const DrugProduct *p = r->match->substances->pdata[i];
        g_ptr_array_add(o->choices, (gpointer)p);
        if (names->len < MOST_NAMES)
            g_ptr_array_add(names, g_strdup_printf("%s (%s)", drug_tall_man(p), p->group));
        if (drug_match_resolved(r->match) || g_strcmp0(p->substance, picked) == 0) {
            o->substance = g_strdup(p->substance);
            o->atc = g_strdup(p->atc);
        }
    }
    if (o->choices->len > MOST_NAMES)
        g_ptr_array_add(names, g_strdup_printf("… (%u)", o->choices->len));
    o->by_brand = r->match->by_brand;
    if (o->substance != NULL)
        return TRUE;
    gboolean none = names->len == 0;
    order_ask(o, ORDER_DRUG, none ? ISSUE_MISSING : ISSUE_AMBIGUOUS, o->typed_drug, none ? NULL : names);
    return FALSE;
}

/* Three digits at most, so that it can be measured up. */
static Decimal round_by_weight(Order *o, Decimal each)
{
    Decimal d = decimal_mul(each, o->weight_kg);
    int digits = decimal_compare(d, decimal_from_int(100)) >= 0  ? 0
                 : decimal_compare(d, decimal_from_int(10)) >= 0 ? 1
                                                                 : 2;
    Decimal rounded = d.scale > digits ? decimal_round(d, digits) : d;
    if (decimal_compare(d, rounded) != 0)
        o->exact = d;
    return rounded;
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
    Decimal dose = round_by_weight(o, o->per_kg);
    if (r->said_amount) {
        if (o->step_count != 1 || decimal_compare(dose, o->steps[0].low) != 0)
            order_add_issue(o, ORDER_DOSE, ISSUE_AMBIGUOUS, NULL, NULL);
        return;
    }
    for (guint i = 0; i < o->step_count; i++)
        o->steps[i].low = dose;
    for (int i = 0; o->timing == TIMING_SLOTS && i < ORDER_SLOTS; i++)
        if (o->slot[i].valid && !decimal_is_zero(o->slot[i]))
            o->slot[i] = dose;
}

/* A list for order_ask() of what @texts has; borrowed texts. */
static GPtrArray *list_of(char *const *texts)
{
    GPtrArray *list = g_ptr_array_new();
    for (guint i = 0; texts[i] != NULL; i++)
        g_ptr_array_add(list, texts[i]);
    return list;
}

/* Before the product: a bare number is so many units of the form, but never for a drug where the
 * wrong unit kills. */
static void resolve_bare_number(OrderReading *r)
{
    Order *o = r->order;
    const DrugProduct *p = order_example(r);
    if (!r->unitless || p == NULL)
        return;
    g_autoptr(GPtrArray) units = list_of(p->dose_units);
    const char *counted = drug_counted_unit(p);
    g_autoptr(GArray) doses = order_doses(o);
    gboolean small = TRUE;
    for (guint i = 0; i < doses->len; i++)
        small = small && decimal_compare(g_array_index(doses, Decimal, i),
                                         decimal_from_int(ORDER_MOST_UNITS)) <= 0;
    if (p->high_alert || p->weight_based)
        order_ask(o, ORDER_UNIT, ISSUE_REFUSED, NULL, units);
    else if (counted == NULL || !small)
        order_ask(o, ORDER_UNIT, counted == NULL ? ISSUE_MISSING : ISSUE_AMBIGUOUS, NULL, units);
    else {
        o->unit = g_intern_string(counted);
        order_assume(o, ORDER_UNIT);
    }
}

static void check_unit(OrderReading *r)
{
    Order *o = r->order;
    const DrugProduct *p = order_example(r);
    if (p == NULL || o->unit == NULL)
        return;
    gboolean fits = FALSE;
    for (guint i = 0; p->dose_units[i] != NULL && !fits; i++)
        fits = dose_convert(decimal_from_int(1), o->unit, p->dose_units[i]).valid;
    if (fits)
        return;
    g_autoptr(GPtrArray) units = list_of(p->dose_units);
    order_ask(o, ORDER_UNIT, ISSUE_REFUSED, o->unit, units);
}

static void resolve_route(OrderReading *r)
{
    Order *o = r->order;
    const DrugProduct *p = order_example(r);
    if (o->route != NULL && p != NULL && order_issue(o, ORDER_ROUTE) == NULL && !drug_has_route(p, o->route)) {
        g_autoptr(GPtrArray) routes = list_of(p->routes); /* a picked product is not narrowed by the route */
        order_ask(o, ORDER_ROUTE, ISSUE_REFUSED, o->route, routes);
        return;
    }
    if (o->route != NULL || p == NULL || order_issue(o, ORDER_FORM) != NULL)
        return;
    if (p->routes[1] != NULL && p->high_alert) {
        g_autoptr(GPtrArray) routes = list_of(p->routes);
        order_ask(o, ORDER_ROUTE, ISSUE_MISSING, NULL, routes);
        return;
    }
    o->route = g_intern_string(p->routes[0]);
    order_assume(o, ORDER_ROUTE);
}

/* "x4 vb" is a limit, not a rhythm; "max 8/d" counts tablets where the dose is counted. Where both a rhythm
 * and an amount of the day are said, both stay. */
static void resolve_limits(Order *o)
{
    static const char *const measured[] = {"mg", "g", "mikrogram", "ml", "E", "IE", "mmol", NULL};
    gboolean counted = o->max_dose.valid && o->max_unit == NULL && o->unit != NULL &&
                       !g_strv_contains(measured, o->unit);
    gboolean amount = counted || o->max_unit != NULL;
    if (o->as_needed && o->timing == TIMING_FREQUENCY && o->period_unit == 'd' && o->weekdays == 0 && !amount) {
        int times = MAX(o->frequency, o->frequency_max);
        if (o->max_times > 0 && o->max_times != times) /* "x1 vb max 3": which? */
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

static void assume_timing(Order *o, TimingKind kind)
{
    o->timing = kind;
    order_assume(o, ORDER_TIMING);
}

/* "1000 ml på 12 tim": once, at the rate that follows; a rate alone goes on. What is said of both must agree. */
static void resolve_infusion(Order *o)
{
    gboolean volume = o->step_count == 1 && g_strcmp0(o->unit, "ml") == 0 && !o->steps[0].high.valid;
    if (o->timing == TIMING_NONE && !o->as_needed && o->step_count == 1 && (volume && (o->minutes > 0 || o->rate.valid)))
        assume_timing(o, TIMING_ONCE);
    if (o->timing == TIMING_NONE && !o->as_needed && o->step_count == 0 && o->rate.valid)
        assume_timing(o, TIMING_CONTINUOUS);
    gboolean clash = (o->rate.valid && (o->step_count == 0) != (o->timing == TIMING_CONTINUOUS)) ||
                     ((o->rate.valid || o->minutes > 0) && o->timing == TIMING_SLOTS) ||
                     (o->timing == TIMING_CONTINUOUS && o->site != NULL) ||
                     (o->rate.valid && o->step_count > 0 && !volume) || (o->minutes > 0 && o->step_count != 1) ||
                     (o->timing == TIMING_CONTINUOUS && (!o->rate.valid || o->step_count > 0));
    if (volume && o->minutes > 0) {
        Decimal hourly = decimal_div(decimal_mul(o->steps[0].low, decimal_from_int(60)), decimal_from_int(o->minutes), 6);
        int digits = decimal_compare(hourly, decimal_from_int(10)) >= 0 ? 0 : 1;
        Decimal rate = decimal_round(hourly, digits);
        if (!o->rate.valid) {
            o->rate = rate;
            o->rate_unit = "ml/tim";
        }
        clash = clash || o->rate_high.valid || g_strcmp0(o->rate_unit, "ml/tim") != 0 ||
                decimal_compare(decimal_round(hourly, o->rate.scale), o->rate) != 0;
    }
    if (clash)
        order_add_issue(o, ORDER_TIMING, ISSUE_AMBIGUOUS, NULL, NULL);
}

/* A meal goes with so many times a day; "30 minuter" needs the meal it is before or after. */
static void resolve_meal(Order *o)
{
    gboolean one = o->meal != NULL && strlen(o->meal) == 3 - (o->meal[0] == 'C');
    gboolean apart = o->meal != NULL && o->meal[0] != 'C';
    if (one && o->timing == TIMING_NONE && !o->as_needed) {
        o->timing = TIMING_FREQUENCY; /* there is one such meal a day */
        o->frequency = o->period = 1;
        o->period_unit = 'd';
    }
    gboolean daily = o->timing == TIMING_FREQUENCY && o->period_unit == 'd' && o->weekdays == 0;
    if ((o->meal_minutes > 0 && !apart) || (o->meal != NULL && !daily) || (one && o->frequency != 1))
        order_add_issue(o, ORDER_TIMING, ISSUE_AMBIGUOUS, NULL, NULL);
}

/* A plan of several doses has one rhythm that each Dosage can carry: not slots with doses of their own, not as
 * needed, no second length. */
static void resolve_plan(Order *o)
{
    if (o->load_first && (o->timing == TIMING_ONCE || o->timing == TIMING_SLOTS))
        order_add_issue(o, ORDER_TIMING, ISSUE_AMBIGUOUS, NULL, NULL);
    if (o->step_count < 2 || o->load_first)
        return;
    if (o->timing == TIMING_SLOTS)
        order_add_issue(o, ORDER_TIMING, ISSUE_AMBIGUOUS, NULL, NULL);
    if (o->as_needed)
        order_add_issue(o, ORDER_AS_NEEDED, ISSUE_AMBIGUOUS, NULL, NULL);
    if (o->days > 0) /* the steps have theirs */
        order_add_issue(o, ORDER_STOP, ISSUE_AMBIGUOUS, NULL, NULL);
}

/* "enligt schema" says all there is: a dose, a rate or a length beside it would not be in what is written. */
static void resolve_free(Order *o)
{
    gboolean more = o->step_count > 0 || o->as_needed || o->rate.valid || o->minutes > 0 || o->meal != NULL ||
                    o->site != NULL || o->instruction != NULL || o->days > 0 || o->cycle_days > 0 || o->max_dose.valid ||
                    o->max_times > 0 || o->weekdays != 0 || o->stat;
    if (o->timing == TIMING_FREE && more)
        order_add_issue(o, ORDER_TIMING, ISSUE_AMBIGUOUS, NULL, NULL);
}

/* "21 days with, 7 without": the days of a cycle are no length, and a plan of steps has none. */
static void resolve_cycle(Order *o)
{
    if (o->cycle_days > 0 && (o->days > 0 || o->step_count != 1 || o->timing == TIMING_ONCE))
        order_add_issue(o, ORDER_TIMING, ISSUE_AMBIGUOUS, NULL, NULL);
}

/* Only the night is what is said of the night. */
static void resolve_night(Order *o)
{
    if (o->timing != TIMING_SLOTS || !o->slot[SLOT_NIGHT].valid || decimal_is_zero(o->slot[SLOT_NIGHT]))
        return;
    for (int i = 0; i < SLOT_NIGHT; i++)
        if (o->slot[i].valid && !decimal_is_zero(o->slot[i]))
            return;
    memset(o->slot, 0, sizeof o->slot);
    o->timing = TIMING_BEDTIME;
    o->frequency = o->period = 1;
    o->period_unit = 'd';
}

static void resolve_timing(OrderReading *r)
{
    Order *o = r->order;
    const DrugProduct *p = order_example(r);
    resolve_weekdays(o);
    resolve_night(o);
    resolve_infusion(o);
    resolve_meal(o);
    resolve_cycle(o);
    resolve_free(o);
    resolve_plan(o);
    if (o->timing == TIMING_NONE && !o->as_needed && o->step_count > 1 && !o->load_first) {
        o->timing = TIMING_FREQUENCY; /* a taper is once a day unless something else is said */
        o->frequency = o->period = 1;
        o->period_unit = 'd';
        order_assume(o, ORDER_TIMING);
    }
    if (o->load_first && o->step_count != 2)
        order_add_issue(o, ORDER_DOSE, ISSUE_MISSING, NULL, NULL);
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
    CivilDate said = o->stop;
    for (guint i = 0; i < o->step_count; i++)
        stepped = o->steps[i].days > 0 && stepped >= 0 ? stepped + o->steps[i].days : -1;
    if (stepped > 0 && o->days == 0)
        o->days = stepped;
    if (o->start == INSTANT_NONE) {
        o->start = r->context->now;
        order_assume(o, ORDER_START);
    }
    CivilDate first = civil_date_at(o->start);
    if (o->days > 0)
        o->stop = civil_date_add_days(first, o->days - 1);
    else if (o->stop.year == 0 && o->timing != TIMING_ONCE)
        order_assume(o, ORDER_STOP);
    if (o->stop.year != 0 && civil_date_compare(o->stop, first) < 0)
        order_add_issue(o, ORDER_STOP, ISSUE_REFUSED, NULL, NULL);
    else if ((said.year != 0 && civil_date_compare(said, o->stop) != 0) ||
             (r->said_days > 0 && civil_date_days_between(first, o->stop) + 1 != r->said_days))
        order_add_issue(o, ORDER_STOP, ISSUE_AMBIGUOUS, NULL, NULL); /* two ends */
    if (o->follow_up == NULL) {
        o->follow_up = g_strdup("vid rond");
        order_assume(o, ORDER_FOLLOW_UP);
    }
}

void orderline_resolve(OrderReading *r)
{
    Order *o = r->order;
    if (resolve_drug(r)) {
        gboolean none = o->timing == TIMING_FREE || o->timing == TIMING_CONTINUOUS || o->rate.valid;
        if (o->step_count == 0 && !none && order_issue(o, ORDER_DOSE) == NULL)
            order_add_issue(o, ORDER_DOSE, ISSUE_MISSING, NULL, NULL);
        gboolean sound = order_find_candidates(r);
        resolve_bare_number(r);
        resolve_weight(r);
        if (sound)
            order_choose_product(r);
        const DrugProduct *p = order_example(r); /* forms of one substance can have codes of their own */
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
    orderline_look(r);
}
