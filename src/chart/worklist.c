/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/worklist.h"

#include <string.h>

#include "base/clock.h"
#include "chart/fresh.h"
#include "chart/schedule.h"
#include "chart/worklist-internal.h"

static const struct {
    const char *type, *params;
    const char *since;  /* date parameter, NULL = no limit */
    int days;
    gboolean elsewhere; /* never written here: only the watch brings what is new */
} asks[ASKS] = {
    [ASK_ALLERGIES] = {"AllergyIntolerance", NULL, NULL, 0, FALSE},
    [ASK_FLAGS] = {"Flag", NULL, NULL, 0, FALSE}, /* those that are over too: for what was measured while they were not */
    [ASK_VITALS] = {"Observation", "category=vital-signs&_sort=-date", "date", 1, FALSE},
    [ASK_LABS] = {"Observation", "category=laboratory&_sort=-date", "date", 2, TRUE},
    [ASK_NOTES] = {"DocumentReference", "docstatus=preliminary&status=current", NULL, 0, FALSE},
};

static void on_answer(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    Answer *a = data;
    (void)error;
    if (result) {
        g_ptr_array_set_size(a->items, 0);
        for (guint i = 0; i < result->items->len; i++)
            g_ptr_array_add(a->items, fhir_resource_ref(result->items->pdata[i]));
        worklist_sort_out(a);
        a->unknown = result->known == KNOWN_PARTLY;
        a->answered = result->complete;
        a->cached = result->cached;
        a->as_of = result->as_of;
    } else if (done) {
        a->unknown = TRUE;
    }
    a->ended |= done;
    worklist_tell(a->source, 1u << a->ask, NULL);
}

static void ask(WorklistSource *s, Ask what, const char *people)
{
    g_autoptr(FhirQuery) q = fhir_query_new(asks[what].type);
    fhir_query_add_raw(q, "patient", people);
    fhir_query_add_text(q, asks[what].params);
    /* From the start of a day, so that the question (and its place in the cache) stands all day. */
    if (asks[what].since)
        fhir_query_add_instant(q, asks[what].since, "ge",
                               instant_day_start(civil_date_add_days(civil_date_at(clock_clinical_us()), -asks[what].days)));
    ClientSearch *search = client_search(s->client, s->detail_scope, NULL, q, CLIENT_DEFAULT, on_answer, &s->answers[what]);
    s->answers[what].search = search;
    if (asks[what].elsewhere)
        client_watch(search);
    else
        fresh_watch(s->detail_scope, search, asks[what].type, NULL);
}

/* The people are asked about again only when they are other people. */
static void ask_details(WorklistSource *s)
{
    GString *people = g_string_new(NULL);
    for (guint i = 0; i < s->list.rows->len; i++)
        g_string_append_printf(people, "%sPatient/%s", i ? "," : "", ((WorklistRow *)s->list.rows->pdata[i])->id);
    if (g_strcmp0(people->str, s->people) != 0 && people->len) {
        g_clear_pointer(&s->detail_scope, scope_close);
        s->detail_scope = scope_new();
        g_free(s->people);
        s->people = g_strdup(people->str);
        for (int i = 0; i < ASKS; i++)
            s->answers[i].search = NULL;
        for (int i = 0; i < ASKS; i++)
            s->answers[i].answered = s->answers[i].unknown = s->answers[i].ended = FALSE;
        for (int i = 0; i < ASKS; i++)
            ask(s, (Ask)i, s->people);
    }
    g_string_free(people, TRUE);
}

/* ---- ward or clinic ---- */

static void on_appointments(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    WorklistSource *s = data;
    g_clear_pointer(&s->diary_scope, scope_close);
    if (result) {
        s->list.heard = TRUE;
        worklist_take_rows(s, result, FALSE);
        ask_details(s);
    }
    if (result || done)
        worklist_tell(s, WORKLIST_ALL, error);
}

static void on_encounters(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    WorklistSource *s = data;
    if (result) {
        s->list.heard = TRUE;
        worklist_take_rows(s, result, TRUE);
        ask_details(s);
    }
    if (result || done)
        worklist_tell(s, WORKLIST_ALL, error);
}

static void watch_ward(WorklistSource *s)
{
    g_autoptr(FhirQuery) q = fhir_query_new("Encounter");
    g_autofree char *unit = g_strdup_printf("Organization/%s", s->unit);
    fhir_query_add_raw(q, "service-provider", unit);
    fhir_query_add_raw(q, "status", "in-progress");
    fhir_query_add_raw(q, "class", "IMP,EMER");
    fhir_query_add_raw(q, "_include", "Encounter:patient");
    s->search = client_search(s->client, s->list_scope, NULL, q, CLIENT_DEFAULT, on_encounters, s);
    fresh_watch(s->list_scope, s->search, "Encounter", NULL);
}

static void watch_clinic(WorklistSource *s, const char *actors)
{
    CivilDate today = civil_date_at(clock_clinical_us());
    g_autoptr(FhirQuery) q = fhir_query_new("Appointment");
    fhir_query_add_raw(q, "actor", actors);
    fhir_query_add_instant(q, "date", "ge", instant_day_start(today));
    fhir_query_add_instant(q, "date", "lt", instant_day_start(civil_date_add_days(today, 1)));
    fhir_query_add_raw(q, "status", "booked,arrived,checked-in,fulfilled,pending");
    fhir_query_add_raw(q, "_include", "Appointment:patient");
    s->search = client_search(s->client, s->list_scope, NULL, q, CLIENT_DEFAULT, on_appointments, s);
    fresh_watch(s->list_scope, s->search, "Appointment", NULL);
}

/* A clinic's bookings are those of the people and rooms that have a diary there. */
static void on_diary(const Diary *d, const GError *error, gpointer data)
{
    WorklistSource *s = data;
    if (s->search || !d->answered)
        return;
    GString *actors = g_string_new(NULL);
    for (guint i = 0; i < d->resources->len; i++) {
        const DiaryResource *r = d->resources->pdata[i];
        g_string_append_printf(actors, "%s%s/%s", actors->len ? "," : "", r->actor_type, r->actor);
    }
    if (actors->len)
        watch_clinic(s, actors->str);
    else if (error || !d->known)
        worklist_tell(s, WORKLIST_ALL, error);
    else
        watch_ward(s);
    g_string_free(actors, TRUE);
}

/* A unit with beds is a ward; one without works by its diaries. */
static void on_places(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    WorklistSource *s = data;
    gboolean beds = FALSE;
    for (guint i = 0; result && i < result->items->len; i++) {
        const FhirResource *l = result->items->pdata[i];
        g_autofree char *type = fhir_concept_code(fhir_root(l), "physicalType", NULL);
        beds |= g_strcmp0(type, "bd") == 0;
    }
    if (!s->search && beds)
        watch_ward(s);
    else if (!s->search && !s->diary_scope && result && result->complete) {
        s->diary_scope = scope_new();
        diary_watch(s->client, s->diary_scope, s->unit, civil_date_at(clock_clinical_us()), 1, on_diary, s);
    }
    if (done)
        again_note(s->again, error);
    if (error && done && !result)
        worklist_tell(s, WORKLIST_ALL, error);
}

static void ask_places(WorklistSource *s)
{
    g_autoptr(FhirQuery) q = fhir_query_new("Location");
    g_autofree char *owner = g_strdup_printf("Organization/%s", s->unit);
    fhir_query_add_raw(q, "organization", owner);
    client_search(s->client, s->list_scope, NULL, q, CLIENT_DEFAULT, on_places, s);
}

/* ---- life ---- */

static void source_free(gpointer p)
{
    WorklistSource *s = p;
    scope_close(s->list_scope);
    g_clear_pointer(&s->diary_scope, scope_close);
    g_clear_pointer(&s->detail_scope, scope_close);
    for (int i = 0; i < ASKS; i++) {
        g_hash_table_unref(s->answers[i].about);
        g_ptr_array_unref(s->answers[i].items);
    }
    g_ptr_array_unref(s->list.rows);
    g_free(s->people);
    g_free(s->unit);
    g_free(s);
}

/* Only what kind of a unit it is has no watch of its own, which would see by itself that the core is back. */
static void on_again(gpointer data)
{
    WorklistSource *s = data;
    if (!s->search)
        worklist_refresh(s);
}

WorklistSource *worklist_watch(Client *client, Scope *scope, const char *unit, WorklistFn fn, gpointer data)
{
    WorklistSource *s = g_new0(WorklistSource, 1);
    s->client = client;
    s->unit = g_strdup(unit);
    s->fn = fn;
    s->data = data;
    s->list.rows = g_ptr_array_new_with_free_func(worklist_row_free);
    s->list_scope = scope_new();
    for (int i = 0; i < ASKS; i++) {
        s->answers[i].source = s;
        s->answers[i].ask = (Ask)i;
        s->answers[i].about = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
        s->answers[i].items = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref);
    }
    scope_add(scope, source_free, s);
    s->again = again_new(scope, on_again, s);
    ask_places(s);
    return s;
}

void worklist_refresh(WorklistSource *s)
{
    if (s->search) {
        client_refresh(s->search);
        return;
    }
    /* What kind of a unit it is was never said: from the start. */
    g_clear_pointer(&s->diary_scope, scope_close);
    scope_close(s->list_scope);
    s->list_scope = scope_new();
    ask_places(s);
}
