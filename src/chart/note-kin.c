/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/note-kin.h"

#include <glib/gi18n.h>
#include <string.h>

#include "chart/fresh.h"
#include "chart/note.h"
#include "client/query.h"

enum { MAX_VERSIONS = 50 };

/* What came after one of the versions. @further: one that is later than the note, not itself or an earlier one. */
typedef struct {
    NoteKinSource *source;
    ClientSearch *search;
    char *id;
    gboolean further;
    GPtrArray *found; /* FhirResource* */
    gboolean answered, untold;
} After;

struct NoteKinSource {
    NoteKin kin;
    Client *client;
    Scope *scope;
    PatientCtx *patient;
    GPtrArray *afters;    /* After*, one a version; empty: cannot be asked */
    gboolean watches, version; /* version: the earlier one is of this note */
    ClientFlags flags;
    char *earlier_id;
    guint waits;          /* answers that have not come */
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

static void add_once(NoteKinSource *s, GPtrArray *to, FhirResource *d)
{
    for (guint i = 0; i < to->len; i++)
        if (g_strcmp0(fhir_id(to->pdata[i]), fhir_id(d)) == 0)
            return;
    if (!g_ptr_array_find_with_equal_func(s->kin.versions, fhir_id(d), g_str_equal, NULL))
        g_ptr_array_add(to, fhir_resource_ref(d));
}

static void put_together(NoteKinSource *s)
{
    g_ptr_array_set_size(s->kin.later, 0);
    g_ptr_array_set_size(s->kin.further, 0);
    s->kin.untold = !s->afters->len;
    for (guint i = 0; i < s->afters->len; i++) {
        const After *a = s->afters->pdata[i];
        s->kin.untold = s->kin.untold || a->untold;
        for (guint k = 0; k < a->found->len; k++)
            add_once(s, a->further ? s->kin.further : s->kin.later, a->found->pdata[k]);
    }
    tell(s);
}

static void ask_further(const After *a);

static void on_later(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    After *a = data;
    NoteKinSource *s = a->source;
    if (done && !a->answered) {
        a->answered = TRUE;
        s->waits--;
    }
    take_problem(s, error);
    a->untold = !result;
    if (result) {
        g_ptr_array_set_size(a->found, 0);
        for (guint i = 0; i < result->items->len; i++)
            g_ptr_array_add(a->found, fhir_resource_ref(result->items->pdata[i]));
    }
    ask_further(a);
    put_together(s);
}

static void search_after(NoteKinSource *s, const char *id, gboolean further)
{
    if (!client_has_search(s->client, "DocumentReference", "relatesto"))
        return;
    g_autoptr(FhirQuery) q = client_patient_query(s->patient, "DocumentReference");
    g_autofree char *target = g_strconcat("DocumentReference/", id, NULL);
    fhir_query_add_raw(q, "relatesto", target);
    After *a = g_new0(After, 1);
    *a = (After){.source = s, .id = g_strdup(id), .further = further, .found = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref)};
    g_ptr_array_add(s->afters, a);
    s->waits++;
    a->search = client_search(s->client, s->scope, s->patient, q, s->flags, on_later, a);
    if (s->watches)
        client_watch(a->search);
}

static void ask_after(NoteKinSource *s, const char *id)
{
    if (s->kin.versions->len >= MAX_VERSIONS || g_ptr_array_find_with_equal_func(s->kin.versions, id, g_str_equal, NULL))
        return;
    g_ptr_array_add(s->kin.versions, g_strdup(id));
    search_after(s, id, FALSE);
}

static gboolean is_asked(const NoteKinSource *s, const char *id)
{
    for (guint i = 0; i < s->afters->len; i++)
        if (strcmp(((After *)s->afters->pdata[i])->id, id) == 0)
            return TRUE;
    return FALSE;
}

/* What took the note's place may have been replaced in its turn, and the last of them struck. */
static void ask_further(const After *a)
{
    NoteKinSource *s = a->source;
    if (!a->further && strcmp(a->id, s->kin.versions->pdata[0]) != 0)
        return;
    for (guint i = 0; i < a->found->len; i++) {
        const FhirResource *d = a->found->pdata[i];
        if (fhir_id(d) && note_follows(d, a->id) && note_state(d) == NOTE_REPLACED && s->afters->len < MAX_VERSIONS && !is_asked(s, fhir_id(d)))
            search_after(s, fhir_id(d), TRUE);
    }
}

/* ---- the versions before ---- */

static void on_before(const ClientResult *result, const GError *error, gboolean done, gpointer data);

static void read_before(NoteKinSource *s, const FhirResource *d)
{
    for (FhirNode r = fhir_first(fhir_at(fhir_root(d), "relatesTo")); fhir_exists(r); r = fhir_next(r)) {
        g_autofree char *type = NULL, *id = NULL;
        if (!fhir_reference(r, "target", &type, &id) || !note_follows(d, id) ||
            g_ptr_array_find_with_equal_func(s->kin.versions, id, g_str_equal, NULL))
            continue;
        ask_after(s, id);
        client_read(s->client, s->scope, s->patient, "DocumentReference", id, CLIENT_DEFAULT, on_before, s);
    }
}

static void on_before(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    (void)error;
    if (done && result && result->items->len)
        read_before(data, result->items->pdata[0]);
}

static void on_earlier(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    NoteKinSource *s = data;
    take_one(&s->kin.earlier, result);
    g_clear_pointer(&s->kin.earlier_problem, g_free);
    s->kin.earlier_problem = error ? g_strdup(_(error->message)) : NULL;
    s->kin.earlier_waits = !done;
    if (s->version)
        on_before(result, error, done, s);
    else if (s->kin.earlier && note_state(s->kin.earlier) == NOTE_REPLACED && !is_asked(s, s->earlier_id))
        search_after(s, s->earlier_id, TRUE); /* what took its place may have been struck */
    tell(s);
}

/* ---- what is written here is asked for at once; what others write is the watch's ---- */

static void on_fresh(gpointer data)
{
    note_kin_refresh(data);
}

static void source_free(gpointer data)
{
    NoteKinSource *s = data;
    g_clear_pointer(&s->kin.self, fhir_resource_unref);
    g_clear_pointer(&s->kin.earlier, fhir_resource_unref);
    g_ptr_array_unref(s->kin.later);
    g_ptr_array_unref(s->kin.further);
    g_ptr_array_unref(s->kin.versions);
    g_ptr_array_unref(s->afters);
    patient_ctx_unref(s->patient);
    g_free(s->kin.problem);
    g_free(s->kin.earlier_problem);
    g_free(s->earlier_id);
    g_free(s);
}

static void after_free(gpointer p)
{
    After *a = p;
    g_ptr_array_unref(a->found);
    g_free(a->id);
    g_free(a);
}

static NoteKinSource *begin(Client *client, Scope *scope, PatientCtx *patient, const char *id, gboolean watches, NoteKinFn fn,
                            gpointer data)
{
    NoteKinSource *s = g_new0(NoteKinSource, 1);
    *s = (NoteKinSource){.client = client, .scope = scope, .patient = patient_ctx_ref(patient), .fn = fn, .data = data,
                         .watches = watches, .flags = watches ? CLIENT_DEFAULT : CLIENT_FRESH};
    s->kin.later = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref);
    s->kin.further = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref);
    s->kin.versions = g_ptr_array_new_with_free_func(g_free);
    s->afters = g_ptr_array_new_with_free_func(after_free);
    scope_add(scope, source_free, s);
    fresh_when_written(scope, "DocumentReference", NULL, on_fresh, s);
    ask_after(s, id);
    s->kin.untold = !s->afters->len;
    return s;
}

NoteKinSource *note_kin_watch(Client *client, Scope *scope, PatientCtx *patient, const char *id, NoteKinFn fn, gpointer data)
{
    return begin(client, scope, patient, id, TRUE, fn, data);
}

NoteKinSource *note_kin_ask(Client *client, Scope *scope, PatientCtx *patient, const char *id, NoteKinFn fn, gpointer data)
{
    NoteKinSource *s = begin(client, scope, patient, id, FALSE, fn, data);
    s->waits++;
    client_read(client, scope, patient, "DocumentReference", id, CLIENT_FRESH, on_self, s);
    return s;
}

void note_kin_earlier(NoteKinSource *s, const char *id, gboolean version)
{
    if (!id || g_strcmp0(s->earlier_id, id) == 0)
        return;
    g_free(s->earlier_id);
    s->earlier_id = g_strdup(id);
    s->version = version;
    g_clear_pointer(&s->kin.earlier, fhir_resource_unref);
    s->kin.earlier_waits = TRUE;
    if (version)
        ask_after(s, id);
    client_read(s->client, s->scope, s->patient, "DocumentReference", id, CLIENT_DEFAULT, on_earlier, s);
}

gboolean note_kin_adds(const NoteKin *kin, const FhirResource *d)
{
    for (guint i = 0; i < kin->versions->len; i++)
        if (note_relates(d, NOTE_ADDS_TO, kin->versions->pdata[i]))
            return TRUE;
    return FALSE;
}

/* The struck one of @among that follows @id; those that follow it and are replaced are added to @ids. */
static const FhirResource *struck_after(const GPtrArray *among, const char *id, GPtrArray *ids)
{
    for (guint i = 0; i < among->len; i++) {
        const FhirResource *d = among->pdata[i];
        if (!fhir_id(d) || !note_follows(d, id))
            continue;
        if (note_state(d) == NOTE_STRUCK)
            return d;
        if (note_state(d) == NOTE_REPLACED && !g_ptr_array_find_with_equal_func(ids, fhir_id(d), g_str_equal, NULL))
            g_ptr_array_add(ids, (gpointer)fhir_id(d));
    }
    return NULL;
}

const FhirResource *note_kin_struck(const NoteKin *kin, const char *id)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new(); /* each once: versions that follow each other end too */
    const FhirResource *struck = NULL;
    g_ptr_array_add(ids, (gpointer)id);
    for (guint i = 0; !struck && i < ids->len; i++) {
        struck = struck_after(kin->later, ids->pdata[i], ids);
        if (!struck)
            struck = struck_after(kin->further, ids->pdata[i], ids);
    }
    return struck;
}

void note_kin_refresh(NoteKinSource *s)
{
    for (guint i = 0; i < s->afters->len; i++)
        client_refresh(((After *)s->afters->pdata[i])->search);
}
