/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/giving-check.h — what is looked at before a dose is given: one const table. Each says what it found; what
 * could not be looked at is a finding of its own, never silence. What is refused cannot be given here; what asks for a
 * reason is given with one that is typed. Pure: the order as the core holds it now, what was given and the clock are
 * arguments. The limits are technical test data until clinicians have read them. */
#pragma once
#include "chart/check.h"
#include "chart/giving.h"

typedef enum { ACT_NONE, ACT_GIVEN, ACT_PARTLY, ACT_NOT_GIVEN, ACT_CONFIRMED, ACT_STOPPED } GivingAct;

/* What the person says of one dose. */
typedef struct {
    GivingAct act;
    Decimal amount;        /* of what is given; invalid: as ordered, where that is one amount */
    Instant at;            /* when it was given; INSTANT_NONE: now */
    const char *code;      /* of data/giving/reasons.tsv; borrowed */
    char *why;             /* typed reason for going past a warning; NULL */
    const DrugProduct *scanned; /* the product that was scanned; NULL: none was */
} DoseAct;

typedef struct {
    const DueDose *dose;         /* as it is shown */
    const DoseAct *act;
    const GivingList *list;      /* as it is known now */
    const GPtrArray *also;       /* Given*: what is given in the same signature; NULL */
    const FhirResource *held;    /* the order as the core holds it now; NULL with @reread: it has none */
    gboolean reread;             /* the core was asked again */
    const GPtrArray *allergies;  /* FhirResource*; NULL: not known */
    const FhirResource *encounter; /* under way; NULL */
    gboolean placed;             /* that is known */
    const char *unit;            /* of the person's assignment */
    const char *me;              /* Practitioner id */
    const char *wristband;       /* number on the band that was scanned, 12 digits or a reserve number; NULL: none was */
    const char *number;          /* the patient's own, as it is shown */
    int months;                  /* age; -1 not known */
    Decimal weight_kg;
    const OrderData *data;
    Instant now;
} GivingInput;

typedef enum { GIVING_SAID, GIVING_ASKS, GIVING_REFUSED } GivingLevel;
typedef struct {
    const char *check; /* id of the row */
    const char *record;
    GivingLevel level;
    gboolean unable;   /* it could not be looked at */
    char *text;        /* translated */
} GivingLine;

typedef struct GivingCheck GivingCheck;
struct GivingCheck {
    const char *id;
    const char *record; /* what it is about, as the record says it when a dose is given all the same */
    guint acts; /* bits of GivingAct it looks at */
    void (*run)(const GivingCheck *self, const GivingInput *in, GPtrArray *lines);
};
extern const GivingCheck giving_checks[]; /* ended by id == NULL */

gboolean giving_band_is(const char *band, const char *number); /* the same person's, however they are written */
/* GivingLine*, the worst first; owned. */
GPtrArray *giving_check(const GivingInput *in);
GivingLevel giving_worst(const GPtrArray *lines);
/* How much is given: what was said, or what is ordered. Invalid: it must be said. */
Decimal giving_amount(const DueDose *d, const DoseAct *a);

/* Why a dose is not given, in the record's words (data/giving/reasons.tsv). */
typedef struct {
    char *key, *code, *text;
} GivingReason;
const GPtrArray *giving_reasons(GError **error); /* GivingReason* */
const GivingReason *giving_reason(const char *key_or_code); /* NULL: none */
void giving_say(GPtrArray *lines, const GivingCheck *check, GivingLevel level, gboolean unable, char *text /* taken */);
void giving_check_interval(const GivingCheck *self, const GivingInput *in, GPtrArray *lines);
void giving_check_total(const GivingCheck *self, const GivingInput *in, GPtrArray *lines);
void giving_check_product(const GivingCheck *self, const GivingInput *in, GPtrArray *lines);
