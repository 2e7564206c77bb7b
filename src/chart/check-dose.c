/* SPDX-License-Identifier: GPL-3.0-or-later
 * One dose and the dose of a day against the most, by age and weight; a dose so large or so small that the
 * unit or the point must be wrong; what is not given every day. */
#include <glib/gi18n.h>
#include <string.h>

#include "chart/check.h"
#include "chart/dosage.h"
#include "chart/record-words.h"

#define ADULT (18 * 12) /* months */
#define SMALL 500       /* so many times under the most, it is another unit that was meant */

Decimal check_dose_in(const Order *o, Decimal dose, const char *unit)
{
    Decimal direct = o->unit ? dose_convert(dose, o->unit, unit) : (Decimal){0};
    const DrugProduct *p = o->product;
    if (direct.valid || !p || !o->unit || !p->strength.valid)
        return direct;
    gsize n = strcspn(p->strength_unit, "/");
    g_autofree char *base = g_strndup(p->strength_unit, n);
    static const char *const rates[] = {"timme", "h", "24 timmar", "24 h", "dygn", NULL}; /* of a plaster */
    const char *per = p->strength_unit[n] ? p->strength_unit + n + 1 : drug_counted_unit(p);
    gboolean counts = g_strcmp0(per, o->unit) == 0 ||
                      (g_strv_contains(rates, per ? per : "") && g_strcmp0(drug_counted_unit(p), o->unit) == 0) ||
                      (g_strcmp0(per, "dos") == 0 && g_strcmp0(drug_counted_unit(p), o->unit) == 0);
    return counts ? dose_convert(decimal_mul(dose, p->strength), base, unit) : (Decimal){0};
}

/* The most of one dose from step @first on. */
static Decimal most_from(const Order *o, guint first)
{
    Decimal most = {0};
    for (int i = 0; o->timing == TIMING_SLOTS && i < ORDER_SLOTS; i++)
        if (o->slot[i].valid && (!most.valid || decimal_compare(o->slot[i], most) > 0))
            most = o->slot[i];
    for (guint i = first; o->timing != TIMING_SLOTS && i < o->step_count; i++) {
        Decimal d = o->steps[i].high.valid ? o->steps[i].high : o->steps[i].low;
        if (!most.valid || decimal_compare(d, most) > 0)
            most = d;
    }
    return most;
}

Decimal check_dose_at_once(const Order *o)
{
    return most_from(o, 0);
}

/* So many doses of a day as the timing says; 0: it does not. */
static int times_of_day(const Order *o)
{
    gboolean weekly = o->timing == TIMING_FREQUENCY && (o->period_unit == 'w' || o->weekdays);
    if (o->timing == TIMING_ONCE || weekly || (o->timing == TIMING_INTERVAL && o->period_unit != 'h'))
        return 1;
    int times = o->max_times > 0 ? o->max_times : order_doses_per_day(o);
    if (o->timing == TIMING_INTERVAL && !times && o->period > 0)
        times = (24 + o->period - 1) / o->period;
    return times;
}

static Decimal by_timing(const Order *o, const char *unit)
{
    Decimal sum = decimal_from_int(0);
    if (o->timing == TIMING_SLOTS) {
        for (int i = 0; i < ORDER_SLOTS; i++)
            if (o->slot[i].valid)
                sum = decimal_add(sum, o->slot[i]);
        return check_dose_in(o, sum, unit);
    }
    int times = times_of_day(o);
    Decimal once = most_from(o, o->load_first && o->step_count > 1 ? 1 : 0); /* a load is given once */
    return times ? check_dose_in(o, decimal_mul(once, decimal_from_int(times)), unit) : (Decimal){0};
}

/* A limit that was typed holds what is given as needed; what is given by the clock is given whatever was typed. */
Decimal check_dose_of_day(const Order *o, const char *unit)
{
    Decimal timed = by_timing(o, unit);
    if (!o->max_dose.valid || (timed.valid && !o->as_needed))
        return timed;
    Order counted = *o; /* the limit can be said in another unit than the dose */
    counted.unit = o->max_unit;
    Decimal most = check_dose_in(&counted, o->max_dose, unit);
    return timed.valid && (!most.valid || decimal_compare(timed, most) < 0) ? timed : most;
}

/* ---- limits ---- */

typedef struct {
    const Check *self;
    const CheckInput *in;
    GPtrArray *lines;
    const CheckRule *rule;
    Decimal once, day; /* in the rule's unit, for each kg where it is so */
} Against;

/* How much of a part there is in a combination no table here says: a dose is that of the whole. */
static CheckInput without_parts(const CheckInput *in, char *own[2])
{
    CheckInput whole = *in;
    own[0] = in->order->atc;
    own[1] = NULL;
    whole.codes = own;
    return whole;
}

/* The first row about this medicine, way and age that can be counted in the order's unit; else the first. */
static const CheckRule *limit_of(const CheckInput *all, gboolean per_kg)
{
    char *own[2];
    const CheckInput whole = without_parts(all, own), *in = &whole;
    const GPtrArray *rules = in->data->rules->of[RULES_DOSE];
    const CheckRule *first = NULL;
    int months = in->facts->months;
    for (guint i = 0; i < rules->len; i++) {
        const CheckRule *r = rules->pdata[i];
        if (r->per_kg != per_kg || months < r->from || (r->to != G_MAXINT && months >= r->to) || !check_rule_fits(in, r))
            continue;
        if (check_dose_in(in->order, check_dose_at_once(in->order), r->unit).valid)
            return r;
        first = first ? first : r;
    }
    return first;
}

static char *amount_text(const CheckRule *r, Decimal amount)
{
    int places = decimal_compare(amount, decimal_from_int(1)) < 0 ? 3 : 1; /* adrenaline is 0.015 mg/kg */
    g_autofree char *kg = r->per_kg ? decimal_to_dose(decimal_round(amount, places), TRUE) : NULL;
    return kg ? g_strdup_printf("%s %s/kg", kg, r->unit) : dosage_quantity_text(amount, r->unit);
}

static gboolean times(Decimal amount, Decimal limit, int tenths)
{
    return decimal_compare(decimal_mul(amount, decimal_from_int(10)), decimal_mul(limit, decimal_from_int(tenths))) >= 0;
}

/* As it was ordered too, where that is said in another unit: "1 mg (1000 mikrogram)". */
static char *given_text(const Against *a, Decimal amount)
{
    const Order *o = a->in->order;
    g_autofree char *counted = amount_text(a->rule, amount);
    Decimal typed = a->rule->per_kg || !o->unit || strcmp(o->unit, a->rule->unit) == 0 ? (Decimal){0} : dose_convert(amount, a->rule->unit, o->unit);
    g_autofree char *said = typed.valid ? dosage_quantity_text(typed, o->unit) : NULL;
    return said ? g_strdup_printf("%s (%s)", said, counted) : g_steal_pointer(&counted);
}

/* TRUE when @amount is over @limit; says so. From half as much again it is a stop. */
static gboolean over(const Against *a, const char *what, Decimal amount, Decimal limit, gboolean day)
{
    enum { STOP_TENTHS = 15, SLIP_TENTHS = 100 };
    const char *substance = a->in->order->substance;
    if (!limit.valid || !amount.valid || decimal_compare(amount, limit) <= 0)
        return FALSE;
    g_autofree char *is = given_text(a, amount), *most = amount_text(a->rule, limit);
    g_autofree char *key = g_strdup_printf("%s-%s-%s", what, a->in->order->atc, is);
    g_strdelimit(key, " =[],", '_');
    g_autofree char *plain = record_text(day ? RW_DOSE_OF_DAY : RW_DOSE_SINGLE, substance, is, most);
    g_autofree char *record = times(amount, limit, SLIP_TENTHS) ? record_text(RW_DOSE_SLIP, plain) : g_strdup(plain);
    check_say(a->lines, a->self->id, CHECK_FOUND, times(amount, limit, STOP_TENTHS) ? CHECK_STOP : CHECK_HIGH, key, record,
              g_strdup_printf(day ? _("The dose of a day is %s; the most is %s") : _("The single dose is %s; the most is %s"),
                              is, most));
    return TRUE;
}

/* Micrograms for milligrams, or a point in the wrong place: nobody orders a five-hundredth. */
static gboolean too_small(const Against *a)
{
    if (a->rule->per_kg || !a->rule->single.valid || !a->once.valid || a->once.coefficient <= 0 ||
        decimal_compare(decimal_mul(a->once, decimal_from_int(SMALL)), a->rule->single) > 0)
        return FALSE;
    g_autofree char *is = amount_text(a->rule, a->once);
    g_autofree char *record = record_text(RW_DOSE_SMALL, a->in->order->substance, is);
    check_say(a->lines, a->self->id, CHECK_FOUND, CHECK_HIGH, "small", record,
              g_strdup_printf(_("The single dose is %s, unusually small: look at the point and the unit"), is));
    return TRUE;
}

static gboolean held_against(Against *a, const CheckRule *r)
{
    const Order *o = a->in->order;
    a->rule = r;
    a->once = check_dose_in(o, check_dose_at_once(o), r->unit);
    a->day = check_dose_of_day(o, r->unit);
    if (r->per_kg) {
        a->once = a->once.valid ? decimal_div(a->once, a->in->facts->weight_kg, 3) : a->once;
        a->day = a->day.valid ? decimal_div(a->day, a->in->facts->weight_kg, 3) : a->day;
    }
    gboolean hit = over(a, r->per_kg ? "single-kg" : "single", a->once, r->single, FALSE);
    hit = over(a, r->per_kg ? "daily-kg" : "daily", a->day, r->daily, TRUE) || hit;
    return too_small(a) || hit;
}

static void say_within(const Against *a)
{
    const CheckRule *r = a->rule;
    if (!a->once.valid || (r->daily.valid && !a->day.valid)) {
        check_say(a->lines, a->self->id, CHECK_UNABLE, CHECK_MEDIUM, "amount", NULL,
                  g_strdup_printf(_("The dose could not be checked: it cannot be counted in %s a day"), r->unit));
        return;
    }
    g_autofree char *limit = amount_text(r, r->daily.valid ? r->daily : r->single);
    check_say(a->lines, a->self->id, CHECK_CLEAR, CHECK_INFORMATION, "ok", NULL,
              g_strdup_printf(r->daily.valid ? _("the dose is within %s a day") : _("the dose is within %s at a time"), limit));
}

/* A child's dose by weight, if the table has it. FALSE: there was no weight to hold it against. */
static gboolean weight_known(const Against *a)
{
    const CheckFacts *f = a->in->facts;
    gboolean old = f->weight_kg.valid && a->in->now - f->weight_at > a->in->data->rules->weight_days * G_TIME_SPAN_DAY;
    if (f->weight_kg.valid && f->weight_kg.coefficient > 0 && !old)
        return TRUE;
    g_autofree char *record = record_text(old ? RW_UNCHECKED_OLD : RW_UNCHECKED_VALUE, "vikt");
    check_say(a->lines, a->self->id, CHECK_UNABLE, CHECK_HIGH, "weight", record,
              old ? g_strdup(_("The dose could not be checked: the child's weight is too old"))
                  : g_strdup(_("The dose could not be checked: the child's weight is not known")));
    return FALSE;
}

void check_dose(const Check *self, const CheckInput *in, GPtrArray *lines)
{
    Against a = {.self = self, .in = in, .lines = lines};
    if (in->facts->months < 0) {
        check_say(lines, self->id, CHECK_UNABLE, CHECK_HIGH, "age", record_word(RW_UNCHECKED_AGE),
                  g_strdup(_("The dose could not be checked: the age is not known")));
        return;
    }
    gboolean child = in->facts->months < ADULT;
    const CheckRule *by_weight = child || in->facts->weight_kg.valid ? limit_of(in, TRUE) : NULL, *most = limit_of(in, FALSE);
    gboolean weighed = by_weight && (child ? weight_known(&a) : in->facts->weight_kg.coefficient > 0);
    /* What is said of a dose that is well is of the last of them. */
    const CheckRule *both[] = {child ? most : weighed ? by_weight : NULL, !child ? most : weighed ? by_weight : NULL};
    gboolean hit = FALSE;
    for (gsize i = 0; i < G_N_ELEMENTS(both); i++)
        hit = (both[i] && held_against(&a, both[i])) || hit;
    if (hit || (by_weight && !weighed))
        return;
    if (!most && !by_weight)
        check_say(lines, self->id, CHECK_UNABLE, CHECK_INFORMATION, "limit", NULL,
                  g_strdup(_("The dose could not be checked: no limit for this medicine and route is in the table")));
    else if (child && !by_weight)
        check_say(lines, self->id, CHECK_UNABLE, CHECK_MEDIUM, "child", NULL,
                  g_strdup(_("The dose could not be checked: the table has no limit by weight for children")));
    else
        say_within(&a);
}

/* ---- what is not given every day ---- */

/* Whole days between two doses, as the order says; 0: every day or oftener; -1: given once, or not said. */
static int days_between(const Order *o)
{
    guint days = 0;
    for (guint8 bits = o->weekdays; bits; bits &= (guint8)(bits - 1))
        days++;
    switch (o->timing) {
    case TIMING_ONCE:
    case TIMING_FREE:
        return -1;
    case TIMING_CONTINUOUS:
        return 0;
    case TIMING_NONE:
        return o->as_needed ? 0 : -1;
    case TIMING_INTERVAL:
        return o->period_unit == 'h' ? o->period / 24 : o->period_unit == 'd' ? o->period : o->period * 7;
    case TIMING_FREQUENCY:
        if (days)
            return 7 / (int)days;
        if (o->period_unit != 'w' && o->period_unit != 'd')
            return 0;
        return o->period * (o->period_unit == 'w' ? 7 : 1) / MAX(1, MAX(o->frequency, o->frequency_max));
    case TIMING_SLOTS:
    case TIMING_BEDTIME:
    case TIMING_CLOCK:
        break;
    }
    return days ? 7 / (int)days : 1;
}

void check_interval(const Check *self, const CheckInput *in, GPtrArray *lines)
{
    const GPtrArray *rules = in->data->rules->of[self->rules];
    int between = days_between(in->order);
    for (guint i = 0; between >= 0 && i < rules->len; i++) {
        const CheckRule *r = rules->pdata[i];
        Decimal once = r->unit ? check_dose_in(in->order, check_dose_at_once(in->order), r->unit) : (Decimal){0};
        if (!check_rule_fits(in, r) || between >= r->days ||
            (r->single.valid && once.valid && decimal_compare(once, r->single) < 0))
            continue;
        g_autofree char *record = g_strdup_printf("%s: %s", in->order->substance, r->text);
        check_say(lines, self->id, CHECK_FOUND, r->level, in->order->atc, record, g_strdup(record));
        return;
    }
}
