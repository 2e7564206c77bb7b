/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/note-task.h"

#include <glib/gi18n.h>
#include <string.h>

#include "chart/record-words.h"
#include "client/query.h"
#include "fhir/build.h"

static const struct {
    const char *code;
    RecordWord words;
} kinds[NOTE_TASK_KINDS] = {
    [NOTE_TASK_TRANSCRIBE] = {"transcribe", RW_TASK_TRANSCRIBE},
    [NOTE_TASK_COUNTERSIGN] = {"countersign", RW_TASK_COUNTERSIGN},
};

const char *note_task_code(NoteTaskKind kind)
{
    return kinds[kind].code;
}

static gboolean waits(FhirNode task)
{
    g_auto(GStrv) open = g_strsplit(NOTE_TASK_OPEN, ",", -1);
    g_autofree char *status = fhir_string(task, "status");
    return status && g_strv_contains((const char *const *)open, status);
}

gboolean note_task_is(const FhirResource *task, NoteTaskKind kind)
{
    FhirNode root = fhir_root(task), codings = fhir_at(root, "code.coding");
    for (FhirNode c = fhir_first(codings); fhir_exists(c); c = fhir_next(c))
        if (fhir_is(c, "system", NOTE_TASK_SYSTEM) && fhir_is(c, "code", kinds[kind].code))
            return waits(root);
    return FALSE;
}

FhirResource *note_task_ended(const FhirResource *task, NoteTaskEnd end, const char *later, Instant now, GError **error)
{
    g_autoptr(FhirEdit) e = fhir_edit_new(task);
    g_autofree char *at = instant_to_fhir(now);
    if (end == NOTE_TASKS_MOVE)
        fhir_edit_set_string(e, "focus.reference", later);
    else
        fhir_edit_set_string(e, "status", end == NOTE_TASKS_DONE ? "completed" : "cancelled");
    fhir_edit_set_string(e, "lastModified", at);
    return fhir_edit_finish(e, error);
}

/* ---- which there are ---- */

typedef struct {
    NoteTasksFn fn;
    gpointer data;
} Finding;

static void on_found(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    const Finding *f = data;
    g_autoptr(GPtrArray) tasks = g_ptr_array_new();
    (void)error;
    if (!done)
        return;
    for (guint i = 0; result && i < result->items->len; i++)
        for (int k = 0; k < NOTE_TASK_KINDS; k++)
            if (note_task_is(result->items->pdata[i], (NoteTaskKind)k))
                g_ptr_array_add(tasks, result->items->pdata[i]);
    f->fn(tasks, f->data);
}

gboolean note_tasks_known(const Client *client)
{
    return client_can(client, "Task", "update") && client_has_search(client, "Task", "focus");
}

void note_tasks_find(Client *client, Scope *scope, PatientCtx *patient, const char *document, NoteTasksFn fn, gpointer data)
{
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    if (!note_tasks_known(client)) {
        fn(none, data);
        return;
    }
    Finding *f = g_new(Finding, 1);
    *f = (Finding){fn, data};
    scope_add(scope, g_free, f);
    g_autoptr(FhirQuery) q = client_patient_query(patient, "Task");
    g_autofree char *focus = g_strconcat("DocumentReference/", document, NULL);
    fhir_query_add_raw(q, "focus", focus);
    fhir_query_add_raw(q, "status", NOTE_TASK_OPEN);
    client_search(client, scope, patient, q, CLIENT_FRESH | CLIENT_NO_STORE, on_found, f);
}

/* ---- a colleague is asked ---- */

FhirResource *note_task_asking(const FhirResource *document, const NoteAsking *a, GError **error)
{
    g_autoptr(FhirBuild) b = fhir_build_new("Task");
    fhir_b_string(b, "status", "requested");
    fhir_b_string(b, "intent", "order");
    fhir_b_concept(b, "code", NOTE_TASK_SYSTEM, kinds[NOTE_TASK_COUNTERSIGN].code, NULL,
                   record_word(kinds[NOTE_TASK_COUNTERSIGN].words));
    fhir_b_reference(b, "focus", "DocumentReference", fhir_id(document), NULL);
    fhir_b_node(b, "for", fhir_at(fhir_root(document), "subject"));
    fhir_b_instant(b, "authoredOn", a->now);
    fhir_b_instant(b, "lastModified", a->now);
    fhir_b_reference(b, "requester", "Practitioner", a->practitioner, a->name);
    fhir_b_reference(b, "owner", "Practitioner", a->owner, a->owner_name);
    return fhir_build_finish(b, error);
}

typedef struct {
    Client *client;
    Scope *scope;
    PatientCtx *patient;
    FhirResource *task;
    char *owner, *owner_name;
    ClientDoneFn fn;
    gpointer data;
} Asking;

static void asking_free(gpointer p)
{
    Asking *a = p;
    patient_ctx_unref(a->patient);
    g_clear_pointer(&a->task, fhir_resource_unref);
    g_free(a->owner);
    g_free(a->owner_name);
    g_free(a);
}

static void on_written(const ClientWriteResult *result, const GError *error, gpointer data)
{
    const Asking *a = data;
    (void)result;
    a->fn(error, a->data);
}

static gboolean is_asked(const GPtrArray *tasks, const char *owner)
{
    for (guint i = 0; i < tasks->len; i++) {
        g_autofree char *type = NULL, *id = NULL;
        if (note_task_is(tasks->pdata[i], NOTE_TASK_COUNTERSIGN) &&
            fhir_reference(fhir_root(tasks->pdata[i]), "owner", &type, &id) && g_strcmp0(id, owner) == 0)
            return TRUE;
    }
    return FALSE;
}

static void on_others(const GPtrArray *tasks, gpointer data)
{
    const Asking *a = data;
    if (is_asked(tasks, a->owner)) {
        g_autoptr(GError) error = g_error_new(FHIR_ERROR, FHIR_ERROR_EDIT, _("%s has been asked already"), a->owner_name);
        a->fn(error, a->data);
        return;
    }
    ClientWrite write = {.kind = CLIENT_CREATE, .resource = a->task};
    client_write(a->client, a->scope, a->patient, &write, 1, on_written, data);
}

void note_task_ask(Client *client, Scope *scope, PatientCtx *patient, const FhirResource *document, const NoteAsking *asking,
                   ClientDoneFn fn, gpointer data)
{
    Asking *a = g_new0(Asking, 1);
    g_autoptr(GError) error = NULL;
    *a = (Asking){client, scope, patient_ctx_ref(patient), note_task_asking(document, asking, &error), g_strdup(asking->owner),
                  g_strdup(asking->owner_name), fn, data};
    scope_add(scope, asking_free, a);
    if (a->task)
        note_tasks_find(client, scope, patient, fhir_id(document), on_others, a);
    else
        fn(error, data);
}
