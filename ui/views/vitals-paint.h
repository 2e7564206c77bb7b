/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/vitals-paint.h — a set of measurements as it will be signed: each value beside the last one
 * and its points of NEWS2, the sum, when it was measured, and what is still to be answered. */
#pragma once
#include "chart/vital.h"
#include "ui/canvas.h"

typedef struct {
    const VitalSet *set;
    const VitalLast *last;       /* NULL while not known */
    const FhirResource *patient;
    const News2 *before;         /* the last sum; NULL */
    const News2Orders *orders;   /* which scale holds; NULL: not known */
    const FhirResource *corrects; /* the Observation that is being corrected; NULL */
    gboolean strikes;            /* it is struck, not corrected */
    const char *reason;          /* of the correction; NULL */
    const char *problem;         /* why the draft is not kept; NULL */
    Instant now;
} VitalsPaint;

/* The reading from row @top of it on; TRUE when its last row was painted. *ret_rows: how many it has. */
gboolean vitals_paint(Canvas *c, int top, const VitalsPaint *p, int *ret_rows);
/* All that is signed, as one text: the signing gate starts over when it changes. Owned. */
char *vitals_reading_text(const VitalsPaint *p);
