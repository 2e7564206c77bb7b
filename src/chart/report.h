/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/report.h — answers to examinations and samples (DiagnosticReport) as rows. Pure; owned. */
#pragma once
#include "fhir/resource.h"

typedef struct {
    char *title;   /* "Röntgen lungor"; never NULL */
    char *answer;  /* the conclusion as sent, NULL when there are only values */
    char *section; /* "RAD", "LAB" …; "" when not said */
    char *state;   /* "final", "PRELIMINARY" …: word of the screen */
    guint values;  /* how many values it points at */
    Instant at;    /* answered, else examined; INSTANT_NONE */
    gboolean in_error, preliminary;
} Report;

void report_free(Report *r);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Report, report_free)
Report *report_read(const FhirResource *r);
/* The answer, or how many values it holds, in one line. Owned. */
char *report_words(const Report *r);
/* Lines "answer\t…" of the whole conclusion; NULL when there is none. Owned. */
char *report_explained(const Report *r);
