/* SPDX-License-Identifier: GPL-3.0-or-later
 * core/params.h — the types rond-core keeps and the search parameters of each: one const table from
 * which the index, the search, the CapabilityStatement and the refusal of unknown names come. */
#pragma once
#include <glib.h>

typedef enum { PARAM_TOKEN, PARAM_STRING, PARAM_DATE, PARAM_REFERENCE } ParamKind;

/* What lies at the path, so that the index knows what to take from it. */
typedef enum {
    SHAPE_CODE,       /* code, uri, id, boolean */
    SHAPE_CONCEPT,    /* CodeableConcept */
    SHAPE_CODING,
    SHAPE_IDENTIFIER, /* Identifier, ContactPoint */
    SHAPE_TEXT,       /* one phrase: prefix of the whole */
    SHAPE_WORDS,      /* a name: prefix of any of its words */
    SHAPE_TAIL,       /* last four characters: "the last four of the personnummer" */
    SHAPE_TIME,       /* date, dateTime, instant, Period, Timing.event */
    SHAPE_REFERENCE,
} ParamShape;

typedef struct {
    const char *type, *name;
    ParamShape shape;
    const char *paths;  /* alternatives with "|"; "[]" = every item of the array */
    const char *target; /* reference: only to this type */
} ParamDef;

typedef enum {
    TYPE_PATIENT = 1 << 0,  /* holds patient data: closed to those who may not read it */
    TYPE_WRITABLE = 1 << 1, /* clients may create and update it */
} TypeFlags;

typedef struct {
    const char *name;
    TypeFlags flags;
    const char *compartment; /* reference parameter that names the patient, or NULL */
} TypeDef;

extern const TypeDef TYPES[];
extern const guint N_TYPES;
extern const ParamDef PARAMS[];
extern const guint N_PARAMS;

const TypeDef *type_def(const char *name);               /* NULL: unknown here */
const ParamDef *param_def(const char *type, const char *name);
guint param_id(const ParamDef *def);                     /* its number in the index tables */
ParamKind param_kind(const ParamDef *def);
const char *param_kind_name(const ParamDef *def);        /* FHIR's word */
/* The run of @type's parameters in the table. */
const ParamDef *params_of(const char *type, guint *ret_count);
/* Changes when the table changes: the index is then made anew. Owned. */
char *params_fingerprint(void);
