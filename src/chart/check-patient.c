/* SPDX-License-Identifier: GPL-3.0-or-later
 * The medicine ordered against the patient who gets it: values, diagnoses, pregnancy, age; the way it is
 * given, and what has to be followed up. All of them are one question: does a rule about this order hold? */
#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "chart/check.h"
#include "chart/record-words.h"

static gboolean has_route(const CheckRule *r, const char *route)
{
    return !r->routes || (route && g_strv_contains((const char *const *)r->routes, route));
}

/* What cannot be counted may be over. */
static gboolean over_dose(const CheckRule *r, const Order *o)
{
    Decimal day = r->over.valid ? check_dose_of_day(o, r->unit) : (Decimal){0};
    return !day.valid || decimal_compare(day, r->over) > 0;
}

gboolean check_rule_of_age(const CheckInput *in, const CheckRule *r)
{
    int months = in->facts->months;
    return months < 0 || (months >= r->from && (r->to == G_MAXINT || months < r->to));
}

gboolean check_rule_fits(const CheckInput *in, const CheckRule *r)
{
    if (!drug_set_has(r->drugs, in->codes) || !has_route(r, in->order->route))
        return FALSE;
    for (guint i = 0; r->without && i < in->drugs->len; i++) {
        const CheckDrug *d = in->drugs->pdata[i]; /* used to it is who gets it every day, now */
        if (!d->waiting && !d->paused && !d->future && !d->as_needed && drug_set_has(r->without, d->codes))
            return FALSE;
    }
    return over_dose(r, in->order);
}

gboolean check_rule_fits_drug(const CheckRule *r, const CheckDrug *d)
{
    return has_route(r, d->route) && (!d->order || over_dose(r, d->order));
}

/* TRUE: the rule is about the dose of a day, and that cannot be counted. */
static gboolean uncounted(const CheckInput *in, const CheckRule *r)
{
    return r->over.valid && !check_dose_of_day(in->order, r->unit).valid;
}

void check_say_uncounted(const Check *self, CheckSeverity level, const char *key, const char *record, GPtrArray *lines)
{
    g_autofree char *unable = record_text(RW_UNCHECKED_DOSE, record);
    check_say(lines, self->id, CHECK_UNABLE, level, key, unable,
              g_strdup_printf(_("Could not be checked, the dose of a day cannot be counted: %s"), record));
}

void check_say_rule(const Check *self, const CheckInput *in, const CheckRule *r, CheckSeverity level, const char *key,
                    const char *record, GPtrArray *lines)
{
    if (!uncounted(in, r)) {
        check_say(lines, self->id, CHECK_FOUND, level, key, record, g_strdup(record));
        return;
    }
    check_say_uncounted(self, MIN(level, CHECK_HIGH), key, record, lines);
}

/* ---- values ---- */

static const CheckValue *value_at(const CheckInput *in, int value)
{
    return in->data->rules->values->pdata[value];
}

/* Whatever its age. */
static gboolean value_held(const CheckInput *in, int value, FactValue *ret)
{
    const CheckFacts *f = in->facts;
    if (strcmp(value_at(in, value)->id, "eGFR") == 0) {
        *ret = f->egfr >= 0 ? (FactValue){.number = decimal_from_int(f->egfr), .at = f->egfr_at, .bound = f->egfr_bound}
                            : (FactValue){0};
        return f->egfr >= 0;
    }
    *ret = (guint)value < f->values->len ? g_array_index(f->values, FactValue, value) : (FactValue){0};
    return ret->number.valid;
}

gboolean check_value(const CheckInput *in, int value, FactValue *ret)
{
    return value_held(in, value, ret) && in->now - ret->at <= value_at(in, value)->days * G_TIME_SPAN_DAY;
}

/* The value is surely under (@way '<') or over @limit. */
static gboolean surely(const FactValue *v, Decimal limit, char way)
{
    int than = decimal_compare(v->number, limit);
    if (v->bound && v->bound != way)
        return FALSE;
    return way == '<' ? than < (v->bound ? 1 : 0) : than > (v->bound ? -1 : 0);
}

gboolean check_value_holds(const CheckInput *in, const CheckRule *r)
{
    FactValue v;
    if (r->value < 0)
        return TRUE;
    return check_value(in, r->value, &v) && (!r->below.valid || surely(&v, r->below, '<')) &&
           (!r->above.valid || surely(&v, r->above, '>'));
}

/* ">2" may be over 3: neither so nor not so. */
static gboolean vague(const CheckInput *in, const CheckRule *r)
{
    FactValue v;
    if (r->value < 0 || !check_value(in, r->value, &v) || !v.bound || check_value_holds(in, r))
        return FALSE;
    gboolean below = !r->below.valid || surely(&v, r->below, '<') ||
                     (v.bound == '<' ? TRUE : decimal_compare(v.number, r->below) < 0);
    gboolean above = !r->above.valid || surely(&v, r->above, '>') ||
                     (v.bound == '>' ? TRUE : decimal_compare(v.number, r->above) > 0);
    return below && above;
}

char *check_value_text(const CheckInput *in, int value)
{
    FactValue v;
    if (!value_held(in, value, &v))
        return g_strdup(value_at(in, value)->name);
    g_autofree char *number = decimal_to_sv(v.number), *day = civil_date_to_text(civil_date_at(v.at));
    const char bound[] = {v.bound, '\0'};
    return g_strdup_printf("%s %s%s (%s)", value_at(in, value)->name, bound, number, day);
}

static gboolean value_unread(const CheckInput *in, int value)
{
    const GArray *values = in->facts->values;
    return (guint)value < values->len && g_array_index(values, FactValue, value).unread;
}

static void say_vague(const Check *self, const CheckInput *in, int value, GPtrArray *lines)
{
    g_autofree char *text = check_value_text(in, value);
    g_autofree char *record = record_text(RW_UNCHECKED_UNREAD, text);
    check_say(lines, self->id, CHECK_UNABLE, CHECK_HIGH, value_at(in, value)->id, record,
              g_strdup_printf(_("Could not be checked: the latest value of %s cannot be read"), text));
}

void check_say_lacking(const Check *self, const CheckInput *in, int value, gboolean asks, GPtrArray *lines)
{
    FactValue v;
    const CheckValue *what = value_at(in, value);
    gboolean old = value_held(in, value, &v);
    g_autofree char *text = old ? check_value_text(in, value) : NULL;
    g_autofree char *key = g_strdup_printf("utan-%s", what->id);
    gboolean unread = !old && value_unread(in, value);
    g_autofree char *record = record_text(old      ? RW_UNCHECKED_OLD
                                          : unread ? RW_UNCHECKED_UNREAD
                                                   : RW_UNCHECKED_VALUE,
                                          old ? text : what->name);
    check_say(lines, self->id, CHECK_UNABLE, asks ? CHECK_HIGH : CHECK_MEDIUM, key, record,
              old      ? g_strdup_printf(_("Could not be checked: %s is too old"), text)
              : unread ? g_strdup_printf(_("Could not be checked: the latest value of %s cannot be read"), what->name)
                       : g_strdup_printf(_("Could not be checked: there is no value of %s"), what->name));
}

/* The most dangerous of two, the first of two alike. */
static const CheckRule *worse(const CheckRule *found, const CheckRule *r)
{
    return !found || r->level > found->level ? r : found;
}

static void say_value(const Check *self, const CheckInput *in, const CheckRule *r, GPtrArray *lines)
{
    g_autofree char *shown = check_value_text(in, r->value);
    g_autofree char *key = g_strdup_printf("%s-%s-%s", value_at(in, r->value)->id, in->order->atc, shown);
    g_autofree char *record = g_strdup_printf("%s, %s: %s", in->order->substance, shown, r->text);
    check_say_rule(self, in, r, r->level, g_strdelimit(key, " =[](),<>", '_'), record, lines);
}

/* TRUE where a rule about @value has spoken, or could not. */
static gboolean value_rules_of(const Check *self, const CheckInput *in, int value, GPtrArray *lines)
{
    const GPtrArray *rules = in->data->rules->of[self->rules];
    const CheckRule *found = NULL;
    gboolean about = FALSE, asks = FALSE, wishes = FALSE, unsure = FALSE;
    FactValue v;
    for (guint i = 0; i < rules->len; i++) {
        const CheckRule *r = rules->pdata[i];
        if (r->value != value || !check_rule_fits(in, r))
            continue;
        about = TRUE;
        asks = asks || r->asks;
        wishes = wishes || r->wishes;
        if (check_value_holds(in, r))
            found = worse(found, r);
        unsure = unsure || (r->level >= CHECK_HIGH && vague(in, r));
    }
    if (found)
        say_value(self, in, found, lines);
    else if (unsure)
        say_vague(self, in, value, lines);
    if (!about || check_value(in, value, &v))
        return about;
    /* There may be one: it did not come, or nobody can read it. */
    Fact part = check_facts_part_of(value_at(in, value)->id);
    if (!in->facts->known[part] || (value_unread(in, value) && !value_held(in, value, &v))) {
        check_say_lacking(self, in, value, TRUE, lines);
        return TRUE;
    }
    /* Of a child no eGFR is computed from creatinine alone. */
    gboolean child = in->facts->age >= 0 && in->facts->age < 18;
    if (asks || wishes)
        check_say_lacking(self, in, value, asks && !child, lines);
    return asks || wishes;
}

void check_value_rules(const Check *self, const CheckInput *in, GPtrArray *lines)
{
    guint before = lines->len;
    g_autoptr(GString) looked = g_string_new(NULL);
    for (guint value = 0; value < in->data->rules->values->len; value++) {
        FactValue v;
        if (!value_rules_of(self, in, (int)value, lines) || !check_value(in, (int)value, &v))
            continue;
        g_autofree char *text = check_value_text(in, (int)value);
        g_string_append_printf(looked, "%s%s", looked->len ? ", " : "", text);
    }
    if (lines->len == before && looked->len)
        check_say(lines, self->id, CHECK_CLEAR, CHECK_INFORMATION, "ok", NULL,
                  g_strdup_printf(_("%s: nothing against this medicine"), looked->str));
}

/* ---- diagnoses ---- */

static gboolean has_icd(char *const *icd, char *const *codes)
{
    for (char *const *i = icd; i && *i; i++) {
        g_auto(GStrv) parts = g_strsplit(*i, ".", -1);
        g_autofree char *plain = g_strjoinv("", parts);
        for (char *const *c = codes; c && *c; c++)
            if (g_str_has_prefix(*c, plain))
                return TRUE;
    }
    return FALSE;
}

static gboolean found_against(const Check *self, const CheckInput *in, const FactDiagnosis *d, GPtrArray *lines)
{
    const GPtrArray *rules = in->data->rules->of[self->rules];
    const CheckRule *found = NULL;
    for (guint i = 0; i < rules->len; i++) {
        const CheckRule *r = rules->pdata[i];
        if (drug_set_has(r->drugs, in->codes) && has_icd(r->icd, d->codes) && check_rule_fits(in, r) && !check_rule_excused(in, r))
            found = worse(found, r);
    }
    if (!found)
        return FALSE;
    g_autofree char *key = g_strdup_printf("%s-%s", in->order->atc, *d->codes);
    g_autofree char *record = g_strdup_printf("%s, %s (%s): %s", in->order->substance, d->text ? d->text : "?", *d->codes, found->text);
    check_say_rule(self, in, found, found->level, key, record, lines);
    return TRUE;
}

void check_diagnosis(const Check *self, const CheckInput *in, GPtrArray *lines)
{
    const CheckFacts *f = in->facts;
    gboolean found = FALSE;
    for (guint i = 0; i < f->diagnoses->len; i++)
        found = found_against(self, in, f->diagnoses->pdata[i], lines) || found;
    if (!f->known[FACT_CONDITIONS])
        check_say(lines, self->id, CHECK_UNABLE, CHECK_HIGH, "list", record_word(RW_UNCHECKED_DIAGNOSES),
                  g_strdup(_("Diagnoses could not be checked: the list is not known")));
    else if (!found)
        check_say(lines, self->id, CHECK_CLEAR, CHECK_INFORMATION, "ok", NULL,
                  g_strdup_printf(ngettext("nothing against %u diagnosis", "nothing against %u diagnoses", f->diagnoses->len),
                                  f->diagnoses->len));
}

/* ---- one rule is enough ---- */

static void say_worst(const Check *self, const CheckInput *in, gboolean (*holds)(const CheckInput *, const CheckRule *),
                      GPtrArray *lines)
{
    const GPtrArray *rules = in->data->rules->of[self->rules];
    const CheckRule *found = NULL;
    for (guint i = 0; i < rules->len; i++)
        if (holds(in, rules->pdata[i]) && check_rule_fits(in, rules->pdata[i]))
            found = worse(found, rules->pdata[i]);
    if (!found)
        return;
    g_autoptr(GString) text = g_string_new(found->text);
    g_string_replace(text, "{väg}", in->order->route ? in->order->route : "?", 0);
    g_autofree char *record = g_strdup_printf("%s: %s", in->order->substance, text->str);
    check_say_rule(self, in, found, found->level, in->order->atc, record, lines);
}

static gboolean in_week(const CheckInput *in, const CheckRule *r)
{
    int week = in->facts->week;
    return in->facts->pregnant && (week < 0 || (week >= r->first && week <= r->last));
}

void check_pregnancy(const Check *self, const CheckInput *in, GPtrArray *lines)
{
    say_worst(self, in, in_week, lines);
}

static gboolean of_age(const CheckInput *in, const CheckRule *r)
{
    return in->facts->months >= r->from && in->facts->months < r->to && (!r->sex || r->sex == in->facts->sex) &&
           !check_rule_excused(in, r);
}

void check_age(const Check *self, const CheckInput *in, GPtrArray *lines)
{
    if (in->facts->months < 0)
        check_say(lines, self->id, CHECK_UNABLE, CHECK_MEDIUM, "age", NULL,
                  g_strdup(_("Age could not be checked: it is not known")));
    say_worst(self, in, of_age, lines);
}

/* What the order says of itself in words; what goes in slowly is an infusion, also unsaid. */
static char *order_words(const Order *o)
{
    enum { SLOWLY = 20 };
    gboolean slowly = o->rate.valid || o->minutes >= SLOWLY;
    const char *const said[] = {o->reason ? o->reason : "", o->follow_up ? o->follow_up : "",
                                o->instruction ? o->instruction : "", slowly ? "infusion" : "", NULL};
    return g_strjoinv(" ", (char **)said);
}

gboolean check_rule_excused(const CheckInput *in, const CheckRule *r)
{
    if (!r->unless)
        return FALSE;
    g_autofree char *said = order_words(in->order);
    g_autofree char *small = text_fold_keep_swedish(said);
    for (char **u = r->unless; u && *u; u++) {
        char *const icd[] = {*u, NULL};
        for (guint i = 0; g_ascii_isupper(**u) && i < in->facts->diagnoses->len; i++)
            if (has_icd(icd, ((const FactDiagnosis *)in->facts->diagnoses->pdata[i])->codes))
                return TRUE;
        if (!g_ascii_isupper(**u) && strstr(small, *u))
            return TRUE;
    }
    return FALSE;
}

static gboolean wrong_way(const CheckInput *in, const CheckRule *r)
{
    return !check_rule_excused(in, r);
}

void check_route(const Check *self, const CheckInput *in, GPtrArray *lines)
{
    say_worst(self, in, wrong_way, lines);
}

/* The days that the order lasts; one without an end lasts. */
static int days_of(const Order *o, Instant now)
{
    if (o->timing == TIMING_ONCE)
        return 1;
    if (!o->stop.year)
        return o->days ? o->days : G_MAXINT;
    return civil_date_days_between(civil_date_at(o->start > 0 ? o->start : now), o->stop) + 1;
}

static gboolean unfollowed(const CheckInput *in, const CheckRule *r)
{
    FactValue v;
    gboolean measured = r->value >= 0 && check_value(in, r->value, &v);
    return days_of(in->order, in->now) >= r->days && !measured && !check_rule_excused(in, r);
}

void check_monitoring(const Check *self, const CheckInput *in, GPtrArray *lines)
{
    say_worst(self, in, unfollowed, lines);
}
