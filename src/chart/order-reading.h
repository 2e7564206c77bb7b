/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/order-reading.h — an Order spelt out. The lines of the ordination are words of the record
 * (Swedish, whatever the screen's language); what is still missing is told in the screen's. */
#pragma once
#include "chart/order.h"

/* "Alvedon (paracetamol) tablett 500 mg (antaget), oralt (antaget)" … char*, owned by the array. */
GPtrArray *order_reading_lines(const Order *o, CivilDate today);
/* "Alvedon (paracetamol) 1 g": one line for a receipt or a list; owned. */
char *order_reading_short(const Order *o);
/* A translated sentence: what is missing, or what the word can mean. Owned. */
char *order_issue_sentence(const OrderIssue *issue);
