/* SPDX-License-Identifier: GPL-3.0-or-later
 * Signing, countersigning and striking what is in the record: its words are never touched. */
#include <string.h>

#include "base/text.h"
#include "chart/note-written.h"
#include "chart/record-words.h"
#include "client/query.h"
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

static FhirResource *struck(const FhirResource *document, const NoteAttesting *a)
{
    g_autoptr(FhirEdit) e = fhir_edit_new(document);
    strike(e, document, a);
    return fhir_edit_finish(e, NULL);
}

/* ---- a note is struck with all its versions ---- */

typedef struct {
    Client *client;
    Scope *scope;
    PatientCtx *patient;
    FhirResource *document, *attested; /* as it was read; as it is to stand */
    char *practitioner, *name, *reason;
    Instant now;
    GPtrArray *asked; /* char*: ids of the versions before */
    GPtrArray *with;  /* FhirResource*: those that have come, struck */
    guint waits, unread;
    NoteSignedFn fn;
    gpointer data;
} Striking;

static void striking_free(gpointer p)
{
    Striking *s = p;
    patient_ctx_unref(s->patient);
    fhir_resource_unref(s->document);
    fhir_resource_unref(s->attested);
    g_ptr_array_unref(s->asked);
    g_ptr_array_unref(s->with);
    g_free(s->practitioner);
    g_free(s->name);
    g_free(s->reason);
    g_free(s);
}

static void strike_all(const Striking *s)
{
    g_autofree char *text = note_document_text(s->document);
    NoteWritten what = {.note = {.kind = CLIENT_UPDATE, .resource = s->attested, .reason = s->reason, .provenance = "author"},
                        .with = s->with, .unread = s->unread, .text = text, .waits = fhir_id(s->document), .now = s->now,
                        .end = NOTE_TASKS_CANCELLED};
    note_write(s->client, s->scope, s->patient, &what, s->fn, s->data);
}

static void on_version(const ClientResult *result, const GError *error, gboolean done, gpointer data);

static void ask_before(Striking *s, const FhirResource *d)
{
    char *id;
    for (guint i = 0; (id = note_earlier(d, i)); i++) {
        gboolean known = g_ptr_array_find_with_equal_func(s->asked, id, g_str_equal, NULL);
        if (known || s->asked->len == NOTE_MOST_VERSIONS) {
            s->unread += !known;
            g_free(id);
            continue;
        }
        g_ptr_array_add(s->asked, id);
        s->waits++;
        client_read(s->client, s->scope, s->patient, "DocumentReference", id, CLIENT_FRESH, on_version, s);
    }
}

static void on_version(const ClientResult *result, const GError *error, gboolean done, gpointer data)
{
    Striking *s = data;
    const FhirResource *d = done && !error && result && result->items->len ? result->items->pdata[0] : NULL;
    const NoteAttesting a = {NOTE_STRIKE, s->practitioner, s->name, s->reason, s->now};
    FhirResource *now = d && note_state(d) != NOTE_STRUCK ? struck(d, &a) : NULL;
    if (!done)
        return;
    if (now)
        g_ptr_array_add(s->with, now);
    else
        s->unread += !d || note_state(d) != NOTE_STRUCK;
    if (d)
        ask_before(s, d);
    if (--s->waits == 0)
        strike_all(s);
}

static void strike_versions(Client *client, Scope *scope, PatientCtx *patient, const FhirResource *document,
                            const FhirResource *attested, const NoteAttesting *a, NoteSignedFn fn, gpointer data)
{
    Striking *s = g_new0(Striking, 1);
    *s = (Striking){.client = client, .scope = scope, .patient = patient_ctx_ref(patient), .document = fhir_resource_ref(document),
                    .attested = fhir_resource_ref(attested), .practitioner = g_strdup(a->practitioner), .name = g_strdup(a->name),
                    .reason = g_strdup(a->reason), .now = a->now, .fn = fn, .data = data};
    s->asked = g_ptr_array_new_with_free_func(g_free);
    s->with = g_ptr_array_new_with_free_func((GDestroyNotify)fhir_resource_unref);
    scope_add(scope, striking_free, s);
    ask_before(s, document);
    if (!s->waits)
        strike_all(s);
}

gboolean note_attest(Client *client, Scope *scope, PatientCtx *patient, const FhirResource *document,
                     const NoteAttesting *a, NoteSignedFn fn, gpointer data, GError **error)
{
    g_autofree char *text = note_document_text(document);
    g_autoptr(FhirResource) attested = note_attested(document, a, error);
    if (!attested)
        return FALSE;
    if (a->act == NOTE_STRIKE) {
        strike_versions(client, scope, patient, document, attested, a, fn, data);
        return TRUE;
    }
    gboolean second = a->act == NOTE_COUNTERSIGN;
    NoteWritten what = {.note = {.kind = CLIENT_UPDATE, .resource = attested, .reason = a->reason,
                                 .provenance = second ? "verifier" : "attester"},
                        .text = text, .waits = fhir_id(document), .now = a->now, .end = second ? NOTE_TASKS_DONE : NOTE_TASKS_STAY};
    note_write(client, scope, patient, &what, fn, data);
    return TRUE;
}
