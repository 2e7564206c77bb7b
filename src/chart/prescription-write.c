/* SPDX-License-Identifier: GPL-3.0-or-later
 * The prescription of an Order as dispenseRequest and substitution of a MedicationRequest, and back. */
#include <string.h>

#include "chart/dosage.h"
#include "chart/prescription.h"
#include "chart/units.h"

#define IN_WORDS "urn:rond:quantity-in-words"
#define PACK     "förpackning"

static void write_words(FhirBuild *b, const OrderSupply *s)
{
    if (!s->in_words || s->quantity.scale > 0)
        return;
    g_autofree char *letters = number_in_swedish((int)s->quantity.coefficient);
    fhir_b_array(b, "extension");
    fhir_b_object(b, NULL);
    fhir_b_string(b, "url", IN_WORDS);
    fhir_b_string(b, "valueString", letters);
    fhir_b_end(b);
    fhir_b_end(b);
}

static void write_exchange(FhirBuild *b, const Order *o)
{
    fhir_b_object(b, "substitution");
    fhir_b_bool(b, "allowedBoolean", !o->supply.no_exchange);
    if (o->supply.no_exchange && o->no_exchange_reason)
        fhir_b_concept(b, "reason", NULL, NULL, NULL, o->no_exchange_reason);
    fhir_b_end(b);
}

void prescription_write(FhirBuild *b, const Order *o, Instant authored)
{
    const OrderSupply *s = &o->supply;
    const DoseUnit *unit = s->unit != NULL ? dose_unit(s->unit) : NULL;
    fhir_b_object(b, "dispenseRequest");
    write_words(b, s);
    fhir_b_object(b, "validityPeriod");
    fhir_b_instant(b, "start", MAX(authored, o->start));
    fhir_b_date(b, "end", s->until);
    fhir_b_end(b);
    fhir_b_int(b, "numberOfRepeatsAllowed", s->withdrawals - 1); /* the first time is no repeat */
    fhir_b_quantity(b, "quantity", s->quantity, s->unit, unit != NULL ? unit->ucum : NULL);
    if (s->need.valid)
        fhir_b_quantity(b, "expectedSupplyDuration", decimal_from_int(s->need_days), "dagar", "d");
    fhir_b_end(b);
    write_exchange(b, o);
}

/* ---- back ---- */

static gboolean is_prescription(FhirNode request)
{
    return fhir_exists(fhir_at(request, "dispenseRequest.quantity")) ||
           fhir_exists(fhir_at(request, "dispenseRequest.numberOfRepeatsAllowed"));
}

static void read_quantity(FhirNode request, Order *o)
{
    FhirNode q = fhir_at(request, "dispenseRequest.quantity");
    g_autofree char *word = fhir_string(q, "unit");
    Decimal value;
    const DoseUnit *u = dose_unit_by_word(word);
    const char *unit = u != NULL ? u->unit : word;
    gboolean ours = o->product != NULL && (g_strcmp0(unit, PACK) == 0 || g_strcmp0(unit, prescription_unit(o->product)) == 0);
    if (!ours || !fhir_decimal(q, "value", &value) || fhir_exists(fhir_at(q, "comparator")) || decimal_is_zero(value))
        return;
    o->supply.quantity = value;
    o->supply.unit = g_intern_string(unit);
}

void prescription_read(FhirNode request, Order *o)
{
    if (!is_prescription(request))
        return;
    gint64 repeats = fhir_int(request, "dispenseRequest.numberOfRepeatsAllowed", 0);
    o->supply.wanted = TRUE;
    o->supply.withdrawals = (int)CLAMP(repeats, 0, 51) + 1;
    read_quantity(request, o);
    o->supply.no_exchange = fhir_exists(fhir_at(request, "substitution.allowedBoolean")) && !fhir_bool(request, "substitution.allowedBoolean");
    if (o->supply.no_exchange)
        o->no_exchange_reason = fhir_concept_text(request, "substitution.reason");
}

char *prescription_shown(FhirNode request)
{
    Decimal value = {0};
    if (!is_prescription(request))
        return NULL;
    g_autofree char *unit = fhir_string(request, "dispenseRequest.quantity.unit");
    g_autofree char *until = fhir_string(request, "dispenseRequest.validityPeriod.end");
    GString *s = g_string_new(NULL);
    if (fhir_decimal(request, "dispenseRequest.quantity.value", &value)) {
        g_autofree char *said = dosage_quantity_text(value, unit != NULL ? unit : "st");
        g_string_append_printf(s, "%s, ", said);
    }
    g_string_append_printf(s, "%d uttag", (int)CLAMP(fhir_int(request, "dispenseRequest.numberOfRepeatsAllowed", 0), 0, 999) + 1);
    if (until != NULL)
        g_string_append_printf(s, ", t.o.m. %.10s", until);
    if (fhir_exists(fhir_at(request, "substitution.allowedBoolean")) && !fhir_bool(request, "substitution.allowedBoolean"))
        g_string_append(s, ", får ej bytas ut");
    return g_string_free(s, FALSE);
}
