/* SPDX-License-Identifier: GPL-3.0-or-later
 * An error answer: whatever it holds, a reader meets no NULL word and no bad UTF-8. */
#include "fhir/outcome.h"
#include "fuzz.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) text = g_bytes_new(data, size);
    g_autoptr(FhirResource) r = fhir_resource_parse(text, NULL);
    if (!r)
        return 0;
    g_autoptr(GPtrArray) issues = fhir_outcome_issues(r);
    g_autofree char *line = fhir_outcome_summary(r);
    FUZZ_CHECK((line != NULL) == (issues->len > 0));
    FUZZ_CHECK(!line || (g_utf8_validate(line, -1, NULL) && !strpbrk(line, "\r\n\t")));
    for (guint i = 0; i < issues->len; i++) {
        const FhirIssue *issue = g_ptr_array_index(issues, i);
        FUZZ_CHECK(issue->severity && issue->code && issue->text);
    }
    return 0;
}
