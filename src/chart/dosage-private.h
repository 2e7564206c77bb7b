/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/dosage-private.h — the parts of the Swedish text that each FHIR Dosage carries, and
 * the codes it is written with. Only dosage*.c includes it. */
#pragma once
#include "chart/dosage.h"
#include "chart/record-words.h"

/* All owned by the caller. */
char *dosage_dose_text(const Order *o, Decimal low, Decimal high);
char *dosage_slot_text(const Order *o, int slot);
char *dosage_step_text(const Order *o, guint step);

/* Everything in @node is among @known: a part that is passed over could change the dose. */
gboolean dosage_only(FhirNode node, const char *const *known);
/* When one Dosage is given, into @o and @step; a bit of *ret_slots for each slot of the day. FALSE: not to be read. */
gboolean dosage_read_timing(FhirNode d, Order *o, OrderStep *step, guint *ret_slots);

#define SNOMED         "http://snomed.info/sct"
#define UCUM           "http://unitsofmeasure.org"
#define DOSE_BY_WEIGHT "urn:rond:dose-by-weight"
#define MOST_TIMES     "urn:rond:most-times-a-day"
#define DOSE_IN_CYCLES "urn:rond:dose-in-cycles"

typedef struct {
    const char *code; /* Timing.repeat.when */
    RecordWord word;
} DoseMeal;

const DoseMeal *dosage_meal(const char *code); /* NULL: none that an Order knows */

extern const char *const dosage_slot_codes[ORDER_SLOTS]; /* Timing.repeat.when */
extern const char *const dosage_day_codes[7];            /* Timing.repeat.dayOfWeek */
