/* SPDX-License-Identifier: GPL-3.0-or-later
 * Whole numbers in Swedish letters, as a quantity stands on a prescription. */
#include "chart/prescription.h"

static void below_hundred(GString *s, int n)
{
    static const char *const ones[] = {"",     "ett",  "två",   "tre",     "fyra",    "fem",    "sex",     "sju",    "åtta",  "nio",
                                       "tio",  "elva", "tolv",  "tretton", "fjorton", "femton", "sexton",  "sjutton", "arton", "nitton"};
    static const char *const tens[] = {"", "", "tjugo", "trettio", "fyrtio", "femtio", "sextio", "sjuttio", "åttio", "nittio"};
    if (n >= 20)
        g_string_append(s, tens[n / 10]);
    g_string_append(s, ones[n < 20 ? n : n % 10]);
}

static void below_thousand(GString *s, int n)
{
    if (n >= 100) {
        below_hundred(s, n / 100);
        g_string_append(s, "hundra");
    }
    below_hundred(s, n % 100);
}

char *number_in_swedish(int n)
{
    GString *s = g_string_new(n == 0 ? "noll" : NULL);
    if (n < 0 || n > 999999)
        return g_string_free(g_string_truncate(s, 0), FALSE);
    if (n >= 1000) {
        below_thousand(s, n / 1000);
        if (g_str_has_suffix(s->str, "tt")) /* "ettusen", never with three t */
            g_string_truncate(s, s->len - 1);
        g_string_append(s, "tusen");
    }
    below_thousand(s, n % 1000);
    return g_string_free(s, FALSE);
}
