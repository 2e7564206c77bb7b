/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/order-data.h — the files that ordering rests on: products, words of the line, rules of the checks and
 * of prescriptions.
 * Read once in a process and then const; kept until the process ends, because products are pointed
 * to by every Order. */
#pragma once
#include "chart/check-rules.h"
#include "chart/orderline.h"
#include "chart/prescribing-rules.h"

typedef struct {
    const DrugList *drugs;
    const OrderWords *words;
    const CheckRules *rules;
    const PrescribingRules *prescribing;
} OrderData;

/* NULL with @error (G_FILE_ERROR or TABLE_ERROR, with file and line) when a file cannot be read; asked
 * again, it tries again. */
const OrderData *order_data(GError **error);
/* Before it is read the first time: how old values may be at this site (checks.max-age). A word of it that is none
 * makes order_data() fail. */
void order_data_ages(const char *ages);
