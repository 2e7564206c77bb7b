/* SPDX-License-Identifier: GPL-3.0-or-later
 * fhir/home.h — on whose server a thing lies: "https://other/fhir/Patient/17" is not our Patient/17. A home is every base
 * under which one server gives out its own, for a core behind a proxy more than one. It is decided here and
 * nowhere else; resources that came from a server keep it, and fhir_reference() reads by it. Pure; no I/O. */
#pragma once
#include "fhir/bundle.h"

FhirHome *fhir_home_new(void);
FhirHome *fhir_home_copy(const FhirHome *home);
FhirHome *fhir_home_ref(FhirHome *home);
void fhir_home_unref(FhirHome *home);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FhirHome, fhir_home_unref)
/* @base: "https://h/fhir"; anything else (NULL too) is passed over. FALSE: then, or where it is in it already. */
gboolean fhir_home_add(FhirHome *home, const char *base);
/* What @url names ("https://h/fhir/Patient/17", also with its version, "Patient/17", NULL) lies at home. What is no such
 * address, "urn:uuid:…" too, says nothing of where it lies: TRUE. http and https are one. */
gboolean fhir_home_holds(const FhirHome *home, const char *url);
/* Where the resources of @page lie that answers for @type: @known, the base of its self link, and where neither is that of
 * any entry, the one that more than half of them have. @sure: it is known what this server calls itself, and a self link
 * is enough; with @whole pages before it have said it. Owned. */
typedef struct {
    const FhirHome *known;
    const char *type;
    gboolean sure, whole;
} FhirHomeRules;
FhirHome *fhir_home_of_page(FhirBundle *page, const FhirHomeRules *rules);
/* The base that more than half of its entries have; NULL = there is none. Owned. */
char *fhir_home_of_most(FhirBundle *page);
gboolean fhir_home_holds_any(const FhirHome *home, FhirBundle *page); /* one of its entries says that it lies there */
