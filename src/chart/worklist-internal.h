/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/worklist-internal.h — the list of a ward or a clinic as its two files see it: what is asked
 * (worklist.c), and what the answers say about each row (worklist-rows.c). Nobody else includes it. */
#pragma once
#include "chart/worklist.h"
#include "client/again.h"
#include "client/query.h"

/* What is asked about all patients of the list in one search each. */
typedef enum { ASK_ALLERGIES, ASK_FLAGS, ASK_VITALS, ASK_LABS, ASK_NOTES, ASKS } Ask;

typedef struct {
    WorklistSource *source;
    Ask ask;
    ClientSearch *search; /* NULL before it is asked; lives in the detail scope */
    GPtrArray *items;  /* FhirResource */
    GHashTable *about; /* patient's id → GPtrArray of those of @items that are about it */
    gboolean answered, unknown, cached;
    Instant as_of;
    gboolean ended; /* the core has said all it will say */
} Answer;

struct WorklistSource {
    Client *client;
    char *unit;
    WorklistFn fn;
    gpointer data;
    Scope *list_scope;   /* encounters or appointments */
    Scope *diary_scope;  /* finding out whose diaries are the clinic's; closed when that is known */
    Scope *detail_scope; /* closed and opened anew when the people change */
    ClientSearch *search;
    Again *again;        /* for what nothing watches */
    char *people;        /* the ids the details were asked for */
    Answer answers[ASKS];
    gboolean rows_cached;
    Instant rows_as_of;
    Worklist list;
};

void worklist_row_free(gpointer row);
/* The rows anew from encounters (ward) or appointments (clinic), by bed or by time. */
void worklist_take_rows(WorklistSource *s, const ClientResult *result, gboolean ward);
void worklist_sort_out(Answer *a); /* a->items by patient, once an answer */

/* Makes the cells anew that the answers in @changed (bits of Ask) are about, and tells the caller. */
#define WORKLIST_ALL ((1u << ASKS) - 1)
void worklist_tell(WorklistSource *s, guint changed, const GError *error);
