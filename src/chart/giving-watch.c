/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/giving-watch.h"

#include <string.h>

#include "base/clock.h"
#include "chart/fresh.h"
#include "client/query.h"

static const struct {
    const char *type, *params;
} parts[GIVING_PARTS] = {
    [GIVING_ORDERS] = {"MedicationRequest", "status=active,on-hold,unknown"},
    [GIVING_GIVEN] = {"MedicationAdministration", NULL},
    [GIVING_ALLERGIES] = {"AllergyIntolerance", NULL},
    [GIVING_VISITS] = {"Encounter", "status=in-progress,arrived,triaged,onleave"},
    [GIVING_WEIGHT] = {"Observation", "code=29463-7&_sort=-date&_count=5"},
};

typedef struct {
    GivingSource *source;
    GivingPartOf part;
    gboolean done, cached;
    Instant as_of;
    ClientSearch *search;
} Part;

struct GivingSource {
    GivingFacts facts;
    Part parts[GIVING_PARTS];
    GivingFactsFn fn;
    gpointer data;
    gboolean once, told;
};

Instant giving_since(Instant now)
{
    return instant_day_start(civil_date_add_days(civil_date_at(now), -(GIVING_HOURS_BACK / 24)));
}

static void sum_up(GivingSource *s)
{
    s->facts.settled = TRUE;
    s->facts.cached = FALSE;
    s->facts.as_of = G_MAXINT64;
    for (int i = 0; i < GIVING_PARTS; i++) {
        s->facts.settled &= s->parts[i].done;
        s->facts.cached |= s->parts[i].cached;
        if (s->parts[i].cached)
            s->facts.as_of = MIN(s->facts.as_of, s->parts[i].as_of);
    }
}

static void on_answer(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    Part *p = data;
    GivingSource *s = p->source;
    if (result) {
        g_ptr_array_set_size(s->facts.items[p->part], 0);
        for (guint i = 0; i < result->items->len; i++)
            g_ptr_array_add(s->facts.items[p->part], fhir_resource_ref(result->items->pdata[i]));
        p->cached = result->cached;
        p->as_of = result->as_of;
    }
    if (done) {
        /* of the weight one page is enough */
        gboolean whole = result && !error && (result->known == KNOWN_WHOLE || (p->part == GIVING_WEIGHT && result->known != KNOWN_PARTLY));
        s->facts.known[p->part] = whole;
        p->done = TRUE;
    }
    sum_up(s);
    if (s->once && (!s->facts.settled || s->told))
        return;
    s->told = TRUE;
    s->fn(&s->facts, s->data);
}

static void source_free(gpointer p)
{
    GivingSource *s = p;
    for (int i = 0; i < GIVING_PARTS; i++)
        g_ptr_array_unref(s->facts.items[i]);
    g_free(s);
}

static GivingSource *source_new(Scope *scope, GivingFactsFn fn, gpointer data)
{
    GivingSource *s = g_new0(GivingSource, 1);
    s->fn = fn;
    s->data = data;
    for (int i = 0; i < GIVING_PARTS; i++) {
        s->facts.items[i] = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref);
        s->parts[i] = (Part){.source = s, .part = (GivingPartOf)i};
    }
    scope_add(scope, source_free, s);
    return s;
}

static FhirQuery *question(PatientCtx *patient, GivingPartOf part, const char *ids)
{
    FhirQuery *q = client_patient_query(patient, parts[part].type);
    if (part == GIVING_ORDERS && ids)
        fhir_query_add_raw(q, "_id", ids);
    else if (parts[part].params)
        fhir_query_add_text(q, parts[part].params);
    if (part == GIVING_GIVEN)
        fhir_query_add_instant(q, "effective-time", "ge", giving_since(clock_clinical_us()));
    return q;
}

GivingSource *giving_watch(Client *client, Scope *scope, PatientCtx *patient, GivingFactsFn fn, gpointer data)
{
    GivingSource *s = source_new(scope, fn, data);
    for (int i = 0; i < GIVING_PARTS; i++) {
        g_autoptr(FhirQuery) q = question(patient, (GivingPartOf)i, NULL);
        ClientFlags flags = i == GIVING_WEIGHT ? CLIENT_ONE_PAGE : CLIENT_DEFAULT;
        s->parts[i].search = client_search(client, scope, patient, q, flags, on_answer, &s->parts[i]);
        fresh_watch(scope, s->parts[i].search, parts[i].type, patient_ctx_id(patient));
    }
    return s;
}

void giving_refresh(GivingSource *s)
{
    for (int i = 0; i < GIVING_PARTS; i++)
        if (s->parts[i].search)
            client_refresh(s->parts[i].search);
}

const GivingFacts *giving_facts(const GivingSource *s)
{
    return &s->facts;
}

void giving_reread(Client *client, Scope *scope, PatientCtx *patient, const char *const *orders, GivingFactsFn fn, gpointer data)
{
    GivingSource *s = source_new(scope, fn, data);
    g_autofree char *ids = g_strjoinv(",", (char **)orders);
    s->once = TRUE;
    for (int i = 0; i < GIVING_PARTS; i++) {
        g_autoptr(FhirQuery) q = question(patient, (GivingPartOf)i, ids);
        ClientFlags flags = CLIENT_FRESH | CLIENT_NO_STORE | (i == GIVING_WEIGHT ? CLIENT_ONE_PAGE : 0);
        client_search(client, scope, patient, q, flags, on_answer, &s->parts[i]);
    }
}

const FhirResource *giving_held(const GivingFacts *f, const char *order)
{
    for (guint i = 0; i < f->items[GIVING_ORDERS]->len; i++)
        if (g_strcmp0(fhir_id(f->items[GIVING_ORDERS]->pdata[i]), order) == 0)
            return f->items[GIVING_ORDERS]->pdata[i];
    return NULL;
}

Decimal giving_weight(const GivingFacts *f)
{
    for (guint i = 0; i < f->items[GIVING_WEIGHT]->len; i++) {
        FhirNode root = fhir_root(f->items[GIVING_WEIGHT]->pdata[i]);
        Decimal kg;
        gboolean counts = !fhir_is(root, "status", "entered-in-error") && !fhir_is(root, "status", "cancelled");
        if (counts && fhir_is(root, "valueQuantity.unit", "kg") && fhir_decimal(root, "valueQuantity.value", &kg))
            return kg;
    }
    return (Decimal){0};
}
