/* SPDX-License-Identifier: GPL-3.0-or-later
 * NEWS2 by the published chart (Royal College of Physicians 2017). */
#include <string.h>

#include "chart/news2-order.h"

/* Points for values up to and including @most (in tenths, so that temperature fits); the last row
 * of a part has no limit. */
typedef struct {
    int most_tenths, points;
} Step;

#define NO_LIMIT G_MAXINT
#define PREGNANCY_STATUS "82810-3" /* LOINC */
#define PREGNANCY_DAYS 294         /* 42 weeks: what was said of it before that is of another pregnancy */

static const Step respiration[] = {{80, 3}, {110, 1}, {200, 0}, {240, 2}, {NO_LIMIT, 3}};
static const Step saturation1[] = {{910, 3}, {930, 2}, {950, 1}, {NO_LIMIT, 0}};
static const Step saturation2_air[] = {{830, 3}, {850, 2}, {870, 1}, {NO_LIMIT, 0}};
static const Step saturation2_oxygen[] = {{830, 3}, {850, 2}, {870, 1},     {920, 0},
                                          {940, 1}, {960, 2}, {NO_LIMIT, 3}};
static const Step systolic[] = {{900, 3}, {1000, 2}, {1100, 1}, {2190, 0}, {NO_LIMIT, 3}};
static const Step pulse[] = {{400, 3}, {500, 1}, {900, 0}, {1100, 1}, {1300, 2}, {NO_LIMIT, 3}};
static const Step temperature[] = {{350, 3}, {360, 1}, {380, 0}, {390, 1}, {NO_LIMIT, 2}};

static int points(const Step *steps, Decimal value)
{
    if (!value.valid)
        return -1;
    Decimal tenths = decimal_mul(value, decimal_from_int(10));
    while (steps->most_tenths != NO_LIMIT &&
           decimal_compare(tenths, decimal_from_int(steps->most_tenths)) > 0)
        steps++;
    return steps->points;
}

/* Saturation on scale 2 depends on oxygen above 92 %; without knowing it there is no number. */
static int saturation_points(const News2Input *in)
{
    Decimal v = in->value[NEWS2_SATURATION];
    if (in->no_scale)
        return v.valid ? NEWS2_UNSCALED : -1;
    if (!in->scale2)
        return points(saturation1, v);
    if (in->oxygen < 0 && v.valid && decimal_compare(v, decimal_from_int(92)) > 0)
        return -1;
    return points(in->oxygen == 1 ? saturation2_oxygen : saturation2_air, v);
}

static int consciousness_points(char c)
{
    return c == 'A' ? 0 : c != 0 && strchr("CVPU", c) != NULL ? 3 : -1;
}

static News2Risk risk_of(const News2 *n)
{
    gboolean three = FALSE;
    for (int i = 0; i < NEWS2_PARTS; i++)
        three = three || n->points[i] == 3;
    return n->total >= 7   ? NEWS2_HIGH
           : n->total >= 5 ? NEWS2_MEDIUM
           : three         ? NEWS2_LOW_MEDIUM
                           : NEWS2_LOW;
}

News2 news2(const News2Input *in)
{
    News2 n = {.total = -1, .measured = INSTANT_NONE};
    n.points[NEWS2_RESPIRATION] = points(respiration, in->value[NEWS2_RESPIRATION]);
    n.points[NEWS2_SATURATION] = saturation_points(in);
    n.points[NEWS2_OXYGEN] = in->oxygen < 0 ? -1 : in->oxygen * 2;
    n.points[NEWS2_SYSTOLIC] = points(systolic, in->value[NEWS2_SYSTOLIC]);
    n.points[NEWS2_PULSE] = points(pulse, in->value[NEWS2_PULSE]);
    n.points[NEWS2_CONSCIOUSNESS] = consciousness_points(in->consciousness);
    n.points[NEWS2_TEMPERATURE] = points(temperature, in->value[NEWS2_TEMPERATURE]);
    if (in->age < 16 || in->pregnant) {
        n.status = in->age < 0 ? NEWS2_NO_AGE : in->age < 16 ? NEWS2_CHILD : NEWS2_PREGNANT;
        return n;
    }
    int total = 0;
    for (int i = 0; i < NEWS2_PARTS; i++) {
        if (n.points[i] == -1)
            n.status = NEWS2_INCOMPLETE;
        total += n.points[i];
    }
    if (n.status == NEWS2_COMPLETE && n.points[NEWS2_SATURATION] == NEWS2_UNSCALED)
        n.status = NEWS2_NO_SCALE;
    if (n.status != NEWS2_COMPLETE)
        return n;
    n.total = total;
    n.risk = risk_of(&n);
    return n;
}

const char *news2_part_name(News2Part part)
{
    static const char *const names[] = {"andningsfrekvens", "syremättnad", "tillförd syrgas",
                                        "blodtryck",        "puls",        "medvetandegrad",
                                        "temperatur"};
    return names[part];
}

const char *news2_risk_name(News2Risk risk)
{
    static const char *const names[] = {"låg", "låg/medel", "medel", "hög"};
    return names[risk];
}

/* --- from the record ------------------------------------------------------------------------ */

static const struct {
    const char *code;
    News2Part part;
    const char *units[4]; /* UCUM codes that need no conversion */
} sources[] = {
    {"9279-1", NEWS2_RESPIRATION, {"/min", "{breaths}/min", "{Breaths}/min"}},
    {"2708-6", NEWS2_SATURATION, {"%"}},
    {"59408-5", NEWS2_SATURATION, {"%"}},
    {"3151-8", NEWS2_OXYGEN, {"L/min", "l/min"}},
    {"8480-6", NEWS2_SYSTOLIC, {"mm[Hg]"}},
    {"8867-4", NEWS2_PULSE, {"/min", "{beats}/min", "{Beats}/min"}},
    {"67775-7", NEWS2_CONSCIOUSNESS, {NULL}},
    {"8310-5", NEWS2_TEMPERATURE, {"Cel"}},
};

static gboolean unit_fits(const Measurement *m, gsize source)
{
    const char *const *units = sources[source].units;
    if (units[0] == NULL)
        return TRUE;
    FhirNode root = fhir_root(m->source);
    for (FhirNode c = fhir_first(fhir_at(root, "component")); m->component && fhir_exists(c);
         c = fhir_next(c)) {
        g_autofree char *code = fhir_concept_code(c, "code", NULL);
        if (g_strcmp0(code, m->code) == 0)
            root = c;
    }
    g_autofree char *unit = fhir_string(root, "valueQuantity.code");
    return unit != NULL && g_strv_contains(units, unit);
}

/* The letter by LOINC answer code or by the first letter of the text ("C – nytillkommen
 * förvirring"). */
static char consciousness_of(const Measurement *m)
{
    static const struct {
        const char *answer;
        char letter;
    } answers[] = {{"LA9340-6", 'A'}, {"LA17108-4", 'V'}, {"LA17107-6", 'P'}, {"LA9343-0", 'U'}};
    g_autofree char *code = fhir_concept_code(fhir_root(m->source), "valueCodeableConcept", LOINC);
    for (gsize i = 0; i < G_N_ELEMENTS(answers); i++)
        if (g_strcmp0(code, answers[i].answer) == 0)
            return answers[i].letter;
    const char *v = m->value;
    gboolean lone = v[0] != '\0' && strchr("ACVPU", v[0]) != NULL && !g_ascii_isalpha(v[1]) &&
                    (guchar)v[1] < 0x80;
    return lone ? v[0] : 0;
}

/* The newest value of each part into @in; *times says when. */
static void take(News2Input *in, Instant *times, const Measurement *m, Instant now)
{
    if (m->code == NULL || m->at == INSTANT_NONE || m->at > now)
        return;
    for (gsize i = 0; i < G_N_ELEMENTS(sources); i++) {
        News2Part part = sources[i].part;
        if (strcmp(sources[i].code, m->code) != 0 || m->at <= times[part])
            continue;
        times[part] = m->at;
        gboolean usable = unit_fits(m, i) && (m->number.valid || part == NEWS2_CONSCIOUSNESS);
        in->value[part] = usable ? m->number : (Decimal){0};
        if (part == NEWS2_OXYGEN)
            in->oxygen = usable ? !decimal_is_zero(m->number) : -1;
        if (part == NEWS2_CONSCIOUSNESS)
            in->consciousness = consciousness_of(m);
    }
}

static void forget(News2Input *in, int part)
{
    in->value[part] = (Decimal){0};
    if (part == NEWS2_OXYGEN)
        in->oxygen = -1;
    if (part == NEWS2_CONSCIOUSNESS)
        in->consciousness = 0;
}

static int age_of(const FhirResource *patient, Instant now)
{
    FhirTime birth;
    int years = -1;
    if (fhir_time(fhir_root(patient), "birthDate", &birth))
        civil_age(birth.date, civil_date_at(now), &years, NULL, NULL);
    return years;
}

/* The newest answer counts: "not pregnant" ends an earlier "pregnant". */
typedef struct {
    Instant at;
    gboolean yes;
} Pregnancy;

static void take_pregnancy(Pregnancy *p, const Measurement *m, Instant now)
{
    if (g_strcmp0(m->code, PREGNANCY_STATUS) != 0 || m->at == INSTANT_NONE || m->at > now || m->at < p->at)
        return;
    g_autofree char *answer = fhir_concept_code(fhir_root(m->source), "valueCodeableConcept", LOINC);
    p->at = m->at;
    p->yes = g_strcmp0(answer, "LA15173-0") == 0;
}

static gboolean is_pregnant(const Pregnancy *p, Instant now)
{
    return p->yes && p->at >= now - PREGNANCY_DAYS * G_TIME_SPAN_DAY;
}

/* When the oldest value that can still be of the newest set was measured. */
static Instant set_begins(Instant newest)
{
    return newest == INSTANT_NONE ? INSTANT_NONE : newest - NEWS2_SET_MINUTES * 60 * (Instant)G_USEC_PER_SEC;
}

typedef struct {
    News2Input in;
    Instant times[NEWS2_PARTS], newest, now;
    const News2Orders *orders;
    Pregnancy pregnancy;
} Set;

static Set set_new(const FhirResource *patient, const News2Orders *orders, Instant now)
{
    Set s = {.in = {.oxygen = -1, .age = age_of(patient, now)},
             .orders = orders,
             .newest = INSTANT_NONE,
             .now = now,
             .pregnancy = {.at = INSTANT_NONE}};
    for (int i = 0; i < NEWS2_PARTS; i++)
        s.times[i] = INSTANT_NONE;
    return s;
}

static void set_take(Set *s, const GPtrArray *values)
{
    for (guint j = 0; j < values->len; j++) {
        take(&s->in, s->times, values->pdata[j], s->now);
        take_pregnancy(&s->pregnancy, values->pdata[j], s->now);
    }
    for (int part = 0; part < NEWS2_PARTS; part++)
        s->newest = MAX(s->newest, s->times[part]);
}

static News2 set_sum(Set *s)
{
    for (int i = 0; i < NEWS2_PARTS; i++)
        if (s->times[i] == INSTANT_NONE || s->times[i] < set_begins(s->newest))
            forget(&s->in, i);
    s->in.pregnant = is_pregnant(&s->pregnancy, s->now);
    News2Scale scale = news2_scale_at(s->orders, s->newest); /* that held when it was measured */
    s->in.scale2 = scale == NEWS2_SCALE_2;
    s->in.no_scale = scale == NEWS2_SCALE_UNKNOWN;
    News2 n = news2(&s->in);
    n.measured = s->newest;
    return n;
}

gboolean news2_pregnant(const GPtrArray *observations, Instant now)
{
    Pregnancy p = {.at = INSTANT_NONE};
    for (guint i = 0; i < observations->len; i++) {
        g_autoptr(GPtrArray) values = vitals_of(observations->pdata[i]);
        for (guint j = 0; j < values->len; j++)
            take_pregnancy(&p, values->pdata[j], now);
    }
    return is_pregnant(&p, now);
}

static Set set_of_values(const FhirResource *patient, const GPtrArray *values, const News2Orders *orders, Instant now)
{
    Set s = set_new(patient, orders, now);
    for (guint i = 0; i < values->len; i++)
        set_take(&s, values->pdata[i]);
    return s;
}

News2 news2_from_values(const FhirResource *patient, const GPtrArray *values, const News2Orders *orders,
                        Instant now)
{
    Set s = set_of_values(patient, values, orders, now);
    return set_sum(&s);
}

static gboolean about_pregnancy(const FhirResource *o)
{
    g_autofree char *code = fhir_concept_code(fhir_root(o), "code", LOINC);
    return g_strcmp0(code, PREGNANCY_STATUS) == 0;
}

News2 news2_from_observations(const FhirResource *patient, const GPtrArray *observations,
                              const News2Orders *orders, Instant now)
{
    Set s = set_new(patient, orders, now);
    for (guint i = 0; i < observations->len; i++) {
        const FhirResource *o = observations->pdata[i];
        if (vitals_measured_at(o) < set_begins(s.newest) && !about_pregnancy(o))
            continue; /* a ward's list has a day of values: only those of the newest set are read */
        g_autoptr(GPtrArray) values = vitals_of(o);
        set_take(&s, values);
    }
    return set_sum(&s);
}

/* The latest moment before the set's own at which all the parts can lie within an hour. */
static Instant whole_before(const Set *s)
{
    Instant oldest = s->newest;
    for (int i = 0; i < NEWS2_PARTS; i++)
        oldest = MIN(oldest, s->times[i]);
    if (oldest == INSTANT_NONE)
        return INSTANT_NONE;
    return MIN(oldest + NEWS2_SET_MINUTES * G_TIME_SPAN_MINUTE, s->newest - 1);
}

News2 news2_latest(const FhirResource *patient, const GPtrArray *observations, const News2Orders *orders, Instant now,
                   News2 *ret_newest)
{
    *ret_newest = news2_from_observations(patient, observations, orders, now);
    if (ret_newest->status != NEWS2_INCOMPLETE)
        return *ret_newest;
    g_autoptr(GPtrArray) values = vitals_of_all(observations);
    while (now != INSTANT_NONE) {
        Set s = set_of_values(patient, values, orders, now);
        News2 n = set_sum(&s);
        if (n.status != NEWS2_INCOMPLETE)
            return n;
        now = whole_before(&s);
    }
    return *ret_newest;
}
