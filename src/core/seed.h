/* SPDX-License-Identifier: GPL-3.0-or-later
 * core/seed.h — the training hospital: text in data/seed, expanded to FHIR resources with stable
 * ids and dates relative to a given day. Deterministic: the same directory and day give the same
 * bytes. Knows nothing of databases or HTTP; the sink does what it likes with each resource. */
#pragma once
#include "base/datetime.h"
#include "fhir/resource.h"

#define SEED_ERROR (seed_error_quark())
GQuark seed_error_quark(void);
typedef enum { SEED_ERROR_FILE, SEED_ERROR_SYNTAX, SEED_ERROR_REFERENCE } SeedError;

/* Called once per resource; @r is borrowed for the call. FALSE with @error set stops the expansion.
 */
typedef gboolean (*SeedSink)(FhirResource *r, gpointer data, GError **error);

/* Everything in @dir (data/seed), in an order where a resource comes after most that it refers to:
 * organisations, staff, patients with their charts, the diary, and last the patient with 10,000
 * resources. Errors name file and line. */
gboolean seed_expand(const char *dir, CivilDate today, SeedSink sink, gpointer data,
                     GError **error);

/* A short text that changes whenever a file in @dir changes. Owned. */
char *seed_version(const char *dir, GError **error);
