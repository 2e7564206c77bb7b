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

/* The last of a morning's answers in the seed: before it, the wards are as they were a day earlier, so
 * that nothing in a chart lies ahead of the clock. Diaries always have the day that it is. */
#define SEED_MORNING ((CivilTime){7, 36, 0})

typedef struct {
    CivilDate today;   /* the diaries' */
    CivilDate charted; /* the charts': the day before today until the morning is over */
} SeedDay;
SeedDay seed_day_at(Instant now);
/* "2026-11-21", "2026-11-21-night": names a day of the seed in a file name and in the database. */
char *seed_day_text(SeedDay day);
gboolean seed_day_parse(const char *text, SeedDay *ret);

/* Everything in @dir (data/seed), in an order where a resource comes after most that it refers to:
 * organisations, staff, patients with their charts, the diary, and last the patient with 10,000
 * resources. Errors name file and line. */
gboolean seed_expand(const char *dir, SeedDay day, SeedSink sink, gpointer data,
                     GError **error);

/* A short text that changes whenever a file in @dir changes. Owned. */
char *seed_version(const char *dir, GError **error);
