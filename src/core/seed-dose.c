/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/seed-dose.h"
#include <stdlib.h>
#include <string.h>

/* A dose as a case file writes it: SCHEDULE [vb] [max N] [i Nd] [under N min], where SCHEDULE is
 * "1+0+1+0 tablett", "1x3 tablett", "1-2x3 tablett", "1x2/v tablett", "tn 1 tablett",
 * "kl 8,14 1 tablett", "500 mg var 6 h", "1 plåster var 72 h", "veckodag mån 7,5 mg",
 * "engång 300 mg", "inf 1000 ml 12 h", "trappa 30 mg -10/3d", "1-2 tablett vb" or
 * "fritext enligt särskild ordination". */

static const struct {
    const char *word, *many, *code;
} units[] = {
    {"tablett", "tabletter", "{tablett}"},
    {"kapsel", "kapslar", "{kapsel}"},
    {"dospåse", "dospåsar", "{dospase}"},
    {"droppe", "droppar", "[drp]"},
    {"inhalation", "inhalationer", "{inhalation}"},
    {"plåster", "plåster", "{plaster}"},
    {"spruta", "sprutor", "{spruta}"},
    {"spraydos", "spraydoser", "{spraydos}"},
    {"applikation", "applikationer", "{applikation}"},
    {"suppositorium", "suppositorier", "{supp}"},
    {"mg", "mg", "mg"},
    {"g", "g", "g"},
    {"mikrogram", "mikrogram", "ug"},
    {"ml", "ml", "mL"},
    {"E", "E", "[IU]"},
    {"mmol", "mmol", "mmol"},
    {"liter", "liter", "L"},
};
const SeedWeekday seed_weekdays[] = {
    {"mån", "måndagar", "mon"},  {"tis", "tisdagar", "tue"}, {"ons", "onsdagar", "wed"},
    {"tor", "torsdagar", "thu"}, {"fre", "fredagar", "fri"}, {"lör", "lördagar", "sat"},
    {"sön", "söndagar", "sun"},
};
const SeedSlot seed_slots[] = {
    {"MORN", "morgon"},
    {"NOON", "lunch"},
    {"EVE", "kväll"},
    {"NIGHT", "till natten"},
};

const char *seed_dose_unit_code(const char *unit)
{
    for (guint i = 0; i < G_N_ELEMENTS(units); i++)
        if (!g_strcmp0(units[i].word, unit))
            return units[i].code;
    return NULL;
}

static gboolean parse_range(const char *text, Dose *d)
{
    g_auto(GStrv) ends = g_strsplit(text, "-", 2);
    d->high.valid = FALSE;
    return ends[0] && decimal_parse(ends[0], &d->low) &&
           (!ends[1] || decimal_parse(ends[1], &d->high));
}

static gboolean parse_slots(const char *text, Dose *d)
{
    g_auto(GStrv) parts = g_strsplit(text, "+", -1);
    if (g_strv_length(parts) != 4)
        return FALSE;
    for (guint i = 0; i < 4; i++)
        if (!decimal_parse(parts[i], &d->slot[i]))
            return FALSE;
    d->kind = SLOTS;
    return TRUE;
}

/* "1x3", "1-2x3", "1x2/v" */
static gboolean parse_times(const char *text, Dose *d)
{
    g_auto(GStrv) parts = g_strsplit(text, "x", 2);
    char *end = NULL;
    if (!parts[1] || !parse_range(parts[0], d))
        return FALSE;
    d->times = (int)strtol(parts[1], &end, 10);
    d->period = 1;
    g_strlcpy(d->period_unit, !strcmp(end, "/v") ? "wk" : "d", sizeof d->period_unit);
    d->kind = TIMES;
    return d->times > 0 && (!*end || !strcmp(end, "/v"));
}

/* What stands first; *ret_used words are eaten. */
static gboolean parse_head(char **w, guint n, Dose *d, guint *ret_used)
{
    d->kind = PLAIN;
    if (n >= 2 && strchr(w[0], '+')) {
        d->unit = w[1];
        *ret_used = 2;
        return parse_slots(w[0], d);
    }
    if (n >= 2 && strchr(w[0], 'x')) {
        d->unit = w[1];
        *ret_used = 2;
        return parse_times(w[0], d);
    }
    guint at = 0;
    if (!strcmp(w[0], "tn")) {
        d->kind = BEDTIME;
        at = 1;
    } else if (!strcmp(w[0], "engång") || !strcmp(w[0], "inf") || !strcmp(w[0], "trappa")) {
        d->kind = w[0][0] == 'e' ? ONCE : w[0][0] == 'i' ? INFUSION : TAPER;
        at = 1;
    } else if (!strcmp(w[0], "kl") && n > 1) {
        d->kind = CLOCK;
        d->clock = w[1];
        at = 2;
    } else if (!strcmp(w[0], "veckodag") && n > 1) {
        d->kind = WEEKDAY;
        d->weekday = w[1];
        at = 2;
    }
    if (n < at + 2 || !parse_range(w[at], d))
        return FALSE;
    d->unit = w[at + 1];
    *ret_used = at + 2;
    return TRUE;
}

/* "-10/3d" after a taper, "12 h" after an infusion, "var 6 h" */
static gboolean parse_rhythm(char **w, guint n, Dose *d, guint *used)
{
    guint at = *used;
    if (d->kind == TAPER) {
        g_auto(GStrv) parts = g_strsplit(at < n ? w[at] : "", "/", 2);
        if (!parts[0] || !parts[1] || !decimal_parse(parts[0], &d->step))
            return FALSE;
        d->period = (int)strtol(parts[1], NULL, 10);
        *used += 1;
        return d->period > 0 && d->step.coefficient < 0;
    }
    if (d->kind == INFUSION && at + 1 < n) {
        d->period = (int)strtol(w[at], NULL, 10);
        *used += 2;
        return d->period > 0;
    }
    if (d->kind == PLAIN && at + 2 < n && !strcmp(w[at], "var")) {
        d->kind = EVERY;
        d->period = (int)strtol(w[at + 1], NULL, 10);
        g_strlcpy(d->period_unit, w[at + 2], sizeof d->period_unit);
        *used += 3;
        return d->period > 0;
    }
    return TRUE;
}

static gboolean parse_words(char **w, guint n, Dose *d)
{
    *d = (Dose){0};
    guint at = 0;
    if (n && !strcmp(w[0], "fritext")) {
        d->kind = FREE;
        return n > 1;
    }
    if (!n || !parse_head(w, n, d, &at) || !parse_rhythm(w, n, d, &at) ||
        !seed_dose_unit_code(d->unit))
        return FALSE;
    for (; at < n; at++) {
        if (!strcmp(w[at], "vb"))
            d->prn = TRUE;
        else if (!strcmp(w[at], "max") && at + 1 < n && decimal_parse(w[at + 1], &d->max))
            at++;
        else if (!strcmp(w[at], "i") && at + 1 < n)
            d->days = (int)strtol(w[++at], NULL, 10);
        else if (!strcmp(w[at], "under") && at + 2 < n)
            d->minutes = (int)strtol(w[++at], NULL, 10), at++;
        else
            return FALSE;
    }
    return d->kind != PLAIN || d->prn;
}

gboolean seed_dose_parse(char **words, Dose *ret)
{
    return parse_words(words, g_strv_length(words), ret);
}

static void say_amount(GString *s, Decimal low, Decimal high, const char *unit)
{
    g_autofree char *a = decimal_to_dose(low, TRUE);
    g_string_append(s, a);
    if (high.valid) {
        g_autofree char *b = decimal_to_dose(high, TRUE);
        g_string_append_printf(s, "–%s", b);
    }
    gboolean many = high.valid || decimal_compare(low, decimal_from_int(1)) > 0;
    for (guint i = 0; i < G_N_ELEMENTS(units); i++)
        if (!strcmp(units[i].word, unit))
            g_string_append_printf(s, " %s", many ? units[i].many : units[i].word);
}

static void say_slots(GString *s, const Dose *d)
{
    int n = 0, last = 0, said = 0;
    gboolean equal = TRUE;
    for (int i = 0; i < 4; i++) {
        if (decimal_is_zero(d->slot[i]))
            continue;
        equal = equal && (!n || !decimal_compare(d->slot[i], d->slot[last]));
        last = i;
        n++;
    }
    for (int i = 0; i < 4; i++) {
        if (decimal_is_zero(d->slot[i]))
            continue;
        if (said)
            g_string_append(s, said == n - 1 ? " och " : ", ");
        if (!said || !equal)
            say_amount(s, d->slot[i], (Decimal){0}, d->unit);
        if (!said || !equal)
            g_string_append_c(s, ' ');
        g_string_append(s, seed_slots[i].text);
        said++;
    }
}

static void say_taper(GString *s, const Dose *d)
{
    Decimal now = d->low;
    for (gboolean first = TRUE; now.coefficient > 0;
         now = decimal_add(now, d->step), first = FALSE) {
        if (!first)
            g_string_append(s, ", ");
        say_amount(s, now, (Decimal){0}, d->unit);
        g_string_append_printf(s, " i %d dagar", d->period);
    }
    g_string_append(s, ", därefter utsättning");
}

static void say_schedule(GString *s, const Dose *d)
{
    if (d->kind == SLOTS) {
        say_slots(s, d);
        return;
    }
    if (d->kind == TAPER) {
        say_taper(s, d);
        return;
    }
    say_amount(s, d->low, d->high, d->unit);
    switch (d->kind) {
    case TIMES:
        g_string_append_printf(
            s, strcmp(d->period_unit, "wk") ? " %d %s dagligen" : " %d %s per vecka", d->times,
            d->times == 1 ? "gång" : "gånger");
        break;
    case BEDTIME:
        g_string_append(s, " till natten");
        break;
    case CLOCK:
        g_string_append_printf(s, " kl. %s", d->clock);
        break;
    case EVERY:
        if (d->period == 2 && *d->period_unit == 'd')
            g_string_append(s, " varannan dag");
        else
            g_string_append_printf(s, " var %d:e %s", d->period,
                                   *d->period_unit == 'h' ? "timme" : "dag");
        break;
    case WEEKDAY:
        for (guint i = 0; i < G_N_ELEMENTS(seed_weekdays); i++)
            if (!strcmp(seed_weekdays[i].word, d->weekday))
                g_string_append_printf(s, " en gång per vecka, %s", seed_weekdays[i].text);
        break;
    case ONCE:
        g_string_append(s, " som engångsdos");
        break;
    case INFUSION:
        g_string_append_printf(s, " på %d timmar", d->period);
        break;
    default:
        break;
    }
}

static char *say_dose(const Dose *d)
{
    GString *s = g_string_new(NULL);
    say_schedule(s, d);
    if (d->prn)
        g_string_append(s, " vid behov");
    if (d->max.valid) {
        g_string_append(s, ", högst ");
        say_amount(s, d->max, (Decimal){0}, d->unit);
        g_string_append(s, " per dygn");
    }
    if (d->days)
        g_string_append_printf(s, " i %d dagar", d->days);
    if (d->minutes)
        g_string_append_printf(s, ", infusion under %d minuter", d->minutes);
    return g_string_free(s, FALSE);
}

char *seed_dose_text(const char *dose)
{
    g_auto(GStrv) words = g_strsplit(dose, " ", -1);
    Dose d;
    if (!seed_dose_parse(words, &d))
        return NULL;
    return d.kind == FREE ? g_strdup(dose + strlen("fritext ")) : say_dose(&d);
}

int seed_dose_days(const char *dose)
{
    g_auto(GStrv) words = g_strsplit(dose, " ", -1);
    Dose d;
    if (!seed_dose_parse(words, &d))
        return 0;
    if (d.kind == ONCE || d.kind == INFUSION)
        return 1;
    if (d.kind != TAPER)
        return d.days;
    int steps = 0;
    for (Decimal now = d.low; now.coefficient > 0; now = decimal_add(now, d.step))
        steps++;
    return steps * d.period;
}
