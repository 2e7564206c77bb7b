/* SPDX-License-Identifier: GPL-3.0-or-later
 * client/faults.h — one run of random faults: what a person means to write in it (faults-plan.c), the network,
 * and what must hold afterwards (test-client-faults.c). A run is its seed. */
#pragma once
#include "client/fixture.h"

#define MAX_PARTS 6

/* What is written together, in its order; PLAN_KINDS_FIRST are all that a narrow run has, so that its seeds stay what
 * they were. */
typedef enum {
    PLAN_NOTE,
    PLAN_BASKET,
    PLAN_BOOKING,
    PLAN_SIGN,
    PLAN_KINDS_FIRST,
    PLAN_ADDITION = PLAN_KINDS_FIRST, /* a note that adds to another */
    PLAN_CORRECTION, /* the earlier version marked, the new one, and the request moved from one to the other */
    PLAN_STRIKE,     /* a note struck, and its request ended */
    PLAN_DIAGNOSIS,  /* and the visit that lists it */
    PLAN_MEASURED,   /* one observation for each kind of measurement */
    PLAN_KINDS
} PlanKind;

typedef struct {
    const char *type;
    char *identifier; /* of something new; NULL: a change */
    char *target;     /* "Slot/s1": what is changed */
    guint from;       /* the version that was seen */
    OutboxState state;
} Part;

/* One write as the person means it. */
typedef struct {
    PlanKind kind;
    guint patient, n;
    Part part[MAX_PARTS];
    char *full_url; /* by which what is changed refers to what is new; NULL: it does not */
    gboolean told, null, never_sent, all;
    const MiniCore *core; /* NULL: it was never sent */
    guint begun, done;    /* how many new things the core had when it was first sent, and when it was told as done (0: never) */
    gboolean again;  /* written a second time by an impatient person */
    gboolean waited; /* it lay in the outbox since it was told: what was told then is old */
    ClientHalf half;
} Plan;

typedef struct {
    Fx f;
    PatientCtx *ctx[2];
    GRand *rand;
    guint32 seed;
    GPtrArray *plans; /* Plan* */
    gboolean armed;   /* faults may happen */
    gboolean deaf;    /* a core that cannot be asked, ever */
    /* Also cores without a search by identifier, drafts that outlive their signature, writes that are repeated on
     * their way and writes that overtake others, and what is written as a whole of several; NULL = not. */
    GRand *wide;
    double bad;       /* how likely a fault is */
    guint repeated;   /* writes that were brought to the core twice, or may have been */
    GArray *arrivals; /* gint64: monotonic times at which the late writes arrive */
} Run;

guint run_below(Run *r, guint n);

extern const char *const plan_names[PLAN_KINDS];
extern const char *const plan_there[]; /* what the core holds before; NULL at the end */
Plan *plan_new(Run *r);     /* it is the run's */
void plan_free(gpointer plan);
void plan_send(Run *r, Plan *p);
void plan_told(const ClientWriteResult *w, const GError *error, gpointer plan);
gboolean plan_changes(const Plan *p); /* something that was there */
/* The draft keeps what it is called by: the same write when it is written again. A booking is made anew. */
gboolean plan_repeats(const Plan *p);
char *plan_mark(const Plan *p);   /* what all that it changes holds */
