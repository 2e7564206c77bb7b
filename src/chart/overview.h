/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/overview.h — the patient on one screen: problems, medicines, latest values, what is new, what
 * comes next. Each block is asked for and answered by itself; none waits for another. Bounded: a page
 * of each however long the record is. Knows no screen; numbers of trends are given as numbers. */
#pragma once
#include "client/client.h"

typedef enum {
    OVERVIEW_PROBLEMS,
    OVERVIEW_MEDICATIONS,
    OVERVIEW_VITALS,
    OVERVIEW_LABS,
    OVERVIEW_RECENT, /* since yesterday: notes and answers; and the next booking */
    OVERVIEW_BLOCKS
} OverviewPart;

#define OVERVIEW_TREND 8

typedef struct {
    char *id;             /* stable through refreshes */
    FhirResource *source; /* where the value comes from; NULL when it was computed */
    char *explained;      /* of a computed value: how, lines "label\tvalue"; NULL */
    Instant fetched;      /* real time */
    char *name, *code, *value, *flag, *when, *before, *reference; /* never NULL */
    char *instead;        /* said instead of a value: why there is none; NULL */
    double trend[OVERVIEW_TREND]; /* oldest first */
    guint n_trend;
    int level;            /* 2 can kill, 1 needs attention, 0 */
} OverviewRow;

typedef struct {
    GPtrArray *rows;  /* OverviewRow* */
    guint count;      /* in all, of what is counted in the block's title */
    gboolean partial; /* only the newest were fetched */
    char *doubt;      /* "being fetched", "NOT KNOWN: …", "as of 10:42"; NULL = known and fresh */
    gboolean unknown; /* the doubt is that nothing is known */
} OverviewBlock;

typedef struct Overview Overview;
/* Lives until @scope closes; @fn after every change. */
typedef void (*OverviewFn)(Overview *o, gpointer data);
Overview *overview_watch(Client *client, Scope *scope, PatientCtx *patient, OverviewFn fn, gpointer data);
const char *const *overview_types(void); /* what is read for it and for the header, NULL at the end */
const OverviewBlock *overview_block(Overview *o, OverviewPart part); /* borrowed until the next call of fn */
/* What is said of the first block of which nothing is known; NULL: there is something to see in all. */
const char *overview_unknown(const Overview *o);
void overview_refresh(Overview *o);
