/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/note-work.h"

#include <string.h>

#include "base/event.h"
#include "chart/patient.h"
#include "client/query.h"

struct NoteWorkSource {
    NoteWork work;
    ClientSearch *search;
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
    const NotePerson who = {s->practitioner, s->role_id, TRUE, TRUE, FALSE};
    gboolean author = note_hand(d, &who) == NOTE_HAND_AUTHOR;
    *ret_mine = s->signs ? author && state != NOTE_DICTATED : state == NOTE_DICTATED;
    return note_state_is_open(state) && (s->signs ? author : state == NOTE_DICTATED || note_names(d, s->practitioner, s->role_id));
}

static void add(NoteWorkSource *s, const ClientResult *result, const FhirResource *d)
{
    FhirTime t;
    gboolean mine;
    NoteState state = note_state(d);
    g_autofree char *type = NULL, *patient = NULL;
    if (!concerns(s, d, state, &mine) || !fhir_reference(fhir_root(d), "subject", &type, &patient))
        return;
    NoteWorkRow *r = g_new0(NoteWorkRow, 1);
    r->document = fhir_resource_ref(d);
    r->id = fhir_id(r->document);
    r->name = name_in(result, patient);
    r->patient = g_steal_pointer(&patient);
    r->state = state;
    r->mine = mine;
    r->written = fhir_time(fhir_root(d), "date", &t) ? t.instant : INSTANT_NONE;
    s->work.mine += mine;
    g_ptr_array_add(s->work.rows, r);
}

static int by_age(gconstpointer a, gconstpointer b)
{
    const NoteWorkRow *x = *(NoteWorkRow *const *)a, *y = *(NoteWorkRow *const *)b;
    if (x->mine != y->mine)
        return x->mine ? -1 : 1;
    return x->written != y->written ? (x->written < y->written ? -1 : 1) : strcmp(x->id, y->id);
}

static void on_answer(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    NoteWorkSource *s = data;
    (void)error;
    if (!result && !done)
        return;
    if (result) {
        g_ptr_array_set_size(s->work.rows, 0);
        s->work.mine = 0;
        for (guint i = 0; i < result->items->len; i++)
            add(s, result, result->items->pdata[i]);
        g_ptr_array_sort(s->work.rows, by_age);
        s->work.as_of = result->as_of;
    }
    s->work.answered |= result != NULL;
    s->work.cached = !result || result->cached || error;
    s->work.unknown = !result || result->known == KNOWN_PARTLY || (done && !result->complete);
    s->fn(&s->work, s->data);
}

/* ---- what is written here is asked for at once; what others write is the watch's ---- */

static gboolean on_idle(gpointer data)
{
    NoteWorkSource *s = data;
    s->idle = 0;
    client_refresh(s->search);
    return G_SOURCE_REMOVE;
}

static void on_event(const Event *ev, gpointer data)
{
    NoteWorkSource *s = data;
    if (!s->idle && g_strcmp0(ev->type, "DocumentReference") == 0)
        s->idle = g_idle_add_full(G_PRIORITY_DEFAULT, on_idle, s, NULL);
}

static void source_free(gpointer data)
{
    NoteWorkSource *s = data;
    g_clear_handle_id(&s->idle, g_source_remove);
    event_unlisten(s->changed);
    g_ptr_array_unref(s->work.rows);
    g_free(s->practitioner);
    g_free(s->role_id);
    g_free(s);
}

NoteWorkSource *note_work_watch(Client *client, Scope *scope, const NotePerson *who, const char *unit, NoteWorkFn fn,
                                gpointer data)
{
    NoteWorkSource *s = g_new0(NoteWorkSource, 1);
    s->work.rows = g_ptr_array_new_with_free_func(row_free);
    s->practitioner = g_strdup(who->practitioner);
    s->role_id = g_strdup(who->role_id);
    s->signs = who->signs;
    s->fn = fn;
    s->data = data;
    s->changed = event_listen(EVENT_RESOURCE_CHANGED, on_event, s);
    scope_add(scope, source_free, s);
    g_autoptr(FhirQuery) q = fhir_query_new("DocumentReference");
    g_autofree char *whose =
        who->signs ? g_strconcat("Practitioner/", who->practitioner, who->role_id ? ",PractitionerRole/" : NULL, who->role_id, NULL)
                   : g_strconcat("Organization/", unit ? unit : "-", NULL);
    fhir_query_add_raw(q, who->signs ? "author" : "custodian", whose);
    fhir_query_add_raw(q, "docstatus", "preliminary");
    fhir_query_add_raw(q, "status", "current");
    fhir_query_add_raw(q, "_include", "DocumentReference:subject");
    s->search = client_search(client, scope, NULL, q, CLIENT_DEFAULT, on_answer, s);
    client_watch(s->search);
    return s;
}

void note_work_refresh(NoteWorkSource *s)
{
    client_refresh(s->search);
}
