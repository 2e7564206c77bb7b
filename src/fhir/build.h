/* SPDX-License-Identifier: GPL-3.0-or-later
 * fhir/build.h — makes new resources. A thin face of json/writer with FHIR's common shapes.
 * Calls nest like the JSON; a wrong nesting is a programmer error. */
#pragma once
#include "fhir/resource.h"

typedef struct FhirBuild FhirBuild;
FhirBuild *fhir_build_new(const char *type); /* {"resourceType":type … */
void fhir_build_free(FhirBuild *b);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FhirBuild, fhir_build_free)

void fhir_b_object(FhirBuild *b, const char *key); /* key NULL inside arrays */
void fhir_b_array(FhirBuild *b, const char *key);
void fhir_b_end(FhirBuild *b);
void fhir_b_string(FhirBuild *b, const char *key,
                   const char *value); /* NULL or "" value: nothing */
void fhir_b_bool(FhirBuild *b, const char *key, gboolean value);
void fhir_b_int(FhirBuild *b, const char *key, gint64 value);
void fhir_b_decimal(FhirBuild *b, const char *key, Decimal value);
void fhir_b_instant(FhirBuild *b, const char *key, Instant t);
void fhir_b_date(FhirBuild *b, const char *key, CivilDate d);
void fhir_b_raw(FhirBuild *b, const char *key, const char *json);
void fhir_b_node(FhirBuild *b, const char *key, FhirNode node); /* copies an element verbatim */
void fhir_b_coding(FhirBuild *b, const char *key, const char *system, const char *code,
                   const char *display);
void fhir_b_concept(FhirBuild *b, const char *key, const char *system, const char *code,
                    const char *display, const char *text);
void fhir_b_reference(FhirBuild *b, const char *key, const char *type, const char *id,
                      const char *display);
void fhir_b_identifier(FhirBuild *b, const char *key, const char *system, const char *value);
/* Quantity with system http://unitsofmeasure.org when @code is given (invariant qty-3). */
void fhir_b_quantity(FhirBuild *b, const char *key, Decimal value, const char *unit,
                     const char *code);
FhirResource *fhir_build_finish(FhirBuild *b, GError **error);
