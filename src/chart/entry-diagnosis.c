/* SPDX-License-Identifier: GPL-3.0-or-later
 * A diagnosis as Condition: of the visit, where the Encounter lists it with its rank (1 is huvuddiagnos), or a
 * problem of its own. */
#include <string.h>

#include "chart/entry-internal.h"

#define CLINICAL "http://terminology.hl7.org/CodeSystem/condition-clinical"
#define VERIFICATION "http://terminology.hl7.org/CodeSystem/condition-ver-status"
#define CATEGORY "http://terminology.hl7.org/CodeSystem/condition-category"

/* Of a diagnosis that is only suspected FHIR has several words; ours is the working diagnosis. */
static const char *verification_of(const EntryWord *certainty)
{
    return strcmp(certainty->code, "unconfirmed") == 0 ? "provisional" : certainty->code;
}

static const EntryWord *certainty_of(const char *verification)
{
    gboolean doubt = g_strcmp0(verification, "provisional") == 0 || g_strcmp0(verification, "differential") == 0;
    return entry_word_of_code(ENTRY_CERTAINTY, doubt ? "unconfirmed" : verification);
}

static void condition_read(FhirNode root, Entry *e)
{
    g_autofree char *what = fhir_concept_text(root, "code"), *verification = fhir_concept_code(root, "verificationStatus", NULL);
    g_autofree char *since = fhir_string(root, "onsetDateTime");
    e->domain = ENTRY_DIAGNOSIS;
    entry_put(e, ENTRY_WHAT, what);
    entry_put_word(e, ENTRY_CERTAINTY, certainty_of(verification));
    entry_put(e, ENTRY_SINCE, since && strchr(since, 'T') ? NULL : since);
}

char *entry_words(const Entry *e)
{
    return *e->typed[ENTRY_DETAIL] ? g_strdup_printf("%s, %s", e->typed[ENTRY_WHAT], e->typed[ENTRY_DETAIL]) : g_strdup(e->typed[ENTRY_WHAT]);
}

static void condition_make(FhirBuild *b, const Entry *e, const char *patient_id, const EntryWriting *w)
{
    gboolean problem = strcmp(e->role->code, "problem") == 0;
    g_autofree char *words = entry_words(e);
    fhir_b_concept(b, "clinicalStatus", CLINICAL, "active", NULL, NULL);
    fhir_b_concept(b, "verificationStatus", VERIFICATION, verification_of(e->certainty), NULL, NULL);
    fhir_b_array(b, "category");
    fhir_b_concept(b, NULL, CATEGORY, problem ? "problem-list-item" : "encounter-diagnosis", NULL, NULL);
    fhir_b_end(b);
    entry_build_code(b, "code", e->item, words);
    fhir_b_reference(b, "subject", "Patient", patient_id, NULL);
    if (w->encounter)
        fhir_b_reference(b, "encounter", "Encounter", w->encounter, NULL);
    fhir_b_string(b, "onsetDateTime", e->typed[ENTRY_SINCE]);
    fhir_b_instant(b, "recordedDate", w->now);
    fhir_b_reference(b, "recorder", "Practitioner", w->practitioner, w->name);
}

static void condition_change(FhirEdit *edit, const FhirResource *old, const Entry *e, const Entry *before, const EntryWriting *w)
{
    g_autofree char *words = entry_words(e);
    (void)w, (void)old;
    if (entry_differs(e, before, ENTRY_WHAT))
        entry_edit_code(edit, "code", e->item, words);
    else if (*e->typed[ENTRY_DETAIL])
        fhir_edit_set_string(edit, "code.text", words);
    if (entry_differs(e, before, ENTRY_CERTAINTY))
        entry_edit_certainty(edit, e->certainty, before, VERIFICATION, verification_of(e->certainty), CLINICAL);
    if (entry_differs(e, before, ENTRY_SINCE) && *e->typed[ENTRY_SINCE])
        fhir_edit_set_string(edit, "onsetDateTime", e->typed[ENTRY_SINCE]);
    else if (entry_differs(e, before, ENTRY_SINCE))
        fhir_edit_remove(edit, "onsetDateTime");
}

static void condition_question(FhirEdit *edit, const Entry *e, const Entry *before, const EntryWriting *w)
{
    (void)w;
    entry_edit_certainty(edit, e->certainty, before, VERIFICATION, verification_of(e->certainty), CLINICAL);
}

static void condition_resolve(FhirEdit *edit, const Entry *e, const EntryWriting *w)
{
    (void)w;
    entry_edit_concept(edit, "clinicalStatus", CLINICAL, "resolved", NULL, NULL);
    fhir_edit_set_string(edit, "abatementDateTime", e->typed[ENTRY_SINCE]);
}

/* con-5: what was entered in error has no clinical status; con-4: and then no end. */
static void condition_strike(FhirEdit *edit)
{
    entry_edit_concept(edit, "verificationStatus", VERIFICATION, "entered-in-error", NULL, NULL);
    fhir_edit_remove(edit, "clinicalStatus");
    fhir_edit_remove(edit, "abatementDateTime");
}

const EntryType entry_condition = {"Condition",        condition_read,   condition_make,    condition_change,
                                   condition_question, condition_strike, condition_resolve, TRUE};

/* ---- the visit ---- */

gboolean entry_visit_has_main(const FhirResource *visit)
{
    FhirNode list = fhir_at(fhir_root(visit), "diagnosis");
    for (FhirNode d = fhir_first(list); fhir_exists(d); d = fhir_next(d))
        if (fhir_int(d, "rank", 0) == 1)
            return TRUE;
    return FALSE;
}

const EntryWord *entry_visit_role(const FhirResource *visit, const char *condition_id)
{
    FhirNode list = visit ? fhir_at(fhir_root(visit), "diagnosis") : (FhirNode){0};
    for (FhirNode d = visit ? fhir_first(list) : list; visit && fhir_exists(d); d = fhir_next(d)) {
        g_autofree char *type = NULL, *id = NULL;
        if (fhir_reference(d, "condition", &type, &id) && g_strcmp0(type, "Condition") == 0 && g_strcmp0(id, condition_id) == 0)
            return entry_word_of_code(ENTRY_ROLE, fhir_int(d, "rank", 0) == 1 ? "main" : "secondary");
    }
    return NULL;
}

/* A visit has one huvuddiagnos: the one there was becomes the first of the others. */
FhirResource *entry_visit_with(const FhirResource *visit, const char *reference, gboolean main, GError **error)
{
    g_autoptr(FhirEdit) edit = fhir_edit_new(visit);
    FhirNode list = fhir_at(fhir_root(visit), "diagnosis");
    gint64 last = 1;
    guint i = 0;
    for (FhirNode d = fhir_first(list); fhir_exists(d); d = fhir_next(d), i++) {
        gint64 rank = fhir_int(d, "rank", 0);
        last = MAX(last, rank);
        if (!main || rank <= 0)
            continue;
        g_autofree char *path = g_strdup_printf("diagnosis[%u].rank", i), *json = g_strdup_printf("%" G_GINT64_FORMAT, rank + 1);
        fhir_edit_set(edit, path, json);
    }
    g_autofree char *json = g_strdup_printf("{\"condition\":{\"reference\":\"%s\"},\"rank\":%" G_GINT64_FORMAT "}", reference,
                                            main ? 1 : last + 1);
    fhir_edit_append(edit, "diagnosis", json);
    return fhir_edit_finish(edit, error);
}

FhirResource *entry_visit_without(const FhirResource *visit, const char *reference, GError **error)
{
    g_autoptr(FhirEdit) edit = fhir_edit_new(visit);
    FhirNode list = fhir_at(fhir_root(visit), "diagnosis");
    guint i = 0;
    for (FhirNode d = fhir_first(list); fhir_exists(d); d = fhir_next(d), i++) {
        g_autofree char *path = g_strdup_printf("diagnosis[%u]", i);
        if (!fhir_is(d, "condition.reference", reference))
            continue;
        fhir_edit_remove(edit, path);
        break;
    }
    return fhir_edit_finish(edit, error);
}
