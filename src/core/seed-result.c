/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/seed-internal.h"
#include <math.h>
#include <string.h>

#define CATEGORY       "http://terminology.hl7.org/CodeSystem/observation-category"
#define INTERPRETATION "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation"
#define SECTION        "http://terminology.hl7.org/CodeSystem/v2-0074"

/* From sample or picture to answer. */
#define TURNAROUND ((gint64)35 * 60 * G_USEC_PER_SEC)

typedef struct {
    Decimal low, high, critical_low, critical_high; /* invalid: no such limit */
} Limits;

static void limits_of(const SeedChart *c, guint row, Limits *ret)
{
    const SeedTable *t = c->seed->labs;
    *ret = (Limits){0};
    g_auto(GStrv) ends =
        g_strsplit(seed_cell(t, row, c->sex == 'M' ? "range_m" : "range_f"), "-", 2);
    if (ends[0] && ends[1]) {
        if (!decimal_parse(ends[0], &ret->low))
            ret->low.valid = FALSE;
        if (!decimal_parse(ends[1], &ret->high))
            ret->high.valid = FALSE;
    }
    if (!decimal_parse(seed_cell(t, row, "critical_low"), &ret->critical_low))
        ret->critical_low.valid = FALSE;
    if (!decimal_parse(seed_cell(t, row, "critical_high"), &ret->critical_high))
        ret->critical_high.valid = FALSE;
}

static int flag_of(const Limits *m, Decimal v)
{
    if (m->critical_high.valid && decimal_compare(v, m->critical_high) >= 0)
        return 2;
    if (m->critical_low.valid && decimal_compare(v, m->critical_low) <= 0)
        return -2;
    if (m->high.valid && decimal_compare(v, m->high) > 0)
        return 1;
    return m->low.valid && decimal_compare(v, m->low) < 0 ? -1 : 0;
}

static void b_limits(FhirBuild *b, const Limits *m, const char *unit, const char *ucum)
{
    if (!m->low.valid && !m->high.valid)
        return;
    fhir_b_array(b, "referenceRange");
    fhir_b_object(b, NULL);
    if (m->low.valid)
        fhir_b_quantity(b, "low", m->low, unit, ucum);
    if (m->high.valid)
        fhir_b_quantity(b, "high", m->high, unit, ucum);
    fhir_b_end(b);
    fhir_b_end(b);
}

gboolean seed_lab_observation(SeedChart *c, const SeedResult *r, int *ret_flag, GError **error)
{
    static const char *const codes[] = {"LL", "L", "N", "H", "HH"};
    const SeedTable *t = c->seed->labs;
    int row = seed_table_find(t, r->test);
    if (row < 0)
        return FALSE;
    const char *unit = seed_cell(t, (guint)row, "unit"), *ucum = seed_cell(t, (guint)row, "ucum");
    const char *npu = seed_cell(t, (guint)row, "npu"), *name = seed_cell(t, (guint)row, "name");
    Limits m;
    limits_of(c, (guint)row, &m);
    *ret_flag = flag_of(&m, r->value);
    g_autoptr(FhirBuild) b = seed_start(c, "Observation", r->id);
    fhir_b_string(b, "status", "final");
    fhir_b_array(b, "category");
    fhir_b_concept(b, NULL, CATEGORY, "laboratory", NULL, NULL);
    fhir_b_end(b);
    fhir_b_concept(b, "code", *npu ? SEED_NPU : NULL, *npu ? npu : NULL, *npu ? name : NULL, name);
    seed_subject(c, b, "subject");
    seed_b_encounter(c, b, r->when);
    fhir_b_instant(b, "effectiveDateTime", r->when);
    fhir_b_instant(b, "issued", r->issued);
    fhir_b_array(b, "performer");
    fhir_b_reference(b, NULL, "Organization", "org-lab", "Laboratoriemedicin");
    fhir_b_end(b);
    fhir_b_quantity(b, "valueQuantity", r->value, unit, ucum);
    fhir_b_array(b, "interpretation");
    fhir_b_concept(b, NULL, INTERPRETATION, codes[*ret_flag + 2], NULL, NULL);
    fhir_b_end(b);
    b_limits(b, &m, unit, ucum);
    seed_remember(c, r->test, r->when, decimal_to_sv(r->value));
    return seed_take(c, b, error);
}

/* Revised Lund-Malmö; training values, rounded to a whole number. */
static gboolean egfr(const SeedChart *c, Decimal creatinine, Decimal *ret)
{
    if (!c->born || c->age < 18 || c->sex == '?')
        return FALSE;
    double p = decimal_to_double(creatinine), x;
    if (c->sex == 'F')
        x = p < 150 ? 2.50 + 0.0121 * (150 - p) : 2.50 - 0.926 * log(p / 150);
    else
        x = p < 180 ? 2.56 + 0.00968 * (180 - p) : 2.56 - 0.926 * log(p / 180);
    *ret = decimal_from_int((gint64)floor(exp(x - 0.0158 * c->age + 0.438 * log(c->age)) + 0.5));
    return TRUE;
}

static void b_report_head(SeedChart *c, FhirBuild *b, const char *section, const char *text,
                          const SeedTime *when, Instant issued)
{
    fhir_b_string(b, "status", "final");
    fhir_b_array(b, "category");
    fhir_b_concept(b, NULL, SECTION, section, NULL, NULL);
    fhir_b_end(b);
    fhir_b_concept(b, "code", NULL, NULL, NULL, text);
    seed_subject(c, b, "subject");
    seed_b_encounter(c, b, when->instant);
    fhir_b_instant(b, "effectiveDateTime", when->instant);
    fhir_b_instant(b, "issued", issued);
}

/* A result that nobody has acknowledged yet waits with the responsible doctor. */
static gboolean add_acknowledge(SeedChart *c, const SeedLine *l, const char *report, int worst,
                                Instant when, GError **error)
{
    if (!g_str_has_suffix(l->fields[0], "!"))
        return TRUE;
    g_autofree char *id = seed_next_id(c, "task");
    g_autoptr(FhirBuild) b = seed_start(c, "Task", id);
    seed_b_task(c, b, "Vidimera provsvar",
                worst == 2 ? "stat"
                : worst    ? "urgent"
                           : "routine",
                "DiagnosticReport", report, when);
    seed_b_staff(c, b, "owner", c->pal);
    return seed_take(c, b, error);
}

static gboolean add_value(SeedChart *c, const char *test, Decimal value, const SeedTime *when,
                          GPtrArray *ids, int *worst, GError **error)
{
    int flag = 0;
    g_autofree char *id = seed_next_id(c, "obs");
    SeedResult r = {id, test, value, when->instant, when->instant + TURNAROUND};
    if (!seed_lab_observation(c, &r, &flag, error))
        return FALSE;
    *worst = MAX(*worst, ABS(flag));
    g_ptr_array_add(ids, g_steal_pointer(&id));
    return TRUE;
}

static gboolean add_values(SeedChart *c, const SeedLine *l, const SeedTime *when, GPtrArray *ids,
                           int *worst, GError **error)
{
    g_auto(GStrv) words = g_strsplit(seed_field(l, 2), " ", -1);
    for (guint i = 0; words[i] && words[i + 1]; i += 2) {
        Decimal value, gfr;
        gboolean ok = seed_vary(c, words[i], words[i + 1], &value) &&
                      add_value(c, words[i], value, when, ids, worst, error);
        if (ok && !strcmp(words[i], "krea") && egfr(c, value, &gfr))
            ok = add_value(c, "egfr", gfr, when, ids, worst, error);
        if (!ok)
            return error && *error
                       ? FALSE
                       : seed_complain(l, error, "\"%s %s\" is no result", words[i], words[i + 1]);
    }
    return TRUE;
}

/* prov | -2d 06:30 | crp 186~20 lpk 15.2~1.5 krea 92~8     "prov!": not yet acknowledged */
gboolean seed_labs(SeedChart *c, const SeedLine *l, GError **error)
{
    SeedTime when;
    int worst = 0;
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    if (!seed_time(c, l, seed_field(l, 1), &when, error) ||
        !add_values(c, l, &when, ids, &worst, error))
        return FALSE;
    Instant issued = when.instant + TURNAROUND;
    g_autofree char *id = seed_next_id(c, "rep");
    g_autoptr(FhirBuild) b = seed_start(c, "DiagnosticReport", id);
    b_report_head(c, b, "LAB", "Klinisk kemi", &when, issued);
    fhir_b_array(b, "performer");
    fhir_b_reference(b, NULL, "Organization", "org-lab", "Laboratoriemedicin");
    fhir_b_end(b);
    fhir_b_array(b, "result");
    for (guint i = 0; i < ids->len; i++)
        fhir_b_reference(b, NULL, "Observation", ids->pdata[i], NULL);
    fhir_b_end(b);
    return seed_take(c, b, error) && add_acknowledge(c, l, id, worst, issued, error);
}

/* undersökning | -3d 16:00 | RAD | Röntgen lungor | svar     categories: RAD, MB, EC, CUS, SP */
gboolean seed_study(SeedChart *c, const SeedLine *l, GError **error)
{
    SeedTime when;
    if (!seed_time(c, l, seed_field(l, 1), &when, error))
        return FALSE;
    g_autofree char *answer = seed_fill(c, l, seed_field(l, 4), when.instant);
    if (!answer)
        return seed_complain(l, error, "unknown placeholder");
    Instant issued = when.instant + TURNAROUND;
    g_autofree char *id = seed_next_id(c, "rep");
    g_autoptr(FhirBuild) b = seed_start(c, "DiagnosticReport", id);
    b_report_head(c, b, seed_field(l, 2), seed_field(l, 3), &when, issued);
    fhir_b_string(b, "conclusion", answer);
    return seed_take(c, b, error) && add_acknowledge(c, l, id, 0, issued, error);
}
