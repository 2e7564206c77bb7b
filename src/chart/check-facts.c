/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/check-facts.h"

#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "chart/fresh.h"
#include "chart/order-data.h"
#include "chart/patient.h"
#include "chart/vitals.h"
#include "client/query.h"

#define CREATININE "NPU18016,14682-9" /* in µmol/l */

static const struct {
    const char *type, *params[3][2];
    ClientFlags flags;
} part_table[FACTS] = {
    [FACT_MEDICATIONS] = {"MedicationRequest", {{"status", "active,on-hold,unknown"}}, CLIENT_DEFAULT},
    [FACT_ALLERGIES] = {"AllergyIntolerance", {{NULL}}, CLIENT_DEFAULT},
    [FACT_CREATININE] = {"Observation", {{"code", CREATININE}, {"_sort", "-date"}, {"_count", "5"}}, CLIENT_ONE_PAGE},
    [FACT_WEIGHT] = {"Observation", {{"code", "29463-7"}, {"_sort", "-date"}, {"_count", "5"}}, CLIENT_ONE_PAGE},
    [FACT_ENCOUNTER] = {"Encounter", {{"status", "in-progress,arrived,triaged,onleave"}}, CLIENT_DEFAULT},
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
    g_free(g);
}

static char **substances_of_code(const DrugList *drugs, const char *atc)
{
    for (guint i = 0; atc && drugs && i < drug_list_count(drugs); i++) {
        const DrugProduct *p = drug_list_at(drugs, i);
        if (strcmp(p->atc, atc) == 0)
            return check_substances(p->substance);
    }
    return NULL;
}

/* Not known counts as given: nothing says that it is not. */
static void compute_given(CheckFacts *f, Instant now)
{
    const OrderData *data = order_data(NULL);
    const DrugList *drugs = data ? data->drugs : NULL;
    g_ptr_array_set_size(f->given, 0);
    for (guint i = 0; i < f->items[FACT_MEDICATIONS]->len; i++) {
        g_autoptr(MedicationRow) row = medication_row(f->items[FACT_MEDICATIONS]->pdata[i], drugs, now);
        if (!row || (row->state != MED_ACTIVE && row->state != MED_FUTURE && row->state != MED_ON_HOLD &&
                     row->state != MED_UNKNOWN))
            continue;
        GivenMedicine *g = g_new0(GivenMedicine, 1);
        g->substances = substances_of_code(drugs, row->atc);
        g->row = g_steal_pointer(&row);
        g_ptr_array_add(f->given, g);
    }
}

CheckFacts *check_facts_new(void)
{
    CheckFacts *f = g_new0(CheckFacts, 1);
    f->given = g_ptr_array_new_with_free_func(given_free);
    for (int i = 0; i < FACTS; i++)
        f->items[i] = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref);
    f->age = f->egfr = -1;
    return f;
}

void check_facts_free(CheckFacts *f)
{
    if (!f)
        return;
    for (int i = 0; i < FACTS; i++)
        g_ptr_array_unref(f->items[i]);
    g_ptr_array_unref(f->given);
    g_free(f->encounter);
    g_free(f);
}

static void compute_age(CheckFacts *f, const FhirResource *patient, Instant now)
{
    CivilDate birth = chart_patient_birth(patient), today = civil_date_at(now);
    int months, days;
    f->age = -1;
    if (birth.year && civil_date_compare(birth, today) <= 0)
        civil_age(birth, today, &f->age, &months, &days);
}

/* The newest measurement with a number; what was entered in error gives none. */
static const FhirResource *newest(const GPtrArray *items, Decimal *ret, Instant *ret_at)
{
    const FhirResource *best = NULL;
    *ret_at = INSTANT_NONE;
    for (guint i = 0; i < items->len; i++) {
        g_autoptr(GPtrArray) values = vitals_of(items->pdata[i]);
        for (guint k = 0; k < values->len; k++) {
            const Measurement *m = values->pdata[k];
            if (!m->number.valid || m->component || m->at == INSTANT_NONE || (best && m->at <= *ret_at))
                continue;
            best = items->pdata[i];
            *ret = m->number;
            *ret_at = m->at;
        }
    }
    return best;
}

static void compute_kidney(CheckFacts *f, const FhirResource *patient)
{
    Decimal crea = {0};
    FhirNode p = fhir_root(patient);
    char sex = fhir_is(p, "gender", "female") ? 'F' : fhir_is(p, "gender", "male") ? 'M' : '?';
    f->egfr = newest(f->items[FACT_CREATININE], &crea, &f->egfr_at)
                  ? egfr(EGFR_LUND_MALMO_REVISED, crea, sex, f->age)
                  : -1;
}

static void compute_weight(CheckFacts *f)
{
    Instant at;
    Decimal kg = {0};
    const FhirResource *r = newest(f->items[FACT_WEIGHT], &kg, &at);
    g_autofree char *unit = r ? fhir_string(fhir_root(r), "valueQuantity.code") : NULL;
    f->weight_kg = r && g_strcmp0(unit, "kg") == 0 ? kg : (Decimal){0};
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
    if (!patient)
        return;
    compute_age(f, patient, now);
    compute_kidney(f, patient);
    compute_weight(f);
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
        g_autoptr(FhirQuery) q = client_patient_query(patient, part_table[i].type);
        for (int k = 0; k < 3 && part_table[i].params[k][0]; k++)
            fhir_query_add_raw(q, part_table[i].params[k][0], part_table[i].params[k][1]);
        ClientSearch *search = client_search(client, scope, patient, q, part_table[i].flags, on_part, &s->parts[i]);
        fresh_watch(scope, search, part_table[i].type, patient_ctx_id(patient));
    }
    return s;
}

const CheckFacts *check_facts(const CheckFactsSource *source)
{
    return source->facts;
}
