/* SPDX-License-Identifier: GPL-3.0-or-later
 * The product list and the words of the order line for the tests that take an order all the way round: line →
 * object → FHIR → object, and line → object → Swedish text → line. */
#pragma once
#include "chart/medication.h"
#include "chart/orderline.h"
#include "order-text.h"

void order_world_load(void);
void order_world_free(void);
const DrugList *order_world_drugs(void);

Order *order_world_read(const char *line); /* on 2026-11-21 07:44, a patient of 70 kg */
Order *order_world_read_at(const char *line, Decimal weight_kg);
FhirResource *order_world_write(const Order *o);
char *order_world_sentence(const Order *o); /* all that the record says of it, in Swedish */
/* From FHIR and from its Swedish text the same order comes back; @line is for the message. FALSE when not. */
gboolean order_world_survives(Order *o, const char *line);
