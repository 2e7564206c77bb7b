/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/patient-index.h — finding a patient by any part of a name, a number in any written form, a
 * birth year or a bed. Where the core has at most PATIENT_INDEX_MAX patients their names and numbers
 * are held in memory and every key is answered at once, one typing error tolerated; a larger core is
 * asked. One index for who is logged in, on this assignment: it outlives the lists that search in it
 * and goes with the login. Holds no clinical data. */
#pragma once
#include "client/client.h"

#define PATIENT_INDEX_MAX 20000

typedef struct {
    char *id;
    char *name, *number; /* list form */
    char *sex_age, *place; /* place = bed, NULL when not admitted */
    gboolean protected_identity;
    gboolean exact;      /* every word was found as typed */
    int score;           /* lower is better */
    gboolean namesake;   /* another hit has the same name */
} PatientHit;

typedef struct PatientIndex PatientIndex;
/* The session's index. Filled in small steps the first time; after that only what has changed is
 * asked for. @changed when hits may be others than before, until @scope closes. */
PatientIndex *patient_index_open(Client *client, Scope *scope, void (*changed)(gpointer data), gpointer data);
/* FALSE while it is being filled or what has changed is not known, or when the core must be asked: a
 * hit is then not known to be the only one. */
gboolean patient_index_complete(const PatientIndex *index);
/* What is typed is asked of the core, which is too large to hold or gives out no list; and it has answered all that
 * was asked about the last query, whole. */
gboolean patient_index_asks(const PatientIndex *index);
gboolean patient_index_answered(const PatientIndex *index);
gboolean patient_index_asking(const PatientIndex *index); /* an answer is on its way */
/* What is searched in, when that is less than all: "3400 of 10143 patients read". Owned; NULL: all. */
char *patient_index_doubt(const PatientIndex *index);
guint patient_index_size(const PatientIndex *index);
/* The best @max hits, owned PatientHit*; *ret_all = how many there were. For a large core, what it
 * has answered so far for this query; @changed comes when there is more. */
GPtrArray *patient_index_find(PatientIndex *index, const char *query, guint max, guint *ret_all);
/* The only patient that @query means, or NULL: complete index, exact, alone. Borrowed. */
const char *patient_index_unique(PatientIndex *index, const char *query);

/* For tests and the benchmark: an index over given patients, without a core. */
PatientIndex *patient_index_of(const GPtrArray *patients, CivilDate today);
void patient_index_free(PatientIndex *index);
