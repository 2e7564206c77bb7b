/* SPDX-License-Identifier: GPL-3.0-or-later
 * fhir/resource.h — one FHIR R4 resource: immutable, refcounted, its text kept. No JSON type leaves
 * this room: others see resources and nodes. Pure; no I/O. */
#pragma once
#include "base/datetime.h"
#include "base/decimal.h"
#include <glib.h>

#define FHIR_ERROR (fhir_error_quark())
GQuark fhir_error_quark(void);
typedef enum {
    FHIR_ERROR_JSON,
    FHIR_ERROR_STRUCTURE,
    FHIR_ERROR_TYPE,
    FHIR_ERROR_PATH,
    FHIR_ERROR_EDIT
} FhirError;

typedef struct FhirResource FhirResource;
typedef struct FhirHome FhirHome; /* fhir/home.h */

/* A place in a resource, by value; borrowed: valid while the resource lives. A missing node is
 * accepted by every accessor and yields nothing. */
typedef struct {
    const FhirResource *res;
    guint32 at;
} FhirNode;

FhirResource *fhir_resource_parse(GBytes *text, GError **error);
FhirResource *fhir_resource_ref(const FhirResource *r);
void fhir_resource_unref(FhirResource *r);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FhirResource, fhir_resource_unref)

const char *fhir_type(const FhirResource *r);       /* "Patient"; never NULL */
const char *fhir_id(const FhirResource *r);         /* NULL before it has one */
const char *fhir_version_id(const FhirResource *r); /* opaque; NULL when absent */
Instant fhir_last_updated(const FhirResource *r);   /* INSTANT_NONE when absent */
GBytes *fhir_text(const FhirResource *r);           /* borrowed: exactly the bytes received */
/* Where it came from, once, before anybody reads it; what is made of it by an edit or a patch has the same. */
void fhir_resource_set_home(FhirResource *r, const FhirHome *home);
/* A damaged string somewhere: shown with U+FFFD, and the resource must not be written back. */
gboolean fhir_read_only(const FhirResource *r);
/* It carries a modifier or rules that can turn its meaning round and that nobody here knows: what is
 * shown of it is marked, and it is neither counted nor copied. */
gboolean fhir_has_modifier(const FhirResource *r);

/* Paths: "name[0].given[1]", "code.coding[system=http://loinc.org].code", "value[x]" (any of the
 * choice). An array without index means its first item; a selector's key may be dotted and means
 * any item on its way ("category[coding.code=vital-signs]"). "Patient.name", as FHIRPath writes
 * it, is taken too. fhir_at gives the array itself where the path ends in one. */
FhirNode fhir_root(const FhirResource *r);
FhirNode fhir_at(FhirNode node, const char *path);
gboolean fhir_exists(FhirNode node);
gboolean fhir_is_array(FhirNode node);
FhirNode fhir_first(FhirNode array_or_object);
FhirNode fhir_next(FhirNode child);
guint fhir_count(FhirNode array); /* 1 for a lone object */
char *fhir_name(FhirNode child);  /* element name of a child; owned */
char *fhir_raw(FhirNode node);    /* the element as it stands, for fhir_edit_set(); NULL if absent. Owned */

/* Values. Strings are decoded, not sanitised: they are hostile until painted. Owned. */
/* String, code, uri, id, the digits of a number, "true"; NULL if absent. */
char *fhir_string(FhirNode node, const char *path);
/* How many bytes a string takes as it stands, before anything of it is copied; 0 if absent. */
gsize fhir_length(FhirNode node, const char *path);
gboolean fhir_is(FhirNode node, const char *path, const char *text);
gboolean fhir_bool(FhirNode node, const char *path); /* absent = FALSE */
gboolean fhir_decimal(FhirNode node, const char *path, Decimal *ret);
gboolean fhir_time(FhirNode node, const char *path, FhirTime *ret);
gint64 fhir_int(FhirNode node, const char *path, gint64 fallback);
/* Reference "Patient/123" or ".../Patient/123/_history/4" → type and id; FALSE when absent, and when it names a thing of
 * another server than the resource came from. */
gboolean fhir_reference(FhirNode node, const char *path, char **ret_type, char **ret_id);
/* TRUE when it names a thing of another server. */
gboolean fhir_reference_elsewhere(FhirNode node, const char *path, char **ret_type);
/* CodeableConcept: text, else a coding's display, else its code. */
char *fhir_concept_text(FhirNode node, const char *path);
char *fhir_concept_code(FhirNode node, const char *path, const char *system); /* NULL: any system */

/* Edits: start from a resource, set elements, get a new one. Everything else is unchanged, byte for
 * byte. @json is one whole JSON value. Each edit sees what the ones before it did; the first error
 * is told at the end. */
typedef struct FhirEdit FhirEdit;
FhirEdit *fhir_edit_new(const FhirResource *r);
void fhir_edit_free(FhirEdit *e);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(FhirEdit, fhir_edit_free)
/* Makes what is missing of the path: "a[0].b" makes an array, "a.b" an object; an index one past
 * the end appends. */
void fhir_edit_set(FhirEdit *e, const char *path, const char *json);
void fhir_edit_set_string(FhirEdit *e, const char *path, const char *value);
/* The array is made if it is absent. */
void fhir_edit_append(FhirEdit *e, const char *path, const char *json);
/* What is not there is removed already; an object or array left empty goes too. */
void fhir_edit_remove(FhirEdit *e, const char *path);
FhirResource *fhir_edit_finish(FhirEdit *e, GError **error); /* refuses a read-only resource */
