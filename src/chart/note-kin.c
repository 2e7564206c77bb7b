/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/note-kin.h"

#include <glib/gi18n.h>

#include "base/event.h"
#include "client/query.h"

struct NoteKinSource {
    NoteKin kin;
    Client *client;
    Scope *scope;
    PatientCtx *patient;
    ClientSearch *search; /* of what came after; NULL: cannot be asked */
    char *earlier_id;
    guint waits;          /* answers that have not come */
    guint changed, idle;
    NoteKinFn fn;
    gpointer data;
};

static void tell(NoteKinSource *s)
{
    s->kin.answered = s->waits == 0;
    s->fn(&s->kin, s->data);
}

static void take_problem(NoteKinSource *s, const GError *error)
{
    if (error && !s->kin.problem)
        s->kin.problem = g_strdup(_(error->message));
}

static void take_one(FhirResource **to, const ClientResult *result)
{
    if (!result || !result->items->len)
        return;
    g_clear_pointer(to, fhir_resource_unref);
    *to = fhir_resource_ref(result->items->pdata[0]);
}

static void on_self(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    NoteKinSource *s = data;
    s->waits -= done;
    take_problem(s, error);
    take_one(&s->kin.self, result);
    tell(s);
}

static void on_earlier(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    NoteKinSource *s = data;
    (void)error;
    (void)done;
    take_one(&s->kin.earlier, result);
    tell(s);
}

static void on_later(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    NoteKinSource *s = data;
    if (done && s->waits)
        s->waits--;
    take_problem(s, error);
    s->kin.untold = !result;
    if (result) {
        g_ptr_array_set_size(s->kin.later, 0);
        for (guint i = 0; i < result->items->len; i++)
            g_ptr_array_add(s->kin.later, fhir_resource_ref(result->items->pdata[i]));
    }
    tell(s);
}

/* ---- what is written here is asked for at once; what others write is the watch's ---- */

static gboolean on_idle(gpointer data)
{
    NoteKinSource *s = data;
    s->idle = 0;
    note_kin_refresh(s);
    return G_SOURCE_REMOVE;
}

static void on_event(const Event *ev, gpointer data)
{
    NoteKinSource *s = data;
    if (!s->idle && s->search && g_strcmp0(ev->type, "DocumentReference") == 0)
        s->idle = g_idle_add_full(G_PRIORITY_DEFAULT, on_idle, s, NULL);
}

static void source_free(gpointer data)
{
    NoteKinSource *s = data;
    g_clear_handle_id(&s->idle, g_source_remove);
    event_unlisten(s->changed);
    g_clear_pointer(&s->kin.self, fhir_resource_unref);
    g_clear_pointer(&s->kin.earlier, fhir_resource_unref);
    g_ptr_array_unref(s->kin.later);
    patient_ctx_unref(s->patient);
    g_free(s->kin.problem);
    g_free(s->earlier_id);
    g_free(s);
}

static NoteKinSource *begin(Client *client, Scope *scope, PatientCtx *patient, const char *id, ClientFlags flags, NoteKinFn fn,
                            gpointer data)
{
    NoteKinSource *s = g_new0(NoteKinSource, 1);
    *s = (NoteKinSource){.client = client, .scope = scope, .patient = patient_ctx_ref(patient), .fn = fn, .data = data};
    s->kin.later = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref);
    s->kin.untold = !client_has_search(client, "DocumentReference", "relatesto");
    s->changed = event_listen(EVENT_RESOURCE_CHANGED, on_event, s);
    scope_add(scope, source_free, s);
    if (s->kin.untold)
        return s;
    g_autoptr(FhirQuery) q = client_patient_query(patient, "DocumentReference");
    g_autofree char *target = g_strconcat("DocumentReference/", id, NULL);
    fhir_query_add_raw(q, "relatesto", target);
    s->waits++;
    s->search = client_search(client, scope, patient, q, flags, on_later, s);
    return s;
}

NoteKinSource *note_kin_watch(Client *client, Scope *scope, PatientCtx *patient, const char *id, NoteKinFn fn, gpointer data)
{
    NoteKinSource *s = begin(client, scope, patient, id, CLIENT_DEFAULT, fn, data);
    if (s->search)
        client_watch(s->search);
    return s;
}

NoteKinSource *note_kin_ask(Client *client, Scope *scope, PatientCtx *patient, const char *id, NoteKinFn fn, gpointer data)
{
    NoteKinSource *s = begin(client, scope, patient, id, CLIENT_FRESH, fn, data);
    s->waits++;
    client_read(client, scope, patient, "DocumentReference", id, CLIENT_FRESH, on_self, s);
    return s;
}

void note_kin_earlier(NoteKinSource *s, const char *id)
{
    if (!id || g_strcmp0(s->earlier_id, id) == 0)
        return;
    g_free(s->earlier_id);
    s->earlier_id = g_strdup(id);
    g_clear_pointer(&s->kin.earlier, fhir_resource_unref);
    client_read(s->client, s->scope, s->patient, "DocumentReference", id, CLIENT_DEFAULT, on_earlier, s);
}

void note_kin_refresh(NoteKinSource *s)
{
    if (s->search)
        client_refresh(s->search);
}
