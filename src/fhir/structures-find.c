/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fhir/structures.h"
#include <stdlib.h>
#include <string.h>

static int compare(const void *key, const void *row)
{
    return strcmp(key, ((const FhirStructure *)row)->name);
}

const FhirStructure *fhir_structure_find(const char *name)
{
    return bsearch(name, fhir_structures, fhir_structure_count, sizeof *fhir_structures, compare);
}

gboolean fhir_word_in(const char *words, const char *word)
{
    gsize len = strlen(word);
    if (!len || strchr(word, ' '))
        return FALSE;
    for (const char *at = words; (at = strstr(at, word)); at++)
        if (at[-1] == ' ' && at[len] == ' ')
            return TRUE;
    return FALSE;
}

gboolean fhir_is_resource_type(const char *name)
{
    return fhir_word_in(fhir_resource_types, name);
}
