/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/orderline.h"

#include <string.h>

#include "base/text.h"
#include "chart/orderline-private.h"

#define MAX_WORDS 3 /* in one row of the token file */

typedef struct {
    const OrderWords *words;
    OrderReading r;
    char **shown; /* the words as typed */
    char **word;  /* the same in lower case */
    guint count, at;
    GString *reason, *prn_reason, *follow_up;
    GString *open;     /* the text that further plain words belong to; NULL = none open */
    gboolean has_dose; /* low/high below */
    Decimal low, high;
    gboolean tapered;     /* the steps are complete */
    gboolean named_slots; /* "morgon": slots that get the dose of the line */
} Line;

typedef gboolean (*PatternFn)(Line *l, char **group);
static gboolean on_slots(Line *l, char **group);
static gboolean on_taper(Line *l, char **group);
static gboolean on_times(Line *l, char **group);
static gboolean on_quantity(Line *l, char **group);

static const PatternFn pattern_fns[ORDER_PATTERNS] = {
    [PATTERN_SLOTS] = on_slots,
    [PATTERN_TAPER] = on_taper,
    [PATTERN_TIMES] = on_times,
    [PATTERN_QUANTITY] = on_quantity,
};

/* The longest row of the token file that begins at word @at; *ret_words = how many it takes. */
static const Meaning *meaning_at(const Line *l, guint at, guint *ret_words)
{
    for (guint n = MIN(MAX_WORDS, l->count - at); n > 0; n--) {
        g_autoptr(GString) s = g_string_new(l->word[at]);
        for (guint i = 1; i < n; i++)
            g_string_append_printf(s, " %s", l->word[at + i]);
        const Meaning *m = order_meaning(l->words, s->str);
        if (m != NULL) {
            *ret_words = n;
            return m;
        }
    }
    *ret_words = 0;
    return NULL;
}

static void unclear(Line *l, OrderField field, const char *const *options)
{
    order_add_issue(l->r.order, field, ISSUE_AMBIGUOUS, l->shown[l->at], options);
}

static void unclear_text(Line *l, OrderField field, const char *options)
{
    g_auto(GStrv) list = g_strsplit(options, "|", -1);
    unclear(l, field, (const char *const *)list);
}

/* "1,000" is one or a thousand: a number is refused where a comma can be either. */
static gboolean number(Line *l, const char *text, Decimal *ret)
{
    gsize n = strlen(text);
    gboolean thousands = n >= 5 && (text[n - 4] == ',' || text[n - 4] == '.') && text[0] != '0';
    if (thousands) {
        g_autofree char *joined = g_strdup_printf("%.*s%s", (int)(n - 4), text, text + n - 3);
        const char *options[] = {joined, text, NULL};
        unclear(l, ORDER_DOSE, options);
        return FALSE;
    }
    return decimal_parse(text, ret);
}

static void set_timing(Line *l, TimingKind kind, int frequency, int frequency_max, int period,
                       char period_unit)
{
    Order *o = l->r.order;
    if (o->timing != TIMING_NONE) {
        unclear(l, ORDER_TIMING, NULL);
        return;
    }
    o->timing = kind;
    o->frequency = frequency;
    o->frequency_max = frequency_max;
    o->period = period;
    o->period_unit = period_unit;
}

/* Two amounts: the first is the strength, the second the dose ("500 mg 2 tabl"). */
static void set_dose(Line *l, Decimal low, Decimal high, const char *unit)
{
    Order *o = l->r.order;
    if (decimal_is_zero(low) || (high.valid && decimal_compare(high, low) <= 0)) {
        unclear(l, ORDER_DOSE, NULL);
        return;
    }
    if (l->has_dose) {
        if (l->high.valid || l->r.strength.valid || l->r.unitless || o->per_kg.valid) {
            unclear(l, ORDER_DOSE, NULL);
            return;
        }
        l->r.strength = l->low;
        l->r.strength_unit = o->unit;
    }
    l->has_dose = TRUE;
    l->low = low;
    l->high = high;
    l->r.unitless = unit == NULL;
    o->unit = unit != NULL ? g_intern_string(unit) : NULL;
}

static void set_per_kg(Line *l, Decimal amount, const char *unit)
{
    l->r.order->per_kg = amount;
    set_dose(l, amount, (Decimal){0}, unit);
}

static void set_form(Line *l, const char *form)
{
    if (l->r.form != NULL)
        unclear(l, ORDER_FORM, NULL);
    l->r.form = g_intern_string(form);
}

static void set_start(Line *l, Instant start)
{
    if (l->r.order->start != INSTANT_NONE)
        unclear(l, ORDER_START, NULL);
    l->r.order->start = start;
}

static void set_slot(Line *l, const char *value)
{
    static const char *const names[] = {"morning", "noon", "evening", "night"};
    Order *o = l->r.order;
    if (strcmp(value, "bedtime") == 0) {
        set_timing(l, TIMING_BEDTIME, 1, 0, 1, 'd');
        return;
    }
    if (!l->named_slots)
        set_timing(l, TIMING_SLOTS, 0, 0, 0, 'd');
    l->named_slots = o->timing == TIMING_SLOTS;
    for (int i = 0; i < ORDER_SLOTS && l->named_slots; i++)
        if (strcmp(value, names[i]) == 0)
            o->slot[i] = decimal_from_int(1); /* marks the slot; the dose is filled in at the end */
}

static void set_length(Line *l, Decimal n, char unit)
{
    Order *o = l->r.order;
    if (n.scale != 0 || n.coefficient < 1 || n.coefficient > 1000) {
        unclear(l, ORDER_STOP, NULL);
        return;
    }
    int value = (int)n.coefficient;
    int days = unit == 'w'   ? value * 7
               : unit == 'm' ? civil_date_days_between(
                                   civil_date_at(l->r.context->now),
                                   civil_date_add_months(civil_date_at(l->r.context->now), value))
                             : value;
    if (o->days != 0 || o->stop.year != 0)
        unclear(l, ORDER_STOP, NULL);
    else
        o->days = days;
}

static gboolean on_slots(Line *l, char **group)
{
    Order *o = l->r.order;
    Decimal first = {0};
    const Meaning *unit = order_meaning(l->words, group[5]);
    if (*group[4] == '\0' || (*group[5] != '\0' && !order_is_kind(unit, "unit"))) {
        unclear_text(l, ORDER_TIMING, "morgon+lunch+kväll+natt");
        return TRUE;
    }
    set_timing(l, TIMING_SLOTS, 0, 0, 0, 'd');
    for (int i = 0; i < ORDER_SLOTS; i++) {
        if (!number(l, group[i + 1], &o->slot[i]))
            return TRUE;
        if (!first.valid && !decimal_is_zero(o->slot[i]))
            first = o->slot[i];
    }
    if (first.valid)
        set_dose(l, first, (Decimal){0}, unit != NULL ? unit->value : NULL);
    else
        unclear(l, ORDER_DOSE, NULL);
    return TRUE;
}

/* "-10/2d" after "60mg": ten less every other day, down to nothing. */
static gboolean on_taper(Line *l, char **group)
{
    Order *o = l->r.order;
    Decimal step, dose = l->low;
    const Meaning *unit = order_meaning(l->words, group[2]);
    if (!number(l, group[1], &step))
        return TRUE;
    int days = (int)g_ascii_strtoll(group[3], NULL, 10);
    if (unit != NULL && o->unit != NULL)
        step = dose_convert(step, unit->value, o->unit);
    if (!l->has_dose || l->high.valid || !step.valid || decimal_is_zero(step) || days < 1 ||
        days > 365) {
        unclear(l, ORDER_DOSE, NULL);
        return TRUE;
    }
    l->tapered = TRUE;
    for (; dose.valid && dose.coefficient > 0 && o->step_count < 200;
         dose = decimal_sub(dose, step))
        order_add_step(o, dose, (Decimal){0}, days);
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
    if ((dose && !number(l, group[1], &low)) || (*group[2] != '\0' && !number(l, group[2], &high)))
        return TRUE;
    int frequency = (int)g_ascii_strtoll(group[4], NULL, 10);
    int most = (int)g_ascii_strtoll(group[5], NULL, 10);
    if (frequency < 1 || frequency > 24 || (most != 0 && (most <= frequency || most > 24))) {
        unclear(l, ORDER_TIMING, NULL);
        return TRUE;
    }
    if (dose && per_kg)
        set_per_kg(l, low, unit->value);
    else if (dose)
        set_dose(l, low, high, unit != NULL ? unit->value : NULL);
    set_timing(l, TIMING_FREQUENCY, frequency, most, 1, *group[6] == 'v' ? 'w' : 'd');
    return TRUE;
}

static gboolean is_role(const Line *l, guint at, const char *kind)
{
    return at < l->count && order_is_kind(order_meaning(l->words, l->word[at]), kind);
}

/* Number and a word that says what it counts; the place of the number decides where two could. */
static gboolean count_of(Line *l, Decimal low, Decimal high, const char *suffix)
{
    Order *o = l->r.order;
    const Meaning *m = order_meaning(l->words, suffix);
    gboolean after_every = l->at > 0 && is_role(l, l->at - 1, "every");
    gboolean length = order_is_kind(m, "length") || order_is_kind(m, "month-or-monday");
    if (after_every && (g_str_equal(suffix, "t") || length) && low.scale == 0 && !high.valid) {
        set_timing(l, TIMING_INTERVAL, 1, 0, (int)low.coefficient, length ? m->value[0] : 'h');
    } else if (order_is_kind(m, "unit")) {
        set_dose(l, low, high, m->value);
    } else if (order_is_kind(m, "slot")) {
        set_dose(l, low, high, NULL);
        set_slot(l, m->value);
    } else if (order_is_kind(m, "prn")) {
        set_dose(l, low, high, NULL);
        o->as_needed = TRUE;
        l->open = l->prn_reason;
    } else if (length && m->value[0] != 'h' && !high.valid) {
        set_length(l, low, m->value[0]);
    } else if (order_is_kind(m, "times")) {
        set_timing(l, TIMING_FREQUENCY, (int)low.coefficient, (int)high.coefficient, 1,
                   m->value[0]);
    } else if (order_is_kind(m, "ambiguous")) {
        unclear_text(l, ORDER_TOKEN, m->value);
    } else {
        return FALSE;
    }
    return TRUE;
}

/* "mg/kg" makes a dose by weight, "mg/ml" a strength. FALSE when @suffix is neither. */
static gboolean quotient_of(Line *l, Decimal n, const char *suffix)
{
    const char *slash = strchr(suffix, '/');
    if (slash == NULL || order_meaning(l->words, suffix) != NULL)
        return FALSE;
    g_autofree char *base = g_strndup(suffix, (gsize)(slash - suffix));
    const Meaning *unit = order_meaning(l->words, base);
    if (!order_is_kind(unit, "unit"))
        return FALSE;
    if (strcmp(slash, "/kg") == 0) {
        set_per_kg(l, n, unit->value);
    } else if (l->r.strength.valid) {
        unclear(l, ORDER_STRENGTH, NULL);
    } else {
        g_autofree char *whole = g_strconcat(unit->value, slash, NULL);
        l->r.strength = n;
        l->r.strength_unit = g_intern_string(whole);
    }
    return TRUE;
}

static gboolean on_quantity(Line *l, char **group)
{
    Decimal low, high = {0};
    if (!number(l, group[1], &low) || (*group[2] != '\0' && !number(l, group[2], &high)))
        return TRUE;
    if (*group[3] != '\0')
        return quotient_of(l, low, group[3]) || count_of(l, low, high, group[3]);
    if (l->at + 1 < l->count && quotient_of(l, low, l->word[l->at + 1])) {
        l->at++;
        return TRUE;
    }
    guint words = 0;
    const Meaning *next = l->at + 1 < l->count ? meaning_at(l, l->at + 1, &words) : NULL;
    if (next != NULL && (order_is_kind(next, "unit") || order_is_kind(next, "length") ||
                         order_is_kind(next, "month-or-monday") || order_is_kind(next, "times") ||
                         order_is_kind(next, "ambiguous"))) {
        g_autoptr(GString) suffix = g_string_new(l->word[l->at + 1]);
        for (guint i = 1; i < words; i++)
            g_string_append_printf(suffix, " %s", l->word[l->at + 1 + i]);
        gboolean known = count_of(l, low, high, suffix->str);
        l->at += known ? words : 0;
        return known;
    }
    if (l->at + 1 < l->count && strlen(l->word[l->at + 1]) >= 3 &&
        g_ascii_isdigit(l->word[l->at + 1][0])) {
        g_autofree char *joined = g_strconcat(group[1], l->word[l->at + 1], NULL);
        const char *options[] = {joined, NULL}; /* "10 000": is it one number? */
        unclear(l, ORDER_DOSE, options);
        l->at++;
        return TRUE;
    }
    set_dose(l, low, high, NULL);
    return TRUE;
}

static gboolean try_patterns(Line *l)
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

/* "max 8/d", "högst 4 g per dygn": the word after it is consumed too. */
static void read_max(Line *l)
{
    Order *o = l->r.order;
    g_autofree char *text = l->at + 1 < l->count ? g_strdup(l->word[l->at + 1]) : g_strdup("");
    char *slash = strchr(text, '/');
    if (slash != NULL)
        *slash = '\0';
    char *end = text;
    while (g_ascii_isdigit(*end) || *end == ',' || *end == '.')
        end++;
    g_autofree char *suffix = g_strdup(end);
    *end = '\0';
    Decimal limit;
    l->at++;
    if (!decimal_parse(text, &limit) || decimal_is_zero(limit)) {
        l->at--;
        unclear(l, ORDER_MAX, NULL);
        return;
    }
    if (*suffix == '\0' && l->at + 1 < l->count && slash == NULL) {
        const char *next = l->word[l->at + 1];
        gsize n = strcspn(next, "/");
        g_autofree char *unit = g_strndup(next, n);
        const Meaning *m = order_meaning(l->words, unit);
        if (order_is_kind(m, "unit") || order_is_kind(m, "times")) {
            g_free(suffix);
            suffix = g_steal_pointer(&unit);
            l->at++;
        }
    }
    while (l->at + 1 < l->count &&
           (g_str_equal(l->word[l->at + 1], "per") || g_str_equal(l->word[l->at + 1], "dygn") ||
            g_str_equal(l->word[l->at + 1], "/d")))
        l->at++;
    const Meaning *unit = order_meaning(l->words, suffix);
    if (o->max_dose.valid || o->max_times > 0) {
        unclear(l, ORDER_MAX, NULL);
    } else if (order_is_kind(unit, "unit")) {
        o->max_dose = limit;
        o->max_unit = g_intern_string(unit->value);
    } else if ((*suffix == '\0' || order_is_kind(unit, "times")) && limit.scale == 0) {
        o->max_times = (int)MIN(limit.coefficient, 99);
        if (*suffix == '\0')
            o->max_dose = limit; /* occasions or units: the dose's unit decides, see resolve */
    } else {
        unclear(l, ORDER_MAX, NULL);
    }
}

static void read_clock(Line *l)
{
    Order *o = l->r.order;
    set_timing(l, TIMING_CLOCK, 0, 0, 0, 'd');
    while (l->at + 1 < l->count) {
        if (is_role(l, l->at + 1, "and")) {
            l->at++;
            continue;
        }
        g_auto(GStrv) parts = g_strsplit(l->word[l->at + 1], ",", -1);
        for (guint i = 0; parts[i] != NULL; i++) {
            char *end;
            gint64 hour = g_ascii_strtoll(parts[i], &end, 10), minute = 0;
            if ((*end == ':' || *end == '.') && strlen(end) == 3)
                minute = g_ascii_strtoll(end + 1, &end, 10);
            if (end == parts[i] || *end == 'x' || *end == '-')
                return;
            if (*end != '\0' || hour > 23 || minute > 59 || o->clocks == ORDER_CLOCKS)
                return;
            o->clock[o->clocks++] = (CivilTime){(guint8)hour, (guint8)minute, 0};
        }
        l->at++;
    }
}

static void read_date(Line *l, gboolean stop)
{
    Order *o = l->r.order;
    CivilDate d;
    CivilDate today = civil_date_at(l->r.context->now);
    guint words = 0;
    const Meaning *next = l->at + 1 < l->count ? meaning_at(l, l->at + 1, &words) : NULL;
    if (order_is_kind(next, "tomorrow")) {
        d = civil_date_add_days(today, 1);
    } else if (l->at + 1 >= l->count || !civil_date_parse(l->word[l->at + 1], &d)) {
        unclear(l, stop ? ORDER_STOP : ORDER_START, NULL);
        return;
    } else {
        words = 1;
    }
    l->at += words;
    if (stop && o->days == 0 && o->stop.year == 0)
        o->stop = d;
    else if (!stop)
        set_start(l, civil_date_compare(d, today) == 0 ? l->r.context->now : instant_day_start(d));
    else
        unclear(l, ORDER_STOP, NULL);
}

static void close_step(Line *l)
{
    Order *o = l->r.order;
    if (!l->has_dose || o->days == 0) {
        unclear(l, ORDER_DOSE, NULL);
        return;
    }
    order_add_step(o, l->low, l->high, o->days);
    o->days = 0;
    l->has_dose = FALSE;
}

/* A plain word: part of the reason that is open, or of ordinationsorsak once the dose is said. */
static void plain_word(Line *l)
{
    gboolean goes_on = l->open != NULL && l->open->len > 0; /* "smärta i knä" */
    gboolean letters = goes_on || g_utf8_strlen(l->word[l->at], -1) > 1;
    for (const char *p = l->word[l->at]; *p != '\0'; p = g_utf8_next_char(p))
        letters = letters && (g_unichar_isalpha(g_utf8_get_char(p)) || *p == '-');
    gboolean said = l->has_dose || l->r.order->timing != TIMING_NONE || l->r.order->step_count > 0;
    if (l->open == NULL && said && l->reason->len == 0)
        l->open = l->reason;
    if (l->open == NULL || !letters) {
        order_add_issue(l->r.order, ORDER_TOKEN, ISSUE_AMBIGUOUS, l->shown[l->at], NULL);
        return;
    }
    if (l->open->len > 0)
        g_string_append_c(l->open, ' ');
    g_string_append(l->open, l->shown[l->at]);
}

/* "10 000 mg": the number before had no unit of its own ("1g supp" has). */
static gboolean after_bare_number(const Line *l)
{
    const char *before = l->at > 0 ? l->word[l->at - 1] : "";
    return g_ascii_isdigit(before[0]) && g_ascii_isdigit(before[strlen(before) - 1]);
}

/* Words with a role. True when the word was used up. */
static gboolean take_meaning(Line *l, const Meaning *m)
{
    Order *o = l->r.order;
    if (order_is_kind(m, "route")) {
        if (o->route != NULL)
            unclear(l, ORDER_ROUTE, NULL);
        o->route = g_intern_string(m->value);
    } else if (order_is_kind(m, "form")) {
        set_form(l, m->value);
    } else if (order_is_kind(m, "unit") && after_bare_number(l)) {
        return TRUE; /* belongs to a number that was asked about */
    } else if (order_is_kind(m, "unit") && l->open == NULL && drug_match_resolved(l->r.match)) {
        set_form(l, m->value); /* "alvedon supp 1g", "alvedon 1g supp": a unit that is a form too */
    } else if (order_is_kind(m, "slot")) {
        set_slot(l, m->value);
    } else if (order_is_kind(m, "prn")) {
        o->as_needed = TRUE;
        l->open = l->prn_reason;
        return TRUE;
    } else if (order_is_kind(m, "stat") || order_is_kind(m, "once")) {
        o->stat = o->stat || order_is_kind(m, "stat");
        if (o->timing == TIMING_NONE)
            set_timing(l, TIMING_ONCE, 0, 0, 0, 'd');
    } else if (order_is_kind(m, "max")) {
        read_max(l);
    } else if (order_is_kind(m, "follow")) {
        l->open = l->follow_up;
        return TRUE;
    } else if (order_is_kind(m, "for")) {
        l->open = o->as_needed && l->prn_reason->len == 0 ? l->prn_reason : l->reason;
        return TRUE;
    } else if (order_is_kind(m, "from") || order_is_kind(m, "until")) {
        read_date(l, order_is_kind(m, "until"));
    } else if (order_is_kind(m, "tomorrow")) {
        set_start(l, instant_day_start(civil_date_add_days(civil_date_at(l->r.context->now), 1)));
    } else if (order_is_kind(m, "clock")) {
        read_clock(l);
    } else if (order_is_kind(m, "then")) {
        close_step(l);
    } else if (order_is_kind(m, "interval")) {
        set_timing(l, TIMING_INTERVAL, 1, 0, m->value[0] - '0', m->value[1]);
    } else if (order_is_kind(m, "daily")) {
        if (o->timing == TIMING_NONE)
            set_timing(l, TIMING_FREQUENCY, 1, 0, 1, 'd');
    } else if (order_is_kind(m, "month-or-monday")) {
        o->weekdays |= 1; /* no number before it */
    } else if (order_is_kind(m, "weekday")) {
        o->weekdays |= (guint8)(1u << (m->value[0] - '1'));
    } else if (order_is_kind(m, "and") && o->weekdays != 0) {
        return TRUE;
    } else if (order_is_kind(m, "in") || order_is_kind(m, "every")) {
        gboolean number_next = l->at + 1 < l->count && g_ascii_isdigit(l->word[l->at + 1][0]);
        if (!number_next)
            return FALSE;
    } else if (order_is_kind(m, "ambiguous")) {
        unclear_text(l, ORDER_TOKEN, m->value);
    } else {
        return FALSE;
    }
    l->open = NULL;
    return TRUE;
}

static void read_word(Line *l)
{
    guint words = 0;
    const Meaning *m = meaning_at(l, l->at, &words);
    if (m != NULL) {
        guint at = l->at;
        l->at += words - 1;
        if (take_meaning(l, m)) {
            l->at++;
            return;
        }
        l->at = at;
    }
    if (g_ascii_isdigit(l->word[l->at][0]) || l->word[l->at][0] == 'x' ||
        l->word[l->at][0] == '-') {
        GString *open = l->open;
        l->open = NULL;
        if (try_patterns(l)) {
            l->at++;
            return;
        }
        l->open = open;
    }
    plain_word(l);
    l->at++;
}

/* "max8/d", "kl8", "i7d", "x 4" and "6:e" are typed both ways: one form for the reader below. */
static char **split_line(const char *line)
{
    static const char *const forms[][2] = {
        {"(?<![\\p{L}\\d])(max|kl|i)(?=\\d)", "\\1 "},
        {"(?<=\\s)x +(?=\\d)", "x"},
        {"(?<=\\d):[ea](?=\\s)", ""},
        {"[,;](?=\\s|$)", ""},
        {"\\s+", " "},
    };
    g_autofree char *text = text_sanitise(line, -1, FALSE);
    for (gsize i = 0; i < G_N_ELEMENTS(forms); i++) {
        g_autoptr(GRegex) regex = g_regex_new(forms[i][0], 0, 0, NULL);
        char *next = g_regex_replace(regex, text, -1, 0, forms[i][1], G_REGEX_MATCH_DEFAULT, NULL);
        g_free(text);
        text = next;
    }
    g_strstrip(text);
    return g_strsplit(text, " ", -1);
}

/* The drug's name is the longest beginning of the line that fits some product. */
static void read_drug(Line *l, const DrugList *drugs)
{
    g_autoptr(GString) name = g_string_new(NULL);
    l->r.match = drug_list_match(drugs, "");
    while (l->at < l->count) {
        guint words;
        gboolean first = l->at == 0;
        if (!first && (g_ascii_isdigit(l->word[l->at][0]) || meaning_at(l, l->at, &words) != NULL))
            break;
        gsize before = name->len;
        g_string_append_printf(name, "%s%s", first ? "" : " ", l->shown[l->at]);
        g_autoptr(DrugMatch) longer = drug_list_match(drugs, name->str);
        if (longer->products->len == 0 && !first) {
            g_string_truncate(name, before);
            break;
        }
        DrugMatch *old = l->r.match;
        l->r.match = g_steal_pointer(&longer);
        longer = old;
        l->at++;
    }
    l->r.order->typed_drug = g_strdup(name->str);
}

/* Every dose goes to the steps; a slot that was only named gets the dose. */
static void finish_doses(Line *l)
{
    Order *o = l->r.order;
    for (int i = 0; i < ORDER_SLOTS && l->named_slots && l->has_dose; i++)
        if (o->slot[i].valid)
            o->slot[i] = l->low;
    if (!l->has_dose || l->tapered)
        return;
    gboolean follows = o->step_count > 0; /* "200mg 1d sedan 100mg 6d" */
    order_add_step(o, l->low, l->high, follows ? o->days : 0);
    if (follows)
        o->days = 0;
}

static char *text_or_null(GString *s)
{
    return s->len > 0 ? g_strdup(s->str) : NULL;
}

/* What the order said before a word was read: the difference is what the word was about. */
typedef struct {
    OrderReading r;
    Order order;
    gboolean has_dose;
    gsize reason, prn_reason, follow_up;
    guint issues;
} Mark;

static Mark mark(const Line *l)
{
    return (Mark){.r = l->r,
                  .order = *l->r.order,
                  .has_dose = l->has_dose,
                  .reason = l->reason->len,
                  .prn_reason = l->prn_reason->len,
                  .follow_up = l->follow_up->len,
                  .issues = l->r.order->issues->len};
}

/* "500mg 2 tabl": the amount read before was the strength; "1d sedan": the length was of a step. */
static void read_as(Order *o, OrderField from, OrderField to)
{
    for (guint i = 0; i < o->words->len; i++) {
        OrderWord *w = o->words->pdata[i];
        if (w->field == from)
            w->field = to;
    }
}

static OrderField field_read(Line *l, const Mark *was)
{
    Order *o = l->r.order;
    const Order *b = &was->order;
    if (o->issues->len > was->issues)
        return ((OrderIssue *)o->issues->pdata[was->issues])->field;
    if (was->r.strength.valid != l->r.strength.valid && was->has_dose)
        read_as(o, ORDER_DOSE, ORDER_STRENGTH);
    else if (was->r.strength.valid != l->r.strength.valid)
        return ORDER_STRENGTH;
    if (o->step_count != b->step_count && o->days != b->days)
        read_as(o, ORDER_STOP, ORDER_DOSE);
    if (l->follow_up->len != was->follow_up || l->open == l->follow_up)
        return ORDER_FOLLOW_UP;
    if (o->step_count != b->step_count || l->has_dose != was->has_dose ||
        l->r.strength.valid != was->r.strength.valid)
        return ORDER_DOSE;
    if (o->as_needed != b->as_needed || l->prn_reason->len != was->prn_reason ||
        (l->open == l->prn_reason && o->as_needed))
        return ORDER_AS_NEEDED;
    if (l->reason->len != was->reason || l->open == l->reason)
        return ORDER_REASON;
    if (o->max_times != b->max_times || o->max_dose.valid != b->max_dose.valid)
        return ORDER_MAX;
    if (o->days != b->days || o->stop.year != b->stop.year)
        return ORDER_STOP;
    if (o->start != b->start)
        return ORDER_START;
    return o->route != b->route ? ORDER_ROUTE : l->r.form != was->r.form ? ORDER_FORM : ORDER_TIMING;
}

static void keep_words(Line *l, guint from, OrderField field)
{
    for (guint i = from; i < l->at; i++) {
        OrderWord *w = g_new(OrderWord, 1);
        *w = (OrderWord){g_strdup(l->shown[i]), field};
        g_ptr_array_add(l->r.order->words, w);
    }
}

static void read_line(Line *l, const DrugList *drugs)
{
    read_drug(l, drugs);
    keep_words(l, 0, ORDER_DRUG);
    while (l->at < l->count) {
        Mark before = mark(l);
        guint from = l->at;
        read_word(l);
        OrderField field = field_read(l, &before);
        keep_words(l, from, field);
    }
    finish_doses(l);
}

Order *orderline_parse(const OrderWords *words, const DrugList *drugs, const char *line,
                       const OrderContext *context)
{
    g_auto(GStrv) shown = split_line(line);
    g_autofree char *joined = g_strjoinv(" ", shown);
    g_autofree char *lower = text_fold_keep_swedish(joined);
    g_auto(GStrv) word = g_strsplit(lower, " ", -1);
    g_autoptr(GString) reason = g_string_new(NULL), prn_reason = g_string_new(NULL);
    g_autoptr(GString) follow_up = g_string_new(NULL);
    Line l = {.words = words,
              .shown = shown,
              .word = word,
              .reason = reason,
              .prn_reason = prn_reason,
              .follow_up = follow_up,
              .count = g_strv_length(word)};
    l.r.order = order_new();
    l.r.context = context;
    l.r.candidates = g_ptr_array_new();
    read_line(&l, drugs);
    l.r.order->follow_up = text_or_null(follow_up);
    l.r.order->as_needed_reason = text_or_null(prn_reason);
    l.r.order->reason = text_or_null(reason);
    orderline_resolve(&l.r);
    g_clear_pointer(&l.r.candidates, g_ptr_array_unref);
    drug_match_free(l.r.match);
    return l.r.order;
}
