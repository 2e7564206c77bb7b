/* SPDX-License-Identifier: GPL-3.0-or-later
 * Words of the line that have a role of their own: "vb", "max", "kl", "till", "mot" … */
#include "chart/orderline-line.h"

#include <string.h>

static Use take_route(Line *l, const Meaning *m)
{
    if (l->r.order->route != NULL)
        line_unclear(l, ORDER_ROUTE, NULL);
    l->r.order->route = g_intern_string(m->value);
    return USED;
}

static Use take_form(Line *l, const Meaning *m)
{
    line_set_form(l, m->value);
    return USED;
}

/* "10 000 mg": the number before had no unit of its own ("1g supp" has). */
static gboolean after_bare_number(const Line *l)
{
    if (l->at == 0)
        return FALSE;
    const char *before = l->word[l->at - 1];
    return g_ascii_isdigit(before[0]) && g_ascii_isdigit(before[strlen(before) - 1]);
}

/* "alvedon supp 1g", "alvedon 1g supp": a unit that is a form too. */
static Use take_unit(Line *l, const Meaning *m)
{
    if (after_bare_number(l))
        return USED_OPEN; /* belongs to a number that was asked about */
    if (l->open != NULL || !drug_match_resolved(l->r.match))
        return NOT_USED;
    line_set_form(l, m->value);
    return USED;
}

static Use take_slot(Line *l, const Meaning *m)
{
    line_set_slot(l, m->value);
    return USED;
}

static Use take_prn(Line *l, const Meaning *m)
{
    l->r.order->as_needed = TRUE;
    l->open = l->prn_reason;
    return USED_OPEN;
}

static Use take_once(Line *l, const Meaning *m)
{
    Order *o = l->r.order;
    o->stat = o->stat || order_is_kind(m, "stat");
    if (o->timing == TIMING_NONE)
        line_set_timing(l, TIMING_ONCE, 0, 0, 0, 'd');
    return USED;
}

static Use take_follow(Line *l, const Meaning *m)
{
    l->open = l->follow_up;
    return USED_OPEN;
}

static Use take_for(Line *l, const Meaning *m)
{
    if ((l->open == l->instruction || l->open == l->no_exchange) && strcmp(l->word[l->at], "mot") == 0)
        return NOT_USED; /* "titreras mot MAP 65", "byt ej, överkänslig mot färgämne" */
    gboolean why = strcmp(m->value, "reason") == 0; /* "mot" says what an as-needed dose is for */
    l->open = !why && l->r.order->as_needed && l->prn_reason->len == 0 ? l->prn_reason : l->reason;
    return USED_OPEN;
}

static Use take_interval(Line *l, const Meaning *m)
{
    line_set_timing(l, TIMING_INTERVAL, 1, 0, m->value[0] - '0', m->value[1]);
    return USED;
}

static Use take_daily(Line *l, const Meaning *m)
{
    const Order *o = l->r.order;
    gboolean rhythm = o->timing == TIMING_FREQUENCY || o->timing == TIMING_INTERVAL;
    if (o->timing == TIMING_NONE)
        line_set_timing(l, TIMING_FREQUENCY, 1, 0, 1, 'd');
    else if (rhythm && o->period_unit != 'h' && (o->period_unit != 'd' || o->period != 1))
        line_unclear(l, ORDER_TIMING, NULL); /* "x1/v dagligen" */
    return USED;
}

static Use take_monday(Line *l, const Meaning *m)
{
    l->r.order->weekdays |= 1; /* no number before it */
    return USED;
}

static Use take_weekday(Line *l, const Meaning *m)
{
    l->r.order->weekdays |= (guint8)(1u << (m->value[0] - '1'));
    return USED;
}

static Use take_and(Line *l, const Meaning *m)
{
    gboolean text = l->open != NULL && l->open->len > 0;
    return text ? NOT_USED : USED_OPEN;
}

/* "i", "var", before a number: "i fem dagar" has been made one. */
static Use take_before_number(Line *l, const Meaning *m)
{
    return l->at + 1 < l->count && g_ascii_isdigit(l->word[l->at + 1][0]) ? USED : NOT_USED;
}

static Use take_again(Line *l, const Meaning *m)
{
    return l->r.order->cycle_days > 0 ? USED : NOT_USED;
}

static Use take_first_now(Line *l, const Meaning *m)
{
    l->r.order->stat = TRUE;
    return USED;
}

/* "efter varje lös avföring": as needed, and what after. */
static Use take_after(Line *l, const Meaning *m)
{
    if (l->r.order->as_needed || l->prn_reason->len > 0)
        return NOT_USED;
    l->r.order->as_needed = TRUE;
    g_string_append(l->prn_reason, m->value);
    l->open = l->prn_reason;
    return USED_OPEN;
}

static Use take_steps(Line *l, const Meaning *m)
{
    l->steps = TRUE;
    return USED;
}

/* "tills vidare": true of what has no end. */
static Use take_open(Line *l, const Meaning *m)
{
    if (l->r.order->days != 0 || l->r.order->stop.year != 0)
        line_unclear(l, ORDER_STOP, NULL);
    return USED;
}

/* "sedan utsättning": true of steps that all have their days, else unclear. */
static Use take_ends(Line *l, const Meaning *m)
{
    Order *o = l->r.order;
    if (!(l->tapered && o->steps[o->step_count - 1].days > 0) && o->days == 0)
        line_unclear(l, ORDER_STOP, NULL);
    return USED;
}

/* "dag 1", "dag 2-7": a step of the plan, which begins where the last one ended. */
static gboolean take_numbered_days(Line *l)
{
    Order *o = l->r.order;
    char *end;
    gint64 from = g_ascii_strtoll(l->word[l->at + 1], &end, 10), to = from;
    int before = 0;
    if (*end == '-')
        to = g_ascii_strtoll(end + 1, &end, 10);
    for (guint i = 0; i < o->step_count; i++)
        before += o->steps[i].days;
    l->at++;
    if (*end != '\0' || from != before + 1 || to < from || to > 1000 || o->days != 0 || !l->has_dose)
        line_unclear(l, ORDER_DOSE, NULL);
    else
        o->days = (int)(to - from) + 1;
    return TRUE;
}

static Use take_length(Line *l, const Meaning *m)
{
    gboolean day = strcmp(l->word[l->at], "dag") == 0 && l->at + 1 < l->count &&
                   g_ascii_isdigit(l->word[l->at + 1][0]);
    return day && take_numbered_days(l) ? USED : NOT_USED;
}

static Use take_ambiguous(Line *l, const Meaning *m)
{
    line_unclear_text(l, ORDER_TOKEN, m->value);
    return USED;
}

/* ---- with words after them ---- */

/* What a limit is of, after its number and unit: of a day, or nothing is said. @of = what stood after a slash
 * in the same word; NULL where there was none. Takes the words; FALSE when it is of anything else. */
static gboolean limit_is_of_a_day(Line *l, const char *of)
{
    static const char *const day[] = {"d", "dag", "dygn", NULL};
    const char *next = l->at + 1 < l->count ? l->word[l->at + 1] : "";
    guint words = 0;
    if (of == NULL && (next[0] == '/' || strcmp(next, "per") == 0)) {
        l->at++;
        of = next[0] == '/' ? next + 1 : "";
    }
    if (of == NULL) { /* "max 5 dagar", "max 1 varannan dag" */
        const Meaning *m = *next != '\0' ? line_meaning(l, l->at + 1, &words) : NULL;
        return !order_is_kind(m, "length") && !order_is_kind(m, "month-or-monday") && !order_is_kind(m, "interval");
    }
    if (*of == '\0' && l->at + 1 < l->count)
        of = l->word[++l->at];
    return g_strv_contains(day, of);
}

/* A number with what it counts, after "max": "8", "8/d", "4g/d", "4 g per dygn". FALSE: no number, or not of a day. */
static gboolean read_limit(Line *l, Decimal *ret_limit, char **ret_unit)
{
    g_autofree char *text = g_strdup(l->at + 1 < l->count ? l->word[l->at + 1] : "");
    const char *of = strchr(text, '/');
    gsize digits = strspn(text, "0123456789.,");
    g_autofree char *unit = g_strndup(text + digits, strcspn(text + digits, "/"));
    g_autofree char *number = g_strndup(text, digits);
    if (!line_number_of(l, ORDER_MAX, l->at + (*text != '\0'), number, ret_limit) || decimal_is_zero(*ret_limit)) {
        l->at += *number != '\0'; /* asked about */
        return FALSE;
    }
    l->at++;
    if (*unit == '\0' && l->at + 1 < l->count && of == NULL) {
        const char *next = l->word[l->at + 1];
        g_autofree char *word = g_strndup(next, strcspn(next, "/"));
        const Meaning *m = order_meaning(l->words, word);
        if (order_is_kind(m, "unit") || order_is_kind(m, "times")) {
            g_free(unit);
            unit = g_steal_pointer(&word);
            of = strchr(next, '/');
            l->at++;
        }
    }
    *ret_unit = g_steal_pointer(&unit);
    return limit_is_of_a_day(l, of != NULL ? of + 1 : NULL);
}

static Use take_max(Line *l, const Meaning *m)
{
    Order *o = l->r.order;
    Decimal limit;
    g_autofree char *suffix = NULL;
    guint issues = o->issues->len;
    if (!read_limit(l, &limit, &suffix)) {
        if (o->issues->len == issues)
            line_unclear(l, ORDER_MAX, NULL);
        return USED;
    }
    const Meaning *unit = order_meaning(l->words, suffix);
    if (o->max_dose.valid || o->max_times > 0) {
        line_unclear(l, ORDER_MAX, NULL);
    } else if (order_is_kind(unit, "unit")) {
        o->max_dose = limit;
        o->max_unit = g_intern_string(unit->value);
    } else if ((*suffix == '\0' || order_is_kind(unit, "times")) && limit.scale == 0) {
        if (limit.coefficient > 99) {
            line_unlikely(l, ORDER_MAX);
            return USED;
        }
        o->max_times = (int)limit.coefficient;
        if (*suffix == '\0')
            o->max_dose = limit; /* occasions or units: the dose's unit decides, see resolve */
    } else {
        line_unclear(l, ORDER_MAX, NULL);
    }
    return USED;
}

/* "8", "8:30", "8,14,20": the times of day that a word is; how many, 0 when it is anything else. */
static guint clocks_of(const char *word, CivilTime ret[ORDER_CLOCKS])
{
    g_auto(GStrv) parts = g_strsplit(word, ",", -1);
    guint n = 0;
    for (; parts[n] != NULL; n++) {
        char *end;
        gint64 hour = g_ascii_strtoll(parts[n], &end, 10), minute = 0;
        if ((*end == ':' || *end == '.') && strlen(end) == 3)
            minute = g_ascii_strtoll(end + 1, &end, 10);
        if (end == parts[n] || *end != '\0' || hour < 0 || hour > 23 || minute < 0 || minute > 59 || n == ORDER_CLOCKS)
            return 0;
        ret[n] = (CivilTime){(guint8)hour, (guint8)minute, 0};
    }
    return n;
}

/* "kl 8 5 dagar", "kl 8 2 tabl": the number before such a word is what it counts, no time of day. */
static gboolean is_counted(const Line *l, guint at)
{
    static const char *const kinds[] = {"unit", "length", "times", "minutes", "ambiguous"};
    guint words = 0;
    const Meaning *m = at < l->count ? line_meaning(l, at, &words) : NULL;
    gboolean counted = words == 1 && order_meaning_at(l->words, l->word[at], "number") != NULL;
    for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
        counted = counted || order_is_kind(m, kinds[i]);
    return counted;
}

/* "8", "8,14,20", "8 och 20": the first word that is no time of day ends them. */
static void read_clock(Line *l)
{
    Order *o = l->r.order;
    CivilTime clock[ORDER_CLOCKS];
    while (l->at + 1 < l->count) {
        if (line_has_role(l, l->at + 1, "and")) {
            l->at++;
            continue;
        }
        guint n = is_counted(l, l->at + 2) ? 0 : clocks_of(l->word[l->at + 1], clock);
        if (n == 0 || o->clocks + n > ORDER_CLOCKS)
            return;
        if (o->clocks > 0 && line_has_role(l, l->at + 2, "month-or-monday"))
            line_unclear(l, ORDER_TIMING, NULL); /* "kl 8 3 mån": at three on Mondays, or for three months? */
        for (guint i = 0; i < n; i++)
            o->clock[o->clocks++] = clock[i];
        l->at++;
    }
}

static Use take_clock(Line *l, const Meaning *m)
{
    line_set_timing(l, TIMING_CLOCK, 0, 0, 0, 'd');
    read_clock(l);
    return USED;
}

static Use take_then(Line *l, const Meaning *m)
{
    Order *o = l->r.order;
    if (l->has_dose && o->days == 0 && o->step_count == 0 && o->timing == TIMING_ONCE && o->stat) {
        o->load_first = l->dose_and_time = TRUE; /* "2 direkt, sedan 1 …" */
        o->timing = TIMING_NONE;
        line_next_step(l);
    } else if (!l->has_dose || o->days == 0 || o->load_first || l->named_slots) {
        line_unclear(l, ORDER_DOSE, NULL);
    } else {
        line_next_step(l);
    }
    return USED;
}

/* The kinds of the token file that have a role where they stand alone. */
static const struct {
    const char *kind;
    Use (*take)(Line *l, const Meaning *m);
} roles[] = {
    {"route", take_route},
    {"form", take_form},
    {"unit", take_unit},
    {"slot", take_slot},
    {"prn", take_prn},
    {"stat", take_once},
    {"once", take_once},
    {"max", take_max},
    {"follow", take_follow},
    {"for", take_for},
    {"from", given_date},
    {"until", given_date},
    {"tomorrow", given_tomorrow},
    {"clock", take_clock},
    {"then", take_then},
    {"interval", take_interval},
    {"daily", take_daily},
    {"month-or-monday", take_monday},
    {"weekday", take_weekday},
    {"and", take_and},
    {"in", take_before_number},
    {"every", take_before_number},
    {"ambiguous", take_ambiguous},
    {"length", take_length},
    {"first-now", take_first_now},
    {"after", take_after},
    {"steps", take_steps},
    {"ends", take_ends},
    {"again", take_again},
    {"open", take_open},
    {"over", given_over},
    {"continuous", given_continuous},
    {"titrate", given_titrated},
    {"meal", given_meal},
    {"site", given_site},
    {"free", given_free},
    {"ramp", given_ramp},
    {"pause", given_pause},
    {"prescription", supply_wanted},
    {"withdrawals", supply_withdrawals},
    {"no-exchange", supply_no_exchange},
};

gboolean line_take_meaning(Line *l, const Meaning *m)
{
    Use use = NOT_USED;
    for (gsize i = 0; i < G_N_ELEMENTS(roles); i++)
        if (order_is_kind(m, roles[i].kind))
            use = roles[i].take(l, m);
    if (use == USED)
        l->open = NULL;
    return use != NOT_USED;
}
