/* SPDX-License-Identifier: GPL-3.0-or-later
 * A note as a DocumentReference: alone, or as the later version, the addition or the transcription of
 * another. */
#include "base/limits.h"
#include "chart/note.h"
#include "chart/record-words.h"
#include "fhir/build.h"
#include "fhir/narrative.h"

#include <glib/gi18n.h>
#include <string.h>

#define LOINC "http://loinc.org"

/* Written anew, it would be open for as long again. */
static Instant created(const NoteWriting *w)
{
    Instant first = w->relation == NOTE_REPLACES ? note_first_written(w->base) : INSTANT_NONE;
    return first != INSTANT_NONE ? first : w->now;
}

static void b_attachment(FhirBuild *b, const char *type, const char *title, const char *text, Instant made)
{
    g_autofree char *data = g_base64_encode((const guchar *)text, strlen(text));
    fhir_b_object(b, NULL);
    fhir_b_object(b, "attachment");
    fhir_b_string(b, "contentType", type);
    fhir_b_string(b, "language", record_language());
    fhir_b_string(b, "data", data);
    fhir_b_string(b, "title", title);
    fhir_b_instant(b, "creation", made);
    fhir_b_end(b);
    fhir_b_end(b);
}

static const struct {
    const char *code; /* relatesTo */
    gboolean closes;  /* the base is the earlier version from now on */
} relations[NOTE_RELATIONS] = {
    [NOTE_REPLACES] = {"replaces", TRUE},
    [NOTE_ADDS_TO] = {"appends", FALSE},
    [NOTE_TRANSCRIBES] = {"transforms", TRUE},
};

gboolean note_relates(const FhirResource *d, NoteRelation relation, const char *id)
{
    FhirNode all = fhir_at(fhir_root(d), "relatesTo");
    for (FhirNode r = fhir_first(all); fhir_exists(r) && relations[relation].code; r = fhir_next(r)) {
        g_autofree char *type = NULL, *target = NULL;
        if (fhir_is(r, "code", relations[relation].code) && fhir_reference(r, "target", &type, &target) && g_strcmp0(target, id) == 0)
            return TRUE;
    }
    return FALSE;
}

gboolean note_follows(const FhirResource *d, const char *id)
{
    return note_relates(d, NOTE_REPLACES, id) || note_relates(d, NOTE_TRANSCRIBES, id);
}

char *note_earlier(const FhirResource *d, guint i)
{
    for (FhirNode r = fhir_first(fhir_at(fhir_root(d), "relatesTo")); fhir_exists(r); r = fhir_next(r)) {
        g_autofree char *type = NULL, *id = NULL;
        gboolean earlier = fhir_is(r, "code", relations[NOTE_REPLACES].code) || fhir_is(r, "code", relations[NOTE_TRANSCRIBES].code);
        if (earlier && fhir_reference(r, "target", &type, &id) && i-- == 0)
            return g_steal_pointer(&id);
    }
    return NULL;
}

char *note_version_words(const FhirResource *d)
{
    const char *version = d ? fhir_version_id(d) : NULL;
    g_autofree char *earlier = d ? note_earlier(d, 0) : NULL;
    if (earlier)
        return g_strdup(_("later version"));
    return version ? g_strdup_printf(C_("of a note", "version %s"), version) : g_strdup(_("version not stated"));
}

static void b_person(FhirBuild *b, const char *id, const char *name)
{
    fhir_b_reference(b, NULL, "Practitioner", id, name);
}

/* Whose words they are comes first; who wrote them down or corrected them after. */
static void b_authors(FhirBuild *b, const NoteWriting *w)
{
    gboolean keeps = relations[w->relation].closes;
    fhir_b_array(b, "author");
    for (FhirNode a = fhir_first(fhir_at(fhir_root(w->base), "author")); keeps && fhir_exists(a); a = fhir_next(a))
        fhir_b_node(b, NULL, a);
    if (!keeps && w->author)
        b_person(b, w->author, w->author_name);
    if (!(keeps && note_names(w->base, w->practitioner, w->role_id)) && g_strcmp0(w->author, w->practitioner) != 0)
        b_person(b, w->practitioner, w->name);
    fhir_b_end(b);
}

/* What the earlier version belonged to, the later one belongs to: a corrected addition is one still. */
static void b_relation(FhirBuild *b, const NoteWriting *w)
{
    FhirNode was = fhir_at(fhir_root(w->base), "relatesTo");
    if (!relations[w->relation].code)
        return;
    fhir_b_array(b, "relatesTo");
    fhir_b_object(b, NULL);
    fhir_b_string(b, "code", relations[w->relation].code);
    fhir_b_reference(b, "target", "DocumentReference", fhir_id(w->base), NULL);
    fhir_b_end(b);
    for (FhirNode r = fhir_first(was); relations[w->relation].closes && fhir_exists(r); r = fhir_next(r))
        if (!fhir_is(r, "code", relations[NOTE_REPLACES].code))
            fhir_b_node(b, NULL, r);
    fhir_b_end(b);
}

static void b_type(FhirBuild *b, const Note *n, const NoteWriting *w)
{
    g_autofree char *addition = w->relation == NOTE_ADDS_TO ? record_text(RW_ADDENDUM, n->title) : NULL;
    fhir_b_concept(b, "type", n->loinc ? LOINC : NULL, n->loinc, NULL, addition ? addition : n->title);
}

/* A later version is about the same contact and the same time as the first. */
static void b_context(FhirBuild *b, const NoteWriting *w)
{
    FhirNode was = fhir_at(fhir_root(w->base), "context");
    if (relations[w->relation].closes && fhir_exists(was)) {
        fhir_b_node(b, "context", was);
        return;
    }
    fhir_b_object(b, "context");
    if (w->encounter) {
        fhir_b_array(b, "encounter");
        fhir_b_reference(b, NULL, "Encounter", w->encounter, NULL);
        fhir_b_end(b);
    }
    fhir_b_object(b, "period");
    fhir_b_instant(b, "start", w->event);
    fhir_b_instant(b, "end", w->event);
    fhir_b_end(b);
    fhir_b_end(b);
}

static const char *doc_status(const NoteWriting *w)
{
    gboolean later = w->relation == NOTE_REPLACES && (w->reason || note_state_is_signed(note_state(w->base)));
    return !w->sign ? "preliminary" : later ? "amended" : "final";
}

FhirResource *note_document(const Note *n, const FhirResource *patient, const NoteWriting *w, GError **error)
{
    enum { MB = 1000 * 1000 };
    g_autofree char *text = note_text(n), *marked = note_text_with(n, TRUE);
    if (strlen(text) > LIMIT_NOTE_BYTES) { /* it would not be read back whole, and said to differ */
        g_set_error(error, FHIR_ERROR, FHIR_ERROR_EDIT, _("The note is longer than %u MB and is not put in the record; divide it into two"),
                    (guint)(LIMIT_NOTE_BYTES / MB));
        return NULL;
    }
    g_autofree char *xhtml = fhir_text_to_xhtml(marked);
    g_autofree char *why = w->reason ? record_text(RW_CORRECTED, w->reason) : NULL;
    g_autoptr(FhirBuild) b = fhir_build_new("DocumentReference");
    fhir_b_string(b, "status", "current");
    fhir_b_string(b, "docStatus", doc_status(w));
    b_type(b, n, w);
    fhir_b_reference(b, "subject", "Patient", fhir_id(patient), NULL);
    fhir_b_instant(b, "date", w->now);
    b_authors(b, w);
    if (w->sign)
        fhir_b_reference(b, "authenticator", "Practitioner", w->practitioner, w->name);
    if (w->unit)
        fhir_b_reference(b, "custodian", "Organization", w->unit, w->unit_name);
    b_relation(b, w);
    fhir_b_string(b, "description", why);
    fhir_b_array(b, "content");
    b_attachment(b, "text/plain; charset=utf-8", n->title, text, created(w));
    if (!w->one_content)
        b_attachment(b, "application/xhtml+xml; charset=utf-8", n->title, xhtml, created(w));
    fhir_b_end(b);
    b_context(b, w);
    return fhir_build_finish(b, error);
}

FhirResource *note_superseded(const NoteWriting *w, GError **error)
{
    if (!relations[w->relation].closes)
        return NULL;
    g_autoptr(FhirEdit) e = fhir_edit_new(w->base);
    fhir_edit_set_string(e, "status", "superseded");
    return fhir_edit_finish(e, error);
}
