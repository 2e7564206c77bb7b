/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/note-sign.h"

#include <glib/gi18n.h>
#include <string.h>

#include "chart/note-written.h"

typedef struct {
    char *text;
    FhirResource *sent; /* ref: the note itself, as it was to stand */
    guint main;         /* the item that it is */
    char *identifier;   /* of that; NULL: a change, which has none */
    Scope *scope; /* the caller's: closing it drops the callback; NULL: told */
    guint scope_id;
    NoteSignedFn fn;
    gpointer data;
} Signing;

static void signing_free(gpointer p)
{
    Signing *s = p;
    fhir_resource_unref(s->sent);
    g_free(s->identifier);
    g_free(s->text);
    g_free(s);
}

/* The words may be there under another hand: an earlier attempt under the same identifier, or a core that
 * keeps what it likes. */
static NoteOutcome held(const Signing *s, const FhirResource *document)
{
    if (!document)
        return NOTE_UNREAD;
    if (!note_same_text(document, s->text))
        return NOTE_DIFFERS;
    return note_stands_as(s->sent, document) ? NOTE_SIGNED : NOTE_OTHERWISE;
}

/* A core that takes one thing at a time has taken the first. */
static gboolean is_half(const ClientWriteResult *result, const ClientWriteItem *main)
{
    gboolean any = FALSE;
    for (guint i = 0; i < result->items->len; i++)
        any = any || ((const ClientWriteItem *)result->items->pdata[i])->state == OUTBOX_CONFIRMED;
    return any && main && main->state != OUTBOX_UNKNOWN && main->state != OUTBOX_SENDING;
}

static NoteOutcome outcome_of(const Signing *s, const ClientWriteResult *result, const ClientWriteItem *main)
{
    if (!result)
        return NOTE_NOT_SENT;
    if (main && main->state == OUTBOX_CONFIRMED)
        return held(s, main->resource);
    if (is_half(result, main))
        return NOTE_HALF;
    if (note_conflict(result))
        return NOTE_OVERTAKEN;
    if (main && (main->state == OUTBOX_REFUSED || main->state == OUTBOX_CONFLICT))
        return NOTE_REFUSED;
    return result->never_sent ? NOTE_NOT_SENT : NOTE_UNKNOWN;
}

const ClientWriteItem *note_conflict(const ClientWriteResult *result)
{
    for (guint i = 0; i < result->items->len; i++) {
        const ClientWriteItem *item = result->items->pdata[i];
        if (item->state == OUTBOX_CONFLICT && !item->identifier)
            return item;
    }
    return NULL;
}

static void on_written(const ClientWriteResult *result, const GError *error, gpointer data)
{
    Signing *s = data;
    const ClientWriteItem *main = result && s->main < result->items->len ? result->items->pdata[s->main] : NULL;
    NoteSigned out = {.outcome = outcome_of(s, result, main), .error = error, .signing = s};
    if (out.outcome == NOTE_SIGNED || out.outcome == NOTE_DIFFERS || out.outcome == NOTE_OTHERWISE)
        out.document = main->resource;
    else if (out.outcome == NOTE_OVERTAKEN)
        out.document = note_conflict(result)->resource;
    scope_remove(s->scope, s->scope_id);
    s->scope = NULL;
    s->fn(&out, s->data);
    if (!s->scope) /* nobody follows it */
        signing_free(s);
}

void note_follow(Client *client, Scope *scope, const NoteSigned *unknown, NoteSignedFn fn, gpointer data)
{
    Signing *s = unknown->signing;
    g_return_if_fail(unknown->outcome == NOTE_UNKNOWN && s->identifier);
    s->scope = scope;
    s->scope_id = scope_add(scope, signing_free, s);
    s->fn = fn;
    s->data = data;
    client_write_follow(client, scope, s->identifier, on_written, s);
}

void note_write(Client *client, Scope *scope, PatientCtx *patient, const ClientWrite *writes, guint n, const char *text,
                NoteSignedFn fn, gpointer data)
{
    Signing *s = g_new0(Signing, 1);
    *s = (Signing){g_strdup(text), fhir_resource_ref((FhirResource *)writes[n - 1].resource), n - 1,
                   g_strdup(writes[n - 1].identifier), scope, scope_add(scope, signing_free, s), fn, data};
    client_write(client, scope, patient, writes, n, on_written, s);
}

/* Where the core takes one thing at a time the earlier version is marked first: its If-Match decides who
 * was too late before anything new is there. */
gboolean note_sign(Client *client, Scope *scope, PatientCtx *patient, const Note *note, const NoteWriting *w,
                   NoteSignedFn fn, gpointer data, GError **error)
{
    g_autofree char *text = note_text(note);
    g_autoptr(GError) closing = NULL;
    ClientWrite writes[2] = {0};
    guint n = 0;
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
    if (earlier)
        writes[n++] = (ClientWrite){.kind = CLIENT_UPDATE, .resource = earlier};
    gboolean own_words = w->sign || !w->author || g_strcmp0(w->author, w->practitioner) == 0;
    writes[n++] = (ClientWrite){.kind = CLIENT_CREATE, .resource = document, .identifier = w->identifier,
                                .provenance = own_words ? "author" : "enterer", .reason = w->reason};
    note_write(client, scope, patient, writes, n, text, fn, data);
    return TRUE;
}
