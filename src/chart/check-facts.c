/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/check-facts.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "chart/fresh.h"
#include "chart/order-data.h"
#include "chart/patient.h"
#include "chart/units.h"
#include "chart/vitals.h"
#include "client/query.h"

#define CREATININE "NPU18016,14682-9" /* in µmol/l */
#define SNOMED     "http://snomed.info/sct"
#define PREGNANCY  "82810-3"
#define PRESSURES  "85354-9,55284-4"
#define RULES      "*" /* all values that the rules ask for, without those that have a search of their own */

static const struct {
    const char *type, *params[3][2];
    ClientFlags flags;
    const char *value; /* id of the value whose codes are asked for; RULES */
    int days;          /* not older than so; 0 */
} part_table[FACTS] = {
    [FACT_MEDICATIONS] = {"MedicationRequest", {{"status", "active,on-hold,unknown"}}, CLIENT_DEFAULT},
    [FACT_ALLERGIES] = {"AllergyIntolerance", {{NULL}}, CLIENT_DEFAULT},
    [FACT_CREATININE] = {"Observation", {{"code", CREATININE}, {"_sort", "-date"}, {"_count", "5"}}, CLIENT_ONE_PAGE},
    [FACT_WEIGHT] = {"Observation", {{"code", "29463-7"}, {"_sort", "-date"}, {"_count", "5"}}, CLIENT_ONE_PAGE},
    [FACT_ENCOUNTER] = {"Encounter", {{"status", "in-progress,arrived,triaged,onleave"}}, CLIENT_DEFAULT},
    [FACT_VALUES] = {"Observation", {{"_sort", "-date"}, {"_count", "100"}}, CLIENT_DEFAULT, RULES, 400},
    [FACT_PULSE] = {"Observation", {{"_sort", "-date"}, {"_count", "5"}}, CLIENT_ONE_PAGE, "puls", 0},
    [FACT_PRESSURE] = {"Observation", {{"_sort", "-date"}, {"_count", "5"}}, CLIENT_ONE_PAGE, "BT", 0},
    [FACT_GLUCOSE] = {"Observation", {{"_sort", "-date"}, {"_count", "5"}}, CLIENT_ONE_PAGE, "glukos", 0},
    [FACT_CONDITIONS] = {"Condition", {{NULL}}, CLIENT_DEFAULT},
};

typedef struct {
    CheckFactsSource *source;
    Fact fact;
    gboolean done;
} Part;

struct CheckFactsSource {
    CheckFacts *facts;
    PatientCtx *patient;
    Part parts[FACTS];
    CheckFactsFn fn;
    gpointer data;
};

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

/* What nobody here can read the state of is told apart: it is neither given nor surely not. */
static void compute_given(CheckFacts *f, Instant now)
{
    const OrderData *data = order_data(NULL);
    const DrugList *drugs = data ? data->drugs : NULL;
    g_ptr_array_set_size(f->given, 0);
    g_ptr_array_set_size(f->doubtful, 0);
    for (guint i = 0; i < f->items[FACT_MEDICATIONS]->len; i++) {
        g_autoptr(MedicationRow) row = medication_row(f->items[FACT_MEDICATIONS]->pdata[i], drugs, now);
        if (row && row->state == MED_UNKNOWN)
            g_ptr_array_add(f->doubtful, g_strdup(row->name));
        if (!row || (row->state != MED_ACTIVE && row->state != MED_FUTURE && row->state != MED_ON_HOLD))
            continue;
        GivenMedicine *g = g_new0(GivenMedicine, 1);
        g->substances = substances_of_code(drugs, row->atc);
        g->codes = data ? check_rules_codes(data->rules, row->atc) : NULL;
        g->route = route_of(f->items[FACT_MEDICATIONS]->pdata[i]);
        g->row = g_steal_pointer(&row);
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

static void compute_kidney(CheckFacts *f, const FhirResource *patient)
{
    Decimal crea = {0};
    FhirNode p = fhir_root(patient);
    char sex = fhir_is(p, "gender", "female") ? 'F' : fhir_is(p, "gender", "male") ? 'M' : '?';
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

Fact check_facts_part_of(const char *value)
{
    for (int part = 0; part < FACTS; part++)
        if (g_strcmp0(part_table[part].value, value) == 0)
            return (Fact)part;
    return FACT_VALUES;
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

/* A diagnosis of pregnancy that nobody has ended does not last longer than one. */
static gboolean pregnant_by_diagnosis(const CheckFacts *f, Instant now)
{
    enum { WEEKS = 42 };
    for (guint i = 0; i < f->items[FACT_CONDITIONS]->len; i++) {
        FhirTime since;
        FhirNode n = fhir_root(f->items[FACT_CONDITIONS]->pdata[i]);
        if (!is_active(n))
            continue;
        gboolean old = (fhir_time(n, "onsetDateTime", &since) || fhir_time(n, "recordedDate", &since)) &&
                       now - since.instant > WEEKS * 7 * G_TIME_SPAN_DAY;
        g_auto(GStrv) codes = diagnosis_codes(n);
        for (char **c = codes; !old && *c; c++)
            if (g_str_has_prefix(*c, "Z33") || g_str_has_prefix(*c, "Z34") || g_str_has_prefix(*c, "Z35") ||
                (**c == 'O' && (*c)[1] < '8'))
                return TRUE;
    }
    return FALSE;
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
    compute_kidney(f, patient);
    compute_weight(f);
    compute_pregnancy(f, patient, now);
    compute_encounter(f);
}

static void on_part(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    Part *p = data;
    CheckFactsSource *s = p->source;
    CheckFacts *f = s->facts;
    gboolean page = (part_table[p->fact].flags & CLIENT_ONE_PAGE) != 0; /* the newest are enough */
    if (result) {
        g_ptr_array_set_size(f->items[p->fact], 0);
        for (guint i = 0; i < result->items->len; i++)
            g_ptr_array_add(f->items[p->fact], fhir_resource_ref(result->items->pdata[i]));
        f->known[p->fact] = result->known == KNOWN_WHOLE || (page && result->known == KNOWN_MORE);
    } else {
        f->known[p->fact] = FALSE;
    }
    (void)error;
    p->done = p->done || done;
    f->settled = TRUE;
    for (int i = 0; i < FACTS; i++)
        f->settled = f->settled && s->parts[i].done;
    check_facts_compute(f, patient_ctx_patient(s->patient), clock_clinical_us());
    s->fn(f, s->data);
}

static void source_free(gpointer data)
{
    CheckFactsSource *s = data;
    check_facts_free(s->facts);
    patient_ctx_unref(s->patient);
    g_free(s);
}

/* A blood pressure is asked for by its panel too: its parts are seldom found by their own codes. */
static char *codes_of_part(int part)
{
    const OrderData *data = order_data(NULL);
    gboolean rest = strcmp(part_table[part].value, RULES) == 0;
    GString *all = g_string_new(rest ? PREGNANCY : NULL);
    for (guint i = 0; data && i < data->rules->values->len; i++) {
        const CheckValue *v = data->rules->values->pdata[i];
        if ((int)check_facts_part_of(v->id) != part)
            continue;
        g_autofree char *codes = g_strjoinv(",", v->codes);
        g_string_append_printf(all, "%s%s", all->len ? "," : "", codes);
    }
    if (part == FACT_PRESSURE)
        g_string_append(all, "," PRESSURES);
    return g_string_free(all, FALSE);
}

static FhirQuery *query_of(PatientCtx *patient, int part)
{
    FhirQuery *q = client_patient_query(patient, part_table[part].type);
    if (part_table[part].value) {
        g_autofree char *codes = codes_of_part(part);
        fhir_query_add_raw(q, "code", codes);
    }
    for (int k = 0; k < 3 && part_table[part].params[k][0]; k++)
        fhir_query_add_raw(q, part_table[part].params[k][0], part_table[part].params[k][1]);
    if (part_table[part].days)
        fhir_query_add_instant(q, "date", "ge", instant_day_start(civil_date_add_days(civil_date_at(clock_clinical_us()), -part_table[part].days)));
    return q;
}

CheckFactsSource *check_facts_watch(Client *client, Scope *scope, PatientCtx *patient, CheckFactsFn fn, gpointer data)
{
    CheckFactsSource *s = g_new0(CheckFactsSource, 1);
    s->facts = check_facts_new();
    s->patient = patient_ctx_ref(patient);
    s->fn = fn;
    s->data = data;
    scope_add(scope, source_free, s);
    check_facts_compute(s->facts, patient_ctx_patient(patient), clock_clinical_us());
    for (int i = 0; i < FACTS; i++) {
        s->parts[i] = (Part){.source = s, .fact = (Fact)i};
        g_autoptr(FhirQuery) q = query_of(patient, i);
        ClientSearch *search = client_search(client, scope, patient, q, part_table[i].flags, on_part, &s->parts[i]);
        fresh_watch(scope, search, part_table[i].type, patient_ctx_id(patient));
    }
    return s;
}

const CheckFacts *check_facts(const CheckFactsSource *source)
{
    return source->facts;
}
