/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the answers of the core mean: medicines, age, kidneys, weight, values, diagnoses, a pregnancy. What is asked
 * for is check-facts-ask.c's. */
#include "chart/check-facts.h"

#include <string.h>

#include "base/text.h"
#include "chart/order-data.h"
#include "chart/patient.h"
#include "chart/units.h"
#include "chart/vitals.h"

#define SNOMED "http://snomed.info/sct"

char **check_substances(const char *substance)
{
    g_auto(GStrv) parts = g_regex_split_simple("\\s*[+/]\\s*|\\s+och\\s+", substance, 0, 0);
    guint n = g_strv_length(parts);
    char **folded = g_new0(char *, n + 1);
    for (guint i = 0; i < n; i++)
        folded[i] = text_fold(parts[i]);
    return folded;
}

static void given_free(gpointer p)
{
    GivenMedicine *g = p;
    medication_row_free(g->row);
    g_strfreev(g->substances);
    g_strfreev(g->codes);
    g_free(g->route);
    order_free(g->order);
    g_free(g);
}

static void diagnosis_free(gpointer p)
{
    FactDiagnosis *d = p;
    g_free(d->text);
    g_strfreev(d->codes);
    g_free(d);
}

static char **substances_of_code(const DrugList *drugs, const char *atc)
{
    g_autoptr(DrugMatch) of_code = atc && drugs ? drug_list_match(drugs, atc) : NULL;
    const DrugProduct *p = of_code && of_code->products->len ? of_code->products->pdata[0] : NULL;
    return p && strcmp(p->atc, atc) == 0 ? check_substances(p->substance) : NULL;
}

static char *route_of(const FhirResource *r)
{
    g_autofree char *snomed = fhir_concept_code(fhir_root(r), "dosageInstruction[0].route", SNOMED);
    const Route *route = snomed ? route_by_snomed(snomed) : NULL;
    return route ? g_strdup(route->route) : fhir_concept_text(fhir_root(r), "dosageInstruction[0].route");
}

static Order *order_of(const FhirResource *r, const DrugList *drugs)
{
    g_autoptr(Order) o = order_new();
    return drugs && medication_to_order(r, drugs, o) ? g_steal_pointer(&o) : NULL;
}

/* One dose, long since: an order of it has no end of its own. */
static gboolean was_once(const GivenMedicine *g, Instant now)
{
    enum { DAYS = 2 };
    return g->order && g->order->timing == TIMING_ONCE && g->row->since != INSTANT_NONE &&
           now - g->row->since > DAYS * G_TIME_SPAN_DAY;
}

/* What nobody here can read the state of is told apart: it is neither given nor surely not. */
static void compute_given(CheckFacts *f, Instant now)
{
    const OrderData *data = order_data(NULL);
    const DrugList *drugs = data ? data->drugs : NULL;
    g_ptr_array_set_size(f->given, 0);
    g_ptr_array_set_size(f->doubtful, 0);
    for (guint i = 0; i < f->items[FACT_MEDICATIONS]->len; i++) {
        const FhirResource *r = f->items[FACT_MEDICATIONS]->pdata[i];
        g_autoptr(MedicationRow) row = medication_row(r, drugs, now);
        if (row && row->state == MED_UNKNOWN)
            g_ptr_array_add(f->doubtful, g_strdup(row->name));
        if (!row || (row->state != MED_ACTIVE && row->state != MED_FUTURE && row->state != MED_ON_HOLD))
            continue;
        GivenMedicine *g = g_new0(GivenMedicine, 1);
        g->substances = substances_of_code(drugs, row->atc);
        g->codes = data ? check_rules_codes(data->rules, row->atc) : NULL;
        g->route = route_of(r);
        g->order = order_of(r, drugs);
        g->row = g_steal_pointer(&row);
        if (was_once(g, now))
            given_free(g);
        else
            g_ptr_array_add(f->given, g);
    }
}

CheckFacts *check_facts_new(void)
{
    CheckFacts *f = g_new0(CheckFacts, 1);
    f->given = g_ptr_array_new_with_free_func(given_free);
    f->doubtful = g_ptr_array_new_with_free_func(g_free);
    f->diagnoses = g_ptr_array_new_with_free_func(diagnosis_free);
    f->values = g_array_new(FALSE, TRUE, sizeof(FactValue));
    for (int i = 0; i < FACTS; i++)
        f->items[i] = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref);
    f->age = f->months = f->egfr = f->week = -1;
    return f;
}

void check_facts_free(CheckFacts *f)
{
    if (!f)
        return;
    for (int i = 0; i < FACTS; i++)
        g_ptr_array_unref(f->items[i]);
    g_ptr_array_unref(f->given);
    g_ptr_array_unref(f->doubtful);
    g_ptr_array_unref(f->diagnoses);
    g_array_unref(f->values);
    g_free(f->encounter);
    g_free(f);
}

static void compute_age(CheckFacts *f, const FhirResource *patient, Instant now)
{
    CivilDate birth = chart_patient_birth(patient), today = civil_date_at(now);
    int days;
    FhirNode p = fhir_root(patient);
    f->sex = fhir_is(p, "gender", "female") ? 'K' : fhir_is(p, "gender", "male") ? 'M' : 0;
    f->age = f->months = -1;
    if (birth.year && civil_date_compare(birth, today) <= 0)
        civil_age(birth, today, &f->age, &f->months, &days);
}

/* "<0,1" and ">8" are no numbers, and say enough for some rules. A newer value that nobody can read hides the
 * older ones: they are not what the patient has now. */
static FactValue value_of(const Measurement *m)
{
    FactValue v = {.number = m->number, .at = m->at};
    if (m->interpretation[0] == '?')
        return (FactValue){.at = m->at, .unread = TRUE};
    if (!v.number.valid && m->value && strchr("<>", *m->value) && *m->value) {
        g_autofree char *number = g_strdup(m->value + strspn(m->value, "<>= "));
        if (decimal_parse(g_strdelimit(number, ",", '.'), &v.number))
            v.bound = *m->value;
        else
            v.number = (Decimal){0};
    }
    v.unread = !v.number.valid;
    return v;
}

/* The newest measurement; NULL when it has no number. What was entered in error gives none. */
static const FhirResource *newest(const GPtrArray *items, Decimal *ret, Instant *ret_at)
{
    const FhirResource *best = NULL;
    *ret_at = INSTANT_NONE;
    for (guint i = 0; i < items->len; i++) {
        g_autoptr(GPtrArray) values = vitals_of(items->pdata[i]);
        for (guint k = 0; k < values->len; k++) {
            const Measurement *m = values->pdata[k];
            if (m->component || m->at == INSTANT_NONE || (best && m->at <= *ret_at))
                continue;
            FactValue v = value_of(m);
            best = items->pdata[i];
            *ret = v.bound ? (Decimal){0} : v.number;
            *ret_at = m->at;
        }
    }
    return best && ret->valid ? best : NULL;
}

static void compute_kidney(CheckFacts *f)
{
    Decimal crea = {0};
    char sex = f->sex == 'K' ? 'F' : f->sex ? f->sex : '?';
    f->egfr = newest(f->items[FACT_CREATININE], &crea, &f->egfr_at)
                  ? egfr(EGFR_LUND_MALMO_REVISED, crea, sex, f->age)
                  : -1;
    const OrderData *data = order_data(NULL);
    int sent = data ? check_rules_value(data->rules, "eGFR") : -1;
    const FactValue *v = sent >= 0 && (guint)sent < f->values->len ? &g_array_index(f->values, FactValue, sent) : NULL;
    f->egfr_bound = 0;
    if (!v || (!v->number.valid && !v->unread) || (f->egfr >= 0 && v->at <= f->egfr_at))
        return;
    if (v->unread) {
        f->egfr = -1;
        return;
    }
    g_autofree char *whole = decimal_to_json(decimal_round(v->number, 0)); /* the laboratory's own, and newer */
    f->egfr = (int)g_ascii_strtoll(whole, NULL, 10);
    f->egfr_at = v->at;
    f->egfr_bound = v->bound;
}

static void compute_weight(CheckFacts *f)
{
    Decimal kg = {0};
    const FhirResource *r = newest(f->items[FACT_WEIGHT], &kg, &f->weight_at);
    g_autofree char *unit = r ? fhir_string(fhir_root(r), "valueQuantity.code") : NULL;
    f->weight_kg = r && g_strcmp0(unit, "kg") == 0 ? kg : (Decimal){0};
}

static gboolean coded(const FhirResource *r, const Measurement *m, const CheckValue *v)
{
    if (m->code && g_strv_contains((const char *const *)v->codes, m->code))
        return TRUE;
    FhirNode codings = fhir_at(fhir_root(r), "code.coding");
    for (FhirNode c = fhir_first(codings); !m->component && fhir_exists(c); c = fhir_next(c)) {
        g_autofree char *code = fhir_string(c, "code");
        if (code && g_strv_contains((const char *const *)v->codes, code))
            return TRUE;
    }
    return FALSE;
}

/* In another unit than the rules' it is no value; "-" in the rules: it has none. */
static gboolean in_its_unit(const Measurement *m, const CheckValue *v)
{
    const char *unit = m->unit && *m->unit ? m->unit : "-";
    return g_strv_contains((const char *const *)v->units, unit);
}

static void take_value(CheckFacts *f, const FhirResource *r, const Measurement *m, const GPtrArray *values)
{
    for (guint k = 0; k < values->len; k++) {
        FactValue *held = &g_array_index(f->values, FactValue, k);
        const CheckValue *v = values->pdata[k];
        gboolean none = !held->number.valid && !held->unread;
        if ((!none && m->at < held->at) || !coded(r, m, v))
            continue;
        FactValue is = value_of(m);
        if (!is.unread && !in_its_unit(m, v))
            is = (FactValue){.at = m->at, .unread = TRUE};
        if (none || m->at > held->at || held->unread) /* of the same moment the one that can be read */
            *held = is;
    }
}

static void compute_values(CheckFacts *f, Instant now)
{
    const OrderData *data = order_data(NULL);
    g_array_set_size(f->values, 0);
    if (!data)
        return;
    g_array_set_size(f->values, data->rules->values->len);
    for (int part = FACT_VALUES; part <= FACT_GLUCOSE; part++)
        for (guint i = 0; i < f->items[part]->len; i++) {
            const FhirResource *r = f->items[part]->pdata[i];
            g_autoptr(GPtrArray) measured = vitals_of(r);
            for (guint k = 0; k < measured->len; k++) {
                const Measurement *m = measured->pdata[k];
                if (m->at != INSTANT_NONE && m->at <= now)
                    take_value(f, r, m, data->rules->values);
            }
        }
}

static char **diagnosis_codes(FhirNode condition)
{
    GPtrArray *codes = g_ptr_array_new();
    FhirNode codings = fhir_at(condition, "code.coding");
    for (FhirNode c = fhir_first(codings); fhir_exists(c); c = fhir_next(c)) {
        g_autofree char *code = fhir_string(c, "code");
        if (!code || !g_ascii_isalpha(code[0]) || !g_ascii_isdigit(code[1]))
            continue; /* not of ICD-10 */
        g_auto(GStrv) parts = g_strsplit(code, ".", -1);
        g_ptr_array_add(codes, g_strjoinv("", parts));
    }
    g_ptr_array_add(codes, NULL);
    return (char **)g_ptr_array_free(codes, FALSE);
}

static gboolean is_active(FhirNode n)
{
    static const char *const active[] = {"active", "recurrence", "relapse", NULL};
    g_autofree char *clinical = fhir_concept_code(n, "clinicalStatus", NULL);
    g_autofree char *verification = fhir_concept_code(n, "verificationStatus", NULL);
    return (!clinical || g_strv_contains(active, clinical)) && g_strcmp0(verification, "refuted") != 0 &&
           g_strcmp0(verification, "entered-in-error") != 0;
}

static void compute_diagnoses(CheckFacts *f)
{
    g_ptr_array_set_size(f->diagnoses, 0);
    for (guint i = 0; i < f->items[FACT_CONDITIONS]->len; i++) {
        const FhirResource *r = f->items[FACT_CONDITIONS]->pdata[i];
        FhirNode n = fhir_root(r);
        if (!is_active(n) || fhir_has_modifier(r))
            continue;
        FactDiagnosis *d = g_new0(FactDiagnosis, 1);
        d->codes = diagnosis_codes(n);
        d->text = fhir_concept_text(n, "code");
        g_ptr_array_add(f->diagnoses, d);
    }
}

/* What a code of ICD-10 says of a pregnancy. O00–O08 end one, O60–O75 are of the hours of birth, O80–O92, Z37
 * and Z39 come after it; O10–O48 and O98–O99 are of the months before. */
typedef enum { PREGNANCY_NOTHING, PREGNANCY_NOW, PREGNANCY_BIRTH, PREGNANCY_OVER } PregnancyCode;

static PregnancyCode pregnancy_of(const char *code)
{
    static const struct {
        const char *from, *to; /* first three characters */
        PregnancyCode is;
    } table[] = {
        {"O00", "O08", PREGNANCY_OVER},  {"O10", "O48", PREGNANCY_NOW}, {"O60", "O75", PREGNANCY_BIRTH},
        {"O80", "O92", PREGNANCY_OVER},  {"O98", "O99", PREGNANCY_NOW}, {"Z33", "Z36", PREGNANCY_NOW},
        {"Z37", "Z37", PREGNANCY_OVER},  {"Z39", "Z39", PREGNANCY_OVER},
    };
    for (gsize i = 0; i < G_N_ELEMENTS(table); i++)
        if (strncmp(code, table[i].from, 3) >= 0 && strncmp(code, table[i].to, 3) <= 0)
            return table[i].is;
    return PREGNANCY_NOTHING;
}

/* INSTANT_NONE: nobody has said when. */
static Instant diagnosed_at(FhirNode n)
{
    FhirTime t;
    return fhir_time(n, "onsetDateTime", &t) || fhir_time(n, "recordedDate", &t) ? t.instant : INSTANT_NONE;
}

/* A diagnosis of pregnancy that nobody has ended lasts no longer than one, and not past what ended it. */
static gboolean pregnant_by_diagnosis(const CheckFacts *f, Instant now)
{
    enum { WEEKS = 42, BIRTH_DAYS = 3 };
    Instant began = INSTANT_NONE, over = INSTANT_NONE;
    gboolean undated = FALSE;
    for (guint i = 0; i < f->items[FACT_CONDITIONS]->len; i++) {
        FhirNode n = fhir_root(f->items[FACT_CONDITIONS]->pdata[i]);
        g_auto(GStrv) codes = is_active(n) ? diagnosis_codes(n) : NULL;
        Instant at = diagnosed_at(n);
        for (char **c = codes; c && *c; c++) {
            PregnancyCode is = pregnancy_of(*c);
            gint64 most = (is == PREGNANCY_BIRTH ? BIRTH_DAYS : WEEKS * 7) * G_TIME_SPAN_DAY;
            if (is == PREGNANCY_OVER)
                over = MAX(over, at);
            else if (is != PREGNANCY_NOTHING && at == INSTANT_NONE)
                undated = TRUE;
            else if (is != PREGNANCY_NOTHING && now - at <= most)
                began = MAX(began, at);
        }
    }
    return undated || (began != INSTANT_NONE && (over == INSTANT_NONE || over < began));
}

static void compute_pregnancy(CheckFacts *f, const FhirResource *patient, Instant now)
{
    const OrderData *data = order_data(NULL);
    int at = data ? check_rules_value(data->rules, "vecka") : -1;
    const FactValue *v = at >= 0 && (guint)at < f->values->len ? &g_array_index(f->values, FactValue, at) : NULL;
    gint64 weeks = v && v->number.valid ? (now - v->at) / (7 * G_TIME_SPAN_DAY) + (gint64)decimal_round(v->number, 0).coefficient : -1;
    f->week = weeks >= 0 && weeks <= 43 ? (int)weeks : -1;
    f->pregnant = !fhir_is(fhir_root(patient), "gender", "male") &&
                  (f->week >= 0 || news2_pregnant(f->items[FACT_VALUES], now) || pregnant_by_diagnosis(f, now));
}

static void compute_encounter(CheckFacts *f)
{
    static const char *const in_bed[] = {"IMP", "ACUTE", "NONAC", "EMER", "SS", "OBSENC", NULL};
    const GPtrArray *items = f->items[FACT_ENCOUNTER];
    g_clear_pointer(&f->encounter, g_free);
    f->inpatient = FALSE;
    if (!items->len)
        return;
    f->encounter = g_strdup(fhir_id(items->pdata[0]));
    g_autofree char *class = fhir_string(fhir_root(items->pdata[0]), "class.code");
    f->inpatient = class && g_strv_contains(in_bed, class);
}

void check_facts_compute(CheckFacts *f, const FhirResource *patient, Instant now)
{
    compute_given(f, now);
    compute_values(f, now);
    compute_diagnoses(f);
    if (!patient)
        return;
    compute_age(f, patient, now);
    compute_kidney(f);
    compute_weight(f);
    compute_pregnancy(f, patient, now);
    compute_encounter(f);
}
