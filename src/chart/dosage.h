/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/dosage.h — the dose of an Order as Swedish text of the record and as FHIR Dosage, and back.
 * The words follow the record's language, never the user's. What this cannot read whole it does not
 * read at all: then the core's own text is shown, marked. */
#pragma once
#include "chart/order.h"
#include "fhir/build.h"
#include "fhir/resource.h"

/* "2 tabletter (1 g) vid behov mot smärta, högst 4 gånger per dygn"; owned. */
char *dosage_text(const Order *o);
/* "högst 4 g per dygn", "3 g per dygn", "totalt 420 mg"; NULL when there is no total. Owned. */
char *dosage_total(const Order *o);
/* "från 21 nov 07:44 t.o.m. 25 nov, 5 dagar", "från 21 nov 07:44 tills vidare"; owned. */
char *dosage_period(const Order *o, CivilDate today);
/* "1 tablett", "10 enheter", "2 tabletter"; owned. */
char *dosage_quantity_text(Decimal value, const char *unit);

/* The array "dosageInstruction". */
void dosage_write(FhirBuild *b, const char *key, const Order *o);

/* Fills steps, unit, timing, as-needed and limits of an empty @o from an array of Dosage. FALSE when
 * anything there is outside what an Order can hold. */
gboolean dosage_read(FhirNode dosages, Order *o);
/* What the list shows for an array of Dosage; owned, never NULL. *ret_raw: the structure could not be
 * read, the text is as the core sent it. */
char *dosage_display(FhirNode dosages, gboolean *ret_raw);
/* Days that the steps last together; 0 when that is not said. */
int dosage_days(FhirNode dosages);
