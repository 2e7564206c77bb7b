/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/giving-plan.h — the doses that an order asks for in a stretch of time. Each has an identity that stays what it
 * is whoever reckons it and when: the order's id and the dose's planned civil time in Stockholm, in the double hour of
 * autumn with which of the two it is. Doses by the clock keep their clock; an interval in hours keeps its hours. Pure. */
#pragma once
#include "chart/order.h"

typedef enum {
    DOSE_PLANNED,  /* by the clock or by its interval */
    DOSE_ONCE,     /* a single dose: due from its time until it is given */
    DOSE_NEEDED,   /* as needed: never due; its identity is told by what was given before it */
    DOSE_INFUSION, /* goes on: started once, then under way */
    DOSE_FREE,     /* "enligt särskild ordination": how much is typed when it is given */
} DoseKindOf;

typedef struct {
    DoseKindOf kind;
    Instant at;        /* INSTANT_NONE: has no time of its own */
    char key[24];      /* "2026-10-25T02:30", with "a" or "b" in the double hour; "engång", "vb" … */
    Decimal low, high; /* high invalid: no range; low invalid: no single dose */
} PlannedDose;

/* When a ward gives what has no time of the clock (data/giving/hours.tsv); read once. NULL with @error. */
typedef struct GivingHours GivingHours;
const GivingHours *giving_hours(GError **error);

/* PlannedDose, in time, of those whose time is in [@from, @to); what has no time of its own is there while the order
 * is. Of an order that dosage_read() could read, with its start and its last day. Owned. */
GArray *giving_plan(const Order *o, const GivingHours *hours, Instant from, Instant to);
/* The same civil minute twice in autumn: which one it is. */
void giving_key(Instant at, CivilDate day, CivilTime time, char key[24]);
