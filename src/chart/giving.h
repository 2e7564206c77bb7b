/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/giving.h — giving medicines (utdelning): what was given, as MedicationAdministration tells it, and what is due,
 * as the orders tell it, brought together by the identity of each dose. Whatever could mean that a dose has been taken
 * counts as taken. Pure; knows nothing of HTTP or screens. */
#pragma once
#include "chart/giving-plan.h"
#include "chart/medication.h"

#define GIVING_DOSE   "urn:rond:dose"   /* identifier of a dose: "<request>/<key>" */
#define GIVING_REASON "urn:rond:not-given"
#define GIVING_HOURS_BACK 48 /* administrations are asked for so far back */
#define GIVING_WAITS  "waits-for-second" /* of GIVING_REASON: prepared, and to be confirmed by another person */

typedef enum {
    GIVEN_DONE,
    GIVEN_NOT,     /* with its reason */
    GIVEN_WAITS,   /* for the second signature */
    GIVEN_RUNNING, /* an infusion that goes on */
    GIVEN_ENDED,   /* one that has been stopped */
    GIVEN_STRUCK,  /* entered in error: as if it had not been written */
    GIVEN_UNKNOWN, /* a status or a modifier that this program does not know: counts as given */
} GivenState;

typedef struct {
    FhirResource *source; /* ref */
    char *request;        /* MedicationRequest id; NULL: of no order here */
    char *dose;           /* key of the dose in its order; NULL when not said */
    GivenState state;
    Instant at;           /* when; INSTANT_NONE: not said */
    char *by, *by_id;     /* who gave; "" and NULL */
    char *reason;         /* why not; NULL */
    char *name, *atc;     /* the medicine; atc NULL */
    const DrugProduct *product; /* NULL: not in the list */
    Decimal amount;       /* invalid: not said */
    char *unit;           /* NULL */
} Given;

/* NULL when @r is no MedicationAdministration. */
Given *given_read(const FhirResource *r, const DrugList *drugs);
void given_dose_free(Given *g);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Given, given_dose_free)
/* Something of the medicine has gone into the patient, or may have. */
gboolean given_counts(const Given *g);

typedef enum {
    DUE_LATE,
    DUE_NOW,
    DUE_SOON,
    DUE_LATER,
    DUE_NEEDED,  /* when it is needed */
    DUE_RUNNING, /* under way */
    DUE_WAITS,   /* for the second signature */
    DUE_GIVEN,
    DUE_NOT_GIVEN,
    DUE_STOPPED, /* the order is paused, not to be given, or not known */
    DUE_STATES
} DueState;

/* One dose that is, or was, to be given. */
typedef struct {
    FhirResource *request; /* ref: the version that is shown */
    MedicationRow *row;
    Order *order;          /* NULL: the dose cannot be read whole */
    PlannedDose dose;
    char *id;              /* "<request>/<key>", and what stands before it where it follows something */
    Instant next;          /* the next dose of the same order; INSTANT_NONE */
    DueState state;
    const Given *given;    /* borrowed of the list; NULL */
    gboolean twice;        /* two have to sign */
} DueDose;
void due_dose_free(DueDose *d);

typedef struct {
    GPtrArray *doses; /* DueDose*: late, now, soon, later; as needed; what waits or goes on; what is done */
    GPtrArray *given; /* Given*, the latest first */
    guint late, now, soon, waits, older; /* older: not documented, and planned before what is shown */
    Instant earliest; /* of those */
} GivingList;

/* Of one patient's orders and administrations. Owned. */
GivingList *giving_list(const GPtrArray *requests, const GPtrArray *administrations, const DrugList *drugs, Instant now,
                        GError **error);
void giving_list_free(GivingList *l);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(GivingList, giving_list_free)

/* The order as the core tells it, also of a medicine that is not in the list of products; NULL: it cannot be read whole. */
Order *giving_order(const FhirResource *request, const DrugList *drugs, Instant now);
/* By its id in the list, or by code, form and strength in the words; NULL. */
const DrugProduct *giving_product(const DrugList *drugs, FhirNode holder, const char *atc, const char *text);
const char *due_state_word(DueState state); /* translated */
