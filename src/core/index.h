/* SPDX-License-Identifier: GPL-3.0-or-later
 * core/index.h — a resource's rows in the search index, from the table in params.h. */
#pragma once
#include "core/db.h"
#include "fhir/resource.h"

/* Adds the rows of @rid, which has none. Both run inside the caller's transaction. */
void index_resource(Db *db, gint64 rid, const FhirResource *r);
void index_clear(Db *db, gint64 rid);
/* The patient whose compartment @r is in; owned, "" when it is in none. */
char *index_patient(const FhirResource *r);
/* The folded form that string parameters are kept and asked in. Owned. */
char *index_fold(const char *text);
