/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/seed-internal.h"
#include <string.h>

#define CONDITION_CLINICAL "http://terminology.hl7.org/CodeSystem/condition-clinical"
#define CONDITION_VERIFY   "http://terminology.hl7.org/CodeSystem/condition-ver-status"
#define CONDITION_CATEGORY "http://terminology.hl7.org/CodeSystem/condition-category"
#define ACT_CODE           "http://terminology.hl7.org/CodeSystem/v3-ActCode"
#define PARTICIPATION      "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"

char *seed_next_id(SeedChart *c, const char *prefix)
{
    guint n = GPOINTER_TO_UINT(g_hash_table_lookup(c->counts, prefix)) + 1;
    g_hash_table_insert(c->counts, (gpointer)prefix, GUINT_TO_POINTER(n));
    return g_strdup_printf("%s-%s-%u", prefix, c->serial, n);
}

gboolean seed_give(Seed *s, FhirBuild *b, GError **error)
{
    g_autoptr(FhirResource) r = fhir_build_finish(b, error);
    return r && s->sink(r, s->data, error);
}

gboolean seed_take(SeedChart *c, FhirBuild *b, GError **error)
{
    FhirResource *r = fhir_build_finish(b, error);
    if (r)
        g_ptr_array_add(c->out, r);
    return r != NULL;
}

void seed_subject(SeedChart *c, FhirBuild *b, const char *key)
{
    fhir_b_reference(b, key, "Patient", c->id, NULL);
}

FhirBuild *seed_start(SeedChart *c, const char *type, const char *id)
{
    FhirBuild *b = fhir_build_new(type);
    fhir_b_string(b, "id", id);
    return b;
}

void seed_b_staff(SeedChart *c, FhirBuild *b, const char *key, const char *staff)
{
    const SeedTable *t = c->seed->staff;
    g_autofree char *name =
        g_strdup_printf("%s %s, %s", seed_lookup(t, staff, "family"),
                        seed_lookup(t, staff, "given"), seed_lookup(t, staff, "role"));
    fhir_b_reference(b, key, "Practitioner", staff, name);
}

/* Notes and results may come a day and a half after a contact's end and still belong to it. */
#define AFTERWARDS ((gint64)36 * 3600 * G_USEC_PER_SEC)

/* The contact that began last before @t. */
SeedContact *seed_contact_at(SeedChart *c, Instant t)
{
    SeedContact *best = NULL;
    for (guint i = 0; i < c->contacts->len; i++) {
        SeedContact *contact = c->contacts->pdata[i];
        gboolean covers =
            contact->start <= t && (contact->end == INSTANT_NONE || t <= contact->end + AFTERWARDS);
        if (covers && (!best || contact->start > best->start))
            best = contact;
    }
    return best;
}

void seed_b_encounter(SeedChart *c, FhirBuild *b, Instant t)
{
    const SeedContact *contact = seed_contact_at(c, t);
    if (contact)
        fhir_b_reference(b, "encounter", "Encounter", contact->id, NULL);
}

static const struct {
    const char *word, *class, *display;
    int minutes;
} contact_kinds[] = {
    {"slutenvård", "IMP", "inpatient encounter", 0},
    {"akut", "EMER", "emergency", 0},
    {"besök", "AMB", "ambulatory", 30},
    {"telefon", "VR", "virtual", 10},
    {"hembesök", "HH", "home health", 45},
};

/* kontakt | slutenvård | -3d 14:05 | orsak [| slut -1d 11:00] [| enhet org-vc] [| av lind] */
static gboolean add_contact(SeedChart *c, const SeedLine *l, GError **error)
{
    SeedTime start, end;
    guint kind = 0;
    while (kind < G_N_ELEMENTS(contact_kinds) && strcmp(contact_kinds[kind].word, seed_field(l, 1)))
        kind++;
    if (kind == G_N_ELEMENTS(contact_kinds))
        return seed_complain(l, error, "no such contact: %s", seed_field(l, 1));
    if (!seed_time(c, l, seed_field(l, 2), &start, error))
        return FALSE;
    SeedContact *contact = g_new0(SeedContact, 1);
    g_ptr_array_add(c->contacts, contact);
    contact->id = seed_next_id(c, "enc");
    contact->kind = contact_kinds[kind].word;
    contact->unit = c->unit;
    contact->start = start.instant;
    contact->end = contact_kinds[kind].minutes
                       ? start.instant + (gint64)contact_kinds[kind].minutes * 60 * G_USEC_PER_SEC
                       : INSTANT_NONE;
    contact->reason = seed_fill(c, l, seed_field(l, 3), start.instant);
    contact->doctor = c->pal;
    contact->conditions = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 4; i < l->n; i++) {
        const char *f = l->fields[i];
        if (g_str_has_prefix(f, "slut ")) {
            if (!seed_time(c, l, f + strlen("slut "), &end, error))
                return FALSE;
            contact->end = end.instant;
        } else if (g_str_has_prefix(f, "enhet ") && seed_table_find(c->seed->units, f + 6) >= 0) {
            contact->unit = f + 6;
        } else if (g_str_has_prefix(f, "av ") && seed_author(c, l, f + 3, contact->unit)) {
            contact->doctor = seed_author(c, l, f + 3, contact->unit);
        } else {
            return seed_complain(l, error, "\"%s\" is neither slut, enhet nor av", f);
        }
    }
    if (contact->end == INSTANT_NONE && *c->bed && !strcmp(contact->unit, c->unit))
        contact->bed = g_strdup(c->bed);
    return contact->reason || seed_complain(l, error, "unknown placeholder");
}

/* problem | I50.9 | Hjärtsvikt | -5å [| huvud | bi | avslutad -1å | misstänkt] */
static gboolean add_problem(SeedChart *c, const SeedLine *l, GError **error)
{
    SeedTime onset, end;
    const char *code = seed_field(l, 1);
    if (!seed_time(c, l, seed_field(l, 3), &onset, error))
        return FALSE;
    if (!g_hash_table_add(c->seen, (gpointer)code))
        return TRUE;
    gboolean visit = FALSE, suspected = FALSE, ended = FALSE;
    g_autofree char *id = seed_next_id(c, "cond");
    for (guint i = 4; i < l->n; i++) {
        const char *f = l->fields[i];
        if (!strcmp(f, "huvud") || !strcmp(f, "bi")) {
            SeedContact *contact =
                c->contacts->len ? c->contacts->pdata[c->contacts->len - 1] : NULL;
            if (!contact)
                return seed_complain(l, error, "%s without a contact before it", f);
            g_ptr_array_insert(contact->conditions, *f == 'h' ? 0 : -1, g_strdup(id));
            visit = TRUE;
        } else if (g_str_has_prefix(f, "avslutad ")) {
            ended = seed_time(c, l, f + strlen("avslutad "), &end, error);
            if (!ended)
                return FALSE;
        } else if (!strcmp(f, "misstänkt")) {
            suspected = TRUE;
        } else {
            return seed_complain(l, error, "\"%s\" says nothing of a problem", f);
        }
    }
    g_autoptr(FhirBuild) b = seed_start(c, "Condition", id);
    fhir_b_concept(b, "clinicalStatus", CONDITION_CLINICAL, ended ? "resolved" : "active", NULL,
                   NULL);
    fhir_b_concept(b, "verificationStatus", CONDITION_VERIFY,
                   suspected ? "provisional" : "confirmed", NULL, NULL);
    fhir_b_array(b, "category");
    fhir_b_concept(b, NULL, CONDITION_CATEGORY, "problem-list-item", NULL, NULL);
    if (visit)
        fhir_b_concept(b, NULL, CONDITION_CATEGORY, "encounter-diagnosis", NULL, NULL);
    fhir_b_end(b);
    fhir_b_concept(b, "code", SEED_ICD10, code, seed_field(l, 2), seed_field(l, 2));
    seed_subject(c, b, "subject");
    if (visit)
        seed_b_encounter(c, b, ((SeedContact *)c->contacts->pdata[c->contacts->len - 1])->start);
    seed_b_as_known(b, "onsetDateTime", &onset);
    if (ended)
        seed_b_as_known(b, "abatementDateTime", &end);
    fhir_b_date(b, "recordedDate", onset.date);
    seed_b_staff(c, b, "recorder", c->pal);
    return seed_take(c, b, error);
}

/* åtgärd | NFB49 | Total höftledsplastik | -1d 10:20 */
static gboolean add_procedure(SeedChart *c, const SeedLine *l, GError **error)
{
    SeedTime when;
    if (!seed_time(c, l, seed_field(l, 3), &when, error))
        return FALSE;
    const char *code = strcmp(seed_field(l, 1), "-") ? seed_field(l, 1) : NULL;
    g_autofree char *id = seed_next_id(c, "proc");
    g_autoptr(FhirBuild) b = seed_start(c, "Procedure", id);
    fhir_b_string(b, "status", "completed");
    fhir_b_concept(b, "code", code ? SEED_KVA : NULL, code, NULL, seed_field(l, 2));
    seed_subject(c, b, "subject");
    seed_b_encounter(c, b, when.instant);
    seed_b_when(b, "performedDateTime", &when);
    return seed_take(c, b, error);
}

/* "titel" is for the reader of the file, "gäller" (whom it fits) for the lint. */
static gboolean skip(SeedChart *c, const SeedLine *l, GError **error)
{
    return TRUE;
}

static const struct {
    const char *keyword;
    guint min;
    SeedStatement run;
} statements[] = {
    {"titel", 2, skip},
    {"gäller", 2, skip},
    {"kontakt", 4, add_contact},
    {"problem", 4, add_problem},
    {"överkänslighet", 2, seed_allergy},
    {"signal", 4, seed_flag},
    {"åtgärd", 4, add_procedure},
    {"läkemedel", 6, seed_medication},
    {"värden", 3, seed_vitals},
    {"prov", 3, seed_labs},
    {"prov!", 3, seed_labs},
    {"undersökning", 5, seed_study},
    {"undersökning!", 5, seed_study},
    {"anteckning", 5, seed_note},
    {"diktat", 6, seed_dictation},
    {"kontrasignering", 3, seed_countersign},
    {"remiss", 5, seed_referral},
    {"bokning", 5, seed_diary_book},
};

gboolean seed_chart_run(SeedChart *c, const SeedLine *l, GError **error)
{
    for (guint i = 0; i < G_N_ELEMENTS(statements); i++) {
        if (strcmp(statements[i].keyword, l->fields[0]))
            continue;
        if (l->n < statements[i].min)
            return seed_complain(l, error, "%s needs %u fields", l->fields[0], statements[i].min);
        if (l->percent < 100 && (int)seed_pick(c, l, "chance", 100) >= l->percent)
            return TRUE;
        return statements[i].run(c, l, error);
    }
    return seed_complain(l, error, "unknown keyword \"%s\"", l->fields[0]);
}

static void b_participant(SeedChart *c, FhirBuild *b, const SeedContact *contact)
{
    fhir_b_array(b, "participant");
    fhir_b_object(b, NULL);
    fhir_b_array(b, "type");
    /* an inpatient's responsible doctor (PAL) is the attender */
    fhir_b_concept(b, NULL, PARTICIPATION, contact->end == INSTANT_NONE ? "ATND" : "PPRF", NULL,
                   NULL);
    fhir_b_end(b);
    seed_b_staff(c, b, "individual", contact->doctor);
    fhir_b_end(b);
    fhir_b_end(b);
}

static void b_diagnoses(FhirBuild *b, const SeedContact *contact)
{
    if (!contact->conditions->len)
        return;
    fhir_b_array(b, "diagnosis");
    for (guint i = 0; i < contact->conditions->len; i++) {
        fhir_b_object(b, NULL);
        fhir_b_reference(b, "condition", "Condition", contact->conditions->pdata[i], NULL);
        fhir_b_int(b, "rank", i + 1);
        fhir_b_end(b);
    }
    fhir_b_end(b);
}

static gboolean give_contact(SeedChart *c, const SeedContact *contact, GError **error)
{
    Seed *s = c->seed;
    gboolean open = contact->end == INSTANT_NONE;
    guint kind = 0;
    while (strcmp(contact_kinds[kind].word, contact->kind))
        kind++;
    g_autoptr(FhirBuild) b = seed_start(c, "Encounter", contact->id);
    fhir_b_string(b, "status", open ? "in-progress" : "finished");
    fhir_b_coding(b, "class", ACT_CODE, contact_kinds[kind].class, contact_kinds[kind].display);
    seed_subject(c, b, "subject");
    b_participant(c, b, contact);
    fhir_b_object(b, "period");
    fhir_b_instant(b, "start", contact->start);
    if (!open)
        fhir_b_instant(b, "end", contact->end);
    fhir_b_end(b);
    fhir_b_array(b, "reasonCode");
    fhir_b_concept(b, NULL, NULL, NULL, NULL, contact->reason);
    fhir_b_end(b);
    b_diagnoses(b, contact);
    if (contact->bed) {
        g_autofree char *bed =
            g_strdup_printf("loc-%s-%s", contact->unit + strlen("org-"), contact->bed);
        g_autofree char *lower = g_ascii_strdown(bed, -1);
        fhir_b_array(b, "location");
        fhir_b_object(b, NULL);
        fhir_b_reference(b, "location", "Location", lower, contact->bed);
        fhir_b_string(b, "status", "active");
        fhir_b_end(b);
        fhir_b_end(b);
    }
    fhir_b_reference(b, "serviceProvider", "Organization", contact->unit,
                     seed_lookup(s->units, contact->unit, "name"));
    return seed_give(s, b, error);
}

gboolean seed_flush_contacts(SeedChart *c, GError **error)
{
    for (guint i = 0; i < c->contacts->len; i++)
        if (!give_contact(c, c->contacts->pdata[i], error))
            return FALSE;
    return TRUE;
}
