/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the patient index (patient-index.c), the filling of it (patient-index-fill.c) and the finding
 * in it (patient-find.c) share. */
#pragma once
#include "chart/patient-index.h"
#include "client/query.h"

#define ENTRY_WORDS 6

/* What every key looks at in every patient comes first and lies in one line of the processor's cache. */
typedef struct {
    guint32 letters[ENTRY_WORDS]; /* which each name has; the last stands for all the rest */
    guint8 n_words, n_digits;
    gint16 birth_year;
    char digits[13];   /* the number without separators, "" when none */
    gboolean protected_identity : 1;
    char *folded;      /* names only, folded, one blank between words and one first */
    char *id, *name, *number, *sex_age;
    char *sort_key;    /* of the name */
    guint name_hash;   /* of the same */
    guint version;     /* a hash of its versionId */
} Entry;

typedef struct Filling Filling; /* what the core is being asked; NULL in an index without a core */

struct PatientIndex {
    Client *client;
    GHashTable *by_id;   /* id → Entry */
    GPtrArray *entries;  /* Entry, owned */
    GStringChunk *strings; /* of the entries */
    GHashTable *beds;    /* patient id → bed */
    gboolean complete;   /* all are held, and the core has said so since the last patient_index_open() */
    gboolean large;      /* what is typed is asked of the core */
    gboolean unlisted;   /* because it gives out no list; else there are too many, or the list could not be had */
    char *asked;         /* large core: the query that was sent last */
    guint questions;     /* about it */
    guint asking;        /* of them: not answered */
    gboolean more;       /* and more answer to it than the core gave on its first page */
    Scope *ask_scope;
    GPtrArray *listeners;
    Filling *filling;
    CivilDate today;     /* the ages are of this day */
};

PatientIndex *patient_index_empty(CivilDate today);
void patient_index_clear(PatientIndex *x, CivilDate today); /* all patients; beds and listeners stay */
/* Adds @p, or what is new of it. */
void patient_index_add(PatientIndex *x, const FhirResource *p);
void patient_index_tell(PatientIndex *x);
/* Why an answer of the core is not whole, for patient_index_doubt(). */
void patient_index_why(PatientIndex *x, const ClientResult *result, const GError *error);
/* A question about what was typed had no answer: it is asked again. */
void patient_index_failed(PatientIndex *x, const GError *error);
/* The letters of each word of the folded names. */
void find_words(Entry *e);
/* Sends what a core too large to hold must be asked, once for each query. */
void patient_index_ask(PatientIndex *x, const char *query, char **words, const GPtrArray *numbers);
