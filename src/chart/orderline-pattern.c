/* SPDX-License-Identifier: GPL-3.0-or-later
 * Words of the line that are known by their shape: "1+0+1", "-10/2d", "1gx4", "500mg". */
#include "chart/orderline-line.h"

#include <string.h>

static gboolean on_slots(Line *l, char **group)
{
    Order *o = l->r.order;
    Decimal first = {0};
    const Meaning *unit = order_meaning(l->words, group[5]);
    if (*group[4] == '\0' || (*group[5] != '\0' && !order_is_kind(unit, "unit"))) {
        line_unclear_text(l, ORDER_TIMING, "morgon+lunch+kväll+natt");
        return TRUE;
    }
    line_set_timing(l, TIMING_SLOTS, 0, 0, 0, 'd');
    for (int i = 0; i < ORDER_SLOTS; i++) {
        if (!line_number(l, group[i + 1], &o->slot[i]))
            return TRUE;
        if (!first.valid && !decimal_is_zero(o->slot[i]))
            first = o->slot[i];
    }
    if (first.valid)
        line_set_dose(l, first, (Decimal){0}, unit != NULL ? unit->value : NULL);
    else
        line_unclear(l, ORDER_DOSE, NULL);
    return TRUE;
}

/* "-10/2d" after "60mg": ten less every other day, down to nothing; "+25/7d till 100mg". */
static gboolean on_taper(Line *l, char **group)
{
    Decimal by, target = {0};
    const Meaning *unit = order_meaning(l->words, group[3]);
    const char *of_target = NULL;
    if (!line_number(l, group[2], &by))
        return TRUE;
    gboolean known = *group[3] == '\0' || order_is_kind(unit, "unit");
    guint words = l->at + 2 < l->count && strcmp(l->word[l->at + 1], "till") == 0
                      ? line_amount(l, l->at + 2, &target, &of_target)
                      : 0;
    if (of_target != NULL && l->r.order->unit != NULL)
        target = dose_convert(target, of_target, l->r.order->unit);
    if (known && (words == 0 || target.valid))
        line_set_ramp(l, *group[1] == '+', by, unit != NULL ? unit->value : NULL,
                      (int)g_ascii_strtoll(group[4], NULL, 10), target);
    else
        line_unclear(l, ORDER_DOSE, NULL);
    l->at += words > 0 ? words + 1 : 0;
    return TRUE;
}

static gboolean on_times(Line *l, char **group)
{
    Decimal low = {0}, high = {0};
    gboolean dose = *group[1] != '\0';
    const Meaning *unit = NULL;
    gboolean per_kg = g_str_has_suffix(group[3], "/kg");
    if (*group[3] != '\0') {
        g_autofree char *base =
            per_kg ? g_strndup(group[3], strlen(group[3]) - 3) : g_strdup(group[3]);
        unit = order_meaning(l->words, base);
        if (!order_is_kind(unit, "unit"))
            return FALSE;
    }
    if ((dose && !line_number(l, group[1], &low)) || (*group[2] != '\0' && !line_number(l, group[2], &high)))
        return TRUE;
    int frequency = (int)g_ascii_strtoll(group[4], NULL, 10);
    int most = (int)g_ascii_strtoll(group[5], NULL, 10);
    if (frequency < 1 || frequency > 24 || (most != 0 && (most <= frequency || most > 24))) {
        line_unclear(l, ORDER_TIMING, NULL);
        return TRUE;
    }
    if (per_kg && high.valid) /* a range of each kilo is no dose */
        line_unclear(l, ORDER_DOSE, NULL);
    else if (dose && per_kg && unit != NULL)
        line_set_per_kg(l, low, unit->value);
    else if (dose)
        line_set_dose(l, low, high, unit != NULL ? unit->value : NULL);
    line_set_timing(l, TIMING_FREQUENCY, frequency, most, 1, *group[6] == 'v' ? 'w' : 'd');
    return TRUE;
}

static gboolean whole(Decimal n, int most)
{
    return n.valid && n.scale == 0 && n.coefficient >= 1 && n.coefficient <= most;
}

static void every(Line *l, Decimal n, Decimal high, char unit)
{
    if (!high.valid && whole(n, unit == 'h' ? 720 : 366) && unit != 'm')
        line_set_timing(l, TIMING_INTERVAL, 1, 0, (int)n.coefficient, unit);
    else
        line_unclear(l, ORDER_TIMING, NULL);
}

static void times(Line *l, Decimal low, Decimal high, char unit)
{
    if (whole(low, 24) && (!high.valid || (whole(high, 24) && high.coefficient > low.coefficient)))
        line_set_timing(l, TIMING_FREQUENCY, (int)low.coefficient, high.valid ? (int)high.coefficient : 0, 1, unit);
    else
        line_unclear(l, ORDER_TIMING, NULL);
}

/* Number and a word that says what it counts; what stands before the number decides where two could. */
static gboolean count_of(Line *l, Decimal low, Decimal high, const char *suffix)
{
    Order *o = l->r.order;
    const Meaning *m = line_meaning_here(l, suffix);
    gboolean length = order_is_kind(m, "length") || order_is_kind(m, "month-or-monday");
    if (l->at > 0 && line_has_role(l, l->at - 1, "every") && length) {
        every(l, low, high, m->value[0]);
    } else if (order_is_kind(m, "unit")) {
        line_set_dose(l, low, high, m->value);
    } else if (order_is_kind(m, "slot")) {
        line_set_dose(l, low, high, NULL);
        line_set_slot(l, m->value);
    } else if (order_is_kind(m, "prn")) {
        line_set_dose(l, low, high, NULL);
        o->as_needed = TRUE;
        l->open = l->prn_reason;
    } else if (length && m->value[0] != 'h' && !high.valid) {
        line_set_length(l, low, m->value[0]);
    } else if (order_is_kind(m, "times")) {
        times(l, low, high, m->value[0]);
    } else if (order_is_kind(m, "minutes") && !high.valid) {
        return given_minutes(l, low);
    } else if (order_is_kind(m, "ambiguous")) {
        line_unclear_text(l, ORDER_TOKEN, m->value);
    } else {
        return FALSE;
    }
    return TRUE;
}

/* A strength that some product the name fits has in that unit: "25 mikrogram/timme" of a plaster is no rate. */
static gboolean is_strength_unit(const Line *l, const char *unit)
{
    for (guint i = 0; i < l->r.match->products->len; i++)
        if (strcmp(((const DrugProduct *)l->r.match->products->pdata[i])->strength_unit, unit) == 0)
            return TRUE;
    return FALSE;
}

/* "mg/kg" makes a dose by weight, "ml/tim" a rate, "mg/ml" a strength. FALSE when @suffix is none of them. */
static gboolean quotient_of(Line *l, Decimal n, Decimal high, const char *suffix)
{
    const char *slash = strchr(suffix, '/');
    if (slash == NULL || order_meaning(l->words, suffix) != NULL)
        return FALSE;
    g_autofree char *base = g_strndup(suffix, (gsize)(slash - suffix));
    const Meaning *unit = order_meaning(l->words, base);
    if (!order_is_kind(unit, "unit"))
        return FALSE;
    g_autofree char *joined = g_strconcat(unit->value, slash, NULL);
    if (!is_strength_unit(l, joined) && given_rate(l, n, high, suffix))
        return TRUE;
    if (high.valid || strchr(slash + 1, '/') != NULL) { /* a range, or "mg/kg/dygn": of each dose, or of the day? */
        line_unclear(l, ORDER_DOSE, NULL);
    } else if (strcmp(slash, "/kg") == 0) {
        line_set_per_kg(l, n, unit->value);
    } else if (l->r.strength.valid) {
        line_unclear(l, ORDER_STRENGTH, NULL);
    } else {
        l->r.strength = n;
        l->r.strength_unit = g_intern_string(joined);
    }
    return TRUE;
}

/* "1" or "1,5" with no word after it that it could count. */
static gboolean bare_dose(Line *l, Decimal low, Decimal high)
{
    if (l->has_dose && !l->dose_bound && l->at != l->dose_end) /* "500 mg 2" counts tablets; "… vb 2" nobody knows what */
        return FALSE;
    line_set_dose(l, low, high, NULL);
    return TRUE;
}

static gboolean counts_something(const Line *l, const Meaning *m, const char *word)
{
    static const char *const kinds[] = {"unit", "length", "month-or-monday", "times", "ambiguous", "minutes"};
    if (order_meaning_at(l->words, word, "number") != NULL)
        return TRUE;
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        if (order_is_kind(m, kinds[i]))
            return TRUE;
    return FALSE;
}

static gboolean on_quantity(Line *l, char **group)
{
    Decimal low, high = {0};
    if (!line_number(l, group[1], &low) || (*group[2] != '\0' && !line_number(l, group[2], &high)))
        return TRUE;
    if (*group[3] != '\0')
        return quotient_of(l, low, high, group[3]) || count_of(l, low, high, group[3]);
    if (l->at + 1 < l->count && quotient_of(l, low, high, l->word[l->at + 1])) {
        l->at++;
        return TRUE;
    }
    guint words = 0;
    const Meaning *next = l->at + 1 < l->count ? line_meaning(l, l->at + 1, &words) : NULL;
    if (next != NULL && counts_something(l, next, l->word[l->at + 1])) {
        g_autoptr(GString) suffix = g_string_new(l->word[l->at + 1]);
        for (guint i = 1; i < words; i++)
            g_string_append_printf(suffix, " %s", l->word[l->at + 1 + i]);
        guint at = l->at;
        gboolean known = count_of(l, low, high, suffix->str);
        l->at += known && l->at == at ? words : 0;
        return known;
    }
    if (l->at + 1 < l->count && strlen(l->word[l->at + 1]) >= 3 &&
        g_ascii_isdigit(l->word[l->at + 1][0])) {
        g_autofree char *joined = g_strconcat(group[1], l->word[l->at + 1], NULL);
        const char *options[] = {joined, NULL}; /* "10 000": is it one number? */
        line_unclear(l, ORDER_DOSE, options);
        l->at++;
        return TRUE;
    }
    if (!bare_dose(l, low, high))
        line_unclear(l, ORDER_DOSE, NULL);
    return TRUE;
}

/* FALSE: not this pattern after all. */
typedef gboolean (*PatternFn)(Line *l, char **group);

static const PatternFn pattern_fns[ORDER_PATTERNS] = {
    [PATTERN_SLOTS] = on_slots,
    [PATTERN_TAPER] = on_taper,
    [PATTERN_TIMES] = on_times,
    [PATTERN_QUANTITY] = on_quantity,
};

gboolean line_take_pattern(Line *l)
{
    for (gsize i = 0; i < ORDER_PATTERNS; i++) {
        g_autoptr(GMatchInfo) info = NULL;
        if (!g_regex_match(l->words->regex[i], l->word[l->at], 0, &info))
            continue;
        char *group[8];
        for (int g = 0; g < 8; g++) {
            char *text = g_match_info_fetch(info, g);
            group[g] = text != NULL ? text : g_strdup("");
        }
        gboolean done = pattern_fns[i](l, group);
        for (int g = 0; g < 8; g++)
            g_free(group[g]);
        return done;
    }
    return FALSE;
}
