/* SPDX-License-Identifier: GPL-3.0-or-later
 * fhir/bundle.h — a Bundle as a source of resources, and transaction Bundles to send. A searchset's
 * skipped entries are counted, never dropped in silence. */
#pragma once
#include "fhir/resource.h"

/* Keeps the text of the whole page, and so does each of its resources: they share it. */
typedef struct FhirBundle FhirBundle;

FhirBundle *fhir_bundle_parse(GBytes *text, GError **error);
void fhir_bundle_free(FhirBundle *b);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FhirBundle, fhir_bundle_free)
const char *fhir_bundle_type(const FhirBundle *b);
gint64 fhir_bundle_total(const FhirBundle *b); /* -1 when the core does not say */
const char *fhir_bundle_link(const FhirBundle *b, const char *relation); /* "next", "self"; NULL */
guint fhir_bundle_count(const FhirBundle *b);
guint fhir_bundle_skipped(const FhirBundle *b); /* entries that hold no readable resource */

/* At most @per entries from @from on of a large searchset, as the text of a small one: the first part with what the
 * whole says of itself, and its total where it has no next page. Owned. */
GBytes *fhir_bundle_part(const FhirBundle *b, guint from, guint per);

typedef struct {
    FhirResource *resource; /* owned by the bundle; NULL when the entry has none or it is broken */
    const char *full_url, *search_mode; /* "match", "include", "outcome"; NULL when absent */
    int status;                         /* response.status as a number, 0 when absent */
    const char *etag, *location;
    FhirResource *outcome; /* response.outcome or an OperationOutcome resource */
} FhirEntry;
/* Parsed on first use; borrowed. */
const FhirEntry *fhir_bundle_entry(FhirBundle *b, guint index);

/* Building a transaction or batch. */
typedef struct FhirTx FhirTx;
FhirTx *fhir_tx_new(const char *type); /* "transaction" or "batch" */
void fhir_tx_free(FhirTx *tx);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FhirTx, fhir_tx_free)
/* @full_url e.g. "urn:uuid:…" for references inside; @condition = If-None-Exist query for POST,
 * If-Match ETag for PUT; either may be NULL. */
void fhir_tx_add(FhirTx *tx, const char *method, const char *url, const char *full_url,
                 const char *condition, const FhirResource *r);
GBytes *fhir_tx_finish(FhirTx *tx);
