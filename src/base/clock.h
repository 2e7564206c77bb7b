/* SPDX-License-Identifier: GPL-3.0-or-later
 * base/clock.h — the only place that asks what time it is, and the only source of timers.
 * Clinical time can be set with ROND_CLOCK (training, tests); tokens and certificates use real time.
 * In tests clock_test_begin() makes all three clocks virtual; timers then fire from
 * clock_test_advance(). Nothing here knows time zones: see datetime.h. */
#pragma once
#include <glib.h>

/* All times are microseconds since 1970-01-01T00:00Z, except monotonic (arbitrary origin). */
gint64 clock_real_us(void);
gint64 clock_clinical_us(void);
gint64 clock_monotonic_us(void);
/* A moment of real time (when something was fetched, saved, logged) as the clinical clock reads it: every
 * time on one screen is of one clock. INSTANT_NONE stays what it is. */
gint64 clock_shown_us(gint64 real_us);

/* ROND_CLOCK: "2026-11-10T08:00:00+01:00" starts clinical time there and lets it run;
 * "=2026-…" holds it still. Returns false and leaves the clock alone if the text is no instant. */
gboolean clock_set_clinical(const char *spec, GError **error);
/* "…@1763884800000000" says at which real time (µs) that was, so that every process that inherits it
 * has the same clock: clock_anchor() writes it into the environment, before anything is started. */
void clock_anchor(void);
/* Read ROND_CLOCK from the environment once, at program start. */
gboolean clock_init(GError **error);

/* A timer on the default main context; @fn returns G_SOURCE_CONTINUE or G_SOURCE_REMOVE.
 * The id is for clock_timer_cancel() only (0 is never an id). */
guint clock_timer_add(guint ms, GSourceFunc fn, gpointer data);
void clock_timer_cancel(guint id);

void clock_test_begin(gint64 real_us);
void clock_test_advance(gint64 us); /* fires due timers in order */
void clock_test_jump(gint64 us); /* somebody sets the machine's clock: no timer is nearer for it */
void clock_test_end(void);
