/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/outcome.h"

static void free_issue(gpointer data)
{
    FhirIssue *issue = data;
    g_free(issue->severity);
    g_free(issue->code);
    g_free(issue->text);
    g_free(issue->expression);
    g_free(issue);
}

GPtrArray *fhir_issues_new(void)
{
    return g_ptr_array_new_with_free_func(free_issue);
}

static char *first_string(FhirNode node, const char *const *paths)
{
    char *text = NULL;
    for (; *paths && !text; paths++)
        text = fhir_string(node, *paths);
    return text;
}

static FhirIssue *read_issue(FhirNode node)
{
    static const char *const words[] = {"details.text", "diagnostics", "details.coding.display",
                                        "code", NULL};
    static const char *const places[] = {"expression", "location", NULL};
    FhirIssue *issue = g_new0(FhirIssue, 1);
    issue->severity = fhir_string(node, "severity");
    issue->code = fhir_string(node, "code");
    issue->text = first_string(node, words);
    issue->expression = first_string(node, places);
    /* A reader should never meet a NULL word. */
    if (!issue->severity)
        issue->severity = g_strdup("error");
    if (!issue->code)
        issue->code = g_strdup("unknown");
    if (!issue->text)
        issue->text = g_strdup(issue->code);
    return issue;
}

GPtrArray *fhir_outcome_issues(const FhirResource *r)
{
    GPtrArray *issues = fhir_issues_new();
    if (!r || !g_str_equal(fhir_type(r), "OperationOutcome"))
        return issues;
    FhirNode list = fhir_at(fhir_root(r), "issue");
    for (FhirNode n = fhir_first(list); fhir_exists(n); n = fhir_next(n))
        g_ptr_array_add(issues, read_issue(n));
    return issues;
}

static int badness(const char *severity)
{
    static const char *const order[] = {"fatal", "error", "warning", "information"};
    for (int i = 0; i < (int)G_N_ELEMENTS(order); i++)
        if (g_str_equal(severity, order[i]))
            return i;
    return 1; /* an unknown word counts as an error */
}

char *fhir_outcome_summary(const FhirResource *r)
{
    g_autoptr(GPtrArray) issues = fhir_outcome_issues(r);
    const FhirIssue *worst = NULL;
    for (guint i = 0; i < issues->len; i++) {
        const FhirIssue *issue = g_ptr_array_index(issues, i);
        if (!worst || badness(issue->severity) < badness(worst->severity))
            worst = issue;
    }
    if (!worst)
        return NULL;
    char *line = g_strdup(worst->text);
    return g_strstrip(g_strdelimit(line, "\r\n\t", ' '));
}
