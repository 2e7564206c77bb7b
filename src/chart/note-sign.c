/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/note-sign.h"

#include <glib/gi18n.h>

typedef struct {
    char *text;
    NoteSignedFn fn;
    gpointer data;
} Signing;

static void on_written(const ClientWriteResult *result, const GError *error, gpointer data)
{
    Signing *s = data;
    NoteSigned out = {.outcome = NOTE_NOT_SENT, .error = error};
    const ClientWriteItem *item = result && result->items->len ? result->items->pdata[0] : NULL;
    if (item && item->state == OUTBOX_CONFIRMED) {
        out.document = item->resource;
        out.outcome = item->resource && note_same_text(item->resource, s->text) ? NOTE_SIGNED : NOTE_DIFFERS;
    } else if (item && (item->state == OUTBOX_REFUSED || item->state == OUTBOX_CONFLICT)) {
        out.outcome = NOTE_REFUSED;
    } else if (result && !result->never_sent) {
        out.outcome = NOTE_UNKNOWN;
    }
    s->fn(&out, s->data);
    g_free(s->text);
    g_free(s);
}

gboolean note_sign(Client *client, Scope *scope, PatientCtx *patient, const Note *note, const NoteWriting *w,
                   NoteSignedFn fn, gpointer data, GError **error)
{
    g_autofree char *text = note_text(note);
    if (!*text) {
        g_set_error_literal(error, FHIR_ERROR, FHIR_ERROR_EDIT, _("The note is empty"));
        return FALSE;
    }
    g_autoptr(FhirResource) document = note_document(note, patient_ctx_patient(patient), w, error);
    if (!document)
        return FALSE;
    Signing *s = g_new0(Signing, 1);
    s->text = g_steal_pointer(&text);
    s->fn = fn;
    s->data = data;
    ClientWrite write = {.kind = CLIENT_CREATE, .resource = document, .identifier = w->identifier,
                         .provenance = "author"};
    client_write(client, scope, patient, &write, 1, on_written, s);
    return TRUE;
}
