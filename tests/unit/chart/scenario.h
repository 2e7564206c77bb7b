/* SPDX-License-Identifier: GPL-3.0-or-later
 * One row of a table of scenarios (tests/data/cds-own.tsv, ../shared/cds): a patient as the core would send
 * it, an order, and what the checks have to say of it. */
#pragma once
#include "base/table.h"
#include "chart/basket-sign.h"

typedef struct {
    CheckFacts *facts;
    BasketItem *item;
    GPtrArray *own; /* the product, where the list has none */
    Instant now;
} Scenario;

Scenario *scenario_new(const Table *t, guint row, Instant now);
void scenario_free(Scenario *s);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Scenario, scenario_free)

/* For patients made otherwise. */
void scenario_fact(CheckFacts *facts, Fact fact, const char *json); /* parsed; not computed */
void scenario_person(CheckFacts *facts, int months, char sex, Instant now); /* and computes all */
void scenario_weight(CheckFacts *facts, const char *kg, Instant at);
void scenario_value(CheckFacts *facts, const char *id, const char *number, Instant at);
void scenario_medicine(CheckFacts *facts, const char *atc, const char *name, const char *status);
void scenario_allergy(CheckFacts *facts, const char *atc, const char *name, const char *reaction, const char *criticality);
void scenario_no_allergy(CheckFacts *facts);
void scenario_diagnosis(CheckFacts *facts, const char *code);
/* @route and @unit as in the table ("po", "mikrog"). */
Order *scenario_order(const char *atc, const char *name, const char *dose, const char *unit, const char *route,
                      const char *per_day, int days, const char *reason, Instant now, GPtrArray *own);
GPtrArray *scenario_products(void); /* for @own */

/* NULL: as the row wants it; else a sentence. Goes the way of signing. Owned. */
char *scenario_judge(const Table *t, guint row, Scenario *s);
