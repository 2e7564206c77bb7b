/* SPDX-License-Identifier: GPL-3.0-or-later
 * A page from outside: every entry read, edited and built into a transaction, and validated. */
#include "fhir/bundle.h"
#include "fhir/outcome.h"
#include "fhir/validate.h"
#include "fuzz.h"
#include <string.h>

static void use(const FhirResource *r, FhirTx *tx)
{
    FhirNode root = fhir_root(r);
    g_autofree char *text = fhir_concept_text(root, "code"), *type = NULL, *id = NULL;
    FUZZ_CHECK(!text || g_utf8_validate(text, -1, NULL));
    fhir_reference(root, "subject", &type, &id);
    for (FhirNode n = fhir_first(root); fhir_exists(n); n = fhir_next(n)) {
        g_autofree char *name = fhir_name(n);
        FUZZ_CHECK(name);
    }
    g_autoptr(FhirEdit) edit = fhir_edit_new(r);
    fhir_edit_set_string(edit, "x.y[0].z", "å");
    g_autoptr(FhirResource) changed = fhir_edit_finish(edit, NULL);
    FUZZ_CHECK(!changed || fhir_is(fhir_root(changed), "x.y[0].z", "å"));
    g_autoptr(GPtrArray) issues = fhir_validate(r);
    FUZZ_CHECK(!issues || issues->len);
    if (!fhir_read_only(r))
        fhir_tx_add(tx, "PUT", "Basic/1", NULL, NULL, r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) text = g_bytes_new(data, size);
    g_autoptr(GError) error = NULL;
    g_autoptr(FhirBundle) b = fhir_bundle_parse(text, &error);
    FUZZ_CHECK((b == NULL) == (error != NULL));
    if (!b)
        return 0;
    g_autoptr(FhirTx) tx = fhir_tx_new("batch");
    guint added = 0;
    for (guint i = 0; i < fhir_bundle_count(b); i++) {
        const FhirEntry *e = fhir_bundle_entry(b, i);
        if (e->resource) {
            use(e->resource, tx);
            added += !fhir_read_only(e->resource);
        }
    }
    fhir_bundle_link(b, "next");
    g_autoptr(GBytes) out = fhir_tx_finish(tx);
    g_autoptr(FhirBundle) again = fhir_bundle_parse(out, NULL);
    FUZZ_CHECK(!again || fhir_bundle_count(again) == added);
    return 0;
}
