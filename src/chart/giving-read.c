/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the core says was given, and which medicine it was. */
#include <string.h>

#include "base/text.h"
#include "chart/dosage.h"
#include "chart/giving.h"

#define ATC_SYSTEM     "http://www.whocc.no/atc"
#define PRODUCT_SYSTEM "urn:rond:training-product"

/* ---- which product ---- */

/* "500 mg" in "paracetamol tablett 500 mg", and not in "1500 mg". */
static gboolean says(const char *text, const char *part)
{
    for (const char *at = *part ? strstr(text, part) : NULL; at; at = strstr(at + 1, part)) {
        char before = at == text ? ' ' : at[-1], after = at[strlen(part)];
        if (before == ' ' && (after == '\0' || after == ' '))
            return TRUE;
    }
    return FALSE;
}

const DrugProduct *giving_product(const DrugList *drugs, FhirNode holder, const char *atc, const char *text)
{
    g_autofree char *id = fhir_concept_code(holder, "medicationCodeableConcept", PRODUCT_SYSTEM);
    const DrugProduct *named = id && drugs ? drug_list_by_id(drugs, id) : NULL;
    g_autoptr(DrugMatch) of_code = !named && atc && text && drugs ? drug_list_match(drugs, atc) : NULL;
    for (guint i = 0; of_code && i < of_code->products->len; i++) {
        const DrugProduct *p = of_code->products->pdata[i];
        if (strcmp(p->atc, atc) == 0 && says(text, p->form) && says(text, p->strength_text))
            return p;
    }
    return named;
}

/* ---- the order ---- */

Order *giving_order(const FhirResource *request, const DrugList *drugs, Instant now)
{
    FhirNode root = fhir_root(request);
    g_autoptr(Order) o = order_new();
    g_autoptr(MedicationRow) row = medication_row(request, drugs, now);
    g_autofree char *text = fhir_concept_text(root, "medicationCodeableConcept");
    if (!row || row->state == MED_UNKNOWN || row->since == INSTANT_NONE || !dosage_read(fhir_at(root, "dosageInstruction"), o))
        return NULL;
    o->product = giving_product(drugs, root, row->atc, text);
    o->substance = g_strdup(o->product ? o->product->substance : row->name);
    o->atc = g_strdup(row->atc);
    o->stat = fhir_is(root, "priority", "stat");
    o->start = row->since;
    if (row->until != INSTANT_NONE)
        o->stop = civil_date_at(row->until - 1);
    return g_steal_pointer(&o);
}

/* ---- what was given ---- */

static const struct {
    const char *status;
    GivenState state;
} states[] = {
    {"completed", GIVEN_DONE}, {"not-done", GIVEN_NOT},   {"in-progress", GIVEN_RUNNING},
    {"stopped", GIVEN_ENDED},  {"entered-in-error", GIVEN_STRUCK},
};

static GivenState state_of(const FhirResource *r)
{
    FhirNode root = fhir_root(r);
    if (fhir_has_modifier(r))
        return GIVEN_UNKNOWN;
    g_autofree char *why = fhir_concept_code(root, "statusReason[0]", GIVING_REASON);
    if (fhir_is(root, "status", "on-hold") && g_strcmp0(why, GIVING_WAITS) == 0)
        return GIVEN_WAITS;
    for (gsize i = 0; i < G_N_ELEMENTS(states); i++)
        if (fhir_is(root, "status", states[i].status))
            return states[i].state;
    return GIVEN_UNKNOWN;
}

/* "<request>/<key>" of the identifier that names the dose. */
static char *dose_of(FhirNode root)
{
    for (FhirNode i = fhir_first(fhir_at(root, "identifier")); fhir_exists(i); i = fhir_next(i))
        if (fhir_is(i, "system", GIVING_DOSE))
            return fhir_string(i, "value");
    return NULL;
}

Given *given_read(const FhirResource *r, const DrugList *drugs)
{
    FhirNode root = fhir_root(r);
    g_autofree char *type = NULL, *performer = NULL;
    FhirTime t;
    if (strcmp(fhir_type(r), "MedicationAdministration") != 0)
        return NULL;
    Given *g = g_new0(Given, 1);
    g->source = fhir_resource_ref(r);
    if (!fhir_reference(root, "request", &type, &g->request) || g_strcmp0(type, "MedicationRequest") != 0)
        g_clear_pointer(&g->request, g_free);
    g->dose = dose_of(root);
    g->state = state_of(r);
    gboolean when = fhir_time(root, "effectiveDateTime", &t) || fhir_time(root, "effectivePeriod.start", &t);
    g->at = when ? t.instant : INSTANT_NONE;
    g->by = fhir_string(root, "performer[0].actor.display");
    g->by = g->by ? g->by : g_strdup("");
    fhir_reference(root, "performer[0].actor", &performer, &g->by_id);
    g->reason = fhir_concept_text(root, "statusReason[0]");
    g->name = fhir_concept_text(root, "medicationCodeableConcept");
    g->atc = fhir_concept_code(root, "medicationCodeableConcept", ATC_SYSTEM);
    g->product = giving_product(drugs, root, g->atc, g->name);
    g->name = g->name ? g->name : g_strdup("");
    g->amount = (Decimal){0};
    fhir_decimal(root, "dosage.dose.value", &g->amount);
    g->unit = fhir_string(root, "dosage.dose.unit");
    return g;
}

void given_dose_free(Given *g)
{
    if (!g)
        return;
    fhir_resource_unref(g->source);
    char *const owned[] = {g->request, g->dose, g->by, g->by_id, g->reason, g->name, g->atc, g->unit};
    for (gsize i = 0; i < G_N_ELEMENTS(owned); i++)
        g_free(owned[i]);
    g_free(g);
}

gboolean given_counts(const Given *g)
{
    return g->state != GIVEN_NOT && g->state != GIVEN_STRUCK;
}
