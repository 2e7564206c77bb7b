/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/bookings.h — a patient's appointments as rows: the next first, then the past, latest first.
 * Pure; owned strings, never NULL. */
#pragma once
#include "fhir/resource.h"

typedef struct {
    char *id;
    FhirResource *source;
    char *when, *what, *type, *about, *state; /* state: word of the screen, with why it was cancelled */
    Instant start;
    gboolean ahead, off; /* off: cancelled, not come */
} BookingRow;

void booking_row_free(BookingRow *row);
/* @appointments in any order; those entered in error are left out. BookingRow*, owned. */
GPtrArray *booking_rows(const GPtrArray *appointments, Instant now);
/* The first that is still to come and not cancelled; NULL. */
const BookingRow *booking_next(const GPtrArray *rows);
