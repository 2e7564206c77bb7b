/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/giving-ward.h"

#include <string.h>

#include "base/clock.h"
#include "chart/fresh.h"
#include "chart/giving-watch.h"
#include "chart/order-data.h"
#include "client/query.h"

typedef enum { ASK_ORDERS, ASK_GIVEN, ASKS } Ask;

typedef struct {
    GivingWardSource *source;
    Ask ask;
    GPtrArray *items;
    ClientSearch *search;
    gboolean answered, whole;
} Answer;

struct GivingWardSource {
    Client *client;
    GivingWardFn fn;
    gpointer data;
    Scope *details; /* closed and opened anew when the people change */
    char *people;
    WorklistSource *list;
    Answer answers[ASKS];
    GivingWard ward;
};

static void row_free(gpointer p)
{
    GivingWardRow *r = p;
    char *const owned[] = {r->key, r->patient, r->bed, r->name, r->number};
    for (gsize i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(owned[i]);
    g_free(r);
}

static GPtrArray *about(const Answer *a, const char *patient)
{
    GPtrArray *mine = g_ptr_array_new();
    for (guint i = 0; i < a->items->len; i++) {
        g_autofree char *type = NULL, *id = NULL;
        if (fhir_reference(fhir_root(a->items->pdata[i]), "subject", &type, &id) && g_strcmp0(id, patient) == 0)
            g_ptr_array_add(mine, a->items->pdata[i]);
    }
    return mine;
}

static void reckon(GivingWardSource *s, GivingWardRow *row)
{
    const OrderData *data = order_data(NULL);
    g_autoptr(GPtrArray) orders = about(&s->answers[ASK_ORDERS], row->patient), given = about(&s->answers[ASK_GIVEN], row->patient);
    g_autoptr(GivingList) l = data ? giving_list(orders, given, data->drugs, clock_clinical_us(), NULL) : NULL;
    row->known = l && s->answers[ASK_ORDERS].whole && s->answers[ASK_GIVEN].whole;
    row->next = INSTANT_NONE;
    row->refused = 0;
    if (!l)
        return;
    row->late = l->late;
    row->now = l->now;
    row->soon = l->soon;
    row->waits = l->waits;
    row->older = l->older;
    for (guint i = 0; i < l->doses->len; i++) {
        const DueDose *d = l->doses->pdata[i];
        row->refused += !d->order;
        if (d->state <= DUE_LATER && d->dose.at != INSTANT_NONE && (row->next == INSTANT_NONE || d->dose.at < row->next))
            row->next = d->dose.at;
    }
}

static void tell(GivingWardSource *s, const GError *error)
{
    s->ward.known = s->ward.heard;
    for (guint i = 0; i < s->ward.rows->len; i++) {
        GivingWardRow *row = s->ward.rows->pdata[i];
        reckon(s, row);
        s->ward.known = s->ward.known && row->known;
    }
    s->fn(&s->ward, error, s->data);
}

static void on_answer(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    Answer *a = data;
    (void)error;
    if (result) {
        g_ptr_array_set_size(a->items, 0);
        for (guint i = 0; i < result->items->len; i++)
            g_ptr_array_add(a->items, fhir_resource_ref(result->items->pdata[i]));
        a->answered = TRUE;
    }
    if (result || done)
        a->whole = result && result->known == KNOWN_WHOLE && result->complete;
    tell(a->source, NULL);
}

static void ask(GivingWardSource *s, Ask what)
{
    static const char *const types[ASKS] = {"MedicationRequest", "MedicationAdministration"};
    g_autoptr(FhirQuery) q = fhir_query_new(types[what]);
    fhir_query_add_raw(q, "patient", s->people);
    if (what == ASK_ORDERS)
        fhir_query_add_raw(q, "status", "active,on-hold,unknown");
    else
        fhir_query_add_instant(q, "effective-time", "ge", giving_since(clock_clinical_us()));
    Answer *a = &s->answers[what];
    a->answered = a->whole = FALSE;
    g_ptr_array_set_size(a->items, 0);
    a->search = client_search(s->client, s->details, NULL, q, CLIENT_ALL, on_answer, a);
    fresh_watch(s->details, a->search, types[what], NULL);
}

static void ask_about(GivingWardSource *s)
{
    g_autoptr(GString) people = g_string_new(NULL);
    for (guint i = 0; i < s->ward.rows->len; i++)
        g_string_append_printf(people, "%sPatient/%s", i ? "," : "", ((GivingWardRow *)s->ward.rows->pdata[i])->patient);
    if (g_strcmp0(people->str, s->people) == 0 || !people->len)
        return;
    g_clear_pointer(&s->details, scope_close);
    s->details = scope_new();
    g_free(s->people);
    s->people = g_strdup(people->str);
    for (int i = 0; i < ASKS; i++)
        ask(s, (Ask)i);
}

static void on_list(const Worklist *list, const GError *error, gpointer data)
{
    GivingWardSource *s = data;
    g_ptr_array_set_size(s->ward.rows, 0);
    s->ward.heard = list->heard && !list->unknown;
    s->ward.ward = list->is_ward;
    s->ward.cached = list->cached;
    s->ward.as_of = list->as_of;
    for (guint i = 0; i < list->rows->len; i++) {
        const WorklistRow *w = list->rows->pdata[i];
        GivingWardRow *row = g_new0(GivingWardRow, 1);
        *row = (GivingWardRow){.key = g_strdup(w->key), .patient = g_strdup(w->id), .bed = g_strdup(w->place), .name = g_strdup(w->name),
                               .number = g_strdup(w->number), .next = INSTANT_NONE};
        g_ptr_array_add(s->ward.rows, row);
    }
    ask_about(s);
    tell(s, error);
}

static void source_free(gpointer p)
{
    GivingWardSource *s = p;
    g_clear_pointer(&s->details, scope_close);
    for (int i = 0; i < ASKS; i++)
        g_ptr_array_unref(s->answers[i].items);
    g_ptr_array_unref(s->ward.rows);
    g_free(s->people);
    g_free(s);
}

GivingWardSource *giving_ward_watch(Client *client, Scope *scope, const char *unit, GivingWardFn fn, gpointer data)
{
    GivingWardSource *s = g_new0(GivingWardSource, 1);
    s->client = client;
    s->fn = fn;
    s->data = data;
    s->ward.rows = g_ptr_array_new_with_free_func(row_free);
    for (int i = 0; i < ASKS; i++)
        s->answers[i] = (Answer){.source = s, .ask = (Ask)i, .items = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref)};
    scope_add(scope, source_free, s);
    s->list = worklist_watch(client, scope, unit, on_list, s);
    return s;
}

void giving_ward_reckon(GivingWardSource *s)
{
    tell(s, NULL);
}

void giving_ward_refresh(GivingWardSource *s)
{
    worklist_refresh(s->list);
    for (int i = 0; s->details && i < ASKS; i++)
        if (s->answers[i].search)
            client_refresh(s->answers[i].search);
}
