/* SPDX-License-Identifier: GPL-3.0-or-later
 * A JSON Patch from outside on a small resource: refused with an error, or a sound resource of the
 * same type and id comes out. */
#include "fhir/patch.h"
#include "fuzz.h"

static const char base[] = "{\"resourceType\":\"Basic\",\"id\":\"1\",\"a\":[1,{\"b\":37.20},[]],"
                           "\"m~n\":{\"/\":null,\"\":\"x\"}}";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) text = g_bytes_new_static(base, sizeof base - 1);
    g_autoptr(FhirResource) r = fhir_resource_parse(text, NULL);
    g_autoptr(GBytes) patch = g_bytes_new(data, size);
    g_autoptr(GError) error = NULL;
    g_autoptr(FhirResource) changed = fhir_patch_apply(r, patch, &error);
    FUZZ_CHECK((changed == NULL) == (error != NULL));
    FUZZ_CHECK(!changed || g_str_equal(fhir_id(changed), "1"));
    return 0;
}
