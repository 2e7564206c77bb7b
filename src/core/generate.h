/* SPDX-License-Identifier: GPL-3.0-or-later
 * core/generate.h — any number of synthetic patients for large sets, with name frequencies like
 * Sweden's. Never makes up a personnummer: most get a reserve number that cannot be a person's. */
#pragma once
#include "core/seed.h"

/* The official test numbers that the training hospital does not use are given out first; @n and
 * @seed decide everything else. Ids are "gen-1" and upward. */
gboolean generate_patients(guint n, guint64 seed, CivilDate today, SeedSink sink, gpointer data,
                           GError **error);
