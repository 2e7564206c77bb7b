/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/giving-amount.h — how much of each substance a dose of a product is, the parts of a combination apart, so that
 * doses of several products can be added. What cannot be counted is said, never zero. Pure. */
#pragma once
#include "chart/giving.h"

typedef struct {
    char *substance; /* folded */
    Decimal amount;
    char *unit;      /* "mg", "E" */
} GivenPart;

/* GivenPart*; NULL: it cannot be counted. Owned. */
GPtrArray *giving_parts(const DrugProduct *p, Decimal amount, const char *unit);
/* Names of the substances in it, folded; of a product that is not in the list by its name. Owned. */
char **giving_substances(const DrugProduct *p, const char *name);
/* Sums what was given of @substance in (@from, @to], in @unit. *ret_uncounted: the name of something with that substance
 * whose amount cannot be counted, borrowed; NULL when all is in the sum. */
Decimal giving_sum(const GPtrArray *given, const char *substance, const char *unit, Instant from, Instant to,
                   const char **ret_uncounted);
/* The latest given dose with @substance before or at @until; NULL. */
const Given *giving_last(const GPtrArray *given, const char *substance, Instant until);
