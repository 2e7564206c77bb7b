/* SPDX-License-Identifier: GPL-3.0-or-later
 * An order as one line of text, so that tests can be tables of lines and readings. */
#pragma once
#include "chart/order.h"

/* "paracetamol|tablett|500 mg*|oral*|1 g|vb(smärta) max 4|smärta|5d"; * = assumed; then each issue
 * as " !field:kind(token)[options]". Owned. */
char *order_to_text(const Order *o);
