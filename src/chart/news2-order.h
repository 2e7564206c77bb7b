/* SPDX-License-Identifier: GPL-3.0-or-later
 * chart/news2-order.h — which of NEWS2's two scales of saturation holds for a patient, and by whose order. Scale 2 is
 * an order of a physician's (Royal College of Physicians 2017; the domain pack, 7.1: "only on läkarordination, never
 * inferred"): a Flag of the group D2, Särskild vårdrutin, beslut (4.3), whose code is the one below. It holds from the
 * moment it was signed, period.start, until it was ended, period.end. Neither a disease nor a value ever makes it. What
 * cannot be read is not known, and then there is no sum. Pure. */
#pragma once
#include "chart/feed.h"
#include "chart/vitals.h"

#define NEWS2_ORDER_SYSTEM "urn:rond:alert"
#define NEWS2_ORDER_CODE "news2-spo2-scale-2"
gboolean news2_is_order(const FhirResource *flag);

typedef enum { NEWS2_SCALE_UNKNOWN, NEWS2_SCALE_1, NEWS2_SCALE_2 } News2Scale;

/* @flags: all the Flags of the patient, also those that are over. @known: that they are all there was said by the core. */
News2Orders *news2_orders_new(const GPtrArray *flags, gboolean known);
News2Orders *news2_orders_of(const FeedState *flags); /* of FEED_FLAGS; NULL: it has not been asked */
void news2_orders_free(News2Orders *o);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(News2Orders, news2_orders_free)

/* The scale of what was measured at @at; NULL: not known. Just when an order began or ended may be known to the day
 * only: then the scale of that day is not known. */
News2Scale news2_scale_at(const News2Orders *o, Instant at);
/* "scale 1"; "scale 2, ordered by Lind Eva, läkare 2026-11-10 08:00"; "the scale is not known". Translated, owned. */
char *news2_scale_words(const News2Orders *o, Instant at);
