/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/decimal.h"

#define MAX_SCALE  18
#define MAX_DIGITS 34 /* leaves room to add and align within 128 bits */

__extension__ typedef __int128 Wide;
__extension__ typedef unsigned __int128 UWide;

static const Decimal invalid = {0};

static Wide pow10_wide(int n)
{
    Wide p = 1;
    while (n-- > 0)
        p *= 10;
    return p;
}

/* Parses digits with at most one point or comma; *ret_scale counts the digits after it. */
static gboolean take_mantissa(const char **p, Wide *ret, int *ret_scale)
{
    Wide v = 0;
    int digits = 0, scale = 0;
    gboolean point = FALSE;
    if (!g_ascii_isdigit(**p))
        return FALSE;
    for (;; (*p)++) {
        char c = **p;
        if (g_ascii_isdigit(c)) {
            v = v * 10 + (c - '0');
            digits += v != 0;
            scale += point;
            if (digits > MAX_DIGITS)
                return FALSE;
        } else if ((c == '.' || c == ',') && !point && g_ascii_isdigit((*p)[1])) {
            point = TRUE;
        } else {
            break;
        }
    }
    *ret = v;
    *ret_scale = scale;
    return TRUE;
}

static gboolean take_exponent(const char **p, int *ret)
{
    *ret = 0;
    if (**p != 'e' && **p != 'E')
        return TRUE;
    (*p)++;
    int sign = **p == '-' ? -1 : 1, v = 0;
    if (**p == '-' || **p == '+')
        (*p)++;
    if (!g_ascii_isdigit(**p))
        return FALSE;
    for (; g_ascii_isdigit(**p); (*p)++) {
        v = v * 10 + (**p - '0');
        if (v > 99)
            return FALSE;
    }
    *ret = sign * v;
    return TRUE;
}

gboolean decimal_parse(const char *text, Decimal *ret)
{
    if (text == NULL)
        return FALSE;
    const char *p = text;
    gboolean negative = *p == '-';
    Wide v;
    int scale, exponent;
    p += negative;
    if (!take_mantissa(&p, &v, &scale) || !take_exponent(&p, &exponent) || *p != '\0')
        return FALSE;
    scale -= exponent;
    for (; scale < 0; scale++)
        if (__builtin_mul_overflow(v, (Wide)10, &v) || v >= pow10_wide(MAX_DIGITS))
            return FALSE;
    if (scale > MAX_SCALE)
        return FALSE;
    *ret = (Decimal){negative ? -v : v, (gint16)scale, TRUE};
    return TRUE;
}

Decimal decimal_from_int(gint64 v)
{
    return (Decimal){v, 0, TRUE};
}

static char *to_text(Decimal d, char point)
{
    if (!d.valid)
        return g_strdup("");
    char digits[48];
    int n = 0;
    UWide v = d.coefficient < 0 ? -(UWide)d.coefficient : (UWide)d.coefficient;
    do {
        digits[n++] = (char)('0' + (int)(v % 10));
        v /= 10;
    } while (v != 0 || n <= d.scale);
    GString *s = g_string_sized_new(50);
    if (d.coefficient < 0)
        g_string_append_c(s, '-');
    while (n-- > 0) {
        g_string_append_c(s, digits[n]);
        if (n == d.scale && n > 0)
            g_string_append_c(s, point);
    }
    return g_string_free(s, FALSE);
}

char *decimal_to_json(Decimal d)
{
    return to_text(d, '.');
}

char *decimal_to_sv(Decimal d)
{
    return to_text(d, ',');
}

char *decimal_to_dose(Decimal d, gboolean comma)
{
    while (d.valid && d.scale > 0 && d.coefficient % 10 == 0) {
        d.coefficient /= 10;
        d.scale--;
    }
    return to_text(d, comma ? ',' : '.');
}

/* The same value with more digits; invalid where 128 bits do not hold it. */
static Decimal widen(Decimal d, int scale)
{
    if (!d.valid ||
        __builtin_mul_overflow(d.coefficient, pow10_wide(scale - d.scale), &d.coefficient))
        return invalid;
    d.scale = (gint16)scale;
    return d;
}

Decimal decimal_add(Decimal a, Decimal b)
{
    int scale = MAX(a.scale, b.scale);
    a = widen(a, scale);
    b = widen(b, scale);
    if (!a.valid || !b.valid ||
        __builtin_add_overflow(a.coefficient, b.coefficient, &a.coefficient))
        return invalid;
    return a;
}

Decimal decimal_sub(Decimal a, Decimal b)
{
    b.coefficient = -b.coefficient;
    return decimal_add(a, b);
}

/* Half away from zero: what "avrunda" means on a ward. */
static Wide divide_rounded(Wide a, Wide b)
{
    Wide q = a / b, r = a % b;
    UWide ur = r < 0 ? -(UWide)r : (UWide)r, ub = b < 0 ? -(UWide)b : (UWide)b;
    if (ur >= ub - ur)
        q += (a < 0) == (b < 0) ? 1 : -1;
    return q;
}

Decimal decimal_mul(Decimal a, Decimal b)
{
    Wide v;
    if (!a.valid || !b.valid || __builtin_mul_overflow(a.coefficient, b.coefficient, &v))
        return invalid;
    int scale = a.scale + b.scale;
    if (scale > MAX_SCALE) {
        v = divide_rounded(v, pow10_wide(scale - MAX_SCALE));
        scale = MAX_SCALE;
    }
    return (Decimal){v, (gint16)scale, TRUE};
}

Decimal decimal_div(Decimal a, Decimal b, int scale)
{
    if (!a.valid || !b.valid || b.coefficient == 0 || scale < 0 || scale > MAX_SCALE)
        return invalid;
    int shift = scale + b.scale - a.scale;
    Wide numerator = a.coefficient, denominator = b.coefficient;
    Wide *grows = shift >= 0 ? &numerator : &denominator;
    if (__builtin_mul_overflow(*grows, pow10_wide(ABS(shift)), grows))
        return invalid;
    return (Decimal){divide_rounded(numerator, denominator), (gint16)scale, TRUE};
}

Decimal decimal_round(Decimal d, int scale)
{
    if (!d.valid || scale < 0 || scale > MAX_SCALE)
        return invalid;
    if (d.scale <= scale)
        return widen(d, scale);
    return (Decimal){divide_rounded(d.coefficient, pow10_wide(d.scale - scale)), (gint16)scale,
                     TRUE};
}

int decimal_compare(Decimal a, Decimal b)
{
    if (!a.valid || !b.valid)
        return (int)a.valid - (int)b.valid;
    /* Whole parts first, so that aligning the scales can never overflow. */
    Wide pa = pow10_wide(a.scale), pb = pow10_wide(b.scale);
    Wide wa = a.coefficient / pa, wb = b.coefficient / pb;
    if (wa != wb)
        return wa > wb ? 1 : -1;
    Wide fa = a.coefficient % pa * pow10_wide(MAX_SCALE - a.scale);
    Wide fb = b.coefficient % pb * pow10_wide(MAX_SCALE - b.scale);
    return (fa > fb) - (fa < fb);
}

gboolean decimal_is_zero(Decimal d)
{
    return d.valid && d.coefficient == 0;
}

double decimal_to_double(Decimal d)
{
    return d.valid ? (double)d.coefficient / (double)pow10_wide(d.scale) : 0.0;
}
