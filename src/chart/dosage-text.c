/* SPDX-License-Identifier: GPL-3.0-or-later
 * The words of a dose, from the record's own catalogue. Doses without trailing zeros, with a leading zero and a decimal comma;
 * micrograms and units in full words. */
#include <string.h>

#include "chart/dosage-private.h"
#include "chart/record-words.h"
#include "chart/units.h"

#define AFTER "efter " /* a reason that says by itself when: "efter varje lös avföring" */

static gboolean is_singular(Decimal v)
{
    return decimal_compare(v, decimal_from_int(2)) < 0; /* "0,5 tablett", "1,5 tablett" */
}

static const char *unit_word(const char *unit, Decimal v)
{
    const DoseUnit *u = dose_unit(unit);
    return u == NULL ? (unit != NULL ? unit : "") : is_singular(v) ? u->singular : u->plural;
}

char *dosage_quantity_text(Decimal value, const char *unit)
{
    g_autofree char *n = decimal_to_dose(value, TRUE);
    const char *word = unit_word(unit, value);
    return *word != '\0' ? g_strdup_printf("%s %s", n, word) : g_strdup(n);
}

static char *range_text(Decimal low, Decimal high, const char *unit)
{
    if (!high.valid)
        return dosage_quantity_text(low, unit);
    g_autofree char *a = decimal_to_dose(low, TRUE);
    g_autofree char *b = decimal_to_dose(high, TRUE);
    return g_strdup_printf("%s–%s %s", a, b, unit_word(unit, high));
}

/* From a thousand milligrams on it is grams: "1 g", never "1000 mg". */
static const char *in_grams(Decimal *amount, const char *unit)
{
    if (g_strcmp0(unit, "mg") != 0 || decimal_compare(*amount, decimal_from_int(1000)) < 0)
        return unit;
    *amount = dose_convert(*amount, "mg", "g");
    return "g";
}

/* Strength of one unit as amount and unit: 500 mg for a tablet, 10 mg for a millilitre. */
static char *base_unit(const DrugProduct *p)
{
    return g_strndup(p->strength_unit, strcspn(p->strength_unit, "/"));
}

/* Does the strength say what one counted unit holds? Not so for drops of a solution or a cream. */
static gboolean strength_is_per_piece(const DrugProduct *p)
{
    return drug_counted_unit(p) != NULL && p->strength.valid &&
           (strchr(p->strength_unit, '/') == NULL || g_str_has_suffix(p->strength_unit, "/dos"));
}

/* "2 tabletter (1 g)": the units to take first, the amount ordered beside it. */
char *dosage_dose_text(const Order *o, Decimal low, Decimal high)
{
    g_autofree char *said = range_text(low, high, o->unit);
    const DrugProduct *p = o->product;
    const char *counted = p != NULL ? drug_counted_unit(p) : NULL;
    if (p == NULL || !p->strength.valid || (counted != NULL && !strength_is_per_piece(p)))
        return g_steal_pointer(&said);
    if (counted != NULL && g_strcmp0(o->unit, counted) == 0) {
        g_autofree char *base = base_unit(p);
        if (g_strcmp0(base, "mg") != 0 && g_strcmp0(base, "g") != 0 &&
            g_strcmp0(base, "mikrogram") != 0)
            return g_steal_pointer(&said);
        Decimal a = decimal_mul(low, p->strength);
        Decimal b = high.valid ? decimal_mul(high, p->strength) : high;
        g_autofree char *amount = range_text(a, b, b.valid ? base : in_grams(&a, base));
        return g_strdup_printf("%s (%s)", said, amount);
    }
    const char *to = counted != NULL                             ? counted
                     : g_str_has_suffix(p->strength_unit, "/ml") ? "ml"
                                                                 : NULL;
    Decimal a = order_dose_in_units(o, low);
    Decimal b = high.valid ? order_dose_in_units(o, high) : high;
    if (to == NULL || !a.valid || (high.valid && !b.valid) || strcmp(o->unit, "ml") == 0)
        return g_steal_pointer(&said);
    g_autofree char *units = range_text(a, b, to);
    if (counted != NULL && !high.valid) { /* "2 tabletter (1 g)", also where 1000 mg was typed */
        Decimal amount = low;
        const char *unit = in_grams(&amount, o->unit);
        g_free(said);
        said = dosage_quantity_text(amount, unit);
    }
    return counted != NULL ? g_strdup_printf("%s (%s)", units, said)
                           : g_strdup_printf("%s (%s)", said, units);
}

static void say(GString *s, const char *before, char *text /* taken */)
{
    g_string_append_printf(s, "%s%s", before, text);
    g_free(text);
}

/* "a, b och c". */
static char *join_and(GPtrArray *parts)
{
    GString *s = g_string_new(NULL);
    g_autofree char *and = g_strdup_printf(" %s ", record_word(RW_AND));
    for (guint i = 0; i < parts->len; i++)
        g_string_append_printf(s, "%s%s", i == 0 ? "" : i + 1 == parts->len ? and : ", ", (char *)parts->pdata[i]);
    return g_string_free(s, FALSE);
}

static void append_times(GString *s, const Order *o)
{
    if (o->frequency_max > 0)
        say(s, " ", record_text(RW_TIMES_RANGE, o->frequency, o->frequency_max));
    else
        say(s, " ", record_text(o->frequency == 1 ? RW_TIME : RW_TIMES, o->frequency));
}

static const DoseMeal meals[] = {
    {"C", RW_MEAL},           {"AC", RW_BEFORE_MEAL},   {"PC", RW_AFTER_MEAL},   {"CM", RW_WITH_BREAKFAST},
    {"ACM", RW_BEFORE_BREAKFAST}, {"PCM", RW_AFTER_BREAKFAST}, {"ACD", RW_BEFORE_LUNCH}, {"PCD", RW_AFTER_LUNCH},
    {"ACV", RW_BEFORE_DINNER}, {"PCV", RW_AFTER_DINNER},
};

const DoseMeal *dosage_meal(const char *code)
{
    for (gsize i = 0; i < G_N_ELEMENTS(meals); i++)
        if (g_strcmp0(meals[i].code, code) == 0)
            return &meals[i];
    return NULL;
}

static void append_meal(GString *s, const Order *o)
{
    const DoseMeal *meal = dosage_meal(o->meal);
    if (meal == NULL)
        return;
    if (o->meal_minutes > 0)
        say(s, " ", record_text(RW_MINUTES_THEN, o->meal_minutes, record_word(meal->word)));
    else
        g_string_append_printf(s, " %s", record_word(meal->word));
}

/* "12 timmar", "30 minuter"; owned. */
static char *minutes_text(int minutes)
{
    if (minutes % 60 != 0)
        return record_text(RW_OVER_MINUTES, minutes);
    return record_text(minutes == 60 ? RW_OVER_HOUR : RW_OVER_HOURS, minutes / 60);
}

static char *rate_text(const Order *o)
{
    g_autofree char *low = decimal_to_dose(o->rate, TRUE);
    g_autofree char *high = o->rate_high.valid ? decimal_to_dose(o->rate_high, TRUE) : NULL;
    return high != NULL ? g_strdup_printf("%s–%s %s", low, high, o->rate_unit)
                        : g_strdup_printf("%s %s", low, o->rate_unit);
}

/* "på 12 timmar (83 ml/tim)", ", infusion under 30 minuter", " 83 ml/tim". */
static void append_infusion(GString *s, const Order *o)
{
    g_autofree char *time = o->minutes > 0 ? minutes_text(o->minutes) : NULL;
    g_autofree char *rate = o->rate.valid ? rate_text(o) : NULL;
    if (time != NULL && rate != NULL)
        say(s, " ", record_text(RW_INFUSED_VOLUME, time, rate));
    else if (time != NULL)
        say(s, ", ", record_text(RW_INFUSED, time));
    else if (rate != NULL)
        g_string_append_printf(s, " %s", rate);
}

/* What goes with every dose of the order, behind when it is given. */
static void append_rest(GString *s, const Order *o)
{
    if (o->cycle_days > 0)
        say(s, ", ", record_text(RW_REST_DAYS, o->cycle_days + 1, o->cycle_days + o->rest_days));
    if (o->instruction != NULL)
        g_string_append_printf(s, ", %s", o->instruction);
}

static void append_site(GString *s, const Order *o)
{
    if (o->site != NULL)
        say(s, " ", record_text(RW_IN_SITE, o->site));
}

static void append_weekdays(GString *s, RecordWord how, guint8 weekdays)
{
    g_autoptr(GPtrArray) parts = g_ptr_array_new();
    for (guint i = 0; i < 7; i++)
        if (weekdays & (1u << i))
            g_ptr_array_add(parts, (gpointer)record_word(RW_MONDAYS + i));
    g_autofree char *list = join_and(parts);
    say(s, " ", record_text(how, list));
}

static void append_interval(GString *s, int n, char unit)
{
    RecordWord every = unit == 'h' ? RW_EVERY_HOUR : unit == 'w' ? RW_EVERY_WEEK : RW_EVERY_DAY;
    if (n <= 2)
        g_string_append_printf(s, " %s", record_word(n == 1 ? every : every + 1));
    else
        say(s, " ", record_text(every + 2, n));
}

static void append_clock(GString *s, const Order *o)
{
    g_autoptr(GPtrArray) parts = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < o->clocks; i++)
        g_ptr_array_add(parts,
                        o->clock[i].minute == 0
                            ? g_strdup_printf("%d", o->clock[i].hour)
                            : g_strdup_printf("%d.%02d", o->clock[i].hour, o->clock[i].minute));
    g_autofree char *list = join_and(parts);
    say(s, " ", record_text(RW_AT_CLOCK, list));
}

static void append_timing(GString *s, const Order *o)
{
    switch (o->timing) {
    case TIMING_FREQUENCY:
        if (o->weekdays != 0 && o->frequency == 1) {
            append_weekdays(s, RW_ONCE_A_WEEK_ON, o->weekdays);
        } else if (o->weekdays != 0) {
            append_weekdays(s, RW_ON_DAYS, o->weekdays);
        } else {
            append_times(s, o);
            g_string_append_printf(s, " %s", record_word(o->period_unit == 'w' ? RW_WEEKLY : RW_DAILY));
        }
        append_meal(s, o);
        break;
    case TIMING_INTERVAL:
        append_interval(s, o->period, o->period_unit);
        break;
    case TIMING_BEDTIME:
        g_string_append_printf(s, " %s", record_word(RW_AT_BEDTIME));
        break;
    case TIMING_CLOCK:
        append_clock(s, o);
        if (o->weekdays != 0)
            append_weekdays(s, RW_ON_DAYS, o->weekdays);
        break;
    case TIMING_ONCE:
        g_string_append_printf(s, " %s", record_word(o->stat ? RW_ONCE_NOW : RW_ONCE));
        break;
    case TIMING_SLOTS:
    case TIMING_NONE:
    case TIMING_CONTINUOUS:
    case TIMING_FREE:
        break;
    }
}

static void append_as_needed(GString *s, const Order *o)
{
    if (o->as_needed && o->as_needed_reason != NULL && g_str_has_prefix(o->as_needed_reason, AFTER))
        g_string_append_printf(s, " %s", o->as_needed_reason);
    else if (o->as_needed && o->as_needed_reason != NULL)
        say(s, " ", record_text(RW_AS_NEEDED_FOR, o->as_needed_reason));
    else if (o->as_needed)
        g_string_append_printf(s, " %s", record_word(RW_AS_NEEDED));
    if (o->max_dose.valid) {
        g_autofree char *most = dosage_quantity_text(o->max_dose, o->max_unit);
        say(s, ", ", record_text(RW_MOST_A_DAY, most));
    } else if (o->max_times > 0) {
        say(s, ", ", record_text(o->max_times == 1 ? RW_MOST_TIME_A_DAY : RW_MOST_TIMES_A_DAY, o->max_times));
    }
}

char *dosage_slot_text(const Order *o, int slot)
{
    g_autoptr(GString) s = g_string_new(NULL);
    g_autofree char *dose = dosage_dose_text(o, o->slot[slot], (Decimal){0});
    g_string_append(s, dose);
    append_site(s, o);
    g_string_append_printf(s, " %s", record_word(RW_IN_THE_MORNING + (guint)slot));
    append_as_needed(s, o);
    return g_string_free(g_steal_pointer(&s), FALSE);
}

/* "1 tablett morgon och kväll" where the doses are alike, else each with its own. */
static void append_slots(GString *s, const Order *o)
{
    g_autoptr(GPtrArray) same = g_ptr_array_new();
    g_autoptr(GPtrArray) each = g_ptr_array_new_with_free_func(g_free);
    Decimal first = {0};
    gboolean alike = TRUE;
    Order plain = *o; /* the slots alone: what is as needed is said once, at the end */
    plain.as_needed = FALSE;
    plain.max_times = 0;
    plain.max_dose = (Decimal){0};
    for (int i = 0; i < ORDER_SLOTS; i++) {
        if (!o->slot[i].valid || decimal_is_zero(o->slot[i]))
            continue;
        if (!first.valid)
            first = o->slot[i];
        alike = alike && decimal_compare(first, o->slot[i]) == 0;
        g_ptr_array_add(same, (gpointer)record_word(RW_MORNING + (guint)i));
        g_ptr_array_add(each, dosage_slot_text(&plain, i));
    }
    g_autofree char *dose = dosage_dose_text(o, first, (Decimal){0});
    g_autofree char *slots = join_and(alike && same->len > 1 ? same : each);
    if (alike && same->len > 1)
        g_string_append(s, dose);
    if (alike && same->len > 1)
        append_site(s, o);
    if (alike && same->len > 1)
        g_string_append_printf(s, " %s", slots);
    else
        g_string_append(s, slots);
    append_as_needed(s, o);
}

static void append_per_kg(GString *s, const Order *o)
{
    if (!o->per_kg.valid || !o->weight_kg.valid)
        return;
    g_autofree char *per = dosage_quantity_text(o->per_kg, o->unit), *kg = decimal_to_dose(o->weight_kg, TRUE);
    g_autofree char *exact = o->exact.valid ? dosage_quantity_text(o->exact, o->unit) : NULL;
    say(s, " (", exact != NULL ? record_text(RW_PER_KG_ROUNDED, per, kg, exact) : record_text(RW_PER_KG, per, kg));
    g_string_append_c(s, ')');
}

char *dosage_step_text(const Order *o, guint step)
{
    const OrderStep *st = &o->steps[step];
    g_autoptr(GString) s = g_string_new(NULL);
    g_autofree char *dose = dosage_dose_text(o, st->low, st->high);
    g_string_append(s, dose);
    append_site(s, o);
    if (o->load_first && step == 0) {
        g_string_append_printf(s, " %s", record_word(RW_AT_ONCE));
        return g_string_free(g_steal_pointer(&s), FALSE);
    }
    append_timing(s, o);
    append_infusion(s, o);
    append_as_needed(s, o);
    if (o->stat && o->timing != TIMING_ONCE && !o->load_first && step == 0)
        g_string_append_printf(s, ", %s", record_word(RW_FIRST_NOW));
    int days = st->days > 0 ? st->days : o->step_count == 1 || o->load_first ? o->days : 0;
    if (days > 0)
        say(s, " ", record_text(days == 1 ? RW_FOR_DAY : RW_FOR_DAYS, days));
    append_per_kg(s, o);
    if (step + 1 == o->step_count)
        append_rest(s, o);
    return g_string_free(g_steal_pointer(&s), FALSE);
}

static char *continuous_text(const Order *o)
{
    g_autofree char *rate = rate_text(o);
    g_autoptr(GString) s = g_string_new(rate);
    g_string_append_printf(s, " %s", record_word(RW_CONTINUOUSLY));
    if (o->stat)
        g_string_append_printf(s, ", %s", record_word(RW_AT_ONCE));
    append_as_needed(s, o);
    if (o->days > 0)
        say(s, " ", record_text(o->days == 1 ? RW_FOR_DAY : RW_FOR_DAYS, o->days));
    append_rest(s, o);
    return g_string_free(g_steal_pointer(&s), FALSE);
}

char *dosage_text(const Order *o)
{
    if (o->timing == TIMING_FREE && o->free_text != NULL)
        return g_strdup(o->free_text);
    if (o->timing == TIMING_CONTINUOUS && o->rate.valid)
        return continuous_text(o);
    g_autoptr(GString) s = g_string_new(NULL);
    if (o->timing == TIMING_SLOTS) {
        append_slots(s, o);
        if (o->stat)
            g_string_append_printf(s, ", %s", record_word(RW_FIRST_NOW));
        if (o->days > 0)
            say(s, " ", record_text(o->days == 1 ? RW_FOR_DAY : RW_FOR_DAYS, o->days));
        append_per_kg(s, o);
        append_rest(s, o);
    }
    for (guint i = 0; o->timing != TIMING_SLOTS && i < o->step_count; i++) {
        g_autofree char *then = i > 0 ? g_strdup_printf(", %s ", record_word(RW_THEN)) : g_strdup("");
        say(s, then, dosage_step_text(o, i));
    }
    return g_string_free(g_steal_pointer(&s), FALSE);
}

static char *total_text(const Order *o, RecordWord how, Decimal sum)
{
    const DrugProduct *p = o->product;
    g_autofree char *base = NULL;
    const char *unit = o->unit;
    /* Totals add up in what the strength says, not in tablets. */
    if (p != NULL && strength_is_per_piece(p) && g_strcmp0(drug_counted_unit(p), o->unit) == 0) {
        base = base_unit(p);
        unit = base;
        sum = decimal_mul(sum, p->strength);
    }
    if (!sum.valid)
        return NULL;
    unit = in_grams(&sum, unit);
    g_autofree char *text = dosage_quantity_text(sum, unit);
    return record_text(how, text);
}

char *dosage_total(const Order *o)
{
    if (o->unit == NULL || o->step_count == 0 || o->timing == TIMING_ONCE)
        return NULL;
    int a_day = order_doses_per_day(o);
    Decimal sum = decimal_from_int(0);
    if (o->step_count > 1 && !o->load_first) {
        for (guint i = 0; i < o->step_count; i++) {
            if (o->steps[i].days == 0 || a_day == 0)
                return NULL;
            sum = decimal_add(sum, decimal_mul(o->steps[i].low,
                                               decimal_from_int((gint64)o->steps[i].days * a_day)));
        }
        g_autofree char *text = dosage_quantity_text(sum, o->unit);
        return record_text(RW_IN_ALL, text);
    }
    const OrderStep *last = &o->steps[o->step_count - 1];
    Decimal dose = last->high.valid ? last->high : last->low;
    if (o->max_dose.valid) {
        Decimal most = dose_convert(o->max_dose, o->max_unit, o->unit);
        return most.valid ? total_text(o, RW_MOST_A_DAY, most) : NULL;
    }
    if (o->max_times > 0)
        return total_text(o, RW_MOST_A_DAY, decimal_mul(dose, decimal_from_int(o->max_times)));
    for (int i = 0; o->timing == TIMING_SLOTS && i < ORDER_SLOTS; i++)
        if (o->slot[i].valid)
            sum = decimal_add(sum, o->slot[i]);
    if (o->timing != TIMING_SLOTS)
        sum = decimal_mul(dose, decimal_from_int(a_day));
    gboolean range = last->high.valid || o->frequency_max > 0 || o->as_needed;
    return decimal_is_zero(sum) ? NULL : total_text(o, range ? RW_MOST_A_DAY : RW_A_DAY, sum);
}

char *dosage_period(const Order *o, CivilDate today)
{
    g_autofree char *from = civil_date_short(civil_date_at(o->start), today, record_language());
    g_autofree char *clock = instant_to_hhmm(o->start);
    g_autoptr(GString) s = g_string_new(NULL);
    say(s, "", record_text(RW_FROM, from, clock));
    if (o->stop.year != 0) {
        g_autofree char *to = civil_date_short(o->stop, today, record_language());
        int days = civil_date_days_between(civil_date_at(o->start), o->stop) + 1;
        say(s, " ", record_text(days == 1 ? RW_UNTIL_DAY : RW_UNTIL_DAYS, to, days));
    } else if (o->timing != TIMING_ONCE) {
        g_string_append_printf(s, " %s", record_word(RW_UNTIL_FURTHER));
    }
    return g_string_free(g_steal_pointer(&s), FALSE);
}
