/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/dosage-private.h — the parts of the Swedish text that each FHIR Dosage carries. */
#pragma once
#include "chart/dosage.h"

char *dosage_dose_text(const Order *o, Decimal low, Decimal high);
char *dosage_slot_text(const Order *o, int slot);
char *dosage_step_text(const Order *o, guint step);
