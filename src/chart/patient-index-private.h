/* SPDX-License-Identifier: GPL-3.0-or-later
 * What the filling of the patient index (patient-index.c) and the finding in it (patient-find.c)
 * share. */
#pragma once
#include "chart/patient-index.h"

typedef struct {
    char *id, *name, *number, *sex_age;
    char *folded;      /* names only, folded, one blank between words and one first */
    char *sort_key;    /* of the name */
    guint name_hash;   /* of the same */
    guint32 letters;   /* which letters the names have: find_letters() */
    char digits[13];   /* the number without separators, "" when none */
    gint16 birth_year;
    gboolean protected_identity;
} Entry;

struct PatientIndex {
    Client *client;
    Scope *scope;
    GHashTable *by_id;   /* id → Entry */
    GPtrArray *entries;  /* Entry, owned */
    GStringChunk *strings; /* of the entries */
    GHashTable *beds;    /* patient id → bed */
    gboolean complete, large;
    char *asked;         /* large core: the query that was sent last */
    Scope *ask_scope;
    void (*changed)(gpointer data);
    gpointer data;
    CivilDate today;
};

/* One bit for each letter that occurs. */
guint32 find_letters(const char *folded);
/* Sends what a core too large to hold must be asked, once for each query. */
void patient_index_ask(PatientIndex *x, const char *query, char **words, const GPtrArray *numbers);
