/* SPDX-License-Identifier: GPL-3.0-or-later
 * support/people.h — generated patients and the errors that people make when they type a name. All
 * from one seed, which is printed. */
#pragma once
#include "fhir/resource.h"

typedef struct {
    guint64 state;
} Dice;
guint32 dice_roll(Dice *d, guint32 n); /* 0 … n - 1 */

/* FhirResource* (Patient), owned. */
GPtrArray *people_generate(guint n, guint64 seed, CivilDate today);
/* One substitution, insertion, deletion or transposition in one word of @name; never the same folded
 * word again. Owned. */
char *people_mistype(Dice *d, const char *name);
/* The seed of this run: ROND_SEED or the given one; printed. */
guint64 people_seed(guint64 usual);
