/* SPDX-License-Identifier: GPL-3.0-or-later
 * One dose and the dose of a day against the most for an adult; and what needs care when the kidneys
 * are poor. */
#include <glib/gi18n.h>
#include <string.h>

#include "chart/check.h"
#include "chart/dosage.h"
#include "chart/record-words.h"

#define TENFOLD 5 /* from this many times the limit it is a slip of the unit or the point */

static const DoseLimit *limit_of(const CheckInput *in)
{
    for (guint i = 0; i < in->data->limits->len; i++) {
        const DoseLimit *l = in->data->limits->pdata[i];
        if (strcmp(l->atc, in->order->atc) == 0 && (!l->route || g_strcmp0(l->route, in->order->route) == 0))
            return l;
    }
    return NULL;
}

/* @dose of the order's unit in @unit: tablets and millilitres by what the product holds. */
static Decimal in_unit(const Order *o, Decimal dose, const char *unit)
{
    Decimal direct = o->unit ? dose_convert(dose, o->unit, unit) : (Decimal){0};
    const DrugProduct *p = o->product;
    if (direct.valid || !p || !o->unit || !p->strength.valid)
        return direct;
    gsize n = strcspn(p->strength_unit, "/");
    g_autofree char *base = g_strndup(p->strength_unit, n);
    const char *per = p->strength_unit[n] ? p->strength_unit + n + 1 : drug_counted_unit(p);
    gboolean counts = g_strcmp0(per, o->unit) == 0 ||
                      (g_strcmp0(per, "dos") == 0 && g_strcmp0(drug_counted_unit(p), o->unit) == 0);
    return counts ? dose_convert(decimal_mul(dose, p->strength), base, unit) : (Decimal){0};
}

static Decimal most_at_once(const Order *o)
{
    Decimal most = {0};
    for (int i = 0; o->timing == TIMING_SLOTS && i < ORDER_SLOTS; i++)
        if (o->slot[i].valid && (!most.valid || decimal_compare(o->slot[i], most) > 0))
            most = o->slot[i];
    for (guint i = 0; o->timing != TIMING_SLOTS && i < o->step_count; i++) {
        Decimal d = o->steps[i].high.valid ? o->steps[i].high : o->steps[i].low;
        if (!most.valid || decimal_compare(d, most) > 0)
            most = d;
    }
    return most;
}

/* The most that can be given in a day, in @unit; invalid when the order does not say. */
static Decimal most_a_day(const Order *o, Decimal once, const char *unit)
{
    Decimal sum = decimal_from_int(0);
    if (o->max_dose.valid) {
        Order counted = *o; /* the limit can be said in another unit than the dose */
        counted.unit = o->max_unit;
        return in_unit(&counted, o->max_dose, unit);
    }
    if (o->timing == TIMING_SLOTS) {
        for (int i = 0; i < ORDER_SLOTS; i++)
            if (o->slot[i].valid)
                sum = decimal_add(sum, o->slot[i]);
        return in_unit(o, sum, unit);
    }
    int times = o->timing == TIMING_ONCE ? 1 : o->max_times > 0 ? o->max_times : order_doses_per_day(o);
    if (o->timing == TIMING_FREQUENCY && (o->period_unit == 'w' || o->weekdays))
        times = 1;
    if (o->timing == TIMING_INTERVAL && o->period_unit != 'h')
        times = 1;
    if (o->timing == TIMING_INTERVAL && o->period_unit == 'h' && !times && o->period > 0)
        times = (24 + o->period - 1) / o->period;
    return times ? in_unit(o, decimal_mul(once, decimal_from_int(times)), unit) : (Decimal){0};
}

/* TRUE when @amount is over @limit; says so. */
static gboolean over(const CheckInput *in, GPtrArray *lines, const char *what, Decimal amount, Decimal limit,
                     const char *unit, gboolean day)
{
    if (!limit.valid || !amount.valid || decimal_compare(amount, limit) <= 0)
        return FALSE;
    gboolean tenfold = decimal_compare(amount, decimal_mul(limit, decimal_from_int(TENFOLD))) >= 0;
    g_autofree char *a = dosage_quantity_text(amount, unit), *l = dosage_quantity_text(limit, unit);
    g_autofree char *key = g_strdup_printf("%s-%s-%s", what, in->order->atc, a);
    g_strdelimit(key, " =[],", '_');
    g_autofree char *record = record_text(day ? RW_DOSE_OF_DAY : RW_DOSE_SINGLE, in->order->substance, a, l);
    check_say(lines, "dose", CHECK_FOUND, tenfold ? CHECK_STOP : CHECK_HIGH, key, record,
              g_strdup_printf(day ? _("The dose of a day is %s; the most for an adult is %s")
                                  : _("The single dose is %s; the most for an adult is %s"),
                              a, l));
    return TRUE;
}

void check_dose(const CheckInput *in, GPtrArray *lines)
{
    const DoseLimit *l = limit_of(in);
    Decimal dose = most_at_once(in->order);
    if (!l) {
        check_say(lines, "dose", CHECK_UNABLE, CHECK_INFORMATION, "limit", NULL,
                  g_strdup(_("The dose could not be checked: no limit for this medicine and route is in the table")));
        return;
    }
    if (in->facts->age < 18) {
        check_say(lines, "dose", CHECK_UNABLE, CHECK_MEDIUM, "age", NULL,
                  in->facts->age < 0 ? g_strdup(_("The dose could not be checked: the age is not known"))
                                     : g_strdup(_("The dose could not be checked: the limits are for adults")));
        return;
    }
    Decimal once = in_unit(in->order, dose, l->unit), day = most_a_day(in->order, dose, l->unit);
    gboolean hit = over(in, lines, "single", once, l->single, l->unit, FALSE);
    hit = over(in, lines, "daily", day, l->daily, l->unit, TRUE) || hit;
    if (hit)
        return;
    if (!once.valid || (l->daily.valid && !day.valid)) {
        check_say(lines, "dose", CHECK_UNABLE, CHECK_MEDIUM, "amount", NULL,
                  g_strdup_printf(_("The dose could not be checked: it cannot be counted in %s a day"), l->unit));
        return;
    }
    g_autofree char *limit = l->daily.valid ? dosage_quantity_text(l->daily, l->unit) : dosage_quantity_text(l->single, l->unit);
    check_say(lines, "dose", CHECK_CLEAR, CHECK_INFORMATION, "ok", NULL,
              g_strdup_printf(l->daily.valid ? _("the dose is within %s a day") : _("the dose is within %s at a time"), limit));
}

void check_kidney(const CheckInput *in, GPtrArray *lines)
{
    int egfr = in->facts->egfr;
    if (egfr < 0) {
        check_say(lines, "kidney", CHECK_UNABLE, CHECK_MEDIUM, "egfr", NULL,
                  g_strdup(_("Kidney function could not be checked: there is no creatinine to compute eGFR from")));
        return;
    }
    for (guint i = 0; i < in->data->kidney->len; i++) {
        const KidneyRule *k = in->data->kidney->pdata[i];
        if (!g_str_has_prefix(in->order->atc, k->atc) || egfr >= k->below)
            continue;
        g_autofree char *record = g_strdup_printf("eGFR %d: %s", egfr, k->advice);
        check_say(lines, "kidney", CHECK_FOUND, (CheckSeverity)k->severity, k->atc, record,
                  g_strdup_printf("eGFR %d: %s", egfr, k->advice));
        return;
    }
    check_say(lines, "kidney", CHECK_CLEAR, CHECK_INFORMATION, "ok", NULL,
              g_strdup_printf(_("eGFR %d is above the limits for this medicine"), egfr));
}
