/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/widgets/trend.h — numbers over time in a cell or two: "4▁▂▃▅▇10", "210 181 148", "↑". The
 * numbers themselves are always beside it. Pure; missing values are gaps, never zeros. */
#pragma once
#include <glib.h>

/* One character a value, oldest first; NAN is a blank. Owned. */
char *trend_sparkline(const double *values, guint n);
/* "↑", "↓", "→", or "" when fewer than two are known. @least is the change that counts. */
const char *trend_arrow(const double *values, guint n, double least);
