/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/check-rules.h — the facts that orders are checked against, as data/checks has them: which
 * medicines a rule is about, by class and property; what has to hold of the patient; how bad it is.
 * One kind of rule, whichever file it stands in: what a file has no column for is not asked. Technical test
 * data, not for clinical use. Read once, then const; knows no patient and no screen. */
#pragma once
#include <glib.h>

#include "base/decimal.h"

typedef enum { CHECK_INFORMATION, CHECK_MEDIUM, CHECK_HIGH, CHECK_STOP } CheckSeverity;

typedef enum {
    RULES_ALLERGY,
    RULES_INTERACTION,
    RULES_DUPLICATE,
    RULES_DOSE,
    RULES_INTERVAL,
    RULES_ROUTE,
    RULES_LAB,
    RULES_DIAGNOSIS,
    RULES_PREGNANCY,
    RULES_AGE,
    RULES_MONITORING,
    RULES_RATE,
    RULES_KINDS
} RuleKind;

/* Medicines by the beginnings of their ATC codes and by properties, less what is taken out again. */
typedef struct DrugSet DrugSet;
/* @codes: of one medicine and of its parts; any of them is enough. NULL has none. */
gboolean drug_set_has(const DrugSet *set, char *const *codes);

enum { RULE_WITH = 2 }; /* so many other medicines can a rule be about */

typedef struct {
    DrugSet *drugs, *with[RULE_WITH], *without, *allergy; /* NULL: not asked */
    char **words, **routes, **icd, **unless;     /* folded words; NULL */
    int value;            /* of CheckRules.values; -1 */
    Decimal below, above; /* the value has to be; invalid: not asked */
    Decimal over;         /* the dose of a day has to be above, in @unit */
    int from, to;         /* age in months, @to excluded */
    char sex;             /* 'K', 'M'; 0: both */
    int first, last;      /* week of a pregnancy */
    int days;
    Decimal single, daily; /* the most, in @unit or for each kg */
    gboolean per_kg;
    char *unit;
    gboolean asks, wishes; /* without a value of late it cannot be checked: a reason; or it is only said */
    gboolean one_needed, same, strengths; /* of a pair, the same substance too: one as needed and the other not; any; two strengths */
    CheckSeverity level, mild;
    char *text; /* Swedish of the record */
} CheckRule;

typedef struct {
    char *id, *name;
    char **codes, **units; /* NPU and LOINC; the first unit is the rules' */
    int days;              /* older than so it is as if there was none */
} CheckValue;

typedef struct {
    GPtrArray *of[RULES_KINDS]; /* CheckRule*, in the order of the file */
    GPtrArray *values;          /* CheckValue* */
    GHashTable *parts;          /* ATC code → char **: the code and those of its parts */
    char *version;              /* "2026-11-22" */
    int weight_days;            /* a child's weight that is older is not known */
} CheckRules;

/* NULL with a G_FILE_ERROR or a TABLE_ERROR that says file and line. */
CheckRules *check_rules_load(GError **error);
void check_rules_free(CheckRules *rules);
/* How old values may be, as the site wants it: "INR=14 K=180 vikt=60", in days. FALSE: a word of it is no value of the
 * files, or has no number; then none is changed. */
gboolean check_rules_set_ages(CheckRules *rules, const char *ages, GError **error);
/* The code and its parts'; NULL for no code. Owned by the caller. */
char **check_rules_codes(const CheckRules *rules, const char *atc);
int check_rules_value(const CheckRules *rules, const char *id); /* -1: no such */
/* @drugs of any rule of the kind, or what it is held against, has one of @codes. */
gboolean check_rules_about(const CheckRules *rules, RuleKind kind, char *const *codes);
