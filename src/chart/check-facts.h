/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/check-facts.h — what is known of a patient when an order is checked: medicines,
 * hypersensitivities, kidney function, weight, the encounter under way. Watched until the scope
 * closes. A part the core has not answered for is not known, which is never the same as none. */
#pragma once
#include "chart/medication.h"
#include "client/client.h"

typedef enum {
    FACT_MEDICATIONS,
    FACT_ALLERGIES,
    FACT_CREATININE,
    FACT_WEIGHT,
    FACT_ENCOUNTER,
    FACT_VALUES, /* what the rules ask for, and what is said of a pregnancy; but what is measured so often: */
    FACT_PULSE,
    FACT_PRESSURE,
    FACT_GLUCOSE,
    FACT_CONDITIONS,
    FACTS
} Fact;

/* A medicine that is given now, later or perhaps. */
typedef struct {
    MedicationRow *row;
    char **substances; /* folded parts; NULL when its code is not in the list */
    char **codes;      /* ATC of it and of its parts; NULL when it has none */
    char *route;       /* as the core says it; NULL */
    Order *order;      /* its dose, read back; NULL where that cannot be done whole */
} GivenMedicine;

typedef struct {
    Decimal number; /* invalid: there is none, or the newest cannot be read */
    Instant at;
    char bound;     /* '<', '>': it is under or over @number; 0 */
    gboolean unread; /* the newest is in another unit or has no number: an older one is not the value */
} FactValue;

typedef struct {
    char *text;
    char **codes; /* without the point, "J459" */
} FactDiagnosis;

typedef struct {
    GPtrArray *given; /* GivenMedicine*: made when the facts change, read at every key */
    GPtrArray *doubtful;     /* char*: medicines whose state is not known; they are never counted as given */
    GArray *values;          /* FactValue, as CheckRules.values; eGFR is egfr */
    GPtrArray *diagnoses;    /* FactDiagnosis*: active */
    GPtrArray *items[FACTS]; /* FhirResource* as the core sent them */
    gboolean known[FACTS];   /* the core has answered, and wholly */
    gboolean settled;        /* every part has an answer or an error: nothing is on its way */
    int age;                 /* whole years; -1 not known */
    int months;              /* the age in whole months; -1 not known */
    char sex;                /* 'K', 'M'; 0 not known */
    gboolean pregnant;       /* says the record, of this time */
    int week;                /* of the pregnancy; -1 not known */
    int egfr;                /* ml/min/1,73 m²; -1 not known */
    Instant egfr_at;
    char egfr_bound;         /* as FactValue.bound */
    Decimal weight_kg;       /* invalid when not known */
    Instant weight_at;
    char *encounter;         /* id of the encounter under way; NULL */
    gboolean inpatient;      /* it is in a bed or in the emergency department */
} CheckFacts;

typedef void (*CheckFactsFn)(const CheckFacts *facts, gpointer data);
typedef struct CheckFactsSource CheckFactsSource;
CheckFactsSource *check_facts_watch(Client *client, Scope *scope, PatientCtx *patient, CheckFactsFn fn,
                                    gpointer data);
/* The search that has the values of that id. */
Fact check_facts_part_of(const char *value);
const CheckFacts *check_facts(const CheckFactsSource *source); /* as far as is known now */

/* What follows from items; without @patient only what does not need one. */
void check_facts_compute(CheckFacts *facts, const FhirResource *patient, Instant now);
/* Parts of a combination ("kodein + paracetamol"), folded; owned. */
char **check_substances(const char *substance);
CheckFacts *check_facts_new(void);
void check_facts_free(CheckFacts *facts);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CheckFacts, check_facts_free)
