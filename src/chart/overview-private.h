/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/overview-private.h — rows of the overview out of resources: pure, one function a block. Only
 * overview*.c and its tests include it. */
#pragma once
#include "chart/feed.h"
#include "chart/news2-order.h"
#include "chart/overview.h"

GPtrArray *overview_rows_new(void); /* OverviewRow*, owned by the array */
/* Each appends to @rows and returns how many there are to count. */
guint overview_problems(GPtrArray *rows, const FeedState *problems, Instant now);
guint overview_medications(GPtrArray *rows, const FeedState *medications, Instant now);
guint overview_vitals(GPtrArray *rows, const FhirResource *patient, const FeedState *vitals, const News2Orders *orders, Instant now);
guint overview_labs(GPtrArray *rows, const FeedState *labs, Instant now);
/* Documents (notes) or reports since @since. */
guint overview_recent(GPtrArray *rows, const FeedState *feed, Instant since, Instant now);
guint overview_next(GPtrArray *rows, const FeedState *bookings, Instant now);
