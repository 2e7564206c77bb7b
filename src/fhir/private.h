/* SPDX-License-Identifier: GPL-3.0-or-later
 * fhir/private.h — shared inside this room only: a resource's insides, and the way between its
 * nodes and JSON values. */
#pragma once
#include "fhir/resource.h"
#include "json/document.h"

struct FhirResource {
    gatomicrefcount refs;
    JsonDoc *doc; /* of this resource alone, or of the page that it came in */
    guint32 root;
    GBytes *text;
    char *type, *id, *version;
    Instant last_updated;
    gboolean read_only;
    FhirHome *home; /* NULL = not from a server: a reference is read without its base */
};

/* A resource at @root of a larger document, sharing its text. */
FhirResource *fhir_resource_within(JsonValue root, GError **error);
FhirResource *fhir_resource_from_doc(JsonDoc *doc, GError **error); /* takes a ref */

static inline JsonValue fhir_json(FhirNode node)
{
    return (JsonValue){node.res ? node.res->doc : NULL, node.at};
}

static inline FhirNode fhir_node(const FhirResource *r, JsonValue v)
{
    return (FhirNode){v.doc ? r : NULL, v.node};
}

/* The path walk of fhir_at over plain JSON. */
JsonValue fhir_walk(JsonValue from, const char *path);
/* Splits the last step off: "name[0].given[1]" → "name[0]", "given", "1"; *ret_index NULL when
 * the step has none. All owned. */
void fhir_path_split(const char *path, char **ret_parent, char **ret_name, char **ret_index);
/* "Patient/123" and its longer forms. */
gboolean fhir_reference_split(const char *text, char **ret_type, char **ret_id);
gboolean fhir_reference_at(const char *text, gsize *ret_at); /* where its type begins: before it stands the base */
