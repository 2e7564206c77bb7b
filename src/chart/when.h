/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/when.h — times as they stand in lists: as short as the day allows, never more exact than
 * what was recorded. Pure; owned strings. */
#pragma once
#include "base/datetime.h"

/* "06:55" today, "20 nov" within the past or coming half year, "2019" beyond; "" for none. */
char *when_short(Instant t, Instant now);
/* "20 nov 06:55", with the year when it is another. */
char *when_long(Instant t, Instant now);
/* With the precision recorded: "2019", "nov 2019", "19 nov"; @brief as in when_short(). */
char *when_recorded(const FhirTime *t, Instant now, gboolean brief);
