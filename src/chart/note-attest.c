/* SPDX-License-Identifier: GPL-3.0-or-later
 * Signing, countersigning and striking what is in the record: its words are never touched. */
#include <string.h>

#include "base/text.h"
#include "chart/note-written.h"
#include "chart/record-words.h"
#include "fhir/build.h"

static char *as_json(FhirBuild *b, const char *member)
{
    g_autoptr(FhirResource) r = fhir_build_finish(b, NULL);
    return fhir_raw(fhir_at(fhir_root(r), member));
}

static char *reference_json(const NoteAttesting *a)
{
    g_autoptr(FhirBuild) b = fhir_build_new("DocumentReference");
    fhir_b_reference(b, "authenticator", "Practitioner", a->practitioner, a->name);
    return as_json(b, "authenticator");
}

/* FHIR R5's DocumentReference.attester, as R4 carries it. */
static char *attester_json(const NoteAttesting *a)
{
    g_autofree char *at = instant_to_fhir(a->now);
    g_autoptr(FhirBuild) b = fhir_build_new("DocumentReference");
    fhir_b_array(b, "extension");
    fhir_b_object(b, NULL);
    fhir_b_string(b, "url", NOTE_ATTESTER);
    fhir_b_array(b, "extension");
    fhir_b_object(b, NULL);
    fhir_b_string(b, "url", "mode");
    fhir_b_concept(b, "valueCodeableConcept", "http://hl7.org/fhir/composition-attestation-mode", "professional", NULL, NULL);
    fhir_b_end(b);
    fhir_b_object(b, NULL);
    fhir_b_string(b, "url", "time");
    fhir_b_string(b, "valueDateTime", at);
    fhir_b_end(b);
    fhir_b_object(b, NULL);
    fhir_b_string(b, "url", "party");
    fhir_b_reference(b, "valueReference", "Practitioner", a->practitioner, a->name);
    fhir_b_end(b);
    fhir_b_end(b);
    fhir_b_end(b);
    fhir_b_end(b);
    return as_json(b, "extension[0]");
}

static void strike(FhirEdit *e, const FhirResource *document, const NoteAttesting *a)
{
    g_autofree char *at = instant_to_minute(a->now);
    g_autofree char *struck = record_text(RW_STRUCK, at, a->name, a->reason);
    /* Why it was corrected before stays with it. */
    g_autofree char *before = fhir_string(fhir_root(document), "description");
    g_autofree char *why = before && *before ? g_strdup_printf("%s · %s", before, struck) : g_steal_pointer(&struck);
    fhir_edit_set_string(e, "status", "entered-in-error");
    fhir_edit_set_string(e, "docStatus", "entered-in-error");
    fhir_edit_set_string(e, "description", why);
}

FhirResource *note_attested(const FhirResource *document, const NoteAttesting *a, GError **error)
{
    g_autoptr(FhirEdit) e = fhir_edit_new(document);
    if (a->act == NOTE_SIGN) {
        g_autofree char *who = reference_json(a);
        fhir_edit_set_string(e, "docStatus", "final");
        fhir_edit_set(e, "authenticator", who);
    } else if (a->act == NOTE_COUNTERSIGN) {
        g_autofree char *who = attester_json(a);
        fhir_edit_append(e, "extension", who);
    } else {
        strike(e, document, a);
    }
    return fhir_edit_finish(e, error);
}

gboolean note_attest(Client *client, Scope *scope, PatientCtx *patient, const FhirResource *document,
                     const NoteAttesting *a, NoteSignedFn fn, gpointer data, GError **error)
{
    g_autofree char *text = note_document_text(document);
    g_autoptr(FhirResource) attested = note_attested(document, a, error);
    if (!attested)
        return FALSE;
    gboolean second = a->act == NOTE_COUNTERSIGN, struck = a->act == NOTE_STRIKE;
    NoteWritten what = {.note = {.kind = CLIENT_UPDATE, .resource = attested, .reason = a->reason,
                                 .provenance = second ? "verifier" : struck ? "author" : "attester"},
                        .text = text, .waits = fhir_id(document), .now = a->now,
                        .end = second ? NOTE_TASKS_DONE : struck ? NOTE_TASKS_CANCELLED : NOTE_TASKS_STAY};
    note_write(client, scope, patient, &what, fn, data);
    return TRUE;
}
