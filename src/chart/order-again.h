/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/order-again.h — an order of the record as the line that orders the same again from now on. The line is read
 * back and must say what the old order says, word for word; what cannot be read whole is never copied. Pure. */
#pragma once
#include "chart/medication.h"
#include "chart/order-data.h"

typedef enum {
    AGAIN_AS_IT_IS,  /* gone on with unread: no plan of steps, single dose or free text, which would begin anew */
    AGAIN_TO_CHANGE, /* somebody goes on typing */
} OrderAgain;

/* Owned; NULL with @error (CHART_ERROR_DATA): why it cannot be said again, a sentence. */
char *order_again(const FhirResource *r, const OrderData *data, Decimal weight_kg, Instant now, OrderAgain how,
                  GError **error);
