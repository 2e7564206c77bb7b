/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/order-data.h — the files that ordering rests on: products, words of the line, highest doses.
 * Read once in a process and then const; kept until the process ends, because products are pointed
 * to by every Order. */
#pragma once
#include "chart/orderline.h"

/* The most of a substance for an adult, for one dose and for a day. */
typedef struct {
    char *atc, *route;   /* route NULL: any */
    Decimal single, daily; /* in @unit; invalid when there is none */
    char *unit;
} DoseLimit;

/* Below this kidney function the substances need care. */
typedef struct {
    char *atc; /* a beginning of the code */
    int below;
    int severity; /* CheckSeverity */
    char *advice; /* Swedish of the record */
} KidneyRule;

typedef struct {
    const DrugList *drugs;
    const OrderWords *words;
    const GPtrArray *limits; /* DoseLimit* */
    const GPtrArray *kidney; /* KidneyRule*, the most dangerous first */
} OrderData;

/* NULL with @error (G_FILE_ERROR or TABLE_ERROR, with file and line) when a file cannot be read; asked
 * again, it tries again. */
const OrderData *order_data(GError **error);
