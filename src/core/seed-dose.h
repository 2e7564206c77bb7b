/* SPDX-License-Identifier: GPL-3.0-or-later
 * core/seed-dose.h — a dose of a case file, understood: seed-dose.c reads it and says it in
 * Swedish, seed-dosage.c writes it as FHIR. Knows no patient. The strings of a Dose belong to the
 * words it was parsed from. */
#pragma once
#include "base/decimal.h"

typedef enum {
    SLOTS,
    TIMES,
    BEDTIME,
    CLOCK,
    EVERY,
    WEEKDAY,
    ONCE,
    INFUSION,
    TAPER,
    FREE,
    PLAIN
} DoseKind;

typedef struct {
    DoseKind kind;
    Decimal slot[4], low, high, step, max; /* high, max: invalid when absent */
    int times, period, days, minutes;
    char period_unit[4];
    const char *unit, *clock, *weekday, *free;
    gboolean prn;
} Dose;

#define SEED_WEEKDAYS 7
typedef struct {
    const char *word, *text, *code;
} SeedWeekday;
extern const SeedWeekday seed_weekdays[SEED_WEEKDAYS];

typedef struct {
    const char *code, *text;
} SeedSlot;
extern const SeedSlot seed_slots[4]; /* the four of 1+0+1+0 */

gboolean seed_dose_parse(char **words, Dose *ret);
char *seed_dose_text(const char *dose);            /* owned; NULL when it is no dose */
/* How long the treatment lasts; 0: until further notice. */
int seed_dose_days(const char *dose);
const char *seed_dose_unit_code(const char *unit); /* UCUM; NULL: no such unit */
