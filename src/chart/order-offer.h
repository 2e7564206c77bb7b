/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/order-offer.h — what a form of an order offers where one types, from data/orderline/offers.tsv and the list of
 * products: never more than what begins as was typed, and nothing of it is taken unasked. */
#pragma once
#include "chart/order.h"

typedef struct OrderOffers OrderOffers;
/* data/orderline/offers.tsv, read once in a process; where it cannot be read the log says so, and nothing is offered. */
const OrderOffers *order_offers(void);

/* What the words of @field may become: const char*, borrowed; those that begin so and say more. Of a medicine the
 * names that begin so, where they are all one substance. */
GPtrArray *order_offers_for(const OrderOffers *offers, const DrugList *drugs, OrderField field, const char *typed);
