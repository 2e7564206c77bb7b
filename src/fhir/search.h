/* SPDX-License-Identifier: GPL-3.0-or-later
 * fhir/search.h — search URLs: built with correct escaping, read back with their meaning.
 * Used by the client to ask and by rond-core to answer. */
#pragma once
#include <glib.h>
#include "base/datetime.h"

typedef struct FhirQuery FhirQuery; /* "Observation?patient=1&_count=50", under construction */
FhirQuery *fhir_query_new(const char *type);
void fhir_query_free(FhirQuery *q);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FhirQuery, fhir_query_free)
/* @value is taken as data: , $ | and \ are escaped for FHIR where @verbatim is false. */
void fhir_query_add(FhirQuery *q, const char *name, const char *value);
void fhir_query_add_token(FhirQuery *q, const char *name, const char *system, const char *code);
void fhir_query_add_raw(FhirQuery *q, const char *name, const char *value);
/* @text: "a=1&b=2" as written in one of our tables; NULL: nothing. */
void fhir_query_add_text(FhirQuery *q, const char *text);
void fhir_query_add_instant(FhirQuery *q, const char *name, const char *prefix, Instant t);
char *fhir_query_url(const FhirQuery *q); /* percent-encoded, relative; owned */
/* Names of parameters of @asked that @self_link does not repeat, or repeats for another patient, and of those that it
 * adds: the core answered another question, so an empty answer means "unknown", not "none". Owned strv, empty
 * when all are there. */
char **fhir_query_dropped(const FhirQuery *asked, const char *self_link);

/* Reading a query string: array of FhirParam*. */
typedef struct {
    char *name, *modifier; /* "name", "exact"; modifier NULL when absent */
    char **values;         /* the comma alternatives, unescaped */
} FhirParam;
GPtrArray *fhir_query_parse(const char *query, GError **error);
