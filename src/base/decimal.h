/* SPDX-License-Identifier: GPL-3.0-or-later
 * base/decimal.h — exact decimal numbers for doses and measurements. FHIR's decimal keeps its
 * digits (37.20 is not 37.2): the scale is part of the value. No floating point anywhere. */
#pragma once
#include <glib.h>

typedef struct {
    __extension__ __int128 coefficient; /* value = coefficient / 10^scale */
    gint16 scale;                       /* digits after the point, 0..18 */
    gboolean valid;
} Decimal;

/* Accepts JSON numbers and the user's comma: "37.20", "0,5", "-1", "1e3". No thousands separators. */
gboolean decimal_parse(const char *text, Decimal *ret);
Decimal decimal_from_int(gint64 v);
char *decimal_to_json(Decimal d);    /* point, digits as they are */
char *decimal_to_sv(Decimal d);      /* comma, digits as they are */
/* For orders: no trailing zeros, always a leading zero ("0,5", "5"), comma when @comma. */
char *decimal_to_dose(Decimal d, gboolean comma);
/* Invalid when an operand is, or when 128 bits do not hold the result: never a wrong number. */
Decimal decimal_add(Decimal a, Decimal b);
Decimal decimal_sub(Decimal a, Decimal b);
Decimal decimal_mul(Decimal a, Decimal b);
/* Quotient rounded half up to @scale digits; invalid when b is zero. */
Decimal decimal_div(Decimal a, Decimal b, int scale);
Decimal decimal_round(Decimal d, int scale);
int decimal_compare(Decimal a, Decimal b); /* by value: 1.0 == 1 */
gboolean decimal_is_zero(Decimal d);
/* For drawing only (sparklines); never for arithmetic that reaches the record. */
double decimal_to_double(Decimal d);
