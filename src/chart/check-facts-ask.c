/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the core is asked for when an order is checked: one search for each kind of fact. What the answers mean is
 * check-facts.c's. */
#include "chart/check-facts.h"

#include <string.h>

#include "base/clock.h"
#include "chart/fresh.h"
#include "chart/order-data.h"
#include "client/query.h"

#define CREATININE "NPU18016,14682-9" /* in µmol/l */
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
    GPtrArray *heard; /* an answer that has not been reckoned with yet; NULL */
    gboolean known;   /* of it */
} Part;

struct CheckFactsSource {
    CheckFacts *facts;
    PatientCtx *patient;
    Part parts[FACTS];
    CheckFactsFn fn;
    gpointer data;
    guint idle;       /* answers wait to be reckoned with, or what they came to to be told */
    gboolean reckoned;
};

Fact check_facts_part_of(const char *value)
{
    for (int part = 0; part < FACTS; part++)
        if (g_strcmp0(part_table[part].value, value) == 0)
            return (Fact)part;
    return FACT_VALUES;
}

static void reckon(CheckFactsSource *s)
{
    CheckFacts *f = s->facts;
    f->settled = TRUE;
    for (int i = 0; i < FACTS; i++) {
        Part *p = &s->parts[i];
        f->settled = f->settled && p->done;
        if (!p->heard)
            continue;
        g_ptr_array_unref(f->items[i]);
        f->items[i] = g_steal_pointer(&p->heard);
        f->known[i] = p->known;
    }
    check_facts_compute(f, patient_ctx_patient(s->patient), clock_clinical_us());
}

/* Each in a turn of the main loop of its own, and once for all that came together: with a hundred values either takes
 * as long as a turn may. */
static gboolean on_idle(gpointer data)
{
    CheckFactsSource *s = data;
    if (!s->reckoned) {
        reckon(s);
        s->reckoned = TRUE;
        return G_SOURCE_CONTINUE;
    }
    s->idle = 0;
    s->fn(s->facts, s->data);
    return G_SOURCE_REMOVE;
}

/* Until they are reckoned with, the facts stand whole as they were: what is known and what was made of it agree. */
static void on_part(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    Part *p = data;
    CheckFactsSource *s = p->source;
    gboolean page = (part_table[p->fact].flags & CLIENT_ONE_PAGE) != 0; /* the newest are enough */
    (void)error;
    if (result) {
        g_clear_pointer(&p->heard, g_ptr_array_unref);
        p->heard = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref);
        for (guint i = 0; i < result->items->len; i++)
            g_ptr_array_add(p->heard, fhir_resource_ref(result->items->pdata[i]));
        p->known = result->known == KNOWN_WHOLE || (page && result->known == KNOWN_MORE);
    } else if (!p->heard) {
        p->heard = g_ptr_array_ref(s->facts->items[p->fact]);
        p->known = FALSE;
    } else {
        p->known = FALSE;
    }
    p->done = p->done || done;
    s->reckoned = FALSE;
    if (!s->idle)
        s->idle = g_idle_add_full(G_PRIORITY_DEFAULT, on_idle, s, NULL);
}

static void source_free(gpointer data)
{
    CheckFactsSource *s = data;
    for (int i = 0; i < FACTS; i++)
        g_clear_pointer(&s->parts[i].heard, g_ptr_array_unref);
    if (s->idle)
        g_source_remove(s->idle);
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
