/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/note-sign.h"

#include <glib/gi18n.h>
#include <string.h>

#include "chart/note-written.h"

enum { MOST_TASKS = 8 }; /* that one write takes along */

typedef struct {
    Client *client;
    Scope *scope; /* the caller's: closing it drops the callback; NULL: told */
    guint scope_id;
    PatientCtx *patient;
    FhirResource *earlier, *note; /* as they are to stand */
    GPtrArray *with;              /* FhirResource*: and those before, struck with it */
    guint unread;
    ClientWriteKind kind;
    char *identifier; /* NULL: a change, which has none */
    char *reason, *full_url;
    const char *provenance;
    char *text;
    NoteTaskEnd end;
    Instant now;
    NoteSignedFn fn;
    gpointer data;
} Signing;

static void signing_free(gpointer p)
{
    Signing *s = p;
    patient_ctx_unref(s->patient);
    g_clear_pointer(&s->earlier, fhir_resource_unref);
    fhir_resource_unref(s->note);
    g_ptr_array_unref(s->with);
    g_free(s->identifier);
    g_free(s->reason);
    g_free(s->full_url);
    g_free(s->text);
    g_free(s);
}

/* Of the items of the write: where the core takes one thing at a time the earlier version is marked first, its If-Match
 * decides who was too late before anything new is there; and no request ends before the note is there. */
static guint note_item(const Signing *s)
{
    return s->earlier != NULL;
}

/* The words may be there under another hand: an earlier attempt under the same identifier, or a core that
 * keeps what it likes. */
static WrittenOutcome held(const Signing *s, const FhirResource *document)
{
    if (!document)
        return WRITTEN_UNREAD;
    if (!note_same_text(document, s->text))
        return WRITTEN_DIFFERS;
    return note_stands_as(s->note, document) ? WRITTEN_DONE : WRITTEN_OTHERWISE;
}

/* A core that takes one thing at a time has taken the first. */
static gboolean is_half(const ClientWriteResult *result, const ClientWriteItem *main)
{
    gboolean any = FALSE;
    for (guint i = 0; i < result->items->len; i++)
        any = any || ((const ClientWriteItem *)result->items->pdata[i])->state == OUTBOX_CONFIRMED;
    return any && main && main->state != OUTBOX_UNKNOWN && main->state != OUTBOX_SENDING;
}

/* Somebody else has changed the note or the version before it; not: its request. */
static const ClientWriteItem *overtaken(const Signing *s, const ClientWriteResult *result)
{
    for (guint i = 0; i < result->items->len && i <= note_item(s); i++) {
        const ClientWriteItem *item = result->items->pdata[i];
        if (item->state == OUTBOX_CONFLICT && !item->identifier)
            return item;
    }
    return NULL;
}

static WrittenOutcome outcome_of(const Signing *s, const ClientWriteResult *result, const ClientWriteItem *main)
{
    if (!result)
        return WRITTEN_NOT_SENT;
    if (main && main->state == OUTBOX_CONFIRMED)
        return held(s, main->resource);
    if (is_half(result, main))
        return WRITTEN_HALF;
    if (overtaken(s, result))
        return WRITTEN_OVERTAKEN;
    if (main && (main->state == OUTBOX_REFUSED || main->state == OUTBOX_CONFLICT))
        return WRITTEN_REFUSED;
    return result->never_sent ? WRITTEN_NOT_SENT : WRITTEN_UNKNOWN;
}

/* Of those that were to be struck with it. */
static guint left_of(const Signing *s, const ClientWriteResult *result)
{
    guint left = s->unread, first = note_item(s) + 1;
    for (guint i = first; i < first + s->with->len; i++) {
        const ClientWriteItem *item = result && i < result->items->len ? result->items->pdata[i] : NULL;
        left += !item || item->state != OUTBOX_CONFIRMED;
    }
    return left;
}

static void on_written(const ClientWriteResult *result, const GError *error, gpointer data)
{
    Signing *s = data;
    const ClientWriteItem *main = result && note_item(s) < result->items->len ? result->items->pdata[note_item(s)] : NULL;
    gboolean done = main && main->state == OUTBOX_CONFIRMED; /* whatever became of a request */
    NoteSigned out = {.outcome = outcome_of(s, result, main), .error = done ? NULL : error, .left = left_of(s, result),
                      .signing = s};
    if (out.outcome == WRITTEN_DONE || out.outcome == WRITTEN_DIFFERS || out.outcome == WRITTEN_OTHERWISE)
        out.document = main->resource;
    else if (out.outcome == WRITTEN_OVERTAKEN)
        out.document = overtaken(s, result)->resource;
    scope_remove(s->scope, s->scope_id);
    s->scope = NULL;
    s->fn(&out, s->data);
    if (!s->scope) /* nobody follows it */
        signing_free(s);
}

void note_follow(Client *client, Scope *scope, const NoteSigned *unknown, NoteSignedFn fn, gpointer data)
{
    Signing *s = unknown->signing;
    g_return_if_fail(unknown->outcome == WRITTEN_UNKNOWN && s->identifier);
    s->scope = scope;
    s->scope_id = scope_add(scope, signing_free, s);
    s->fn = fn;
    s->data = data;
    client_write_follow(client, scope, s->identifier, on_written, s);
}

static void on_tasks(const GPtrArray *tasks, gpointer data)
{
    Signing *s = data;
    g_autoptr(GPtrArray) ended = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref);
    ClientWrite writes[2 + NOTE_MOST_VERSIONS + MOST_TASKS] = {0};
    guint n = 0;
    if (s->earlier)
        writes[n++] = (ClientWrite){.kind = CLIENT_UPDATE, .resource = s->earlier};
    writes[n++] = (ClientWrite){.kind = s->kind, .resource = s->note, .identifier = s->identifier, .full_url = s->full_url,
                                .provenance = s->provenance, .reason = s->reason};
    for (guint i = 0; i < s->with->len; i++)
        writes[n++] = (ClientWrite){.kind = CLIENT_UPDATE, .resource = s->with->pdata[i]};
    for (guint i = 0; i < tasks->len && i < MOST_TASKS; i++) {
        FhirResource *task = note_task_ended(tasks->pdata[i], s->end, s->full_url, s->now, NULL);
        if (!task)
            continue;
        g_ptr_array_add(ended, task);
        writes[n++] = (ClientWrite){.kind = CLIENT_UPDATE, .resource = task};
    }
    client_write(s->client, s->scope, s->patient, writes, n, on_written, s);
}

void note_write(Client *client, Scope *scope, PatientCtx *patient, const NoteWritten *what, NoteSignedFn fn, gpointer data)
{
    static const GPtrArray none = {0};
    const ClientWrite *note = &what->note;
    Signing *s = g_new0(Signing, 1);
    *s = (Signing){.client = client, .scope = scope, .scope_id = scope_add(scope, signing_free, s), .patient = patient_ctx_ref(patient),
                   .earlier = what->earlier ? fhir_resource_ref((FhirResource *)what->earlier) : NULL,
                   .note = fhir_resource_ref((FhirResource *)note->resource), .kind = note->kind,
                   .identifier = g_strdup(note->identifier), .reason = g_strdup(note->reason), .provenance = note->provenance,
                   .full_url = what->end == NOTE_TASKS_MOVE ? client_new_uuid() : NULL, .text = g_strdup(what->text),
                   .end = what->end, .now = what->now, .fn = fn, .data = data, .unread = what->unread};
    s->with = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref);
    for (guint i = 0; what->with && i < what->with->len; i++)
        g_ptr_array_add(s->with, fhir_resource_ref(what->with->pdata[i]));
    if (what->end == NOTE_TASKS_STAY)
        on_tasks(&none, s);
    else
        note_tasks_find(client, scope, patient, what->waits, on_tasks, s);
}

/* Only what is signed waits to be countersigned. */
static NoteTaskEnd end_of(const NoteWriting *w)
{
    gboolean signed_one = w->base && note_state_is_signed(note_state(w->base));
    return w->relation == NOTE_TRANSCRIBES ? NOTE_TASKS_DONE : w->relation == NOTE_REPLACES && signed_one ? NOTE_TASKS_MOVE : NOTE_TASKS_STAY;
}

gboolean note_sign(Client *client, Scope *scope, PatientCtx *patient, const Note *note, const NoteWriting *w,
                   NoteSignedFn fn, gpointer data, GError **error)
{
    g_autofree char *text = note_text(note);
    g_autoptr(GError) closing = NULL;
    NoteWriting here = *w;
    here.one_content = client_dialect(client)->one_content;
    if (!*text) {
        g_set_error_literal(error, FHIR_ERROR, FHIR_ERROR_EDIT, _("The note is empty"));
        return FALSE;
    }
    g_autoptr(FhirResource) document = note_document(note, patient_ctx_patient(patient), &here, error);
    g_autoptr(FhirResource) earlier = document ? note_superseded(w, &closing) : NULL;
    if (!document || closing) {
        if (closing)
            g_propagate_error(error, g_steal_pointer(&closing));
        return FALSE;
    }
    gboolean own_words = w->sign || !w->author || g_strcmp0(w->author, w->practitioner) == 0;
    NoteWritten what = {.earlier = earlier, .text = text, .waits = w->base ? fhir_id(w->base) : NULL, .now = w->now,
                        .end = end_of(w),
                        .note = {.kind = CLIENT_CREATE, .resource = document, .identifier = w->identifier,
                                 .provenance = own_words ? "author" : "enterer", .reason = w->reason}};
    note_write(client, scope, patient, &what, fn, data);
    return TRUE;
}
