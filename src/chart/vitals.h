/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/vitals.h — measurements and laboratory values out of Observations, NEWS2 and eGFR. Values are
 * shown with the digits that were sent. What is incomplete gives no sum. Pure: resources and the
 * clock are arguments. */
#pragma once
#include "fhir/resource.h"

#define LOINC "http://loinc.org"

/* One value: a whole Observation, or one of its components. */
typedef struct {
    const FhirResource *source; /* ref held */
    char *code;       /* the first coding's code; NULL when there is only text */
    char *name;
    char *value;      /* "37,20", "<5", "148/86", "positiv": digits as sent, decimal comma */
    char *unit;       /* "" when there is none */
    Decimal number;   /* invalid when the value is no plain number */
    char interpretation[3]; /* "H", "L", "HH", "LL", "A", "", "?" = the value is not sure */
    char *reference;  /* "137–144", NULL when none was sent */
    Instant at;       /* measured; INSTANT_NONE when not said */
    gboolean component; /* shown as part of another (systolic of a blood pressure) */
} Measurement;

void measurement_free(Measurement *m);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Measurement, measurement_free)
gboolean measurement_is_critical(const Measurement *m); /* HH, LL */

/* All values of one Observation: Measurement*, owned. Empty for what was entered in error, cancelled,
 * never measured, or carries a modifier that is not known. */
GPtrArray *vitals_of(const FhirResource *observation);
/* vitals_of() each of @observations, in their order: for who needs them more than once. Owned. */
GPtrArray *vitals_of_all(const GPtrArray *observations);
Instant vitals_measured_at(const FhirResource *observation); /* of all its values; INSTANT_NONE: not said */
/* An Observation of which vitals_of() gives nothing, as far as it can be read: @value "" where it has
 * none, no number, marked "?". NULL when it is no Observation. Never for sums. */
Measurement *vitals_doubtful(const FhirResource *observation);
/* @observations: FhirResource*. The newest value of each code, newest first. */
GPtrArray *vitals_latest(const GPtrArray *observations);

/* --- NEWS2 ---------------------------------------------------------------------------------- */

/* The chart of the Royal College of Physicians, 2017. */
typedef enum {
    NEWS2_RESPIRATION,
    NEWS2_SATURATION,
    NEWS2_OXYGEN,
    NEWS2_SYSTOLIC,
    NEWS2_PULSE,
    NEWS2_CONSCIOUSNESS,
    NEWS2_TEMPERATURE,
    NEWS2_PARTS
} News2Part;

typedef struct {
    /* Breaths/min, % (SpO2), mm Hg, beats/min, °C; oxygen and consciousness are below. Invalid = missing. */
    Decimal value[NEWS2_PARTS];
    int oxygen;                 /* 1 given, 0 air, -1 not said */
    char consciousness;         /* A C V P U; 0 = missing */
    gboolean scale2;            /* only where a physician has ordered it */
    gboolean no_scale;          /* whether it is ordered is not known */
    int age;                    /* whole years; -1 not known */
    gboolean pregnant;
} News2Input;

typedef enum { NEWS2_COMPLETE, NEWS2_INCOMPLETE, NEWS2_CHILD, NEWS2_PREGNANT, NEWS2_NO_AGE, NEWS2_NO_SCALE } News2Status;
typedef enum { NEWS2_LOW, NEWS2_LOW_MEDIUM, NEWS2_MEDIUM, NEWS2_HIGH } News2Risk;

typedef struct {
    News2Status status;
    int total;              /* -1 unless complete */
    int points[NEWS2_PARTS]; /* -1 where the part is missing; NEWS2_UNSCALED */
    News2Risk risk;         /* only when complete */
    Instant measured;       /* the newest of the parts; INSTANT_NONE */
} News2;

#define NEWS2_UNSCALED (-2) /* measured, and its points depend on the scale, which is not known */

typedef struct News2Orders News2Orders; /* chart/news2-order.h: which scale holds when; NULL: not known */

News2 news2(const News2Input *in);
/* Swedish of the part, for "saknas: temperatur". */
const char *news2_part_name(News2Part part);
const char *news2_risk_name(News2Risk risk);
/* Parts measured within an hour of the newest belong together; older ones are missing. */
#define NEWS2_SET_MINUTES 60
News2 news2_from_observations(const FhirResource *patient, const GPtrArray *observations,
                              const News2Orders *orders, Instant now);
/* @values: as vitals_of_all() gives them, or some of them. */
News2 news2_from_values(const FhirResource *patient, const GPtrArray *values, const News2Orders *orders,
                        Instant now);
gboolean news2_pregnant(const GPtrArray *observations, Instant now); /* as last said, of this pregnancy */
/* The latest whole sum, on the scale that held then; where there is none, what the newest values say. What is measured alone
 * afterwards takes no sum away: @ret_newest is of the newest values, whole or not. */
News2 news2_latest(const FhirResource *patient, const GPtrArray *observations, const News2Orders *orders, Instant now,
                   News2 *ret_newest);

/* --- eGFR ----------------------------------------------------------------------------------- */

/* Björk et al. 2011; Levey et al. 2009; Inker et al. 2021. */
typedef enum { EGFR_LUND_MALMO_REVISED, EGFR_CKD_EPI_2009, EGFR_CKD_EPI_2021 } EgfrFormula;

/* ml/min/1,73 m² from creatinine in µmol/L, rounded; -1 under 18 years, with unknown sex ('F', 'M')
 * or without a positive creatinine. CKD-EPI 2009 without the coefficient for race. */
int egfr(EgfrFormula formula, Decimal creatinine_umol, char sex, int age);
