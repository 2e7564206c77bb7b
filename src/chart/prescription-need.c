/* SPDX-License-Identifier: GPL-3.0-or-later
 * How much of a medicine its doses use in so many days, counted in what a pharmacy dispenses. */
#include <string.h>

#include "chart/prescription.h"

const char *prescription_unit(const DrugProduct *p)
{
    const char *counted = drug_counted_unit(p);
    if (counted != NULL && strcmp(counted, "applikation") != 0)
        return g_intern_string(counted);
    return g_str_has_suffix(p->strength_unit, "/ml") || strstr(p->form, "lösning") || strstr(p->form, "vätska") ? "ml" : "g";
}

/* One dose in the unit of the pharmacy. */
static Decimal dispensed(const Order *o, Decimal dose, const char *unit)
{
    if (!dose.valid || unit == NULL)
        return (Decimal){0};
    if (strcmp(unit, prescription_unit(o->product)) == 0)
        return dose;
    const char *base = o->unit != NULL ? o->unit : unit;
    Decimal same = dose_convert(dose, unit, base);
    return same.valid && o->unit != NULL ? order_dose_in_units(o, same) : (Decimal){0};
}

static int up(gint64 n, gint64 by)
{
    return by > 0 ? (int)((n + by - 1) / by) : 0;
}

/* Days of @days that have a dose, where some have none. */
static int days_with(const Order *o, int days)
{
    int round = o->cycle_days + o->rest_days;
    if (o->cycle_days == 0)
        return days;
    return days / round * o->cycle_days + MIN(days % round, o->cycle_days);
}

static int weekdays(const Order *o)
{
    int n = 0;
    for (int i = 0; i < 7; i++)
        n += (o->weekdays >> i) & 1;
    return n;
}

/* So many doses fall in @days; 0: the timing does not say. */
static int doses_in(const Order *o, int days)
{
    int times = MAX(o->frequency, o->frequency_max);
    switch (o->timing) {
    case TIMING_FREQUENCY:
        return o->weekdays != 0 ? up((gint64)weekdays(o) * days, 7) : up((gint64)times * days, o->period_unit == 'w' ? 7 * o->period : o->period);
    case TIMING_INTERVAL:
        return o->period_unit == 'h' ? up((gint64)days * 24, o->period) : up(days, o->period_unit == 'w' ? 7 * o->period : o->period);
    case TIMING_BEDTIME:
        return days;
    case TIMING_CLOCK:
        return o->weekdays != 0 ? (int)o->clocks * up((gint64)weekdays(o) * days, 7) : (int)o->clocks * days;
    case TIMING_ONCE:
        return 1;
    case TIMING_NONE:
    case TIMING_SLOTS:
    case TIMING_CONTINUOUS:
    case TIMING_FREE:
        break;
    }
    return 0;
}

static Decimal slots_of_a_day(const Order *o)
{
    Decimal sum = decimal_from_int(0);
    for (int i = 0; i < ORDER_SLOTS; i++)
        if (o->slot[i].valid)
            sum = decimal_add(sum, o->slot[i]);
    return dispensed(o, sum, o->unit);
}

/* Of one step in @days; invalid when it cannot be said. An as-needed dose uses at most what its limit allows. */
static Decimal used_in(const Order *o, const OrderStep *step, int days)
{
    Decimal dose = dispensed(o, step->high.valid ? step->high : step->low, o->unit);
    if (o->timing == TIMING_SLOTS)
        return decimal_mul(slots_of_a_day(o), decimal_from_int(days));
    if (o->max_dose.valid)
        return decimal_mul(dispensed(o, o->max_dose, o->max_unit), decimal_from_int(days));
    int times = o->max_times > 0 ? o->max_times * days : doses_in(o, days);
    return times > 0 ? decimal_mul(dose, decimal_from_int(times)) : (Decimal){0};
}

static Decimal whole(Decimal d)
{
    Decimal rounded = decimal_round(d, 0);
    return d.valid && decimal_compare(rounded, d) < 0 ? decimal_add(rounded, decimal_from_int(1)) : rounded;
}

Decimal prescription_need(const Order *o, int days)
{
    Decimal sum = decimal_from_int(0);
    int left = days_with(o, days);
    guint first = o->load_first && o->step_count > 1 ? 1 : 0;
    if (o->product == NULL || o->step_count == 0)
        return (Decimal){0};
    if (first)
        sum = dispensed(o, o->steps[0].low, o->unit);
    for (guint i = first; i < o->step_count && left > 0; i++) {
        int lasts = o->steps[i].days > 0 && o->step_count > 1 ? MIN(o->steps[i].days, left) : left;
        sum = decimal_add(sum, used_in(o, &o->steps[i], lasts));
        left -= lasts;
    }
    return whole(sum);
}
