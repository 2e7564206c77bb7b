/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/check.h — checks of an order before it is signed. Each says what it looked at; one that
 * could not be made says what it lacked, which is never "no hits". Pure: order, facts and clock are
 * arguments. The rules are technical test data until clinicians have read them. */
#pragma once
#include "chart/check-facts.h"
#include "chart/order-data.h"

typedef enum { CHECK_INFORMATION, CHECK_MEDIUM, CHECK_HIGH, CHECK_STOP } CheckSeverity;
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
    char *record; /* the warning in the record's own words; NULL unless found */
} CheckLine;

typedef struct {
    const Order *order;
    const CheckFacts *facts;
    const GPtrArray *others; /* const Order*: the rest of the list to sign */
    const OrderData *data;
    Instant now;
} CheckInput;

typedef struct {
    const char *id;
    gboolean (*applies)(const CheckInput *in);
    CheckSeverity severity; /* the most that it can find */
    void (*run)(const CheckInput *in, GPtrArray *lines);
} Check;
extern const Check check_table[]; /* ended by id == NULL */

/* CheckLine*, owned: what was found first, most dangerous first, then what could not be checked,
 * then what was looked at. Empty while the drug is not known. */
GPtrArray *checks_run(const CheckInput *in);
gboolean check_needs_reason(const CheckLine *line); /* high: a chosen reason, stop: a typed one */
const char *check_severity_name(CheckSeverity severity); /* translated */
/* What they looked at: "9 medicines, 1 hypersensitivity, eGFR 27, weight 84 kg". Owned. */
char *checks_looked_at(const CheckFacts *facts);
/* Reasons that one key gives, in the record's own words; NULL past the last. */
enum { CHECK_REASONS = 4 };
const char *check_reason(guint i);

/* ---- for the checks themselves ---- */
void check_say(GPtrArray *lines, const char *check, CheckState state, CheckSeverity severity, const char *key,
               const char *record, char *text /* taken */);

void check_allergy(const CheckInput *in, GPtrArray *lines);
void check_duplicate(const CheckInput *in, GPtrArray *lines);
void check_dose(const CheckInput *in, GPtrArray *lines);
void check_kidney(const CheckInput *in, GPtrArray *lines);
gboolean check_same_part(char **a, char **b);
