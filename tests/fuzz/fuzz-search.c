/* SPDX-License-Identifier: GPL-3.0-or-later
 * Search URLs: any query is read or refused, and a value that we put in comes out the same. */
#include "fhir/search.h"
#include "fuzz.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *query = g_strndup((const char *)data, size);
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) params = fhir_query_parse(query, &error);
    FUZZ_CHECK((params == NULL) == (error != NULL));
    if (!g_utf8_validate(query, -1, NULL))
        return 0;
    g_autoptr(FhirQuery) q = fhir_query_new("Patient");
    fhir_query_add(q, "name:exact", query);
    fhir_query_add_token(q, "identifier", NULL, query);
    g_autofree char *url = fhir_query_url(q);
    g_autoptr(GPtrArray) back = fhir_query_parse(strchr(url, '?') + 1, NULL);
    FUZZ_CHECK(back && back->len == 2);
    for (guint i = 0; i < 2; i++) {
        const FhirParam *p = g_ptr_array_index(back, i);
        FUZZ_CHECK(g_strv_length(p->values) == 1 && g_str_equal(p->values[0], query));
    }
    g_auto(GStrv) dropped = fhir_query_dropped(q, url);
    FUZZ_CHECK(!dropped[0]);
    return 0;
}
