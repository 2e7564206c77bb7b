/* SPDX-License-Identifier: GPL-3.0-or-later
 * Överkänslighet as AllergyIntolerance, the other signals of uppmärksamhetsinformation as Flag. */
#include <string.h>

#include "chart/entry-internal.h"
#include "chart/record-words.h"

#define CLINICAL "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical"
#define VERIFICATION "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification"
#define GROUP "urn:rond:alert-group"

/* ---- hypersensitivity ---- */

/* What it is against, as FHIR groups it; of what is only named nothing is said. */
static const struct {
    const char *group, *category;
} categories[] = {
    {"C2", "medication"}, {"C3", "medication"}, {"C4", "medication"}, {"C1/livsmedel", "food"}, {"C1/annat", "environment"},
};

static const char *category_of(const Entry *e)
{
    for (gsize i = 0; e->group && i < G_N_ELEMENTS(categories); i++)
        if (strcmp(categories[i].group, e->group->code) == 0)
            return categories[i].category;
    return NULL;
}

/* FHIR's criticality tells only what can kill from what cannot, and its severity is of one reaction: the national
 * grade (Kv allvarlighetsgrad) stands beside them. */
#define GRADE "urn:rond:allergy-severity"

static int grade_at(FhirNode root)
{
    int i = 0;
    for (FhirNode e = fhir_first(fhir_at(root, "extension")); fhir_exists(e); e = fhir_next(e), i++)
        if (fhir_is(e, "url", GRADE))
            return i;
    return -1;
}

static const EntryWord *grade_of(FhirNode root)
{
    g_autofree char *path = g_strdup_printf("extension[%d].valueCodeableConcept", MAX(grade_at(root), 0));
    g_autofree char *code = grade_at(root) >= 0 ? fhir_concept_code(root, path, code_system_uri("snomed")) : NULL;
    const EntryWord *w = NULL;
    gboolean high = fhir_is(root, "criticality", "high");
    for (guint i = 0; !high && code && (w = entry_word_at(ENTRY_SEVERITY, i)); i++)
        if (strcmp(w->concept, code) == 0)
            return w;
    return high ? entry_word_of_code(ENTRY_SEVERITY, "high") : NULL;
}

const EntryWord *entry_grade(const FhirResource *allergy)
{
    return grade_of(fhir_root(allergy));
}

static char *grade_json(const EntryWord *grade)
{
    g_autoptr(FhirBuild) b = fhir_build_new("Basic");
    fhir_b_array(b, "extension");
    fhir_b_object(b, NULL);
    fhir_b_string(b, "url", GRADE);
    fhir_b_concept(b, "valueCodeableConcept", code_system_uri("snomed"), grade->concept, NULL, grade->text);
    fhir_b_end(b);
    fhir_b_end(b);
    g_autoptr(FhirResource) alone = fhir_build_finish(b, NULL);
    return alone ? fhir_raw(fhir_at(fhir_root(alone), "extension[0]")) : NULL;
}

static void change_grade(FhirEdit *edit, const EntryWord *grade, const FhirResource *old)
{
    int at = grade_at(fhir_root(old));
    g_autofree char *json = grade_json(grade), *path = g_strdup_printf("extension[%d]", at);
    if (json && at >= 0)
        fhir_edit_set(edit, path, json);
    else if (json)
        fhir_edit_append(edit, "extension", json);
}

static void allergy_read(FhirNode root, Entry *e)
{
    g_autofree char *what = fhir_concept_text(root, "code"), *verification = fhir_concept_code(root, "verificationStatus", NULL);
    g_autofree char *reaction = fhir_concept_text(root, "reaction[0].manifestation[0]"), *since = fhir_string(root, "onsetDateTime");
    g_autofree char *category = fhir_string(root, "category[0]");
    const EntryWord *group = NULL;
    for (gsize i = 0; category && !group && i < G_N_ELEMENTS(categories); i++)
        if (strcmp(categories[i].category, category) == 0)
            group = entry_word_of_code(ENTRY_GROUP, categories[i].group);
    entry_put(e, ENTRY_WHAT, what);
    entry_put_word(e, ENTRY_GROUP, group);
    entry_put(e, ENTRY_DETAIL, g_strcmp0(reaction, record_word(RW_NO_REACTION)) == 0 ? "" : reaction);
    entry_put_word(e, ENTRY_SEVERITY, grade_of(root));
    entry_put_word(e, ENTRY_CERTAINTY, entry_word_of_code(ENTRY_CERTAINTY, verification));
    entry_put(e, ENTRY_SINCE, since && strchr(since, 'T') ? NULL : since);
    e->allergy = TRUE;
}

static const char *reaction_words(const Entry *e)
{
    return *e->typed[ENTRY_DETAIL] ? e->typed[ENTRY_DETAIL] : record_word(RW_NO_REACTION);
}

static void allergy_make(FhirBuild *b, const Entry *e, const char *patient_id, const EntryWriting *w)
{
    g_autofree char *grade = e->severity ? grade_json(e->severity) : NULL;
    if (grade) {
        fhir_b_array(b, "extension");
        fhir_b_raw(b, NULL, grade);
        fhir_b_end(b);
    }
    fhir_b_concept(b, "clinicalStatus", CLINICAL, "active", NULL, NULL);
    fhir_b_concept(b, "verificationStatus", VERIFICATION, e->certainty->code, NULL, NULL);
    if (category_of(e)) {
        fhir_b_array(b, "category");
        fhir_b_string(b, NULL, category_of(e));
        fhir_b_end(b);
    }
    if (e->severity)
        fhir_b_string(b, "criticality", e->severity->code);
    fhir_b_concept(b, "code", e->item ? e->item->system : NULL, e->item ? e->item->code : NULL, NULL, e->typed[ENTRY_WHAT]);
    fhir_b_reference(b, "patient", "Patient", patient_id, NULL);
    if (w->encounter)
        fhir_b_reference(b, "encounter", "Encounter", w->encounter, NULL);
    fhir_b_string(b, "onsetDateTime", e->typed[ENTRY_SINCE]);
    fhir_b_instant(b, "recordedDate", w->now);
    fhir_b_reference(b, "recorder", "Practitioner", w->practitioner, w->name);
    if (!e->severity)
        return;
    fhir_b_array(b, "reaction");
    fhir_b_object(b, NULL);
    fhir_b_array(b, "manifestation");
    fhir_b_concept(b, NULL, NULL, NULL, NULL, reaction_words(e));
    fhir_b_end(b);
    fhir_b_string(b, "severity", e->severity->more);
    fhir_b_end(b);
    fhir_b_end(b);
}

static void allergy_change(FhirEdit *edit, const FhirResource *old, const Entry *e, const Entry *before, const EntryWriting *w)
{
    (void)w;
    if (entry_differs(e, before, ENTRY_WHAT))
        entry_edit_concept(edit, "code", e->item ? e->item->system : NULL, e->item ? e->item->code : NULL, NULL, e->typed[ENTRY_WHAT]);
    if (entry_differs(e, before, ENTRY_GROUP) && category_of(e)) {
        g_autofree char *json = g_strdup_printf("[\"%s\"]", category_of(e));
        fhir_edit_set(edit, "category", json);
    }
    if (entry_differs(e, before, ENTRY_CERTAINTY))
        entry_edit_certainty(edit, e->certainty, before, VERIFICATION, e->certainty->code, CLINICAL);
    if (entry_differs(e, before, ENTRY_SEVERITY)) {
        fhir_edit_set_string(edit, "criticality", e->severity->code);
        change_grade(edit, e->severity, old);
    }
    if (entry_differs(e, before, ENTRY_SEVERITY) || entry_differs(e, before, ENTRY_DETAIL)) {
        entry_edit_concept(edit, "reaction[0].manifestation[0]", NULL, NULL, NULL, reaction_words(e));
        fhir_edit_set_string(edit, "reaction[0].severity", e->severity->more);
    }
    if (entry_differs(e, before, ENTRY_SINCE) && *e->typed[ENTRY_SINCE])
        fhir_edit_set_string(edit, "onsetDateTime", e->typed[ENTRY_SINCE]);
    else if (entry_differs(e, before, ENTRY_SINCE))
        fhir_edit_remove(edit, "onsetDateTime");
}

static void allergy_question(FhirEdit *edit, const Entry *e, const Entry *before, const EntryWriting *w)
{
    (void)w;
    entry_edit_certainty(edit, e->certainty, before, VERIFICATION, e->certainty->code, CLINICAL);
}

/* ait-2: what was entered in error has no clinical status. */
static void allergy_strike(FhirEdit *edit)
{
    entry_edit_concept(edit, "verificationStatus", VERIFICATION, "entered-in-error", NULL, NULL);
    fhir_edit_remove(edit, "clinicalStatus");
}

const EntryType entry_allergy = {"AllergyIntolerance", allergy_read, allergy_make, allergy_change, allergy_question, allergy_strike, NULL, TRUE};

/* ---- signals ---- */

/* A Flag has no certainty of its own: what is only suspected says so in its words. */
static char *flag_words(const Entry *e)
{
    gboolean suspected = e->certainty && strcmp(e->certainty->code, "unconfirmed") == 0;
    return suspected ? record_text(RW_SUSPECTED, e->typed[ENTRY_WHAT]) : g_strdup(e->typed[ENTRY_WHAT]);
}

static void flag_read(FhirNode root, Entry *e)
{
    g_autofree char *words = fhir_concept_text(root, "code"), *group = fhir_concept_code(root, "category[0]", NULL);
    g_autofree char *since = fhir_string(root, "period.start"), *end = record_text(RW_SUSPECTED, "");
    gboolean suspected = words && g_str_has_suffix(words, end);
    g_autofree char *what = words ? g_strndup(words, strlen(words) - (suspected ? strlen(end) : 0)) : NULL;
    const char *certainty = suspected ? "unconfirmed" : fhir_is(root, "status", "active") ? "confirmed" : "refuted";
    entry_put(e, ENTRY_WHAT, what);
    entry_put_word(e, ENTRY_GROUP, entry_word_of_code(ENTRY_GROUP, group));
    entry_put_word(e, ENTRY_CERTAINTY, entry_word_of_code(ENTRY_CERTAINTY, certainty));
    entry_put(e, ENTRY_SINCE, since && strchr(since, 'T') ? NULL : since);
}

static void flag_make(FhirBuild *b, const Entry *e, const char *patient_id, const EntryWriting *w)
{
    g_autofree char *words = flag_words(e), *today = civil_date_to_text(civil_date_at(w->now));
    fhir_b_string(b, "status", "active");
    fhir_b_array(b, "category");
    fhir_b_concept(b, NULL, GROUP, e->group->code, e->group->more, NULL);
    fhir_b_end(b);
    fhir_b_concept(b, "code", e->item ? e->item->system : NULL, e->item ? e->item->code : NULL, NULL, words);
    fhir_b_reference(b, "subject", "Patient", patient_id, NULL);
    fhir_b_object(b, "period");
    if (e->order)
        fhir_b_instant(b, "start", w->now);
    else
        fhir_b_string(b, "start", *e->typed[ENTRY_SINCE] ? e->typed[ENTRY_SINCE] : today);
    fhir_b_end(b);
    if (w->encounter)
        fhir_b_reference(b, "encounter", "Encounter", w->encounter, NULL);
    fhir_b_reference(b, "author", "Practitioner", w->practitioner, w->name);
}

static void flag_change(FhirEdit *edit, const FhirResource *old, const Entry *e, const Entry *before, const EntryWriting *w)
{
    g_autofree char *words = flag_words(e);
    (void)w, (void)old;
    if (entry_differs(e, before, ENTRY_WHAT) || entry_differs(e, before, ENTRY_CERTAINTY))
        entry_edit_concept(edit, "code", e->item ? e->item->system : NULL, e->item ? e->item->code : NULL, NULL, words);
    if (entry_differs(e, before, ENTRY_GROUP))
        entry_edit_concept(edit, "category[0]", GROUP, e->group->code, e->group->more, NULL);
    if (entry_differs(e, before, ENTRY_SINCE) && *e->typed[ENTRY_SINCE])
        fhir_edit_set_string(edit, "period.start", e->typed[ENTRY_SINCE]);
}

static void flag_question(FhirEdit *edit, const Entry *e, const Entry *before, const EntryWriting *w)
{
    (void)before;
    g_autofree char *words = flag_words(e), *today = civil_date_to_text(civil_date_at(w->now));
    if (strcmp(e->certainty->code, "refuted") == 0) {
        fhir_edit_set_string(edit, "status", "inactive");
        fhir_edit_set_string(edit, "period.end", today);
    } else {
        fhir_edit_set_string(edit, "code.text", words);
    }
}

static void flag_resolve(FhirEdit *edit, const Entry *e, const EntryWriting *w)
{
    g_autofree char *now = instant_to_fhir(w->now);
    fhir_edit_set_string(edit, "status", "inactive");
    fhir_edit_set_string(edit, "period.end", e->order ? now : e->typed[ENTRY_SINCE]);
}

static void flag_strike(FhirEdit *edit)
{
    fhir_edit_set_string(edit, "status", "entered-in-error");
}

const EntryType entry_flag = {"Flag", flag_read, flag_make, flag_change, flag_question, flag_strike, flag_resolve, FALSE};
