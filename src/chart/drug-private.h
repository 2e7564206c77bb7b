/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/drug-private.h — the list of products with the index that finds in it (drug-index.c). Only drug*.c
 * includes it. The index borrows all its texts from the products. */
#pragma once
#include "chart/drug.h"

struct DrugList {
    GPtrArray *products;  /* DrugProduct*, owned */
    GPtrArray *names;     /* GStrv, what the products' folded_names are borrowed from; NULL */
    GArray *index;        /* DrugName, ordered by name: a beginning is one run of it */
    GHashTable *by_id;    /* id → DrugProduct */
    GHashTable *by_atc;   /* the code in lower case → GPtrArray of DrugProduct */
};

/* Anew, after the products or what they are called have changed. */
void drug_index_build(DrugList *list);
void drug_index_clear(DrugList *list);
