/* SPDX-License-Identifier: GPL-3.0-or-later
 * fhir/validate.h — base R4 structure checks from a const table of elements (name, type, min, max,
 * required value sets) for the resource types that rond reads and writes. rond-core refuses with
 * it; the client checks what it writes. Unknown elements of known types are errors; unknown types
 * pass. */
#pragma once
#include "fhir/resource.h"

/* NULL when the resource is sound, else an array of FhirIssue* (see outcome.h), owned. */
GPtrArray *fhir_validate(const FhirResource *r);
