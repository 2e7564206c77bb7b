/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/drug.h — the list of products that can be ordered, and what a typed name means in it. A
 * name resolves only when everything it fits, over brands and substances of the whole list, is one
 * substance; a dose never decides. Read from a file at start, then const; the list owns all. */
#pragma once
#include <glib.h>

#include "base/decimal.h"

typedef struct {
    char *id, *brand, *substance, *atc, *group; /* brand NULL for a generic product */
    char *form;                                 /* "tablett", "injektionsvätska" */
    char *strength_text;                        /* "500 mg", "24/26 mg"; "" when there is none */
    Decimal strength;                           /* invalid for combinations */
    char *strength_unit;                        /* "mg", "mg/ml", "" */
    char **dose_units;                          /* the usual one first */
    char **routes;                              /* the default first */
    gboolean high_alert, weight_based;
    char *narcotic; /* "II"–"V" or NULL */
    char *notes;    /* "VECKODOS", tall-man spelling; NULL when there is none */
    char *tall_man; /* the substance so spelt; NULL when the notes have none */
    char *folded_brand, *folded_substance;
    guint place, substance_place; /* in the list: of the product, of the first of its substance */
    char *const *folded_names; /* what else the substance is called; borrowed from the list; NULL */
} DrugProduct;

typedef struct DrugList DrugList;

/* data/drugs/products.tsv. NULL with a G_FILE_ERROR or a TABLE_ERROR. */
DrugList *drug_list_load(const char *path, GError **error);
/* What substances are called in speech (data/drugs/names.tsv). A name of no substance in the list, or
 * of two, refuses the file: it would be a drug that nobody meant. */
gboolean drug_list_load_names(DrugList *list, const char *path, GError **error);
/* @typed is a whole name of two words or more: "penicillin v", "Efexor Depot", where the last word alone would be
 * something else. */
gboolean drug_list_is_name(const DrugList *list, const char *typed);
void drug_list_free(DrugList *list);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DrugList, drug_list_free)
guint drug_list_count(const DrugList *list);
const DrugProduct *drug_list_at(const DrugList *list, guint index);
const DrugProduct *drug_list_by_id(const DrugList *list, const char *id);

/* What a typed name fits. Owned by the caller; the products belong to the list. */
typedef struct {
    GPtrArray *products;   /* const DrugProduct*, in the list's order */
    GPtrArray *substances; /* const DrugProduct*: the first product of each substance */
    gboolean by_brand;     /* only brands fit: the product ordered is that brand */
} DrugMatch;

/* @typed: letters of a brand or substance (each word may be a beginning: "ins gl"), or an ATC code. */
DrugMatch *drug_list_match(const DrugList *list, const char *typed);
void drug_match_free(DrugMatch *match);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(DrugMatch, drug_match_free)
gboolean drug_match_resolved(const DrugMatch *match); /* exactly one substance */

/* The substance with the letters that part it from its look-alikes in capitals ("metoTREXAT"), where the
 * list has it so; borrowed. */
const char *drug_tall_man(const DrugProduct *p);
/* "VECKODOS" products are dosed by the week and never daily. */
gboolean drug_is_weekly(const DrugProduct *p);
/* The unit that is counted ("tablett") rather than measured; NULL for liquids. */
const char *drug_counted_unit(const DrugProduct *p);
gboolean drug_has_route(const DrugProduct *p, const char *route);
/* "Alvedon (paracetamol) tablett 500 mg", without the brand "paracetamol tablett 500 mg"; owned. */
char *drug_name(const DrugProduct *p, gboolean with_brand);
