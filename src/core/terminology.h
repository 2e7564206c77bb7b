/* SPDX-License-Identifier: GPL-3.0-or-later
 * core/terminology.h — the code sets of data/codes given out by ValueSet/$expand: by words or code, a page at a
 * time, with the total. Knows no patients; what it is asked is not kept. */
#pragma once
#include "core/core.h"

/* For the CapabilityStatement: name and definition of the one operation there is. */
#define TERMINOLOGY_OPERATION "expand"
#define TERMINOLOGY_DEFINITION "http://hl7.org/fhir/OperationDefinition/ValueSet-expand"

/* url, filter, count, offset; anything else, and a set that is not known, is refused. */
void terminology_expand(Core *core, const CoreRequest *request, CoreReply *reply);
