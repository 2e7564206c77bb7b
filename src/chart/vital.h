/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/vital.h — a set of measurements as a person means it: what was measured, what it was, when;
 * and what about it is unclear, impossible or not likely. Made by chart/vitals-line.h, judged by
 * vitals_judge(), written by chart/vitals-write.h. Knows no FHIR, no store and no screen. */
#pragma once
#include "chart/vitals.h"

/* The first are the parts of NEWS2, in its order. */
typedef enum {
    VITAL_RESPIRATION,
    VITAL_SATURATION,
    VITAL_OXYGEN, /* l/min; 0 = air */
    VITAL_PRESSURE,
    VITAL_PULSE,
    VITAL_CONSCIOUSNESS,
    VITAL_TEMPERATURE,
    VITAL_WEIGHT,
    VITAL_HEIGHT,
    VITAL_PAIN,
    VITAL_FLUID_IN,
    VITAL_FLUID_OUT,
    VITAL_KINDS,
    VITAL_TIME = VITAL_KINDS, /* when it was measured */
    VITAL_REST,               /* a word that has no meaning here */
    VITAL_FIELDS
} VitalField;

/* What is the same for every set: words of the record, codes. */
typedef struct {
    const char *word;          /* as it is written into the line: "af" */
    const char *brief, *name;  /* "AF", "Andningsfrekvens" */
    const char *unit, *ucum;   /* NULL: no quantity */
    const char *system, *code; /* of the Observation */
    int decimals;              /* at most so many; more are refused */
} VitalInfo;
const VitalInfo *vital_info(VitalField kind); /* of VITAL_KINDS */

/* The letters of ACVPU with their codes. */
typedef struct {
    char letter;
    const char *system, *code, *text; /* "A – alert" */
} VitalLevel;
const VitalLevel *vital_level(char letter); /* NULL: no such letter */
extern const char vital_levels[];           /* "ACVPU" */

typedef struct {
    gboolean given;
    Decimal value;      /* of a blood pressure the systolic */
    Decimal second;     /* the diastolic */
    char level;         /* consciousness */
    gboolean confirmed; /* a "!" stands after it: it is so, however unlikely */
    gboolean assumed;   /* not typed: air, because the patient breathed air the last time */
} VitalValue;

typedef enum {
    VITAL_REFUSED,   /* cannot be */
    VITAL_AMBIGUOUS, /* can be read in more than one way */
    VITAL_QUESTION,  /* not likely: "!" after the value says that it is so */
} VitalIssueKind;

typedef struct {
    VitalField field;
    VitalIssueKind kind;
    char *token; /* as typed */
    char *text;  /* a sentence for the person, translated */
    char *why;   /* of a question: what is unlikely, without what to do about it; else NULL */
} VitalIssue;

typedef struct {
    VitalValue value[VITAL_KINDS];
    Instant measured;   /* the present moment unless something else was said */
    gboolean time_said, time_confirmed;
    gboolean pregnant;
    char *typed[VITAL_FIELDS]; /* what was typed for each, without its name; NULL = nothing */
    GPtrArray *issues;  /* VitalIssue*; empty = can be signed */
} VitalSet;

VitalSet *vital_set_new(Instant measured);
void vital_set_free(VitalSet *s);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VitalSet, vital_set_free)
guint vital_set_count(const VitalSet *s); /* values given */
gboolean vital_set_complete(const VitalSet *s); /* something is given and no issue is left */
const VitalIssue *vital_set_issue(const VitalSet *s, VitalField field); /* the first; NULL */
/* @text is taken. */
void vital_set_add_issue(VitalSet *s, VitalField field, VitalIssueKind kind, const char *token, char *text);
/* "24", "104/62", "luft", "38,4", "A"; "" when it was not given. Owned. */
char *vital_value_text(const VitalSet *s, VitalField kind);

/* ---- the patient it is about ---- */

typedef struct {
    Instant now;
    Instant begun;   /* when the line was begun: measured then, unless a time is said; 0 = now */
    int months;      /* age; -1 not known: the limits of adults */
    int last_oxygen; /* 1 given, 0 air, -1 not known or too long ago to go by */
    gboolean pregnant; /* NEWS2 does not apply */
} VitalContext;

/* The last value of each kind. */
typedef struct {
    Measurement *last[VITAL_KINDS]; /* NULL: none that is known */
} VitalLast;
VitalLast *vital_last(const GPtrArray *observations); /* FhirResource* */
void vital_last_free(VitalLast *l);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VitalLast, vital_last_free)
/* As in VitalContext; @l may be NULL. Air is gone by for a day: longer than the longest time between two sets. */
int vital_last_oxygen(const VitalLast *l, Instant now);

/* ---- what is likely ---- */

typedef struct VitalLimits VitalLimits; /* data/vitals/limits.tsv, read once */
VitalLimits *vital_limits_load(const char *path, GError **error); /* NULL: G_FILE_ERROR or TABLE_ERROR */
void vital_limits_free(VitalLimits *l);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VitalLimits, vital_limits_free)
/* A question for each value beyond its limits, an upside-down blood pressure and a time long ago, unless
 * it is confirmed. */
void vitals_judge(VitalSet *s, const VitalLimits *limits, const VitalContext *c);

/* ---- NEWS2 ---- */

/* A value that is not likely and nobody has said is so: it counts for nothing yet. */
gboolean vital_set_is_asked(const VitalSet *s, VitalField field);
/* "unanswered: BT, temp": of the parts of NEWS2; NULL: there is none. Owned. */
char *vital_set_unanswered(const VitalSet *s);
News2 vital_set_news2(const VitalSet *s, const FhirResource *patient, const News2Orders *orders);
