/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/units.h — dose units and routes of the record: word, plural, UCUM code, SNOMED CT code.
 * UCUM has no code for what is counted: there its annotations stand ("{tablett}"). "E" is [IU], as
 * insulin is written in Sweden. Pure; all borrowed from the tables. */
#pragma once
#include <glib.h>

typedef struct {
    const char *unit; /* as in the product list and the Order */
    const char *ucum;
    const char *singular, *plural;
    gint64 most; /* more of it in one dose is a slip of the hand, whatever the medicine */
} DoseUnit;

const DoseUnit *dose_unit(const char *unit);         /* NULL when unknown */
const DoseUnit *dose_unit_by_code(const char *ucum); /* by its UCUM code */
const DoseUnit *dose_unit_by_word(const char *word); /* by unit, singular or plural */

/* FALSE when both are known units of measurement and not the same one. */
gboolean units_agree(const char *unit, const char *ucum);

typedef struct {
    const char *unit; /* "ml/tim" */
    const char *ucum;
} RateUnit;

const RateUnit *rate_unit(const char *unit);
const RateUnit *rate_unit_by_code(const char *ucum);

typedef struct {
    const char *route;   /* "oral" */
    const char *adverb;  /* "oralt" */
    const char *snomed;
} Route;

const Route *route_find(const char *route);
const Route *route_by_snomed(const char *code);
