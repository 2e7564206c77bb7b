/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/observation.h — Observations as tables over time: a row for each kind of value in one unit,
 * every value as it was sent. Two values of one kind at one time are two rows, never one hidden.
 * NEWS2 for each set of measurements. Pure. */
#pragma once
#include "chart/vitals.h"

typedef struct {
    char *id;          /* code and unit: stable through refreshes */
    const char *name;  /* short where the code has an established short name; borrowed from newest */
    GPtrArray *values; /* Measurement*, newest first; never empty */
} ObservationRow;

typedef struct {
    GPtrArray *rows; /* ObservationRow*: known kinds in their usual order, then by name */
    GArray *times;   /* Instant, newest first, each once */
} ObservationTable;

ObservationTable *observation_table(const GPtrArray *observations);
/* The same out of what vitals_of_all(@observations) gave; takes the measurements out of it. */
ObservationTable *observation_table_of(const GPtrArray *observations, GPtrArray *values);
void observation_table_free(ObservationTable *t);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ObservationTable, observation_table_free)
/* Newest and most dangerous of the last days first: what an overview has room for. */
void observation_table_sort_urgent(ObservationTable *t, Instant now);
const Measurement *observation_latest(const ObservationRow *row);
const Measurement *observation_at(const ObservationRow *row, Instant t); /* NULL: none then */

/* The established short name of what was measured, else the name that was sent. Borrowed from @m. */
const char *observation_name(const Measurement *m);
/* The established short name that a person has typed, in any case: "hb" → "Hb"; NULL: there is none. Borrowed.
 * *ret_lab: it is asked for among the laboratory's answers. */
const char *observation_short_name(const char *typed, gboolean *ret_lab);
/* 2 HH and LL, 1 any other flag, 0 none. */
int observation_level(const Measurement *m);

/* NEWS2 at each of the last @max times that a part of it was measured, with the parts of the hour before,
 * oldest first. Array of News2.
 * @values: as vitals_of_all() gives them. */
GArray *observation_news2_series(const FhirResource *patient, const GPtrArray *values, const News2Orders *orders, Instant now,
                                 guint max);
/* Why there is no sum: "saknas: temperatur"; NULL when there is one. Owned. */
char *observation_news2_missing(const News2 *n);
/* "AF 2, SpO2 2, …" in one line; and lines "label\tpoints" with sum, risk and method. Owned. */
char *observation_news2_parts(const News2 *n);
char *observation_news2_lines(const News2 *n, const News2Orders *orders);
