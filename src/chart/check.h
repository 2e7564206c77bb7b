/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/check.h — checks of an order before it is signed. Each says what it looked at; one that
 * could not be made says what it lacked, which is never "no hits". Pure: order, facts and clock are
 * arguments. The rules are technical test data until clinicians have read them. */
#pragma once
#include "chart/check-facts.h"
#include "chart/order-data.h"

typedef enum {
    CHECK_CLEAR,  /* looked, and nothing was found */
    CHECK_FOUND,
    CHECK_UNABLE, /* could not be checked; the text names what is missing */
} CheckState;

typedef struct {
    const char *check; /* id of the row in the table */
    CheckState state;
    CheckSeverity severity; /* of what was found */
    char *key;    /* the same as long as the warning is the same: reasons are kept by it */
    char *text;   /* for the screen, translated */
    char *record; /* the same in the record's own words; NULL when it needs no reason */
} CheckLine;

typedef struct {
    const Order *order;
    const CheckFacts *facts;
    const GPtrArray *others; /* const Order*: the rest of the list to sign */
    const GPtrArray *replaced; /* char*, ids of orders that the list to sign ends: not held against; NULL: none */
    const OrderData *data;
    Instant now;
    /* Filled in by checks_run(). */
    char *const *codes;     /* ATC of the order and of its parts */
    const GPtrArray *drugs; /* CheckDrug*: all that it is held against */
} CheckInput;

/* Another medicine of the patient's: given, or waiting for the same signature. Borrowed strings. */
typedef struct {
    const char *atc, *name, *key;
    char *dosage;
    char **substances, **codes; /* NULL: only its name is known */
    gboolean waiting, paused, future, as_needed;
    const char *route; /* NULL: not known */
    const char *strength; /* of the product; NULL */
    const Order *order;   /* its dose; NULL: not known */
} CheckDrug;

typedef struct Check Check;
struct Check {
    const char *id;
    RuleKind rules; /* that it reads */
    gboolean (*applies)(const Check *self, const CheckInput *in);
    void (*run)(const Check *self, const CheckInput *in, GPtrArray *lines);
};
extern const Check check_table[]; /* ended by id == NULL */

/* CheckLine*, owned: what was found first, most dangerous first, then what could not be checked,
 * then what was looked at. Empty while the drug is not known. */
GPtrArray *checks_run(const CheckInput *in);
/* What one row of the table says, where codes and drugs are filled in. Owned. */
GPtrArray *checks_run_one(const CheckInput *in, const char *check);
/* High: a chosen reason. Stop, and what could not be checked though it matters: a typed one. */
gboolean check_needs_reason(const CheckLine *line);
gboolean check_needs_typed(const CheckLine *line);
const char *check_severity_name(CheckSeverity severity); /* translated */
/* What they looked at: "9 medicines, 1 hypersensitivity, eGFR 27, weight 84 kg". Owned. */
char *checks_looked_at(const CheckFacts *facts);
/* Reasons that one key gives, in the record's own words; NULL past the last. */
enum { CHECK_REASONS = 4 };
const char *check_reason(guint i);

/* ---- for the checks themselves ---- */
void check_say(GPtrArray *lines, const char *check, CheckState state, CheckSeverity severity, const char *key,
               const char *record, char *text /* taken */);

/* What the order itself says of a rule: the medicine, the way it is given, the dose of a day. */
gboolean check_rule_fits(const CheckInput *in, const CheckRule *r);
/* Somebody whose age is not known is of every age: what might harm is said. */
gboolean check_rule_of_age(const CheckInput *in, const CheckRule *r);
/* Of the value that rule @r asks for: FALSE when there is none, or only one that is too old. */
gboolean check_value(const CheckInput *in, int value, FactValue *ret);
/* TRUE when the value is known and as the rule wants it. A rule without one wants nothing. */
gboolean check_value_holds(const CheckInput *in, const CheckRule *r);
char *check_value_text(const CheckInput *in, int value); /* "kalium 5,6 (2026-11-09)"; owned */
/* What cannot be checked because a value is missing or too old. */
void check_say_lacking(const Check *self, const CheckInput *in, int value, gboolean asks, GPtrArray *lines);
/* The most that is given in a day, in @unit; invalid when the order does not say, or not in that unit. */
Decimal check_dose_of_day(const Order *o, const char *unit);
Decimal check_dose_at_once(const Order *o); /* the most of one dose, in the order's unit */
/* @dose of the order's unit in @unit: tablets and millilitres by what the product holds. Invalid: it cannot be said. */
Decimal check_dose_in(const Order *o, Decimal dose, const char *unit);
/* The way and the dose of a day that rule @r wants are those of another medicine. */
gboolean check_rule_fits_drug(const CheckRule *r, const CheckDrug *d);
/* Words of the reason, the follow-up or how it is given, or a diagnosis, that make the rule mute. */
gboolean check_rule_excused(const CheckInput *in, const CheckRule *r);

/* What rule @r says; where its dose of a day cannot be counted, that it could not be checked. */
void check_say_uncounted(const Check *self, CheckSeverity level, const char *key, const char *record, GPtrArray *lines);
void check_say_rule(const Check *self, const CheckInput *in, const CheckRule *r, CheckSeverity level, const char *key,
                    const char *record, GPtrArray *lines);

void check_allergy(const Check *self, const CheckInput *in, GPtrArray *lines);
void check_interaction(const Check *self, const CheckInput *in, GPtrArray *lines);
void check_duplicate(const Check *self, const CheckInput *in, GPtrArray *lines);
void check_dose(const Check *self, const CheckInput *in, GPtrArray *lines);
void check_interval(const Check *self, const CheckInput *in, GPtrArray *lines);
void check_value_rules(const Check *self, const CheckInput *in, GPtrArray *lines);
void check_diagnosis(const Check *self, const CheckInput *in, GPtrArray *lines);
void check_pregnancy(const Check *self, const CheckInput *in, GPtrArray *lines);
void check_age(const Check *self, const CheckInput *in, GPtrArray *lines);
void check_sum(const Check *self, const CheckInput *in, GPtrArray *lines);
void check_rate(const Check *self, const CheckInput *in, GPtrArray *lines);
void check_route(const Check *self, const CheckInput *in, GPtrArray *lines);
void check_monitoring(const Check *self, const CheckInput *in, GPtrArray *lines);
gboolean check_same_part(char **a, char **b);
