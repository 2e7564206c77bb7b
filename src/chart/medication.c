/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "chart/medication.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "chart/dosage.h"
#include "chart/prescription.h"
#include "chart/record-words.h"
#include "fhir/build.h"

#define ATC_SYSTEM      "http://www.whocc.no/atc"
#define PRODUCT_SYSTEM  "urn:rond:training-product"
#define CATEGORY_SYSTEM "http://terminology.hl7.org/CodeSystem/medicationrequest-category"

G_DEFINE_QUARK(rond - chart - error - quark, chart_error)

static void write_drug(FhirBuild *b, const Order *o)
{
    const DrugProduct *p = o->product;
    g_autofree char *text = drug_name(p, o->by_brand);
    fhir_b_object(b, "medicationCodeableConcept");
    fhir_b_array(b, "coding");
    fhir_b_coding(b, NULL, ATC_SYSTEM, o->atc, o->substance);
    fhir_b_coding(b, NULL, PRODUCT_SYSTEM, p->id, NULL);
    fhir_b_end(b);
    fhir_b_string(b, "text", text);
    fhir_b_end(b);
}

static void write_identity(FhirBuild *b, const Order *o, const MedicationContext *c)
{
    g_autofree char *urn = g_strconcat("urn:uuid:", c->uuid, NULL);
    fhir_b_array(b, "identifier");
    fhir_b_identifier(b, NULL, "urn:ietf:rfc:3986", urn);
    fhir_b_end(b);
    fhir_b_string(b, "status", "active");
    fhir_b_string(b, "intent", "order");
    fhir_b_array(b, "category");
    fhir_b_concept(b, NULL, CATEGORY_SYSTEM, c->inpatient && !o->supply.wanted ? "inpatient" : "community", NULL, NULL);
    fhir_b_end(b);
    fhir_b_string(b, "priority", o->stat ? "stat" : "routine");
}

static void write_why(FhirBuild *b, const Order *o)
{
    if (o->reason != NULL) {
        fhir_b_array(b, "reasonCode");
        fhir_b_concept(b, NULL, NULL, NULL, NULL, o->reason);
        fhir_b_end(b);
    }
    if (o->follow_up != NULL) {
        g_autofree char *text = g_strconcat(record_word(RW_FOLLOW_UP), " ", o->follow_up, NULL);
        fhir_b_array(b, "note");
        fhir_b_object(b, NULL);
        fhir_b_string(b, "text", text);
        fhir_b_end(b);
        fhir_b_end(b);
    }
}

/* When the treatment begins and its last day; in ordinary FHIR this is where a core looks. */
static void write_period(FhirBuild *b, const Order *o, const MedicationContext *c)
{
    if (o->supply.wanted) {
        prescription_write(b, o, c->authored);
        return;
    }
    fhir_b_object(b, "dispenseRequest");
    fhir_b_object(b, "validityPeriod");
    fhir_b_instant(b, "start", o->start);
    if (o->stop.year != 0)
        fhir_b_date(b, "end", o->stop);
    fhir_b_end(b);
    fhir_b_end(b);
}

/* Where it is prescribed: FHIR has no place for it in the request. */
static void write_codes(FhirBuild *b, const Order *o, const MedicationContext *c)
{
    if (!o->supply.wanted || c->workplace_code == NULL)
        return;
    fhir_b_array(b, "extension");
    fhir_b_object(b, NULL);
    fhir_b_string(b, "url", WORKPLACE_CODE_SYSTEM);
    fhir_b_identifier(b, "valueIdentifier", WORKPLACE_CODE_SYSTEM, c->workplace_code);
    fhir_b_end(b);
    fhir_b_end(b);
}

static void write_requester(FhirBuild *b, const Order *o, const MedicationContext *c)
{
    if (!o->supply.wanted || c->prescriber_code == NULL) {
        fhir_b_reference(b, "requester", c->requester_type, c->requester_id, c->requester_display);
        return;
    }
    g_autofree char *to = g_strdup_printf("%s/%s", c->requester_type, c->requester_id);
    fhir_b_object(b, "requester");
    fhir_b_string(b, "reference", to);
    fhir_b_identifier(b, "identifier", PRESCRIBER_CODE_SYSTEM, c->prescriber_code);
    fhir_b_string(b, "display", c->requester_display);
    fhir_b_end(b);
}

FhirResource *medication_from_order(const Order *o, const MedicationContext *c, GError **error)
{
    if (!order_complete(o) || o->product == NULL) {
        g_set_error(error, CHART_ERROR, CHART_ERROR_INCOMPLETE,
                    "The order is not complete: %u parts are missing or unclear.", o->issues->len);
        return NULL;
    }
    if (o->supply.wanted && (!o->supply.settled || !o->supply.quantity.valid)) {
        g_set_error_literal(error, CHART_ERROR, CHART_ERROR_INCOMPLETE, "The prescription has not been held against its rules.");
        return NULL;
    }
    g_autoptr(FhirBuild) b = fhir_build_new("MedicationRequest");
    write_codes(b, o, c);
    write_identity(b, o, c);
    write_drug(b, o);
    fhir_b_reference(b, "subject", "Patient", c->patient_id, c->patient_display);
    if (c->encounter_id != NULL)
        fhir_b_reference(b, "encounter", "Encounter", c->encounter_id, NULL);
    fhir_b_instant(b, "authoredOn", c->authored);
    if (c->requester_id != NULL)
        write_requester(b, o, c);
    write_why(b, o);
    dosage_write(b, "dosageInstruction", o);
    write_period(b, o, c);
    if (c->prior_id != NULL)
        fhir_b_reference(b, "priorPrescription", "MedicationRequest", c->prior_id, NULL);
    return fhir_build_finish(b, error);
}

/* --- reading ------------------------------------------------------------------------------ */

static gboolean is_inpatient(FhirNode root)
{
    for (FhirNode c = fhir_first(fhir_at(root, "category")); fhir_exists(c); c = fhir_next(c)) {
        g_autofree char *code = fhir_concept_code(c, NULL, CATEGORY_SYSTEM);
        if (g_strcmp0(code, "inpatient") == 0)
            return TRUE;
    }
    return FALSE;
}

gboolean medication_is_inpatient(const FhirResource *r)
{
    return is_inpatient(fhir_root(r));
}

static Instant first_time(FhirNode root)
{
    FhirTime t;
    if (fhir_time(root, "dosageInstruction[0].timing.repeat.boundsPeriod.start", &t))
        return t.instant;
    /* On a prescription the validity is the paper's, on a ward the treatment's; but nothing begins
     * before its paper is valid. */
    Instant authored = fhir_time(root, "authoredOn", &t) ? t.instant : INSTANT_NONE;
    if (fhir_time(root, "dispenseRequest.validityPeriod.start", &t) && (is_inpatient(root) || t.instant > authored))
        return t.instant;
    return authored;
}

static Instant end_time(FhirNode root, Instant since)
{
    FhirTime t;
    FhirNode dosages = fhir_at(root, "dosageInstruction");
    Instant latest = INSTANT_NONE;
    for (FhirNode d = fhir_first(dosages); fhir_exists(d); d = fhir_next(d))
        if (fhir_time(d, "timing.repeat.boundsPeriod.end", &t))
            latest = MAX(latest, fhir_time_end(&t));
    if (latest != INSTANT_NONE)
        return latest;
    if (is_inpatient(root) && fhir_time(root, "dispenseRequest.validityPeriod.end", &t))
        return fhir_time_end(&t);
    int days = dosage_days(dosages);
    if (days > 0 && since != INSTANT_NONE)
        return instant_day_start(civil_date_add_days(civil_date_at(since), days));
    return INSTANT_NONE;
}

static gboolean has_unknown_modifier(FhirNode root)
{
    if (fhir_has_modifier(root.res))
        return TRUE;
    FhirNode dosages = fhir_at(root, "dosageInstruction");
    for (FhirNode d = fhir_first(dosages); fhir_exists(d); d = fhir_next(d))
        if (fhir_exists(fhir_at(d, "modifierExtension")))
            return TRUE;
    return FALSE;
}

gboolean med_state_counts(MedState state)
{
    return state != MED_PAST && state != MED_STOPPED && state != MED_DRAFT && state != MED_VOID;
}

MedState medication_state(const FhirResource *r, Instant now)
{
    static const struct {
        const char *status;
        MedState state;
    } states[] = {
        {"entered-in-error", MED_VOID}, {"cancelled", MED_VOID},  {"stopped", MED_STOPPED},
        {"completed", MED_PAST},        {"on-hold", MED_ON_HOLD}, {"draft", MED_DRAFT},
        {"active", MED_ACTIVE},
    };
    FhirNode root = fhir_root(r);
    MedState state = MED_UNKNOWN;
    for (gsize i = 0; i < G_N_ELEMENTS(states); i++)
        if (fhir_is(root, "status", states[i].status))
            state = states[i].state;
    if (state == MED_VOID)
        return state;
    if (has_unknown_modifier(root))
        return MED_UNKNOWN;
    if (fhir_bool(root, "doNotPerform"))
        return MED_NOT_TO_BE_GIVEN;
    if (fhir_is(root, "intent", "proposal") || fhir_is(root, "intent", "option"))
        return MED_DRAFT;
    if (state != MED_ACTIVE)
        return state;
    Instant since = first_time(root), until = end_time(root, since);
    if (since != INSTANT_NONE && since > now)
        return MED_FUTURE;
    return until != INSTANT_NONE && until <= now ? MED_PAST : MED_ACTIVE;
}

static void name_from_product(MedicationRow *row, const DrugProduct *p)
{
    gboolean brand = p->brand != NULL && row->name != NULL && g_str_has_prefix(row->name, p->brand);
    g_free(row->name);
    row->name = brand ? g_strdup_printf("%s (%s)", p->brand, p->substance) : g_strdup(p->substance);
    row->form = g_strdup(p->form);
    row->strength = g_strdup(p->strength_text);
}

/* A Medication inside the resource: its code names the drug, its ingredient the strength. */
static FhirNode drug_node(FhirNode root, const char **ret_path)
{
    *ret_path = "medicationCodeableConcept";
    g_autofree char *ref = fhir_string(root, "medicationReference.reference");
    if (ref == NULL || ref[0] != '#')
        return root;
    FhirNode contained = fhir_at(root, "contained");
    for (FhirNode c = fhir_first(contained); fhir_exists(c); c = fhir_next(c))
        if (fhir_is(c, "id", ref + 1)) {
            *ret_path = "code";
            return c;
        }
    return root;
}

static const DrugProduct *product_of(FhirNode drug, const char *path, const DrugList *drugs)
{
    g_autofree char *id = fhir_concept_code(drug, path, PRODUCT_SYSTEM);
    return id != NULL && drugs != NULL ? drug_list_by_id(drugs, id) : NULL;
}

/* Where the core has no code of the list: the product whose whole name it is, of the same ATC. Brands of one substance,
 * form and strength are the same to a name that says none of them; the first of the list stands for them. */
static const DrugProduct *product_named(FhirNode drug, const char *path, const DrugList *drugs)
{
    g_autofree char *atc = fhir_concept_code(drug, path, ATC_SYSTEM), *text = fhir_concept_text(drug, path);
    char *remark = text != NULL ? strstr(text, " (") : NULL; /* "acetylsalicylsyra (lågdos)": ATC and strength say that */
    const char *closed = remark != NULL ? strchr(remark, ')') : NULL;
    if (closed != NULL)
        memmove(remark, closed + 1, strlen(closed + 1) + 1);
    g_autofree char *folded = text != NULL ? text_fold(text) : NULL;
    for (guint i = 0; atc != NULL && folded != NULL && drugs != NULL && i < drug_list_count(drugs); i++) {
        const DrugProduct *p = drug_list_at(drugs, i);
        for (int brand = 0; brand < 2 && strcmp(p->atc, atc) == 0; brand++) {
            g_autofree char *name = drug_name(p, FALSE), *rest = g_strdup(name + strlen(p->substance));
            g_autofree char *called = brand ? g_strconcat(p->brand ? p->brand : "", rest, NULL) : g_steal_pointer(&name);
            g_autofree char *fold = text_fold(called);
            if (strcmp(fold, folded) == 0)
                return p;
        }
    }
    return NULL;
}

/* Which medicine cannot be said: the reference is all that there is. */
static char *not_found(FhirNode root)
{
    g_autofree char *ref = fhir_string(root, "medicationReference.reference");
    return ref ? g_strdup_printf(_("MEDICINE NOT FOUND (%s)"), ref) : g_strdup(_("MEDICINE NOT STATED"));
}

static void read_drug(MedicationRow *row, FhirNode root, const DrugList *drugs)
{
    const char *path;
    FhirNode drug = drug_node(root, &path);
    row->name = fhir_concept_text(drug, path);
    row->atc = fhir_concept_code(drug, path, ATC_SYSTEM);
    const DrugProduct *p = product_of(drug, path, drugs);
    if (p != NULL)
        name_from_product(row, p);
    if (row->name == NULL)
        row->name = fhir_string(root, "medicationReference.display");
    if (row->name == NULL)
        row->name = not_found(root);
    if (row->form == NULL)
        row->form = fhir_concept_text(drug, "form");
    row->form = row->form != NULL ? row->form : g_strdup("");
    row->strength = row->strength != NULL ? row->strength : g_strdup("");
}

MedicationRow *medication_row(const FhirResource *r, const DrugList *drugs, Instant now)
{
    if (strcmp(fhir_type(r), "MedicationRequest") != 0)
        return NULL;
    FhirNode root = fhir_root(r), dosages = fhir_at(root, "dosageInstruction");
    MedicationRow *row = g_new0(MedicationRow, 1);
    row->id = g_strdup(fhir_id(r));
    read_drug(row, root, drugs);
    row->dosage = dosage_display(dosages, &row->dosage_raw);
    for (FhirNode d = fhir_first(dosages); fhir_exists(d); d = fhir_next(d))
        row->as_needed = row->as_needed || fhir_bool(d, "asNeededBoolean") ||
                         fhir_exists(fhir_at(d, "asNeededCodeableConcept"));
    row->reason = fhir_concept_text(root, "reasonCode[0]");
    if (row->reason == NULL)
        row->reason = fhir_string(root, "reasonReference[0].display");
    row->supply = prescription_shown(root);
    row->since = first_time(root);
    row->until = end_time(root, row->since);
    row->state = medication_state(r, now);
    return row;
}

void medication_row_free(MedicationRow *row)
{
    if (row == NULL)
        return;
    g_free(row->id);
    g_free(row->name);
    g_free(row->form);
    g_free(row->strength);
    g_free(row->atc);
    g_free(row->dosage);
    g_free(row->reason);
    g_free(row->supply);
    g_free(row);
}

gboolean medication_to_order(const FhirResource *r, const DrugList *drugs, Order *o)
{
    FhirNode root = fhir_root(r);
    const char *path;
    FhirNode drug = drug_node(root, &path);
    o->product = product_of(drug, path, drugs);
    if (o->product == NULL)
        o->product = product_named(drug, path, drugs);
    if (o->product == NULL || !dosage_read(fhir_at(root, "dosageInstruction"), o))
        return FALSE;
    g_autofree char *text = fhir_concept_text(drug, path);
    g_autofree char *note = fhir_string(root, "note[0].text");
    o->substance = g_strdup(o->product->substance);
    o->atc = g_strdup(o->product->atc);
    o->form = g_intern_string(o->product->form);
    o->by_brand =
        o->product->brand != NULL && text != NULL && g_str_has_prefix(text, o->product->brand);
    o->stat = fhir_is(root, "priority", "stat");
    prescription_read(root, o);
    o->reason = fhir_concept_text(root, "reasonCode[0]");
    o->start = first_time(root);
    Instant until = end_time(root, o->start);
    if (until != INSTANT_NONE)
        o->stop = civil_date_at(until - 1);
    const char *before = record_word(RW_FOLLOW_UP);
    if (note != NULL && g_str_has_prefix(note, before))
        o->follow_up = g_strstrip(g_strdup(note + strlen(before)));
    return TRUE;
}
