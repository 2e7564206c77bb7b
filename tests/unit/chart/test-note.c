/* SPDX-License-Identifier: GPL-3.0-or-later
 * A note into the record: what is written, and what the receipt says about it. */
#include "chart/note-sign.h"
#include "client/fixture.h"

static Note *a_note(const char *text)
{
    g_autofree char *path = g_build_filename(g_getenv("ROND_DATA"), "forms/note-daganteckning.json", NULL);
    g_autofree char *json = NULL;
    gsize len = 0;
    cr_assert(g_file_get_contents(path, &json, &len, NULL));
    g_autoptr(GBytes) bytes = g_bytes_new(json, len);
    g_autoptr(FhirResource) q = fhir_resource_parse(bytes, NULL);
    Note *note = note_new(q, NULL);
    cr_assert(note);
    for (guint i = 0; i < note->sections->len; i++) {
        NoteSection *s = note->sections->pdata[i];
        if (s->takes_text) {
            g_free(s->text);
            s->text = g_strdup(text);
            break;
        }
    }
    return note;
}

static NoteWriting writing(gboolean sign)
{
    return (NoteWriting){.identifier = "urn:uuid:3f1de1e4-5f3a-4b0e-9f0b-2b1f6d0f7a11", .practitioner = "dr1",
                         .name = "Test Läkare", .event = 1763712000 * (gint64)G_USEC_PER_SEC,
                         .now = 1763712000 * (gint64)G_USEC_PER_SEC, .sign = sign};
}

static FhirResource *document(const Note *note, gboolean sign)
{
    static const char json[] = "{\"resourceType\":\"Patient\",\"id\":\"p1\"}";
    g_autoptr(GBytes) text = g_bytes_new_static(json, strlen(json));
    g_autoptr(FhirResource) patient = fhir_resource_parse(text, NULL);
    NoteWriting w = writing(sign);
    g_autoptr(GError) error = NULL;
    FhirResource *r = note_document(note, patient, &w, &error);
    cr_assert(r, "%s", error ? error->message : "");
    return r;
}

Test(note, signed_is_final_with_its_signer_and_unsigned_is_neither)
{
    g_autoptr(Note) note = a_note("Åter feber 38,4.");
    g_autoptr(FhirResource) final = document(note, TRUE), open = document(note, FALSE);
    cr_assert(fhir_is(fhir_root(final), "docStatus", "final"));
    cr_assert(fhir_exists(fhir_at(fhir_root(final), "authenticator")));
    cr_assert(fhir_is(fhir_root(open), "docStatus", "preliminary"));
    cr_assert_not(fhir_exists(fhir_at(fhir_root(open), "authenticator")));
    NoteReading *read = note_read(final);
    cr_assert(read->is_signed && strstr(read->text, "Åter feber 38,4."));
    note_reading_free(read);
}

Test(note, the_same_words_are_recognised_and_others_are_not)
{
    g_autoptr(Note) note = a_note("Åter feber 38,4."), other = a_note("Åter feber 38,5.");
    g_autoptr(FhirResource) r = document(note, TRUE);
    g_autofree char *words = note_text(note), *others = note_text(other);
    cr_assert(note_same_text(r, words));
    cr_assert_not(note_same_text(r, others));
    cr_assert_not(note_same_text(r, ""));
}

/* ---- signing ---- */

typedef struct {
    gboolean done;
    WrittenOutcome outcome;
} Told;

static void on_signed(const NoteSigned *result, gpointer data)
{
    *(Told *)data = (Told){TRUE, result->outcome};
}

static WrittenOutcome put(Fx *f, const Note *note, gboolean signs)
{
    Told told = {0};
    NoteWriting w = writing(signs);
    cr_assert(note_sign(f->client, f->scope, f->ctx, note, &w, on_signed, &told, NULL));
    cr_assert(loop_until(&told.done));
    return told.outcome;
}

static WrittenOutcome sign(Fx *f, const Note *note)
{
    return put(f, note, TRUE);
}

Test(note, an_empty_note_is_not_signed)
{
    Fx f;
    fx_begin(&f);
    g_autoptr(Note) note = a_note("");
    NoteWriting w = writing(TRUE);
    g_autoptr(GError) error = NULL;
    cr_assert_not(note_sign(f.client, f.scope, f.ctx, note, &w, on_signed, NULL, &error));
    cr_assert(error);
    cr_assert_eq(minicore_count(f.core, "DocumentReference"), 0);
    fx_end(&f);
}

Test(note, signing_twice_gives_one_note)
{
    Fx f;
    fx_begin(&f);
    g_autoptr(Note) note = a_note("Åter feber 38,4.");
    cr_assert_eq(sign(&f, note), WRITTEN_DONE);
    cr_assert_eq(sign(&f, note), WRITTEN_DONE);
    cr_assert_eq(minicore_count(f.core, "DocumentReference"), 1);
    fx_end(&f);
}

/* The draft's identifier is in the record already, with other words: no receipt for these. */
Test(note, other_words_in_the_record_are_told)
{
    Fx f;
    fx_begin(&f);
    g_autoptr(Note) note = a_note("Åter feber 38,4."), changed = a_note("Åter feber 39,4.");
    cr_assert_eq(sign(&f, note), WRITTEN_DONE);
    cr_assert_eq(sign(&f, changed), WRITTEN_DIFFERS);
    cr_assert_eq(minicore_count(f.core, "DocumentReference"), 1);
    fx_end(&f);
}

/* It was put there unsigned, and the answer was lost; then it is signed under the same identifier. */
Test(note, what_stands_unsigned_in_the_record_is_not_called_signed)
{
    Fx f;
    fx_begin(&f);
    g_autoptr(Note) note = a_note("Åter feber 38,4.");
    f.core->fault = FAULT_DROP_AFTER;
    f.core->faults = 1;
    f.core->search_down = TRUE;
    cr_assert_eq(put(&f, note, FALSE), WRITTEN_UNKNOWN);
    f.core->search_down = FALSE;
    cr_assert_eq(sign(&f, note), WRITTEN_OTHERWISE);
    cr_assert_eq(put(&f, note, FALSE), WRITTEN_DONE); /* as it was sent */
    cr_assert_eq(minicore_count(f.core, "DocumentReference"), 1);
    fx_end(&f);
}

Test(note, what_stands_signed_in_the_record_is_not_called_unsigned)
{
    Fx f;
    fx_begin(&f);
    g_autoptr(Note) note = a_note("Åter feber 38,4.");
    cr_assert_eq(sign(&f, note), WRITTEN_DONE);
    cr_assert_eq(put(&f, note, FALSE), WRITTEN_OTHERWISE);
    fx_end(&f);
}

/* The core says that it has it and no more; what it holds has not been seen. */
Test(note, what_could_not_be_read_back_is_not_called_different)
{
    Fx f;
    fx_begin(&f);
    g_autoptr(Note) note = a_note("Åter feber 38,4.");
    f.core->minimal = f.core->search_down = TRUE;
    cr_assert_eq(sign(&f, note), WRITTEN_UNREAD);
    cr_assert_eq(minicore_count(f.core, "DocumentReference"), 1);
    fx_end(&f);
}

Test(note, refused_and_unsent_and_unknown_are_three_things)
{
    Fx f;
    fx_begin(&f);
    g_autoptr(Note) note = a_note("Åter feber 38,4.");
    f.core->fault = FAULT_STATUS;
    f.core->fault_status = 422;
    f.core->faults = 1;
    cr_assert_eq(sign(&f, note), WRITTEN_REFUSED);
    f.core->fault_status = 401;
    f.core->faults = 9;
    cr_assert_eq(sign(&f, note), WRITTEN_NOT_SENT);
    f.core->fault = FAULT_DROP_AFTER; /* done, but no answer, and it cannot be asked */
    f.core->faults = 1;
    f.core->search_down = TRUE;
    cr_assert_eq(sign(&f, note), WRITTEN_UNKNOWN);
    fx_end(&f);
}
