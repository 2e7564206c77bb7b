/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/entry-write.h"

#include <glib/gi18n.h>
#include <string.h>

#include "chart/entry-internal.h"
#include "chart/patient.h"
#include "chart/record-words.h"

static const EntryType *const types[] = {&entry_allergy, &entry_flag, &entry_condition, &entry_procedure};

static const EntryType *type_of(const FhirResource *r)
{
    for (gsize i = 0; i < G_N_ELEMENTS(types); i++)
        if (strcmp(types[i]->type, fhir_type(r)) == 0)
            return types[i];
    return NULL;
}

/* ---- reading ---- */

void entry_put(Entry *e, EntryField field, const char *text)
{
    g_free(e->typed[field]);
    e->typed[field] = g_strdup(text ? text : "");
}

void entry_put_word(Entry *e, EntryField field, const EntryWord *word)
{
    const EntryWord **kept = field == ENTRY_GROUP      ? &e->group
                             : field == ENTRY_ROLE     ? &e->role
                             : field == ENTRY_SEVERITY ? &e->severity
                                                       : &e->certainty;
    entry_put(e, field, word ? word->text : NULL);
    *kept = word;
}

gboolean entry_differs(const Entry *e, const Entry *before, EntryField field)
{
    return strcmp(e->typed[field], before->typed[field]) != 0;
}

Entry *entry_of(const FhirResource *r)
{
    Entry *e = entry_new();
    const EntryType *type = type_of(r);
    if (type)
        type->read(fhir_root(r), e);
    return e;
}

/* ---- making and changing ---- */

void entry_edit_certainty(FhirEdit *edit, const EntryWord *certainty, const Entry *before, const char *verification,
                          const char *code, const char *clinical)
{
    gboolean refuted = strcmp(certainty->code, "refuted") == 0;
    gboolean was = before->certainty && strcmp(before->certainty->code, "refuted") == 0;
    entry_edit_concept(edit, "verificationStatus", verification, code, NULL, NULL);
    if (refuted != was)
        entry_edit_concept(edit, "clinicalStatus", clinical, refuted ? "inactive" : "active", NULL, NULL);
}

static void edit_built(FhirEdit *edit, const char *path, FhirBuild *b)
{
    g_autoptr(FhirResource) alone = fhir_build_finish(b, NULL);
    g_autofree char *json = alone ? fhir_raw(fhir_at(fhir_root(alone), "code")) : NULL;
    if (json)
        fhir_edit_set(edit, path, json);
}

void entry_edit_concept(FhirEdit *edit, const char *path, const char *system, const char *code, const char *display, const char *text)
{
    g_autoptr(FhirBuild) b = fhir_build_new("Basic");
    fhir_b_concept(b, "code", system, code, display, text);
    edit_built(edit, path, b);
}

void entry_build_code(FhirBuild *b, const char *key, const CodeItem *item, const char *words)
{
    fhir_b_object(b, key);
    if (item && item->code) {
        fhir_b_array(b, "coding");
        fhir_b_object(b, NULL);
        fhir_b_string(b, "system", item->system);
        fhir_b_string(b, "version", item->version);
        fhir_b_string(b, "code", item->code);
        fhir_b_string(b, "display", item->text);
        fhir_b_end(b);
        fhir_b_end(b);
    }
    fhir_b_string(b, "text", words);
    fhir_b_end(b);
}

void entry_edit_code(FhirEdit *edit, const char *path, const CodeItem *item, const char *words)
{
    g_autoptr(FhirBuild) b = fhir_build_new("Basic");
    entry_build_code(b, "code", item, words);
    edit_built(edit, path, b);
}

FhirResource *entry_resource(const Entry *e, const char *patient_id, const EntryWriting *w, GError **error)
{
    const EntryType *type = e->domain == ENTRY_DIAGNOSIS   ? &entry_condition
                            : e->domain == ENTRY_PROCEDURE ? &entry_procedure
                            : e->allergy                   ? &entry_allergy
                                                           : &entry_flag;
    if (e->issues->len > 0) {
        g_set_error_literal(error, FHIR_ERROR, FHIR_ERROR_EDIT, ((EntryIssue *)e->issues->pdata[0])->text);
        return NULL;
    }
    g_autoptr(FhirBuild) b = fhir_build_new(type->type);
    type->make(b, e, patient_id, w);
    return fhir_build_finish(b, error);
}

static char *note_text(const Entry *e, EntryAct act)
{
    const char *reason = e->typed[ENTRY_REASON];
    return act == ENTRY_STRIKE     ? record_text(RW_ENTRY_STRUCK, reason)
           : act == ENTRY_RESOLVE  ? *reason ? record_text(RW_ENTRY_RESOLVED, reason) : NULL
           : act == ENTRY_QUESTION ? record_text(RW_ENTRY_QUESTIONED, e->certainty->text, reason)
           : *reason               ? record_text(RW_ENTRY_CHANGED, reason)
                                   : NULL;
}

static void append_note(FhirEdit *edit, const char *text, const EntryWriting *w)
{
    g_autoptr(FhirBuild) b = fhir_build_new("Basic");
    fhir_b_object(b, "code");
    fhir_b_reference(b, "authorReference", "Practitioner", w->practitioner, w->name);
    fhir_b_instant(b, "time", w->now);
    fhir_b_string(b, "text", text);
    fhir_b_end(b);
    g_autoptr(FhirResource) alone = fhir_build_finish(b, NULL);
    g_autofree char *json = alone ? fhir_raw(fhir_at(fhir_root(alone), "code")) : NULL;
    if (json)
        fhir_edit_append(edit, "note", json);
}

FhirResource *entry_changed(const FhirResource *old, const Entry *e, EntryAct act, const EntryWriting *w, GError **error)
{
    const EntryType *type = type_of(old);
    gboolean cannot = type && ((act == ENTRY_RESOLVE && !type->resolve) || (act == ENTRY_QUESTION && !type->question));
    if (!type || e->issues->len > 0 || cannot) {
        g_set_error_literal(error, FHIR_ERROR, FHIR_ERROR_EDIT,
                            type && e->issues->len ? ((EntryIssue *)e->issues->pdata[0])->text : _("This cannot be changed here"));
        return NULL;
    }
    g_autoptr(Entry) before = entry_of(old);
    g_autoptr(FhirEdit) edit = fhir_edit_new(old);
    g_autofree char *note = note_text(e, act);
    if (act == ENTRY_STRIKE) {
        type->strike(edit);
    } else if (act == ENTRY_QUESTION) {
        g_autoptr(Entry) said = entry_of(old);
        entry_put_word(said, ENTRY_CERTAINTY, e->certainty);
        type->question(edit, said, before, w);
    } else if (act == ENTRY_RESOLVE) {
        type->resolve(edit, e, w);
    } else {
        type->change(edit, old, e, before, w);
    }
    if (note && type->notes)
        append_note(edit, note, w);
    return fhir_edit_finish(edit, error);
}

/* ---- writing ---- */

/* What a person would read of it, and the states that say whether it counts. */
static char *reading_of(const FhirResource *r)
{
    static const char *const states[] = {"status", "criticality", "reaction[0].severity", "category[0]", "period.end", "abatementDateTime"};
    static const char *const concepts[] = {"clinicalStatus", "verificationStatus", "code", "category[0]"};
    g_autoptr(Entry) e = entry_of(r);
    g_autofree char *line = entry_compose((const char *const *)e->typed);
    GString *s = g_string_new(line);
    FhirNode root = fhir_root(r);
    for (gsize i = 0; i < G_N_ELEMENTS(states); i++) {
        g_autofree char *text = fhir_string(root, states[i]);
        g_string_append_printf(s, "\n%s", text ? text : "");
    }
    for (gsize i = 0; i < G_N_ELEMENTS(concepts); i++) {
        g_autofree char *code = fhir_concept_code(root, concepts[i], NULL);
        g_string_append_printf(s, "\n%s", code ? code : "");
    }
    for (FhirNode d = fhir_first(fhir_at(root, "diagnosis")); fhir_exists(d); d = fhir_next(d))
        g_string_append_printf(s, "\n%" G_GINT64_FORMAT, fhir_int(d, "rank", 0));
    return g_string_free(s, FALSE);
}

static gboolean same_as_sent(const FhirResource *sent, const FhirResource *held)
{
    g_autofree char *a = reading_of(sent), *b = reading_of(held);
    return strcmp(a, b) == 0;
}

/* What the visit says of it, in the same write; NULL: nothing. */
static FhirResource *visit_after(const Entry *e, EntryAct act, const FhirResource *old, const char *full_url, const EntryWriting *w,
                                 GError **error)
{
    if (!w->visit || e->domain != ENTRY_DIAGNOSIS)
        return NULL;
    if (act == ENTRY_NEW && e->role && strcmp(e->role->code, "problem") != 0)
        return entry_visit_with(w->visit, full_url, strcmp(e->role->code, "main") == 0, error);
    g_autofree char *reference = old ? g_strconcat("Condition/", fhir_id(old), NULL) : NULL;
    gboolean listed = old && entry_visit_role(w->visit, fhir_id(old)), moves = act == ENTRY_CHANGE && e->role;
    g_autoptr(FhirResource) without = moves || (act == ENTRY_STRIKE && listed) ? entry_visit_without(w->visit, reference, error) : NULL;
    if (!without || !moves || strcmp(e->role->code, "problem") == 0)
        return g_steal_pointer(&without);
    return entry_visit_with(without, reference, strcmp(e->role->code, "main") == 0, error);
}

gboolean entry_sign(Client *client, Scope *scope, PatientCtx *patient, const Entry *e, EntryAct act, const FhirResource *old,
                    const EntryWriting *w, WrittenFn fn, gpointer data, GError **error)
{
    g_autoptr(GError) wrong = NULL;
    g_autofree char *identifier = written_identifier(w->draft, "entry"), *full_url = written_identifier(w->draft, "reference");
    g_autoptr(FhirResource) r = act == ENTRY_NEW ? entry_resource(e, patient_ctx_id(patient), w, &wrong)
                                                 : entry_changed(old, e, act, w, &wrong);
    g_autoptr(FhirResource) visit = r ? visit_after(e, act, old, full_url, w, &wrong) : NULL;
    if (wrong) {
        g_propagate_error(error, g_steal_pointer(&wrong));
        return FALSE;
    }
    const char *reason = *e->typed[ENTRY_REASON] ? e->typed[ENTRY_REASON] : NULL;
    ClientWrite writes[] = {
        {.kind = act == ENTRY_NEW ? CLIENT_CREATE : CLIENT_UPDATE, .resource = r, .provenance = "author", .reason = reason},
        {.kind = CLIENT_UPDATE, .resource = visit, .provenance = "author", .reason = reason},
    };
    if (act == ENTRY_NEW) {
        writes[0].identifier = identifier;
        writes[0].full_url = full_url;
    }
    gboolean only_visit = visit && act == ENTRY_CHANGE && g_bytes_equal(fhir_text(old), fhir_text(r));
    written_send(client, scope, patient, writes + only_visit, (visit ? 2 : 1) - only_visit, same_as_sent, fn, data);
    return TRUE;
}
