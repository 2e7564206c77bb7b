/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/prescription.h — the prescription (recept) of an Order: how much a pharmacy dispenses, how often and
 * until when, computed from the dose where it was not said and marked assumed; by the rules of its class. Written
 * as MedicationRequest.dispenseRequest and substitution, and read back. Pure; knows no screens. */
#pragma once
#include "chart/medication.h"
#include "chart/prescribing-rules.h"
#include "fhir/build.h"

#define PRESCRIBER_CODE_SYSTEM "urn:oid:1.2.752.116.3.1.2" /* förskrivarkod */
#define WORKPLACE_CODE_SYSTEM  "urn:rond:workplace-code"   /* arbetsplatskod: no OID of it is known here */

/* Fills in what was not said of a prescription and adds the issues: too many withdrawals, a unit that the
 * medicine is not dispensed in, more than may be had at once. Nothing where no prescription was asked for. */
void prescription_settle(Order *o, const PrescribingRules *rules, Instant now);

/* "recept: 98 tabletter (antaget: 1 tablett per dygn i 90 dagar = 90, förpackning om 98), 4 uttag …"; owned. */
char *prescription_reading(const Order *o, CivilDate today);
/* "recept 98 st uttag 4 byt ej överkänslig": typed, it says the same. Owned; NULL when there is none. */
char *prescription_line(const Order *o);

/* dispenseRequest (with the validity) and substitution; only of what has been settled. */
void prescription_write(FhirBuild *b, const Order *o, Instant authored);
/* What the core holds of it, into an empty @o; a quantity in a unit that is not the medicine's is left out. */
void prescription_read(FhirNode request, Order *o);
/* "98 tabletter, 4 uttag, t.o.m. 2027-11-22"; NULL when nothing is to be dispensed. Owned. */
char *prescription_shown(FhirNode request);

/* ---- parts (prescription-need.c, prescription-words.c) ---- */

/* The unit that the medicine is dispensed in: what is counted, else "ml" or "g". */
const char *prescription_unit(const DrugProduct *p);
/* So much of it is used in @days by the doses; invalid when they do not say. Rounded up to whole ones. */
Decimal prescription_need(const Order *o, int days);
/* 98: "nittioåtta"; owned. */
char *number_in_swedish(int n);
