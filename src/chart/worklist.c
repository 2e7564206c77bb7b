/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/worklist.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "chart/header.h"
#include "chart/observation.h"
#include "chart/patient.h"
#include "chart/schedule.h"
#include "chart/when.h"
#include "client/query.h"


/* What is asked about all patients of the list in one search each. */
typedef enum { ASK_ALLERGIES, ASK_FLAGS, ASK_VITALS, ASK_LABS, ASK_NOTES, ASKS } Ask;
static const struct {
    const char *type, *params;
    const char *since;  /* date parameter, NULL = no limit */
    int days;
} asks[ASKS] = {
    [ASK_ALLERGIES] = {"AllergyIntolerance", NULL, NULL, 0},
    [ASK_FLAGS] = {"Flag", "status=active", NULL, 0},
    [ASK_VITALS] = {"Observation", "category=vital-signs&_sort=-date", "date", 1},
    [ASK_LABS] = {"Observation", "category=laboratory&_sort=-date", "date", 2},
    [ASK_NOTES] = {"DocumentReference", "docstatus=preliminary&status=current", NULL, 0},
};

typedef struct {
    WorklistSource *source;
    Ask ask;
    GPtrArray *items;  /* FhirResource */
    GHashTable *about; /* patient's id → GPtrArray of those of @items that are about it */
    gboolean answered, unknown, cached;
    Instant as_of;
    gboolean ended; /* the core has said all it will say */
} Answer;

struct WorklistSource {
    Client *client;
    char *unit;
    WorklistFn fn;
    gpointer data;
    Scope *list_scope;   /* encounters or appointments */
    Scope *diary_scope;  /* finding out whose diaries are the clinic's; closed when that is known */
    Scope *detail_scope; /* closed and opened anew when the people change */
    ClientSearch *search;
    char *people;        /* the ids the details were asked for */
    Answer answers[ASKS];
    gboolean rows_cached;
    Instant rows_as_of;
    Worklist list;
};

static void row_free(gpointer p)
{
    WorklistRow *r = p;
    char **owned[] = {&r->key, &r->id, &r->encounter, &r->place, &r->name, &r->number, &r->age, &r->marks, &r->news2, &r->todo};
    for (gsize i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(*owned[i]);
    g_clear_pointer(&r->patient, fhir_resource_unref);
    g_free(r);
}

/* ---- rows from encounters (ward) or appointments (clinic) ---- */

static FhirResource *patient_in(const GPtrArray *included, const char *id)
{
    for (guint i = 0; i < included->len; i++) {
        FhirResource *r = included->pdata[i];
        if (strcmp(fhir_type(r), "Patient") == 0 && g_strcmp0(fhir_id(r), id) == 0)
            return r;
    }
    return NULL;
}

static void fill_person(WorklistRow *row, const GPtrArray *included)
{
    FhirResource *p = patient_in(included, row->id);
    if (!p) {
        row->name = g_strdup(_("not known"));
        return;
    }
    row->patient = fhir_resource_ref(p);
    row->name = chart_patient_list_name(p);
    row->number = chart_patient_number(p);
    row->age = chart_patient_age(p, civil_date_at(clock_clinical_us()), _("language-code"));
}

static char *bed_of(FhirNode encounter)
{
    FhirNode places = fhir_at(encounter, "location");
    for (FhirNode l = fhir_first(places); fhir_exists(l); l = fhir_next(l))
        if (!fhir_is(l, "status", "completed")) {
            char *bed = fhir_string(l, "location.display");
            if (bed)
                return bed;
        }
    return g_strdup("–");
}

static void add_encounter(WorklistSource *s, const FhirResource *e, const GPtrArray *included)
{
    g_autofree char *type = NULL, *id = NULL;
    if (!fhir_reference(fhir_root(e), "subject", &type, &id))
        return;
    WorklistRow *row = g_new0(WorklistRow, 1);
    row->id = g_steal_pointer(&id);
    row->key = g_strdup(fhir_id(e));
    row->encounter = g_strdup(fhir_id(e));
    row->place = bed_of(fhir_root(e));
    fill_person(row, included);
    g_ptr_array_add(s->list.rows, row);
}

static void add_appointment(WorklistSource *s, const FhirResource *a, const GPtrArray *included)
{
    FhirNode root = fhir_root(a);
    FhirTime start;
    for (FhirNode p = fhir_first(fhir_at(root, "participant")); fhir_exists(p); p = fhir_next(p)) {
        g_autofree char *type = NULL, *id = NULL;
        if (!fhir_reference(p, "actor", &type, &id) || strcmp(type, "Patient") != 0)
            continue;
        WorklistRow *row = g_new0(WorklistRow, 1);
        row->id = g_steal_pointer(&id);
        row->key = g_strdup(fhir_id(a));
        row->place = fhir_time(root, "start", &start) ? instant_to_hhmm(start.instant) : g_strdup("–");
        row->todo = fhir_concept_text(fhir_first(fhir_at(root, "serviceType")), "");
        fill_person(row, included);
        g_ptr_array_add(s->list.rows, row);
        return;
    }
}

/* Beds in number order: 7-2 before 12-1. */
static gint64 place_key(const char *place)
{
    gint64 key = 0;
    for (const char *p = place; *p;) {
        if (g_ascii_isdigit(*p)) {
            char *end = NULL;
            key = key * 1000 + g_ascii_strtoll(p, &end, 10);
            p = end;
        } else {
            p++;
        }
    }
    return key;
}

static int by_place(gconstpointer a, gconstpointer b)
{
    const WorklistRow *x = *(const WorklistRow *const *)a, *y = *(const WorklistRow *const *)b;
    gint64 d = place_key(x->place) - place_key(y->place);
    return d ? (d < 0 ? -1 : 1) : text_compare_sv(x->name, y->name);
}

/* ---- what the details say about a row ---- */

static char *patient_of(const FhirResource *r)
{
    g_autofree char *type = NULL;
    char *who = NULL;
    FhirNode root = fhir_root(r);
    return fhir_reference(root, "subject", &type, &who) || fhir_reference(root, "patient", &type, &who) ? who : NULL;
}

/* Once an answer, not once a row: a ward's measurements are hundreds. */
static void sort_out(Answer *a)
{
    g_hash_table_remove_all(a->about);
    for (guint i = 0; i < a->items->len; i++) {
        char *who = patient_of(a->items->pdata[i]);
        GPtrArray *mine = who ? g_hash_table_lookup(a->about, who) : NULL;
        if (mine) {
            g_free(who);
        } else if (who) {
            mine = g_ptr_array_new();
            g_hash_table_insert(a->about, who, mine);
        }
        if (mine)
            g_ptr_array_add(mine, a->items->pdata[i]);
    }
}

static GPtrArray *about(const Answer *a, const char *id)
{
    GPtrArray *mine = g_hash_table_lookup(a->about, id);
    return mine ? g_ptr_array_ref(mine) : g_ptr_array_new();
}

static void add_mark(GString *marks, const char *words)
{
    g_autofree char *mark = g_strndup(words, strcspn(words, " "));
    if (!strstr(marks->str, mark))
        g_string_append(marks, mark);
}

static void fill_marks(WorklistSource *s, WorklistRow *row)
{
    GString *marks = g_string_new(NULL);
    g_autoptr(GPtrArray) allergies = about(&s->answers[ASK_ALLERGIES], row->id);
    g_autoptr(GPtrArray) flags = about(&s->answers[ASK_FLAGS], row->id);
    if (row->patient && chart_patient_protected(row->patient))
        g_string_append(marks, "[§]");
    for (guint i = 0; i < allergies->len; i++) {
        int danger;
        g_autofree char *words = chart_allergy_words(allergies->pdata[i], &danger);
        if (words)
            add_mark(marks, words);
    }
    for (guint i = 0; i < flags->len; i++) {
        g_autofree char *words = chart_flag_words(flags->pdata[i]);
        add_mark(marks, words);
    }
    gboolean known = s->answers[ASK_ALLERGIES].answered && !s->answers[ASK_ALLERGIES].unknown &&
                     s->answers[ASK_FLAGS].answered && !s->answers[ASK_FLAGS].unknown;
    if (!known)
        g_string_append(marks, "?");
    g_free(row->marks);
    row->marks = g_string_free(marks, FALSE);
}

static void fill_news2(WorklistSource *s, WorklistRow *row)
{
    const Answer *a = &s->answers[ASK_VITALS];
    g_autoptr(GPtrArray) mine = about(a, row->id);
    g_free(row->news2);
    row->news2_value = -1;
    if (!a->answered || a->unknown) {
        row->news2 = g_strdup("?");
        return;
    }
    if (row->patient)
        row->news2_value = chart_news2_latest(row->patient, mine, clock_clinical_us());
    row->news2 = row->news2_value < 0 ? g_strdup("–") : g_strdup_printf("%d", row->news2_value);
}

/* "K 6,1 HH 06:55" for a value the laboratory calls critical (HH, LL); else NULL. */
static char *critical_words(const FhirResource *o)
{
    g_autoptr(GPtrArray) values = vitals_of(o);
    for (guint i = 0; i < values->len; i++) {
        const Measurement *m = values->pdata[i];
        g_autofree char *at = when_short(m->at, clock_clinical_us());
        if (measurement_is_critical(m))
            return g_strdup_printf("%s %s %s %s", observation_name(m), m->value, m->interpretation, at);
    }
    return NULL;
}

static void fill_todo(WorklistSource *s, WorklistRow *row)
{
    GString *todo = g_string_new(NULL);
    row->critical = FALSE;
    g_autoptr(GPtrArray) labs = about(&s->answers[ASK_LABS], row->id);
    g_autoptr(GPtrArray) notes = about(&s->answers[ASK_NOTES], row->id);
    for (guint i = 0; i < labs->len; i++) {
        g_autofree char *words = critical_words(labs->pdata[i]);
        if (words) {
            g_string_append_printf(todo, "%s%s", todo->len ? ", " : "", words);
            row->critical = TRUE;
            break; /* the newest; the rest is one key away */
        }
    }
    if (notes->len) {
        g_string_append_printf(todo, ngettext("%s%u unsigned", "%s%u unsigned", notes->len), todo->len ? ", " : "",
                               notes->len);
    }
    row->unsigned_notes = notes->len;
    if (s->list.is_ward) {
        g_free(row->todo);
        row->todo = g_string_free(todo, FALSE);
    } else {
        g_string_free(todo, TRUE);
    }
}

static void sum_up(WorklistSource *s)
{
    s->list.details_complete = TRUE;
    s->list.details_unknown = FALSE;
    s->list.cached = s->rows_cached;
    s->list.as_of = s->rows_as_of;
    for (int i = 0; i < ASKS && s->list.rows->len; i++) {
        s->list.details_complete &= s->answers[i].ended;
        if (s->answers[i].answered && s->answers[i].cached) {
            s->list.cached = TRUE;
            s->list.as_of = MIN(s->list.as_of, s->answers[i].as_of);
        }
        s->list.details_unknown |= s->answers[i].ended && (s->answers[i].unknown || !s->answers[i].answered);
    }
}

enum { MARKS = 1 << ASK_ALLERGIES | 1 << ASK_FLAGS, NEWS2 = 1 << ASK_VITALS, TO_DO = 1 << ASK_LABS | 1 << ASK_NOTES,
       ALL_CELLS = MARKS | NEWS2 | TO_DO };

/* @changed: bits of the answers that have come since; only their cells are made anew. */
static void tell(WorklistSource *s, guint changed, const GError *error)
{
    s->list.unsigned_notes = 0;
    sum_up(s);
    for (guint i = 0; i < s->list.rows->len; i++) {
        WorklistRow *row = s->list.rows->pdata[i];
        if (changed & MARKS)
            fill_marks(s, row);
        if (changed & NEWS2)
            fill_news2(s, row);
        if (changed & TO_DO)
            fill_todo(s, row);
        row->danger = row->critical || row->news2_value >= 7;
        s->list.unsigned_notes += row->unsigned_notes;
    }
    s->fn(&s->list, error, s->data);
}

/* ---- asking ---- */

static void on_answer(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    Answer *a = data;
    (void)error;
    if (result) {
        g_ptr_array_set_size(a->items, 0);
        for (guint i = 0; i < result->items->len; i++)
            g_ptr_array_add(a->items, fhir_resource_ref(result->items->pdata[i]));
        sort_out(a);
        a->unknown = result->unknown;
        a->answered = result->complete;
        a->cached = result->cached;
        a->as_of = result->as_of;
    } else if (done) {
        a->unknown = TRUE;
    }
    a->ended |= done;
    tell(a->source, 1u << a->ask, NULL);
}

static void ask(WorklistSource *s, Ask what, const char *people)
{
    g_autoptr(FhirQuery) q = fhir_query_new(asks[what].type);
    g_auto(GStrv) params = g_strsplit(asks[what].params ? asks[what].params : "", "&", -1);
    fhir_query_add_raw(q, "patient", people);
    for (char **p = params; *p; p++) {
        char *eq = strchr(*p, '=');
        if (!eq)
            continue;
        *eq = '\0';
        fhir_query_add_raw(q, *p, eq + 1);
    }
    /* From the start of a day, so that the question (and its place in the cache) stands all day. */
    if (asks[what].since)
        fhir_query_add_instant(q, asks[what].since, "ge",
                               instant_day_start(civil_date_add_days(civil_date_at(clock_clinical_us()), -asks[what].days)));
    client_watch(client_search(s->client, s->detail_scope, NULL, q, CLIENT_DEFAULT, on_answer, &s->answers[what]));
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
            s->answers[i].answered = s->answers[i].unknown = s->answers[i].ended = FALSE;
        for (int i = 0; i < ASKS; i++)
            ask(s, (Ask)i, s->people);
    }
    g_string_free(people, TRUE);
}

static void take_rows(WorklistSource *s, const ClientResult *result, gboolean ward)
{
    g_ptr_array_set_size(s->list.rows, 0);
    for (guint i = 0; i < result->items->len; i++)
        if (ward)
            add_encounter(s, result->items->pdata[i], result->included);
        else
            add_appointment(s, result->items->pdata[i], result->included);
    g_ptr_array_sort(s->list.rows, by_place);
    s->list.is_ward = ward;
    s->rows_as_of = result->as_of;
    s->rows_cached = result->cached;
    s->list.complete = result->complete;
    s->list.unknown = result->unknown;
    s->list.unknown_why = result->unknown_why;
}

static void on_appointments(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    WorklistSource *s = data;
    g_clear_pointer(&s->diary_scope, scope_close);
    if (result) {
        take_rows(s, result, FALSE);
        ask_details(s);
    }
    if (result || done)
        tell(s, ALL_CELLS, error);
}

static void on_encounters(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    WorklistSource *s = data;
    if (result) {
        take_rows(s, result, TRUE);
        ask_details(s);
    }
    if (result || done)
        tell(s, ALL_CELLS, error);
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
    client_watch(s->search);
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
    client_watch(s->search);
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
        tell(s, ALL_CELLS, error);
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
    if (error && done && !result)
        tell(s, ALL_CELLS, error);
}

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

WorklistSource *worklist_watch(Client *client, Scope *scope, const char *unit, WorklistFn fn, gpointer data)
{
    WorklistSource *s = g_new0(WorklistSource, 1);
    s->client = client;
    s->unit = g_strdup(unit);
    s->fn = fn;
    s->data = data;
    s->list.rows = g_ptr_array_new_with_free_func(row_free);
    s->list_scope = scope_new();
    for (int i = 0; i < ASKS; i++) {
        s->answers[i].source = s;
        s->answers[i].ask = (Ask)i;
        s->answers[i].about = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
        s->answers[i].items = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref);
    }
    scope_add(scope, source_free, s);
    g_autoptr(FhirQuery) q = fhir_query_new("Location");
    g_autofree char *owner = g_strdup_printf("Organization/%s", unit);
    fhir_query_add_raw(q, "organization", owner);
    client_search(client, s->list_scope, NULL, q, CLIENT_DEFAULT, on_places, s);
    return s;
}

void worklist_refresh(WorklistSource *s)
{
    if (s->search)
        client_refresh(s->search);
}
