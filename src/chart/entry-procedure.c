/* SPDX-License-Identifier: GPL-3.0-or-later
 * What was done, as Procedure with a code of KVÅ. */
#include <string.h>

#include "chart/entry-internal.h"

static void procedure_read(FhirNode root, Entry *e)
{
    g_autofree char *what = fhir_concept_text(root, "code"), *when = fhir_string(root, "performedDateTime");
    e->domain = ENTRY_PROCEDURE;
    entry_put(e, ENTRY_WHAT, what);
    entry_put(e, ENTRY_SINCE, when && strchr(when, 'T') ? NULL : when);
}

static void procedure_make(FhirBuild *b, const Entry *e, const char *patient_id, const EntryWriting *w)
{
    g_autofree char *words = entry_words(e);
    fhir_b_string(b, "status", "completed");
    entry_build_code(b, "code", e->item, words);
    fhir_b_reference(b, "subject", "Patient", patient_id, NULL);
    if (w->encounter)
        fhir_b_reference(b, "encounter", "Encounter", w->encounter, NULL);
    fhir_b_string(b, "performedDateTime", e->typed[ENTRY_SINCE]);
    fhir_b_reference(b, "recorder", "Practitioner", w->practitioner, w->name);
}

static void procedure_change(FhirEdit *edit, const FhirResource *old, const Entry *e, const Entry *before, const EntryWriting *w)
{
    g_autofree char *words = entry_words(e);
    (void)w, (void)old;
    if (entry_differs(e, before, ENTRY_WHAT))
        entry_edit_code(edit, "code", e->item, words);
    else if (*e->typed[ENTRY_DETAIL])
        fhir_edit_set_string(edit, "code.text", words);
    if (entry_differs(e, before, ENTRY_SINCE) && *e->typed[ENTRY_SINCE])
        fhir_edit_set_string(edit, "performedDateTime", e->typed[ENTRY_SINCE]);
}

static void procedure_strike(FhirEdit *edit)
{
    fhir_edit_set_string(edit, "status", "entered-in-error");
}

const EntryType entry_procedure = {"Procedure", procedure_read, procedure_make, procedure_change, NULL, procedure_strike, NULL, TRUE};
