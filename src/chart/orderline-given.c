/* SPDX-License-Identifier: GPL-3.0-or-later
 * Words of the line that say how a dose is given: infusions, meals, places of the body, plans that change
 * the dose, days without. */
#include <string.h>

#include "chart/orderline-line.h"
#include "chart/units.h"

#define MOST_HOURS 72 /* that one dose takes to go in */

guint line_amount(Line *l, guint at, Decimal *ret, const char **ret_unit)
{
    g_autofree char *text = g_strdup(at < l->count ? l->word[at] : "");
    gsize n = strspn(text, "0123456789.,");
    g_autofree char *unit = g_strdup(text + n);
    text[n] = '\0';
    Decimal d = {0};
    guint issues = l->r.order->issues->len;
    if (n == 0 || (!line_number_of(l, ORDER_DOSE, at, text, &d) && l->r.order->issues->len == issues))
        return 0;
    gboolean apart = *unit == '\0' && at + 1 < l->count;
    const Meaning *m = order_meaning(l->words, apart ? l->word[at + 1] : unit);
    if (!order_is_kind(m, "unit") && *unit != '\0')
        return 0;
    *ret = d;
    *ret_unit = order_is_kind(m, "unit") ? m->value : NULL;
    return apart && *ret_unit != NULL ? 2 : 1;
}

/* The words of "12 tim", "12h", "30 minuter" from @at on, as minutes; 0 when it is no such time. */
static guint read_minutes(const Line *l, guint at, int *ret)
{
    if (at >= l->count)
        return 0;
    char *end;
    gint64 n = g_ascii_strtoll(l->word[at], &end, 10);
    guint words = *end != '\0' ? 1 : 2;
    const char *unit = *end != '\0' ? end : at + 1 < l->count ? l->word[at + 1] : "";
    const Meaning *m = order_meaning_at(l->words, unit, "over");
    m = m != NULL ? m : order_meaning(l->words, unit);
    gboolean hours = order_is_kind(m, "length") && m->value[0] == 'h';
    if (end == l->word[at] || (!hours && !order_is_kind(m, "minutes")))
        return 0;
    *ret = n < 1 || n > 10000 ? -1 : hours ? (int)n * 60 : (int)n;
    return words;
}

Use given_over(Line *l, const Meaning *m)
{
    int minutes = 0;
    guint words = read_minutes(l, l->at + 1, &minutes);
    Order *o = l->r.order;
    (void)m;
    if (words == 0) {
        gboolean weekday = line_has_role(l, l->at + 1, "weekday");
        gboolean number = l->at + 1 < l->count && g_ascii_isdigit(l->word[l->at + 1][0]);
        if (number)
            line_unclear(l, ORDER_TIMING, NULL);
        return weekday || number ? USED : NOT_USED;
    }
    l->at += words;
    if (o->minutes != 0)
        line_unclear(l, ORDER_TIMING, NULL);
    else if (minutes < 1 || minutes > MOST_HOURS * 60)
        line_unlikely(l, ORDER_TIMING);
    else
        o->minutes = minutes;
    return USED;
}

Use given_continuous(Line *l, const Meaning *m)
{
    (void)m;
    line_set_timing(l, TIMING_CONTINUOUS, 0, 0, 0, 'd');
    return USED;
}

Use given_titrated(Line *l, const Meaning *m)
{
    if (l->instruction->len > 0)
        line_unclear(l, ORDER_TIMING, NULL);
    else
        g_string_append(l->instruction, m->value);
    l->open = l->instruction;
    return USED_OPEN;
}

gboolean given_rate(Line *l, Decimal low, Decimal high, const char *suffix)
{
    static const char *const hours[] = {"h", "t", "tim", "timme", NULL};
    static const char *const minutes[] = {"min", "minut", NULL};
    Order *o = l->r.order;
    g_auto(GStrv) parts = g_strsplit(suffix, "/", 3);
    guint n = g_strv_length(parts);
    const Meaning *unit = order_meaning(l->words, parts[0]);
    const char *time = g_strv_contains(hours, parts[n - 1])     ? "tim"
                       : g_strv_contains(minutes, parts[n - 1]) ? "min"
                                                                : NULL;
    if (n < 2 || time == NULL || !order_is_kind(unit, "unit") || (n == 3 && strcmp(parts[1], "kg") != 0))
        return FALSE;
    g_autofree char *rate = g_strdup_printf("%s%s/%s", unit->value, n == 3 ? "/kg" : "", time);
    const RateUnit *known = rate_unit(rate);
    if (known == NULL || o->rate.valid || decimal_is_zero(low) || (high.valid && decimal_compare(high, low) <= 0)) {
        line_unclear(l, ORDER_TIMING, NULL);
        return TRUE;
    }
    o->rate = low;
    o->rate_high = high;
    o->rate_unit = known->unit;
    return TRUE;
}

gboolean given_minutes(Line *l, Decimal n)
{
    Order *o = l->r.order;
    if (o->meal_minutes != 0 || n.scale != 0 || n.coefficient < 1 || n.coefficient > 240)
        line_unclear(l, ORDER_TIMING, NULL);
    else
        o->meal_minutes = (int)n.coefficient; /* a meal must follow */
    return TRUE;
}

Use given_meal(Line *l, const Meaning *m)
{
    const char *before = l->r.order->meal;
    if (before != NULL && (l->r.order->step_count == 0 || strcmp(before, m->value) != 0))
        line_unclear(l, ORDER_TIMING, NULL);
    l->r.order->meal = g_intern_string(m->value);
    return USED;
}

Use given_site(Line *l, const Meaning *m)
{
    Order *o = l->r.order;
    if (o->site != NULL && strcmp(o->site, m->value) != 0)
        line_unclear(l, ORDER_ROUTE, NULL);
    g_free(o->site);
    o->site = g_strdup(m->value);
    return USED;
}

Use given_free(Line *l, const Meaning *m)
{
    Order *o = l->r.order;
    line_set_timing(l, TIMING_FREE, 0, 0, 0, 'd');
    g_free(o->free_text);
    o->free_text = g_strdup(m->value);
    return USED;
}

/* "öka med 25 mg var 7 dag till 100 mg" */
Use given_ramp(Line *l, const Meaning *m)
{
    Decimal by, target = {0}, days;
    const char *unit = NULL, *of_target = NULL, *none = NULL;
    guint words = 0, at = l->at + 1;
    guint n = line_amount(l, at, &by, &unit);
    gboolean every = n > 0 && line_has_role(l, at + n, "every");
    guint k = every ? line_amount(l, at + n + 1, &days, &none) : 0;
    const Meaning *day = k == 1 ? line_meaning(l, at + n + 2, &words) : NULL;
    if (!order_is_kind(day, "length") || (day->value[0] != 'd' && day->value[0] != 'w') || days.scale != 0 ||
        days.coefficient > 365) {
        line_unclear(l, ORDER_DOSE, NULL);
        return USED;
    }
    l->at = at + n + 1 + words;
    if (l->at + 2 < l->count && strcmp(l->word[l->at + 1], "till") == 0) {
        n = line_amount(l, l->at + 2, &target, &of_target);
        l->at += n > 0 ? n + 1 : 0;
    }
    if (of_target != NULL && l->r.order->unit != NULL)
        target = dose_convert(target, of_target, l->r.order->unit);
    line_set_ramp(l, m->value[0] == '+', by, unit, (int)days.coefficient * (day->value[0] == 'w' ? 7 : 1), target);
    return USED;
}

/* "uppehåll dag 22-28" */
Use given_pause(Line *l, const Meaning *m)
{
    Order *o = l->r.order;
    guint at = l->at + 1;
    gboolean by_number = at < l->count && strcmp(l->word[at], "dag") == 0;
    char *end = NULL;
    (void)m;
    at += by_number;
    gint64 from = at < l->count ? g_ascii_strtoll(l->word[at], &end, 10) : 0, to = 0;
    if (by_number && from > 1 && *end == '-')
        to = g_ascii_strtoll(end + 1, &end, 10);
    if (o->cycle_days != 0 || !by_number || from < 2 || to < from || to > 366 || *end != '\0' || o->days != 0) {
        line_unclear(l, ORDER_TIMING, NULL);
        return USED;
    }
    o->cycle_days = (int)from - 1;
    o->rest_days = (int)(to - from) + 1;
    l->at = at;
    return USED;
}
