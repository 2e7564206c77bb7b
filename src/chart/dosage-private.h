/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/dosage-private.h — the parts of the Swedish text that each FHIR Dosage carries, and
 * the codes it is written with. Only dosage*.c includes it. */
#pragma once
#include "chart/dosage.h"

/* All owned by the caller. */
char *dosage_dose_text(const Order *o, Decimal low, Decimal high);
char *dosage_slot_text(const Order *o, int slot);
char *dosage_step_text(const Order *o, guint step);

#define SNOMED         "http://snomed.info/sct"
#define UCUM           "http://unitsofmeasure.org"
#define DOSE_BY_WEIGHT "urn:rond:dose-by-weight"

extern const char *const dosage_slot_codes[ORDER_SLOTS]; /* Timing.repeat.when */
extern const char *const dosage_day_codes[7];            /* Timing.repeat.dayOfWeek */
