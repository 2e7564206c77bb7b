/* SPDX-License-Identifier: GPL-3.0-or-later
 * fhir/outcome.h — an OperationOutcome as a list of issues a person can read. */
#pragma once
#include "fhir/resource.h"

typedef struct {
    char *severity, *code; /* "error", "processing" */
    char *text;            /* details.text, else diagnostics, else code */
    char *expression;      /* expression[0], else location[0], else NULL */
} FhirIssue;

/* An empty array that owns its FhirIssue*. */
GPtrArray *fhir_issues_new(void);
/* Array of FhirIssue*, owned, empty when @r is no OperationOutcome. */
GPtrArray *fhir_outcome_issues(const FhirResource *r);
/* One line for the status line: the worst issue's text. Owned; NULL when there is none. */
char *fhir_outcome_summary(const FhirResource *r);
