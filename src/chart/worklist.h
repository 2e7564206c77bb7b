/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/worklist.h — the people a unit works with now: a ward's admitted patients, or a clinic's
 * bookings of today. Loads, watches, and tells again when anything changes; knows no screen. */
#pragma once
#include "client/client.h"

typedef struct {
    char *key;           /* the stable id of the row, the stay's or the booking's: somebody can have two */
    char *id;            /* Patient id */
    FhirResource *patient; /* ref; NULL when the core gave only the reference */
    char *encounter;     /* id, NULL for bookings without one */
    char *place;         /* bed ("12-1") or time ("08:30") */
    char *name, *number, *age;
    char *marks;         /* "[!Ö]" "[§]" … "" when none, "?" when not known */
    char *news2;         /* "10", "–" when it cannot be computed; "?" not known */
    int news2_value;     /* -1 = none */
    gboolean news2_newer; /* something was measured after the sum and is no whole set */
    char *todo;          /* "1 osign. 2 d", "K 6,1 HH 06:55" */
    gboolean critical;   /* a value that the laboratory calls so */
    guint unsigned_notes;
    gboolean danger;     /* something in the row is critical */
} WorklistRow;

typedef struct {
    GPtrArray *rows;     /* WorklistRow*, by bed or time */
    Instant as_of;       /* the oldest of what is shown */
    gboolean cached;     /* not confirmed by the core now: @as_of must be told */
    gboolean complete;
    gboolean unknown;    /* the list may be incomplete; do not read absence out of it */
    const char *unknown_why;
    guint skipped;       /* entries of the list that are not shown */
    gboolean is_ward;
    gboolean heard;      /* the core has given a list, whole or not; before that nothing is counted */
    guint unsigned_notes; /* over all rows */
    gboolean notes_known;    /* and there are no more */
    gboolean details_complete; /* what is asked about the people has been answered whole, or refused */
    gboolean details_unknown;  /* some of it could not be answered: "?" stands in the rows */
} Worklist;

/* Until @scope closes; @fn after every change. @unit: Organization id. @list and @error are
 * borrowed for the call. */
typedef void (*WorklistFn)(const Worklist *list, const GError *error, gpointer data);
typedef struct WorklistSource WorklistSource;
WorklistSource *worklist_watch(Client *client, Scope *scope, const char *unit, WorklistFn fn, gpointer data);
void worklist_refresh(WorklistSource *source);
