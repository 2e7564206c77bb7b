/* SPDX-License-Identifier: GPL-3.0-or-later
 * fhir/patch.h — JSON Patch (RFC 6902) over a resource's text, on the splice editor: what the patch
 * does not touch is unchanged, digit for digit. */
#pragma once
#include "fhir/resource.h"

FhirResource *fhir_patch_apply(const FhirResource *r, GBytes *patch, GError **error);
