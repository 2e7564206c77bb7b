/* SPDX-License-Identifier: GPL-3.0-or-later
 * ui/views/booking-legend.h — the booking line as a form: for each part what may be written, or how what
 * has been written was understood. Only paints; the line is the only truth. */
#pragma once
#include "chart/booking.h"
#include "ui/canvas.h"

/* From @row; @wish may be NULL. Returns the row after it. */
int booking_legend_paint(Canvas *c, int row, const BookingWish *wish, CivilDate today, const char *lang);
