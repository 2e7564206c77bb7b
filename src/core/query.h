/* SPDX-License-Identifier: GPL-3.0-or-later
 * core/query.h — a search's meaning: parsed and checked against the parameter table, then SQL over
 * the index tables. Knows no bodies and no Bundles. */
#pragma once
#include "core/core.h"
#include "core/params.h"
#include "fhir/search.h"

#define QUERY_BY_MATCH "_match"
#define QUERY_PAGE 50
#define QUERY_PAGE_MAX 1000

typedef struct {
    const ParamDef *def; /* NULL: _id or _lastUpdated, see special */
    const char *special;
    FhirParam *param; /* borrowed from params */
} QueryTerm;

typedef struct {
    const ParamDef *def; /* NULL: special */
    const char *special; /* "_id", "_lastUpdated", QUERY_BY_MATCH */
    gboolean descending;
} QuerySort;

typedef struct {
    const ParamDef *def;
    const char *target; /* only this type; NULL: any */
} QueryInclude;

typedef struct {
    const char *type;
    GPtrArray *params;   /* FhirParam* */
    GArray *terms;       /* QueryTerm, all must hold */
    GArray *sorts, *includes, *revincludes;
    guint count;
    gboolean total, count_only, no_total;
    int driver;        /* the term whose index leads; -1: the table of resources */
    gboolean streamed; /* in the order of the driver's index */
    gboolean walked;   /* along the patient's timeline; then driver is the patient and key the term that chooses */
    int key;           /* -1: none */
    char *cursor;  /* opaque, from a next link */
    char *patient; /* the one patient it is about, or NULL */
} Query;

/* NULL and a 400 in @reply when a parameter or value is not understood. */
Query *query_parse(const char *type, const char *text, CoreReply *reply);
void query_free(Query *query);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Query, query_free)

/* The last step of parsing: chooses what drives. FALSE: the cursor is not one of this query. */
gboolean query_plan(Query *query);
gint64 query_total(Core *core, const Query *query);
/* rids in order, at most query->count (or @limit); *ret_next: cursor of the next page or NULL. */
GArray *query_run(Core *core, const Query *query, guint limit, char **ret_next);
