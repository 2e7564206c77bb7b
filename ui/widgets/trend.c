/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "ui/widgets/trend.h"

#include <math.h>

char *trend_sparkline(const double *values, guint n)
{
    static const char *const levels[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    const int top = G_N_ELEMENTS(levels) - 1;
    double low = INFINITY, high = -INFINITY;
    for (guint i = 0; i < n; i++) {
        if (isfinite(values[i])) {
            low = fmin(low, values[i]);
            high = fmax(high, values[i]);
        }
    }
    GString *s = g_string_new(NULL);
    for (guint i = 0; i < n; i++) {
        if (!isfinite(values[i]))
            g_string_append_c(s, ' ');
        else if (high > low)
            g_string_append(s, levels[(int)((values[i] - low) / (high - low) * top + 0.5)]);
        else
            g_string_append(s, levels[top / 2]); /* all alike: neither low nor high */
    }
    return g_string_free(s, FALSE);
}

const char *trend_arrow(const double *values, guint n, double least)
{
    double last = NAN, before = NAN;
    for (guint i = 0; i < n; i++) {
        if (isfinite(values[i])) {
            before = last;
            last = values[i];
        }
    }
    if (isnan(last) || isnan(before))
        return "";
    return last - before >= least ? "↑" : before - last >= least ? "↓" : "→";
}
