/* SPDX-License-Identifier: GPL-3.0-or-later
 * fhir/primitive.h — private to this room: how FHIR's primitive types are written in JSON. */
#pragma once
#include "json/document.h"

/* NULL when @v is a sound value of primitive @type, else what is wrong, as the end of a sentence.
 */
const char *fhir_primitive_problem(const char *type, JsonValue v);
