/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/problem.h — Conditions and alerts as rows of a list: what, code, since when, how certain, in
 * words. What was entered in error is left out. Pure; owned strings, never NULL unless said. */
#pragma once
#include "fhir/resource.h"

typedef struct {
    char *id;       /* type and id */
    FhirResource *source;
    char *text;     /* "Pneumoni" */
    char *code;     /* "J18.9"; "" */
    char *since;    /* as exact as recorded, short; "–" where nobody has said */
    char *since_long; /* there "recorded 08:06" */
    char *state;    /* "active", "resolved 2019", "suspected"; words of the screen */
    char *certainty; /* "confirmed"; "" */
    char *doubt;    /* "suspected"; "" when it is not in doubt */
    char *author;   /* "" when not said */
    Instant from;   /* for sorting; INSTANT_NONE */
    gboolean active;
    int danger;     /* alerts: 2 can kill, 1 other */
    char *severity, *kind; /* alerts: "LIFE-THREATENING · anafylaxi", "hypersensitivity"; else "" */
} ProblemRow;

void problem_row_free(ProblemRow *row);
/* @resources: Condition. Active first, the latest onset first. ProblemRow*, owned. */
GPtrArray *problem_rows(const GPtrArray *resources, Instant now);
/* AllergyIntolerance and Flag: the most dangerous first, those that no longer count last. */
GPtrArray *alert_rows(const GPtrArray *allergies, const GPtrArray *flags, Instant now);
