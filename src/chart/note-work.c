/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/note-work.h"

#include <string.h>

#include "base/event.h"
#include "chart/note-task.h"
#include "chart/patient.h"
#include "client/query.h"

struct NoteWorkSource {
    NoteWork work;
    ClientSearch *search, *requests; /* requests: NULL where nobody can be asked */
    GPtrArray *own, *second; /* NoteWorkRow*: of the one answer and of the other */
    gboolean own_doubt, second_doubt;
    char *practitioner, *role_id;
    gboolean signs;
    guint changed; /* listener */
    guint idle;
    NoteWorkFn fn;
    gpointer data;
};

static void row_free(gpointer p)
{
    NoteWorkRow *r = p;
    fhir_resource_unref(r->document);
    g_free(r->patient);
    g_free(r->name);
    g_free(r->asker);
    g_free(r);
}

static char *name_in(const ClientResult *result, const char *patient)
{
    for (guint i = 0; i < result->included->len; i++) {
        const FhirResource *p = result->included->pdata[i];
        if (strcmp(fhir_type(p), "Patient") != 0 || g_strcmp0(fhir_id(p), patient) != 0)
            continue;
        g_autofree char *name = chart_patient_list_name(p), *number = chart_patient_number(p);
        return g_strdup_printf("%s %s", name, number ? number : "");
    }
    return NULL;
}

/* Whether it is this person's to see here, and whether they are who it waits for. */
static gboolean concerns(const NoteWorkSource *s, const FhirResource *d, NoteState state, gboolean *ret_mine)
{
    const NotePerson who = {s->practitioner, s->role_id, TRUE, TRUE, FALSE, NULL};
    gboolean author = note_hand(d, &who) == NOTE_HAND_AUTHOR;
    *ret_mine = s->signs ? author && state != NOTE_DICTATED : state == NOTE_DICTATED;
    return note_state_is_open(state) && (s->signs ? author : state == NOTE_DICTATED || note_names(d, s->practitioner, s->role_id));
}

static NoteWorkRow *row_new(const ClientResult *result, const FhirResource *d)
{
    FhirTime t;
    g_autofree char *type = NULL, *patient = NULL;
    if (!fhir_reference(fhir_root(d), "subject", &type, &patient))
        return NULL;
    NoteWorkRow *r = g_new0(NoteWorkRow, 1);
    r->document = fhir_resource_ref((FhirResource *)d);
    r->id = fhir_id(r->document);
    r->name = name_in(result, patient);
    r->patient = g_steal_pointer(&patient);
    r->state = note_state(d);
    r->written = fhir_time(fhir_root(d), "date", &t) ? t.instant : INSTANT_NONE;
    return r;
}

static void add(NoteWorkSource *s, const ClientResult *result, const FhirResource *d)
{
    gboolean mine;
    NoteWorkRow *r = concerns(s, d, note_state(d), &mine) ? row_new(result, d) : NULL;
    if (!r)
        return;
    r->mine = mine;
    g_ptr_array_add(s->own, r);
}

static const FhirResource *focus_in(const ClientResult *result, const FhirResource *task)
{
    g_autofree char *type = NULL, *id = NULL;
    if (!fhir_reference(fhir_root(task), "focus", &type, &id))
        return NULL;
    for (guint i = 0; i < result->included->len; i++) {
        const FhirResource *d = result->included->pdata[i];
        if (strcmp(fhir_type(d), "DocumentReference") == 0 && g_strcmp0(fhir_id(d), id) == 0)
            return d;
    }
    return NULL;
}

/* A request whose note has been countersigned, struck or put aside meanwhile waits for nobody, whatever it says. */
static void add_request(NoteWorkSource *s, const ClientResult *result, const FhirResource *task)
{
    FhirTime t;
    const NotePerson who = {s->practitioner, s->role_id, TRUE, TRUE, TRUE, NULL};
    const FhirResource *d = note_task_is(task, NOTE_TASK_COUNTERSIGN) ? focus_in(result, task) : NULL;
    if (!d || !note_may(note_state(d), NOTE_COUNTERSIGN, note_hand(d, &who), FALSE, NULL, NULL, NULL))
        return;
    NoteWorkRow *r = row_new(result, d);
    if (!r)
        return;
    r->mine = r->second = TRUE;
    r->asker = fhir_string(fhir_root(task), "requester.display");
    r->written = fhir_time(fhir_root(task), "authoredOn", &t) ? t.instant : r->written;
    g_ptr_array_add(s->second, r);
}

static int by_age(gconstpointer a, gconstpointer b)
{
    const NoteWorkRow *x = *(NoteWorkRow *const *)a, *y = *(NoteWorkRow *const *)b;
    if (x->mine != y->mine)
        return x->mine ? -1 : 1;
    return x->written != y->written ? (x->written < y->written ? -1 : 1) : strcmp(x->id, y->id);
}

static void tell(NoteWorkSource *s)
{
    const GPtrArray *const parts[] = {s->own, s->second};
    g_ptr_array_set_size(s->work.rows, 0);
    s->work.mine = s->work.second = 0;
    for (gsize p = 0; p < G_N_ELEMENTS(parts); p++)
        for (guint i = 0; i < parts[p]->len; i++) {
            NoteWorkRow *r = parts[p]->pdata[i];
            g_ptr_array_add(s->work.rows, r);
            s->work.mine += r->mine && !r->second;
            s->work.second += r->second;
        }
    g_ptr_array_sort(s->work.rows, by_age);
    s->work.unknown = s->own_doubt || s->second_doubt;
    s->fn(&s->work, s->data);
}

static gboolean doubtful(const ClientResult *result, gboolean done)
{
    return !result || result->known == KNOWN_PARTLY || (done && !result->complete);
}

static void on_answer(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    NoteWorkSource *s = data;
    if (!result && !done)
        return;
    if (result) {
        g_ptr_array_set_size(s->work.rows, 0);
        g_ptr_array_set_size(s->own, 0);
        for (guint i = 0; i < result->items->len; i++)
            add(s, result, result->items->pdata[i]);
        s->work.as_of = result->as_of;
    }
    s->work.answered |= result != NULL;
    s->work.cached = !result || result->cached || error;
    s->own_doubt = doubtful(result, done);
    tell(s);
}

static void on_requests(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    NoteWorkSource *s = data;
    (void)error;
    if (!result && !done)
        return;
    if (result) {
        g_ptr_array_set_size(s->work.rows, 0);
        g_ptr_array_set_size(s->second, 0);
        for (guint i = 0; i < result->items->len; i++)
            add_request(s, result, result->items->pdata[i]);
    }
    s->second_doubt = doubtful(result, done);
    tell(s);
}

/* ---- what is written here is asked for at once; what others write is the watch's ---- */

static gboolean on_idle(gpointer data)
{
    NoteWorkSource *s = data;
    s->idle = 0;
    note_work_refresh(s);
    return G_SOURCE_REMOVE;
}

static void on_event(const Event *ev, gpointer data)
{
    NoteWorkSource *s = data;
    if (!s->idle && (g_strcmp0(ev->type, "DocumentReference") == 0 || g_strcmp0(ev->type, "Task") == 0))
        s->idle = g_idle_add_full(G_PRIORITY_DEFAULT, on_idle, s, NULL);
}

static void source_free(gpointer data)
{
    NoteWorkSource *s = data;
    g_clear_handle_id(&s->idle, g_source_remove);
    event_unlisten(s->changed);
    g_ptr_array_unref(s->work.rows);
    g_ptr_array_unref(s->own);
    g_ptr_array_unref(s->second);
    g_free(s->practitioner);
    g_free(s->role_id);
    g_free(s);
}

/* "Practitioner/lind,PractitionerRole/lind-avd3" */
static char *as_person(const NotePerson *who)
{
    return g_strconcat("Practitioner/", who->practitioner, who->role_id ? ",PractitionerRole/" : NULL, who->role_id, NULL);
}

static void watch_own(NoteWorkSource *s, Client *client, Scope *scope, const NotePerson *who, const char *unit)
{
    g_autoptr(FhirQuery) q = fhir_query_new("DocumentReference");
    g_autofree char *whose = who->signs ? as_person(who) : g_strconcat("Organization/", unit ? unit : "-", NULL);
    fhir_query_add_raw(q, who->signs ? "author" : "custodian", whose);
    fhir_query_add_raw(q, "docstatus", "preliminary");
    fhir_query_add_raw(q, "status", "current");
    fhir_query_add_raw(q, "_include", "DocumentReference:subject");
    s->search = client_search(client, scope, NULL, q, CLIENT_DEFAULT, on_answer, s);
    client_watch(s->search);
}

static void watch_requests(NoteWorkSource *s, Client *client, Scope *scope, const NotePerson *who)
{
    if (!note_tasks_known(client) || !client_has_search(client, "Task", "owner"))
        return;
    g_autoptr(FhirQuery) q = fhir_query_new("Task");
    g_autofree char *owner = as_person(who), *code = g_strconcat(NOTE_TASK_SYSTEM, "|", note_task_code(NOTE_TASK_COUNTERSIGN), NULL);
    fhir_query_add_raw(q, "owner", owner);
    fhir_query_add_raw(q, "status", NOTE_TASK_OPEN);
    fhir_query_add_raw(q, "code", code);
    fhir_query_add_raw(q, "_include", "Task:focus");
    fhir_query_add_raw(q, "_include", "Task:patient");
    s->second_doubt = TRUE;
    s->requests = client_search(client, scope, NULL, q, CLIENT_DEFAULT, on_requests, s);
    client_watch(s->requests);
}

NoteWorkSource *note_work_watch(Client *client, Scope *scope, const NotePerson *who, const char *unit, NoteWorkFn fn,
                                gpointer data)
{
    NoteWorkSource *s = g_new0(NoteWorkSource, 1);
    s->work.rows = g_ptr_array_new();
    s->own = g_ptr_array_new_with_free_func(row_free);
    s->second = g_ptr_array_new_with_free_func(row_free);
    s->practitioner = g_strdup(who->practitioner);
    s->role_id = g_strdup(who->role_id);
    s->signs = who->signs;
    s->fn = fn;
    s->data = data;
    s->changed = event_listen(EVENT_RESOURCE_CHANGED, on_event, s);
    scope_add(scope, source_free, s);
    watch_own(s, client, scope, who, unit);
    if (who->countersigns)
        watch_requests(s, client, scope, who);
    return s;
}

void note_work_refresh(NoteWorkSource *s)
{
    client_refresh(s->search);
    if (s->requests)
        client_refresh(s->requests);
}
